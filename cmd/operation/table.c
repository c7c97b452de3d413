/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan or a result as a table */
#include <stdlib.h>

#include "commands.h"
#include "operation/operation.h"
#include "ui/format.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

/* What the columns are about */
struct shown {
	const struct operation *op;
	const struct row_run *run;
	const struct report_row *row; /* the first of the run */
};

static struct value blocks_value(const void *data)
{
	const struct shown *shown = data;
	uint64_t size = shown->op->block_size;

	if (shown->row->device)
		return value_word(shown->row->device);
	return value_span(VALUE_IDS, shown->run->low.start_addr / size, shown->run->high.last_addr / size);
}

static struct value range_value(const void *data)
{
	const struct shown *shown = data;

	if (shown->row->device)
		return value_none(NULL);
	return value_span(VALUE_RANGE, shown->run->low.start_addr, shown->run->high.last_addr);
}

static struct value size_value(const void *data)
{
	const struct shown *shown = data;
	const struct row_run *run = shown->run;
	uint64_t size = shown->row->device ? shown->row->size : size_of_span(run->low.start_addr, run->high.last_addr);

	return size ? value_number(VALUE_SIZE, size) : value_none(NULL);
}

static struct value node_value(const void *data)
{
	const struct memhp_block *block = ((const struct shown *)data)->row->block;

	return block ? block_nodes(&(struct row){ .block = block }) : value_none(NULL);
}

static struct value source_value(const void *data)
{
	const struct report_row *row = ((const struct shown *)data)->row;

	return value_word(row->block ? source_name(row->block) : row->device);
}

static struct value before_value(const void *data)
{
	return value_word(((const struct shown *)data)->row->before);
}

static struct value after_value(const void *data)
{
	const struct shown *shown = data;
	bool is_gone = shown->row->step && operation_is_gone(shown->op, shown->row->step);

	return value_word(is_gone ? "gone" : shown->row->after);
}

static struct value goal_value(const void *data)
{
	const struct shown *shown = data;

	if (shown->row->outcome == MEMHP_OUTCOME_ABSENT)
		return value_none(NULL);
	return value_word(operation_goal(shown->op, shown->row));
}

static struct value zone_of(const void *data)
{
	return value_word(((const struct shown *)data)->row->zone);
}

static struct value outcome_value(const void *data)
{
	const struct report_row *row = ((const struct shown *)data)->row;
	struct value value = value_word(memhp_outcome_name(row->outcome));

	if (row->outcome == MEMHP_OUTCOME_CHANGED)
		value.color = COLOR_GOOD;
	else if (!row_is_done(row) && row->outcome != MEMHP_OUTCOME_PLANNED)
		value.color = COLOR_WRONG;
	return value;
}

static struct value time_value(const void *data)
{
	const struct shown *shown = data;

	if (!shown->op->has_acted)
		return value_none(NULL);
	return (struct value){ .type = VALUE_TEXT, .text = format_elapsed(shown->run->elapsed_ms) };
}

static struct value score_value(const void *data)
{
	const struct memhp_step *step = ((const struct shown *)data)->row->step;
	int score = step ? memhp_step_get_score(step) : -1;

	return score < 0 ? value_none(NULL) : value_number(VALUE_NUMBER, (uint64_t)score);
}

static struct value extra_value(const void *data)
{
	return value_word(((const struct shown *)data)->row->extra);
}

/* clang-format off */
static const struct column columns[] = {
	{ "BLOCK", "block, or first and last one, or device", 0, ALIGN_RIGHT, blocks_value },
	{ "RANGE", "physical addresses", 0, ALIGN_LEFT, range_value },
	{ "SIZE", "size", 0, ALIGN_RIGHT, size_value },
	{ "NODE", "NUMA nodes", 0, ALIGN_RIGHT, node_value },
	{ "SOURCE", "where the memory comes from", 0, ALIGN_LEFT, source_value },
	{ "BEFORE", "what it was", 0, ALIGN_LEFT, before_value },
	{ "AFTER", "what it is", 0, ALIGN_LEFT, after_value },
	{ "GOAL", "what it is to become", 0, ALIGN_LEFT, goal_value },
	{ "ZONE", "zone", 0, ALIGN_LEFT, zone_of },
	{ "OUTCOME", "what became of it", 0, ALIGN_LEFT, outcome_value },
	{ "PLAN", "what is to be done", 0, ALIGN_LEFT, outcome_value },
	{ "TIME", "how long it took", 0, ALIGN_RIGHT, time_value },
	{ "SCORE", "how likely it is to go offline (memctl explain)", 0, ALIGN_RIGHT, score_value },
	{ "PROOF", "what proves that there is RAM", 0, ALIGN_LEFT, extra_value, .takers = CMD_PROBE },
	{ "MEMMAP-ON-MEMORY", "whether it carries its own memory map", 0, ALIGN_LEFT, extra_value,
	  .takers = CMD_CONFIGURE | CMD_DECONFIGURE },
};
/* clang-format on */

void operation_help_columns(const struct command *command)
{
	columns_help(command, columns, ARRAY_SIZE(columns));
}

/* What a column reads of a block that may not be there */
static unsigned int attr_of(const struct column *column)
{
	if (column->value == node_value)
		return MEMHP_ATTR_NODES;
	return column->value == source_value ? MEMHP_ATTR_SOURCE : 0;
}

void operation_choose_columns(struct operation *op)
{
	bool plan = has_option(op->options, OPT_DRY_RUN) || op->guard.refused || op->refused;

	free(op->shown.items);
	op->shown = (struct column_choice){ op->options->command, columns, ARRAY_SIZE(columns), NULL, 0 };
	opts_choose_columns(op->options, &op->shown, plan ? op->kind->plan_columns : op->kind->columns);
	for (size_t i = 0; i < op->shown.num; i++) {
		const struct column *column = op->shown.items[i];

		if (column->value == extra_value && (!op->kind->extra || !parse_is_word(op->kind->extra, column->name)))
			usage_error("--output", "memctl %s has no column %s", op->options->command->name, column->name);
		op->attrs |= attr_of(column);
	}
	if (has_option(op->options, OPT_JSON))
		op->attrs |= MEMHP_ATTR_NODES | MEMHP_ATTR_SOURCE;
}

void operation_print_table(const struct operation *op)
{
	struct table *rows = table_new(OUTPUT_TABLE, !has_option(op->options, OPT_NOHEADINGS), opts_use_color(op->options));
	struct row_run run;
	size_t index = 0;

	columns_head(&op->shown, rows);
	while (operation_next_run(op, &index, &run))
		if (!row_is_spare(&run.first) && !row_is_passed_over(op, &run.first))
			columns_fill(&op->shown, table_add_row(rows), &(struct shown){ op, &run, &run.first },
				     has_option(op->options, OPT_BYTES));
	table_print(rows);
}
