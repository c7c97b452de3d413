/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines for people, who see them on a terminal: there they break between words. In a pipe a sentence is one line, for grep. */
#ifndef MEMCTL_WRAP_H
#define MEMCTL_WRAP_H

#include <stddef.h>
#include <stdio.h>

/* How many columns there are; 0 where it is no terminal */
size_t wrap_width(FILE *out);

/* How wide a row of a table is to be, in a pipe, too */
size_t wrap_row_width(FILE *out);

/* The columns that a text takes, in UTF-8 */
size_t wrap_length(const char *text);
size_t wrap_columns(const char *text, size_t length);

/* Writes a text and the end of its line, of which `column` columns are taken already; further lines begin with `indent` blanks. */
void wrap_print(FILE *out, size_t column, size_t indent, const char *text);

/*
 * Writes a word of several side by side: two blanks behind what stands in the line or, where it does not fit, in the next one
 * behind `indent` blanks. In a pipe, too: such a row is no sentence.
 */
void wrap_word(FILE *out, size_t *column, size_t indent, const char *word);

#endif
