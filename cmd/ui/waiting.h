/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waits until blocks are so. The monitor tells when to look, and what counts is the look: it sees also what no event tells of, and
 * what is reported was read. The subscription comes before the first look, so that no change is lost between two of them.
 */
#ifndef MEMCTL_WAITING_H
#define MEMCTL_WAITING_H

#include "ui/opts.h"
#include "ui/session.h"

enum wait_end { WAIT_DONE, WAIT_TIMEOUT, WAIT_SIGNAL };

struct waiting {
	struct session *session;                 /* that watches signals */
	const struct memhp_selection *selection; /* NULL: every block */
	enum awaited goal;
	uint64_t at_least;                                /* blocks; 0: all */
	void (*show_line)(const struct waiting *waiting); /* on a terminal, while it takes its time; NULL: none */

	/* As the last look saw it: numbers of blocks, of which the unknown are neither so nor not so */
	struct memhp_snapshot *snapshot;
	uint64_t so, not_so, unknown;
	uint64_t num_events; /* about selected blocks */

	uint64_t links_until_ms; /* until when blocks may get links, on the clock of now_ms() */
	bool may_get_links;      /* whether the last look was before that */
	bool has_new_blocks;     /* since the first look */

	struct memhp_monitor *monitor;
	uint64_t next_look_ms, rested_ms; /* on the clock of now_ms(): when to look, and not before when */
	uint64_t pause_ms;                /* until the next look that no event asks for */
};

/* Begins to listen, and looks for the first time. Those who cannot look end the program. */
void waiting_begin(struct waiting *waiting);
void waiting_end(struct waiting *waiting);

/* Whether all is as asked. */
bool waiting_is_so(const struct waiting *waiting);

/* Waits for that, within the session's time. */
enum wait_end waiting_run(struct waiting *waiting);

/* Waits until nothing came to pass for so long; with the goal AWAITED_NOTHING. */
enum wait_end waiting_settle(struct waiting *waiting, uint64_t settled_ms);

/* Adjacent blocks that are not so for the same reason: not there, in another state, or it cannot be told */
struct wait_rest {
	uint64_t first, last;
	const struct memhp_block *block; /* the first of them; NULL: they are not there */
	int error;                       /* why it cannot be told; 0: it can */
};

/* Where one is in a walk through them, at first zero */
struct wait_place {
	size_t index;
	uint64_t from_id;                   /* where to search for absent ones ... */
	bool is_searched, has_absent;       /* ... whether that is done, and has found some ... */
	uint64_t first_absent, last_absent; /* ... and which */
};

/* The next of them; false behind the last. */
bool waiting_next_rest(const struct waiting *waiting, struct wait_place *place, struct wait_rest *rest);

#endif
