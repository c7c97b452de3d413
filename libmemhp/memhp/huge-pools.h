/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file */
#ifndef LIBMEMHP_HUGE_POOLS_H
#define LIBMEMHP_HUGE_POOLS_H

#include "ctx.h"
MEMHP_BEGIN_DECLS

/** @struct memhp_huge_pools
 * How many huge pages (hugetlb) there were, of each node and size. Free ones in a block are given back for good when it goes
 * offline, also when that fails later: compare before and after a request. Pools without a page are left out. */
struct memhp_huge_pools;
struct memhp_huge_pool; /* the huge pages of one size on one node */

/** Read the counters of the pools: the files of /sys/devices/system/node/nodeN/hugepages/hugepages-SIZEkB, and of
 * /sys/kernel/mm/hugepages where nodes have none. @return 0, also when they cannot be read, see memhp_huge_pools_get_error(). */
MEMHP_MUST_CHECK int memhp_huge_pools_new(struct memhp_huge_pools **pools, struct memhp_ctx *ctx);
void memhp_huge_pools_free(struct memhp_huge_pools *pools);           /**< Release the pools. */
int memhp_huge_pools_get_error(const struct memhp_huge_pools *pools); /**< Why there may be more: 0, or an errno of listing. */
const struct memhp_huge_pool *memhp_huge_pools_get(const struct memhp_huge_pools *pools, size_t index); /**< By node, then size. */
/** The pool of a node (-1: the machine's) and of pages of a size in bytes.
 * @return the pool; NULL when it has no page, or memhp_huge_pools_get_error() says why that is not known. */
const struct memhp_huge_pool *memhp_huge_pools_find(const struct memhp_huge_pools *pools, int node, uint64_t page_size_bytes);
int memhp_huge_pool_get_node(const struct memhp_huge_pool *pool); /**< A node's id; -1: the machine's, as nodes have none. */
uint64_t memhp_huge_pool_get_page_size_bytes(const struct memhp_huge_pool *pool); /**< Bytes of a page. */
int memhp_huge_pool_get_error(const struct memhp_huge_pool *pool); /**< Why its figures are not known: -EBADMSG, an errno; or 0. */

/** What a pool has, in pages. */
enum memhp_huge_pool_figure {
	MEMHP_HUGE_POOL_FIGURE_PAGES = 1, /**< nr_hugepages: in use or free */
	MEMHP_HUGE_POOL_FIGURE_FREE,      /**< free_hugepages, those among them that were promised to somebody */
	MEMHP_HUGE_POOL_FIGURE_SURPLUS, /**< surplus_hugepages: beyond what was asked for; they go when nobody uses them any more */
};

/** A figure, in pages. @return UINT64_MAX when memhp_huge_pool_get_error() says why it is not known. */
uint64_t memhp_huge_pool_get_figure(const struct memhp_huge_pool *pool, enum memhp_huge_pool_figure figure);

MEMHP_END_DECLS
#endif
