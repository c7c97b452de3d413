/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one run of a request: lock, plan, guard, carry out, report */
#include <errno.h>
#include <stdlib.h>

#include "operation/operation.h"
#include "ui/format.h"
#include "ui/last-report.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

static void make_request(struct operation *op)
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
	memhp_request_set_progress(op->request, operation_show_progress, op);
	if (memhp_request_set_eject(op->request, op->device) < 0)
		out_of_memory();
	if (has_option(options, OPT_BLOCK_TIMEOUT))
		memhp_request_set_block_timeout_ms(op->request, options->block_timeout_ms);
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
	int rc = memhp_snapshot_new(&snapshot, op->session.ctx, memhp_request_get_attrs(op->request));

	if (rc < 0)
		fail_scan(op->session.ctx, rc);
	opts_check_selection(op->options, op->session.ctx, snapshot);
	opts_check_nodes(op->options, snapshot);
	if (op->action == MEMHP_ACTION_OFFLINE && memhp_ctx_has_hotremove(op->session.ctx) == 0)
		fail(EXIT_UNSUPPORTED, "this kernel was built without CONFIG_MEMORY_HOTREMOVE: no memory block can go offline");
	/* memctl remove has looked, and its device may have no block any more. */
	if (!op->is_removal)
		opts_check_sources(op->options, snapshot);
	if (!has_option(op->options, OPT_DRY_RUN))
		operation_tell_blocker(op, snapshot);
	op->num_present = memhp_snapshot_get_num_blocks(snapshot);
	if (memhp_plan_new(&op->plan, snapshot, op->request) < 0)
		out_of_memory();
	if (op->action == MEMHP_ACTION_OFFLINE && has_option(op->options, OPT_DRY_RUN) && !opts_has_goal(op->options) &&
	    memhp_plan_foresee(op->plan, op->session.ctx) < 0)
		out_of_memory();
	tell_unknown_zones(op, snapshot);
	operation_look_at_huge_pages(op, &op->huge_before);
	operation_look_at_pages(op, snapshot);
	operation_tell_poison(op);
	operation_foresee_huge_pages(op, snapshot);
	op->snapshot = snapshot;
}

static int say_what_became(const void *data, bool as_text)
{
	const struct operation *op = data;
	struct last_report report = last_report_begin(op->options, as_text);
	const struct memhp_step *step;

	for (size_t i = 0; (step = operation_get_step(op, i)); i++)
		if (!operation_is_spare(step))
			last_report_block(&report, memhp_step_get_block_id(step), memhp_outcome_name(memhp_step_get_outcome(step)),
					  state_word(memhp_step_get_after(step)));
	if (op->device)
		last_report_add(&report, op->device, memhp_result_is_ejected(op->result) ? "ejected" : "not ejected", NULL);
	return last_report_end(&report);
}

static bool has_planned(const struct operation *op)
{
	const struct memhp_step *step;

	for (size_t i = 0; (step = memhp_plan_get_step(op->plan, i)); i++)
		if (memhp_step_get_outcome(step) == MEMHP_OUTCOME_PLANNED)
			return true;
	return false;
}

static void apply_plan(struct operation *op)
{
	int rc;

	memhp_request_set_timeout_ms(op->request, session_request_ms(&op->session));
	rc = memhp_plan_apply(op->plan, op->session.ctx, &op->result);

	operation_end_progress(op);
	session_take_signal(&op->session);
	if (rc < 0)
		fail_apply(op->session.ctx, rc);
	set_last_words(say_what_became, op);
	operation_look_at_huge_pages(op, &op->huge_after);
	if (op->device || has_planned(op))
		session_tell_unlocked(&op->session);
}

/* Whether a block is not as asked, so that the report has words for it */
static bool has_trouble(const struct operation *op)
{
	const struct memhp_step *step;

	for (size_t i = 0; (step = operation_get_step(op, i)); i++)
		if (!memhp_step_is_done(step) && !operation_is_spare(step) && memhp_step_get_outcome(step) != MEMHP_OUTCOME_PLANNED)
			return true;
	return false;
}

static void prepare(struct operation *op)
{
	if (!op->session.ctx)
		op->session = session_begin(op->options);
	op->block_size = opts_check_ranges(op->options, op->session.ctx);
	make_request(op);
	operation_prepare_progress(op);
}

void operation_lock(struct operation *op)
{
	session_watch_signals(&op->session);
	memhp_request_set_cancel_fd(op->request, op->session.signal_fd);
	session_lock(&op->session);
}

void operation_release(struct operation *op)
{
	operation_forget_processes(op);
	guard_release(&op->guard);
	memhp_huge_pools_free(op->huge_before);
	memhp_huge_pools_free(op->huge_after);
	free(op->huge_at_risk);
	free(op->pages);
	memhp_result_free(op->result);
	memhp_plan_free(op->plan);
	memhp_snapshot_unref(op->snapshot);
	memhp_request_free(op->request);
	session_end(&op->session);
}

int operation_run(struct operation *op)
{
	bool dry_run = has_option(op->options, OPT_DRY_RUN);
	enum exit_status status;

	prepare(op);
	/* The plan is made under the lock, so that it is still true when it is carried out. */
	if (!dry_run)
		operation_lock(op);
	make_plan(op);
	op->guard = guard_check_plan(op->session.ctx, op->options, op->action, op->plan);
	memhp_request_set_max_kernel_loss_bytes(op->request, op->guard.max_kernel_loss);
	guard_warn(&op->guard);
	if (!dry_run && op->guard.refused)
		check_changeable(op->session.ctx);
	if (!dry_run && !op->guard.refused)
		apply_plan(op);
	session_unlock(&op->session);
	operation_find_processes(op);
	if (has_trouble(op))
		operation_look_for_choices(op);
	if (has_option(op->options, OPT_JSON))
		operation_write(op);
	else
		operation_print(op);
	if (op->session.signal)
		end_by_signal(op->session.signal);
	status = finish_report(operation_exit_status(op));
	operation_release(op);
	return status;
}
