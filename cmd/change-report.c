/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "columns.h"
#include "json.h"
#include "values.h"

/* The steps of the result, or of the plan where there is none */
static const struct memhp_step *get_step(const struct change *change, size_t i)
{
	return change->result ? memhp_result_get_step(change->result, i) : memhp_plan_get_step(change->plan, i);
}

/* Whether memctl chooses: then blocks that it passes over are no failure. */
static bool has_goal(const struct change *change)
{
	return has_option(change->options, OPT_SIZE) || has_option(change->options, OPT_COUNT);
}

/* What a dry run can foresee: all of it, some of it, nothing of it can be done */
static enum exit_status foreseen_status(const struct change *change)
{
	bool possible = false, impossible = false;
	const struct memhp_step *step;

	for (size_t i = 0; (step = memhp_plan_get_step(change->plan, i)); i++) {
		possible |= memhp_step_get_outcome(step) == MEMHP_OUTCOME_PLANNED;
		impossible |= memhp_step_get_outcome(step) != MEMHP_OUTCOME_PLANNED && !memhp_step_is_done(step);
	}
	if (change->guard.refused)
		return EXIT_REFUSED;
	if (memhp_plan_get_num_short(change->plan))
		impossible = true;
	else if (has_goal(change))
		impossible = false;
	if (!impossible)
		return EXIT_DONE;
	return possible ? EXIT_PARTLY : EXIT_FAILED;
}

enum exit_status change_exit_status(const struct change *change)
{
	if (change->signal)
		return 128 + change->signal;
	return change->result ? completion_status(memhp_result_get_completion(change->result)) : foreseen_status(change);
}

/* Of the whole address space the size does not fit. */
static uint64_t span_size(uint64_t start, uint64_t last)
{
	return last - start == UINT64_MAX ? UINT64_MAX : last - start + 1;
}

static uint64_t step_size(const struct memhp_step *step)
{
	return span_size(memhp_step_get_start_addr(step), memhp_step_get_last_addr(step));
}

/* A further candidate that was not needed, or is not by now, is no part of a report. */
static bool is_spare(const struct memhp_step *step)
{
	return memhp_step_get_reason(step) == MEMHP_REASON_SPARE;
}

/* Where memctl chooses, blocks that it cannot choose are no trouble, unless there are too few others. */
static bool is_passed_over(const struct change *change, const struct memhp_step *step)
{
	return has_goal(change) && memhp_step_get_outcome(step) == MEMHP_OUTCOME_IMPOSSIBLE &&
	       memhp_step_get_reason(step) == MEMHP_REASON_SEVERAL_ZONES && !memhp_plan_get_num_short(change->plan);
}

/* Bytes asked for, and of them those that are to be changed, or were */
static void sum_sizes(const struct change *change, uint64_t *requested, uint64_t *changed)
{
	enum memhp_outcome counted = change->result ? MEMHP_OUTCOME_CHANGED : MEMHP_OUTCOME_PLANNED;
	const struct memhp_step *step;

	*requested = *changed = 0;
	for (size_t i = 0; (step = get_step(change, i)); i++) {
		if (memhp_step_get_outcome(step) != MEMHP_OUTCOME_ABSENT)
			*requested += step_size(step);
		/* What could not be brought back is changed, whatever was asked. */
		if (memhp_step_get_outcome(step) == counted || memhp_step_get_outcome(step) == MEMHP_OUTCOME_ROLLBACK_FAILED)
			*changed += step_size(step);
	}
	if (has_option(change->options, OPT_SIZE))
		*requested = change->options->size;
	else if (has_option(change->options, OPT_COUNT))
		*requested = size_of_blocks(change->options->count, change->block_size);
}

/* Names for people and programs; NULL where there is nothing to name */
static const char *state_or_null(enum memhp_state state)
{
	return state == MEMHP_STATE_UNKNOWN ? NULL : memhp_state_name(state);
}

static const char *zone_or_null(enum memhp_zone zone)
{
	return zone == MEMHP_ZONE_NONE || zone == MEMHP_ZONE_UNKNOWN ? NULL : memhp_zone_name(zone);
}

/* What to try; a block that had no turn, or is as it was before, needs no advice of its own. */
static const char *step_hint(const struct change *change, const struct memhp_step *step)
{
	if (memhp_step_get_outcome(step) == MEMHP_OUTCOME_NOT_TRIED)
		return NULL;
	return reason_hint(change->action, memhp_step_get_reason(step));
}

static struct json_object *make_block(const struct change *change, const struct memhp_step *step)
{
	enum memhp_reason reason = memhp_step_get_reason(step);
	struct json_object *object = json_new();
	char *range = format_range(memhp_step_get_start_addr(step), memhp_step_get_last_addr(step));

	json_set_uint(object, "block_id", memhp_step_get_block_id(step));
	json_set_string(object, "range", range);
	json_set_uint(object, "start", memhp_step_get_start_addr(step));
	json_set_uint(object, "size", step_size(step));
	json_set_string(object, "before", state_or_null(memhp_step_get_before(step)));
	json_set_string(object, "after", state_or_null(memhp_step_get_after(step)));
	json_set_string(object, "zone", zone_or_null(memhp_step_get_zone(step)));
	json_set_string(object, "outcome", memhp_outcome_name(memhp_step_get_outcome(step)));
	json_set_string(object, "errno", errno_name(memhp_step_get_error(step)));
	json_set_string(object, "reason", reason == MEMHP_REASON_NONE ? NULL : memhp_reason_name(reason));
	json_set_string(object, "hint", step_hint(change, step));
	json_set_uint(object, "elapsed_ms", memhp_step_get_elapsed_ms(step));
	free(range);
	return object;
}

/* null for none */
static void write_deadline(struct json_doc *doc, const char *key, uint64_t ms)
{
	if (ms == MEMHP_NO_TIMEOUT)
		json_doc_string(doc, key, NULL);
	else
		json_doc_uint(doc, key, ms);
}

static const char *request_outcome(const struct change *change)
{
	if (change->guard.refused)
		return "refused";
	if (!change->result)
		return memhp_outcome_name(MEMHP_OUTCOME_PLANNED);
	if (memhp_result_is_rolled_back(change->result))
		return memhp_outcome_name(MEMHP_OUTCOME_ROLLED_BACK);
	return memhp_completion_name(memhp_result_get_completion(change->result));
}

static struct json_object *make_guard(const struct guard *guard)
{
	struct json_object *object;

	if (!guard->code)
		return NULL;
	object = json_new();
	json_set_string(object, "code", guard->code);
	json_set_bool(object, "refused", guard->refused);
	json_set_string(object, "text", guard->text);
	if (guard->ratio > 0) {
		json_set_ratio(object, "ratio", guard->ratio);
	} else {
		json_set_uint(object, "available", guard->available);
		json_set_uint(object, "keep_free", guard->keep_free);
	}
	return object;
}

static void write_document(const struct change *change)
{
	const char *command = change->action == MEMHP_ACTION_OFFLINE ? "offline" : "online";
	const struct memhp_step *step;
	uint64_t requested, changed;
	struct json_doc doc;

	sum_sizes(change, &requested, &changed);
	if (has_option(change->options, OPT_PROGRESS))
		json_doc_begin_line(&doc, stdout, command);
	else
		json_doc_begin(&doc, stdout, command);
	json_doc_string(&doc, "action", memhp_action_name(change->action));
	json_doc_bool(&doc, "dry_run", has_option(change->options, OPT_DRY_RUN));
	write_deadline(&doc, "timeout_ms", change->options->timeout_ms);
	write_deadline(&doc, "block_timeout_ms", memhp_request_get_block_timeout_ms(change->request));
	json_doc_string(&doc, "outcome", request_outcome(change));
	json_doc_uint(&doc, "exit_status", change_exit_status(change));
	json_doc_uint(&doc, "requested", requested);
	json_doc_uint(&doc, "changed", change->result ? changed : 0);
	json_doc_uint(&doc, "elapsed_ms", change->result ? memhp_result_get_elapsed_ms(change->result) : 0);
	json_doc_member(&doc, "guard", make_guard(&change->guard));
	if (change->result && memhp_result_get_writer_pid(change->result))
		json_doc_uint(&doc, "writer_pid", (uint64_t)memhp_result_get_writer_pid(change->result));
	json_doc_begin_array(&doc, "blocks");
	/* A plan shows the further candidates, in the order in which they would be tried. */
	for (size_t i = 0; (step = get_step(change, i)); i++)
		if (!change->result || !is_spare(step))
			json_doc_item(&doc, make_block(change, step));
	json_doc_end_array(&doc);
	json_doc_end(&doc);
}

static bool is_same(const struct memhp_step *a, const struct memhp_step *b)
{
	return memhp_step_get_outcome(a) == memhp_step_get_outcome(b) && memhp_step_get_reason(a) == memhp_step_get_reason(b) &&
	       memhp_step_get_error(a) == memhp_step_get_error(b) && memhp_step_get_before(a) == memhp_step_get_before(b) &&
	       memhp_step_get_after(a) == memhp_step_get_after(b) && memhp_step_get_zone(a) == memhp_step_get_zone(b);
}

/* Adjacent steps that came to the same, upwards or downwards, as one line of the report */
struct run {
	const struct memhp_step *first, *low, *high;
	uint64_t elapsed_ms;
};

/* Takes a step into a run where it goes on with it. */
static bool extend_run(struct run *run, const struct memhp_step *step)
{
	if (!is_same(run->first, step))
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

static bool next_run(const struct change *change, size_t *index, struct run *run)
{
	const struct memhp_step *step = get_step(change, *index);

	if (!step)
		return false;
	*run = (struct run){ .first = step, .low = step, .high = step, .elapsed_ms = memhp_step_get_elapsed_ms(step) };
	do
		step = get_step(change, ++*index);
	while (step && extend_run(run, step));
	return true;
}

/* "45" or "32-39"; from malloc() */
static char *run_blocks(const struct change *change, const struct run *run)
{
	uint64_t first = memhp_step_get_start_addr(run->low) / change->block_size;
	uint64_t last = memhp_step_get_last_addr(run->high) / change->block_size;
	char *text;
	int rc = first == last ? asprintf(&text, "%" PRIu64, first) : asprintf(&text, "%" PRIu64 "-%" PRIu64, first, last);

	if (rc < 0)
		out_of_memory();
	return text;
}

static const char *outcome_color(const struct memhp_step *step)
{
	enum memhp_outcome outcome = memhp_step_get_outcome(step);

	if (outcome == MEMHP_OUTCOME_CHANGED)
		return "green";
	return memhp_step_is_done(step) || outcome == MEMHP_OUTCOME_PLANNED ? NULL : "red";
}

static char *format_time(uint64_t ms)
{
	char *text;
	int rc = ms < 10000 ? asprintf(&text, "%" PRIu64 "ms", ms) : asprintf(&text, "%.1fs", (double)ms / 1000);

	if (rc < 0)
		out_of_memory();
	return text;
}

enum { COL_BLOCK, COL_RANGE, COL_SIZE, COL_BEFORE, COL_AFTER, COL_ZONE, COL_OUTCOME, COL_TIME };

static void print_run(const struct change *change, struct table *rows, const struct run *run)
{
	enum memhp_outcome outcome = memhp_step_get_outcome(run->first);
	const char *before = state_or_null(memhp_step_get_before(run->first)),
		   *after = state_or_null(memhp_step_get_after(run->first));
	const char *zone = zone_or_null(memhp_step_get_zone(run->first));
	uint64_t start = memhp_step_get_start_addr(run->low), last = memhp_step_get_last_addr(run->high);
	struct table_row *row = table_add_row(rows);

	/* A plan says what will be written where a result says what was read back. */
	if (!change->result && outcome != MEMHP_OUTCOME_ABSENT)
		after = memhp_action_name(change->action);
	table_set(row, COL_BLOCK, run_blocks(change, run));
	table_set(row, COL_RANGE, format_range(start, last));
	table_set(row, COL_SIZE, format_bytes(span_size(start, last), has_option(change->options, OPT_BYTES)));
	table_set_copy(row, COL_BEFORE, before ? before : "-");
	table_set_copy(row, COL_AFTER, after ? after : "-");
	table_set_copy(row, COL_ZONE, zone ? zone : "-");
	table_set_copy(row, COL_OUTCOME, memhp_outcome_name(outcome));
	table_color(row, COL_OUTCOME, outcome_color(run->first));
	if (change->result)
		table_set(row, COL_TIME, format_time(run->elapsed_ms));
}

static void print_table(const struct change *change)
{
	struct table *rows = table_new(OUTPUT_TABLE, !has_option(change->options, OPT_NOHEADINGS), opts_use_color(change->options));
	struct run run;
	size_t index = 0;

	table_add_column(rows, "BLOCK", ALIGN_RIGHT);
	table_add_column(rows, "RANGE", ALIGN_LEFT);
	table_add_column(rows, "SIZE", ALIGN_RIGHT);
	table_add_column(rows, change->result ? "BEFORE" : "STATE", ALIGN_LEFT);
	table_add_column(rows, change->result ? "AFTER" : "GOAL", ALIGN_LEFT);
	table_add_column(rows, "ZONE", ALIGN_LEFT);
	table_add_column(rows, change->result ? "OUTCOME" : "PLAN", ALIGN_LEFT);
	if (change->result)
		table_add_column(rows, "TIME", ALIGN_RIGHT);
	while (next_run(change, &index, &run))
		/* The plan says what was passed over, the report what was done. */
		if (!is_spare(run.first) && !(change->result && is_passed_over(change, run.first)))
			print_run(change, rows, &run);
	table_print(rows);
}

/* Runs of blocks that have the same trouble are named in one sentence, so many of them at the most. */
#define MAX_RUNS_NAMED 8

struct trouble {
	enum memhp_outcome outcome;
	enum memhp_reason reason;
	int error;
	size_t num_runs, num_blocks;
	char *blocks; /* "32-39, 45" */
};

struct troubles {
	struct trouble *items;
	size_t num;
};

static struct trouble *find_trouble(struct troubles *troubles, const struct memhp_step *step)
{
	struct trouble new = { memhp_step_get_outcome(step), memhp_step_get_reason(step), memhp_step_get_error(step), 0, 0, NULL };

	for (size_t i = 0; i < troubles->num; i++) {
		struct trouble *trouble = &troubles->items[i];

		if (trouble->outcome == new.outcome && trouble->reason == new.reason && trouble->error == new.error)
			return trouble;
	}
	troubles->items = reallocarray(troubles->items, troubles->num + 1, sizeof(new));
	if (!troubles->items)
		out_of_memory();
	troubles->items[troubles->num] = new;
	return &troubles->items[troubles->num++];
}

static void add_trouble(struct troubles *troubles, const struct change *change, const struct run *run)
{
	struct trouble *trouble = find_trouble(troubles, run->first);
	char *blocks = run_blocks(change, run), *longer;

	trouble->num_blocks += (memhp_step_get_last_addr(run->high) - memhp_step_get_start_addr(run->low)) / change->block_size + 1;
	if (trouble->num_runs++ >= MAX_RUNS_NAMED) {
		free(blocks);
		return;
	}
	if (asprintf(&longer, "%s%s%s", trouble->blocks ? trouble->blocks : "", trouble->blocks ? ", " : "", blocks) < 0)
		out_of_memory();
	free(trouble->blocks);
	free(blocks);
	trouble->blocks = longer;
}

static void tell_trouble(const struct change *change, const struct trouble *trouble)
{
	const char *text = reason_text(change->action, trouble->reason), *hint = reason_hint(change->action, trouble->reason);
	const char *error = errno_name(trouble->error), *what = "";

	if (trouble->outcome == MEMHP_OUTCOME_NOT_TRIED)
		text = "not tried any more", hint = NULL;
	else if (trouble->outcome == MEMHP_OUTCOME_ROLLBACK_FAILED)
		what = "changed and not brought back: ";
	warn("block%s %s%s: %s%s%s%s%s%s%s", trouble->num_blocks == 1 ? "" : "s", trouble->blocks,
	     trouble->num_runs > MAX_RUNS_NAMED ? " and more" : "", what, text ? text : "failed", error ? " (" : "",
	     error ? error : "", error ? ")" : "", hint ? "; " : "", hint ? hint : "");
}

/* A sentence for each kind of trouble, with what to try */
static void explain_failures(const struct change *change)
{
	struct troubles troubles = { 0 };
	struct run run;
	size_t index = 0;

	while (next_run(change, &index, &run)) {
		enum memhp_outcome outcome = memhp_step_get_outcome(run.first);

		if (!memhp_step_is_done(run.first) && outcome != MEMHP_OUTCOME_PLANNED && outcome != MEMHP_OUTCOME_ROLLED_BACK &&
		    !is_spare(run.first) && !is_passed_over(change, run.first))
			add_trouble(&troubles, change, &run);
	}
	for (size_t i = 0; i < troubles.num; i++) {
		tell_trouble(change, &troubles.items[i]);
		free(troubles.items[i].blocks);
	}
	free(troubles.items);
	if (memhp_plan_get_num_short(change->plan))
		warn("there are not enough blocks: %" PRIu64 " more would be needed", memhp_plan_get_num_short(change->plan));
	if (change->result && memhp_result_get_writer_pid(change->result))
		warn("the kernel still holds the writer, process %d, which was killed; it ends as soon as the kernel lets go, and "
		     "can do nothing further: look again with memctl list",
		     (int)memhp_result_get_writer_pid(change->result));
}

/* "2m", "90s", "1500ms", "none"; from malloc() */
static char *format_deadline(uint64_t ms)
{
	char *text;
	int rc;

	if (ms == MEMHP_NO_TIMEOUT)
		rc = asprintf(&text, "none");
	else if (ms % 60000 == 0)
		rc = asprintf(&text, "%" PRIu64 "m", ms / 60000);
	else if (ms % 1000 == 0)
		rc = asprintf(&text, "%" PRIu64 "s", ms / 1000);
	else
		rc = asprintf(&text, "%" PRIu64 "ms", ms);
	if (rc < 0)
		out_of_memory();
	return text;
}

static void print_deadlines(const struct change *change)
{
	char *whole = format_deadline(change->options->timeout_ms);
	char *block = format_deadline(memhp_request_get_block_timeout_ms(change->request));

	printf("\nDeadline for the request: %s; for each block: %s.\n", whole, block);
	free(whole);
	free(block);
}

static size_t count_spares(const struct change *change)
{
	const struct memhp_step *step;
	size_t spares = 0;

	for (size_t i = 0; (step = get_step(change, i)); i++)
		spares += is_spare(step);
	return spares;
}

static void print_plan_conclusion(const struct change *change, uint64_t changed, uint64_t requested)
{
	char requested_text[SIZE_TEXT_MAX], changed_text[SIZE_TEXT_MAX];

	if (count_spares(change))
		printf("\nFurther candidates, should one of them be busy: %zu blocks.", count_spares(change));
	print_deadlines(change);
	printf("%s %s of %s would change. Nothing was changed.\n",
	       change->guard.refused ? "Refused:" : "A dry run:", format_size(changed, changed_text),
	       format_size(requested, requested_text));
}

/* "Changed 896M of 1G in 120ms." */
static void print_conclusion(const struct change *change)
{
	char requested_text[SIZE_TEXT_MAX], changed_text[SIZE_TEXT_MAX];
	uint64_t requested, changed;
	char *elapsed;

	sum_sizes(change, &requested, &changed);
	if (!change->result) {
		print_plan_conclusion(change, changed, requested);
		return;
	}
	if (changed == 0 && memhp_result_get_completion(change->result) == MEMHP_COMPLETE) {
		printf("\nNothing to change: %s already %s.\n", format_size(requested, requested_text),
		       change->action == MEMHP_ACTION_OFFLINE ? "offline" : "online");
		return;
	}
	elapsed = format_time(memhp_result_get_elapsed_ms(change->result));
	if (memhp_result_is_rolled_back(change->result))
		printf("\nRolled back in %s: nothing is changed.\n", elapsed);
	else
		printf("\nChanged %s of %s in %s.\n", format_size(changed, changed_text), format_size(requested, requested_text),
		       elapsed);
	free(elapsed);
}

static void tell_nothing_to_do(const struct change *change)
{
	const char *goal = change->action == MEMHP_ACTION_OFFLINE ? "offline" : "online";

	if (memhp_plan_get_num_short(change->plan))
		warn("nothing was changed: no selected block is left to go %s", goal);
	else if (change->num_present == 0)
		warn("nothing to do: there is no memory block");
	else if (has_option(change->options, OPT_ALL))
		warn("nothing to do: all selected blocks are %s", goal);
	else
		warn("nothing to do: no memory block matches");
}

static void print_text(const struct change *change)
{
	if (!get_step(change, 0)) {
		tell_nothing_to_do(change);
		return;
	}
	if (!has_option(change->options, OPT_QUIET)) {
		print_table(change);
		if (!has_option(change->options, OPT_NOHEADINGS))
			print_conclusion(change);
		fflush(stdout);
	}
	report_quietly(false); /* failures are told whatever was asked */
	explain_failures(change);
	if (change->guard.refused)
		warn("refused: %s; %s", change->guard.text,
		     change->action == MEMHP_ACTION_OFFLINE ? "offline less, or use --force"
							    : "use --kernel for some of the blocks, or --force");
}

void change_report(const struct change *change)
{
	if (has_option(change->options, OPT_JSON))
		write_document(change);
	else
		print_text(change);
}
