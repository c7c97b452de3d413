/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl configure, memctl deconfigure: standby memory of s390; dax devices as a whole */
#include <stdlib.h>

#include "commands.h"
#include "operation/configure.h"
#include "operation/options.h"
#include "ui/opts.h"

/* clang-format off */
static struct poptOption opts_memory[] = {
	{ "range", 0, POPT_ARG_STRING, NULL, OPT_RANGE, "memory in START-END (inclusive) or START+SIZE", "RANGE,..." },
	{ "block", 0, POPT_ARG_STRING, NULL, OPT_BLOCK, "memory by the number of its block, such as 32-39,45", "LIST" },
	{ "address", 0, POPT_ARG_STRING, NULL, OPT_ADDRESS, "what holds this physical address", "ADDR" },
	{ "size", 0, POPT_ARG_STRING, NULL, OPT_SIZE, "so much of that, or of all; memctl chooses", "SIZE" },
	{ "count", 0, POPT_ARG_STRING, NULL, OPT_COUNT, "so many blocks of that, or of all; memctl chooses", "N" },
	{ "all", 0, POPT_ARG_NONE, NULL, OPT_ALL, "all that is not yet so", NULL },
	POPT_TABLEEND
};

static struct poptOption opts_memmap[] = {
	{ "memmap-on-memory", 0, POPT_ARG_STRING, NULL, OPT_MEMMAP, "yes (also without a value): its memory map goes into itself",
	  "yes|no" },
	POPT_TABLEEND
};

static struct poptOption opts_dax[] = {
	{ "source", 0, POPT_ARG_STRING, NULL, OPT_SOURCE, "a dax device as a whole, such as dax0.0 (Linux 7.3)", "NAME" },
	{ "movable", 0, POPT_ARG_NONE, NULL, OPT_MOVABLE, "to zone Movable", NULL },
	OPTION_KERNEL,
	OPTION_FORCE,
	POPT_TABLEEND
};

static struct poptOption opts_do[] = {
	OPTION_TIMEOUT,
	OPTION_DRY_RUN,
	POPT_TABLEEND
};

static const struct poptOption table_configure[] = {
	OPTION_GROUP("Which memory:", opts_memory),
	OPTION_GROUP("Or which device, and to which zone:", opts_dax),
	OPTION_GROUP("What to do:", opts_do),
	OPTION_GROUP(NULL, opts_memmap),
	OPTIONS_SHOW,
	OPTIONS_GLOBAL,
	POPT_TABLEEND
};

static const struct poptOption table_deconfigure[] = {
	OPTION_GROUP("Which memory:", opts_memory),
	OPTION_GROUP("What to do:", opts_do),
	OPTIONS_SHOW,
	OPTIONS_GLOBAL,
	POPT_TABLEEND
};
/* clang-format on */

static void check_options(const struct options *options)
{
	bool is_named = has_option(options, OPT_RANGE) || has_option(options, OPT_BLOCK) || has_option(options, OPT_ADDRESS);
	bool is_goal = opts_has_goal(options);

	if (has_option(options, OPT_SOURCE) &&
	    (is_named || is_goal || has_option(options, OPT_ALL) || has_option(options, OPT_MEMMAP)))
		usage_error("--source", "means a whole dax device, and goes together with --movable, --kernel and --force only");
	if (has_option(options, OPT_FORCE) && !has_option(options, OPT_MOVABLE))
		usage_error("--force", "goes together with --source and --movable");
	if (!has_option(options, OPT_SOURCE) && (has_option(options, OPT_MOVABLE) || has_option(options, OPT_KERNEL)))
		usage_error(has_option(options, OPT_MOVABLE) ? "--movable" : "--kernel",
			    "goes together with --source; what is configured is brought online by memctl online");
	if (has_option(options, OPT_ALL) && is_named)
		usage_error("--all", "means every block; leave it out to change only those that are named");
	opts_refuse_together(options, OPT_SIZE, OPT_COUNT, 0);
	if (!is_named && !is_goal && !has_option(options, OPT_ALL) && !has_option(options, OPT_SOURCE))
		usage_error(NULL, "no memory selected; use --range, --block, --address, --size, --count or --all");
}

static int run(struct configure *configure)
{
	const struct options *options = configure->options;
	struct session *session = &configure->session;
	int status;

	check_options(options);
	*session = session_begin(options);
	configure->block_size = opts_check_ranges(options, session->ctx);
	if (!has_option(options, OPT_DRY_RUN))
		session_watch_signals(session);
	if (has_option(options, OPT_SOURCE))
		configure_dax(configure);
	else
		configure_blocks(configure);
	session_take_signal(session);
	configure_report(configure);
	if (session->signal)
		end_by_signal(session->signal);
	status = finish_report(configure_exit_status(configure));
	memhp_snapshot_unref(configure->snapshot);
	free(configure->items);
	guard_release(&configure->guard);
	session_end(session);
	return status;
}

static int run_configure(struct options *options, const char **operands _unused_)
{
	struct configure configure = { .options = options, .goal = true };

	opts_refuse_together(options, OPT_MOVABLE, OPT_KERNEL, 0);
	if (options->num_sources > 1)
		usage_error("--source", "one device at a time");
	if (has_option(options, OPT_MEMMAP))
		configure.memmap = options->memmap ? MEMHP_MEMMAP_ON_MEMORY : MEMHP_MEMMAP_ELSEWHERE;
	configure.dax_goal = has_option(options, OPT_MOVABLE)  ? MEMHP_DAX_ONLINE_MOVABLE
			     : has_option(options, OPT_KERNEL) ? MEMHP_DAX_ONLINE_KERNEL
							       : MEMHP_DAX_ONLINE;
	return run(&configure);
}

static int run_deconfigure(struct options *options, const char **operands _unused_)
{
	struct configure configure = { .options = options };

	return run(&configure);
}

const struct command memctl_cmd_configure = {
	.name = "configure",
	.summary = "configure standby memory (s390), or bring in a dax device",
	.options = table_configure,
	.run = run_configure,
};

const struct command memctl_cmd_deconfigure = {
	.name = "deconfigure",
	.summary = "deconfigure standby memory that is offline (s390)",
	.options = table_deconfigure,
	.run = run_deconfigure,
};
