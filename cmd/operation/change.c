/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changes the state of blocks: online, offline and remove. The library plans and carries out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "operation/operation.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

static void show_progress(void *data, const struct memhp_progress *progress)
{
	const struct memhp_step *current = memhp_progress_get_current(progress);
	uint64_t block_id = current ? memhp_step_get_block_id(current) : 0;

	operation_show_progress(data, &(struct progress){
					      .done = memhp_progress_get_num_done(progress),
					      .goal = memhp_progress_get_num_goal(progress),
					      .block_id = current ? &block_id : NULL,
					      .block_elapsed_ms = memhp_progress_get_current_elapsed_ms(progress),
					      .rolls_back = memhp_progress_is_rolling_back(progress),
					      .ejects = memhp_progress_is_ejecting(progress),
				      });
}

void operation_make_request(struct operation *op)
{
	const struct options *options = op->options;

	if (memhp_request_new(&op->request, op->action) < 0)
		out_of_memory();
	memhp_request_set_selection(op->request, options->selection);
	memhp_request_set_only_pending(op->request, has_option(options, OPT_ALL));
	memhp_request_set_num_blocks(op->request, opts_goal_blocks(op->options, op->block_size));
	memhp_request_set_retries(op->request, (unsigned int)options->retries);
	memhp_request_set_rollback(op->request, has_option(options, OPT_ROLLBACK));
	memhp_request_set_kernel_debug(op->request, has_option(options, OPT_KERNEL_DEBUG));
	memhp_request_set_progress(op->request, show_progress, op);
	if (memhp_request_set_eject(op->request, op->device) < 0)
		out_of_memory();
	if (has_option(options, OPT_BLOCK_TIMEOUT))
		op->block_timeout_ms = options->block_timeout_ms;
	if (op->block_timeout_ms)
		memhp_request_set_block_timeout_ms(op->request, op->block_timeout_ms);
	op->block_timeout_ms = memhp_request_get_block_timeout_ms(op->request);
}

/* A plan goes by the zones; where they cannot be read it is made all the same, and that is said. */
static void tell_unknown_zones(const struct operation *op, const struct memhp_snapshot *snapshot)
{
	const struct memhp_step *step;
	size_t num = 0;
	int error = 0;

	for (size_t i = 0; (step = memhp_plan_get_step(op->plan, i)); i++) {
		const struct memhp_block *block = memhp_snapshot_find_block(snapshot, memhp_step_get_block_id(step));
		int rc = block && !memhp_step_get_error(step) ? memhp_block_get_error(block, MEMHP_ATTR_ZONES) : 0;

		if (rc == 0 || rc == -EOPNOTSUPP)
			continue;
		num++;
		error = rc;
	}
	if (num)
		warn("careful: the zones of %zu block%s cannot be read (%s): whether the kernel can do it is not known", num,
		     num == 1 ? "" : "s", errno_name(error));
}

static void make_plan(struct operation *op)
{
	struct memhp_snapshot *snapshot;
	int rc = memhp_snapshot_new(&snapshot, op->session.ctx, memhp_request_get_attrs(op->request) | op->attrs);

	if (rc < 0)
		fail_scan(op->session.ctx, rc);
	op->snapshot = snapshot;
	opts_check_selection(op->options, op->session.ctx, snapshot);
	opts_check_nodes(op->options, snapshot);
	if (op->action == MEMHP_TRANSITION_OFFLINE && memhp_ctx_has_hotremove(op->session.ctx) == 0)
		fail(EXIT_UNSUPPORTED, "this kernel was built without CONFIG_MEMORY_HOTREMOVE: no memory block can go offline");
	/* memctl remove has looked, and its device may have no block any more. */
	if (!op->is_removal)
		opts_check_sources(op->options, snapshot);
	if (!has_option(op->options, OPT_DRY_RUN))
		operation_tell_blocker(op, snapshot);
	if (memhp_plan_new(&op->plan, snapshot, op->request) < 0)
		out_of_memory();
	if (op->action == MEMHP_TRANSITION_OFFLINE && has_option(op->options, OPT_DRY_RUN) && !opts_has_goal(op->options) &&
	    memhp_plan_foresee(op->plan, op->session.ctx) < 0)
		out_of_memory();
	tell_unknown_zones(op, snapshot);
	operation_look_at_huge_pages(op, &op->huge_before);
	operation_look_at_pages(op, snapshot);
	operation_tell_poison(op);
	operation_foresee_huge_pages(op, snapshot);
	op->num_short = memhp_plan_get_num_short(op->plan);
	op->guard = guard_check_plan(op->session.ctx, op->options, op->action, op->plan);
	memhp_request_set_max_kernel_loss_bytes(op->request, op->guard.max_kernel_loss);
}

static bool has_planned(const struct operation *op)
{
	const struct memhp_step *step;

	for (size_t i = 0; (step = memhp_plan_get_step(op->plan, i)); i++)
		if (memhp_step_get_outcome(step) == MEMHP_OUTCOME_PLANNED)
			return true;
	return false;
}

int operation_apply(struct operation *op)
{
	int rc;

	memhp_request_set_timeout_ms(op->request, session_request_ms(&op->session));
	memhp_request_set_cancel_fd(op->request, op->session.signal_fd);
	rc = memhp_plan_apply(op->plan, op->session.ctx, &op->result);
	session_take_signal(&op->session);
	if (rc < 0)
		return rc;
	op->writer_pid = memhp_result_get_writer_pid(op->result);
	op->completion = memhp_result_get_completion(op->result);
	op->is_rolled_back = memhp_result_is_rolled_back(op->result);
	return 0;
}

static void act(struct operation *op)
{
	int rc = operation_apply(op);

	operation_end_progress(op);
	if (rc < 0)
		fail_apply(op->session.ctx, rc);
	set_last_words(operation_say_what_became, op);
	operation_look_at_huge_pages(op, &op->huge_after);
	if (op->device || has_planned(op))
		session_tell_unlocked(&op->session);
}

static bool get_row(const struct operation *op, size_t index, struct report_row *row)
{
	const struct memhp_step *step = operation_get_step(op, index);

	if (!step)
		return false;
	operation_fill_row(op, step, row);
	row->index = index;
	return true;
}

static char *make_reason(const struct operation *op, const struct report_row *row)
{
	return operation_make_reason(op, row->step);
}

static char *make_hint(const struct operation *op, const struct report_row *row)
{
	return operation_make_hint(op, row->step);
}

/* That something was asked for and could not be had is no failure of the request, and yet said. */
static void tell_debug_error(const struct operation *op)
{
	int error = op->result ? memhp_result_get_kernel_debug_error(op->result) : 0;

	if (error == -EOPNOTSUPP || error == -ENOENT)
		warn("--kernel-debug: this kernel has no debug messages that can be switched on (CONFIG_DYNAMIC_DEBUG), or "
		     "debugfs is not mounted");
	else if (error < 0)
		warn("--kernel-debug: the kernel's debug messages cannot be switched on: %s", strerror(-error));
	else if (has_option(op->options, OPT_KERNEL_DEBUG) && op->result && memhp_result_get_kernel_log_error(op->result) < 0)
		warn("--kernel-debug: the kernel's log, /dev/kmsg, cannot be read: %s",
		     strerror(-memhp_result_get_kernel_log_error(op->result)));
}

/* Why the device is still there although its blocks were offline */
static const char *device_text(const struct operation *op, int error)
{
	bool is_dimm = strncmp(op->device, "dimm:", strlen("dimm:")) == 0;

	switch (error) {
	case -ETIMEDOUT:
		return is_dimm ? "it was asked for, and the firmware or hypervisor has not done it by the deadline; it may still "
				 "come to it"
			       : "it was not done by the deadline";
	case -ECANCELED:
		return "it was interrupted; it may still come to it";
	case -EBUSY:
	case -EAGAIN:
		return "the kernel is busy with it; try again later";
	case -ENODEV:
		return "the kernel has no driver for its removal (CONFIG_ACPI_HOTPLUG_MEMORY)";
	default:
		return "see the kernel's log (dmesg)";
	}
}

/* What the device's memory is when it could not be ejected */
static const char *left_text(const struct operation *op)
{
	const struct memhp_step *step;

	if (memhp_result_is_rolled_back(op->result))
		return "as it was before";
	for (size_t i = 0; (step = operation_get_step(op, i)); i++)
		if (operation_is_gone(op, step))
			return "gone in part, and otherwise offline";
	return "offline";
}

/* Of blocks that are as they were nothing is told, and yet something was why. */
static void tell_rollback(const struct operation *op)
{
	struct report_row row;

	if (!op->result || !memhp_result_is_rolled_back(op->result) || op->session.signal)
		return;
	for (size_t i = 0; op->kind->get_row(op, i, &row); i++)
		if (!row_is_done(&row) && row.outcome != MEMHP_OUTCOME_ROLLED_BACK && !row_is_spare(&row))
			return;
	if (op->num_short == 0)
		warn("all was brought back, for a block had not stayed as asked, or its state could not be read after the change");
}

static void tell_device(const struct operation *op)
{
	int error = op->device && op->result ? memhp_result_get_eject_error(op->result) : 0;

	if (error < 0 && memhp_result_is_eject_unseen(op->result))
		warn("whether %s is ejected cannot be told: its memory blocks cannot be looked for: %s (%s); do not pull it before "
		     "memctl list shows that they are gone",
		     op->device, strerror(-error), errno_name(error));
	else if (error < 0)
		warn("%s was not ejected: %s (%s); its memory is %s", op->device, device_text(op, error), errno_name(error),
		     left_text(op));
	else if (op->device && op->result && !memhp_result_is_ejected(op->result))
		warn("%s was not ejected: not all of its memory is offline", op->device);
}

static void tell(const struct operation *op)
{
	tell_rollback(op);
	operation_tell_agents(op);
	operation_tell_processes(op);
	tell_device(op);
	tell_debug_error(op);
	operation_tell_huge_pages(op);
}

static void say_empty(const struct operation *op)
{
	const char *goal = op->kind->words.already;

	if (op->is_removal)
		warn("nothing to do: %s is unplugged", op->options->source);
	else if (op->num_short)
		warn("nothing was changed: no selected block is left to go %s", goal);
	else if (memhp_snapshot_get_num_blocks(op->snapshot) == 0)
		warn("nothing to do: there is no memory block");
	else if (has_option(op->options, OPT_ALL))
		warn("nothing to do: all selected blocks are %s", goal);
	else
		warn("nothing to do: no memory block matches");
}

static void write_more(const struct operation *op, struct json_doc *doc)
{
	if (op->device) {
		json_doc_string(doc, "source", op->device);
		json_doc_bool(doc, "ejected", op->result && memhp_result_is_ejected(op->result));
		json_doc_string(doc, "eject_errno", op->result ? errno_name(memhp_result_get_eject_error(op->result)) : NULL);
	}
	operation_write_huge_pages(op, doc);
	if (op->who_ranges)
		json_doc_member(doc, "who", who_state(&op->who));
}

/* clang-format off */
#define CHANGES_BLOCKS \
	.columns = "BLOCK,SIZE,BEFORE,AFTER,ZONE,OUTCOME,TIME", .plan_columns = "BLOCK,SIZE,BEFORE,GOAL,ZONE,PLAN", \
	.plan = make_plan, .act = act, .get_row = get_row, .make_reason = make_reason, .make_hint = make_hint, \
	.tell = tell, .write = write_more, .say_empty = say_empty
#define TAKES_OFFLINE .did = "took", .done = " offline", .would = "be taken offline", .already = "offline"
/* clang-format on */

const struct operation_kind operation_online = {
	.words = { .did = "brought",
		   .done = " online",
		   .would = "be brought online",
		   .already = "online",
		   .advice = "use --kernel for some of the blocks, or " },
	CHANGES_BLOCKS,
};

const struct operation_kind operation_offline = {
	.words = { TAKES_OFFLINE, .advice = "offline less, or use " },
	CHANGES_BLOCKS,
};

/* A device goes as a whole: there is no less of it. */
const struct operation_kind operation_remove = {
	.words = { TAKES_OFFLINE, .advice = "use " },
	CHANGES_BLOCKS,
};

int operation_change(struct operation *op)
{
	if (!op->session.ctx)
		op->session = session_begin(op->options);
	op->block_size = opts_check_ranges(op->options, op->session.ctx);
	op->goal = memhp_transition_name(op->action);
	operation_make_request(op);
	return operation_run(op);
}
