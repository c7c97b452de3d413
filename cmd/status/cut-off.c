/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the last request was cut off, as its note tells. Root alone can read that. */
#include <errno.h>
#include <string.h>

#include "status/status.h"
#include "ui/advice.h"
#include "ui/message.h"
#include "ui/note.h"
#include "ui/xalloc.h"

/* Blocks that are as the request was to leave them, and were not so before */
static uint64_t count_changed(const struct status *status, const struct note *note)
{
	const struct layout_place *before;
	const struct memhp_block *block;
	size_t rows[2] = { 0, 0 };
	uint64_t num = 0;

	for (size_t i = 0; (block = memhp_snapshot_get_block(status->snapshot, i)); i++)
		num += note_judge(note, block, rows, &before) == MEMHP_UNDO_PENDING;
	return num;
}

/* What all of its blocks were to become, where that is the same; those that were to go to another zone may be half way. */
static enum memhp_state goal_of(const struct note *note)
{
	enum memhp_state goal = note->after.num_rows ? note->after.rows[0].place.state : MEMHP_STATE_UNKNOWN;

	for (size_t i = 1; i < note->after.num_rows; i++)
		if (note->after.rows[i].place.state != goal)
			return MEMHP_STATE_UNKNOWN;
	for (size_t i = 0; i < note->before.num_rows; i++)
		if (note->before.rows[i].place.state == goal)
			return MEMHP_STATE_UNKNOWN;
	return goal;
}

static void look_at(const struct status *status, const struct note *note)
{
	uint64_t changed = note->is_restored || note->before.block_size != status->block_size ? 0 : count_changed(status, note);

	/* One that had not come as far as to change a block has left nothing to be done. */
	if (changed &&
	    memhp_status_findings_add_cut_off(status->findings, goal_of(note), note->time_s, note->num_planned, changed) < 0)
		out_of_memory();
}

void status_look_for_cut_off(struct status *status, struct memhp_ctx *ctx)
{
	_cleanup_free_ char *folder = advice_path("/" NOTES_FOLDER);
	const struct note *note;
	struct notes notes;
	int rc = notes_read(&notes, ctx);

	status->has_odd_notes = notes.num_refused || (rc < 0 && rc != -EACCES);
	if (status->has_odd_notes)
		warn("whether a request was cut off cannot be told: %s: %s", folder,
		     notes.refused  ? notes.refused
		     : rc == -EPERM ? NOTES_UNTRUSTED
				    : strerror(-rc));
	note = notes_last(&notes);
	if (note && note_kind(note, ctx) == NOTE_CUT_OFF)
		look_at(status, note);
	notes_release(&notes);
}
