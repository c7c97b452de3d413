/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guards: a look at what a request does to the machine, before it is carried out */
#ifndef MEMCTL_OPERATION_GUARD_H
#define MEMCTL_OPERATION_GUARD_H

#include "ui/opts.h"

struct json_object;

/* What that look said */
struct guard {
	const char *code; /* "memory-left", "imbalance"; NULL: nothing to say */
	bool refused;     /* else a warning */
	bool both;        /* the other one has refused as well */
	char *text;
	uint64_t available, keep_free; /* bytes, for memory-left */
	double ratio;                  /* MOVABLE:KERNEL afterwards, for imbalance; may be infinite */
	uint64_t max_kernel_loss;      /* bytes of kernel zones that may go offline; UINT64_MAX: no limit */
};

/* Whether the machine keeps enough memory, and its kernel a share of it, when that is done: a plan, or so much of ZONE_MOVABLE */
struct guard guard_check_plan(struct memhp_ctx *ctx, const struct options *options, enum memhp_transition action,
			      const struct memhp_plan *plan);
struct guard guard_check_size(struct memhp_ctx *ctx, const struct options *options, enum memhp_transition action, uint64_t size);
void guard_release(struct guard *guard);

/* "--force=ratio", or "--force" for both: what would overrule it */
const char *guard_force_option(const struct guard *guard);

/* Says what is no reason to refuse. */
void guard_warn(const struct guard *guard);

/* NULL for nothing */
struct json_object *guard_json(const struct guard *guard);

#endif
