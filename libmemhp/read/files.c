/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/files.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "ctx.h"
#include "read/root.h"
#include "util.h"

#ifndef FUSE_SUPER_MAGIC
#define FUSE_SUPER_MAGIC 0x65735546
#endif
#ifndef RESOLVE_NO_SYMLINKS
#define RESOLVE_NO_SYMLINKS 0x04
#endif

/* The inode of the initial user namespace, the same in all kernels: PROC_USER_INIT_INO */
#define INITIAL_USER_NAMESPACE 0xEFFFFFFD

static ssize_t kernel_read(int fd, const char *path __attribute__((unused)), void *buf, size_t size, off_t offset)
{
	return pread(fd, buf, size, offset);
}

static ssize_t kernel_write(int fd, const char *path __attribute__((unused)), const void *buf, size_t size)
{
	return write(fd, buf, size);
}

const struct file_ops memhp__file_ops_kernel = { .read = kernel_read, .write = kernel_write };
const struct file_ops memhp__file_ops_tree = { .contained = true, .read = kernel_read, .write = kernel_write };

void memhp__file_block_path(char path[SYSFS_PATH_MAX], uint64_t block_id, const char *file)
{
	char digits[20];
	size_t n = 0;

	path = stpcpy(path, "memory");
	do
		digits[n++] = (char)('0' + block_id % 10);
	while ((block_id /= 10));
	while (n)
		*path++ = digits[--n];
	*path = '\0';
	if (file)
		stpcpy(stpcpy(path, "/"), file);
}

static int open_subdir(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int memhp__file_open_root(const char *path)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int memhp__file_open_dir(struct memhp_ctx *ctx, const char *path)
{
	bool is_elsewhere = ctx->sysfs_fd >= 0 && strncmp(path, "sys/", 4) == 0;
	int base = is_elsewhere ? ctx->sysfs_fd : ctx->root_fd;
	_cleanup_close_ int fd = -1;

	if (is_elsewhere)
		path += strlen("sys/");
	/* One step at a time: a symbolic link in a tree must not lead out of it. */
	while (*(path += strspn(path, "/"))) {
		size_t length = strcspn(path, "/");
		char part[NAME_MAX + 1];
		int next;

		if (length >= sizeof(part))
			return -ENAMETOOLONG;
		memcpy(part, path, length);
		part[length] = '\0';
		path += length;
		next = open_subdir(fd < 0 ? base : fd, part);
		if (next < 0)
			return next;
		closep(&fd);
		fd = next;
	}
	return take_fd(&fd);
}

int memhp__file_open_device(struct memhp_ctx *ctx, const char *bus, const char *name)
{
	_cleanup_close_ int busfd = memhp__file_open_dir(ctx, bus);
	char target[SYSFS_LINK_MAX], path[SYSFS_LINK_MAX + sizeof("sys/")];
	const char *rest = target;
	int rc = busfd < 0 ? busfd : memhp__file_read_link(ctx->ops, busfd, name, target, sizeof(target));

	/* A copied tree may have a directory instead. */
	if (busfd >= 0 && rc == -ENOENT)
		return open_subdir(busfd, name);
	if (rc < 0)
		return rc;
	while (strncmp(rest, "../", 3) == 0)
		rest += 3;
	if (strncmp(rest, "devices/", strlen("devices/")) != 0 || strstr(rest, "/../"))
		return -EBADMSG;
	snprintf(path, sizeof(path), "sys/%s", rest);
	return memhp__file_open_dir(ctx, path);
}

int memhp__file_has_host_network(struct memhp_ctx *ctx)
{
	_cleanup_close_ int fd = openat(ctx->root_fd, "proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	_cleanup_close_ int owner = fd < 0 ? -1 : ioctl(fd, NS_GET_USERNS);
	struct stat st;

	if (owner < 0 || fstat(owner, &st) < 0)
		return -errno;
	return st.st_ino == INITIAL_USER_NAMESPACE;
}

int memhp__file_open_memory(struct memhp_ctx *ctx)
{
	int fd = memhp__file_open_dir(ctx, SYSFS_MEMORY);

	return fd == -ENOENT ? -ENODEV : fd;
}

int memhp__file_list(int dirfd, const char *path, DIR **dir)
{
	int fd = open_subdir(dirfd, path);

	if (fd < 0)
		return fd;
	*dir = fdopendir(fd);
	if (!*dir) {
		close(fd);
		return -ENOMEM;
	}
	return 0;
}

struct dirent *memhp__file_next(DIR *dir, int *rc)
{
	struct dirent *entry;

	if (*rc < 0)
		return NULL;
	errno = 0;
	entry = readdir(dir);
	if (!entry && errno)
		*rc = -errno;
	return entry;
}

int memhp__file_has(int dirfd, const char *path)
{
	if (faccessat(dirfd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return 1;
	return errno == ENOENT ? 0 : -errno;
}

int memhp__file_has_dir(struct memhp_ctx *ctx, const char *path)
{
	_cleanup_close_ int fd = memhp__file_open_dir(ctx, path);

	return fd >= 0 ? 1 : fd == -ENOENT ? 0 : fd;
}

int memhp__file_check_kernel(const struct file_ops *ops, int dirfd)
{
	struct statfs fs;

	if (ops->stores_anywhere)
		return 0;
	if (fstatfs(dirfd, &fs) < 0)
		return -errno;
	return fs.f_type == SYSFS_MAGIC || fs.f_type == FUSE_SUPER_MAGIC ? 0 : -EMEDIUMTYPE;
}

int memhp__file_check_writable(int dirfd, const char *path)
{
	struct stat st;

	/* Without faccessat2(2), before Linux 5.8, AT_SYMLINK_NOFOLLOW has libc guess by the mode, which for root is always yes. */
	if (fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode))
		return -ELOOP;
	return faccessat(dirfd, path, W_OK, AT_EACCESS) < 0 ? -errno : 0;
}

/* What openat2() does without links, before Linux 5.6 and for "memory123/state": the directory first. */
static int open_by_steps(int dirfd, const char *path, int flags)
{
	char dir[NAME_MAX + 1];
	const char *file = strchr(path, '/');
	int subdir, fd;

	if (!file)
		return openat(dirfd, path, flags);
	if ((size_t)(file - path) >= sizeof(dir))
		return errno = ENAMETOOLONG, -1;
	memcpy(dir, path, (size_t)(file - path));
	dir[file - path] = '\0';
	subdir = open_subdir(dirfd, dir);
	if (subdir < 0)
		return errno = -subdir, -1;
	fd = openat(subdir, file + 1, flags);
	close(subdir);
	return fd;
}

static int open_contained(int dirfd, const char *path, int flags)
{
	int fd = memhp__openat2(dirfd, path, flags, RESOLVE_NO_SYMLINKS);

	/* A container may answer EPERM for a call that it does not know. */
	return fd < 0 && (errno == ENOSYS || errno == EPERM) ? open_by_steps(dirfd, path, flags) : fd;
}

int memhp__file_open_attr(const struct file_ops *ops, int dirfd, const char *path, int flags)
{
	int fd;

	flags |= O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	fd = ops->contained ? open_contained(dirfd, path, flags) : openat(dirfd, path, flags);
	return fd < 0 ? -errno : fd;
}

int memhp__file_read_link(const struct file_ops *ops, int dirfd, const char *path, char *target, size_t size)
{
	_cleanup_close_ int fd = -1;
	ssize_t length;

	/* In a tree the way to the link is no less suspicious than the way to a file. */
	if (ops->contained) {
		fd = open_contained(dirfd, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return -errno;
		length = readlinkat(fd, "", target, size);
	} else {
		length = readlinkat(dirfd, path, target, size);
	}
	if (length < 0)
		return errno == EINVAL ? -ENOENT : -errno; /* something else than a link */
	if ((size_t)length == size || memchr(target, '\0', (size_t)length))
		return -EBADMSG;
	target[length] = '\0';
	return 0;
}

int memhp__file_open_lock(int dirfd, const char *name)
{
	_cleanup_close_ int fd = openat(dirfd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	/* Another file, by whatever name it got here, is somebody else's to lock. */
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1 || (st.st_uid != 0 && st.st_uid != geteuid()))
		return -EBADMSG;
	return take_fd(&fd);
}

void memhp__file_sign_lock(int fd)
{
	struct flock claim = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	(void)fcntl(fd, F_SETLK, &claim);
}

pid_t memhp__file_get_lock_signer(int fd)
{
	struct flock claim = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_GETLK, &claim) == 0 && claim.l_type != F_UNLCK && claim.l_pid > 0 ? claim.l_pid : 0;
}

int memhp__file_read_fd(const struct file_ops *ops, int fd, const char *path, char *text, size_t size)
{
	size_t used = 0;

	/* A value ends with its newline: a second read, only to see the end of the file, would cost a system call a block. */
	while (used < size) {
		ssize_t n = ops->read(fd, path, text + used, size - used, (off_t)used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		used += (size_t)n;
		if (n == 0 || text[used - 1] == '\n')
			break;
	}
	if (used == size || memchr(text, '\0', used))
		return -EBADMSG;
	if (used > 0 && text[used - 1] == '\n')
		used--;
	text[used] = '\0';
	return 0;
}

int memhp__file_read(const struct file_ops *ops, int dirfd, const char *path, char *text, size_t size)
{
	int fd = memhp__file_open_attr(ops, dirfd, path, O_RDONLY);
	int rc;

	if (fd < 0)
		return fd;
	rc = memhp__file_read_fd(ops, fd, path, text, size);
	close(fd);
	return rc;
}

ssize_t memhp__file_read_at(const struct file_ops *ops, int fd, const char *path, void *buf, size_t size, off_t offset)
{
	size_t used = 0;

	while (used < size) {
		ssize_t n = ops->read(fd, path, (char *)buf + used, size - used, offset + (off_t)used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += (size_t)n;
	}
	return (ssize_t)used;
}

int memhp__file_store_fd(const struct file_ops *ops, int fd, const char *path, const char *word)
{
	size_t length = strlen(word);
	ssize_t n = ops->write(fd, path, word, length);

	if (n < 0)
		return -errno;
	return (size_t)n == length ? 0 : -EIO;
}

bool memhp__file_is_read_only(int dirfd, const char *path)
{
	struct stat st;

	return fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && !(st.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH));
}

int memhp__file_store(const struct file_ops *ops, int dirfd, const char *path, const char *word)
{
	/* To the kernel the truncation means nothing; in a tree of files it makes the word all that there is. */
	_cleanup_close_ int fd = memhp__file_open_attr(ops, dirfd, path, O_WRONLY | O_TRUNC);

	return fd < 0 ? fd : memhp__file_store_fd(ops, fd, path, word);
}

int memhp__file_check_cancel_fd(int fd)
{
	return fd >= 0 && fcntl(fd, F_GETFD) < 0 ? -errno : 0;
}

bool memhp__file_is_readable(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return poll(&pfd, 1, 0) > 0;
}

int memhp__file_check_limits(int cancel_fd, int64_t deadline_ms)
{
	if (memhp__file_is_readable(cancel_fd))
		return -ECANCELED;
	return deadline_ms != INT64_MAX && now_ms() >= deadline_ms ? -ETIMEDOUT : 0;
}
