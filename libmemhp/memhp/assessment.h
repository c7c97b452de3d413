/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file
 * Assessment: which blocks can go offline, and what stands in the way of the others. It is a prediction: memory changes hands
 * all the time, pages can be pinned without a trace, and a driver may refuse; only MEMHP_VERDICT_WILL_NOT is a certainty. What
 * could not be looked at makes it less certain, never impossible: without privilege, zones and holes still say something. */
#ifndef LIBMEMHP_ASSESSMENT_H
#define LIBMEMHP_ASSESSMENT_H

#include "plan.h"
MEMHP_BEGIN_DECLS

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

/** How blocks are assessed. */
enum memhp_assess_flag {
	MEMHP_ASSESS_NO_PAGES = 1 << 0, /**< leave /proc/kpageflags alone: quick, and enough for what is certain */
};

/** What a finding says of a block. */
enum memhp_finding_code {
	MEMHP_FINDING_CODE_SEVERAL_ZONES = 0, /**< several zones or nodes: the kernel refuses */
	MEMHP_FINDING_CODE_HOLE,              /**< there is not memory everywhere: the kernel refuses */
	MEMHP_FINDING_CODE_BOOT_MEMORY,       /**< arm64: the kernel never takes offline what it booted with */
	MEMHP_FINDING_CODE_RESERVED,          /**< reserved pages, which cannot be moved */
	MEMHP_FINDING_CODE_CMA,               /**< part of a contiguous memory area, which offlining leaves alone */
	MEMHP_FINDING_CODE_CRASH_KERNEL,      /**< s390: below the size of the crash kernel's memory: vetoed */
	MEMHP_FINDING_CODE_SLAB,              /**< the kernel's own objects, which cannot be moved */
	MEMHP_FINDING_CODE_PAGE_TABLES,       /**< page tables, which cannot be moved */
	MEMHP_FINDING_CODE_LIKELY_BOOT,       /**< arm64 without a device tree: most likely memory that the kernel booted with */
	MEMHP_FINDING_CODE_OTHER_PAGES,       /**< pages of the kernel, unless they lie in a per-CPU free list */
	MEMHP_FINDING_CODE_NO_ROOM,           /**< what must move does not fit elsewhere: offlining would not end */
	MEMHP_FINDING_CODE_GIGANTIC,          /**< gigantic huge pages, free or in use; those need free ones elsewhere */
	MEMHP_FINDING_CODE_OFFLINE_PAGES,     /**< logically offline (ballooned) pages: up to their driver */
	MEMHP_FINDING_CODE_LITTLE_ROOM,       /**< what must move fits elsewhere only just, or with the help of swap */
	MEMHP_FINDING_CODE_HUGE_PAGES,        /**< huge pages, free or in use; those need contiguous memory elsewhere */
	MEMHP_FINDING_CODE_CMA_SOMEWHERE,     /**< the machine has contiguous memory areas, and where is not known */
	MEMHP_FINDING_CODE_HWPOISON,        /**< pages with a hardware memory error: once offline it may never come online again */
	MEMHP_FINDING_CODE_KERNEL_ZONE,     /**< a kernel zone: the kernel may use it for itself at any time */
	MEMHP_FINDING_CODE_IN_USE,          /**< so much is in use and must be moved */
	MEMHP_FINDING_CODE_EMPTY,           /**< nothing is in use */
	MEMHP_FINDING_CODE_NOT_ONLINE,      /**< the block is not online */
	MEMHP_FINDING_CODE_STATE_UNKNOWN,   /**< the block's state cannot be read or understood */
	MEMHP_FINDING_CODE_ZONE_UNKNOWN,    /**< the block's zone cannot be read or understood */
	MEMHP_FINDING_CODE_PAGES_UNSEEN,    /**< what the pages are used for is not known */
	MEMHP_FINDING_CODE_HOLES_UNSEEN,    /**< whether there is memory everywhere is not known */
	MEMHP_FINDING_CODE_NO_HOTREMOVE,    /**< this kernel takes no block offline: CONFIG_MEMORY_HOTREMOVE */
	MEMHP_FINDING_CODE_FREE_HUGE_PAGES, /**< huge pages of which the counters of the node prove that none is in use */
};

const char *memhp_verdict_name(enum memhp_verdict verdict);        /**< The word for a verdict. */
const char *memhp_certainty_name(enum memhp_certainty certainty);  /**< The word for a certainty. */
const char *memhp_evidence_path(enum memhp_evidence evidence);     /**< The file behind it, such as `/proc/kpageflags`. */
const char *memhp_finding_code_name(enum memhp_finding_code code); /**< The word for a finding. */

/** @struct memhp_assessment
 * Blocks as candidates for going offline, the best first. Immutable. */
struct memhp_assessment;
struct memhp_candidate; /* a block in an assessment */
struct memhp_finding;   /* what was found in a block, or is not known of it */

/** What a candidate comes to, in bytes. */
enum memhp_candidate_figure {
	MEMHP_CANDIDATE_FIGURE_MOVE = 1, /**< in use, and must move; in ZONE_MOVABLE also what kpageflags does not tell */
	MEMHP_CANDIDATE_FIGURE_FIXED,    /**< cannot be moved: holes, reserved pages, and outside ZONE_MOVABLE the kernel's */
	MEMHP_CANDIDATE_FIGURE_ROOM,     /**< available outside the block: MemAvailable without what is free in it */
};

/** Assess blocks. Reads the files of @ref memhp_evidence as far as they matter and may be read, /proc/kpageflags at 8 bytes a
 * page of the blocks: a few milliseconds for 128 MiB. Sees more as root. **Blocks** as long as that takes. Pages of a tree
 * (sysroot) are 4 KiB when nothing tells (memhp_ctx_read_page_size()).
 * @param snapshot needs MEMHP_ATTR_ZONES and memhp_selection_get_attrs(); with MEMHP_ATTR_SOURCE an arm64 machine without a
 *        device tree is judged better. A reference is kept
 * @param selection which blocks; NULL for all that are online
 * @param flags values of @ref memhp_assess_flag , or-ed
 * @param num_slices into how many equal parts to divide a block for memhp_candidate_get_slice(), up to 4096; 0 for none
 * @return 0, whatever could be read; -EINVAL for too many slices or an unknown flag; -ENODATA for a lack of attributes. */
MEMHP_MUST_CHECK int memhp_assessment_new(struct memhp_assessment **assessment, struct memhp_snapshot *snapshot,
					  const struct memhp_selection *selection, unsigned int flags, unsigned int num_slices,
					  uint64_t timeout_ms);

/** Hears how far memhp_assessment_new() is: so many bytes of memory, of those of which it looks at the pages. @a userdata is what
 * memhp_ctx_set_pages_progress() was given. It must not use the context. */
typedef void (*memhp_pages_progress_fn)(void *userdata, uint64_t done_bytes, uint64_t goal_bytes);

/** Hear of the progress of assessments with this context, which memhp_assessment_new() tells in its own thread: after each 32,768
 * pages or the end of a block, a few milliseconds. Blocks of which the pages cannot be read are left out.
 * @param progress receiver, or NULL for none (the default) */
void memhp_ctx_set_pages_progress(struct memhp_ctx *ctx, memhp_pages_progress_fn progress, void *userdata);

void memhp_assessment_free(struct memhp_assessment *assessment); /**< Release the assessment and its candidates. */

/** Whether a piece of evidence could be looked at, and if not, why. The pages of a single block may be missing, too.
 * @return 0 when it was; -ENODATA when it does not matter here; -EACCES without the privilege (also where the kernel shows
 *         zeros instead of addresses); -ENOENT no such file; -EOPNOTSUPP when the kernel was told something else than the file
 *         says, or may have been (mem= and the like); -ENXIO when a block went offline meanwhile; or another errno. */
int memhp_assessment_get_evidence_error(const struct memhp_assessment *assessment, enum memhp_evidence evidence);

uint64_t memhp_assessment_get_page_size_bytes(const struct memhp_assessment *assessment); /**< Size of a page in bytes. */
size_t memhp_assessment_get_num_candidates(const struct memhp_assessment *assessment);    /**< Number of blocks assessed. */
/** A candidate by its rank: by descending score, of equals the highest block first. */
const struct memhp_candidate *memhp_assessment_get_candidate(const struct memhp_assessment *assessment, size_t index);
const struct memhp_block *memhp_candidate_get_block(const struct memhp_candidate *candidate); /**< In the assessed snapshot. */
enum memhp_verdict memhp_candidate_get_verdict(const struct memhp_candidate *candidate);      /**< Whether it can go. */
/** How likely it is to go, to compare: 0 to 100, 0 for MEMHP_VERDICT_WILL_NOT. Below 20 it is unlikely. */
unsigned int memhp_candidate_get_score(const struct memhp_candidate *candidate);
enum memhp_certainty memhp_candidate_get_certainty(const struct memhp_candidate *candidate); /**< How sure the verdict is. */
/** A finding, of which each candidate has one at least; the heaviest first. */
const struct memhp_finding *memhp_candidate_get_finding(const struct memhp_candidate *candidate, size_t index);
enum memhp_finding_code memhp_finding_get_code(const struct memhp_finding *finding); /**< What it says. */
uint64_t memhp_finding_get_bytes(const struct memhp_finding *finding); /**< Bytes that it is about; 0 where it has no amount. */
/** Percent: how likely it is alone to keep the block online; 100 where the verdict is MEMHP_VERDICT_WILL_NOT for it. */
unsigned int memhp_finding_get_weight(const struct memhp_finding *finding);
/** What it rests on; for what is not known, the evidence that was missing. */
enum memhp_evidence memhp_finding_get_evidence(const struct memhp_finding *finding);
/** How much of the block is of a kind. @return bytes; UINT64_MAX when its pages were not looked at. */
uint64_t memhp_candidate_get_bytes(const struct memhp_candidate *candidate, enum memhp_page_kind kind);
/** What the block's pages and the memory elsewhere come to. @return bytes; UINT64_MAX when not known. */
uint64_t memhp_candidate_get_figure(const struct memhp_candidate *candidate, enum memhp_candidate_figure figure);
/** What stands in the way most in a slice of the block; slices count from the lowest address on.
 * @return the last kind in @ref memhp_page_kind that occurs there; MEMHP_PAGE_KIND_UNKNOWN when the pages were not looked at. */
enum memhp_page_kind memhp_candidate_get_slice(const struct memhp_candidate *candidate, unsigned int index);

/** Work out a plan to take blocks offline with what is known of them. With MEMHP_SETTING_NUM_BLOCKS those in ZONE_MOVABLE come
 * first, then those with the higher score, the highest address first among equals; then blocks that were not assessed, and last
 * those that will not go (score 0). Without, a block that is certain to stay is impossible instead of planned: one that has a
 * hole, by what the kernel or firmware says of RAM, or that an arm64 machine booted with.
 * @param request a request for MEMHP_TRANSITION_OFFLINE
 * @param assessment of some or all blocks, also by another snapshot; may be released first. NULL: as memhp_plan_new()
 * @return 0, -EINVAL for an assessment and another request, otherwise as memhp_plan_new(). */
MEMHP_MUST_CHECK int memhp_plan_new_assessed(struct memhp_plan **plan, const struct memhp_snapshot *snapshot,
					     struct memhp_request *request, const struct memhp_assessment *assessment);

MEMHP_END_DECLS
#endif
