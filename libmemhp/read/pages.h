/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The flags of a block's pages */
#ifndef MEMHP_PAGES_H
#define MEMHP_PAGES_H

#include "nums.h"
#include "read/facts.h"
#include "read/pageflags.h"

/* Reads pages of one block after the other, until time is over or somebody cancels. */
struct page_reader {
	uint64_t *chunk;
	int64_t deadline_ms;
	int cancel_fd;
	uint64_t num_done, num_goal; /* pages; told while there is a goal */
};

/* 0 or -ENOMEM; in any case memhp__page_reader_release() may be called. */
int memhp__page_reader_init(struct page_reader *reader, uint64_t timeout_ms, int cancel_fd);
void memhp__page_reader_release(struct page_reader *reader);

/*
 * Counts the pages of a block from `first_page` on; `scan` says how many and how. Returns 0, -ETIMEDOUT, -ECANCELED, -ENXIO when
 * the block has gone offline meanwhile, or the errno of read(2).
 */
int memhp__pages_count(struct page_scan *scan, uint64_t first_page, struct memhp_ctx *ctx, const struct facts *facts,
		       struct page_reader *reader);

/* Whether the flags can be read, and so many pages be counted: made-up trees have blocks of more. */
bool memhp__pages_are_countable(const struct facts *facts, uint64_t first_page, uint64_t num_pages);

/* The same for one block alone, in bytes of each kind (NUM_PAGE_KINDS). Also -ENOMEM, and where the flags cannot be read */
int memhp__pages_read_block(uint64_t *bytes, struct memhp_ctx *ctx, uint64_t start_addr, uint64_t last_addr, uint64_t timeout_ms);

#endif
