// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * flags write FILE GIB: make the flags of so much memory in pages of 4 KiB, much like a busy machine's: free memory and huge pages
 * in long runs, page cache and the kernel's pages in short ones.
 * flags read FILE: read it in chunks of 256 KiB and do nothing with it; prints microseconds.
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CHUNK 32768

static uint64_t chunk[CHUNK];

/* A block of 128 MiB in which all but `busy` of eight parts is in long runs */
static void fill(uint32_t random, size_t busy)
{
	static const uint64_t common[] = { 0x400, 0x5868, 0x868, 0x86c, 0x80, 0, 0x4000000, 0x828 };

	for (size_t i = 0; i < CHUNK;) {
		size_t run;

		random = random * 1664525 + 1013904223;
		run = i * 8 / CHUNK < busy ? 1 + (random >> 20) % 8 : 2048;
		for (uint64_t flags = common[run < 2048 ? random >> 28 & 7 : random >> 30 & 1]; run > 0 && i < CHUNK; run--)
			chunk[i++] = flags;
	}
}

static int write_flags(const char *path, unsigned long gib)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0)
		err(1, "%s", path);
	for (unsigned long block = 0; block < gib * 8; block++) {
		fill((uint32_t)block, block % 4);
		if (write(fd, chunk, sizeof(chunk)) != sizeof(chunk))
			err(1, "%s", path);
	}
	return close(fd);
}

static int read_flags(const char *path)
{
	struct timespec start, end;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err(1, "%s", path);
	clock_gettime(CLOCK_MONOTONIC, &start);
	while (read(fd, chunk, sizeof(chunk)) > 0)
		;
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%lld\n", (end.tv_sec - start.tv_sec) * 1000000LL + (end.tv_nsec - start.tv_nsec) / 1000);
	return close(fd);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "write") == 0)
		return write_flags(argv[2], strtoul(argv[3], NULL, 10));
	if (argc == 3 && strcmp(argv[1], "read") == 0)
		return read_flags(argv[2]);
	errx(2, "usage: flags write FILE GIB | flags read FILE");
}
