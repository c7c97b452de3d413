/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A note as a document, and back */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ui/format.h"
#include "ui/json.h"
#include "ui/note.h"
#include "ui/xalloc.h"

/* RFC 3339, in UTC wherever the reader is */
#define TIME_FORMAT "%Y-%m-%dT%H:%M:%SZ"
#define TIME_MAX    sizeof("9999-12-31T23:59:59Z")

static void write_time(struct json_doc *doc, uint64_t seconds)
{
	time_t time = (time_t)seconds;
	char text[TIME_MAX];
	struct tm utc;
	bool is_known = gmtime_r(&time, &utc) && strftime(text, sizeof(text), TIME_FORMAT, &utc);

	json_doc_string(doc, "time", is_known ? text : NULL);
}

void note_write_request(const struct note *note, struct json_doc *doc)
{
	write_time(doc, note->time_s);
	json_doc_string(doc, "command", note->command);
	json_doc_uint(doc, "uid", note->uid);
	json_doc_string(doc, "sudo_user", note->sudo_user);
	json_doc_string(doc, "by", note->is_by_udev ? "udev" : NULL);
	json_doc_uint(doc, "pid", note->pid);
	json_doc_uint(doc, "planned", note->num_planned);
	json_doc_string(doc, "device", note->device);
	json_doc_string(doc, "outcome", note->outcome);
	json_doc_bool(doc, "restored", note->is_restored);
}

/* What is brought back: where a block is, and where it is from, is the machine's own. */
static void write_rows(const struct layout *layout, struct json_doc *doc, const char *key)
{
	json_doc_begin_array(doc, key);
	for (size_t i = 0; i < layout->num_rows; i++) {
		const struct layout_row *row = &layout->rows[i];
		_cleanup_free_ char *range = format_range(row->start, row->last);

		json_doc_begin_item(doc);
		json_doc_string(doc, "range", range);
		json_doc_uint(doc, "start", row->start);
		json_doc_uint(doc, "size", size_of_span(row->start, row->last));
		json_doc_string(doc, "state", state_word(row->place.state));
		json_doc_string(doc, "zone", zone_word(row->place.zone));
		json_doc_null(doc, "nodes");
		json_doc_null(doc, "source");
		json_doc_end_object(doc);
	}
	json_doc_end_array(doc);
}

/* Without objects of json-c, which waits for random numbers soon after boot, when rules of udev run memctl. */
void note_write_document(const struct note *note, FILE *out)
{
	struct json_doc doc;

	json_doc_begin(&doc, out, "save");
	json_doc_uint(&doc, "block_size", note->before.block_size);
	write_rows(&note->before, &doc, "memory");
	json_doc_begin_object(&doc, "policy");
	json_doc_end_object(&doc);
	json_doc_begin_object(&doc, "request");
	note_write_request(note, &doc);
	json_doc_end_object(&doc);
	write_rows(&note->after, &doc, "after");
	json_doc_string(&doc, "boot_id", note->boot_id);
	json_doc_uint(&doc, "process_start", note->process_start);
	json_doc_bool(&doc, "huge_pages", note->may_cost_huge_pages);
	json_doc_uint(&doc, "exit_status", 0);
	json_doc_end(&doc);
}

static char *take_string(struct json_object *object, const char *key)
{
	const char *text = json_get_string(json_find(object, key));

	return text ? xstrdup(text) : NULL;
}

/* 0 where there is none: of which nothing good follows */
static uint64_t take_uint(struct json_object *object, const char *key)
{
	uint64_t value;

	return json_get_uint(json_find(object, key), &value) ? value : 0;
}

static bool take_time(const char *text, uint64_t *seconds)
{
	struct tm utc = { 0 };
	const char *end = text ? strptime(text, TIME_FORMAT, &utc) : NULL;

	if (!end || *end)
		return false;
	*seconds = (uint64_t)timegm(&utc);
	return true;
}

const char *note_take_document(struct note *note, struct json_object *doc)
{
	struct json_object *request = json_find(doc, "request"), *after = json_find(doc, "after");
	const char *by = json_get_string(json_find(request, "by")), *why = layout_take_document(&note->before, doc);

	if (why)
		return why;
	note->command = take_string(request, "command");
	if (!note->command || !json_is_array(after) || !take_time(json_get_string(json_find(request, "time")), &note->time_s))
		return "it has no \"request\" with \"command\" and \"time\", or no \"after\"";
	note->after.block_size = note->before.block_size;
	note->sudo_user = take_string(request, "sudo_user");
	note->uid = take_uint(request, "uid");
	note->is_by_udev = by && strcmp(by, "udev") == 0;
	note->pid = take_uint(request, "pid");
	note->process_start = take_uint(doc, "process_start");
	note->num_planned = take_uint(request, "planned");
	note->boot_id = take_string(doc, "boot_id");
	note->device = take_string(request, "device");
	note->outcome = take_string(request, "outcome");
	note->is_restored = json_get_bool(json_find(request, "restored"));
	note->may_cost_huge_pages = json_get_bool(json_find(doc, "huge_pages"));
	return layout_take_rows(&note->after, after);
}
