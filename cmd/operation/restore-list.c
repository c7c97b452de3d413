/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl restore --list: the requests that have left a note, the last one first */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "operation/restore.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/table.h"
#include "ui/xalloc.h"

static const char *outcome_of(const struct note *note, struct memhp_ctx *ctx)
{
	enum note_kind kind = note_kind(note, ctx);

	if (note->is_restored)
		return "restored";
	return kind == NOTE_ENDED ? note->outcome : note_kind_name(kind);
}

static void print(const struct notes *notes, const struct options *options, struct memhp_ctx *ctx)
{
	struct table *table = table_new(OUTPUT_TABLE, !has_option(options, OPT_NOHEADINGS), opts_use_color(options));

	table_add_column(table, "TIME", ALIGN_LEFT);
	table_add_column(table, "BY", ALIGN_LEFT);
	table_add_column(table, "BLOCKS", ALIGN_RIGHT);
	table_add_column(table, "OUTCOME", ALIGN_LEFT);
	table_add_column(table, "COMMAND", ALIGN_LEFT);
	for (size_t i = notes->num; i > 0; i--) {
		const struct note *note = &notes->items[i - 1];
		struct table_row *row = table_add_row(table);

		table_set(row, 0, note_format_time(note));
		table_set(row, 1, note_format_user(note));
		table_set(row, 2, xasprintf("%" PRIu64, note->num_planned));
		table_set_copy(row, 3, outcome_of(note, ctx));
		table_set_copy(row, 4, note->command);
	}
	table_print(table);
}

static void write_document(const struct notes *notes, struct memhp_ctx *ctx, enum exit_status status)
{
	struct json_doc doc;

	json_doc_begin(&doc, stdout, "restore");
	json_doc_uint(&doc, "exit_status", status);
	json_doc_begin_array(&doc, "requests");
	for (size_t i = notes->num; i > 0; i--) {
		json_doc_begin_item(&doc);
		json_doc_string(&doc, "file", notes->items[i - 1].name);
		json_doc_string(&doc, "state", note_kind_name(note_kind(&notes->items[i - 1], ctx)));
		note_write_request(&notes->items[i - 1], &doc);
		json_doc_end_object(&doc);
	}
	json_doc_end_array(&doc);
	json_doc_end(&doc);
}

int restore_list(const struct options *options)
{
	struct memhp_ctx *ctx = open_ctx(options);
	enum exit_status status = EXIT_DONE;
	struct notes notes;
	int rc = notes_read(&notes, ctx);

	if (rc < 0)
		restore_fail_reading(ctx, rc);
	if (notes.num_refused) {
		warn("notes that are not trusted or cannot be read: %zu; %s", notes.num_refused, notes.refused);
		status = EXIT_PARTLY;
	}
	if (has_option(options, OPT_JSON))
		write_document(&notes, ctx, status);
	else if (notes.num)
		print(&notes, options, ctx);
	else
		warn("no request has left a note");
	notes_release(&notes);
	memhp_ctx_unref(ctx);
	return status;
}
