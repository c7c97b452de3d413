/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the kernel's log around a change, and has the kernel say more while it lasts. */
#include "kmsg.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>

/* What one look at the log reads at most: somebody may write to it faster than it can be read. */
#define MAX_READS 65536

#define CONTROL "control"

int kmsg_open(struct kmsg *kmsg, struct memhp_ctx *ctx)
{
	_cleanup_close_ int dirfd = sysfs_open_dir(ctx, "dev");
	_cleanup_close_ int fd = dirfd < 0 ? dirfd : sysfs_open_attr(ctx->ops, dirfd, "kmsg", O_RDONLY);

	*kmsg = (struct kmsg){ .fd = -1, .items.page_size = (uint64_t)sysconf(_SC_PAGESIZE) };
	if (fd < 0)
		return fd;
	/* What was said before is not about this request. A terminal or a pipe in the log's place has no end. */
	if (lseek(fd, 0, SEEK_END) < 0)
		return -errno;
	kmsg->fd = take_fd(&fd);
	return 0;
}

void kmsg_close(struct kmsg *kmsg)
{
	if (kmsg->fd >= 0)
		close(kmsg->fd);
	kmsg_items_release(&kmsg->items);
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
			kmsg_take_line(&kmsg->items, line);
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

void kmsg_explain(struct kmsg *kmsg, struct memhp_step *step, bool alone)
{
	if (kmsg->fd < 0)
		return;
	catch_up(kmsg);
	outcome_take_note(step, kmsg_take_note(&kmsg->items, step->start_addr, step->last_addr, alone));
}

/* mm/memory_hotplug.c:1965 [memory_hotplug]offline_pages =_ "memory offlining [mem %#010llx-%#010llx] failed due to %s\n" */
bool kmsg_parse_control(const char *line, unsigned long *number)
{
	const char *file = strstr(line, "mm/memory_hotplug.c:"), *blank = strchr(line, ' '), *flags = strstr(line, " =");
	unsigned long value;
	char *end;

	if (!file || !blank || file > blank || (file > line && file[-1] != '/') || !flags)
		return false;
	file += strlen("mm/memory_hotplug.c:");
	flags += strlen(" =");
	errno = 0;
	value = strtoul(file, &end, 10);
	if (!isdigit((unsigned char)*file) || *end != ' ' || errno)
		return false;
	for (; *flags && *flags != ' '; flags++)
		if (*flags == 'p')
			return false;
	*number = value;
	return true;
}

/* "file mm/memory_hotplug.c +p", and "... line 1965 -p": the kernel adds and takes away the flag, and leaves the others alone. */
static int store_query(const struct kmsg_debug *debug, const char *query)
{
	_cleanup_close_ int fd = sysfs_open_attr(debug->ctx->ops, debug->dirfd, CONTROL, O_WRONLY);

	return fd < 0 ? fd : sysfs_store_fd(debug->ctx->ops, fd, CONTROL, query);
}

/* Notes which messages are off. -EOPNOTSUPP when the kernel has none at all. */
static int find_messages(struct kmsg_debug *debug)
{
	_cleanup_free_ char *text = NULL;
	int rc = sysfs_read_file(debug->dirfd, CONTROL, &text, NULL);
	char *save = NULL;

	if (rc < 0)
		return rc;
	if (!strstr(text, "mm/memory_hotplug.c:"))
		return -EOPNOTSUPP;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		unsigned long number;

		if (!kmsg_parse_control(line, &number))
			continue;
		if (!ARRAY_RESERVE(debug->lines, debug->num, debug->allocated))
			return -ENOMEM;
		debug->lines[debug->num++] = number;
	}
	return 0;
}

int kmsg_debug_enable(struct kmsg_debug *debug, struct memhp_ctx *ctx)
{
	int rc;

	*debug = (struct kmsg_debug){ .ctx = ctx, .dirfd = sysfs_open_dir(ctx, "proc/dynamic_debug") };
	if (debug->dirfd < 0)
		debug->dirfd = sysfs_open_dir(ctx, "sys/kernel/debug/dynamic_debug");
	if (debug->dirfd < 0)
		return debug->dirfd;
	rc = find_messages(debug);
	if (rc == 0 && debug->num)
		rc = store_query(debug, "file mm/memory_hotplug.c +p");
	if (rc < 0)
		debug->num = 0;
	return rc;
}

void kmsg_debug_restore(struct kmsg_debug *debug)
{
	for (size_t i = 0; i < debug->num; i++) {
		char query[80];
		int rc;

		snprintf(query, sizeof(query), "file mm/memory_hotplug.c line %lu -p", debug->lines[i]);
		rc = store_query(debug, query);
		if (rc < 0)
			log_warning(debug->ctx, "a debug message of the kernel stays switched on: %s: %s", query, strerror(-rc));
	}
	if (debug->dirfd >= 0)
		close(debug->dirfd);
	free(debug->lines);
}
