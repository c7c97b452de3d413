/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file ctx.h
 * @brief Where to look, and whom to tell.
 */
#ifndef LIBMEMHP_CTX_H
#define LIBMEMHP_CTX_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup ctx Context
 * @{
 */

/**
 * @struct memhp_ctx
 * Where to look and whom to tell. Reference counted. Writers that even SIGKILL has not ended yet belong to the context: they are
 * reaped, without waiting, when it is used next or released; a program that goes on should keep the context until then.
 */
struct memhp_ctx;

/**
 * Receives a line of the library's log.
 * @param userdata what memhp_ctx_set_log() was given
 * @param level a priority of <syslog.h>: LOG_WARNING for what the user should know, LOG_DEBUG for the rest
 * @param format printf format, without a final newline
 * @param args arguments of @a format
 */
typedef void (*memhp_log_fn)(void *userdata, int level, const char *format, va_list args);

/**
 * Make a context.
 *
 * Opens the root, of which the context keeps a descriptor: whatever becomes of the name @a sysroot later, the directory that it was
 * is the one that is read and written. A machine without memory hotplug is noticed by the calls that look.
 *
 * @param[out] ctx the context, owned by the caller
 * @param sysroot directory that stands for `/`: everything is read and written below it and nothing outside it. NULL means the
 *        running machine
 * @return 0, -EINVAL for an empty @a sysroot, or the errno of open(2), such as -ENOENT when there is no such directory.
 */
MEMHP_MUST_CHECK int memhp_ctx_new(struct memhp_ctx **ctx, const char *sysroot);

/** Take a reference. @return @a ctx */
struct memhp_ctx *memhp_ctx_ref(struct memhp_ctx *ctx);

/** Drop a reference; the last one releases the context. */
void memhp_ctx_unref(struct memhp_ctx *ctx);

/** The directory that stands for `/`. @return the sysroot, or NULL for the running machine. */
const char *memhp_ctx_get_sysroot(const struct memhp_ctx *ctx);

/**
 * Open a file or directory below the root.
 *
 * Resolves the path as if the root that the context has opened were `/`: absolute symbolic links and `..` stay below it. It is for
 * what belongs to a machine beside its memory, such as its configuration. To write there, open the directory, and the file relative
 * to it with O_NOFOLLOW, so that nothing found in its place leads elsewhere. Does not wait for a FIFO, or take a terminal.
 *
 * @param path path below the root, such as "etc/tmpfiles.d"; a `/` at its beginning means nothing
 * @param flags O_RDONLY or O_PATH, with O_DIRECTORY or O_NOFOLLOW, which is about the last name of the path; O_CLOEXEC is implied
 * @return a descriptor, the caller's; -EINVAL for other flags; or the errno of open(2), such as -ENOENT, or -ELOOP after 40 links.
 */
MEMHP_MUST_CHECK int memhp_ctx_open(struct memhp_ctx *ctx, const char *path, int flags);

/**
 * Say where sysfs is mounted, when it is not at /sys.
 * @param path absolute path of the mount point, which is opened
 * @return 0, -EINVAL when @a path is not absolute or @a ctx has a sysroot, or the errno of open(2).
 */
int memhp_ctx_set_sysfs(struct memhp_ctx *ctx, const char *path);

/**
 * Receive the library's log.
 * @param log receiver, or NULL for silence (the default)
 * @param userdata passed to @a log
 * @param level least urgent priority to pass on: LOG_WARNING, LOG_INFO or LOG_DEBUG
 */
void memhp_ctx_set_log(struct memhp_ctx *ctx, memhp_log_fn log, void *userdata, int level);

/**
 * Let threads share a scan.
 *
 * The library starts no thread unless it is told how many there may be. A scan of 8,192 blocks and more is shared by that many, the
 * caller's own included, but no more than the caller may have processors. They have all signals blocked, call no function of the
 * caller's, and have ended when memhp_snapshot_new() returns.
 *
 * @param num_threads 1 to 64; 1 is the default: the caller's alone
 * @return 0, or -EINVAL for another number.
 */
int memhp_ctx_set_threads(struct memhp_ctx *ctx, unsigned int num_threads);

/**
 * Read the size of a memory block.
 *
 * Reads /sys/devices/system/memory/block_size_bytes. Needs no privilege and does not block.
 *
 * @param[out] size_bytes size of every block of this machine: a power of two
 * @return 0, -ENODEV when this machine has no memory hotplug (or sysfs is not mounted), -EBADMSG when the file holds something else
 *         than a power of two, or the errno of open(2) or read(2).
 */
MEMHP_MUST_CHECK int memhp_ctx_read_block_size(struct memhp_ctx *ctx, uint64_t *size_bytes);

/**
 * How large the kernel's pages are.
 *
 * Of a tree (sysroot) it follows from the architecture, or from /proc/zoneinfo and /proc/meminfo.
 *
 * @param[out] size_bytes untouched on failure
 * @return 0; -ENODATA when nothing tells; or a negative errno of open(2) or read(2).
 */
MEMHP_MUST_CHECK int memhp_ctx_read_page_size(struct memhp_ctx *ctx, uint64_t *size_bytes);

/**
 * Whether this kernel can take memory blocks offline at all (CONFIG_MEMORY_HOTREMOVE).
 *
 * Without it the file `removable` of each block is 0, and no block has valid_zones.
 *
 * @return 1 when it can, 0 when it cannot; -ENODATA when there is nothing to tell, or another negative errno of reading.
 */
int memhp_ctx_has_hotremove(struct memhp_ctx *ctx);

/**
 * Whether this machine is one that can be changed, and not a copy of one.
 *
 * The files of a copy, such as a tree in a folder, take any word and do nothing with it. So the library stores only on sysfs, and
 * on FUSE, by which a machine can be simulated: whatever changes something returns -EMEDIUMTYPE elsewhere, before anything is
 * written. This looks at the file system of /sys/devices/system/memory, at nothing else, and needs no privilege.
 *
 * @return 0; -EMEDIUMTYPE for a copy; -ENODEV when this machine has no memory hotplug; or the errno of open(2) or statfs(2).
 */
MEMHP_MUST_CHECK int memhp_ctx_check_changeable(struct memhp_ctx *ctx);

/**
 * Whether this kernel can add memory blocks by hand.
 *
 * Looks whether /sys/devices/system/memory/probe exists (CONFIG_ARCH_MEMORY_PROBE).
 *
 * @return 1 when the file exists, 0 when it does not, or the negative errno of looking for it.
 */
int memhp_ctx_has_probe(struct memhp_ctx *ctx);

/**
 * Whether a crash kernel (kdump) is loaded that has to be loaded again once memory went online or offline.
 *
 * It has a list of the memory of which it makes a dump. A kernel with CONFIG_CRASH_HOTPLUG (Linux 6.6) may keep that list up to
 * date, and tells so in /sys/devices/system/memory/crash_hotplug.
 *
 * @return 1 when it has to; 0 when none is loaded, or the kernel keeps it up to date; -EBADMSG when a file says neither 0 nor 1, or
 *         the errno of open(2) or read(2): -EACCES for other users than root on the first kernels that have crash_hotplug.
 */
int memhp_ctx_needs_crash_reload(struct memhp_ctx *ctx);

/**
 * Memory that can be had without swapping.
 * @param[out] size_bytes MemAvailable of /proc/meminfo
 * @return 0, -ENOENT when there is no such file, -EBADMSG when it does not say, or the errno of open(2) or read(2).
 */
MEMHP_MUST_CHECK int memhp_ctx_read_available(struct memhp_ctx *ctx, uint64_t *size_bytes);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
