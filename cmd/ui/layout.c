/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/layout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ui/columns.h"
#include "ui/format.h"
#include "ui/xalloc.h"

/* So many ranges of blocks are named in a sentence. */
#define MAX_NAMED 8

/* "0,1" of a block; from malloc(), NULL where its nodes are not known */
static char *name_nodes(const struct memhp_block *block)
{
	size_t num = memhp_block_get_num_nodes(block), length;
	char *text;
	FILE *out;

	if (memhp_block_get_error(block, MEMHP_ATTR_NODES) < 0)
		return NULL;
	out = xopen_memstream(&text, &length);
	for (size_t i = 0; i < num; i++)
		fprintf(out, "%s%u", i ? "," : "", memhp_node_get_id(memhp_block_get_node(block, i)));
	xclose_memstream(out);
	return text;
}

static char *copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

struct layout_place layout_place_of(const struct memhp_block *block)
{
	enum memhp_zone zone = memhp_block_get_zone(block);

	return (struct layout_place){
		.state = memhp_block_get_state(block),
		.zone = zone == MEMHP_ZONE_NONE ? MEMHP_ZONE_UNKNOWN : zone,
		.nodes = name_nodes(block),
		.source = copy(source_name(block)),
	};
}

static void release_place(struct layout_place *place)
{
	free(place->nodes);
	free(place->source);
}

static bool is_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_same_place(const struct layout_place *a, const struct layout_place *b)
{
	return a->state == b->state && a->zone == b->zone && is_same_text(a->nodes, b->nodes) && is_same_text(a->source, b->source);
}

/* Room is made for twice as many. */
void layout_add(struct layout *layout, uint64_t start, uint64_t last, struct layout_place place)
{
	struct layout_row *before = layout->num_rows ? &layout->rows[layout->num_rows - 1] : NULL;

	if (before && before->last + 1 == start && is_same_place(&before->place, &place)) {
		before->last = last;
		release_place(&place);
		return;
	}
	if ((layout->num_rows & (layout->num_rows - 1)) == 0)
		layout->rows = xreallocarray(layout->rows, layout->num_rows ? 2 * layout->num_rows : 1, sizeof(*layout->rows));
	layout->rows[layout->num_rows++] = (struct layout_row){ start, last, place };
}

struct layout layout_take(struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot)
{
	struct layout layout = { .block_size = memhp_snapshot_get_block_size_bytes(snapshot) };
	const struct memhp_block *block;
	struct memhp_policy *policy;

	for (size_t i = 0; (block = memhp_snapshot_get_block(snapshot, i)); i++) {
		uint64_t start = memhp_block_get_start_addr(block);

		layout_add(&layout, start, start + (layout.block_size - 1), layout_place_of(block));
	}
	if (memhp_policy_new(&policy, ctx) < 0)
		out_of_memory();
	for (enum memhp_policy_key key = 1; key < NUM_POLICY_KEYS; key++) {
		int error = memhp_policy_get_error(policy, key);

		layout.policy[key] = copy(memhp_policy_get_value(policy, key));
		layout.has_odd_policy[key] = error && error != -EOPNOTSUPP;
	}
	memhp_policy_free(policy);
	return layout;
}

void layout_release(struct layout *layout)
{
	for (size_t i = 0; i < layout->num_rows; i++)
		release_place(&layout->rows[i].place);
	free(layout->rows);
	for (size_t key = 0; key < NUM_POLICY_KEYS; key++)
		free(layout->policy[key]);
}

static bool differ(const char *a, const char *b)
{
	return a && b && strcmp(a, b) != 0;
}

/* Whether the one is the bare kind, which is all that is known, and the other of that kind: "dax" of "dax0.1" */
static bool is_kind_of(const char *kind, const char *source)
{
	static const enum memhp_source_kind kinds[] = { MEMHP_SOURCE_KIND_DIMM, MEMHP_SOURCE_KIND_VIRTIO_MEM,
							MEMHP_SOURCE_KIND_DAX };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kind, memhp_source_kind_name(kinds[i])) == 0)
			return strncmp(source, kind, strlen(kind)) == 0;
	return false;
}

static bool sources_differ(const char *a, const char *b)
{
	return differ(a, b) && !is_kind_of(a, b) && !is_kind_of(b, a);
}

/* Two that are online, with another zone */
static void compare_zones(struct layout_span *span)
{
	if (span->saved->zone == MEMHP_ZONE_UNKNOWN || span->now->zone == MEMHP_ZONE_UNKNOWN)
		span->in_doubt = true;
	else
		span->differs |= LAYOUT_ZONE;
}

static void compare(struct layout_span *span)
{
	const struct layout_place *saved = span->saved, *now = span->now;

	if (!saved || !now) {
		span->differs = saved ? LAYOUT_ABSENT : LAYOUT_NEW;
		return;
	}
	if (saved->state == MEMHP_STATE_UNKNOWN || now->state == MEMHP_STATE_UNKNOWN)
		span->in_doubt = true;
	else if (saved->state != now->state)
		span->differs |= LAYOUT_STATE;
	else if (saved->state == MEMHP_STATE_ONLINE && saved->zone != now->zone)
		compare_zones(span);
	if (differ(saved->nodes, now->nodes))
		span->differs |= LAYOUT_NODE;
	if (sources_differ(saved->source, now->source))
		span->differs |= LAYOUT_SOURCE;
}

/* The row that has the address or is the next behind it; NULL for none */
static const struct layout_row *row_at(const struct layout *layout, size_t *row, uint64_t addr)
{
	while (*row < layout->num_rows && layout->rows[*row].last < addr)
		++*row;
	return *row < layout->num_rows ? &layout->rows[*row] : NULL;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Takes a row into a span that begins at span->start: it is there, or shortens what is before it. */
static const struct layout_place *take_part(struct layout_span *span, const struct layout_row *row)
{
	if (!row)
		return NULL;
	span->last = least(span->last, row->start > span->start ? row->start - 1 : row->last);
	return row->start > span->start ? NULL : &row->place;
}

char *layout_name_blocks(const struct layout *layout)
{
	uint64_t size = layout->block_size;
	char *names = NULL;

	for (size_t i = 0; i < layout->num_rows && i <= MAX_NAMED; i++) {
		_cleanup_free_ char *ids = i == MAX_NAMED ? xstrdup("more")
							  : format_ids(layout->rows[i].start / size, layout->rows[i].last / size);
		char *longer = xasprintf("%s%s%s", names ? names : "", !names ? "" : i < MAX_NAMED ? ", " : " and ", ids);

		free(names);
		names = longer;
	}
	return names;
}

const struct layout_place *layout_find(const struct layout *layout, size_t *row, uint64_t addr)
{
	const struct layout_row *found = row_at(layout, row, addr);

	return found && found->start <= addr ? &found->place : NULL;
}

bool layout_walk(struct layout_walk *walk, struct layout_span *span)
{
	const struct layout_row *saved = row_at(walk->saved, &walk->saved_row, walk->next);
	const struct layout_row *now = row_at(walk->now, &walk->now_row, walk->next);
	uint64_t first = least(saved ? saved->start : UINT64_MAX, now ? now->start : UINT64_MAX);

	if (walk->is_over || (!saved && !now))
		return false;
	*span = (struct layout_span){ .start = first > walk->next ? first : walk->next, .last = UINT64_MAX };
	span->saved = take_part(span, saved);
	span->now = take_part(span, now);
	compare(span);
	walk->is_over = span->last == UINT64_MAX;
	walk->next = span->last + 1;
	return true;
}

bool layout_policy_in_doubt(const struct layout *saved, const struct layout *now, enum memhp_policy_key key)
{
	return saved->has_odd_policy[key] || now->has_odd_policy[key] || !saved->policy[key] != !now->policy[key];
}
