/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A request for blocks of a machine that has a kernel, and what became of it. */
#ifndef TRIAL_H
#define TRIAL_H

#include "kernel.h"

struct trial {
	struct machine machine;
	struct kernel *kernel;
	struct memhp_request *request;
	struct memhp_plan *plan;
	struct memhp_result *result; /* of the last time that the plan was applied */
};

/* For variables: ends at the end of their block. */
#define _cleanup_trial_ _cleanup_(trial_end)

/* A machine, as kernel_start() has it, and a request for blocks first..last */
struct trial trial_start(const char *machine, const struct rule *rules, enum memhp_transition action, uint64_t first,
			 uint64_t last);

/* No process is left behind: not even one that the result told of. */
void trial_end(struct trial *trial);

void trial_plan(struct trial *trial);

/* Applies the plan. No process, descriptor or shared memory is left behind, apart from a writer that the result tells of. */
int trial_apply(struct trial *trial);

/* Both in one, which must succeed. */
const struct memhp_result *trial_run(struct trial *trial);

/* Of whatever kind; none is reaped. */
bool has_children(void);

/* Of the result */
void check_outcome(const struct trial *trial, size_t step, enum memhp_outcome outcome);

/* What a step has to be */
struct expected {
	uint64_t id;
	enum memhp_outcome outcome;
	enum memhp_reason reason;
	int error;
	enum memhp_state after;
	enum memhp_zone zone;
};

/* The result's steps are those of the table, which ends with one that has no outcome. */
void check_result(const struct memhp_result *result, enum memhp_completion completion, const struct expected *expected);

/* Short words for tables */
#define OFFLINE MEMHP_TRANSITION_OFFLINE
#define ONLINE  MEMHP_TRANSITION_ONLINE
#define KERNEL  MEMHP_TRANSITION_ONLINE_KERNEL
#define MOVABLE MEMHP_TRANSITION_ONLINE_MOVABLE

#define ON    MEMHP_STATE_ONLINE
#define OFF   MEMHP_STATE_OFFLINE
#define GOING MEMHP_STATE_GOING_OFFLINE
#define LOST  MEMHP_STATE_UNKNOWN

#define IN_NORMAL  MEMHP_ZONE_NORMAL
#define IN_MOVABLE MEMHP_ZONE_MOVABLE
#define IN_NONE    MEMHP_ZONE_NONE

#define DEADLINE  MEMHP_REASON_DEADLINE
#define CANCELLED MEMHP_REASON_CANCELLED

/* What becomes of a block; the zone is the one that it was in before */
/* clang-format off */
#define CHANGED(id, after, zone)  { id, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE, 0, after, zone }
#define ALREADY(id, after, zone)  { id, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE, 0, after, zone }

/* Likewise, of one that was online in ZONE_MOVABLE and was to go offline */
#define DOWN(id)                  CHANGED(id, OFF, IN_MOVABLE)
#define STAYS(id, outcome, why)   { id, outcome, why, 0, ON, IN_MOVABLE }
#define LATE(id)                  STAYS(id, MEMHP_OUTCOME_TIMEOUT, DEADLINE)
#define UNTRIED(id, why)          STAYS(id, MEMHP_OUTCOME_NOT_TRIED, why)
#define DIED(id)                  STAYS(id, MEMHP_OUTCOME_FAILED, MEMHP_REASON_WRITER_DIED)
#define BACK(id)                  STAYS(id, MEMHP_OUTCOME_ROLLED_BACK, MEMHP_REASON_NONE)
#define BUSY_DOWN(id)             { id, MEMHP_OUTCOME_BUSY, MEMHP_REASON_BUSY, -EBUSY, ON, IN_MOVABLE }
/* clang-format on */

#endif
