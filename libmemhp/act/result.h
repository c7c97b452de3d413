/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What became of a plan */
#ifndef MEMHP_RESULT_H
#define MEMHP_RESULT_H

#include "decide/target.h"

struct memhp_result {
	struct memhp_request *request; /* the steps name its device */
	struct memhp_step *steps;
	size_t num_steps;
	enum memhp_completion completion;
	bool is_rolled_back, is_ejected;
	bool is_eject_unseen; /* eject_error is why it is not known whether blocks are left */
	int eject_error;
	struct tally tally; /* with a target: what is online in the end */
	int tally_error;    /* why that is not known */
	uint64_t elapsed_ms;
	pid_t writer_pid;
	bool has_blocker;
	uint64_t blocker; /* a block whose change by another agent had the kernel's lock */
	int kernel_log_error, kernel_debug_error;
};

/* The result of a plan before anything was done */
int memhp__result_new(struct memhp_result **result, const struct memhp_plan *plan);

/* Looks how much of what is selected is online by now, for a request with a target. */
void memhp__result_count_online(struct memhp_result *result, struct memhp_ctx *ctx);

/* By that look; what the request has brought to another zone than asked does not count for the target. */
bool memhp__result_misses_target(const struct memhp_result *result);

/* Where an errno is all that explains a step: what else is known of the machine leaves these causes open. */
void memhp__result_find_causes(struct memhp_result *result, struct memhp_ctx *ctx, const struct memhp_request *request);

#endif
