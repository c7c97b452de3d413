/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file
 * Guards: what a change would leave the machine with, before it is carried out. Nothing is refused here: a program decides. */
#ifndef LIBMEMHP_GUARDS_H
#define LIBMEMHP_GUARDS_H

#include "balance.h"
#include "plan.h"
MEMHP_BEGIN_DECLS

/** What is guarded. */
enum memhp_guard {
	MEMHP_GUARD_MEMORY_LEFT = 1, /**< memory that goes offline has to be available, and more than that may be to be kept */
	MEMHP_GUARD_IMBALANCE,       /**< movable memory, which the kernel cannot use for itself, against memory of kernel zones */
};

/** What a guard says. */
enum memhp_guard_level {
	MEMHP_GUARD_LEVEL_NONE = 0, /**< there is no such guard */
	MEMHP_GUARD_LEVEL_FINE,     /**< nothing to say */
	MEMHP_GUARD_LEVEL_UNKNOWN,  /**< cannot be told: a figure, or the zone of a block, is not known */
	MEMHP_GUARD_LEVEL_WARN,     /**< movable memory would be more than 3 times that of kernel zones, and more than before */
	MEMHP_GUARD_LEVEL_REFUSE,   /**< more than 4 times; or more than is available, or less than is to be kept for certain */
};

/** What a guard goes by, in bytes. */
enum memhp_guard_figure {
	MEMHP_GUARD_FIGURE_CHANGED = 1,      /**< what changes in all; of goals of their own what goes offline */
	MEMHP_GUARD_FIGURE_AVAILABLE_BEFORE, /**< memory available */
	MEMHP_GUARD_FIGURE_AVAILABLE_AFTER,  /**< what would be left of it; 0 also when that is less than nothing */
	MEMHP_GUARD_FIGURE_KEEP_FREE,        /**< what is to be left of it */
	MEMHP_GUARD_FIGURE_KERNEL_BEFORE,    /**< memory of kernel zones, without CMA */
	MEMHP_GUARD_FIGURE_KERNEL_AFTER,     /**< what that would be */
	MEMHP_GUARD_FIGURE_MOVABLE_BEFORE,   /**< memory of ZONE_MOVABLE, and CMA */
	MEMHP_GUARD_FIGURE_MOVABLE_AFTER,    /**< what that would be */
	MEMHP_GUARD_FIGURE_MAX_KERNEL_LOSS,  /**< of kernel zones may go, whatever becomes of the rest, or as much as is weighed */
};

/** @struct memhp_guards
 * What is to change, and what the machine has: set in any order, and again. */
struct memhp_guards;

/** Make guards. Nothing changes yet, and nothing is known of the machine.
 * @param action that of the request: MEMHP_TRANSITION_OFFLINE, MEMHP_TRANSITION_ONLINE or its kin; MEMHP_TRANSITION_NONE for
 *        goals of their own (memhp_request_add_goal()): as some of it may fail, kernel memory that comes is not counted on, nor
 *        that movable memory goes where some comes
 * @return 0, or -EINVAL for another action. */
MEMHP_MUST_CHECK int memhp_guards_new(struct memhp_guards **guards, enum memhp_transition action);
void memhp_guards_free(struct memhp_guards *guards); /**< Release the guards. */

/** Weigh what a plan would change, besides what was added before; of a plan with MEMHP_SETTING_NUM_BLOCKS what is planned. Its
 * further candidates may be of kernel zones where that is not: MEMHP_SETTING_MAX_KERNEL_LOSS_BYTES sees to it that they do not
 * pass the guard by. @a plan is not needed afterwards. @return 0, or -EINVAL when its request asks for another action. */
MEMHP_MUST_CHECK int memhp_guards_add_plan(struct memhp_guards *guards, const struct memhp_plan *plan);

/** Weigh memory that changes, besides what was added before; with MEMHP_TRANSITION_NONE it goes offline.
 * @param zone where it is, or is to come to; MEMHP_ZONE_UNKNOWN is allowed */
void memhp_guards_add_bytes(struct memhp_guards *guards, enum memhp_zone zone, uint64_t size_bytes);
/** Say how much memory is available (memhp_ctx_read_available(); by default UINT64_MAX: not known) and to be left (0). */
void memhp_guards_set_available_bytes(struct memhp_guards *guards, uint64_t available_bytes, uint64_t keep_free_bytes);
/** Say how much the kernel can use. @a balance is not needed afterwards; NULL (the default): not known. */
void memhp_guards_set_balance(struct memhp_guards *guards, const struct memhp_balance *balance);
/** What a guard says. A change that makes it no worse is fine. What was to be kept and is not known to be there is refused. */
enum memhp_guard_level memhp_guards_get_level(const struct memhp_guards *guards, enum memhp_guard guard);
/** What the guards go by. @return bytes; UINT64_MAX when not known. */
uint64_t memhp_guards_get_figure(const struct memhp_guards *guards, enum memhp_guard_figure figure);
const char *memhp_guard_name(enum memhp_guard guard); /**< The word for a guard. */

MEMHP_END_DECLS
#endif
