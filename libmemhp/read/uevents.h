/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where uevents come from: the kernel, by a netlink socket */
#ifndef MEMHP_UEVENTS_H
#define MEMHP_UEVENTS_H

#include <sys/socket.h>

#include "read/parse-uevent.h"

/* Where tests put other messages than the kernel's. subscribe() gives a descriptor, and receive() is recvmsg(2) without waiting. */
struct uevent_ops {
	int (*subscribe)(void);
	ssize_t (*receive)(int fd, struct msghdr *message);
	void (*unsubscribe)(int fd);
};

extern const struct uevent_ops memhp__uevent_ops_kernel;

/*
 * The next change of a block. Returns 1; 0 when there is no more; -ENOBUFS when messages were lost, behind those that are still
 * there; or another errno of recvmsg(2).
 */
int memhp__uevents_receive(const struct uevent_ops *ops, int fd, struct uevent *uevent);

#endif
