/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/totals.h"

#include <stdio.h>

#include "ui/nums.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/table.h"
#include "ui/xalloc.h"

/* The states of what is there, in the order in which they are shown */
static const enum memhp_state states[] = {
	MEMHP_STATE_ONLINE,
	MEMHP_STATE_OFFLINE,
	MEMHP_STATE_GOING_OFFLINE,
	MEMHP_STATE_UNKNOWN,
};

/* How a state is called in a heading, in a line and as a key */
static const struct {
	const char *heading, *line, *key;
} words[NUM_STATES] = {
	[MEMHP_STATE_UNKNOWN] = { "UNKNOWN", "Unknown", "unknown" },
	[MEMHP_STATE_ONLINE] = { "ONLINE", "Online", "online" },
	[MEMHP_STATE_OFFLINE] = { "OFFLINE", "Offline", "offline" },
	[MEMHP_STATE_GOING_OFFLINE] = { "GOING-OFFLINE", "Going offline", "going_offline" },
	[MEMHP_STATE_STANDBY] = { "STANDBY", "Standby", "standby" },
};

void totals_add(struct totals *totals, const struct memhp_block *block)
{
	totals->blocks[memhp_block_get_state(block)]++;
}

size_t totals_blocks(const struct totals *totals)
{
	size_t sum = 0;

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		sum += totals->blocks[states[i]];
	return sum;
}

/* Online and offline always, the odd states where there are blocks in them */
static bool is_shown(const struct totals *all, enum memhp_state state)
{
	return state == MEMHP_STATE_ONLINE || state == MEMHP_STATE_OFFLINE || all->blocks[state] > 0;
}

void totals_add_columns(struct table *table, const struct totals *all)
{
	table_add_column(table, "BLOCKS", ALIGN_RIGHT);
	table_add_column(table, "SIZE", ALIGN_RIGHT);
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (is_shown(all, states[i]))
			table_add_column(table, words[states[i]].heading, ALIGN_RIGHT);
}

size_t totals_set(struct table_row *row, size_t column, const struct totals *totals, const struct totals *all, uint64_t block_size,
		  bool bytes)
{
	table_set(row, column++, xasprintf("%zu", totals_blocks(totals)));
	table_set(row, column++, format_bytes(size_of_blocks(totals_blocks(totals), block_size), bytes));
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (is_shown(all, states[i]))
			table_set(row, column++, format_bytes(size_of_blocks(totals->blocks[states[i]], block_size), bytes));
	return column;
}

void totals_json(struct json_object *object, const struct totals *totals, uint64_t block_size)
{
	size_t standby = totals->blocks[MEMHP_STATE_STANDBY];

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		json_set_uint(object, words[states[i]].key, size_of_blocks(totals->blocks[states[i]], block_size));
	if (standby)
		json_set_uint(object, words[MEMHP_STATE_STANDBY].key, size_of_blocks(standby, block_size));
}

static void print_line(const char *word, const char *color, uint64_t size, const size_t *blocks, bool bytes)
{
	_cleanup_free_ char *text = format_bytes(size, bytes);

	/* The longest word is "Going offline", the longest size 2^64. */
	print_colored(color, "%-13s", word);
	printf(" %*s", bytes ? 20 : 9, text);
	if (blocks)
		printf("  %zu block%s", *blocks, *blocks == 1 ? "" : "s");
	putchar('\n');
}

static void print_state(const struct totals *totals, enum memhp_state state, uint64_t block_size, bool bytes, bool colors)
{
	size_t blocks = totals->blocks[state];

	print_line(words[state].line, colors && blocks ? state_color(state) : NULL, size_of_blocks(blocks, block_size), &blocks,
		   bytes);
}

void totals_print(const struct totals *totals, uint64_t block_size, bool bytes, bool colors)
{
	print_line("Block size", NULL, block_size, NULL, bytes);
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (is_shown(totals, states[i]))
			print_state(totals, states[i], block_size, bytes, colors);
	if (totals->blocks[MEMHP_STATE_STANDBY])
		print_state(totals, MEMHP_STATE_STANDBY, block_size, bytes, false);
}
