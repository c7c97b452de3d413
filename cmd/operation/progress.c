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

static void show_line(const struct operation *op, const struct memhp_progress *progress)
{
	uint64_t elapsed = session_elapsed_ms(&op->session);
	uint64_t done = memhp_progress_get_num_done(progress), goal = memhp_progress_get_num_goal(progress);
	uint64_t rate = bytes_per_second(done * op->block_size, elapsed) >> 20 << 20;
	bool rolls_back = memhp_progress_is_rolling_back(progress);
	const struct memhp_step *current = memhp_progress_get_current(progress);
	char done_text[SIZE_TEXT_MAX], goal_text[SIZE_TEXT_MAX], rate_text[SIZE_TEXT_MAX];

	if (elapsed < QUIET_MS)
		return;
	message_clear_line();
	if (memhp_progress_is_ejecting(progress)) {
		fprintf(stderr, "waiting for %s to be ejected, %" PRIu64 "s", op->device, elapsed / 1000);
		fflush(stderr);
		return;
	}
	fprintf(stderr, "%s%" PRIu64 "/%" PRIu64 " blocks, %s of %s", rolls_back ? "rolling back: " : "", done, goal,
		format_size(done * op->block_size, done_text), format_size(goal * op->block_size, goal_text));
	/* The time is that of the whole request: of a rollback it says nothing. */
	if (!rolls_back)
		fprintf(stderr, ", %s/s", format_size(rate, rate_text));
	fprintf(stderr, ", %" PRIu64 "s", elapsed / 1000);
	if (current)
		fprintf(stderr, ", block %" PRIu64 " for %" PRIu64 "s", memhp_step_get_block_id(current),
			memhp_progress_get_current_elapsed_ms(progress) / 1000);
	fflush(stderr);
}

static void write_line(const struct operation *op, const struct memhp_progress *progress)
{
	const struct memhp_step *current = memhp_progress_get_current(progress);
	struct json_doc doc;

	json_doc_begin_line(&doc, stdout, op->options->command->name);
	json_doc_begin_object(&doc, "progress");
	json_doc_uint(&doc, "done", memhp_progress_get_num_done(progress));
	json_doc_uint(&doc, "goal", memhp_progress_get_num_goal(progress));
	json_doc_uint(&doc, "elapsed_ms", session_elapsed_ms(&op->session));
	if (current)
		json_doc_uint(&doc, "block_id", memhp_step_get_block_id(current));
	else
		json_doc_null(&doc, "block_id");
	json_doc_uint(&doc, "block_elapsed_ms", memhp_progress_get_current_elapsed_ms(progress));
	json_doc_bool(&doc, "rolling_back", memhp_progress_is_rolling_back(progress));
	json_doc_bool(&doc, "ejecting", memhp_progress_is_ejecting(progress));
	json_doc_end_object(&doc);
	json_doc_end(&doc);
	fflush(stdout);
}

void operation_show_progress(void *data, const struct memhp_progress *progress)
{
	struct operation *op = data;

	/* From here on another signal ends the rollback. */
	if (memhp_progress_is_rolling_back(progress) && !op->rolls_back)
		session_take_signal(&op->session);
	op->rolls_back = memhp_progress_is_rolling_back(progress);
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
