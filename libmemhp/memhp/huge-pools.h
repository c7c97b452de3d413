/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file huge-pools.h
 * @brief Huge pages that offlining may dissolve.
 */
#ifndef LIBMEMHP_HUGE_POOLS_H
#define LIBMEMHP_HUGE_POOLS_H

#include "ctx.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup huge_pools Huge pages
 * What offlining may cost: huge pages of the pools.
 * @{
 */

/**
 * @struct memhp_huge_pools
 * @brief How many huge pages (hugetlb) there are, of each node and size, when the object was made.
 *
 * Free huge pages in a block are given back for good when it goes offline, also when that fails later: what the pools have before
 * and after a request tells how many were lost. Pools without a page are left out.
 */
struct memhp_huge_pools;

/**
 * @struct memhp_huge_pool
 * @brief The huge pages of one size on one node.
 */
struct memhp_huge_pool;

/**
 * Read the counters of the pools of huge pages.
 *
 * Needs no privilege and does not block.
 *
 * @param[out] pools the pools, owned by the caller
 * @return 0, also when the pools cannot be read, see memhp_huge_pools_get_error(); -ENOMEM.
 */
MEMHP_MUST_CHECK int memhp_huge_pools_new(struct memhp_huge_pools **pools, struct memhp_ctx *ctx);

/**
 * Release the pools.
 * @param pools pools or NULL
 */
void memhp_huge_pools_free(struct memhp_huge_pools *pools);

/**
 * Why there may be more pools.
 * @param pools pools
 * @return 0, or the errno of listing the sizes of huge pages or the nodes.
 */
int memhp_huge_pools_get_error(const struct memhp_huge_pools *pools);

/**
 * Get a pool, by ascending node and size.
 * @param pools pools
 * @param index which one
 * @return a pool that lives as long as @a pools; NULL behind the last one.
 */
const struct memhp_huge_pool *memhp_huge_pools_get(const struct memhp_huge_pools *pools, size_t index);

/**
 * Get the pool of a node and a size.
 * @param pools pools
 * @param node its id, -1 for the machine's
 * @param page_size_bytes size of its pages
 * @return a pool that lives as long as @a pools; NULL when it has no page, or memhp_huge_pools_get_error() says why that is not
 *         known.
 */
const struct memhp_huge_pool *memhp_huge_pools_find(const struct memhp_huge_pools *pools, int node, uint64_t page_size_bytes);

/** Where its pages are. @return a node's id; -1 for the whole machine, where nodes have no pools of their own. */
int memhp_huge_pool_get_node(const struct memhp_huge_pool *pool);

/** Size of its pages. @return bytes of a page. */
uint64_t memhp_huge_pool_get_page_size_bytes(const struct memhp_huge_pool *pool);

/** Why its counters are not known. @return 0, -EBADMSG when a counter is no number, or the errno of open(2) or read(2). */
int memhp_huge_pool_get_error(const struct memhp_huge_pool *pool);

/** How many pages it has: nr_hugepages. @return pages, in use or free. */
uint64_t memhp_huge_pool_get_num_pages(const struct memhp_huge_pool *pool);

/** How many of them are free: free_hugepages. @return pages, those among them that were promised to somebody. */
uint64_t memhp_huge_pool_get_num_free(const struct memhp_huge_pool *pool);

/**
 * How many there are beyond what was asked for: surplus_hugepages.
 * @return pages, which are given back when nobody uses them any more.
 */
uint64_t memhp_huge_pool_get_num_surplus(const struct memhp_huge_pool *pool);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
