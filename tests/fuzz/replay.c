// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The main() of a harness without libFuzzer: runs the inputs in the files given, and what is left of each when its end is missing.
 */
#include <fcntl.h>
#include <stdio.h>

#include "fuzz.h"

#define INPUT_MAX 65536

/* The input that a crash is about is the last one named. */
static int replay(const char *path)
{
	static uint8_t data[INPUT_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : read(fd, data, sizeof(data));

	if (fd >= 0)
		close(fd);
	if (size < 0 || size == INPUT_MAX) {
		fprintf(stderr, "%s: %s\n", path, size < 0 ? strerror(errno) : "longer than an input may be");
		return 1;
	}
	printf("%s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(data, (size_t)size);
	for (size_t length = 0; length < (size_t)size; length += 1 + (size_t)size / 64)
		LLVMFuzzerTestOneInput(data, length);
	return 0;
}

int main(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc; i++)
		status |= replay(argv[i]);
	return status;
}
