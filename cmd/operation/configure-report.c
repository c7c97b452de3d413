/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "command.h"
#include "operation/configure.h"
#include "ui/columns.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/last-report.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/table.h"
#include "ui/xalloc.h"

static bool is_done(enum memhp_outcome outcome)
{
	return outcome == MEMHP_OUTCOME_CHANGED || outcome == MEMHP_OUTCOME_ALREADY;
}

/* NULL when it is not known */
static const char *word(int is_configured)
{
	if (is_configured < 0)
		return NULL;
	return is_configured ? "configured" : "standby";
}

static struct json_object *make_item(const struct configure *configure, const struct item *item)
{
	uint64_t start = memhp_block_get_start_addr(item->block), size = configure->block_size;
	_cleanup_free_ char *range = format_range(start, start + (size - 1));
	struct json_object *object = json_new();

	json_set_uint(object, "block_id", memhp_block_get_id(item->block));
	json_set_string(object, "range", range);
	json_set_uint(object, "start", start);
	json_set_uint(object, "size", size);
	json_set_string(object, "before", word(item->before));
	json_set_string(object, "after", word(item->after));
	if (item->memmap < 0)
		json_set_null(object, "memmap_on_memory");
	else
		json_set_bool(object, "memmap_on_memory", item->memmap);
	json_set_string(object, "outcome", memhp_outcome_name(item->outcome));
	json_set_string(object, "errno", errno_name(item->error));
	json_set_string(object, "text", item->why);
	json_set_string(object, "hint", item->hint);
	return object;
}

static const char *dax_name(enum memhp_dax_state state)
{
	return state == MEMHP_DAX_UNKNOWN ? NULL : memhp_dax_state_name(state);
}

static void write_dax(const struct configure *configure, struct json_doc *doc)
{
	json_doc_string(doc, "source", configure->options->source);
	json_doc_string(doc, "action", dax_name(configure->dax_goal));
	json_doc_string(doc, "before", dax_name(configure->dax_before));
	json_doc_string(doc, "after", dax_name(configure->dax_after));
	json_doc_member(doc, "guard", guard_json(&configure->guard));
	json_doc_string(doc, "errno", errno_name(configure->dax.error));
	json_doc_string(doc, "text", configure->dax.why);
	json_doc_string(doc, "hint", configure->dax.hint);
}

static void write_items(const struct configure *configure, struct json_doc *doc)
{
	uint64_t block_size = configure->block_size, num = configure->num_items + configure->num_short;

	json_doc_uint(doc, "requested", size_of_blocks(num, block_size));
	json_doc_uint(doc, "changed", size_of_blocks(configure_count(configure, MEMHP_OUTCOME_CHANGED), block_size));
	json_doc_begin_array(doc, "blocks");
	for (size_t i = 0; i < configure->num_items; i++)
		json_doc_item(doc, make_item(configure, &configure->items[i]));
	json_doc_end_array(doc);
}

static void write_document(const struct configure *configure)
{
	const struct options *options = configure->options;
	struct json_doc doc;

	json_doc_begin_whole(&doc, configure->options->command->name, false);
	json_doc_bool(&doc, "dry_run", has_option(options, OPT_DRY_RUN));
	json_doc_deadline(&doc, "timeout_ms", options->timeout_ms);
	json_doc_string(&doc, "outcome", configure_request_outcome(configure));
	json_doc_uint(&doc, "exit_status", configure_exit_status(configure));
	json_doc_uint(&doc, "elapsed_ms", configure->elapsed_ms);
	if (configure->writer_pid)
		json_doc_uint(&doc, "writer_pid", (uint64_t)configure->writer_pid);
	if (configure->snapshot)
		write_items(configure, &doc);
	else
		write_dax(configure, &doc);
	json_doc_end(&doc);
}

int configure_say_what_became(const void *data, bool as_text)
{
	const struct configure *configure = data;
	struct last_report report = last_report_begin(configure->options, as_text);

	for (size_t i = 0; i < configure->num_items; i++) {
		const struct item *item = &configure->items[i];

		last_report_block(&report, memhp_block_get_id(item->block), memhp_outcome_name(item->outcome), word(item->after));
	}
	if (!configure->snapshot)
		last_report_add(&report, configure->options->source, memhp_outcome_name(configure->dax.outcome),
				dax_name(configure->dax_after));
	return last_report_end(&report);
}

/* Whether the second goes on with the run that the first began `length` items ago */
static bool is_same(const struct item *a, const struct item *b, size_t length)
{
	return memhp_block_get_id(b->block) == memhp_block_get_id(a->block) + length && a->outcome == b->outcome &&
	       a->error == b->error && a->before == b->before && a->after == b->after && a->memmap == b->memmap && a->why == b->why;
}

static size_t run_length(const struct configure *configure, size_t first)
{
	size_t length = 1;

	while (first + length < configure->num_items &&
	       is_same(&configure->items[first], &configure->items[first + length], length))
		length++;
	return length;
}

/* From malloc() */
static char *run_blocks(const struct item *item, size_t length)
{
	uint64_t first = memhp_block_get_id(item->block);

	return format_ids(first, first + (length - 1));
}

/* What memmap_on_memory is, or, for what is only planned, will be */
static const char *memmap_word(const struct configure *configure, const struct item *item, bool planned)
{
	bool goal = configure->memmap == MEMHP_MEMMAP_ON_MEMORY;

	if (item->memmap < 0)
		return NULL;
	return (planned && configure->memmap != MEMHP_MEMMAP_KEEP ? goal : item->memmap) ? "yes" : "no";
}

static void print_table(const struct configure *configure)
{
	static const char *const names[] = { "BLOCK", "RANGE", "SIZE", "BEFORE", "AFTER", "MEMMAP-ON-MEMORY", "OUTCOME" };
	const struct options *options = configure->options;
	bool dry_run = has_option(options, OPT_DRY_RUN);
	struct table *rows = table_new(OUTPUT_TABLE, !has_option(options, OPT_NOHEADINGS), opts_use_color(options));

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		table_add_column(rows, dry_run && i == 4 ? "GOAL" : names[i], i == 0 || i == 2 ? ALIGN_RIGHT : ALIGN_LEFT);
	for (size_t i = 0, length; i < configure->num_items; i += length) {
		const struct item *item = &configure->items[i];
		uint64_t start = memhp_block_get_start_addr(item->block), size;
		bool planned = dry_run && item->outcome == MEMHP_OUTCOME_PLANNED;
		struct table_row *row = table_add_row(rows);

		length = run_length(configure, i);
		size = size_of_blocks(length, configure->block_size);
		table_set(row, 0, run_blocks(item, length));
		table_set(row, 1, format_range(start, start + (size - 1)));
		table_set(row, 2, format_bytes(size, has_option(options, OPT_BYTES)));
		table_set_copy(row, 3, word(item->before));
		table_set_copy(row, 4, word(planned ? configure->goal : item->after));
		table_set_copy(row, 5, memmap_word(configure, item, planned));
		table_set_copy(row, 6, memhp_outcome_name(item->outcome));
	}
	table_print(rows);
}

static void tell_troubles(const struct configure *configure)
{
	for (size_t i = 0, length; i < configure->num_items; i += length) {
		const struct item *item = &configure->items[i];
		_cleanup_free_ char *blocks = NULL;

		length = run_length(configure, i);
		if (is_done(item->outcome) || item->outcome == MEMHP_OUTCOME_PLANNED)
			continue;
		blocks = run_blocks(item, length);
		warn("block%s %s: %s%s%s%s%s%s", length == 1 ? "" : "s", blocks, item->why ? item->why : "not tried any more",
		     item->error ? " (" : "", item->error ? errno_name(item->error) : "", item->error ? ")" : "",
		     item->hint ? "; " : "", item->hint ? item->hint : "");
	}
	if (configure->num_short)
		warn("there is not enough %s memory: %" PRIu64 " block%s more would be needed",
		     configure->goal ? "standby" : "offline", configure->num_short, configure->num_short == 1 ? "" : "s");
}

static void print_items(const struct configure *configure)
{
	const struct options *options = configure->options;

	if (configure->num_items == 0 && configure->num_short == 0) {
		warn("nothing to do: no memory is left to %s", configure->options->command->name);
		return;
	}
	if (!has_option(options, OPT_QUIET) && configure->num_items) {
		print_table(configure);
		if (has_option(options, OPT_DRY_RUN) && !has_option(options, OPT_NOHEADINGS))
			puts("\nA dry run: nothing was changed.");
		fflush(stdout);
	}
	message_set_quiet(false); /* failures are told whatever was asked */
	tell_troubles(configure);
}

/* Why a device is not as asked, and what it is instead */
static void tell_dax(const struct configure *configure)
{
	const struct item *dax = &configure->dax;

	warn("%s: %s%s%s%s; its state is %s%s%s", configure->options->source, dax->why, dax->error ? " (" : "",
	     dax->error ? errno_name(dax->error) : "", dax->error ? ")" : "",
	     configure->dax_after == MEMHP_DAX_UNKNOWN ? "not known" : memhp_dax_state_name(configure->dax_after),
	     dax->hint ? "; " : "", dax->hint ? dax->hint : "");
}

static void print_dax(const struct configure *configure)
{
	const struct options *options = configure->options;
	const char *before = memhp_dax_state_name(configure->dax_before);

	if (!has_option(options, OPT_QUIET) && has_option(options, OPT_DRY_RUN) &&
	    configure->dax.outcome == MEMHP_OUTCOME_PLANNED && !configure->guard.refused)
		printf("%s: %s -> %s. A dry run: nothing was changed.\n", options->source, before,
		       memhp_dax_state_name(configure->dax_goal));
	else if (!has_option(options, OPT_QUIET) && configure->dax.outcome == MEMHP_OUTCOME_ALREADY)
		printf("%s: its blocks are online as asked already (state %s)\n", options->source, before);
	else if (!has_option(options, OPT_QUIET) && is_done(configure->dax.outcome))
		printf("%s: %s -> %s\n", options->source, before, memhp_dax_state_name(configure->dax_after));
	fflush(stdout);
	message_set_quiet(false); /* failures are told whatever was asked */
	if (configure->dax.why)
		tell_dax(configure);
	if (configure->guard.refused)
		warn("refused: %s; leave out --movable, or use %s", configure->guard.text, guard_force_option(&configure->guard));
}

void configure_report(const struct configure *configure)
{
	if (has_option(configure->options, OPT_JSON))
		write_document(configure);
	else if (configure->snapshot)
		print_items(configure);
	else
		print_dax(configure);
	if (configure->writer_pid)
		warn("the kernel still holds the writer, process %d, which was killed; it ends as soon as the kernel lets go, and "
		     "can do nothing further",
		     (int)configure->writer_pid);
}
