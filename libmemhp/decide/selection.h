/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which blocks are meant */
#ifndef MEMHP_SELECTION_H
#define MEMHP_SELECTION_H

#include "libmemhp.h"
#include "spans.h"

/* A name in a selection: a range of addresses (gaps allowed) or of blocks (each expected to be there) or one address. */
struct selected_name {
	enum { NAME_RANGE, NAME_BLOCKS, NAME_ADDRESS } kind;
	uint64_t first, last; /* inclusive; block ids for NAME_BLOCKS, else addresses */
};

struct memhp_selection {
	unsigned int refs;
	struct selected_name *names; /* as they were given */
	size_t num_names, allocated_names;
	struct spans ids, addrs; /* the same, to be searched quickly */
	unsigned int *nodes;
	size_t num_nodes, allocated_nodes;
	char **sources;
	size_t num_sources, allocated_sources;
	unsigned int zones;  /* bit N: enum memhp_zone N */
	unsigned int states; /* bit N: enum memhp_state N */
};

/* First and last block id that a name means. */
void memhp__selected_name_get_ids(const struct selected_name *name, uint64_t block_size, uint64_t *first, uint64_t *last);

#endif
