/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A tree is somebody else's: its links say where they lead on the machine that it was copied from, and may be there to lead reads
 * and writes of root astray. Since openat2(2) the kernel resolves a path as if a directory were "/". Before that it is done here,
 * name by name: each is opened without following it, so that what it is cannot change between the look and the step, and ".." goes
 * down again from the root by names that were no links, so that a folder that is moved meanwhile leads nowhere else.
 */
#include "read/root.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "util.h"

#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#define RESOLVE_NO_MAGICLINKS 0x02
#define RESOLVE_IN_ROOT       0x10

/* As many as the kernel follows */
#define MAX_LINKS 40

/* While anything is renamed, the kernel may not be sure that ".." stayed below the root. */
#define MAX_TRIES 8

struct walk {
	int root_fd;
	int fd;           /* the folder that it has come to */
	char *place;      /* the way there from the root, without links, such as "etc/udev" */
	char *text;       /* what is left of the path, in which ... */
	const char *name; /* ... this is next, and ... */
	const char *rest; /* ... this comes behind it */
	unsigned int num_links;
};

static void walk_release(struct walk *walk)
{
	closep(&walk->fd);
	free(walk->place);
	free(walk->text);
}

static int enter(struct walk *walk, int fd)
{
	if (fd < 0)
		return -errno;
	closep(&walk->fd);
	walk->fd = fd;
	return 0;
}

static int go_to_root(struct walk *walk)
{
	return enter(walk, fcntl(walk->root_fd, F_DUPFD_CLOEXEC, 0));
}

static int walk_begin(struct walk *walk, int root_fd, const char *path)
{
	*walk = (struct walk){ .root_fd = root_fd, .fd = -1, .place = calloc(1, 1), .text = strdup(path) };
	if (!walk->place || !walk->text)
		return -ENOMEM;
	walk->rest = walk->text;
	if (!*path)
		return -ENOENT;
	return strlen(path) < PATH_MAX ? go_to_root(walk) : -ENAMETOOLONG;
}

/* Copies the next name. Returns whether there is one. */
static int next_name(struct walk *walk, char copy[NAME_MAX + 1])
{
	size_t length;

	walk->name = walk->rest + strspn(walk->rest, "/");
	length = strcspn(walk->name, "/");
	walk->rest = walk->name + length;
	if (length > NAME_MAX)
		return -ENAMETOOLONG;
	stpncpy(copy, walk->name, length)[0] = '\0';
	return length > 0;
}

static int add_to_place(struct walk *walk, const char *name)
{
	char *place;

	if (asprintf(&place, "%s%s%s", walk->place, *walk->place ? "/" : "", name) < 0)
		return -ENOMEM;
	free(walk->place);
	walk->place = place;
	return 0;
}

/* "." and "..": whoever may not enter the folder may not leave it either. */
static int go_up(struct walk *walk, const char *dots)
{
	_cleanup_free_ char *names = NULL;
	char *last = strrchr(walk->place, '/'), *save = NULL;
	int rc;

	if (faccessat(walk->fd, ".", F_OK, 0) < 0)
		return -errno;
	if (!dots[1])
		return 0;
	*(last ? last : walk->place) = '\0';
	names = strdup(walk->place);
	if (!names)
		return -ENOMEM;
	rc = go_to_root(walk);
	for (char *name = strtok_r(names, "/", &save); rc == 0 && name; name = strtok_r(NULL, "/", &save))
		rc = enter(walk, openat(walk->fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	return rc;
}

static int follow(struct walk *walk, int link_fd)
{
	char target[PATH_MAX], *text;
	ssize_t length = readlinkat(link_fd, "", target, sizeof(target));

	if (length < 0)
		return -errno;
	if (++walk->num_links > MAX_LINKS)
		return -ELOOP;
	if (length == sizeof(target))
		return -ENAMETOOLONG;
	if (asprintf(&text, "%.*s%s", (int)length, target, walk->rest) < 0)
		return -ENOMEM;
	free(walk->text);
	walk->text = text;
	walk->rest = text;
	if (*text != '/')
		return 0;
	*walk->place = '\0';
	return go_to_root(walk);
}

/* Opens what was looked at; a link that has come in its place meanwhile is an error. */
static int open_last(const struct walk *walk, const char *name, int *fd, mode_t mode, int flags)
{
	int opened;

	if (*walk->rest)
		flags |= O_DIRECTORY;
	if (flags & O_PATH)
		return (flags & O_DIRECTORY) && !S_ISDIR(mode) ? -ENOTDIR : take_fd(fd);
	opened = openat(walk->fd, name, flags | O_NOFOLLOW);
	return opened < 0 ? -errno : opened;
}

/* Returns what the path leads to; when that is not there, the place and the name say where it would be. */
static int walk_on(struct walk *walk, int flags)
{
	char name[NAME_MAX + 1];
	int rc;

	while ((rc = next_name(walk, name)) > 0) {
		bool is_last = !walk->rest[strspn(walk->rest, "/")];
		_cleanup_close_ int fd = -1;
		struct stat st;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
			rc = go_up(walk, name);
		} else {
			fd = openat(walk->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
			if (fd < 0 || fstat(fd, &st) < 0)
				return -errno;
			if (S_ISLNK(st.st_mode) && !((flags & O_NOFOLLOW) && is_last && !*walk->rest))
				rc = follow(walk, fd);
			else if (is_last)
				return open_last(walk, name, &fd, st.st_mode, flags);
			else if ((rc = add_to_place(walk, name)) == 0)
				rc = enter(walk, take_fd(&fd));
		}
		if (rc < 0)
			return rc;
	}
	if (rc < 0)
		return rc;
	rc = openat(walk->fd, ".", flags);
	return rc < 0 ? -errno : rc;
}

/* What is found in a tree must not hang or own whoever looks; O_PATH alone does not open it. */
static int harmless(int flags)
{
	return flags | O_CLOEXEC | (flags & O_PATH ? 0 : O_NONBLOCK | O_NOCTTY);
}

int memhp__root_walk(int root_fd, const char *path, int flags)
{
	_cleanup_(walk_release) struct walk walk;
	int rc = walk_begin(&walk, root_fd, path);

	return rc < 0 ? rc : walk_on(&walk, harmless(flags));
}

int memhp__root_leads_to(int root_fd, const char *path, const char *place)
{
	_cleanup_(walk_release) struct walk walk;
	int rc = walk_begin(&walk, root_fd, path);
	_cleanup_close_ int fd = rc < 0 ? rc : walk_on(&walk, harmless(O_PATH));

	if (rc < 0 || (fd < 0 && fd != -ENOENT))
		return fd;
	rc = add_to_place(&walk, walk.name);
	return rc < 0 ? rc : strcmp(walk.place, place) == 0;
}

int memhp__openat2(int dirfd, const char *path, int flags, uint64_t resolve)
{
	struct {
		uint64_t flags, mode, resolve;
	} how = { .flags = (uint64_t)flags, .resolve = resolve };

	return (int)syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
}

int memhp__root_open(int root_fd, const char *path, int flags)
{
	int fd = -1;

	errno = EAGAIN;
	for (int tries = 0; fd < 0 && errno == EAGAIN && tries < MAX_TRIES; tries++)
		fd = memhp__openat2(root_fd, path, harmless(flags), RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
	if (fd >= 0)
		return fd;
	/* A container may answer EPERM for a call that it does not know. */
	if (errno == ENOSYS || errno == EPERM || errno == EAGAIN)
		return memhp__root_walk(root_fd, path, flags);
	return -errno;
}

int memhp__root_stat(int root_fd, const char *path, int flags, struct stat *st)
{
	_cleanup_close_ int fd = memhp__root_open(root_fd, path, O_PATH | flags);

	if (fd < 0)
		return fd;
	return fstat(fd, st) < 0 ? -errno : 0;
}
