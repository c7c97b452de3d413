/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl wait: until blocks are so, or nothing more comes to pass */
#include <inttypes.h>
#include <stdio.h>

#include "commands.h"
#include "ui/exit.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/living-line.h"
#include "ui/message.h"
#include "wait/wait.h"

static bool has_names(const struct options *options)
{
	return has_option(options, OPT_RANGE) || has_option(options, OPT_BLOCK) || has_option(options, OPT_ADDRESS);
}

static bool has_filters(const struct options *options)
{
	return has_option(options, OPT_NODE) || has_option(options, OPT_SOURCE) || has_option(options, OPT_STATE) ||
	       has_option(options, OPT_ZONE);
}

/* What no machine can ever come to is not waited for. */
static void check_goal(const struct options *options)
{
	bool is_online = options->awaited == AWAITED_ONLINE, is_offline = options->awaited == AWAITED_OFFLINE;

	if (options->settled_ms == MEMHP_NO_TIMEOUT)
		usage_error("--settled", "\"infinity\" is never over; write 30s, 1.5m, 500ms or 2h");
	if (is_offline && has_option(options, OPT_ZONE))
		usage_error("--zone", "selects online blocks only, and none of these is offline; leave out --zone");
	if ((is_online || is_offline) && has_option(options, OPT_STATE) &&
	    options->state != (is_online ? MEMHP_STATE_ONLINE : MEMHP_STATE_OFFLINE))
		usage_error("--state",
			    "a block that is %s is no longer selected by it; leave out --state, or wait with --for absent until "
			    "there are no more such blocks",
			    is_online ? "online" : "offline");
	if (options->awaited == AWAITED_ABSENT && has_option(options, OPT_AT_LEAST) && !has_names(options))
		usage_error("--at-least",
			    "with --for absent counts only blocks that are named; use --range, --block or --address, too");
}

/* A slip in a number must not become a wait without an end. */
static void check_names(const struct wait *wait)
{
	const struct waiting *waiting = &wait->waiting;
	uint64_t named = waiting->so + waiting->not_so + waiting->unknown;

	opts_check_possible(wait->options, waiting->snapshot);
	if (has_names(wait->options) && !has_filters(wait->options) && waiting->at_least > named)
		usage_error("--at-least", "%" PRIu64 " block%s asked for, and only %" PRIu64 " named", waiting->at_least,
			    waiting->at_least == 1 ? " is" : "s are", named);
}

static void show_line(const struct waiting *waiting)
{
	uint64_t block_size, seconds = session_elapsed_ms(waiting->session) / 1000;
	char so[SIZE_TEXT_MAX], wanted[SIZE_TEXT_MAX];
	struct living_line line = { .length = 0 };

	if (waiting->goal == AWAITED_NOTHING) {
		living_line_add(&line, "%" PRIu64 " events, %" PRIu64 "s", waiting->num_events, seconds);
	} else {
		block_size = memhp_snapshot_get_block_size_bytes(waiting->snapshot);
		living_line_add(&line, "%s of %s is %s, %" PRIu64 "s", format_size(size_of_blocks(waiting->so, block_size), so),
				format_size(size_of_blocks(wait_wanted(waiting), block_size), wanted), wait_goal(waiting), seconds);
	}
	living_line_show(&line);
}

static enum wait_end carry_out(struct wait *wait)
{
	struct waiting *waiting = &wait->waiting;

	waiting_begin(waiting);
	if (waiting->goal == AWAITED_NOTHING)
		return waiting_settle(waiting, wait->options->settled_ms);
	check_names(wait);
	if (!wait_wanted(waiting) && !waiting_is_so(waiting))
		warn("no block matches so far");
	return waiting_run(waiting);
}

static int status_of(const struct wait *wait)
{
	switch (wait->end) {
	case WAIT_DONE:
		return EXIT_DONE;
	case WAIT_TIMEOUT:
		return EXIT_TIMED_OUT;
	case WAIT_SIGNAL:
		break;
	}
	return 128 + wait->session.signal;
}

static int run_wait(struct options *options, const char **operands _unused_)
{
	struct wait wait = { .options = options };
	int status;

	check_goal(options);
	wait.session = session_begin(options);
	wait.block_size = opts_check_ranges(options, wait.session.ctx);
	wait.waiting = (struct waiting){ .session = &wait.session,
					 .selection = options->selection,
					 .goal = options->awaited,
					 .at_least = opts_least_blocks(options, wait.block_size),
					 .show_line = living_line_is_wanted(options) ? show_line : NULL };
	session_watch_signals(&wait.session);
	wait.end = carry_out(&wait);
	wait.elapsed_ms = session_elapsed_ms(&wait.session);
	status = status_of(&wait);
	if (has_option(options, OPT_JSON))
		wait_write(&wait, status);
	else
		wait_print(&wait);
	if (wait.end == WAIT_SIGNAL)
		end_by_signal(wait.session.signal);
	waiting_end(&wait.waiting);
	session_end(&wait.session);
	return status;
}

const struct command memctl_cmd_wait = {
	.name = "wait",
	.summary = "wait until memory blocks are online, offline, present or absent",
	.bit = CMD_WAIT,
	.run = run_wait,
};
