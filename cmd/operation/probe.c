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

static void check_targets(struct probing *probing)
{
	struct operation *op = &probing->op;

	for (size_t i = 0; i < probing->num; i++) {
		struct target *target = &probing->targets[i];
		int rc = memhp_probe_new(&target->probe, op->session.ctx, target->addr);

		if (rc < 0)
			fail_scan(op->session.ctx, rc);
		if (memhp_request_add_probe(op->request, target->probe, probing->unbacked ? MEMHP_PROBE_UNBACKED : 0) < 0)
			out_of_memory();
	}
}

/* Steps are in the order of the addresses. */
static void note_additions(struct probing *probing)
{
	for (size_t i = 0; i < probing->num; i++)
		probing->targets[i].add = operation_get_step(&probing->op, i);
}

static void plan(struct operation *op)
{
	struct probing *probing = (struct probing *)op;
	int rc;

	operation_make_request(op);
	check_targets(probing);
	rc = memhp_snapshot_new(&op->snapshot, op->session.ctx, memhp_request_get_attrs(op->request) | op->attrs);
	if (rc < 0)
		fail_scan(op->session.ctx, rc);
	if (memhp_plan_new(&op->plan, op->snapshot, op->request) < 0)
		out_of_memory();
	note_additions(probing);
	op->refused = probe_refusal(probing);
	if (has_option(op->options, OPT_ONLINE))
		op->guard = guard_check_size(op->session.ctx, op->options, probing->online,
					     size_of_blocks(probing->num, op->block_size));
	if (!has_option(op->options, OPT_DRY_RUN))
		check_changeable(op->session.ctx);
	probe_tell_dangers(probing);
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
				probing->targets[i].online = step;
}

/* Makes room for the other request; what became of the first one stays. */
static void begin_anew(struct probing *probing)
{
	struct operation *op = &probing->op;

	probing->added = op->result;
	op->result = NULL;
	memhp_plan_free(op->plan);
	op->plan = NULL;
	memhp_request_free(op->request);
	memhp_snapshot_unref(op->snapshot);
	op->snapshot = NULL;
	op->action = probing->online;
	operation_make_request(op);
}

/* The same engine as that of memctl online. From here on no failure may end the program without a report of what was added. */
static void bring_online(struct probing *probing, struct memhp_selection *selection)
{
	struct operation *op = &probing->op;
	int rc;

	begin_anew(probing);
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
	else
		op->completion = MEMHP_COMPLETION_FAILED;
}

/* Where they go online all or none, none does when not all are there. */
static bool may_bring_online(const struct probing *probing)
{
	const struct operation *op = &probing->op;

	return !op->session.signal &&
	       (!has_option(op->options, OPT_ROLLBACK) || probe_is_added(&probing->targets[probing->num - 1]));
}

/* What both requests come to: what was added stays. */
static enum memhp_completion complete(const struct operation *op, enum memhp_completion added, enum memhp_completion online)
{
	if (online == MEMHP_COMPLETION_COMPLETE)
		return added;
	if (added == MEMHP_COMPLETION_INTERRUPTED || online == MEMHP_COMPLETION_INTERRUPTED)
		return MEMHP_COMPLETION_INTERRUPTED;
	if (added == MEMHP_COMPLETION_TIMEOUT || online == MEMHP_COMPLETION_TIMEOUT)
		return MEMHP_COMPLETION_TIMEOUT;
	return operation_sum(op).may_be_changed ? MEMHP_COMPLETION_PARTIAL : MEMHP_COMPLETION_FAILED;
}

static void look_at_places(struct operation *op)
{
	memhp_snapshot_unref(op->snapshot);
	if (memhp_snapshot_new(&op->snapshot, op->session.ctx, op->attrs) < 0)
		op->snapshot = NULL;
}

static void act(struct operation *op)
{
	struct probing *probing = (struct probing *)op;
	struct memhp_selection *selection;
	enum memhp_completion added;

	operation_carry_out(op);
	note_additions(probing);
	added = op->completion;
	selection = has_option(op->options, OPT_ONLINE) ? select_added(probing) : NULL;
	if (selection && may_bring_online(probing)) {
		bring_online(probing, selection);
		op->completion = complete(op, added, op->completion);
	} else if (selection) {
		op->completion = complete(op, added, op->session.signal ? MEMHP_COMPLETION_INTERRUPTED : MEMHP_COMPLETION_FAILED);
	}
	if (op->attrs && !probing->added)
		look_at_places(op);
	memhp_selection_unref(selection);
}

static const struct operation_kind kind = {
	.words = { .did = "added",
		   .done = "",
		   .would = "be added",
		   .already = "added",
		   .advice = "--kernel, or ",
		   .stays = "what was added stays, and is offline" },
	.columns = "BLOCK,SIZE,PROOF,AFTER,ZONE,OUTCOME,TIME",
	.plan_columns = "BLOCK,SIZE,PROOF,GOAL,PLAN",
	.extra = "PROOF",
	.plan = plan,
	.act = act,
	.get_row = probe_get_row,
	.make_reason = probe_make_reason,
	.make_hint = probe_make_hint,
	.make_more = probe_make_more,
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
	struct probing probing = { .op = { .options = options, .kind = &kind, .action = MEMHP_TRANSITION_ADD } };
	struct operation *op = &probing.op;
	int status;

	take_addresses(&probing, operands);
	if (probing.num == 0)
		usage_error(NULL, "no address given; give the physical address of a block, such as 0x20000000");
	probing.unbacked = has_option(options, OPT_FORCE) && has_option(options, OPT_UNBACKED);
	probing.online = wanted_action(options);
	op->goal = has_option(options, OPT_ONLINE) ? memhp_transition_name(probing.online) : "added";
	op->block_timeout_ms = has_option(options, OPT_BLOCK_TIMEOUT) ? options->block_timeout_ms : MEMHP_NO_TIMEOUT;
	op->session = session_begin(options);
	op->block_size = opts_check_ranges(options, op->session.ctx);
	check_alignment(&probing);
	if (memhp_ctx_has(op->session.ctx, MEMHP_FEATURE_PROBE) == 0)
		probe_fail_unsupported(options);
	status = operation_run(op);
	memhp_result_free(probing.added);
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
