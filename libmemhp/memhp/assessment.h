/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file assessment.h
 * @brief Which blocks can go offline, and what stands in the way.
 */
#ifndef LIBMEMHP_ASSESSMENT_H
#define LIBMEMHP_ASSESSMENT_H

#include "plan.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup assess Assessment
 * Which blocks can go offline, and what stands in the way of the others. An assessment is computed from a snapshot, from what the
 * kernel says of every page (/proc/kpageflags, root only) and from a few other files; it changes nothing. What could not be
 * looked at makes it less certain, never impossible: without privilege, zones and holes still say something.
 *
 * An assessment is a prediction. Memory changes hands all the time, pages can be pinned without a trace, and a driver may refuse.
 * Only MEMHP_VERDICT_WILL_NOT is a certainty.
 * @{
 */

/** Whether a block can go offline. */
enum memhp_verdict {
	MEMHP_VERDICT_CANNOT_TELL = 0, /**< too little is known, or the block is not online */
	MEMHP_VERDICT_WILL_NOT,        /**< the kernel will refuse: what stands in the way does not go away */
	MEMHP_VERDICT_MAY_GO,          /**< something stands in the way, or might; the score says how likely it is to go */
	MEMHP_VERDICT_CAN_GO,          /**< nothing was found that stands in the way */
};

/** How sure a verdict is. */
enum memhp_certainty {
	MEMHP_CERTAINTY_GUESS = 0, /**< the pages of the block could not be looked at */
	MEMHP_CERTAINTY_LIKELY,    /**< all was looked at that can be; memory may change meanwhile */
	MEMHP_CERTAINTY_SURE,      /**< it will stay so */
};

/** What an assessment rests on. */
enum memhp_evidence {
	MEMHP_EVIDENCE_BLOCK = 0,    /**< the block's `state` and `valid_zones` */
	MEMHP_EVIDENCE_IOMEM,        /**< /proc/iomem: where memory is; addresses for root only */
	MEMHP_EVIDENCE_MEMMAP,       /**< /sys/firmware/memmap: the firmware's, x86 only; for everyone. Not with mem= or memmap= */
	MEMHP_EVIDENCE_PAGE_FLAGS,   /**< /proc/kpageflags: what each page is used for; root only */
	MEMHP_EVIDENCE_MEMINFO,      /**< /proc/meminfo: how much memory is available elsewhere */
	MEMHP_EVIDENCE_CMA,          /**< /sys/kernel/debug/cma: where the contiguous memory areas are; root only */
	MEMHP_EVIDENCE_DEVICE_TREE,  /**< /sys/firmware/devicetree, arm64 only: the memory that the machine booted with */
	MEMHP_EVIDENCE_CRASH_KERNEL, /**< /sys/kernel/kexec_crash_size: memory kept for a crash kernel */
};

/** What was found in a block, or not known of it. */
enum memhp_finding {
	MEMHP_FINDING_SEVERAL_ZONES = 0, /**< several zones or nodes: the kernel refuses */
	MEMHP_FINDING_HOLE,              /**< there is not memory everywhere: the kernel refuses */
	MEMHP_FINDING_BOOT_MEMORY,       /**< arm64: the kernel never takes offline what it booted with */
	MEMHP_FINDING_RESERVED,          /**< reserved pages, which cannot be moved */
	MEMHP_FINDING_CMA,               /**< part of a contiguous memory area, which offlining leaves alone */
	MEMHP_FINDING_CRASH_KERNEL,      /**< s390: below the size of the crash kernel's memory: vetoed */
	MEMHP_FINDING_SLAB,              /**< the kernel's own objects, which cannot be moved */
	MEMHP_FINDING_PAGE_TABLES,       /**< page tables, which cannot be moved */
	MEMHP_FINDING_LIKELY_BOOT,       /**< arm64 without a device tree: most likely memory that the kernel booted with */
	MEMHP_FINDING_OTHER_PAGES,       /**< pages of the kernel, unless they lie in a per-CPU free list */
	MEMHP_FINDING_NO_ROOM,           /**< what must move does not fit elsewhere: offlining would not end */
	MEMHP_FINDING_GIGANTIC,          /**< gigantic huge pages, free or in use; those need free ones elsewhere */
	MEMHP_FINDING_OFFLINE_PAGES,     /**< logically offline (ballooned) pages: up to their driver */
	MEMHP_FINDING_LITTLE_ROOM,       /**< what must move fits elsewhere only just, or with the help of swap */
	MEMHP_FINDING_HUGE_PAGES,        /**< huge pages, free or in use; those need contiguous memory elsewhere */
	MEMHP_FINDING_CMA_SOMEWHERE,     /**< the machine has contiguous memory areas, and where is not known */
	MEMHP_FINDING_HWPOISON,          /**< pages with a hardware memory error: once offline it may never come online again */
	MEMHP_FINDING_KERNEL_ZONE,       /**< a kernel zone: the kernel may use it for itself at any time */
	MEMHP_FINDING_IN_USE,            /**< so much is in use and must be moved */
	MEMHP_FINDING_EMPTY,             /**< nothing is in use */
	MEMHP_FINDING_NOT_ONLINE,        /**< the block is not online */
	MEMHP_FINDING_STATE_UNKNOWN,     /**< the block's state cannot be read or understood */
	MEMHP_FINDING_ZONE_UNKNOWN,      /**< the block's zone cannot be read or understood */
	MEMHP_FINDING_PAGES_UNSEEN,      /**< what the pages are used for is not known */
	MEMHP_FINDING_HOLES_UNSEEN,      /**< whether there is memory everywhere is not known */
	MEMHP_FINDING_NO_HOTREMOVE,      /**< this kernel takes no block offline: CONFIG_MEMORY_HOTREMOVE */
	MEMHP_FINDING_FREE_HUGE_PAGES,   /**< huge pages of which the counters of the node prove that none is in use */
};

/** The word for a verdict. @return the enumerator's name in lower case with dashes, such as `can-go`; static. */
const char *memhp_verdict_name(enum memhp_verdict verdict);

/** The word for a certainty. @return `guess`, `likely` or `sure`; static. */
const char *memhp_certainty_name(enum memhp_certainty certainty);

/** The file behind a piece of evidence. @return a path such as `/proc/kpageflags`; static. */
const char *memhp_evidence_path(enum memhp_evidence evidence);

/** The word for a finding. @return the enumerator's name in lower case with dashes, such as `several-zones`; static. */
const char *memhp_finding_name(enum memhp_finding finding);

/**
 * @struct memhp_assessment
 * Blocks as candidates for going offline, the best first. Immutable.
 */
struct memhp_assessment;

/**
 * @struct memhp_candidate
 * A block in an assessment. Lives as long as its assessment.
 */
struct memhp_candidate;

/**
 * Assess blocks.
 *
 * Reads the files of @ref memhp_evidence as far as they matter and may be read; of /proc/kpageflags 8 bytes for every page of the
 * blocks, once: a few milliseconds for 128 MiB. Needs no privilege, but sees more as root. Does not block.
 *
 * With a sysroot only what is below it counts, and the page size is what follows from that: 4 KiB when nothing tells.
 *
 * @param[out] assessment the assessment, owned by the caller
 * @param snapshot a snapshot with MEMHP_ATTR_ZONES and with memhp_selection_get_attrs() of the selection, not NULL. With
 *        MEMHP_ATTR_SOURCE an arm64 machine without a device tree is judged better. It may be released before the assessment
 * @param selection which blocks; NULL for all that are online
 * @param num_slices into how many equal parts to divide a block for memhp_candidate_get_slice(), up to 4096; 0 for none
 * @param timeout_ms how long it may take, or MEMHP_NO_TIMEOUT
 * @param cancel_fd as for memhp_request_set_cancel_fd(), or -1: it ends within milliseconds
 * @return 0, whatever could be read; -EINVAL for too many slices, -ENODATA when the snapshot lacks an attribute; -ETIMEDOUT and
 *         -ECANCELED when it was ended before it was through.
 */
MEMHP_MUST_CHECK int memhp_assessment_new(struct memhp_assessment **assessment, struct memhp_ctx *ctx,
					  const struct memhp_snapshot *snapshot, const struct memhp_selection *selection,
					  unsigned int num_slices, uint64_t timeout_ms, int cancel_fd);

/** Release the assessment and its candidates. */
void memhp_assessment_free(struct memhp_assessment *assessment);

/**
 * Whether a piece of evidence could be looked at, and if not, why.
 * @return 0 when it was; -ENODATA when it does not matter here; -EACCES without the privilege (also where the kernel shows zeros
 *         instead of addresses); -ENOENT when there is no such file; -EOPNOTSUPP when the kernel was told something else than the
 *         file says, or may have been (mem= and the like); otherwise another errno of open(2) or read(2). The pages of a single
 *         block may be missing, too: memhp_candidate_has_usage(); -ENXIO when a block went offline meanwhile.
 */
int memhp_assessment_get_evidence_error(const struct memhp_assessment *assessment, enum memhp_evidence evidence);

/** Size of a page. @return bytes. */
uint64_t memhp_assessment_get_page_size_bytes(const struct memhp_assessment *assessment);

/** Number of blocks assessed. @return number of candidates, possibly 0. */
size_t memhp_assessment_get_num_candidates(const struct memhp_assessment *assessment);

/**
 * A candidate by its rank.
 * @param index rank, from 0: by descending score, of equals the highest block first
 * @return the candidate, or NULL when @a index is too large.
 */
const struct memhp_candidate *memhp_assessment_get_candidate(const struct memhp_assessment *assessment, size_t index);

/** Number of candidates with a verdict. @return number of blocks. */
size_t memhp_assessment_count_verdict(const struct memhp_assessment *assessment, enum memhp_verdict verdict);

/** Id of a candidate's block. @return the N of memoryN. */
uint64_t memhp_candidate_get_block_id(const struct memhp_candidate *candidate);

/** State of a candidate's block in the snapshot. */
enum memhp_state memhp_candidate_get_state(const struct memhp_candidate *candidate);

/** Zone of a candidate's block in the snapshot. @return the zone, as memhp_block_get_zone() has it. */
enum memhp_zone memhp_candidate_get_zone(const struct memhp_candidate *candidate);

/** Whether the block can go offline. */
enum memhp_verdict memhp_candidate_get_verdict(const struct memhp_candidate *candidate);

/**
 * How likely the block is to go offline, to compare it with others.
 * @return 0 to 100; 0 for MEMHP_VERDICT_WILL_NOT. Below 20 it is unlikely.
 */
unsigned int memhp_candidate_get_score(const struct memhp_candidate *candidate);

/** How sure the verdict is. */
enum memhp_certainty memhp_candidate_get_certainty(const struct memhp_candidate *candidate);

/** Number of findings. @return number of findings, at least 1. */
size_t memhp_candidate_get_num_findings(const struct memhp_candidate *candidate);

/**
 * A finding, the heaviest first.
 * @param index place, less than memhp_candidate_get_num_findings()
 */
enum memhp_finding memhp_candidate_get_finding(const struct memhp_candidate *candidate, size_t index);

/**
 * How much memory a finding is about.
 * @param index place, less than memhp_candidate_get_num_findings()
 * @return bytes; 0 where no amount belongs to it.
 */
uint64_t memhp_candidate_get_finding_bytes(const struct memhp_candidate *candidate, size_t index);

/**
 * How much a finding weighs.
 * @param index place, less than memhp_candidate_get_num_findings()
 * @return percent: how likely it is alone to keep the block online; 100 for what makes the verdict MEMHP_VERDICT_WILL_NOT.
 */
unsigned int memhp_candidate_get_finding_weight(const struct memhp_candidate *candidate, size_t index);

/**
 * What a finding rests on.
 * @param index place, less than memhp_candidate_get_num_findings()
 * @return the evidence; for what is not known, the evidence that was missing.
 */
enum memhp_evidence memhp_candidate_get_finding_evidence(const struct memhp_candidate *candidate, size_t index);

/**
 * Whether the block's pages were looked at.
 * @return true when the figures of memhp_candidate_get_bytes() and the slices are there.
 */
bool memhp_candidate_has_usage(const struct memhp_candidate *candidate);

/**
 * How much of the block is of a kind.
 * @param candidate a candidate with memhp_candidate_has_usage()
 * @return bytes.
 */
uint64_t memhp_candidate_get_bytes(const struct memhp_candidate *candidate, enum memhp_page_kind kind);

/**
 * How much of the block is in use and must move.
 * @param candidate a candidate with memhp_candidate_has_usage()
 * @return bytes: files, memory of processes, huge pages, and in ZONE_MOVABLE what /proc/kpageflags does not tell.
 */
uint64_t memhp_candidate_get_move_bytes(const struct memhp_candidate *candidate);

/**
 * How much of the block cannot be moved.
 * @param candidate a candidate with memhp_candidate_has_usage()
 * @return bytes: holes, reserved pages, and outside ZONE_MOVABLE the kernel's.
 */
uint64_t memhp_candidate_get_fixed_bytes(const struct memhp_candidate *candidate);

/**
 * How much memory is available outside the block.
 * @return bytes: MemAvailable without what is free in the block; UINT64_MAX when it is not known.
 */
uint64_t memhp_candidate_get_room_bytes(const struct memhp_candidate *candidate);

/**
 * What stands in the way most in a slice of the block.
 * @param candidate a candidate with memhp_candidate_has_usage()
 * @param index which of the slices that memhp_assessment_new() was asked for, from the lowest address on
 * @return the last kind in @ref memhp_page_kind that occurs in the slice.
 */
enum memhp_page_kind memhp_candidate_get_slice(const struct memhp_candidate *candidate, unsigned int index);

/**
 * Put the candidates of a plan in the order of an assessment.
 *
 * Candidates in ZONE_MOVABLE still come first, then those with the higher score, the highest address first among equals. Blocks
 * that were not assessed come after those that were, and last of all those that will not go (score 0). The best of them are
 * planned, as many as the goal needs, the others spare.
 *
 * @param plan a plan to take offline a number of blocks (memhp_request_set_num_blocks()), that was not applied yet
 * @param assessment what is known of some or all candidates
 * @return 0, or -EINVAL for a plan of another kind.
 */
int memhp_plan_rank(struct memhp_plan *plan, const struct memhp_assessment *assessment);

/**
 * Look for what is certain of the planned blocks before they are tried.
 *
 * A block that has a hole, by what the kernel or firmware says of RAM, is not planned any more but impossible, as is one that an
 * arm64 machine booted with. The pages of a block are not looked at.
 *
 * @return 0, -EINVAL for another plan, -ENOMEM.
 */
MEMHP_MUST_CHECK int memhp_plan_foresee(struct memhp_plan *plan, struct memhp_ctx *ctx);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
