/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl watch: what becomes of memory blocks, as it happens */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "ui/exit.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/xalloc.h"
#include "watch/watch.h"

/* 1 or 0; negative when it cannot be told, of which the first is said */
static int is_selected(struct watch *watch, const struct memhp_block *block)
{
	int matches = watch->options->selection ? memhp_selection_matches(watch->options->selection, block) : 1;

	if (matches < 0 && !watch->in_doubt) {
		warn("block %" PRIu64 " may be selected or not: what a filter asks for cannot be read: %s",
		     memhp_block_get_id(block), matches == -ESTALE ? "it had changed again" : opts_doubt_text(matches));
		watch->in_doubt = true;
	}
	return matches;
}

static void take_signal(struct watch *watch)
{
	session_take_signal(&watch->session);
	watch->end = END_SIGNAL;
}

static bool is_output_full(void)
{
	struct pollfd output = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&output, 1, 0) == 0;
}

/* Waits for room for a line, as in a pipe that nobody reads at the time: a write would end neither for a signal nor in time. */
static bool wait_for_room(struct watch *watch)
{
	struct pollfd fds[] = {
		{ .fd = STDOUT_FILENO, .events = POLLOUT },
		{ .fd = watch->session.signal_fd, .events = POLLIN },
	};

	while (!watch->end) {
		(void)poll(fds, ARRAY_SIZE(fds), session_poll_ms(session_left_ms(&watch->session)));
		if (fds[0].revents & ~POLLOUT)
			watch->end = END_CLOSED;
		else if (fds[0].revents)
			return true;
		else if (fds[1].revents)
			take_signal(watch);
		else if (session_left_ms(&watch->session) == 0)
			watch->end = END_DURATION;
	}
	watch->lacks_lines = true;
	return false;
}

/* Who reads a pipe shall not have to wait for the next one. */
static void write_line(struct watch *watch, const struct watch_line *line)
{
	if (!wait_for_room(watch))
		return;
	if (has_option(watch->options, OPT_JSON))
		json_write(watch, line);
	else
		text_write(watch, line);
	fflush(stdout);
}

static uint64_t read_clock_us(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void write_initial(struct watch *watch)
{
	struct watch_line line = { .event = "initial",
				   .realtime_us = read_clock_us(CLOCK_REALTIME),
				   .monotonic_us = read_clock_us(CLOCK_MONOTONIC) };
	const struct memhp_snapshot *snapshot = memhp_monitor_get_snapshot(watch->monitor);

	for (size_t i = 0; !watch->end && (line.after = memhp_snapshot_get_block(snapshot, i)); i++)
		if (is_selected(watch, line.after))
			write_line(watch, &line);
}

/* Once: such a queue overruns again. */
static void tell_resync(struct watch *watch)
{
	if (!watch->told_resync)
		warn("the kernel had more events than it has room for; what differs since is marked %s",
		     has_option(watch->options, OPT_JSON) ? "\"resync\"" : "*");
	watch->told_resync = true;
}

/* An event is about a selected block when that is one before or after: so --state offline has what leaves that state, too. */
static void show_event(struct watch *watch, const struct memhp_event *event)
{
	const struct watch_line line = {
		.event = memhp_event_kind_name(memhp_event_get_kind(event)),
		.before = memhp_event_get_before(event),
		.after = memhp_event_get_after(event),
		.realtime_us = memhp_event_get_realtime_us(event),
		.monotonic_us = memhp_event_get_monotonic_us(event),
		.is_resync = memhp_event_is_resync(event),
	};

	if (!(line.before && is_selected(watch, line.before)) && !(line.after && is_selected(watch, line.after)))
		return;
	if (line.is_resync)
		tell_resync(watch);
	write_line(watch, &line);
	watch->num_events++;
}

/* Whether there was one, shown or not */
static bool take_event(struct watch *watch)
{
	struct memhp_event *event;
	int rc = memhp_monitor_next(watch->monitor, &event);

	if (rc < 0)
		session_bear(&watch->session, rc);
	if (rc <= 0)
		return false;
	show_event(watch, event);
	memhp_event_free(event);
	return true;
}

/* Waits until there is something to do, for `ms` at most, and notes what has come to end it. */
static void wait_for_more(struct watch *watch, uint64_t ms)
{
	struct pollfd fds[] = {
		{ .fd = memhp_monitor_get_fd(watch->monitor), .events = POLLIN },
		{ .fd = watch->session.signal_fd, .events = POLLIN },
		{ .fd = STDOUT_FILENO }, /* of a pipe that nobody reads any more it tells by itself */
	};

	/* Of a disk that is full nothing else tells. */
	(void)poll(fds, ARRAY_SIZE(fds), ferror(stdout) ? 0 : session_poll_ms(ms));
	if (fds[1].revents) {
		take_signal(watch);
	} else if (fds[2].revents) {
		watch->end = END_CLOSED;
	} else if (ferror(stdout)) {
		watch->end = END_UNWRITABLE;
	} else if (session_left_ms(&watch->session) == 0) {
		watch->end = END_DURATION;
	}
}

static void follow(struct watch *watch)
{
	const struct options *options = watch->options;

	while (!watch->end) {
		bool has_event = take_event(watch);

		if (watch->end)
			break;
		if (has_option(options, OPT_EVENTS) && watch->num_events >= options->num_events)
			watch->end = END_EVENTS;
		else
			wait_for_more(watch, has_event ? 0 : session_left_ms(&watch->session));
	}
}

static void tell_method(const struct memhp_monitor *monitor)
{
	unsigned int ms = memhp_monitor_get_interval_ms(monitor);

	switch (memhp_monitor_get_method(monitor)) {
	case MEMHP_MONITOR_METHOD_UEVENTS:
		break;
	case MEMHP_MONITOR_METHOD_TREE:
		warn("compares the blocks every %u ms, for below --sysroot there are no events of a kernel; what is undone in "
		     "between is not seen",
		     ms);
		break;
	case MEMHP_MONITOR_METHOD_NAMESPACE:
		warn("compares the blocks every %u ms, for the kernel sends no events into a network namespace like this one, of a "
		     "container; what is undone in between is not seen, so run it on the host",
		     ms);
		break;
	case MEMHP_MONITOR_METHOD_DENIED:
		warn("compares the blocks every %u ms, for the kernel's events are refused here, perhaps by a filter of system "
		     "calls; what is undone in between is not seen",
		     ms);
		break;
	}
}

static int end_watch(struct watch *watch)
{
	int signal = watch->session.signal, status = watch->in_doubt ? EXIT_PARTLY : EXIT_DONE;
	bool has_result = has_option(watch->options, OPT_JSON) && !is_output_full();

	/* Who has gone, as head(1) does, has read enough. */
	if (watch->end == END_CLOSED) {
		__fpurge(stdout);
		clearerr(stdout);
		return status;
	}
	if (watch->end == END_UNWRITABLE)
		return EXIT_FAILED;
	if (watch->lacks_lines || (has_option(watch->options, OPT_JSON) && !has_result)) {
		message_set_quiet(false);
		warn("standard output is full, for nobody reads it: lines are missing at its end");
		status = EXIT_FAILED;
	}
	if (signal)
		status = 128 + signal;
	if (has_result)
		json_write_result(watch, status);
	if (signal)
		end_by_signal(signal);
	return status;
}

static void begin(struct watch *watch)
{
	const struct options *options = watch->options;
	unsigned int attrs = options->selection ? memhp_selection_get_attrs(options->selection) : 0;
	int rc;

	watch->session = session_begin(options);
	watch->block_size = opts_check_ranges(options, watch->session.ctx);
	session_watch_signals(&watch->session);
	if (has_option(options, OPT_JSON))
		json_prepare();
	rc = memhp_monitor_new(&watch->monitor, watch->session.ctx, attrs | MEMHP_ATTR_NODES);
	if (rc < 0)
		fail_scan(watch->session.ctx, rc);
	tell_method(watch->monitor);
	if (has_option(options, OPT_JSON) || !wait_for_room(watch))
		return;
	text_begin(watch);
	fflush(stdout);
}

static int run_watch(struct options *options, const char **operands _unused_)
{
	struct watch watch = { .options = options };
	int status;

	begin(&watch);
	if (has_option(options, OPT_INITIAL))
		write_initial(&watch);
	follow(&watch);
	status = end_watch(&watch);
	memhp_monitor_free(watch.monitor);
	session_end(&watch.session);
	return status;
}

const struct command memctl_cmd_watch = {
	.name = "watch",
	.summary = "follow what becomes of memory blocks",
	.bit = CMD_WATCH,
	.as_lines = true,
	.run = run_watch,
};
