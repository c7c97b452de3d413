/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A walk over the blocks of a snapshot and the standby memory between and behind them, by ascending address. */
#ifndef MEMCTL_WALK_H
#define MEMCTL_WALK_H

#include "libmemhp.h"

/* Zeroed at the beginning */
struct walk {
	size_t block, standby;
};

static inline bool walk_is_standby(const struct memhp_snapshot *snapshot, const struct walk *walk)
{
	const struct memhp_block *block = memhp_snapshot_get_block(snapshot, walk->block);
	const struct memhp_block *standby = memhp_snapshot_get_standby(snapshot, walk->standby);

	return standby && (!block || memhp_block_get_id(standby) < memhp_block_get_id(block));
}

/* NULL at the end */
static inline const struct memhp_block *walk_get(const struct memhp_snapshot *snapshot, const struct walk *walk)
{
	return walk_is_standby(snapshot, walk) ? memhp_snapshot_get_standby(snapshot, walk->standby)
					       : memhp_snapshot_get_block(snapshot, walk->block);
}

static inline void walk_step(const struct memhp_snapshot *snapshot, struct walk *walk)
{
	if (walk_is_standby(snapshot, walk))
		walk->standby++;
	else
		walk->block++;
}

#endif
