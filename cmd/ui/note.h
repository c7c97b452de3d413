/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notes of requests: before its first store a request that changes blocks leaves in /run/memctl what they are, so that all of it
 * can be brought back though its memctl was killed. A note is a file that is a saved layout of these blocks, with a member
 * "request" (memctl-json(5)). What is written is for root alone, and so is trusted only what nobody else can write.
 */
#ifndef MEMCTL_NOTE_H
#define MEMCTL_NOTE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ui/layout.h"

#define NOTES_FOLDER "run/memctl"

/* Of the folder, and of a note: it is not trusted. */
#define NOTES_UNTRUSTED "it belongs to another user, or others can write to it"

struct note {
	char *name;           /* of the file: "12.4711.json", the number of the request and its process */
	struct layout before; /* the blocks that the request may change and that were there */
	/* What it was to make of them and of those that it adds; once it has ended, what they were then. Unknown: any. */
	struct layout after;
	uint64_t num_planned; /* so many of them were to be changed, should all go well */
	char *boot_id;        /* NULL: not known */
	char *command, *sudo_user;
	uint64_t uid, time_s; /* seconds since 1970 */
	uint64_t pid, process_start;
	bool is_by_udev, may_cost_huge_pages;
	char *device;     /* that goes or comes as a whole; NULL: none */
	char *outcome;    /* NULL: the request has not ended */
	bool is_restored; /* and with it has become past */
};

/* By number, ascending */
struct notes {
	struct note *items;
	size_t num;
	char *refused; /* the first that is not trusted or cannot be read, and why; NULL: none */
	size_t num_refused;
};

/* Reads all that there are. 0, also when there are none; or why the folder cannot be read: -EPERM where others can write it. */
int notes_read(struct notes *notes, struct memhp_ctx *ctx);
void notes_release(struct notes *notes);

/* The last request, never one by udev; NULL for none */
struct note *notes_last(const struct notes *notes);

/*
 * What an undo means for a block, nothing for one that is not the request's; `before` becomes what it was. `rows` are 0 for the
 * first, and then left alone while blocks ascend.
 */
enum memhp_undo note_judge(const struct note *note, const struct memhp_block *block, size_t rows[2],
			   const struct layout_place **before);

enum note_kind {
	NOTE_ENDED,
	NOTE_RUNNING, /* its process is there */
	NOTE_CUT_OFF, /* it is not */
	NOTE_VOID,    /* the machine was booted since: who knows what its blocks were before */
};
enum note_kind note_kind(const struct note *note, struct memhp_ctx *ctx);
const char *note_kind_name(enum note_kind kind);

/* ui/note-write.c: a note of this process's request, without its blocks */
struct note note_begin(struct memhp_ctx *ctx);
void note_release(struct note *note);

/*
 * Writes it, whole or not at all; the first time it gets its name, and the oldest ones go. `locked`: nobody else writes any.
 * Returns 0 or a negative errno.
 */
int note_write(struct note *note, struct memhp_ctx *ctx, bool locked);

/* Takes it away, for nothing was done. */
void note_remove(const struct note *note, struct memhp_ctx *ctx);

/* The folder as a descriptor: -ENOENT where there is none, -EPERM where it is not for its owner alone to write */
int note_open_folder(struct memhp_ctx *ctx);

/* What the folder has that is a note by its name, or half a note */
struct note_name {
	char text[64];
	uint64_t number;
	bool is_by_udev;
	bool is_half; /* written by who has not come to its end */
};
struct note_names {
	struct note_name *items; /* from malloc() */
	size_t num;
};
int note_list_names(struct note_names *names, int folder_fd);

/* Which boot of the machine this is; from malloc(), NULL where that is not known */
char *note_read_boot_id(struct memhp_ctx *ctx);

/* ui/note-json.c: as a document, and back: NULL, or why it is none */
void note_write_document(const struct note *note, FILE *out);
const char *note_take_document(struct note *note, struct json_object *doc);

/* What says of a request which one it is, as members of a document */
void note_write_request(const struct note *note, struct json_doc *doc);

/* For people: when and by whom ("anna", "uid 0"); from malloc() */
char *note_format_time(const struct note *note);
char *note_format_user(const struct note *note);

#endif
