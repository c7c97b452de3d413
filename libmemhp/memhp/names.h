/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file
 * Words: everything that the kernel or memctl calls by a word, as an enum, with the word. */
#ifndef LIBMEMHP_NAMES_H
#define LIBMEMHP_NAMES_H

#include "base.h"
MEMHP_BEGIN_DECLS

/** State of a memory block: the file `state`; below that, what the firmware says. */
enum memhp_state {
	MEMHP_STATE_UNKNOWN = 0,   /**< not read, unreadable, or a word this library does not know */
	MEMHP_STATE_ONLINE,        /**< `online`: the kernel uses the memory */
	MEMHP_STATE_OFFLINE,       /**< `offline`: present, not used */
	MEMHP_STATE_GOING_OFFLINE, /**< `going-offline`: somebody's offline request is under way */
	MEMHP_STATE_STANDBY,       /**< `standby`: no memory block yet; the firmware has memory that can be configured */
};

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

/** What the memory of a block is, and who has added it. A source is one of a kind, and groups the blocks that came together. Its
 * name is short, has no blanks or commas, and stays the same as long as the device is there. */
enum memhp_source_kind {
	MEMHP_SOURCE_KIND_UNKNOWN = 0, /**< not scanned, or not to be known; such a block has no source */
	MEMHP_SOURCE_KIND_BOOT,        /**< RAM that was there when the kernel booted; the name is `boot` */
	MEMHP_SOURCE_KIND_DIMM,       /**< an ACPI memory device, also one there at boot; `dimm:` and its name: `dimm:PNP0C80:00` */
	MEMHP_SOURCE_KIND_VIRTIO_MEM, /**< a virtio-mem device; `virtio-mem:` and its name: `virtio-mem:virtio0` */
	MEMHP_SOURCE_KIND_DAX,        /**< a dax device in the hands of the driver kmem; its own name: `dax0.0` */
	MEMHP_SOURCE_KIND_BALLOON,    /**< added by the balloon driver of a hypervisor: `hyperv` or `xen` */
	MEMHP_SOURCE_KIND_STANDBY, /**< offline memory of s390 before Linux 6.19, which the hypervisor keeps meanwhile: `standby` */
};

/** A step of memory, up or down: asked of a block or a dax device, or done by somebody. Where the kernel has words, it is these. */
enum memhp_transition {
	MEMHP_TRANSITION_NONE = 0,       /**< none: nothing happens; of a request: each block has a goal of its own */
	MEMHP_TRANSITION_UNKNOWN,        /**< not known: a program is run, or it is a word that this library does not know */
	MEMHP_TRANSITION_OFFLINE,        /**< `offline` */
	MEMHP_TRANSITION_ONLINE,         /**< `online`: the kernel chooses the zone */
	MEMHP_TRANSITION_ONLINE_KERNEL,  /**< `online_kernel`: to a kernel zone */
	MEMHP_TRANSITION_ONLINE_MOVABLE, /**< `online_movable`: to ZONE_MOVABLE */
	MEMHP_TRANSITION_UNPLUG,         /**< `unplugged`, of dax devices alone: all memory blocks go away */
	MEMHP_TRANSITION_ADD,            /**< `add`: the kernel makes a block of an address (the file `probe`) */
	MEMHP_TRANSITION_CONFIGURE,      /**< `configure`: standby memory gets a block (s390) */
	MEMHP_TRANSITION_DECONFIGURE,    /**< `deconfigure`: the block, which must be offline, goes away again (s390) */
};

/** The setting memmap_on_memory of standby memory, which holds once it is configured. */
enum memhp_memmap {
	MEMHP_MEMMAP_KEEP = 0,  /**< to be set: it stays as it is; as read: there is no such setting, or it is not known */
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
	MEMHP_OUTCOME_TIMEOUT, /**< a deadline passed before the kernel was done; memhp_step_get_state_after() is what was read */
	MEMHP_OUTCOME_IN_PROGRESS,     /**< the request had to end and the kernel is still at it, for this request or another's */
	MEMHP_OUTCOME_WRONG_ZONE,      /**< online, but in another zone than asked */
	MEMHP_OUTCOME_VANISHED,        /**< the block went away meanwhile */
	MEMHP_OUTCOME_ROLLED_BACK,     /**< was changed, and is as it was before again */
	MEMHP_OUTCOME_ROLLBACK_FAILED, /**< was changed, and could not be brought back */
	MEMHP_OUTCOME_NOT_TRIED,       /**< the request ended before this block's turn, or it was not needed (MEMHP_REASON_SPARE) */
	MEMHP_OUTCOME_UNVERIFIED,      /**< the write was made, and the state cannot be read since: it may be changed */
	MEMHP_OUTCOME_REVERTED,        /**< changed, and brought back by another agent before the request ended */
	MEMHP_OUTCOME_INTERRUPTED,     /**< cancelled while the kernel was at this block, which is as it was */
	MEMHP_OUTCOME_REFUSED,         /**< in a plan: a check stands against it that the caller may pass (MEMHP_PROBE_UNBACKED) */
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
	MEMHP_REASON_ISOLATION,    /**< EBUSY, and the kernel's log says that the range could not be isolated, and names no page */
	MEMHP_REASON_HUGE_PAGES,   /**< the kernel's log says that free huge pages could not be dissolved */
	MEMHP_REASON_MEMORY_HOLE,  /**< EINVAL, and the kernel's log says that there is a memory hole in the block */
	MEMHP_REASON_BOOT_MEMORY,  /**< arm64 never takes offline what the machine booted with: foreseen, or a cause of others */
	MEMHP_REASON_CRASH_KERNEL, /**< s390 keeps online what a crash kernel starts in: a cause of others only */
	MEMHP_REASON_FILTER,       /**< whether the block is selected cannot be told: what a filter asks about cannot be read */
	MEMHP_REASON_LOCKED, /**< a deadline passed while another's change had the kernel's lock: memhp_result_get_blocker() */
	MEMHP_REASON_KERNEL_SHARE,  /**< a further candidate beyond MEMHP_SETTING_MAX_KERNEL_LOSS_BYTES */
	MEMHP_REASON_STANDBY,       /**< there is no block before the memory is configured */
	MEMHP_REASON_NOT_OFFLINE,   /**< only what is offline can be deconfigured */
	MEMHP_REASON_NO_CONFIG,     /**< the firmware does not say whether it is configured: there is no file `config` */
	MEMHP_REASON_NO_MEMMAP,     /**< there is no file memmap_on_memory, so that nothing can be set there */
	MEMHP_REASON_MEMMAP_FIXED,  /**< memmap_on_memory is another one, and can change only while the memory is not configured */
	MEMHP_REASON_NOT_UNPLUGGED, /**< a dax device comes in only from `unplugged`, and not all of its blocks are online */
	MEMHP_REASON_NO_BLOCKS,     /**< likewise, and it has no blocks */
	MEMHP_REASON_OBSTACLE,      /**< a check stands against adding a block here: memhp_probe_has_obstacle() */
	MEMHP_REASON_NOT_REBOUND, /**< a dax device could not be taken from its driver, set, given back and brought in from there */
};

/** What a page is used for; up to a hole in the order of how much that stands in the way of offlining. */
enum memhp_page_kind {
	MEMHP_PAGE_KIND_UNKNOWN = 0, /**< nothing tells */
	MEMHP_PAGE_KIND_FREE,        /**< free, in the page allocator */
	MEMHP_PAGE_KIND_MEMMAP,      /**< the block's own memory map (memmap_on_memory), which goes with it */
	MEMHP_PAGE_KIND_FILE,        /**< page cache and shared memory: can be moved or dropped */
	MEMHP_PAGE_KIND_ANON,        /**< memory of processes: can be moved */
	MEMHP_PAGE_KIND_HUGE,        /**< huge page of hugetlbfs, free or used: can be moved, with luck */
	MEMHP_PAGE_KIND_HWPOISON,    /**< has a hardware memory error, and is not used any more */
	MEMHP_PAGE_KIND_OFFLINE,     /**< logically offline, as in a balloon: goes if its driver lets go of it */
	MEMHP_PAGE_KIND_OTHER,       /**< of the kernel, or free in a per-CPU list: /proc/kpageflags does not tell */
	MEMHP_PAGE_KIND_TABLE,       /**< page table */
	MEMHP_PAGE_KIND_SLAB,        /**< the kernel's own objects: caches, inodes, dentries */
	MEMHP_PAGE_KIND_RESERVED,    /**< reserved since boot, or by a driver */
	MEMHP_PAGE_KIND_HOLE,        /**< no memory */
	MEMHP_PAGE_KIND_KERNEL,      /**< memory of the kernel's own, or of a driver: the kernel's log alone tells so */
	MEMHP_PAGE_KIND_CMA,         /**< in an area set aside for devices (CMA); likewise */
};

/** What became of a request as a whole. */
enum memhp_completion {
	MEMHP_COMPLETION_COMPLETE = 0, /**< all that was asked is so */
	MEMHP_COMPLETION_PARTIAL,      /**< some blocks were changed; others are not as asked, or may have been meant */
	MEMHP_COMPLETION_FAILED,       /**< nothing was changed, and not all is as asked */
	MEMHP_COMPLETION_TIMEOUT,      /**< a deadline passed before all was done */
	MEMHP_COMPLETION_INTERRUPTED,  /**< cancelled before all was done */
};

const char *memhp_state_name(enum memhp_state state);                 /**< The word: the kernel's, or `standby` or `unknown`. */
int memhp_state_from_name(const char *name, enum memhp_state *state); /**< The state of an exact word. */
const char *memhp_zone_name(enum memhp_zone zone);                    /**< The kernel's word; `none` and `unknown` besides. */
int memhp_zone_from_name(const char *name, enum memhp_zone *zone);    /**< The zone of a word, in upper or lower case. */
const char *memhp_source_kind_name(enum memhp_source_kind kind);      /**< The word for a kind of source. */
int memhp_source_kind_from_name(const char *name, enum memhp_source_kind *kind); /**< The kind of an exact word. */
const char *memhp_transition_name(enum memhp_transition transition);             /**< The word that @ref memhp_transition has. */
/** The transition of an exact word of a block's `state`, or of auto_online_blocks. */
int memhp_transition_from_name(const char *name, enum memhp_transition *transition);
const char *memhp_outcome_name(enum memhp_outcome outcome);          /**< The word for an outcome. */
const char *memhp_reason_name(enum memhp_reason reason);             /**< The word for a reason. */
const char *memhp_page_kind_name(enum memhp_page_kind kind);         /**< The word for a kind of page. */
const char *memhp_completion_name(enum memhp_completion completion); /**< The word for a completion. */

MEMHP_END_DECLS
#endif
