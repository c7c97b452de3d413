// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * start SYSROOT MIB RUNS: prints the microseconds that a program which has so much memory in use needs for a request of one block:
 * the best and the median of all runs. Nearly all of it is the start of the worker, which gets a copy of the page tables. The block
 * is block 0 of a made tree, a plain file.
 */
#include <err.h>
#include <fcntl.h>
#include "libmemhp.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MAX_RUNS 1000

static long long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static int compare(const void *a, const void *b)
{
	const long long *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Small pages, the dearest kind: every one has an entry to copy. */
static void take_memory(size_t size)
{
	char *memory;

	if (!size)
		return;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		err(1, "mmap");
	madvise(memory, size, MADV_NOHUGEPAGE);
	memset(memory, 1, size);
}

static void make_online(const char *sysroot)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/sys/devices/system/memory/memory0/state", sysroot);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0 || write(fd, "online\n", 7) != 7)
		err(1, "%s", path);
	close(fd);
}

static long long measure(struct memhp_ctx *ctx, const char *sysroot)
{
	struct memhp_selection *selection;
	struct memhp_snapshot *snapshot;
	struct memhp_request *request;
	struct memhp_result *result;
	struct memhp_plan *plan;
	long long start;

	make_online(sysroot);
	if (memhp_selection_new(&selection) < 0 || memhp_selection_add_blocks(selection, 0, 0) < 0 ||
	    memhp_request_new(&request, MEMHP_TRANSITION_OFFLINE) < 0)
		errx(1, "out of memory");
	memhp_request_set_selection(request, selection);
	if (memhp_snapshot_new(&snapshot, ctx, memhp_request_get_attrs(request)) < 0 ||
	    memhp_plan_new(&plan, snapshot, request) < 0)
		errx(1, "no plan");
	start = now_us();
	if (memhp_plan_apply(plan, &result) < 0 || memhp_result_get_completion(result) != MEMHP_COMPLETION_COMPLETE)
		errx(1, "the block was not changed");
	start = now_us() - start;
	memhp_result_free(result);
	memhp_plan_free(plan);
	memhp_snapshot_unref(snapshot);
	memhp_request_free(request);
	memhp_selection_unref(selection);
	return start;
}

int main(int argc, char **argv)
{
	long long times[MAX_RUNS];
	struct memhp_ctx *ctx;
	int runs;

	if (argc != 4 || (runs = atoi(argv[3])) < 1 || runs > MAX_RUNS || strcmp(argv[1], "/") == 0)
		errx(2, "usage: start SYSROOT MIB RUNS");
	if (memhp_ctx_new(&ctx, argv[1]) < 0)
		errx(1, "%s", argv[1]);
	take_memory((size_t)atol(argv[2]) << 20);
	for (int i = 0; i < runs; i++)
		times[i] = measure(ctx, argv[1]);
	qsort(times, (size_t)runs, sizeof(times[0]), compare);
	printf("%lld %lld\n", times[0], times[runs / 2]);
	memhp_ctx_unref(ctx);
	return 0;
}
