/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/known.h"

#include "read/block.h"
#include "read/snapshot.h"
#include "util.h"

int memhp__known_fill(struct known *known, const struct memhp_snapshot *snapshot)
{
	struct known new = { .num = snapshot->num_blocks, .allocated = snapshot->num_blocks + 1 };

	new.items = reallocarray(NULL, new.allocated, sizeof(*new.items));
	if (!new.items)
		return -ENOMEM;
	for (size_t i = 0; i < new.num; i++)
		new.items[i] = (struct known_block){ snapshot->blocks[i].id, memhp__block_hold(&snapshot->blocks[i]) };
	memhp__known_release(known);
	*known = new;
	return 0;
}

void memhp__known_release(struct known *known)
{
	for (size_t i = 0; i < known->num; i++)
		memhp__block_drop(known->items[i].block);
	free(known->items);
	*known = (struct known){ 0 };
}

/* The place of a block, or where it would be */
static size_t find_place(const struct known *known, uint64_t id)
{
	size_t low = 0, high = known->num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (known->items[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct memhp_block *memhp__known_find(const struct known *known, uint64_t id)
{
	size_t place = find_place(known, id);

	return place < known->num && known->items[place].id == id ? known->items[place].block : NULL;
}

int memhp__known_reserve(struct known *known)
{
	return ARRAY_RESERVE(known->items, known->num, known->allocated) ? 0 : -ENOMEM;
}

void memhp__known_set(struct known *known, uint64_t id, const struct memhp_block *block)
{
	size_t place = find_place(known, id);
	struct known_block *item = &known->items[place];

	if (place == known->num || item->id != id) {
		memmove(item + 1, item, (known->num++ - place) * sizeof(*item));
		*item = (struct known_block){ .id = id };
	}
	memhp__block_hold(block);
	memhp__block_drop(item->block);
	item->block = block;
}

static bool is_same(const struct memhp_block *before, const struct memhp_block *after)
{
	return before && after && strcmp(memhp_block_get_state_name(before), memhp_block_get_state_name(after)) == 0 &&
	       memhp_block_get_zone(before) == memhp_block_get_zone(after);
}

/* The lowest id at the places; false where both are at their end. `in_known` and `in_seen` tell who has it. */
static bool get_next(const struct known *known, const struct memhp_snapshot *seen, const struct difference *at, bool *in_known,
		     bool *in_seen)
{
	bool has_known = at->known_place < known->num, has_seen = at->seen_place < seen->num_blocks;
	uint64_t known_id = has_known ? known->items[at->known_place].id : 0;
	uint64_t seen_id = has_seen ? seen->blocks[at->seen_place].id : 0;

	*in_known = has_known && (!has_seen || known_id <= seen_id);
	*in_seen = has_seen && (!has_known || seen_id <= known_id);
	return has_known || has_seen;
}

void memhp__known_pass_difference(const struct known *known, const struct memhp_snapshot *seen, struct difference *difference)
{
	bool in_known, in_seen;

	get_next(known, seen, difference, &in_known, &in_seen);
	difference->known_place += in_known;
	difference->seen_place += in_seen;
}

bool memhp__known_find_difference(const struct known *known, const struct memhp_snapshot *seen, struct difference *difference)
{
	bool in_known, in_seen;

	for (; get_next(known, seen, difference, &in_known, &in_seen); memhp__known_pass_difference(known, seen, difference)) {
		difference->before = in_known ? known->items[difference->known_place].block : NULL;
		difference->after = in_seen ? &seen->blocks[difference->seen_place] : NULL;
		if ((difference->before || difference->after) && !is_same(difference->before, difference->after))
			return true;
	}
	return false;
}
