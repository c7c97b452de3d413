/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/rollback.h"

#include "act/moves.h"
#include "decide/step.h"
#include "util.h"

enum memhp_transition memhp__rollback_action(const struct memhp_step *step)
{
	enum memhp_transition action = step->action;

	if (step->device)
		return MEMHP_TRANSITION_UNPLUG;
	if (action == MEMHP_TRANSITION_CONFIGURE)
		return MEMHP_TRANSITION_DECONFIGURE;
	if (action == MEMHP_TRANSITION_DECONFIGURE)
		return MEMHP_TRANSITION_CONFIGURE;
	if (action != MEMHP_TRANSITION_OFFLINE)
		return MEMHP_TRANSITION_OFFLINE;
	return action_to_zone(step->zone);
}

/* A setting that was changed for memory which could not be configured then, by anybody, and is still there */
static bool is_only_set(const struct memhp_step *step)
{
	return step->has_set_memmap && !memhp_step_may_be_changed(step) && step->outcome != MEMHP_OUTCOME_ALREADY &&
	       step->outcome != MEMHP_OUTCOME_VANISHED && step->outcome != MEMHP_OUTCOME_IN_PROGRESS;
}

/* What is configured again can have come online at once, by the kernel's policy or another agent: that is not as before. */
static bool is_back(const struct memhp_step *step, struct memhp_step *rollback)
{
	if (rollback->outcome != MEMHP_OUTCOME_CHANGED && rollback->outcome != MEMHP_OUTCOME_ALREADY)
		return false;
	if (step->action != MEMHP_TRANSITION_DECONFIGURE || rollback->after == step->before)
		return true;
	rollback->reason = rollback->after == MEMHP_STATE_UNKNOWN ? MEMHP_REASON_UNREADABLE : MEMHP_REASON_RACE;
	return false;
}

/* What the attempt to bring a block back came to */
static void settle_step(struct memhp_step *step, struct memhp_step *rollback)
{
	bool back = is_back(step, rollback);
	bool was_changed = memhp_step_may_be_changed(step);

	step->memmap = rollback->memmap;
	step->memmap_wanted = rollback->memmap_wanted;
	/* What was not changed keeps the reason for it. */
	if (back && !was_changed)
		return;
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
	else if (step->action != MEMHP_TRANSITION_OFFLINE)
		step->zone = MEMHP_ZONE_NONE;
}

int memhp__rollback_new(struct rollback *rollback, size_t max_steps)
{
	*rollback = (struct rollback){
		.changed = calloc(max_steps + 1, sizeof(struct memhp_step *)),
		.steps = calloc(max_steps + 1, sizeof(struct memhp_step)),
		.pointers = calloc(max_steps + 1, sizeof(struct memhp_step *)),
	};
	return rollback->changed && rollback->steps && rollback->pointers ? 0 : -ENOMEM;
}

/* What led on to a step is brought back after it, and only once that is done. */
static void add(struct rollback *rollback, struct memhp_step *step, bool leads_on)
{
	struct memhp_step *back = &rollback->steps[rollback->num];

	*back = *step;
	back->memmap_wanted = step->action == MEMHP_TRANSITION_CONFIGURE ? step->memmap_before : MEMHP_MEMMAP_KEEP;
	back->outcome = MEMHP_OUTCOME_NOT_TRIED;
	back->leads_on = leads_on;
	back->note = NULL;
	back->left_bytes = NULL;
	rollback->changed[rollback->num] = step;
	back->action = memhp__rollback_action(step);
	rollback->pointers[rollback->num++] = back;
}

void memhp__rollback_fill(struct rollback *rollback, struct memhp_step **steps, size_t num_steps)
{
	rollback->num = 0;
	/* What could not be brought back is not tried twice. */
	for (size_t n = num_steps; n-- > 0;)
		if ((memhp_step_may_be_changed(steps[n]) || is_only_set(steps[n])) &&
		    steps[n]->outcome != MEMHP_OUTCOME_ROLLBACK_FAILED)
			add(rollback, steps[n], n > 0 && steps[n - 1]->leads_on && memhp_step_may_be_changed(steps[n - 1]));
}

void memhp__rollback_fill_half_way(struct rollback *rollback, struct memhp_step **steps, size_t num_steps)
{
	rollback->num = 0;
	for (size_t n = num_steps; n-- > 0;)
		if (steps[n]->leads_on && memhp__moves_is_half_way(steps[n], steps[n + 1]))
			add(rollback, steps[n], false);
}

void memhp__rollback_settle(struct rollback *rollback, enum memhp_reason stop, int error)
{
	for (size_t i = 0; i < rollback->num; i++) {
		struct memhp_step *back = &rollback->steps[i];

		if (back->outcome == MEMHP_OUTCOME_NOT_TRIED) {
			back->reason = stop ? stop : MEMHP_REASON_OTHER;
			back->error = error;
		}
		settle_step(rollback->changed[i], back);
	}
}

void memhp__rollback_free(struct rollback *rollback)
{
	free(rollback->changed);
	free(rollback->steps);
	free(rollback->pointers);
}
