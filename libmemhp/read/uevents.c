/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/uevents.h"

#include <linux/netlink.h>

#include "util.h"

/* The kernel sends to this multicast group; udevd sends what it made of it to another one. */
#define KERNEL_GROUP 1

/* What may be waiting: the messages of some ten thousand blocks, as of a large machine that gets all of its memory at once */
#define QUEUE_BYTES (16 << 20)

/* No message of the kernel's is longer: it makes them in 2 KiB. */
#define MESSAGE_BYTES 8192

static int open_kernel(void)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
	const int size = QUEUE_BYTES;
	_cleanup_close_ int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);

	if (fd < 0)
		return -errno;
	/* Beyond what everybody may have it takes CAP_NET_ADMIN. A shorter queue is made up for by looking at all blocks. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return take_fd(&fd);
}

static ssize_t receive_kernel(int fd, struct msghdr *message)
{
	return recvmsg(fd, message, MSG_DONTWAIT);
}

static void close_kernel(int fd)
{
	close(fd);
}

const struct uevent_ops memhp__uevent_ops_kernel = { open_kernel, receive_kernel, close_kernel };

/* Programs with CAP_NET_ADMIN can send to the socket as well. Only the kernel has the port 0. */
static bool is_kernels(const struct msghdr *message, const struct sockaddr_nl *sender)
{
	return message->msg_namelen == sizeof(*sender) && sender->nl_family == AF_NETLINK && sender->nl_pid == 0 &&
	       sender->nl_groups == KERNEL_GROUP;
}

int memhp__uevents_receive(const struct uevent_ops *ops, int fd, struct uevent *uevent)
{
	char text[MESSAGE_BYTES];

	for (;;) {
		struct sockaddr_nl sender = { 0 };
		struct iovec part = { text, sizeof(text) };
		struct msghdr message = { .msg_name = &sender, .msg_namelen = sizeof(sender), .msg_iov = &part, .msg_iovlen = 1 };
		ssize_t length = ops->receive(fd, &message);

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (!is_kernels(&message, &sender))
			continue;
		/* Nobody knows what it was about. */
		if (message.msg_flags & MSG_TRUNC)
			return -ENOBUFS;
		if (memhp__parse_uevent(text, (size_t)length, uevent))
			return 1;
	}
}
