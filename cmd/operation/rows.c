/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of a report: adjacent equals in one, and what they come to. Every kind of request ends here, and in the same way. */
#include <string.h>

#include "operation/operation.h"
#include "ui/format.h"
#include "ui/last-report.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

bool row_is_spare(const struct report_row *row)
{
	return row->reason == MEMHP_REASON_SPARE;
}

bool row_is_done(const struct report_row *row)
{
	return row->outcome == MEMHP_OUTCOME_CHANGED || row->outcome == MEMHP_OUTCOME_ALREADY ||
	       row->outcome == MEMHP_OUTCOME_ABSENT;
}

bool row_had_no_turn(const struct report_row *row)
{
	return row->outcome == MEMHP_OUTCOME_NOT_TRIED && row->reason != MEMHP_REASON_KERNEL_SHARE && !row->may_be_changed;
}

bool row_is_passed_over(const struct operation *op, const struct report_row *row)
{
	return opts_has_goal(op->options) && row->outcome == MEMHP_OUTCOME_IMPOSSIBLE &&
	       (row->reason == MEMHP_REASON_SEVERAL_ZONES || row->reason == MEMHP_REASON_OTHER_ZONE) && !op->num_short;
}

bool operation_has_trouble(const struct operation *op)
{
	struct report_row row;

	for (size_t i = 0; op->kind->get_row(op, i, &row); i++)
		if (!row_is_done(&row) && !row_is_spare(&row) && row.outcome != MEMHP_OUTCOME_PLANNED &&
		    row.outcome != MEMHP_OUTCOME_ROLLED_BACK)
			return true;
	return false;
}

struct report_sums operation_sum(const struct operation *op)
{
	struct report_sums sums = { 0 };
	struct report_row row;

	for (size_t i = 0; op->kind->get_row(op, i, &row); i++) {
		uint64_t size = row.size;

		sums.requested += row.outcome == MEMHP_OUTCOME_ABSENT ? 0 : size;
		sums.changed += (op->has_acted ? row.is_changed : row.outcome == MEMHP_OUTCOME_PLANNED) ? size : 0;
		sums.already += row.outcome == MEMHP_OUTCOME_ALREADY ? size : 0;
		sums.unverified += row.outcome == MEMHP_OUTCOME_UNVERIFIED ? size : 0;
		sums.may_be_changed |= row.may_be_changed;
	}
	if (has_option(op->options, OPT_SIZE))
		sums.requested = op->options->size;
	else if (has_option(op->options, OPT_COUNT))
		sums.requested = size_of_blocks(op->options->count, op->block_size);
	else if (has_option(op->options, OPT_TO))
		sums.requested = size_of_blocks(op->num_wanted, op->block_size);
	sums.wanted = sums.requested > sums.already ? sums.requested - sums.already : 0;
	return sums;
}

/* What a dry run can foresee: all of it, some of it, nothing of it can be done */
static enum exit_status foreseen_status(const struct operation *op)
{
	bool possible = false, impossible = false, in_doubt = false;
	struct report_row row;

	for (size_t i = 0; op->kind->get_row(op, i, &row); i++) {
		possible |= row.outcome == MEMHP_OUTCOME_PLANNED;
		impossible |= row.outcome != MEMHP_OUTCOME_PLANNED && !row_is_done(&row);
		in_doubt |= row.reason == MEMHP_REASON_FILTER;
	}
	if (op->num_short)
		impossible = true;
	else if (has_option(op->options, OPT_TO))
		impossible = operation_get_target(op).met != 1;
	else if (opts_has_goal(op->options))
		impossible = in_doubt;
	if (!impossible)
		return EXIT_DONE;
	return possible ? EXIT_PARTLY : EXIT_FAILED;
}

enum exit_status operation_exit_status(const struct operation *op)
{
	enum exit_status status;

	if (op->session.signal)
		return 128 + op->session.signal;
	if (op->refused)
		return op->refused;
	if (op->guard.refused)
		return EXIT_REFUSED;
	status = op->has_acted ? completion_status(op->completion) : foreseen_status(op);
	return status == EXIT_DONE && op->is_incomplete ? EXIT_PARTLY : status;
}

const char *operation_outcome(const struct operation *op)
{
	if (op->guard.refused || op->refused)
		return "refused";
	if (!op->has_acted)
		return operation_exit_status(op) == EXIT_FAILED ? memhp_completion_name(MEMHP_COMPLETION_FAILED)
								: memhp_outcome_name(MEMHP_OUTCOME_PLANNED);
	if (op->is_rolled_back)
		return memhp_outcome_name(MEMHP_OUTCOME_ROLLED_BACK);
	/* Of all that was planned more was asked for. */
	if (op->completion == MEMHP_COMPLETION_COMPLETE && op->is_incomplete)
		return memhp_completion_name(MEMHP_COMPLETION_PARTIAL);
	return memhp_completion_name(op->completion);
}

static bool is_same_word(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The score matters in a plan; afterwards the outcome has told how good it was. */
static bool is_same_step(const struct operation *op, const struct memhp_step *a, const struct memhp_step *b)
{
	return op->has_acted || !a || memhp_step_get_score(a) == memhp_step_get_score(b);
}

/* What is shown of a block only where it was asked for */
static bool is_same_place(const struct operation *op, const struct memhp_block *a, const struct memhp_block *b)
{
	if (!op->attrs || !a || !b)
		return !op->attrs || a == b;
	return is_same_word(source_name(a), source_name(b)) && memhp_block_get_num_nodes(a) == memhp_block_get_num_nodes(b) &&
	       memhp_block_get_node(a, 0) == memhp_block_get_node(b, 0);
}

static bool is_same(const struct operation *op, const struct report_row *a, const struct report_row *b)
{
	return operation_goal(op, a) == operation_goal(op, b) && a->outcome == b->outcome && a->reason == b->reason &&
	       a->error == b->error && is_same_word(a->before, b->before) && is_same_word(a->after, b->after) &&
	       is_same_word(a->zone, b->zone) && is_same_word(a->extra, b->extra) && is_same_step(op, a->step, b->step) &&
	       is_same_place(op, a->block, b->block);
}

/* Takes a row into a run where it goes on with it. */
static bool extend_run(const struct operation *op, struct row_run *run, const struct report_row *row)
{
	if (!is_same(op, &run->first, row))
		return false;
	if (run->first.index == run->low.index && run->high.last_addr + 1 == row->start_addr)
		run->high = *row;
	else if (run->first.index == run->high.index && row->last_addr + 1 == run->low.start_addr)
		run->low = *row;
	else
		return false;
	run->elapsed_ms += row->elapsed_ms;
	return true;
}

bool operation_next_run(const struct operation *op, size_t *index, struct row_run *run)
{
	struct report_row row;

	if (!op->kind->get_row(op, *index, &row))
		return false;
	*run = (struct row_run){ .first = row, .low = row, .high = row, .elapsed_ms = row.elapsed_ms };
	do
		++*index;
	while (op->kind->get_row(op, *index, &row) && extend_run(op, run, &row));
	return true;
}

char *row_run_blocks(const struct operation *op, const struct row_run *run)
{
	if (run->first.device)
		return xstrdup(run->first.device);
	return format_ids(run->low.start_addr / op->block_size, run->high.last_addr / op->block_size);
}

int operation_say_what_became(const void *data, bool as_text)
{
	const struct operation *op = data;
	struct last_report report = last_report_begin(op->options, as_text);
	struct report_row row;

	for (size_t i = 0; op->kind->get_row(op, i, &row); i++) {
		if (row_is_spare(&row))
			continue;
		if (row.device)
			last_report_add(&report, row.device, memhp_outcome_name(row.outcome), row.after);
		else
			last_report_block(&report, row.block_id, memhp_outcome_name(row.outcome), row.after);
	}
	if (op->device)
		last_report_add(&report, op->device, operation_is_ejected(op) ? "ejected" : "not ejected", NULL);
	return last_report_end(&report);
}
