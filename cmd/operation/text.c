/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan or a result for people: the table, what it comes to, and what went wrong */
#include <ctype.h>
#include <stdio.h>

#include "operation/operation.h"
#include "ui/format.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

static void print_deadlines(const struct operation *op)
{
	_cleanup_free_ char *whole = format_deadline(op->options->timeout_ms);
	_cleanup_free_ char *block = format_deadline(op->block_timeout_ms);

	printf("\nDeadline for the request: %s; for each block: %s.\n", whole, block);
}

static size_t count_spares(const struct operation *op)
{
	struct report_row row;
	size_t spares = 0;

	for (size_t i = 0; op->kind->get_row(op, i, &row); i++)
		spares += row_is_spare(&row);
	return spares;
}

static void print_plan_conclusion(const struct operation *op, const struct report_sums *sums)
{
	char changed[SIZE_TEXT_MAX], wanted[SIZE_TEXT_MAX];

	if (count_spares(op))
		printf("\nFurther candidates, should one of them be busy: %zu blocks.", count_spares(op));
	print_deadlines(op);
	printf("%s %s of %s would %s%s%s%s. Nothing was changed.\n",
	       op->guard.refused || op->refused ? "Refused:" : "A dry run:", format_size(sums->changed, changed),
	       format_size(sums->wanted, wanted), op->kind->words.would, op->device ? ", and " : "", op->device ? op->device : "",
	       op->device ? " would be ejected" : "");
}

/* What ended the request before its time */
static const char *lead_of_end(const struct operation *op)
{
	switch (op->completion) {
	case MEMHP_COMPLETION_TIMEOUT:
		return "The deadline passed: ";
	case MEMHP_COMPLETION_INTERRUPTED:
		return "Interrupted: ";
	default:
		return "";
	}
}

/* What was, or would have been, brought back, and what stays */
static const char *left_text(const struct operation *op, const struct report_sums *sums)
{
	if (sums->changed && op->kind->words.stays)
		return op->kind->words.stays;
	return operation_may_have_lost_huge_pages(op) ? "the blocks are as they were" : "nothing is changed";
}

/* "Took 896M of 1G offline in 120ms; 128M was offline already." */
static void print_result(const struct operation *op, const struct report_sums *sums)
{
	const struct operation_words *words = &op->kind->words;
	_cleanup_free_ char *elapsed = format_elapsed(op->elapsed_ms);
	const char *lead = lead_of_end(op), *did = op->is_rolled_back ? "rolled back" : words->did;
	char changed[SIZE_TEXT_MAX], wanted[SIZE_TEXT_MAX], text[SIZE_TEXT_MAX];

	printf("\n%s%c%s", lead, *lead ? *did : toupper(*did), did + 1);
	if (op->is_rolled_back)
		printf(" in %s: %s", elapsed, left_text(op, sums));
	else
		printf(" %s of %s%s in %s", format_size(sums->changed, changed), format_size(sums->wanted, wanted), words->done,
		       elapsed);
	if (sums->already && !op->is_rolled_back)
		printf("; %s was %s already", format_size(sums->already, text), words->already);
	if (sums->unverified)
		printf("; %s may be changed besides", format_size(sums->unverified, text));
	puts(".");
}

static void print_conclusion(const struct operation *op)
{
	struct report_sums sums = operation_sum(op);
	char already[SIZE_TEXT_MAX];

	if (!op->has_acted)
		print_plan_conclusion(op, &sums);
	else if (!sums.may_be_changed && op->completion == MEMHP_COMPLETION_COMPLETE)
		printf("\nNothing to change: %s already %s.\n", format_size(sums.already, already), op->kind->words.already);
	else
		print_result(op, &sums);
}

static void print_device(const struct operation *op)
{
	if (op->device && op->result && memhp_result_is_ejected(op->result))
		printf("%s is ejected.\n", op->device);
}

void operation_print(const struct operation *op)
{
	struct report_row row;

	if (!op->kind->get_row(op, 0, &row)) {
		op->kind->say_empty(op);
		return;
	}
	if (!has_option(op->options, OPT_QUIET)) {
		operation_print_table(op);
		if (!has_option(op->options, OPT_NOHEADINGS))
			print_conclusion(op);
		print_device(op);
		fflush(stdout);
	}
	message_set_quiet(false); /* failures are told whatever was asked */
	operation_tell_troubles(op);
	if (op->guard.refused)
		warn("refused: %s; %s%s", op->guard.text, op->kind->words.advice, guard_force_option(&op->guard));
}
