/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl list: memory blocks, adjacent equal ones merged, and totals */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "list/joined.h"
#include "list/list-by.h"
#include "ui/columns.h"
#include "ui/exit.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/nearest.h"
#include "ui/opts.h"
#include "ui/session.h"
#include "ui/table.h"
#include "ui/totals.h"

#define DEFAULT_COLUMNS      "RANGE,SIZE,STATE,BLOCK,NODE,ZONES"
#define DEFAULT_JSON_COLUMNS "RANGE,SIZE,BLOCK,STATE,NODE,ZONE,ZONES"

struct list {
	struct options *options;
	struct memhp_snapshot *snapshot;
	struct column_choice shown, split;
	enum by by;
	bool bytes, joins;         /* neighbours, whatever is shown of them: --split=none */
	bool unreadable, shows_it; /* some attribute, and as "?" */
	bool in_doubt;             /* what is told already */
	struct totals totals;
};

static void print_columns(const struct command *command)
{
	columns_help(command, block_columns, num_block_columns);
}

static void choose_columns(struct list *list)
{
	const struct options *options = list->options;
	const char *split = options->split;

	list->shown = (struct column_choice){ options->command, block_columns, num_block_columns, NULL, 0 };
	list->split = list->shown;
	opts_choose_columns(options, &list->shown, has_option(options, OPT_JSON) ? DEFAULT_JSON_COLUMNS : DEFAULT_COLUMNS);
	list->joins = split && strcmp(split, "none") == 0;
	if (split && !list->joins)
		opts_add_columns(&list->split, "--split", split);
}

static void choose_by(struct list *list)
{
	static const char *const words[] = { "node", "source", "zone", NULL };
	const char *by = list->options->by;
	char hint[NEAREST_MAX];

	if (!by)
		list->by = BY_NOTHING;
	else if (strcmp(by, "node") == 0)
		list->by = BY_NODE;
	else if (strcmp(by, "source") == 0)
		list->by = BY_SOURCE;
	else if (strcmp(by, "zone") == 0)
		list->by = BY_ZONE;
	else
		usage_error("--by", "\"%s\" is none of node, source, zone%s", by, nearest_hint(by, words, hint));
}

/* Below a table by default; words for programs get no lines for people unless these are asked for. */
static bool wants_summary(const struct options *options)
{
	if (options->summary != WHEN_AUTO)
		return options->summary != WHEN_NEVER;
	return has_option(options, OPT_JSON) || opts_output_mode(options) == OUTPUT_TABLE;
}

/* Only what is shown is read, and the state for the totals. */
static unsigned int needed_attrs(const struct list *list)
{
	unsigned int attrs = list->options->selection ? memhp_selection_get_attrs(list->options->selection) : 0;

	if (wants_summary(list->options) || list->by)
		attrs |= MEMHP_ATTR_STATE;
	if (list->by == BY_NODE)
		attrs |= MEMHP_ATTR_NODES;
	if (list->by == BY_SOURCE)
		attrs |= MEMHP_ATTR_SOURCE;
	if (list->by == BY_ZONE)
		attrs |= MEMHP_ATTR_ZONES;
	if (list->by == BY_NOTHING && list->options->summary != WHEN_ONLY)
		attrs |= columns_attrs(&list->shown);
	return attrs | columns_attrs(&list->split);
}

/* As memhp_selection_matches() */
static int is_selected(const struct list *list, const struct memhp_block *block)
{
	return list->options->selection ? memhp_selection_matches(list->options->selection, block) : 1;
}

static bool can_merge(const struct list *list, const struct row *row, const struct memhp_block *block)
{
	if (has_option(list->options, OPT_ALL) || memhp_block_get_id(block) != memhp_block_get_id(row->block) + row->blocks)
		return false;
	if (is_selected(list, row->block) != is_selected(list, block))
		return false;
	return list->joins || (columns_same(&list->shown, row->block, block) && columns_same(&list->split, row->block, block));
}

/* The next row, from that block on; false at the end */
static bool next_row(struct list *list, size_t *next, struct row *row)
{
	const struct memhp_block *block;

	*row = (struct row){ .block_size = memhp_snapshot_get_block_size_bytes(list->snapshot) };
	for (; (block = memhp_snapshot_get_block(list->snapshot, *next)); ++*next) {
		if (!is_selected(list, block))
			continue;
		if (row->block && !can_merge(list, row, block))
			break;
		if (!row->block)
			row->block = block;
		row->blocks++;
		totals_add(&list->totals, block);
		list->unreadable |= block_is_unreadable(block, memhp_snapshot_get_attrs(list->snapshot));
		list->shows_it |= columns_unreadable(&list->shown, block);
	}
	return row->block;
}

static struct table *new_table(const struct list *list)
{
	return table_new(opts_output_mode(list->options), !has_option(list->options, OPT_NOHEADINGS),
			 opts_use_color(list->options));
}

static void fill_row(const struct list *list, struct table_row *cells, const struct row *row)
{
	if (list->joins)
		joined_fill(&list->shown, cells, list->snapshot, row, list->bytes);
	else
		columns_fill(&list->shown, cells, row, list->bytes);
}

/* False when there was none */
static bool print_rows(struct list *list)
{
	struct table *rows = new_table(list);
	size_t num = 0, next = 0;
	struct row row;

	columns_head(&list->shown, rows);
	for (; next_row(list, &next, &row); num++)
		fill_row(list, table_add_row(rows), &row);
	if (num == 0)
		warn("no memory block %s", list->options->selection ? "matches" : "is there");
	table_print(rows);
	return num > 0;
}

static void write_rows(struct list *list, struct json_doc *doc)
{
	size_t next = 0;
	struct row row;

	json_doc_begin_array(doc, "memory");
	while (next_row(list, &next, &row)) {
		struct json_object *object = json_new(), *errors = NULL;

		columns_json(&list->shown, object, &row, &errors);
		if (list->joins)
			joined_json(&list->shown, object, list->snapshot, &row);
		if (is_selected(list, row.block) < 0) {
			errors = errors ? errors : json_new();
			json_set_string(errors, "filter", errno_name(is_selected(list, row.block)));
		}
		if (errors)
			json_set(object, "errors", errors);
		json_doc_item(doc, object);
	}
	json_doc_end_array(doc);
}

/* Counts without rows: for totals alone */
static void count_all(struct list *list)
{
	size_t next = 0;
	struct row row;

	while (next_row(list, &next, &row))
		;
}

static struct groups make_groups(struct list *list)
{
	int error = list->by == BY_SOURCE ? memhp_snapshot_get_sources_error(list->snapshot) : 0;

	count_all(list);
	if (error < 0) {
		warn("not all devices could be looked for, so one without memory blocks may be missing: %s", strerror(-error));
		list->in_doubt = true;
	}
	return groups_make(list->snapshot, list->options->selection, list->by);
}

/* Totals by node, source or zone: the table with whether it has rows, or the document's array */
static bool print_groups(struct list *list)
{
	struct groups groups = make_groups(list);
	bool has_rows = groups.num > 0;

	groups_print(&groups, new_table(list), &list->totals, list->bytes);
	groups_free(&groups);
	return has_rows;
}

static void write_groups(struct list *list, struct json_doc *doc)
{
	struct groups groups = make_groups(list);

	groups_write(&groups, doc);
	groups_free(&groups);
}

static enum exit_status choose_exit_status(const struct list *list)
{
	bool is_partial = list->unreadable || list->in_doubt || memhp_snapshot_get_num_skipped(list->snapshot);

	return is_partial ? EXIT_PARTLY : EXIT_DONE;
}

static void write_document(struct list *list)
{
	uint64_t block_size = memhp_snapshot_get_block_size_bytes(list->snapshot);
	struct json_doc doc;

	json_doc_begin(&doc, stdout, "list");
	json_doc_uint(&doc, "block_size", block_size);
	if (list->options->summary == WHEN_ONLY)
		count_all(list);
	else if (list->by)
		write_groups(list, &doc);
	else
		write_rows(list, &doc);
	if (wants_summary(list->options)) {
		struct json_object *summary = json_new();

		totals_json(summary, &list->totals, block_size);
		json_doc_member(&doc, "summary", summary);
	}
	/* What cannot be read shows as the rows are written. */
	json_doc_uint(&doc, "exit_status", choose_exit_status(list));
	json_doc_end(&doc);
}

static void print_text(struct list *list)
{
	bool has_rows = false;

	if (list->options->summary == WHEN_ONLY)
		count_all(list);
	else
		has_rows = list->by ? print_groups(list) : print_rows(list);
	if (!wants_summary(list->options))
		return;
	if (has_rows)
		putchar('\n');
	totals_print(&list->totals, memhp_snapshot_get_block_size_bytes(list->snapshot), list->bytes,
		     opts_use_color(list->options));
}

/* Where it is shown nowhere, as in totals, that is said, too. */
static void tell_unreadable(const struct list *list)
{
	if (!list->unreadable)
		return;
	if (has_option(list->options, OPT_JSON))
		warn("what could not be read is null");
	else if (list->shows_it && !list->by && list->options->summary != WHEN_ONLY)
		warn("what could not be read is shown as \"?\"; see --json for the reasons");
	else
		warn("not all could be read; see memctl list --json for the reasons");
}

static void take_options(struct list *list)
{
	const struct options *options = list->options;

	list->bytes = has_option(options, OPT_BYTES);
	choose_columns(list);
	choose_by(list);
}

static int run_list(struct options *options, const char **operands _unused_)
{
	struct list list = { .options = options };
	struct memhp_ctx *ctx;
	int rc, status;

	take_options(&list);
	ctx = open_ctx(options);
	opts_check_ranges(options, ctx);
	rc = memhp_snapshot_new(&list.snapshot, ctx, needed_attrs(&list));
	if (rc < 0)
		fail_scan(ctx, rc);
	opts_check_known_sources(options, list.snapshot);
	list.in_doubt = opts_tell_doubts(options, list.snapshot);
	if (has_option(options, OPT_JSON))
		write_document(&list);
	else
		print_text(&list);
	tell_unreadable(&list);
	status = choose_exit_status(&list);
	memhp_snapshot_unref(list.snapshot);
	memhp_ctx_unref(ctx);
	free(list.shown.items);
	free(list.split.items);
	return status;
}

const struct command memctl_cmd_list = {
	.name = "list",
	.summary = "list memory blocks",
	.bit = CMD_LIST,
	.help = print_columns,
	.run = run_list,
};
