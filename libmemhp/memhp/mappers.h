/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mappers.h
 * @brief Processes that map memory.
 */
#ifndef LIBMEMHP_MAPPERS_H
#define LIBMEMHP_MAPPERS_H

#include "ctx.h"

#ifdef __cplusplus
extern "C" {
#endif

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
 * The processes that map pages of some ranges, by range. Immutable.
 */
struct memhp_mappers;

/**
 * @struct memhp_process
 * A process that maps pages of a range. Lives as long as its memhp_mappers.
 */
struct memhp_process;

/**
 * Find the processes that map pages of some ranges of physical memory.
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
 * @param start_addrs first physical addresses of @a num_ranges ranges
 * @param last_addrs last physical addresses of the ranges, inclusive, not NULL. A page counts for a range that has any part of it
 * @param num_ranges how many ranges, at least 1, in any order
 * @param cancel_fd a descriptor that ends the search by becoming readable; -1 for none
 * @return 0; -EINVAL for no ranges, and for a range that ends before it starts or has a page in common with another; -EPERM when
 *         the kernel shows the caller no page frames, or no process may be looked at; -ENOENT when there is no process to look at:
 *         no /proc, or a kernel without CONFIG_PROC_PAGE_MONITOR; -ECANCELED after @a cancel_fd became readable.
 */
MEMHP_MUST_CHECK int memhp_mappers_new(struct memhp_mappers **mappers, struct memhp_ctx *ctx, const uint64_t *start_addrs,
				       const uint64_t *last_addrs, size_t num_ranges, int cancel_fd);

/**
 * Release mappers and processes.
 * @param mappers what was found, or NULL
 */
void memhp_mappers_free(struct memhp_mappers *mappers);

/**
 * Number of processes that map pages of a range.
 * @param mappers what was found
 * @return how many; 0 when @a range is too large.
 */
size_t memhp_mappers_get_num_processes(const struct memhp_mappers *mappers, size_t range);

/**
 * A process that maps pages of a range.
 * @param mappers what was found
 * @param index place in the order by what they map of it, the heaviest first, from 0
 * @return the process, or NULL when @a range or @a index is too large.
 */
const struct memhp_process *memhp_mappers_get_process(const struct memhp_mappers *mappers, size_t range, size_t index);

/**
 * Processes of which too little is known.
 * @param mappers what was found
 * @return how many could not be looked at, or only in part, because they reserve too much that they do not use. They may map more.
 */
size_t memhp_mappers_get_num_skipped(const struct memhp_mappers *mappers);

/** Id of a process. @return process id, as this process's /proc has it. */
pid_t memhp_process_get_pid(const struct memhp_process *process);

/**
 * Name of a process.
 * @return the name that it has given itself, up to 15 bytes, or the beginning of its program's; what is not printable ASCII is
 *         replaced by `?`, and a backslash may be doubled. Lives as long as the process.
 */
const char *memhp_process_get_name(const struct memhp_process *process);

/** How much of the range a process maps. @return bytes; a page that it maps twice counts twice, huge pages count whole. */
uint64_t memhp_process_get_mapped_bytes(const struct memhp_process *process);

/**
 * How much a process has locked (mlock, and what a virtual machine's devices may access), inside the range or not.
 * @return bytes, VmLck of /proc/PID/status. Locked memory can be moved, unless a device may access it.
 */
uint64_t memhp_process_get_locked_bytes(const struct memhp_process *process);

/**
 * How much a process has pinned for devices (RDMA, io_uring, AF_XDP ...), inside the range or not.
 * @return bytes, VmPin of /proc/PID/status. Pinned memory cannot be moved.
 */
uint64_t memhp_process_get_pinned_bytes(const struct memhp_process *process);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
