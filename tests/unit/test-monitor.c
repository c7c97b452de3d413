// SPDX-License-Identifier: LGPL-2.1-or-later
/* The monitor, fed through a socketpair with what the kernel sends, loses, and never sends */
#include <fcntl.h>
#include <limits.h>
#include <linux/netlink.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "../tree/tree.h"
#include "read/monitor.h"
#include "unit.h"

UNIT_CLEANUP(monitor, free)
UNIT_CLEANUP(event, free)
#define _cleanup_monitor_ _cleanup_(unit_release_monitor)
#define _cleanup_event_   _cleanup_(unit_release_event)

#define ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES)

/* A message as it goes through the socketpair, or an errno in its place */
struct frame {
	struct sockaddr_nl sender;
	socklen_t sender_length;
	int error, flags;
	size_t length;
	char text[256];
};

static int ours = -1, theirs = -1;
static const char *first_words; /* "online 2": said between the subscription and the first look */

static struct frame kernel_frame(const void *text, size_t length)
{
	struct frame frame = { .sender = { .nl_family = AF_NETLINK, .nl_groups = 1 },
			       .sender_length = sizeof(frame.sender),
			       .length = length };

	memcpy(frame.text, text, length);
	return frame;
}

static void send_frame(const struct frame *frame)
{
	ck_assert_int_eq(write(ours, frame, sizeof(*frame)), sizeof(*frame));
}

/* "online 2" as the kernel says it */
static struct frame word_frame(const char *words)
{
	char text[256], action[16];
	unsigned int id;
	int length;

	ck_assert_int_eq(sscanf(words, "%15s %u", action, &id), 2);
	length = snprintf(text, sizeof(text),
			  "%s@/devices/system/memory/memory%u%cACTION=%s%cDEVPATH=/devices/system/memory/memory%u%c"
			  "SUBSYSTEM=memory%cSEQNUM=1",
			  action, id, 0, action, 0, id, 0, 0);
	return kernel_frame(text, (size_t)length + 1);
}

static void say(const char *words)
{
	struct frame frame = word_frame(words);

	send_frame(&frame);
}

/* Messages that the kernel had no room for */
static void lose(void)
{
	const struct frame frame = { .error = ENOBUFS };

	send_frame(&frame);
}

static int open_pair(void)
{
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
	ours = pair[0];
	theirs = pair[1];
	if (first_words)
		say(first_words);
	first_words = NULL;
	return theirs;
}

static ssize_t receive_pair(int fd, struct msghdr *message)
{
	struct frame frame;

	if (read(fd, &frame, sizeof(frame)) < 0)
		return -1;
	errno = frame.error;
	if (frame.error)
		return -1;
	memcpy(message->msg_name, &frame.sender, sizeof(frame.sender));
	message->msg_namelen = frame.sender_length;
	message->msg_flags = frame.flags;
	memcpy(message->msg_iov->iov_base, frame.text, frame.length);
	return (ssize_t)frame.length;
}

static void close_pair(int fd)
{
	ck_assert_int_eq(fd, theirs);
	close(ours);
	close(theirs);
	ours = theirs = -1;
}

static int open_denied(void)
{
	return -EPERM;
}

static const struct uevent_ops pair_ops = { open_pair, receive_pair, close_pair };
static const struct uevent_ops denied_ops = { open_denied, receive_pair, close_pair };

static struct memhp_monitor *follow(const struct machine *machine)
{
	struct memhp_monitor *monitor;

	ck_assert_int_eq(memhp__monitor_new(&monitor, machine->ctx, ATTRS, MEMHP_MONITOR_METHOD_UEVENTS, &pair_ops), 0);
	return monitor;
}

/* The files of a block as they are from now on */
static void put(const struct machine *machine, unsigned int id, const char *state, const char *zones)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "file " SYSFS_MEMORY "/memory%u/state \"%s\\n\"\nfile " SYSFS_MEMORY "/memory%u/valid_zones \"%s\\n\"\n", id,
		 state, id, zones);
	machine_change(machine, text);
}

static void take_away(const struct machine *machine, unsigned int id)
{
	char name[32];

	snprintf(name, sizeof(name), "memory%u", id);
	ck_assert_int_eq(tree_remove(machine_path(machine, name)), 0);
}

static void print_block(FILE *file, const struct memhp_block *block)
{
	if (!block) {
		fprintf(file, "absent");
		return;
	}
	fprintf(file, "%s", memhp_block_get_state_name(block));
	if (memhp_block_get_state(block) == MEMHP_STATE_ONLINE)
		fprintf(file, ",%s", memhp_zone_name(memhp_block_get_zone(block)));
	for (size_t i = 0; i < memhp_block_get_num_nodes(block); i++)
		fprintf(file, ",node%u", memhp_node_get_id(memhp_block_get_node(block, i)));
}

static void print_event(FILE *file, const struct memhp_event *event)
{
	fprintf(file, "%s %llu %s", memhp_event_kind_name(memhp_event_get_kind(event)),
		(unsigned long long)memhp_event_get_block_id(event), memhp_event_is_resync(event) ? "resync " : "");
	print_block(file, memhp_event_get_before(event));
	fputc('>', file);
	print_block(file, memhp_event_get_after(event));
	fputc(';', file);
}

/* Everything that there is now: "online 2 offline>online,Movable;" */
static void is_told(struct memhp_monitor *monitor, const char *expected)
{
	char text[2048] = "";
	FILE *file = fmemopen(text, sizeof(text), "w");
	int rc;

	for (;;) {
		_cleanup_event_ struct memhp_event *event = NULL;

		rc = memhp_monitor_next(monitor, &event);
		if (rc != 1)
			break;
		print_event(file, event);
	}
	fclose(file);
	ck_assert_int_eq(rc, 0);
	ck_assert_str_eq(text, expected);
}

static bool is_readable(const struct memhp_monitor *monitor, int timeout_ms)
{
	struct pollfd pfd = { .fd = memhp_monitor_get_fd(monitor), .events = POLLIN };

	return poll(&pfd, 1, timeout_ms) == 1;
}

#define MACHINE "node 0\nblocks 0-1 node 0 zones Normal\nblocks 2 node 0 state offline zones \"Movable Normal\"\n"

START_TEST(each_change)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_monitor_ struct memhp_monitor *monitor = NULL;

	machine_make(&machine, MACHINE);
	monitor = follow(&machine);
	ck_assert_int_eq(memhp_monitor_get_method(monitor), MEMHP_MONITOR_METHOD_UEVENTS);
	ck_assert_uint_eq(memhp_monitor_get_interval_ms(monitor), 0);
	ck_assert_uint_eq(memhp_snapshot_get_num_blocks(memhp_monitor_get_snapshot(monitor)), 3);
	ck_assert(!is_readable(monitor, 0));
	is_told(monitor, "");
	put(&machine, 2, "online", "Movable");
	say("online 2");
	ck_assert(is_readable(monitor, 0));
	is_told(monitor, "online 2 offline,node0>online,Movable,node0;");
	put(&machine, 2, "offline", "Movable Normal");
	say("offline 2");
	is_told(monitor, "offline 2 online,Movable,node0>offline,node0;");
	take_away(&machine, 2);
	say("remove 2");
	is_told(monitor, "remove 2 offline,node0>absent;");
	put(&machine, 2, "offline", "Normal");
	machine_change(&machine, "link " SYSFS_MEMORY "/memory2/node0 ../../node/node0\n");
	say("add 2");
	put(&machine, 1000, "offline", "Normal");
	machine_change(&machine, "link " SYSFS_MEMORY "/memory1000/node0 ../../node/node0\n");
	say("add 1000");
	is_told(monitor, "add 2 absent>offline,node0;add 1000 absent>offline,node0;");
	ck_assert(!is_readable(monitor, 0));
}
END_TEST

/* What the first look has seen already is not told again; what came after it is. */
START_TEST(between_subscription_and_look)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_monitor_ struct memhp_monitor *monitor = NULL;

	machine_make(&machine, MACHINE);
	put(&machine, 2, "online", "Movable");
	first_words = "online 2";
	monitor = follow(&machine);
	is_told(monitor, "");
	put(&machine, 2, "offline", "Movable Normal");
	say("offline 2");
	say("add 1");
	say("offline 77");
	say("remove 77");
	is_told(monitor, "offline 2 online,Movable,node0>offline,node0;");
}
END_TEST

/* Each message is told, though the block is already what a later one says, or has vanished. */
START_TEST(undone_meanwhile)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_monitor_ struct memhp_monitor *monitor = NULL;
	struct memhp_event *event;

	machine_make(&machine, MACHINE);
	monitor = follow(&machine);
	say("online 2");
	say("offline 2");
	is_told(monitor, "online 2 offline,node0>online,unknown,node0;offline 2 online,unknown,node0>offline,node0;");
	say("online 2");
	take_away(&machine, 2);
	say("offline 2");
	say("remove 2");
	ck_assert_int_eq(memhp_monitor_next(monitor, &event), 1);
	ck_assert_int_eq(memhp_block_get_error(memhp_event_get_after(event), MEMHP_ATTR_STATE), 0);
	ck_assert_int_eq(memhp_block_get_error(memhp_event_get_after(event), MEMHP_ATTR_ZONES), -ESTALE);
	ck_assert_int_eq(memhp_block_get_error(memhp_event_get_after(event), MEMHP_ATTR_NODES), -ESTALE);
	memhp_event_free(event);
	is_told(monitor, "offline 2 online,unknown>offline;remove 2 offline>absent;");
	say("add 9");
	say("remove 9");
	is_told(monitor, "add 9 absent>offline;remove 9 offline>absent;");
}
END_TEST

/* Somebody starts to take it offline before the message is read: no message would tell how that ends, if it fails. */
START_TEST(going_offline)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_monitor_ struct memhp_monitor *monitor = NULL;

	machine_make(&machine, MACHINE);
	put(&machine, 1, "going-offline", "Normal");
	monitor = follow(&machine);
	put(&machine, 2, "going-offline", "Movable Normal");
	say("online 2");
	is_told(monitor, "online 2 offline,node0>online,unknown,node0;");
	say("offline 1");
	put(&machine, 1, "offline", "Normal");
	is_told(monitor, "offline 1 going-offline,node0>offline,node0;");
}
END_TEST

#define TEXT(text) text, sizeof(text) - 1
#define ONLINE2    "ACTION=online\0DEVPATH=/devices/system/memory/memory2\0SUBSYSTEM=memory\0"

static const struct {
	const char *text;
	size_t length;
} garbage[] = {
	{ TEXT("") },
	{ TEXT("\0\0\0\0") },
	{ TEXT("online@/devices/system/memory/memory2\0") },
	{ TEXT(ONLINE2 "SYNTH_UUID=0\0") },                     /* udevadm trigger */
	{ TEXT("libudev\0\xfe\xed\xca\xfe" ONLINE2 "no end") }, /* udevd's, which has another form */
	{ TEXT("ACTION=change\0DEVPATH=/devices/system/memory/memory2\0SUBSYSTEM=memory\0") },
	{ TEXT("ACTION=on\0DEVPATH=/devices/system/memory/memory2\0SUBSYSTEM=memory\0") },
	{ TEXT("ACTION=online\0DEVPATH=/devices/system/memory/memory02\0SUBSYSTEM=memory\0") },
	{ TEXT("ACTION=online\0DEVPATH=/devices/system/memory/memory99999999999999999999\0SUBSYSTEM=memory\0") },
	{ TEXT("ACTION=online\0DEVPATH=/devices/system/memory/memory2/x\0SUBSYSTEM=memory\0") },
	{ TEXT("ACTION=online\0DEVPATH=/devices/system/cpu/cpu2\0SUBSYSTEM=cpu\0") },
	{ TEXT("ACTION=online\0DEVPATH=/devices/system/memory/memory2\0SUBSYSTEM=cpu\0") },
	{ TEXT("ACTION=online\0SUBSYSTEM=memory\0") },
	{ TEXT("DEVPATH=/devices/system/memory/memory2\0SUBSYSTEM=memory\0") },
	{ TEXT("XACTION=online\0DEVPATH=/devices/system/memory/memory2\0SUBSYSTEM=memory\0") },
};

START_TEST(garbage_is_nothing)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_monitor_ struct memhp_monitor *monitor = NULL;
	struct frame frame = kernel_frame(garbage[_i].text, garbage[_i].length);

	machine_make(&machine, MACHINE);
	monitor = follow(&machine);
	send_frame(&frame);
	is_told(monitor, "");
	frame = kernel_frame(TEXT(ONLINE2));
	send_frame(&frame);
	is_told(monitor, "online 2 offline,node0>online,unknown,node0;");
}
END_TEST

/* A process has a port, udevd another group, and who is not on netlink at all a shorter address. */
START_TEST(others_are_ignored)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_monitor_ struct memhp_monitor *monitor = NULL;
	struct frame frame = word_frame("online 2");

	machine_make(&machine, MACHINE);
	monitor = follow(&machine);
	frame.sender.nl_pid = 4711;
	send_frame(&frame);
	frame.sender = (struct sockaddr_nl){ .nl_family = AF_NETLINK, .nl_groups = 2 };
	send_frame(&frame);
	frame.sender = (struct sockaddr_nl){ .nl_family = AF_NETLINK };
	send_frame(&frame);
	frame.sender = (struct sockaddr_nl){ .nl_family = AF_UNIX, .nl_groups = 1 };
	send_frame(&frame);
	frame = word_frame("online 2");
	frame.sender_length = 2;
	send_frame(&frame);
	is_told(monitor, "");
	say("online 2");
	is_told(monitor, "online 2 offline,node0>online,unknown,node0;");
}
END_TEST

/* What was in the queue comes first, then what differs from it, and then what comes later. */
START_TEST(overrun)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_monitor_ struct memhp_monitor *monitor = NULL;

	machine_make(&machine, MACHINE "blocks 4-6 node 0 zones Movable\n");
	monitor = follow(&machine);
	say("online 2");
	lose();
	put(&machine, 0, "going-offline", "Normal");
	take_away(&machine, 1);
	put(&machine, 2, "online", "Movable");
	put(&machine, 3, "online", "Normal");
	put(&machine, 4, "offline", "Movable");
	put(&machine, 5, "online", "Normal");
	put(&machine, 99, "offline", "Normal");
	machine_change(&machine, "link " SYSFS_MEMORY "/memory3/node0 ../../node/node0\n"
				 "link " SYSFS_MEMORY "/memory99/node0 ../../node/node0\n");
	is_told(monitor, "online 2 offline,node0>online,Movable,node0;"
			 "change 0 resync online,Normal,node0>going-offline,node0;remove 1 resync online,Normal,node0>absent;"
			 "add 3 resync absent>online,Normal,node0;offline 4 resync online,Movable,node0>offline,node0;"
			 "change 5 resync online,Movable,node0>online,Normal,node0;add 99 resync absent>offline,node0;");
	say("offline 3");
	say("add 99");
	put(&machine, 3, "offline", "Normal");
	is_told(monitor, "offline 3 online,Normal,node0>offline,node0;");
	lose();
	is_told(monitor, "");
	put(&machine, 0, "online", "Normal");
	lose();
	is_told(monitor, "change 0 resync going-offline,node0>online,Normal,node0;");
}
END_TEST

/* Nobody knows what it was about. */
START_TEST(truncated)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_monitor_ struct memhp_monitor *monitor = NULL;
	struct frame frame = word_frame("online 2");

	machine_make(&machine, MACHINE);
	monitor = follow(&machine);
	frame.flags = MSG_TRUNC;
	frame.length /= 2;
	put(&machine, 2, "online", "Movable");
	send_frame(&frame);
	is_told(monitor, "online 2 resync offline,node0>online,Movable,node0;");
}
END_TEST

static int first_free_descriptor(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	close(fd);
	return fd;
}

/* With no more than so many descriptors left; -1: as many as there can be */
static void limit_descriptors(int left)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = left < 0 ? limit.rlim_max : (rlim_t)(first_free_descriptor() + left);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/*
 * An error as long as there are too few descriptors, and what happened is told as soon as it can be looked at. How many numbers
 * are enough depends on those that were in use from the start.
 */
START_TEST(full_descriptor_table)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_monitor_ struct memhp_monitor *monitor = NULL;
	_cleanup_event_ struct memhp_event *event = NULL;
	int rc = -EMFILE, left;

	machine_make(&machine, MACHINE);
	monitor = follow(&machine);
	put(&machine, 2, "online", "Movable");
	if (_i)
		lose();
	else
		say("online 2");
	for (left = 0; rc == -EMFILE; left++) {
		limit_descriptors(left);
		rc = memhp_monitor_next(monitor, &event);
		limit_descriptors(-1);
		if (rc == -EMFILE) {
			ck_assert(!is_readable(monitor, 0));
			ck_assert(is_readable(monitor, -1));
		}
	}
	ck_assert_int_eq(rc, 1);
	ck_assert_int_gt(left, 1);
	ck_assert_str_eq(memhp_event_kind_name(memhp_event_get_kind(event)), "online");
	ck_assert_uint_eq(memhp_event_get_block_id(event), 2);
	ck_assert_int_eq(memhp_event_is_resync(event), _i == 1);
	is_told(monitor, "");
}
END_TEST

/* Nor is a monitor made, and nothing is left open. */
START_TEST(no_descriptors_to_begin)
{
	_cleanup_machine_ struct machine machine;
	struct memhp_monitor *monitor = NULL;
	int rc = -1, first;

	machine_make(&machine, MACHINE);
	first = first_free_descriptor();
	for (int left = 0; rc < 0; left++) {
		limit_descriptors(left);
		rc = memhp_monitor_new(&monitor, machine.ctx, ATTRS);
		limit_descriptors(-1);
		ck_assert(rc == 0 || (rc == -EMFILE && !monitor && first_free_descriptor() == first));
	}
	memhp_monitor_free(monitor);
	ck_assert_int_eq(first_free_descriptor(), first);
}
END_TEST

/* The kernel says that a block is there before it has a node. */
START_TEST(node_comes_late)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_monitor_ struct memhp_monitor *monitor = NULL;

	machine_make(&machine, MACHINE);
	monitor = follow(&machine);
	put(&machine, 3, "offline", "Normal");
	say("add 3");
	say("online 2");
	ck_assert(!memhp_monitor_is_waiting(monitor));
	is_told(monitor, "");
	ck_assert(memhp_monitor_is_waiting(monitor));
	/* What is behind it in the queue does not wake anybody meanwhile. */
	while (!is_readable(monitor, 0))
		;
	is_told(monitor, "");
	ck_assert(!is_readable(monitor, 0));
	machine_change(&machine, "link " SYSFS_MEMORY "/memory3/node0 ../../node/node0\n");
	ck_assert(is_readable(monitor, -1));
	is_told(monitor, "add 3 absent>offline,node0;online 2 offline,node0>online,unknown,node0;");
	ck_assert(!is_readable(monitor, 0));
	ck_assert(!memhp_monitor_is_waiting(monitor));
	put(&machine, 4, "offline", "Normal");
	lose();
	is_told(monitor, "");
	ck_assert(memhp_monitor_is_waiting(monitor));
	machine_change(&machine, "link " SYSFS_MEMORY "/memory4/node0 ../../node/node0\n");
	ck_assert(is_readable(monitor, -1));
	is_told(monitor, "offline 2 resync online,unknown,node0>offline,node0;add 4 resync absent>offline,node0;");
	ck_assert(!memhp_monitor_is_waiting(monitor));
}
END_TEST

/* Nor does it have its DIMM by then, which counts where sources are asked for. */
START_TEST(source_comes_late)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_monitor_ struct memhp_monitor *monitor = NULL;
	_cleanup_event_ struct memhp_event *event = NULL;
	const struct memhp_source *source;

	machine_make(&machine, MACHINE "boot_map 0-2\ndir sys/bus/acpi/devices/PNP0C80:00\n");
	ck_assert_int_eq(
		memhp__monitor_new(&monitor, machine.ctx, ATTRS | MEMHP_ATTR_SOURCE, MEMHP_MONITOR_METHOD_UEVENTS, &pair_ops), 0);
	put(&machine, 3, "offline", "Normal");
	machine_change(&machine, "link " SYSFS_MEMORY "/memory3/node0 ../../node/node0\n");
	say("add 3");
	is_told(monitor, "");
	ck_assert(memhp_monitor_is_waiting(monitor));
	machine_change(&machine, "link " SYSFS_MEMORY "/memory3/firmware_node ../../../LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00\n");
	ck_assert(is_readable(monitor, -1));
	ck_assert_int_eq(memhp_monitor_next(monitor, &event), 1);
	source = memhp_block_get_source(memhp_event_get_after(event));
	ck_assert_ptr_nonnull(source);
	ck_assert_str_eq(memhp_source_get_name(source), "dimm:PNP0C80:00");
}
END_TEST

/* One that never gets any is told of nevertheless, and the next such block at once. */
START_TEST(node_never_comes)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_monitor_ struct memhp_monitor *monitor = NULL;
	struct memhp_event *event = NULL;

	machine_make(&machine, MACHINE);
	monitor = follow(&machine);
	put(&machine, 3, "offline", "Normal");
	put(&machine, 4, "offline", "Normal");
	say("add 3");
	while (memhp_monitor_next(monitor, &event) == 0)
		ck_assert(is_readable(monitor, -1));
	memhp_event_free(event);
	say("add 4");
	is_told(monitor, "add 4 absent>offline;");
}
END_TEST

/* Below a sysroot, or where the kernel says nothing */
START_TEST(comparing)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_monitor_ struct memhp_monitor *monitor = NULL;
	int expected = _i ? MEMHP_MONITOR_METHOD_DENIED : MEMHP_MONITOR_METHOD_TREE;

	machine_make(&machine, MACHINE);
	if (_i)
		ck_assert_int_eq(memhp__monitor_new(&monitor, machine.ctx, ATTRS, MEMHP_MONITOR_METHOD_UEVENTS, &denied_ops), 0);
	else
		ck_assert_int_eq(memhp_monitor_new(&monitor, machine.ctx, ATTRS), 0);
	ck_assert_int_eq(memhp_monitor_get_method(monitor), expected);
	ck_assert_uint_ge(memhp_monitor_get_interval_ms(monitor), 200);
	ck_assert(!is_readable(monitor, 0));
	put(&machine, 2, "online", "Movable");
	put(&machine, 0, "going-offline", "Normal");
	is_told(monitor, "");
	ck_assert(is_readable(monitor, -1));
	is_told(monitor, "change 0 online,Normal,node0>going-offline,node0;online 2 offline,node0>online,Movable,node0;");
	ck_assert(!is_readable(monitor, 0));
	take_away(&machine, 2);
	ck_assert(is_readable(monitor, -1));
	is_told(monitor, "remove 2 online,Movable,node0>absent;");
	put(&machine, 0, "offline", "Normal");
	put(&machine, 2, "online", "Normal");
	ck_assert(is_readable(monitor, -1));
	is_told(monitor, "offline 0 going-offline,node0>offline,node0;add 2 absent>online,Normal,node0;");
}
END_TEST

/* The machine goes away under it: an error, and it is there again. */
START_TEST(machine_goes_away)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_monitor_ struct memhp_monitor *monitor = NULL;
	struct memhp_event *event;
	char aside[512];

	machine_make(&machine, MACHINE);
	ck_assert_int_eq(memhp_monitor_new(&monitor, machine.ctx, ATTRS), 0);
	snprintf(aside, sizeof(aside), "%s/aside", machine.dir);
	ck_assert_int_eq(rename(machine_path(&machine, "block_size_bytes"), aside), 0);
	ck_assert(is_readable(monitor, -1));
	ck_assert_int_lt(memhp_monitor_next(monitor, &event), 0);
	ck_assert_int_eq(rename(aside, machine_path(&machine, "block_size_bytes")), 0);
	put(&machine, 2, "online", "Movable");
	ck_assert(is_readable(monitor, -1));
	is_told(monitor, "online 2 offline,node0>online,Movable,node0;");
}
END_TEST

/* Events outlive their monitor, times go on, and what cannot be followed is refused. */
START_TEST(objects)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_event_ struct memhp_event *event = NULL, *later = NULL;
	struct memhp_monitor *monitor;

	machine_make(&machine, MACHINE);
	ck_assert_int_eq(memhp_monitor_new(&monitor, machine.ctx, MEMHP_ATTR_CONFIGURED), -EINVAL);
	ck_assert_int_eq(memhp_monitor_new(&monitor, machine.ctx, MEMHP_ATTR_MEMMAP_ON_MEMORY), -EINVAL);
	monitor = follow(&machine);
	ck_assert_int_eq(fcntl(memhp_monitor_get_fd(monitor), F_GETFD), FD_CLOEXEC);
	say("online 2");
	say("offline 2");
	ck_assert_int_eq(memhp_monitor_next(monitor, &event), 1);
	ck_assert_int_eq(memhp_monitor_next(monitor, &later), 1);
	memhp_monitor_free(monitor);
	ck_assert_int_eq(memhp_event_get_kind(event), MEMHP_EVENT_KIND_ONLINE);
	ck_assert_int_eq(memhp_block_get_state(memhp_event_get_before(event)), MEMHP_STATE_OFFLINE);
	ck_assert_uint_eq(memhp_block_get_start_addr(memhp_event_get_after(event)), 2 * UINT64_C(0x8000000));
	ck_assert_uint_gt(memhp_event_get_realtime_us(event), UINT64_C(1500000000000000));
	ck_assert_uint_le(memhp_event_get_monotonic_us(event), memhp_event_get_monotonic_us(later));
}
END_TEST

/* A child that lets go of it takes nothing from its parent. */
START_TEST(after_fork)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_monitor_ struct memhp_monitor *monitor = NULL;
	pid_t child;

	machine_make(&machine, MACHINE);
	monitor = follow(&machine);
	child = fork();
	if (child == 0) {
		memhp_monitor_free(monitor);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	say("online 2");
	ck_assert(is_readable(monitor, 0));
	is_told(monitor, "online 2 offline,node0>online,unknown,node0;");
}
END_TEST

/* A thread of a host, with a monitor of its own: returns NULL, or it is not told what became of its machine. */
static void *follow_alone(void *data)
{
	const struct machine *machine = data;
	_cleanup_monitor_ struct memhp_monitor *monitor = NULL;
	_cleanup_event_ struct memhp_event *event = NULL;

	if (memhp_monitor_new(&monitor, machine->ctx, ATTRS) < 0)
		return data;
	put(machine, 2, "online", "Movable");
	while (is_readable(monitor, -1) && memhp_monitor_next(monitor, &event) == 0)
		;
	return event && memhp_event_get_kind(event) == MEMHP_EVENT_KIND_ONLINE ? NULL : data;
}

START_TEST(threads_of_a_host)
{
	struct machine machines[4];
	pthread_t threads[ARRAY_SIZE(machines)];
	void *failed;

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		machine_make(&machines[i], MACHINE);
		ck_assert_int_eq(pthread_create(&threads[i], NULL, follow_alone, &machines[i]), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
		ck_assert_ptr_null(failed);
		machine_release(&machines[i]);
	}
}
END_TEST

/* What a program makes of the events: the state of each block, -1 where there is none */
#define NUM_IDS 40
static void apply(int states[NUM_IDS], const struct memhp_event *event)
{
	const struct memhp_block *before = memhp_event_get_before(event), *after = memhp_event_get_after(event);
	int *state = &states[memhp_event_get_block_id(event)];

	ck_assert_int_eq(*state, before ? (int)memhp_block_get_state(before) : -1);
	*state = after ? (int)memhp_block_get_state(after) : -1;
	ck_assert_ptr_ne(before, after);
}

/* A change by the kernel's rules, and its message unless that is lost */
static void change_at_random(const struct machine *machine, int states[NUM_IDS], bool is_lost)
{
	unsigned int id = (unsigned int)rand() % NUM_IDS;
	const char *word = "add";
	char words[32];

	if (states[id] == MEMHP_STATE_OFFLINE && rand() % 2) {
		states[id] = -1;
		word = "remove";
		take_away(machine, id);
	} else if (states[id] == MEMHP_STATE_OFFLINE) {
		states[id] = MEMHP_STATE_ONLINE;
		word = "online";
		put(machine, id, word, "Movable");
	} else {
		word = states[id] < 0 ? "add" : "offline";
		states[id] = MEMHP_STATE_OFFLINE;
		put(machine, id, "offline", "Movable Normal");
	}
	snprintf(words, sizeof(words), "%s %u", word, id);
	if (!is_lost)
		say(words);
}

/* Whatever is lost, and whenever the monitor comes to it: from the first blocks the events lead to the last ones. */
START_TEST(replay)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_monitor_ struct memhp_monitor *monitor = NULL;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	int truth[NUM_IDS], told[NUM_IDS];
	bool is_lost = false;

	srand((unsigned int)_i);
	machine_make(&machine, "blocks 0-9 zones Movable\nblocks 10-19 state offline zones Movable\n");
	for (int id = 0; id < NUM_IDS; id++)
		truth[id] = told[id] = id < 10 ? MEMHP_STATE_ONLINE : id < 20 ? MEMHP_STATE_OFFLINE : -1;
	monitor = follow(&machine);
	for (int i = 0; i <= 400; i++) {
		int num = i == 400 ? INT_MAX : rand() % 4 ? 0 : rand() % 12;
		struct memhp_event *event;

		/* The kernel drops everything until the queue is empty. */
		is_lost &= memhp__file_is_readable(theirs);
		change_at_random(&machine, truth, is_lost);
		if (rand() % 20 == 0 && !is_lost) {
			is_lost = true;
			lose();
		}
		while (num-- && memhp_monitor_next(monitor, &event) == 1) {
			apply(told, event);
			memhp_event_free(event);
		}
	}
	ck_assert_mem_eq(told, truth, sizeof(told));
	snapshot = machine_scan(&machine, MEMHP_ATTR_STATE);
	for (unsigned int id = 0; id < NUM_IDS; id++)
		ck_assert_int_eq(memhp_snapshot_find_block(snapshot, id) != NULL, told[id] >= 0);
}
END_TEST

static unsigned int num_reads;

static ssize_t count_read(int fd, const char *path, void *buf, size_t size, off_t offset)
{
	(void)path;
	num_reads++;
	return pread(fd, buf, size, offset);
}

/* What a message costs does not grow with the machine: three files, whatever else there is. */
START_TEST(storm)
{
	static const struct file_ops ops = { .contained = true, .read = count_read };
	_cleanup_machine_ struct machine machine;
	_cleanup_monitor_ struct memhp_monitor *monitor = NULL;
	unsigned int num_told = 0;

	machine_make(&machine, "blocks 0-999 state offline zones Movable\n");
	monitor = follow(&machine);
	machine.ctx->ops = &ops;
	for (unsigned int i = 0; i < 2000; i++) {
		struct memhp_event *event;
		char words[32];

		snprintf(words, sizeof(words), "%s %u", i < 1000 ? "online" : "offline", i % 1000);
		say(words);
		while (memhp_monitor_next(monitor, &event) == 1) {
			num_told++;
			memhp_event_free(event);
		}
	}
	ck_assert_uint_eq(num_told, 2000);
	ck_assert_uint_eq(num_reads, 3 * num_told);
}
END_TEST

UNIT("monitor", tests)
{
	tcase_add_test(tests, each_change);
	tcase_add_test(tests, between_subscription_and_look);
	tcase_add_test(tests, undone_meanwhile);
	tcase_add_test(tests, going_offline);
	add_table(tests, garbage_is_nothing, garbage);
	tcase_add_test(tests, others_are_ignored);
	tcase_add_test(tests, overrun);
	tcase_add_test(tests, truncated);
	tcase_add_loop_test(tests, full_descriptor_table, 0, 2);
	tcase_add_test(tests, no_descriptors_to_begin);
	tcase_add_test(tests, node_comes_late);
	tcase_add_test(tests, source_comes_late);
	tcase_add_test(tests, node_never_comes);
	tcase_add_loop_test(tests, comparing, 0, 2);
	tcase_add_test(tests, machine_goes_away);
	tcase_add_test(tests, objects);
	tcase_add_test(tests, after_fork);
	tcase_add_test(tests, threads_of_a_host);
	tcase_add_loop_test(tests, replay, 1, 6);
	tcase_add_test(tests, storm);
}
