/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file */
#ifndef LIBMEMHP_PLAN_H
#define LIBMEMHP_PLAN_H

#include "request.h"
#include "result.h"
MEMHP_BEGIN_DECLS

/** @struct memhp_plan
 * A request worked out for a snapshot: an ordered list of steps. Immutable. */
struct memhp_plan;

/** Work out a plan. Does not touch the system. Every selected block gets a step, in ascending order, or with
 * MEMHP_SETTING_NUM_BLOCKS in the order in which candidates are tried, those that are not needed as MEMHP_OUTCOME_NOT_TRIED
 * with MEMHP_REASON_SPARE; with MEMHP_SETTING_NUM_ONLINE likewise, and where the target is met there are no candidates. Blocks
 * that are as asked are MEMHP_OUTCOME_ALREADY (online elsewhere than asked: MEMHP_OUTCOME_WRONG_ZONE, or with goals of their own
 * MEMHP_OUTCOME_PLANNED), those that can never go offline MEMHP_OUTCOME_IMPOSSIBLE, gaps of selected ranges MEMHP_OUTCOME_ABSENT;
 * the rest is MEMHP_OUTCOME_PLANNED.
 * @param snapshot needs memhp_request_get_attrs(). It may be released before the plan, which keeps its context: what was looked
 *        at there is changed there
 * @param request which the plan keeps, whoever is released first. Deadlines, retries, rollback, progress and the cancel
 *        descriptor count as they are when memhp_plan_apply() is called; what the plan was made from must stay as it is
 * @return 0, or -ENODATA when the snapshot lacks an attribute. */
MEMHP_MUST_CHECK int memhp_plan_new(struct memhp_plan **plan, const struct memhp_snapshot *snapshot, struct memhp_request *request);

void memhp_plan_free(struct memhp_plan *plan);                              /**< Release plan and steps. */
enum memhp_transition memhp_plan_get_action(const struct memhp_plan *plan); /**< What is asked: the request's action. */
size_t memhp_plan_get_num_steps(const struct memhp_plan *plan);             /**< Number of steps. */
uint64_t memhp_plan_get_num_short(const struct memhp_plan *plan);           /**< Candidates missing from a goal or target, or 0. */
/** How many of the selected blocks were online in the snapshot, for a request with MEMHP_SETTING_NUM_ONLINE.
 * @param[out] num_online blocks that were for certain; to take offline also those on their way there
 * @param[out] num_unknown blocks of which that, or whether they are selected, cannot be told
 * @return 1 when the target is met once all that is planned is done; 0 when there are too few candidates; -ENODATA when it
 *         cannot be told, because of @a num_unknown; -EINVAL without a target, and nothing is stored then. */
int memhp_plan_count_online(const struct memhp_plan *plan, uint64_t *num_online, uint64_t *num_unknown);

const struct memhp_step *memhp_plan_get_step(const struct memhp_plan *plan, size_t index); /**< One of the steps. */

/** Carry out a plan. Writes the file of each planned step (memoryN/state, or what memhp_request_new() says), in order, and reads
 * it back. Needs root. A step that fails does not end the request: the next ones are tried. **Blocks** until all is done, a
 * deadline passes (plus MEMHP_SETTING_GRACE_MS), or the cancel descriptor becomes readable.
 *
 * The writes are made by one child process, for nothing else can end a write that the kernel does not finish. It is made
 * without fork(2): no pthread_atfork() handler runs, no SIGCHLD is sent, and wait(2) does not see it. It is killed when the
 * calling *thread* ends. None is left when this function returns, except one that even SIGKILL could not end yet: its step is
 * MEMHP_OUTCOME_IN_PROGRESS, no later one was tried, and memhp_result_get_writer_pid() names it; it can do nothing further once
 * the kernel lets go of it.
 * @return 0 when there is a result, whatever it says; otherwise nothing was written: -ENODEV no memory hotplug, -EOPNOTSUPP or
 *         -ENOENT the device cannot be ejected (memhp_ctx_check_eject()), -EAGAIN, -EMFILE, -ENFILE no resources for a writer. */
MEMHP_MUST_CHECK int memhp_plan_apply(const struct memhp_plan *plan, struct memhp_result **result);

MEMHP_END_DECLS
#endif
