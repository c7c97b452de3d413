/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --wait-present: before anything is planned, waits for the blocks that are named and not there yet. */
#include <inttypes.h>
#include <stdio.h>

#include "operation/operation.h"
#include "ui/format.h"
#include "ui/living-line.h"
#include "ui/message.h"
#include "ui/waiting.h"
#include "ui/xalloc.h"

/* So many runs of blocks fit a sentence. */
#define MAX_RUNS 6

/* "block 40-43", "blocks 40-43,50 and 12 others"; from malloc() */
static char *name_absent(const struct waiting *waiting)
{
	/* Those that are there, and may get the link to their node or device still, are named when it is them alone. */
	uint64_t num = waiting->not_so ? waiting->not_so : waiting->unknown;
	_cleanup_free_ char *text = NULL;
	struct wait_place place = { 0 };
	struct wait_rest rest;
	size_t length, runs = 0;
	FILE *out = xopen_memstream(&text, &length);
	uint64_t others = 0;

	while (waiting_next_rest(waiting, &place, &rest)) {
		_cleanup_free_ char *ids = format_ids(rest.first, rest.last);

		if (rest.block && waiting->not_so)
			continue;
		if (runs++ < MAX_RUNS)
			fprintf(out, "%s%s", runs > 1 ? "," : "", ids);
		else
			others += rest.last - rest.first + 1;
	}
	if (others)
		fprintf(out, " and %" PRIu64 " others", others);
	xclose_memstream(out);
	return xasprintf("block%s %s", num == 1 ? "" : "s", text);
}

static void show_line(const struct waiting *waiting)
{
	_cleanup_free_ char *absent = name_absent(waiting);
	struct living_line line = { .length = 0 };

	living_line_add(&line, "waiting for %s, %" PRIu64 "s", absent, session_elapsed_ms(waiting->session) / 1000);
	living_line_show(&line);
}

static void tell_absent(const struct operation *op, const struct waiting *waiting)
{
	_cleanup_free_ char *absent = name_absent(waiting);

	warn("waiting for %s%s", absent,
	     op->session.timeout_ms == MEMHP_NO_TIMEOUT ? ", for as long as it takes: there is no --timeout" : "");
}

void operation_wait_present(struct operation *op)
{
	struct waiting waiting = { .session = &op->session,
				   .selection = op->options->selection,
				   .goal = AWAITED_NAMED,
				   .show_line = op->shows_line ? show_line : NULL };

	waiting_begin(&waiting);
	opts_check_possible(op->options, waiting.snapshot);
	if (waiting.not_so)
		tell_absent(op, &waiting);
	switch (waiting_run(&waiting)) {
	case WAIT_DONE:
		break;
	case WAIT_TIMEOUT:
		if (!waiting.not_so)
			break;
		fail(EXIT_TIMED_OUT, "nothing was changed: the deadline passed, and not there %s %s",
		     waiting.not_so == 1 ? "is" : "are", name_absent(&waiting));
	case WAIT_SIGNAL:
		fail_by_signal(op->session.signal, "nothing was changed: interrupted while waiting for %s", name_absent(&waiting));
	}
	waiting_end(&waiting);
}
