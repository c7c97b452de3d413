// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>

#include "decide/selection.h"
#include "unit.h"

#define ALL_FILTER_ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES)

/* Blocks of 128 MiB with gaps; 6 belongs to two nodes, 8 is in no zone that a name has */
static const char machine_text[] = "node 0\nnode 1\n"
				   "blocks 0-3 node 0 zones Normal\n"
				   "blocks 6 node 0,1 zones none\n"
				   "blocks 7 node 1 zones Movable\n"
				   "blocks 8 node 1\n"
				   "blocks 10-11 node 1 state offline zones \"Movable Normal\"\n"
				   "blocks 12 node 1 state going-offline zones \"Movable Normal\"\n"
				   "blocks 13 state odd zones Normal\n"
				   "blocks 137438953471 node 1 zones Movable\n";

/* What is said of blocks */
struct word {
	enum { END, RANGE, BLOCKS, ADDRESS, NODE, ZONE, STATE } kind;
	uint64_t a, b;
};

#define MIB(n) ((uint64_t)(n) << 20)

static const struct {
	struct word words[4];
	unsigned int attrs;
	const char *ids;
	const char *missing; /* "FIRST-LAST", NULL when each name means a block */
} cases[] = {
	{ { { END } }, 0, "0 1 2 3 6 7 8 10 11 12 13 137438953471", NULL },
	/* ranges: whatever part of a block they touch */
	{ { { RANGE, 0, 0 } }, 0, "0", NULL },
	{ { { RANGE, 0, MIB(128) - 1 } }, 0, "0", NULL },
	{ { { RANGE, 0, MIB(128) } }, 0, "0 1", NULL },
	{ { { RANGE, MIB(128) - 1, MIB(128) } }, 0, "0 1", NULL },
	{ { { RANGE, MIB(3 * 128), MIB(7 * 128) } }, 0, "3 6 7", NULL },
	{ { { RANGE, MIB(4 * 128), MIB(6 * 128) - 1 } }, 0, "", "4-5" },
	{ { { RANGE, MIB(4 * 128), MIB(6 * 128) } }, 0, "6", NULL },
	{ { { RANGE, MIB(14 * 128), MIB(99 * 128) } }, 0, "", "14-99" },
	{ { { RANGE, MIB(14 * 128), UINT64_MAX } }, 0, "137438953471", NULL },
	{ { { RANGE, UINT64_MAX, UINT64_MAX } }, 0, "137438953471", NULL },
	{ { { RANGE, 0, UINT64_MAX } }, 0, "0 1 2 3 6 7 8 10 11 12 13 137438953471", NULL },
	/* several of them, in any order, overlapping */
	{ { { RANGE, MIB(7 * 128), MIB(8 * 128) }, { RANGE, 0, 0 } }, 0, "0 7 8", NULL },
	{ { { RANGE, 0, MIB(256) }, { RANGE, MIB(128), MIB(384) } }, 0, "0 1 2 3", NULL },
	{ { { RANGE, 0, 0 }, { RANGE, MIB(4 * 128), MIB(4 * 128) }, { BLOCKS, 99, 99 } }, 0, "0", "4-4" },
	/* blocks by id: each is expected to be there */
	{ { { BLOCKS, 2, 2 } }, 0, "2", NULL },
	{ { { BLOCKS, 0, 3 } }, 0, "0 1 2 3", NULL },
	{ { { BLOCKS, 2, 4 } }, 0, "2 3", "4-4" },
	{ { { BLOCKS, 4, 6 } }, 0, "6", "4-4" },
	{ { { BLOCKS, 3, 7 } }, 0, "3 6 7", "4-4" },
	{ { { BLOCKS, 137438953471, 137438953471 } }, 0, "137438953471", NULL },
	{ { { BLOCKS, 137438953471, UINT64_MAX } }, 0, "137438953471", "137438953472-137438953472" },
	{ { { BLOCKS, UINT64_MAX, UINT64_MAX } }, 0, "", "18446744073709551615-18446744073709551615" },
	{ { { BLOCKS, 0, 0 }, { BLOCKS, 5, 5 } }, 0, "0", "5-5" },
	{ { { BLOCKS, 3, 3 }, { BLOCKS, 0, 0 }, { BLOCKS, 1, 2 } }, 0, "0 1 2 3", NULL },
	{ { { BLOCKS, 0, 0 }, { BLOCKS, 3, 3 }, { BLOCKS, 0, 3 } }, 0, "0 1 2 3", NULL },
	{ { { BLOCKS, 0, 3 }, { BLOCKS, 1, 1 }, { BLOCKS, 7, 7 } }, 0, "0 1 2 3 7", NULL },
	{ { { BLOCKS, 10, 11 }, { BLOCKS, 0, 1 }, { BLOCKS, 6, 8 } }, 0, "0 1 6 7 8 10 11", NULL },
	{ { { RANGE, MIB(256), MIB(300) }, { RANGE, 0, 0 }, { RANGE, MIB(100), MIB(400) } }, 0, "0 1 2 3", NULL },
	{ { { RANGE, MIB(3 * 128), UINT64_MAX }, { RANGE, 0, MIB(128) } }, 0, "0 1 3 6 7 8 10 11 12 13 137438953471", NULL },
	/* addresses */
	{ { { ADDRESS, 0 } }, 0, "0", NULL },
	{ { { ADDRESS, MIB(128) - 1 } }, 0, "0", NULL },
	{ { { ADDRESS, MIB(128) } }, 0, "1", NULL },
	{ { { ADDRESS, UINT64_MAX } }, 0, "137438953471", NULL },
	{ { { ADDRESS, MIB(5 * 128) } }, 0, "", "5-5" },
	{ { { ADDRESS, 0 }, { BLOCKS, 7, 7 }, { RANGE, MIB(10 * 128), MIB(20 * 128) } }, 0, "0 7 10 11 12 13", NULL },
	/* filters alone; they are free to match nothing, and what cannot be told of a block is why */
	{ { { NODE, 0 } }, MEMHP_ATTR_NODES, "0 1 2 3 6", NULL },
	{ { { NODE, 1 } }, MEMHP_ATTR_NODES, "6 7 8 10 11 12 137438953471", NULL },
	{ { { NODE, 0 }, { NODE, 1 } }, MEMHP_ATTR_NODES, "0 1 2 3 6 7 8 10 11 12 137438953471", NULL },
	{ { { NODE, 9 } }, MEMHP_ATTR_NODES, "", NULL },
	{ { { NODE, UINT32_MAX } }, MEMHP_ATTR_NODES, "", NULL },
	{ { { ZONE, MEMHP_ZONE_NORMAL } }, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES, "0 1 2 3 8(-95) 13(-74)", NULL },
	{ { { ZONE, MEMHP_ZONE_MOVABLE } }, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES, "7 8(-95) 13(-74) 137438953471", NULL },
	{ { { ZONE, MEMHP_ZONE_NONE } }, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES, "6 8(-95) 13(-74)", NULL },
	{ { { ZONE, MEMHP_ZONE_NONE }, { ZONE, MEMHP_ZONE_NORMAL } },
	  MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES,
	  "0 1 2 3 6 8(-95) 13(-74)",
	  NULL },
	{ { { ZONE, MEMHP_ZONE_DEVICE } }, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES, "8(-95) 13(-74)", NULL },
	{ { { STATE, MEMHP_STATE_OFFLINE } }, MEMHP_ATTR_STATE, "10 11 13(-74)", NULL },
	{ { { STATE, MEMHP_STATE_GOING_OFFLINE } }, MEMHP_ATTR_STATE, "12 13(-74)", NULL },
	{ { { STATE, MEMHP_STATE_UNKNOWN } }, MEMHP_ATTR_STATE, "13", NULL },
	{ { { STATE, MEMHP_STATE_OFFLINE }, { STATE, MEMHP_STATE_UNKNOWN } }, MEMHP_ATTR_STATE, "10 11 13", NULL },
	/* filters together, and on what was named */
	{ { { NODE, 0 }, { ZONE, MEMHP_ZONE_NONE } }, ALL_FILTER_ATTRS, "6", NULL },
	{ { { NODE, 0 }, { STATE, MEMHP_STATE_OFFLINE } }, MEMHP_ATTR_NODES | MEMHP_ATTR_STATE, "", NULL },
	{ { { RANGE, 0, MIB(7 * 128) }, { NODE, 1 } }, MEMHP_ATTR_NODES, "6 7", NULL },
	{ { { BLOCKS, 10, 13 }, { STATE, MEMHP_STATE_OFFLINE } }, MEMHP_ATTR_STATE, "10 11 13(-74)", NULL },
	{ { { BLOCKS, 0, 0 }, { STATE, MEMHP_STATE_OFFLINE } }, MEMHP_ATTR_STATE, "", NULL },
	{ { { ADDRESS, MIB(5 * 128) }, { NODE, 9 } }, MEMHP_ATTR_NODES, "", "5-5" },
};

static int add_word(struct memhp_selection *selection, const struct word *word)
{
	switch (word->kind) {
	case RANGE:
		return memhp_selection_add_range(selection, word->a, word->b);
	case BLOCKS:
		return memhp_selection_add_blocks(selection, word->a, word->b);
	case ADDRESS:
		return memhp_selection_add_address(selection, word->a);
	case NODE:
		return memhp_selection_add_node(selection, (unsigned int)word->a);
	case ZONE:
		return memhp_selection_add_zone(selection, word->a);
	default:
		return memhp_selection_add_state(selection, word->a);
	}
}

static struct memhp_selection *make_selection(const struct word *words)
{
	struct memhp_selection *selection;

	ck_assert_int_eq(memhp_selection_new(&selection), 0);
	for (; words->kind; words++)
		ck_assert_int_eq(add_word(selection, words), 0);
	return selection;
}

static void print_matches(const struct memhp_selection *selection, const struct memhp_snapshot *snapshot, char *text, size_t size)
{
	FILE *file = fmemopen(text, size, "w");
	const char *space = "";

	for (size_t i = 0; i < memhp_snapshot_get_num_blocks(snapshot); i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(snapshot, i);
		int matches = memhp_selection_matches(selection, block);

		if (matches == 0)
			continue;
		fprintf(file, "%s%llu", space, (unsigned long long)memhp_block_get_id(block));
		if (matches < 0)
			fprintf(file, "(%d)", matches);
		space = " ";
	}
	fclose(file);
}

static void check_missing(const struct memhp_selection *selection, const struct memhp_snapshot *snapshot, const char *expected)
{
	uint64_t first = 4711, last = 4712;
	char text[64];

	ck_assert_int_eq(memhp_selection_find_missing(selection, snapshot, &first, &last), expected != NULL);
	snprintf(text, sizeof(text), "%llu-%llu", (unsigned long long)first, (unsigned long long)last);
	ck_assert_str_eq(text, expected ? expected : "4711-4712");
}

static bool is_named(const struct word *word, uint64_t id)
{
	switch (word->kind) {
	case BLOCKS:
		return id >= word->a && id <= word->b;
	case RANGE:
		return id >= word->a / MIB(128) && id <= word->b / MIB(128);
	case ADDRESS:
		return id == word->a / MIB(128);
	default:
		return false;
	}
}

/* Of the first hundred blocks and the last one, the runs are those that are named and not there. */
static void check_absent(const struct memhp_selection *selection, const struct memhp_snapshot *snapshot, const struct word *words)
{
	uint64_t first = 0, last = 0, from = 0;
	int rc = memhp_selection_find_absent(selection, snapshot, from, &first, &last);

	for (uint64_t id = 0; id < 101; id++) {
		uint64_t block_id = id < 100 ? id : 137438953471;
		bool expected = false;

		for (const struct word *word = words; word->kind; word++)
			expected |= is_named(word, block_id) && !memhp_snapshot_find_block(snapshot, block_id);
		while (rc == 1 && last < block_id) {
			from = last + 1;
			rc = memhp_selection_find_absent(selection, snapshot, from, &first, &last);
			if (rc == 1)
				ck_assert(from <= first && first <= last);
		}
		ck_assert_msg((rc == 1 && first <= block_id) == expected, "block %llu", (unsigned long long)block_id);
	}
}

START_TEST(selecting)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_selection_ struct memhp_selection *selection = make_selection(cases[_i].words);
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	char text[256] = "";

	machine_make(&machine, machine_text);
	ck_assert_uint_eq(memhp_selection_get_attrs(selection), cases[_i].attrs);
	/* What it asks for is enough. */
	snapshot = machine_scan(&machine, cases[_i].attrs);
	print_matches(selection, snapshot, text, sizeof(text));
	ck_assert_str_eq(text, cases[_i].ids);
	check_missing(selection, snapshot, cases[_i].missing);
	check_absent(selection, snapshot, cases[_i].words);
}
END_TEST

static const struct word refused[] = {
	{ RANGE, 1, 0 }, { RANGE, UINT64_MAX, 0 }, { BLOCKS, 1, 0 }, { ZONE, MEMHP_ZONE_UNKNOWN }, { ZONE, NUM_ZONES },
	{ ZONE, 64 },    { STATE, NUM_STATES },    { STATE, 64 },
};

START_TEST(refusing)
{
	_cleanup_selection_ struct memhp_selection *selection = make_selection((struct word[]){ { END } });

	ck_assert_int_eq(add_word(selection, &refused[_i]), -EINVAL);
	/* It is as empty as before. */
	ck_assert_uint_eq(memhp_selection_get_attrs(selection), 0);
	ck_assert_uint_eq(selection->num_names, 0);
}
END_TEST

/* As many names as one likes */
START_TEST(growing)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_selection_ struct memhp_selection *selection = make_selection((struct word[]){ { END } });
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	char text[256] = "";

	for (uint64_t i = 0; i < 100; i++) {
		ck_assert_int_eq(memhp_selection_add_blocks(selection, 2 * i, 2 * i), 0);
		ck_assert_int_eq(memhp_selection_add_node(selection, (unsigned int)i), 0);
	}
	machine_make(&machine, machine_text);
	snapshot = machine_scan(&machine, MEMHP_ATTR_NODES);
	print_matches(selection, snapshot, text, sizeof(text));
	ck_assert_str_eq(text, "0 2 6 8 10 12");
	ck_assert_ptr_eq(memhp_selection_ref(selection), selection);
	memhp_selection_unref(selection);
	memhp_selection_unref(NULL);
}
END_TEST

/* Nothing is there at all. */
START_TEST(no_blocks)
{
	_cleanup_machine_ struct machine machine;
	static const struct word range[] = { { RANGE, 0, UINT64_MAX }, { END } }, block[] = { { BLOCKS, 3, 4 }, { END } };
	_cleanup_selection_ struct memhp_selection *by_range = make_selection(range), *by_id = make_selection(block);
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;

	machine_make(&machine, "");
	snapshot = machine_scan(&machine, 0);
	check_missing(by_range, snapshot, "0-137438953471");
	check_missing(by_id, snapshot, "3-3");
	check_absent(by_range, snapshot, range);
	check_absent(by_id, snapshot, block);
}
END_TEST

/*
 * Blocks 0-2 are boot memory, 3 and 4 are of a DIMM each, and of 5 it is not known: without iomem it may be that of a virtio-mem or
 * dax device.
 */
#define NO_IOMEM ""

/* Who added block 5 an ordinary user cannot know: one of two, which are known; a device of a kind, of which there are two. */
#define LINE(n)       "00000000-00000000 : " n "\\n"
#define VIRTIO(n)     LINE("virtio" n) "  " LINE("System RAM (virtio_mem)")
#define DAX           LINE("dax0.0") "  " LINE("System RAM (kmem)")
#define HIDDEN(n)     "file proc/iomem \"" LINE("System RAM") n "\"\n"
#define TWO_KINDS     HIDDEN(VIRTIO("3") DAX)
#define TWO_OF_A_KIND HIDDEN(VIRTIO("3") VIRTIO("4"))
/* Another driver's, as an administrator is told: that of no device that has a name here */
#define ANOTHER "file proc/iomem \"00000000-07ffffff : System RAM\\n28000000-2fffffff : System RAM (nvidia)\\n\"\n"

static const struct {
	const char *names[3];
	const char *ids, *missing, *iomem;
} sources[] = {
	{ { "boot" }, "0 1 2", NULL, NO_IOMEM },
	{ { "dimm:PNP0C80:00" }, "3", NULL, NO_IOMEM },
	{ { "dimm" }, "3 4", NULL, NO_IOMEM },
	{ { "dimm:PNP0C80:00", "boot" }, "0 1 2 3", NULL, NO_IOMEM },
	{ { "boot", "boot" }, "0 1 2", NULL, NO_IOMEM },
	/* no such device, and a kind of which there happens to be none, or may be some */
	{ { "dimm:PNP0C80:02" }, "", "dimm:PNP0C80:02", NO_IOMEM },
	{ { "boot", "PNP0C80:00", "dax0.0" }, "0 1 2 5(-61)", "PNP0C80:00", NO_IOMEM },
	{ { "Boot" }, "", "Boot", NO_IOMEM },
	{ { "unknown" }, "", "unknown", NO_IOMEM },
	{ { "hyperv" }, "", "hyperv", NO_IOMEM },
	{ { "balloon", "standby" }, "", NULL, NO_IOMEM },
	{ { "dax" }, "5(-61)", NULL, NO_IOMEM },
	{ { "virtio-mem:virtio9" }, "5(-61)", NULL, NO_IOMEM },
	{ { "dax0.0", "boot" }, "0 1 2 5(-61)", NULL, TWO_KINDS },
	{ { "virtio-mem" }, "5(-61)", NULL, TWO_KINDS },
	{ { "virtio-mem:virtio3" }, "5(-61)", NULL, TWO_KINDS },
	{ { "virtio-mem:virtio4" }, "", "virtio-mem:virtio4", TWO_KINDS },
	{ { "dax1.0" }, "", "dax1.0", TWO_KINDS },
	{ { "virtio-mem" }, "5", NULL, TWO_OF_A_KIND },
	{ { "virtio-mem:virtio3" }, "5(-61)", NULL, TWO_OF_A_KIND },
	{ { "virtio-mem:virtio3", "virtio-mem" }, "5", NULL, TWO_OF_A_KIND },
	{ { "dax", "boot" }, "0 1 2", NULL, TWO_OF_A_KIND },
	{ { "dax0.0" }, "", "dax0.0", ANOTHER },
	{ { "dax", "virtio-mem" }, "", NULL, ANOTHER },
};

START_TEST(selecting_sources)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_selection_ struct memhp_selection *selection = make_selection((struct word[]){ { END } });
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	const char *missing;
	char text[256] = "", description[1024];

	snprintf(description, sizeof(description),
		 "blocks 0-5\nboot_map 0-2\ndir " SYSFS_ACPI "/PNP0C80:00\nlink " SYSFS_MEMORY
		 "/memory3/firmware_node PNP0C80:00\nlink " SYSFS_MEMORY "/memory4/firmware_node PNP0C80:01\n%s",
		 sources[_i].iomem);
	for (size_t i = 0; i < ARRAY_SIZE(sources[_i].names) && sources[_i].names[i]; i++)
		ck_assert_int_eq(memhp_selection_add_source(selection, sources[_i].names[i]), 0);
	ck_assert_int_eq(memhp_selection_add_source(selection, ""), -EINVAL);
	ck_assert_uint_eq(memhp_selection_get_attrs(selection), MEMHP_ATTR_SOURCE);
	machine_make(&machine, description);
	snapshot = machine_scan(&machine, MEMHP_ATTR_SOURCE);
	print_matches(selection, snapshot, text, sizeof(text));
	ck_assert_str_eq(text, sources[_i].ids);
	missing = memhp_selection_find_missing_source(selection, snapshot);
	ck_assert_str_eq(missing ? missing : "", sources[_i].missing ? sources[_i].missing : "");
}
END_TEST

UNIT("selection", tests)
{
	add_table(tests, selecting, cases);
	add_table(tests, refusing, refused);
	add_table(tests, selecting_sources, sources);
	tcase_add_test(tests, growing);
	tcase_add_test(tests, no_blocks);
}
