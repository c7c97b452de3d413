/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The note of a request: before its first store what its blocks are and are to become, after its last one what came of it. It is
 * written as a whole each time, and does nothing to the request: where it cannot be had, that is said afterwards.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "operation/operation.h"
#include "ui/advice.h"
#include "ui/caller.h"
#include "ui/message.h"
#include "ui/note.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

/* What a request makes of a block; of the zone that the kernel chooses nothing is known. */
static struct layout_place goal_of(const struct memhp_step *step)
{
	struct layout_place place = { .state = MEMHP_STATE_OFFLINE };

	switch (memhp_step_get_action(step)) {
	case MEMHP_TRANSITION_ONLINE_MOVABLE:
		place.zone = MEMHP_ZONE_MOVABLE;
		place.state = MEMHP_STATE_ONLINE;
		break;
	case MEMHP_TRANSITION_ONLINE:
	case MEMHP_TRANSITION_ONLINE_KERNEL:
		place.state = MEMHP_STATE_ONLINE;
		break;
	case MEMHP_TRANSITION_DECONFIGURE:
		place.state = MEMHP_STATE_STANDBY;
		break;
	default:
		break;
	}
	return place;
}

/* Of blocks; candidates that may have their turn are among them. */
static bool may_change(const struct memhp_step *step)
{
	return !memhp_step_get_device(step) &&
	       (memhp_step_get_outcome(step) == MEMHP_OUTCOME_PLANNED || memhp_step_get_reason(step) == MEMHP_REASON_SPARE);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = memhp_step_get_start_addr(*(const struct memhp_step *const *)a);
	uint64_t y = memhp_step_get_start_addr(*(const struct memhp_step *const *)b);

	return x < y ? -1 : x > y;
}

/* A plan's steps are in the order in which they are tried, those of a layout by address. From malloc(), `num` of them */
static const struct memhp_step **sort_steps(const struct memhp_plan *plan, size_t *num)
{
	const struct memhp_step **steps, *step;
	size_t all = 0;

	while (memhp_plan_get_step(plan, all))
		all++;
	steps = xcalloc(all ? all : 1, sizeof(*steps));
	*num = 0;
	for (size_t i = 0; (step = memhp_plan_get_step(plan, i)); i++)
		if (may_change(step))
			steps[(*num)++] = step;
	if (*num)
		qsort(steps, *num, sizeof(*steps), compare);
	return steps;
}

static void take_blocks(struct note *note, const struct operation *op)
{
	size_t num;
	const struct memhp_step **steps = sort_steps(op->plan, &num);

	for (size_t i = 0; i < num; i++) {
		const struct memhp_block *block = memhp_snapshot_find_block(op->snapshot, memhp_step_get_block_id(steps[i]));
		uint64_t start = memhp_step_get_start_addr(steps[i]), last = memhp_step_get_last_addr(steps[i]);

		if (block)
			layout_add(&note->before, start, last, layout_place_of(block));
		layout_add(&note->after, start, last, goal_of(steps[i]));
	}
	free(steps);
}

static bool may_cost_huge_pages(const struct operation *op)
{
	for (size_t i = 0; op->huge_before && memhp_huge_pools_get(op->huge_before, i); i++)
		if (op->huge_at_risk[i])
			return true;
	return false;
}

static const char *device_of(const struct operation *op)
{
	const struct memhp_step *first = memhp_plan_get_step(op->plan, 0);

	return op->device ? op->device : first ? memhp_step_get_device(first) : NULL;
}

static void write_note(struct operation *op)
{
	op->note_error = note_write(op->note, op->session.ctx, op->session.lock != NULL);
}

/* While it is brought back the request has not ended: where this one is killed, what it leaves half done is still that one's. */
static void begin_undo(struct operation *op)
{
	struct note running = *op->undone;

	op->is_undoing = true;
	running.outcome = NULL;
	running.pid = (uint64_t)getpid();
	caller_find_process(running.pid, &running.process_start);
	(void)note_write(&running, op->session.ctx, op->session.lock != NULL);
}

/* Where that cannot be written nothing is left to be brought back, either. */
static void end_undo(struct operation *op)
{
	if (op->is_undoing || op->undone->is_restored)
		(void)note_write(op->undone, op->session.ctx, op->session.lock != NULL);
}

void operation_begin_note(struct operation *op)
{
	const char *device = device_of(op);

	if ((!operation_count_planned(op) && !op->device) || memhp_ctx_check_changeable(op->session.ctx) < 0)
		return;
	if (op->undone) {
		begin_undo(op);
		return;
	}
	op->note = xcalloc(1, sizeof(*op->note));
	*op->note = note_begin(op->session.ctx);
	op->note->before.block_size = op->note->after.block_size = op->block_size;
	op->note->num_planned = operation_count_planned(op);
	op->note->may_cost_huge_pages = may_cost_huge_pages(op);
	op->note->device = device ? xstrdup(device) : NULL;
	take_blocks(op->note, op);
	write_note(op);
}

void operation_forget_note(struct operation *op)
{
	if (op->undone)
		end_undo(op);
	if (op->note && !op->note_error)
		note_remove(op->note, op->session.ctx);
	operation_release_note(op);
}

/* What a block was found to be in the end; its state is unknown where that could not be read. */
static struct layout_place end_of(const struct report_row *row)
{
	struct layout_place place = { 0 };

	if (!row->after || memhp_state_from_name(row->after, &place.state) < 0 || place.state != MEMHP_STATE_ONLINE)
		return place;
	if (!row->zone || memhp_zone_from_name(row->zone, &place.zone) < 0 || place.zone == MEMHP_ZONE_NONE)
		place.zone = MEMHP_ZONE_UNKNOWN;
	return place;
}

static int compare_ends(const void *a, const void *b)
{
	const struct layout_row *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Of all rows with a block, by address; from malloc(), `num` of them */
static struct layout_row *sort_ends(const struct operation *op, size_t *num)
{
	struct layout_row *ends;
	struct report_row row;
	size_t all = 0;

	while (op->kind->get_row(op, all, &row))
		all++;
	ends = xcalloc(all ? all : 1, sizeof(*ends));
	*num = 0;
	for (size_t i = 0; op->kind->get_row(op, i, &row); i++)
		if (!row.device)
			ends[(*num)++] = (struct layout_row){ row.start_addr, row.last_addr, end_of(&row) };
	if (*num)
		qsort(ends, *num, sizeof(*ends), compare_ends);
	return ends;
}

/* What is not known in the end is still what it was to become. */
static void take_ends(struct note *note, const struct operation *op)
{
	struct layout after = { .block_size = note->after.block_size };
	size_t num, i = 0;
	struct layout_row *ends = sort_ends(op, &num);

	for (size_t n = 0; n < note->after.num_rows; n++) {
		const struct layout_row *row = &note->after.rows[n];

		for (uint64_t start = row->start;; start += after.block_size) {
			while (i < num && ends[i].start < start)
				i++;
			layout_add(&after, start, start + (after.block_size - 1),
				   i < num && ends[i].start == start && ends[i].place.state ? ends[i].place : row->place);
			if (start + (after.block_size - 1) == row->last)
				break;
		}
	}
	free(ends);
	layout_release(&note->after);
	note->after = after;
}

/* What has changed nothing is nothing to be brought back, and must not stand before what did. */
static bool has_changed(const struct operation *op)
{
	struct report_sums sums = operation_sum(op);

	return sums.changed || sums.may_be_changed || operation_is_ejected(op);
}

void operation_end_note(struct operation *op)
{
	if (op->undone) {
		op->undone->is_restored |= op->completion == MEMHP_COMPLETION_COMPLETE;
		end_undo(op);
	}
	if (!op->note || op->note_error)
		return;
	if (!has_changed(op)) {
		note_remove(op->note, op->session.ctx);
		return;
	}
	take_ends(op->note, op);
	op->note->outcome = xstrdup(operation_outcome(op));
	write_note(op);
	/* One that does not end would be taken for that of a request that was cut off. */
	if (op->note_error)
		note_remove(op->note, op->session.ctx);
}

void operation_tell_note(const struct operation *op)
{
	_cleanup_free_ char *folder = op->note_error ? advice_path("/" NOTES_FOLDER) : NULL;

	if (folder)
		warn("no note of this request in %s (%s): nothing will tell what its blocks were before", folder,
		     strerror(-op->note_error));
}

void operation_release_note(struct operation *op)
{
	if (!op->note)
		return;
	note_release(op->note);
	free(op->note);
	op->note = NULL;
}
