/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl configure, memctl deconfigure: standby memory of s390; dax devices as a whole */
#include <stdlib.h>

#include "commands.h"
#include "operation/configure.h"
#include "ui/opts.h"

/* As the library has it for the state of a block */
#define BLOCK_TIMEOUT_MS 120000

/* How long one write may take. A device is one write, however large it is. */
static uint64_t block_timeout(const struct options *options)
{
	if (has_option(options, OPT_BLOCK_TIMEOUT))
		return options->block_timeout_ms;
	return has_option(options, OPT_SOURCE) ? MEMHP_NO_TIMEOUT : BLOCK_TIMEOUT_MS;
}

static int run(struct configure *configure)
{
	struct operation *op = &configure->op;
	int status;

	op->session = session_begin(op->options);
	op->block_size = opts_check_ranges(op->options, op->session.ctx);
	op->block_timeout_ms = block_timeout(op->options);
	status = operation_run(op);
	free(configure->items);
	return status;
}

static int run_configure(struct options *options, const char **operands _unused_)
{
	struct configure configure = { .op = { .options = options, .kind = &configure_blocks_kind, .goal = "configured" },
				       .edge = &configure_block_edge,
				       .goal = true };

	if (options->num_sources > 1)
		usage_error("--source", "one device at a time");
	if (has_option(options, OPT_MEMMAP))
		configure.memmap = options->memmap ? MEMHP_MEMMAP_ON_MEMORY : MEMHP_MEMMAP_ELSEWHERE;
	if (has_option(options, OPT_SOURCE)) {
		configure.dax_goal = has_option(options, OPT_MOVABLE)  ? MEMHP_TRANSITION_ONLINE_MOVABLE
				     : has_option(options, OPT_KERNEL) ? MEMHP_TRANSITION_ONLINE_KERNEL
								       : MEMHP_TRANSITION_ONLINE;
		configure.op.goal = memhp_transition_name(configure.dax_goal);
		configure.op.kind = &configure_dax_kind;
		configure.edge = &configure_dax_edge;
	}
	return run(&configure);
}

static int run_deconfigure(struct options *options, const char **operands _unused_)
{
	struct configure configure = { .op = { .options = options, .kind = &deconfigure_blocks_kind, .goal = "standby" },
				       .edge = &configure_block_edge };

	return run(&configure);
}

const struct command memctl_cmd_configure = {
	.name = "configure",
	.summary = "configure standby memory (s390), or bring in a dax device",
	.bit = CMD_CONFIGURE,
	.help = operation_help_columns,
	.run = run_configure,
};

const struct command memctl_cmd_deconfigure = {
	.name = "deconfigure",
	.summary = "deconfigure standby memory that is offline (s390)",
	.bit = CMD_DECONFIGURE,
	.help = operation_help_columns,
	.run = run_deconfigure,
};
