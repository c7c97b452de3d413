/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the waiting ended, and what is not as asked */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ui/format.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/xalloc.h"
#include "wait/wait.h"

/* Enough to see what it is about */
#define MAX_LINES 20

const char *wait_goal(const struct waiting *waiting)
{
	static const char *const words[] = { [AWAITED_ONLINE] = "online",
					     [AWAITED_OFFLINE] = "offline",
					     [AWAITED_PRESENT] = "present",
					     [AWAITED_ABSENT] = "absent" };

	return waiting->goal == AWAITED_NOTHING ? NULL : words[waiting->goal];
}

uint64_t wait_wanted(const struct waiting *waiting)
{
	return waiting->at_least ? waiting->at_least : waiting->so + waiting->not_so + waiting->unknown;
}

/* The kernel's word; NULL where there is none */
static const char *state_of(const struct memhp_block *block)
{
	return memhp_block_get_state(block) == MEMHP_STATE_UNKNOWN && memhp_block_get_error(block, MEMHP_ATTR_STATE) != -EBADMSG
		       ? NULL
		       : memhp_block_get_state_name(block);
}

static void tell_rest(const struct wait *wait, const struct wait_rest *rest)
{
	_cleanup_free_ char *ids = format_ids(rest->first, rest->last);
	const char *blocks = rest->first == rest->last ? "block" : "blocks";

	if (rest->error)
		warn("%s %s: whether it is selected and %s cannot be told: %s (%s)", blocks, ids, wait_goal(&wait->waiting),
		     strerror(-rest->error), errno_name(rest->error));
	else
		warn("%s %s: %s", blocks, ids,
		     !rest->block            ? "not there"
		     : state_of(rest->block) ? state_of(rest->block)
					     : "there");
}

static void tell_all(const struct wait *wait)
{
	struct wait_place place = { 0 };
	struct wait_rest rest;
	uint64_t more = 0;

	for (size_t i = 0; waiting_next_rest(&wait->waiting, &place, &rest); i++) {
		if (i < MAX_LINES)
			tell_rest(wait, &rest);
		else
			more += rest.last - rest.first + 1;
	}
	if (more)
		warn("and %" PRIu64 " block%s more", more, more == 1 ? "" : "s");
}

/* "128M of 512M is online", "512M is online", "no block matches" */
static char *say_how_much(const struct wait *wait)
{
	const struct waiting *waiting = &wait->waiting;
	char so[SIZE_TEXT_MAX], wanted[SIZE_TEXT_MAX];

	if (waiting->goal == AWAITED_NOTHING)
		return xasprintf("%" PRIu64 " event%s, and it has not settled", waiting->num_events,
				 waiting->num_events == 1 ? "" : "s");
	if (!wait_wanted(waiting))
		return xstrdup("no block matches");
	format_size(size_of_blocks(waiting->so, wait->block_size), so);
	if (wait->end == WAIT_DONE)
		return xasprintf("%s is %s", so, wait_goal(waiting));
	return xasprintf("%s of %s is %s", so, format_size(size_of_blocks(wait_wanted(waiting), wait->block_size), wanted),
			 wait_goal(waiting));
}

static void print_conclusion(const struct wait *wait)
{
	_cleanup_free_ char *elapsed = format_elapsed(wait->elapsed_ms), *much = say_how_much(wait);
	_cleanup_free_ char *silence = format_deadline(wait->options->settled_ms);

	if (wait->end != WAIT_DONE)
		print_sentence(2, "%s after %s: %s.", wait->end == WAIT_SIGNAL ? "Interrupted" : "The deadline passed", elapsed,
			       much);
	else if (wait->waiting.goal == AWAITED_NOTHING)
		print_sentence(2, "Settled after %s: no event for %s, and %" PRIu64 " before.", elapsed, silence,
			       wait->waiting.num_events);
	else
		print_sentence(2, "Done after %s: %s.", elapsed, much);
}

void wait_print(const struct wait *wait)
{
	if (!has_option(wait->options, OPT_QUIET)) {
		print_conclusion(wait);
		fflush(stdout);
	}
	message_set_quiet(false); /* failures are told whatever was asked */
	if (wait->end != WAIT_DONE && wait->waiting.goal != AWAITED_NOTHING)
		tell_all(wait);
}

static struct json_object *make_row(const struct wait *wait, const struct wait_rest *rest)
{
	uint64_t start = rest->first * wait->block_size, last = rest->last * wait->block_size + (wait->block_size - 1);
	_cleanup_free_ char *ids = format_ids(rest->first, rest->last), *range = format_range(start, last);
	struct json_object *row = json_new();

	json_set_string(row, "block", ids);
	json_set_uint(row, "blocks", rest->last - rest->first + 1);
	json_set_string(row, "range", range);
	json_set_uint(row, "start", start);
	json_set_uint(row, "size", size_of_span(start, last));
	json_set_string(row, "state", rest->block ? state_of(rest->block) : "absent");
	json_set_string(row, "errno", errno_name(rest->error));
	return row;
}

static void write_size(struct json_doc *doc, const struct wait *wait, const char *key, uint64_t blocks)
{
	if (wait->waiting.goal == AWAITED_NOTHING)
		json_doc_null(doc, key);
	else
		json_doc_uint(doc, key, size_of_blocks(blocks, wait->block_size));
}

void wait_write(const struct wait *wait, int status)
{
	static const char *const outcomes[] = {
		[WAIT_DONE] = "complete", [WAIT_TIMEOUT] = "timeout", [WAIT_SIGNAL] = "interrupted"
	};
	const struct waiting *waiting = &wait->waiting;
	struct wait_place place = { 0 };
	struct wait_rest rest;
	struct json_doc doc;

	json_doc_begin(&doc, stdout, "wait");
	json_doc_string(&doc, "outcome", outcomes[wait->end]);
	json_doc_string(&doc, "for", wait_goal(waiting));
	if (waiting->at_least)
		json_doc_uint(&doc, "at_least", size_of_blocks(waiting->at_least, wait->block_size));
	else
		json_doc_null(&doc, "at_least");
	json_doc_deadline(&doc, "settled_ms", waiting->goal == AWAITED_NOTHING ? wait->options->settled_ms : MEMHP_NO_TIMEOUT);
	json_doc_deadline(&doc, "timeout_ms", wait->options->timeout_ms);
	json_doc_uint(&doc, "block_size", wait->block_size);
	write_size(&doc, wait, "so", waiting->so);
	write_size(&doc, wait, "not_so", waiting->not_so);
	write_size(&doc, wait, "unknown", waiting->unknown);
	json_doc_uint(&doc, "events", waiting->num_events);
	json_doc_uint(&doc, "elapsed_ms", wait->elapsed_ms);
	json_doc_begin_array(&doc, "blocks");
	while (waiting->goal != AWAITED_NOTHING && waiting_next_rest(waiting, &place, &rest))
		json_doc_item(&doc, make_row(wait, &rest));
	json_doc_end_array(&doc);
	json_doc_uint(&doc, "exit_status", (uint64_t)status);
	json_doc_end(&doc);
}
