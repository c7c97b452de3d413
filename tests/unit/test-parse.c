// SPDX-License-Identifier: LGPL-2.1-or-later
#include "read/block.h"
#include "read/parse.h"
#include "unit.h"

/* What a failing parser must leave alone */
#define UNTOUCHED UINT64_C(0xdead)

static const struct {
	const char *text;
	uint64_t size; /* 0: refused */
} block_sizes[] = {
	{ "8000000", 0x8000000 },
	{ "1000000", 0x1000000 },
	{ "1", 1 },
	{ "00001000", 0x1000 },
	{ "8000000000000000", UINT64_C(1) << 63 },
	{ "", 0 },
	{ "0", 0 },
	{ "3", 0 },
	{ "8000001", 0 },
	{ "0x8000000", 0 },
	{ " 8000000", 0 },
	{ "8000000 ", 0 },
	{ "8000000g", 0 },
	{ "-8000000", 0 },
	{ "+8", 0 },
	{ "10000000000000000", 0 },
	{ "words", 0 },
};

START_TEST(block_size)
{
	uint64_t size = UNTOUCHED, expected = block_sizes[_i].size;

	ck_assert_int_eq(memhp__parse_block_size(block_sizes[_i].text, &size), expected ? 0 : -EBADMSG);
	ck_assert_uint_eq(size, expected ? expected : UNTOUCHED);
}
END_TEST

static const struct {
	const char *name, *prefix;
	bool is_one;
	uint64_t number;
} numbered_names[] = {
	{ "memory0", "memory", true, 0 },
	{ "memory32", "memory", true, 32 },
	{ "memory18446744073709551615", "memory", true, UINT64_MAX },
	{ "node1", "node", true, 1 },
	{ "12", "", true, 12 },
	{ "memory18446744073709551616", "memory" },
	{ "memory99999999999999999999999", "memory" },
	{ "memory", "memory" },
	{ "memory007", "memory" },
	{ "memory00", "memory" },
	{ "memory-1", "memory" },
	{ "memory+1", "memory" },
	{ "memory 1", "memory" },
	{ "memory1 ", "memory" },
	{ "memory0x10", "memory" },
	{ "memory1a", "memory" },
	{ "memory_failure", "memory" },
	{ "memory1_failure", "memory" },
	{ "xmemory1", "memory" },
	{ "Memory1", "memory" },
	{ "memor", "memory" },
	{ "", "memory" },
	{ "node1", "memory" },
};

START_TEST(numbered_name)
{
	bool is_one = numbered_names[_i].is_one;
	uint64_t number = UNTOUCHED;

	ck_assert_int_eq(memhp__parse_numbered_name(numbered_names[_i].name, numbered_names[_i].prefix, &number), is_one);
	if (is_one)
		ck_assert_uint_eq(number, numbered_names[_i].number);
}
END_TEST

static const struct {
	const char *text;
	int rc;
	enum memhp_state state;
} states[] = {
	{ "online", 0, MEMHP_STATE_ONLINE },
	{ "offline", 0, MEMHP_STATE_OFFLINE },
	{ "going-offline", 0, MEMHP_STATE_GOING_OFFLINE },
	{ "", -EBADMSG },
	{ "unknown", -EBADMSG },
	{ "Online", -EBADMSG },
	{ "online ", -EBADMSG },
	{ " online", -EBADMSG },
	{ "online\n", -EBADMSG },
	{ "online_movable", -EBADMSG },
	{ "ERROR-UNKNOWN-8", -EBADMSG },
};

START_TEST(state_word)
{
	enum memhp_state state = MEMHP_STATE_UNKNOWN;

	ck_assert_int_eq(memhp__parse_state(states[_i].text, &state), states[_i].rc);
	ck_assert_int_eq(state, states[_i].state);
}
END_TEST

static const struct {
	const char *text;
	int num; /* -1: refused */
	uint8_t zones[MAX_VALID_ZONES];
} zone_lists[] = {
	{ "Normal", 1, { MEMHP_ZONE_NORMAL } },
	{ "DMA", 1, { MEMHP_ZONE_DMA } },
	{ "DMA32", 1, { MEMHP_ZONE_DMA32 } },
	{ "HighMem", 1, { MEMHP_ZONE_HIGHMEM } },
	{ "Device", 1, { MEMHP_ZONE_DEVICE } },
	{ "Normal Movable", 2, { MEMHP_ZONE_NORMAL, MEMHP_ZONE_MOVABLE } },
	{ "Movable Normal", 2, { MEMHP_ZONE_MOVABLE, MEMHP_ZONE_NORMAL } },
	{ "DMA DMA32 Normal Movable", 4, { MEMHP_ZONE_DMA, MEMHP_ZONE_DMA32, MEMHP_ZONE_NORMAL, MEMHP_ZONE_MOVABLE } },
	{ " Normal  Movable ", 2, { MEMHP_ZONE_NORMAL, MEMHP_ZONE_MOVABLE } },
	{ "none", 0 },
	{ "None", 0 },
	{ "", -1 },
	{ " ", -1 },
	{ "unknown", -1 },
	{ "Nowhere", -1 },
	{ "Normal Elsewhere", -1 },
	{ "Normal,Movable", -1 },
	{ "Normal none", -1 },
	{ "none Normal", -1 },
	{ "none none", -1 },
	{ "AZoneWithAVeryVeryLongName", -1 },
	{ "ZoneOf16LettersX", -1 },
	{ "DMA DMA32 Normal HighMem Movable", -1 },
};

START_TEST(zones)
{
	uint8_t found[MAX_VALID_ZONES] = { 99, 99, 99, 99 }, num = 99;
	int expected = zone_lists[_i].num;

	ck_assert_int_eq(memhp__parse_zones(zone_lists[_i].text, found, ARRAY_SIZE(found), &num), expected < 0 ? -EBADMSG : 0);
	ck_assert_int_eq(num, expected < 0 ? 99 : expected);
	for (int i = 0; i < (int)ARRAY_SIZE(found); i++)
		ck_assert_int_eq(found[i], i < expected ? zone_lists[_i].zones[i] : 99);
}
END_TEST

static const struct {
	const char *text;
	int flag; /* -1: refused */
} flags[] = {
	{ "0", 0 }, { "1", 1 }, { "", -1 }, { "2", -1 }, { "01", -1 }, { "1 ", -1 }, { "Y", -1 }, { "-1", -1 },
};

START_TEST(flag)
{
	int expected = flags[_i].flag;

	/* The result is left alone whatever it was */
	for (int before = 0; before < 2; before++) {
		bool value = before;

		ck_assert_int_eq(memhp__parse_flag(flags[_i].text, &value), expected < 0 ? -EBADMSG : 0);
		ck_assert_int_eq(value, expected < 0 ? before : expected);
	}
}
END_TEST

static const struct {
	const char *text;
	int rc, number;
} ints[] = {
	{ "0", 0, 0 },
	{ "768", 0, 768 },
	{ "-1", 0, -1 },
	{ "2147483647", 0, INT32_MAX },
	{ "-2147483647", 0, -INT32_MAX },
	{ "2147483648", -EBADMSG, 0 },
	{ "99999999999999999999", -EBADMSG, 0 },
	{ "", -EBADMSG, 0 },
	{ "-", -EBADMSG, 0 },
	{ "--1", -EBADMSG, 0 },
	{ "+1", -EBADMSG, 0 },
	{ " 1", -EBADMSG, 0 },
	{ "1 ", -EBADMSG, 0 },
	{ "0x10", -EBADMSG, 0 },
	{ "1a", -EBADMSG, 0 },
};

START_TEST(number)
{
	int value = 4711;

	ck_assert_int_eq(memhp__parse_int(ints[_i].text, &value), ints[_i].rc);
	ck_assert_int_eq(value, ints[_i].rc ? 4711 : ints[_i].number);
}
END_TEST

/* Two nodes of a machine, shortened; the first zone of a node comes with the node's own figures. */
static const char zoneinfo_text[] = "Node 0, zone      DMA\n"
				    "  per-node stats\n"
				    "      nr_inactive_anon 1\n"
				    "      nr_dirty     77\n"
				    "  pages free     2\n"
				    "        spanned  4095\n"
				    "        present  3998\n"
				    "        managed  3840\n"
				    "        cma      0\n"
				    "        protection: (0, 1, 2, 3)\n"
				    "      nr_free_cma  5000\n"
				    "  pagesets\n"
				    "    cpu: 0\n"
				    "              count: 0\n"
				    "Node 0, zone    DMA32\n"
				    "        present  1000\n"
				    "        managed  900\n"
				    "        cma      100\n"
				    "Node 0, zone   Normal\n"
				    "        present  2000\n"
				    "        managed  1900\n"
				    "        cma      10\n"
				    "Node 0, zone  Movable\n"
				    "        present  0\n"
				    "        managed  0\n"
				    "        cma      0\n"
				    "Node 1, zone   Normal\n"
				    "        present  30000\n"
				    "        managed  29000\n"
				    "        cma      1\n"
				    "Node 1, zone  Movable\n"
				    "        present  70000\n"
				    "        managed  69000\n"
				    "        cma      7\n"
				    "Node 1, zone   Device\n"
				    "        present  500\n"
				    "Node 1, zone  HighMem\n"
				    "        present  600\n"
				    "Node 1, zone ZoneOf16LettersX\n"
				    "        present  1000000\n"
				    "Node 1, zone SomeZoneOfTheFarFuture\n"
				    "        present  1000000\n"
				    "Node 1, zone   Future\n"
				    "        present  1000000\n";

START_TEST(zoneinfo)
{
	struct zone_pages pages;

	ck_assert_int_eq(memhp__parse_zoneinfo(zoneinfo_text, &pages), 0);
	ck_assert_uint_eq(pages.present[MEMHP_ZONE_DMA], 3998);
	ck_assert_uint_eq(pages.present[MEMHP_ZONE_DMA32], 1000);
	ck_assert_uint_eq(pages.present[MEMHP_ZONE_NORMAL], 32000);
	ck_assert_uint_eq(pages.present[MEMHP_ZONE_HIGHMEM], 600);
	ck_assert_uint_eq(pages.present[MEMHP_ZONE_MOVABLE], 70000);
	ck_assert_uint_eq(pages.present[MEMHP_ZONE_DEVICE], 500);
	ck_assert_uint_eq(pages.managed, 3840 + 900 + 1900 + 29000 + 69000);
	ck_assert(pages.has_cma);
	ck_assert_uint_eq(pages.cma, 111);
}
END_TEST

static const struct {
	const char *text;
	int rc;
	uint64_t normal;
	bool has_cma;
} zoneinfos[] = {
	{ "Node 0, zone   Normal\n        present  5", 0, 5, false },
	{ "Node 0, zone   Normal\n present\t6\n cma 0\n", 0, 6, true },
	{ "Node 0, zone   Normal\n", 0, 0, false },
	{ "Node 0, zone   Normal\n present many\n present 18446744073709551616\n presently 7\n present7\n present\n", 0, 0, false },
	{ " present 5\nNode 0, zone   Normal\n", 0, 0, false },
	{ "", -EBADMSG, 0, false },
	{ "\n\n", -EBADMSG, 0, false },
	{ "present 5\n", -EBADMSG, 0, false },
	{ "Node 0\n present 5\n", -EBADMSG, 0, false },
	/* what begins a zone is a line of its own */
	{ "Node 0\n present 5\nNode 1, zone   Normal\n present 6\n", 0, 6, false },
	{ "Node 0, x, zone   Normal\n present 5\n", -EBADMSG, 0, false },
	{ "MemTotal: 5 kB\n", -EBADMSG, 0, false },
	/* more than can be counted */
	{ "Node 0, zone   Normal\n present 18446744073709551615\n present 1\n", -EBADMSG, 0, false },
	{ "Node 0, zone   Normal\n managed 18446744073709551615\nNode 1, zone   Normal\n managed 1\n", -EBADMSG, 0, false },
	{ "Node 0, zone   Normal\n cma 18446744073709551615\n cma 1\n", -EBADMSG, 0, false },
};

START_TEST(zoneinfo_form)
{
	struct zone_pages pages = { .managed = UNTOUCHED };

	ck_assert_int_eq(memhp__parse_zoneinfo(zoneinfos[_i].text, &pages), zoneinfos[_i].rc);
	ck_assert_uint_eq(pages.present[MEMHP_ZONE_NORMAL], zoneinfos[_i].normal);
	ck_assert_int_eq(pages.has_cma, zoneinfos[_i].has_cma);
	ck_assert_uint_eq(pages.managed, zoneinfos[_i].rc ? UNTOUCHED : 0);
}
END_TEST

static const struct {
	const char *text;
	int rc;
	uint64_t bytes;
} meminfos[] = {
	{ "MemTotal:       16 kB\nMemFree: 1 kB\n", 0, 16384 },
	{ "MemFree: 1 kB\nMemTotal:16 kB", 0, 16384 },
	{ "NotMemTotal: 1 kB\nMemTotals: 1 kB\nMemTotal:\t3 kB\n", 0, 3072 },
	{ "MemTotal: 18014398509481983 kB\n", 0, UINT64_MAX - 1023 },
	{ "MemTotal: 18014398509481984 kB\n", -EBADMSG, 0 },
	{ "MemTotal: 99999999999999999999 kB\n", -EBADMSG, 0 },
	{ "MemTotal: lots\n", -EBADMSG, 0 },
	{ "MemTotal: 16\n", -EBADMSG, 0 },
	{ "MemTotal: 16 MB\n", -EBADMSG, 0 },
	{ "MemTotal: -16 kB\n", -EBADMSG, 0 },
	{ "MemTotal:", -EBADMSG, 0 },
	{ "MemTotal", -EBADMSG, 0 },
	{ "MemFree: 1 kB\n", -EBADMSG, 0 },
	{ "", -EBADMSG, 0 },
};

START_TEST(meminfo)
{
	uint64_t bytes = UNTOUCHED;

	ck_assert_int_eq(memhp__parse_meminfo(meminfos[_i].text, "MemTotal", &bytes), meminfos[_i].rc);
	ck_assert_uint_eq(bytes, meminfos[_i].rc ? UNTOUCHED : meminfos[_i].bytes);
}
END_TEST

static const struct {
	const char *text;
	int rc;
	uint64_t start, last;
	unsigned int depth;
	const char *name, *rest;
} iomems[] = {
	{ "00001000-0009fbff : System RAM\n00100000-1ffdffff : next\n", 1, 0x1000, 0x9fbff, 0, "System RAM",
	  "00100000-1ffdffff : next\n" },
	{ "  fed00000-fed003ff : PNP0103:00\n", 1, 0xfed00000, 0xfed003ff, 1, "PNP0103:00", "" },
	{ "          00000000-00000000 : HPET 0 : x", 1, 0, 0, 5, "HPET 0 : x", "" },
	{ "fd00000000-ffffffffffffffff : Reserved\n", 1, 0xfd00000000, UINT64_MAX, 0, "Reserved", "" },
	{ "0-FF : \n", 1, 0, 0xff, 0, "", "" },
	{ "", 0, 0, 0, 0, NULL, "" },
	{ "\n", -EBADMSG, 0, 0, 0, NULL, "\n" },
	{ " 00000000-00000000 : odd\n", -EBADMSG },
	{ "\t00000000-00000000 : tab\n", -EBADMSG },
	{ "                  00000000-00000000 : deep\n", -EBADMSG },
	{ "00000000 : x\n", -EBADMSG },
	{ "00000000-x : x\n", -EBADMSG },
	{ "0x00000000-0x00000001 : x\n", -EBADMSG },
	{ "00000000-10000000000000000 : x\n", -EBADMSG },
	{ "00000001-00000000 : backwards\n", -EBADMSG },
	{ "00000000-00000001 System RAM\n", -EBADMSG },
	{ "00000000-00000001\n : x\n", -EBADMSG },
	{ "-1-00000001 : x\n", -EBADMSG },
};

START_TEST(iomem)
{
	struct iomem_range range = { .start = UNTOUCHED };
	const char *text = iomems[_i].text;
	int rc = iomems[_i].rc;

	ck_assert_int_eq(memhp__parse_iomem(&text, &range), rc);
	ck_assert_str_eq(text, iomems[_i].rest ? iomems[_i].rest : iomems[_i].text);
	if (rc != 1) {
		ck_assert_uint_eq(range.start, UNTOUCHED);
		return;
	}
	ck_assert_uint_eq(range.start, iomems[_i].start);
	ck_assert_uint_eq(range.last, iomems[_i].last);
	ck_assert_uint_eq(range.depth, iomems[_i].depth);
	ck_assert_uint_eq(range.length, strlen(iomems[_i].name));
	ck_assert_mem_eq(range.name, iomems[_i].name, range.length);
}
END_TEST

static const struct {
	const char *path;
	int rc;
	uint16_t number;
} acpi_paths[] = {
	{ "../../../LNXSYSTM:00/LNXSYBUS:00/PNP0A06:04/PNP0C80:00", 0, 0 },
	{ "PNP0C80:1f", 0, 31 },
	{ "PNP0C80:fff", 0, 4095 },
	{ "PNP0C80:1000", -EBADMSG },
	{ "PNP0C80:", -EBADMSG },
	{ "PNP0C80:0x0", -EBADMSG },
	{ "PNP0C80:00 ", -EBADMSG },
	{ "PNP0C80:00/", -EBADMSG },
	{ "PNP0C80:00/power", -EBADMSG },
	{ "XPNP0C80:00", -EBADMSG },
	{ "PNP0A06:00", -EBADMSG },
	{ "", -EBADMSG },
};

START_TEST(acpi_memory)
{
	uint16_t instance = 777;

	ck_assert_int_eq(memhp__parse_acpi_memory(acpi_paths[_i].path, &instance), acpi_paths[_i].rc);
	ck_assert_uint_eq(instance, acpi_paths[_i].rc ? 777 : acpi_paths[_i].number);
}
END_TEST

static const struct {
	const char *text;
	int rc;
	uint64_t number;
} hex_numbers[] = {
	{ "0x0", 0, 0 },
	{ "0x9fbff", 0, 0x9fbff },
	{ "0xFFFFffffFFFFffff", 0, UINT64_MAX },
	{ "0x10000000000000000", -EBADMSG, 0 },
	{ "9fbff", -EBADMSG, 0 },
	{ "0x", -EBADMSG, 0 },
	{ "", -EBADMSG, 0 },
	{ "0x1g", -EBADMSG, 0 },
	{ "0x1 ", -EBADMSG, 0 },
	{ " 0x1", -EBADMSG, 0 },
	{ "0x-1", -EBADMSG, 0 },
	{ "0X1", -EBADMSG, 0 },
};

START_TEST(hex)
{
	uint64_t value = 77;

	ck_assert_int_eq(memhp__parse_hex(hex_numbers[_i].text, &value), hex_numbers[_i].rc);
	ck_assert_uint_eq(value, hex_numbers[_i].rc ? 77 : hex_numbers[_i].number);
}
END_TEST

UNIT("parse", tests)
{
	add_table(tests, hex, hex_numbers);
	add_table(tests, block_size, block_sizes);
	add_table(tests, numbered_name, numbered_names);
	add_table(tests, state_word, states);
	add_table(tests, zones, zone_lists);
	add_table(tests, flag, flags);
	add_table(tests, number, ints);
	tcase_add_test(tests, zoneinfo);
	add_table(tests, zoneinfo_form, zoneinfos);
	add_table(tests, meminfo, meminfos);
	add_table(tests, iomem, iomems);
	add_table(tests, acpi_memory, acpi_paths);
}
