/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A block as a candidate for going offline */
#ifndef MEMHP_CANDIDATE_H
#define MEMHP_CANDIDATE_H

#include "read/pageflags.h"

#define MAX_FINDINGS 12

struct memhp_finding {
	uint64_t bytes;
	uint8_t code, weight, evidence;
};

struct memhp_candidate {
	const struct memhp_block *block; /* of the assessment's snapshot */
	uint64_t first_page, num_pages, page_size;
	uint8_t state, zone, source, verdict, certainty, score, num_findings;
	int node; /* -1: not known, or several */
	bool has_zone, has_usage, has_several_nodes;
	bool huge_is_free; /* none of its huge pages is in use */
	uint64_t room;
	struct page_usage usage;
	const uint8_t *slices;
	unsigned int num_slices; /* 0 without usage */
	struct memhp_finding findings[MAX_FINDINGS];
};

/* What is in use and must move, and what cannot be moved, of a block whose pages were looked at; 0 otherwise */
uint64_t memhp__candidate_move_bytes(const struct memhp_candidate *candidate);
uint64_t memhp__candidate_fixed_bytes(const struct memhp_candidate *candidate);

#endif
