/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file libmemhp.h
 * @brief See and change memory hot(un)plug on Linux.
 *
 * The library wraps /sys/devices/system/memory: files without a path are there, `memoryN` is a block. Its objects follow one flow
 * (libmemhp(3)): a @ref memhp_ctx says where to look (the running machine, or a tree under a sysroot); a @ref memhp_snapshot is
 * one scan of the memory blocks; a @ref memhp_selection names blocks, a @ref memhp_request says what should become of them; a
 * @ref memhp_plan is computed from snapshot and request without touching the system; memhp_plan_apply() walks the plan and
 * returns a @ref memhp_result, read back from the kernel.
 *
 * What follows holds for every function unless it says otherwise.
 *
 * - **Returns.** A function that returns `int` returns 0 or a negative errno. Objects come through the first parameter.
 *   Out-parameters are untouched on failure. `-ENOMEM` is possible wherever an object is made. A getter cannot fail. What is a
 *   fact of the machine has three values: yes, no, or an errno; an amount that is not known is UINT64_MAX.
 * - **Parameters.** Pointers are not NULL. An index counts from 0, and the place behind the last one is NULL: that ends a loop. A
 *   snapshot "needs" attributes: it has to be made with them.
 * - **Words.** A `_name` is static and never translated: the enumerator's name in lower case with dashes; NULL for what is no
 *   value of its enum. A `_from_name` takes such a word exactly, and is -EINVAL for one that is none.
 * - **Ownership.** The caller owns what `_new` gives, and gives it back with `_free`, which takes NULL. Contexts, snapshots and
 *   selections count references: `_ref` adds one and returns its argument, `_unref` drops one and takes NULL. What a getter
 *   returns belongs to the object that it was asked of and lives as long as that object. Strings that are handed in are copied.
 * - **Bad arguments.** What is beyond the end, or outside its enum, is answered by NULL where an object or a text is asked for,
 *   by 0 (or the enum's 0) where a value is, and by -EINVAL from a function that returns an errno; so are unknown bits of flags.
 *   A cancel descriptor that is not open is -EBADF.
 * - **Privilege and time.** A function needs no privilege and does not block. One that reads a file may have each errno of
 *   open(2) and read(2); one that stores needs root, and has -EACCES or -EROFS without the right to do so, and -EMEDIUMTYPE in a
 *   copy of a machine (memhp_ctx_check_changeable()). One that **blocks** for `timeout_ms` at most, or MEMHP_NO_TIMEOUT, is
 *   -ETIMEDOUT then, and -ECANCELED when the descriptor of memhp_ctx_set_cancel_fd() becomes readable.
 * - **Threads.** A context, and everything made from it, belongs to one thread at a time. Two contexts in two threads never meet:
 *   the library keeps no mutable globals, installs no signal handler, reads no environment variable and never prints.
 * - **Units.** Sizes are bytes, addresses are physical, both 64-bit on every architecture. Ranges include their last address or
 *   id. Times are milliseconds.
 */
/** @mainpage
 * @copydetails libmemhp.h */
#ifndef LIBMEMHP_H
#define LIBMEMHP_H

#include "memhp/agents.h"
#include "memhp/assessment.h"
#include "memhp/balance.h"
#include "memhp/base.h"
#include "memhp/ctx.h"
#include "memhp/findings.h"
#include "memhp/guards.h"
#include "memhp/huge-pools.h"
#include "memhp/lock.h"
#include "memhp/mappers.h"
#include "memhp/monitor.h"
#include "memhp/names.h"
#include "memhp/plan.h"
#include "memhp/policy-check.h"
#include "memhp/policy.h"
#include "memhp/probe.h"
#include "memhp/request.h"
#include "memhp/result.h"
#include "memhp/selection.h"
#include "memhp/snapshot.h"
#include "memhp/step.h"
#include "memhp/undo.h"

MEMHP_BEGIN_DECLS

/** Version of the library that is running. @return "MAJOR.MINOR.PATCH". */
const char *memhp_version(void);

MEMHP_END_DECLS

#endif
