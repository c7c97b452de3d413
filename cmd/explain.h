/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of memctl explain share. */
#ifndef MEMCTL_EXPLAIN_H
#define MEMCTL_EXPLAIN_H

#include "opts.h"

/* One character of a map each: with the usual block of 128M they stand for 2M. */
#define MAP_SLICES 64

struct explain {
	const struct options *options;
	struct memhp_snapshot *snapshot;
	struct memhp_assessment *assessment;
	uint64_t block_size;
	bool bytes, has_map;
};

#define AMOUNT_MAX 24

/* "3.2M": about so much, or with `bytes` the exact number */
const char *explain_amount(uint64_t amount, bool bytes, char text[AMOUNT_MAX]);

/* A finding in a few words, or as a sentence without its first capital and its end; from malloc() */
char *explain_short(const struct memhp_candidate *candidate, size_t index, bool bytes);
char *explain_sentence(const struct memhp_candidate *candidate, size_t index, bool bytes);

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
