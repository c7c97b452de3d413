/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Progress: one living line on a terminal, a document a line for programs */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "operation/operation.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/opts.h"

/* From the middle of a request all of this needs no memory. */

/* What is over sooner needs no line. */
#define QUIET_MS 1000

void operation_prepare_progress(struct operation *op)
{
	bool json = has_option(op->options, OPT_JSON);

	op->shows_line = !json && !has_option(op->options, OPT_QUIET) && isatty(STDERR_FILENO);
	if (json)
		json_prepare();
}

static uint64_t bytes_per_second(uint64_t bytes, uint64_t ms)
{
	return ms ? (uint64_t)((double)bytes * 1000 / (double)ms) : 0;
}

static void show_line(const struct operation *op, const struct progress *progress)
{
	uint64_t elapsed = session_elapsed_ms(&op->session);
	uint64_t done = progress->done, goal = progress->goal;
	uint64_t rate = bytes_per_second(done * op->block_size, elapsed) >> 20 << 20;
	char done_text[SIZE_TEXT_MAX], goal_text[SIZE_TEXT_MAX], rate_text[SIZE_TEXT_MAX];

	if (elapsed < QUIET_MS)
		return;
	message_clear_line();
	if (progress->ejects) {
		fprintf(stderr, "waiting for %s to be ejected, %" PRIu64 "s", op->device, elapsed / 1000);
		fflush(stderr);
		return;
	}
	fprintf(stderr, "%s%" PRIu64 "/%" PRIu64 " blocks, %s of %s", progress->rolls_back ? "rolling back: " : "", done, goal,
		format_size(done * op->block_size, done_text), format_size(goal * op->block_size, goal_text));
	/* The time is that of the whole request: of a rollback it says nothing. */
	if (!progress->rolls_back)
		fprintf(stderr, ", %s/s", format_size(rate, rate_text));
	fprintf(stderr, ", %" PRIu64 "s", elapsed / 1000);
	if (progress->block_id)
		fprintf(stderr, ", block %" PRIu64 " for %" PRIu64 "s", *progress->block_id, progress->block_elapsed_ms / 1000);
	fflush(stderr);
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

void operation_tick(void *data)
{
	struct operation *op = data;

	op->progress.block_elapsed_ms = op->progress.block_id ? now_ms() - op->block_started_ms : 0;
	operation_show_progress(op, &op->progress);
}

void operation_end_progress(const struct operation *op)
{
	if (op->shows_line)
		message_clear_line();
}
