/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A step: one block of a plan, or a device as a whole, and what became of it */
#ifndef MEMHP_STEP_H
#define MEMHP_STEP_H

#include "libmemhp.h"

/* What the kernel's log has about a block (kmsg-items.h) */
struct kernel_note;

struct memhp_step {
	uint64_t block_id;
	uint64_t start_addr, last_addr;
	const char *device; /* that goes as a whole, of the request; NULL: a block. Its addresses are not known, its size is. */
	uint64_t elapsed_ms;
	int error;
	uint8_t action; /* enum memhp_transition: what is asked of it */
	uint8_t before, after, zone, outcome, reason;
	uint8_t rank;                                 /* score of an assessment and 1; 0: not assessed */
	bool written;                                 /* and the kernel said that it was done */
	bool is_reached;                              /* by what was read last, it is as the transition asks */
	uint8_t memmap_before, memmap, memmap_wanted; /* enum memhp_memmap, of standby memory and devices */
	bool has_set_memmap;                          /* it was written by this request, or the driver changed for it */
	bool is_moved;                                /* online in another zone than asked: it goes offline first */
	uint8_t zone_before;                          /* enum memhp_zone of what is moved */
	bool is_of_way_down;                          /* of what is moved: what is told is about going offline */
	bool leads_on;            /* the next step is of the same block, and has its turn only once this one is done */
	uint32_t causes;          /* bit N: enum memhp_reason N may be the cause */
	struct kernel_note *note; /* the result's; NULL: the kernel said nothing */
	uint64_t *left_bytes;     /* the result's: of what was in the block when the kernel was stopped, by kind; NULL: not known */
};

/* What is read of a step's memory, beside what a transition asks for */
struct look {
	int error;       /* why it is not known whether it is as asked */
	bool is_reached; /* it is */
	uint8_t state, zone, memmap;
};

/* The state that a transition brings a block to; MEMHP_STATE_UNKNOWN where any will do, as long as there is a block */
static inline enum memhp_state action_goal(enum memhp_transition action)
{
	switch (action) {
	case MEMHP_TRANSITION_OFFLINE:
		return MEMHP_STATE_OFFLINE;
	case MEMHP_TRANSITION_ONLINE:
	case MEMHP_TRANSITION_ONLINE_KERNEL:
	case MEMHP_TRANSITION_ONLINE_MOVABLE:
		return MEMHP_STATE_ONLINE;
	case MEMHP_TRANSITION_DECONFIGURE:
	case MEMHP_TRANSITION_UNPLUG:
		return MEMHP_STATE_STANDBY;
	default:
		return MEMHP_STATE_UNKNOWN;
	}
}

/* The zone that it brings it to, as far as that is certain */
static inline enum memhp_zone action_zone(enum memhp_transition action)
{
	return action == MEMHP_TRANSITION_ONLINE_MOVABLE ? MEMHP_ZONE_MOVABLE : MEMHP_ZONE_UNKNOWN;
}

/* The transition that brings a block back online to where it was */
static inline enum memhp_transition action_to_zone(enum memhp_zone zone)
{
	if (zone == MEMHP_ZONE_UNKNOWN)
		return MEMHP_TRANSITION_ONLINE;
	return zone == MEMHP_ZONE_MOVABLE ? MEMHP_TRANSITION_ONLINE_MOVABLE : MEMHP_TRANSITION_ONLINE_KERNEL;
}

/* Whether it is a block's state that the transition changes, and not whether there is a block */
static inline bool action_is_of_state(enum memhp_transition action)
{
	enum memhp_state goal = action_goal(action);

	return goal == MEMHP_STATE_OFFLINE || goal == MEMHP_STATE_ONLINE;
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
