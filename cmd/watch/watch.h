/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl watch: what becomes of memory blocks, a line an event */
#ifndef MEMCTL_WATCH_H
#define MEMCTL_WATCH_H

#include <errno.h>

#include "libmemhp.h"
#include "ui/opts.h"
#include "ui/session.h"

/* What is shown: an event, or a block as it was at the beginning */
struct watch_line {
	const char *event;
	const struct memhp_block *before, *after; /* NULL: it was not there, it is gone */
	uint64_t realtime_us, monotonic_us;
	bool is_resync;
};

/* What ends it */
enum watch_end { END_NOT_YET, END_DURATION, END_EVENTS, END_SIGNAL, END_CLOSED, END_UNWRITABLE };

struct watch {
	const struct options *options;
	struct session session;
	struct memhp_monitor *monitor;
	uint64_t block_size, num_events;
	int block_width, range_width; /* of the columns */
	bool told_resync, in_doubt;
	bool lacks_lines; /* there was no room for all of them */
	enum watch_end end;
};

/* The block of a line, as it is or was last */
static inline const struct memhp_block *line_block(const struct watch_line *line)
{
	return line->after ? line->after : line->before;
}

/* Its state in the kernel's word; NULL when it could not be read */
static inline const char *known_state(const struct memhp_block *block)
{
	bool is_word = memhp_block_get_error(block, MEMHP_ATTR_STATE) == 0 ||
		       memhp_block_get_error(block, MEMHP_ATTR_STATE) == -EBADMSG;

	return is_word ? memhp_block_get_state_name(block) : NULL;
}

/* watch/text.c: for people */
void text_begin(struct watch *watch);
void text_write(const struct watch *watch, const struct watch_line *line);

/* watch/json.c: for programs; the result stands last. */
void json_write(const struct watch *watch, const struct watch_line *line);
void json_write_result(const struct watch *watch, int status);

#endif
