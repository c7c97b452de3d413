/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of memctl explain. */
#include <inttypes.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "explain/explain.h"
#include "ui/columns.h"
#include "ui/format.h"
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

char *explain_bar(const struct explain *explain, const struct memhp_candidate *candidate)
{
	unsigned int cells[NUM_FILLS] = { 0 };
	char *bar = xcalloc(BAR_CELLS * 4 + 1, 1), *end = bar;

	if (!memhp_candidate_has_usage(candidate))
		return strcpy(bar, "-");
	cells[FILL_FIXED] = cells_of(memhp_candidate_get_fixed_bytes(candidate), explain->block_size, BAR_CELLS);
	cells[FILL_MOVE] = cells_of(memhp_candidate_get_move_bytes(candidate), explain->block_size, BAR_CELLS - cells[FILL_FIXED]);
	cells[FILL_FREE] = BAR_CELLS - cells[FILL_FIXED] - cells[FILL_MOVE];
	for (enum explain_fill fill = 0; fill < NUM_FILLS; fill++)
		for (unsigned int i = 0; i < cells[fill]; i++)
			end = stpcpy(end, explain_fill_mark(explain, fill));
	return bar;
}

/* The block in the snapshot; it is there, for the assessment was made of it. */
static const struct memhp_block *block_of(const struct explain *explain, const struct memhp_candidate *candidate)
{
	return memhp_snapshot_find_block(explain->snapshot, memhp_candidate_get_block_id(candidate));
}

/* An amount that is known only where the pages were looked at */
static char *page_amount(const struct explain *explain, const struct memhp_candidate *candidate, uint64_t amount)
{
	char text[SIZE_TEXT_MAX];

	return xstrdup(memhp_candidate_has_usage(candidate) ? format_amount(amount, explain->bytes, text) : "-");
}

char *explain_block_text(const struct explain *explain _unused_, const struct memhp_candidate *candidate)
{
	return xasprintf("%" PRIu64, memhp_candidate_get_block_id(candidate));
}

char *explain_score_text(const struct explain *explain _unused_, const struct memhp_candidate *candidate)
{
	if (explain_is_offline(candidate))
		return xstrdup("-");
	return xasprintf("%u", memhp_candidate_get_score(candidate));
}

static char *range_text(const struct explain *explain, const struct memhp_candidate *candidate)
{
	uint64_t start = memhp_candidate_get_block_id(candidate) * explain->block_size;

	return format_range(start, start + explain->block_size - 1);
}

static char *size_text(const struct explain *explain, const struct memhp_candidate *candidate _unused_)
{
	return format_bytes(explain->block_size, explain->bytes);
}

static char *state_text(const struct explain *explain, const struct memhp_candidate *candidate)
{
	return xstrdup(memhp_block_get_state_name(block_of(explain, candidate)));
}

static char *node_text(const struct explain *explain, const struct memhp_candidate *candidate)
{
	const struct memhp_block *block = block_of(explain, candidate);
	struct row row = { block, 1, explain->block_size };

	return column_text(column_find("NODE"), &row, explain->bytes);
}

/* "none" is for an online block of several zones. */
static char *zone_text(const struct explain *explain _unused_, const struct memhp_candidate *candidate)
{
	enum memhp_state state = memhp_candidate_get_state(candidate);
	bool has_none = state == MEMHP_STATE_OFFLINE || state == MEMHP_STATE_GOING_OFFLINE;

	return xstrdup(has_none ? "-" : memhp_zone_name(memhp_candidate_get_zone(candidate)));
}

static char *source_text(const struct explain *explain, const struct memhp_candidate *candidate)
{
	const char *name = memhp_block_get_source_name(block_of(explain, candidate));

	return xstrdup(name ? name : "-");
}

static char *verdict_text(const struct explain *explain _unused_, const struct memhp_candidate *candidate)
{
	return xstrdup(explain_verdict(candidate));
}

static char *fixed_text(const struct explain *explain, const struct memhp_candidate *candidate)
{
	return page_amount(explain, candidate, memhp_candidate_get_fixed_bytes(candidate));
}

static char *move_text(const struct explain *explain, const struct memhp_candidate *candidate)
{
	return page_amount(explain, candidate, memhp_candidate_get_move_bytes(candidate));
}

static char *free_text(const struct explain *explain, const struct memhp_candidate *candidate)
{
	return page_amount(explain, candidate, memhp_candidate_get_bytes(candidate, MEMHP_PAGE_FREE));
}

static char *room_text(const struct explain *explain, const struct memhp_candidate *candidate)
{
	uint64_t room = memhp_candidate_get_room_bytes(candidate);
	char text[SIZE_TEXT_MAX];

	return xstrdup(room == UINT64_MAX ? "-" : format_amount(room, explain->bytes, text));
}

/* The heaviest finding, and the next one where both matter; from malloc() */
static char *why_text(const struct explain *explain, const struct memhp_candidate *candidate)
{
	char *first, *second, *both;

	if (explain_is_offline(candidate))
		return xstrdup("-");
	first = explain_short(candidate, 0, explain->bytes);
	if (memhp_candidate_get_num_findings(candidate) < 2 || memhp_candidate_get_finding_weight(candidate, 1) < WHY_HEAVY)
		return first;
	second = explain_short(candidate, 1, explain->bytes);
	both = xasprintf("%s, %s", first, second);
	free(second);
	if (strlen(both) > WHY_WIDTH) {
		free(both);
		return first;
	}
	free(first);
	return both;
}

/* clang-format off */
const struct explain_column explain_columns[] = {
	{ "BLOCK", "block number", 0, ALIGN_RIGHT, false, explain_block_text },
	{ "RANGE", "physical addresses, the last one included", 0, ALIGN_LEFT, false, range_text },
	{ "SIZE", "size of the block", 0, ALIGN_RIGHT, false, size_text },
	{ "STATE", "online, offline or going-offline", 0, ALIGN_LEFT, false, state_text },
	{ "NODE", "NUMA nodes", MEMHP_ATTR_NODES, ALIGN_RIGHT, false, node_text },
	{ "ZONE", "zone that manages the block; none: several", 0, ALIGN_LEFT, false, zone_text },
	{ "SOURCE", "where it comes from: boot, a DIMM, virtio-mem, dax, ...", MEMHP_ATTR_SOURCE, ALIGN_LEFT, false, source_text },
	{ "VERDICT", "whether it can go offline", 0, ALIGN_LEFT, true, verdict_text },
	{ "SCORE", "how likely it is to go, from 0 to 100", 0, ALIGN_RIGHT, false, explain_score_text },
	{ "USE", "what fills it, as a bar", 0, ALIGN_LEFT, false, explain_bar },
	{ "FIXED", "how much cannot be moved", 0, ALIGN_RIGHT, false, fixed_text },
	{ "MOVE", "how much is in use and must be moved", 0, ALIGN_RIGHT, false, move_text },
	{ "FREE", "how much is free", 0, ALIGN_RIGHT, false, free_text },
	{ "ROOM", "how much is available elsewhere", 0, ALIGN_RIGHT, false, room_text },
	{ "WHY", "what weighs most", 0, ALIGN_LEFT, false, why_text },
};
/* clang-format on */

const size_t num_explain_columns = ARRAY_SIZE(explain_columns);
