/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file
 * Probe: adding a memory block by hand, through /sys/devices/system/memory/probe (CONFIG_ARCH_MEMORY_PROBE). The kernel does
 * not look whether there is RAM at the address: it makes a block anyway, and once that is online the machine crashes or
 * corrupts data. Only a reboot takes such a block away. It is written only when every check has passed. */
#ifndef LIBMEMHP_PROBE_H
#define LIBMEMHP_PROBE_H

#include "ctx.h"
#include "names.h"
MEMHP_BEGIN_DECLS

/** What stands against a probe. One that is not aligned or whose block is present has no other obstacle. */
enum memhp_obstacle {
	MEMHP_OBSTACLE_UNALIGNED = 0, /**< the address is no multiple of the block size */
	MEMHP_OBSTACLE_PRESENT,       /**< the block is there already */
	MEMHP_OBSTACLE_TAKEN,         /**< /proc/iomem has something there, see memhp_probe_get_claim() */
	MEMHP_OBSTACLE_UNSEEN,        /**< /proc/iomem cannot be read, or hides its addresses from all but root */
	MEMHP_OBSTACLE_UNPROVEN,      /**< nothing proves that all of the block is RAM */
};

/** What proves that all of a block is RAM. */
enum memhp_proof {
	MEMHP_PROOF_NONE = 0,     /**< nothing does, or it was not looked for */
	MEMHP_PROOF_FIRMWARE_MAP, /**< `System RAM` in /sys/firmware/memmap (x86) */
	MEMHP_PROOF_SRAT,         /**< /sys/firmware/acpi/tables/SRAT: memory enabled and not hotpluggable; only root can read it */
	MEMHP_PROOF_DEVICE_TREE,  /**< `reg` of a memory node in /sys/firmware/devicetree/base */
	MEMHP_PROOF_LMB,          /**< logical memory blocks of ppc64 that are assigned: ibm,dynamic-memory and its second form */
};

/** For memhp_request_add_probe(): also where nothing proves that there is RAM. Dangerous. */
#define MEMHP_PROBE_UNBACKED 1u

const char *memhp_obstacle_name(enum memhp_obstacle obstacle); /**< The word for an obstacle. */
const char *memhp_proof_name(enum memhp_proof proof);          /**< The word for a proof. */

struct memhp_probe; /* a block that is to be added, and what stands against it: for memhp_request_add_probe() */

/** Check an address. Changes nothing. Reads block_size_bytes, the block's folder, /proc/iomem, and the files of @ref memhp_proof
 * up to the first that proves all of the block. Without root, which /proc/iomem and the SRAT need, there is
 * MEMHP_OBSTACLE_UNSEEN.
 * @param addr any physical address of the block
 * @return 0, also when there are obstacles; otherwise as memhp_ctx_read_block_size(). */
MEMHP_MUST_CHECK int memhp_probe_new(struct memhp_probe **probe, struct memhp_ctx *ctx, uint64_t addr);

void memhp_probe_free(struct memhp_probe *probe);                   /**< Release the probe. */
uint64_t memhp_probe_get_block_id(const struct memhp_probe *probe); /**< Id that the block around the address has or would have. */
bool memhp_probe_has_obstacle(const struct memhp_probe *probe, enum memhp_obstacle obstacle); /**< Whether it stands against it. */
enum memhp_proof memhp_probe_get_proof(const struct memhp_probe *probe); /**< The first proof that was found. */

/** What /proc/iomem has in the block.
 * @param[out] start_addr its first address, or NULL
 * @param[out] last_addr its last, or NULL
 * @return its name, such as `PCI Bus 0000:00`, possibly cut, in printable ASCII; NULL without MEMHP_OBSTACLE_TAKEN. */
const char *memhp_probe_get_claim(const struct memhp_probe *probe, uint64_t *start_addr, uint64_t *last_addr);

MEMHP_END_DECLS
#endif
