/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of a plan or a result: which of them count, adjacent equals in one, and what they come to */
#include "operation/operation.h"
#include "ui/format.h"
#include "ui/opts.h"

const struct memhp_step *operation_get_step(const struct operation *op, size_t i)
{
	return op->result ? memhp_result_get_step(op->result, i) : memhp_plan_get_step(op->plan, i);
}

bool operation_is_spare(const struct memhp_step *step)
{
	return memhp_step_get_reason(step) == MEMHP_REASON_SPARE;
}

bool operation_is_gone(const struct operation *op, const struct memhp_step *step)
{
	return op->device && op->result && memhp_step_is_done(step) && memhp_step_get_after(step) == MEMHP_STATE_UNKNOWN &&
	       memhp_step_get_outcome(step) != MEMHP_OUTCOME_ABSENT;
}

bool operation_is_passed_over(const struct operation *op, const struct memhp_step *step)
{
	enum memhp_reason reason = memhp_step_get_reason(step);

	return opts_has_goal(op->options) && memhp_step_get_outcome(step) == MEMHP_OUTCOME_IMPOSSIBLE &&
	       (reason == MEMHP_REASON_SEVERAL_ZONES || reason == MEMHP_REASON_OTHER_ZONE) && !memhp_plan_get_num_short(op->plan);
}

/* The score matters in a plan; afterwards the outcome has told how good it was. */
static bool is_same(const struct operation *op, const struct memhp_step *a, const struct memhp_step *b)
{
	return (op->result || memhp_step_get_score(a) == memhp_step_get_score(b)) &&
	       memhp_step_get_outcome(a) == memhp_step_get_outcome(b) && memhp_step_get_reason(a) == memhp_step_get_reason(b) &&
	       memhp_step_get_error(a) == memhp_step_get_error(b) && memhp_step_get_before(a) == memhp_step_get_before(b) &&
	       memhp_step_get_after(a) == memhp_step_get_after(b) && memhp_step_get_zone(a) == memhp_step_get_zone(b);
}

/* Takes a step into a run where it goes on with it. */
static bool extend_run(const struct operation *op, struct step_run *run, const struct memhp_step *step)
{
	if (!is_same(op, run->first, step))
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

bool operation_next_run(const struct operation *op, size_t *index, struct step_run *run)
{
	const struct memhp_step *step = operation_get_step(op, *index);

	if (!step)
		return false;
	*run = (struct step_run){ .first = step, .low = step, .high = step, .elapsed_ms = memhp_step_get_elapsed_ms(step) };
	do
		step = operation_get_step(op, ++*index);
	while (step && extend_run(op, run, step));
	return true;
}

char *step_run_blocks(const struct operation *op, const struct step_run *run)
{
	uint64_t first = memhp_step_get_start_addr(run->low) / op->block_size;
	uint64_t last = memhp_step_get_last_addr(run->high) / op->block_size;

	return format_ids(first, last);
}

uint64_t operation_step_size(const struct memhp_step *step)
{
	return size_of_span(memhp_step_get_start_addr(step), memhp_step_get_last_addr(step));
}

void operation_sum_sizes(const struct operation *op, uint64_t *requested, uint64_t *changed)
{
	const struct memhp_step *step;

	*requested = *changed = 0;
	for (size_t i = 0; (step = operation_get_step(op, i)); i++) {
		if (memhp_step_get_outcome(step) != MEMHP_OUTCOME_ABSENT)
			*requested += operation_step_size(step);
		if (op->result ? memhp_step_is_changed(step) : memhp_step_get_outcome(step) == MEMHP_OUTCOME_PLANNED)
			*changed += operation_step_size(step);
	}
	if (has_option(op->options, OPT_SIZE))
		*requested = op->options->size;
	else if (has_option(op->options, OPT_COUNT))
		*requested = size_of_blocks(op->options->count, op->block_size);
}

uint64_t operation_sum_unverified(const struct operation *op)
{
	const struct memhp_step *step;
	uint64_t sum = 0;

	for (size_t i = 0; (step = operation_get_step(op, i)); i++)
		if (memhp_step_get_outcome(step) == MEMHP_OUTCOME_UNVERIFIED)
			sum += operation_step_size(step);
	return sum;
}

/* What a dry run can foresee: all of it, some of it, nothing of it can be done */
static enum exit_status foreseen_status(const struct operation *op)
{
	bool possible = false, impossible = false, in_doubt = false;
	const struct memhp_step *step;

	for (size_t i = 0; (step = memhp_plan_get_step(op->plan, i)); i++) {
		possible |= memhp_step_get_outcome(step) == MEMHP_OUTCOME_PLANNED;
		impossible |= memhp_step_get_outcome(step) != MEMHP_OUTCOME_PLANNED && !memhp_step_is_done(step);
		in_doubt |= memhp_step_get_reason(step) == MEMHP_REASON_FILTER;
	}
	if (op->guard.refused)
		return EXIT_REFUSED;
	if (memhp_plan_get_num_short(op->plan))
		impossible = true;
	else if (opts_has_goal(op->options))
		impossible = in_doubt;
	if (!impossible)
		return EXIT_DONE;
	return possible ? EXIT_PARTLY : EXIT_FAILED;
}

enum exit_status operation_exit_status(const struct operation *op)
{
	if (op->session.signal)
		return 128 + op->session.signal;
	return op->result ? completion_status(memhp_result_get_completion(op->result)) : foreseen_status(op);
}
