/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file
 * Findings: what looks wrong with the memory of a machine, or is worth knowing. */
#ifndef LIBMEMHP_FINDINGS_H
#define LIBMEMHP_FINDINGS_H

#include "balance.h"
#include "ctx.h"
#include "policy.h"
#include "snapshot.h"
MEMHP_BEGIN_DECLS

/** What was found, the worst first. In brackets: the figures that it has, and what its name is. */
enum memhp_status_code {
	MEMHP_STATUS_CODE_NONE = 0,               /**< nothing */
	MEMHP_STATUS_CODE_NO_BLOCKS,              /**< there is no memory block at all */
	MEMHP_STATUS_CODE_REQUEST_CUT_OFF,        /**< a request was ended half way [blocks, bytes, changed, time; state] */
	MEMHP_STATUS_CODE_IMPOSSIBLE_NAMES,       /**< folders are named like blocks that cannot be any [entries] */
	MEMHP_STATUS_CODE_UNREADABLE,             /**< it cannot be read or understood [blocks, bytes, node; file or attribute] */
	MEMHP_STATUS_CODE_POLICY_CONTRADICTION,   /**< those who decide about new memory contradict each other [contradictions] */
	MEMHP_STATUS_CODE_IMBALANCE,              /**< much more movable than kernel memory [both in bytes, node] */
	MEMHP_STATUS_CODE_GOING_OFFLINE,          /**< a block is going offline [blocks, bytes, block id, pid, process] */
	MEMHP_STATUS_CODE_OFFLINE_DESPITE_POLICY, /**< memory is offline that is to be online [blocks, bytes; the policy's word] */
	MEMHP_STATUS_CODE_OFFLINE_UNUSED,         /**< memory is offline, and nobody was to online it [blocks, bytes] */
	MEMHP_STATUS_CODE_POISONED,               /**< pages with a hardware memory error [bytes] */
	MEMHP_STATUS_CODE_NO_NODE,                /**< blocks are on no node, on a machine with nodes [blocks, bytes] */
	MEMHP_STATUS_CODE_DEVICE_WITHOUT_BLOCKS,  /**< a DIMM or dax device without blocks [name of the source] */
	MEMHP_STATUS_CODE_NO_HOTREMOVE,           /**< this kernel takes no block offline: CONFIG_MEMORY_HOTREMOVE */
	MEMHP_STATUS_CODE_NEEDS_ROOT,             /**< something can only be read with privilege [as for unreadable] */
};

/** How much a finding weighs. */
enum memhp_status_level {
	MEMHP_STATUS_LEVEL_NOTE = 1, /**< something to know */
	MEMHP_STATUS_LEVEL_WARNING,  /**< something is wrong, or likely to be */
};

/** A number that belongs to a finding. */
enum memhp_status_figure {
	MEMHP_STATUS_FIGURE_NONE = 0,      /**< no figure */
	MEMHP_STATUS_FIGURE_BLOCKS,        /**< number of blocks */
	MEMHP_STATUS_FIGURE_BYTES,         /**< their size, or that of the pages */
	MEMHP_STATUS_FIGURE_ENTRIES,       /**< number of entries of a folder */
	MEMHP_STATUS_FIGURE_NODE,          /**< a node; without it the finding is about the machine */
	MEMHP_STATUS_FIGURE_BLOCK_ID,      /**< one of the blocks */
	MEMHP_STATUS_FIGURE_MOVABLE_BYTES, /**< movable memory */
	MEMHP_STATUS_FIGURE_KERNEL_BYTES,  /**< memory that the kernel can use for itself */
	MEMHP_STATUS_FIGURE_PID,           /**< the process that does so, where it is known */
	MEMHP_STATUS_FIGURE_PROCESS_MS, /**< how long that process has been there, in milliseconds: the longest that it can do so */
	MEMHP_STATUS_FIGURE_CONTRADICTIONS, /**< how many contradictions memhp_policy_findings_new() finds */
	MEMHP_STATUS_FIGURE_CHANGED,        /**< number of blocks that are as the request was to leave them */
	MEMHP_STATUS_FIGURE_TIME,           /**< when the request began, in seconds since 1970 */
};

/** @struct memhp_status_findings
 * What was found, warnings first, with the policy and the balance that were looked at. */
struct memhp_status_findings;
struct memhp_status_finding; /* one of them */

/** Look for what is wrong with the memory of a machine. Judges the snapshot, what memhp_agents_new(), memhp_policy_new() and
 * memhp_balance_new() read, /proc/meminfo, and which process takes a block offline: that alone needs privilege.
 *
 * More than 3 times as much movable as kernel memory is a note, more than 4 times a warning, for the machine by /proc/zoneinfo
 * and for each of several nodes that have kernel memory by their blocks. What cannot be read is a warning, for want of
 * privilege (-EACCES, -EPERM) a note. A block going offline is a note; a warning once the process has been there for two
 * minutes.
 * @param[out] findings to be released before the snapshot
 * @param snapshot needs MEMHP_ATTR_STATE, MEMHP_ATTR_ZONES, MEMHP_ATTR_NODES, MEMHP_ATTR_CONFIGURED and MEMHP_ATTR_SOURCE
 * @return 0, also when some or all could not be read; -ENODATA for a snapshot without these attributes. */
MEMHP_MUST_CHECK int memhp_status_findings_new(struct memhp_status_findings **findings, const struct memhp_snapshot *snapshot);

/** Add MEMHP_STATUS_CODE_REQUEST_CUT_OFF, a warning: that a request was ended half way, by a kill say, a program has to know from
 * what it wrote down before; memhp_block_judge_undo() says which blocks it has changed. Findings that were asked for before may
 * move.
 * @param goal what its blocks were to become; MEMHP_STATE_UNKNOWN when that is not the same for all
 * @param time_s when it began, in seconds since 1970
 * @param num_blocks how many blocks it was to change
 * @param num_changed how many of them it has changed
 * @return 0, or -EINVAL for another @a goal. */
MEMHP_MUST_CHECK int memhp_status_findings_add_cut_off(struct memhp_status_findings *findings, enum memhp_state goal,
						       uint64_t time_s, uint64_t num_blocks, uint64_t num_changed);

void memhp_status_findings_free(struct memhp_status_findings *findings); /**< Release the findings. */
/** One of the findings. */
const struct memhp_status_finding *memhp_status_findings_get(const struct memhp_status_findings *findings, size_t index);
const struct memhp_policy *memhp_status_findings_get_policy(const struct memhp_status_findings *findings); /**< The policy. */
/** The balance that was looked at; NULL where it is not known. */
const struct memhp_balance *memhp_status_findings_get_balance(const struct memhp_status_findings *findings);
enum memhp_status_code memhp_status_finding_get_code(const struct memhp_status_finding *finding);   /**< What was found. */
enum memhp_status_level memhp_status_finding_get_level(const struct memhp_status_finding *finding); /**< How much that weighs. */
/** A number that belongs to a finding. @return 0; -ENODATA when the finding has no such figure, or it is not known. */
int memhp_status_finding_get_figure(const struct memhp_status_finding *finding, enum memhp_status_figure figure, uint64_t *value);
/** A file, an attribute of blocks or a source, see @ref memhp_status_code ; NULL for none. */
const char *memhp_status_finding_get_name(const struct memhp_status_finding *finding);
/** Why something could not be read: a negative errno; 0 where that is not the finding. */
int memhp_status_finding_get_error(const struct memhp_status_finding *finding);
const char *memhp_status_code_name(enum memhp_status_code code);       /**< The word for a code; `poisoned-memory` of one. */
const char *memhp_status_figure_name(enum memhp_status_figure figure); /**< Its key in memctl's JSON: `block_id`, `size` ... */

MEMHP_END_DECLS
#endif
