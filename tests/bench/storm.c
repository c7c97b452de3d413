// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * storm SYSROOT BLOCKS CHANGES: prints the microseconds of processor time that a monitor needs for so many changes of the blocks
 * of a made tree, each fed to its source of events and read from the tree, those that it needs for one look at all blocks after
 * lost messages, and the peak of its memory in KiB.
 */
#include <err.h>
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "read/monitor.h"

#define ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES)

/* What the monitor reads next: a message, or ENOBUFS; none when it was read */
static char message[256];
static size_t message_length;
static bool is_lost;

static int subscribe(void)
{
	return eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK); /* always readable */
}

static ssize_t receive(int fd, struct msghdr *header)
{
	const struct sockaddr_nl sender = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	size_t length = message_length;

	(void)fd;
	errno = is_lost ? ENOBUFS : EAGAIN;
	is_lost = false;
	message_length = 0;
	if (!length)
		return -1;
	memcpy(header->msg_name, &sender, sizeof(sender));
	header->msg_namelen = sizeof(sender);
	header->msg_flags = 0;
	memcpy(header->msg_iov->iov_base, message, length);
	return (ssize_t)length;
}

static void unsubscribe(int fd)
{
	close(fd);
}

static const struct uevent_ops ops = { subscribe, receive, unsubscribe };

/* The file is one of many that --shared made the same inode. */
static void put_state(const char *tree, unsigned long id, const char *state)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/sys/devices/system/memory/memory%lu/state", tree, id);
	unlink(path);
	file = fopen(path, "w");
	if (!file || fprintf(file, "%s\n", state) < 0 || fclose(file) != 0)
		err(EXIT_FAILURE, "%s", path);
}

static void say(const char *action, unsigned long id)
{
	message_length =
		(size_t)snprintf(message, sizeof(message),
				 "%s@/devices/system/memory/memory%lu%cACTION=%s%cDEVPATH=/devices/system/memory/memory%lu%c"
				 "SUBSYSTEM=memory%cSEQNUM=1",
				 action, id, 0, action, 0, id, 0, 0) +
		1;
}

static long long processor_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

/* How long it took to tell that many events */
static long long take(struct memhp_monitor *monitor, unsigned long num)
{
	long long start = processor_us(), end;
	struct memhp_event *event;
	unsigned long told = 0;

	while (memhp_monitor_next(monitor, &event) == 1) {
		memhp_event_free(event);
		told++;
	}
	end = processor_us();
	if (told != num)
		errx(EXIT_FAILURE, "%lu events were told, not %lu", told, num);
	return end - start;
}

int main(int argc, char *argv[])
{
	unsigned long blocks = argc == 4 ? strtoul(argv[2], NULL, 10) : 0, changes = blocks ? strtoul(argv[3], NULL, 10) : 0;
	long long changing = 0, looking;
	struct memhp_monitor *monitor;
	struct memhp_ctx *ctx;
	struct rusage usage;

	if (!changes)
		errx(EXIT_FAILURE, "usage: storm SYSROOT BLOCKS CHANGES");
	if (memhp_ctx_new(&ctx, argv[1]) < 0 || memhp__monitor_new(&monitor, ctx, ATTRS, MEMHP_MONITOR_METHOD_UEVENTS, &ops) < 0)
		errx(EXIT_FAILURE, "%s cannot be followed", argv[1]);
	for (unsigned long i = 0; i < changes; i++) {
		/* Each block offline and online again; the second half of the tree has offline ones. */
		unsigned long id = 1 + i / 2 * 7919 % (blocks / 2 - 1);
		const char *state = i % 2 ? "online" : "offline";

		put_state(argv[1], id, state);
		say(state, id);
		changing += take(monitor, 1);
	}
	put_state(argv[1], 1, "offline");
	is_lost = true;
	looking = take(monitor, 1);
	getrusage(RUSAGE_SELF, &usage);
	printf("%lld %lld %ld\n", changing, looking, usage.ru_maxrss);
	memhp_monitor_free(monitor);
	memhp_ctx_unref(ctx);
	return EXIT_SUCCESS;
}
