// SPDX-License-Identifier: LGPL-2.1-or-later
#include "spans.h"

#include "unit.h"
#include "util.h"

#define MAX_RUNS 4

static const struct {
	struct span added[MAX_RUNS]; /* {0} ends them */
	struct span runs[MAX_RUNS];
} added[] = {
	{ { { 1, 2 }, { 5, 6 } }, { { 1, 2 }, { 5, 6 } } },
	{ { { 5, 6 }, { 1, 2 } }, { { 1, 2 }, { 5, 6 } } },
	{ { { 1, 2 }, { 9, 9 }, { 5, 6 } }, { { 1, 2 }, { 5, 6 }, { 9, 9 } } },
	{ { { 1, 2 }, { 1, 2 } }, { { 1, 2 } } },
	{ { { 1, 5 }, { 3, 4 } }, { { 1, 5 } } },
	{ { { 3, 4 }, { 1, 5 } }, { { 1, 5 } } },
	{ { { 1, 5 }, { 5, 8 } }, { { 1, 8 } } },
	{ { { 5, 8 }, { 1, 5 } }, { { 1, 8 } } },
	{ { { 1, 2 }, { 5, 6 }, { 9, 10 }, { 2, 9 } }, { { 1, 10 } } },
	{ { { 0, UINT64_MAX }, { 7, 7 } }, { { 0, UINT64_MAX } } },
};

static size_t count_runs(const struct span *runs)
{
	size_t num = 0;

	while (num < MAX_RUNS && runs[num].last > 0)
		num++;
	return num;
}

START_TEST(adding)
{
	struct spans spans = { 0 };
	size_t num_runs = count_runs(added[_i].runs);

	for (size_t i = 0; i < count_runs(added[_i].added); i++)
		ck_assert_int_eq(memhp__spans_add(&spans, added[_i].added[i]), 0);
	ck_assert_uint_eq(spans.num, num_runs);
	ck_assert_mem_eq(spans.items, added[_i].runs, num_runs * sizeof(struct span));
	memhp__spans_release(&spans);
	ck_assert_uint_eq(spans.num, 0);
}
END_TEST

/* Of the runs 10-19 and 30-39 */
static const struct {
	uint64_t first, last;
	size_t found; /* by `first` */
	uint64_t covered;
} looks[] = {
	{ 0, 9, 0, 0 },   { 0, 10, 0, 1 },   { 10, 19, 0, 10 }, { 15, 15, 0, 1 },  { 19, 30, 0, 2 },
	{ 20, 29, 1, 0 }, { 20, 39, 1, 10 }, { 0, 100, 0, 20 }, { 39, 100, 1, 1 }, { 40, UINT64_MAX, 2, 0 },
};

START_TEST(looking)
{
	struct span items[] = { { 10, 19 }, { 30, 39 } };
	const struct spans spans = { .items = items, .num = 2 };

	ck_assert_uint_eq(memhp__spans_find(&spans, looks[_i].first), looks[_i].found);
	ck_assert_uint_eq(memhp__spans_cover(&spans, looks[_i].first, looks[_i].last), looks[_i].covered);
}
END_TEST

START_TEST(none)
{
	const struct spans spans = { 0 };

	ck_assert_uint_eq(memhp__spans_find(&spans, 0), 0);
	ck_assert_uint_eq(memhp__spans_cover(&spans, 0, UINT64_MAX), 0);
}
END_TEST

UNIT("spans", tests)
{
	add_table(tests, adding, added);
	add_table(tests, looking, looks);
	tcase_add_test(tests, none);
}
