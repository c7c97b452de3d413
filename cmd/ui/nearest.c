/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/nearest.h"

#include <stddef.h>
#include <string.h>

/* Longer ones are nobody's slip. */
#define LENGTH_MAX 32

static size_t least(size_t a, size_t b, size_t c)
{
	size_t less = a < b ? a : b;

	return less < c ? less : c;
}

/* How many letters have to be changed, added or left out (Levenshtein's distance), row by row */
static size_t distance(const char *text, const char *word)
{
	size_t length = strlen(word), row[LENGTH_MAX + 1];

	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 0; text[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < length; j++) {
			size_t above = row[j + 1];

			row[j + 1] = least(above + 1, row[j] + 1, diagonal + (text[i] != word[j]));
			diagonal = above;
		}
	}
	return row[length];
}

const char *nearest_word(const char *text, const char *const *words)
{
	const char *nearest = NULL;
	size_t least_distance = LENGTH_MAX;

	for (; *words && strlen(text) <= LENGTH_MAX; words++) {
		size_t length = strlen(*words), between;

		if (length > LENGTH_MAX)
			continue;
		between = distance(text, *words);
		/* With more than half of it wrong it is another word. */
		if (between <= length / 2 && between < least_distance) {
			least_distance = between;
			nearest = *words;
		}
	}
	return nearest;
}
