/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of numbers, such as addresses, page frames or block ids, as the runs that they have. Pure. */
#ifndef MEMHP_SPANS_H
#define MEMHP_SPANS_H

#include <stdbool.h>
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

/* Adds a run, which takes in those that it overlaps or adjoins: 0 or -ENOMEM. For a few: what is behind it has to move. */
int memhp__spans_add(struct spans *spans, struct span span);

/* For many, in any order: append each, sort at the end, and look at none before that. */
int memhp__spans_append(struct spans *spans, struct span span);
void memhp__spans_sort(struct spans *spans);

/* From addresses to the numbers of whole pages: a page that is memory in part only is none for the kernel. */
void memhp__spans_to_pages(struct spans *spans, uint64_t page_size);

/* Index of the first run that does not end before `number`; as many as there are when there is none. */
size_t memhp__spans_find(const struct spans *spans, uint64_t number);

/* Whether any of the numbers is in the runs, whether all are, and how many */
bool memhp__spans_touch(const struct spans *spans, uint64_t first, uint64_t last);
bool memhp__spans_contain(const struct spans *spans, uint64_t first, uint64_t last);
uint64_t memhp__spans_cover(const struct spans *spans, uint64_t first, uint64_t last);

#endif
