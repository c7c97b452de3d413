/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a cell holds. How it looks, what it is in JSON and whether two are the same follow from its type. */
#ifndef MEMCTL_VALUE_H
#define MEMCTL_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;
struct table_row;

enum value_type {
	VALUE_NONE,    /* there is none: null in JSON; for people the word, or "-" for NULL */
	VALUE_UNKNOWN, /* it could not be read: null in JSON, "?" for people */
	VALUE_WORD,    /* a word that lives as long as what it is about */
	VALUE_TEXT,    /* made for this cell, from malloc(): who makes the value into text has it */
	VALUE_FLAG,    /* yes or no */
	VALUE_INT,     /* a number that may be negative, as two's complement */
	VALUE_NUMBER,
	VALUE_SIZE,   /* bytes, shown exactly */
	VALUE_AMOUNT, /* bytes, shown as about so much */
	VALUE_RANGE,  /* of addresses, from the first to the last byte */
	VALUE_IDS,    /* one number or several in a row */
	VALUE_LIST,   /* of values that are asked for one by one, so that none of them needs memory */
};

struct value {
	enum value_type type;
	const char *color; /* for people, NULL for none */
	union {
		const char *word; /* of a list: for people, where it is empty */
		char *text;
		uint64_t number; /* of what could not be read: the errno */
	};
	union {
		uint64_t last;         /* the first is the number */
		const char *separator; /* of a list, for people */
	};
	struct value (*item)(const void *of, size_t index);
	const void *of;
	size_t num_items;
};

/* NULL is none. */
static inline struct value value_word(const char *word)
{
	return (struct value){ .type = word ? VALUE_WORD : VALUE_NONE, .word = word };
}

static inline struct value value_none(const char *word)
{
	return (struct value){ .type = VALUE_NONE, .word = word };
}

/* Of what could not be read, and why */
static inline struct value value_unknown(int error)
{
	return (struct value){ .type = VALUE_UNKNOWN, .color = "red", .number = (uint64_t)-error };
}

static inline struct value value_flag(bool flag)
{
	return (struct value){ .type = VALUE_FLAG, .number = flag };
}

/* A VALUE_INT, VALUE_NUMBER, VALUE_SIZE or VALUE_AMOUNT */
static inline struct value value_number(enum value_type type, uint64_t number)
{
	return (struct value){ .type = type, .number = number };
}

/* A VALUE_RANGE or VALUE_IDS */
static inline struct value value_span(enum value_type type, uint64_t first, uint64_t last)
{
	return (struct value){ .type = type, .number = first, .last = last };
}

/* What is told of `of` by its indices; `separator` and what is said of no items are for people. */
static inline struct value value_list(size_t num, struct value (*item)(const void *of, size_t index), const void *of,
				      const char *separator, const char *none)
{
	return (struct value){ .type = VALUE_LIST, .word = none, .separator = separator, .item = item, .of = of, .num_items = num };
}

/* Its text, from malloc(); sizes with `bytes` as numbers of bytes */
char *value_text(struct value value, bool bytes);

/* What it is in JSON; NULL for null. Of a VALUE_TEXT nothing is taken. */
struct json_object *value_json(struct value value);

/* Whether two are the same to whoever reads them */
bool value_equals(struct value a, struct value b);

/* Fills a cell with it, in its colour. */
void value_show(struct value value, struct table_row *row, size_t column, bool bytes);

#endif
