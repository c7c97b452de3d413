/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of numbers, such as addresses, page frames or block ids, as the runs that they have. Pure. */
#ifndef MEMHP_SPANS_H
#define MEMHP_SPANS_H

#include <stddef.h>
#include <stdint.h>

struct span {
	uint64_t first, last; /* inclusive */
};

/* Sorted, apart from each other */
struct spans {
	struct span *items;
	size_t num, allocated;
};

void memhp__spans_release(struct spans *spans);

/* Adds a run, which takes in those that it overlaps: 0 or -ENOMEM. */
int memhp__spans_add(struct spans *spans, struct span span);

/* Index of the first run that does not end before `number`; as many as there are when there is none. */
size_t memhp__spans_find(const struct spans *spans, uint64_t number);

/* How many of the numbers are in the runs */
uint64_t memhp__spans_cover(const struct spans *spans, uint64_t first, uint64_t last);

#endif
