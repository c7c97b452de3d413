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
	bool joins; /* neighbours that are alike */
	size_t top; /* so many rows are shown */
	struct explain_member *members;
	struct explain_group *groups;
	size_t num_groups, num_left_out; /* rows that are shown, blocks that are not */
	struct who who;                  /* range N is that of row N */
};

/* A block among others by its number, and its place among the best */
struct explain_member {
	uint64_t block_id;
	size_t candidate;
};

/* A row: members from the first on, and the candidate that is the best of them */
struct explain_group {
	size_t first, blocks, best;
};

/* Of a table or a document; the candidates' columns are those of blocks, and what was found out. */
struct explain_row {
	struct row row;
	const struct explain *explain;
	const struct memhp_candidate *candidate; /* the best of them */
	size_t index;
	const struct explain_member *members;
};

/* Makes the rows out of the assessment, in memory of the explain. */
void explain_make_groups(struct explain *explain);
void explain_release(struct explain *explain);

/* One of the blocks of a row */
static inline const struct memhp_candidate *explain_member(const struct explain_row *row, size_t index)
{
	return memhp_assessment_get_candidate(row->explain->assessment, row->members[index].candidate);
}

/* Row `index`, the best first; false behind the last */
bool explain_get_row(const struct explain *explain, size_t index, struct explain_row *row);

extern const struct column explain_columns[];
extern const size_t num_explain_columns;

/* Values that others show, too */
struct value explain_block(const void *row);
struct value explain_blocks(const void *row);
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

/* What weighs most and no other column that is shown says, the heaviest first. Returns how many. */
#define MAX_WHYS 2
size_t explain_whys(const struct explain *explain, const struct memhp_candidate *candidate, enum memhp_finding_code whys[MAX_WHYS]);

/* A finding in a few words, or as a sentence without its first capital and its end; from malloc() */
char *explain_short(enum memhp_finding_code code, uint64_t amount, bool bytes);
char *explain_sentence(const struct memhp_finding *finding, bool bytes);

/* Whether its pages were looked at */
bool explain_has_pages(const struct memhp_candidate *candidate);

/* How many blocks have a verdict */
size_t explain_count(const struct explain *explain, enum memhp_verdict verdict);

/* How many candidates are so */
size_t explain_count_such(const struct memhp_assessment *assessment, bool (*is_one)(const struct memhp_candidate *candidate));

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
void explain_write(const struct explain *explain, int exit_status);

#endif
