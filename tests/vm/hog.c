// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hog MIB [STEP]: hold that much anonymous memory, or only one page of each STEP KiB of it: with 2048 most of what is held is
 * page tables. Prints "ready" when it has all of it.
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	size_t size, step;
	char *memory;

	if (argc != 2 && argc != 3)
		errx(2, "usage: hog MIB [STEP]");
	size = strtoul(argv[1], NULL, 10) << 20;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		err(1, "mmap");
	if (argc == 2) {
		memset(memory, 1, size);
	} else {
		step = strtoul(argv[2], NULL, 10) << 10;
		madvise(memory, size, MADV_NOHUGEPAGE);
		for (size_t i = 0; i < size; i += step)
			memory[i] = 1;
	}

	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
