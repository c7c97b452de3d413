/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file plan.h
 * @brief A request worked out, and carried out.
 */
#ifndef LIBMEMHP_PLAN_H
#define LIBMEMHP_PLAN_H

#include "request.h"
#include "result.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup plan Plan
 * A request worked out for a snapshot: look at it, then carry it out.
 * @{
 */

/**
 * @struct memhp_plan
 * A request worked out for a snapshot: an ordered list of steps. Immutable.
 */
struct memhp_plan;

/**
 * Work out a plan. Does not touch the system.
 *
 * Every selected block gets a step, in ascending order, or with memhp_request_set_num_blocks() in the order in which candidates are
 * tried, those that are not needed as MEMHP_OUTCOME_NOT_TRIED with MEMHP_REASON_SPARE. Blocks that are as asked are
 * MEMHP_OUTCOME_ALREADY (or MEMHP_OUTCOME_WRONG_ZONE when online elsewhere than asked), those that can never go offline
 * MEMHP_OUTCOME_IMPOSSIBLE, gaps of selected ranges MEMHP_OUTCOME_ABSENT; the rest is MEMHP_OUTCOME_PLANNED.
 *
 * @param[out] plan the plan, owned by the caller
 * @param snapshot a snapshot with memhp_request_get_attrs()
 * @param request a request, which the plan keeps, whoever is released first. Deadlines, retries, rollback, progress and the cancel
 *        descriptor count as they are when memhp_plan_apply() is called; what the plan was made from must not be changed any more
 * @return 0, or -ENODATA when the snapshot lacks an attribute.
 */
MEMHP_MUST_CHECK int memhp_plan_new(struct memhp_plan **plan, const struct memhp_snapshot *snapshot, struct memhp_request *request);

/** Release plan and steps. */
void memhp_plan_free(struct memhp_plan *plan);

/** Number of steps. @return number of steps, possibly 0. */
size_t memhp_plan_get_num_steps(const struct memhp_plan *plan);

/**
 * How many candidates are missing from the goal of memhp_request_set_num_blocks().
 * @return number of blocks; 0 when there are enough, or no goal.
 */
uint64_t memhp_plan_get_num_short(const struct memhp_plan *plan);

/** A step. @return the step, or NULL when @a index is too large. */
const struct memhp_step *memhp_plan_get_step(const struct memhp_plan *plan, size_t index);

/**
 * Carry out a plan.
 *
 * Writes /sys/devices/system/memory/memoryN/state for each planned step, in order, and reads the block back. Needs write permission
 * for these files (root). **Blocks** until all is done, a deadline passes (plus the grace time), or the cancel descriptor becomes
 * readable. A step that fails does not end the request: the next ones are tried.
 *
 * The writes are made by one child process, for nothing else can end a write that the kernel does not finish. It is made without
 * fork(2): no pthread_atfork() handler runs, no SIGCHLD is sent, and wait(2) calls of the program do not see it. It is killed when
 * the calling *thread* ends. When this function returns no writer is left, except one that even SIGKILL could not end yet: its step
 * is MEMHP_OUTCOME_IN_PROGRESS, its process id is memhp_result_get_writer_pid(), it can do nothing further once the kernel lets go
 * of it, and no later step was tried.
 *
 * @param[out] result the result, owned by the caller
 * @return 0 when there is a result, whatever it says; otherwise nothing was written: -EMEDIUMTYPE this is a copy of a machine (see
 *         memhp_ctx_check_changeable()), -EACCES no permission, -EROFS sysfs is read-only, -ENODEV no memory hotplug, -EOPNOTSUPP
 *         or -ENOENT the device cannot be ejected (as memhp_ctx_check_eject() says), -EBADF the cancel descriptor is not open,
 *         -EAGAIN, -EMFILE or -ENFILE no resources for the writer.
 */
MEMHP_MUST_CHECK int memhp_plan_apply(struct memhp_plan *plan, struct memhp_ctx *ctx, struct memhp_result **result);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
