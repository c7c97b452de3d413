/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file
 * Mappers: which processes map pages of a range of physical memory. Candidates for who holds a page that the kernel cannot
 * move, no proof: most processes that map a page do not keep it from moving, and who does may not map it (libmemhp(3)). */
#ifndef LIBMEMHP_MAPPERS_H
#define LIBMEMHP_MAPPERS_H

#include "ctx.h"
MEMHP_BEGIN_DECLS

/** @struct memhp_mappers
 * The processes that map pages of some ranges, by range. Immutable. */
struct memhp_mappers;
struct memhp_process; /* a process that maps pages of a range */

/** Find the processes that map pages of some ranges of physical memory, in maps, pagemap and status of /proc/PID of all
 * processes, the caller's included; those that end meanwhile are left out. Needs CAP_SYS_ADMIN in the initial user namespace,
 * and the permission to look into the processes (root has both). **Blocks**: about 15 ms for each GiB that processes map,
 * however many the ranges, so seconds on a large machine. Of addresses reserved and not used it looks at no more than 64 GiB in
 * a row and 256 GiB in all of a process (with pages of 4 KiB): 0.1 and 0.4 seconds. Takes each process's mmap lock for reading,
 * for short times. Pages of a tree (sysroot) are 4 KiB when nothing tells.
 * @param start_addrs first physical addresses of @a num_ranges ranges, at least one, in any order
 * @param last_addrs their last ones, inclusive. A page counts for a range that has any part of it
 * @return 0; -EINVAL for no ranges, and for a range that ends before it starts or has a page in common with another; -EPERM
 *         when the kernel shows the caller no page frames, or no process may be looked at; -ENOENT when there is none: no
 *         /proc, or a kernel without CONFIG_PROC_PAGE_MONITOR. */
MEMHP_MUST_CHECK int memhp_mappers_new(struct memhp_mappers **mappers, struct memhp_ctx *ctx, const uint64_t *start_addrs,
				       const uint64_t *last_addrs, size_t num_ranges, uint64_t timeout_ms);

void memhp_mappers_free(struct memhp_mappers *mappers); /**< Release mappers and processes. */
/** A process that maps pages of a range; that which maps most of it first. */
const struct memhp_process *memhp_mappers_get_process(const struct memhp_mappers *mappers, size_t range, size_t index);
/** How many processes could not be looked at, or not wholly, as they reserve too much that they do not use. They may map more. */
size_t memhp_mappers_get_num_skipped(const struct memhp_mappers *mappers);
pid_t memhp_process_get_pid(const struct memhp_process *process); /**< Process id, as this process's /proc has it. */
/** Name of a process. @return the name that it has given itself, up to 15 bytes, or the beginning of its program's; what is not
 * printable ASCII is replaced by `?`, and a backslash may be doubled. */
const char *memhp_process_get_name(const struct memhp_process *process);

/** What is known of a process, in bytes. Locked memory can be moved, unless a device may access it; pinned memory cannot. */
enum memhp_process_figure {
	MEMHP_PROCESS_FIGURE_MAPPED = 1, /**< mapped of the range; a page that it maps twice counts twice, huge pages count whole */
	MEMHP_PROCESS_FIGURE_LOCKED,     /**< VmLck: mlock(2), and what a virtual machine's devices may access, wherever it is */
	MEMHP_PROCESS_FIGURE_PINNED,     /**< VmPin: pinned for devices (RDMA, io_uring, AF_XDP ...), wherever it is */
};

uint64_t memhp_process_get_figure(const struct memhp_process *process, enum memhp_process_figure figure); /**< In bytes. */

MEMHP_END_DECLS
#endif
