/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of a plan or a result as people see them: adjacent equals in one */
#include <inttypes.h>
#include <stdio.h>

#include "change.h"
#include "format.h"

const struct memhp_step *change_get_step(const struct change *change, size_t i)
{
	return change->result ? memhp_result_get_step(change->result, i) : memhp_plan_get_step(change->plan, i);
}

bool change_has_goal(const struct change *change)
{
	return has_option(change->options, OPT_SIZE) || has_option(change->options, OPT_COUNT);
}

bool change_is_spare(const struct memhp_step *step)
{
	return memhp_step_get_reason(step) == MEMHP_REASON_SPARE;
}

bool change_is_gone(const struct change *change, const struct memhp_step *step)
{
	return change->device && change->result && memhp_step_is_done(step) && memhp_step_get_after(step) == MEMHP_STATE_UNKNOWN &&
	       memhp_step_get_outcome(step) != MEMHP_OUTCOME_ABSENT;
}

bool change_is_passed_over(const struct change *change, const struct memhp_step *step)
{
	return change_has_goal(change) && memhp_step_get_outcome(step) == MEMHP_OUTCOME_IMPOSSIBLE &&
	       memhp_step_get_reason(step) == MEMHP_REASON_SEVERAL_ZONES && !memhp_plan_get_num_short(change->plan);
}

/* The score matters in a plan; afterwards the outcome has told how good it was. */
static bool is_same(const struct change *change, const struct memhp_step *a, const struct memhp_step *b)
{
	return (change->result || memhp_step_get_score(a) == memhp_step_get_score(b)) &&
	       memhp_step_get_outcome(a) == memhp_step_get_outcome(b) && memhp_step_get_reason(a) == memhp_step_get_reason(b) &&
	       memhp_step_get_error(a) == memhp_step_get_error(b) && memhp_step_get_before(a) == memhp_step_get_before(b) &&
	       memhp_step_get_after(a) == memhp_step_get_after(b) && memhp_step_get_zone(a) == memhp_step_get_zone(b);
}

/* Takes a step into a run where it goes on with it. */
static bool extend_run(const struct change *change, struct change_run *run, const struct memhp_step *step)
{
	if (!is_same(change, run->first, step))
		return false;
	if (run->first == run->low && memhp_step_get_last_addr(run->high) + 1 == memhp_step_get_start_addr(step))
		run->high = step;
	else if (run->first == run->high && memhp_step_get_last_addr(step) + 1 == memhp_step_get_start_addr(run->low))
		run->low = step;
	else
		return false;
	run->elapsed_ms += memhp_step_get_elapsed_ms(step);
	return true;
}

bool change_next_run(const struct change *change, size_t *index, struct change_run *run)
{
	const struct memhp_step *step = change_get_step(change, *index);

	if (!step)
		return false;
	*run = (struct change_run){ .first = step, .low = step, .high = step, .elapsed_ms = memhp_step_get_elapsed_ms(step) };
	do
		step = change_get_step(change, ++*index);
	while (step && extend_run(change, run, step));
	return true;
}

char *change_run_blocks(const struct change *change, const struct change_run *run)
{
	uint64_t first = memhp_step_get_start_addr(run->low) / change->block_size;
	uint64_t last = memhp_step_get_last_addr(run->high) / change->block_size;

	return format_ids(first, last);
}
