// SPDX-License-Identifier: GPL-2.0-or-later
/* Which word was meant */
#include <stddef.h>
#include <string.h>

#include "../../cmd/ui/nearest.h"
#include "unit.h"

static const char *const words[] = { "memory", "ratio", "rate", "online", "offline", NULL };

static const struct {
	const char *text, *nearest;
} cases[] = {
	{ "memory", "memory" },  { "memroy", "memory" },  { "emory", "memory" },   { "mem", "memory" },
	{ "ratioo", "ratio" },   { "rati", "ratio" },     { "rat", "rate" },       { "", NULL },
	{ "MEMORY", "memory" },  { "Ratoi", "ratio" },    { "m", NULL },           { "me", "memory" },
	{ "ofline", "offline" }, { "onlne", "online" },   { "offlin", "offline" }, { "onlin", "online" },
	{ "rz", NULL },          { "memory2", "memory" }, { "imbalance", NULL },   { "memorymemorymemorymemorymemorymemory", NULL },
};

START_TEST(nearest)
{
	const char *word = nearest_word(cases[_i].text, words);

	ck_assert_pstr_eq(word, cases[_i].nearest);
}
END_TEST

UNIT("nearest", tests)
{
	add_table(tests, nearest, cases);
}
