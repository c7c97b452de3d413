/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/table.h"

#include <errno.h>
#include <libsmartcols.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/xalloc.h"

static struct libscols_table *scols(struct table *table)
{
	return (struct libscols_table *)table;
}

static struct libscols_line *scols_line(struct table_row *row)
{
	return (struct libscols_line *)row;
}

struct table *table_new(enum output_mode mode, bool headings, bool colors)
{
	struct libscols_table *table = xcheck(scols_new_table());

	scols_table_enable_noheadings(table, !headings);
	scols_table_enable_raw(table, mode == OUTPUT_RAW);
	scols_table_enable_export(table, mode == OUTPUT_PAIRS);
	scols_table_enable_colors(table, colors && mode == OUTPUT_TABLE);
	return (struct table *)table;
}

void table_add_column(struct table *table, const char *name, enum output_align align)
{
	xcheck(scols_table_new_column(scols(table), name, 0, align == ALIGN_RIGHT ? SCOLS_FL_RIGHT : 0));
}

struct table_row *table_add_row(struct table *table)
{
	return xcheck(scols_table_new_line(scols(table), NULL));
}

void table_set(struct table_row *row, size_t column, char *text)
{
	if (scols_line_refer_data(scols_line(row), column, text) != 0)
		out_of_memory();
}

void table_set_copy(struct table_row *row, size_t column, const char *text)
{
	table_set(row, column, xstrdup(text ? text : "-"));
}

void table_color(struct table_row *row, size_t column, const char *color)
{
	if (color && scols_cell_set_color(xcheck(scols_line_get_cell(scols_line(row), column)), color) != 0)
		out_of_memory();
}

/* Where memory ends libsmartcols leaves out headings, and says nothing. */
static bool has_headings(struct libscols_table *table, const char *text)
{
	const char *end = strchrnul(text, '\n');

	for (size_t i = 0; i < scols_table_get_ncols(table); i++) {
		const char *name = scols_cell_get_data(scols_column_get_header(scols_table_get_column(table, i)));
		const char *found = strstr(text, name);

		if (!found || found > end)
			return false;
	}
	return true;
}

void table_print(struct table *table)
{
	char *text;
	size_t size;
	FILE *out = xopen_memstream(&text, &size);

	scols_table_set_stream(scols(table), out);
	scols_table_set_termforce(scols(table), isatty(STDOUT_FILENO) ? SCOLS_TERMFORCE_ALWAYS : SCOLS_TERMFORCE_NEVER);
	if (scols_print_table(scols(table)) == -ENOMEM)
		out_of_memory();
	xclose_memstream(out);
	if (size && !scols_table_is_noheadings(scols(table)) && !has_headings(scols(table), text))
		out_of_memory();
	fputs(text, stdout);
	free(text);
	scols_unref_table(scols(table));
}
