/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan or a result as a table */
#include "operation/operation.h"
#include "ui/columns.h"
#include "ui/format.h"
#include "ui/opts.h"
#include "ui/table.h"
#include "ui/xalloc.h"

static const char *outcome_color(const struct memhp_step *step)
{
	enum memhp_outcome outcome = memhp_step_get_outcome(step);

	if (outcome == MEMHP_OUTCOME_CHANGED)
		return "green";
	return memhp_step_is_done(step) || outcome == MEMHP_OUTCOME_PLANNED ? NULL : "red";
}

enum { COL_BLOCK, COL_RANGE, COL_SIZE, COL_BEFORE, COL_AFTER, COL_ZONE, COL_OUTCOME, COL_LAST };

/* Whether memctl has looked at the candidates: then the best of them is the first step. */
static bool is_ranked(const struct operation *op)
{
	return memhp_step_get_score(operation_get_step(op, 0)) >= 0;
}

static char *format_score(int score)
{
	return score < 0 ? xstrdup("-") : xasprintf("%d", score);
}

static void print_run(const struct operation *op, struct table *rows, const struct step_run *run)
{
	enum memhp_outcome outcome = memhp_step_get_outcome(run->first);
	const char *after = state_word(memhp_step_get_after(run->first));
	uint64_t start = memhp_step_get_start_addr(run->low), last = memhp_step_get_last_addr(run->high);
	struct table_row *row = table_add_row(rows);

	/* A plan says what will be written where a result says what was read back. */
	if (!op->result && outcome != MEMHP_OUTCOME_ABSENT)
		after = memhp_action_name(op->action);
	if (operation_is_gone(op, run->first))
		after = "gone";
	table_set(row, COL_BLOCK, step_run_blocks(op, run));
	table_set(row, COL_RANGE, format_range(start, last));
	table_set(row, COL_SIZE, format_bytes(size_of_span(start, last), has_option(op->options, OPT_BYTES)));
	table_set_copy(row, COL_BEFORE, state_word(memhp_step_get_before(run->first)));
	table_set_copy(row, COL_AFTER, after);
	table_set_copy(row, COL_ZONE, zone_word(memhp_step_get_zone(run->first)));
	table_set_copy(row, COL_OUTCOME, memhp_outcome_name(outcome));
	table_color(row, COL_OUTCOME, outcome_color(run->first));
	if (op->result)
		table_set(row, COL_LAST, format_elapsed(run->elapsed_ms));
	else if (is_ranked(op))
		table_set(row, COL_LAST, format_score(memhp_step_get_score(run->first)));
}

void operation_print_table(const struct operation *op)
{
	struct table *rows = table_new(OUTPUT_TABLE, !has_option(op->options, OPT_NOHEADINGS), opts_use_color(op->options));
	struct step_run run;
	size_t index = 0;

	table_add_column(rows, "BLOCK", ALIGN_RIGHT);
	table_add_column(rows, "RANGE", ALIGN_LEFT);
	table_add_column(rows, "SIZE", ALIGN_RIGHT);
	table_add_column(rows, op->result ? "BEFORE" : "STATE", ALIGN_LEFT);
	table_add_column(rows, op->result ? "AFTER" : "GOAL", ALIGN_LEFT);
	table_add_column(rows, "ZONE", ALIGN_LEFT);
	table_add_column(rows, op->result ? "OUTCOME" : "PLAN", ALIGN_LEFT);
	if (op->result)
		table_add_column(rows, "TIME", ALIGN_RIGHT);
	else if (is_ranked(op))
		table_add_column(rows, "SCORE", ALIGN_RIGHT);
	while (operation_next_run(op, &index, &run))
		/* The plan says what was passed over, the report what was done. */
		if (!operation_is_spare(run.first) && !(op->result && operation_is_passed_over(op, run.first)))
			print_run(op, rows, &run);
	table_print(rows);
}
