// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * latency BLOCK COUNT: take a block online and offline so many times while memctl watch follows it, and print the median and the
 * longest of the microseconds from the kernel's message to memctl's line. When the message came is read from a socket of our own.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_COUNT 1000

static long long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static int compare(const void *a, const void *b)
{
	const long long *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Where its lines are read from */
static FILE *start_watch(const char *block, pid_t *pid)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		err(1, "pipe");
	*pid = fork();
	if (*pid < 0)
		err(1, "fork");
	if (*pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		execlp("memctl", "memctl", "watch", "--json", "--initial", "--block", block, NULL);
		err(1, "memctl");
	}
	close(ends[1]);
	return fdopen(ends[0], "r");
}

static void next_line(FILE *lines)
{
	char line[4096];

	if (!fgets(line, sizeof(line), lines))
		errx(1, "memctl watch has ended");
}

static int listen_to_kernel(void)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		err(1, "netlink");
	return fd;
}

/* When the message about the block came */
static long long await_message(int fd, const char *block)
{
	char text[4096], end[64];

	snprintf(end, sizeof(end), "/memory%s", block);
	for (;;) {
		ssize_t length = recv(fd, text, sizeof(text) - 1, 0);
		long long now = now_us();

		if (length < 0)
			err(1, "netlink");
		text[length] = '\0'; /* behind the head, "online@/devices/system/memory/memory40" */
		if (strlen(text) > strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0)
			return now;
	}
}

int main(int argc, char **argv)
{
	int num = argc == 3 ? atoi(argv[2]) : 0, state, messages;
	long long taken[MAX_COUNT];
	char path[80];
	FILE *lines;
	pid_t pid;

	if (num < 1 || num > MAX_COUNT)
		errx(2, "usage: latency BLOCK COUNT");
	snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%s/state", argv[1]);
	state = open(path, O_WRONLY | O_CLOEXEC);
	if (state < 0)
		err(1, "%s", path);
	lines = start_watch(argv[1], &pid);
	next_line(lines);
	messages = listen_to_kernel();
	for (int i = 0; i < num; i++) {
		const char *word = i % 2 ? "offline" : "online_movable";
		long long start;

		if (write(state, word, strlen(word)) < 0)
			err(1, "%s", path);
		start = await_message(messages, argv[1]);
		next_line(lines);
		taken[i] = now_us() - start;
	}
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	qsort(taken, (size_t)num, sizeof(*taken), compare);
	printf("%lld %lld\n", taken[num / 2], taken[num - 1]);
	return 0;
}
