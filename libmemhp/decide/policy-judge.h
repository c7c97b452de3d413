/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of the judgement about new memory share */
#ifndef MEMHP_POLICY_JUDGE_H
#define MEMHP_POLICY_JUDGE_H

#include "libmemhp.h"

struct memhp_policy_finding {
	enum memhp_policy_code code;
	enum memhp_policy_key key;
	enum memhp_transition effect;
	const struct memhp_agent *agent, *other_agent;
	bool is_timing;
	uint64_t percent;
};

struct memhp_policy_findings {
	struct memhp_policy_finding *items;
	size_t num, allocated;
	enum memhp_transition effect;
};

struct judge {
	const struct memhp_policy *policy;
	const struct memhp_agents *agents;
	const struct memhp_balance *balance;    /* NULL: not known */
	const char *word;                       /* of auto_online_blocks; NULL: not known */
	enum memhp_transition kernel;           /* what that word does */
	const struct memhp_agent *winner;       /* who onlines what the kernel leaves offline; NULL: nobody for sure */
	const struct memhp_agent *movable_node; /* that parameter; NULL: it is not given */
	bool may_online;                        /* somebody may */
	bool has_unread;                        /* whoever is in what could not be read may do anything */
	struct memhp_policy_findings *findings;
	int rc; /* -ENOMEM once a finding could not be added */
};

#define judge_add(judge, ...) memhp__judge_add(judge, (struct memhp_policy_finding){ __VA_ARGS__ })
void memhp__judge_add(struct judge *judge, struct memhp_policy_finding finding);

/* A rule of udev that acts under this policy */
bool memhp__judge_is_rule(const struct judge *judge, const struct memhp_agent *agent);

/* Whether a rule acts only where udevd is faster, or slower, than the kernel that onlines new memory */
bool memhp__judge_is_timing(const struct judge *judge, const struct memhp_agent *agent);

bool memhp__judge_is_driver(const struct memhp_agent *agent, const char *name);

/* Whether a key has this value */
bool memhp__judge_is(const struct judge *judge, enum memhp_policy_key key, const char *word);

/* Whether somebody onlines new memory without naming a zone */
bool memhp__judge_is_zone_open(const struct judge *judge);

/* Whether daxctl refuses a section's device: it looks before it begins, and takes no outcome but its own for good */
bool memhp__judge_is_refused(const struct judge *judge, const struct memhp_agent *section);

static inline bool judge_onlines(enum memhp_transition effect)
{
	return effect >= MEMHP_TRANSITION_ONLINE;
}

/* policy-conflicts.c: adds where two of those who decide want different things. */
void memhp__judge_conflicts(struct judge *judge);

#endif
