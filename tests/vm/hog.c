// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hog MIB: hold that much anonymous memory. Prints "ready" when it has all of it.
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
	size_t size;
	char *memory;

	if (argc != 2)
		errx(2, "usage: hog MIB");
	size = strtoul(argv[1], NULL, 10) << 20;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		err(1, "mmap");
	memset(memory, 1, size);

	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
