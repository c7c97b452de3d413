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
 * **Ownership.** `_new` gives the caller one reference, `_ref` adds one and returns its argument, `_unref` drops one and takes
 * NULL. What a getter returns belongs to the object that it was asked of and lives as long as that object.
 *
 * **Threads.** A context, and everything made from it, belongs to one thread at a time. Two contexts in two threads never meet:
 * the library keeps no mutable globals, installs no signal handler, reads no environment variable and never prints.
 *
 * **Units.** Sizes are bytes, addresses are physical, both 64-bit on every architecture. Times are milliseconds.
 */
#ifndef LIBMEMHP_H
#define LIBMEMHP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Version of the library that is running.
 * @return "MAJOR.MINOR.PATCH", static.
 * @since 0.1
 */
const char *memhp_version(void);

/**
 * @defgroup names Words
 * Everything that the kernel or memctl calls by a word, as an enum, with the word. The names are never translated.
 * @{
 */

/** State of a memory block: the file `state`. */
enum memhp_state {
	MEMHP_STATE_UNKNOWN = 0,   /**< not read, unreadable, or a word this library does not know */
	MEMHP_STATE_ONLINE,        /**< `online`: the kernel uses the memory */
	MEMHP_STATE_OFFLINE,       /**< `offline`: present, not used */
	MEMHP_STATE_GOING_OFFLINE, /**< `going-offline`: somebody's offline request is under way */
};

/** Number of values in @ref memhp_state . Fit for arrays: it grows only together with the SONAME. */
#define MEMHP_NUM_STATES 4

/** Memory zone: the words of the file `valid_zones`. */
enum memhp_zone {
	MEMHP_ZONE_UNKNOWN = 0, /**< not read, unreadable, or a word this library does not know */
	MEMHP_ZONE_NONE,        /**< `none`: no single zone (several zones or nodes, or not online) */
	MEMHP_ZONE_DMA,         /**< `DMA` */
	MEMHP_ZONE_DMA32,       /**< `DMA32` */
	MEMHP_ZONE_NORMAL,      /**< `Normal` */
	MEMHP_ZONE_HIGHMEM,     /**< `HighMem` */
	MEMHP_ZONE_MOVABLE,     /**< `Movable`: ZONE_MOVABLE, memory that can usually be taken offline again */
	MEMHP_ZONE_DEVICE,      /**< `Device`: ZONE_DEVICE */
};

/** Number of values in @ref memhp_zone . Fit for arrays: it grows only together with the SONAME. */
#define MEMHP_NUM_ZONES 8

/**
 * What the memory of a block is, and who has added it. A source is one of a kind, and groups the blocks that came together. Its
 * name is short, has no blanks or commas, and stays the same as long as the device is there.
 */
enum memhp_source_kind {
	MEMHP_SOURCE_UNKNOWN = 0, /**< not scanned, or not to be known; such a block has no source */
	MEMHP_SOURCE_BOOT,        /**< RAM that was there when the kernel booted; the name is `boot` */
	MEMHP_SOURCE_DIMM,        /**< an ACPI memory device, also one there at boot; `dimm:` and its name: `dimm:PNP0C80:00` */
	MEMHP_SOURCE_VIRTIO_MEM,  /**< a virtio-mem device; `virtio-mem:` and its name: `virtio-mem:virtio0` */
	MEMHP_SOURCE_DAX,         /**< a dax device in the hands of the driver kmem; its own name: `dax0.0` */
	MEMHP_SOURCE_BALLOON,     /**< added by the balloon driver of a hypervisor: `hyperv` or `xen` */
	MEMHP_SOURCE_STANDBY,     /**< offline memory of s390 before Linux 6.19, which the hypervisor keeps meanwhile: `standby` */
};

/** Number of values in @ref memhp_source_kind . Fit for arrays: it grows only together with the SONAME. */
#define MEMHP_NUM_SOURCE_KINDS 7

/** What is asked of a block: the words written to `state`. */
enum memhp_action {
	MEMHP_ACTION_OFFLINE = 0,    /**< `offline` */
	MEMHP_ACTION_ONLINE,         /**< `online`: the kernel chooses the zone */
	MEMHP_ACTION_ONLINE_KERNEL,  /**< `online_kernel`: a kernel zone */
	MEMHP_ACTION_ONLINE_MOVABLE, /**< `online_movable`: ZONE_MOVABLE */
};

/**
 * State of a dax device's memory as a whole: the file `state` of Linux 7.3. It is what the driver was asked for last. What becomes
 * of single blocks afterwards it does not tell.
 */
enum memhp_dax_state {
	MEMHP_DAX_UNKNOWN = 0,    /**< unreadable, or a word this library does not know */
	MEMHP_DAX_UNPLUGGED,      /**< `unplugged`: there are no memory blocks of it */
	MEMHP_DAX_ONLINE,         /**< `online`: all of them came online, in a zone that the kernel chose */
	MEMHP_DAX_ONLINE_KERNEL,  /**< `online_kernel`: likewise, in a kernel zone */
	MEMHP_DAX_ONLINE_MOVABLE, /**< `online_movable`: likewise, in ZONE_MOVABLE */
	MEMHP_DAX_OFFLINE,        /**< `offline`: all of them came offline, by the kernel's policy; cannot be asked for */
};

/** What becomes of a standby block's setting memmap_on_memory when it is configured. */
enum memhp_memmap {
	MEMHP_MEMMAP_KEEP = 0,  /**< it stays as it is */
	MEMHP_MEMMAP_ELSEWHERE, /**< 0: the memory map takes memory that is there already */
	MEMHP_MEMMAP_ON_MEMORY, /**< 1: the memory map goes into the block itself */
};

/** What became of a block, or in a plan what is to become of it. */
enum memhp_outcome {
	MEMHP_OUTCOME_PLANNED = 0, /**< in a plan: will be written */
	MEMHP_OUTCOME_CHANGED,     /**< changed, and read back so */
	MEMHP_OUTCOME_ALREADY,     /**< was, or came by another agent, as asked */
	MEMHP_OUTCOME_ABSENT,      /**< a gap in a selected range: no block there */
	MEMHP_OUTCOME_BUSY,        /**< EBUSY, or EINTR that was not this request's doing: a later attempt may succeed */
	MEMHP_OUTCOME_IMPOSSIBLE,  /**< the kernel can never do this to this block */
	MEMHP_OUTCOME_VETOED,      /**< a part of the kernel refused (EPERM of a notifier) */
	MEMHP_OUTCOME_FAILED,      /**< another error */
	MEMHP_OUTCOME_TIMEOUT, /**< a deadline passed before the kernel was done; memhp_step_get_after() has what was read then */
	MEMHP_OUTCOME_IN_PROGRESS,     /**< the request had to end and the kernel is still at it, for this request or another's */
	MEMHP_OUTCOME_WRONG_ZONE,      /**< online, but in another zone than asked */
	MEMHP_OUTCOME_VANISHED,        /**< the block went away meanwhile */
	MEMHP_OUTCOME_ROLLED_BACK,     /**< was changed, and is as it was before again */
	MEMHP_OUTCOME_ROLLBACK_FAILED, /**< was changed, and could not be brought back */
	MEMHP_OUTCOME_NOT_TRIED,       /**< the request ended before this block's turn, or it was not needed (MEMHP_REASON_SPARE) */
	MEMHP_OUTCOME_UNVERIFIED,      /**< the write was made, and the state cannot be read since: it may be changed */
	MEMHP_OUTCOME_REVERTED,        /**< changed, and brought back by another agent before the request ended */
	MEMHP_OUTCOME_INTERRUPTED,     /**< cancelled while the kernel was at this block, which is as it was */
};

/** Why a block is not as asked. More specific than an errno where more is known. */
enum memhp_reason {
	MEMHP_REASON_NONE = 0,      /**< nothing to explain */
	MEMHP_REASON_SEVERAL_ZONES, /**< valid_zones is `none`: the block spans several zones or nodes */
	MEMHP_REASON_INVALID_RANGE, /**< EINVAL although the state was right: most likely a memory hole in the block */
	MEMHP_REASON_BUSY,          /**< EBUSY: pages that cannot be moved, or the range is being isolated by another */
	MEMHP_REASON_VETO,          /**< a memory notifier refused: EPERM, or another errno and the kernel's log says so */
	MEMHP_REASON_NO_MEMORY,     /**< ENOMEM */
	MEMHP_REASON_HWPOISON,      /**< EHWPOISON: the block holds a page with a hardware memory error */
	MEMHP_REASON_SIGNAL,        /**< EINTR: a signal, a freezer or a debugger made the kernel give up */
	MEMHP_REASON_ACCESS,        /**< EACCES: no permission to write the file `state` */
	MEMHP_REASON_READ_ONLY,     /**< EROFS: sysfs is mounted read-only */
	MEMHP_REASON_DEADLINE,      /**< a deadline passed */
	MEMHP_REASON_CANCELLED,     /**< the caller cancelled the request */
	MEMHP_REASON_OTHER_ZONE,  /**< the block is online in another zone; or, when it is impossible, it can go to others alone */
	MEMHP_REASON_GONE,        /**< no such block any more */
	MEMHP_REASON_RACE,        /**< another agent has changed the block, or is at it */
	MEMHP_REASON_WRITER_DIED, /**< the process that writes was killed by somebody else */
	MEMHP_REASON_UNREADABLE,  /**< the block's state cannot be read */
	MEMHP_REASON_SPARE,       /**< a further candidate, for the case that another block cannot be changed */
	MEMHP_REASON_OTHER,       /**< an errno without a reason of its own */
	MEMHP_REASON_UNMOVABLE_PAGE,    /**< EBUSY, and the kernel's log names a page that cannot be moved, or says there is one */
	MEMHP_REASON_MIGRATION_FAILURE, /**< EBUSY, and the kernel's log names a page that should have moved and did not */
	MEMHP_REASON_ISOLATION,   /**< EBUSY, and the kernel's log says that the range could not be isolated, and names no page */
	MEMHP_REASON_HUGE_PAGES,  /**< the kernel's log says that free huge pages could not be dissolved */
	MEMHP_REASON_MEMORY_HOLE, /**< EINVAL, and the kernel's log says that there is a memory hole in the block */
	/* As causes of others only, memhp_step_get_cause(): */
	MEMHP_REASON_BOOT_MEMORY,  /**< arm64 never takes offline what the machine booted with */
	MEMHP_REASON_CRASH_KERNEL, /**< s390 keeps online what a crash kernel starts in */
	/* And of a step again: */
	MEMHP_REASON_FILTER, /**< whether the block is selected cannot be told: what a filter asks about cannot be read */
	MEMHP_REASON_LOCKED, /**< a deadline passed while another's change had the kernel's lock: memhp_result_get_blocker() */
};

/** What a page is that stands in the way, as far as the kernel's log tells. */
enum memhp_page_use {
	MEMHP_PAGE_USE_UNKNOWN = 0, /**< the log does not tell */
	MEMHP_PAGE_USE_KERNEL,      /**< memory of the kernel's own, or of a driver */
	MEMHP_PAGE_USE_RESERVED,    /**< reserved at boot or by a driver */
	MEMHP_PAGE_USE_SLAB,        /**< small objects of the kernel's: caches, inodes, dentries */
	MEMHP_PAGE_USE_TABLE,       /**< a page table */
	MEMHP_PAGE_USE_ANON,        /**< a program's memory */
	MEMHP_PAGE_USE_FILE,        /**< of a file, or of shared memory */
	MEMHP_PAGE_USE_HUGETLB,     /**< a huge page */
	MEMHP_PAGE_USE_CMA,         /**< in an area set aside for devices (CMA) */
};

/** What became of a request as a whole. */
enum memhp_completion {
	MEMHP_COMPLETE = 0, /**< all that was asked is so */
	MEMHP_PARTIAL,      /**< some blocks were changed, others are not as asked */
	MEMHP_FAILED,       /**< nothing was changed, and not all is as asked */
	MEMHP_TIMEOUT,      /**< a deadline passed before all was done */
	MEMHP_INTERRUPTED,  /**< cancelled before all was done */
};

/**
 * @brief The kernel's word for a state.
 * @param state a state
 * @return `online`, `offline`, `going-offline`, or `unknown`; static.
 * @since 0.1
 */
const char *memhp_state_name(enum memhp_state state);

/**
 * @brief The state of a word.
 * @param name exact word, not NULL
 * @param state result
 * @return 0, or -EINVAL when no state has that name.
 * @since 0.1
 */
int memhp_state_from_name(const char *name, enum memhp_state *state);

/**
 * @brief The kernel's word for a zone.
 * @param zone a zone
 * @return `none`, `DMA`, `DMA32`, `Normal`, `HighMem`, `Movable`, `Device`, or `unknown`; static.
 * @since 0.1
 */
const char *memhp_zone_name(enum memhp_zone zone);

/**
 * @brief The zone of a word.
 * @param name word, compared without regard to case, not NULL
 * @param zone result
 * @return 0, or -EINVAL when no zone has that name.
 * @since 0.1
 */
int memhp_zone_from_name(const char *name, enum memhp_zone *zone);

/**
 * @brief The word for a kind of source.
 * @param kind a kind
 * @return `boot`, `dimm`, `virtio-mem`, `dax`, `balloon`, `standby`, or `unknown`; static.
 * @since 0.1
 */
const char *memhp_source_kind_name(enum memhp_source_kind kind);

/**
 * @brief The kind of source of a word.
 * @param name exact word, not NULL
 * @param kind result
 * @return 0, or -EINVAL when no kind has that name.
 * @since 0.1
 */
int memhp_source_kind_from_name(const char *name, enum memhp_source_kind *kind);

/**
 * @brief The word that an action writes to `state`.
 * @param action an action
 * @return `offline`, `online`, `online_kernel` or `online_movable`; static.
 * @since 0.1
 */
const char *memhp_action_name(enum memhp_action action);

/**
 * @brief The kernel's word for the state of a dax device.
 * @param state a state
 * @return `unplugged`, `online`, `online_kernel`, `online_movable`, or `unknown`; static.
 * @since 0.1
 */
const char *memhp_dax_state_name(enum memhp_dax_state state);

/**
 * @brief The state of a word.
 * @param name exact word, not NULL
 * @param state result
 * @return 0, or -EINVAL when no state of dax devices has that name.
 * @since 0.1
 */
int memhp_dax_state_from_name(const char *name, enum memhp_dax_state *state);

/**
 * @brief The word for an outcome.
 * @param outcome an outcome
 * @return the enumerator's name in lower case with dashes, such as `wrong-zone`; static.
 * @since 0.1
 */
const char *memhp_outcome_name(enum memhp_outcome outcome);

/**
 * @brief The word for a reason.
 * @param reason a reason
 * @return the enumerator's name in lower case with dashes, such as `several-zones`; static.
 * @since 0.1
 */
const char *memhp_reason_name(enum memhp_reason reason);

/**
 * @brief The word for a kind of page.
 * @param kind a kind
 * @return the word, such as `slab` or `reserved`; `unknown` for a value outside @ref memhp_page_use . Static.
 * @since 0.1
 */
const char *memhp_page_use_name(enum memhp_page_use kind);

/**
 * @brief The word for a completion.
 * @param completion a completion
 * @return `complete`, `partial`, `failed`, `timeout` or `interrupted`; static.
 * @since 0.1
 */
const char *memhp_completion_name(enum memhp_completion completion);

/** @} */

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
 * @brief Receives a line of the library's log.
 * @param userdata what memhp_ctx_set_log() was given
 * @param level a priority of <syslog.h>: LOG_WARNING for what the user should know, LOG_DEBUG for the rest
 * @param format printf format, without a final newline
 * @param args arguments of @a format
 */
typedef void (*memhp_log_fn)(void *userdata, int level, const char *format, va_list args);

/**
 * @brief Make a context.
 *
 * Opens the root, of which the context keeps a descriptor: whatever becomes of the name @a sysroot later, the directory that it was
 * is the one that is read and written. A machine without memory hotplug is noticed by the calls that look.
 *
 * @param[out] ctx the context, owned by the caller
 * @param sysroot directory that stands for `/`: everything is read and written below it and nothing outside it. NULL means the
 *        running machine
 * @return 0, -EINVAL for an empty @a sysroot, or the errno of open(2), such as -ENOENT when there is no such directory.
 * @since 0.1
 */
int memhp_ctx_new(struct memhp_ctx **ctx, const char *sysroot);

/**
 * @brief Take a reference.
 * @param ctx a context, not NULL
 * @return @a ctx
 * @since 0.1
 */
struct memhp_ctx *memhp_ctx_ref(struct memhp_ctx *ctx);

/**
 * @brief Drop a reference; the last one releases the context.
 * @param ctx a context or NULL
 * @since 0.1
 */
void memhp_ctx_unref(struct memhp_ctx *ctx);

/**
 * @brief The directory that stands for `/`.
 * @param ctx a context, not NULL
 * @return the sysroot, or NULL for the running machine.
 * @since 0.1
 */
const char *memhp_ctx_get_sysroot(const struct memhp_ctx *ctx);

/**
 * @brief Open a file or directory below the root.
 *
 * Resolves the path as if the root that the context has opened were `/`: absolute symbolic links and `..` stay below it. It is for
 * what belongs to a machine beside its memory, such as its configuration. To write there, open the directory, and the file relative
 * to it with O_NOFOLLOW, so that nothing found in its place leads elsewhere. Does not wait for a FIFO, or take a terminal.
 *
 * @param ctx a context, not NULL
 * @param path path below the root, such as "etc/tmpfiles.d"; a `/` at its beginning means nothing
 * @param flags O_RDONLY or O_PATH, with O_DIRECTORY or O_NOFOLLOW, which is about the last name of the path; O_CLOEXEC is implied
 * @return a descriptor, the caller's; -EINVAL for other flags; or the errno of open(2), such as -ENOENT, or -ELOOP after 40 links.
 * @since 0.2
 */
int memhp_ctx_open(struct memhp_ctx *ctx, const char *path, int flags);

/**
 * @brief Say where sysfs is mounted, when it is not at /sys.
 * @param ctx a context without a sysroot, not NULL
 * @param path absolute path of the mount point, which is opened
 * @return 0, -EINVAL when @a path is not absolute or @a ctx has a sysroot, or the errno of open(2).
 * @since 0.1
 */
int memhp_ctx_set_sysfs(struct memhp_ctx *ctx, const char *path);

/**
 * @brief Receive the library's log.
 * @param ctx a context, not NULL
 * @param log receiver, or NULL for silence (the default)
 * @param userdata passed to @a log
 * @param level least urgent priority to pass on: LOG_WARNING, LOG_INFO or LOG_DEBUG
 * @since 0.1
 */
void memhp_ctx_set_log(struct memhp_ctx *ctx, memhp_log_fn log, void *userdata, int level);

/**
 * @brief Read the size of a memory block.
 *
 * Reads /sys/devices/system/memory/block_size_bytes. Needs no privilege and does not block.
 *
 * @param ctx a context, not NULL
 * @param[out] size_bytes size of every block of this machine: a power of two
 * @return 0, -ENODEV when this machine has no memory hotplug (or sysfs is not mounted), -EBADMSG when the file holds something
 *         else than a power of two, or the errno of open(2) or read(2).
 * @since 0.1
 */
int memhp_ctx_read_block_size(struct memhp_ctx *ctx, uint64_t *size_bytes);

/**
 * @brief How large the kernel's pages are.
 *
 * Of a tree (sysroot) it follows from the architecture, or from /proc/zoneinfo and /proc/meminfo.
 *
 * @param ctx a context, not NULL
 * @param[out] size_bytes untouched on failure
 * @return 0; -ENODATA when nothing tells; or a negative errno of open(2) or read(2).
 * @since 0.2
 */
int memhp_ctx_read_page_size(struct memhp_ctx *ctx, uint64_t *size_bytes);

/**
 * @brief Whether this kernel can take memory blocks offline at all (CONFIG_MEMORY_HOTREMOVE).
 *
 * Without it the file `removable` of each block is 0, and no block has valid_zones.
 *
 * @param ctx a context, not NULL
 * @return 1 when it can, 0 when it cannot; -ENODATA when there is nothing to tell, or another negative errno of reading.
 * @since 0.2
 */
int memhp_ctx_has_hotremove(struct memhp_ctx *ctx);

/**
 * @brief Whether this machine is one that can be changed, and not a copy of one.
 *
 * The files of a copy, such as a tree in a folder, take any word and do nothing with it. So the library stores only on sysfs, and
 * on FUSE, by which a machine can be simulated: whatever changes something returns -EMEDIUMTYPE elsewhere, before anything is
 * written.
 * This looks at the file system of /sys/devices/system/memory, at nothing else, and needs no privilege.
 *
 * @param ctx a context, not NULL
 * @return 0; -EMEDIUMTYPE for a copy; -ENODEV when this machine has no memory hotplug; or the errno of open(2) or statfs(2).
 * @since 0.2
 */
int memhp_ctx_check_changeable(struct memhp_ctx *ctx);

/**
 * @brief Whether this kernel can add memory blocks by hand.
 *
 * Looks whether /sys/devices/system/memory/probe exists (CONFIG_ARCH_MEMORY_PROBE).
 *
 * @param ctx a context, not NULL
 * @return 1 when the file exists, 0 when it does not, or the negative errno of looking for it.
 * @since 0.1
 */
int memhp_ctx_has_probe(struct memhp_ctx *ctx);

/**
 * @brief Whether a crash kernel (kdump) is loaded that has to be loaded again once memory went online or offline.
 *
 * It has a list of the memory of which it makes a dump. A kernel with CONFIG_CRASH_HOTPLUG (Linux 6.6) may keep that list up to
 * date, and tells so in /sys/devices/system/memory/crash_hotplug.
 *
 * @param ctx a context, not NULL
 * @return 1 when it has to; 0 when none is loaded, or the kernel keeps it up to date; -EBADMSG when a file says neither 0 nor 1,
 *         or the errno of open(2) or read(2): -EACCES for other users than root on the first kernels that have crash_hotplug.
 * @since 0.2
 */
int memhp_ctx_needs_crash_reload(struct memhp_ctx *ctx);

/**
 * @brief Memory that can be had without swapping.
 * @param ctx a context, not NULL
 * @param[out] size_bytes MemAvailable of /proc/meminfo
 * @return 0, -ENOENT when there is no such file, -EBADMSG when it does not say, or the errno of open(2) or read(2).
 * @since 0.2
 */
int memhp_ctx_read_available(struct memhp_ctx *ctx, uint64_t *size_bytes);

/** @} */

/**
 * @defgroup snapshot Snapshot
 * One scan of the machine's memory blocks. Immutable; blocks are sorted by id.
 * @{
 */

/**
 * What a scan reads. Each costs three system calls a block, except nodes, one directory listing a node, and source, one system
 * call a block on machines with ACPI memory devices and none on others.
 */
enum memhp_attr {
	MEMHP_ATTR_STATE = 1 << 0,            /**< memoryN/state */
	MEMHP_ATTR_ZONES = 1 << 1,            /**< memoryN/valid_zones; implies MEMHP_ATTR_STATE, without which it means nothing */
	MEMHP_ATTR_NODES = 1 << 2,            /**< /sys/devices/system/node/nodeX/memoryN */
	MEMHP_ATTR_REMOVABLE = 1 << 3,        /**< memoryN/removable: a slow page walk before Linux 5.7, a constant since */
	MEMHP_ATTR_PHYS_DEVICE = 1 << 4,      /**< memoryN/phys_device: not zero on s390 only */
	MEMHP_ATTR_CONFIGURED = 1 << 5,       /**< /sys/firmware/memory/memoryN/config: s390 since Linux 6.19 */
	MEMHP_ATTR_MEMMAP_ON_MEMORY = 1 << 6, /**< /sys/firmware/memory/memoryN/memmap_on_memory: s390 since Linux 6.19 */
	MEMHP_ATTR_SOURCE = 1 << 7,           /**< where the memory comes from, see memhp_block_get_source_kind() */
};

/** Number of values in @ref memhp_attr . Fit for arrays: it grows only together with the SONAME. */
#define MEMHP_NUM_ATTRS 8

/**
 * @struct memhp_snapshot
 * One scan. Reference counted, immutable: it does not notice later changes of the machine.
 */
struct memhp_snapshot;

/**
 * @struct memhp_block
 * A memory block in a snapshot. Lives as long as its snapshot.
 */
struct memhp_block;

/**
 * @struct memhp_node
 * A NUMA node in a snapshot. Lives as long as its snapshot.
 */
struct memhp_node;

/**
 * @struct memhp_source
 * A source of blocks in a snapshot: a DIMM, a dax device, the memory that was there at boot. Lives as long as its snapshot.
 */
struct memhp_source;

/**
 * @brief Scan the machine's memory blocks.
 *
 * Reads the directory /sys/devices/system/memory, and for each block the attributes asked for; nothing else is opened, except for
 * the sources of the blocks. The file `online` is never read: on a block that is going offline that would hang. Needs no privilege
 * and does not block.
 *
 * From 8,192 blocks on up to 8 threads share the reading, no more than the caller may have processors. They have all signals
 * blocked, call no function of the caller's, and have ended when this function returns.
 *
 * A block that vanishes during the scan is left out. An attribute that cannot be read or understood is marked on its block
 * (memhp_block_get_error()) and the scan goes on.
 *
 * @param[out] snapshot the snapshot, owned by the caller
 * @param ctx a context, not NULL; it may be released before the snapshot
 * @param attrs values of @ref memhp_attr, or-ed; 0 for the blocks' ids alone
 * @return 0, -EINVAL for an unknown bit in @a attrs, otherwise as memhp_ctx_read_block_size().
 * @since 0.1
 */
int memhp_snapshot_new(struct memhp_snapshot **snapshot, struct memhp_ctx *ctx, unsigned int attrs);

/**
 * @brief Take a reference.
 * @param snapshot a snapshot, not NULL
 * @return @a snapshot
 * @since 0.1
 */
struct memhp_snapshot *memhp_snapshot_ref(struct memhp_snapshot *snapshot);

/**
 * @brief Drop a reference; the last one releases snapshot, blocks and nodes.
 * @param snapshot a snapshot or NULL
 * @since 0.1
 */
void memhp_snapshot_unref(struct memhp_snapshot *snapshot);

/**
 * @brief What was scanned.
 * @param snapshot a snapshot, not NULL
 * @return the @a attrs of memhp_snapshot_new().
 * @since 0.1
 */
unsigned int memhp_snapshot_get_attrs(const struct memhp_snapshot *snapshot);

/**
 * @brief Size of every block.
 * @param snapshot a snapshot, not NULL
 * @return bytes, a power of two.
 * @since 0.1
 */
uint64_t memhp_snapshot_get_block_size_bytes(const struct memhp_snapshot *snapshot);

/**
 * @brief Number of blocks.
 * @param snapshot a snapshot, not NULL
 * @return number of blocks, possibly 0.
 * @since 0.1
 */
size_t memhp_snapshot_get_num_blocks(const struct memhp_snapshot *snapshot);

/**
 * @brief A block by its place.
 * @param snapshot a snapshot, not NULL
 * @param index place in the order of ids, from 0
 * @return the block, or NULL when @a index is too large.
 * @since 0.1
 */
const struct memhp_block *memhp_snapshot_get_block(const struct memhp_snapshot *snapshot, size_t index);

/**
 * @brief A block by its id.
 * @param snapshot a snapshot, not NULL
 * @param block_id the N of memoryN
 * @return the block, or NULL when there is none.
 * @since 0.1
 */
const struct memhp_block *memhp_snapshot_find_block(const struct memhp_snapshot *snapshot, uint64_t block_id);

/**
 * @brief Number of blocks' worth of standby memory that are not configured (s390 since Linux 6.19).
 *
 * Such memory has no memory block, and counts nowhere else in the snapshot.
 *
 * @param snapshot a snapshot with @ref MEMHP_ATTR_CONFIGURED or @ref MEMHP_ATTR_MEMMAP_ON_MEMORY , not NULL
 * @return number of directories /sys/firmware/memory/memoryN of which there is no memory block; 0 on other machines.
 * @since 0.1
 */
size_t memhp_snapshot_get_num_standby(const struct memhp_snapshot *snapshot);

/**
 * @brief Standby memory that is not configured, by its place.
 * @param snapshot as for memhp_snapshot_get_num_standby(), not NULL
 * @param index place in the order of ids, from 0
 * @return what would be the block, or NULL when @a index is too large. It has an id, an address, and what @ref
 *         MEMHP_ATTR_CONFIGURED and @ref MEMHP_ATTR_MEMMAP_ON_MEMORY say; its state is MEMHP_STATE_UNKNOWN, its other attributes
 *         are -EOPNOTSUPP.
 * @since 0.1
 */
const struct memhp_block *memhp_snapshot_get_standby(const struct memhp_snapshot *snapshot, size_t index);

/**
 * @brief Number of directory entries that look like a block but cannot be one.
 *
 * Names that the kernel would not give, such as memory007, or whose address would not fit into 64 bits. They are logged as warnings
 * and left out.
 *
 * @param snapshot a snapshot, not NULL
 * @return number of such entries; 0 on a sane machine.
 * @since 0.1
 */
size_t memhp_snapshot_get_num_skipped(const struct memhp_snapshot *snapshot);

/**
 * @brief Number of blocks in a state.
 * @param snapshot a snapshot with @ref MEMHP_ATTR_STATE, not NULL
 * @param state a state
 * @return number of blocks.
 * @since 0.1
 */
size_t memhp_snapshot_count_state(const struct memhp_snapshot *snapshot, enum memhp_state state);

/**
 * @brief Number of online blocks that a zone manages.
 * @param snapshot a snapshot with @ref MEMHP_ATTR_STATE and @ref MEMHP_ATTR_ZONES, not NULL
 * @param zone a zone; MEMHP_ZONE_NONE for blocks of several zones or nodes, MEMHP_ZONE_UNKNOWN for those that did not say
 * @return number of blocks.
 * @since 0.1
 */
size_t memhp_snapshot_count_zone(const struct memhp_snapshot *snapshot, enum memhp_zone zone);

/**
 * @brief Number of NUMA nodes.
 * @param snapshot a snapshot with @ref MEMHP_ATTR_NODES, not NULL
 * @return number of nodes, memoryless ones included; 0 on a machine without NUMA.
 * @since 0.1
 */
size_t memhp_snapshot_get_num_nodes(const struct memhp_snapshot *snapshot);

/**
 * @brief A node by its place.
 * @param snapshot a snapshot with @ref MEMHP_ATTR_NODES, not NULL
 * @param index place in the order of node ids, from 0
 * @return the node, or NULL when @a index is too large.
 * @since 0.1
 */
const struct memhp_node *memhp_snapshot_get_node(const struct memhp_snapshot *snapshot, size_t index);

/**
 * @brief Id of a node.
 * @param node a node, not NULL
 * @return the X of nodeX.
 * @since 0.1
 */
unsigned int memhp_node_get_id(const struct memhp_node *node);

/**
 * @brief Whether all blocks of a node are known.
 * @param node a node, not NULL
 * @return 0; or the negative errno of reading its folder, when there are blocks of which it is not known whether they belong to it:
 *         then it has at least as many as the counts say.
 * @since 0.2
 */
int memhp_node_get_error(const struct memhp_node *node);

/**
 * @brief Number of a node's blocks in a state.
 *
 * A block of several nodes counts for each of them.
 *
 * @param node a node of a snapshot with @ref MEMHP_ATTR_STATE, not NULL
 * @param state a state
 * @return number of blocks.
 * @since 0.1
 */
size_t memhp_node_count_state(const struct memhp_node *node, enum memhp_state state);

/**
 * @brief Number of a node's online blocks that a zone manages.
 * @param node a node of a snapshot with @ref MEMHP_ATTR_STATE and @ref MEMHP_ATTR_ZONES, not NULL
 * @param zone a zone, as for memhp_snapshot_count_zone()
 * @return number of blocks.
 * @since 0.1
 */
size_t memhp_node_count_zone(const struct memhp_node *node, enum memhp_zone zone);

/**
 * @brief Number of sources that the blocks come from.
 * @param snapshot a snapshot with @ref MEMHP_ATTR_SOURCE, not NULL
 * @return number of sources; blocks whose source is not known have none.
 * @since 0.1
 */
size_t memhp_snapshot_get_num_sources(const struct memhp_snapshot *snapshot);

/**
 * @brief A source by its place.
 * @param snapshot a snapshot with @ref MEMHP_ATTR_SOURCE, not NULL
 * @param index place in the order of their first blocks, from 0
 * @return the source, or NULL when @a index is too large.
 * @since 0.1
 */
const struct memhp_source *memhp_snapshot_get_source(const struct memhp_snapshot *snapshot, size_t index);

/**
 * @brief Kind of a source.
 * @param source a source, not NULL
 * @return the kind, never MEMHP_SOURCE_UNKNOWN.
 * @since 0.1
 */
enum memhp_source_kind memhp_source_get_kind(const struct memhp_source *source);

/**
 * @brief Name of a source.
 * @param source a source, not NULL
 * @return the name as @ref memhp_source_kind has it; the word of the kind alone when it could not be known which device it is.
 * @since 0.1
 */
const char *memhp_source_get_name(const struct memhp_source *source);

/**
 * @brief Number of a source's blocks in a state.
 * @param source a source of a snapshot with @ref MEMHP_ATTR_STATE, not NULL
 * @param state a state
 * @return number of blocks.
 * @since 0.1
 */
size_t memhp_source_count_state(const struct memhp_source *source, enum memhp_state state);

/**
 * @brief Whether an attribute of a block could be read, and if not, why.
 * @param block a block, not NULL
 * @param attr one attribute
 * @return 0 when its value is there (for nodes also on a machine without NUMA, where a block has none); -ENODATA when it was
 *         not scanned; -EOPNOTSUPP when this kernel has no such attribute; -EBADMSG when the kernel's text was not understood;
 *         otherwise the errno of open(2) or read(2), such as -EIO.
 * @since 0.1
 */
int memhp_block_get_error(const struct memhp_block *block, enum memhp_attr attr);

/**
 * @brief Id of a block.
 * @param block a block, not NULL
 * @return the N of memoryN: start address divided by block size.
 * @since 0.1
 */
uint64_t memhp_block_get_id(const struct memhp_block *block);

/**
 * @brief First physical address of a block.
 * @param block a block, not NULL
 * @return physical address.
 * @since 0.1
 */
uint64_t memhp_block_get_start_addr(const struct memhp_block *block);

/**
 * @brief State of a block.
 * @param block a block, not NULL
 * @return the state, MEMHP_STATE_UNKNOWN when memhp_block_get_error() says why it is not there.
 * @since 0.1
 */
enum memhp_state memhp_block_get_state(const struct memhp_block *block);

/**
 * @brief State of a block in the kernel's own word.
 * @param block a block, not NULL
 * @return the word that the kernel gave (bytes that are not printable ASCII shown as `?`), also when this library does not
 *         know it; `standby` for a block of memhp_snapshot_get_standby(); `unknown` when nothing could be read.
 * @since 0.1
 */
const char *memhp_block_get_state_name(const struct memhp_block *block);

/**
 * @brief The zone that manages a block.
 * @param block a block, not NULL
 * @return the zone of an online block; MEMHP_ZONE_NONE when it is not online or spans several zones or nodes;
 *         MEMHP_ZONE_UNKNOWN when state or zones are not there.
 * @since 0.1
 */
enum memhp_zone memhp_block_get_zone(const struct memhp_block *block);

/**
 * @brief Number of zones that the kernel names for a block.
 * @param block a block, not NULL
 * @return number of valid zones: for an online block its one zone (0 when the kernel says `none`), for an offline block those
 *         that it could go to. 0 while it is going offline, for then the kernel's answer means nothing.
 * @since 0.1
 */
size_t memhp_block_get_num_valid_zones(const struct memhp_block *block);

/**
 * @brief A zone that the kernel names for a block.
 * @param block a block, not NULL
 * @param index place in the kernel's order, from 0: for an offline block the first is the one that plain `online` goes to
 * @return the zone, or MEMHP_ZONE_NONE when @a index is too large.
 * @since 0.1
 */
enum memhp_zone memhp_block_get_valid_zone(const struct memhp_block *block, size_t index);

/**
 * @brief Number of NUMA nodes that a block belongs to.
 * @param block a block, not NULL
 * @return number of nodes; several are possible for boot memory, 0 on a machine without NUMA.
 * @since 0.1
 */
size_t memhp_block_get_num_nodes(const struct memhp_block *block);

/**
 * @brief A NUMA node of a block.
 * @param block a block, not NULL
 * @param index place in the order of node ids, from 0
 * @return node id, or -1 when @a index is too large.
 * @since 0.1
 */
int memhp_block_get_node(const struct memhp_block *block, size_t index);

/**
 * @brief What the kernel's `removable` says.
 *
 * Since Linux 5.7 this is a constant of the kernel's configuration and says nothing about the block.
 *
 * @param block a block, not NULL
 * @return the file's value; false when memhp_block_get_error() says that it is not there.
 * @since 0.1
 */
bool memhp_block_is_removable(const struct memhp_block *block);

/**
 * @brief Physical device of a block.
 * @param block a block, not NULL
 * @return the file `phys_device`; 0 when memhp_block_get_error() says that it is not there.
 * @since 0.1
 */
int memhp_block_get_phys_device(const struct memhp_block *block);

/**
 * @brief Whether the firmware has configured a block (s390).
 * @param block a block, not NULL
 * @return the file's value; false when memhp_block_get_error() says that it is not there.
 * @since 0.1
 */
bool memhp_block_is_configured(const struct memhp_block *block);

/**
 * @brief Whether a block carries its own memmap (s390).
 * @param block a block, not NULL
 * @return the file's value; false when memhp_block_get_error() says that it is not there.
 * @since 0.1
 */
bool memhp_block_has_memmap_on_memory(const struct memhp_block *block);

/**
 * @brief Where the memory of a block comes from.
 *
 * The first of these that says something decides:
 *
 * - the link memoryN/firmware_node to an ACPI memory device PNP0C80: that DIMM, also when it was there at boot;
 * - /proc/iomem, when it has addresses (with CAP_SYS_ADMIN): RAM within a range virtioN or daxX.Y, or named
 *   "System RAM (virtio_mem)" or "System RAM (kmem)", is that device's. RAM of another driver is unknown;
 * - on s390 without /sys/firmware/memory: what is offline is standby memory;
 * - the memory map that a kernel for x86 was booted with (/sys/kernel/boot_params, readable by everyone) and the range of
 *   /proc/iomem that holds the kernel's code: boot. The map does not count when mem=, memmap=, efi_fake_mem= or
 *   add_efi_memmap in /proc/cmdline changed it, or that file cannot be read; Xen PV guests have none;
 * - what is left: if just one thing on this machine can have added it, it is that one's. Such things are virtio-mem and dax
 *   devices that have added memory (while /proc/iomem has no addresses), and the balloon drivers of Hyper-V and Xen; without a
 *   memory map also the boot itself and, where there are a file `probe`, DLPAR or s390's standby memory, things that leave no
 *   trace. If they are several devices of one kind, the kind is known and its word is the name. Else it is unknown.
 *
 * So an unprivileged program knows less on some machines, never something else. On s390 the state is scanned, too.
 *
 * @param block a block, not NULL
 * @return the kind; MEMHP_SOURCE_UNKNOWN when it cannot be known (memhp_block_get_error() is 0 then) or could not be read.
 * @since 0.1
 */
enum memhp_source_kind memhp_block_get_source_kind(const struct memhp_block *block);

/**
 * @brief Name of the source that a block comes from.
 * @param block a block, not NULL
 * @return the name, the same for all blocks of a source, as @ref memhp_source_kind has it; the word of the kind alone when it could
 *         not be known which device it is. NULL when the kind is MEMHP_SOURCE_UNKNOWN.
 * @since 0.1
 */
const char *memhp_block_get_source_name(const struct memhp_block *block);

/** @} */

/**
 * @defgroup selection Selection
 * Which blocks are meant. Ranges, blocks and addresses add up; nodes, zones, sources and states filter what they name, and each
 * alone selects all that match. An empty selection selects every block.
 * @{
 */

/**
 * @struct memhp_selection
 * Names blocks. Reference counted. Filled once, then used with any number of snapshots.
 */
struct memhp_selection;

/**
 * @brief Make an empty selection.
 * @param[out] selection the selection, owned by the caller
 * @return 0 or -ENOMEM.
 * @since 0.1
 */
int memhp_selection_new(struct memhp_selection **selection);

/**
 * @brief Take a reference.
 * @param selection a selection, not NULL
 * @return @a selection
 * @since 0.1
 */
struct memhp_selection *memhp_selection_ref(struct memhp_selection *selection);

/**
 * @brief Drop a reference; the last one releases the selection.
 * @param selection a selection or NULL
 * @since 0.1
 */
void memhp_selection_unref(struct memhp_selection *selection);

/**
 * @brief Add the blocks of a range of physical addresses.
 *
 * A block belongs to the range when any of its addresses does. Gaps are no error: a plan reports them as
 * MEMHP_OUTCOME_ABSENT.
 *
 * @param selection a selection, not NULL
 * @param start_addr first address
 * @param last_addr last address, inclusive, at least @a start_addr
 * @return 0, or -EINVAL when @a last_addr is less than @a start_addr.
 * @since 0.1
 */
int memhp_selection_add_range(struct memhp_selection *selection, uint64_t start_addr, uint64_t last_addr);

/**
 * @brief Add a run of blocks by id.
 * @param selection a selection, not NULL
 * @param first_id first block id
 * @param last_id last block id, inclusive, at least @a first_id; each of them is expected to be there
 * @return 0, or -EINVAL when @a last_id is less than @a first_id.
 * @since 0.1
 */
int memhp_selection_add_blocks(struct memhp_selection *selection, uint64_t first_id, uint64_t last_id);

/**
 * @brief Add the block that holds a physical address.
 * @param selection a selection, not NULL
 * @param addr a physical address
 * @return 0 or -ENOMEM.
 * @since 0.1
 */
int memhp_selection_add_address(struct memhp_selection *selection, uint64_t addr);

/**
 * @brief Filter: blocks of a NUMA node.
 * @param selection a selection, not NULL
 * @param node_id node id; given several times, a block of any of them passes. Needs @ref MEMHP_ATTR_NODES
 * @return 0 or -ENOMEM.
 * @since 0.1
 */
int memhp_selection_add_node(struct memhp_selection *selection, unsigned int node_id);

/**
 * @brief Filter: online blocks that a zone manages.
 * @param selection a selection, not NULL
 * @param zone a zone; MEMHP_ZONE_NONE for online blocks of several zones or nodes. Given several times, any of them passes.
 *        Needs @ref MEMHP_ATTR_STATE and @ref MEMHP_ATTR_ZONES
 * @return 0, or -EINVAL for MEMHP_ZONE_UNKNOWN.
 * @since 0.1
 */
int memhp_selection_add_zone(struct memhp_selection *selection, enum memhp_zone zone);

/**
 * @brief Filter: blocks that come from a source.
 * @param selection a selection, not NULL
 * @param name name of a source, such as `dimm:PNP0C80:00`, or word of a kind, such as `dimm`, for all of its sources; copied.
 *        Given several times, a block of any of them passes. Needs @ref MEMHP_ATTR_SOURCE
 * @return 0, or -EINVAL for an empty @a name.
 * @since 0.1
 */
int memhp_selection_add_source(struct memhp_selection *selection, const char *name);

/**
 * @brief Filter: blocks in a state.
 * @param selection a selection, not NULL
 * @param state a state; given several times, any of them passes. Needs @ref MEMHP_ATTR_STATE
 * @return 0, or -EINVAL for a value outside @ref memhp_state.
 * @since 0.1
 */
int memhp_selection_add_state(struct memhp_selection *selection, enum memhp_state state);

/**
 * @brief What a snapshot must have for a selection to be answered.
 * @param selection a selection, not NULL
 * @return values of @ref memhp_attr, or-ed.
 * @since 0.1
 */
unsigned int memhp_selection_get_attrs(const struct memhp_selection *selection);

/**
 * @brief Whether a selection means a block.
 * @param selection a selection, not NULL
 * @param block a block of a snapshot with memhp_selection_get_attrs(), not NULL
 * @return 1 when the block is selected, 0 when it is not; a negative errno when that cannot be told, because what a filter asks
 *         about could not be read: that of memhp_block_get_error().
 * @since 0.1
 */
int memhp_selection_matches(const struct memhp_selection *selection, const struct memhp_block *block);

/**
 * @brief Look for a name that means no block.
 *
 * Filters do not matter here: they are free to match nothing.
 *
 * @param selection a selection, not NULL
 * @param snapshot a snapshot, not NULL
 * @param[out] first_id id of the first block, named by itself or by an address, that is not there; or the first id of the first
 *             range that holds no block at all
 * @param[out] last_id the same id, or the last id of that range
 * @return 1 when there is such a name, 0 when every name means a block.
 * @since 0.1
 */
int memhp_selection_find_missing(const struct memhp_selection *selection, const struct memhp_snapshot *snapshot, uint64_t *first_id,
				 uint64_t *last_id);

/**
 * @brief Look for a node that this machine does not have.
 * @param selection a selection, not NULL
 * @param snapshot a snapshot with @ref MEMHP_ATTR_NODES where the selection names nodes, not NULL
 * @param[out] node_id the first node given to memhp_selection_add_node() that the snapshot does not have
 * @return 1 when there is such a node; 0 when there is none, or the machine's nodes could not be read.
 * @since 0.2
 */
int memhp_selection_find_missing_node(const struct memhp_selection *selection, const struct memhp_snapshot *snapshot,
				      unsigned int *node_id);

/**
 * @brief Look for a source that no block comes from.
 * @param selection a selection, not NULL
 * @param snapshot a snapshot with @ref MEMHP_ATTR_SOURCE, not NULL
 * @return the first name given to memhp_selection_add_source() that is neither the name of a source of this snapshot nor the word
 *         of a kind, NULL when there is none, or the source of a block could not be read; the selection's.
 * @since 0.1
 */
const char *memhp_selection_find_missing_source(const struct memhp_selection *selection, const struct memhp_snapshot *snapshot);

/** @} */

/**
 * @defgroup change Request, plan, result
 * How blocks are changed: say what is wanted, look at the plan, apply it, read the result.
 * @{
 */

/**
 * @struct memhp_request
 * What should become of which blocks, within which time. Reference counted.
 */
struct memhp_request;

/**
 * @struct memhp_plan
 * A request worked out for a snapshot: an ordered list of steps. Reference counted, immutable.
 */
struct memhp_plan;

/**
 * @struct memhp_result
 * What became of a plan: the same steps, with what was read back. Reference counted, immutable.
 */
struct memhp_result;

/**
 * @struct memhp_step
 * One block of a plan or result, or one gap of a selected range. Lives as long as its plan or result.
 */
struct memhp_step;

/** No deadline. */
#define MEMHP_NO_TIMEOUT UINT64_MAX

/**
 * @brief Make a request.
 *
 * Without further calls it means every block, has no deadline for the whole, and two minutes for each block (an endless offline
 * also stalls CPU hotplug).
 *
 * @param[out] request the request, owned by the caller
 * @param action what is asked
 * @return 0, or -EINVAL for a value outside @ref memhp_action.
 * @since 0.1
 */
int memhp_request_new(struct memhp_request **request, enum memhp_action action);

/**
 * @brief Take a reference.
 * @param request a request, not NULL
 * @return @a request
 * @since 0.1
 */
struct memhp_request *memhp_request_ref(struct memhp_request *request);

/**
 * @brief Drop a reference; the last one releases the request.
 * @param request a request or NULL
 * @since 0.1
 */
void memhp_request_unref(struct memhp_request *request);

/**
 * @brief Say which blocks.
 * @param request a request, not NULL
 * @param selection a selection, of which a reference is kept; NULL for every block
 * @since 0.1
 */
void memhp_request_set_selection(struct memhp_request *request, struct memhp_selection *selection);

/**
 * @brief Pass over blocks that are already as asked, instead of reporting them as MEMHP_OUTCOME_ALREADY.
 * @param request a request, not NULL
 * @param enable whether only blocks that are not yet there are meant; the default is false
 * @since 0.1
 */
void memhp_request_set_only_pending(struct memhp_request *request, bool enable);

/**
 * @brief Change only so many of the selected blocks: the library chooses.
 *
 * Candidates are the selected blocks that are not yet as asked and not known to be impossible: to online in ascending order, to
 * take offline those of ZONE_MOVABLE first and the highest first. When one of them cannot be changed the next is tried.
 *
 * @param request a request, not NULL
 * @param num_blocks number of blocks, or 0 (the default) for all that are selected
 * @since 0.1
 */
void memhp_request_set_num_blocks(struct memhp_request *request, uint64_t num_blocks);

/**
 * @brief Come back to blocks that were busy.
 *
 * After all blocks had their turn, those with MEMHP_OUTCOME_BUSY are tried again, up to @a retries times, after pauses that
 * grow from 0.1 to 5 seconds, within the request's deadline.
 *
 * @param request a request, not NULL
 * @param retries number of further attempts; the default is 0
 * @since 0.1
 */
void memhp_request_set_retries(struct memhp_request *request, unsigned int retries);

/**
 * @brief All or nothing.
 *
 * When the request does not complete, for whatever reason, the blocks that it changed are brought back in reverse order, to the
 * zone that they were in.
 *
 * @param request a request, not NULL
 * @param enable the default is false
 * @since 0.1
 */
void memhp_request_set_rollback(struct memhp_request *request, bool enable);

/**
 * @brief Have a device ejected when all its blocks are offline: the second phase of hotunplug.
 *
 * Once the request is complete, memhp_plan_apply() writes 1 to the ACPI device's file `eject`, or `unplugged` to a dax device's
 * file `state`, and waits until the blocks of the plan are gone, which the firmware does in its own time. That may take as long as
 * a block (memhp_request_set_block_timeout_ms()), within the request's deadline. When it fails or a block stays the request is not
 * complete either, and a rollback brings back what was changed; memhp_result_get_eject_error() says why.
 *
 * Which blocks are the device's, is up to the caller: select them by memhp_selection_add_source().
 *
 * @param request a request to take blocks offline, not NULL
 * @param source name of a device as memhp_source_get_name() has it, copied; NULL (the default) for none
 * @return 0, -EINVAL for a request of another kind or a name that is too long.
 * @since 0.1
 */
int memhp_request_set_eject(struct memhp_request *request, const char *source);

/**
 * @brief Whether a device can be ejected, before anything is tried.
 *
 * Looks for /sys/bus/acpi/devices/PNP0C80:NN/eject, or /sys/bus/dax/devices/daxX.Y/state. Writes nothing.
 *
 * @param ctx a context, not NULL
 * @param source name of a device as memhp_source_get_name() has it, not NULL
 * @return 0; -EOPNOTSUPP for what is neither a DIMM nor a dax device; -ENOENT when there is no such device or it has no such file:
 *         firmware that cannot eject, Linux before 7.3 for dax devices; -EMEDIUMTYPE for a copy of a machine (see
 *         memhp_ctx_check_changeable()); -EACCES, -EROFS, or another errno of open(2).
 * @since 0.1
 */
int memhp_ctx_check_eject(struct memhp_ctx *ctx, const char *source);

/**
 * @brief How long a rollback may take, whatever the request's own deadlines.
 * @param request a request, not NULL
 * @param timeout_ms milliseconds; the default is 300000
 * @since 0.1
 */
void memhp_request_set_rollback_timeout_ms(struct memhp_request *request, uint64_t timeout_ms);

/**
 * @brief Listen to the kernel's log.
 *
 * When a step fails, its reason and memhp_step_get_kernel_text() come from what the kernel said about the block in /dev/kmsg from
 * just before the first write on. That needs read permission for /dev/kmsg (CAP_SYSLOG where kernel.dmesg_restrict is set); without
 * it nothing fails, and memhp_result_get_kernel_log_error() says why nothing is known. A step that succeeds costs nothing.
 *
 * @param request a request, not NULL
 * @param enable the default is true
 * @since 0.1
 */
void memhp_request_set_kernel_log(struct memhp_request *request, bool enable);

/**
 * @brief Have the kernel say more.
 *
 * The kernel's own word for why it does not take a block offline is a debug message. For the time of memhp_plan_apply() this writes
 * `file mm/memory_hotplug.c +p` to /proc/dynamic_debug/control (before Linux 5.7 /sys/kernel/debug/dynamic_debug/control), and
 * afterwards switches off again those of these messages that were off before. Messages are for the whole machine: the kernel's log
 * shows them to everybody. Needs root, and a kernel with CONFIG_DYNAMIC_DEBUG; without that nothing fails, and
 * memhp_result_get_kernel_debug_error() says why.
 *
 * @param request a request, not NULL
 * @param enable the default is false
 * @since 0.1
 */
void memhp_request_set_kernel_debug(struct memhp_request *request, bool enable);

/**
 * @struct memhp_progress
 * How far a request is. Lives during the call that it is passed to.
 */
struct memhp_progress;

/**
 * @brief Hears of progress.
 * @param userdata what memhp_request_set_progress() was given
 * @param progress how far the request is
 */
typedef void (*memhp_progress_fn)(void *userdata, const struct memhp_progress *progress);

/**
 * @brief Hear of progress.
 *
 * memhp_plan_apply() calls the function in its own thread after each block, about five times a second while a block takes its time,
 * and before a rollback begins. It must not use the request or the plan.
 *
 * @param request a request, not NULL
 * @param progress the function, or NULL (the default)
 * @param userdata passed to @a progress
 * @since 0.1
 */
void memhp_request_set_progress(struct memhp_request *request, memhp_progress_fn progress, void *userdata);

/**
 * @brief Number of blocks that are as asked by now, or during a rollback of those that were brought back.
 * @param progress progress, not NULL
 * @return number of blocks.
 * @since 0.1
 */
size_t memhp_progress_get_num_done(const struct memhp_progress *progress);

/**
 * @brief Number of blocks that are to be changed, or during a rollback of those that are to be brought back.
 * @param progress progress, not NULL
 * @return number of blocks.
 * @since 0.1
 */
size_t memhp_progress_get_num_goal(const struct memhp_progress *progress);

/**
 * @brief How long the request has taken so far.
 * @param progress progress, not NULL
 * @return milliseconds.
 * @since 0.1
 */
uint64_t memhp_progress_get_elapsed_ms(const struct memhp_progress *progress);

/**
 * @brief The block under way.
 * @param progress progress, not NULL
 * @return its step, or NULL between blocks.
 * @since 0.1
 */
const struct memhp_step *memhp_progress_get_current(const struct memhp_progress *progress);

/**
 * @brief How long the block under way has taken so far.
 * @param progress progress, not NULL
 * @return milliseconds; 0 between blocks.
 * @since 0.1
 */
uint64_t memhp_progress_get_current_elapsed_ms(const struct memhp_progress *progress);

/**
 * @brief Whether a rollback is under way.
 *
 * The first time is before anything is brought back. A caller that cancelled the request should read its cancel descriptor empty
 * then: only so can it cancel the rollback, too.
 *
 * @param progress progress, not NULL
 * @return true from the beginning of the rollback on.
 * @since 0.1
 */
bool memhp_progress_is_rolling_back(const struct memhp_progress *progress);

/**
 * @brief Whether the device of memhp_request_set_eject() is being ejected.
 * @param progress progress, not NULL
 * @return true while the firmware or driver is waited for; all blocks are offline then.
 * @since 0.1
 */
bool memhp_progress_is_ejecting(const struct memhp_progress *progress);

/**
 * @brief Deadline for the whole request, counted from memhp_plan_apply().
 * @param request a request, not NULL
 * @param timeout_ms milliseconds, or MEMHP_NO_TIMEOUT (the default)
 * @since 0.1
 */
void memhp_request_set_timeout_ms(struct memhp_request *request, uint64_t timeout_ms);

/**
 * @brief Deadline for each block, counted from the write of its state.
 * @param request a request, not NULL
 * @param timeout_ms milliseconds, or MEMHP_NO_TIMEOUT; see memhp_request_new() for the defaults
 * @since 0.1
 */
void memhp_request_set_block_timeout_ms(struct memhp_request *request, uint64_t timeout_ms);

/**
 * @brief Deadline for the whole request.
 * @param request a request, not NULL
 * @return milliseconds, or MEMHP_NO_TIMEOUT.
 * @since 0.1
 */
uint64_t memhp_request_get_timeout_ms(const struct memhp_request *request);

/**
 * @brief Deadline for each block.
 * @param request a request, not NULL
 * @return milliseconds, or MEMHP_NO_TIMEOUT.
 * @since 0.1
 */
uint64_t memhp_request_get_block_timeout_ms(const struct memhp_request *request);

/**
 * @brief How long to wait for a writer that was killed at a deadline or cancellation.
 *
 * The kernel notices the kill between two passes over the block, which usually takes milliseconds and sometimes seconds. When the
 * time is over the block is reported as MEMHP_OUTCOME_IN_PROGRESS.
 *
 * @param request a request, not NULL
 * @param grace_ms milliseconds; the default is 5000
 * @since 0.1
 */
void memhp_request_set_grace_ms(struct memhp_request *request, uint64_t grace_ms);

/**
 * @brief Cancel through a descriptor.
 *
 * memhp_plan_apply() ends early, with a full result, when the descriptor becomes readable: a signalfd, an eventfd, a pipe. It only
 * polls it, and never reads or closes it.
 *
 * @param request a request, not NULL
 * @param fd a descriptor that outlives the request's use, or -1 (the default) for none
 * @since 0.1
 */
void memhp_request_set_cancel_fd(struct memhp_request *request, int fd);

/**
 * @brief What a snapshot must have for a plan of this request.
 * @param request a request, not NULL
 * @return values of @ref memhp_attr, or-ed.
 * @since 0.1
 */
unsigned int memhp_request_get_attrs(const struct memhp_request *request);

/**
 * @brief Work out a plan. Does not touch the system.
 *
 * Every selected block gets a step, in ascending order, or with memhp_request_set_num_blocks() in the order in which candidates
 * are tried, those that are not needed as MEMHP_OUTCOME_NOT_TRIED with MEMHP_REASON_SPARE. Blocks that are as asked are
 * MEMHP_OUTCOME_ALREADY (or MEMHP_OUTCOME_WRONG_ZONE when online elsewhere than asked), those that can never go offline
 * MEMHP_OUTCOME_IMPOSSIBLE, gaps of selected ranges MEMHP_OUTCOME_ABSENT; the rest is MEMHP_OUTCOME_PLANNED.
 *
 * @param[out] plan the plan, owned by the caller
 * @param snapshot a snapshot with memhp_request_get_attrs(), not NULL
 * @param request a request, not NULL; a reference is kept. Deadlines, retries, rollback, progress and the cancel descriptor
 *        count as they are when memhp_plan_apply() is called; what the plan was made from must not be changed any more
 * @return 0, or -ENODATA when the snapshot lacks an attribute.
 * @since 0.1
 */
int memhp_plan_new(struct memhp_plan **plan, const struct memhp_snapshot *snapshot, struct memhp_request *request);

/**
 * @brief Take a reference.
 * @param plan a plan, not NULL
 * @return @a plan
 * @since 0.1
 */
struct memhp_plan *memhp_plan_ref(struct memhp_plan *plan);

/**
 * @brief Drop a reference; the last one releases plan and steps.
 * @param plan a plan or NULL
 * @since 0.1
 */
void memhp_plan_unref(struct memhp_plan *plan);

/**
 * @brief Number of steps.
 * @param plan a plan, not NULL
 * @return number of steps, possibly 0.
 * @since 0.1
 */
size_t memhp_plan_get_num_steps(const struct memhp_plan *plan);

/**
 * @brief How many candidates are missing from the goal of memhp_request_set_num_blocks().
 * @param plan a plan, not NULL
 * @return number of blocks; 0 when there are enough, or no goal.
 * @since 0.1
 */
uint64_t memhp_plan_get_num_short(const struct memhp_plan *plan);

/**
 * @brief A step.
 * @param plan a plan, not NULL
 * @param index place in the order of execution, from 0
 * @return the step, or NULL when @a index is too large.
 * @since 0.1
 */
const struct memhp_step *memhp_plan_get_step(const struct memhp_plan *plan, size_t index);

/**
 * @struct memhp_lock
 * Held while blocks are changed, so that two requests do not get in each other's way. Reference counted.
 */
struct memhp_lock;

/**
 * @brief Take the lock that memctl takes, too.
 *
 * Opens and locks /run/memctl.lock, which it makes for root alone. memhp_plan_apply() does not take the lock: a program chooses.
 * **Blocks** until the lock is free, the time is over or the descriptor becomes readable.
 *
 * @param[out] lock the lock, owned by the caller; the last memhp_lock_unref() releases it, and so does the end of the process
 * @param ctx a context, not NULL
 * @param timeout_ms how long to wait, 0 to try once, MEMHP_NO_TIMEOUT for ever
 * @param cancel_fd as for memhp_request_set_cancel_fd(), or -1
 * @return 0, -ETIMEDOUT, -ECANCELED, or the errno of open(2) or flock(2), such as -EACCES, or -ENOENT when there is no /run;
 *         -EBADMSG when what is there is no plain file, has a second name (a hard link), or is not root's or the caller's own.
 * @since 0.1
 */
int memhp_lock_new(struct memhp_lock **lock, struct memhp_ctx *ctx, uint64_t timeout_ms, int cancel_fd);

/**
 * @brief Take a reference.
 * @param lock a lock, not NULL
 * @return @a lock
 * @since 0.1
 */
struct memhp_lock *memhp_lock_ref(struct memhp_lock *lock);

/**
 * @brief Drop a reference; the last one releases the lock.
 * @param lock a lock or NULL
 * @since 0.1
 */
void memhp_lock_unref(struct memhp_lock *lock);

/**
 * @brief Who holds the lock, for a message.
 * @param ctx a context, not NULL
 * @return process id of the one who took it last, 0 when that is not known.
 * @since 0.1
 */
pid_t memhp_ctx_get_lock_holder(struct memhp_ctx *ctx);

/**
 * @brief Carry out a plan.
 *
 * Writes /sys/devices/system/memory/memoryN/state for each planned step, in order, and reads the block back. Needs write
 * permission for these files (root). **Blocks** until all is done, a deadline passes (plus the grace time), or the cancel
 * descriptor becomes readable. A step that fails does not end the request: the next ones are tried.
 *
 * The writes are made by one child process, for nothing else can end a write that the kernel does not finish. It is made without
 * fork(2): no pthread_atfork() handler runs, no SIGCHLD is sent, and wait(2) calls of the program do not see it. It is killed when
 * the calling *thread* ends. When this function returns no writer is left, except one that even SIGKILL could not end yet: its
 * step is MEMHP_OUTCOME_IN_PROGRESS, its process id is memhp_result_get_writer_pid(), it can do nothing further once the kernel
 * lets go of it, and no later step was tried.
 *
 * @param plan a plan, not NULL
 * @param ctx the context to write to, not NULL
 * @param[out] result the result, owned by the caller
 * @return 0 when there is a result, whatever it says; otherwise nothing was written: -EMEDIUMTYPE this is a copy of a machine (see
 *         memhp_ctx_check_changeable()), -EACCES no permission, -EROFS sysfs is read-only, -ENODEV no memory hotplug, -EOPNOTSUPP
 *         or -ENOENT the device cannot be ejected (as memhp_ctx_check_eject() says), -EBADF the cancel descriptor is not open,
 *         -EAGAIN, -EMFILE or -ENFILE no resources for the writer.
 * @since 0.1
 */
int memhp_plan_apply(struct memhp_plan *plan, struct memhp_ctx *ctx, struct memhp_result **result);

/**
 * @brief Take a reference.
 * @param result a result, not NULL
 * @return @a result
 * @since 0.1
 */
struct memhp_result *memhp_result_ref(struct memhp_result *result);

/**
 * @brief Drop a reference; the last one releases result and steps.
 * @param result a result or NULL
 * @since 0.1
 */
void memhp_result_unref(struct memhp_result *result);

/**
 * @brief Number of steps.
 * @param result a result, not NULL
 * @return the number of steps of its plan.
 * @since 0.1
 */
size_t memhp_result_get_num_steps(const struct memhp_result *result);

/**
 * @brief A step.
 * @param result a result, not NULL
 * @param index place in the order of execution, from 0
 * @return the step, or NULL when @a index is too large.
 * @since 0.1
 */
const struct memhp_step *memhp_result_get_step(const struct memhp_result *result, size_t index);

/**
 * @brief What became of the whole.
 * @param result a result, not NULL
 * @return the completion.
 * @since 0.1
 */
enum memhp_completion memhp_result_get_completion(const struct memhp_result *result);

/**
 * @brief Whether all that was changed was brought back.
 * @param result a result, not NULL
 * @return true after a complete rollback: nothing is changed.
 * @since 0.1
 */
bool memhp_result_is_rolled_back(const struct memhp_result *result);

/**
 * @brief Whether the device of memhp_request_set_eject() is gone.
 * @param result a result, not NULL
 * @return true when it was ejected and none of the blocks is left. The memhp_step_get_after() of blocks that are gone is
 *         MEMHP_STATE_UNKNOWN, also of some when others are left.
 * @since 0.1
 */
bool memhp_result_is_ejected(const struct memhp_result *result);

/**
 * @brief Whether it is not known what became of the device of memhp_request_set_eject().
 * @param result a result, not NULL
 * @return true when it was told to go, and the look whether blocks are left failed: memhp_result_get_eject_error() is its errno,
 *         and the completion is never MEMHP_FAILED.
 * @since 0.2
 */
bool memhp_result_is_eject_unseen(const struct memhp_result *result);

/**
 * @brief Why the device of memhp_request_set_eject() is not gone.
 * @param result a result, not NULL
 * @return 0 when it is, when it was not to be, or when it was not tried because not all blocks went offline; -ETIMEDOUT when blocks
 *         were left at the deadline (the firmware may still come to it); -ECANCELED; otherwise the errno of open(2) or write(2).
 * @since 0.1
 */
int memhp_result_get_eject_error(const struct memhp_result *result);

/**
 * @brief How long the request took.
 * @param result a result, not NULL
 * @return milliseconds.
 * @since 0.1
 */
uint64_t memhp_result_get_elapsed_ms(const struct memhp_result *result);

/**
 * @brief The block whose change, by another agent, had the kernel's lock for as long as the request had time.
 *
 * The kernel makes one change of memory at a time. The step that waited has MEMHP_REASON_LOCKED, and no further one was tried.
 *
 * @param result a result, not NULL
 * @param[out] block_id the block, which was going offline
 * @return true when there was one.
 * @since 0.2
 */
bool memhp_result_get_blocker(const struct memhp_result *result, uint64_t *block_id);

/**
 * @brief Find the process that changes a block.
 *
 * Looks through /proc/PID/fd for the block's file `state`. Needs CAP_SYS_PTRACE for processes of others, and a few system calls for
 * each open file of the machine; may block for some milliseconds.
 *
 * @param ctx a context, not NULL
 * @param block_id a block
 * @return process id of another process that has the file open; 0 when none is found or may be looked at.
 * @since 0.2
 */
pid_t memhp_ctx_find_writer(struct memhp_ctx *ctx, uint64_t block_id);

/**
 * @brief Process id of a writer that could not be ended.
 *
 * The context keeps a descriptor of it (pidfd, where the kernel has these) and reaps it at its next request, or when it goes.
 *
 * @param result a result, not NULL
 * @return process id, or 0 when no writer is left.
 * @since 0.1
 */
pid_t memhp_result_get_writer_pid(const struct memhp_result *result);

/**
 * @brief Why the kernel's log is not known.
 * @param result a result, not NULL
 * @return 0 when it was read, or was not to be; otherwise the errno of open(2): -EPERM, -EACCES, -ENOENT ...
 * @since 0.1
 */
int memhp_result_get_kernel_log_error(const struct memhp_result *result);

/**
 * @brief Why the kernel's debug messages could not be switched on.
 * @param result a result, not NULL
 * @return 0 when they were on, or were not to be; -EOPNOTSUPP when this kernel has none of them; otherwise the errno of open(2) or
 *         write(2).
 * @since 0.1
 */
int memhp_result_get_kernel_debug_error(const struct memhp_result *result);

/**
 * @brief Id of a step's block.
 * @param step a step, not NULL
 * @return the block id; for a gap the id of its first missing block.
 * @since 0.1
 */
uint64_t memhp_step_get_block_id(const struct memhp_step *step);

/**
 * @brief First physical address of a step.
 * @param step a step, not NULL
 * @return physical address.
 * @since 0.1
 */
uint64_t memhp_step_get_start_addr(const struct memhp_step *step);

/**
 * @brief Last physical address of a step.
 * @param step a step, not NULL
 * @return physical address, inclusive: a gap may end with the address space.
 * @since 0.1
 */
uint64_t memhp_step_get_last_addr(const struct memhp_step *step);

/**
 * @brief What became of a step, or in a plan what is to become of it.
 * @param step a step, not NULL
 * @return the outcome.
 * @since 0.1
 */
enum memhp_outcome memhp_step_get_outcome(const struct memhp_step *step);

/**
 * @brief Whether a step is as asked.
 * @param step a step, not NULL
 * @return true for MEMHP_OUTCOME_CHANGED and MEMHP_OUTCOME_ALREADY, and for MEMHP_OUTCOME_ABSENT, where nothing was asked.
 * @since 0.1
 */
bool memhp_step_is_done(const struct memhp_step *step);

/**
 * @brief Whether the request has left a step's block changed.
 * @param step a step, not NULL
 * @return true for MEMHP_OUTCOME_CHANGED and MEMHP_OUTCOME_ROLLBACK_FAILED, and for MEMHP_OUTCOME_WRONG_ZONE when it was not
 *         another agent that brought the block there.
 * @since 0.1
 */
bool memhp_step_is_changed(const struct memhp_step *step);

/**
 * @brief Whether it cannot be ruled out that the request has left a step's block changed.
 * @param step a step, not NULL
 * @return true where memhp_step_is_changed() is true, and for MEMHP_OUTCOME_UNVERIFIED and MEMHP_OUTCOME_REVERTED: a block that
 *         another agent brought back was changed all the same. A rollback tries all of these.
 * @since 0.2
 */
bool memhp_step_may_be_changed(const struct memhp_step *step);

/**
 * @brief How likely a step's block is to go offline.
 * @param step a step, not NULL
 * @return memhp_candidate_get_score() of the assessment that memhp_plan_rank() was given, -1 when it does not have this block.
 * @since 0.1
 */
int memhp_step_get_score(const struct memhp_step *step);

/**
 * @brief Why a step's block is not as asked.
 * @param step a step, not NULL
 * @return the reason.
 * @since 0.1
 */
enum memhp_reason memhp_step_get_reason(const struct memhp_step *step);

/**
 * @brief How many causes memhp_step_get_reason() leaves open.
 *
 * Where an errno is all that explains a step, what this machine and this block rule out is left out of what it can mean: with huge
 * pages nowhere they are no cause, nor are several zones for a block that has one. That the kernel's log names no page rules
 * nothing out: it is silent of what a driver has taken (a balloon), and before Linux 5.0 of everything. memhp_plan_apply() reads
 * the files of @ref memhp_evidence for that, but for kpageflags, once and only after a failure.
 *
 * @param step a step of a result, not NULL
 * @return how many; 0 where the reason says it all, or nothing is known of where it comes from.
 * @since 0.1
 */
size_t memhp_step_get_num_causes(const struct memhp_step *step);

/**
 * @brief A cause that is open.
 * @param step a step of a result, not NULL
 * @param index from 0, the likeliest first
 * @return the cause, as if it was the reason; MEMHP_REASON_VETO for any driver or part of the kernel that may have refused, and
 *         MEMHP_REASON_NONE when @a index is too large. What the descriptions of @ref memhp_reason say of the kernel's log is not
 *         so here.
 * @since 0.1
 */
enum memhp_reason memhp_step_get_cause(const struct memhp_step *step, size_t index);

/**
 * @brief The kernel's errno for a step.
 * @param step a step, not NULL
 * @return a negative errno, or 0 when the kernel reported none.
 * @since 0.1
 */
int memhp_step_get_error(const struct memhp_step *step);

/**
 * @brief State of a step's block in the snapshot.
 * @param step a step, not NULL
 * @return the state; MEMHP_STATE_UNKNOWN for a gap.
 * @since 0.1
 */
enum memhp_state memhp_step_get_before(const struct memhp_step *step);

/**
 * @brief State of a step's block as read back.
 * @param step a step, not NULL
 * @return in a result the state that was read last, in a plan memhp_step_get_before().
 * @since 0.1
 */
enum memhp_state memhp_step_get_after(const struct memhp_step *step);

/**
 * @brief The zone that manages a step's block.
 * @param step a step, not NULL
 * @return in a result of an online request the zone that the block is in, of an offline request the zone that it was in; in a
 *         plan to online, the zone that it is expected to go to. MEMHP_ZONE_NONE or MEMHP_ZONE_UNKNOWN as for
 *         memhp_block_get_zone().
 * @since 0.1
 */
enum memhp_zone memhp_step_get_zone(const struct memhp_step *step);

/**
 * @brief How long the kernel took for a step.
 * @param step a step, not NULL
 * @return milliseconds from the write to its end; 0 when nothing was written.
 * @since 0.1
 */
uint64_t memhp_step_get_elapsed_ms(const struct memhp_step *step);

/**
 * @brief What the kernel said when a step failed.
 * @param step a step, not NULL
 * @return the kernel's own lines about the block, separated by newlines, in ASCII; NULL when it said nothing, or that is not known.
 *         Lives as long as the result.
 * @since 0.1
 */
const char *memhp_step_get_kernel_text(const struct memhp_step *step);

/**
 * @struct memhp_page
 * A page that stood in the way of a step. Lives as long as the result.
 */
struct memhp_page;

/**
 * @brief The page that stood in the way of a step, the last one that the kernel named.
 * @param step a step, not NULL
 * @return the page, or NULL when the kernel named none.
 * @since 0.1
 */
const struct memhp_page *memhp_step_get_page(const struct memhp_step *step);

/**
 * @brief Where a page is.
 * @param page a page, not NULL
 * @return its number (page frame number): its physical address divided by the page size; UINT64_MAX when the kernel did not tell,
 *         as before Linux 5.9.
 * @since 0.1
 */
uint64_t memhp_page_get_pfn(const struct memhp_page *page);

/**
 * @brief What a page is.
 * @param page a page, not NULL
 * @return the kind.
 * @since 0.1
 */
enum memhp_page_use memhp_page_get_use(const struct memhp_page *page);

/**
 * @brief Which program a page was allocated for.
 * @param page a page, not NULL
 * @return the program's name, as the kernel has it; NULL unless the kernel keeps track (`page_owner=on` on its command line) and
 *         tells it, as since Linux 5.18, and for a page that is not allocated.
 * @since 0.1
 */
const char *memhp_page_get_owner(const struct memhp_page *page);

/**
 * @brief Process for which a page was allocated; it may have ended since.
 * @param page a page, not NULL
 * @return process id, from Linux 5.11 to 5.17 that of the thread; 0 when it is not known, as before, or was no process's. It may
 *         be known where memhp_page_get_owner() is NULL.
 * @since 0.1
 */
pid_t memhp_page_get_owner_pid(const struct memhp_page *page);

/** @} */

/**
 * @defgroup policy Policy and balance
 * @{
 */

/** What decides about new memory, as far as the kernel shows it in sysfs. */
enum memhp_policy_key {
	MEMHP_POLICY_AUTO_ONLINE_BLOCKS = 0,  /**< /sys/devices/system/memory/auto_online_blocks */
	MEMHP_POLICY_ONLINE_POLICY,           /**< /sys/module/memory_hotplug/parameters/online_policy */
	MEMHP_POLICY_AUTO_MOVABLE_RATIO,      /**< .../auto_movable_ratio, percent */
	MEMHP_POLICY_AUTO_MOVABLE_NUMA_AWARE, /**< .../auto_movable_numa_aware, Y or N */
	MEMHP_POLICY_MEMMAP_ON_MEMORY,        /**< .../memmap_on_memory, Y, N or force */
};

/** Number of values in @ref memhp_policy_key . Fit for arrays: it grows only together with the SONAME. */
#define MEMHP_NUM_POLICY_KEYS 5

/**
 * @struct memhp_policy
 * What the kernel's policy was when it was read. Reference counted, immutable.
 */
struct memhp_policy;

/**
 * @brief Read the kernel's policy for new memory. Needs no privilege and does not block.
 * @param[out] policy the policy, owned by the caller
 * @param ctx a context, not NULL
 * @return 0, also when some or all of the files are absent; -ENOMEM.
 * @since 0.1
 */
int memhp_policy_new(struct memhp_policy **policy, struct memhp_ctx *ctx);

/**
 * @brief Take a reference.
 * @param policy a policy, not NULL
 * @return @a policy
 * @since 0.1
 */
struct memhp_policy *memhp_policy_ref(struct memhp_policy *policy);

/**
 * @brief Drop a reference; the last one releases the policy.
 * @param policy a policy or NULL
 * @since 0.1
 */
void memhp_policy_unref(struct memhp_policy *policy);

/**
 * @brief The kernel's name of a policy key.
 * @param key a key
 * @return the file's name, such as `auto_online_blocks`; static.
 * @since 0.1
 */
const char *memhp_policy_key_name(enum memhp_policy_key key);

/**
 * @brief Value of a policy key in the kernel's own word.
 * @param policy a policy, not NULL
 * @param key a key
 * @return the word, or NULL when this kernel has no such file or it could not be read.
 * @since 0.1
 */
const char *memhp_policy_get_value(const struct memhp_policy *policy, enum memhp_policy_key key);

/**
 * @brief Why a policy key has no value.
 * @param policy a policy, not NULL
 * @param key a key
 * @return 0 when it has one; -EOPNOTSUPP when this kernel has no such file; -EBADMSG when what it says is no word; otherwise the
 *         errno of open(2) or read(2).
 * @since 0.2
 */
int memhp_policy_get_error(const struct memhp_policy *policy, enum memhp_policy_key key);

/**
 * @brief Whether the kernel onlines new blocks by itself.
 * @param policy a policy, not NULL
 * @return true when auto_online_blocks is one of the online words; false when it is `offline` or could not be read.
 * @since 0.1
 */
bool memhp_policy_is_auto_online(const struct memhp_policy *policy);

/**
 * @brief Whether a policy key takes a value.
 *
 * auto_online_blocks takes `offline`, `online`, `online_kernel` and `online_movable`; online_policy `contig-zones` and
 * `auto-movable`; auto_movable_ratio a decimal number of percent up to 4294967295; auto_movable_numa_aware `Y` and `N`;
 * memmap_on_memory, which only boot sets, `Y`, `N` and `force`.
 *
 * @param key a key
 * @param value a text, not NULL
 * @return 0 or -EINVAL.
 * @since 0.1
 */
int memhp_policy_check_value(enum memhp_policy_key key, const char *value);

/**
 * @brief Change the kernel's policy for new memory, until the next boot.
 *
 * Writes the file of the key once, and reads it back. A value that is there already is not written again. Blocks that the machine
 * has already are not affected. Needs root. Does not block.
 *
 * @param ctx a context, not NULL
 * @param key a key
 * @param value one that memhp_policy_check_value() lets pass, not NULL
 * @return 0, also when the value was there already; -EINVAL when the key does not take the value, also when the kernel says so;
 * -EOPNOTSUPP when this kernel has no such file; -EMEDIUMTYPE when it is one of a copy of a machine, see
 * memhp_ctx_check_changeable(); -EPERM when the file is only to be read, so that boot alone can set the value,
 * also for root; -EACCES without privilege; -EROFS on a read-only mount; -EIO when the file reads otherwise after the write,
 * or cannot be read then; -EBADMSG when what it reads before is no word; or another errno of open(2), read(2) or write(2).
 * @since 0.1
 */
int memhp_policy_set(struct memhp_ctx *ctx, enum memhp_policy_key key, const char *value);

/** Who else, besides the kernel's files, decides about new memory. */
enum memhp_agent_kind {
	MEMHP_AGENT_CMDLINE = 0, /**< a parameter on the kernel's command line */
	MEMHP_AGENT_UDEV,        /**< a rule of udev(7) */
	MEMHP_AGENT_TMPFILES,    /**< a line of tmpfiles.d(5), which writes a policy key at boot */
	MEMHP_AGENT_DAXCTL,      /**< a section of daxctl's configuration, about the memory of dax devices */
	MEMHP_AGENT_DRIVER,      /**< a driver of the kernel's that adds memory in a way of its own */
};

/** Number of values in @ref memhp_agent_kind . Fit for arrays: it grows only together with the SONAME. */
#define MEMHP_NUM_AGENT_KINDS 5

/** What an agent does to a new block. */
enum memhp_effect {
	MEMHP_EFFECT_NONE = 0,       /**< nothing to the block itself */
	MEMHP_EFFECT_UNKNOWN,        /**< it runs a program about it, or writes a word that is not known here */
	MEMHP_EFFECT_OFFLINE,        /**< `offline`: takes it, or leaves it, offline */
	MEMHP_EFFECT_ONLINE,         /**< `online`: the kernel chooses the zone */
	MEMHP_EFFECT_ONLINE_KERNEL,  /**< `online_kernel`: to a kernel zone */
	MEMHP_EFFECT_ONLINE_MOVABLE, /**< `online_movable`: to ZONE_MOVABLE */
};

/** Number of values in @ref memhp_effect . Fit for arrays: it grows only together with the SONAME. */
#define MEMHP_NUM_EFFECTS 6

/**
 * @struct memhp_agents
 * All agents of a machine: first the command line, then udev rules in the order in which udevd takes them, and so on through
 * @ref memhp_agent_kind . Reference counted, immutable.
 */
struct memhp_agents;

/**
 * @struct memhp_agent
 * An agent; it lives as long as the list.
 */
struct memhp_agent;

/**
 * @brief Find who else decides about new memory.
 *
 * Reads /proc/cmdline; udev rules of /etc, /run, /usr/local/lib, /usr/lib and /lib, `udev/rules.d` in each, where a file hides
 * those of the same name in later folders and an empty file or a link to /dev/null hides them altogether; `tmpfiles.d` in /etc,
 * /run, /usr/local/lib and /usr/lib likewise; the files of /etc/daxctl.conf.d; and which drivers are
 * there. Rules are evaluated for the events `add` and `online` of a new block, see @ref memhp_moment : those that surely do not
 * match it are left out, as are those that find it changed by a rule before. Nothing is run. A file that cannot be read is logged
 * as a warning and passed over. Needs no privilege and does not block.
 *
 * @param[out] agents the agents, owned by the caller
 * @param ctx a context, not NULL
 * @return 0 or -ENOMEM.
 * @since 0.1
 */
int memhp_agents_new(struct memhp_agents **agents, struct memhp_ctx *ctx);

/**
 * @brief Take a reference.
 * @param agents agents, not NULL
 * @return @a agents
 * @since 0.1
 */
struct memhp_agents *memhp_agents_ref(struct memhp_agents *agents);

/**
 * @brief Drop a reference; the last one releases the agents.
 * @param agents agents or NULL
 * @since 0.1
 */
void memhp_agents_unref(struct memhp_agents *agents);

/**
 * @brief One of the agents.
 * @param agents agents, not NULL
 * @param index from 0
 * @return the agent, NULL when there are not so many.
 * @since 0.1
 */
const struct memhp_agent *memhp_agents_get(const struct memhp_agents *agents, size_t index);

/**
 * @brief A file or folder that could not be read, and may tell of further agents.
 * @param agents agents, not NULL
 * @param index from 0
 * @param[out] error the negative errno
 * @return its path, NULL when @a index is too large; the agents'.
 * @since 0.2
 */
const char *memhp_agents_get_unread(const struct memhp_agents *agents, size_t index, int *error);

/**
 * @brief Name of a kind of agent.
 * @param kind a kind
 * @return `cmdline`, `udev`, `tmpfiles`, `daxctl` or `driver`; static.
 * @since 0.1
 */
const char *memhp_agent_kind_name(enum memhp_agent_kind kind);

/**
 * @brief Name of an effect.
 * @param effect an effect
 * @return `none`, `unknown`, or the kernel's word; static.
 * @since 0.1
 */
const char *memhp_effect_name(enum memhp_effect effect);

/**
 * @brief What kind of agent this is.
 * @param agent an agent, not NULL
 * @return the kind.
 * @since 0.1
 */
enum memhp_agent_kind memhp_agent_get_kind(const struct memhp_agent *agent);

/**
 * @brief Where an agent was found.
 * @param agent an agent, not NULL
 * @return absolute path of a file or, for a driver, of a folder, without the context's sysroot.
 * @since 0.1
 */
const char *memhp_agent_get_file(const struct memhp_agent *agent);

/**
 * @brief The line in that file.
 * @param agent an agent, not NULL
 * @return a number from 1 on, of a rule's first line; 0 when lines have no meaning there.
 * @since 0.1
 */
unsigned int memhp_agent_get_line(const struct memhp_agent *agent);

/**
 * @brief What an agent sets.
 * @param agent an agent, not NULL
 * @return the name of a parameter, of a policy key, of a section, or of a driver; NULL for a rule.
 * @since 0.1
 */
const char *memhp_agent_get_key(const struct memhp_agent *agent);

/**
 * @brief The value that an agent sets its key to.
 * @param agent an agent, not NULL
 * @return the value; NULL where there is none.
 * @since 0.1
 */
const char *memhp_agent_get_value(const struct memhp_agent *agent);

/**
 * @brief An agent in its own words, printable ASCII.
 * @param agent an agent, not NULL
 * @return the parameter, rule, line, section or driver; a long one is cut.
 * @since 0.1
 */
const char *memhp_agent_get_text(const struct memhp_agent *agent);

/**
 * @brief What an agent does to a new block.
 * @param agent an agent, not NULL
 * @return the effect.
 * @since 0.1
 */
enum memhp_effect memhp_agent_get_effect(const struct memhp_agent *agent);

/**
 * @brief What that depends on, and could not be found out.
 * @param agent an agent, not NULL
 * @return a text such as `if CONST{virt}=="kvm"`; NULL when it does not depend on anything.
 * @since 0.1
 */
const char *memhp_agent_get_condition(const struct memhp_agent *agent);

/**
 * When a rule of udev acts, for a bit mask.
 *
 * The event `add` of a new block is sent before the kernel onlines the block by its policy (auto_online_blocks), and udevd runs
 * beside that: its rules find the block offline, or as the policy leaves it. What they write waits until the kernel is done.
 */
enum memhp_moment {
	MEMHP_MOMENT_ADD_OFFLINE = 1 << 0, /**< at the event `add`, where the block is found offline */
	MEMHP_MOMENT_ADD_ONLINE = 1 << 1,  /**< at the event `add`, where the block is found online */
	MEMHP_MOMENT_ONLINE = 1 << 2,      /**< at the event `online`, whoever onlined the block */
	MEMHP_MOMENT_OFFLINE = 1 << 3,     /**< at the event `offline`, whoever took it offline: new memory has no such event */
};

/**
 * @brief When an agent acts.
 * @param agent an agent, not NULL
 * @return bits of @ref memhp_moment for a rule; 0 for other agents.
 * @since 0.2
 */
unsigned int memhp_agent_get_moments(const struct memhp_agent *agent);

/**
 * @struct memhp_huge_pools
 * @brief How many huge pages (hugetlb) there are, of each node and size, when the object was made.
 *
 * Free huge pages in a block are given back for good when it goes offline, also when that fails later: what the pools have before
 * and after a request tells how many were lost. Pools without a page are left out.
 */
struct memhp_huge_pools;

/**
 * @struct memhp_huge_pool
 * @brief The huge pages of one size on one node.
 */
struct memhp_huge_pool;

/**
 * @brief Read the counters of the pools of huge pages.
 *
 * Needs no privilege and does not block.
 *
 * @param[out] pools the pools, owned by the caller
 * @param ctx a context, not NULL
 * @return 0, also when the pools cannot be read, see memhp_huge_pools_get_error(); -ENOMEM.
 * @since 0.2
 */
int memhp_huge_pools_new(struct memhp_huge_pools **pools, struct memhp_ctx *ctx);

/**
 * @brief Take a reference.
 * @param pools pools, not NULL
 * @return @a pools
 * @since 0.2
 */
struct memhp_huge_pools *memhp_huge_pools_ref(struct memhp_huge_pools *pools);

/**
 * @brief Drop a reference; the last one releases the pools.
 * @param pools pools or NULL
 * @since 0.2
 */
void memhp_huge_pools_unref(struct memhp_huge_pools *pools);

/**
 * @brief Why there may be more pools.
 * @param pools pools, not NULL
 * @return 0, or the errno of listing the sizes of huge pages or the nodes.
 * @since 0.2
 */
int memhp_huge_pools_get_error(const struct memhp_huge_pools *pools);

/**
 * @brief Get a pool, by ascending node and size.
 * @param pools pools, not NULL
 * @param index which one
 * @return a pool that lives as long as @a pools; NULL behind the last one.
 * @since 0.2
 */
const struct memhp_huge_pool *memhp_huge_pools_get(const struct memhp_huge_pools *pools, size_t index);

/**
 * @brief Get the pool of a node and a size.
 * @param pools pools, not NULL
 * @param node its id, -1 for the machine's
 * @param page_size_bytes size of its pages
 * @return a pool that lives as long as @a pools; NULL when it has no page, or memhp_huge_pools_get_error() says why that is not
 *         known.
 * @since 0.2
 */
const struct memhp_huge_pool *memhp_huge_pools_find(const struct memhp_huge_pools *pools, int node, uint64_t page_size_bytes);

/**
 * @brief Where its pages are.
 * @param pool a pool, not NULL
 * @return a node's id; -1 for the whole machine, where nodes have no pools of their own.
 * @since 0.2
 */
int memhp_huge_pool_get_node(const struct memhp_huge_pool *pool);

/**
 * @brief Size of its pages.
 * @param pool a pool, not NULL
 * @return bytes of a page.
 * @since 0.2
 */
uint64_t memhp_huge_pool_get_page_size_bytes(const struct memhp_huge_pool *pool);

/**
 * @brief Why its counters are not known.
 * @param pool a pool, not NULL
 * @return 0, -EBADMSG when a counter is no number, or the errno of open(2) or read(2).
 * @since 0.2
 */
int memhp_huge_pool_get_error(const struct memhp_huge_pool *pool);

/**
 * @brief How many pages it has: nr_hugepages.
 * @param pool a pool without error, not NULL
 * @return pages, in use or free.
 * @since 0.2
 */
uint64_t memhp_huge_pool_get_num_pages(const struct memhp_huge_pool *pool);

/**
 * @brief How many of them are free: free_hugepages.
 * @param pool a pool without error, not NULL
 * @return pages, those among them that were promised to somebody.
 * @since 0.2
 */
uint64_t memhp_huge_pool_get_num_free(const struct memhp_huge_pool *pool);

/**
 * @brief How many there are beyond what was asked for: surplus_hugepages.
 * @param pool a pool without error, not NULL
 * @return pages, which are given back when nobody uses them any more.
 * @since 0.2
 */
uint64_t memhp_huge_pool_get_num_surplus(const struct memhp_huge_pool *pool);

/**
 * @struct memhp_balance
 * How much memory the kernel can use for itself and how much is movable, when it was read. Reference counted, immutable.
 */
struct memhp_balance;

/**
 * @brief Read the balance of kernel and movable memory.
 *
 * Reads /proc/zoneinfo (present pages of each zone; CMA counts as movable, ZONE_DEVICE not at all) and /proc/meminfo. Needs no
 * privilege and does not block.
 *
 * @param[out] balance the balance, owned by the caller
 * @param ctx a context, not NULL
 * @return 0, -EBADMSG when /proc/zoneinfo was not understood, -ENODATA when /proc/meminfo cannot be read or understood and alone
 *         tells of the CMA (before Linux 5.12) or, below a sysroot, of the size of pages, or the errno of open(2) or read(2) for
 *         the former.
 * @since 0.1
 */
int memhp_balance_new(struct memhp_balance **balance, struct memhp_ctx *ctx);

/**
 * @brief Take a reference.
 * @param balance a balance, not NULL
 * @return @a balance
 * @since 0.1
 */
struct memhp_balance *memhp_balance_ref(struct memhp_balance *balance);

/**
 * @brief Drop a reference; the last one releases the balance.
 * @param balance a balance or NULL
 * @since 0.1
 */
void memhp_balance_unref(struct memhp_balance *balance);

/**
 * @brief Memory in kernel zones, CMA excluded.
 * @param balance a balance, not NULL
 * @return bytes.
 * @since 0.1
 */
uint64_t memhp_balance_get_kernel_bytes(const struct memhp_balance *balance);

/**
 * @brief Memory in ZONE_MOVABLE, and CMA.
 * @param balance a balance, not NULL
 * @return bytes.
 * @since 0.1
 */
uint64_t memhp_balance_get_movable_bytes(const struct memhp_balance *balance);

/** @} */

/**
 * @defgroup assess Assessment
 * Which blocks can go offline, and what stands in the way of the others. An assessment is computed from a snapshot, from what the
 * kernel says of every page (/proc/kpageflags, root only) and from a few other files; it changes nothing. What could not be
 * looked at makes it less certain, never impossible: without privilege, zones and holes still say something.
 *
 * An assessment is a prediction. Memory changes hands all the time, pages can be pinned without a trace, and a driver may refuse.
 * Only MEMHP_VERDICT_WILL_NOT is a certainty.
 * @{
 */

/** Whether a block can go offline. */
enum memhp_verdict {
	MEMHP_VERDICT_CANNOT_TELL = 0, /**< too little is known, or the block is not online */
	MEMHP_VERDICT_WILL_NOT,        /**< the kernel will refuse: what stands in the way does not go away */
	MEMHP_VERDICT_MAY_GO,          /**< something stands in the way, or might; the score says how likely it is to go */
	MEMHP_VERDICT_CAN_GO,          /**< nothing was found that stands in the way */
};

/** Number of values in @ref memhp_verdict . Fit for arrays: it grows only together with the SONAME. */
#define MEMHP_NUM_VERDICTS 4

/** How sure a verdict is. */
enum memhp_certainty {
	MEMHP_CERTAINTY_GUESS = 0, /**< the pages of the block could not be looked at */
	MEMHP_CERTAINTY_LIKELY,    /**< all was looked at that can be; memory may change meanwhile */
	MEMHP_CERTAINTY_SURE,      /**< it will stay so */
};

/** What a page is used for, in the order of how much that stands in the way of offlining. */
enum memhp_page_kind {
	MEMHP_PAGE_FREE = 0, /**< free, in the page allocator */
	MEMHP_PAGE_MEMMAP,   /**< the block's own memory map (memmap_on_memory), which goes with it */
	MEMHP_PAGE_FILE,     /**< page cache and shared memory: can be moved or dropped */
	MEMHP_PAGE_ANON,     /**< memory of processes: can be moved */
	MEMHP_PAGE_HUGE,     /**< huge page of hugetlbfs, free or used: can be moved, with luck */
	MEMHP_PAGE_HWPOISON, /**< has a hardware memory error, and is not used any more */
	MEMHP_PAGE_OFFLINE,  /**< logically offline, as in a balloon: goes if its driver lets go of it */
	MEMHP_PAGE_OTHER,    /**< of the kernel, or free in a per-CPU list: /proc/kpageflags does not tell */
	MEMHP_PAGE_TABLE,    /**< page table */
	MEMHP_PAGE_SLAB,     /**< the kernel's own objects */
	MEMHP_PAGE_RESERVED, /**< reserved since boot, or by a driver */
	MEMHP_PAGE_HOLE,     /**< no memory */
};

/** Number of values in @ref memhp_page_kind . Fit for arrays: it grows only together with the SONAME. */
#define MEMHP_NUM_PAGE_KINDS 12

/** What an assessment rests on. */
enum memhp_evidence {
	MEMHP_EVIDENCE_BLOCK = 0,    /**< the block's `state` and `valid_zones` */
	MEMHP_EVIDENCE_IOMEM,        /**< /proc/iomem: where memory is; addresses for root only */
	MEMHP_EVIDENCE_MEMMAP,       /**< /sys/firmware/memmap: the firmware's, x86 only; for everyone. Not with mem= or memmap= */
	MEMHP_EVIDENCE_PAGE_FLAGS,   /**< /proc/kpageflags: what each page is used for; root only */
	MEMHP_EVIDENCE_MEMINFO,      /**< /proc/meminfo: how much memory is available elsewhere */
	MEMHP_EVIDENCE_CMA,          /**< /sys/kernel/debug/cma: where the contiguous memory areas are; root only */
	MEMHP_EVIDENCE_DEVICE_TREE,  /**< /sys/firmware/devicetree, arm64 only: the memory that the machine booted with */
	MEMHP_EVIDENCE_CRASH_KERNEL, /**< /sys/kernel/kexec_crash_size: memory kept for a crash kernel */
};

/** Number of values in @ref memhp_evidence . Fit for arrays: it grows only together with the SONAME. */
#define MEMHP_NUM_EVIDENCES 8

/** What was found in a block, or not known of it. */
enum memhp_finding {
	MEMHP_FINDING_SEVERAL_ZONES = 0, /**< several zones or nodes: the kernel refuses */
	MEMHP_FINDING_HOLE,              /**< there is not memory everywhere: the kernel refuses */
	MEMHP_FINDING_BOOT_MEMORY,       /**< arm64: the kernel never takes offline what it booted with */
	MEMHP_FINDING_RESERVED,          /**< reserved pages, which cannot be moved */
	MEMHP_FINDING_CMA,               /**< part of a contiguous memory area, which offlining leaves alone */
	MEMHP_FINDING_CRASH_KERNEL,      /**< s390: below the size of the crash kernel's memory: vetoed */
	MEMHP_FINDING_SLAB,              /**< the kernel's own objects, which cannot be moved */
	MEMHP_FINDING_PAGE_TABLES,       /**< page tables, which cannot be moved */
	MEMHP_FINDING_LIKELY_BOOT,       /**< arm64 without a device tree: most likely memory that the kernel booted with */
	MEMHP_FINDING_OTHER_PAGES,       /**< pages of the kernel, unless they lie in a per-CPU free list */
	MEMHP_FINDING_NO_ROOM,           /**< what must move does not fit elsewhere: offlining would not end */
	MEMHP_FINDING_GIGANTIC,          /**< gigantic huge pages, free or in use; those need free ones elsewhere */
	MEMHP_FINDING_OFFLINE_PAGES,     /**< logically offline (ballooned) pages: up to their driver */
	MEMHP_FINDING_LITTLE_ROOM,       /**< what must move fits elsewhere only just, or with the help of swap */
	MEMHP_FINDING_HUGE_PAGES,        /**< huge pages, free or in use; those need contiguous memory elsewhere */
	MEMHP_FINDING_CMA_SOMEWHERE,     /**< the machine has contiguous memory areas, and where is not known */
	MEMHP_FINDING_HWPOISON,          /**< pages with a hardware memory error: once offline it may never come online again */
	MEMHP_FINDING_KERNEL_ZONE,       /**< a kernel zone: the kernel may use it for itself at any time */
	MEMHP_FINDING_IN_USE,            /**< so much is in use and must be moved */
	MEMHP_FINDING_EMPTY,             /**< nothing is in use */
	MEMHP_FINDING_NOT_ONLINE,        /**< the block is not online */
	MEMHP_FINDING_STATE_UNKNOWN,     /**< the block's state cannot be read or understood */
	MEMHP_FINDING_ZONE_UNKNOWN,      /**< the block's zone cannot be read or understood */
	MEMHP_FINDING_PAGES_UNSEEN,      /**< what the pages are used for is not known */
	MEMHP_FINDING_HOLES_UNSEEN,      /**< whether there is memory everywhere is not known */
	MEMHP_FINDING_NO_HOTREMOVE,      /**< this kernel takes no block offline: CONFIG_MEMORY_HOTREMOVE */
	MEMHP_FINDING_FREE_HUGE_PAGES,   /**< huge pages of which the counters of the node prove that none is in use */
};

/**
 * @brief The word for a verdict.
 * @param verdict a verdict
 * @return the enumerator's name in lower case with dashes, such as `can-go`; static.
 * @since 0.1
 */
const char *memhp_verdict_name(enum memhp_verdict verdict);

/**
 * @brief The word for a certainty.
 * @param certainty a certainty
 * @return `guess`, `likely` or `sure`; static.
 * @since 0.1
 */
const char *memhp_certainty_name(enum memhp_certainty certainty);

/**
 * @brief The word for a kind of page.
 * @param kind a kind
 * @return the enumerator's name in lower case, such as `slab`; static.
 * @since 0.1
 */
const char *memhp_page_kind_name(enum memhp_page_kind kind);

/**
 * @brief The file behind a piece of evidence.
 * @param evidence a piece of evidence
 * @return a path such as `/proc/kpageflags`; static.
 * @since 0.1
 */
const char *memhp_evidence_path(enum memhp_evidence evidence);

/**
 * @brief The word for a finding.
 * @param finding a finding
 * @return the enumerator's name in lower case with dashes, such as `several-zones`; static.
 * @since 0.1
 */
const char *memhp_finding_name(enum memhp_finding finding);

/**
 * @brief What a finding means.
 * @param finding a finding
 * @return a clause in English without numbers, such as `page tables, which cannot be moved`; static.
 * @since 0.1
 */
const char *memhp_finding_text(enum memhp_finding finding);

/**
 * @struct memhp_assessment
 * Blocks as candidates for going offline, the best first. Reference counted, immutable.
 */
struct memhp_assessment;

/**
 * @struct memhp_candidate
 * A block in an assessment. Lives as long as its assessment.
 */
struct memhp_candidate;

/**
 * @brief Assess blocks.
 *
 * Reads the files of @ref memhp_evidence as far as they matter and may be read; of /proc/kpageflags 8 bytes for every page of the
 * blocks, once: a few milliseconds for 128 MiB. Needs no privilege, but sees more as root. Does not block.
 *
 * With a sysroot only what is below it counts, and the page size is what follows from that: 4 KiB when nothing tells.
 *
 * @param[out] assessment the assessment, owned by the caller
 * @param ctx a context, not NULL
 * @param snapshot a snapshot with MEMHP_ATTR_ZONES and with memhp_selection_get_attrs() of the selection, not NULL. With
 *        MEMHP_ATTR_SOURCE an arm64 machine without a device tree is judged better. It may be released before the assessment
 * @param selection which blocks; NULL for all that are online
 * @param num_slices into how many equal parts to divide a block for memhp_candidate_get_slice(), up to 4096; 0 for none
 * @param timeout_ms how long it may take, or MEMHP_NO_TIMEOUT
 * @param cancel_fd as for memhp_request_set_cancel_fd(), or -1: it ends within milliseconds
 * @return 0, whatever could be read; -EINVAL for too many slices, -ENODATA when the snapshot lacks an attribute; -ETIMEDOUT and
 *         -ECANCELED when it was ended before it was through.
 * @since 0.1
 */
int memhp_assessment_new(struct memhp_assessment **assessment, struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot,
			 const struct memhp_selection *selection, unsigned int num_slices, uint64_t timeout_ms, int cancel_fd);

/**
 * @brief Take a reference.
 * @param assessment an assessment, not NULL
 * @return @a assessment
 * @since 0.1
 */
struct memhp_assessment *memhp_assessment_ref(struct memhp_assessment *assessment);

/**
 * @brief Drop a reference; the last one releases the assessment and its candidates.
 * @param assessment an assessment or NULL
 * @since 0.1
 */
void memhp_assessment_unref(struct memhp_assessment *assessment);

/**
 * @brief Whether a piece of evidence could be looked at, and if not, why.
 * @param assessment an assessment, not NULL
 * @param evidence a piece of evidence
 * @return 0 when it was; -ENODATA when it does not matter here; -EACCES without the privilege (also where the kernel shows zeros
 *         instead of addresses); -ENOENT when there is no such file; -EOPNOTSUPP when the kernel was told something else than the
 *         file says, or may have been (mem= and the like); otherwise another errno of open(2) or read(2). The pages of a
 *         single block may be missing, too: memhp_candidate_has_usage(); -ENXIO when a block went offline meanwhile.
 * @since 0.1
 */
int memhp_assessment_get_evidence_error(const struct memhp_assessment *assessment, enum memhp_evidence evidence);

/**
 * @brief Size of a page.
 * @param assessment an assessment, not NULL
 * @return bytes.
 * @since 0.1
 */
uint64_t memhp_assessment_get_page_size_bytes(const struct memhp_assessment *assessment);

/**
 * @brief Number of blocks assessed.
 * @param assessment an assessment, not NULL
 * @return number of candidates, possibly 0.
 * @since 0.1
 */
size_t memhp_assessment_get_num_candidates(const struct memhp_assessment *assessment);

/**
 * @brief A candidate by its rank.
 * @param assessment an assessment, not NULL
 * @param index rank, from 0: by descending score, of equals the highest block first
 * @return the candidate, or NULL when @a index is too large.
 * @since 0.1
 */
const struct memhp_candidate *memhp_assessment_get_candidate(const struct memhp_assessment *assessment, size_t index);

/**
 * @brief Number of candidates with a verdict.
 * @param assessment an assessment, not NULL
 * @param verdict a verdict
 * @return number of blocks.
 * @since 0.1
 */
size_t memhp_assessment_count_verdict(const struct memhp_assessment *assessment, enum memhp_verdict verdict);

/**
 * @brief Id of a candidate's block.
 * @param candidate a candidate, not NULL
 * @return the N of memoryN.
 * @since 0.1
 */
uint64_t memhp_candidate_get_block_id(const struct memhp_candidate *candidate);

/**
 * @brief State of a candidate's block in the snapshot.
 * @param candidate a candidate, not NULL
 * @return the state.
 * @since 0.1
 */
enum memhp_state memhp_candidate_get_state(const struct memhp_candidate *candidate);

/**
 * @brief Zone of a candidate's block in the snapshot.
 * @param candidate a candidate, not NULL
 * @return the zone, as memhp_block_get_zone() has it.
 * @since 0.1
 */
enum memhp_zone memhp_candidate_get_zone(const struct memhp_candidate *candidate);

/**
 * @brief Whether the block can go offline.
 * @param candidate a candidate, not NULL
 * @return the verdict.
 * @since 0.1
 */
enum memhp_verdict memhp_candidate_get_verdict(const struct memhp_candidate *candidate);

/**
 * @brief How likely the block is to go offline, to compare it with others.
 * @param candidate a candidate, not NULL
 * @return 0 to 100; 0 for MEMHP_VERDICT_WILL_NOT. Below 20 it is unlikely.
 * @since 0.1
 */
unsigned int memhp_candidate_get_score(const struct memhp_candidate *candidate);

/**
 * @brief How sure the verdict is.
 * @param candidate a candidate, not NULL
 * @return the certainty.
 * @since 0.1
 */
enum memhp_certainty memhp_candidate_get_certainty(const struct memhp_candidate *candidate);

/**
 * @brief Number of findings.
 * @param candidate a candidate, not NULL
 * @return number of findings, at least 1.
 * @since 0.1
 */
size_t memhp_candidate_get_num_findings(const struct memhp_candidate *candidate);

/**
 * @brief A finding, the heaviest first.
 * @param candidate a candidate, not NULL
 * @param index place, less than memhp_candidate_get_num_findings()
 * @return the finding.
 * @since 0.1
 */
enum memhp_finding memhp_candidate_get_finding(const struct memhp_candidate *candidate, size_t index);

/**
 * @brief How much memory a finding is about.
 * @param candidate a candidate, not NULL
 * @param index place, less than memhp_candidate_get_num_findings()
 * @return bytes; 0 where no amount belongs to it.
 * @since 0.1
 */
uint64_t memhp_candidate_get_finding_bytes(const struct memhp_candidate *candidate, size_t index);

/**
 * @brief How much a finding weighs.
 * @param candidate a candidate, not NULL
 * @param index place, less than memhp_candidate_get_num_findings()
 * @return percent: how likely it is alone to keep the block online; 100 for what makes the verdict MEMHP_VERDICT_WILL_NOT.
 * @since 0.1
 */
unsigned int memhp_candidate_get_finding_weight(const struct memhp_candidate *candidate, size_t index);

/**
 * @brief What a finding rests on.
 * @param candidate a candidate, not NULL
 * @param index place, less than memhp_candidate_get_num_findings()
 * @return the evidence; for what is not known, the evidence that was missing.
 * @since 0.1
 */
enum memhp_evidence memhp_candidate_get_finding_evidence(const struct memhp_candidate *candidate, size_t index);

/**
 * @brief Whether the block's pages were looked at.
 * @param candidate a candidate, not NULL
 * @return true when the figures of memhp_candidate_get_bytes() and the slices are there.
 * @since 0.1
 */
bool memhp_candidate_has_usage(const struct memhp_candidate *candidate);

/**
 * @brief How much of the block is of a kind.
 * @param candidate a candidate with memhp_candidate_has_usage(), not NULL
 * @param kind a kind
 * @return bytes.
 * @since 0.1
 */
uint64_t memhp_candidate_get_bytes(const struct memhp_candidate *candidate, enum memhp_page_kind kind);

/**
 * @brief How much of the block is in use and must move.
 * @param candidate a candidate with memhp_candidate_has_usage(), not NULL
 * @return bytes: files, memory of processes, huge pages, and in ZONE_MOVABLE what /proc/kpageflags does not tell.
 * @since 0.1
 */
uint64_t memhp_candidate_get_move_bytes(const struct memhp_candidate *candidate);

/**
 * @brief How much of the block cannot be moved.
 * @param candidate a candidate with memhp_candidate_has_usage(), not NULL
 * @return bytes: holes, reserved pages, and outside ZONE_MOVABLE the kernel's.
 * @since 0.1
 */
uint64_t memhp_candidate_get_fixed_bytes(const struct memhp_candidate *candidate);

/**
 * @brief How much memory is available outside the block.
 * @param candidate a candidate, not NULL
 * @return bytes: MemAvailable without what is free in the block; UINT64_MAX when it is not known.
 * @since 0.1
 */
uint64_t memhp_candidate_get_room_bytes(const struct memhp_candidate *candidate);

/**
 * @brief What stands in the way most in a slice of the block.
 * @param candidate a candidate with memhp_candidate_has_usage(), not NULL
 * @param index which of the slices that memhp_assessment_new() was asked for, from the lowest address on
 * @return the last kind in @ref memhp_page_kind that occurs in the slice.
 * @since 0.1
 */
enum memhp_page_kind memhp_candidate_get_slice(const struct memhp_candidate *candidate, unsigned int index);

/**
 * @brief Put the candidates of a plan in the order of an assessment.
 *
 * Candidates in ZONE_MOVABLE still come first, then those with the higher score, the highest address first among equals. Blocks
 * that were not assessed come after those that were, and last of all those that will not go (score 0). The best of them are
 * planned, as many as the goal needs, the others spare.
 *
 * @param plan a plan to take offline a number of blocks (memhp_request_set_num_blocks()), not NULL, that was not applied yet
 * @param assessment what is known of some or all candidates, not NULL
 * @return 0, or -EINVAL for a plan of another kind.
 * @since 0.1
 */
int memhp_plan_rank(struct memhp_plan *plan, const struct memhp_assessment *assessment);

/**
 * @brief Look for what is certain of the planned blocks before they are tried.
 *
 * A block that has a hole, by what the kernel or firmware says of RAM, is not planned any more but impossible. The pages of a block
 * are not looked at.
 *
 * @param plan a plan to take blocks offline that names no number of them, not NULL
 * @param ctx a context, not NULL
 * @return 0, -EINVAL for another plan, -ENOMEM.
 * @since 0.2
 */
int memhp_plan_foresee(struct memhp_plan *plan, struct memhp_ctx *ctx);

/** @} */

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

/** Number of values in @ref memhp_obstacle . Fit for arrays: it grows only together with the SONAME. */
#define MEMHP_NUM_OBSTACLES 5

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

/**
 * @brief Name of an obstacle.
 * @param obstacle an obstacle
 * @return `unaligned`, `present`, `taken`, `unseen`, `unproven`, or `unknown` for any other value; static.
 * @since 0.1
 */
const char *memhp_obstacle_name(enum memhp_obstacle obstacle);

/**
 * @brief Name of a proof.
 * @param proof a proof
 * @return `none`, `firmware-map`, `srat`, `device-tree`, `lmb`, or `unknown` for any other value; static.
 * @since 0.1
 */
const char *memhp_proof_name(enum memhp_proof proof);

/**
 * @struct memhp_probe
 * A block that is to be added: what stands against it, and what became of it. Reference counted.
 */
struct memhp_probe;

/**
 * @brief Check an address. Changes nothing.
 *
 * Reads block_size_bytes, whether the block's directory is there, /proc/iomem, and as proof of RAM /sys/firmware/memmap,
 * /sys/firmware/acpi/tables/SRAT and /sys/firmware/devicetree/base, up to the first that proves all of the block. Needs root
 * for /proc/iomem and the SRAT; without it there is MEMHP_OBSTACLE_UNSEEN. Does not block.
 *
 * @param[out] probe the probe, owned by the caller
 * @param ctx a context, not NULL
 * @param addr physical address of the block, any
 * @return 0, also when there are obstacles; -ENODEV no memory hotplug, -EBADMSG the block size is garbage, -ENOMEM, or another
 *         errno of open(2) or read(2), as for memhp_ctx_read_block_size().
 * @since 0.1
 */
int memhp_probe_new(struct memhp_probe **probe, struct memhp_ctx *ctx, uint64_t addr);

/**
 * @brief Take a reference.
 * @param probe a probe, not NULL
 * @return @a probe
 * @since 0.1
 */
struct memhp_probe *memhp_probe_ref(struct memhp_probe *probe);

/**
 * @brief Drop a reference; the last one releases the probe. Blocks that it has added stay.
 * @param probe a probe or NULL
 * @since 0.1
 */
void memhp_probe_unref(struct memhp_probe *probe);

/**
 * @brief Id of the block.
 * @param probe a probe, not NULL
 * @return the id that the block has, or would have: of an address that is not aligned, that of the block around it.
 * @since 0.1
 */
uint64_t memhp_probe_get_block_id(const struct memhp_probe *probe);

/**
 * @brief First address of the block.
 * @param probe a probe, not NULL
 * @return physical address.
 * @since 0.1
 */
uint64_t memhp_probe_get_start_addr(const struct memhp_probe *probe);

/**
 * @brief Last address of the block.
 * @param probe a probe, not NULL
 * @return physical address, inclusive.
 * @since 0.1
 */
uint64_t memhp_probe_get_last_addr(const struct memhp_probe *probe);

/**
 * @brief Whether a check has failed.
 * @param probe a probe, not NULL
 * @param obstacle what the check is for
 * @return true when this stands against the probe.
 * @since 0.1
 */
bool memhp_probe_has_obstacle(const struct memhp_probe *probe, enum memhp_obstacle obstacle);

/**
 * @brief What proves that the block is RAM.
 * @param probe a probe, not NULL
 * @return the first proof that was found.
 * @since 0.1
 */
enum memhp_proof memhp_probe_get_proof(const struct memhp_probe *probe);

/**
 * @brief What /proc/iomem has in the block.
 * @param probe a probe, not NULL
 * @param[out] start_addr where that begins, or NULL
 * @param[out] last_addr where it ends, inclusive, or NULL
 * @return its name, such as `PCI Bus 0000:00`, possibly cut, in printable ASCII; NULL without MEMHP_OBSTACLE_TAKEN, with the
 *         addresses untouched.
 * @since 0.1
 */
const char *memhp_probe_get_claim(const struct memhp_probe *probe, uint64_t *start_addr, uint64_t *last_addr);

/**
 * @brief Ask the kernel to add the block.
 *
 * One write to the file `probe`, by a process of its own as for memhp_plan_apply(), then a look at the block. **Blocks** until the
 * kernel is done, the deadline passes or the descriptor becomes readable, and then up to five seconds for a writer that was killed.
 * Needs root. The new block is offline, unless the kernel's policy or another agent has brought it online: see
 * memhp_probe_get_state(). It cannot be taken back.
 *
 * The checks are not made again: what has changed since memhp_probe_new() is the kernel's to see, and it sees only what is there.
 *
 * @param probe a probe, not NULL
 * @param ctx the context that it was made with, not NULL
 * @param timeout_ms how long to wait, or MEMHP_NO_TIMEOUT; 0: nothing is written
 * @param cancel_fd as for memhp_request_set_cancel_fd(), or -1
 * @param flags 0 or MEMHP_PROBE_UNBACKED, with which MEMHP_OBSTACLE_UNPROVEN does not count
 * @return 0 when the block is there. Nothing was written: -EPERM an obstacle, -EBADF the cancel descriptor is not open,
 *         -EOPNOTSUPP no file `probe`, -EMEDIUMTYPE this is a copy of a machine (see memhp_ctx_check_changeable()),
 *         -EACCES, -EROFS who you are or how /sys is mounted, -ENODEV no memory hotplug,
 *         -EAGAIN, -EMFILE, -ENFILE, -ENOMEM no resources for the writer. The kernel refused: -EEXIST something is there by
 *         now or the kernel keeps that range for itself (old kernels: beyond what is addressable, too), -EINVAL the address
 *         does not suit it, -E2BIG, -ERANGE beyond what is addressable, -ENOMEM not enough memory to manage the block, or
 *         another errno. Not done in time: -ETIMEDOUT, -ECANCELED, -EINPROGRESS the kernel still holds the writer, see
 *         memhp_probe_get_writer_pid(), -EINTR the writer was killed by somebody else. Done and not as it should be: -ENOENT
 *         no block has appeared, -EBADMSG it cannot be understood.
 * @since 0.1
 */
int memhp_probe_apply(struct memhp_probe *probe, struct memhp_ctx *ctx, uint64_t timeout_ms, int cancel_fd, unsigned int flags);

/**
 * @brief Whether the kernel has taken the address.
 *
 * After memhp_probe_apply() failed this tells what may be there and could not be read from what is not there.
 *
 * @param probe a probe, not NULL
 * @return true when the write succeeded, whatever could be read afterwards.
 * @since 0.2
 */
bool memhp_probe_is_stored(const struct memhp_probe *probe);

/**
 * @brief State of the block after memhp_probe_apply().
 * @param probe a probe, not NULL
 * @return the state that was read back; MEMHP_STATE_UNKNOWN when there is no block.
 * @since 0.1
 */
enum memhp_state memhp_probe_get_state(const struct memhp_probe *probe);

/**
 * @brief Zone of the block after memhp_probe_apply().
 * @param probe a probe, not NULL
 * @return its zone when it is online, else MEMHP_ZONE_NONE.
 * @since 0.1
 */
enum memhp_zone memhp_probe_get_zone(const struct memhp_probe *probe);

/**
 * @brief How long memhp_probe_apply() took.
 * @param probe a probe, not NULL
 * @return milliseconds; 0 before.
 * @since 0.1
 */
uint64_t memhp_probe_get_elapsed_ms(const struct memhp_probe *probe);

/**
 * @brief The writer that could not be ended.
 * @param probe a probe, not NULL
 * @return its process id after -EINPROGRESS, else 0.
 * @since 0.1
 */
pid_t memhp_probe_get_writer_pid(const struct memhp_probe *probe);

/** @} */

/**
 * @defgroup configure Configuration
 * Memory that is brought in and given back other than by its blocks' states: standby memory of s390, dax devices as a whole.
 * @{
 */

/**
 * @struct memhp_writer
 * A process that makes writes which the kernel may not finish, with one deadline for all of them. Reference counted. It is started
 * when it is first needed, in the way of memhp_plan_apply(), and ends with the last reference.
 */
struct memhp_writer;

/**
 * @brief Make a writer.
 * @param[out] writer the writer, owned by the caller
 * @param ctx the context to write to, not NULL; a reference is kept
 * @param timeout_ms how long all of its writes may take from now on, or MEMHP_NO_TIMEOUT; 0: none is tried
 * @param cancel_fd as for memhp_request_set_cancel_fd(), or -1
 * @return 0, -EBADF the cancel descriptor is not open, or -ENOMEM.
 * @since 0.1
 */
int memhp_writer_new(struct memhp_writer **writer, struct memhp_ctx *ctx, uint64_t timeout_ms, int cancel_fd);

/**
 * @brief Take a reference.
 * @param writer a writer, not NULL
 * @return @a writer
 * @since 0.1
 */
struct memhp_writer *memhp_writer_ref(struct memhp_writer *writer);

/**
 * @brief Drop a reference; the last one ends the process.
 * @param writer a writer or NULL
 * @since 0.1
 */
void memhp_writer_unref(struct memhp_writer *writer);

/**
 * @brief Process id of a writer that could not be ended.
 *
 * It can do nothing further once the kernel lets go of it. No later write is tried.
 *
 * @param writer a writer, not NULL
 * @return process id, or 0 when there is none.
 * @since 0.1
 */
pid_t memhp_writer_get_pid(const struct memhp_writer *writer);

/**
 * @brief Whether this machine has standby memory that is configured before it is used: s390 since Linux 6.19.
 * @param ctx a context, not NULL
 * @return 1 when there is, 0 when there is not, or the negative errno of looking for it.
 * @since 0.1
 */
int memhp_ctx_has_firmware_memory(struct memhp_ctx *ctx);

/**
 * @brief Configure standby memory: it gets a memory block, which can be brought online then.
 *
 * Writes /sys/firmware/memory/memoryN/memmap_on_memory where that is to change, then 1 to `config`, and reads back. What is so
 * already is not written. Needs root. **Blocks**, also while another agent changes memory or processors, up to the writer's
 * deadline.
 *
 * @param writer a writer, not NULL
 * @param block_id the N of memoryN
 * @param memmap what becomes of memmap_on_memory
 * @return 0 when it is as asked; -EOPNOTSUPP no /sys/firmware/memory, -ENOENT no such memory there, or it has no file
 *         `memmap_on_memory` that could change, -EBUSY memmap_on_memory is to change and the memory is configured, -ENOMEM no
 *         memory for its memory map, -EIO the hypervisor refuses, nothing came of it, or what did cannot be read, -EBADMSG a file
 *         says neither 0 nor 1, -ETIMEDOUT (memhp_writer_get_pid() tells when the kernel still holds the process), -ECANCELED,
 *         -EINTR the process was killed by somebody else, -EMEDIUMTYPE this is a copy of a machine (see
 *         memhp_ctx_check_changeable()), -EACCES, -EROFS, -EAGAIN, -EMFILE, -ENFILE no resources for the process, or another
 *         errno of the kernel's.
 * @since 0.1
 */
int memhp_writer_configure_block(struct memhp_writer *writer, uint64_t block_id, enum memhp_memmap memmap);

/**
 * @brief Deconfigure standby memory: its memory block, which must be offline, goes away.
 *
 * Writes 0 to /sys/firmware/memory/memoryN/config, and reads back. Needs root, and **blocks** as memhp_writer_configure_block()
 * does.
 *
 * @param writer a writer, not NULL
 * @param block_id the N of memoryN
 * @return 0 when it is as asked; -EBUSY the block is not offline; otherwise as memhp_writer_configure_block().
 * @since 0.1
 */
int memhp_writer_deconfigure_block(struct memhp_writer *writer, uint64_t block_id);

/**
 * @brief Read the state of a dax device's memory as a whole.
 *
 * Reads /sys/bus/dax/devices/daxX.Y/state (Linux 7.3). Needs no privilege and does not block.
 *
 * @param ctx a context, not NULL
 * @param device its name, such as `dax0.0`, not NULL
 * @param[out] state the state
 * @return 0; -EINVAL for something else than the name of a dax device, -ENOENT no such device, -EOPNOTSUPP this kernel has no such
 *         file, or the device is not in the hands of the driver kmem; -EBADMSG for a word that the library does not know or a
 *         device that is no link below /sys/devices, or the errno of open(2) or read(2).
 * @since 0.1
 */
int memhp_ctx_read_dax_state(struct memhp_ctx *ctx, const char *device, enum memhp_dax_state *state);

/**
 * @brief Read the size of a dax device.
 *
 * Reads /sys/bus/dax/devices/daxX.Y/size. Needs no privilege and does not block.
 *
 * @param ctx a context, not NULL
 * @param device its name, such as `dax0.0`, not NULL
 * @param[out] size_bytes the size in bytes; its memory can be less, for only whole blocks are
 * @return 0; -EINVAL for something else than the name of a dax device, -ENOENT no such device or no such file, -EBADMSG for what is
 *         no number or a device that is no link below /sys/devices, or the errno of open(2) or read(2).
 * @since 0.1
 */
int memhp_ctx_read_dax_size(struct memhp_ctx *ctx, const char *device, uint64_t *size_bytes);

/**
 * @brief Bring a dax device's memory online, or take it away, as a whole: all or nothing.
 *
 * Writes /sys/bus/dax/devices/daxX.Y/state, and reads back. Needs root. **Blocks** up to the writer's deadline: to take memory away
 * that is in use can last for ever.
 *
 * @param writer a writer, not NULL
 * @param device its name, such as `dax0.0`, not NULL
 * @param state what to write; for MEMHP_DAX_ONLINE any zone will do
 * @return 0 when it is as asked; -EBUSY memory that is in use cannot be moved, or the device would have to be unplugged before;
 *         -EINVAL also for MEMHP_DAX_UNKNOWN and MEMHP_DAX_OFFLINE; otherwise as memhp_ctx_read_dax_state() and
 *         memhp_writer_configure_block().
 * @since 0.1
 */
int memhp_writer_set_dax_state(struct memhp_writer *writer, const char *device, enum memhp_dax_state state);

/** @} */

/**
 * @defgroup mappers Processes that map memory
 * Which processes map pages of a range of physical memory: candidates for who holds a page that the kernel cannot move.
 *
 * Candidates, no proof. Most processes that map a page do not keep it from moving; and what does need not map it any more, or never
 * has: pages in a pipe (vmsplice), buffers of io_uring, RDMA or a virtual machine whose process has unmapped them, pages of a file
 * that nobody maps, the kernel's own.
 * @{
 */

/**
 * @struct memhp_mappers
 * The processes that map pages of some ranges, by range. Reference counted, immutable.
 */
struct memhp_mappers;

/**
 * @struct memhp_process
 * A process that maps pages of a range. Lives as long as its memhp_mappers.
 */
struct memhp_process;

/**
 * @brief Find the processes that map pages of some ranges of physical memory.
 *
 * Walks /proc/PID of all processes and reads maps, pagemap and status. Needs CAP_SYS_ADMIN in the initial user namespace, and the
 * permission to look into the processes (root has both). All ranges together cost one walk, and as much as one range: about 15 ms
 * for each GiB that processes map, so seconds on a large machine; it reads 8 bytes a page. Of addresses that are reserved and not
 * used up to 64 GiB in a row and 256 GiB in all are looked at in each process (with pages of 4 KiB), 0.1 and 0.4 seconds. It takes
 * each process's mmap lock for reading, for short times. **Blocks** for as long as that takes, or until the cancel descriptor
 * becomes readable.
 *
 * Processes come and go meanwhile: those that end are left out. The calling process is one of them like any other. With a sysroot
 * only what is below it counts, and the page size is what follows from that: 4 KiB when nothing tells.
 *
 * @param[out] mappers what was found, owned by the caller
 * @param ctx a context, not NULL
 * @param start_addrs first physical addresses of @a num_ranges ranges, not NULL
 * @param last_addrs last physical addresses of the ranges, inclusive, not NULL. A page counts for a range that has any part of it
 * @param num_ranges how many ranges, at least 1, in any order
 * @param cancel_fd a descriptor that ends the search by becoming readable; -1 for none
 * @return 0; -EINVAL for no ranges, and for a range that ends before it starts or has a page in common with another; -EPERM when
 *         the kernel shows the caller no page frames, or no process may be looked at; -ENOENT when there is no process to look at:
 *         no /proc, or a kernel without CONFIG_PROC_PAGE_MONITOR; -ECANCELED after @a cancel_fd became readable.
 * @since 0.1
 */
int memhp_mappers_new(struct memhp_mappers **mappers, struct memhp_ctx *ctx, const uint64_t *start_addrs,
		      const uint64_t *last_addrs, size_t num_ranges, int cancel_fd);

/**
 * @brief Take a reference.
 * @param mappers what was found, not NULL
 * @return @a mappers
 * @since 0.1
 */
struct memhp_mappers *memhp_mappers_ref(struct memhp_mappers *mappers);

/**
 * @brief Drop a reference; the last one releases mappers and processes.
 * @param mappers what was found, or NULL
 * @since 0.1
 */
void memhp_mappers_unref(struct memhp_mappers *mappers);

/**
 * @brief Number of processes that map pages of a range.
 * @param mappers what was found, not NULL
 * @param range which of the ranges that memhp_mappers_new() was given, from 0
 * @return how many; 0 when @a range is too large.
 * @since 0.1
 */
size_t memhp_mappers_get_num_processes(const struct memhp_mappers *mappers, size_t range);

/**
 * @brief A process that maps pages of a range.
 * @param mappers what was found, not NULL
 * @param range which of the ranges that memhp_mappers_new() was given, from 0
 * @param index place in the order by what they map of it, the heaviest first, from 0
 * @return the process, or NULL when @a range or @a index is too large.
 * @since 0.1
 */
const struct memhp_process *memhp_mappers_get_process(const struct memhp_mappers *mappers, size_t range, size_t index);

/**
 * @brief Processes of which too little is known.
 * @param mappers what was found, not NULL
 * @return how many could not be looked at, or only in part, because they reserve too much that they do not use. They may map more.
 * @since 0.1
 */
size_t memhp_mappers_get_num_skipped(const struct memhp_mappers *mappers);

/**
 * @brief Id of a process.
 * @param process a process, not NULL
 * @return process id, as this process's /proc has it.
 * @since 0.1
 */
pid_t memhp_process_get_pid(const struct memhp_process *process);

/**
 * @brief Name of a process.
 * @param process a process, not NULL
 * @return the name that it has given itself, up to 15 bytes, or the beginning of its program's; what is not printable ASCII is
 *         replaced by `?`, and a backslash may be doubled. Lives as long as the process.
 * @since 0.1
 */
const char *memhp_process_get_name(const struct memhp_process *process);

/**
 * @brief How much of the range a process maps.
 * @param process a process, not NULL
 * @return bytes; a page that it maps twice counts twice, huge pages count whole.
 * @since 0.1
 */
uint64_t memhp_process_get_mapped_bytes(const struct memhp_process *process);

/**
 * @brief How much a process has locked (mlock, and what a virtual machine's devices may access), inside the range or not.
 * @param process a process, not NULL
 * @return bytes, VmLck of /proc/PID/status. Locked memory can be moved, unless a device may access it.
 * @since 0.1
 */
uint64_t memhp_process_get_locked_bytes(const struct memhp_process *process);

/**
 * @brief How much a process has pinned for devices (RDMA, io_uring, AF_XDP ...), inside the range or not.
 * @param process a process, not NULL
 * @return bytes, VmPin of /proc/PID/status. Pinned memory cannot be moved.
 * @since 0.1
 */
uint64_t memhp_process_get_pinned_bytes(const struct memhp_process *process);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
