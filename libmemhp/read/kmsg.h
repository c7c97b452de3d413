/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's log */
#ifndef MEMHP_KMSG_H
#define MEMHP_KMSG_H

#include "read/kmsg-items.h"

/* A record is at most 8192 bytes long, with its name for every byte that is not printable. */
#define KMSG_BUFFER 8192

struct kmsg {
	int fd;     /* -1: nothing can be known */
	bool skips; /* what is left of a line that is too long */
	struct kmsg_items items;
	size_t used;
	char buffer[KMSG_BUFFER + 1];
};

/* Opens the log at its end. Returns 0 or a negative errno; in any case the log can be used and has to be closed. */
int memhp__kmsg_open(struct kmsg *kmsg, struct memhp_ctx *ctx);
void memhp__kmsg_close(struct kmsg *kmsg);

/* Reads what the kernel has said by now; what that is about a range, as memhp__kmsg_take_note(). */
struct kernel_note *memhp__kmsg_read_note(struct kmsg *kmsg, uint64_t first_addr, uint64_t last_addr, bool alone);

#endif
