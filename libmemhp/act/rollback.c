/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/rollback.h"

#include "decide/step.h"
#include "util.h"

/* The action that brings a block back to where it was. */
static enum memhp_action rollback_action(enum memhp_action action, enum memhp_zone zone)
{
	if (action != MEMHP_ACTION_OFFLINE)
		return MEMHP_ACTION_OFFLINE;
	if (zone == MEMHP_ZONE_UNKNOWN)
		return MEMHP_ACTION_ONLINE;
	return zone == MEMHP_ZONE_MOVABLE ? MEMHP_ACTION_ONLINE_MOVABLE : MEMHP_ACTION_ONLINE_KERNEL;
}

/* What the attempt to bring a block back came to */
static void settle_step(struct memhp_step *step, struct memhp_step *rollback, enum memhp_action action)
{
	bool back = rollback->outcome == MEMHP_OUTCOME_CHANGED || rollback->outcome == MEMHP_OUTCOME_ALREADY;

	step->outcome = back ? MEMHP_OUTCOME_ROLLED_BACK : MEMHP_OUTCOME_ROLLBACK_FAILED;
	step->reason = back ? MEMHP_REASON_NONE : rollback->reason;
	step->error = rollback->error;
	step->after = rollback->after;
	free(step->note);
	step->note = take_ptr(rollback->note);
	if (rollback->after == MEMHP_STATE_ONLINE)
		step->zone = rollback->zone;
	else if (action != MEMHP_ACTION_OFFLINE)
		step->zone = MEMHP_ZONE_NONE;
}

int memhp__rollback_new(struct rollback *rollback, struct memhp_step **steps, size_t num_steps, enum memhp_action action)
{
	*rollback = (struct rollback){
		.changed = calloc(num_steps + 1, sizeof(struct memhp_step *)),
		.steps = calloc(num_steps + 1, sizeof(struct memhp_step)),
		.pointers = calloc(num_steps + 1, sizeof(struct memhp_step *)),
		.actions = calloc(num_steps + 1, sizeof(enum memhp_action)),
	};
	if (!rollback->changed || !rollback->steps || !rollback->pointers || !rollback->actions)
		return -ENOMEM;
	for (size_t n = num_steps; n-- > 0;) {
		struct memhp_step *step = steps[n];

		if (!memhp_step_is_changed(step))
			continue;
		rollback->changed[rollback->num] = step;
		rollback->actions[rollback->num] = rollback_action(action, step->zone);
		rollback->steps[rollback->num] = *step;
		rollback->steps[rollback->num].outcome = MEMHP_OUTCOME_NOT_TRIED;
		rollback->steps[rollback->num].note = NULL;
		rollback->pointers[rollback->num] = &rollback->steps[rollback->num];
		rollback->num++;
	}
	return 0;
}

void memhp__rollback_settle(struct rollback *rollback, enum memhp_action action, enum memhp_reason stop)
{
	for (size_t i = 0; i < rollback->num; i++) {
		if (rollback->steps[i].outcome == MEMHP_OUTCOME_NOT_TRIED)
			rollback->steps[i].reason = stop ? stop : MEMHP_REASON_OTHER;
		settle_step(rollback->changed[i], &rollback->steps[i], action);
	}
}

void memhp__rollback_free(struct rollback *rollback)
{
	free(rollback->changed);
	free(rollback->steps);
	free(rollback->pointers);
	free(rollback->actions);
}
