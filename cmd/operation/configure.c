/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl configure, memctl deconfigure: standby memory of s390; dax devices as a whole */
#include <stdlib.h>

#include "commands.h"
#include "operation/configure.h"
#include "ui/opts.h"

static int run(struct configure *configure)
{
	const struct options *options = configure->options;
	struct session *session = &configure->session;
	int status;

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
	.bit = CMD_CONFIGURE,
	.run = run_configure,
};

const struct command memctl_cmd_deconfigure = {
	.name = "deconfigure",
	.summary = "deconfigure standby memory that is offline (s390)",
	.bit = CMD_DECONFIGURE,
	.run = run_deconfigure,
};
