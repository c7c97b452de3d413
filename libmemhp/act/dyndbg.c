/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Has the kernel say more about memory hotplug while a request lasts: dynamic debug. */
#include "act/dyndbg.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>

#include "ctx.h"
#include "read/files.h"
#include "read/whole-files.h"
#include "util.h"

#define CONTROL "control"

/* mm/memory_hotplug.c:1965 [memory_hotplug]offline_pages =_ "memory offlining [mem %#010llx-%#010llx] failed due to %s\n" */
bool memhp__dyndbg_parse_control(const char *line, unsigned long *number)
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
static int store_query(const struct dyndbg *dyndbg, const char *query)
{
	_cleanup_close_ int fd = memhp__file_open_attr(dyndbg->ctx->ops, dyndbg->dirfd, CONTROL, O_WRONLY);

	return fd < 0 ? fd : memhp__file_store_fd(dyndbg->ctx->ops, fd, CONTROL, query);
}

/* Notes which messages are off. -EOPNOTSUPP when the kernel has none at all. */
static int find_messages(struct dyndbg *dyndbg)
{
	_cleanup_free_ char *text = NULL;
	int rc = memhp__file_read_all(dyndbg->dirfd, CONTROL, &text, NULL);
	char *save = NULL;

	if (rc < 0)
		return rc;
	if (!strstr(text, "mm/memory_hotplug.c:"))
		return -EOPNOTSUPP;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		unsigned long number;

		if (!memhp__dyndbg_parse_control(line, &number))
			continue;
		if (!ARRAY_RESERVE(dyndbg->lines, dyndbg->num, dyndbg->allocated))
			return -ENOMEM;
		dyndbg->lines[dyndbg->num++] = number;
	}
	return 0;
}

int memhp__dyndbg_enable(struct dyndbg *dyndbg, struct memhp_ctx *ctx)
{
	int rc;

	*dyndbg = (struct dyndbg){ .ctx = ctx, .dirfd = memhp__file_open_dir(ctx, "proc/dynamic_debug") };
	if (dyndbg->dirfd < 0)
		dyndbg->dirfd = memhp__file_open_dir(ctx, "sys/kernel/debug/dynamic_debug");
	if (dyndbg->dirfd < 0)
		return dyndbg->dirfd;
	rc = find_messages(dyndbg);
	if (rc == 0 && dyndbg->num)
		rc = store_query(dyndbg, "file mm/memory_hotplug.c +p");
	if (rc < 0)
		dyndbg->num = 0;
	return rc;
}

void memhp__dyndbg_restore(struct dyndbg *dyndbg)
{
	for (size_t i = 0; i < dyndbg->num; i++) {
		char query[80];
		int rc;

		snprintf(query, sizeof(query), "file mm/memory_hotplug.c line %lu -p", dyndbg->lines[i]);
		rc = store_query(dyndbg, query);
		if (rc < 0)
			log_warning(dyndbg->ctx, "a debug message of the kernel stays switched on: %s: %s", query, strerror(-rc));
	}
	if (dyndbg->dirfd >= 0)
		close(dyndbg->dirfd);
	free(dyndbg->lines);
}
