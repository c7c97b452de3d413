/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Documents are written member by member. */
#include <inttypes.h>
#include <stdio.h>

#include "libmemhp.h"
#include "ui/json.h"
#include "ui/xalloc.h"

static bool is_open;

static void write_key(struct json_doc *doc, const char *key)
{
	const char *space = doc->one_line || doc->depth ? " " : "\n  ";

	fprintf(doc->out, "%s%s\"%s\": ", doc->has_members ? "," : "", space, key);
	doc->has_members = true;
}

static void begin(struct json_doc *doc, const char *command)
{
	fputc('{', doc->out);
	json_doc_uint(doc, "schema_version", JSON_SCHEMA_VERSION);
	json_doc_string(doc, "command", command);
}

void json_doc_begin(struct json_doc *doc, FILE *out, const char *command)
{
	*doc = (struct json_doc){ .out = out };
	is_open = true;
	begin(doc, command);
}

void json_doc_begin_line(struct json_doc *doc, FILE *out, const char *command)
{
	*doc = (struct json_doc){ .out = out, .one_line = true };
	is_open = true;
	begin(doc, command);
}

void json_doc_begin_whole(struct json_doc *doc, const char *command, bool one_line)
{
	*doc = (struct json_doc){ .one_line = one_line };
	doc->out = xopen_memstream(&doc->text, &doc->length);
	begin(doc, command);
}

bool json_doc_is_open(void)
{
	return is_open;
}

void json_doc_member(struct json_doc *doc, const char *key, struct json_object *value)
{
	write_key(doc, key);
	json_write_value(doc->out, value);
	json_free(value);
}

void json_doc_string(struct json_doc *doc, const char *key, const char *value)
{
	if (!value) {
		json_doc_null(doc, key);
		return;
	}
	write_key(doc, key);
	json_write_text(doc->out, value);
}

void json_doc_uint(struct json_doc *doc, const char *key, uint64_t value)
{
	write_key(doc, key);
	fprintf(doc->out, "%" PRIu64, value);
}

void json_doc_null(struct json_doc *doc, const char *key)
{
	write_key(doc, key);
	fputs("null", doc->out);
}

void json_doc_deadline(struct json_doc *doc, const char *key, uint64_t ms)
{
	if (ms == MEMHP_NO_TIMEOUT)
		json_doc_null(doc, key);
	else
		json_doc_uint(doc, key, ms);
}

void json_doc_bool(struct json_doc *doc, const char *key, bool value)
{
	write_key(doc, key);
	fputs(value ? "true" : "false", doc->out);
}

void json_doc_begin_array(struct json_doc *doc, const char *key)
{
	write_key(doc, key);
	fputc('[', doc->out);
	doc->has_items = false;
}

static void begin_item(struct json_doc *doc)
{
	fprintf(doc->out, "%s%s", doc->has_items ? "," : "", doc->one_line ? " " : "\n    ");
	doc->has_items = true;
}

void json_doc_item(struct json_doc *doc, struct json_object *value)
{
	begin_item(doc);
	json_write_value(doc->out, value);
	json_free(value);
}

void json_doc_end_array(struct json_doc *doc)
{
	fprintf(doc->out, "%s]", !doc->has_items ? "" : doc->one_line ? " " : "\n  ");
}

static void begin_object(struct json_doc *doc)
{
	fputc('{', doc->out);
	doc->has_members = false;
	doc->depth++;
}

void json_doc_begin_object(struct json_doc *doc, const char *key)
{
	write_key(doc, key);
	begin_object(doc);
}

void json_doc_begin_item(struct json_doc *doc)
{
	begin_item(doc);
	begin_object(doc);
}

void json_doc_end_object(struct json_doc *doc)
{
	fputs(" }", doc->out);
	doc->has_members = true;
	doc->depth--;
}

void json_doc_end(struct json_doc *doc)
{
	fputs(doc->one_line ? " }\n" : "\n}\n", doc->out);
	is_open = false;
	if (!doc->text)
		return;
	xclose_memstream(doc->out);
	fwrite(doc->text, 1, doc->length, stdout);
	free(doc->text);
}
