/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notes are written: a new file takes the name, so that there is a whole note or none, and no link in its place leads elsewhere. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ui/caller.h"
#include "ui/note.h"
#include "ui/write-synced.h"
#include "ui/xalloc.h"

/* So many are kept; of udev as many apart, for a DIMM that is plugged must not take away the last request. */
#define MAX_NOTES 16

struct note note_begin(struct memhp_ctx *ctx)
{
	struct note note = { .uid = getuid(),
			     .time_s = (uint64_t)time(NULL),
			     .pid = (uint64_t)getpid(),
			     .sudo_user = caller_sudo_user(),
			     .boot_id = note_read_boot_id(ctx),
			     .is_by_udev = caller_is_udev() };
	size_t length;
	FILE *out = xopen_memstream(&note.command, &length);

	caller_put_command(out);
	xclose_memstream(out);
	caller_find_process(note.pid, &note.process_start);
	return note;
}

/* Made for its owner alone where it is not there yet */
static int make_folder(struct memhp_ctx *ctx)
{
	int run_fd, fd = note_open_folder(ctx);

	if (fd != -ENOENT)
		return fd;
	run_fd = memhp_ctx_open(ctx, "run", O_RDONLY | O_DIRECTORY);
	if (run_fd < 0)
		return run_fd;
	fd = mkdirat(run_fd, strrchr(NOTES_FOLDER, '/') + 1, 0700) < 0 && errno != EEXIST ? -errno : 0;
	close(run_fd);
	return fd < 0 ? fd : note_open_folder(ctx);
}

static int write_file(int folder_fd, const struct note *note)
{
	_cleanup_free_ char *text = NULL, *new_name = xasprintf(".%s", note->name);
	size_t length;
	FILE *out = xopen_memstream(&text, &length);
	int fd, rc;

	note_write_document(note, out);
	xclose_memstream(out);
	/* One that this process left half written */
	unlinkat(folder_fd, new_name, 0);
	fd = openat(folder_fd, new_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	rc = write_synced(fd, text, length);
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && renameat(folder_fd, new_name, folder_fd, note->name) < 0)
		rc = -errno;
	if (rc < 0)
		unlinkat(folder_fd, new_name, 0);
	return rc;
}

/* How many of the same kind are not older */
static size_t count_newer(const struct note_names *names, const struct note_name *name)
{
	size_t num = 0;

	for (size_t i = 0; i < names->num; i++)
		num += !names->items[i].is_half && names->items[i].is_by_udev == name->is_by_udev &&
		       names->items[i].number >= name->number;
	return num;
}

/* What is too old for one more of a kind goes, and where nobody else writes, what a process left half written. */
static void tidy(int folder_fd, const struct note_names *names, bool by_udev, bool locked)
{
	for (size_t i = 0; i < names->num; i++) {
		const struct note_name *name = &names->items[i];

		if (name->is_half ? locked : name->is_by_udev == by_udev && count_newer(names, name) >= MAX_NOTES)
			unlinkat(folder_fd, name->text, 0);
	}
}

/* The first time: its name is behind all others, and with its process in it no other one's, be there a lock or not. */
static int write_new(struct note *note, int folder_fd, bool locked)
{
	struct note_names names;
	uint64_t number = 1;
	int rc = note_list_names(&names, folder_fd);

	for (size_t i = 0; i < names.num; i++)
		if (names.items[i].number >= number)
			number = names.items[i].number + 1;
	note->name = xasprintf("%" PRIu64 ".%" PRIu64 "%s.json", number, note->pid, note->is_by_udev ? ".udev" : "");
	tidy(folder_fd, &names, note->is_by_udev, locked);
	free(names.items);
	return rc < 0 ? rc : write_file(folder_fd, note);
}

int note_write(struct note *note, struct memhp_ctx *ctx, bool locked)
{
	int fd = make_folder(ctx), rc;

	if (fd < 0)
		return fd;
	rc = note->name ? write_file(fd, note) : write_new(note, fd, locked);
	close(fd);
	return rc;
}

void note_remove(const struct note *note, struct memhp_ctx *ctx)
{
	int fd = note_open_folder(ctx);

	if (fd < 0)
		return;
	unlinkat(fd, note->name, 0);
	close(fd);
}
