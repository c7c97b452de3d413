/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file lock.h
 * @brief One change of memory blocks at a time.
 */
#ifndef LIBMEMHP_LOCK_H
#define LIBMEMHP_LOCK_H

#include "ctx.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup lock Lock
 * One change of memory blocks at a time.
 * @{
 */

/**
 * @struct memhp_lock
 * Held while blocks are changed, so that two requests do not get in each other's way.
 */
struct memhp_lock;

/**
 * Take the lock that memctl takes, too.
 *
 * Opens and locks /run/memctl.lock, which it makes for root alone. memhp_plan_apply() does not take the lock: a program chooses.
 * **Blocks** until the lock is free, the time is over or the descriptor becomes readable.
 *
 * @param[out] lock the lock, owned by the caller; memhp_lock_free() releases it, and so does the end of the process
 * @param timeout_ms how long to wait, 0 to try once, MEMHP_NO_TIMEOUT for ever
 * @param cancel_fd as for memhp_request_set_cancel_fd(), or -1
 * @return 0, -ETIMEDOUT, -ECANCELED, or the errno of open(2) or flock(2), such as -EACCES, or -ENOENT when there is no /run;
 *         -EBADMSG when what is there is no plain file, has a second name (a hard link), or is not root's or the caller's own.
 */
MEMHP_MUST_CHECK int memhp_lock_new(struct memhp_lock **lock, struct memhp_ctx *ctx, uint64_t timeout_ms, int cancel_fd);

/** Release the lock. */
void memhp_lock_free(struct memhp_lock *lock);

/**
 * Who holds the lock, for a message.
 * @return process id, as the kernel has it; 0 when nobody holds it, the calling process does, or the holder is not to be seen from
 *         here, as in another PID namespace.
 */
pid_t memhp_ctx_get_lock_holder(struct memhp_ctx *ctx);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
