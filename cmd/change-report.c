/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "columns.h"
#include "exit.h"
#include "format.h"
#include "json.h"
#include "message.h"

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
	else if (change_has_goal(change))
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

static uint64_t step_size(const struct memhp_step *step)
{
	return size_of_span(memhp_step_get_start_addr(step), memhp_step_get_last_addr(step));
}

/* Bytes asked for, and of them those that are to be changed, or were */
static void sum_sizes(const struct change *change, uint64_t *requested, uint64_t *changed)
{
	const struct memhp_step *step;

	*requested = *changed = 0;
	for (size_t i = 0; (step = change_get_step(change, i)); i++) {
		if (memhp_step_get_outcome(step) != MEMHP_OUTCOME_ABSENT)
			*requested += step_size(step);
		if (change->result ? memhp_step_is_changed(step) : memhp_step_get_outcome(step) == MEMHP_OUTCOME_PLANNED)
			*changed += step_size(step);
	}
	if (has_option(change->options, OPT_SIZE))
		*requested = change->options->size;
	else if (has_option(change->options, OPT_COUNT))
		*requested = size_of_blocks(change->options->count, change->block_size);
}

/* What to try; a block that had no turn, or is as it was before, needs no advice of its own. */
static void set_words(struct json_object *object, const struct change *change, const struct memhp_step *step)
{
	char *text = change_make_reason(change, step);
	char *hint = memhp_step_get_outcome(step) == MEMHP_OUTCOME_NOT_TRIED ? NULL : change_make_hint(change, step);

	json_set_string(object, "text", text);
	json_set_string(object, "hint", hint);
	free(text);
	free(hint);
}

/* What an errno leaves open; empty where the reason says it all */
static struct json_object *make_causes(const struct memhp_step *step)
{
	struct json_object *array = json_array_new();

	for (size_t i = 0; i < memhp_step_get_num_causes(step); i++)
		json_append_string(array, memhp_reason_name(memhp_step_get_cause(step, i)));
	return array;
}

/* The page that the kernel named as being in the way */
static struct json_object *make_page(const struct memhp_page *page)
{
	struct json_object *object;

	if (!page)
		return NULL;
	object = json_new();
	if (memhp_page_get_pfn(page) == UINT64_MAX)
		json_set_null(object, "pfn");
	else
		json_set_uint(object, "pfn", memhp_page_get_pfn(page));
	json_set_string(object, "kind", memhp_page_use_name(memhp_page_get_use(page)));
	json_set_string(object, "owner", memhp_page_get_owner(page));
	if (memhp_page_get_owner_pid(page))
		json_set_uint(object, "owner_pid", (uint64_t)memhp_page_get_owner_pid(page));
	else
		json_set_null(object, "owner_pid");
	return object;
}

static struct json_object *make_block(const struct change *change, size_t index)
{
	const struct memhp_step *step = change_get_step(change, index);
	enum memhp_reason reason = memhp_step_get_reason(step);
	struct json_object *object = json_new();
	char *range = format_range(memhp_step_get_start_addr(step), memhp_step_get_last_addr(step));
	size_t who_range;

	json_set_uint(object, "block_id", memhp_step_get_block_id(step));
	json_set_string(object, "range", range);
	json_set_uint(object, "start", memhp_step_get_start_addr(step));
	json_set_uint(object, "size", step_size(step));
	json_set_string(object, "before", state_word(memhp_step_get_before(step)));
	json_set_string(object, "after", state_word(memhp_step_get_after(step)));
	json_set_string(object, "zone", zone_word(memhp_step_get_zone(step)));
	json_set_string(object, "outcome", memhp_outcome_name(memhp_step_get_outcome(step)));
	json_set_string(object, "errno", errno_name(memhp_step_get_error(step)));
	json_set_string(object, "reason", reason == MEMHP_REASON_NONE ? NULL : memhp_reason_name(reason));
	json_set(object, "causes", make_causes(step));
	set_words(object, change, step);
	json_set_string(object, "kernel", memhp_step_get_kernel_text(step));
	json_set(object, "page", make_page(memhp_step_get_page(step)));
	json_set_uint(object, "elapsed_ms", memhp_step_get_elapsed_ms(step));
	if (memhp_step_get_score(step) >= 0)
		json_set_uint(object, "score", (uint64_t)memhp_step_get_score(step));
	if (change_get_who_range(change, index, &who_range))
		json_set(object, "processes", who_processes(&change->who, who_range));
	free(range);
	return object;
}

void change_write_deadline(struct json_doc *doc, const char *key, uint64_t ms)
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

struct json_object *change_make_guard(const struct guard *guard)
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

/* Of memctl remove */
static void write_device(const struct change *change, struct json_doc *doc)
{
	json_doc_string(doc, "source", change->device);
	json_doc_bool(doc, "ejected", change->result && memhp_result_is_ejected(change->result));
	json_doc_string(doc, "eject_errno", change->result ? errno_name(memhp_result_get_eject_error(change->result)) : NULL);
}

static void write_document(const struct change *change)
{
	const struct memhp_step *step;
	uint64_t requested, changed;
	struct json_doc doc;

	sum_sizes(change, &requested, &changed);
	if (has_option(change->options, OPT_PROGRESS))
		json_doc_begin_line(&doc, stdout, change->command);
	else
		json_doc_begin(&doc, stdout, change->command);
	json_doc_string(&doc, "action", memhp_action_name(change->action));
	json_doc_bool(&doc, "dry_run", has_option(change->options, OPT_DRY_RUN));
	change_write_deadline(&doc, "timeout_ms", change->options->timeout_ms);
	change_write_deadline(&doc, "block_timeout_ms", memhp_request_get_block_timeout_ms(change->request));
	if (change->device)
		write_device(change, &doc);
	json_doc_string(&doc, "outcome", request_outcome(change));
	json_doc_uint(&doc, "exit_status", change_exit_status(change));
	json_doc_uint(&doc, "requested", requested);
	json_doc_uint(&doc, "changed", change->result ? changed : 0);
	json_doc_uint(&doc, "elapsed_ms", change->result ? memhp_result_get_elapsed_ms(change->result) : 0);
	json_doc_member(&doc, "guard", change_make_guard(&change->guard));
	if (change->result && memhp_result_get_writer_pid(change->result))
		json_doc_uint(&doc, "writer_pid", (uint64_t)memhp_result_get_writer_pid(change->result));
	if (change->who_ranges)
		json_doc_member(&doc, "who", who_state(&change->who));
	json_doc_begin_array(&doc, "blocks");
	/* A plan shows the further candidates, in the order in which they would be tried. */
	for (size_t i = 0; (step = change_get_step(change, i)); i++)
		if (!change->result || !change_is_spare(step))
			json_doc_item(&doc, make_block(change, i));
	json_doc_end_array(&doc);
	json_doc_end(&doc);
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

	for (size_t i = 0; (step = change_get_step(change, i)); i++)
		spares += change_is_spare(step);
	return spares;
}

static void print_plan_conclusion(const struct change *change, uint64_t changed, uint64_t requested)
{
	char requested_text[SIZE_TEXT_MAX], changed_text[SIZE_TEXT_MAX];

	if (count_spares(change))
		printf("\nFurther candidates, should one of them be busy: %zu blocks.", count_spares(change));
	print_deadlines(change);
	printf("%s %s of %s would change%s%s%s. Nothing was changed.\n",
	       change->guard.refused ? "Refused:" : "A dry run:", format_size(changed, changed_text),
	       format_size(requested, requested_text), change->device ? ", and " : "", change->device ? change->device : "",
	       change->device ? " would be ejected" : "");
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
	elapsed = format_elapsed(memhp_result_get_elapsed_ms(change->result));
	if (memhp_result_is_rolled_back(change->result))
		printf("\nRolled back in %s: nothing is changed.\n", elapsed);
	else
		printf("\nChanged %s of %s in %s.\n", format_size(changed, changed_text), format_size(requested, requested_text),
		       elapsed);
	free(elapsed);
}

static void print_device(const struct change *change)
{
	if (change->device && change->result && memhp_result_is_ejected(change->result))
		printf("%s is ejected.\n", change->device);
}

static void tell_nothing_to_do(const struct change *change)
{
	const char *goal = change->action == MEMHP_ACTION_OFFLINE ? "offline" : "online";

	if (strcmp(change->command, "remove") == 0)
		warn("nothing to do: %s is unplugged", change->options->source);
	else if (memhp_plan_get_num_short(change->plan))
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
	if (!change_get_step(change, 0)) {
		tell_nothing_to_do(change);
		return;
	}
	if (!has_option(change->options, OPT_QUIET)) {
		change_print_table(change);
		if (!has_option(change->options, OPT_NOHEADINGS))
			print_conclusion(change);
		print_device(change);
		fflush(stdout);
	}
	message_set_quiet(false); /* failures are told whatever was asked */
	change_tell_troubles(change);
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
