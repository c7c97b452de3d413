/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Those who decide about new memory */
#ifndef MEMHP_POLICY_AGENTS_H
#define MEMHP_POLICY_AGENTS_H

#include "libmemhp.h"

struct found_agent {
	enum memhp_agent_kind kind;
	enum memhp_transition effect;
	unsigned int line;
	unsigned int moments; /* bits of enum memhp_moment; 0 for others than rules */
	const char *file;     /* below the root, such as "proc/cmdline" */
	const char *key, *value, *text;
	const char *condition; /* NULL and "" are none */
};

/* An empty list; NULL without memory */
struct memhp_agents *memhp__agents_new(void);

/* Adds a copy; a rule that is there already, with all but its moments, gets these. Returns 0 or -ENOMEM. */
int memhp__agents_add(struct memhp_agents *agents, struct found_agent agent);

/* Logs and notes a file or folder, below the root, that could not be read, or not to its end. Returns 0 or -ENOMEM. */
int memhp__agents_add_unread(struct memhp_agents *agents, struct memhp_ctx *ctx, const char *path, int error);

#endif
