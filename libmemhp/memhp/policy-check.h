/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file
 * Policy check: what the kernel's policy and the agents come to together, as codes. */
#ifndef LIBMEMHP_POLICY_CHECK_H
#define LIBMEMHP_POLICY_CHECK_H

#include "agents.h"
#include "balance.h"
#include "policy.h"
MEMHP_BEGIN_DECLS

/** How much a finding weighs. */
enum memhp_policy_level {
	MEMHP_POLICY_LEVEL_STATEMENT = 1, /**< tells what becomes of new memory */
	MEMHP_POLICY_LEVEL_NOTE,          /**< something to know */
	MEMHP_POLICY_LEVEL_CONTRADICTION, /**< two of those who decide want different things, or something has no effect */
};

/** What was found. Unless said: the key is auto_online_blocks, the agent a udev rule, the effect what becomes of new memory. */
enum memhp_policy_code {
	MEMHP_POLICY_CODE_NONE = 0, /**< nothing */

	/* Statements, in the order of events */
	MEMHP_POLICY_CODE_KERNEL_UNKNOWN,     /**< what the kernel does is not known: no word, or a new one */
	MEMHP_POLICY_CODE_KERNEL_ONLINES,     /**< the kernel onlines new memory */
	MEMHP_POLICY_CODE_KERNEL_LEAVES,      /**< the kernel leaves it offline */
	MEMHP_POLICY_CODE_RULE_ONLINES,       /**< a rule onlines it */
	MEMHP_POLICY_CODE_RULE_LATE,          /**< a rule would online it, and finds it online */
	MEMHP_POLICY_CODE_RULE_OFFLINES,      /**< a rule takes it offline */
	MEMHP_POLICY_CODE_RULE_KEEPS_OFFLINE, /**< a rule takes it offline whenever it comes online */
	MEMHP_POLICY_CODE_DAXCTL_ONLINES,     /**< a section of daxctl onlines its memory where it finds it offline */
	MEMHP_POLICY_CODE_DAXCTL_LEAVES,      /**< a section of daxctl leaves its memory to others */
	MEMHP_POLICY_CODE_DLPAR_ONLINES,      /**< the driver DLPAR onlines what it adds, whatever the policy says */
	MEMHP_POLICY_CODE_STAYS_OFFLINE,      /**< nobody onlines it by itself */
	MEMHP_POLICY_CODE_STAYS_OTHERWISE,    /**< likewise, unless one of those does who may */
	MEMHP_POLICY_CODE_KEPT_OFFLINE,       /**< likewise, and who onlines it has a rule against him */
	MEMHP_POLICY_CODE_ZONE_BY_RATIO,      /**< the kernel goes by auto_movable_ratio, the key, where it chooses a zone */
	MEMHP_POLICY_CODE_ZONE_MOVABLE,       /**< it chooses ZONE_MOVABLE for the parameter `movable_node`, the agent */
	MEMHP_POLICY_CODE_ZONE_AROUND,        /**< it chooses the zone of the memory around; the key is online_policy */
	MEMHP_POLICY_CODE_MEMMAP_ON_MEMORY,   /**< new memory holds the memory map of itself; the key is memmap_on_memory */
	MEMHP_POLICY_CODE_MEMMAP_ELSEWHERE,   /**< the memory map of new memory takes memory that is there; likewise */
	MEMHP_POLICY_CODE_OFFLINE_GIVES_UP,   /**< an offline ends after so many turns; the key is offline_migrate_max_passes */
	MEMHP_POLICY_CODE_RULES_ONCE,         /**< rules act on new blocks only, unless they are run again for all; no key */
	MEMHP_POLICY_CODE_RULE_AGAIN,         /**< what a rule would do then to blocks that are there, offline or online; no key */

	/* Notes */
	MEMHP_POLICY_CODE_UNREADABLE,    /**< not all that decides could be read, more may be so; no key */
	MEMHP_POLICY_CODE_UDEV_UNKNOWN,  /**< a rule runs a program, or writes what is not known here */
	MEMHP_POLICY_CODE_RATIO,         /**< how much memory is movable; the key is auto_movable_ratio */
	MEMHP_POLICY_CODE_RATIO_REACHED, /**< likewise, and no more is to be */

	/* Contradictions */
	MEMHP_POLICY_CODE_UDEV_ONLINES,         /**< a rule onlines what the kernel leaves offline; it wins */
	MEMHP_POLICY_CODE_UDEV_OFFLINES,        /**< a rule takes offline what the kernel onlines; it wins */
	MEMHP_POLICY_CODE_TIMING,               /**< likewise, and who wins depends on timing */
	MEMHP_POLICY_CODE_UDEV_ZONE,            /**< a rule wants another zone than the kernel, which wins */
	MEMHP_POLICY_CODE_MOVABLE_NODE,         /**< `movable_node`, the other agent, has no effect: a rule wins, or the key */
	MEMHP_POLICY_CODE_DAXCTL_REFUSES,       /**< daxctl refuses the device of a section, the agent */
	MEMHP_POLICY_CODE_DLPAR,                /**< DLPAR, the agent, onlines what the kernel is to leave offline; it wins */
	MEMHP_POLICY_CODE_DRIVER_NEEDS_ONLINE,  /**< a driver, the agent, adds no more while memory stays offline */
	MEMHP_POLICY_CODE_ONLINE_POLICY_UNUSED, /**< online_policy, the key, has no effect: who onlines names a zone */
	MEMHP_POLICY_CODE_TMPFILES_DIFFERS,     /**< the next boot sets the key otherwise: a line of tmpfiles.d, the agent */
	MEMHP_POLICY_CODE_BOOT_DIFFERS,         /**< likewise: a parameter of the command line, the agent */
	MEMHP_POLICY_CODE_MEMMAP_NOT_EFFECTIVE, /**< memmap_on_memory, the key, was asked for in vain, by a parameter, the agent */
};

/** @struct memhp_policy_findings
 * All that was found: statements in the order of events, notes among them, and behind them the contradictions. Immutable. */
struct memhp_policy_findings;
struct memhp_policy_finding; /* one of them */

/** Judge what becomes of memory that is added now. Release @a findings before @a agents. @a balance may be NULL: it counts where
 * online_policy goes by it. */
MEMHP_MUST_CHECK int memhp_policy_findings_new(struct memhp_policy_findings **findings, const struct memhp_policy *policy,
					       const struct memhp_agents *agents, const struct memhp_balance *balance);

void memhp_policy_findings_free(struct memhp_policy_findings *findings); /**< Release the findings. */
/** One of the findings. */
const struct memhp_policy_finding *memhp_policy_findings_get(const struct memhp_policy_findings *findings, size_t index);
/** What surely becomes of new memory; MEMHP_TRANSITION_UNKNOWN where it depends on something, or is not known. */
enum memhp_transition memhp_policy_findings_get_effect(const struct memhp_policy_findings *findings);
enum memhp_policy_code memhp_policy_finding_get_code(const struct memhp_policy_finding *finding);   /**< What was found. */
enum memhp_policy_level memhp_policy_finding_get_level(const struct memhp_policy_finding *finding); /**< How much that weighs. */
/** The kernel's value that it is about, or MEMHP_POLICY_KEY_NONE. */
enum memhp_policy_key memhp_policy_finding_get_key(const struct memhp_policy_finding *finding);
/** The agent that it is about, one of those that were judged; NULL where the kernel's values tell it alone. */
const struct memhp_agent *memhp_policy_finding_get_agent(const struct memhp_policy_finding *finding);
/** The agent that loses, where an agent or a value of the kernel contradicts another agent; NULL for none. */
const struct memhp_agent *memhp_policy_finding_get_other_agent(const struct memhp_policy_finding *finding);
/** What new memory comes to by this; MEMHP_TRANSITION_UNKNOWN where it depends, MEMHP_TRANSITION_NONE for other matters. */
enum memhp_transition memhp_policy_finding_get_effect(const struct memhp_policy_finding *finding);
bool memhp_policy_finding_is_timing(const struct memhp_policy_finding *finding); /**< Whether that depends on who comes first. */
/** Movable memory in percent of kernel memory, of MEMHP_POLICY_CODE_RATIO and MEMHP_POLICY_CODE_RATIO_REACHED; 0 of others. */
uint64_t memhp_policy_finding_get_percent(const struct memhp_policy_finding *finding);
const char *memhp_policy_code_name(enum memhp_policy_code code);    /**< The word for a code. */
const char *memhp_policy_level_name(enum memhp_policy_level level); /**< The word for a level. */

MEMHP_END_DECLS
#endif
