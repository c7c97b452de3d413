/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file */
#ifndef LIBMEMHP_BALANCE_H
#define LIBMEMHP_BALANCE_H

#include "ctx.h"
MEMHP_BEGIN_DECLS

/** @struct memhp_balance
 * How much memory the kernel can use for itself, and how much is movable, when it was read. Immutable. */
struct memhp_balance;

/** Read the balance: /proc/zoneinfo (present pages of each zone; CMA counts as movable, ZONE_DEVICE not at all) and
 * /proc/meminfo.
 * @return 0; -EBADMSG when /proc/zoneinfo was not understood; -ENODATA when /proc/meminfo, which alone tells of the CMA before
 *         Linux 5.12 and of the size of pages below a sysroot, cannot be read or understood. */
MEMHP_MUST_CHECK int memhp_balance_new(struct memhp_balance **balance, struct memhp_ctx *ctx);

void memhp_balance_free(struct memhp_balance *balance);                        /**< Release the balance. */
uint64_t memhp_balance_get_kernel_bytes(const struct memhp_balance *balance);  /**< Bytes in kernel zones, CMA excluded. */
uint64_t memhp_balance_get_movable_bytes(const struct memhp_balance *balance); /**< Bytes in ZONE_MOVABLE, and CMA. */

MEMHP_END_DECLS
#endif
