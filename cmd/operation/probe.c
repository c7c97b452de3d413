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

static enum memhp_action wanted_action(const struct options *options)
{
	if (has_option(options, OPT_MOVABLE))
		return MEMHP_ACTION_ONLINE_MOVABLE;
	return has_option(options, OPT_KERNEL) ? MEMHP_ACTION_ONLINE_KERNEL : MEMHP_ACTION_ONLINE;
}

static void make_request(struct operation *op)
{
	if (memhp_request_new(&op->request, op->action) < 0)
		out_of_memory();
	memhp_request_set_progress(op->request, operation_show_progress, op);
	memhp_request_set_block_timeout_ms(op->request, has_option(op->options, OPT_BLOCK_TIMEOUT) ? op->options->block_timeout_ms
												   : MEMHP_NO_TIMEOUT);
}

static void check_targets(struct probing *probing)
{
	struct operation *op = &probing->op;

	for (size_t i = 0; i < probing->num; i++) {
		int rc = memhp_probe_new(&probing->targets[i].probe, op->session.ctx, probing->targets[i].addr);

		if (rc < 0)
			fail_scan(op->session.ctx, rc);
	}
	if (!has_option(op->options, OPT_ONLINE))
		return;
	op->guard = guard_check_size(op->session.ctx, op->options, op->action, size_of_blocks(probing->num, op->block_size));
}

/* Block after block, up to the first that fails: what the kernel does not take is a reason to stop and look. */
static void add_blocks(struct probing *probing)
{
	const struct options *options = probing->op.options;
	unsigned int flags = probing->unbacked ? MEMHP_PROBE_UNBACKED : 0;

	for (size_t i = 0; i < probing->num; i++) {
		struct target *target = &probing->targets[i];
		uint64_t timeout = session_left_ms(&probing->op.session);

		if (has_option(options, OPT_BLOCK_TIMEOUT) && options->block_timeout_ms < timeout)
			timeout = options->block_timeout_ms;
		target->tried = true;
		target->error =
			memhp_probe_apply(target->probe, probing->op.session.ctx, timeout, probing->op.session.signal_fd, flags);
		if (i == 0 && !memhp_probe_is_stored(target->probe) &&
		    (target->error == -EMEDIUMTYPE || target->error == -EACCES || target->error == -EROFS))
			fail_apply(probing->op.session.ctx, target->error);
		if (target->error == 0)
			continue;
		probing->timed_out = target->error == -ETIMEDOUT || target->error == -EINPROGRESS;
		return;
	}
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
	struct memhp_snapshot *snapshot = NULL;
	int rc;

	if (!selection)
		return;
	memhp_request_set_selection(op->request, selection);
	memhp_request_set_timeout_ms(op->request, session_request_ms(&op->session));
	rc = memhp_snapshot_new(&snapshot, op->session.ctx, memhp_request_get_attrs(op->request));
	if (rc == 0)
		rc = memhp_plan_new(&op->plan, snapshot, op->request);
	if (rc == 0)
		rc = memhp_plan_apply(op->plan, op->session.ctx, &op->result);
	operation_end_progress(op);
	probing->online_error = rc;
	if (rc == 0) {
		note_steps(probing);
		probing->timed_out |= memhp_result_get_completion(op->result) == MEMHP_TIMEOUT;
	}
	memhp_snapshot_unref(snapshot);
	memhp_selection_unref(selection);
}

static void act(struct probing *probing)
{
	struct operation *op = &probing->op;

	set_last_words(probe_say_what_became, probing);
	add_blocks(probing);
	session_tell_unlocked(&op->session);
	session_take_signal(&op->session);
	if (!op->session.signal && has_option(op->options, OPT_ONLINE)) {
		bring_online(probing);
		session_take_signal(&op->session);
	}
}

static void release(struct probing *probing)
{
	for (size_t i = 0; i < probing->num; i++)
		memhp_probe_free(probing->targets[i].probe);
	free(probing->targets);
	operation_release(&probing->op);
}

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
	struct probing probing = { .op = { .options = options } };
	struct operation *op = &probing.op;
	enum exit_status status;

	take_addresses(&probing, operands);
	if (probing.num == 0)
		usage_error(NULL, "no address given; memory blocks are added at physical addresses, such as 0x20000000");
	probing.unbacked = has_option(options, OPT_FORCE) && has_option(options, OPT_UNBACKED);
	op->action = wanted_action(options);
	op->session = session_begin(options);
	op->block_size = opts_check_ranges(options, op->session.ctx);
	check_alignment(&probing);
	if (memhp_ctx_has_probe(op->session.ctx) == 0)
		probe_fail_unsupported(options);
	make_request(op);
	operation_prepare_progress(op);
	/* The checks are made under the lock, so that they are still true when the blocks are added. */
	if (!has_option(options, OPT_DRY_RUN))
		operation_lock(op);
	check_targets(&probing);
	if (!has_option(options, OPT_DRY_RUN))
		check_changeable(op->session.ctx);
	probe_tell_dangers(&probing);
	if (!has_option(options, OPT_DRY_RUN) && !probe_is_refused(&probing))
		act(&probing);
	session_unlock(&op->session);
	probing.elapsed_ms = session_elapsed_ms(&op->session);
	probe_report(&probing);
	if (op->session.signal)
		end_by_signal(op->session.signal);
	status = finish_report(probe_exit_status(&probing));
	release(&probing);
	return status;
}

const struct command memctl_cmd_probe = {
	.name = "probe",
	.summary = "have the kernel add memory blocks at physical addresses",
	.bit = CMD_PROBE,
	.synopsis = "[OPTION...] ADDRESS...",
	.run = run_probe,
};
