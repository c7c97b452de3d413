/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the kernel's log around a change. */
#include "read/kmsg.h"

#include <fcntl.h>

#include "ctx.h"
#include "read/files.h"
#include "read/kmsg-items.h"
#include "read/kmsg-parse.h"
#include "read/machine.h"
#include "util.h"

/* What one look at the log reads at most: somebody may write to it faster than it can be read. */
#define MAX_READS 65536

int memhp__kmsg_open(struct kmsg *kmsg, struct memhp_ctx *ctx)
{
	_cleanup_close_ int dirfd = memhp__file_open_dir(ctx, "dev");
	_cleanup_close_ int fd = dirfd < 0 ? dirfd : memhp__file_open_attr(ctx->ops, dirfd, "kmsg", O_RDONLY);

	*kmsg = (struct kmsg){ .fd = -1 };
	(void)memhp__machine_read_page_size(ctx, &kmsg->items.page_size);
	if (fd < 0)
		return fd;
	/* What was said before is not about this request. A terminal or a pipe in the log's place has no end. */
	if (lseek(fd, 0, SEEK_END) < 0)
		return -errno;
	kmsg->fd = take_fd(&fd);
	return 0;
}

void memhp__kmsg_close(struct kmsg *kmsg)
{
	if (kmsg->fd >= 0)
		close(kmsg->fd);
	memhp__kmsg_items_release(&kmsg->items);
}

/* Takes the lines that are complete; the device gives whole records, a file in its place whatever fits. */
static void take_lines(struct kmsg *kmsg)
{
	char *line = kmsg->buffer, *end;

	kmsg->buffer[kmsg->used] = '\0';
	while ((end = memchr(line, '\n', kmsg->used - (size_t)(line - kmsg->buffer)))) {
		*end = '\0';
		/* "\x20KEY=value" belongs to the record before. */
		if (!kmsg->skips && *line != ' ')
			memhp__kmsg_take_line(&kmsg->items, line);
		kmsg->skips = false;
		line = end + 1;
	}
	kmsg->used -= (size_t)(line - kmsg->buffer);
	memmove(kmsg->buffer, line, kmsg->used);
	if (kmsg->used == KMSG_BUFFER) {
		kmsg->skips = true;
		kmsg->used = 0;
	}
}

static void catch_up(struct kmsg *kmsg)
{
	for (unsigned int i = 0; i < MAX_READS; i++) {
		/* The device refuses to give a part of a record, so it is asked with an empty buffer. */
		ssize_t n = read(kmsg->fd, kmsg->buffer + kmsg->used, KMSG_BUFFER - kmsg->used);

		/* EPIPE: the kernel has overwritten what was to be read next, and goes on with the oldest that it has. */
		if (n < 0 && (errno == EINTR || errno == EPIPE))
			continue;
		if (n <= 0)
			return;
		kmsg->used += (size_t)n;
		take_lines(kmsg);
	}
}

struct kernel_note *memhp__kmsg_read_note(struct kmsg *kmsg, uint64_t first_addr, uint64_t last_addr, bool alone)
{
	if (kmsg->fd < 0)
		return NULL;
	catch_up(kmsg);
	return memhp__kmsg_take_note(&kmsg->items, first_addr, last_addr, alone);
}
