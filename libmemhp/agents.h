/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How agents are found: each kind by a function of its own. */
#ifndef MEMHP_AGENTS_H
#define MEMHP_AGENTS_H

#include "private.h"

struct found_agent {
	enum memhp_agent_kind kind;
	enum memhp_effect effect;
	unsigned int line;
	const char *file; /* below the root, such as "proc/cmdline" */
	const char *key, *value, *text;
	const char *condition; /* NULL and "" are none */
};

/* Adds a copy. Returns 0 or -ENOMEM, as the functions below. */
int agents_add(struct memhp_agents *agents, struct found_agent agent);

int agents_find_rules(struct memhp_agents *agents, struct memhp_ctx *ctx);
int agents_find_tmpfiles(struct memhp_agents *agents, struct memhp_ctx *ctx);
int agents_find_daxctl(struct memhp_agents *agents, struct memhp_ctx *ctx);

#endif
