/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The library's steps, as rows of a report */
#include "operation/operation.h"
#include "ui/format.h"

const struct memhp_step *operation_get_step(const struct operation *op, size_t i)
{
	if (op->result)
		return memhp_result_get_step(op->result, i);
	return op->plan ? memhp_plan_get_step(op->plan, i) : NULL;
}

bool operation_is_gone(const struct operation *op, const struct memhp_step *step)
{
	return op->device && op->result && memhp_step_is_done(step) && memhp_step_get_state_after(step) == MEMHP_STATE_UNKNOWN &&
	       memhp_step_get_outcome(step) != MEMHP_OUTCOME_ABSENT;
}

void operation_fill_row(const struct operation *op, const struct memhp_step *step, struct report_row *row)
{
	*row = (struct report_row){
		.block_id = memhp_step_get_block_id(step),
		.start_addr = memhp_step_get_start_addr(step),
		.last_addr = memhp_step_get_last_addr(step),
		.size = size_of_span(memhp_step_get_start_addr(step), memhp_step_get_last_addr(step)),
		.elapsed_ms = memhp_step_get_elapsed_ms(step),
		.outcome = memhp_step_get_outcome(step),
		.reason = memhp_step_get_reason(step),
		.error = memhp_step_get_error(step),
		.before = state_word(memhp_step_get_state_before(step)),
		.after = state_word(memhp_step_get_state_after(step)),
		.zone = zone_word(memhp_step_get_zone(step)),
		.is_changed = memhp_step_is_changed(step),
		.may_be_changed = memhp_step_may_be_changed(step),
		.block = op->attrs && op->snapshot ? memhp_snapshot_find_block(op->snapshot, memhp_step_get_block_id(step)) : NULL,
		.step = step,
	};
}
