/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/value.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ui/format.h"
#include "ui/json.h"
#include "ui/table.h"
#include "ui/xalloc.h"

static char *list_text(struct value list, bool bytes)
{
	char *text = list.num_items ? value_text(list.item(list.of, 0), bytes) : xstrdup(list.word);

	for (size_t i = 1; i < list.num_items; i++) {
		_cleanup_free_ char *before = text, *item = value_text(list.item(list.of, i), bytes);

		text = xasprintf("%s%s%s", before, list.separator, item);
	}
	return text;
}

char *value_text(struct value value, bool bytes)
{
	char amount[SIZE_TEXT_MAX];

	switch (value.type) {
	case VALUE_NONE:
		return xstrdup(value.word ? value.word : "-");
	case VALUE_UNKNOWN:
		return xstrdup("?");
	case VALUE_WORD:
		return xstrdup(value.word);
	case VALUE_TEXT:
		return value.text;
	case VALUE_FLAG:
		return xstrdup(value.number ? "yes" : "no");
	case VALUE_INT:
		return xasprintf("%" PRId64, (int64_t)value.number);
	case VALUE_NUMBER:
		return xasprintf("%" PRIu64, value.number);
	case VALUE_SIZE:
		return format_bytes(value.number, bytes);
	case VALUE_AMOUNT:
		return xstrdup(format_amount(value.number, bytes, amount));
	case VALUE_RANGE:
		return format_range(value.number, value.last);
	case VALUE_IDS:
		return format_ids(value.number, value.last);
	case VALUE_LIST:
		break;
	}
	return list_text(value, bytes);
}

static struct json_object *list_json(struct value list)
{
	struct json_object *array = json_array_new();

	for (size_t i = 0; i < list.num_items; i++)
		json_append(array, value_json(list.item(list.of, i)));
	return array;
}

static struct json_object *span_json(struct value span)
{
	_cleanup_free_ char *text = value_text(span, true);

	return json_string_new(text);
}

struct json_object *value_json(struct value value)
{
	switch (value.type) {
	case VALUE_NONE:
	case VALUE_UNKNOWN:
		return NULL;
	case VALUE_WORD:
	case VALUE_TEXT:
		return json_string_new(value.word);
	case VALUE_FLAG:
		return json_bool_new(value.number);
	case VALUE_INT:
		return json_int_new((int64_t)value.number);
	case VALUE_NUMBER:
	case VALUE_SIZE:
	case VALUE_AMOUNT:
		return json_uint_new(value.number);
	case VALUE_RANGE:
	case VALUE_IDS:
		return span_json(value);
	case VALUE_LIST:
		break;
	}
	return list_json(value);
}

static bool same_words(const char *a, const char *b)
{
	/* Names are static: most that are the same have one pointer. */
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_lists(struct value a, struct value b)
{
	if (a.num_items != b.num_items || !same_words(a.word, b.word))
		return false;
	for (size_t i = 0; i < a.num_items; i++)
		if (!value_equals(a.item(a.of, i), b.item(b.of, i)))
			return false;
	return true;
}

bool value_equals(struct value a, struct value b)
{
	if (a.type != b.type)
		return false;
	switch (a.type) {
	case VALUE_NONE:
	case VALUE_WORD:
	case VALUE_TEXT:
		return same_words(a.word, b.word);
	case VALUE_LIST:
		return same_lists(a, b);
	default:
		return a.number == b.number && a.last == b.last;
	}
}

void value_show(struct value value, struct table_row *row, size_t column, bool bytes)
{
	table_set(row, column, value_text(value, bytes));
	table_color(row, column, value.color);
}
