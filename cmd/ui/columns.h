/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Columns: a const record each. A table, a document and the merging of rows ask it for values, and the rest follows from these. */
#ifndef MEMCTL_COLUMNS_H
#define MEMCTL_COLUMNS_H

#include "libmemhp.h"
#include "ui/table.h"
#include "ui/value.h"

struct command;
struct json_object;

/*
 * A run of adjacent blocks that are equal in all that is shown; values are those of its first block. A command's row that has
 * columns with an `attr` begins with it.
 */
struct row {
	const struct memhp_block *block;
	size_t blocks;
	uint64_t block_size;
};

struct column {
	const char *name;
	const char *help;
	unsigned int attr; /* what it reads of the block: of enum memhp_attr. What reads nothing is of the row as a whole. */
	enum output_align align;
	struct value (*value)(const void *row);
	/* What it is in JSON: its keys, and the value of each */
	struct {
		const char *key;
		struct value (*value)(const void *row);
	} members[2];
	unsigned int takers; /* bits of the commands that have it, 0 for all that have the table */
};

/* Columns of a command: those that it has, and those that were chosen. Zeroed, `items` is none. */
struct column_choice {
	const struct command *command;
	const struct column *known;
	size_t num_known;
	const struct column **items;
	size_t num;
	size_t num_usual; /* the first ones, which may be asked for once more */
};

/* The columns of blocks; their values for a struct row, for commands that have such columns among others */
extern const struct column block_columns[];
extern const size_t num_block_columns;

struct value block_range(const void *row);
struct value block_size(const void *row);
struct value block_state(const void *row);
struct value block_nodes(const void *row);
struct value block_source(const void *row);
struct value block_source_kind(const void *row);

/* Name of the source that a block comes from; NULL when it is not known */
const char *source_name(const struct memhp_block *block);

/* A zone by its name; what is none is a word for people only. */
struct value zone_value(enum memhp_zone zone);

/* Whether a command has the column, for tables that several share */
bool column_is_of(const struct column *column, const struct command *command);

/* Adds a command's columns to its help. */
void columns_help(const struct command *command, const struct column *columns, size_t num);

/* What the chosen columns read */
unsigned int columns_attrs(const struct column_choice *shown);

/* Headings for a table without columns yet, and the cells of a row */
void columns_head(const struct column_choice *shown, struct table *table);
void columns_fill(const struct column_choice *shown, struct table_row *cells, const void *row, bool bytes);

/* What a column tells of a row */
struct value column_value(const struct column *column, const void *row);

/* Whether something of a block is shown as "?" in these columns */
bool columns_unreadable(const struct column_choice *shown, const struct memhp_block *block);

/* Whether one of the attributes could not be read. What this kernel does not have is no fault; but each block has a state. */
bool block_is_unreadable(const struct memhp_block *block, unsigned int attrs);

/* Whether a and b are equal in all these columns, errors included */
bool columns_same(const struct column_choice *columns, const struct memhp_block *a, const struct memhp_block *b);

/* Adds the columns' members, null where the value could not be read, and to `errors` (made when needed) why */
void columns_json(const struct column_choice *shown, struct json_object *object, const void *row, struct json_object **errors);

#endif
