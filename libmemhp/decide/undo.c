/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which blocks of an earlier request can be brought back. Pure. */
#include "nums.h"
#include "object.h"

/* What a request that was cut off has begun is nearly done. */
static enum memhp_state settle(enum memhp_state state)
{
	return state == MEMHP_STATE_GOING_OFFLINE ? MEMHP_STATE_OFFLINE : state;
}

static bool is_as(const struct memhp_block *block, enum memhp_state state, enum memhp_zone zone)
{
	enum memhp_state now = memhp_block_get_state(block);
	enum memhp_zone now_zone = memhp_block_get_zone(block);

	if (settle(now) != settle(state))
		return false;
	return now != MEMHP_STATE_ONLINE || zone == MEMHP_ZONE_UNKNOWN || now_zone == MEMHP_ZONE_UNKNOWN || zone == now_zone;
}

MEMHP_EXPORT enum memhp_undo memhp_block_judge_undo(const struct memhp_block *block, enum memhp_state before,
						    enum memhp_zone before_zone, enum memhp_state left, enum memhp_zone left_zone)
{
	if ((size_t)before >= NUM_STATES || (size_t)left >= NUM_STATES || (size_t)before_zone >= NUM_ZONES ||
	    (size_t)left_zone >= NUM_ZONES)
		return MEMHP_UNDO_UNKNOWN;
	if (memhp_block_get_state(block) == MEMHP_STATE_UNKNOWN || before == MEMHP_STATE_UNKNOWN)
		return MEMHP_UNDO_UNKNOWN;
	/* One that is on its way is not yet as before. */
	if (is_as(block, before, before_zone) && memhp_block_get_state(block) != MEMHP_STATE_GOING_OFFLINE)
		return MEMHP_UNDO_NOTHING;
	if (before != MEMHP_STATE_ONLINE && before != MEMHP_STATE_OFFLINE)
		return MEMHP_UNDO_UNKNOWN;
	return is_as(block, left, left_zone) ? MEMHP_UNDO_PENDING : MEMHP_UNDO_OTHERS;
}
