// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * measure COMMAND [ARGUMENT]...: runs a command without output; prints its time in microseconds and the peak of its memory in KiB.
 * Not in the script: a process counts the memory of the one that it was forked from as its own, and Python's is large.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
	long long start = now_us();
	struct rusage usage;
	int status;
	pid_t child;

	if (argc < 2)
		return 2;
	child = fork();
	if (child == 0) {
		if (!freopen("/dev/null", "r", stdin) || !freopen("/dev/null", "w", stdout))
			_exit(126);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) != child)
		return 1;
	if (status != 0) {
		fprintf(stderr, "measure: %s: wait status %d\n", argv[1], status);
		return 1;
	}
	printf("%lld %ld\n", now_us() - start, usage.ru_maxrss);
	return 0;
}
