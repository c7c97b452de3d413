/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/whole-files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "ctx.h"
#include "read/files.h"
#include "read/root.h"
#include "util.h"

/* Files that are read whole: /proc/zoneinfo of a large machine has a few MiB. No more is read of what somebody makes longer. */
#define TEXT_MAX_MIB 64
#define TEXT_MAX     ((size_t)TEXT_MAX_MIB << 20)

static int read_all(int fd, char **text, size_t *length)
{
	_cleanup_free_ char *buf = NULL;
	size_t used = 0, allocated = 0;

	for (;;) {
		ssize_t n;

		if (used + 1 >= allocated) {
			size_t wanted = allocated ? allocated * 2 : 16384;
			char *grown = wanted > TEXT_MAX ? NULL : realloc(buf, wanted);

			if (!grown)
				return wanted > TEXT_MAX ? -EFBIG : -ENOMEM;
			buf = grown;
			allocated = wanted;
		}
		/* At an offset, which a FIFO or a terminal in the place of a file has not. */
		n = pread(fd, buf + used, allocated - used - 1, (off_t)used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += (size_t)n;
	}
	buf[used] = '\0';
	if (length)
		*length = used;
	*text = take_ptr(buf);
	return 0;
}

int memhp__file_read_bytes(const struct file_ops *ops, int dirfd, const char *path, char **bytes, size_t *length)
{
	_cleanup_close_ int fd = memhp__file_open_attr(ops, dirfd, path, O_RDONLY);

	return fd < 0 ? fd : read_all(fd, bytes, length);
}

int memhp__file_read_all(int dirfd, const char *path, char **text, size_t *length)
{
	return memhp__file_read_bytes(&memhp__file_ops_kernel, dirfd, path, text, length);
}

int memhp__file_note_length(struct memhp_ctx *ctx, const char *dir, const char *name, int rc)
{
	if (rc == -EFBIG)
		log_warning(ctx, "/%s%s%s is too long: no file of more than %d MiB is read", dir ? dir : "", dir ? "/" : "", name,
			    TEXT_MAX_MIB);
	return rc;
}

int memhp__file_read_text(struct memhp_ctx *ctx, const char *dir, const char *name, char **text)
{
	_cleanup_close_ int dirfd = memhp__file_open_dir(ctx, dir);
	_cleanup_free_ char *found = NULL;
	size_t length = 0;
	int rc = dirfd < 0 ? dirfd : memhp__file_read_all(dirfd, name, &found, &length);

	if (rc < 0)
		return memhp__file_note_length(ctx, dir, name, rc);
	if (strlen(found) != length)
		return -EBADMSG;
	*text = take_ptr(found);
	return 0;
}

static bool is_null_device(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

static int give_nothing(char **text, size_t *length)
{
	*length = 0;
	*text = calloc(1, 1);
	return *text ? 0 : -ENOMEM;
}

int memhp__file_read_conf(struct memhp_ctx *ctx, const char *path, char **text, size_t *length)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	int rc = memhp__root_stat(ctx->root_fd, path, O_NOFOLLOW, &st);

	if (rc == 0 && S_ISLNK(st.st_mode)) {
		/* A tree need not have the device. */
		rc = memhp__root_leads_to(ctx->root_fd, path, "dev/null");
		if (rc > 0)
			return give_nothing(text, length);
		if (rc == 0)
			rc = memhp__root_stat(ctx->root_fd, path, 0, &st);
		/* What a tree lacks was there on its machine. */
		if (rc == -ENOENT && ctx->sysroot)
			rc = -ENOLINK;
	}
	if (rc < 0)
		return rc;
	if (is_null_device(&st))
		return give_nothing(text, length);
	/* To open any other device may do something. */
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EBADMSG;
	fd = memhp__root_open(ctx->root_fd, path, O_RDONLY);
	return fd < 0 ? fd : read_all(fd, text, length);
}
