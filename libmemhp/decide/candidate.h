/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A block as a candidate for going offline */
#ifndef MEMHP_CANDIDATE_H
#define MEMHP_CANDIDATE_H

#include "read/pageflags.h"

#define MAX_FINDINGS 12

struct found {
	uint64_t bytes;
	uint8_t finding, weight, evidence;
};

struct memhp_candidate {
	uint64_t block_id, first_page, num_pages, page_size;
	uint8_t state, zone, source, verdict, certainty, score, num_found;
	int node; /* -1: not known, or several */
	bool has_zone, has_usage, has_several_nodes;
	bool huge_is_free; /* none of its huge pages is in use */
	uint64_t room;
	struct page_usage usage;
	const uint8_t *slices;
	unsigned int num_slices; /* 0 without usage */
	struct found found[MAX_FINDINGS];
};

#endif
