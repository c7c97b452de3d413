/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memctl restore --last: of the last request's note and of what is so now it makes the layout that is to be brought back. What the
 * request left, or had begun when it was cut off, goes back; what somebody else has changed since is left alone.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "operation/restore.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

/* What a killed memctl has begun the kernel ends soon, or never. */
#define PATIENCE_MS 5000

static const struct {
	const char *word, *text;
} stays[NUM_STAYS] = {
	[STAYS_OTHERS] = { "others", "changed by another program since the request, and left alone" },
	[STAYS_UNKNOWN] = { "unknown", "standby before the request, or not known then or now, and left alone" },
	[STAYS_GONE] = { "gone", "not there any more; restore brings no memory in, memctl configure may" },
	[STAYS_ADDED] = { "added", "added by the request, and nothing takes them back" },
};

/* From malloc() */
static char *name_folder(struct memhp_ctx *ctx)
{
	const char *sysroot = memhp_ctx_get_sysroot(ctx);

	return xasprintf("%s/%s", sysroot ? sysroot : "", NOTES_FOLDER);
}

void restore_fail_reading(struct memhp_ctx *ctx, int error)
{
	char *folder = name_folder(ctx);

	if (error == -EPERM)
		fail_with(EXIT_FAILED, NULL, "look at what is in it, and remove it", "%s is not trusted: " NOTES_UNTRUSTED, folder);
	if (error == -EACCES)
		fail_with(EXIT_FAILED, "access", "run memctl as root", "no permission to read %s", folder);
	fail(EXIT_FAILED, "cannot read %s: %s", folder, strerror(-error));
}

static _Noreturn void fail_void(struct memhp_ctx *ctx, const struct note *note)
{
	_cleanup_free_ char *boot_id = note_read_boot_id(ctx);
	const char *why = boot_id && note->boot_id ? "the machine was booted since" : "it is not known of which boot it is";

	fail_with(EXIT_FAILED, NULL, "memctl restore FILE, with a layout that memctl save has written",
		  "nothing was changed: the note of the last request, %s, is void: %s", note->name, why);
}

/* What cannot be brought back is no reason to bring back the one before it. */
static void check_note(const struct restoring *restoring, const char *folder)
{
	struct memhp_ctx *ctx = restoring->op.session.ctx;
	const struct note *note = restoring->note;

	if (restoring->notes.num_refused)
		fail_with(EXIT_FAILED, NULL, "look at that file, and remove it",
			  "nothing was changed: which request was the last cannot be told: in %s, %s", folder,
			  restoring->notes.refused);
	if (!note)
		fail(EXIT_FAILED, "nothing was changed: no request has left a note in %s", folder);
	switch (note_kind(note, ctx)) {
	case NOTE_VOID:
		fail_void(ctx, note);
	case NOTE_RUNNING:
		fail_with(EXIT_FAILED, NULL, "wait for it, or end it",
			  "nothing was changed: the last request still runs: process %" PRIu64, note->pid);
	case NOTE_CUT_OFF:
	case NOTE_ENDED:
		break;
	}
}

void restore_look_for_last(struct restoring *restoring)
{
	struct memhp_ctx *ctx = restoring->op.session.ctx;
	_cleanup_free_ char *folder = name_folder(ctx);
	int rc;

	notes_release(&restoring->notes);
	rc = notes_read(&restoring->notes, ctx);
	if (rc < 0)
		restore_fail_reading(ctx, rc);
	restoring->note = restoring->op.undone = notes_last(&restoring->notes);
	check_note(restoring, folder);
	restoring->is_past = restoring->note->is_restored;
	free(restoring->path);
	restoring->path = xasprintf("%s/%s", folder, restoring->note->name);
}

static void tell_request(const struct restoring *restoring)
{
	const struct note *note = restoring->note;
	_cleanup_free_ char *time = note_format_time(note), *user = note_format_user(note);

	warn("the last request, of %s by %s, %s%s: %s", time, user, note->outcome ? "ended as " : "was cut off",
	     note->outcome ? note->outcome : "", note->command);
}

/* A writer that was killed with its memctl may have a block in its hands yet, which nobody sees by its state. */
static void wait_for_writer(const struct restoring *restoring)
{
	struct memhp_ctx *ctx = restoring->op.session.ctx;
	uint64_t started_ms = now_ms();
	pid_t pid;

	while ((pid = memhp_ctx_find_writer(ctx, UINT64_MAX)) && session_left_ms(&restoring->op.session)) {
		if (now_ms() - started_ms > PATIENCE_MS) {
			warn("careful: process %d has the file of a block open, and may change it yet", (int)pid);
			return;
		}
		nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	}
}

static void take_block(struct restoring *restoring, const struct memhp_block *block, size_t rows[2])
{
	uint64_t start = memhp_block_get_start_addr(block), last = start + (restoring->now.block_size - 1);
	const struct layout_place *before;

	switch (note_judge(restoring->note, block, rows, &before)) {
	case MEMHP_UNDO_NOTHING:
		break;
	case MEMHP_UNDO_PENDING:
		layout_add(&restoring->saved, start, last, (struct layout_place){ .state = before->state, .zone = before->zone });
		break;
	case MEMHP_UNDO_OTHERS:
		layout_add(&restoring->stays[STAYS_OTHERS], start, last, (struct layout_place){ 0 });
		break;
	case MEMHP_UNDO_UNKNOWN:
		layout_add(&restoring->stays[STAYS_UNKNOWN], start, last, (struct layout_place){ 0 });
		break;
	}
}

/* Only what is as the request left it goes back. */
static void take_blocks(struct restoring *restoring)
{
	size_t rows[2] = { 0, 0 };
	const struct memhp_block *block;

	for (size_t i = 0; (block = memhp_snapshot_get_block(restoring->op.snapshot, i)); i++)
		take_block(restoring, block, rows);
}

/* Blocks that are in one layout and not in another */
static void find_missing(struct layout *missing, const struct layout *has, const struct layout *lacks)
{
	struct layout_walk walk = { .saved = has, .now = lacks };
	struct layout_span span;

	while (layout_walk(&walk, &span))
		if (!span.now)
			layout_add(missing, span.start, span.last, (struct layout_place){ 0 });
}

static void tell_what_stays(struct restoring *restoring)
{
	const struct note *note = restoring->note;

	for (size_t i = 0; i < NUM_STAYS; i++) {
		_cleanup_free_ char *names = layout_name_blocks(&restoring->stays[i]);

		if (!names)
			continue;
		warn("%s: %s", stays[i].text, names);
		restoring->has_others = restoring->op.is_incomplete = true;
	}
	if (note->device && !note->before.num_rows) {
		warn("the request was about %s as a whole, and nothing here brings that back", note->device);
		restoring->has_others = restoring->op.is_incomplete = true;
	}
	if (note->may_cost_huge_pages)
		warn("huge pages that the request cost do not come back with the blocks: vm.nr_hugepages asks for them again");
}

void restore_look_again(struct restoring *restoring)
{
	restore_look_for_last(restoring);
	if (!restoring->note->outcome && !has_option(restoring->op.options, OPT_DRY_RUN))
		wait_for_writer(restoring);
}

void restore_take_last(struct restoring *restoring)
{
	const struct note *note = restoring->note;

	tell_request(restoring);
	restoring->saved.block_size = note->before.block_size;
	if (note->is_restored || note->before.block_size != restoring->now.block_size)
		return;
	for (size_t i = 0; i < NUM_STAYS; i++)
		restoring->stays[i].block_size = restoring->now.block_size;
	take_blocks(restoring);
	find_missing(&restoring->stays[STAYS_GONE], &note->before, &restoring->now);
	find_missing(&restoring->stays[STAYS_ADDED], &note->after, &note->before);
	tell_what_stays(restoring);
}

void restore_release_last(struct restoring *restoring)
{
	notes_release(&restoring->notes);
	for (size_t i = 0; i < NUM_STAYS; i++)
		layout_release(&restoring->stays[i]);
}

static struct json_object *make_run(const struct layout_row *row, const char *reason, uint64_t block_size)
{
	_cleanup_free_ char *range = format_range(row->start, row->last);
	_cleanup_free_ char *blocks = format_ids(row->start / block_size, row->last / block_size);
	struct json_object *object = json_new();

	json_set_string(object, "range", range);
	json_set_uint(object, "start", row->start);
	json_set_uint(object, "size", size_of_span(row->start, row->last));
	json_set_string(object, "block", blocks);
	json_set_string(object, "reason", reason);
	return object;
}

void restore_write_last(const struct restoring *restoring, struct json_doc *doc)
{
	json_doc_begin_object(doc, "request");
	note_write_request(restoring->note, doc);
	json_doc_end_object(doc);
	json_doc_begin_array(doc, "stays");
	for (size_t i = 0; i < NUM_STAYS; i++)
		for (size_t n = 0; n < restoring->stays[i].num_rows; n++)
			json_doc_item(doc, make_run(&restoring->stays[i].rows[n], stays[i].word, restoring->now.block_size));
	json_doc_end_array(doc);
}
