/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An assessment for programs. */
#include <errno.h>
#include <stdio.h>

#include "ui/nums.h"
#include "explain/explain.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/xalloc.h"

static struct json_object *evidence_json(const struct memhp_assessment *assessment)
{
	struct json_object *array = json_array_new();

	for (size_t i = 0; i < NUM_EVIDENCES; i++) {
		int error = memhp_assessment_get_evidence_error(assessment, i);
		struct json_object *object;

		if (error == -ENODATA)
			continue;
		object = json_new();
		json_set_string(object, "file", memhp_evidence_path(i));
		json_set_string(object, "errno", errno_name(error));
		json_append(array, object);
	}
	return array;
}

static struct json_object *reasons_json(const struct memhp_candidate *candidate)
{
	struct json_object *array = json_array_new();
	const struct memhp_finding *finding;

	for (size_t i = 0; (finding = memhp_candidate_get_finding(candidate, i)); i++) {
		struct json_object *object = json_new();
		uint64_t bytes = memhp_finding_get_bytes(finding);
		_cleanup_free_ char *text = explain_sentence(finding, false);

		json_set_string(object, "code", memhp_finding_code_name(memhp_finding_get_code(finding)));
		json_set_uint(object, "weight", memhp_finding_get_weight(finding));
		if (bytes)
			json_set_uint(object, "size", bytes);
		else
			json_set_null(object, "size");
		json_set_string(object, "file", memhp_evidence_path(memhp_finding_get_evidence(finding)));
		json_set_string(object, "text", text);
		json_append(array, object);
	}
	return array;
}

static void set_usage(struct json_object *object, const struct memhp_candidate *candidate)
{
	uint64_t bytes[NUM_PAGE_KINDS];

	for (size_t i = 0; i < NUM_PAGE_KINDS; i++)
		bytes[i] = memhp_candidate_get_bytes(candidate, i);
	json_set_usage(object, "usage", explain_has_pages(candidate) ? bytes : NULL);
}

static void set_map(struct json_object *object, const struct memhp_candidate *candidate)
{
	char map[MAP_SLICES + 1];

	explain_map(candidate, map);
	json_set_string(object, "map", *map ? map : NULL);
}

/* To the library an offline block is one of which it cannot tell; there is no doubt about it. */
static const char *verdict_name(const struct memhp_candidate *candidate)
{
	return explain_is_offline(candidate) ? "already-offline" : memhp_verdict_name(memhp_candidate_get_verdict(candidate));
}

static struct json_object *block_json(const struct explain_row *row)
{
	const struct explain *explain = row->explain;
	const struct memhp_candidate *candidate = row->candidate;
	struct json_object *object = json_new();

	json_set(object, "block_id", value_json(explain_block(row)));
	json_set(object, "range", value_json(block_range(row)));
	json_set_uint(object, "start", memhp_block_get_start_addr(row->row.block));
	json_set(object, "size", value_json(block_size(row)));
	json_set_string(object, "state", state_word(memhp_block_get_state(row->row.block)));
	json_set_string(object, "zone", zone_word(memhp_block_get_zone(row->row.block)));
	json_set(object, "source", value_json(block_source(row)));
	json_set(object, "source_kind", value_json(block_source_kind(row)));
	json_set_string(object, "verdict", verdict_name(candidate));
	json_set_uint(object, "score", memhp_candidate_get_score(candidate));
	json_set_string(object, "certainty", memhp_certainty_name(memhp_candidate_get_certainty(candidate)));
	json_set(object, "reasons", reasons_json(candidate));
	set_usage(object, candidate);
	json_set(object, "move", value_json(explain_move(row)));
	json_set(object, "fixed", value_json(explain_fixed(row)));
	json_set(object, "room", value_json(explain_room(row)));
	if (explain->has_map)
		set_map(object, candidate);
	if (explain->who.asked)
		json_set(object, "processes", who_processes(&explain->who, row->index));
	return object;
}

static struct json_object *summary_json(const struct explain *explain)
{
	static const char *const keys[NUM_VERDICTS] = {
		[MEMHP_VERDICT_CANNOT_TELL] = "cannot_tell",
		[MEMHP_VERDICT_WILL_NOT] = "will_not",
		[MEMHP_VERDICT_MAY_GO] = "may_go",
		[MEMHP_VERDICT_CAN_GO] = "can_go",
	};
	size_t offline = explain_count_such(explain->assessment, explain_is_offline);
	struct json_object *object = json_new();

	for (size_t i = NUM_VERDICTS; i-- > 0;)
		json_set_uint(object, keys[i], explain_count(explain, i) - (i == MEMHP_VERDICT_CANNOT_TELL ? offline : 0));
	json_set_uint(object, "already_offline", offline);
	return object;
}

void explain_write(const struct explain *explain, int exit_status)
{
	struct explain_row row;
	struct json_doc doc;

	json_doc_begin(&doc, stdout, "explain");
	json_doc_uint(&doc, "block_size", explain->block_size);
	json_doc_uint(&doc, "page_size", memhp_assessment_get_page_size_bytes(explain->assessment));
	json_doc_member(&doc, "evidence", evidence_json(explain->assessment));
	if (explain->who.asked)
		json_doc_member(&doc, "who", who_state(&explain->who));
	json_doc_begin_array(&doc, "blocks");
	for (size_t i = 0; explain_get_row(explain, i, &row); i++)
		json_doc_item(&doc, block_json(&row));
	json_doc_end_array(&doc);
	json_doc_member(&doc, "summary", summary_json(explain));
	json_doc_uint(&doc, "exit_status", (uint64_t)exit_status);
	json_doc_end(&doc);
}
