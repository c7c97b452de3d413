/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/event.h"

#include "object.h"
#include "read/block.h"
#include "util.h"

struct memhp_event {
	enum memhp_event_kind kind;
	const struct memhp_block *before, *after;
	uint64_t realtime_us, monotonic_us;
	bool is_resync;
};

static uint64_t read_clock_us(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

int memhp__event_new(struct memhp_event **event, enum memhp_event_kind kind, const struct memhp_block *before,
		     const struct memhp_block *after, bool is_resync)
{
	struct memhp_event *new = malloc(sizeof(*new));

	if (!new)
		return -ENOMEM;
	*new = (struct memhp_event){
		.kind = kind,
		.before = memhp__block_hold(before),
		.after = memhp__block_hold(after),
		.realtime_us = read_clock_us(CLOCK_REALTIME),
		.monotonic_us = read_clock_us(CLOCK_MONOTONIC),
		.is_resync = is_resync,
	};
	*event = new;
	return 0;
}

MEMHP_EXPORT void memhp_event_free(struct memhp_event *event)
{
	if (!event)
		return;
	memhp__block_drop(event->before);
	memhp__block_drop(event->after);
	free(event);
}

MEMHP_EXPORT enum memhp_event_kind memhp_event_get_kind(const struct memhp_event *event)
{
	return event->kind;
}

MEMHP_EXPORT uint64_t memhp_event_get_block_id(const struct memhp_event *event)
{
	return memhp_block_get_id(event->after ? event->after : event->before);
}

MEMHP_EXPORT const struct memhp_block *memhp_event_get_before(const struct memhp_event *event)
{
	return event->before;
}

MEMHP_EXPORT const struct memhp_block *memhp_event_get_after(const struct memhp_event *event)
{
	return event->after;
}

MEMHP_EXPORT bool memhp_event_is_resync(const struct memhp_event *event)
{
	return event->is_resync;
}

MEMHP_EXPORT uint64_t memhp_event_get_realtime_us(const struct memhp_event *event)
{
	return event->realtime_us;
}

MEMHP_EXPORT uint64_t memhp_event_get_monotonic_us(const struct memhp_event *event)
{
	return event->monotonic_us;
}
