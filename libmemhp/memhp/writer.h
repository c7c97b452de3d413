/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file writer.h
 * @brief Bringing memory in and giving it back.
 */
#ifndef LIBMEMHP_WRITER_H
#define LIBMEMHP_WRITER_H

#include "ctx.h"
#include "names.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup configure Configuration
 * Memory that is brought in and given back other than by its blocks' states: standby memory of s390, dax devices as a whole.
 * @{
 */

/**
 * @struct memhp_writer
 * A process that makes writes which the kernel may not finish, with one deadline for all of them. It is started
 * when it is first needed, in the way of memhp_plan_apply(), and ends with it.
 */
struct memhp_writer;

/**
 * Make a writer.
 * @param[out] writer the writer, owned by the caller
 * @param ctx the context to write to; a reference is kept
 * @param timeout_ms how long all of its writes may take from now on, or MEMHP_NO_TIMEOUT; 0: none is tried
 * @param cancel_fd as for memhp_request_set_cancel_fd(), or -1
 * @return 0, -EBADF the cancel descriptor is not open, or -ENOMEM.
 */
MEMHP_MUST_CHECK int memhp_writer_new(struct memhp_writer **writer, struct memhp_ctx *ctx, uint64_t timeout_ms, int cancel_fd);

/** Release it, which ends the process. */
void memhp_writer_free(struct memhp_writer *writer);

/**
 * How long each single write may take.
 * @param timeout_ms from the beginning of the write on, or MEMHP_NO_TIMEOUT, the default; a write that takes longer is ended, and
 *        what was asked for fails with -ETIMEDOUT
 */
void memhp_writer_set_block_timeout_ms(struct memhp_writer *writer, uint64_t timeout_ms);

/**
 * Have a function called while a write lasts.
 * @param progress called several times a second, by the thread that waits for the write, which must not be asked anything then;
 *        NULL for none
 * @param data passed on; the caller's
 */
void memhp_writer_set_progress(struct memhp_writer *writer, void (*progress)(void *data), void *data);

/**
 * Whether the last write may have changed something, and what came of it could not be read.
 * @return true when the kernel took the write, or it was ended by force, and reading back failed; false before the first one, too.
 */
bool memhp_writer_is_unverified(const struct memhp_writer *writer);

/**
 * Process id of a writer that could not be ended.
 *
 * It can do nothing further once the kernel lets go of it. No later write is tried.
 *
 * @return process id, or 0 when there is none.
 */
pid_t memhp_writer_get_pid(const struct memhp_writer *writer);

/**
 * Whether this machine has standby memory that is configured before it is used: s390 since Linux 6.19.
 * @return 1 when there is, 0 when there is not, or the negative errno of looking for it.
 */
int memhp_ctx_has_firmware_memory(struct memhp_ctx *ctx);

/**
 * Choose where the memory map of standby memory goes when it is configured.
 *
 * Writes /sys/firmware/memory/memoryN/memmap_on_memory where that is to change, and reads back. Needs root, and **blocks** as
 * memhp_writer_configure_block() does.
 *
 * @param memmap what becomes of memmap_on_memory
 * @return 0 when it is as asked; -EBUSY the memory is configured; otherwise as memhp_writer_configure_block().
 */
MEMHP_MUST_CHECK int memhp_writer_set_memmap(struct memhp_writer *writer, uint64_t block_id, enum memhp_memmap memmap);

/**
 * Configure standby memory: it gets a memory block, which can be brought online then.
 *
 * Writes /sys/firmware/memory/memoryN/memmap_on_memory where that is to change, then 1 to `config`, and reads back. What is so
 * already is not written. Needs root. **Blocks**, also while another agent changes memory or processors, up to the writer's
 * deadline.
 *
 * @param memmap what becomes of memmap_on_memory
 * @return 0 when it is as asked; -EOPNOTSUPP no /sys/firmware/memory, -ENOENT no such memory there, or it has no file
 *         `memmap_on_memory` that could change, -EBUSY memmap_on_memory is to change and the memory is configured, -ENOMEM no
 *         memory for its memory map, -EIO the hypervisor refuses, nothing came of it, or what did cannot be read, -EBADMSG a file
 *         says neither 0 nor 1, -ETIMEDOUT (memhp_writer_get_pid() tells when the kernel still holds the process), -ECANCELED,
 *         -EINTR the process was killed by somebody else, -EMEDIUMTYPE this is a copy of a machine (see
 *         memhp_ctx_check_changeable()), -EACCES, -EROFS, -EAGAIN, -EMFILE, -ENFILE no resources for the process, or another errno
 *         of the kernel's.
 */
MEMHP_MUST_CHECK int memhp_writer_configure_block(struct memhp_writer *writer, uint64_t block_id, enum memhp_memmap memmap);

/**
 * Deconfigure standby memory: its memory block, which must be offline, goes away.
 *
 * Writes 0 to /sys/firmware/memory/memoryN/config, and reads back. Needs root, and **blocks** as memhp_writer_configure_block()
 * does.
 *
 * @return 0 when it is as asked; -EBUSY the block is not offline; otherwise as memhp_writer_configure_block().
 */
MEMHP_MUST_CHECK int memhp_writer_deconfigure_block(struct memhp_writer *writer, uint64_t block_id);

/**
 * Read the state of a dax device's memory as a whole.
 *
 * Reads /sys/bus/dax/devices/daxX.Y/state (Linux 7.3). Needs no privilege and does not block.
 *
 * @param device its name, such as `dax0.0`
 * @param[out] state the state
 * @return 0; -EINVAL for something else than the name of a dax device, -ENOENT no such device, -EOPNOTSUPP this kernel has no such
 *         file, or the device is not in the hands of the driver kmem; -EBADMSG for a word that the library does not know or a
 *         device that is no link below /sys/devices, or the errno of open(2) or read(2).
 */
MEMHP_MUST_CHECK int memhp_ctx_read_dax_state(struct memhp_ctx *ctx, const char *device, enum memhp_transition *state);

/**
 * Read the size of a dax device.
 *
 * Reads /sys/bus/dax/devices/daxX.Y/size. Needs no privilege and does not block.
 *
 * @param device its name, such as `dax0.0`
 * @param[out] size_bytes the size in bytes; its memory can be less, for only whole blocks are
 * @return 0; -EINVAL for something else than the name of a dax device, -ENOENT no such device or no such file, -EBADMSG for what is
 *         no number or a device that is no link below /sys/devices, or the errno of open(2) or read(2).
 */
MEMHP_MUST_CHECK int memhp_ctx_read_dax_size(struct memhp_ctx *ctx, const char *device, uint64_t *size_bytes);

/**
 * Bring a dax device's memory online, or take it away, as a whole: all or nothing.
 *
 * Writes /sys/bus/dax/devices/daxX.Y/state, and reads back. Needs root. **Blocks** up to the writer's deadline: to take memory away
 * that is in use can last for ever.
 *
 * @param device its name, such as `dax0.0`
 * @param state what to write; for MEMHP_TRANSITION_ONLINE any zone will do
 * @return 0 when it is as asked; -EBUSY memory that is in use cannot be moved, or the device would have to be unplugged before;
 *         -EINVAL also for MEMHP_TRANSITION_OFFLINE and what is none; otherwise as memhp_ctx_read_dax_state() and
 *         memhp_writer_configure_block().
 */
MEMHP_MUST_CHECK int memhp_writer_set_dax_state(struct memhp_writer *writer, const char *device, enum memhp_transition state);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
