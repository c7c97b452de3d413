/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl save: the present layout as a file, or on standard output */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "ui/columns.h"
#include "ui/exit.h"
#include "ui/json.h"
#include "ui/layout.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/session.h"
#include "ui/xalloc.h"

/* What cannot be read is null in the file, and is said. */
static enum exit_status judge(const struct memhp_snapshot *snapshot, const struct layout *layout)
{
	size_t num = memhp_snapshot_get_num_skipped(snapshot);
	enum exit_status status = EXIT_DONE;
	const struct memhp_block *block;

	for (size_t i = 0; (block = memhp_snapshot_get_block(snapshot, i)); i++)
		num += block_is_unreadable(block, LAYOUT_ATTRS);
	if (num) {
		warn("of %zu memory block%s something cannot be read, and is null in the layout", num, num == 1 ? "" : "s");
		status = EXIT_PARTLY;
	}
	for (enum memhp_policy_key key = 1; key < NUM_POLICY_KEYS; key++) {
		if (!layout->has_odd_policy[key])
			continue;
		warn("%s cannot be read or understood, and is null in the layout", memhp_policy_key_name(key));
		status = EXIT_PARTLY;
	}
	return status;
}

static void write_document(FILE *out, const struct layout *layout, enum exit_status status)
{
	struct json_doc doc;

	json_doc_begin(&doc, out, "save");
	layout_write(layout, &doc);
	json_doc_uint(&doc, "exit_status", status);
	json_doc_end(&doc);
}

/* Whether a file takes the place of another, which has a name */
static bool is_replaced(const struct stat *old)
{
	return old->st_nlink;
}

/* Where the file is that a path leads to, and what is there now; from malloc(). The kernel may forbid to follow a link. */
static char *find_place(const char *path, struct stat *old)
{
	struct stat there;
	char *place;

	*old = (struct stat){ 0 };
	if (stat(path, old) < 0 && errno != ENOENT)
		fail(EXIT_FAILED, "cannot write %s: %s", path, strerror(errno));
	if (!is_replaced(old) && lstat(path, &there) == 0)
		fail(EXIT_FAILED, "cannot write %s: it is a link to what is not there", path);
	if (!is_replaced(old))
		return xstrdup(path);
	if (!S_ISREG(old->st_mode))
		usage_error(NULL, "%s is no plain file; without FILE the layout goes to standard output", path);
	place = realpath(path, NULL);
	if (!place || lstat(place, &there) < 0)
		fail(EXIT_FAILED, "cannot write %s: %s", path, strerror(errno));
	if (there.st_dev != old->st_dev || there.st_ino != old->st_ino)
		fail(EXIT_FAILED, "cannot write %s: it has just become another file", path);
	return place;
}

/* From malloc() */
static char *find_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return xasprintf("%.*s", slash == path ? 1 : (int)(slash - path), path);
}

/* The name lasts when the folder does; not every file system has that. */
static void sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

/*
 * What a new file has is what any has; another one's owner stays where that is allowed. Who else could write to that may have
 * made it for this, and cannot write to what is root's.
 */
static int set_access(int fd, const struct stat *old)
{
	mode_t mask = umask(0), mode = 0666 & ~mask;

	umask(mask);
	if (is_replaced(old)) {
		mode = old->st_mode & (old->st_uid == geteuid() ? 0777 : 0755);
		if (fchown(fd, old->st_uid, old->st_gid) < 0 && errno != EPERM && errno != EINVAL)
			return -errno;
	}
	return fchmod(fd, mode) < 0 ? -errno : 0;
}

/* Closes the descriptor; returns 0 or a negative errno. */
static int fill_file(int fd, const struct layout *layout, enum exit_status status, const struct stat *old)
{
	FILE *file = fdopen(fd, "w");
	int error;

	if (!file) {
		error = -errno;
		close(fd);
		return error;
	}
	write_document(file, layout, status);
	errno = 0;
	error = fflush(file) || ferror(file) || fsync(fd) ? -(errno ? errno : EIO) : set_access(fd, old);
	if (fclose(file) && !error)
		error = -errno;
	return error;
}

/* What would end the program waits until the file has its name or is gone. */
static void hold_signals(sigset_t *before)
{
	static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(ending); i++)
		sigaddset(&set, ending[i]);
	sigprocmask(SIG_BLOCK, &set, before);
}

/* A reader finds the old file or the new one. */
static void write_file(const char *path, const struct layout *layout, enum exit_status status)
{
	struct stat old;
	_cleanup_free_ char *place = find_place(path, &old), *folder = find_folder(place);
	_cleanup_free_ char *name = xasprintf("%s/.memctl.XXXXXX", folder);
	sigset_t before;
	int fd, error;

	hold_signals(&before);
	fd = mkostemp(name, O_CLOEXEC);
	error = fd < 0 ? -errno : fill_file(fd, layout, status, &old);
	if (!error && rename(name, place) < 0)
		error = -errno;
	if (error && fd >= 0)
		unlink(name);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (error)
		fail(EXIT_FAILED, "cannot write %s: %s%s", path, strerror(-error), fd < 0 ? "" : "; it is as it was");
	sync_folder(folder);
}

static int run_save(struct options *options, const char **operands)
{
	struct memhp_ctx *ctx;
	struct memhp_snapshot *snapshot;
	struct layout layout;
	enum exit_status status;
	int rc;

	if (operands[0] && operands[1])
		usage_error(NULL, "unexpected operand \"%s\"; there is one FILE at the most", operands[1]);
	ctx = open_ctx(options);
	rc = memhp_snapshot_new(&snapshot, ctx, LAYOUT_ATTRS);
	if (rc < 0)
		fail_scan(ctx, rc);
	layout = layout_take(ctx, snapshot);
	status = judge(snapshot, &layout);
	if (operands[0])
		write_file(operands[0], &layout, status);
	else
		write_document(stdout, &layout, status);
	layout_release(&layout);
	memhp_snapshot_unref(snapshot);
	memhp_ctx_unref(ctx);
	return status;
}

const struct command memctl_cmd_save = {
	.name = "save",
	.summary = "write the present layout of memory blocks to a file",
	.bit = CMD_SAVE,
	.synopsis = "[OPTION...] [FILE]",
	.run = run_save,
};
