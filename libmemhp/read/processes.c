/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which processes map pages of physical memory: /proc/PID/maps says where a process has memory, /proc/PID/pagemap which pages. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

#include "ctx.h"
#include "object.h"
#include "read/files.h"
#include "read/machine.h"
#include "read/parse.h"
#include "read/whole-files.h"
#include "util.h"

/* Of entries, 8 bytes each: few system calls, and little enough to stay in the processor's cache */
#define CHUNK_PAGES 32768

/*
 * Programs reserve far more addresses than they use, terabytes of them. So many pages without memory in a row end the look at an
 * area, and so many in all that at a process; with pages of 4 KiB these are 64 GiB and 256 GiB, 0.1 and 0.4 seconds.
 */
#define MAX_EMPTY_RUN ((uint64_t)16 << 20)
#define MAX_EMPTY     ((uint64_t)64 << 20)

/* Bits of an entry of pagemap, which are part of the kernel's interface */
#define PM_PRESENT (UINT64_C(1) << 63)
#define PM_FRAME   ((UINT64_C(1) << 55) - 1)

struct memhp_process {
	size_t range;
	pid_t pid;
	char name[PROCESS_NAME_MAX];
	uint64_t mapped, locked, pinned; /* bytes */
};

struct memhp_mappers {
	struct memhp_process *processes; /* by range, the heaviest first */
	size_t num_processes, allocated_processes;
	size_t *ends; /* of each range: the place behind its last process */
	size_t num_ranges;
	size_t num_skipped;
};

struct frames {
	uint64_t first, last;
	size_t range; /* as the caller counts */
	uint64_t num_mapped;
};

struct search {
	struct memhp_ctx *ctx;
	struct memhp_mappers *mappers;
	uint64_t page_size;
	int64_t deadline_ms;
	struct frames *frames; /* sorted */
	size_t num_frames;
	const struct frames *nearest; /* where the last page was */
	struct frames **touched;      /* those that the process under way maps pages of */
	size_t num_touched;
	uint64_t *chunk;
	bool seen;   /* some process's memory could be looked at */
	bool hidden; /* the kernel does not tell which pages it has */
	int error;   /* of the last process that could not be looked at */
};

static int check_limits(const struct search *search)
{
	return memhp__file_check_limits(search->ctx->cancel_fd, search->deadline_ms);
}

MEMHP_EXPORT void memhp_mappers_free(struct memhp_mappers *mappers)
{
	if (!mappers)
		return;
	free(mappers->processes);
	free(mappers->ends);
	free(mappers);
}

static int compare_frames(const void *a, const void *b)
{
	const struct frames *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

static int compare_with_frame(const void *key, const void *item)
{
	const uint64_t *frame = key;
	const struct frames *frames = item;

	return (*frame > frames->last) - (*frame < frames->first);
}

static void count_frame(struct search *search, uint64_t frame)
{
	struct frames *found = (struct frames *)search->nearest;

	/* Neighbours in a process are often neighbours in memory. */
	if (frame < found->first || frame > found->last)
		found = bsearch(&frame, search->frames, search->num_frames, sizeof(*found), compare_with_frame);
	if (!found)
		return;
	search->nearest = found;
	if (found->num_mapped++ == 0)
		search->touched[search->num_touched++] = found;
}

/* Adds up the pages of a chunk, and counts those without memory: at its end, and in all. */
static int count_chunk(struct search *search, size_t num, uint64_t *empty_run, uint64_t *empty)
{
	for (size_t i = 0; i < num; i++) {
		uint64_t entry = search->chunk[i];

		if (!(entry & PM_PRESENT)) {
			++*empty_run;
			++*empty;
			continue;
		}
		*empty_run = 0;
		/* No process maps the first page of the machine: without privilege all of them read so. */
		if ((entry & PM_FRAME) == 0) {
			search->hidden = true;
			return -EPERM;
		}
		count_frame(search, entry & PM_FRAME);
	}
	return 0;
}

/* One area of a process; 1 when not all of it was looked at. */
static int read_area(struct search *search, int fd, const struct maps_area *area, uint64_t *empty)
{
	uint64_t page = area->start / search->page_size, end = area->end / search->page_size, empty_run = 0;

	while (page < end) {
		size_t num = end - page < CHUNK_PAGES ? end - page : CHUNK_PAGES;
		ssize_t n;
		int rc;

		if (empty_run > MAX_EMPTY_RUN || *empty > MAX_EMPTY)
			return 1;
		rc = check_limits(search);
		if (rc < 0)
			return rc;
		n = memhp__file_read_at(search->ctx->ops, fd, "pagemap", search->chunk, num * sizeof(*search->chunk),
					(off_t)(page * sizeof(*search->chunk)));
		if (n < 0)
			return (int)n;
		num = (size_t)n / sizeof(*search->chunk);
		if (num == 0)
			return 0;
		rc = count_chunk(search, num, &empty_run, empty);
		if (rc < 0)
			return rc;
		page += num;
	}
	return 0;
}

static int read_areas(struct search *search, int dirfd, const char *maps)
{
	_cleanup_close_ int fd = memhp__file_open_attr(search->ctx->ops, dirfd, "pagemap", O_RDONLY);
	struct maps_area area;
	uint64_t empty = 0, end = 0;
	bool partly = false;
	int rc;

	if (fd < 0)
		return fd;
	while ((rc = memhp__parse_maps(&maps, &area)) > 0) {
		/* The kernel never goes back, and what a made-up file has twice would be counted, and looked at, each time. */
		if (area.start < end)
			return -EBADMSG;
		end = area.end;
		if (area.is_special || area.end / search->page_size > (uint64_t)INT64_MAX / sizeof(*search->chunk))
			continue;
		rc = read_area(search, fd, &area, &empty);
		if (rc < 0)
			return rc;
		partly |= rc > 0;
		search->seen = true;
	}
	if (partly)
		search->mappers->num_skipped++;
	return rc;
}

/* What the process has mapped becomes part of the result. */
static int add_process(struct search *search, int dirfd, pid_t pid)
{
	struct memhp_process process = { .pid = pid };
	struct memhp_mappers *mappers = search->mappers;
	_cleanup_free_ char *status = NULL;
	int rc = memhp__file_read_all(dirfd, "status", &status, NULL);

	if (rc < 0)
		return rc;
	memhp__parse_status_name(status, process.name);
	(void)memhp__parse_meminfo(status, "VmLck", &process.locked);
	(void)memhp__parse_meminfo(status, "VmPin", &process.pinned);
	for (size_t i = 0; i < search->num_touched; i++) {
		if (!ARRAY_RESERVE(mappers->processes, mappers->num_processes, mappers->allocated_processes))
			return -ENOMEM;
		process.range = search->touched[i]->range;
		process.mapped = search->touched[i]->num_mapped * search->page_size;
		mappers->processes[mappers->num_processes++] = process;
	}
	return 0;
}

static int look_at_process(struct search *search, pid_t pid)
{
	_cleanup_close_ int dirfd = -1;
	_cleanup_free_ char *maps = NULL;
	char path[32];
	size_t length;
	int rc;

	snprintf(path, sizeof(path), "proc/%d", (int)pid);
	dirfd = memhp__file_open_dir(search->ctx, path);
	if (dirfd < 0)
		return dirfd;
	rc = memhp__file_read_all(dirfd, "maps", &maps, &length);
	if (rc == 0)
		rc = strlen(maps) == length ? read_areas(search, dirfd, maps) : -EBADMSG;
	if (rc == 0 && search->num_touched)
		rc = add_process(search, dirfd, pid);
	while (search->num_touched)
		search->touched[--search->num_touched]->num_mapped = 0;
	return rc;
}

/* Processes come and go, and some may not be looked at: only what concerns all of them ends the search. */
static int settle_process(struct search *search, pid_t pid, int rc)
{
	if (rc == 0 || rc == -ENOENT || rc == -ESRCH)
		return 0;
	if (rc == -ENOMEM || rc == -ECANCELED || rc == -ETIMEDOUT || search->hidden)
		return rc;
	log_debug(search->ctx, "memory of process %d: %s", (int)pid, strerror(-rc));
	search->error = rc == -EACCES ? -EPERM : rc;
	search->mappers->num_skipped++;
	return 0;
}

static int look_at_all(struct search *search)
{
	_cleanup_close_ int proc_fd = memhp__file_open_dir(search->ctx, "proc");
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *item;
	int rc = proc_fd < 0 ? proc_fd : memhp__file_list(proc_fd, ".", &dir);

	while (rc == 0 && (item = memhp__file_next(dir, &rc))) {
		uint64_t pid;

		if (!memhp__parse_numbered_name(item->d_name, "", &pid) || pid == 0 || pid > INT_MAX)
			continue;
		rc = check_limits(search);
		if (rc < 0)
			return rc;
		rc = settle_process(search, (pid_t)pid, look_at_process(search, (pid_t)pid));
	}
	if (rc == 0 && !search->seen)
		rc = search->error ? search->error : -ENOENT;
	return rc;
}

static int compare_processes(const void *a, const void *b)
{
	const struct memhp_process *x = a, *y = b;

	if (x->range != y->range)
		return x->range > y->range ? 1 : -1;
	if (x->mapped != y->mapped)
		return x->mapped < y->mapped ? 1 : -1;
	return (x->pid > y->pid) - (x->pid < y->pid);
}

static void sort_processes(struct memhp_mappers *mappers)
{
	if (mappers->num_processes)
		qsort(mappers->processes, mappers->num_processes, sizeof(*mappers->processes), compare_processes);
	for (size_t i = 0, range = 0; range < mappers->num_ranges; range++) {
		while (i < mappers->num_processes && mappers->processes[i].range == range)
			i++;
		mappers->ends[range] = i;
	}
}

static int set_frames(struct search *search, const uint64_t *start_addrs, const uint64_t *last_addrs, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		if (last_addrs[i] < start_addrs[i])
			return -EINVAL;
		search->frames[i] = (struct frames){ start_addrs[i] / search->page_size, last_addrs[i] / search->page_size, i, 0 };
	}
	qsort(search->frames, num, sizeof(*search->frames), compare_frames);
	for (size_t i = 1; i < num; i++)
		if (search->frames[i].first <= search->frames[i - 1].last)
			return -EINVAL;
	search->nearest = search->frames;
	return 0;
}

static int find_mappers(struct search *search, const uint64_t *start_addrs, const uint64_t *last_addrs, size_t num)
{
	struct memhp_mappers *mappers = search->mappers;
	int rc;

	mappers->num_ranges = num;
	mappers->ends = calloc(num, sizeof(*mappers->ends));
	search->frames = calloc(num, sizeof(*search->frames));
	search->touched = calloc(num, sizeof(*search->touched));
	/* Copying to an address that is not aligned takes the kernel longer. */
	search->chunk = aligned_alloc(4096, CHUNK_PAGES * sizeof(*search->chunk));
	if (!mappers->ends || !search->frames || !search->touched || !search->chunk)
		return -ENOMEM;
	search->num_frames = num;
	rc = set_frames(search, start_addrs, last_addrs, num);
	if (rc == 0)
		rc = look_at_all(search);
	if (rc == 0)
		sort_processes(mappers);
	return rc;
}

MEMHP_EXPORT int memhp_mappers_new(struct memhp_mappers **mappers, struct memhp_ctx *ctx, const uint64_t *start_addrs,
				   const uint64_t *last_addrs, size_t num_ranges, uint64_t timeout_ms)
{
	struct search search = { .ctx = ctx, .deadline_ms = deadline_ms(timeout_ms) };
	int rc = memhp__file_check_cancel_fd(ctx->cancel_fd);

	if (rc < 0 || num_ranges == 0)
		return rc < 0 ? rc : -EINVAL;
	(void)memhp__machine_read_page_size(ctx, &search.page_size);
	search.mappers = calloc(1, sizeof(*search.mappers));
	rc = search.mappers ? find_mappers(&search, start_addrs, last_addrs, num_ranges) : -ENOMEM;
	free(search.frames);
	free(search.touched);
	free(search.chunk);
	if (rc == 0)
		*mappers = search.mappers;
	else
		memhp_mappers_free(search.mappers);
	return rc;
}

static size_t first_process(const struct memhp_mappers *mappers, size_t range)
{
	return range == 0 ? 0 : mappers->ends[range - 1];
}

MEMHP_EXPORT const struct memhp_process *memhp_mappers_get_process(const struct memhp_mappers *mappers, size_t range, size_t index)
{
	if (range >= mappers->num_ranges || index >= mappers->ends[range] - first_process(mappers, range))
		return NULL;
	return &mappers->processes[first_process(mappers, range) + index];
}

MEMHP_EXPORT size_t memhp_mappers_get_num_skipped(const struct memhp_mappers *mappers)
{
	return mappers->num_skipped;
}

MEMHP_EXPORT pid_t memhp_process_get_pid(const struct memhp_process *process)
{
	return process->pid;
}

MEMHP_EXPORT const char *memhp_process_get_name(const struct memhp_process *process)
{
	return process->name;
}

MEMHP_EXPORT uint64_t memhp_process_get_figure(const struct memhp_process *process, enum memhp_process_figure figure)
{
	switch (figure) {
	case MEMHP_PROCESS_FIGURE_MAPPED:
		return process->mapped;
	case MEMHP_PROCESS_FIGURE_LOCKED:
		return process->locked;
	case MEMHP_PROCESS_FIGURE_PINNED:
		return process->pinned;
	default:
		return 0;
	}
}
