/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file libmemhp.h
 * @brief See and change memory hot(un)plug on Linux.
 *
 * The library wraps /sys/devices/system/memory. Its objects follow one flow:
 *
 * - a @ref memhp_ctx says where to look (the running machine, or a tree under a sysroot);
 * - a @ref memhp_snapshot is one scan of the memory blocks, sorted and immutable;
 * - a @ref memhp_selection names blocks, a @ref memhp_request says what should become of them;
 * - a @ref memhp_plan is computed from snapshot and request without touching the system;
 * - memhp_plan_apply() walks the plan and returns a @ref memhp_result, read back from the kernel.
 *
 * **Returns.** Functions that return `int` return 0 or a negative errno unless they say otherwise. Objects come through
 * out-parameters, which a failing function leaves untouched. Getters cannot fail. `-ENOMEM` is possible wherever an object is
 * made and is not repeated below.
 *
 * **Parameters.** Pointers are not NULL unless a function says otherwise. What a name says plainly is not said again; an index
 * counts from 0.
 *
 * **Ownership.** The caller owns what `_new` gives, and gives it back with `_free`, which takes NULL. Contexts, snapshots and
 * selections count references: `_ref` adds one and returns its argument, `_unref` drops one and takes NULL. What a getter returns
 * belongs to the object that it was asked of and lives as long as that object.
 *
 * **Bad arguments.** What is beyond the end, or outside its enum, is answered by NULL where an object or a text is asked for, by 0
 * (or the enum's 0) where a value is, and by -EINVAL from a function that returns an errno; so are unknown bits of flags. A cancel
 * descriptor that is not open is -EBADF. Out-parameters are untouched then.
 *
 * **Threads.** A context, and everything made from it, belongs to one thread at a time. Two contexts in two threads never meet:
 * the library keeps no mutable globals, installs no signal handler, reads no environment variable and never prints.
 *
 * **Units.** Sizes are bytes, addresses are physical, both 64-bit on every architecture. Times are milliseconds.
 */
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
#include "memhp/writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Version of the library that is running. @return "MAJOR.MINOR.PATCH", static. */
const char *memhp_version(void);

#ifdef __cplusplus
}
#endif

#endif
