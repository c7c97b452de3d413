/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan or a result for people: the table, what it comes to, and what went wrong */
#include <stdio.h>

#include "operation/operation.h"
#include "ui/format.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

static void print_deadlines(const struct operation *op)
{
	_cleanup_free_ char *whole = format_deadline(op->options->timeout_ms);
	_cleanup_free_ char *block = format_deadline(memhp_request_get_block_timeout_ms(op->request));

	printf("\nDeadline for the request: %s; for each block: %s.\n", whole, block);
}

static size_t count_spares(const struct operation *op)
{
	const struct memhp_step *step;
	size_t spares = 0;

	for (size_t i = 0; (step = operation_get_step(op, i)); i++)
		spares += operation_is_spare(step);
	return spares;
}

static void print_plan_conclusion(const struct operation *op, uint64_t changed, uint64_t requested)
{
	char requested_text[SIZE_TEXT_MAX], changed_text[SIZE_TEXT_MAX];

	if (count_spares(op))
		printf("\nFurther candidates, should one of them be busy: %zu blocks.", count_spares(op));
	print_deadlines(op);
	printf("%s %s of %s would change%s%s%s. Nothing was changed.\n",
	       op->guard.refused ? "Refused:" : "A dry run:", format_size(changed, changed_text),
	       format_size(requested, requested_text), op->device ? ", and " : "", op->device ? op->device : "",
	       op->device ? " would be ejected" : "");
}

/* What ended the request before its time */
static const char *lead_of_end(const struct operation *op)
{
	switch (memhp_result_get_completion(op->result)) {
	case MEMHP_TIMEOUT:
		return "The deadline passed: ";
	case MEMHP_INTERRUPTED:
		return "Interrupted: ";
	default:
		return "";
	}
}

/* "Changed 896M of 1G in 120ms." */
static void print_conclusion(const struct operation *op)
{
	char requested_text[SIZE_TEXT_MAX], changed_text[SIZE_TEXT_MAX];
	uint64_t requested, changed, unverified = operation_sum_unverified(op);
	char unverified_text[SIZE_TEXT_MAX];
	_cleanup_free_ char *elapsed = NULL;
	const char *lead;

	operation_sum_sizes(op, &requested, &changed);
	if (!op->result) {
		print_plan_conclusion(op, changed, requested);
		return;
	}
	if (changed == 0 && memhp_result_get_completion(op->result) == MEMHP_COMPLETE) {
		printf("\nNothing to change: %s already %s.\n", format_size(requested, requested_text),
		       op->action == MEMHP_ACTION_OFFLINE ? "offline" : "online");
		return;
	}
	elapsed = format_elapsed(session_elapsed_ms(&op->session));
	lead = lead_of_end(op);
	printf("\n%s", lead);
	if (memhp_result_is_rolled_back(op->result))
		printf("%s in %s: %s", *lead ? "rolled back" : "Rolled back", elapsed,
		       operation_may_have_lost_huge_pages(op) ? "the blocks are as they were" : "nothing is changed");
	else
		printf("%s %s of %s in %s", *lead ? "changed" : "Changed", format_size(changed, changed_text),
		       format_size(requested, requested_text), elapsed);
	if (unverified)
		printf("; %s may be changed besides", format_size(unverified, unverified_text));
	puts(".");
}

static void print_device(const struct operation *op)
{
	if (op->device && op->result && memhp_result_is_ejected(op->result))
		printf("%s is ejected.\n", op->device);
}

static void tell_nothing_to_do(const struct operation *op)
{
	const char *goal = op->action == MEMHP_ACTION_OFFLINE ? "offline" : "online";

	if (op->is_removal)
		warn("nothing to do: %s is unplugged", op->options->source);
	else if (memhp_plan_get_num_short(op->plan))
		warn("nothing was changed: no selected block is left to go %s", goal);
	else if (op->num_present == 0)
		warn("nothing to do: there is no memory block");
	else if (has_option(op->options, OPT_ALL))
		warn("nothing to do: all selected blocks are %s", goal);
	else
		warn("nothing to do: no memory block matches");
}

/* What is better than force. A device goes as a whole. */
static const char *lead_to_force(const struct operation *op)
{
	if (op->is_removal)
		return "use ";
	return op->action == MEMHP_ACTION_OFFLINE ? "offline less, or use " : "use --kernel for some of the blocks, or ";
}

void operation_print(const struct operation *op)
{
	if (!operation_get_step(op, 0)) {
		tell_nothing_to_do(op);
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
		warn("refused: %s; %s%s", op->guard.text, lead_to_force(op), guard_force_option(&op->guard));
}
