// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "../../cmd/ui/format.h"
#include "unit.h"

static const struct {
	uint64_t bytes;
	const char *text;
} sizes[] = {
	{ 0, "0B" },
	{ 1, "1B" },
	{ 1023, "1023B" },
	{ 1024, "1K" },
	{ 1025, "1025B" },
	{ 1536, "1.5K" },
	{ 1152, "1.125K" },
	{ 1088, "1088B" },
	{ UINT64_C(128) << 20, "128M" },
	{ UINT64_C(1023) << 20, "1023M" },
	{ UINT64_C(1) << 30, "1G" },
	{ UINT64_C(24) << 30, "24G" },
	{ (UINT64_C(24) << 30) + (UINT64_C(128) << 20), "24.125G" },
	{ (UINT64_C(24) << 30) + (UINT64_C(64) << 20), "24640M" },
	{ (UINT64_C(1) << 40) + (UINT64_C(128) << 20), "1024.125G" },
	{ (UINT64_C(1) << 40) + (UINT64_C(128) << 30), "1.125T" },
	{ (UINT64_C(1) << 40) + 1, "1099511627777B" },
	{ UINT64_C(3) << 50, "3P" },
	{ UINT64_C(1) << 60, "1E" },
	{ UINT64_C(1) << 63, "8E" },
	{ UINT64_C(31) << 59, "15.5E" },
	{ UINT64_MAX, "18446744073709551615B" },
	{ UINT64_MAX - 1023, "18014398509481983K" },
};

START_TEST(size)
{
	char text[SIZE_TEXT_MAX];

	ck_assert_str_eq(format_size(sizes[_i].bytes, text), sizes[_i].text);
}
END_TEST

START_TEST(sum)
{
	ck_assert_uint_eq(size_of_blocks(0, 0x8000000), 0);
	ck_assert_uint_eq(size_of_blocks(3, 0x8000000), 0x18000000);
	ck_assert_uint_eq(size_of_blocks(1, UINT64_C(1) << 63), UINT64_C(1) << 63);
	/* The whole address space is one byte more than fits. */
	ck_assert_uint_eq(size_of_blocks(2, UINT64_C(1) << 63), UINT64_MAX);
}
END_TEST

static const struct {
	uint64_t amount;
	bool bytes;
	const char *text;
} amounts[] = {
	{ 0, false, "0B" },           { 1023, false, "1023B" },     { 1024, false, "1K" },
	{ 3355443, false, "3.2M" },   { 10 << 20, false, "10M" },   { (UINT64_C(1) << 30) - 1, false, "1G" },
	{ UINT64_MAX, false, "16E" }, { 3355443, true, "3355443" },
};

START_TEST(amount)
{
	char text[SIZE_TEXT_MAX];

	ck_assert_str_eq(format_amount(amounts[_i].amount, amounts[_i].bytes, text), amounts[_i].text);
}
END_TEST

static const struct {
	uint64_t ms;
	const char *elapsed, *deadline;
} times[] = {
	{ 0, "0ms", "0m" },        { 120, "120ms", "120ms" },  { 999, "999ms", "999ms" },
	{ 1000, "1.0s", "1s" },    { 9042, "9.0s", "9042ms" }, { 12300, "12.3s", "12300ms" },
	{ 90000, "90.0s", "90s" }, { 120000, "120.0s", "2m" }, { MEMHP_NO_TIMEOUT, NULL, "none" },
};

START_TEST(duration)
{
	char *elapsed = format_elapsed(times[_i].ms), *deadline = format_deadline(times[_i].ms);

	if (times[_i].elapsed)
		ck_assert_str_eq(elapsed, times[_i].elapsed);
	ck_assert_str_eq(deadline, times[_i].deadline);
	free(elapsed);
	free(deadline);
}
END_TEST

START_TEST(ranges)
{
	char *range = format_range(0, 0x7ffffff), *one = format_ids(45, 45), *several = format_ids(32, 39);

	ck_assert_str_eq(range, "0x0000000000000000-0x0000000007ffffff");
	ck_assert_str_eq(one, "45");
	ck_assert_str_eq(several, "32-39");
	free(range);
	free(one);
	free(several);
}
END_TEST

START_TEST(words)
{
	ck_assert_str_eq(state_word(MEMHP_STATE_GOING_OFFLINE), "going-offline");
	ck_assert_ptr_null(state_word(MEMHP_STATE_UNKNOWN));
	ck_assert_str_eq(zone_word(MEMHP_ZONE_MOVABLE), "Movable");
	ck_assert_ptr_null(zone_word(MEMHP_ZONE_NONE));
	ck_assert_ptr_null(zone_word(MEMHP_ZONE_UNKNOWN));
	ck_assert_str_eq(errno_name(EBUSY), "EBUSY");
	ck_assert_str_eq(errno_name(-EBUSY), "EBUSY");
	ck_assert_str_eq(errno_name(-4711), "EUNKNOWN");
	ck_assert_ptr_null(errno_name(0));
}
END_TEST

UNIT("format", tests)
{
	add_table(tests, size, sizes);
	add_table(tests, amount, amounts);
	add_table(tests, duration, times);
	tcase_add_test(tests, sum);
	tcase_add_test(tests, ranges);
	tcase_add_test(tests, words);
}
