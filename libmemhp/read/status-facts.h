/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What tells how the memory of a machine does, beside its blocks */
#ifndef MEMHP_STATUS_FACTS_H
#define MEMHP_STATUS_FACTS_H

#include "libmemhp.h"

/* Who takes a block offline: a process, and for how long it has been there. */
struct status_writer {
	uint64_t block_id;
	pid_t pid;            /* 0: not known */
	int64_t has_lived_ms; /* -1: not known */
};

/* An error is -errno; what this kernel does not have is 0, and none. */
struct status_facts {
	struct memhp_policy *policy;
	struct memhp_agents *agents;
	struct memhp_balance *balance; /* NULL: not known */
	int balance_error;
	uint64_t poisoned_bytes;
	int poisoned_error;
	int hotremove; /* as memhp_ctx_has() */
	struct status_writer writer;
};

/* Returns 0 or -ENOMEM. Release it in any case. */
int memhp__status_facts_read(struct status_facts *facts, struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot);
void memhp__status_facts_release(struct status_facts *facts);

#endif
