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
	{ { { 7, 7 }, { 0, UINT64_MAX } }, { { 0, UINT64_MAX } } },
	/* what adjoins is one */
	{ { { 1, 2 }, { 3, 4 } }, { { 1, 4 } } },
	{ { { 3, 4 }, { 1, 2 } }, { { 1, 4 } } },
	{ { { 1, 2 }, { 5, 6 }, { 3, 4 } }, { { 1, 6 } } },
	{ { { UINT64_MAX, UINT64_MAX }, { 0, 1 } }, { { 0, 1 }, { UINT64_MAX, UINT64_MAX } } },
};

static size_t count_runs(const struct span *runs)
{
	size_t num = 0;

	while (num < MAX_RUNS && runs[num].last > 0)
		num++;
	return num;
}

static void check_runs(const struct spans *spans, const struct span *runs, size_t num_runs)
{
	ck_assert_uint_eq(spans->num, num_runs);
	ck_assert_mem_eq(spans->items, runs, num_runs * sizeof(*runs));
}

START_TEST(adding)
{
	struct spans spans = { 0 };
	size_t num_runs = count_runs(added[_i].runs);

	for (size_t i = 0; i < count_runs(added[_i].added); i++)
		ck_assert_int_eq(memhp__spans_add(&spans, added[_i].added[i]), 0);
	check_runs(&spans, added[_i].runs, num_runs);
	memhp__spans_release(&spans);
	for (size_t i = 0; i < count_runs(added[_i].added); i++)
		ck_assert_int_eq(memhp__spans_append(&spans, added[_i].added[i]), 0);
	memhp__spans_sort(&spans);
	check_runs(&spans, added[_i].runs, num_runs);
	memhp__spans_release(&spans);
	ck_assert_uint_eq(spans.num, 0);
}
END_TEST

/* Of the runs 10-19 and 30-39 */
static const struct {
	uint64_t first, last;
	size_t found; /* by `first` */
	uint64_t covered;
	bool all;
} looks[] = {
	{ 0, 9, 0, 0, false },    { 0, 10, 0, 1, false },  { 10, 19, 0, 10, true },  { 15, 15, 0, 1, true },
	{ 19, 30, 0, 2, false },  { 20, 29, 1, 0, false }, { 20, 39, 1, 10, false }, { 0, 100, 0, 20, false },
	{ 39, 100, 1, 1, false }, { 30, 38, 1, 9, true },  { 39, 39, 1, 1, true },   { 40, UINT64_MAX, 2, 0, false },
};

START_TEST(looking)
{
	struct span items[] = { { 10, 19 }, { 30, 39 } };
	const struct spans spans = { .items = items, .num = 2 };

	ck_assert_uint_eq(memhp__spans_find(&spans, looks[_i].first), looks[_i].found);
	ck_assert_uint_eq(memhp__spans_cover(&spans, looks[_i].first, looks[_i].last), looks[_i].covered);
	ck_assert(memhp__spans_touch(&spans, looks[_i].first, looks[_i].last) == (looks[_i].covered > 0));
	ck_assert(memhp__spans_contain(&spans, looks[_i].first, looks[_i].last) == looks[_i].all);
}
END_TEST

START_TEST(none)
{
	const struct spans spans = { 0 };

	ck_assert_uint_eq(memhp__spans_find(&spans, 0), 0);
	ck_assert_uint_eq(memhp__spans_cover(&spans, 0, UINT64_MAX), 0);
	ck_assert(!memhp__spans_touch(&spans, 0, UINT64_MAX));
	ck_assert(!memhp__spans_contain(&spans, 0, 0));
}
END_TEST

/* Pages of 16 */
static const struct {
	struct span addrs, pages; /* {1, 0}: none */
} paged[] = {
	{ { 0, 15 }, { 0, 0 } },
	{ { 0, 14 }, { 1, 0 } },
	{ { 1, 15 }, { 1, 0 } },
	{ { 1, 31 }, { 1, 1 } },
	{ { 16, 100 }, { 1, 5 } },
	{ { 17, 17 }, { 1, 0 } },
	{ { 0, UINT64_MAX }, { 0, UINT64_MAX / 16 } },
};

START_TEST(pages)
{
	struct spans spans = { 0 };
	struct span expected = paged[_i].pages;

	ck_assert_int_eq(memhp__spans_add(&spans, paged[_i].addrs), 0);
	memhp__spans_to_pages(&spans, 16);
	check_runs(&spans, &expected, expected.first <= expected.last);
	memhp__spans_release(&spans);
}
END_TEST

/* From the end to the beginning, with gaps: with an insertion each this would take many seconds. */
START_TEST(many)
{
	const uint64_t num = 1000000;
	struct spans spans = { 0 };

	for (uint64_t i = num; i-- > 0;)
		ck_assert_int_eq(memhp__spans_append(&spans, (struct span){ 4 * i, 4 * i + 1 }), 0);
	memhp__spans_sort(&spans);
	ck_assert_uint_eq(spans.num, num);
	ck_assert_uint_eq(memhp__spans_cover(&spans, 0, UINT64_MAX), 2 * num);
	memhp__spans_release(&spans);
}
END_TEST

UNIT("spans", tests)
{
	add_table(tests, adding, added);
	add_table(tests, looking, looks);
	tcase_add_test(tests, none);
	add_table(tests, pages, paged);
	tcase_add_test(tests, many);
}
