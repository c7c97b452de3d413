/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/table.h"

#include <ctype.h>
#include <errno.h>
#include <libsmartcols.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/wrap.h"
#include "ui/xalloc.h"

/* What stands for the middle of a path; and the least that is left of it */
#define DOTS     "..."
#define SHORTEST 16

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
	static const int flags[] = { [ALIGN_LEFT] = 0, [ALIGN_RIGHT] = SCOLS_FL_RIGHT, [ALIGN_PATH] = SCOLS_FL_TRUNC };

	xcheck(scols_table_new_column(scols(table), name, 0, flags[align]));
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

/* The table as it is to be printed; from malloc() */
static char *make_text(struct table *table)
{
	char *text;
	size_t size;
	FILE *out = xopen_memstream(&text, &size);

	scols_table_set_stream(scols(table), out);
	/* Of its own it cuts the ends, and not the middles. */
	scols_table_set_termforce(scols(table), SCOLS_TERMFORCE_NEVER);
	if (scols_print_table(scols(table)) == -ENOMEM)
		out_of_memory();
	xclose_memstream(out);
	return text;
}

/* The columns of its widest line */
static size_t count_columns(char *text)
{
	size_t most = 0;

	for (char *line = text, *end; *line; line = end + 1) {
		end = strchr(line, '\n');
		*end = '\0';
		if (wrap_length(line) > most)
			most = wrap_length(line);
		*end = '\n';
	}
	return most;
}

static void free_rows(struct libscols_iter **rows)
{
	scols_free_iter(*rows);
}

#define _cleanup_rows_ __attribute__((cleanup(free_rows)))

/* The rows of a table, from the first one on: who asks for one by its number has all before it gone through. */
static struct libscols_iter *new_rows(void)
{
	return xcheck(scols_new_iter(SCOLS_ITER_FORWARD));
}

/* The next row's cell of a column; NULL behind the last one */
static struct libscols_cell *next_cell(struct libscols_table *table, size_t column, struct libscols_iter *rows)
{
	struct libscols_line *line;

	return scols_table_next_line(table, rows, &line) == 0 ? xcheck(scols_line_get_cell(line, column)) : NULL;
}

static const char *text_of(struct libscols_cell *cell)
{
	const char *text = scols_cell_get_data(cell);

	return text ? text : "";
}

static void set_text(struct libscols_cell *cell, const char *text)
{
	if (scols_cell_set_data(cell, text) != 0)
		out_of_memory();
}

/* "/sys/module/memor...rs/online_policy" */
static void cut_cell(struct libscols_cell *cell, size_t limit)
{
	const char *text = text_of(cell);
	size_t length = strlen(text), rest = limit - strlen(DOTS), end = rest / 2;
	_cleanup_free_ char *less = NULL;

	if (length <= limit)
		return;
	less = xasprintf("%.*s" DOTS "%s", (int)(rest - end), text, text + length - end);
	set_text(cell, less);
}

/* Cuts a column by so much, as far as that can be; returns how much narrower it is. */
static size_t cut_column(struct libscols_table *table, size_t column, size_t excess)
{
	_cleanup_rows_ struct libscols_iter *rows = new_rows();
	struct libscols_cell *cell;
	size_t longest = 0, limit;

	while ((cell = next_cell(table, column, rows)))
		if (strlen(text_of(cell)) > longest)
			longest = strlen(text_of(cell));
	if (longest <= SHORTEST)
		return 0;
	limit = longest > excess + SHORTEST ? longest - excess : SHORTEST;
	scols_reset_iter(rows, SCOLS_ITER_FORWARD);
	while ((cell = next_cell(table, column, rows)))
		cut_cell(cell, limit);
	return longest - limit;
}

/* Where the last address of a range begins; NULL for what is no range */
static const char *range_end(const char *text)
{
	const char *end = strncmp(text, "0x", 2) == 0 ? strstr(text, "-0x") : NULL;

	return end ? end + 1 : NULL;
}

/* So many zeros all ranges of a column begin with. All addresses have as many digits, and the last one is the largest. */
static size_t count_zeros(struct libscols_table *table, size_t column)
{
	_cleanup_rows_ struct libscols_iter *rows = new_rows();
	struct libscols_cell *cell;
	size_t least = SIZE_MAX;

	while ((cell = next_cell(table, column, rows))) {
		const char *end = range_end(text_of(cell));
		size_t zeros = end ? strspn(end + strlen("0x"), "0") : SIZE_MAX;

		least = zeros < least ? zeros : least;
	}
	return least == SIZE_MAX ? 0 : least;
}

/* "0x000100000000-0x000107ffffff" */
static void trim_column(struct libscols_table *table, size_t column, size_t zeros)
{
	const size_t skip = strlen("0x") + zeros;
	_cleanup_rows_ struct libscols_iter *rows = new_rows();
	struct libscols_cell *cell;

	while ((cell = next_cell(table, column, rows))) {
		const char *text = text_of(cell), *end = range_end(text);
		_cleanup_free_ char *less = NULL;

		if (!end)
			continue;
		less = xasprintf("0x%.*s0x%s", (int)(end - text - (ptrdiff_t)skip), text + skip, end + skip);
		set_text(cell, less);
	}
}

/* Whether a line of a cell may end with this character */
static bool is_break(const char *text, const char *p)
{
	if (*p == ',' || *p == '/')
		return p[1] && p[1] != ' ';
	return *p == ' ' || (*p == '-' && p > text && isalnum((unsigned char)p[-1]) && isalnum((unsigned char)p[1]));
}

/* Breaks a text into lines as far as it can be, to `out` unless that is NULL. Returns the columns of the longest. */
static size_t break_text(const char *text, size_t width, char *out)
{
	size_t longest = 0, column = 0;

	for (const char *p = text, *end; *p; p = end) {
		size_t columns;

		for (end = p; *end && !is_break(text, end); end++)
			;
		end += *end != '\0';
		columns = wrap_columns(p, (size_t)(end - p));
		if (column && column + columns > width) {
			column = 0;
			if (out)
				*out++ = '\n';
		}
		column += columns;
		longest = column > longest ? column : longest;
		if (out)
			out = mempcpy(out, p, (size_t)(end - p));
	}
	return longest;
}

/* How wide a column is when its cells are broken, and in how many rows they would be */
static size_t broken_width(struct libscols_table *table, size_t column, size_t width, size_t *num_broken)
{
	_cleanup_rows_ struct libscols_iter *rows = new_rows();
	size_t longest = strlen(scols_cell_get_data(scols_column_get_header(scols_table_get_column(table, column))));
	struct libscols_cell *cell;

	*num_broken = 0;
	while ((cell = next_cell(table, column, rows))) {
		size_t columns = break_text(text_of(cell), width, NULL);

		longest = columns > longest ? columns : longest;
		*num_broken += wrap_length(text_of(cell)) > width;
	}
	return longest;
}

/*
 * Makes the column narrower for which fewest rows have to be broken, of several the widest one: a command line before a time.
 * Returns by how much, 0 when none can be.
 */
static size_t narrow_one(struct libscols_table *table, size_t *widths)
{
	size_t best = 0, gain = 0, fewest = SIZE_MAX;

	for (size_t i = 0; i < scols_table_get_ncols(table); i++) {
		size_t rows, width = broken_width(table, i, widths[i] - 1, &rows);

		if (width >= widths[i] || rows > fewest || (rows == fewest && widths[i] <= widths[best]))
			continue;
		best = i;
		gain = widths[i] - width;
		fewest = rows;
	}
	widths[best] -= gain;
	return gain;
}

/* The lines of a cell; libsmartcols aligns the first one alone. From malloc() */
static char *align_lines(char *lines, int width)
{
	char *text;
	size_t size;
	FILE *out = xopen_memstream(&text, &size);

	for (char *line; (line = strsep(&lines, "\n"));)
		fprintf(out, "%*s%s", width, line, lines ? "\n" : "");
	xclose_memstream(out);
	return text;
}

static void break_column(struct libscols_table *table, size_t column, size_t width)
{
	struct libscols_column *one = scols_table_get_column(table, column);
	bool is_right = scols_column_is_right(one);
	_cleanup_rows_ struct libscols_iter *rows = new_rows();
	struct libscols_cell *cell;

	scols_column_set_flags(one, scols_column_get_flags(one) | SCOLS_FL_WRAP);
	scols_column_set_wrapfunc(one, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
	if (scols_column_set_safechars(one, "\n") != 0)
		out_of_memory();
	while ((cell = next_cell(table, column, rows))) {
		_cleanup_free_ char *lines = xcalloc(strlen(text_of(cell)) + 1, 2), *aligned = NULL;

		break_text(text_of(cell), width, lines);
		aligned = align_lines(lines, is_right ? (int)width : 0);
		set_text(cell, aligned);
	}
}

/* Breaks cells until the table is so much narrower. Where that cannot be they stay whole. */
static void break_cells(struct libscols_table *table, size_t excess)
{
	size_t num = scols_table_get_ncols(table), gained = 0, more = 1, rows;
	_cleanup_free_ size_t *usual = xcalloc(num, sizeof(*usual)), *widths = xcalloc(num, sizeof(*widths));

	for (size_t i = 0; i < num; i++) {
		usual[i] = broken_width(table, i, SIZE_MAX, &rows);
		/* What the terminal has no room for is broken in any case, at once: step by step that takes long. */
		widths[i] = broken_width(table, i, wrap_row_width(stdout), &rows);
		gained += usual[i] - widths[i];
	}
	for (; gained < excess && more; gained += more)
		more = narrow_one(table, widths);
	for (size_t i = 0; gained >= excess && i < num; i++)
		if (widths[i] < usual[i])
			break_column(table, i, widths[i]);
}

static void make_narrower(struct libscols_table *table, size_t excess)
{
	size_t num = scols_table_get_ncols(table), gained = 0;
	bool is_terminal = wrap_width(stdout);

	for (size_t i = 0; i < num && gained < excess; i++) {
		size_t zeros = count_zeros(table, i);

		/* In a pipe all or nothing. */
		if (!is_terminal && gained + 2 * zeros < excess)
			continue;
		trim_column(table, i, zeros);
		gained += 2 * zeros;
	}
	for (size_t i = 0; is_terminal && i < num && gained < excess; i++)
		if (scols_column_is_trunc(scols_table_get_column(table, i)))
			gained += cut_column(table, i, excess - gained);
	if (is_terminal && gained < excess)
		break_cells(table, excess - gained);
}

bool table_fits(struct table *table)
{
	_cleanup_free_ char *text = make_text(table);

	return count_columns(text) <= wrap_row_width(stdout);
}

void table_free(struct table *table)
{
	scols_unref_table(scols(table));
}

void table_print(struct table *table)
{
	bool is_for_people = !scols_table_is_raw(scols(table)) && !scols_table_is_export(scols(table));
	char *text = make_text(table);
	size_t width = wrap_row_width(stdout), columns = is_for_people ? count_columns(text) : 0;

	if (columns > width) {
		make_narrower(scols(table), columns - width);
		free(text);
		text = make_text(table);
	}
	if (*text && !scols_table_is_noheadings(scols(table)) && !has_headings(scols(table), text))
		out_of_memory();
	fputs(text, stdout);
	free(text);
	table_free(table);
}
