// SPDX-License-Identifier: GPL-2.0-or-later
/* What the mount does when it is asked: the operations of FUSE, on the folder behind it and on what is simulated. */
#define FUSE_USE_VERSION 312

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim.h"

/* As the kernel has it for all files of sysfs. Also, a write beyond the end would keep others from writing. */
#define SYSFS_FILE_SIZE 4096

static struct sim *get_sim(void)
{
	return fuse_get_context()->private_data;
}

static int get_backing(void)
{
	return get_sim()->backing_fd;
}

static struct sim_file *get_file(const struct fuse_file_info *fi)
{
	return (struct sim_file *)(uintptr_t)fi->fh;
}

/* A path as openat() wants it */
static const char *relative(const char *path)
{
	return path[1] ? path + 1 : ".";
}

static int result(int rc)
{
	return rc < 0 ? -errno : 0;
}

static bool is_interrupted(void)
{
	return fuse_interrupted() != 0;
}

static bool is_below(const char *path, const char *folder)
{
	return strncmp(path, folder, strlen(folder)) == 0;
}

/* Whether files come and go as they do on a disk: below /run, and in a folder that is mounted as it is. */
static bool is_disk(const char *path)
{
	return is_below(path, "/run/") || (get_sim()->plain && !is_below(path, "/sys/"));
}

/* What the kernel would say to this user; mask is that of access(2). */
static int check_access(const char *path, int mask)
{
	const struct fuse_context *caller = fuse_get_context();
	struct stat st;
	unsigned int bits;

	if (fstatat(get_backing(), relative(path), &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if ((mask & W_OK) && get_sim()->readonly && strncmp(path, "/sys/", 5) == 0)
		return -EROFS;
	if (caller->uid == 0 || S_ISLNK(st.st_mode))
		return 0;
	bits = st.st_mode >> (caller->uid == st.st_uid ? 6 : (caller->gid == st.st_gid ? 3 : 0));
	return (~bits & (unsigned int)mask & 7) ? -EACCES : 0;
}

/* sysfs keeps even root from what nobody may do. */
static int check_mode(const char *path, int mask)
{
	struct stat st;

	if (fstatat(get_backing(), relative(path), &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return ((mask & R_OK) && !(st.st_mode & 0444)) || ((mask & W_OK) && !(st.st_mode & 0222)) ? -EACCES : 0;
}

static void *do_init(struct fuse_conn_info *conn, struct fuse_config *config)
{
	/* Everything can change at any time. */
	config->entry_timeout = config->attr_timeout = config->negative_timeout = 0;
	config->hard_remove = 1;
	config->nullpath_ok = 1;
	conn->want &= ~(unsigned int)(FUSE_CAP_ATOMIC_O_TRUNC | FUSE_CAP_READDIRPLUS);
	return get_sim();
}

static int do_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	const struct sim_file *file = fi ? get_file(fi) : NULL;

	if (!path && !file)
		return -ENOENT;
	if (path ? fstatat(get_backing(), relative(path), st, AT_SYMLINK_NOFOLLOW) < 0 : fstat(file->fd, st) < 0)
		return -errno;
	path = path ? path + 1 : file->path;
	if (S_ISREG(st->st_mode) && (strncmp(path, "sys/", 4) == 0 || strncmp(path, "sim/", 4) == 0))
		st->st_size = SYSFS_FILE_SIZE;
	return 0;
}

static int do_access(const char *path, int mask)
{
	return check_access(path, mask);
}

static int do_readlink(const char *path, char *buf, size_t size)
{
	ssize_t n = readlinkat(get_backing(), relative(path), buf, size - 1);

	if (n < 0)
		return -errno;
	buf[n] = '\0';
	return 0;
}

static int do_opendir(const char *path, struct fuse_file_info *fi)
{
	int rc = check_access(path, R_OK);
	int fd = rc < 0 ? -1 : openat(get_backing(), relative(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (rc < 0)
		return rc;
	if (!dir)
		return -errno;
	fi->fh = (uintptr_t)dir;
	return 0;
}

static int do_readdir(const char *path, void *buf, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *fi,
		      enum fuse_readdir_flags flags)
{
	DIR *dir = (DIR *)(uintptr_t)fi->fh;
	struct dirent *entry;

	rewinddir(dir);
	while ((entry = readdir(dir))) {
		struct stat st = { .st_mode = DTTOIF(entry->d_type), .st_ino = entry->d_ino };

		fill(buf, entry->d_name, &st, 0, 0);
	}
	return 0;
}

static int do_releasedir(const char *path, struct fuse_file_info *fi)
{
	closedir((DIR *)(uintptr_t)fi->fh);
	return 0;
}

static int open_file(const char *path, struct fuse_file_info *fi, int flags, mode_t mode)
{
	struct sim *sim = get_sim();
	struct sim_file *file = calloc(1, sizeof(*file));

	if (!file)
		return -ENOMEM;
	file->path = strdup(path + 1);
	file->fd = file->path ? openat(get_backing(), relative(path), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode) : -1;
	if (file->fd < 0) {
		int error = errno;

		free(file->path);
		free(file);
		return -error;
	}
	sim_identify(sim, file->path, file);
	pthread_mutex_lock(&sim->mutex);
	file->next = sim->open_files;
	sim->open_files = file;
	pthread_mutex_unlock(&sim->mutex);
	fi->fh = (uintptr_t)file;
	fi->direct_io = 1;
#if FUSE_VERSION >= FUSE_MAKE_VERSION(3, 15)
	fi->parallel_direct_writes = 1;
#endif
	return 0;
}

static int do_open(const char *path, struct fuse_file_info *fi)
{
	int access = fi->flags & O_ACCMODE;
	int mask = (access != O_WRONLY ? R_OK : 0) | (access != O_RDONLY ? W_OK : 0);
	int rc = check_access(path, mask);

	if (rc == 0 && strncmp(path, "/sys/", 5) == 0)
		rc = check_mode(path, mask);
	return rc < 0 ? rc : open_file(path, fi, fi->flags & ~(O_CREAT | O_EXCL | O_TRUNC | O_APPEND), 0);
}

static int do_create(const char *path, mode_t mode, struct fuse_file_info *fi)
{
	if (!is_disk(path))
		return get_sim()->readonly ? -EROFS : -EACCES;
	return open_file(path, fi, (fi->flags & ~(O_TRUNC | O_APPEND)) | O_CREAT, mode);
}

static int do_read(const char *path, char *buf, size_t size, off_t offset, struct fuse_file_info *fi)
{
	return sim_file_read(get_sim(), get_file(fi), fuse_get_context()->pid, buf, size, offset);
}

static int do_write(const char *path, const char *buf, size_t size, off_t offset, struct fuse_file_info *fi)
{
	return sim_file_write(get_sim(), get_file(fi), fuse_get_context()->pid, is_interrupted, buf, size, offset);
}

/* To make a file of sysfs empty does nothing to it. */
static int do_truncate(const char *path, off_t size, struct fuse_file_info *fi)
{
	int fd, rc;

	if (path && !is_disk(path))
		return check_access(path, W_OK);
	if (fi)
		return result(path || is_below(get_file(fi)->path, "run/") ? ftruncate(get_file(fi)->fd, size) : 0);
	fd = openat(get_backing(), relative(path), O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = result(ftruncate(fd, size));
	close(fd);
	return rc;
}

static int do_unlink(const char *path)
{
	return is_disk(path) ? result(unlinkat(get_backing(), relative(path), 0)) : -EPERM;
}

static int do_mkdir(const char *path, mode_t mode)
{
	return is_disk(path) ? result(mkdirat(get_backing(), relative(path), mode)) : -EPERM;
}

static int do_rename(const char *from, const char *to, unsigned int flags)
{
	if (flags)
		return -EINVAL;
	return is_disk(from) && is_disk(to) ? result(renameat(get_backing(), relative(from), get_backing(), relative(to))) : -EPERM;
}

static int do_chmod(const char *path, mode_t mode, struct fuse_file_info *fi)
{
	return path && is_disk(path) ? result(fchmodat(get_backing(), relative(path), mode, 0)) : -EPERM;
}

void sim_close_file(struct sim *sim, struct sim_file *file)
{
	struct sim_file **link = &sim->open_files;

	pthread_mutex_lock(&sim->mutex);
	while (*link != file)
		link = &(*link)->next;
	*link = file->next;
	pthread_mutex_unlock(&sim->mutex);
	close(file->fd);
	free(file->text);
	free(file->path);
	free(file);
}

static int do_release(const char *path, struct fuse_file_info *fi)
{
	sim_close_file(get_sim(), get_file(fi));
	return 0;
}

const struct fuse_operations sim_operations = {
	.init = do_init,
	.getattr = do_getattr,
	.access = do_access,
	.readlink = do_readlink,
	.opendir = do_opendir,
	.readdir = do_readdir,
	.releasedir = do_releasedir,
	.open = do_open,
	.create = do_create,
	.read = do_read,
	.write = do_write,
	.truncate = do_truncate,
	.unlink = do_unlink,
	.mkdir = do_mkdir,
	.rename = do_rename,
	.chmod = do_chmod,
	.release = do_release,
};
