/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/json.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/nums.h"
#include "libmemhp.h"
#include "ui/xalloc.h"

static bool is_open;

void json_prepare(void)
{
	struct json_object *object = json_new();

	json_set_null(object, "");
	json_object_put(object);
}

struct json_object *json_new(void)
{
	return xcheck(json_object_new_object());
}

struct json_object *json_string_new(const char *value)
{
	return value ? xcheck(json_object_new_string(value)) : NULL;
}

struct json_object *json_uint_new(uint64_t value)
{
	return xcheck(json_object_new_uint64(value));
}

struct json_object *json_int_new(int64_t value)
{
	return xcheck(json_object_new_int64(value));
}

struct json_object *json_bool_new(bool value)
{
	return xcheck(json_object_new_boolean(value));
}

void json_set(struct json_object *object, const char *key, struct json_object *value)
{
	if (json_object_object_add(object, key, value) != 0)
		out_of_memory();
}

void json_set_string(struct json_object *object, const char *key, const char *value)
{
	json_set(object, key, json_string_new(value));
}

void json_set_uint(struct json_object *object, const char *key, uint64_t value)
{
	json_set(object, key, json_uint_new(value));
}

void json_set_bool(struct json_object *object, const char *key, bool value)
{
	json_set(object, key, json_bool_new(value));
}

void json_set_null(struct json_object *object, const char *key)
{
	json_set(object, key, NULL);
}

void json_set_ratio(struct json_object *object, const char *key, double value)
{
	json_set(object, key, xcheck(json_object_new_double(value)));
}

void json_set_usage(struct json_object *object, const char *key, const uint64_t *bytes)
{
	struct json_object *usage = bytes ? json_new() : NULL;

	for (size_t kind = FIRST_PAGE_KIND; bytes && kind < NUM_PAGE_KINDS; kind++)
		json_set_uint(usage, memhp_page_kind_name(kind), bytes[kind]);
	json_set(object, key, usage);
}

struct json_object *json_array_new(void)
{
	return xcheck(json_object_new_array());
}

void json_append(struct json_object *array, struct json_object *value)
{
	if (json_object_array_add(array, value) != 0)
		out_of_memory();
}

void json_append_string(struct json_object *array, const char *value)
{
	json_append(array, json_string_new(value));
}

/* json-c's own writers go on where memory ends, with a text that is another one. These need none. */
static void write_string(FILE *out, const char *text)
{
	static const char escaped[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";

	fputc('"', out);
	for (; *text; text++) {
		const char *found = strchr(escaped, *text);

		if (found)
			fprintf(out, "\\%c", letters[found - escaped]);
		else if ((unsigned char)*text < ' ')
			fprintf(out, "\\u%04x", (unsigned int)*text);
		else
			fputc(*text, out);
	}
	fputc('"', out);
}

static void write_number(FILE *out, struct json_object *value)
{
	if (json_object_get_int64(value) < 0)
		fprintf(out, "%" PRId64, json_object_get_int64(value));
	else
		fprintf(out, "%" PRIu64, json_object_get_uint64(value));
}

static void write_value(FILE *out, struct json_object *value);

static void write_array(FILE *out, struct json_object *array)
{
	fputc('[', out);
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		fputs(i ? ", " : " ", out);
		write_value(out, json_object_array_get_idx(array, i));
	}
	fputs(" ]", out);
}

static void write_object(FILE *out, struct json_object *object)
{
	bool has_members = false;

	fputc('{', out);
	json_object_object_foreach(object, key, value)
	{
		fprintf(out, "%s\"%s\": ", has_members ? ", " : " ", key);
		write_value(out, value);
		has_members = true;
	}
	fputs(" }", out);
}

static void write_value(FILE *out, struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		fputs("null", out);
		break;
	case json_type_boolean:
		fputs(json_object_get_boolean(value) ? "true" : "false", out);
		break;
	case json_type_double:
		/* More would pretend to a precision that nobody needs. */
		fprintf(out, "%.2f", json_object_get_double(value));
		break;
	case json_type_int:
		write_number(out, value);
		break;
	case json_type_string:
		write_string(out, json_object_get_string(value));
		break;
	case json_type_array:
		write_array(out, value);
		break;
	case json_type_object:
		write_object(out, value);
		break;
	}
}

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
	write_value(doc->out, value);
	json_object_put(value);
}

void json_doc_string(struct json_doc *doc, const char *key, const char *value)
{
	if (!value) {
		json_doc_null(doc, key);
		return;
	}
	write_key(doc, key);
	write_string(doc->out, value);
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
	write_value(doc->out, value);
	json_object_put(value);
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
