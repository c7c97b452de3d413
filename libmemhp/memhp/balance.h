/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file balance.h
 * @brief Kernel and movable memory.
 */
#ifndef LIBMEMHP_BALANCE_H
#define LIBMEMHP_BALANCE_H

#include "ctx.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup balance Balance
 * How much memory the kernel can use for itself, and how much is movable.
 * @{
 */

/**
 * @struct memhp_balance
 * How much memory the kernel can use for itself and how much is movable, when it was read. Immutable.
 */
struct memhp_balance;

/**
 * Read the balance of kernel and movable memory.
 *
 * Reads /proc/zoneinfo (present pages of each zone; CMA counts as movable, ZONE_DEVICE not at all) and /proc/meminfo. Needs no
 * privilege and does not block.
 *
 * @param[out] balance the balance, owned by the caller
 * @return 0, -EBADMSG when /proc/zoneinfo was not understood, -ENODATA when /proc/meminfo cannot be read or understood and alone
 *         tells of the CMA (before Linux 5.12) or, below a sysroot, of the size of pages, or the errno of open(2) or read(2) for
 *         the former.
 */
MEMHP_MUST_CHECK int memhp_balance_new(struct memhp_balance **balance, struct memhp_ctx *ctx);

/** Release the balance. */
void memhp_balance_free(struct memhp_balance *balance);

/** Memory in kernel zones, CMA excluded. @return bytes. */
uint64_t memhp_balance_get_kernel_bytes(const struct memhp_balance *balance);

/** Memory in ZONE_MOVABLE, and CMA. @return bytes. */
uint64_t memhp_balance_get_movable_bytes(const struct memhp_balance *balance);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
