/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A step: one block of a plan, and what became of it */
#ifndef MEMHP_STEP_H
#define MEMHP_STEP_H

#include "libmemhp.h"

/* What the kernel's log has about a block (kmsg-items.h) */
struct kernel_note;

struct memhp_step {
	uint64_t block_id;
	uint64_t start_addr, last_addr;
	uint64_t elapsed_ms;
	int error;
	uint8_t before, after, zone, outcome, reason;
	uint8_t rank;             /* score of an assessment and 1; 0: not assessed */
	bool written;             /* and the kernel said that it was done */
	uint32_t causes;          /* bit N: enum memhp_reason N may be the cause */
	struct kernel_note *note; /* the result's; NULL: the kernel said nothing */
	uint64_t *left_bytes;     /* the result's: of what was in the block when the kernel was stopped, by kind; NULL: not known */
};

/* The state that an action brings a block to */
static inline enum memhp_state action_goal(enum memhp_transition action)
{
	return action == MEMHP_TRANSITION_OFFLINE ? MEMHP_STATE_OFFLINE : MEMHP_STATE_ONLINE;
}

static inline uint64_t step_size(const struct memhp_step *step)
{
	return step->last_addr - step->start_addr + 1;
}

/* How much the kernel may miss for itself when its block is offline: all of it also where the zone is not known */
static inline uint64_t step_kernel_bytes(const struct memhp_step *step)
{
	return step->zone == MEMHP_ZONE_MOVABLE || step->zone == MEMHP_ZONE_DEVICE ? 0 : step_size(step);
}

#endif
