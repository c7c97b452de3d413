/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file
 * Agents: who else, besides the kernel's files, decides about new memory. */
#ifndef LIBMEMHP_AGENTS_H
#define LIBMEMHP_AGENTS_H

#include "ctx.h"
#include "names.h"
MEMHP_BEGIN_DECLS

/** What an agent is. */
enum memhp_agent_kind {
	MEMHP_AGENT_KIND_CMDLINE = 0, /**< a parameter on the kernel's command line */
	MEMHP_AGENT_KIND_UDEV,        /**< a rule of udev(7) */
	MEMHP_AGENT_KIND_TMPFILES,    /**< a line of tmpfiles.d(5), which writes a policy key at boot */
	MEMHP_AGENT_KIND_DAXCTL,      /**< a section of daxctl's configuration, about the memory of dax devices */
	MEMHP_AGENT_KIND_DRIVER,      /**< a driver of the kernel's that adds memory in a way of its own */
};

/** @struct memhp_agents
 * All agents of a machine, by @ref memhp_agent_kind , udev rules in the order in which udevd takes them. Immutable. */
struct memhp_agents;
struct memhp_agent; /* one of them */

/** Find who else decides about new memory. Reads /proc/cmdline, the folders of udev(7)'s rules and of tmpfiles.d(5) as those do,
 * /etc/daxctl.conf.d, and which drivers are there (libmemhp(3)). Rules that surely do not match a new block at the events `add`
 * and `online`, or find it changed by a rule before, are left out, @ref memhp_moment . Nothing is run. What cannot be read is
 * logged and passed over. */
MEMHP_MUST_CHECK int memhp_agents_new(struct memhp_agents **agents, struct memhp_ctx *ctx);

void memhp_agents_free(struct memhp_agents *agents);                                         /**< Release the agents. */
const struct memhp_agent *memhp_agents_get(const struct memhp_agents *agents, size_t index); /**< One of the agents. */
/** A file or folder that could not be read, and may tell of further agents. @return its path; in @a error the negative errno. */
const char *memhp_agents_get_unread(const struct memhp_agents *agents, size_t index, int *error);
const char *memhp_agent_kind_name(enum memhp_agent_kind kind); /**< The word for a kind. */

/** The parameter on the kernel's command line that counts.
 * @param name its name, with `_` for `-`
 * @return the last one of that name, of `memhp_default_state` the last one with a word that the kernel knows; NULL for none. */
const struct memhp_agent *memhp_agents_find_param(const struct memhp_agents *agents, const char *name);

enum memhp_agent_kind memhp_agent_get_kind(const struct memhp_agent *agent); /**< What it is. */
/** Where it was found: absolute path of a file or, for a driver, of a folder, without the sysroot. */
const char *memhp_agent_get_file(const struct memhp_agent *agent);
unsigned int memhp_agent_get_line(const struct memhp_agent *agent); /**< Its first line there; 0 where lines mean nothing. */
/** What it sets. @return the name of a parameter, of a policy key, of a section, or of a driver; NULL for a rule. */
const char *memhp_agent_get_key(const struct memhp_agent *agent);
const char *memhp_agent_get_value(const struct memhp_agent *agent); /**< The value that it sets its key to; NULL for none. */
/** In its own words, printable ASCII: the parameter, rule, line, section or driver; a long one is cut. */
const char *memhp_agent_get_text(const struct memhp_agent *agent);
enum memhp_transition memhp_agent_get_effect(const struct memhp_agent *agent); /**< What it does to a new block. */
/** What that depends on, and could not be found out, such as `if CONST{virt}=="kvm"`; NULL for nothing. */
const char *memhp_agent_get_condition(const struct memhp_agent *agent);

/** When a rule of udev acts, for a bit mask. The event `add` of a new block is sent before the kernel onlines it by its policy,
 * and udevd runs beside that: rules find it offline, or as the policy leaves it, and their writes wait for the kernel. */
enum memhp_moment {
	MEMHP_MOMENT_ADD_OFFLINE = 1 << 0, /**< at the event `add`, where the block is found offline */
	MEMHP_MOMENT_ADD_ONLINE = 1 << 1,  /**< at the event `add`, where the block is found online */
	MEMHP_MOMENT_ONLINE = 1 << 2,      /**< at the event `online`, whoever onlined the block */
	MEMHP_MOMENT_OFFLINE = 1 << 3,     /**< at the event `offline`, whoever took it offline: new memory has no such event */
};

unsigned int memhp_agent_get_moments(const struct memhp_agent *agent); /**< Bits of @ref memhp_moment for a rule, 0 for others. */

MEMHP_END_DECLS
#endif
