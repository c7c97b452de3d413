/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The only file input and output of the library: directories below the sysroot, attributes relative to them. */
#ifndef MEMHP_FILES_H
#define MEMHP_FILES_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct memhp_ctx;

/* sysfs gives at most a page for an attribute; this is room for the longest that the library reads. */
#define SYSFS_ATTR_MAX 256

/* Room for what a symbolic link says */
#define SYSFS_LINK_MAX 512

/* "memory123/FILE", or "memory123" for a NULL file. Async-signal-safe, and quicker than snprintf(). */
#define SYSFS_PATH_MAX sizeof("memory18446744073709551615/memmap_on_memory")
void memhp__file_block_path(char path[SYSFS_PATH_MAX], uint64_t block_id, const char *file);

/* Where tests put faults: an attribute's bytes on their way in and out. `path` is relative, such as "memory32/state". */
struct file_ops {
	bool contained; /* a tree of files, whose symbolic links must not lead out of it */
	ssize_t (*read)(int fd, const char *path, void *buf, size_t size, off_t offset);
	ssize_t (*write)(int fd, const char *path, const void *buf, size_t size);
	bool stores_anywhere; /* the kernel behind the files is made up, so that they need not be sysfs */
};

extern const struct file_ops memhp__file_ops_kernel, memhp__file_ops_tree;

#define SYSFS_MEMORY   "sys/devices/system/memory"
#define SYSFS_NODE     "sys/devices/system/node"
#define SYSFS_FIRMWARE "sys/firmware/memory"
#define SYSFS_MODULE   "sys/module/memory_hotplug/parameters"
#define SYSFS_ACPI     "sys/bus/acpi/devices"
#define SYSFS_DAX      "sys/bus/dax/devices"
#define SYSFS_KMEM     "sys/bus/dax/drivers/kmem"

/* Opens the directory that is the root of everything below it. Returns a descriptor, which is good for that alone. */
int memhp__file_open_root(const char *path);

/*
 * Opens a directory; `path` is relative to the root, such as "proc", and no part of it may be a symbolic link. Returns a
 * descriptor.
 */
int memhp__file_open_dir(struct memhp_ctx *ctx, const char *path);

/*
 * Opens the directory of a device, by its name in a bus's directory such as SYSFS_ACPI. The link there is read, not followed: it
 * must lead to sys/devices. Returns a descriptor, or -ENOENT when there is no such device.
 */
int memhp__file_open_device(struct memhp_ctx *ctx, const char *bus, const char *name);

/*
 * Whether the network namespace of this thread belongs to the initial user namespace: the kernel tells no other one what becomes of
 * devices. Returns 1, 0, or -errno when that is not known.
 */
int memhp__file_has_host_network(struct memhp_ctx *ctx);

/* The directory of the memory blocks; -ENODEV when there is none. */
int memhp__file_open_memory(struct memhp_ctx *ctx);

/* Lists a directory that memhp__file_open_dir() opened below another; the descriptor stays the caller's. */
int memhp__file_list(int dirfd, const char *path, DIR **dir);

/*
 * The next entry; NULL at the end, or when `*rc` is negative, as it becomes when the directory cannot be read any further: that is
 * not the end.
 */
struct dirent *memhp__file_next(DIR *dir, int *rc);

/* Whether it is there: 1, 0, or -errno when that is not known */
int memhp__file_has(int dirfd, const char *path);

/* Whether a directory is there; `path` as for memhp__file_open_dir(): 1, 0, or -errno */
int memhp__file_has_dir(struct memhp_ctx *ctx, const char *path);

/*
 * What a symbolic link such as "memory32/firmware_node" says; it is never followed. Returns 0, -ENOENT when there is no link,
 * -EBADMSG when it says more than fits, or another errno of openat(2) or readlink(2).
 */
int memhp__file_read_link(const struct file_ops *ops, int dirfd, const char *path, char *target, size_t size);

/* 0, also for -1, that is none; -EBADF for a descriptor that is not open, which would never become readable */
int memhp__file_check_cancel_fd(int fd);

/* Whether a descriptor is readable now; false for -1 */
bool memhp__file_is_readable(int fd);

/* Whether what takes its time has to end: -ECANCELED, -ETIMEDOUT for a deadline as deadline_ms() has it, or 0 */
int memhp__file_check_limits(int cancel_fd, int64_t deadline_ms);

/*
 * Opens a file to lock, made for its owner alone where it is not there yet. Returns a descriptor, or -EBADMSG for what is no plain
 * file, has a second name, or belongs to somebody else than root and the caller.
 */
int memhp__file_open_lock(int dirfd, const char *name);

/*
 * Who holds a lock, for the message that another one gives, from the kernel: a process id in the file would stay there when its
 * holder has gone, or when the next one cannot write. A record lock beside that of flock(2) tells, and ends with its process. The
 * calling process does not see its own, and loses it when it closes the file elsewhere: then nobody is named. 0 is nobody, or a
 * process that is not seen from here.
 */
void memhp__file_sign_lock(int fd);
pid_t memhp__file_get_lock_signer(int fd);

/*
 * Whether stores are for a kernel: on sysfs, or on FUSE, by which one is simulated. Files of anything else are a copy, which a
 * store would spoil: -EMEDIUMTYPE. Returns 0, or -errno.
 */
int memhp__file_check_kernel(const struct file_ops *ops, int dirfd);

/* 0 when the attribute may be written by this process, else -EACCES, -EROFS, -ENOENT ... */
int memhp__file_check_writable(int dirfd, const char *path);

/* Whether its mode lets nobody write, not even root */
bool memhp__file_is_read_only(int dirfd, const char *path);

/* Opens an attribute so that nothing found in its place (a FIFO, a symbolic link, a terminal) can harm or hang the caller. */
int memhp__file_open_attr(const struct file_ops *ops, int dirfd, const char *path, int flags);

/*
 * Reads an open attribute from its beginning as text without its final newline. Returns 0, -EBADMSG for NUL bytes inside or
 * more than fits, or the errno of read(2). Async-signal-safe.
 */
int memhp__file_read_fd(const struct file_ops *ops, int fd, const char *path, char *text, size_t size);

/* memhp__file_open_attr() and memhp__file_read_fd() in one. */
int memhp__file_read(const struct file_ops *ops, int dirfd, const char *path, char *text, size_t size);

/* Reads bytes at an offset, up to the end of the file. Returns how many, or a negative errno. */
ssize_t memhp__file_read_at(const struct file_ops *ops, int fd, const char *path, void *buf, size_t size, off_t offset);

/* The single store: exactly one write(2), never retried. Returns 0 or a negative errno. Async-signal-safe. */
int memhp__file_store_fd(const struct file_ops *ops, int fd, const char *path, const char *word);

/* memhp__file_open_attr() and memhp__file_store_fd() in one. */
int memhp__file_store(const struct file_ops *ops, int dirfd, const char *path, const char *word);

#endif
