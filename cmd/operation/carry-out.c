/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The request, its plan and its result, as the library has them: every kind goes through here */
#include "operation/operation.h"
#include "ui/last-report.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

/* A device is one step, and many blocks. */
static uint64_t blocks_per_step(const struct operation *op)
{
	const struct memhp_step *first = memhp_plan_get_step(op->plan, 0);

	return first && memhp_step_get_device(first) ? memhp_step_get_size_bytes(first) / op->block_size : 1;
}

/* A block that is to come online is not as asked while it is only added. */
static bool is_half_way(const struct operation *op)
{
	return op->action == MEMHP_TRANSITION_ADD && has_option(op->options, OPT_ONLINE);
}

static void show_progress(void *data, const struct memhp_progress *progress)
{
	const struct memhp_step *current = memhp_progress_get_current(progress);
	uint64_t block_id = current ? memhp_step_get_block_id(current) : 0, scale = blocks_per_step(data);

	operation_show_progress(data, &(struct progress){
					      .done = is_half_way(data) ? 0 : memhp_progress_get_num_done(progress) * scale,
					      .goal = memhp_progress_get_num_goal(progress) * scale,
					      .block_id = current && !memhp_step_get_device(current) ? &block_id : NULL,
					      .block_elapsed_ms = memhp_progress_get_current_elapsed_ms(progress),
					      .elapsed_ms = memhp_progress_get_elapsed_ms(progress),
					      .ended = memhp_progress_get_ended(progress),
					      .rolls_back = memhp_progress_get_phase(progress) == MEMHP_PHASE_ROLLBACK,
					      .ejects = memhp_progress_get_phase(progress) == MEMHP_PHASE_EJECT,
				      });
}

void operation_make_request(struct operation *op)
{
	const struct options *options = op->options;

	if (memhp_request_new(&op->request, op->action) < 0)
		out_of_memory();
	memhp_request_set_selection(op->request, options->selection);
	memhp_request_set(op->request, MEMHP_SETTING_ONLY_PENDING, has_option(options, OPT_ALL));
	memhp_request_set(op->request, MEMHP_SETTING_NUM_BLOCKS, opts_goal_blocks(op->options, op->block_size));
	memhp_request_set(op->request, MEMHP_SETTING_NUM_ONLINE, opts_target_blocks(op->options, op->block_size));
	memhp_request_set(op->request, MEMHP_SETTING_NUM_RETRIES, (unsigned int)options->retries);
	memhp_request_set(op->request, MEMHP_SETTING_ROLLBACK, has_option(options, OPT_ROLLBACK));
	memhp_request_set(op->request, MEMHP_SETTING_KERNEL_DEBUG, has_option(options, OPT_KERNEL_DEBUG));
	memhp_request_set_progress(op->request, show_progress, op);
	if (memhp_request_set_eject(op->request, op->device) < 0)
		out_of_memory();
	if (has_option(options, OPT_BLOCK_TIMEOUT))
		op->block_timeout_ms = options->block_timeout_ms;
	if (op->block_timeout_ms)
		memhp_request_set(op->request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, op->block_timeout_ms);
	op->block_timeout_ms = memhp_request_get(op->request, MEMHP_SETTING_BLOCK_TIMEOUT_MS);
}

int operation_apply(struct operation *op)
{
	int rc;

	memhp_request_set(op->request, MEMHP_SETTING_TIMEOUT_MS, session_request_ms(&op->session));
	rc = memhp_plan_apply(op->plan, &op->result);
	session_take_signal(&op->session);
	if (rc < 0)
		return rc;
	/* Of two requests the first may have left one. */
	if (memhp_result_get_writer_pid(op->result))
		op->writer_pid = memhp_result_get_writer_pid(op->result);
	op->completion = memhp_result_get_completion(op->result);
	op->is_rolled_back = memhp_result_is_rolled_back(op->result);
	return 0;
}

void operation_end_apply(struct operation *op, int rc)
{
	operation_end_progress(op);
	if (rc < 0) {
		operation_forget_note(op);
		fail_apply(op->session.ctx, rc);
	}
	set_last_words(operation_say_what_became, op);
	if (op->device || operation_count_planned(op))
		session_tell_unlocked(&op->session);
}

void operation_carry_out(struct operation *op)
{
	operation_begin_note(op);
	operation_end_apply(op, operation_apply(op));
}

bool operation_get_row(const struct operation *op, size_t index, struct report_row *row)
{
	const struct memhp_step *step = operation_get_step(op, index);

	if (!step)
		return false;
	operation_fill_row(op, step, row);
	row->index = index;
	return true;
}
