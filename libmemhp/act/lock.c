/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two requests at once would get in each other's way: who changes blocks may take this lock before. */
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>

#include "ctx.h"
#include "object.h"
#include "read/files.h"
#include "read/root.h"
#include "util.h"

#define LOCK_DIR  "run"
#define LOCK_NAME "memctl.lock"

/* Nobody tells when the lock is free: it is tried again so often. */
#define POLL_MS 100

struct memhp_lock {
	int fd;
};

MEMHP_EXPORT void memhp_lock_free(struct memhp_lock *lock)
{
	if (!lock)
		return;
	close(lock->fd);
	free(lock);
}

static int take(int fd, uint64_t timeout_ms, int cancel_fd)
{
	int64_t started = now_ms();

	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		struct pollfd pfd = { .fd = cancel_fd, .events = POLLIN };
		uint64_t waited = (uint64_t)(now_ms() - started);

		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		if (waited >= timeout_ms)
			return -ETIMEDOUT;
		if (poll(&pfd, 1, timeout_ms - waited < POLL_MS ? (int)(timeout_ms - waited) : POLL_MS) > 0)
			return -ECANCELED;
	}
	return 0;
}

MEMHP_EXPORT int memhp_lock_new(struct memhp_lock **lock, struct memhp_ctx *ctx, uint64_t timeout_ms)
{
	_cleanup_close_ int dirfd = -1, fd = -1;
	struct memhp_lock *new;
	/* Before anything is opened, for that would take the number of one that is closed. */
	int rc = memhp__file_check_cancel_fd(ctx->cancel_fd);

	if (rc < 0)
		return rc;
	dirfd = memhp__root_open(ctx->root_fd, LOCK_DIR, O_RDONLY | O_DIRECTORY);
	fd = dirfd < 0 ? dirfd : memhp__file_open_lock(dirfd, LOCK_NAME);
	if (fd < 0)
		return fd;
	rc = take(fd, timeout_ms, ctx->cancel_fd);
	if (rc < 0)
		return rc;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	memhp__file_sign_lock(fd);
	new->fd = take_fd(&fd);
	*lock = new;
	return 0;
}

MEMHP_EXPORT pid_t memhp_ctx_get_lock_holder(struct memhp_ctx *ctx)
{
	_cleanup_close_ int dirfd = memhp__root_open(ctx->root_fd, LOCK_DIR, O_RDONLY | O_DIRECTORY);
	_cleanup_close_ int fd = dirfd < 0 ? dirfd : memhp__file_open_attr(&memhp__file_ops_kernel, dirfd, LOCK_NAME, O_RDONLY);

	return fd < 0 ? 0 : memhp__file_get_lock_signer(fd);
}
