/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file
 * Context: where to look and whom to tell; and what is asked of the machine as a whole. */
#ifndef LIBMEMHP_CTX_H
#define LIBMEMHP_CTX_H

#include "names.h"
MEMHP_BEGIN_DECLS

/** @struct memhp_ctx
 * Where to look and whom to tell. Reference counted. Writers that even SIGKILL has not ended yet belong to it and are reaped,
 * without waiting, when it is used next or released; a program that goes on should keep it until then. */
struct memhp_ctx;

/** Receives a line of the library's log: @a userdata as given to memhp_ctx_set_log(), @a level a priority of <syslog.h>
 * (LOG_WARNING for what the user should know, LOG_DEBUG for the rest), @a format without a final newline. */
typedef void (*memhp_log_fn)(void *userdata, int level, const char *format, va_list args);

/** Make a context. It keeps a descriptor of the root: whatever becomes of the name later, this directory is read and written. A
 * machine without memory hotplug is noticed by the calls that look.
 * @param sysroot directory that stands for `/`: what is told of the machine is read and written below it; NULL: the running machine
 * @return 0, -EINVAL for an empty @a sysroot, or the errno of open(2). */
MEMHP_MUST_CHECK int memhp_ctx_new(struct memhp_ctx **ctx, const char *sysroot);

struct memhp_ctx *memhp_ctx_ref(struct memhp_ctx *ctx);         /**< Take a reference. @return @a ctx */
void memhp_ctx_unref(struct memhp_ctx *ctx);                    /**< Drop a reference; the last one releases it. */
const char *memhp_ctx_get_sysroot(const struct memhp_ctx *ctx); /**< The sysroot; NULL for the running machine. */

/** Open a file or directory below the root, such as the machine's configuration, as if the root were `/`: absolute symbolic
 * links and `..` stay below it. To write there, open the directory, and the file relative to it with O_NOFOLLOW. Does not wait
 * for a FIFO, or take a terminal.
 * @param path path below the root, such as "etc/tmpfiles.d"; a `/` at its beginning means nothing
 * @param flags O_RDONLY or O_PATH, with O_DIRECTORY or O_NOFOLLOW, which is about the last name of the path; implies O_CLOEXEC
 * @return a descriptor, the caller's; -EINVAL for other flags; or the errno of open(2), -ELOOP after 40 links. */
MEMHP_MUST_CHECK int memhp_ctx_open(struct memhp_ctx *ctx, const char *path, int flags);

/** Say where sysfs is mounted, when it is not at /sys. The mount point is opened.
 * @return 0, -EINVAL when @a path is not absolute or @a ctx has a sysroot, or the errno of open(2). */
MEMHP_MUST_CHECK int memhp_ctx_set_sysfs(struct memhp_ctx *ctx, const char *path);

/** Receive the library's log.
 * @param log receiver, or NULL for silence (the default)
 * @param level least urgent priority to pass on: LOG_WARNING, LOG_INFO or LOG_DEBUG */
void memhp_ctx_set_log(struct memhp_ctx *ctx, memhp_log_fn log, void *userdata, int level);

/** Cancel through a descriptor: a signalfd, an eventfd, a pipe. What **blocks** with this context, or what was made from it,
 * ends early when it becomes readable: memhp_plan_apply() with a full result, others with -ECANCELED. It is only polled, never
 * read or closed, and has to stay open as long as it is set; -1 (the default) for none.
 * @return 0, or -EBADF when it is not open: nothing is changed then. */
MEMHP_MUST_CHECK int memhp_ctx_set_cancel_fd(struct memhp_ctx *ctx, int cancel_fd);

/** Let 1 (the default: the caller's) to 64 threads share a scan of 8,192 blocks and more, the caller's own included, no more
 * than it may have processors. They block all signals, call nothing of the caller's, and are gone after memhp_snapshot_new().
 * @return 0, or -EINVAL for another number. */
int memhp_ctx_set_threads(struct memhp_ctx *ctx, unsigned int num_threads);

/** Read the size of every memory block, a power of two, in bytes: the file block_size_bytes.
 * @return 0; -ENODEV for a machine without memory hotplug (or sysfs is not mounted); -EBADMSG for something else in the file. */
MEMHP_MUST_CHECK int memhp_ctx_read_block_size(struct memhp_ctx *ctx, uint64_t *size_bytes);
/** How large the kernel's pages are, in bytes. Of a tree (sysroot) it follows from the architecture, or from /proc/zoneinfo and
 * /proc/meminfo. @return 0; -ENODATA when these two do not go together; -EBADMSG when one of them was not understood. */
MEMHP_MUST_CHECK int memhp_ctx_read_page_size(struct memhp_ctx *ctx, uint64_t *size_bytes);

/** What one kernel has and another does not. */
enum memhp_feature {
	MEMHP_FEATURE_HOTREMOVE = 1, /**< takes blocks offline at all (CONFIG_MEMORY_HOTREMOVE); else there are no valid_zones */
	MEMHP_FEATURE_PROBE,         /**< adds blocks by hand: /sys/devices/system/memory/probe (CONFIG_ARCH_MEMORY_PROBE) */
	MEMHP_FEATURE_STANDBY, /**< has memory that is configured before it is used: /sys/firmware/memory, s390 since Linux 6.19 */
};

/** Whether this kernel has a feature.
 * @return 1 or 0; -ENODATA when there is nothing to tell, as without any block, or another negative errno of looking. */
int memhp_ctx_has(struct memhp_ctx *ctx, enum memhp_feature feature);

/** Whether this machine can be changed, and is no copy of one, such as a tree in a folder, whose files take any word and do
 * nothing with it. The library stores only where /sys/devices/system/memory is sysfs, or FUSE, by which a machine can be
 * simulated; whatever changes something is -EMEDIUMTYPE elsewhere, before anything is written. Looks at nothing else.
 * @return 0; -EMEDIUMTYPE for a copy; -ENODEV no memory hotplug; or the errno of open(2) or statfs(2). */
MEMHP_MUST_CHECK int memhp_ctx_check_changeable(struct memhp_ctx *ctx);

/** What a dax device, such as `dax0.0`, is as a whole: /sys/bus/dax/devices/daxX.Y/state, Linux 7.3 with the driver kmem. It
 * tells what was asked of the device, and does not follow what becomes of single blocks.
 * @return 0, -EINVAL for no such name, -ENOENT no such device, -ENODEV no driver has it, -EOPNOTSUPP the driver gives it no such
 *         file, -EBADMSG a word that is not known. */
MEMHP_MUST_CHECK int memhp_ctx_read_dax_state(struct memhp_ctx *ctx, const char *device, enum memhp_transition *state);

/** Size of a dax device in bytes: its file `size`.
 * @return 0, -EINVAL for no such name, -ENOENT no such device or file, -EBADMSG for no number. */
MEMHP_MUST_CHECK int memhp_ctx_read_dax_size(struct memhp_ctx *ctx, const char *device, uint64_t *size_bytes);

/** Where the memory map of a dax device goes: its file `memmap_on_memory`, Linux 6.8. It is a wish, which the kernel grants only
 * with its parameter memory_hotplug.memmap_on_memory.
 * @return 0, -EINVAL for no such name, -ENOENT no such device, -EOPNOTSUPP no such file, -EBADMSG a word that is not known. */
MEMHP_MUST_CHECK int memhp_ctx_read_dax_memmap(struct memhp_ctx *ctx, const char *device, enum memhp_memmap *memmap);

/** Whether a dax device that is unplugged, or has no driver, can be given a setting of memmap_on_memory, as far as that is known
 * before anything is tried: memory_hotplug.memmap_on_memory and the driver kmem, /sys/bus/dax/drivers/kmem. Writes nothing.
 * @return 0, -EINVAL for no such name or setting, -ENOENT no such device, -ENODEV the driver kmem is not there, -EOPNOTSUPP for
 *         MEMHP_MEMMAP_ON_MEMORY the parameter is N or not there, or another errno of looking. */
MEMHP_MUST_CHECK int memhp_ctx_check_dax_memmap(struct memhp_ctx *ctx, const char *device, enum memhp_memmap memmap);

/** Whether a crash kernel (kdump) is loaded that has to be loaded again once memory went online or offline, for it has a list of
 * the memory to dump. With CONFIG_CRASH_HOTPLUG (Linux 6.6) the kernel may keep that up to date, and says so in crash_hotplug.
 * @return 1 when it has to; 0 when none is loaded, or the kernel keeps it up to date; -EBADMSG when a file says neither 0 nor
 *         1; -EACCES for other users than root on the first kernels that have crash_hotplug. */
int memhp_ctx_needs_crash_reload(struct memhp_ctx *ctx);

/** Memory that can be had without swapping, in bytes: MemAvailable of /proc/meminfo.
 * @return 0, -ENOENT when there is no such file, -EBADMSG when it does not say. */
MEMHP_MUST_CHECK int memhp_ctx_read_available(struct memhp_ctx *ctx, uint64_t *size_bytes);

MEMHP_END_DECLS
#endif
