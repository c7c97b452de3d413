/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file step.h
 * @brief One block of a plan or result.
 */
#ifndef LIBMEMHP_STEP_H
#define LIBMEMHP_STEP_H

#include "names.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup step Step
 * One block of a plan or result, and the page that stood in its way.
 * @{
 */

/**
 * @struct memhp_step
 * One block of a plan or result, or one gap of a selected range. Lives as long as its plan or result.
 */
struct memhp_step;

/** Id of a step's block. @return the block id; for a gap the id of its first missing block. */
uint64_t memhp_step_get_block_id(const struct memhp_step *step);

/** First physical address of a step. */
uint64_t memhp_step_get_start_addr(const struct memhp_step *step);

/** Last physical address of a step. @return physical address, inclusive: a gap may end with the address space. */
uint64_t memhp_step_get_last_addr(const struct memhp_step *step);

/** What became of a step, or in a plan what is to become of it. */
enum memhp_outcome memhp_step_get_outcome(const struct memhp_step *step);

/**
 * Whether a step is as asked.
 * @return true for MEMHP_OUTCOME_CHANGED and MEMHP_OUTCOME_ALREADY, and for MEMHP_OUTCOME_ABSENT, where nothing was asked.
 */
bool memhp_step_is_done(const struct memhp_step *step);

/**
 * Whether the request has left a step's block changed.
 * @return true for MEMHP_OUTCOME_CHANGED and MEMHP_OUTCOME_ROLLBACK_FAILED, and for MEMHP_OUTCOME_WRONG_ZONE when it was not
 *         another agent that brought the block there.
 */
bool memhp_step_is_changed(const struct memhp_step *step);

/**
 * Whether it cannot be ruled out that the request has left a step's block changed.
 * @return true where memhp_step_is_changed() is true, and for MEMHP_OUTCOME_UNVERIFIED and MEMHP_OUTCOME_REVERTED: a block that
 *         another agent brought back was changed all the same. A rollback tries all of these.
 */
bool memhp_step_may_be_changed(const struct memhp_step *step);

/**
 * How likely a step's block is to go offline.
 * @return memhp_candidate_get_score() of the assessment that memhp_plan_rank() was given, -1 when it does not have this block.
 */
int memhp_step_get_score(const struct memhp_step *step);

/** Why a step's block is not as asked. */
enum memhp_reason memhp_step_get_reason(const struct memhp_step *step);

/**
 * How many causes memhp_step_get_reason() leaves open.
 *
 * Where an errno is all that explains a step, what this machine and this block rule out is left out of what it can mean: with huge
 * pages nowhere they are no cause, nor are several zones for a block that has one. That the kernel's log names no page rules
 * nothing out: it is silent of what a driver has taken (a balloon), and before Linux 5.0 of everything. memhp_plan_apply() reads
 * the files of @ref memhp_evidence for that, but for kpageflags, once and only after a failure.
 *
 * @return how many; 0 where the reason says it all, or nothing is known of where it comes from.
 */
size_t memhp_step_get_num_causes(const struct memhp_step *step);

/**
 * A cause that is open.
 * @param index from 0, the likeliest first
 * @return the cause, as if it was the reason; MEMHP_REASON_VETO for any driver or part of the kernel that may have refused, and
 *         MEMHP_REASON_NONE when @a index is too large. What the descriptions of @ref memhp_reason say of the kernel's log is not
 *         so here.
 */
enum memhp_reason memhp_step_get_cause(const struct memhp_step *step, size_t index);

/** The kernel's errno for a step. @return a negative errno, or 0 when the kernel reported none. */
int memhp_step_get_error(const struct memhp_step *step);

/** State of a step's block in the snapshot. @return the state; MEMHP_STATE_UNKNOWN for a gap. */
enum memhp_state memhp_step_get_state_before(const struct memhp_step *step);

/**
 * State of a step's block as read back.
 * @return in a result the state that was read last, in a plan memhp_step_get_state_before().
 */
enum memhp_state memhp_step_get_state_after(const struct memhp_step *step);

/**
 * The zone that manages a step's block.
 * @return in a result of an online request the zone that the block is in, of an offline request the zone that it was in; in a plan
 *         to online, the zone that it is expected to go to. MEMHP_ZONE_NONE or MEMHP_ZONE_UNKNOWN as for memhp_block_get_zone().
 */
enum memhp_zone memhp_step_get_zone(const struct memhp_step *step);

/** How long the kernel took for a step. @return milliseconds from the write to its end; 0 when nothing was written. */
uint64_t memhp_step_get_elapsed_ms(const struct memhp_step *step);

/**
 * What the kernel said when a step failed.
 * @return the kernel's own lines about the block, separated by newlines, in ASCII; NULL when it said nothing, or that is not known.
 *         Lives as long as the result.
 */
const char *memhp_step_get_kernel_text(const struct memhp_step *step);

/**
 * @struct memhp_page
 * A page that stood in the way of a step. Lives as long as the result.
 */
struct memhp_page;

/**
 * The page that stood in the way of a step, the last one that the kernel named.
 * @return the page, or NULL when the kernel named none.
 */
const struct memhp_page *memhp_step_get_page(const struct memhp_step *step);

/**
 * Whether it is known what was left in a block when its offline was stopped.
 *
 * The pages are looked at when a deadline or the caller ends an offline that the kernel has begun, before the writer is ended: what
 * could be moved is gone by then. That takes some 4 ms for each 128 MiB, and a quarter of a second at the most.
 *
 * @return true when the figures of memhp_step_get_left_bytes() are there; false when the kernel had the time that it took, or
 *         /proc/kpageflags cannot be read (it needs CAP_SYS_ADMIN).
 */
bool memhp_step_has_left(const struct memhp_step *step);

/** How much of a block held pages of a kind when its offline was stopped. @return bytes; 0 also without memhp_step_has_left(). */
uint64_t memhp_step_get_left_bytes(const struct memhp_step *step, enum memhp_page_kind kind);

/**
 * Where a page is.
 * @return its number (page frame number): its physical address divided by the page size; UINT64_MAX when the kernel did not tell,
 *         as before Linux 5.9.
 */
uint64_t memhp_page_get_pfn(const struct memhp_page *page);

/** What a page is. */
enum memhp_page_kind memhp_page_get_kind(const struct memhp_page *page);

/**
 * Which program a page was allocated for.
 * @return the program's name, as the kernel has it; NULL unless the kernel keeps track (`page_owner=on` on its command line) and
 *         tells it, as since Linux 5.18, and for a page that is not allocated.
 */
const char *memhp_page_get_owner(const struct memhp_page *page);

/**
 * Process for which a page was allocated; it may have ended since.
 * @return process id, from Linux 5.11 to 5.17 that of the thread; 0 when it is not known, as before, or was no process's. It may be
 *         known where memhp_page_get_owner() is NULL.
 */
pid_t memhp_page_get_owner_pid(const struct memhp_page *page);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
