/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file */
#ifndef LIBMEMHP_LOCK_H
#define LIBMEMHP_LOCK_H

#include "ctx.h"
MEMHP_BEGIN_DECLS

/** @struct memhp_lock
 * Held while blocks are changed, so that two requests do not get in each other's way. */
struct memhp_lock;

/** Take the lock that memctl takes, too: /run/memctl.lock, which it makes for root alone. memhp_plan_apply() does not take it: a
 * program chooses. The lock ends with the process. **Blocks** until the lock is free.
 * @param timeout_ms how long to wait; 0 tries once
 * @return 0, or the errno of open(2) or flock(2), such as -EACCES, or -ENOENT when there is no /run; -EBADMSG when what is
 *         there is no plain file, has a second name (a hard link), or is not root's or the caller's own. */
MEMHP_MUST_CHECK int memhp_lock_new(struct memhp_lock **lock, struct memhp_ctx *ctx, uint64_t timeout_ms);

void memhp_lock_free(struct memhp_lock *lock); /**< Release the lock. */

/** Who holds the lock, for a message.
 * @return process id, as the kernel has it; 0 when nobody or the calling process does, or it is not seen (PID namespace). */
pid_t memhp_ctx_get_lock_holder(struct memhp_ctx *ctx);

MEMHP_END_DECLS
#endif
