/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/nearest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Longer ones are nobody's slip. */
#define LENGTH_MAX 32

/* So many wrong letters count as much as the end of a word that was not typed. */
#define BEGINNING 2

static size_t least(size_t a, size_t b, size_t c)
{
	size_t less = a < b ? a : b;

	return less < c ? less : c;
}

/* In capitals or not: who types "normal" means Normal. */
static bool is_same(char a, char b)
{
	bool is_letter = (a | 0x20) >= 'a' && (a | 0x20) <= 'z';

	return a == b || (is_letter && (a ^ b) == 0x20);
}

static bool begins_with(const char *word, const char *text)
{
	while (*text && is_same(*text, *word)) {
		text++;
		word++;
	}
	return !*text;
}

static size_t common_beginning(const char *a, const char *b)
{
	size_t length = 0;

	while (a[length] && is_same(a[length], b[length]))
		length++;
	return length;
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

			row[j + 1] = least(above + 1, row[j] + 1, diagonal + !is_same(text[i], word[j]));
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
		/* With more than half of it wrong it is another word, unless it was not typed to its end. */
		if (between > length / 2)
			between = text[0] && text[1] && begins_with(*words, text) ? BEGINNING : LENGTH_MAX;
		/* "ofline" is as near to online: the first letters are those that nobody gets wrong. */
		if (between < least_distance ||
		    (nearest && between == least_distance && common_beginning(text, *words) > common_beginning(text, nearest))) {
			least_distance = between;
			nearest = *words;
		}
	}
	return nearest;
}

const char *nearest_hint(const char *word, const char *const *words, char text[NEAREST_MAX])
{
	const char *nearest = nearest_word(word, words);

	*text = '\0';
	if (nearest)
		snprintf(text, NEAREST_MAX, "; did you mean \"%s\"?", nearest);
	return text;
}
