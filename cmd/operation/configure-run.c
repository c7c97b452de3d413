/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carries out what memctl configure and deconfigure have planned: item after item, those that were busy again, and with --rollback
 * all of it back. What is said of an item in the end is what was read then, never what its store returned.
 */
#include <errno.h>
#include <string.h>

#include "operation/configure.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

/* Pauses before what was busy is tried again, as the library makes them: they double from the first up to the last. */
#define FIRST_PAUSE_MS 100
#define LAST_PAUSE_MS  5000

/* How long a rollback may take, whatever has ended the request */
#define ROLLBACK_MS 300000

bool configure_get_row(const struct operation *op, size_t index, struct report_row *row)
{
	const struct configure *configure = (const struct configure *)op;

	if (index >= configure->num_items)
		return false;
	*row = configure->items[index].row;
	row->index = index;
	return true;
}

static void begin_writer(struct configure *configure, uint64_t timeout_ms, uint64_t block_timeout_ms)
{
	const struct session *session = &configure->op.session;

	if (memhp_writer_new(&configure->writer, session->ctx, timeout_ms, session->signal_fd) < 0)
		out_of_memory();
	memhp_writer_set_block_timeout_ms(configure->writer, block_timeout_ms);
	memhp_writer_set_progress(configure->writer, operation_tick, &configure->op);
}

static void end_writer(struct configure *configure)
{
	pid_t pid = memhp_writer_get_pid(configure->writer);

	if (pid)
		configure->op.writer_pid = pid;
	memhp_writer_free(configure->writer);
	operation_end_progress(&configure->op);
}

/* One attempt at an item, and how long it took */
static int attempt(struct configure *configure, struct item *item,
		   int (*store)(struct configure *configure, const struct item *item))
{
	int rc;

	configure->op.block_started_ms = now_ms();
	configure->op.progress.block_id = item->row.device ? NULL : &item->row.block_id;
	rc = store(configure, item);
	item->row.elapsed_ms += now_ms() - configure->op.block_started_ms;
	configure->op.progress.block_id = NULL;
	return rc;
}

static uint64_t num_blocks(const struct configure *configure, const struct item *item)
{
	return item->row.size / configure->op.block_size;
}

static void try_item(struct configure *configure, struct item *item)
{
	int rc = attempt(configure, item, configure->edge->change);

	item->is_tried = true;
	row_settle(&item->row, rc);
	if (memhp_writer_is_unverified(configure->writer)) {
		item->row.outcome = MEMHP_OUTCOME_UNVERIFIED;
		item->row.may_be_changed = true;
	}
	if (memhp_writer_get_pid(configure->writer))
		item->row.outcome = MEMHP_OUTCOME_IN_PROGRESS;
	if (rc == 0)
		configure->op.progress.done += num_blocks(configure, item);
	if (rc == -ECANCELED)
		configure->stop = MEMHP_REASON_CANCELLED;
	else if (rc == -ETIMEDOUT && (session_left_ms(&configure->op.session) == 0 || memhp_writer_get_pid(configure->writer)))
		configure->stop = MEMHP_REASON_DEADLINE;
	operation_tick(&configure->op);
}

/* Block after block; what had no turn is told with what ended it. */
static void try_all(struct configure *configure)
{
	bool has_written = false;

	for (size_t i = 0; i < configure->num_items; i++) {
		struct item *item = &configure->items[i];

		if (item->row.outcome != MEMHP_OUTCOME_PLANNED)
			continue;
		if (configure->stop) {
			item->row.outcome = MEMHP_OUTCOME_NOT_TRIED;
			item->row.reason = configure->stop;
			continue;
		}
		try_item(configure, item);
		if (operation_is_hopeless(item->row.error) && !has_written)
			fail_apply(configure->op.session.ctx, item->row.error);
		has_written = true;
	}
}

static bool is_busy(const struct item *item)
{
	return item->is_tried && item->row.outcome == MEMHP_OUTCOME_BUSY;
}

static bool has_busy(const struct configure *configure)
{
	for (size_t i = 0; i < configure->num_items; i++)
		if (is_busy(&configure->items[i]))
			return true;
	return false;
}

static void retry_busy(struct configure *configure)
{
	struct session *session = &configure->op.session;
	uint64_t pause = FIRST_PAUSE_MS;

	for (uint64_t try = 0; try < configure->op.options->retries && !configure->stop && has_busy(configure); try++) {
		if (session_pause(session, pause) < 0)
			configure->stop = MEMHP_REASON_CANCELLED;
		else if (session_left_ms(session) == 0)
			configure->stop = MEMHP_REASON_DEADLINE;
		pause = pause * 2 < LAST_PAUSE_MS ? pause * 2 : LAST_PAUSE_MS;
		for (size_t i = 0; i < configure->num_items && !configure->stop; i++)
			if (is_busy(&configure->items[i]))
				try_item(configure, &configure->items[i]);
	}
}

static void set(struct report_row *row, enum memhp_outcome outcome, enum memhp_reason reason)
{
	row->outcome = outcome;
	row->reason = reason;
}

void configure_note_look(struct item *item, const char *after, bool is_as_asked)
{
	struct report_row *row = &item->row;

	row->after = after;
	if (row->outcome == MEMHP_OUTCOME_ALREADY && !is_as_asked)
		set(row, MEMHP_OUTCOME_FAILED, after ? MEMHP_REASON_RACE : MEMHP_REASON_UNREADABLE);
	if (!item->is_tried)
		return;
	if (is_as_asked)
		row_settle(row, 0);
	else if (row->outcome == MEMHP_OUTCOME_CHANGED)
		set(row, after ? MEMHP_OUTCOME_REVERTED : MEMHP_OUTCOME_UNVERIFIED,
		    after ? MEMHP_REASON_RACE : MEMHP_REASON_UNREADABLE);
	else if (row->outcome == MEMHP_OUTCOME_UNVERIFIED && after)
		row_settle(row, row->error);
	row->is_changed = after && row->before && strcmp(after, row->before) != 0;
	row->may_be_changed = row->is_changed || row->outcome == MEMHP_OUTCOME_UNVERIFIED || row->outcome == MEMHP_OUTCOME_REVERTED;
}

/* What has to be brought back: what may be another way than before */
static bool is_elsewhere(const struct item *item)
{
	return item->is_tried && (item->row.may_be_changed || item->memmap != item->memmap_before);
}

/* What became of an item that was to be brought back */
static bool settle_rollback(struct item *item)
{
	struct report_row *row = &item->row;
	bool is_back = row->after && row->before && strcmp(row->after, row->before) == 0 && item->memmap == item->memmap_before;

	/* What had failed keeps its reason: only a setting was put back. */
	if (is_back && !item->was_changed)
		return true;
	row_settle(row, is_back ? 0 : item->rollback_error);
	row->outcome = is_back ? MEMHP_OUTCOME_ROLLED_BACK : MEMHP_OUTCOME_ROLLBACK_FAILED;
	row->is_changed = row->may_be_changed = !is_back;
	return is_back;
}

static void bring_back(struct configure *configure)
{
	bool is_all = true;

	/* The caller hears of it before it begins: from then on another signal ends the rollback. */
	operation_tick(&configure->op);
	for (size_t i = configure->num_items; i-- > 0;) {
		struct item *item = &configure->items[i];

		if (!item->is_rolled_back)
			continue;
		item->rollback_error = attempt(configure, item, configure->edge->bring_back);
		configure->op.progress.done += item->rollback_error == 0;
		operation_tick(&configure->op);
	}
	configure->edge->look(configure);
	for (size_t i = 0; i < configure->num_items; i++)
		if (configure->items[i].is_rolled_back)
			is_all &= settle_rollback(&configure->items[i]);
	configure->op.is_rolled_back = is_all && !configure->op.writer_pid;
}

/* All or nothing */
static void roll_back(struct configure *configure)
{
	struct operation *op = &configure->op;

	configure->op.progress = (struct progress){ .rolls_back = true };
	for (size_t i = 0; i < configure->num_items; i++) {
		configure->items[i].is_rolled_back = is_elsewhere(&configure->items[i]);
		configure->items[i].was_changed = configure->items[i].row.may_be_changed;
		configure->op.progress.goal += configure->items[i].is_rolled_back;
	}
	if (configure->op.progress.goal == 0)
		return;
	session_take_signal(&op->session);
	begin_writer(configure, ROLLBACK_MS, ROLLBACK_MS);
	bring_back(configure);
	end_writer(configure);
	if (op->completion == MEMHP_COMPLETION_PARTIAL && op->is_rolled_back)
		op->completion = MEMHP_COMPLETION_FAILED;
}

static void complete(struct configure *configure)
{
	struct operation *op = &configure->op;

	op->completion = operation_complete(op);
	/* It may have ended while it waited to try again. */
	if (configure->stop && (op->completion == MEMHP_COMPLETION_PARTIAL || op->completion == MEMHP_COMPLETION_FAILED))
		op->completion = configure->stop == MEMHP_REASON_CANCELLED ? MEMHP_COMPLETION_INTERRUPTED
									   : MEMHP_COMPLETION_TIMEOUT;
}

char *configure_make_reason(const struct operation *op, const struct report_row *row)
{
	const struct configure *configure = (const struct configure *)op;
	const struct item *item = &configure->items[row->index];
	const char *text = item->why ? item->why : row_reason_text(row->outcome, row->reason);

	if (row->outcome == MEMHP_OUTCOME_PLANNED || row_is_done(row))
		return NULL;
	return xstrdup(text ? text : configure->edge->refusal(row));
}

char *configure_make_hint(const struct operation *op, const struct report_row *row)
{
	const struct configure *configure = (const struct configure *)op;
	const struct item *item = &configure->items[row->index];
	const char *hint = item->is_tried ? configure->edge->hint(row) : item->hint;

	if (!hint && item->is_tried)
		hint = row_hint_text(op, row);
	return hint ? xstrdup(hint) : NULL;
}

void configure_act(struct operation *op)
{
	struct configure *configure = (struct configure *)op;

	set_last_words(operation_say_what_became, op);
	for (size_t i = 0; i < configure->num_items; i++)
		if (configure->items[i].row.outcome == MEMHP_OUTCOME_PLANNED)
			configure->op.progress.goal += num_blocks(configure, &configure->items[i]);
	begin_writer(configure, session_request_ms(&op->session), op->block_timeout_ms);
	try_all(configure);
	retry_busy(configure);
	end_writer(configure);
	if (configure->op.progress.goal)
		session_tell_unlocked(&op->session);
	configure->edge->look(configure);
	complete(configure);
	if (has_option(op->options, OPT_ROLLBACK) && op->completion != MEMHP_COMPLETION_COMPLETE)
		roll_back(configure);
	session_take_signal(&op->session);
}
