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

static uint64_t fixed_bytes(const struct memhp_candidate *candidate)
{
	return memhp_candidate_get_figure(candidate, MEMHP_CANDIDATE_FIGURE_FIXED);
}

static uint64_t move_bytes(const struct memhp_candidate *candidate)
{
	return memhp_candidate_get_figure(candidate, MEMHP_CANDIDATE_FIGURE_MOVE);
}

static uint64_t free_bytes(const struct memhp_candidate *candidate)
{
	return memhp_candidate_get_bytes(candidate, MEMHP_PAGE_KIND_FREE);
}

/* Of all blocks of a row; UINT64_MAX where it is not known */
static uint64_t sum(const struct explain_row *row, uint64_t (*get)(const struct memhp_candidate *candidate))
{
	uint64_t amount = 0;

	for (size_t i = 0; i < row->row.blocks; i++) {
		uint64_t bytes = get(explain_member(row, i));

		if (bytes == UINT64_MAX)
			return bytes;
		amount += bytes;
	}
	return amount;
}

struct value explain_bar(const void *data)
{
	const struct explain_row *row = data;
	uint64_t size = row->row.blocks * row->explain->block_size;
	unsigned int cells[NUM_FILLS] = { 0 };
	char *bar, *end;

	if (!explain_has_pages(row->candidate))
		return value_none(NULL);
	bar = end = xcalloc(BAR_CELLS * 4 + 1, 1);
	cells[FILL_FIXED] = cells_of(sum(row, fixed_bytes), size, BAR_CELLS);
	cells[FILL_MOVE] = cells_of(sum(row, move_bytes), size, BAR_CELLS - cells[FILL_FIXED]);
	cells[FILL_FREE] = BAR_CELLS - cells[FILL_FIXED] - cells[FILL_MOVE];
	for (enum explain_fill fill = 0; fill < NUM_FILLS; fill++)
		for (unsigned int i = 0; i < cells[fill]; i++)
			end = stpcpy(end, explain_fill_mark(row->explain, fill));
	return (struct value){ .type = VALUE_TEXT, .text = bar };
}

static const struct memhp_candidate *candidate_of(const void *row)
{
	return ((const struct explain_row *)row)->candidate;
}

static const struct memhp_block *block_of(const void *row)
{
	return memhp_candidate_get_block(candidate_of(row));
}

static struct value amount(uint64_t bytes)
{
	return bytes == UINT64_MAX ? value_none(NULL) : value_number(VALUE_AMOUNT, bytes);
}

struct value explain_block(const void *row)
{
	return value_number(VALUE_NUMBER, memhp_block_get_id(block_of(row)));
}

struct value explain_blocks(const void *data)
{
	const struct row *row = data;
	uint64_t id = memhp_block_get_id(row->block);

	return value_span(VALUE_IDS, id, id + row->blocks - 1);
}

/* "94", or of several blocks "91-98" */
struct value explain_score(const void *data)
{
	const struct explain_row *row = data;
	unsigned int low = 100, high = 0;

	if (explain_is_offline(row->candidate))
		return value_none(NULL);
	for (size_t i = 0; i < row->row.blocks; i++) {
		unsigned int score = memhp_candidate_get_score(explain_member(row, i));

		low = score < low ? score : low;
		high = score > high ? score : high;
	}
	return value_span(VALUE_IDS, low, high);
}

/* "none" is for an online block of several zones. */
static struct value explain_zone(const void *row)
{
	enum memhp_state state = memhp_block_get_state(block_of(row));

	if (state == MEMHP_STATE_OFFLINE || state == MEMHP_STATE_GOING_OFFLINE)
		return value_none(NULL);
	return zone_value(memhp_block_get_zone(block_of(row)));
}

static struct value verdict(const void *row)
{
	struct value value = value_word(explain_verdict(candidate_of(row)));

	value.color = explain_color(candidate_of(row));
	return value;
}

struct value explain_fixed(const void *row)
{
	return amount(sum(row, fixed_bytes));
}

struct value explain_move(const void *row)
{
	return amount(sum(row, move_bytes));
}

static struct value free_amount(const void *row)
{
	return amount(sum(row, free_bytes));
}

struct value explain_room(const void *row)
{
	return amount(memhp_candidate_get_figure(candidate_of(row), MEMHP_CANDIDATE_FIGURE_ROOM));
}

/* The column that says as much as a finding does; NULL for none */
static struct value (*told_by(enum memhp_finding_code code))(const void *row)
{
	switch (code) {
	case MEMHP_FINDING_CODE_IN_USE:
	case MEMHP_FINDING_CODE_EMPTY:
		return explain_move;
	case MEMHP_FINDING_CODE_KERNEL_ZONE:
		return explain_zone;
	default:
		return NULL;
	}
}

static bool is_told(const struct explain *explain, enum memhp_finding_code code)
{
	for (size_t i = 0; i < explain->shown.num; i++)
		if (explain->shown.items[i]->value == told_by(code))
			return true;
	return false;
}

size_t explain_whys(const struct explain *explain, const struct memhp_candidate *candidate, enum memhp_finding_code whys[MAX_WHYS])
{
	const struct memhp_finding *finding;
	size_t num = 0;

	for (size_t i = 0; num < MAX_WHYS && (finding = memhp_candidate_get_finding(candidate, i)); i++)
		/* A second one matters where it is heavy, too. */
		if (!is_told(explain, memhp_finding_get_code(finding)) &&
		    (num == 0 || memhp_finding_get_weight(finding) >= WHY_HEAVY))
			whys[num++] = memhp_finding_get_code(finding);
	return num;
}

/* How much it is of all blocks of a row */
static uint64_t sum_finding(const struct explain_row *row, enum memhp_finding_code code)
{
	uint64_t amount = 0;

	for (size_t i = 0; i < row->row.blocks; i++) {
		const struct memhp_finding *finding;

		for (size_t j = 0; (finding = memhp_candidate_get_finding(explain_member(row, i), j)); j++)
			if (memhp_finding_get_code(finding) == code)
				amount += memhp_finding_get_bytes(finding);
	}
	return amount;
}

static char *say_why(const struct explain_row *row, enum memhp_finding_code code)
{
	return explain_short(code, sum_finding(row, code), row->explain->bytes);
}

static struct value why(const void *data)
{
	const struct explain_row *row = data;
	struct value value = { .type = VALUE_TEXT };
	enum memhp_finding_code whys[MAX_WHYS];
	size_t num = explain_whys(row->explain, row->candidate, whys);

	if (explain_is_offline(row->candidate) || num == 0)
		return value_none(NULL);
	value.text = say_why(row, whys[0]);
	if (num > 1) {
		_cleanup_free_ char *first = value.text, *second = say_why(row, whys[1]);

		value.text = xasprintf("%s, %s", first, second);
		if (strlen(value.text) > WHY_WIDTH)
			value.text[strlen(first)] = '\0';
	}
	return value;
}

/* clang-format off */
const struct column explain_columns[] = {
	{ "BLOCK", "block numbers", 0, ALIGN_RIGHT, explain_blocks },
	{ "RANGE", "physical addresses, the last one included", 0, ALIGN_LEFT, block_range },
	{ "SIZE", "size of the range", 0, ALIGN_RIGHT, block_size },
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
	{ "WHY", "what weighs most and no other column says", 0, ALIGN_LEFT, why },
};
/* clang-format on */

const size_t num_explain_columns = ARRAY_SIZE(explain_columns);
