/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of tmpfiles.d(5) that makes values last. Lines in it that are no values of the policy stay as they are. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/policy.h"
#include "ui/write-synced.h"
#include "ui/xalloc.h"

#define NAME     "memctl.conf"
#define NEW_NAME ".memctl.conf.new"
#define HEADING  "# Values that \"memctl policy set --persist\" has set; \"memctl policy unset --persist\" removes them.\n"
#define TEXT_MAX ((size_t)1 << 20)

static int make_folder(struct memhp_ctx *ctx, const char *parent, const char *name)
{
	int fd = memhp_ctx_open(ctx, parent, O_PATH | O_DIRECTORY), rc;

	if (fd < 0)
		return fd;
	rc = mkdirat(fd, name, 0755) < 0 && errno != EEXIST ? -errno : 0;
	close(fd);
	return rc;
}

/* The folder of the file, to which links may lead, but not out of a tree. Returns a descriptor or a negative errno. */
static int open_folder(struct memhp_ctx *ctx, bool make)
{
	int rc = make ? make_folder(ctx, "/", "etc") : 0;

	if (make && rc == 0)
		rc = make_folder(ctx, "/etc", "tmpfiles.d");
	return rc < 0 ? rc : memhp_ctx_open(ctx, "/etc/tmpfiles.d", O_RDONLY | O_DIRECTORY);
}

/* The file as it is, "" when there is none; NULL and errno when it cannot be read or is no plain text */
static char *read_text(int folder)
{
	int fd = openat(folder, NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char *text = xcalloc(1, TEXT_MAX + 1);
	size_t used = 0;
	ssize_t n = 0;

	if (fd < 0 && errno == ENOENT)
		return text;
	while (fd >= 0 && used < TEXT_MAX && (n = read(fd, text + used, TEXT_MAX - used)) > 0)
		used += (size_t)n;
	if (fd >= 0)
		close(fd);
	if (fd >= 0 && n == 0 && used < TEXT_MAX && !memchr(text, '\0', used))
		return text;
	if (n >= 0 && fd >= 0)
		errno = EBADMSG;
	free(text);
	return NULL;
}

static bool is_line_of(const char *line, size_t length, enum memhp_policy_key key)
{
	const char *path = policy_path(key), *end = line + length;
	const char *p = line;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (p == end || *p++ != 'w')
		return false;
	while (p < end && *p != ' ' && *p != '\t')
		p++;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return (size_t)(end - p) > strlen(path) && strncmp(p, path, strlen(path)) == 0 && strchr(" \t", p[strlen(path)]);
}

char *policy_persist_line(enum memhp_policy_key key, const char *value)
{
	return xasprintf("w %s - - - - %s", policy_path(key), value);
}

/* The text with this line in place of those for the same key, or without them; "" when nothing of it is left. */
static char *change_text(const char *text, enum memhp_policy_key key, const char *line)
{
	size_t size;
	char *new;
	FILE *out = xopen_memstream(&new, &size);
	bool has_lines = false;

	if (!*text)
		fputs(HEADING, out);
	for (const char *p = text; *p;) {
		size_t length = strcspn(p, "\n");

		if (is_line_of(p, length, key)) {
			if (line)
				fprintf(out, "%s\n", line);
			has_lines |= line != NULL;
			line = NULL;
		} else {
			fprintf(out, "%.*s\n", (int)length, p);
			has_lines |= length && strncmp(p, HEADING, length) != 0;
		}
		p += length + (p[length] == '\n');
	}
	if (line)
		fprintf(out, "%s\n", line);
	has_lines |= line != NULL;
	xclose_memstream(out);
	if (!has_lines)
		*new = '\0';
	return new;
}

/*
 * The new file, before it gets its name: only its owner can open it, so that it is the lock, too. What a killed memctl left is
 * taken over.
 */
static int open_new(int folder)
{
	for (;;) {
		int fd = openat(folder, NEW_NAME, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600), rc = 0;
		struct stat own, there;

		if (fd < 0)
			return -errno;
		while (rc == 0 && flock(fd, LOCK_EX) < 0)
			rc = errno == EINTR ? 0 : -errno;
		if (rc == 0 && fstat(fd, &own) < 0)
			rc = -errno;
		if (rc == 0 && fstatat(folder, NEW_NAME, &there, AT_SYMLINK_NOFOLLOW) == 0 && own.st_dev == there.st_dev &&
		    own.st_ino == there.st_ino)
			return fd;
		close(fd);
		if (rc < 0)
			return rc;
		/* Whoever had it has given it its name, or taken it away: there is another one now. */
	}
}

/* A reader finds the old file or the new one. */
static int replace_file(int folder, int fd, const char *text)
{
	int rc = ftruncate(fd, 0) < 0 ? -errno : write_synced(fd, text, strlen(text));

	if (rc == 0 && (fchmod(fd, 0644) < 0 || renameat(folder, NEW_NAME, folder, NAME) < 0))
		rc = -errno;
	return rc;
}

static int store_text(int folder, int fd, const char *text)
{
	int rc;

	if (*text)
		rc = replace_file(folder, fd, text);
	else
		rc = unlinkat(folder, NAME, 0) < 0 ? -errno : 0;
	if (rc < 0 || !*text)
		unlinkat(folder, NEW_NAME, 0);
	/* The name lasts when the folder does; not every file system has that. */
	return rc == 0 && fsync(folder) < 0 && errno != EINVAL ? -errno : rc;
}

/* What the file is to become; `old` is NULL and errno set when it cannot be read. */
struct change {
	char *old, *new;
};

static struct change work_out(int folder, enum memhp_policy_key key, const char *value)
{
	_cleanup_free_ char *line = value ? policy_persist_line(key, value) : NULL;
	struct change change = { .old = read_text(folder) };

	if (change.old)
		change.new = !line && !*change.old ? xstrdup("") : change_text(change.old, key, line);
	return change;
}

static void change_release(struct change *change)
{
	free(change->old);
	free(change->new);
}

static bool is_change(const struct change *change)
{
	return change->old && strcmp(change->old, change->new) != 0;
}

/* By then another memctl may have changed the file, or have done all that there was to do. */
static int store_change(int folder, enum memhp_policy_key key, const char *value)
{
	int fd = open_new(folder), rc = 0;
	struct change change;

	if (fd < 0)
		return fd;
	change = work_out(folder, key, value);
	if (!change.old)
		rc = -errno;
	if (is_change(&change))
		rc = store_text(folder, fd, change.new);
	else
		unlinkat(folder, NEW_NAME, 0);
	change_release(&change);
	close(fd);
	return rc;
}

int policy_persist(struct memhp_ctx *ctx, enum memhp_policy_key key, const char *value, bool dry_run)
{
	bool make = value && !dry_run;
	int folder = open_folder(ctx, make), rc = 0;
	struct change change;

	if (folder == -ENOENT && !make)
		return value ? PERSIST_WRITTEN : PERSIST_ALREADY;
	if (folder < 0)
		return folder;
	change = work_out(folder, key, value);
	if (!change.old)
		rc = -errno;
	else if (!is_change(&change))
		rc = PERSIST_ALREADY;
	else if (dry_run || (rc = store_change(folder, key, value)) == 0)
		rc = value ? PERSIST_WRITTEN : PERSIST_REMOVED;
	change_release(&change);
	close(folder);
	return rc;
}
