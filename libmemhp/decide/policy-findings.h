/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of the policy check share */
#ifndef MEMHP_POLICY_FINDINGS_H
#define MEMHP_POLICY_FINDINGS_H

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

struct policy_check {
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

#define add_finding(check, ...) memhp__policy_add_finding(check, (struct memhp_policy_finding){ __VA_ARGS__ })
void memhp__policy_add_finding(struct policy_check *check, struct memhp_policy_finding finding);

/* A rule of udev that acts under this policy */
bool memhp__policy_is_rule(const struct policy_check *check, const struct memhp_agent *agent);

/* Whether a rule acts only where udevd is faster, or slower, than the kernel that onlines new memory */
bool memhp__policy_is_timing(const struct policy_check *check, const struct memhp_agent *agent);

bool memhp__policy_is_driver(const struct memhp_agent *agent, const char *name);

/* Whether a key has this value */
bool memhp__policy_is(const struct policy_check *check, enum memhp_policy_key key, const char *word);

/* Whether somebody onlines new memory without naming a zone */
bool memhp__policy_is_zone_open(const struct policy_check *check);

/* Whether daxctl refuses a section's device: it looks before it begins, and takes no outcome but its own for good */
bool memhp__policy_is_refused(const struct policy_check *check, const struct memhp_agent *section);

static inline bool onlines_memory(enum memhp_transition effect)
{
	return effect >= MEMHP_TRANSITION_ONLINE;
}

/* policy-conflicts.c: adds where two of those who decide want different things. */
void memhp__policy_find_conflicts(struct policy_check *check);

#endif
