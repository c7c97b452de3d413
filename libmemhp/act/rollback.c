/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/rollback.h"

#include "decide/step.h"
#include "util.h"

/* The action that brings a block back to where it was. */
static enum memhp_transition rollback_action(enum memhp_transition action, enum memhp_zone zone)
{
	if (action != MEMHP_TRANSITION_OFFLINE)
		return MEMHP_TRANSITION_OFFLINE;
	if (zone == MEMHP_ZONE_UNKNOWN)
		return MEMHP_TRANSITION_ONLINE;
	return zone == MEMHP_ZONE_MOVABLE ? MEMHP_TRANSITION_ONLINE_MOVABLE : MEMHP_TRANSITION_ONLINE_KERNEL;
}

/* What the attempt to bring a block back came to */
static void settle_step(struct memhp_step *step, struct memhp_step *rollback, enum memhp_transition action)
{
	bool back = rollback->outcome == MEMHP_OUTCOME_CHANGED || rollback->outcome == MEMHP_OUTCOME_ALREADY;

	step->outcome = back ? MEMHP_OUTCOME_ROLLED_BACK : MEMHP_OUTCOME_ROLLBACK_FAILED;
	step->reason = back ? MEMHP_REASON_NONE : rollback->reason;
	step->error = rollback->error;
	step->after = rollback->after;
	free(step->note);
	step->note = take_ptr(rollback->note);
	free(step->left_bytes);
	step->left_bytes = take_ptr(rollback->left_bytes);
	if (rollback->after == MEMHP_STATE_ONLINE)
		step->zone = rollback->zone;
	else if (action != MEMHP_TRANSITION_OFFLINE)
		step->zone = MEMHP_ZONE_NONE;
}

int memhp__rollback_new(struct rollback *rollback, size_t max_steps)
{
	*rollback = (struct rollback){
		.changed = calloc(max_steps + 1, sizeof(struct memhp_step *)),
		.steps = calloc(max_steps + 1, sizeof(struct memhp_step)),
		.pointers = calloc(max_steps + 1, sizeof(struct memhp_step *)),
		.actions = calloc(max_steps + 1, sizeof(enum memhp_transition)),
	};
	return rollback->changed && rollback->steps && rollback->pointers && rollback->actions ? 0 : -ENOMEM;
}

void memhp__rollback_fill(struct rollback *rollback, struct memhp_step **steps, size_t num_steps, enum memhp_transition action)
{
	for (size_t n = num_steps; n-- > 0;) {
		struct memhp_step *step = steps[n], *back = &rollback->steps[rollback->num];

		if (!memhp_step_may_be_changed(step))
			continue;
		*back = *step;
		back->outcome = MEMHP_OUTCOME_NOT_TRIED;
		back->note = NULL;
		back->left_bytes = NULL;
		rollback->changed[rollback->num] = step;
		rollback->actions[rollback->num] = rollback_action(action, step->zone);
		rollback->pointers[rollback->num++] = back;
	}
}

void memhp__rollback_settle(struct rollback *rollback, enum memhp_transition action, enum memhp_reason stop, int error)
{
	for (size_t i = 0; i < rollback->num; i++) {
		struct memhp_step *back = &rollback->steps[i];

		if (back->outcome == MEMHP_OUTCOME_NOT_TRIED) {
			back->reason = stop ? stop : MEMHP_REASON_OTHER;
			back->error = error;
		}
		settle_step(rollback->changed[i], back, action);
	}
}

void memhp__rollback_free(struct rollback *rollback)
{
	free(rollback->changed);
	free(rollback->steps);
	free(rollback->pointers);
	free(rollback->actions);
}
