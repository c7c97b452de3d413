/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows to a table, to raw words or to NAME="value" pairs. */
#ifndef MEMCTL_TABLE_H
#define MEMCTL_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum output_mode { OUTPUT_TABLE, OUTPUT_RAW, OUTPUT_PAIRS };

/* ALIGN_PATH: left, and cut in the middle where a terminal is too narrow */
enum output_align { ALIGN_LEFT, ALIGN_RIGHT, ALIGN_PATH };

struct table;
struct table_row;

struct table *table_new(enum output_mode mode, bool headings, bool colors);
void table_add_column(struct table *table, const char *name, enum output_align align);
struct table_row *table_add_row(struct table *table);

/* Takes the text over; NULL leaves the cell empty. */
void table_set(struct table_row *row, size_t column, char *text);

/* Copies the text; NULL is shown as "-". */
void table_set_copy(struct table_row *row, size_t column, const char *text);

/* `color` is a name such as "green", NULL for none */
void table_color(struct table_row *row, size_t column, const char *color);

/*
 * Writes the table to standard output and releases it. For people it is made narrower where it is too wide: ranges lose the zeros
 * that all addresses begin with; on a terminal paths are cut, and where nothing else helps cells have several lines.
 */
void table_print(struct table *table);

/* Whether no row is too wide, here on a terminal or in a pipe, without any of that */
bool table_fits(struct table *table);
void table_free(struct table *table);

#endif
