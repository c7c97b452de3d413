/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file agents.h
 * @brief Who else decides about new memory.
 */
#ifndef LIBMEMHP_AGENTS_H
#define LIBMEMHP_AGENTS_H

#include "ctx.h"
#include "names.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup agents Agents
 * Who else, besides the kernel's files, decides about new memory.
 * @{
 */

/** Who else, besides the kernel's files, decides about new memory. */
enum memhp_agent_kind {
	MEMHP_AGENT_KIND_CMDLINE = 0, /**< a parameter on the kernel's command line */
	MEMHP_AGENT_KIND_UDEV,        /**< a rule of udev(7) */
	MEMHP_AGENT_KIND_TMPFILES,    /**< a line of tmpfiles.d(5), which writes a policy key at boot */
	MEMHP_AGENT_KIND_DAXCTL,      /**< a section of daxctl's configuration, about the memory of dax devices */
	MEMHP_AGENT_KIND_DRIVER,      /**< a driver of the kernel's that adds memory in a way of its own */
};

/**
 * @struct memhp_agents
 * All agents of a machine: first the command line, then udev rules in the order in which udevd takes them, and so on through
 * @ref memhp_agent_kind . Immutable.
 */
struct memhp_agents;

/**
 * @struct memhp_agent
 * An agent; it lives as long as the list.
 */
struct memhp_agent;

/**
 * Find who else decides about new memory.
 *
 * Reads /proc/cmdline; udev rules of /etc, /run, /usr/local/lib, /usr/lib and /lib, `udev/rules.d` in each, where a file hides
 * those of the same name in later folders and an empty file or a link to /dev/null hides them altogether; `tmpfiles.d` in /etc,
 * /run, /usr/local/lib and /usr/lib likewise; the files of /etc/daxctl.conf.d; and which drivers are there. Rules are evaluated for
 * the events `add` and `online` of a new block, see @ref memhp_moment : those that surely do not match it are left out, as are
 * those that find it changed by a rule before. Nothing is run. A file that cannot be read is logged as a warning and passed over.
 * Needs no privilege and does not block.
 *
 * @param[out] agents the agents, owned by the caller
 * @return 0 or -ENOMEM.
 */
MEMHP_MUST_CHECK int memhp_agents_new(struct memhp_agents **agents, struct memhp_ctx *ctx);

/**
 * Release the agents.
 * @param agents agents or NULL
 */
void memhp_agents_free(struct memhp_agents *agents);

/**
 * One of the agents.
 * @param agents agents
 * @param index from 0
 * @return the agent, NULL when there are not so many.
 */
const struct memhp_agent *memhp_agents_get(const struct memhp_agents *agents, size_t index);

/**
 * A file or folder that could not be read, and may tell of further agents.
 * @param agents agents
 * @param index from 0
 * @param[out] error the negative errno
 * @return its path, NULL when @a index is too large; the agents'.
 */
const char *memhp_agents_get_unread(const struct memhp_agents *agents, size_t index, int *error);

/**
 * Name of a kind of agent.
 * @return `cmdline`, `udev`, `tmpfiles`, `daxctl` or `driver`; NULL for a value that is no kind. Static.
 */
const char *memhp_agent_kind_name(enum memhp_agent_kind kind);

/**
 * The parameter on the kernel's command line that counts.
 * @param agents agents
 * @param name its name, with `_` for `-`
 * @return the last one of that name, of `memhp_default_state` the last one with a word that the kernel knows; NULL for none.
 */
const struct memhp_agent *memhp_agents_find_param(const struct memhp_agents *agents, const char *name);

/** What kind of agent this is. */
enum memhp_agent_kind memhp_agent_get_kind(const struct memhp_agent *agent);

/** Where an agent was found. @return absolute path of a file or, for a driver, of a folder, without the context's sysroot. */
const char *memhp_agent_get_file(const struct memhp_agent *agent);

/** The line in that file. @return a number from 1 on, of a rule's first line; 0 when lines have no meaning there. */
unsigned int memhp_agent_get_line(const struct memhp_agent *agent);

/** What an agent sets. @return the name of a parameter, of a policy key, of a section, or of a driver; NULL for a rule. */
const char *memhp_agent_get_key(const struct memhp_agent *agent);

/** The value that an agent sets its key to. @return the value; NULL where there is none. */
const char *memhp_agent_get_value(const struct memhp_agent *agent);

/** An agent in its own words, printable ASCII. @return the parameter, rule, line, section or driver; a long one is cut. */
const char *memhp_agent_get_text(const struct memhp_agent *agent);

/** What an agent does to a new block. */
enum memhp_transition memhp_agent_get_effect(const struct memhp_agent *agent);

/**
 * What that depends on, and could not be found out.
 * @return a text such as `if CONST{virt}=="kvm"`; NULL when it does not depend on anything.
 */
const char *memhp_agent_get_condition(const struct memhp_agent *agent);

/**
 * When a rule of udev acts, for a bit mask.
 *
 * The event `add` of a new block is sent before the kernel onlines the block by its policy (auto_online_blocks), and udevd runs
 * beside that: its rules find the block offline, or as the policy leaves it. What they write waits until the kernel is done.
 */
enum memhp_moment {
	MEMHP_MOMENT_ADD_OFFLINE = 1 << 0, /**< at the event `add`, where the block is found offline */
	MEMHP_MOMENT_ADD_ONLINE = 1 << 1,  /**< at the event `add`, where the block is found online */
	MEMHP_MOMENT_ONLINE = 1 << 2,      /**< at the event `online`, whoever onlined the block */
	MEMHP_MOMENT_OFFLINE = 1 << 3,     /**< at the event `offline`, whoever took it offline: new memory has no such event */
};

/** When an agent acts. @return bits of @ref memhp_moment for a rule; 0 for other agents. */
unsigned int memhp_agent_get_moments(const struct memhp_agent *agent);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
