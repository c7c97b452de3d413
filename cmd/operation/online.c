/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl online, memctl offline */
#include "commands.h"
#include "operation/operation.h"
#include "ui/macro.h"
#include "ui/opts.h"

static int run_online(struct options *options, const char **operands _unused_)
{
	struct operation op = { .options = options, .kind = &operation_online, .action = MEMHP_TRANSITION_ONLINE };

	if (has_option(options, OPT_MOVABLE))
		op.action = MEMHP_TRANSITION_ONLINE_MOVABLE;
	else if (has_option(options, OPT_KERNEL))
		op.action = MEMHP_TRANSITION_ONLINE_KERNEL;
	return operation_change(&op);
}

static int run_offline(struct options *options, const char **operands _unused_)
{
	struct operation op = { .options = options, .kind = &operation_offline, .action = MEMHP_TRANSITION_OFFLINE };

	return operation_change(&op);
}

const struct command memctl_cmd_online = {
	.name = "online",
	.summary = "bring memory blocks online",
	.bit = CMD_ONLINE,
	.help = operation_help_columns,
	.run = run_online,
};

const struct command memctl_cmd_offline = {
	.name = "offline",
	.summary = "take memory blocks offline",
	.bit = CMD_OFFLINE,
	.help = operation_help_columns,
	.run = run_offline,
};
