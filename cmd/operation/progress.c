/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Progress: one living line on a terminal, a document a line for programs */
#include <inttypes.h>
#include <stdio.h>

#include "command.h"
#include "operation/operation.h"
#include "ui/json.h"
#include "ui/living-line.h"
#include "ui/message.h"

/* From the middle of a request all of this needs no memory. */

void operation_prepare_progress(struct operation *op)
{
	bool json = has_option(op->options, OPT_JSON);

	op->shows_line = living_line_is_wanted(op->options);
	if (json)
		json_prepare();
}

/* As the blocks went that are done: nothing else is known of the others. */
static void add_blocks(struct living_line *line, const struct operation *op, const struct progress *progress)
{
	uint64_t done = progress->done * op->block_size, goal = progress->goal * op->block_size;

	living_line_add(line, "%s", progress->rolls_back ? "rolling back: " : "");
	living_line_add_bar(line, done, goal);
	/* The time is that of the whole request: of a rollback it says nothing. */
	if (!progress->rolls_back)
		living_line_add_rate(line, done, goal, progress->elapsed_ms);
	if (progress->block_id)
		living_line_add(line, "  block %" PRIu64 " for %" PRIu64 "s", *progress->block_id,
				progress->block_elapsed_ms / 1000);
}

static void show_line(const struct operation *op, const struct progress *progress)
{
	uint64_t elapsed_ms = session_elapsed_ms(&op->session);
	struct living_line line = { .length = 0 };

	if (elapsed_ms < LIVING_LINE_QUIET_MS)
		return;
	if (progress->ejects)
		living_line_add(&line, "waiting for %s to be ejected, %" PRIu64 "s", op->device, elapsed_ms / 1000);
	else
		add_blocks(&line, op, progress);
	living_line_show(&line);
}

static void write_ended(struct json_doc *doc, const struct memhp_step *ended)
{
	if (!ended) {
		json_doc_null(doc, "ended");
		return;
	}
	json_doc_begin_object(doc, "ended");
	if (memhp_step_get_device(ended))
		json_doc_null(doc, "block_id");
	else
		json_doc_uint(doc, "block_id", memhp_step_get_block_id(ended));
	json_doc_string(doc, "outcome", memhp_outcome_name(memhp_step_get_outcome(ended)));
	json_doc_end_object(doc);
}

static void write_line(const struct operation *op, const struct progress *progress)
{
	struct json_doc doc;

	json_doc_begin_line(&doc, stdout, op->options->command->name);
	json_doc_begin_object(&doc, "progress");
	json_doc_uint(&doc, "done", progress->done);
	json_doc_uint(&doc, "goal", progress->goal);
	json_doc_uint(&doc, "elapsed_ms", session_elapsed_ms(&op->session));
	if (progress->block_id)
		json_doc_uint(&doc, "block_id", *progress->block_id);
	else
		json_doc_null(&doc, "block_id");
	json_doc_uint(&doc, "block_elapsed_ms", progress->block_elapsed_ms);
	write_ended(&doc, progress->ended);
	json_doc_bool(&doc, "rolling_back", progress->rolls_back);
	json_doc_bool(&doc, "ejecting", progress->ejects);
	json_doc_end_object(&doc);
	json_doc_end(&doc);
	fflush(stdout);
}

void operation_show_progress(struct operation *op, const struct progress *progress)
{
	/* From here on another signal ends the rollback. */
	if (progress->rolls_back && !op->rolls_back)
		session_take_signal(&op->session);
	op->rolls_back = progress->rolls_back;
	if (has_option(op->options, OPT_JSON) && has_option(op->options, OPT_PROGRESS))
		write_line(op, progress);
	else if (op->shows_line)
		show_line(op, progress);
}

void operation_end_progress(const struct operation *op)
{
	if (op->shows_line)
		message_clear_line();
}
