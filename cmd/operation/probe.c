/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl probe: check every address, add the blocks, bring them online, report */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "commands.h"
#include "operation/probe.h"
#include "ui/format.h"
#include "ui/opts.h"
#include "ui/parse-args.h"
#include "ui/xalloc.h"

static int add_target(const char *item, void *data, char why[WHY_MAX])
{
	struct probing *probing = data;
	struct target target = { 0 };

	if (parse_address(item, &target.addr, why) < 0)
		return -1;
	for (size_t i = 0; i < probing->num; i++)
		if (probing->targets[i].addr == target.addr)
			usage_error(NULL, "the address 0x%" PRIx64 " is given twice", target.addr);
	probing->targets = xreallocarray(probing->targets, probing->num + 1, sizeof(target));
	probing->targets[probing->num++] = target;
	return 0;
}

static void check_alignment(const struct probing *probing)
{
	uint64_t block_size = probing->op.block_size;
	char size[SIZE_TEXT_MAX];

	for (size_t i = 0; i < probing->num; i++) {
		uint64_t addr = probing->targets[i].addr, below = addr & ~(block_size - 1);

		if (addr == below)
			continue;
		format_size(block_size, size);
		if (below > UINT64_MAX - block_size)
			usage_error(NULL,
				    "the address 0x%" PRIx64 " is no multiple of the block size, %s; the nearest is 0x%" PRIx64,
				    addr, size, below);
		usage_error(NULL,
			    "the address 0x%" PRIx64 " is no multiple of the block size, %s; the nearest are 0x%" PRIx64
			    " and 0x%" PRIx64,
			    addr, size, below, below + block_size);
	}
}

static enum memhp_transition wanted_action(const struct options *options)
{
	if (has_option(options, OPT_MOVABLE))
		return MEMHP_TRANSITION_ONLINE_MOVABLE;
	return has_option(options, OPT_KERNEL) ? MEMHP_TRANSITION_ONLINE_KERNEL : MEMHP_TRANSITION_ONLINE;
}

static void plan(struct operation *op)
{
	struct probing *probing = (struct probing *)op;

	for (size_t i = 0; i < probing->num; i++) {
		struct target *target = &probing->targets[i];
		int rc = memhp_probe_new(&target->probe, op->session.ctx, target->addr);

		if (rc < 0)
			fail_scan(op->session.ctx, rc);
		memhp_probe_set_progress(target->probe, operation_tick, op);
	}
	op->refused = probe_refusal(probing);
	if (has_option(op->options, OPT_ONLINE))
		op->guard =
			guard_check_size(op->session.ctx, op->options, op->action, size_of_blocks(probing->num, op->block_size));
	if (!has_option(op->options, OPT_DRY_RUN))
		check_changeable(op->session.ctx);
	probe_tell_dangers(probing);
}

static uint64_t time_for_one(const struct operation *op)
{
	uint64_t left = session_left_ms(&op->session);

	return op->block_timeout_ms < left ? op->block_timeout_ms : left;
}

/* Block after block, up to the first that fails: what the kernel does not take is a reason to stop and look. */
static void add_blocks(struct probing *probing)
{
	struct operation *op = &probing->op;
	unsigned int flags = probing->unbacked ? MEMHP_PROBE_UNBACKED : 0;

	op->progress.goal = probing->num;
	for (size_t i = 0; i < probing->num && (i == 0 || probe_is_added(&probing->targets[i - 1])); i++) {
		struct target *target = &probing->targets[i];
		uint64_t id = memhp_probe_get_block_id(target->probe);

		op->progress.block_id = &id;
		op->block_started_ms = now_ms();
		target->is_tried = true;
		target->error = memhp_probe_apply(target->probe, op->session.ctx, time_for_one(op), op->session.signal_fd, flags);
		if (i == 0 && !memhp_probe_is_stored(target->probe) && operation_is_hopeless(target->error))
			fail_apply(op->session.ctx, target->error);
		if (memhp_probe_get_writer_pid(target->probe))
			op->writer_pid = memhp_probe_get_writer_pid(target->probe);
		op->progress.block_id = NULL;
		/* A block that is to come online is not as asked while it is only added. */
		op->progress.done += target->error == 0 && !has_option(op->options, OPT_ONLINE);
		operation_tick(op);
	}
	operation_end_progress(op);
}

static struct memhp_selection *select_added(const struct probing *probing)
{
	struct memhp_selection *selection = NULL;

	for (size_t i = 0; i < probing->num; i++) {
		uint64_t id = memhp_probe_get_block_id(probing->targets[i].probe);

		if (!probe_is_added(&probing->targets[i]))
			continue;
		if ((!selection && memhp_selection_new(&selection) < 0) || memhp_selection_add_blocks(selection, id, id) < 0)
			out_of_memory();
	}
	return selection;
}

static void note_steps(struct probing *probing)
{
	const struct memhp_step *step;

	for (size_t n = 0; (step = operation_get_step(&probing->op, n)); n++)
		for (size_t i = 0; i < probing->num; i++)
			if (memhp_probe_get_block_id(probing->targets[i].probe) == memhp_step_get_block_id(step))
				probing->targets[i].step = step;
}

/* The same engine as that of memctl online. From here on no failure may end the program without a report of what was added. */
static void bring_online(struct probing *probing)
{
	struct operation *op = &probing->op;
	struct memhp_selection *selection = select_added(probing);
	int rc;

	if (!selection)
		return;
	operation_make_request(op);
	memhp_request_set_selection(op->request, selection);
	rc = memhp_snapshot_new(&op->snapshot, op->session.ctx, memhp_request_get_attrs(op->request) | op->attrs);
	if (rc == 0)
		rc = memhp_plan_new(&op->plan, op->snapshot, op->request);
	if (rc == 0)
		rc = operation_apply(op);
	operation_end_progress(op);
	probing->online_error = rc;
	if (rc == 0)
		note_steps(probing);
	memhp_selection_unref(selection);
}

/* Where they go online all or none, none does when not all are there. */
static bool may_bring_online(const struct probing *probing)
{
	const struct operation *op = &probing->op;

	return has_option(op->options, OPT_ONLINE) && !op->session.signal &&
	       (!has_option(op->options, OPT_ROLLBACK) || probe_is_added(&probing->targets[probing->num - 1]));
}

static void act(struct operation *op)
{
	struct probing *probing = (struct probing *)op;

	set_last_words(operation_say_what_became, op);
	add_blocks(probing);
	session_tell_unlocked(&op->session);
	session_take_signal(&op->session);
	if (may_bring_online(probing))
		bring_online(probing);
	else if (op->attrs && memhp_snapshot_new(&op->snapshot, op->session.ctx, op->attrs) < 0)
		op->snapshot = NULL;
	op->completion = operation_complete(op);
}

static const struct operation_kind kind = {
	.words = { .did = "added",
		   .done = "",
		   .would = "be added",
		   .already = "added",
		   .advice = "use --kernel, or ",
		   .stays = "what was added stays, and is offline" },
	.columns = "BLOCK,SIZE,PROOF,AFTER,ZONE,OUTCOME,TIME",
	.plan_columns = "BLOCK,SIZE,PROOF,GOAL,PLAN",
	.extra = "PROOF",
	.plan = plan,
	.act = act,
	.get_row = probe_get_row,
	.make_reason = probe_make_reason,
	.make_hint = probe_make_hint,
	.tell = probe_tell,
	.write_row = probe_write_row,
};

/* Each operand is a list of addresses. */
static void take_addresses(struct probing *probing, const char **operands)
{
	char why[WHY_MAX];

	for (; *operands; operands++)
		if (parse_list(*operands, add_target, probing, why) < 0)
			usage_error(NULL, "%s", why);
}

static int run_probe(struct options *options, const char **operands)
{
	struct probing probing = { .op = { .options = options, .kind = &kind } };
	struct operation *op = &probing.op;
	int status;

	take_addresses(&probing, operands);
	if (probing.num == 0)
		usage_error(NULL, "no address given; memory blocks are added at physical addresses, such as 0x20000000");
	probing.unbacked = has_option(options, OPT_FORCE) && has_option(options, OPT_UNBACKED);
	op->action = wanted_action(options);
	op->goal = has_option(options, OPT_ONLINE) ? memhp_transition_name(op->action) : "added";
	op->block_timeout_ms = has_option(options, OPT_BLOCK_TIMEOUT) ? options->block_timeout_ms : MEMHP_NO_TIMEOUT;
	op->session = session_begin(options);
	op->block_size = opts_check_ranges(options, op->session.ctx);
	check_alignment(&probing);
	if (memhp_ctx_has_probe(op->session.ctx) == 0)
		probe_fail_unsupported(options);
	status = operation_run(op);
	for (size_t i = 0; i < probing.num; i++)
		memhp_probe_free(probing.targets[i].probe);
	free(probing.targets);
	return status;
}

const struct command memctl_cmd_probe = {
	.name = "probe",
	.summary = "have the kernel add memory blocks at physical addresses",
	.bit = CMD_PROBE,
	.synopsis = "[OPTION...] ADDRESS...",
	.help = operation_help_columns,
	.run = run_probe,
};
