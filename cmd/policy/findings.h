/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What memctl policy check finds, line by line, and what it asks for that */
#ifndef MEMCTL_POLICY_FINDINGS_H
#define MEMCTL_POLICY_FINDINGS_H

#include "policy/policy.h"
#include "ui/macro.h"

enum severity { SENTENCE, NOTE, CONTRADICTION };

struct line {
	enum severity severity;
	const char *code; /* NULL for a sentence */
	char *text;
};

struct check {
	const struct policy *policy;
	const char *word;                 /* of auto_online_blocks; NULL: not known */
	enum memhp_effect kernel;         /* what that word does */
	const struct memhp_agent *winner; /* who onlines what the kernel leaves offline; NULL: nobody for sure */
	bool may_online;                  /* somebody may */
	struct line *lines;
	size_t num_lines, allocated_lines;
};

/* Adds what is to be said; `code` is NULL for a sentence. */
_printf_(4, 5) void check_add(struct check *check, enum severity severity, const char *code, const char *format, ...);
void check_release(struct check *check);

/* Whoever is in what could not be read may do anything. */
bool check_has_unread_agents(const struct check *check);

const struct memhp_agent *check_agent(const struct check *check, size_t i);

/* A rule of udev that acts under this policy */
bool check_is_rule(const struct check *check, const struct memhp_agent *agent);

/* Whether a rule acts only where udevd is faster, or slower, than the kernel that onlines new memory */
bool check_depends_on_timing(const struct check *check, const struct memhp_agent *agent);

bool check_is_driver(const struct memhp_agent *agent, const char *name);

/* ", if CONST{virt}=="none""; from malloc() */
char *check_condition(const struct memhp_agent *agent);

const char *check_value(const struct check *check, enum memhp_policy_key key);
bool check_is(const struct check *check, enum memhp_policy_key key, const char *word);

bool check_onlines(enum memhp_effect effect);
enum memhp_effect check_effect(const char *word);

/* Whether somebody onlines new memory without naming a zone */
bool check_plain_used(const struct check *check);

/* policy/conflicts.c: adds where two of those who decide want different things. */
void check_contradictions(struct check *check);

#endif
