/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file result.h
 * @brief What became of a plan.
 */
#ifndef LIBMEMHP_RESULT_H
#define LIBMEMHP_RESULT_H

#include "ctx.h"
#include "step.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup result Result
 * What became of a plan, read back from the kernel.
 * @{
 */

/**
 * @struct memhp_result
 * What became of a plan: the same steps, with what was read back. Immutable.
 */
struct memhp_result;

/** Release result and steps. */
void memhp_result_free(struct memhp_result *result);

/** Number of steps. @return the number of steps of its plan. */
size_t memhp_result_get_num_steps(const struct memhp_result *result);

/** A step. @return the step, or NULL when @a index is too large. */
const struct memhp_step *memhp_result_get_step(const struct memhp_result *result, size_t index);

/** What became of the whole. */
enum memhp_completion memhp_result_get_completion(const struct memhp_result *result);

/** Whether all that was changed was brought back. @return true after a complete rollback: nothing is changed. */
bool memhp_result_is_rolled_back(const struct memhp_result *result);

/**
 * Whether the device of memhp_request_set_eject() is gone.
 * @return true when it was ejected and none of the blocks is left. The memhp_step_get_state_after() of blocks that are gone is
 *         MEMHP_STATE_UNKNOWN, also of some when others are left.
 */
bool memhp_result_is_ejected(const struct memhp_result *result);

/**
 * Whether it is not known what became of the device of memhp_request_set_eject().
 * @return true when it was told to go, and the look whether blocks are left failed: memhp_result_get_eject_error() is its errno,
 *         and the completion is never MEMHP_COMPLETION_FAILED.
 */
bool memhp_result_is_eject_unseen(const struct memhp_result *result);

/**
 * Why the device of memhp_request_set_eject() is not gone.
 * @return 0 when it is, when it was not to be, or when it was not tried because not all blocks went offline; -ETIMEDOUT when blocks
 *         were left at the deadline (the firmware may still come to it); -ECANCELED; otherwise the errno of open(2) or write(2).
 */
int memhp_result_get_eject_error(const struct memhp_result *result);

/** How long the request took. @return milliseconds. */
uint64_t memhp_result_get_elapsed_ms(const struct memhp_result *result);

/**
 * The block whose change, by another agent, had the kernel's lock for as long as the request had time.
 *
 * The kernel makes one change of memory at a time. The step that waited has MEMHP_REASON_LOCKED, and no further one was tried.
 *
 * @param[out] block_id the block, which was going offline
 * @return true when there was one.
 */
bool memhp_result_get_blocker(const struct memhp_result *result, uint64_t *block_id);

/**
 * Find the process that changes a block.
 *
 * Looks through /proc/PID/fd for the block's file `state`. Needs CAP_SYS_PTRACE for processes of others, and a few system calls for
 * each open file of the machine; may block for some milliseconds.
 *
 * @return process id of another process that has the file open; 0 when none is found or may be looked at.
 */
pid_t memhp_ctx_find_writer(struct memhp_ctx *ctx, uint64_t block_id);

/**
 * Process id of a writer that could not be ended.
 *
 * The context keeps a descriptor of it (pidfd, where the kernel has these) and reaps it at its next request, or when it goes.
 *
 * @return process id, or 0 when no writer is left.
 */
pid_t memhp_result_get_writer_pid(const struct memhp_result *result);

/**
 * Why the kernel's log is not known.
 * @return 0 when it was read, or was not to be; otherwise the errno of open(2): -EPERM, -EACCES, -ENOENT ...
 */
int memhp_result_get_kernel_log_error(const struct memhp_result *result);

/**
 * Why the kernel's debug messages could not be switched on.
 * @return 0 when they were on, or were not to be; -EOPNOTSUPP when this kernel has none of them; otherwise the errno of open(2) or
 *         write(2).
 */
int memhp_result_get_kernel_debug_error(const struct memhp_result *result);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
