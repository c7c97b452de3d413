/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/json.h"

#include <json-c/json.h>
#include <stdio.h>

#include "libmemhp.h"
#include "ui/xalloc.h"

#define FORMAT (JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE)

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

static struct json_object *new_string(const char *value)
{
	return value ? xcheck(json_object_new_string(value)) : NULL;
}

static struct json_object *new_uint(uint64_t value)
{
	return xcheck(json_object_new_uint64(value));
}

static struct json_object *new_bool(bool value)
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
	json_set(object, key, new_string(value));
}

void json_set_uint(struct json_object *object, const char *key, uint64_t value)
{
	json_set(object, key, new_uint(value));
}

void json_set_int(struct json_object *object, const char *key, int value)
{
	json_set(object, key, xcheck(json_object_new_int(value)));
}

void json_set_bool(struct json_object *object, const char *key, bool value)
{
	json_set(object, key, new_bool(value));
}

void json_set_null(struct json_object *object, const char *key)
{
	json_set(object, key, NULL);
}

/* Two decimals: more would pretend to a precision that nobody needs. */
void json_set_ratio(struct json_object *object, const char *key, double value)
{
	char text[64];

	snprintf(text, sizeof(text), "%.2f", value);
	json_set(object, key, xcheck(json_object_new_double_s(value, text)));
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
	json_append(array, new_string(value));
}

void json_append_uint(struct json_object *array, uint64_t value)
{
	json_append(array, new_uint(value));
}

static void write_value(FILE *out, struct json_object *value)
{
	const char *text = json_object_to_json_string_ext(value, FORMAT);

	if (!text)
		out_of_memory();
	fputs(text, out);
	json_object_put(value);
}

static void write_key(struct json_doc *doc, const char *key)
{
	fprintf(doc->out, "%s%s\"%s\": ", doc->has_members ? "," : "", doc->one_line ? " " : "\n  ", key);
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
	begin(doc, command);
}

void json_doc_begin_line(struct json_doc *doc, FILE *out, const char *command)
{
	*doc = (struct json_doc){ .out = out, .one_line = true };
	begin(doc, command);
}

void json_doc_member(struct json_doc *doc, const char *key, struct json_object *value)
{
	write_key(doc, key);
	write_value(doc->out, value);
}

void json_doc_string(struct json_doc *doc, const char *key, const char *value)
{
	json_doc_member(doc, key, new_string(value));
}

void json_doc_uint(struct json_doc *doc, const char *key, uint64_t value)
{
	json_doc_member(doc, key, new_uint(value));
}

void json_doc_deadline(struct json_doc *doc, const char *key, uint64_t ms)
{
	json_doc_member(doc, key, ms == MEMHP_NO_TIMEOUT ? NULL : new_uint(ms));
}

void json_doc_bool(struct json_doc *doc, const char *key, bool value)
{
	json_doc_member(doc, key, new_bool(value));
}

void json_doc_begin_array(struct json_doc *doc, const char *key)
{
	write_key(doc, key);
	fputc('[', doc->out);
	doc->has_items = false;
}

void json_doc_item(struct json_doc *doc, struct json_object *value)
{
	fprintf(doc->out, "%s%s", doc->has_items ? "," : "", doc->one_line ? " " : "\n    ");
	write_value(doc->out, value);
	doc->has_items = true;
}

void json_doc_end_array(struct json_doc *doc)
{
	fprintf(doc->out, "%s]", !doc->has_items ? "" : doc->one_line ? " " : "\n  ");
}

void json_doc_end(struct json_doc *doc)
{
	fputs(doc->one_line ? " }\n" : "\n}\n", doc->out);
}
