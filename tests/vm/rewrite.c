// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rewrite WORD FIRST LAST: write a word to the state of each of these blocks, and nothing else. What is left of any program that
 * does so when all that it knows is taken away: memctl's time is held against it (tests/bench/vm).
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 4)
		errx(2, "usage: rewrite WORD FIRST LAST");
	for (long block = atol(argv[2]); block <= atol(argv[3]); block++) {
		char path[80];
		int fd;

		snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%ld/state", block);
		fd = open(path, O_WRONLY);
		if (fd < 0 || write(fd, argv[1], strlen(argv[1])) < 0)
			err(1, "%s", path);
		close(fd);
	}
	return 0;
}
