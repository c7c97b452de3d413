/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file */
#ifndef LIBMEMHP_RESULT_H
#define LIBMEMHP_RESULT_H

#include "ctx.h"
#include "step.h"
MEMHP_BEGIN_DECLS

/** @struct memhp_result
 * What became of a plan: its steps, with what was read back. Immutable. */
struct memhp_result;

void memhp_result_free(struct memhp_result *result);                              /**< Release result and steps. */
enum memhp_transition memhp_result_get_action(const struct memhp_result *result); /**< What was asked: the request's action. */
size_t memhp_result_get_num_steps(const struct memhp_result *result);             /**< Number of steps: the plan's. */
const struct memhp_step *memhp_result_get_step(const struct memhp_result *result, size_t index); /**< One of the steps. */
enum memhp_completion memhp_result_get_completion(const struct memhp_result *result);            /**< What became of the whole. */
bool memhp_result_is_rolled_back(const struct memhp_result *result); /**< True when a rollback has brought back every block. */

/** What became of the device of memhp_request_set_eject(). */
enum memhp_eject_outcome {
	MEMHP_EJECT_OUTCOME_NONE = 0,   /**< it was not to go, or was not tried because not all of its blocks went offline */
	MEMHP_EJECT_OUTCOME_EJECTED,    /**< ejected, and none of its blocks is left */
	MEMHP_EJECT_OUTCOME_FAILED,     /**< not ejected, or blocks are left */
	MEMHP_EJECT_OUTCOME_UNVERIFIED, /**< told to go; whether blocks are left is not known. Not with MEMHP_COMPLETION_FAILED */
};

/** What became of that device. memhp_step_get_state_after() of a block that is gone is MEMHP_STATE_UNKNOWN. */
enum memhp_eject_outcome memhp_result_get_eject_outcome(const struct memhp_result *result);

/** Why that device is not gone.
 * @return 0 for MEMHP_EJECT_OUTCOME_NONE and MEMHP_EJECT_OUTCOME_EJECTED; -ETIMEDOUT when blocks were left at the deadline (the
 *         firmware may still come to it); -ECANCELED; or another errno. */
int memhp_result_get_eject_error(const struct memhp_result *result);

/** How many of the selected blocks are online now, by one more look at all of them at the end, for MEMHP_SETTING_NUM_ONLINE.
 * @param[out] num_online as of memhp_plan_count_online(); UINT64_MAX when the blocks cannot be looked at
 * @param[out] num_unknown likewise
 * @return 1 when the target is met, whoever saw to it; 0 when it is not; -ENODATA when it cannot be told, because of
 *         @a num_unknown; the errno of looking; or -EINVAL without a target, and nothing is stored then. */
int memhp_result_count_online(const struct memhp_result *result, uint64_t *num_online, uint64_t *num_unknown);

uint64_t memhp_result_get_elapsed_ms(const struct memhp_result *result); /**< How long it took, in milliseconds. */

/** The block whose change, by another agent, had the kernel's lock for as long as the request had time: the kernel makes one
 * change of memory at a time. The step that waited has MEMHP_REASON_LOCKED, and no further one was tried.
 * @param[out] block_id the block, which was going offline
 * @return true when there was one. */
bool memhp_result_get_blocker(const struct memhp_result *result, uint64_t *block_id);

/** Find the process that changes a block: /proc/PID/fd of all processes, for the file `state`. Needs CAP_SYS_PTRACE for
 * processes of others; may **block** for some milliseconds, for a few system calls an open file.
 * @param block_id the block; UINT64_MAX: any
 * @return process id of another process that has the file open; 0 when none is found or may be looked at. */
pid_t memhp_ctx_find_writer(struct memhp_ctx *ctx, uint64_t block_id);

/** Process id of a writer that could not be ended, see @ref memhp_ctx ; 0 when none is left. */
pid_t memhp_result_get_writer_pid(const struct memhp_result *result);
/** Why the kernel's log is not known: 0 when it was read or not asked for, or the errno of open(2), such as -EPERM. */
int memhp_result_get_kernel_log_error(const struct memhp_result *result);
/** Why the kernel's debug messages could not be switched on.
 * @return 0 when they were on, or not asked for; -EOPNOTSUPP when this kernel has none; or another errno. */
int memhp_result_get_kernel_debug_error(const struct memhp_result *result);

MEMHP_END_DECLS
#endif
