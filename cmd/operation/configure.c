/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl configure, memctl deconfigure: standby memory of s390, block by block; dax devices as a whole */
#include <string.h>
#include <sys/utsname.h>

#include "commands.h"
#include "operation/configure.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

/* Of the machine that a tree comes from this one knows nothing. */
static bool may_be_s390(const struct options *options)
{
	struct utsname name;

	return options->sysroot || uname(&name) < 0 || strncmp(name.machine, "s390", strlen("s390")) == 0;
}

static void check_machine(const struct options *options, struct memhp_ctx *ctx)
{
	int has = memhp_ctx_has(ctx, MEMHP_FEATURE_STANDBY);

	if (has < 0)
		fail(EXIT_FAILED, "nothing was changed: /sys/firmware/memory cannot be read: %s", strerror(-has));
	if (has == 0)
		fail_with(EXIT_UNSUPPORTED, NULL,
			  may_be_s390(options) ? "on s390 with an older kernel: memctl online, memctl offline" : NULL,
			  "there is no /sys/firmware/memory: only s390 has memory to configure, with Linux 6.19 or later");
}

static void make_plan(struct operation *op)
{
	const struct options *options = op->options;
	enum memhp_memmap memmap = configure_wanted_memmap(options);
	int rc;

	check_machine(op->options, op->session.ctx);
	if (memmap != MEMHP_MEMMAP_KEEP && memhp_request_set_memmap(op->request, memmap) < 0)
		out_of_memory();
	rc = memhp_snapshot_new(&op->snapshot, op->session.ctx, memhp_request_get_attrs(op->request) | op->attrs);
	if (rc < 0)
		fail_scan(op->session.ctx, rc);
	opts_check_selection(options, op->session.ctx, op->snapshot);
	if (memhp_plan_new(&op->plan, op->snapshot, op->request) < 0)
		out_of_memory();
	op->is_incomplete = has_option(options, OPT_ALL) && memhp_snapshot_get_num_skipped(op->snapshot) > 0;
	op->num_short = memhp_plan_get_num_short(op->plan);
}

static void say_empty(const struct operation *op)
{
	if (op->num_short)
		warn("nothing was changed: no memory is left to %s", op->options->command->name);
	else
		warn("nothing to do: no memory is left to %s", op->options->command->name);
}

/* clang-format off */
#define CONFIGURES_BLOCKS \
	.columns = "BLOCK,SIZE,BEFORE,AFTER,MEMMAP-ON-MEMORY,OUTCOME,TIME", \
	.plan_columns = "BLOCK,SIZE,BEFORE,GOAL,MEMMAP-ON-MEMORY,PLAN", .extra = "MEMMAP-ON-MEMORY", \
	.plan = make_plan, .act = operation_carry_out, .get_row = operation_get_row, .make_reason = configure_make_reason, \
	.make_hint = configure_make_hint, .write_row = configure_write_row, .say_empty = say_empty
/* clang-format on */

static const struct operation_kind configures_blocks = {
	.words = { .did = "configured", .done = "", .would = "be configured", .already = "configured" },
	CONFIGURES_BLOCKS,
};

static const struct operation_kind deconfigures_blocks = {
	.words = { .did = "deconfigured", .done = "", .would = "be deconfigured", .already = "standby memory" },
	CONFIGURES_BLOCKS,
};

static int run(struct operation *op)
{
	op->session = session_begin(op->options);
	op->block_size = opts_check_ranges(op->options, op->session.ctx);
	operation_make_request(op);
	return operation_run(op);
}

static int run_configure(struct options *options, const char **operands _unused_)
{
	struct operation op = {
		.options = options, .kind = &configures_blocks, .action = MEMHP_TRANSITION_CONFIGURE, .goal = "configured"
	};

	if (options->num_sources > 1)
		usage_error("--source", "one device at a time");
	if (!has_option(options, OPT_SOURCE))
		return run(&op);
	op.kind = has_option(options, OPT_MEMMAP) ? &configure_dax_memmap : &configure_dax;
	op.action = has_option(options, OPT_MOVABLE)  ? MEMHP_TRANSITION_ONLINE_MOVABLE
		    : has_option(options, OPT_KERNEL) ? MEMHP_TRANSITION_ONLINE_KERNEL
						      : MEMHP_TRANSITION_ONLINE;
	op.goal = memhp_transition_name(op.action);
	return run(&op);
}

static int run_deconfigure(struct options *options, const char **operands _unused_)
{
	struct operation op = {
		.options = options, .kind = &deconfigures_blocks, .action = MEMHP_TRANSITION_DECONFIGURE, .goal = "standby"
	};

	return run(&op);
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
