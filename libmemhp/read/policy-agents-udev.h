/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What udev rules do to new memory */
#ifndef MEMHP_POLICY_AGENTS_UDEV_H
#define MEMHP_POLICY_AGENTS_UDEV_H

#include "read/policy-agents.h"

/* Each adds what it finds. Returns 0 or -ENOMEM. */
int memhp__agents_find_rules(struct memhp_agents *agents, struct memhp_ctx *ctx);

#endif
