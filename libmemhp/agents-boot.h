/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What decides about new memory since boot */
#ifndef MEMHP_AGENTS_BOOT_H
#define MEMHP_AGENTS_BOOT_H

#include "agents.h"

/* Each adds what it finds. Returns 0 or -ENOMEM. */
int agents_find_params(struct memhp_agents *agents, struct memhp_ctx *ctx);
int agents_find_drivers(struct memhp_agents *agents, struct memhp_ctx *ctx);

#endif
