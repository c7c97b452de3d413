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

const char *operation_goal(const struct operation *op, const struct report_row *row)
{
	if (op->action == MEMHP_TRANSITION_NONE && row->step)
		return memhp_transition_name(memhp_step_get_action(row->step));
	return op->goal;
}

bool step_takes_offline(const struct memhp_step *step)
{
	return memhp_step_get_action(step) == MEMHP_TRANSITION_OFFLINE || memhp_step_get_zone_before(step) != MEMHP_ZONE_NONE;
}

bool operation_takes_offline(const struct operation *op)
{
	const struct memhp_step *step;

	for (size_t i = 0; op->action == MEMHP_TRANSITION_NONE && (step = memhp_plan_get_step(op->plan, i)); i++)
		if (step_takes_offline(step))
			return true;
	return op->action == MEMHP_TRANSITION_OFFLINE;
}

uint64_t operation_count_planned(const struct operation *op)
{
	const struct memhp_step *step;
	uint64_t num = 0;

	for (size_t i = 0; (step = memhp_plan_get_step(op->plan, i)); i++)
		num += memhp_step_get_outcome(step) == MEMHP_OUTCOME_PLANNED;
	return num;
}

bool operation_is_ejected(const struct operation *op)
{
	return op->result && memhp_result_get_eject_outcome(op->result) == MEMHP_EJECT_OUTCOME_EJECTED;
}

bool operation_is_gone(const struct operation *op, const struct memhp_step *step)
{
	return op->device && op->result && memhp_step_is_done(step) && memhp_step_get_state_after(step) == MEMHP_STATE_UNKNOWN &&
	       memhp_step_get_outcome(step) != MEMHP_OUTCOME_ABSENT;
}

/* Of a device the kernel has another word for what is standby. */
static const char *rung_word(const char *device, enum memhp_state state)
{
	return device && state == MEMHP_STATE_STANDBY ? memhp_transition_name(MEMHP_TRANSITION_UNPLUG) : state_word(state);
}

void operation_fill_row(const struct operation *op, const struct memhp_step *step, struct report_row *row)
{
	const char *device = memhp_step_get_device(step);
	enum memhp_memmap memmap = memhp_step_get_memmap(step);

	*row = (struct report_row){
		.device = device,
		.block_id = memhp_step_get_block_id(step),
		.start_addr = memhp_step_get_start_addr(step),
		.last_addr = memhp_step_get_last_addr(step),
		.size = memhp_step_get_size_bytes(step),
		.elapsed_ms = memhp_step_get_elapsed_ms(step),
		.outcome = memhp_step_get_outcome(step),
		.reason = memhp_step_get_reason(step),
		.error = memhp_step_get_error(step),
		.before = rung_word(device, memhp_step_get_state_before(step)),
		.after = rung_word(device, memhp_step_get_state_after(step)),
		.zone = zone_word(memhp_step_get_zone(step)),
		.extra = memmap == MEMHP_MEMMAP_KEEP        ? NULL
			 : memmap == MEMHP_MEMMAP_ON_MEMORY ? "yes"
							    : "no",
		.is_changed = memhp_step_is_changed(step),
		.may_be_changed = memhp_step_may_be_changed(step),
		.block = op->attrs && op->snapshot ? memhp_snapshot_find_block(op->snapshot, memhp_step_get_block_id(step)) : NULL,
		.step = step,
	};
}
