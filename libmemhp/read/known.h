/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The blocks as a monitor has told of them */
#ifndef MEMHP_KNOWN_H
#define MEMHP_KNOWN_H

#include "libmemhp.h"

/* By their ids. One that went away leaves its place, without a block, to itself: what is unplugged is often plugged in again. */
struct known_block {
	uint64_t id;
	const struct memhp_block *block;
};

struct known {
	struct known_block *items;
	size_t num, allocated;
};

/* All blocks of a snapshot, and nothing else; -ENOMEM: as it was. */
int memhp__known_fill(struct known *known, const struct memhp_snapshot *snapshot);
void memhp__known_release(struct known *known);

/* What differs between what is known and a snapshot, and the places of that block in both. Zeroed: before the first */
struct difference {
	const struct memhp_block *before, *after; /* NULL: it is not there */
	size_t known_place, seen_place;
};

/* Looks for the next one, from these places on; false when there is none. Passing it leaves it behind. */
bool memhp__known_find_difference(const struct known *known, const struct memhp_snapshot *seen, struct difference *difference);
void memhp__known_pass_difference(const struct known *known, const struct memhp_snapshot *seen, struct difference *difference);

/* NULL when it is not there */
const struct memhp_block *memhp__known_find(const struct known *known, uint64_t id);

/* Makes sure of a place for a block that is new; -ENOMEM. */
int memhp__known_reserve(struct known *known);

/* Has a block as it is now, NULL: it is gone. Where it was not there, after memhp__known_reserve(). */
void memhp__known_set(struct known *known, uint64_t id, const struct memhp_block *block);

#endif
