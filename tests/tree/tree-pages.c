// SPDX-License-Identifier: LGPL-2.1-or-later
/* Flags of pages into a sparse file, so that gigabytes of memory take next to nothing. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tree-private.h"

#define CHUNK 4096

static bool write_pages(int fd, const struct pages *pages)
{
	uint64_t chunk[CHUNK];

	for (size_t i = 0; i < CHUNK; i++)
		chunk[i] = pages->flags;
	for (uint64_t done = 0; done < pages->num;) {
		uint64_t left = pages->num - done;
		size_t size = (left < CHUNK ? left : CHUNK) * sizeof(*chunk);

		if (pwrite(fd, chunk, size, (off_t)((pages->first + done) * sizeof(*chunk))) != (ssize_t)size)
			return false;
		done += size / sizeof(*chunk);
	}
	return true;
}

int tree_put_pages(struct tree *tree, int proc, uint64_t end_addr)
{
	uint64_t end = end_addr / tree->page_size;
	bool good;
	int fd;

	if (tree->num_pages == 0)
		return 0;
	fd = tree_create(proc, "kpageflags", 0400);
	good = fd >= 0;
	for (size_t i = 0; good && i < tree->num_pages; i++) {
		const struct pages *pages = &tree->pages[i];

		if (pages->first + pages->num > end)
			end = pages->first + pages->num;
		good = pages->flags == 0 || write_pages(fd, pages);
	}
	good = good && ftruncate(fd, (off_t)(end * sizeof(uint64_t))) == 0;
	if (!good)
		tree_fail(tree, -errno, "proc/kpageflags: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return good ? 0 : -EIO;
}
