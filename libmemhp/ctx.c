/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctx.h"

#include <fcntl.h>

#include "object.h"
#include "read/files.h"
#include "read/root.h"
#include "util.h"

MEMHP_EXPORT const char *memhp_version(void)
{
	return PACKAGE_VERSION;
}

MEMHP_EXPORT int memhp_ctx_new(struct memhp_ctx **ctx, const char *sysroot)
{
	struct memhp_ctx *new;
	int fd;

	if (sysroot && !*sysroot)
		return -EINVAL;
	fd = memhp__file_open_root(sysroot ? sysroot : "/");
	if (fd < 0)
		return fd;
	new = calloc(1, sizeof(*new));
	if (!new) {
		close(fd);
		return -ENOMEM;
	}
	new->refs = 1;
	new->num_threads = 1;
	new->cancel_fd = -1;
	new->ops = sysroot ? &memhp__file_ops_tree : &memhp__file_ops_kernel;
	new->root_fd = fd;
	new->sysfs_fd = -1;
	if (sysroot)
		new->sysroot = strdup(sysroot);
	if (sysroot && !new->sysroot) {
		memhp_ctx_unref(new);
		return -ENOMEM;
	}
	*ctx = new;
	return 0;
}

int memhp__ctx_reserve_stuck(struct memhp_ctx *ctx)
{
	return ARRAY_RESERVE(ctx->stuck, ctx->num_stuck, ctx->allocated_stuck) ? 0 : -ENOMEM;
}

void memhp__ctx_keep_stuck(struct memhp_ctx *ctx, struct process process)
{
	ctx->stuck[ctx->num_stuck++] = process;
}

void memhp__ctx_reap_stuck(struct memhp_ctx *ctx)
{
	size_t left = 0;

	for (size_t i = 0; i < ctx->num_stuck; i++) {
		if (memhp__process_reap(&ctx->stuck[i]))
			closep(&ctx->stuck[i].pidfd);
		else
			ctx->stuck[left++] = ctx->stuck[i];
	}
	ctx->num_stuck = left;
}

static void ctx_free(struct memhp_ctx *ctx)
{
	memhp__ctx_reap_stuck(ctx);
	for (size_t i = 0; i < ctx->num_stuck; i++)
		closep(&ctx->stuck[i].pidfd);
	free(ctx->stuck);
	free(ctx->sysroot);
	closep(&ctx->root_fd);
	closep(&ctx->sysfs_fd);
	free(ctx);
}

DEFINE_REF_UNREF(ctx)

MEMHP_EXPORT const char *memhp_ctx_get_sysroot(const struct memhp_ctx *ctx)
{
	return ctx->sysroot;
}

MEMHP_EXPORT int memhp_ctx_open(struct memhp_ctx *ctx, const char *path, int flags)
{
	if (flags & ~(O_PATH | O_DIRECTORY | O_NOFOLLOW))
		return -EINVAL;
	return memhp__root_open(ctx->root_fd, path, flags);
}

MEMHP_EXPORT int memhp_ctx_set_sysfs(struct memhp_ctx *ctx, const char *path)
{
	int fd;

	if (ctx->sysroot || path[0] != '/')
		return -EINVAL;
	fd = memhp__file_open_root(path);
	if (fd < 0)
		return fd;
	closep(&ctx->sysfs_fd);
	ctx->sysfs_fd = fd;
	return 0;
}

MEMHP_EXPORT void memhp_ctx_set_log(struct memhp_ctx *ctx, memhp_log_fn log, void *userdata, int level)
{
	ctx->log = log;
	ctx->log_userdata = userdata;
	ctx->log_level = level;
}

MEMHP_EXPORT void memhp_ctx_set_pages_progress(struct memhp_ctx *ctx, memhp_pages_progress_fn progress, void *userdata)
{
	ctx->pages_progress = progress;
	ctx->pages_userdata = userdata;
}

MEMHP_EXPORT int memhp_ctx_set_cancel_fd(struct memhp_ctx *ctx, int cancel_fd)
{
	int rc = memhp__file_check_cancel_fd(cancel_fd);

	if (rc == 0)
		ctx->cancel_fd = cancel_fd;
	return rc;
}

MEMHP_EXPORT int memhp_ctx_set_threads(struct memhp_ctx *ctx, unsigned int num_threads)
{
	if (num_threads == 0 || num_threads > MAX_THREADS)
		return -EINVAL;
	ctx->num_threads = num_threads;
	return 0;
}

void memhp__ctx_log(const struct memhp_ctx *ctx, int level, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	ctx->log(ctx->log_userdata, level, format, args);
	va_end(args);
}
