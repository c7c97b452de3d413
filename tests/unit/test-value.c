// SPDX-License-Identifier: GPL-2.0-or-later
/* What follows from a value's type: its text, what it is in JSON, and which others are the same */
#include <json-c/json.h>
#include <stdlib.h>

#include "../../cmd/ui/value.h"
#include "unit.h"

static struct value item(const void *of, size_t index)
{
	return value_number(VALUE_NUMBER, ((const uint64_t *)of)[index]);
}

static const uint64_t numbers[] = { 3, 5 }, others[] = { 3, 6 };

static const struct {
	struct value value;
	const char *text, *bytes, *json;
} values[] = {
	{ { .type = VALUE_NONE }, "-", "-", "null" },
	{ { .type = VALUE_NONE, .word = "none" }, "none", "none", "null" },
	{ { .type = VALUE_UNKNOWN }, "?", "?", "null" },
	{ { .type = VALUE_UNKNOWN, .number = 5 }, "?", "?", "null" },
	{ { .type = VALUE_WORD, .word = "none" }, "none", "none", "\"none\"" },
	{ { .type = VALUE_FLAG, .number = true }, "yes", "yes", "true" },
	{ { .type = VALUE_FLAG, .number = false }, "no", "no", "false" },
	{ { .type = VALUE_INT, .number = (uint64_t)-1 }, "-1", "-1", "-1" },
	{ { .type = VALUE_NUMBER, .number = UINT64_MAX }, "18446744073709551615", "18446744073709551615", "18446744073709551615" },
	{ { .type = VALUE_SIZE, .number = 131072 }, "128K", "131072", "131072" },
	{ { .type = VALUE_AMOUNT, .number = 131073 }, "128K", "131073", "131073" },
	{ { .type = VALUE_IDS, .number = 3, .last = 3 }, "3", "3", "\"3\"" },
	{ { .type = VALUE_IDS, .number = 3, .last = 5 }, "3-5", "3-5", "\"3-5\"" },
	{ { .type = VALUE_RANGE, .number = 0, .last = 4095 },
	  "0x0000000000000000-0x0000000000000fff",
	  "0x0000000000000000-0x0000000000000fff",
	  "\"0x0000000000000000-0x0000000000000fff\"" },
	{ { .type = VALUE_LIST, .word = "none", .separator = "/", .item = item, .of = numbers, .num_items = 0 },
	  "none",
	  "none",
	  "[]" },
	{ { .type = VALUE_LIST, .word = "-", .separator = "/", .item = item, .of = numbers, .num_items = 0 }, "-", "-", "[]" },
	{ { .type = VALUE_LIST, .word = "-", .separator = "/", .item = item, .of = numbers, .num_items = 1 }, "3", "3", "[3]" },
	{ { .type = VALUE_LIST, .word = "-", .separator = "/", .item = item, .of = numbers, .num_items = 2 },
	  "3/5",
	  "3/5",
	  "[3,5]" },
	{ { .type = VALUE_LIST, .word = "-", .separator = "/", .item = item, .of = others, .num_items = 2 },
	  "3/6",
	  "3/6",
	  "[3,6]" },
};

START_TEST(looks)
{
	char *text = value_text(values[_i].value, false), *bytes = value_text(values[_i].value, true);
	struct json_object *json = value_json(values[_i].value);

	ck_assert_str_eq(text, values[_i].text);
	ck_assert_str_eq(bytes, values[_i].bytes);
	ck_assert_str_eq(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN), values[_i].json);
	json_object_put(json);
	free(bytes);
	free(text);
}
END_TEST

/* No two of the table are the same to a reader who knows the type; each is the same as itself. */
START_TEST(equality)
{
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		ck_assert_int_eq(value_equals(values[_i].value, values[i].value), (size_t)_i == i);
}
END_TEST

/* Words are compared as such and not by where they are, and no colour tells values apart. */
START_TEST(words)
{
	char word[] = "Movable";
	struct value a = value_word("Movable"), b = value_word(word);

	b.color = "red";
	ck_assert(value_equals(a, b));
	word[0] = 'm';
	ck_assert(!value_equals(a, b));
	ck_assert(value_equals(value_word(NULL), value_none(NULL)));
	ck_assert(!value_equals(value_none(NULL), value_none("none")));
	ck_assert(!value_equals(value_unknown(-5), value_unknown(-13)));
}
END_TEST

/* What was made for a cell goes into it. */
START_TEST(made)
{
	char *text = strdup("text");

	ck_assert_ptr_eq(value_text((struct value){ .type = VALUE_TEXT, .text = text }, false), text);
	free(text);
}
END_TEST

UNIT("value", tests)
{
	add_table(tests, looks, values);
	add_table(tests, equality, values);
	tcase_add_test(tests, words);
	tcase_add_test(tests, made);
}
