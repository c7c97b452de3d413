/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file
 * Monitor: what becomes of memory blocks, as it happens. It knows the blocks as they were last told, so that its events, applied
 * one after the other to the blocks of memhp_monitor_get_snapshot(), always give the blocks as they are; but for one that was
 * MEMHP_STATE_GOING_OFFLINE and whose offline has failed, of which the kernel does not tell. */
#ifndef LIBMEMHP_MONITOR_H
#define LIBMEMHP_MONITOR_H

#include "snapshot.h"
MEMHP_BEGIN_DECLS

/** How a monitor comes to know of changes. Comparisons miss what is undone in between. */
enum memhp_monitor_method {
	MEMHP_MONITOR_METHOD_UEVENTS = 1, /**< the kernel tells (NETLINK_KOBJECT_UEVENT); when it lost some, all are looked at */
	MEMHP_MONITOR_METHOD_TREE,        /**< compares what it sees from time to time: below a sysroot no kernel tells */
	/** compares: the kernel tells no network namespace that belongs to another than the initial user namespace, as that of a
	 * rootless container; or /proc/thread-self/ns/net does not say to whom this one belongs */
	MEMHP_MONITOR_METHOD_NAMESPACE,
	MEMHP_MONITOR_METHOD_DENIED, /**< compares: the socket is refused here, as by a filter of system calls */
};

/** What became of a block. */
enum memhp_event_kind {
	MEMHP_EVENT_KIND_ADD = 1, /**< `add`: it is there. The kernel adds blocks offline */
	MEMHP_EVENT_KIND_REMOVE,  /**< `remove`: it is not there any more */
	MEMHP_EVENT_KIND_ONLINE,  /**< `online`: it was offline */
	MEMHP_EVENT_KIND_OFFLINE, /**< `offline` */
	/** `change`: it is in another state or zone. No event of the kernel's: seen by comparing, as is
	 * MEMHP_STATE_GOING_OFFLINE, of which the kernel does not tell */
	MEMHP_EVENT_KIND_CHANGE,
};

/** @struct memhp_monitor
 * Follows the memory blocks of a context. Its descriptors are closed by exec; after fork() it is the parent's, and in the child
 * only memhp_monitor_free() may be called for it. */
struct memhp_monitor;

/** @struct memhp_event
 * Something that became of a block. It outlives its monitor. */
struct memhp_event;

/** Begin to follow the machine's blocks. First comes the subscription, then a scan, so that nothing is lost between. A reference
 * to @a ctx is kept. Where the kernel tells of changes, an idle monitor does nothing at all; else the blocks are compared about
 * every 200 ms, and less often when that would take more than a tenth of a processor.
 * @param attrs what is read of the blocks, values of @ref memhp_attr , or-ed; MEMHP_ATTR_STATE and MEMHP_ATTR_ZONES always are.
 *        MEMHP_ATTR_CONFIGURED and MEMHP_ATTR_MEMMAP_ON_MEMORY cannot be followed.
 * @return 0; -EINVAL for an unknown bit in @a attrs, or one of these; -EMFILE and the like; otherwise as memhp_snapshot_new(). */
MEMHP_MUST_CHECK int memhp_monitor_new(struct memhp_monitor **monitor, struct memhp_ctx *ctx, unsigned int attrs);

void memhp_monitor_free(struct memhp_monitor *monitor);                                  /**< Stop, and release the monitor. */
enum memhp_monitor_method memhp_monitor_get_method(const struct memhp_monitor *monitor); /**< How it comes to know of changes. */
/** Milliseconds between two comparisons, as it is now; 0 where the kernel tells of changes. */
unsigned int memhp_monitor_get_interval_ms(const struct memhp_monitor *monitor);
/** The blocks as they were when the monitor was made: the events begin there. */
struct memhp_snapshot *memhp_monitor_get_snapshot(const struct memhp_monitor *monitor);

/** The descriptor to wait for, with poll(2), select(2) or epoll(7): it becomes readable when there is something to do for
 * memhp_monitor_next(), which may come to no event. It is the monitor's, and is only polled.
 * @return a descriptor */
int memhp_monitor_get_fd(const struct memhp_monitor *monitor);

/** The next event. Wait for the descriptor of memhp_monitor_get_fd() only after this has returned 0: further events may be there
 * already. Looks at the block; after the kernel lost events (ENOBUFS), or to compare, at all of them, which takes as long as
 * memhp_snapshot_new(). Does not wait for anything.
 * @return 1 with an event, the caller's; 0 when there is none now; -EMFILE, -ENFILE, -ENOMEM or another errno of reading when
 *         what happened cannot be looked at: nothing is lost by that, and the descriptor becomes readable in a moment. */
MEMHP_MUST_CHECK int memhp_monitor_next(struct memhp_monitor *monitor, struct memhp_event **event);

/** Whether something has happened of which no event tells yet, after memhp_monitor_next() returned 0 or an error: it is held back
 * until a new block has the links to its node and its DIMM, a second at most, or until it can be looked at. */
bool memhp_monitor_is_waiting(const struct memhp_monitor *monitor);

void memhp_event_free(struct memhp_event *event);                            /**< Release the event. */
const char *memhp_event_kind_name(enum memhp_event_kind kind);               /**< The word: the kernel's, or `change`. */
enum memhp_event_kind memhp_event_get_kind(const struct memhp_event *event); /**< What became of the block. */
uint64_t memhp_event_get_block_id(const struct memhp_event *event);          /**< Which block. */
/** The block as it was told before; NULL when it was not there: MEMHP_EVENT_KIND_ADD. */
const struct memhp_block *memhp_event_get_before(const struct memhp_event *event);
/** The block as it is since; NULL when it is not there: MEMHP_EVENT_KIND_REMOVE. The kernel's event says its state; what else
 * there is was read when it was told, and is -ESTALE (memhp_block_get_error()) when the block had changed again by then. */
const struct memhp_block *memhp_event_get_after(const struct memhp_event *event);
/** Whether the kernel lost events before, and this is one of the differences that were found then: what lies between the block
 * before and after is not known. Each later one is told as ever. */
bool memhp_event_is_resync(const struct memhp_event *event);
uint64_t memhp_event_get_realtime_us(const struct memhp_event *event);  /**< When it was told: microseconds since 1970, UTC. */
uint64_t memhp_event_get_monotonic_us(const struct memhp_event *event); /**< The same on CLOCK_MONOTONIC, which never jumps. */

MEMHP_END_DECLS
#endif
