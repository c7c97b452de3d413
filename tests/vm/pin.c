// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pin BLOCK: hold a page of a memory block so that offlining the block never ends.
 *
 * The page sits in a pipe, by vmsplice(2). That is an ordinary reference to a movable page: the kernel starts to move it and
 * tries again for ever, until it gets a signal or this program dies. Prints "ready" when the page is held.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGEMAP_PFN_MASK ((UINT64_C(1) << 55) - 1)
#define CHUNK_PAGES      512
#define MAX_SIZE         (UINT64_C(1) << 40)

static uint64_t read_block_size(void)
{
	FILE *f = fopen("/sys/devices/system/memory/block_size_bytes", "re");
	uint64_t size;

	if (!f || fscanf(f, "%" SCNx64, &size) != 1)
		err(1, "block_size_bytes");
	fclose(f);
	return size;
}

/* The NUMA node of the block; -1 without any */
static int read_node(uint64_t block)
{
	char pattern[80];
	glob_t found;
	int node = -1;

	snprintf(pattern, sizeof(pattern), "/sys/devices/system/memory/memory%" PRIu64 "/node[0-9]*", block);
	if (glob(pattern, 0, NULL, &found) == 0) {
		node = atoi(strrchr(found.gl_pathv[0], '/') + strlen("/node"));
		globfree(&found);
	}
	return node;
}

/* Without this the memory of nearer nodes would be taken, all of it, before the first page of the block's. */
static void bind_to_node(void *memory, uint64_t size, int node)
{
	unsigned long mask = 1UL << node;

	if (node >= 0 && node < 64 && syscall(SYS_mbind, memory, size, MPOL_BIND, &mask, 64UL + 1, 0) < 0)
		err(1, "mbind");
}

/* Take memory, and keep it so that it does not come again, until a page of the block is among it; then give back the rest. */
static void *find_page(uint64_t block, uint64_t page_size)
{
	const uint64_t block_size = read_block_size(), chunk_size = CHUNK_PAGES * page_size;
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t entries[CHUNK_PAGES];
	char *memory, *page;

	memory = mmap(NULL, MAX_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (pagemap < 0 || memory == MAP_FAILED)
		err(1, "pin");
	madvise(memory, MAX_SIZE, MADV_NOHUGEPAGE);
	bind_to_node(memory, MAX_SIZE, read_node(block));

	for (char *chunk = memory; chunk < memory + MAX_SIZE; chunk += chunk_size) {
		for (int i = 0; i < CHUNK_PAGES; i++)
			chunk[i * page_size] = 1;
		if (pread(pagemap, entries, sizeof(entries), (uintptr_t)chunk / page_size * sizeof(*entries)) != sizeof(entries))
			err(1, "pagemap");
		for (int i = 0; i < CHUNK_PAGES; i++) {
			if ((entries[i] & PAGEMAP_PFN_MASK) * page_size / block_size != block)
				continue;
			page = chunk + i * page_size;
			munmap(memory, page - memory);
			munmap(page + page_size, memory + MAX_SIZE - page - page_size);
			return page;
		}
	}
	errx(1, "no page of block %" PRIu64, block);
}

int main(int argc, char **argv)
{
	const uint64_t page_size = sysconf(_SC_PAGESIZE);
	struct iovec page = { .iov_len = page_size };
	int pipe_fd[2];

	if (argc != 2)
		errx(2, "usage: pin BLOCK");
	page.iov_base = find_page(strtoull(argv[1], NULL, 10), page_size);
	if (pipe(pipe_fd) < 0 || vmsplice(pipe_fd[1], &page, 1, 0) < 0)
		err(1, "vmsplice");

	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
