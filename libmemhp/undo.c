/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "undo.h"

#include "step.h"
#include "util.h"

/* The action that brings a block back to where it was. */
static enum memhp_action undo_action(enum memhp_action action, enum memhp_zone zone)
{
	if (action != MEMHP_ACTION_OFFLINE)
		return MEMHP_ACTION_OFFLINE;
	if (zone == MEMHP_ZONE_UNKNOWN)
		return MEMHP_ACTION_ONLINE;
	return zone == MEMHP_ZONE_MOVABLE ? MEMHP_ACTION_ONLINE_MOVABLE : MEMHP_ACTION_ONLINE_KERNEL;
}

/* What the attempt to bring a block back came to */
static void settle_step(struct memhp_step *step, struct memhp_step *undo, enum memhp_action action)
{
	bool back = undo->outcome == MEMHP_OUTCOME_CHANGED || undo->outcome == MEMHP_OUTCOME_ALREADY;

	step->outcome = back ? MEMHP_OUTCOME_ROLLED_BACK : MEMHP_OUTCOME_ROLLBACK_FAILED;
	step->reason = back ? MEMHP_REASON_NONE : undo->reason;
	step->error = undo->error;
	step->after = undo->after;
	free(step->note);
	step->note = take_ptr(undo->note);
	if (undo->after == MEMHP_STATE_ONLINE)
		step->zone = undo->zone;
	else if (action != MEMHP_ACTION_OFFLINE)
		step->zone = MEMHP_ZONE_NONE;
}

int undo_new(struct undo *undo, struct memhp_step **steps, size_t num_steps, enum memhp_action action)
{
	*undo = (struct undo){
		.changed = calloc(num_steps + 1, sizeof(struct memhp_step *)),
		.steps = calloc(num_steps + 1, sizeof(struct memhp_step)),
		.pointers = calloc(num_steps + 1, sizeof(struct memhp_step *)),
		.actions = calloc(num_steps + 1, sizeof(enum memhp_action)),
	};
	if (!undo->changed || !undo->steps || !undo->pointers || !undo->actions)
		return -ENOMEM;
	for (size_t n = num_steps; n-- > 0;) {
		struct memhp_step *step = steps[n];

		if (!memhp_step_is_changed(step))
			continue;
		undo->changed[undo->num] = step;
		undo->actions[undo->num] = undo_action(action, step->zone);
		undo->steps[undo->num] = *step;
		undo->steps[undo->num].outcome = MEMHP_OUTCOME_NOT_TRIED;
		undo->steps[undo->num].note = NULL;
		undo->pointers[undo->num] = &undo->steps[undo->num];
		undo->num++;
	}
	return 0;
}

void undo_settle(struct undo *undo, enum memhp_action action, enum memhp_reason stop)
{
	for (size_t i = 0; i < undo->num; i++) {
		if (undo->steps[i].outcome == MEMHP_OUTCOME_NOT_TRIED)
			undo->steps[i].reason = stop ? stop : MEMHP_REASON_OTHER;
		settle_step(undo->changed[i], &undo->steps[i], action);
	}
}

void undo_free(struct undo *undo)
{
	free(undo->changed);
	free(undo->steps);
	free(undo->pointers);
	free(undo->actions);
}
