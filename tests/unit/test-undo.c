// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which blocks of an earlier request can be brought back */
#include <stdio.h>

#include "unit.h"

#define ANY MEMHP_ZONE_UNKNOWN

static const struct {
	const char *now;
	enum memhp_state before;
	enum memhp_zone before_zone;
	enum memhp_state left;
	enum memhp_zone left_zone;
	enum memhp_undo undo;
} blocks[] = {
	/* of an offline */
	{ "zones Movable", MEMHP_STATE_ONLINE, MEMHP_ZONE_MOVABLE, MEMHP_STATE_OFFLINE, ANY, MEMHP_UNDO_NOTHING },
	{ "state offline", MEMHP_STATE_ONLINE, MEMHP_ZONE_MOVABLE, MEMHP_STATE_OFFLINE, ANY, MEMHP_UNDO_PENDING },
	{ "state going-offline", MEMHP_STATE_ONLINE, MEMHP_ZONE_MOVABLE, MEMHP_STATE_OFFLINE, ANY, MEMHP_UNDO_PENDING },
	{ "state offline", MEMHP_STATE_ONLINE, MEMHP_ZONE_MOVABLE, MEMHP_STATE_GOING_OFFLINE, ANY, MEMHP_UNDO_PENDING },
	{ "zones Normal", MEMHP_STATE_ONLINE, MEMHP_ZONE_MOVABLE, MEMHP_STATE_OFFLINE, ANY, MEMHP_UNDO_OTHERS },
	{ "zones Normal", MEMHP_STATE_ONLINE, ANY, MEMHP_STATE_OFFLINE, ANY, MEMHP_UNDO_NOTHING },
	/* of an online */
	{ "state offline", MEMHP_STATE_OFFLINE, ANY, MEMHP_STATE_ONLINE, ANY, MEMHP_UNDO_NOTHING },
	{ "zones Movable", MEMHP_STATE_OFFLINE, ANY, MEMHP_STATE_ONLINE, MEMHP_ZONE_MOVABLE, MEMHP_UNDO_PENDING },
	{ "zones Normal", MEMHP_STATE_OFFLINE, ANY, MEMHP_STATE_ONLINE, MEMHP_ZONE_MOVABLE, MEMHP_UNDO_OTHERS },
	{ "zones Normal", MEMHP_STATE_OFFLINE, ANY, MEMHP_STATE_ONLINE, ANY, MEMHP_UNDO_PENDING },
	{ "state going-offline", MEMHP_STATE_OFFLINE, ANY, MEMHP_STATE_ONLINE, ANY, MEMHP_UNDO_OTHERS },
	/* that the request has not changed, and somebody else has */
	{ "state offline", MEMHP_STATE_ONLINE, MEMHP_ZONE_MOVABLE, MEMHP_STATE_ONLINE, MEMHP_ZONE_MOVABLE, MEMHP_UNDO_OTHERS },
	/* what is no state to go back to, and what is not known */
	{ "state offline", MEMHP_STATE_STANDBY, ANY, MEMHP_STATE_OFFLINE, ANY, MEMHP_UNDO_UNKNOWN },
	{ "state offline", MEMHP_STATE_UNKNOWN, ANY, MEMHP_STATE_OFFLINE, ANY, MEMHP_UNDO_UNKNOWN },
	{ "state odd", MEMHP_STATE_ONLINE, ANY, MEMHP_STATE_OFFLINE, ANY, MEMHP_UNDO_UNKNOWN },
	{ "state offline", MEMHP_STATE_ONLINE, NUM_ZONES, MEMHP_STATE_OFFLINE, ANY, MEMHP_UNDO_UNKNOWN },
	{ "state offline", MEMHP_STATE_ONLINE, ANY, NUM_STATES, ANY, MEMHP_UNDO_UNKNOWN },
};

START_TEST(judge)
{
	struct memhp_snapshot *snapshot;
	struct machine machine;
	char text[64];

	snprintf(text, sizeof(text), "blocks 8 %s\n", blocks[_i].now);
	machine_make(&machine, text);
	ck_assert_int_eq(memhp_snapshot_new(&snapshot, machine.ctx, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES), 0);
	ck_assert_int_eq(memhp_block_judge_undo(memhp_snapshot_get_block(snapshot, 0), blocks[_i].before, blocks[_i].before_zone,
						blocks[_i].left, blocks[_i].left_zone),
			 blocks[_i].undo);
	memhp_snapshot_unref(snapshot);
	machine_release(&machine);
}
END_TEST

UNIT("undo", tests)
{
	add_table(tests, judge, blocks);
}
