/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file guards.h
 * @brief Whether the machine keeps enough memory.
 */
#ifndef LIBMEMHP_GUARDS_H
#define LIBMEMHP_GUARDS_H

#include "balance.h"
#include "plan.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup guards Guards
 * What a change would leave the machine with, before it is carried out. Nothing here reads a file or refuses anything: a program
 * asks, and decides.
 * @{
 */

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
	MEMHP_GUARD_FIGURE_CHANGED = 1,      /**< what changes in all */
	MEMHP_GUARD_FIGURE_AVAILABLE_BEFORE, /**< memory available */
	MEMHP_GUARD_FIGURE_AVAILABLE_AFTER,  /**< what would be left of it; 0 also when that is less than nothing */
	MEMHP_GUARD_FIGURE_KEEP_FREE,        /**< what is to be left of it */
	MEMHP_GUARD_FIGURE_KERNEL_BEFORE,    /**< memory of kernel zones, without CMA */
	MEMHP_GUARD_FIGURE_KERNEL_AFTER,     /**< what that would be */
	MEMHP_GUARD_FIGURE_MOVABLE_BEFORE,   /**< memory of ZONE_MOVABLE, and CMA */
	MEMHP_GUARD_FIGURE_MOVABLE_AFTER,    /**< what that would be */
	/**
	 * So much of kernel zones may go offline whatever becomes of the rest, or as much as is weighed: what
	 * memhp_request_set_max_kernel_loss_bytes() is for.
	 */
	MEMHP_GUARD_FIGURE_MAX_KERNEL_LOSS,
};

/**
 * @struct memhp_guards
 * What is to change, and what the machine has. Everything in it may be set in any order, and again.
 */
struct memhp_guards;

/**
 * Make guards.
 *
 * Nothing changes yet, and nothing is known of the machine.
 *
 * @param[out] guards the guards, owned by the caller
 * @param action what is asked
 * @return 0, or -EINVAL.
 */
MEMHP_MUST_CHECK int memhp_guards_new(struct memhp_guards **guards, enum memhp_transition action);

/**
 * Release the guards.
 * @param guards guards or NULL
 */
void memhp_guards_free(struct memhp_guards *guards);

/**
 * Weigh what a plan would change, besides what was added before.
 *
 * Of a plan with memhp_request_set_num_blocks() that is what is planned. Its further candidates may be of kernel zones where what
 * is planned is not: memhp_request_set_max_kernel_loss_bytes() sees to it that they do not pass the guard by.
 *
 * @param guards guards
 * @param plan a plan, which is not needed afterwards
 * @return 0, or -EINVAL when its request asks for another action.
 */
int memhp_guards_add_plan(struct memhp_guards *guards, const struct memhp_plan *plan);

/**
 * Weigh memory that changes, besides what was added before.
 * @param guards guards
 * @param zone the zone that it is in, or is to come to; MEMHP_ZONE_UNKNOWN is allowed
 * @param size_bytes bytes
 */
void memhp_guards_add_bytes(struct memhp_guards *guards, enum memhp_zone zone, uint64_t size_bytes);

/**
 * Say how much memory is available.
 * @param guards guards
 * @param available_bytes memhp_ctx_read_available(); UINT64_MAX (the default) when it is not known
 * @param keep_free_bytes how much of it is to be left; by default 0
 */
void memhp_guards_set_available_bytes(struct memhp_guards *guards, uint64_t available_bytes, uint64_t keep_free_bytes);

/**
 * Say how much memory the kernel can use for itself.
 * @param guards guards
 * @param balance a balance, which is not needed afterwards; NULL (the default) when it is not known
 */
void memhp_guards_set_balance(struct memhp_guards *guards, const struct memhp_balance *balance);

/**
 * What a guard says.
 *
 * A change that makes it no worse is fine, however it is. What was to be kept for certain and is not known to be there is refused.
 *
 * @param guards guards
 * @param guard which one
 */
enum memhp_guard_level memhp_guards_get_level(const struct memhp_guards *guards, enum memhp_guard guard);

/**
 * What the guards go by.
 * @param guards guards
 * @param figure which figure
 * @return bytes; UINT64_MAX when it is not known.
 */
uint64_t memhp_guards_get_figure(const struct memhp_guards *guards, enum memhp_guard_figure figure);

/**
 * The word for a guard.
 * @param guard which one
 * @return `memory-left` or `imbalance`; static.
 */
const char *memhp_guard_name(enum memhp_guard guard);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
