/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who else changes memory: a block that is going offline, and the process that has its file open. */
#include "read/writers.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "ctx.h"
#include "object.h"
#include "read/block.h"
#include "read/files.h"
#include "read/parse.h"
#include "read/snapshot.h"
#include "util.h"

int memhp__find_going_offline(struct memhp_ctx *ctx, uint64_t except, uint64_t *block_id)
{
	struct memhp_snapshot *snapshot;
	int rc = memhp_snapshot_new(&snapshot, ctx, MEMHP_ATTR_STATE);

	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < snapshot->num_blocks; i++) {
		const struct memhp_block *block = &snapshot->blocks[i];

		if (block->state != MEMHP_STATE_GOING_OFFLINE || block->id == except)
			continue;
		*block_id = block->id;
		rc = 1;
	}
	memhp_snapshot_unref(snapshot);
	return rc;
}

/* Whether a path is that of a block's state, by its end; of any block's for NULL */
static bool is_state_file(const char *path, const char *end)
{
	static const char name[] = "/state";
	const char *folder = strstr(path, "/devices/system/memory/memory");
	size_t length = strlen(path);

	if (!end)
		return folder && length > strlen(name) && strcmp(path + length - strlen(name), name) == 0;
	return length > strlen(end) && strcmp(path + length - strlen(end), end) == 0;
}

/* Whether a process has such a file open; what may not be looked at has not. */
static bool has_open(struct memhp_ctx *ctx, int proc_fd, uint64_t pid, const char *end)
{
	char path[48], target[SYSFS_LINK_MAX];
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *item;
	int rc;

	snprintf(path, sizeof(path), "%llu/fd", (unsigned long long)pid);
	rc = memhp__file_list(proc_fd, path, &dir);
	while (rc == 0 && (item = memhp__file_next(dir, &rc))) {
		snprintf(path, sizeof(path), "%llu/fd/%.20s", (unsigned long long)pid, item->d_name);
		if (memhp__file_read_link(ctx->ops, proc_fd, path, target, sizeof(target)) < 0)
			continue;
		if (is_state_file(target, end))
			return true;
	}
	return false;
}

MEMHP_EXPORT pid_t memhp_ctx_find_writer(struct memhp_ctx *ctx, uint64_t block_id)
{
	_cleanup_close_ int proc_fd = memhp__file_open_dir(ctx, "proc");
	_cleanup_closedir_ DIR *dir = NULL;
	char end[64];
	struct dirent *item;
	int rc = proc_fd < 0 ? proc_fd : memhp__file_list(proc_fd, ".", &dir);

	snprintf(end, sizeof(end), "/devices/system/memory/memory%llu/state", (unsigned long long)block_id);
	while (rc == 0 && (item = memhp__file_next(dir, &rc))) {
		uint64_t pid;

		if (memhp__parse_numbered_name(item->d_name, "", &pid) && pid > 0 && pid <= INT_MAX && pid != (uint64_t)getpid() &&
		    has_open(ctx, proc_fd, pid, block_id == UINT64_MAX ? NULL : end))
			return (pid_t)pid;
	}
	return 0;
}

int64_t memhp__writer_get_age_ms(struct memhp_ctx *ctx, pid_t pid)
{
	_cleanup_close_ int proc_fd = memhp__file_open_dir(ctx, "proc");
	char path[32], stat[1024], uptime[SYSFS_ATTR_MAX];
	uint64_t now_ms, start_ms;

	snprintf(path, sizeof(path), "%d/stat", (int)pid);
	if (proc_fd < 0 || memhp__file_read(ctx->ops, proc_fd, path, stat, sizeof(stat)) < 0 ||
	    memhp__file_read(ctx->ops, proc_fd, "uptime", uptime, sizeof(uptime)) < 0)
		return -1;
	if (memhp__parse_start_time(stat, &start_ms) < 0 || memhp__parse_uptime(uptime, &now_ms) < 0 || start_ms > now_ms)
		return -1;
	return (int64_t)(now_ms - start_ms);
}
