/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What configuration files of tmpfiles and daxctl decide about new memory */
#ifndef MEMHP_POLICY_AGENTS_CONF_H
#define MEMHP_POLICY_AGENTS_CONF_H

#include "read/policy-agents.h"

/* Each adds what it finds. Returns 0 or -ENOMEM. */
int memhp__agents_find_tmpfiles(struct memhp_agents *agents, struct memhp_ctx *ctx);
int memhp__agents_find_daxctl(struct memhp_agents *agents, struct memhp_ctx *ctx);

#endif
