// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * reserve MIB: reserve that much in free huge pages and never touch them: the kernel has to keep them free. Prints "ready".
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(2, "usage: reserve MIB");
	if (mmap(NULL, strtoul(argv[1], NULL, 10) << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1,
		 0) == MAP_FAILED)
		err(1, "mmap");

	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
