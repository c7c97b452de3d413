// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>

#include "read/parse-firmware.h"
#include "unit.h"

#define UNTOUCHED UINT64_C(0xdead)

/* Ranges that were found, as text: "0-7ffffff 100000000-107ffffff " */
static char found[512];

static int note(void *data, uint64_t start, uint64_t last)
{
	size_t length = strlen(found);

	(void)data;
	snprintf(found + length, sizeof(found) - length, "%llx-%llx ", (unsigned long long)start, (unsigned long long)last);
	return 0;
}

static int refuse(void *data, uint64_t start, uint64_t last)
{
	(void)start;
	(void)last;
	return *(int *)data;
}

static const struct ram_finder notes = { note, NULL };

/* Exactly as large as it is said to be, so that the sanitizers see a read beyond its end */
static char *copy(const char *data, size_t size)
{
	char *copy = malloc(size ? size : 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, data, size);
	return copy;
}

static void put_little(char *bytes, uint64_t number, size_t size)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)(number >> 8 * i);
}

static void put_sum(char *table, size_t size)
{
	unsigned char sum = 0;

	table[9] = 0;
	for (size_t i = 0; i < size; i++)
		sum = (unsigned char)(sum + (unsigned char)table[i]);
	table[9] = (char)(0x100 - sum);
}

/* An SRAT with a processor, and memory with these flags at 4 GiB, 128 MiB of it */
#define SRAT_SIZE (48 + 16 + 40)
static void make_srat(char table[SRAT_SIZE], uint64_t flags)
{
	memset(table, 0, SRAT_SIZE);
	memcpy(table, "SRAT", 4);
	put_little(table + 4, SRAT_SIZE, 4);
	table[49] = 16;
	table[64] = 1;
	table[65] = 40;
	put_little(table + 64 + 8, 0x100000000, 8);
	put_little(table + 64 + 16, 0x8000000, 8);
	put_little(table + 64 + 28, flags, 4);
	put_sum(table, SRAT_SIZE);
}

static int read_srat(const char *table, size_t size)
{
	char *exact = copy(table, size);
	int rc;

	found[0] = '\0';
	rc = memhp__parse_srat(exact, size, &notes);
	free(exact);
	return rc;
}

/* enabled, hotpluggable, non-volatile */
static const struct {
	uint64_t flags;
	const char *found;
} srat_flags[] = {
	{ 1, "100000000-107ffffff " },          { 0, "" }, { 2, "" }, { 3, "" }, { 4, "" }, { 5, "" }, { 7, "" },
	{ 0xfffffff9, "100000000-107ffffff " },
};

START_TEST(srat_of_flags)
{
	char table[SRAT_SIZE];

	make_srat(table, srat_flags[_i].flags);
	ck_assert_int_eq(read_srat(table, sizeof(table)), 0);
	ck_assert_str_eq(found, srat_flags[_i].found);
}
END_TEST

/* What makes it no table: a byte, or where there is a size this much of it */
static const struct {
	size_t at, size;
	unsigned char byte;
	bool keep_sum;
} srat_faults[] = {
	{ 0, SRAT_SIZE, 'X', false },           /* another table */
	{ 70, SRAT_SIZE, 1, true },             /* the sum is wrong */
	{ 4, SRAT_SIZE, SRAT_SIZE + 1, false }, /* longer than the file */
	{ 4, SRAT_SIZE, 47, false },            /* shorter than its header */
	{ 4, SRAT_SIZE, SRAT_SIZE - 1, false }, /* ends within an entry */
	{ 4, SRAT_SIZE, 65, false },            /* ends within the head of an entry */
	{ 49, SRAT_SIZE, 0, false },            /* entries of no length, for ever */
	{ 49, SRAT_SIZE, 1, false },
	{ 49, SRAT_SIZE, 255, false }, /* beyond the end */
	{ 65, SRAT_SIZE, 39, false },  /* memory that is too short */
	{ 0, 0, 'S', true },
	{ 0, 47, 'S', true },
	{ 0, SRAT_SIZE - 1, 'S', true },
};

START_TEST(srat_with_fault)
{
	char table[SRAT_SIZE];

	make_srat(table, 1);
	table[srat_faults[_i].at] = (char)srat_faults[_i].byte;
	if (!srat_faults[_i].keep_sum)
		put_sum(table, srat_faults[_i].at == 4 && srat_faults[_i].byte < SRAT_SIZE ? srat_faults[_i].byte : SRAT_SIZE);
	ck_assert_int_eq(read_srat(table, srat_faults[_i].size), -EBADMSG);
}
END_TEST

START_TEST(srat_ranges)
{
	char table[SRAT_SIZE + 8];
	int error = -ENOMEM;
	struct ram_finder refuser = { refuse, &error };

	/* what is behind its end is none of it */
	memset(table, 0x55, sizeof(table));
	make_srat(table, 1);
	ck_assert_int_eq(read_srat(table, sizeof(table)), 0);
	ck_assert_int_eq(memhp__parse_srat(table, SRAT_SIZE, &refuser), -ENOMEM);
	/* up to the last address, beyond it, and nothing at all */
	put_little(table + 64 + 8, UINT64_MAX - 0xfff, 8);
	put_little(table + 64 + 16, 0x1000, 8);
	put_sum(table, SRAT_SIZE);
	ck_assert_int_eq(read_srat(table, SRAT_SIZE), 0);
	ck_assert_str_eq(found, "fffffffffffff000-ffffffffffffffff ");
	put_little(table + 64 + 16, 0x1001, 8);
	put_sum(table, SRAT_SIZE);
	ck_assert_int_eq(read_srat(table, SRAT_SIZE), -EBADMSG);
	put_little(table + 64 + 16, 0, 8);
	put_sum(table, SRAT_SIZE);
	ck_assert_int_eq(read_srat(table, SRAT_SIZE), 0);
	ck_assert_str_eq(found, "");
}
END_TEST

#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *data;
	size_t size;
	struct dt_cells cells;
	int rc;
	const char *found;
} regs[] = {
	{ BYTES("\0\0\0\0\x20\0\0\0\0\0\0\0\x10\0\0\0"), { 2, 2 }, 0, "20000000-2fffffff " },
	{ BYTES("\0\0\0\1\0\0\0\0\0\0\0\0\x10\0\0\0\0\0\0\2\0\0\0\0\0\0\0\1\0\0\0\0"),
	  { 2, 2 },
	  0,
	  "100000000-10fffffff "
	  "200000000-2ffffffff " },
	{ BYTES("\x20\0\0\0\x10\0\0\0"), { 1, 1 }, 0, "20000000-2fffffff " },
	{ BYTES("\0\0\0\1\x20\0\0\0\x10\0\0\0"), { 2, 1 }, 0, "120000000-12fffffff " },
	{ BYTES("\x80\0\0\0\0\0\0\1\0\0\0\0"), { 1, 2 }, 0, "80000000-17fffffff " },
	{ BYTES(""), { 2, 2 }, 0, "" },
	{ BYTES("\0\0\0\0\x20\0\0\0\0\0\0\0\0\0\0\0"), { 2, 2 }, 0, "" },
	{ BYTES("\0\0\0\0\x20\0\0\0\0\0\0\0\x10\0\0"), { 2, 2 }, -EBADMSG, NULL },
	{ BYTES("\0\0\0\0\x20\0\0\0"), { 2, 2 }, -EBADMSG, NULL },
	{ BYTES("\xff\xff\xff\xff\xff\xff\xf0\0\0\0\0\0\0\0\x10\1"), { 2, 2 }, -EBADMSG, NULL },
	{ BYTES("\x20\0\0\0\x10\0\0\0"), { 0, 1 }, -EBADMSG, NULL },
	{ BYTES("\x20\0\0\0\x10\0\0\0"), { 1, 0 }, -EBADMSG, NULL },
	{ BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\x10\0\0\0"), { 3, 1 }, -EBADMSG, NULL },
	{ BYTES("\x20\0\0\0\x10\0\0\0"), { 0xffffffff, 0xffffffff }, -EBADMSG, NULL },
};

START_TEST(reg)
{
	char *data = copy(regs[_i].data, regs[_i].size);

	found[0] = '\0';
	ck_assert_int_eq(memhp__parse_dt_reg(data, regs[_i].size, regs[_i].cells, &notes), regs[_i].rc);
	if (regs[_i].found)
		ck_assert_str_eq(found, regs[_i].found);
	free(data);
}
END_TEST

/* Address, connector, reserved, associativity, flags */
#define LMB(addr, flags) "\0\0\0\0" addr "\x80\0\0\1\0\0\0\0\0\0\0\0\0\0\0" flags
/* How many, address, connector, associativity, flags */
#define RUN(num, addr, flags) "\0\0\0" num "\0\0\0\0" addr "\x80\0\0\1\0\0\0\0\0\0\0" flags

static const struct {
	const char *data;
	size_t size;
	bool v2;
	int rc;
	const char *found;
} lmbs[] = {
	/* assigned; not; assigned and reserved; assigned and hotremovable */
	{ BYTES("\0\0\0\4" LMB("\x20\0\0\0", "\x08") LMB("\x30\0\0\0", "\0") LMB("\x40\0\0\0", "\x88") LMB("\x50\0\0\0", "\x08")),
	  false, 0, "20000000-2fffffff 50000000-5fffffff " },
	{ BYTES("\0\0\0\0"), false, 0, "" },
	{ BYTES("\0\0\0\2" LMB("\x20\0\0\0", "\x08")), false, -EBADMSG, NULL },
	{ BYTES("\0\0\0\1" LMB("\x20\0\0\0", "\x08") "\0"), false, -EBADMSG, NULL },
	{ BYTES("\0\0\0"), false, -EBADMSG, NULL },
	{ BYTES(""), false, -EBADMSG, NULL },
	{ BYTES("\0\0\0\2" RUN("\2", "\x20\0\0\0", "\x08") RUN("\4", "\x80\0\0\0", "\0")), true, 0, "20000000-3fffffff " },
	{ BYTES("\0\0\0\1" RUN("\0", "\x20\0\0\0", "\x08")), true, 0, "" },
	{ BYTES("\0\0\0\2" RUN("\2", "\x20\0\0\0", "\x08")), true, -EBADMSG, NULL },
	{ BYTES("\0\0\0\1" LMB("\x20\0\0\0", "\x08")), true, 0, "" }, /* read as the other form: nothing is assigned */
	{ BYTES("\0\0"), true, -EBADMSG, NULL },
};

START_TEST(lmb)
{
	struct dt_cells cells = { 2, 2 };
	char *data = copy(lmbs[_i].data, lmbs[_i].size);

	found[0] = '\0';
	ck_assert_int_eq((lmbs[_i].v2 ? memhp__parse_lmbs_v2 : memhp__parse_lmbs)(data, lmbs[_i].size, cells, 0x10000000, &notes),
			 lmbs[_i].rc);
	if (lmbs[_i].found)
		ck_assert_str_eq(found, lmbs[_i].found);
	cells.addr = 0;
	ck_assert_int_eq((lmbs[_i].v2 ? memhp__parse_lmbs_v2 : memhp__parse_lmbs)(data, lmbs[_i].size, cells, 0x10000000, &notes),
			 -EBADMSG);
	free(data);
}
END_TEST

START_TEST(lmb_overflow)
{
	struct dt_cells cells = { 2, 2 };

	ck_assert_int_eq(memhp__parse_lmbs_v2(BYTES("\0\0\0\1" RUN("\2", "\x20\0\0\0", "\x08")), cells, UINT64_C(1) << 63, &notes),
			 -EBADMSG);
}
END_TEST

START_TEST(small_properties)
{
	uint64_t size = 7;
	uint32_t cell = 7;

	ck_assert_int_eq(memhp__parse_dt_cell(BYTES("\0\0\0\2"), &cell), 0);
	ck_assert_uint_eq(cell, 2);
	ck_assert_int_eq(memhp__parse_dt_cell(BYTES("\0\0\0"), &cell), -EBADMSG);
	ck_assert_int_eq(memhp__parse_dt_cell(BYTES("\0\0\0\0\2"), &cell), -EBADMSG);
	ck_assert_uint_eq(cell, 2);
	ck_assert_int_eq(memhp__parse_lmb_size(BYTES("\0\0\0\0\x10\0\0\0"), (struct dt_cells){ 2, 2 }, &size), 0);
	ck_assert_uint_eq(size, 0x10000000);
	ck_assert_int_eq(memhp__parse_lmb_size(BYTES("\x10\0\0\0"), (struct dt_cells){ 2, 1 }, &size), 0);
	ck_assert_int_eq(memhp__parse_lmb_size(BYTES("\x10\0\0\0"), (struct dt_cells){ 2, 2 }, &size), -EBADMSG);
	ck_assert_int_eq(memhp__parse_lmb_size(BYTES("\0\0\0\0"), (struct dt_cells){ 2, 1 }, &size), -EBADMSG);
	ck_assert_int_eq(memhp__parse_lmb_size(BYTES("\x10\0\0\1"), (struct dt_cells){ 2, 1 }, &size), -EBADMSG);
	ck_assert_uint_eq(size, 0x10000000);
}
END_TEST

static const struct {
	unsigned char entry[E820_ENTRY_SIZE];
	bool is_ram;
	uint64_t start, last;
} e820s[] = {
	{ { [9] = 0xfc, [10] = 9, [16] = 1 }, true, 0, 0x9fbff },
	{ { [0] = 0x88, [1] = 0x77, [4] = 0x44, [7] = 0x11, [8] = 1, [16] = 1 }, true, 0x1100004400007788, 0x1100004400007788 },
	{ { [0] = 0xff, [8] = 1, [16] = 2 }, false },
	{ { [8] = 1, [16] = 1, [19] = 1 }, false },
	{ { [8] = 1, [16] = 0xff, [17] = 0xff, [18] = 0xff, [19] = 0xef }, false },
	{ { [16] = 1 }, false },
	{ { [7] = 0xff, [15] = 1, [16] = 1 }, true, UINT64_C(0xff) << 56, UINT64_MAX },
	{ { [0] = 1, [7] = 0xff, [15] = 1, [16] = 1 }, false },
};

START_TEST(e820)
{
	uint64_t start = UNTOUCHED, last = UNTOUCHED;

	ck_assert_int_eq(memhp__parse_e820((const char *)e820s[_i].entry, &start, &last), e820s[_i].is_ram);
	ck_assert_uint_eq(start, e820s[_i].is_ram ? e820s[_i].start : UNTOUCHED);
	ck_assert_uint_eq(last, e820s[_i].is_ram ? e820s[_i].last : UNTOUCHED);
}
END_TEST

static const struct {
	size_t size;
	unsigned char count;
	int rc;
} params[] = {
	{ 4096, 0, 0 },
	{ 4096, 128, 0 },
	{ 4096, 129, -EBADMSG },
	{ 4096, 255, -EBADMSG },
	{ 0x2d0 + 3 * E820_ENTRY_SIZE, 3, 0 },
	{ 0x2d0 + 3 * E820_ENTRY_SIZE - 1, 3, -EBADMSG },
	{ 0x1e9, 0, -EBADMSG },
	{ 0x1e8, 0, -EBADMSG },
	{ 0, 0, -EBADMSG },
};

START_TEST(boot_params)
{
	char data[4096] = "";
	const char *entries = NULL;
	size_t num = SIZE_MAX;

	data[0x1e8] = (char)params[_i].count;
	ck_assert_int_eq(memhp__parse_boot_params(data, params[_i].size, &entries, &num), params[_i].rc);
	ck_assert_ptr_eq(entries, params[_i].rc ? NULL : data + 0x2d0);
	ck_assert_uint_eq(num, params[_i].rc ? SIZE_MAX : params[_i].count);
}
END_TEST

UNIT("parse-firmware", tests)
{
	add_table(tests, srat_of_flags, srat_flags);
	add_table(tests, srat_with_fault, srat_faults);
	tcase_add_test(tests, srat_ranges);
	add_table(tests, reg, regs);
	add_table(tests, lmb, lmbs);
	tcase_add_test(tests, lmb_overflow);
	tcase_add_test(tests, small_properties);
	add_table(tests, e820, e820s);
	add_table(tests, boot_params, params);
}
