/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of memctl explain. */
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "explain/explain.h"
#include "ui/table.h"
#include "ui/xalloc.h"

#define BAR_CELLS 10
/* Two reasons stand in the table where they are short and both are heavy. */
#define WHY_WIDTH 28
#define WHY_HEAVY 90

const char *explain_fill(enum explain_fill fill)
{
	static const char *const words[NUM_FILLS] = { "cannot be moved", "must be moved", "free" };

	return words[fill];
}

const char *explain_fill_mark(const struct explain *explain, enum explain_fill fill)
{
	static const char *const ascii[NUM_FILLS] = { "#", "=", "." }, *const blocks[NUM_FILLS] = { "\u2588", "\u2592", "\u00b7" };

	/* What programs read is the same in every locale. */
	bool is_drawn = opts_output_mode(explain->options) == OUTPUT_TABLE && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;

	return (is_drawn ? blocks : ascii)[fill];
}

/* Cells for an amount: what is there at all shows. */
static unsigned int cells_of(uint64_t bytes, uint64_t size, unsigned int max)
{
	unsigned int cells = (unsigned int)((double)bytes / (double)size * BAR_CELLS + 0.5);

	if (bytes && cells == 0)
		cells = 1;
	return cells < max ? cells : max;
}

struct value explain_bar(const void *data)
{
	const struct explain_row *row = data;
	const struct memhp_candidate *candidate = row->candidate;
	uint64_t size = row->explain->block_size;
	unsigned int cells[NUM_FILLS] = { 0 };
	char *bar, *end;

	if (!memhp_candidate_has_usage(candidate))
		return value_none(NULL);
	bar = end = xcalloc(BAR_CELLS * 4 + 1, 1);
	cells[FILL_FIXED] = cells_of(memhp_candidate_get_fixed_bytes(candidate), size, BAR_CELLS);
	cells[FILL_MOVE] = cells_of(memhp_candidate_get_move_bytes(candidate), size, BAR_CELLS - cells[FILL_FIXED]);
	cells[FILL_FREE] = BAR_CELLS - cells[FILL_FIXED] - cells[FILL_MOVE];
	for (enum explain_fill fill = 0; fill < NUM_FILLS; fill++)
		for (unsigned int i = 0; i < cells[fill]; i++)
			end = stpcpy(end, explain_fill_mark(row->explain, fill));
	return (struct value){ .type = VALUE_TEXT, .text = bar };
}

bool explain_get_row(const struct explain *explain, size_t index, struct explain_row *row)
{
	const struct memhp_candidate *candidate = memhp_assessment_get_candidate(explain->assessment, index);

	if (!candidate)
		return false;
	/* The block is there, for the assessment was made of it. */
	*row = (struct explain_row){
		.row = { memhp_snapshot_find_block(explain->snapshot, memhp_candidate_get_block_id(candidate)), 1,
			 explain->block_size },
		.explain = explain,
		.candidate = candidate,
		.index = index,
	};
	return true;
}

static const struct memhp_candidate *candidate_of(const void *row)
{
	return ((const struct explain_row *)row)->candidate;
}

/* An amount that is known only where the pages were looked at */
static struct value page_amount(const void *row, uint64_t amount)
{
	return memhp_candidate_has_usage(candidate_of(row)) ? value_number(VALUE_AMOUNT, amount) : value_none(NULL);
}

struct value explain_block(const void *row)
{
	return value_number(VALUE_NUMBER, memhp_candidate_get_block_id(candidate_of(row)));
}

struct value explain_score(const void *row)
{
	if (explain_is_offline(candidate_of(row)))
		return value_none(NULL);
	return value_number(VALUE_NUMBER, memhp_candidate_get_score(candidate_of(row)));
}

/* "none" is for an online block of several zones. */
static struct value explain_zone(const void *row)
{
	enum memhp_state state = memhp_candidate_get_state(candidate_of(row));

	if (state == MEMHP_STATE_OFFLINE || state == MEMHP_STATE_GOING_OFFLINE)
		return value_none(NULL);
	return zone_value(memhp_candidate_get_zone(candidate_of(row)));
}

static struct value verdict(const void *row)
{
	struct value value = value_word(explain_verdict(candidate_of(row)));

	value.color = explain_color(candidate_of(row));
	return value;
}

struct value explain_fixed(const void *row)
{
	return page_amount(row, memhp_candidate_get_fixed_bytes(candidate_of(row)));
}

struct value explain_move(const void *row)
{
	return page_amount(row, memhp_candidate_get_move_bytes(candidate_of(row)));
}

static struct value free_amount(const void *row)
{
	return page_amount(row, memhp_candidate_get_bytes(candidate_of(row), MEMHP_PAGE_KIND_FREE));
}

struct value explain_room(const void *row)
{
	uint64_t room = memhp_candidate_get_room_bytes(candidate_of(row));

	return room == UINT64_MAX ? value_none(NULL) : value_number(VALUE_AMOUNT, room);
}

/* The heaviest finding, and the next one where both matter */
static struct value why(const void *row)
{
	const struct memhp_candidate *candidate = candidate_of(row);
	bool bytes = ((const struct explain_row *)row)->explain->bytes;
	struct value value = { .type = VALUE_TEXT };

	if (explain_is_offline(candidate))
		return value_none(NULL);
	value.text = explain_short(candidate, 0, bytes);
	if (memhp_candidate_get_num_findings(candidate) > 1 && memhp_candidate_get_finding_weight(candidate, 1) >= WHY_HEAVY) {
		_cleanup_free_ char *first = value.text, *second = explain_short(candidate, 1, bytes);

		value.text = xasprintf("%s, %s", first, second);
		if (strlen(value.text) > WHY_WIDTH)
			value.text[strlen(first)] = '\0';
	}
	return value;
}

/* clang-format off */
const struct column explain_columns[] = {
	{ "BLOCK", "block number", 0, ALIGN_RIGHT, explain_block },
	{ "RANGE", "physical addresses, the last one included", 0, ALIGN_LEFT, block_range },
	{ "SIZE", "size of the block", 0, ALIGN_RIGHT, block_size },
	{ "STATE", "online, offline or going-offline", MEMHP_ATTR_STATE, ALIGN_LEFT, block_state },
	{ "NODE", "NUMA nodes", MEMHP_ATTR_NODES, ALIGN_RIGHT, block_nodes },
	{ "ZONE", "zone that manages the block; none: several", 0, ALIGN_LEFT, explain_zone },
	{ "SOURCE", "where it comes from: boot, a DIMM, virtio-mem, dax, ...", MEMHP_ATTR_SOURCE, ALIGN_LEFT, block_source },
	{ "VERDICT", "whether it can go offline", 0, ALIGN_LEFT, verdict },
	{ "SCORE", "how likely it is to go, from 0 to 100", 0, ALIGN_RIGHT, explain_score },
	{ "USE", "what fills it, as a bar", 0, ALIGN_LEFT, explain_bar },
	{ "FIXED", "how much cannot be moved", 0, ALIGN_RIGHT, explain_fixed },
	{ "MOVE", "how much is in use and must be moved", 0, ALIGN_RIGHT, explain_move },
	{ "FREE", "how much is free", 0, ALIGN_RIGHT, free_amount },
	{ "ROOM", "how much is available elsewhere", 0, ALIGN_RIGHT, explain_room },
	{ "WHY", "what weighs most", 0, ALIGN_LEFT, why },
};
/* clang-format on */

const size_t num_explain_columns = ARRAY_SIZE(explain_columns);
