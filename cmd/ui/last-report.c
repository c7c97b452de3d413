/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/last-report.h"

#include <inttypes.h>
#include <stdio.h>

#include "ui/message.h"

struct last_report last_report_begin(const struct options *options, bool as_text)
{
	struct last_report report = { .json = has_option(options, OPT_JSON) && !as_text };
	struct json_doc *doc = &report.doc;

	if (!report.json)
		return report;
	if (has_option(options, OPT_PROGRESS))
		json_doc_begin_line(doc, stdout, message_get_command());
	else
		json_doc_begin(doc, stdout, message_get_command());
	json_doc_uint(doc, "exit_status", EXIT_PARTLY);
	json_doc_begin_object(doc, "error");
	json_doc_string(doc, "code", "out-of-memory");
	json_doc_null(doc, "option");
	json_doc_string(doc, "text", "out of memory for the report; what was changed before is in \"changes\"");
	json_doc_null(doc, "hint");
	json_doc_end_object(doc);
	json_doc_begin_array(doc, "changes");
	return report;
}

void last_report_block(struct last_report *report, uint64_t block_id, const char *outcome, const char *after)
{
	char name[32];

	snprintf(name, sizeof(name), "block %" PRIu64, block_id);
	last_report_add(report, name, outcome, after);
}

void last_report_add(struct last_report *report, const char *name, const char *outcome, const char *after)
{
	struct json_doc *doc = &report->doc;

	if (!report->json) {
		fprintf(stderr, "%s: %s; now: %s\n", name, outcome, after ? after : "not known");
		return;
	}
	json_doc_begin_item(doc);
	json_doc_string(doc, "name", name);
	json_doc_string(doc, "outcome", outcome);
	json_doc_string(doc, "after", after);
	json_doc_end_object(doc);
}

enum exit_status last_report_end(struct last_report *report)
{
	if (report->json) {
		json_doc_end_array(&report->doc);
		json_doc_end(&report->doc);
	}
	return EXIT_PARTLY;
}
