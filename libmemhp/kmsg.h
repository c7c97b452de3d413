/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's log, and its debug messages about memory blocks */
#ifndef MEMHP_KMSG_H
#define MEMHP_KMSG_H

#include "kmsg-parse.h"

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
int kmsg_open(struct kmsg *kmsg, struct memhp_ctx *ctx);
void kmsg_close(struct kmsg *kmsg);

/* Reads what the kernel has said by now, and gives a step that failed what it said of the step's block. */
void kmsg_explain(struct kmsg *kmsg, struct memhp_step *step, bool alone);

/* Reads a line of a dynamic_debug/control: whether it is a message of mm/memory_hotplug.c that is off, and its line number. */
bool kmsg_parse_control(const char *line, unsigned long *number);

/* Which messages were off before: line numbers of mm/memory_hotplug.c */
struct kmsg_debug {
	struct memhp_ctx *ctx;
	int dirfd; /* -1: there is nothing to restore */
	unsigned long *lines;
	size_t num, allocated;
};

/* Switches the debug messages on; returns 0 or a negative errno. In any case kmsg_debug_restore() is to be called. */
int kmsg_debug_enable(struct kmsg_debug *debug, struct memhp_ctx *ctx);
void kmsg_debug_restore(struct kmsg_debug *debug);

#endif
