// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>

#include "read/huge-pages.h"

#include "unit.h"

#define COUNTER(dir, name, value) "file " dir "/" name " \"" value "\\n\"\n"
#define POOL(dir, total, free, surplus) \
	COUNTER(dir, "nr_hugepages", total) COUNTER(dir, "free_hugepages", free) COUNTER(dir, "surplus_hugepages", surplus)
#define MACHINE(kib)    "sys/kernel/mm/hugepages/hugepages-" kib "kB"
#define NODE(node, kib) "sys/devices/system/node/node" node "/hugepages/hugepages-" kib "kB"

static const struct {
	const char *machine;
	const char *pools; /* node, size in KiB, pages, free and surplus ones of each, or an errno */
	int error;
	bool all_free[3]; /* of node 0, node 1, any */
} cases[] = {
	{ "", "", 0, { 0 } },
	{ "dir sys/kernel/mm/hugepages\n", "", 0, { 0 } },
	/* No page of the size: the nodes are not asked. */
	{ POOL(MACHINE("2048"), "0", "0", "0") "node 0\n" POOL(NODE("0", "2048"), "?", "?", "?"), "", 0, { 0 } },
	{ POOL(MACHINE("2048"), "6", "4", "1"), "-1 2048 6 4 1;", 0, { 0 } },
	{ POOL(MACHINE("2048"), "6", "6", "0"), "-1 2048 6 6 0;", 0, { 1, 1, 1 } },
	{ POOL(MACHINE("64"), "4", "3", "0") POOL(MACHINE("1048576"), "3", "2", "0") "node 0\nnode 1\n" POOL(
		  NODE("0", "64"), "0", "0", "0") POOL(NODE("1", "64"), "4", "3", "0") POOL(NODE("0", "1048576"), "2", "2", "0")
		  POOL(NODE("1", "1048576"), "1", "0", "0"),
	  "0 1048576 2 2 0;1 64 4 3 0;1 1048576 1 0 0;",
	  0,
	  { 1, 0, 0 } },
	/* A node without memory has none. */
	{ POOL(MACHINE("2048"), "6", "4", "0") "node 0\nnode 1\n" POOL(NODE("1", "2048"), "6", "6", "0"),
	  "1 2048 6 6 0;",
	  0,
	  { 0, 1, 1 } },
	/* Nodes of which a copy has not the pools */
	{ POOL(MACHINE("2048"), "6", "6", "0") "node 0\nblocks 0 node 0\n", "-1 2048 6 6 0;", 0, { 1, 1, 1 } },
	/* What cannot be read is not none. */
	{ POOL(MACHINE("2048"), "many", "6", "0"), "-1 2048 EBADMSG;", 0, { 0 } },
	{ POOL(MACHINE("2048"), "many", "6", "0") "node 0\n" POOL(NODE("0", "2048"), "5", "5", "0"),
	  "0 2048 5 5 0;",
	  0,
	  { 1, 0, 1 } },
	{ POOL(MACHINE("2048"), "6", "6", "0") "node 0\n" POOL(NODE("0", "2048"), "6", "-1", "0"), "0 2048 EBADMSG;", 0, { 0 } },
	{ "file sys/kernel/mm/hugepages \"\"\n", "", -ENOTDIR, { 0 } },
	{ POOL(MACHINE("2048"), "6", "6", "0") "file sys/devices/system/node \"\"\n", "", -ENOTDIR, { 0 } },
	/* other folders */
	{ POOL("sys/kernel/mm/hugepages/hugepages-2048", "6", "6", "0") POOL("sys/kernel/mm/hugepages/hugepages-0kB", "6", "6", "0")
		  POOL("sys/kernel/mm/hugepages/hugepages-18446744073709551615kB", "6", "6", "0") "dir sys/kernel/mm/hugepages/x\n",
	  "",
	  0,
	  { 0 } },
};

static void describe(const struct memhp_huge_pools *pools, char *text, size_t size)
{
	const struct memhp_huge_pool *pool;

	*text = '\0';
	for (size_t i = 0; (pool = memhp_huge_pools_get(pools, i)); i++) {
		int node = memhp_huge_pool_get_node(pool), error = memhp_huge_pool_get_error(pool);
		uint64_t page_size = memhp_huge_pool_get_page_size_bytes(pool);
		size_t used = strlen(text);

		ck_assert_ptr_eq(memhp_huge_pools_find(pools, node, page_size), pool);
		for (enum memhp_huge_pool_figure figure = 1; figure <= MEMHP_HUGE_POOL_FIGURE_SURPLUS; figure++)
			ck_assert_int_eq(memhp_huge_pool_get_figure(pool, figure) == UINT64_MAX, error != 0);
		if (error)
			snprintf(text + used, size - used, "%d %d %s;", node, (int)(page_size / 1024),
				 error == -EBADMSG ? "EBADMSG" : "another errno");
		else
			snprintf(text + used, size - used, "%d %d %d %d %d;", node, (int)(page_size / 1024),
				 (int)memhp_huge_pool_get_figure(pool, MEMHP_HUGE_POOL_FIGURE_PAGES),
				 (int)memhp_huge_pool_get_figure(pool, MEMHP_HUGE_POOL_FIGURE_FREE),
				 (int)memhp_huge_pool_get_figure(pool, MEMHP_HUGE_POOL_FIGURE_SURPLUS));
	}
}

START_TEST(pools_of_machine)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_huge_pools_ struct memhp_huge_pools *pools = NULL;
	char text[256];

	machine_make(&machine, cases[_i].machine);
	ck_assert_int_eq(memhp_huge_pools_new(&pools, machine.ctx), 0);
	describe(pools, text, sizeof(text));
	ck_assert_str_eq(text, cases[_i].pools);
	ck_assert_int_eq(memhp_huge_pools_get_error(pools), cases[_i].error);
	for (int node = 0; node < 3; node++)
		ck_assert_int_eq(memhp__huge_pools_are_free(pools, node < 2 ? node : -1), cases[_i].all_free[node]);
	ck_assert_ptr_null(memhp_huge_pools_find(pools, 7, 2 << 20));
}
END_TEST

UNIT("huge-pages", tests)
{
	add_table(tests, pools_of_machine, cases);
}
