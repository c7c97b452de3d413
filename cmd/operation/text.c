/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan or a result for people: the table, what it comes to, and what went wrong */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "operation/operation.h"
#include "ui/format.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/wrap.h"
#include "ui/xalloc.h"

static void print_deadlines(const struct operation *op)
{
	_cleanup_free_ char *whole = format_deadline(op->options->timeout_ms);
	_cleanup_free_ char *block = format_deadline(op->block_timeout_ms);

	print_sentence(2, "Deadline for the request: %s; for each block: %s.", whole, block);
}

static size_t count_spares(const struct operation *op)
{
	struct report_row row;
	size_t spares = 0;

	for (size_t i = 0; op->kind->get_row(op, i, &row); i++)
		spares += row_is_spare(&row);
	return spares;
}

/* "896M of 1G" */
static char *format_changed(const struct report_sums *sums)
{
	char changed[SIZE_TEXT_MAX], wanted[SIZE_TEXT_MAX];

	if (!sums->wanted)
		return xstrdup("nothing"); /* "0B of 0B" would leave open whether it is a fault */
	if (!sums->changed)
		return xasprintf("none of %s", format_size(sums->wanted, wanted));
	return xasprintf("%s of %s", format_size(sums->changed, changed), format_size(sums->wanted, wanted));
}

static void print_plan_conclusion(const struct operation *op, const struct report_sums *sums)
{
	_cleanup_free_ char *changed = format_changed(sums);
	size_t spares = count_spares(op);

	if (spares)
		print_sentence(2, "Further candidates, should one of them be busy: %zu block%s.", spares, spares == 1 ? "" : "s");
	print_deadlines(op);
	print_sentence(2, "A dry run: %s would %s%s%s%s. Nothing was changed.", changed, op->kind->words.would,
		       op->device ? ", and " : "", op->device ? op->device : "", op->device ? " would be ejected" : "");
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
	_cleanup_free_ char *elapsed = format_elapsed(op->elapsed_ms), *changed = format_changed(sums);
	const char *lead = lead_of_end(op), *did = op->is_rolled_back ? "rolled back" : words->did;
	char size[SIZE_TEXT_MAX], *text;
	size_t length;
	FILE *out = xopen_memstream(&text, &length);

	fprintf(out, "%s%c%s", lead, *lead ? *did : toupper(*did), did + 1);
	if (op->is_rolled_back)
		fprintf(out, " in %s: %s", elapsed, left_text(op, sums));
	else
		fprintf(out, " %s%s in %s", changed, words->done, elapsed);
	if (sums->already && !op->is_rolled_back)
		fprintf(out, "; %s was %s already", format_size(sums->already, size), words->already);
	if (sums->unverified)
		fprintf(out, "; %s may be changed besides", format_size(sums->unverified, size));
	fputc('.', out);
	xclose_memstream(out);
	wrap_print(stdout, 0, 2, text);
	free(text);
}

static bool is_refused(const struct operation *op)
{
	return op->guard.refused || op->refused;
}

static size_t count_planned(const struct operation *op, size_t *num)
{
	struct report_row row;
	size_t planned = 0;

	for (*num = 0; op->kind->get_row(op, *num, &row); ++*num)
		planned += row.outcome == MEMHP_OUTCOME_PLANNED;
	return planned;
}

/* A dry run or not, nothing has been done. */
static void tell_refusal(const struct operation *op)
{
	size_t num, planned = count_planned(op, &num);
	_cleanup_free_ char *hint = NULL;
	bool is_least;

	if (!op->guard.refused) {
		/* Which, and why, has been said of each. */
		warn("refused: nothing was changed, for %zu of %zu block%s failed the checks", num - planned, num,
		     num == 1 ? "" : "s");
		return;
	}
	/* There is no less than one block. */
	is_least = planned == 1 && op->action == MEMHP_TRANSITION_OFFLINE;
	hint = xasprintf("%s%s", is_least ? "" : op->kind->words.advice, guard_force_option(&op->guard));
	warn("refused: %s; nothing was changed", op->guard.text);
	message_add("try", hint);
}

static void print_conclusion(const struct operation *op)
{
	struct report_sums sums = operation_sum(op);
	char already[SIZE_TEXT_MAX];

	putchar('\n');
	if (!op->has_acted)
		print_plan_conclusion(op, &sums);
	else if (sums.may_be_changed || op->completion != MEMHP_COMPLETION_COMPLETE)
		print_result(op, &sums);
	else if (!has_option(op->options, OPT_TO))
		print_sentence(2, "Nothing to change: %s already %s.", format_size(sums.already, already), op->kind->words.already);
	operation_print_target(op);
}

static void print_device(const struct operation *op)
{
	if (op->device && operation_is_ejected(op))
		print_sentence(2, "%s is ejected.", op->device);
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
		if (!is_refused(op) && !has_option(op->options, OPT_NOHEADINGS))
			print_conclusion(op);
		print_device(op);
		fflush(stdout);
	}
	message_set_quiet(false); /* failures are told whatever was asked */
	operation_tell_troubles(op);
	if (is_refused(op))
		tell_refusal(op);
}
