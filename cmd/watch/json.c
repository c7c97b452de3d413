/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events as JSON documents, each in a line of its own */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ui/format.h"
#include "ui/json.h"
#include "ui/xalloc.h"
#include "watch/watch.h"

/* RFC 3339, in UTC wherever the reader is */
#define TIME_MAX sizeof("9999-12-31T23:59:59.999999Z")

static void write_time(struct json_doc *doc, uint64_t realtime_us)
{
	time_t seconds = (time_t)(realtime_us / 1000000);
	char text[TIME_MAX];
	struct tm utc;
	size_t length = gmtime_r(&seconds, &utc) ? strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc) : 0;

	snprintf(text + length, sizeof(text) - length, ".%06uZ", (unsigned int)(realtime_us % 1000000));
	json_doc_string(doc, "time", length ? text : NULL);
}

static void write_range(struct json_doc *doc, const struct memhp_block *block, uint64_t block_size)
{
	uint64_t start = memhp_block_get_start_addr(block);
	_cleanup_free_ char *range = format_range(start, start + (block_size - 1));

	json_doc_string(doc, "range", range);
	json_doc_uint(doc, "start", start);
	json_doc_uint(doc, "size", block_size);
}

static void write_nodes(struct json_doc *doc, const struct memhp_block *block)
{
	bool is_known = memhp_block_get_error(block, MEMHP_ATTR_NODES) == 0;
	size_t num = memhp_block_get_num_nodes(block);

	if (num == 1)
		json_doc_uint(doc, "node", memhp_node_get_id(memhp_block_get_node(block, 0)));
	else
		json_doc_null(doc, "node");
	if (!is_known) {
		json_doc_null(doc, "nodes");
		return;
	}
	json_doc_begin_array(doc, "nodes");
	for (size_t i = 0; i < num; i++)
		json_doc_item(doc, json_uint_new(memhp_node_get_id(memhp_block_get_node(block, i))));
	json_doc_end_array(doc);
}

static void write_side(struct json_doc *doc, const char *key, const struct memhp_block *block)
{
	if (!block) {
		json_doc_null(doc, key);
		return;
	}
	json_doc_begin_object(doc, key);
	json_doc_string(doc, "state", known_state(block));
	json_doc_string(doc, "zone", zone_word(memhp_block_get_zone(block)));
	json_doc_end_object(doc);
}

void json_write(const struct watch *watch, const struct watch_line *line)
{
	const struct memhp_block *block = line_block(line);
	struct json_doc doc;

	json_doc_begin_line(&doc, stdout, "watch");
	json_doc_string(&doc, "event", line->event);
	write_time(&doc, line->realtime_us);
	json_doc_uint(&doc, "monotonic_us", line->monotonic_us);
	json_doc_uint(&doc, "block_id", memhp_block_get_id(block));
	write_range(&doc, block, watch->block_size);
	write_nodes(&doc, block);
	write_side(&doc, "before", line->before);
	write_side(&doc, "after", line->after);
	json_doc_bool(&doc, "resync", line->is_resync);
	json_doc_end(&doc);
}

void json_write_result(const struct watch *watch, int status)
{
	static const char *const words[] = { [END_DURATION] = "duration", [END_EVENTS] = "events", [END_SIGNAL] = "signal" };
	struct json_doc doc;

	json_doc_begin_line(&doc, stdout, "watch");
	json_doc_uint(&doc, "events", watch->num_events);
	json_doc_string(&doc, "ended_by", words[watch->end]);
	json_doc_uint(&doc, "elapsed_ms", session_elapsed_ms(&watch->session));
	json_doc_uint(&doc, "exit_status", (uint64_t)status);
	json_doc_end(&doc);
}
