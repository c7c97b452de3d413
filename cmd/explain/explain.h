/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of memctl explain share. */
#ifndef MEMCTL_EXPLAIN_H
#define MEMCTL_EXPLAIN_H

#include "ui/columns.h"
#include "ui/opts.h"
#include "ui/processes.h"

/* One character of a map each: with the usual block of 128M they stand for 2M. */
#define MAP_SLICES 64

struct explain {
	struct options *options;
	struct memhp_snapshot *snapshot;
	struct memhp_assessment *assessment;
	uint64_t block_size;
	struct column_choice shown;
	bool bytes, has_map;
	struct who who; /* range N is that of candidate N */
};

/* Of a table or a document; the candidates' columns are those of blocks, and what was found out. */
struct explain_row {
	struct row row;
	const struct explain *explain;
	const struct memhp_candidate *candidate;
	size_t index;
};

/* The row of candidate `index`; false behind the last */
bool explain_get_row(const struct explain *explain, size_t index, struct explain_row *row);

extern const struct column explain_columns[];
extern const size_t num_explain_columns;

/* Values that others show, too */
struct value explain_block(const void *row);
struct value explain_score(const void *row);
struct value explain_fixed(const void *row);
struct value explain_move(const void *row);
struct value explain_room(const void *row);

/* What fills a block, at a glance */
struct value explain_bar(const void *row);

/* The parts of such a bar: in words, and what stands for them */
enum explain_fill { FILL_FIXED, FILL_MOVE, FILL_FREE, NUM_FILLS };
const char *explain_fill(enum explain_fill fill);
const char *explain_fill_mark(const struct explain *explain, enum explain_fill fill);

/* A finding in a few words, or as a sentence without its first capital and its end; from malloc() */
char *explain_short(const struct memhp_candidate *candidate, size_t index, bool bytes);
char *explain_sentence(const struct memhp_candidate *candidate, size_t index, bool bytes);

/* Whether it is offline already: then nothing stands in the way. */
bool explain_is_offline(const struct memhp_candidate *candidate);

/* Whether it may go, but hardly */
bool explain_is_unlikely(const struct memhp_candidate *candidate);

/* The verdict in words, with how unlikely it is, and its colour (NULL for none) */
const char *explain_verdict(const struct memhp_candidate *candidate);
const char *explain_color(const struct memhp_candidate *candidate);

/* What a piece of evidence tells, for a message that it is missing */
const char *explain_evidence(enum memhp_evidence evidence);

/* A kind of page in words, and its character on a map */
const char *explain_kind(enum memhp_page_kind kind);
char explain_map_char(enum memhp_page_kind kind);

/* A character for each slice; an empty text where the pages were not looked at */
void explain_map(const struct memhp_candidate *candidate, char map[MAP_SLICES + 1]);

void explain_print(const struct explain *explain);
void explain_write(const struct explain *explain);

#endif
