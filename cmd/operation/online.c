/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl online, memctl offline */
#include "commands.h"
#include "operation/operation.h"
#include "operation/options.h"
#include "ui/macro.h"
#include "ui/opts.h"

/* clang-format off */
static struct poptOption opts_zone[] = {
	{ "movable", 0, POPT_ARG_NONE, NULL, OPT_MOVABLE, "to zone Movable, from where memory can usually go offline again", NULL },
	OPTION_KERNEL,
	/* Known only to be refused in words */
	{ "zone", 0, POPT_ARG_STRING | POPT_ARGFLAG_DOC_HIDDEN, NULL, OPT_ZONE, NULL, NULL },
	POPT_TABLEEND
};

static struct poptOption opts_offline[] = {
	{ "who", 0, POPT_ARG_NONE, NULL, OPT_WHO, "name the processes that map what was in the way", NULL },
	POPT_TABLEEND
};

static struct poptOption opts_goal[] = {
	{ "size", 0, POPT_ARG_STRING, NULL, OPT_SIZE, "so much of the selected blocks, or of all; memctl chooses", "SIZE" },
	{ "count", 0, POPT_ARG_STRING, NULL, OPT_COUNT, "so many of the selected blocks, or of all; memctl chooses", "N" },
	{ "all", 0, POPT_ARG_NONE, NULL, OPT_ALL, "every block that is not yet there", NULL },
	POPT_TABLEEND
};

static const struct poptOption table_online[] = {
	OPTIONS_SELECTION,
	OPTION_GROUP("Which zone:", opts_zone),
	OPTION_GROUP("How much:", opts_goal),
	OPTIONS_CHANGE,
	OPTIONS_REPORT,
	OPTIONS_GLOBAL,
	POPT_TABLEEND
};

static const struct poptOption table_offline[] = {
	OPTIONS_SELECTION,
	OPTIONS_ZONE_FILTER,
	OPTION_GROUP("How much:", opts_goal),
	OPTIONS_CHANGE,
	OPTIONS_KEEP_FREE,
	OPTION_GROUP(NULL, opts_offline),
	OPTIONS_REPORT,
	OPTIONS_GLOBAL,
	POPT_TABLEEND
};
/* clang-format on */

static int run_online(struct options *options, const char **operands _unused_)
{
	struct operation op = { .options = options, .action = MEMHP_ACTION_ONLINE };

	opts_refuse_together(options, OPT_MOVABLE, OPT_KERNEL, 0);
	if (has_option(options, OPT_MOVABLE))
		op.action = MEMHP_ACTION_ONLINE_MOVABLE;
	else if (has_option(options, OPT_KERNEL))
		op.action = MEMHP_ACTION_ONLINE_KERNEL;
	return operation_run(&op);
}

static int run_offline(struct options *options, const char **operands _unused_)
{
	struct operation op = { .options = options, .action = MEMHP_ACTION_OFFLINE };

	return operation_run(&op);
}

const struct command memctl_cmd_online = {
	.name = "online",
	.summary = "bring memory blocks online",
	.options = table_online,
	.run = run_online,
};

const struct command memctl_cmd_offline = {
	.name = "offline",
	.summary = "take memory blocks offline",
	.options = table_offline,
	.run = run_offline,
};
