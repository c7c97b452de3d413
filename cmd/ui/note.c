/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/note.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ui/caller.h"
#include "ui/json.h"
#include "ui/macro.h"
#include "ui/xalloc.h"

/* More is no file of ours: half a million blocks, each of them unlike its neighbours, take less. */
#define MAX_BYTES ((off_t)128 << 20)

/* What belongs to root or to who reads it, and nobody else can write */
static bool is_trusted(const struct stat *there)
{
	return (there->st_uid == 0 || there->st_uid == geteuid()) && !(there->st_mode & (S_IWGRP | S_IWOTH));
}

int note_open_folder(struct memhp_ctx *ctx)
{
	int fd = memhp_ctx_open(ctx, NOTES_FOLDER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	struct stat there;

	if (fd < 0 || (fstat(fd, &there) == 0 && is_trusted(&there)))
		return fd;
	close(fd);
	return -EPERM;
}

static bool take_number(const char **text, uint64_t *number)
{
	char *end;

	*number = strtoull(*text, &end, 10);
	if (**text < '1' || **text > '9' || end - *text > 18 || *end != '.')
		return false;
	*text = end + 1;
	return true;
}

/* "12.4711.json" or "12.4711.udev.json", or with a dot before it half of it */
static bool parse_name(const char *text, struct note_name *name)
{
	uint64_t pid;

	*name = (struct note_name){ .is_half = *text == '.' };
	if (strlen(text) >= sizeof(name->text))
		return false;
	strcpy(name->text, text);
	text += name->is_half;
	if (!take_number(&text, &name->number) || !take_number(&text, &pid))
		return false;
	name->is_by_udev = strcmp(text, "udev.json") == 0;
	return name->is_by_udev || strcmp(text, "json") == 0;
}

int note_list_names(struct note_names *names, int folder_fd)
{
	int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *item;
	struct note_name name;

	*names = (struct note_names){ 0 };
	rc = dir ? 0 : -errno;
	if (!dir && fd >= 0)
		close(fd);
	while (dir && (errno = 0, item = readdir(dir))) {
		if (!parse_name(item->d_name, &name))
			continue;
		names->items = xreallocarray(names->items, names->num + 1, sizeof(name));
		names->items[names->num++] = name;
	}
	if (dir) {
		rc = -errno;
		closedir(dir);
	}
	return rc;
}

void note_release(struct note *note)
{
	layout_release(&note->before);
	layout_release(&note->after);
	free(note->name);
	free(note->boot_id);
	free(note->command);
	free(note->sudo_user);
	free(note->device);
	free(note->outcome);
}

/* The text of a plain file that is trusted, from malloc(); else NULL, and why */
static char *read_file(int fd, size_t *length, const char **why)
{
	struct stat there;
	char *text = NULL;
	ssize_t n = 1;

	*length = 0;
	if (fd < 0 || fstat(fd, &there) < 0)
		*why = strerror(errno);
	else if (!S_ISREG(there.st_mode) || there.st_nlink != 1)
		*why = "it is no plain file, or has a second name";
	else if (!is_trusted(&there))
		*why = NOTES_UNTRUSTED;
	else if (there.st_size > MAX_BYTES)
		*why = "it is larger than 128M";
	else
		text = xcalloc((size_t)there.st_size + 1, 1);
	while (text && n > 0 && *length < (size_t)there.st_size) {
		n = read(fd, text + *length, (size_t)there.st_size - *length);
		*length += n > 0 ? (size_t)n : 0;
	}
	if (n >= 0)
		return text;
	*why = strerror(errno);
	free(text);
	return NULL;
}

/* NULL, or why it is none */
static const char *read_note(struct note *note, int folder_fd, const char *name)
{
	int fd = openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	const char *why = NULL;
	size_t length;
	_cleanup_free_ char *text = read_file(fd, &length, &why);
	struct json_object *doc = text ? json_parse(text, length, &why) : NULL;

	*note = (struct note){ .name = xstrdup(name) };
	if (doc)
		why = note_take_document(note, doc);
	json_free(doc);
	if (fd >= 0)
		close(fd);
	return why;
}

static int compare(const void *a, const void *b)
{
	const struct note_name *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return strcmp(x->text, y->text);
}

static void take_note(struct notes *notes, int folder_fd, const char *name)
{
	struct note note;
	const char *why = read_note(&note, folder_fd, name);

	if (!why) {
		notes->items = xreallocarray(notes->items, notes->num + 1, sizeof(note));
		notes->items[notes->num++] = note;
		return;
	}
	if (notes->num_refused++ == 0)
		notes->refused = xasprintf("%s: %s", name, why);
	note_release(&note);
}

int notes_read(struct notes *notes, struct memhp_ctx *ctx)
{
	int fd = note_open_folder(ctx), rc;
	struct note_names names;

	*notes = (struct notes){ 0 };
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	rc = note_list_names(&names, fd);
	if (names.num)
		qsort(names.items, names.num, sizeof(*names.items), compare);
	for (size_t i = 0; i < names.num; i++)
		if (!names.items[i].is_half)
			take_note(notes, fd, names.items[i].text);
	free(names.items);
	close(fd);
	return rc;
}

void notes_release(struct notes *notes)
{
	for (size_t i = 0; i < notes->num; i++)
		note_release(&notes->items[i]);
	free(notes->items);
	free(notes->refused);
}

struct note *notes_last(const struct notes *notes)
{
	for (size_t i = notes->num; i > 0; i--)
		if (!notes->items[i - 1].is_by_udev)
			return &notes->items[i - 1];
	return NULL;
}

/* What was to go to another zone, and was cut off, may have gone offline and no further. */
static bool may_be_half_way(const struct note *note, const struct layout_place *before, const struct layout_place *after)
{
	return !note->outcome && before->state == MEMHP_STATE_ONLINE && after->state == MEMHP_STATE_ONLINE;
}

enum memhp_undo note_judge(const struct note *note, const struct memhp_block *block, size_t rows[2],
			   const struct layout_place **before)
{
	uint64_t start = memhp_block_get_start_addr(block);
	const struct layout_place *after = layout_find(&note->after, &rows[1], start);
	enum memhp_undo undo;

	*before = layout_find(&note->before, &rows[0], start);
	if (!*before || !after)
		return MEMHP_UNDO_NOTHING;
	undo = memhp_block_judge_undo(block, (*before)->state, (*before)->zone, after->state, after->zone);
	if (undo != MEMHP_UNDO_OTHERS || !may_be_half_way(note, *before, after))
		return undo;
	return memhp_block_judge_undo(block, (*before)->state, (*before)->zone, MEMHP_STATE_OFFLINE, MEMHP_ZONE_UNKNOWN);
}

char *note_read_boot_id(struct memhp_ctx *ctx)
{
	int fd = memhp_ctx_open(ctx, "proc/sys/kernel/random/boot_id", O_RDONLY);
	char text[64];
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return *text ? xstrdup(text) : NULL;
}

/* Where it is not known when one of the two began, it may be the same. */
static bool is_running(const struct note *note)
{
	uint64_t start;

	return caller_find_process(note->pid, &start) && (!start || !note->process_start || start == note->process_start);
}

enum note_kind note_kind(const struct note *note, struct memhp_ctx *ctx)
{
	_cleanup_free_ char *boot_id = note_read_boot_id(ctx);
	bool is_same = boot_id && note->boot_id ? strcmp(boot_id, note->boot_id) == 0 : !boot_id && !note->boot_id;

	if (!is_same)
		return NOTE_VOID;
	if (note->outcome)
		return NOTE_ENDED;
	return is_running(note) ? NOTE_RUNNING : NOTE_CUT_OFF;
}

const char *note_kind_name(enum note_kind kind)
{
	static const char *const names[] = {
		[NOTE_ENDED] = "ended", [NOTE_RUNNING] = "running", [NOTE_CUT_OFF] = "cut-off", [NOTE_VOID] = "void"
	};

	return names[kind];
}

char *note_format_time(const struct note *note)
{
	time_t seconds = (time_t)note->time_s;
	char text[64];
	struct tm local;

	return xstrdup(localtime_r(&seconds, &local) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &local) ? text : "?");
}

char *note_format_user(const struct note *note)
{
	if (note->is_by_udev)
		return xstrdup("udev");
	return note->sudo_user ? xstrdup(note->sudo_user) : xasprintf("uid %" PRIu64, note->uid);
}
