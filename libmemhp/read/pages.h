/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The flags of a block's pages */
#ifndef MEMHP_PAGES_H
#define MEMHP_PAGES_H

#include "read/facts.h"
#include "read/pageflags.h"

/* Memory for memhp__pages_count(), from malloc(); NULL when there is none */
uint64_t *memhp__pages_new_chunk(void);

/*
 * Counts the pages of a block from `first_page` on; `scan` says how many and how. Returns 0, -ENXIO when the block has gone offline
 * meanwhile, or the errno of read(2).
 */
int memhp__pages_count(struct page_scan *scan, uint64_t first_page, struct memhp_ctx *ctx, const struct facts *facts,
		       uint64_t *chunk);

#endif
