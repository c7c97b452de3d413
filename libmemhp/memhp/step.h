/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file */
#ifndef LIBMEMHP_STEP_H
#define LIBMEMHP_STEP_H

#include "names.h"
MEMHP_BEGIN_DECLS

/** @struct memhp_step
 * One block of a plan or result, one gap of a selected range, or a dax device, which has no id or addresses. */
struct memhp_step;

uint64_t memhp_step_get_block_id(const struct memhp_step *step);   /**< Block id; of a gap its first; UINT64_MAX for a device. */
uint64_t memhp_step_get_start_addr(const struct memhp_step *step); /**< First physical address. */
uint64_t memhp_step_get_last_addr(const struct memhp_step *step);  /**< Last one: a gap may end with the address space. */
uint64_t memhp_step_get_size_bytes(const struct memhp_step *step); /**< Bytes; 0 for a device of unknown size. */
const char *memhp_step_get_device(const struct memhp_step *step);  /**< Name of the dax device; NULL for a block. */
enum memhp_transition memhp_step_get_action(const struct memhp_step *step); /**< What is asked of it. */
/** The setting memmap_on_memory of its standby memory or dax device, as read last or, in a plan, to be; else MEMHP_MEMMAP_KEEP. */
enum memhp_memmap memhp_step_get_memmap(const struct memhp_step *step);
enum memhp_outcome memhp_step_get_outcome(const struct memhp_step *step); /**< What became of it, or is to. */
/** As asked: MEMHP_OUTCOME_CHANGED, MEMHP_OUTCOME_ALREADY, or MEMHP_OUTCOME_ABSENT, where nothing was asked. */
bool memhp_step_is_done(const struct memhp_step *step);
/** Whether the request has left its block changed. @return true for MEMHP_OUTCOME_CHANGED and MEMHP_OUTCOME_ROLLBACK_FAILED, and
 * for MEMHP_OUTCOME_WRONG_ZONE when it was not another agent that brought the block there. */
bool memhp_step_is_changed(const struct memhp_step *step);
/** Whether that cannot be ruled out: also MEMHP_OUTCOME_UNVERIFIED and MEMHP_OUTCOME_REVERTED, for a block that another agent
 * brought back was changed all the same. A rollback tries all of these. */
bool memhp_step_may_be_changed(const struct memhp_step *step);
/** memhp_candidate_get_score() of the assessment of a plan with a goal (memhp_plan_new_assessed()); -1 where there is none. */
int memhp_step_get_score(const struct memhp_step *step);
enum memhp_reason memhp_step_get_reason(const struct memhp_step *step); /**< Why it is not as asked. */

/** How many causes memhp_step_get_reason() leaves open, where an errno is all that explains a step: what it can mean, without
 * what this machine and this block rule out by the files of @ref memhp_evidence , which memhp_plan_apply() reads (not
 * kpageflags) once after a failure.
 * @return how many; 0 where the reason says it all, or nothing is known of where it comes from. */
size_t memhp_step_get_num_causes(const struct memhp_step *step);

/** A cause that is open, the likeliest first, as if it was the reason; what @ref memhp_reason says of the log does not hold.
 * @return MEMHP_REASON_VETO for any part of the kernel that may have refused; MEMHP_REASON_NONE when @a index is too large. */
enum memhp_reason memhp_step_get_cause(const struct memhp_step *step, size_t index);
int memhp_step_get_error(const struct memhp_step *step); /**< Negative errno of the store, or of a look; 0 for none. */
enum memhp_state memhp_step_get_state_before(const struct memhp_step *step); /**< The snapshot's; MEMHP_STATE_UNKNOWN for a gap */
enum memhp_state memhp_step_get_state_after(const struct memhp_step *step);  /**< As read last; in a plan as before. */
/** The zone that manages its block: in a result of an online request where it is, of an offline request where it was; in a plan
 * to online where it is expected to go. MEMHP_ZONE_NONE and MEMHP_ZONE_UNKNOWN are as for memhp_block_get_zone(). */
enum memhp_zone memhp_step_get_zone(const struct memhp_step *step);
/** The zone that its block was in by the snapshot, where that is online in another one than asked, and so has to go offline before
 * it comes online (memhp_request_add_goal()). @return MEMHP_ZONE_NONE for every other block. */
enum memhp_zone memhp_step_get_zone_before(const struct memhp_step *step);
/** What outcome, reason and error are about: memhp_step_get_action(), or MEMHP_TRANSITION_OFFLINE where a block should have gone to
 * another zone, and did not go offline or did not come back from there. */
enum memhp_transition memhp_step_get_last_action(const struct memhp_step *step);
uint64_t memhp_step_get_elapsed_ms(const struct memhp_step *step); /**< Milliseconds that the write took; 0 without one. */
/** The kernel's own lines about a block that failed, with newlines between, in ASCII; NULL for none, or when not known. */
const char *memhp_step_get_kernel_text(const struct memhp_step *step);

struct memhp_page; /* a page that stood in the way of a step */

const struct memhp_page *memhp_step_get_page(const struct memhp_step *step); /**< The last one that the kernel named, or NULL. */

/** How much of a block held pages of a kind when a deadline or the caller ended its offline, looked at before the writer is
 * ended: what could be moved is gone by then. That takes 4 ms for each 128 MiB, a quarter of a second at the most.
 * @return bytes; UINT64_MAX when the kernel had the time that it took, or /proc/kpageflags cannot be read (CAP_SYS_ADMIN). */
uint64_t memhp_step_get_left_bytes(const struct memhp_step *step, enum memhp_page_kind kind);

/** Page frame number: physical address divided by page size; UINT64_MAX when not told, as before Linux 5.9. */
uint64_t memhp_page_get_pfn(const struct memhp_page *page);
enum memhp_page_kind memhp_page_get_kind(const struct memhp_page *page); /**< What it is. */
/** Which program it was allocated for, as the kernel has its name; NULL unless the kernel keeps track (`page_owner=on` on its
 * command line) and tells it, as since Linux 5.18, and for a page that is not allocated. */
const char *memhp_page_get_owner(const struct memhp_page *page);
/** Process for which a page was allocated; it may have ended since, and may be known where memhp_page_get_owner() is NULL.
 * @return process id, from Linux 5.11 to 5.17 that of the thread; 0 when it is not known, as before, or was no process's. */
pid_t memhp_page_get_owner_pid(const struct memhp_page *page);

MEMHP_END_DECLS
#endif
