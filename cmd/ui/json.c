/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/json.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/nums.h"
#include "libmemhp.h"
#include "ui/unicode.h"
#include "ui/xalloc.h"

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

/* Nothing of ours is deeper. */
#define MAX_DEPTH 16

struct json_object *json_parse(const char *text, size_t length, const char **why)
{
	struct json_tokener *tokener;
	struct json_object *value = NULL;
	enum json_tokener_error error = json_tokener_error_size;

	/* json-c takes it for the end. */
	if (memchr(text, '\0', length)) {
		*why = "it has a zero byte";
		return NULL;
	}
	tokener = xcheck(json_tokener_new_ex(MAX_DEPTH));
	/* A text that goes on behind the value is another one, as is one that ends in the middle. */
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	if (length < INT32_MAX) {
		value = json_tokener_parse_ex(tokener, text, (int)length);
		error = json_tokener_get_error(tokener);
	}
	json_tokener_free(tokener);
	if (error == json_tokener_success && value)
		return value;
	json_object_put(value);
	*why = error == json_tokener_success    ? "it is null"
	       : error == json_tokener_continue ? "it ends in the middle"
						: json_tokener_error_desc(error);
	return NULL;
}

void json_free(struct json_object *value)
{
	json_object_put(value);
}

struct json_object *json_find(struct json_object *object, const char *key)
{
	struct json_object *value;

	return json_object_is_type(object, json_type_object) && json_object_object_get_ex(object, key, &value) ? value : NULL;
}

bool json_is_array(struct json_object *value)
{
	return json_object_is_type(value, json_type_array);
}

bool json_get_uint(struct json_object *value, uint64_t *number)
{
	if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0)
		return false;
	*number = json_object_get_uint64(value);
	return true;
}

bool json_get_bool(struct json_object *value)
{
	return json_object_is_type(value, json_type_boolean) && json_object_get_boolean(value);
}

/* One with a zero in it is no string of ours. */
const char *json_get_string(struct json_object *value)
{
	const char *text = json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;

	return text && strlen(text) == (size_t)json_object_get_string_len(value) ? text : NULL;
}

size_t json_get_length(struct json_object *array)
{
	return json_is_array(array) ? json_object_array_length(array) : 0;
}

struct json_object *json_get_item(struct json_object *array, size_t index)
{
	return json_object_array_get_idx(array, index);
}

/* What a user typed, such as a file's name, may be no UTF-8, which JSON has to be. */
static const char *write_character(FILE *out, const char *text)
{
	size_t length = utf8_length(text);

	if (length)
		fwrite(text, 1, length, out);
	else
		fputc('?', out);
	return text + (length ? length : 1);
}

/* json-c's own writers go on where memory ends, with a text that is another one. These need none. */
void json_write_text(FILE *out, const char *text)
{
	static const char escaped[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";

	fputc('"', out);
	while (*text) {
		const char *found = strchr(escaped, *text);

		if (found)
			fprintf(out, "\\%c", letters[found - escaped]);
		else if ((unsigned char)*text < ' ')
			fprintf(out, "\\u%04x", (unsigned int)*text);
		text = found || (unsigned char)*text < ' ' ? text + 1 : write_character(out, text);
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

static void write_array(FILE *out, struct json_object *array)
{
	fputc('[', out);
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		fputs(i ? ", " : " ", out);
		json_write_value(out, json_object_array_get_idx(array, i));
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
		json_write_value(out, value);
		has_members = true;
	}
	fputs(" }", out);
}

void json_write_value(FILE *out, struct json_object *value)
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
		json_write_text(out, json_object_get_string(value));
		break;
	case json_type_array:
		write_array(out, value);
		break;
	case json_type_object:
		write_object(out, value);
		break;
	}
}
