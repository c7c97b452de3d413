/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/waiting.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "ui/exit.h"
#include "ui/message.h"

/* Where something may change without an event, the blocks are looked at again, after pauses that grow. */
#define FIRST_PAUSE_MS 200
#define LAST_PAUSE_MS  5000

/* One look in so many times of what it takes: events come in thousands. */
#define REST_PER_COST 10

/* So long a new block may take to get the links to its node and to its device, without which a filter does not find it. */
#define LINKS_MS 1000

/* What is over sooner needs no line, which then lives on every second. */
#define LINE_MS 1000

enum standing { STANDING_NOT_SELECTED, STANDING_SO, STANDING_NOT_SO, STANDING_UNKNOWN };

static uint64_t min_ms(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t max_ms(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static int is_selected(const struct waiting *waiting, const struct memhp_block *block)
{
	return waiting->selection ? memhp_selection_matches(waiting->selection, block) : 1;
}

static bool is_about_presence(const struct waiting *waiting)
{
	return waiting->goal == AWAITED_PRESENT || waiting->goal == AWAITED_ABSENT;
}

static unsigned int link_attrs(const struct waiting *waiting)
{
	return waiting->selection ? memhp_selection_get_attrs(waiting->selection) & (MEMHP_ATTR_NODES | MEMHP_ATTR_SOURCE) : 0;
}

/* Whether a block that is there may be selected in a moment. That it is from another source shows only where none is late. */
static bool may_get_links(const struct waiting *waiting, const struct memhp_block *block)
{
	unsigned int attrs = link_attrs(waiting);
	bool lacks_node = memhp_snapshot_get_num_nodes(waiting->snapshot) && !memhp_block_get_num_nodes(block) &&
			  memhp_block_get_error(block, MEMHP_ATTR_NODES) == 0;

	if (!waiting->may_get_links)
		return false;
	return (attrs & MEMHP_ATTR_NODES && lacks_node) ||
	       (attrs & MEMHP_ATTR_SOURCE && waiting->has_new_blocks && is_selected(waiting, block) == 0);
}

/* `error` is why it is unknown. */
static enum standing judge(const struct waiting *waiting, const struct memhp_block *block, int *error)
{
	enum memhp_state wanted = waiting->goal == AWAITED_ONLINE ? MEMHP_STATE_ONLINE : MEMHP_STATE_OFFLINE;
	int matches, state_error;

	*error = 0;
	if (waiting->goal == AWAITED_NAMED)
		return may_get_links(waiting, block) ? STANDING_UNKNOWN : STANDING_NOT_SELECTED;
	matches = is_selected(waiting, block);
	*error = matches < 0 ? matches : 0;
	if (matches <= 0)
		return matches < 0 ? STANDING_UNKNOWN : STANDING_NOT_SELECTED;
	state_error = memhp_block_get_error(block, MEMHP_ATTR_STATE);
	/* A folder without a state is a block that comes or goes, and no event tells when it is through. */
	if (state_error && (!is_about_presence(waiting) || state_error == -EOPNOTSUPP)) {
		*error = state_error;
		return STANDING_UNKNOWN;
	}
	if (is_about_presence(waiting))
		return waiting->goal == AWAITED_PRESENT ? STANDING_SO : STANDING_NOT_SO;
	return memhp_block_get_state(block) == wanted ? STANDING_SO : STANDING_NOT_SO;
}

static bool find_absent(const struct waiting *waiting, uint64_t from_id, uint64_t *first, uint64_t *last)
{
	return waiting->selection && memhp_selection_find_absent(waiting->selection, waiting->snapshot, from_id, first, last) == 1;
}

static void count(struct waiting *waiting)
{
	uint64_t counts[] = { [STANDING_NOT_SELECTED] = 0, [STANDING_SO] = 0, [STANDING_NOT_SO] = 0, [STANDING_UNKNOWN] = 0 };
	enum standing absent = waiting->goal == AWAITED_ABSENT ? STANDING_SO : STANDING_NOT_SO;
	const struct memhp_block *block;
	uint64_t first, last;
	int error;

	for (size_t i = 0; (block = memhp_snapshot_get_block(waiting->snapshot, i)); i++)
		counts[judge(waiting, block, &error)]++;
	for (uint64_t id = 0; find_absent(waiting, id, &first, &last); id = last + 1) {
		counts[absent] += last - first + 1;
		if (last == UINT64_MAX)
			break;
	}
	waiting->so = counts[STANDING_SO];
	waiting->not_so = counts[STANDING_NOT_SO];
	waiting->unknown = counts[STANDING_UNKNOWN];
}

static unsigned int filter_attrs(const struct waiting *waiting)
{
	return waiting->selection && waiting->goal != AWAITED_NAMED ? memhp_selection_get_attrs(waiting->selection) : 0;
}

/* An offline that fails sends no event, nor do links of a new block to its node and to its device, which come after it. */
static bool may_change_silently(const struct waiting *waiting)
{
	return filter_attrs(waiting) & (MEMHP_ATTR_NODES | MEMHP_ATTR_SOURCE) || waiting->unknown ||
	       memhp_snapshot_count_state(waiting->snapshot, MEMHP_STATE_GOING_OFFLINE);
}

/* Takes a new snapshot in place of the last. */
static void take_snapshot(struct waiting *waiting, struct memhp_snapshot *snapshot)
{
	size_t num = memhp_snapshot_get_num_blocks(snapshot);

	if (waiting->snapshot && num > memhp_snapshot_get_num_blocks(waiting->snapshot))
		waiting->has_new_blocks = true;
	if (!waiting->snapshot || num > memhp_snapshot_get_num_blocks(waiting->snapshot))
		waiting->links_until_ms = now_ms() + LINKS_MS;
	waiting->may_get_links = now_ms() < waiting->links_until_ms;
	memhp_snapshot_unref(waiting->snapshot);
	waiting->snapshot = snapshot;
}

static void look(struct waiting *waiting)
{
	unsigned int attrs = waiting->goal == AWAITED_NAMED ? link_attrs(waiting) : filter_attrs(waiting) | MEMHP_ATTR_STATE;
	uint64_t started = now_ms(), now;
	struct memhp_snapshot *snapshot;
	int rc = memhp_snapshot_new(&snapshot, waiting->session->ctx, attrs);

	if (rc < 0 && !waiting->snapshot)
		fail_scan(waiting->session->ctx, rc);
	if (rc < 0) {
		session_bear(waiting->session, rc);
	} else {
		take_snapshot(waiting, snapshot);
		count(waiting);
	}
	now = now_ms();
	waiting->rested_ms = now + (now - started) * REST_PER_COST;
	waiting->next_look_ms = UINT64_MAX;
	if (rc == 0 && !may_change_silently(waiting))
		return;
	waiting->next_look_ms = max_ms(now + waiting->pause_ms, waiting->rested_ms);
	waiting->pause_ms = min_ms(waiting->pause_ms * 2, LAST_PAUSE_MS);
}

void waiting_begin(struct waiting *waiting)
{
	/* What is selected a look tells; where there is none the events have to. */
	unsigned int attrs = waiting->goal == AWAITED_NOTHING ? filter_attrs(waiting) : 0;
	int rc = memhp_monitor_new(&waiting->monitor, waiting->session->ctx, attrs);

	if (rc < 0)
		fail_scan(waiting->session->ctx, rc);
	waiting->pause_ms = FIRST_PAUSE_MS;
	if (waiting->goal != AWAITED_NOTHING)
		look(waiting);
}

void waiting_end(struct waiting *waiting)
{
	memhp_monitor_free(waiting->monitor);
	memhp_snapshot_unref(waiting->snapshot);
}

bool waiting_is_so(const struct waiting *waiting)
{
	if (waiting->at_least)
		return waiting->so >= waiting->at_least;
	/* Of a selection that nothing matches yet, nothing is online, and all of it is absent. */
	return !waiting->not_so && !waiting->unknown &&
	       (waiting->so || waiting->goal == AWAITED_ABSENT || waiting->goal == AWAITED_NAMED);
}

/* What cannot be told may be selected. */
static bool concerns(const struct waiting *waiting, const struct memhp_event *event)
{
	const struct memhp_block *before = memhp_event_get_before(event), *after = memhp_event_get_after(event);

	return (before && is_selected(waiting, before)) || (after && is_selected(waiting, after));
}

/* Whether there were some about selected blocks */
static bool take_events(struct waiting *waiting)
{
	uint64_t before = waiting->num_events;
	struct memhp_event *event;
	int rc;

	while ((rc = memhp_monitor_next(waiting->monitor, &event)) > 0) {
		waiting->num_events += concerns(waiting, event);
		memhp_event_free(event);
	}
	if (rc < 0)
		session_bear(waiting->session, rc);
	return waiting->num_events > before;
}

/* Sleeps until there is an event or a signal, for `ms` at most, or as long as a line may stay as it is. */
static void sleep_for(const struct waiting *waiting, uint64_t ms)
{
	struct pollfd fds[] = {
		{ .fd = memhp_monitor_get_fd(waiting->monitor), .events = POLLIN },
		{ .fd = waiting->session->signal_fd, .events = POLLIN },
	};

	if (waiting->show_line && session_elapsed_ms(waiting->session) >= LINE_MS)
		waiting->show_line(waiting);
	if (waiting->show_line)
		ms = min_ms(ms, LINE_MS);
	(void)poll(fds, ARRAY_SIZE(fds), session_poll_ms(ms));
	if (fds[1].revents)
		session_take_signal(waiting->session);
}

static enum wait_end end_line(const struct waiting *waiting, enum wait_end end)
{
	if (waiting->show_line)
		message_clear_line();
	return end;
}

/* What has ended the waiting, WAIT_DONE: nothing yet */
static enum wait_end find_end(const struct waiting *waiting)
{
	if (waiting->session->signal)
		return WAIT_SIGNAL;
	return session_left_ms(waiting->session) == 0 ? WAIT_TIMEOUT : WAIT_DONE;
}

enum wait_end waiting_run(struct waiting *waiting)
{
	while (!waiting_is_so(waiting)) {
		uint64_t now = now_ms(), until_look = waiting->next_look_ms > now ? waiting->next_look_ms - now : 0;
		enum wait_end end;

		if (waiting->next_look_ms == UINT64_MAX)
			until_look = MEMHP_NO_TIMEOUT;
		sleep_for(waiting, min_ms(session_left_ms(waiting->session), until_look));
		if (take_events(waiting)) {
			waiting->next_look_ms = min_ms(waiting->next_look_ms, waiting->rested_ms);
			waiting->pause_ms = FIRST_PAUSE_MS;
		}
		end = find_end(waiting);
		/* At the end it may be so all the same. */
		if (end || waiting->next_look_ms <= now_ms())
			look(waiting);
		if (end == WAIT_SIGNAL || (end && !waiting_is_so(waiting)))
			return end_line(waiting, end);
	}
	return end_line(waiting, WAIT_DONE);
}

enum wait_end waiting_settle(struct waiting *waiting, uint64_t settled_ms)
{
	uint64_t began = now_ms();
	enum wait_end end = WAIT_DONE;

	for (;;) {
		/* What is compared is known up to the last comparison. */
		uint64_t silence = settled_ms + memhp_monitor_get_interval_ms(waiting->monitor), passed;

		/* What is held back has come to pass. */
		if (take_events(waiting) || memhp_monitor_is_waiting(waiting->monitor))
			began = now_ms();
		passed = now_ms() - began;
		if (passed >= silence)
			return end_line(waiting, WAIT_DONE);
		if (end)
			return end_line(waiting, end);
		sleep_for(waiting, min_ms(session_left_ms(waiting->session), silence - passed));
		end = find_end(waiting);
	}
}

/* Finds the next absent ones if it is not known yet which they are: each search goes through many blocks. */
static bool has_absent(const struct waiting *waiting, struct wait_place *place)
{
	if (!place->is_searched && waiting->goal != AWAITED_ABSENT)
		place->has_absent = find_absent(waiting, place->from_id, &place->first_absent, &place->last_absent);
	place->is_searched = true;
	return place->has_absent;
}

static bool next_block(const struct waiting *waiting, struct wait_place *place, struct wait_rest *rest)
{
	const struct memhp_block *block;
	int error = 0;

	for (; (block = memhp_snapshot_get_block(waiting->snapshot, place->index)); place->index++)
		if (judge(waiting, block, &error) >= STANDING_NOT_SO)
			break;
	if (has_absent(waiting, place) && (!block || place->first_absent < memhp_block_get_id(block))) {
		*rest = (struct wait_rest){ .first = place->first_absent, .last = place->last_absent };
		place->from_id = place->last_absent + 1;
		place->is_searched = false;
		return true;
	}
	if (!block)
		return false;
	*rest = (struct wait_rest){ memhp_block_get_id(block), memhp_block_get_id(block), block, error };
	place->index++;
	return true;
}

static bool is_alike(const struct wait_rest *a, const struct wait_rest *b)
{
	if (a->error != b->error || !a->block != !b->block)
		return false;
	return !a->block || strcmp(memhp_block_get_state_name(a->block), memhp_block_get_state_name(b->block)) == 0;
}

bool waiting_next_rest(const struct waiting *waiting, struct wait_place *place, struct wait_rest *rest)
{
	struct wait_place ahead;
	struct wait_rest next;

	if (!next_block(waiting, place, rest))
		return false;
	for (ahead = *place; next_block(waiting, &ahead, &next); *place = ahead) {
		if (next.first != rest->last + 1 || !is_alike(rest, &next))
			break;
		rest->last = next.last;
	}
	return true;
}
