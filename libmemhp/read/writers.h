/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_WRITERS_H
#define MEMHP_WRITERS_H

#include "libmemhp.h"

/*
 * The kernel makes one change of memory at a time: a block that is going offline has its lock. Finds one other than `except`.
 * Returns 1, 0 when there is none, or what scanning returns.
 */
int memhp__find_going_offline(struct memhp_ctx *ctx, uint64_t except, uint64_t *block_id);

/* How long a process has been there, by /proc/PID/stat and /proc/uptime; -1 when that cannot be told. */
int64_t memhp__writer_get_age_ms(struct memhp_ctx *ctx, pid_t pid);

#endif
