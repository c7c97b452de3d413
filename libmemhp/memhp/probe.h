/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file probe.h
 * @brief Telling the kernel of memory that it does not know.
 */
#ifndef LIBMEMHP_PROBE_H
#define LIBMEMHP_PROBE_H

#include "ctx.h"
#include "names.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup probe Probe
 * Adding a memory block by hand, through /sys/devices/system/memory/probe (CONFIG_ARCH_MEMORY_PROBE). The kernel does not look
 * whether there is RAM at the address: it makes a block anyway, and once that is online the machine crashes or corrupts data.
 * Only a reboot takes such a block away. So a probe is checked first, and written only when every check has passed.
 * @{
 */

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
	MEMHP_PROOF_SRAT,         /**< memory in the ACPI table SRAT that is enabled and not hotpluggable; only root can read it */
	MEMHP_PROOF_DEVICE_TREE,  /**< `reg` of a memory node in the device tree */
	MEMHP_PROOF_LMB,          /**< logical memory blocks of ppc64 that are assigned: ibm,dynamic-memory and its second form */
};

/** For memhp_probe_apply(): also where nothing proves that there is RAM. Dangerous. */
#define MEMHP_PROBE_UNBACKED 1u

/** Name of an obstacle. @return `unaligned`, `present`, `taken`, `unseen`, `unproven`; static. */
const char *memhp_obstacle_name(enum memhp_obstacle obstacle);

/** Name of a proof. @return `none`, `firmware-map`, `srat`, `device-tree`, `lmb`; static. */
const char *memhp_proof_name(enum memhp_proof proof);

/**
 * @struct memhp_probe
 * A block that is to be added: what stands against it, and what became of it.
 */
struct memhp_probe;

/**
 * Check an address. Changes nothing.
 *
 * Reads block_size_bytes, whether the block's directory is there, /proc/iomem, and as proof of RAM /sys/firmware/memmap,
 * /sys/firmware/acpi/tables/SRAT and /sys/firmware/devicetree/base, up to the first that proves all of the block. Needs root for
 * /proc/iomem and the SRAT; without it there is MEMHP_OBSTACLE_UNSEEN. Does not block.
 *
 * @param[out] probe the probe, owned by the caller
 * @param addr physical address of the block, any
 * @return 0, also when there are obstacles; -ENODEV no memory hotplug, -EBADMSG the block size is garbage, -ENOMEM, or another
 *         errno of open(2) or read(2), as for memhp_ctx_read_block_size().
 */
MEMHP_MUST_CHECK int memhp_probe_new(struct memhp_probe **probe, struct memhp_ctx *ctx, uint64_t addr);

/** Release the probe. Blocks that it has added stay. */
void memhp_probe_free(struct memhp_probe *probe);

/**
 * Id of the block.
 * @return the id that the block has, or would have: of an address that is not aligned, that of the block around it.
 */
uint64_t memhp_probe_get_block_id(const struct memhp_probe *probe);

/** First address of the block. @return physical address. */
uint64_t memhp_probe_get_start_addr(const struct memhp_probe *probe);

/** Last address of the block. @return physical address, inclusive. */
uint64_t memhp_probe_get_last_addr(const struct memhp_probe *probe);

/**
 * Whether a check has failed.
 * @param obstacle what the check is for
 * @return true when this stands against the probe.
 */
bool memhp_probe_has_obstacle(const struct memhp_probe *probe, enum memhp_obstacle obstacle);

/** What proves that the block is RAM. @return the first proof that was found. */
enum memhp_proof memhp_probe_get_proof(const struct memhp_probe *probe);

/**
 * What /proc/iomem has in the block.
 * @param[out] start_addr where that begins, or NULL
 * @param[out] last_addr where it ends, inclusive, or NULL
 * @return its name, such as `PCI Bus 0000:00`, possibly cut, in printable ASCII; NULL without MEMHP_OBSTACLE_TAKEN, with the
 *         addresses untouched.
 */
const char *memhp_probe_get_claim(const struct memhp_probe *probe, uint64_t *start_addr, uint64_t *last_addr);

/**
 * Have a function called while memhp_probe_apply() lasts.
 * @param progress called several times a second, by the thread that waits, for which the probe's result is not there yet; NULL for
 *        none
 * @param data passed on; the caller's
 */
void memhp_probe_set_progress(struct memhp_probe *probe, void (*progress)(void *data), void *data);

/**
 * Ask the kernel to add the block.
 *
 * One write to the file `probe`, by a process of its own as for memhp_plan_apply(), then a look at the block. **Blocks** until the
 * kernel is done, the deadline passes or the descriptor becomes readable, and then up to five seconds for a writer that was killed.
 * Needs root. The new block is offline, unless the kernel's policy or another agent has brought it online: see
 * memhp_probe_get_state(). It cannot be taken back.
 *
 * The checks are not made again: what has changed since memhp_probe_new() is the kernel's to see, and it sees only what is there.
 *
 * @param timeout_ms how long to wait, or MEMHP_NO_TIMEOUT; 0: nothing is written
 * @param cancel_fd as for memhp_request_set_cancel_fd(), or -1
 * @param flags 0 or MEMHP_PROBE_UNBACKED, with which MEMHP_OBSTACLE_UNPROVEN does not count
 * @return 0 when the block is there. Nothing was written: -EINVAL unknown @a flags, -EPERM an obstacle, -EBADF the cancel
 *         descriptor is not open, -EOPNOTSUPP no file `probe`, -EMEDIUMTYPE this is a copy of a machine (see
 *         memhp_ctx_check_changeable()), -EACCES, -EROFS who you are or how /sys is mounted, -ENODEV no memory hotplug, -EAGAIN,
 *         -EMFILE, -ENFILE, -ENOMEM no resources for the writer. The kernel refused: -EEXIST something is there by now or the
 *         kernel keeps that range for itself (old kernels: beyond what is addressable, too), -EINVAL the address does not suit it,
 *         -E2BIG, -ERANGE beyond what is addressable, -ENOMEM not enough memory to manage the block, or another errno. Not done in
 *         time: -ETIMEDOUT, -ECANCELED, -EINPROGRESS the kernel still holds the writer, see memhp_probe_get_writer_pid(), -EINTR
 *         the writer was killed by somebody else. Done and not as it should be: -ENOENT no block has appeared, -EBADMSG it cannot
 *         be understood.
 */
MEMHP_MUST_CHECK int memhp_probe_apply(struct memhp_probe *probe, struct memhp_ctx *ctx, uint64_t timeout_ms, int cancel_fd,
				       unsigned int flags);

/**
 * Whether the kernel has taken the address.
 *
 * After memhp_probe_apply() failed this tells what may be there and could not be read from what is not there.
 *
 * @return true when the write succeeded, whatever could be read afterwards.
 */
bool memhp_probe_is_stored(const struct memhp_probe *probe);

/**
 * State of the block after memhp_probe_apply().
 * @return the state that was read back; MEMHP_STATE_UNKNOWN when there is no block.
 */
enum memhp_state memhp_probe_get_state(const struct memhp_probe *probe);

/** Zone of the block after memhp_probe_apply(). @return its zone when it is online, else MEMHP_ZONE_NONE. */
enum memhp_zone memhp_probe_get_zone(const struct memhp_probe *probe);

/** How long memhp_probe_apply() took. @return milliseconds; 0 before. */
uint64_t memhp_probe_get_elapsed_ms(const struct memhp_probe *probe);

/** The writer that could not be ended. @return its process id after -EINPROGRESS, else 0. */
pid_t memhp_probe_get_writer_pid(const struct memhp_probe *probe);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
