/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an offline costs in huge pages: the free ones of a block go with it, for good, also when the offline fails later. A plan
 * can say how many at the most, a report how many it were: what the pools have before and after.
 */
#include <inttypes.h>

#include "operation/operation.h"
#include "ui/advice.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/xalloc.h"

/* What became of a pool; `before` and `after` are -1 where they are not known. */
struct loss {
	const struct memhp_huge_pool *pool;
	int64_t before, after;
	uint64_t at_risk; /* in a plan */
	int error;
};

void operation_look_at_huge_pages(struct operation *op, struct memhp_huge_pools **pools)
{
	if (operation_takes_offline(op) && memhp_huge_pools_new(pools, op->session.ctx) < 0)
		out_of_memory();
}

static const struct memhp_huge_pool *get_pool(const struct operation *op, size_t index)
{
	return op->huge_before ? memhp_huge_pools_get(op->huge_before, index) : NULL;
}

static bool is_in_pool(const struct memhp_block *block, const struct memhp_huge_pool *pool)
{
	int node = memhp_huge_pool_get_node(pool);

	for (size_t i = 0; node >= 0 && i < memhp_block_get_num_nodes(block); i++)
		if ((int)memhp_node_get_id(memhp_block_get_node(block, i)) == node)
			return true;
	/* Of a block whose node is not known they may be any. */
	return node < 0 || memhp_block_get_num_nodes(block) == 0;
}

/* So many of a pool's pages can be in the blocks that are to go offline. */
static uint64_t count_room(const struct operation *op, const struct memhp_snapshot *snapshot, const struct memhp_huge_pool *pool)
{
	uint64_t page_size = memhp_huge_pool_get_page_size_bytes(pool), num = 0;
	const struct memhp_step *step;

	for (size_t i = 0; (step = memhp_plan_get_step(op->plan, i)); i++) {
		const struct memhp_block *block = memhp_snapshot_find_block(snapshot, memhp_step_get_block_id(step));

		const struct page_facts *pages = operation_find_pages(op, memhp_step_get_block_id(step));
		uint64_t most = pages ? pages->bytes[MEMHP_PAGE_KIND_HUGE] : op->block_size;

		/* A block has a part of a page that is larger than it is. */
		if (memhp_step_get_outcome(step) == MEMHP_OUTCOME_PLANNED && step_takes_offline(step) && block &&
		    is_in_pool(block, pool))
			num += most / page_size + (most % page_size != 0);
	}
	return num;
}

/* Free pages of one size, wherever they are: a page in use that moves away takes one of them. UINT64_MAX: not known */
static uint64_t count_free(const struct operation *op, uint64_t page_size)
{
	const struct memhp_huge_pool *pool;
	uint64_t num = 0;

	for (size_t i = 0; (pool = get_pool(op, i)); i++) {
		if (memhp_huge_pool_get_page_size_bytes(pool) != page_size)
			continue;
		if (memhp_huge_pool_get_error(pool))
			return UINT64_MAX;
		num += memhp_huge_pool_get_figure(pool, MEMHP_HUGE_POOL_FIGURE_FREE);
	}
	return num;
}

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

void operation_foresee_huge_pages(struct operation *op, const struct memhp_snapshot *snapshot)
{
	const struct memhp_huge_pool *pool;

	for (size_t i = 0; (pool = get_pool(op, i)); i++) {
		uint64_t most = min(count_room(op, snapshot, pool), count_free(op, memhp_huge_pool_get_page_size_bytes(pool)));

		op->huge_at_risk = xreallocarray(op->huge_at_risk, i + 1, sizeof(*op->huge_at_risk));
		op->huge_at_risk[i] = memhp_huge_pool_get_error(pool)
					      ? most
					      : min(most, memhp_huge_pool_get_figure(pool, MEMHP_HUGE_POOL_FIGURE_PAGES));
	}
}

/* The pool after the request: a pool without pages is not there. */
static void look_after(const struct operation *op, struct loss *loss)
{
	const struct memhp_huge_pool *pool = memhp_huge_pools_find(op->huge_after, memhp_huge_pool_get_node(loss->pool),
								   memhp_huge_pool_get_page_size_bytes(loss->pool));

	if (pool && !loss->error)
		loss->error = memhp_huge_pool_get_error(pool);
	if (!pool && !loss->error)
		loss->error = memhp_huge_pools_get_error(op->huge_after);
	if (!loss->error)
		loss->after = pool ? (int64_t)memhp_huge_pool_get_figure(pool, MEMHP_HUGE_POOL_FIGURE_PAGES) : 0;
}

/* The next pool from *index on that has lost pages, or may have or may come to it; *index becomes that of the one behind it. */
static bool next_loss(const struct operation *op, size_t *index, struct loss *loss)
{
	while ((loss->pool = get_pool(op, *index))) {
		loss->error = memhp_huge_pool_get_error(loss->pool);
		loss->before = loss->error ? -1 : (int64_t)memhp_huge_pool_get_figure(loss->pool, MEMHP_HUGE_POOL_FIGURE_PAGES);
		loss->after = -1;
		loss->at_risk = op->huge_at_risk[(*index)++];
		if (op->huge_after)
			look_after(op, loss);
		if (op->huge_after ? loss->error || loss->after < loss->before : loss->at_risk > 0)
			return true;
	}
	return false;
}

bool operation_may_have_lost_huge_pages(const struct operation *op)
{
	struct loss loss;
	size_t index = 0;

	if (!op->huge_after)
		return false;
	return memhp_huge_pools_get_error(op->huge_before) || next_loss(op, &index, &loss);
}

/* "node 1", "the machine"; from malloc() */
static char *name_place(const struct memhp_huge_pool *pool)
{
	int node = memhp_huge_pool_get_node(pool);

	return node < 0 ? xstrdup("the machine") : xasprintf("node %d", node);
}

/* The file that takes how many pages there are to be; from malloc() */
static char *name_file(const struct memhp_huge_pool *pool)
{
	uint64_t kib = memhp_huge_pool_get_page_size_bytes(pool) / 1024;
	int node = memhp_huge_pool_get_node(pool);

	if (node < 0)
		return xasprintf("/sys/kernel/mm/hugepages/hugepages-%" PRIu64 "kB/nr_hugepages", kib);
	return xasprintf("/sys/devices/system/node/node%d/hugepages/hugepages-%" PRIu64 "kB/nr_hugepages", node, kib);
}

static void tell_unknown(const char *what, int error)
{
	warn("careful: %s cannot be counted (%s): whether any are lost is not known", what, errno_name(error));
}

static void tell_loss(const struct operation *op, const struct loss *loss)
{
	_cleanup_free_ char *place = name_place(loss->pool), *file = name_file(loss->pool), *what = NULL, *path = advice_path(file);
	char size[SIZE_TEXT_MAX];

	format_size(memhp_huge_pool_get_page_size_bytes(loss->pool), size);
	what = xasprintf("the huge pages (%s) of %s", size, place);
	if (loss->error)
		tell_unknown(what, loss->error);
	else if (!op->huge_after)
		warn("careful: up to %" PRIu64 " of the %" PRId64
		     " huge pages (%s) of %s would be lost: free ones go with their block, "
		     "and do not come back with it",
		     loss->at_risk, loss->before, size, place);
	else
		warn("careful: %s has lost %" PRId64 " of its %" PRId64 " huge pages (%s); this asks for them again: "
		     "echo %" PRIu64 " > %s",
		     place, loss->before - loss->after, loss->before, size,
		     (uint64_t)loss->before - memhp_huge_pool_get_figure(loss->pool, MEMHP_HUGE_POOL_FIGURE_SURPLUS), path);
}

void operation_tell_huge_pages(const struct operation *op)
{
	struct loss loss;
	size_t index = 0;

	if (!op->huge_before)
		return;
	while (next_loss(op, &index, &loss))
		tell_loss(op, &loss);
	if (memhp_huge_pools_get_error(op->huge_before))
		tell_unknown("huge pages", memhp_huge_pools_get_error(op->huge_before));
}

static void set_count(struct json_object *object, const char *key, int64_t count)
{
	if (count < 0)
		json_set_null(object, key);
	else
		json_set_uint(object, key, (uint64_t)count);
}

static struct json_object *make_loss(const struct operation *op, const struct loss *loss)
{
	struct json_object *object = json_new();
	int node = memhp_huge_pool_get_node(loss->pool);

	set_count(object, "node", node);
	json_set_uint(object, "size", memhp_huge_pool_get_page_size_bytes(loss->pool));
	set_count(object, "before", loss->before);
	set_count(object, "after", loss->after);
	set_count(object, "lost", loss->after < 0 ? -1 : loss->before - loss->after);
	if (!op->huge_after)
		json_set_uint(object, "at_risk", loss->at_risk);
	return object;
}

void operation_write_huge_pages(const struct operation *op, struct json_doc *doc)
{
	struct loss loss;
	size_t index = 0;

	if (op->huge_before && memhp_huge_pools_get_error(op->huge_before)) {
		json_doc_null(doc, "huge_pages");
		return;
	}
	if (!op->huge_before || !next_loss(op, &index, &loss))
		return;
	json_doc_begin_array(doc, "huge_pages");
	do
		json_doc_item(doc, make_loss(op, &loss));
	while (next_loss(op, &index, &loss));
	json_doc_end_array(doc);
}
