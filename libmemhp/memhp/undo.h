/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file
 * Undo: which blocks of an earlier request can be brought back. */
#ifndef LIBMEMHP_UNDO_H
#define LIBMEMHP_UNDO_H

#include "names.h"
#include "snapshot.h"
MEMHP_BEGIN_DECLS

/** What an undo of a request means for one of its blocks. */
enum memhp_undo {
	MEMHP_UNDO_UNKNOWN = 0, /**< it cannot be told: a state is not known, or it was neither online nor offline before */
	MEMHP_UNDO_NOTHING,     /**< the block is as it was before the request */
	MEMHP_UNDO_PENDING,     /**< it is as the request left it, and is to be brought back */
	MEMHP_UNDO_OTHERS,      /**< it is neither: another agent has changed it since, and it is to be left alone */
};

/** Judge one block of an earlier request, which may have been cut off, by what it was before, what the request left it as and what
 * it is now. What is MEMHP_UNDO_PENDING can be brought back by memhp_request_add_goal(). The library keeps nothing: who wants to
 * undo a request after it was killed has to write down before it what its blocks are, and are to become.
 * @param block as it is now; of a snapshot with MEMHP_ATTR_STATE and MEMHP_ATTR_ZONES
 * @param before state before the request
 * @param before_zone zone of a block that was online; MEMHP_ZONE_UNKNOWN: any
 * @param left state after the request, or of one that was cut off what it was to become. Where that is to be online in another
 * zone, it is offline on its way there: ask again with MEMHP_STATE_OFFLINE
 * @param left_zone likewise; MEMHP_ZONE_UNKNOWN: any
 * @return the verdict. A block that is going offline counts as one that is offline. */
enum memhp_undo memhp_block_judge_undo(const struct memhp_block *block, enum memhp_state before, enum memhp_zone before_zone,
				       enum memhp_state left, enum memhp_zone left_zone);

const char *memhp_undo_name(enum memhp_undo undo); /**< The word for a verdict. */

MEMHP_END_DECLS
#endif
