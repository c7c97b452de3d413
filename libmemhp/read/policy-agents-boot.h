/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What decides about new memory since boot */
#ifndef MEMHP_POLICY_AGENTS_BOOT_H
#define MEMHP_POLICY_AGENTS_BOOT_H

#include "read/policy-agents.h"

/* Each adds what it finds. Returns 0 or -ENOMEM. */
int memhp__agents_find_params(struct memhp_agents *agents, struct memhp_ctx *ctx);
int memhp__agents_find_drivers(struct memhp_agents *agents, struct memhp_ctx *ctx);

#endif
