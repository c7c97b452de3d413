// SPDX-License-Identifier: GPL-2.0-or-later
#include "../../cmd/ui/parse-args.h"
#include "unit.h"

/* In these tables a line with `why` is refused, and the explanation has that in it. */
static const struct {
	const char *text;
	uint64_t bytes;
	const char *why;
} sizes[] = {
	{ "1K", 1024 },
	{ "1k", 1024 },
	{ "128M", UINT64_C(128) << 20 },
	{ "128m", UINT64_C(128) << 20 },
	{ "128MiB", UINT64_C(128) << 20 },
	{ "2G", UINT64_C(2) << 30 },
	{ "1.5G", UINT64_C(3) << 29 },
	{ "0.5K", 512 },
	{ "1.500G", UINT64_C(3) << 29 },
	{ "1.5000000G", UINT64_C(3) << 29 },
	{ "24.125GiB", UINT64_C(193) << 27 },
	{ "3T", UINT64_C(3) << 40 },
	{ "1P", UINT64_C(1) << 50 },
	{ "16383P", UINT64_C(16383) << 50 },
	{ "1kB", 1000 },
	{ "1KB", 1000 },
	{ "2GB", UINT64_C(2000000000) },
	{ "1.001kB", 1001 },
	{ "0128M", UINT64_C(128) << 20 },
	{ "18446744073709551KB", UINT64_C(18446744073709551000) },
	{ "128", 0, "write 128M for MiB or 128G for GiB" },
	{ "0", 0, "is no memory at all" },
	{ "134217728", 0, "for that many bytes write 128M" },
	{ "1073741824", 0, "for that many bytes write 1G" },
	{ "128B", 0, "unknown unit \"B\"" },
	{ "128X", 0, "unknown unit \"X\"" },
	{ "1E", 0, "unknown unit \"E\"" },
	{ "128Mi", 0, "unknown unit \"Mi\"" },
	{ "128Mib", 0, "unknown unit \"Mib\"" },
	{ "128MB/s", 0, "unknown unit \"MB/s\"" },
	{ "128 M", 0, "unknown unit \" M\"" },
	{ "128M ", 0, "unknown unit \"M \"" },
	{ "1.5.5M", 0, "unknown unit \".5M\"" },
	{ "0M", 0, "is no memory at all" },
	{ "0.0M", 0, "is no memory at all" },
	{ "16384P", 0, "below 2^64" },
	{ "18446744073709551615K", 0, "below 2^64" },
	{ "0.001K", 0, "not a whole number of bytes" },
	{ "1.333M", 0, "not a whole number of bytes" },
	{ "", 0, "is not a size" },
	{ "M", 0, "is not a size" },
	{ "-1M", 0, "is not a size" },
	{ "+1M", 0, "is not a size" },
	{ " 1M", 0, "is not a size" },
	{ ".5M", 0, "is not a size" },
	{ "1.M", 0, "is not a size" },
	{ "1.0001G", 0, "is not a size" },
	{ "18446744073709551616K", 0, "is not a size" },
	{ "0x10M", 0, "is an address, not a size" },
	{ "all", 0, "is not a size" },
};

static void check_why(const char *why, const char *text, const char *expected)
{
	ck_assert_msg(strstr(why, expected), "\"%s\" does not have \"%s\"", why, expected);
	/* The culprit is named */
	ck_assert_msg(strstr(why, text), "\"%s\" does not have \"%s\"", why, text);
}

START_TEST(size)
{
	char why[WHY_MAX] = "";
	uint64_t bytes = 0;
	int rc = parse_size(sizes[_i].text, &bytes, why);

	ck_assert_msg(rc == (sizes[_i].why ? -1 : 0), "%s: %s", sizes[_i].text, why);
	if (sizes[_i].why)
		check_why(why, sizes[_i].text, sizes[_i].why);
	else
		ck_assert_uint_eq(bytes, sizes[_i].bytes);
}
END_TEST

static const struct {
	const char *text;
	uint64_t ms;
	const char *why;
} durations[] = {
	{ "30", 30000 },
	{ "30s", 30000 },
	{ "1.5m", 90000 },
	{ "1min", 60000 },
	{ "500ms", 500 },
	{ "1ms", 1 },
	{ "0.001", 1 },
	{ "0.5", 500 },
	{ "2h", 7200000 },
	{ "1d", 86400000 },
	{ "366d", UINT64_C(366) * 86400 * 1000 },
	{ "infinity", UINT64_MAX },
	{ "0", 0, "no time at all" },
	{ "0s", 0, "no time at all" },
	{ "0.000h", 0, "no time at all" },
	{ "0.5ms", 0, "whole number of milliseconds" },
	{ "367d", 0, "more than a year" },
	{ "9223372036854775807s", 0, "milliseconds" },
	{ "18446744073709551615d", 0, "milliseconds" },
	{ "18446744073709551616", 0, "is not a duration" },
	{ "0.0001s", 0, "is not a duration" },
	{ "", 0, "is not a duration" },
	{ "s", 0, "is not a duration" },
	{ "-1", 0, "is not a duration" },
	{ "+1", 0, "is not a duration" },
	{ " 1", 0, "is not a duration" },
	{ "1 s", 0, "is not a duration" },
	{ "1S", 0, "is not a duration" },
	{ "1M", 0, "is not a duration" },
	{ "1sec", 0, "is not a duration" },
	{ "1m30s", 0, "is not a duration" },
	{ "1e3", 0, "is not a duration" },
	{ "inf", 0, "is not a duration" },
	{ "Infinity", 0, "is not a duration" },
	{ "never", 0, "is not a duration" },
};

START_TEST(duration)
{
	char why[WHY_MAX] = "";
	uint64_t ms = 0;
	int rc = parse_duration(durations[_i].text, &ms, why);

	ck_assert_msg(rc == (durations[_i].why ? -1 : 0), "%s: %s", durations[_i].text, why);
	if (durations[_i].why)
		check_why(why, durations[_i].text, durations[_i].why);
	else
		ck_assert_uint_eq(ms, durations[_i].ms);
}
END_TEST

static const struct {
	const char *text;
	uint64_t start, last; /* the same: also an address */
	const char *why;
} ranges[] = {
	{ "0x40000000-0x7fffffff", 0x40000000, 0x7fffffff },
	{ "0X40000000-0X7FFFFFFF", 0x40000000, 0x7fffffff },
	{ "0x0-0x0", 0, 0 },
	{ "0x0000000040000000-0x000000007fffffff", 0x40000000, 0x7fffffff },
	{ "0x40000000+1G", 0x40000000, 0x7fffffff },
	{ "0x40000000+0.5K", 0x40000000, 0x400001ff },
	{ "0x0-0xffffffffffffffff", 0, UINT64_MAX },
	{ "0xfffffffffffffc00+1K", UINT64_MAX - 1023, UINT64_MAX },
	{ "0xfffffffffffffc01+1K", 0, 0, "beyond 2^64" },
	{ "0x40000000", 0, 0, "has no end" },
	{ "0x40000000-", 0, 0, "has no end" },
	{ "0x40000000+", 0, 0, "has no end" },
	{ "0x40000000--0x7fffffff", 0, 0, "is not an address" },
	{ "-0x7fffffff", 0, 0, "is not an address" },
	{ "0x7fffffff-0x40000000", 0, 0, "ends before it starts" },
	{ "40000000-7fffffff", 0, 0, "addresses begin with 0x" },
	{ "0x40000000-7fffffff", 0, 0, "addresses begin with 0x" },
	{ "0x40000000+0x1000", 0, 0, "is an address, not a size" },
	{ "0x40000000+1", 0, 0, "has no unit" },
	{ "0x40000000+0M", 0, 0, "is no memory at all" },
	{ "0x40000000:0x7fffffff", 0, 0, "behind the address" },
	{ "0x40000000 -0x7fffffff", 0, 0, "behind the address" },
	{ "0x40000000-0x7fffffff ", 0, 0, "behind the address" },
	{ "0x10000000000000000-0x20000000000000000", 0, 0, "is not a 64-bit address" },
	{ "0x0-0x10000000000000000", 0, 0, "is not a 64-bit address" },
	{ "0x-0x1", 0, 0, "is not a 64-bit address" },
	{ "0x0x1-0x2", 0, 0, "is not a 64-bit address" },
	{ "", 0, 0, "is not an address" },
	{ "words", 0, 0, "is not an address" },
};

START_TEST(range)
{
	char why[WHY_MAX] = "";
	uint64_t start = 0, last = 0;
	int rc = parse_range(ranges[_i].text, &start, &last, why);

	ck_assert_msg(rc == (ranges[_i].why ? -1 : 0), "%s: %s", ranges[_i].text, why);
	ck_assert_msg(!ranges[_i].why || strstr(why, ranges[_i].why), "%s", why);
	if (!ranges[_i].why) {
		ck_assert_uint_eq(start, ranges[_i].start);
		ck_assert_uint_eq(last, ranges[_i].last);
	}
}
END_TEST

static const struct {
	const char *text;
	uint64_t addr;
	const char *why;
} addresses[] = {
	{ "0x0", 0 },
	{ "0x40000000", 0x40000000 },
	{ "0XabCDef", 0xabcdef },
	{ "0xffffffffffffffff", UINT64_MAX },
	{ "0x0000000000000000000001", 1 },
	{ "0x10000000000000000", 0, "is not a 64-bit address" },
	{ "0x", 0, "is not a 64-bit address" },
	{ "0x-1", 0, "is not a 64-bit address" },
	{ "0x 1", 0, "is not a 64-bit address" },
	{ "0x0x1", 0, "is not a 64-bit address" },
	{ "0x1g", 0, "has \"g\" behind the address" },
	{ "0x1-0x2", 0, "has \"-0x2\" behind the address" },
	{ "1073741824", 0, "addresses begin with 0x" },
	{ " 0x1", 0, "addresses begin with 0x" },
	{ "-0x1", 0, "addresses begin with 0x" },
	{ "0", 0, "addresses begin with 0x" },
	{ "", 0, "is not an address" },
};

START_TEST(address)
{
	char why[WHY_MAX] = "";
	uint64_t addr = 4711;
	int rc = parse_address(addresses[_i].text, &addr, why);

	ck_assert_msg(rc == (addresses[_i].why ? -1 : 0), "%s: %s", addresses[_i].text, why);
	if (addresses[_i].why)
		check_why(why, addresses[_i].text, addresses[_i].why);
	ck_assert_uint_eq(addr, addresses[_i].why ? 4711 : addresses[_i].addr);
}
END_TEST

static const struct {
	const char *text, *prefix;
	uint64_t first, last;
	const char *why;
} ids[] = {
	{ "45", "memory", 45, 45 },
	{ "0", "memory", 0, 0 },
	{ "32-39", "memory", 32, 39 },
	{ "7-7", "memory", 7, 7 },
	{ "memory45", "memory", 45, 45 },
	{ "memory32-memory39", "memory", 32, 39 },
	{ "memory32-39", "memory", 32, 39 },
	{ "32-memory39", "memory", 32, 39 },
	{ "node1", "node", 1, 1 },
	{ "18446744073709551615", "memory", UINT64_MAX, UINT64_MAX },
	{ "39-32", "memory", 0, 0, "ends before it starts" },
	{ "18446744073709551616", "memory", 0, 0, "is not a number" },
	{ "1-18446744073709551616", "memory", 0, 0, "is not a number" },
	{ "3-", "memory", 0, 0, "is not a number, memoryN, or a run" },
	{ "-3", "memory", 0, 0, "is not a number" },
	{ "3--5", "memory", 0, 0, "is not a number" },
	{ "3-5-7", "memory", 0, 0, "is not a number" },
	{ "3 -5", "memory", 0, 0, "is not a number" },
	{ " 3", "memory", 0, 0, "is not a number" },
	{ "3 ", "memory", 0, 0, "is not a number" },
	{ "+3", "memory", 0, 0, "is not a number" },
	{ "0x3", "memory", 0, 0, "is not a number" },
	{ "3,5", "memory", 0, 0, "is not a number" },
	{ "memory", "memory", 0, 0, "is not a number" },
	{ "memory-3", "memory", 0, 0, "is not a number" },
	{ "Memory3", "memory", 0, 0, "is not a number" },
	{ "node3", "memory", 0, 0, "is not a number" },
	{ "node3", "cpu", 0, 0, "is not a number, cpuN, or a run" },
	{ "", "memory", 0, 0, "is not a number" },
};

START_TEST(id)
{
	char why[WHY_MAX] = "";
	uint64_t first = 0, last = 0;
	int rc = parse_ids(ids[_i].text, ids[_i].prefix, &first, &last, why);

	ck_assert_msg(rc == (ids[_i].why ? -1 : 0), "%s: %s", ids[_i].text, why);
	if (ids[_i].why)
		check_why(why, ids[_i].text, ids[_i].why);
	if (rc < 0)
		return;
	ck_assert_uint_eq(first, ids[_i].first);
	ck_assert_uint_eq(last, ids[_i].last);
}
END_TEST

static int join(const char *part, void *data, char why[WHY_MAX])
{
	strcat(strcat(data, part), ";");
	if (strcmp(part, "bad") != 0)
		return 0;
	strcpy(why, "a bad part");
	return -1;
}

static const struct {
	const char *text, *joined, *why;
} lists[] = {
	{ "a", "a;", NULL },
	{ "a,b,c", "a;b;c;", NULL },
	{ "a b, c", "a b; c;", NULL },
	{ "", "", "has an empty item" },
	{ ",", "", "has an empty item" },
	{ "a,", "a;", "has an empty item" },
	{ ",a", "", "has an empty item" },
	{ "a,,b", "a;", "has an empty item" },
	{ "a,bad,b", "a;bad;", "a bad part" },
};

START_TEST(list)
{
	char why[WHY_MAX] = "", joined[64] = "";
	int rc = parse_list(lists[_i].text, join, joined, why);

	ck_assert_int_eq(rc, lists[_i].why ? -1 : 0);
	ck_assert_str_eq(joined, lists[_i].joined);
	ck_assert_msg(strstr(why, lists[_i].why ? lists[_i].why : ""), "%s", why);
}
END_TEST

/* The longest line and nothing beyond it */
START_TEST(long_text)
{
	char text[1000], why[WHY_MAX + 1] = "";
	uint64_t a, b;

	memset(text, '9', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	why[WHY_MAX] = 'x';
	ck_assert_int_eq(parse_size(text, &a, why), -1);
	ck_assert_int_eq(parse_duration(text, &a, why), -1);
	ck_assert_int_eq(parse_range(text, &a, &b, why), -1);
	ck_assert_int_eq(parse_ids(text, "memory", &a, &b, why), -1);
	ck_assert_uint_eq(strlen(why), WHY_MAX - 1);
	ck_assert_int_eq(why[WHY_MAX], 'x');
}
END_TEST

UNIT("parse-args", tests)
{
	add_table(tests, size, sizes);
	add_table(tests, duration, durations);
	add_table(tests, range, ranges);
	add_table(tests, address, addresses);
	add_table(tests, id, ids);
	add_table(tests, list, lists);
	tcase_add_test(tests, long_text);
}
