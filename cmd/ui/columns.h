/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of a listing: name, what it needs, how it merges, how it looks, what it is in JSON. One table, in ui/columns.c. */
#ifndef MEMCTL_COLUMNS_H
#define MEMCTL_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmemhp.h"
#include "ui/table.h"

struct json_object;

/* A run of adjacent blocks that are equal in all that is shown; values are those of its first block. */
struct row {
	const struct memhp_block *block;
	size_t blocks;
	uint64_t block_size;
};

struct column {
	const char *name;
	const char *help;
	unsigned int attr; /* what it reads: an enum memhp_attr, or 0 */
	enum output_align align;
	/* Whether two blocks may stand in one row; NULL: always */
	bool (*same)(const struct memhp_block *a, const struct memhp_block *b);
	/* The cell's text, from malloc() */
	char *(*text)(const struct row *row, bool bytes);
	/* Its keys in JSON, and what adds them with their values */
	const char *keys[2];
	void (*json)(struct json_object *object, const struct row *row);
};

extern const struct column columns[];
extern const size_t num_columns;

/* The column of that name; NULL when there is none */
const struct column *column_find(const char *name);

/* Whether one of the attributes could not be read. What this kernel does not have is no fault; but each block has a state. */
bool block_is_unreadable(const struct memhp_block *block, unsigned int attrs);

/* Whether a and b are equal in a column, errors included */
bool column_same(const struct column *column, const struct memhp_block *a, const struct memhp_block *b);

/* The cell's text: "?" for what could not be read, "-" for what is not there */
char *column_text(const struct column *column, const struct row *row, bool bytes);

/* Adds the column's members, null where the value could not be read, and to `errors` (made when needed) why */
void column_json(const struct column *column, struct json_object *object, const struct row *row, struct json_object **errors);

/* The members "source" and "source_kind"; null for a NULL name */
void json_set_source(struct json_object *object, const char *name, enum memhp_source_kind kind);

#endif
