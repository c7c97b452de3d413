/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A request worked out for a snapshot */
#ifndef MEMHP_PLAN_H
#define MEMHP_PLAN_H

#include "decide/target.h"

struct memhp_plan {
	struct memhp_ctx *ctx; /* of the snapshot: what was looked at there is changed there */
	struct memhp_request *request;
	struct memhp_step *steps;
	size_t num_steps, allocated_steps;
	uint64_t num_short; /* so many candidates are missing from the goal */
	struct tally tally; /* with a target: what was online in the snapshot */
};

#endif
