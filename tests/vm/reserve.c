// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * reserve MIB [SHIFT]: reserve that much in free huge pages and never touch them: the kernel has to keep them free. With SHIFT take
 * huge pages of 1 << SHIFT bytes, and use them. Prints "ready".
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB;
	unsigned int shift = argc == 3 ? (unsigned int)atoi(argv[2]) : 0;
	size_t size;
	char *memory;

	if (argc != 2 && argc != 3)
		errx(2, "usage: reserve MIB [SHIFT]");
	size = strtoul(argv[1], NULL, 10) << 20;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | (int)(shift << MAP_HUGE_SHIFT), -1, 0);
	if (memory == MAP_FAILED)
		err(1, "mmap");
	if (shift)
		for (size_t i = 0; i < size; i += (size_t)1 << shift)
			memory[i] = 1;

	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
