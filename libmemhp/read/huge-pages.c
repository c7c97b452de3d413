/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pools of huge pages, by their counters. Those of the nodes tell more than the machine's, which are looked at first: where
 * there are no huge pages of a size, as on most machines, the nodes are not asked.
 */
#include <limits.h>
#include <stdio.h>

#include "ctx.h"
#include "object.h"
#include "read/files.h"
#include "read/huge-pages.h"
#include "read/parse.h"
#include "util.h"

#define MACHINE_POOLS "sys/kernel/mm/hugepages"

struct memhp_huge_pool {
	int node, error;
	uint64_t page_size, total, free, surplus;
};

struct memhp_huge_pools {
	int error;
	bool may_be_reserved; /* some are, or nobody can tell */
	struct memhp_huge_pool *items;
	size_t num, allocated;
};

MEMHP_EXPORT void memhp_huge_pools_free(struct memhp_huge_pools *pools)
{
	if (!pools)
		return;
	free(pools->items);
	free(pools);
}

static int read_counter(struct memhp_ctx *ctx, int dirfd, const char *pool, const char *name, uint64_t *value)
{
	char path[PATH_MAX], text[SYSFS_ATTR_MAX];
	int rc;

	snprintf(path, sizeof(path), "%s/%s", pool, name);
	rc = memhp__file_read(ctx->ops, dirfd, path, text, sizeof(text));
	if (rc < 0)
		return rc;
	return memhp__parse_numbered_name(text, "", value) ? 0 : -EBADMSG;
}

/* Adds a pool that has pages, or may have. Returns 1; 0 when there is no such pool; -ENOMEM. */
static int add_pool(struct memhp_huge_pools *pools, struct memhp_ctx *ctx, int dirfd, const char *path, int node,
		    uint64_t page_size)
{
	struct memhp_huge_pool pool = { .node = node, .page_size = page_size };
	int rc = read_counter(ctx, dirfd, path, "nr_hugepages", &pool.total);

	if (rc == -ENOENT)
		return 0;
	if (rc == 0 && pool.total == 0)
		return 1;
	if (rc == 0)
		rc = read_counter(ctx, dirfd, path, "free_hugepages", &pool.free);
	if (rc == 0)
		rc = read_counter(ctx, dirfd, path, "surplus_hugepages", &pool.surplus);
	if (rc < 0)
		log_debug(ctx, "%s of node %d: %s", path, node, strerror(-rc));
	pool.error = rc;
	if (!ARRAY_RESERVE(pools->items, pools->num, pools->allocated))
		return -ENOMEM;
	pools->items[pools->num++] = pool;
	return 1;
}

/* Adds the pools of the nodes. Returns how many nodes have one, or a negative errno. */
static int add_node_pools(struct memhp_huge_pools *pools, struct memhp_ctx *ctx, const char *name, uint64_t page_size)
{
	_cleanup_close_ int node_fd = memhp__file_open_dir(ctx, SYSFS_NODE);
	_cleanup_closedir_ DIR *dir = NULL;
	int rc = node_fd < 0 ? node_fd : memhp__file_list(node_fd, ".", &dir), num = 0;
	struct dirent *entry;
	uint64_t id;

	if (rc == -ENOENT)
		return 0;
	while (rc >= 0 && (entry = memhp__file_next(dir, &rc))) {
		char path[PATH_MAX / 2];

		if (!memhp__parse_numbered_name(entry->d_name, "node", &id) || id > INT_MAX)
			continue;
		snprintf(path, sizeof(path), "node%d/hugepages/%s", (int)id, name);
		rc = add_pool(pools, ctx, node_fd, path, (int)id, page_size);
		num += rc > 0;
	}
	return rc < 0 ? rc : num;
}

/* "hugepages-2048kB" */
static bool parse_page_size(const char *name, uint64_t *page_size)
{
	const char *unit = strchr(name, 'k');
	char number[NAME_MAX + 1];

	if (!unit || strcmp(unit, "kB") != 0)
		return false;
	snprintf(number, sizeof(number), "%.*s", (int)(unit - name), name);
	if (!memhp__parse_numbered_name(number, "hugepages-", page_size) || *page_size == 0 || *page_size > UINT64_MAX / 1024)
		return false;
	*page_size *= 1024;
	return true;
}

static int add_size(struct memhp_huge_pools *pools, struct memhp_ctx *ctx, int dirfd, const char *name, uint64_t page_size)
{
	uint64_t total, reserved = 0;
	int rc = read_counter(ctx, dirfd, name, "nr_hugepages", &total);

	if (rc == 0 && total == 0)
		return 0;
	/* Only the machine counts these. */
	rc = read_counter(ctx, dirfd, name, "resv_hugepages", &reserved);
	pools->may_be_reserved |= rc < 0 ? rc != -ENOENT : reserved > 0;
	rc = add_node_pools(pools, ctx, name, page_size);
	return rc == 0 ? add_pool(pools, ctx, dirfd, name, -1, page_size) : rc;
}

static int compare_pools(const void *a, const void *b)
{
	const struct memhp_huge_pool *x = a, *y = b;

	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	return (x->page_size > y->page_size) - (x->page_size < y->page_size);
}

static int read_pools(struct memhp_huge_pools *pools, struct memhp_ctx *ctx)
{
	_cleanup_close_ int dirfd = memhp__file_open_dir(ctx, MACHINE_POOLS);
	_cleanup_closedir_ DIR *dir = NULL;
	int rc = dirfd < 0 ? dirfd : memhp__file_list(dirfd, ".", &dir);
	struct dirent *entry;
	uint64_t page_size;

	/* A kernel without huge pages has no such folder. */
	if (rc == -ENOENT)
		return 0;
	while (rc >= 0 && (entry = memhp__file_next(dir, &rc)))
		if (parse_page_size(entry->d_name, &page_size))
			rc = add_size(pools, ctx, dirfd, entry->d_name, page_size);
	return rc < 0 ? rc : 0;
}

MEMHP_EXPORT int memhp_huge_pools_new(struct memhp_huge_pools **pools, struct memhp_ctx *ctx)
{
	struct memhp_huge_pools *new = calloc(1, sizeof(*new));

	if (!new)
		return -ENOMEM;
	new->error = read_pools(new, ctx);
	if (new->error == -ENOMEM) {
		memhp_huge_pools_free(new);
		return -ENOMEM;
	}
	if (new->num)
		qsort(new->items, new->num, sizeof(*new->items), compare_pools);
	*pools = new;
	return 0;
}

MEMHP_EXPORT int memhp_huge_pools_get_error(const struct memhp_huge_pools *pools)
{
	return pools->error;
}

MEMHP_EXPORT const struct memhp_huge_pool *memhp_huge_pools_get(const struct memhp_huge_pools *pools, size_t index)
{
	return index < pools->num ? &pools->items[index] : NULL;
}

MEMHP_EXPORT const struct memhp_huge_pool *memhp_huge_pools_find(const struct memhp_huge_pools *pools, int node,
								 uint64_t page_size_bytes)
{
	for (size_t i = 0; i < pools->num; i++)
		if (pools->items[i].node == node && pools->items[i].page_size == page_size_bytes)
			return &pools->items[i];
	return NULL;
}

bool memhp__huge_pools_are_free(const struct memhp_huge_pools *pools, int node)
{
	bool any = false;

	for (size_t i = 0; i < pools->num; i++) {
		const struct memhp_huge_pool *pool = &pools->items[i];

		if (node >= 0 && pool->node >= 0 && pool->node != node)
			continue;
		if (pool->error || pool->free < pool->total)
			return false;
		any = true;
	}
	return any && !pools->error && !pools->may_be_reserved;
}

MEMHP_EXPORT int memhp_huge_pool_get_node(const struct memhp_huge_pool *pool)
{
	return pool->node;
}

MEMHP_EXPORT uint64_t memhp_huge_pool_get_page_size_bytes(const struct memhp_huge_pool *pool)
{
	return pool->page_size;
}

MEMHP_EXPORT int memhp_huge_pool_get_error(const struct memhp_huge_pool *pool)
{
	return pool->error;
}

MEMHP_EXPORT uint64_t memhp_huge_pool_get_figure(const struct memhp_huge_pool *pool, enum memhp_huge_pool_figure figure)
{
	switch (figure) {
	case MEMHP_HUGE_POOL_FIGURE_PAGES:
		return pool->error ? UINT64_MAX : pool->total;
	case MEMHP_HUGE_POOL_FIGURE_FREE:
		return pool->error ? UINT64_MAX : pool->free;
	case MEMHP_HUGE_POOL_FIGURE_SURPLUS:
		return pool->error ? UINT64_MAX : pool->surplus;
	default:
		return 0;
	}
}
