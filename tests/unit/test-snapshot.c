// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/inotify.h>

#include "../tree/tree.h"
#include "read/snapshot.h"
#include "unit.h"

#define MEMORY SYSFS_MEMORY "/"

/* The blocks as "ID STATE ZONE VALID,ZONES NODE,NODES;", with -errno for an attribute that is not there */
static void print_blocks(const struct memhp_snapshot *snapshot, char *text, size_t size)
{
	FILE *file = fmemopen(text, size, "w");

	for (size_t i = 0; i < memhp_snapshot_get_num_blocks(snapshot); i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(snapshot, i);
		int state = memhp_block_get_error(block, MEMHP_ATTR_STATE), zones = memhp_block_get_error(block, MEMHP_ATTR_ZONES);

		fprintf(file, "%llu ", (unsigned long long)memhp_block_get_id(block));
		if (state)
			fprintf(file, "%d", state);
		else
			fprintf(file, "%s", memhp_block_get_state_name(block));
		fprintf(file, " %s ", memhp_zone_name(memhp_block_get_zone(block)));
		if (zones)
			fprintf(file, "%d", zones);
		for (size_t k = 0; k < memhp_block_get_num_valid_zones(block); k++)
			fprintf(file, "%s%s", k ? "," : "", memhp_zone_name(memhp_block_get_valid_zone(block, k)));
		fprintf(file, " ");
		for (size_t k = 0; k < memhp_block_get_num_nodes(block); k++)
			fprintf(file, "%s%u", k ? "," : "", memhp_node_get_id(memhp_block_get_node(block, k)));
		fprintf(file, ";");
	}
	fclose(file);
}

static const struct {
	const char *machine, *blocks;
} machines[] = {
	{ "", "" },
	{ "blocks 0 zones Normal\n", "0 online Normal Normal ;" },
	/* the first id need not be 0, ids are sparse, and 9 comes before 10 */
	{ "blocks 8,10,100 zones Normal\nblocks 9 zones Movable\n",
	  "8 online Normal Normal ;9 online Movable Movable ;10 online Normal Normal ;100 online Normal Normal ;" },
	/* states and zones */
	{ "blocks 0 zones none\nblocks 1 zones None\nblocks 2 state offline zones \"Normal Movable\"\n"
	  "blocks 3 state offline zones \"Movable Normal\"\nblocks 4 state going-offline zones \"Movable Normal\"\n"
	  "blocks 5 state offline zones DMA\n",
	  "0 online none  ;1 online none  ;2 offline none Normal,Movable ;3 offline none Movable,Normal ;4 going-offline none  ;"
	  "5 offline none DMA ;" },
	/* a kernel without valid_zones */
	{ "blocks 0\nblocks 1 state offline\n", "0 online unknown -95 ;1 offline none -95 ;" },
	/* nodes: several, none, one without memory, and entries that only look like a block */
	{ "node 0\nnode 1\nnode 3\nnode 10\nblocks 0-1 node 0 zones Normal\nblocks 2 node 0,1,10 zones none\n"
	  "blocks 3 zones Normal\n",
	  "0 online Normal Normal 0;1 online Normal Normal 0;2 online none  0,1,10;3 online Normal Normal ;" },
	{ "node 0\nblocks 0 node 0 zones Normal\nlink " SYSFS_NODE "/node0/memory999 ../../memory/memory999\n"
	  "link " SYSFS_NODE "/node0/memory007 ../../memory/memory007\ndir " SYSFS_NODE "/node0/memory0x\n"
	  "dir " SYSFS_NODE "/node00/memory0\ndir " SYSFS_NODE "/node-1/memory0\ndir " SYSFS_NODE "/node4294967296/memory0\n"
	  "dir " SYSFS_NODE "/nodes/memory0\nlink " SYSFS_NODE "/node7 node0\nfile " SYSFS_NODE "/node8 text\n",
	  "0 online Normal Normal 0;" },
	/* the links of one side are enough, also where each has a part */
	{ "node 0\nnode 2\nblocks 0-1 node 0 zones Normal\nblocks 2 node 0,2 zones none\nremove " SYSFS_NODE "\n",
	  "0 online Normal Normal 0;1 online Normal Normal 0;2 online none  0,2;" },
	{ "node 0\nnode 2\nblocks 0-1 node 0 zones Normal\nblocks 2 node 0,2 zones none\nremove " MEMORY "memory1/node0\n"
	  "remove " MEMORY "memory2/node0\nremove " SYSFS_NODE "/node2/memory2\nremove " SYSFS_NODE "/node0/memory0\n",
	  "0 online Normal Normal 0;1 online Normal Normal 0;2 online none  0;" },
	{ "node 1\nblocks 0 zones Normal\nlink " MEMORY "memory0/node3 ../../node/node3\nlink " MEMORY
	  "memory0/node2147483648 ../../node/node0\n",
	  "0 online Normal Normal 3;" },
	/* names beside the blocks that are none */
	{ "blocks 1 zones Normal\nfile " MEMORY "memory state\nfile " MEMORY "memory2 text\nlink " MEMORY "memory3 memory1\n"
	  "dir " MEMORY "memory_4\ndir " MEMORY "xmemory5\ndir " MEMORY "Memory6\ndir " MEMORY "memory-7\n",
	  "1 online Normal Normal ;" },
	/* words that nobody knows are kept; others are marked */
	{ "blocks 0 zones Normal state ERROR-UNKNOWN-8\nblocks 1 zones \"Normal Elsewhere\"\nblocks 2 zones Normal state \"\"\n"
	  "blocks 3 zones \"\"\nblocks 4 zones Normal state Online\n",
	  "0 -74 unknown Normal ;1 online unknown -74 ;2 -74 unknown Normal ;3 online unknown -74 ;4 -74 unknown Normal ;" },
	/* things in the place of files */
	{ "blocks 0-7 zones Normal\nfifo " MEMORY "memory0/state\ndir " MEMORY "memory1/state\nlink " MEMORY "memory2/state state\n"
	  "link " MEMORY "memory3/state ../memory4/state\nfile " MEMORY "memory5/state \"on\\x00line\\n\"\n"
	  "file " MEMORY "memory6/state \"online\" times 100000\nremove " MEMORY "memory7/state\n",
	  "0 -29 unknown Normal ;1 -21 unknown Normal ;2 -40 unknown Normal ;3 -40 unknown Normal ;4 online Normal Normal ;"
	  "5 -74 unknown Normal ;6 -74 unknown Normal ;7 -95 unknown Normal ;" },
	/* no newline is fine */
	{ "blocks 0 zones Normal\nfile " MEMORY "memory0/state offline\nfile " MEMORY "memory0/valid_zones \"Normal Movable\"\n",
	  "0 offline none Normal,Movable ;" },
	/* the end of the address space */
	{ "blocks 137438953470 zones Movable\nblocks 137438953471 zones Normal\ndir " MEMORY "memory137438953472\n",
	  "137438953470 online Movable Movable ;137438953471 online Normal Normal ;" },
};

START_TEST(blocks)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	char text[1024] = "";

	machine_make(&machine, machines[_i].machine);
	snapshot = machine_scan(&machine, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES);
	print_blocks(snapshot, text, sizeof(text));
	ck_assert_str_eq(text, machines[_i].blocks);
}
END_TEST

START_TEST(state_names)
{
	static const struct {
		const char *file, *name;
	} states[] = {
		{ "online\\n", "online" },
		{ "going-offline\\n", "going-offline" },
		{ "ERROR-UNKNOWN-8\\n", "ERROR-UNKNOWN-8" },
		{ "two words\\n", "two words" },
		{ "\\x1b[31mred\\xff\\n", "?[31mred?" },
		{ "online\\noffline\\n", "online?offline" },
		{ "\\n", "unknown" },
		{ "", "unknown" },
		{ "nul\\x00\\n", "unknown" },
	};
	char line[256];

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		struct memhp_snapshot *snapshot;
		struct machine machine;

		/* With others before and behind it */
		machine_make(&machine, "blocks 5,7,8 state odd\nblocks 6,9 zones Normal\n");
		snprintf(line, sizeof(line), "file " MEMORY "memory7/state \"%s\"\n", states[i].file);
		machine_change(&machine, line);
		snapshot = machine_scan(&machine, MEMHP_ATTR_STATE);
		ck_assert_str_eq(memhp_block_get_state_name(memhp_snapshot_find_block(snapshot, 7)), states[i].name);
		ck_assert_str_eq(memhp_block_get_state_name(memhp_snapshot_find_block(snapshot, 5)), "odd");
		ck_assert_str_eq(memhp_block_get_state_name(memhp_snapshot_find_block(snapshot, 8)), "odd");
		ck_assert_str_eq(memhp_block_get_state_name(memhp_snapshot_find_block(snapshot, 9)), "online");
		memhp_snapshot_unref(snapshot);
		machine_release(&machine);
	}
}
END_TEST

/* Everything that is there, of one block */
static int number_of(const struct memhp_block *block, enum memhp_attr attr)
{
	int number;

	ck_assert_int_eq(memhp_block_get_number(block, attr, &number), 0);
	return number;
}

START_TEST(attributes)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	const struct memhp_block *block;

	machine_make(&machine,
		     "block_size 0x10000000\nnode 0\nnode 2\n"
		     "blocks 8 node 0,2 zones none removable 1 phys_device 768 config 1 memmap_on_memory 1\n"
		     "blocks 9 zones Normal removable 0 phys_device -1 config 1 memmap_on_memory 0\nblocks 10 config 0\n");
	snapshot = machine_scan(&machine, ALL_ATTRS);
	ck_assert_uint_eq(memhp_snapshot_get_attrs(snapshot), ALL_ATTRS);
	ck_assert_uint_eq(memhp_snapshot_get_block_size_bytes(snapshot), 0x10000000);
	ck_assert_uint_eq(memhp_snapshot_get_num_blocks(snapshot), 3);
	ck_assert_int_eq(memhp_block_get_state(memhp_snapshot_get_block(snapshot, 2)), MEMHP_STATE_STANDBY);
	block = memhp_snapshot_get_block(snapshot, 0);
	for (int i = 0; i < NUM_ATTRS; i++)
		ck_assert_int_eq(memhp_block_get_error(block, 1 << i), 0);
	ck_assert_uint_eq(memhp_block_get_start_addr(block), 0x80000000);
	ck_assert_int_eq(number_of(block, MEMHP_ATTR_REMOVABLE), 1);
	ck_assert_int_eq(number_of(block, MEMHP_ATTR_PHYS_DEVICE), 768);
	ck_assert_int_eq(number_of(block, MEMHP_ATTR_CONFIGURED), 1);
	ck_assert_int_eq(number_of(block, MEMHP_ATTR_MEMMAP_ON_MEMORY), 1);
	ck_assert_ptr_eq(memhp_block_get_node(block, 0), memhp_snapshot_find_node(snapshot, 0));
	ck_assert_uint_eq(memhp_node_get_id(memhp_block_get_node(block, 1)), 2);
	ck_assert_ptr_null(memhp_block_get_node(block, 2));
	ck_assert_ptr_null(memhp_block_get_node(block, SIZE_MAX));
	ck_assert_ptr_null(memhp_snapshot_find_node(snapshot, 1));
	ck_assert_int_eq(memhp_block_get_valid_zone(block, 0), MEMHP_ZONE_NONE);
	block = memhp_snapshot_get_block(snapshot, 1);
	ck_assert_int_eq(number_of(block, MEMHP_ATTR_REMOVABLE), 0);
	ck_assert_int_eq(number_of(block, MEMHP_ATTR_PHYS_DEVICE), -1);
	ck_assert_int_eq(number_of(block, MEMHP_ATTR_CONFIGURED), 1);
	ck_assert_int_eq(number_of(block, MEMHP_ATTR_MEMMAP_ON_MEMORY), 0);
	ck_assert_ptr_null(memhp_block_get_node(block, 0));
	ck_assert_int_eq(memhp_block_get_valid_zone(block, 0), MEMHP_ZONE_NORMAL);
	ck_assert_int_eq(memhp_block_get_valid_zone(block, 1), MEMHP_ZONE_NONE);
}
END_TEST

#define UNTOUCHED 4711

static const struct {
	const char *lines;
	enum memhp_attr attr;
	int error;
} errors[] = {
	{ "", MEMHP_ATTR_REMOVABLE, 0 },
	{ "blocks 5 removable maybe\n", MEMHP_ATTR_REMOVABLE, -EBADMSG },
	{ "blocks 5 removable -\n", MEMHP_ATTR_REMOVABLE, -EOPNOTSUPP },
	{ "", MEMHP_ATTR_PHYS_DEVICE, 0 },
	{ "blocks 5 phys_device 99999999999\n", MEMHP_ATTR_PHYS_DEVICE, -EBADMSG },
	{ "blocks 5 phys_device -\n", MEMHP_ATTR_PHYS_DEVICE, -EOPNOTSUPP },
	{ "", MEMHP_ATTR_CONFIGURED, -EOPNOTSUPP },
	{ "blocks 5 config 1\n", MEMHP_ATTR_CONFIGURED, 0 },
	{ "blocks 5 config 2\n", MEMHP_ATTR_CONFIGURED, -EBADMSG },
	{ "blocks 5 config 1\n", MEMHP_ATTR_MEMMAP_ON_MEMORY, -EOPNOTSUPP },
	{ "blocks 5 memmap_on_memory 1\n", MEMHP_ATTR_MEMMAP_ON_MEMORY, 0 },
	{ "blocks 5 memmap_on_memory Y\n", MEMHP_ATTR_MEMMAP_ON_MEMORY, -EBADMSG },
	{ "", MEMHP_ATTR_NODES, 0 },
	{ "file " SYSFS_NODE " text\n", MEMHP_ATTR_NODES, -ENOTDIR },
	{ "", (enum memhp_attr)0, -EINVAL },
	{ "", (enum memhp_attr)(1 << NUM_ATTRS), -EINVAL },
};

START_TEST(attribute_errors)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	const struct memhp_block *block;
	int number = UNTOUCHED;
	char text[256];

	snprintf(text, sizeof(text), "blocks 5 zones Normal\n%s", errors[_i].lines);
	machine_make(&machine, text);
	snapshot = machine_scan(&machine, ALL_ATTRS);
	block = memhp_snapshot_find_block(snapshot, 5);
	ck_assert_int_eq(memhp_block_get_error(block, errors[_i].attr), errors[_i].error);
	/* The rest is there. */
	ck_assert_int_eq(memhp_block_get_state(block), MEMHP_STATE_ONLINE);
	ck_assert_int_eq(memhp_block_get_number(block, errors[_i].attr, &number),
			 errors[_i].attr == MEMHP_ATTR_NODES ? -EINVAL : errors[_i].error);
	ck_assert_int_eq(number == UNTOUCHED, errors[_i].error || errors[_i].attr == MEMHP_ATTR_NODES);
}
END_TEST

/* Where the sizes end. */
static const struct {
	const char *machine;
	uint64_t size, id, start;
	size_t num_blocks, num_skipped;
} limits[] = {
	{ "blocks 137438953471\n", 0x8000000, 137438953471, 0xfffffffff8000000, 1, 0 },
	{ "blocks 0\ndir " MEMORY "memory137438953472\n", 0x8000000, 0, 0, 1, 1 },
	{ "blocks 0\ndir " MEMORY "memory18446744073709551615\n", 0x8000000, 0, 0, 1, 1 },
	{ "blocks 0\ndir " MEMORY "memory18446744073709551616\ndir " MEMORY "memory007\ndir " MEMORY "memory1x\n", 0x8000000, 0, 0,
	  1, 3 },
	{ "block_size 0x8000000000000000\nblocks 0-1\ndir " MEMORY "memory2\n", UINT64_C(1) << 63, 1, UINT64_C(1) << 63, 2, 1 },
	{ "block_size 1\nblocks 18446744073709551615\n", 1, UINT64_MAX, UINT64_MAX, 1, 0 },
	{ "file " MEMORY "block_size_bytes \"10\\n\"\nblocks 3\n", 16, 3, 48, 1, 0 },
};

START_TEST(limit)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	const struct memhp_block *block;

	machine_make(&machine, limits[_i].machine);
	snapshot = machine_scan(&machine, MEMHP_ATTR_STATE);
	ck_assert_uint_eq(memhp_snapshot_get_block_size_bytes(snapshot), limits[_i].size);
	ck_assert_uint_eq(memhp_snapshot_get_num_blocks(snapshot), limits[_i].num_blocks);
	ck_assert_uint_eq(memhp_snapshot_get_num_skipped(snapshot), limits[_i].num_skipped);
	block = memhp_snapshot_find_block(snapshot, limits[_i].id);
	ck_assert_ptr_nonnull(block);
	ck_assert_uint_eq(memhp_block_get_start_addr(block), limits[_i].start);
}
END_TEST

START_TEST(finding)
{
	_cleanup_machine_ struct machine machine;
	struct memhp_snapshot *snapshot;

	machine_make(&machine, "blocks 3,5-6,9\n");
	snapshot = machine_scan(&machine, 0);
	for (uint64_t id = 0; id < 12; id++) {
		const struct memhp_block *block = memhp_snapshot_find_block(snapshot, id);

		ck_assert_int_eq(block != NULL, id == 3 || id == 5 || id == 6 || id == 9);
		ck_assert(!block || memhp_block_get_id(block) == id);
	}
	ck_assert_ptr_null(memhp_snapshot_find_block(snapshot, UINT64_MAX));
	ck_assert_ptr_null(memhp_snapshot_get_block(snapshot, 4));
	ck_assert_ptr_null(memhp_snapshot_get_block(snapshot, SIZE_MAX));
	ck_assert_uint_eq(memhp__snapshot_lower_bound(snapshot, 0), 0);
	ck_assert_uint_eq(memhp__snapshot_lower_bound(snapshot, 4), 1);
	ck_assert_uint_eq(memhp__snapshot_lower_bound(snapshot, 9), 3);
	ck_assert_uint_eq(memhp__snapshot_lower_bound(snapshot, 10), 4);
	/* Nothing was asked for. */
	ck_assert_int_eq(memhp_block_get_error(memhp_snapshot_get_block(snapshot, 0), MEMHP_ATTR_STATE), -ENODATA);
	ck_assert_int_eq(memhp_block_get_state(memhp_snapshot_get_block(snapshot, 0)), MEMHP_STATE_UNKNOWN);
	ck_assert_int_eq(memhp_block_get_zone(memhp_snapshot_get_block(snapshot, 0)), MEMHP_ZONE_UNKNOWN);
	ck_assert_ptr_eq(memhp_snapshot_ref(snapshot), snapshot);
	memhp_snapshot_unref(snapshot);
	ck_assert_uint_eq(memhp_snapshot_get_num_blocks(snapshot), 4);
	memhp_snapshot_unref(snapshot);
	memhp_snapshot_unref(NULL);
}
END_TEST

START_TEST(unknown_attrs)
{
	_cleanup_machine_ struct machine machine;
	struct memhp_snapshot *snapshot = NULL;

	machine_make(&machine, "blocks 0\n");
	ck_assert_int_eq(memhp_snapshot_new(&snapshot, machine.ctx, ALL_ATTRS + 1), -EINVAL);
	ck_assert_int_eq(memhp_snapshot_new(&snapshot, machine.ctx, UINT_MAX), -EINVAL);
	ck_assert_ptr_null(snapshot);
}
END_TEST

START_TEST(counts)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	const struct memhp_node *node;

	machine_make(&machine, "node 5\nnode 0\nnode 2\nblocks 0-1 node 0 zones Normal\nblocks 2 node 0,2 zones none\n"
			       "blocks 3 node 2 zones Movable\nblocks 4-6 node 2 state offline zones Movable\nblocks 7 node 2\n"
			       "blocks 8 node 2 state going-offline zones Normal\nblocks 9 node 2 state odd zones Normal\n");
	snapshot = machine_scan(&machine, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES);
	ck_assert_uint_eq(memhp_snapshot_count_state(snapshot, MEMHP_STATE_ONLINE), 5);
	ck_assert_uint_eq(memhp_snapshot_count_state(snapshot, MEMHP_STATE_OFFLINE), 3);
	ck_assert_uint_eq(memhp_snapshot_count_state(snapshot, MEMHP_STATE_GOING_OFFLINE), 1);
	ck_assert_uint_eq(memhp_snapshot_count_state(snapshot, MEMHP_STATE_UNKNOWN), 1);
	ck_assert_uint_eq(memhp_snapshot_count_state(snapshot, NUM_STATES), 0);
	ck_assert_uint_eq(memhp_snapshot_count_zone(snapshot, MEMHP_ZONE_NORMAL), 2);
	ck_assert_uint_eq(memhp_snapshot_count_zone(snapshot, MEMHP_ZONE_MOVABLE), 1);
	ck_assert_uint_eq(memhp_snapshot_count_zone(snapshot, MEMHP_ZONE_NONE), 1);
	ck_assert_uint_eq(memhp_snapshot_count_zone(snapshot, MEMHP_ZONE_UNKNOWN), 1);
	ck_assert_uint_eq(memhp_snapshot_count_zone(snapshot, NUM_ZONES), 0);

	ck_assert_uint_eq(memhp_snapshot_get_num_nodes(snapshot), 3);
	ck_assert_ptr_null(memhp_snapshot_get_node(snapshot, 3));
	node = memhp_snapshot_get_node(snapshot, 1);
	ck_assert_uint_eq(memhp_node_get_id(node), 2);
	ck_assert_uint_eq(memhp_node_count_state(node, MEMHP_STATE_ONLINE), 3);
	ck_assert_uint_eq(memhp_node_count_state(node, MEMHP_STATE_OFFLINE), 3);
	ck_assert_uint_eq(memhp_node_count_state(node, MEMHP_STATE_GOING_OFFLINE), 1);
	ck_assert_uint_eq(memhp_node_count_state(node, MEMHP_STATE_UNKNOWN), 1);
	ck_assert_uint_eq(memhp_node_count_state(node, NUM_STATES), 0);
	ck_assert_uint_eq(memhp_node_count_zone(node, MEMHP_ZONE_NONE), 1);
	ck_assert_uint_eq(memhp_node_count_zone(node, MEMHP_ZONE_MOVABLE), 1);
	ck_assert_uint_eq(memhp_node_count_zone(node, MEMHP_ZONE_NORMAL), 0);
	ck_assert_uint_eq(memhp_node_count_zone(node, MEMHP_ZONE_UNKNOWN), 1);
	ck_assert_uint_eq(memhp_node_count_zone(node, NUM_ZONES), 0);
	ck_assert_uint_eq(memhp_node_get_id(memhp_snapshot_get_node(snapshot, 0)), 0);
	ck_assert_uint_eq(memhp_node_get_id(memhp_snapshot_get_node(snapshot, 2)), 5);
	ck_assert_uint_eq(memhp_node_count_state(memhp_snapshot_get_node(snapshot, 2), MEMHP_STATE_ONLINE), 0);
}
END_TEST

START_TEST(no_numa)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;

	machine_make(&machine, "blocks 0 zones Normal\n");
	snapshot = machine_scan(&machine, ALL_ATTRS);
	ck_assert_uint_eq(memhp_snapshot_get_num_nodes(snapshot), 0);
	ck_assert_ptr_null(memhp_snapshot_get_node(snapshot, 0));
	ck_assert_uint_eq(memhp_block_get_num_nodes(memhp_snapshot_get_block(snapshot, 0)), 0);
}
END_TEST

/*
 * What happens while the scan is under way: when the file `path` is about to be read, `remove` is taken away, and reading ends with
 * `error`.
 */
static struct {
	const struct machine *machine;
	const char *path, *remove;
	int error;
} accident;

static ssize_t read_with_accident(int fd, const char *path, void *buf, size_t size, off_t offset)
{
	if (strcmp(path, accident.path) != 0)
		return pread(fd, buf, size, offset);
	if (accident.remove)
		tree_remove(machine_path(accident.machine, accident.remove));
	errno = accident.error;
	return errno ? -1 : pread(fd, buf, size, offset);
}

static const struct file_ops accident_ops = { .contained = true, .read = read_with_accident };

static const struct {
	const char *path, *remove;
	int error;
	unsigned int attrs;
	const char *blocks;
} accidents[] = {
	/* a block goes away before it is looked at, while it is, and later */
	{ "memory4/state", "memory5", 0, MEMHP_ATTR_STATE, "4 online unknown -61 ;6 online unknown -61 ;" },
	{ "memory5/state", "memory5", ENODEV, MEMHP_ATTR_STATE, "4 online unknown -61 ;6 online unknown -61 ;" },
	{ "memory5/state", NULL, ENODEV, MEMHP_ATTR_STATE, "4 online unknown -61 ;6 online unknown -61 ;" },
	{ "memory6/state", "memory5", 0, MEMHP_ATTR_STATE, "4 online unknown -61 ;5 online unknown -61 ;6 online unknown -61 ;" },
	{ "memory5/valid_zones", NULL, ENODEV, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES,
	  "4 online Normal Normal ;6 online Normal Normal ;" },
	{ "memory4/valid_zones", "memory5", 0, MEMHP_ATTR_ZONES, "4 online Normal Normal ;6 online Normal Normal ;" },
	/* or all of them */
	{ "block_size_bytes", "memory4", 0, MEMHP_ATTR_STATE, "5 online unknown -61 ;6 online unknown -61 ;" },
	/* errors are the block's own */
	{ "memory5/state", NULL, EIO, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES,
	  "4 online Normal Normal ;5 -5 unknown Normal ;6 online Normal Normal ;" },
	{ "memory5/valid_zones", NULL, EIO, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES,
	  "4 online Normal Normal ;5 online unknown -5 ;6 online Normal Normal ;" },
	{ "memory5/state", NULL, ENOMEM, MEMHP_ATTR_STATE, "4 online unknown -61 ;5 -12 unknown -61 ;6 online unknown -61 ;" },
	/* a file that goes away alone is a file that is not there */
	{ "memory5/state", "memory5/valid_zones", 0, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES,
	  "4 online Normal Normal ;5 online unknown -95 ;6 online Normal Normal ;" },
	/* nodes go as well, and the links of the blocks tell the same */
	{ "memory6/state", "../node", 0, MEMHP_ATTR_STATE | MEMHP_ATTR_NODES,
	  "4 online unknown -61 0;5 online unknown -61 0;6 online unknown -61 0;" },
	{ "memory6/state", "../node/node1", 0, MEMHP_ATTR_STATE | MEMHP_ATTR_NODES,
	  "4 online unknown -61 0;5 online unknown -61 0;6 online unknown -61 0;" },
};

START_TEST(accident_in_scan)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	char text[512] = "";

	machine_make(&machine, "node 0\nnode 1\nblocks 4-6 node 0 zones Normal\n");
	accident.machine = &machine;
	accident.path = accidents[_i].path;
	accident.remove = accidents[_i].remove;
	accident.error = accidents[_i].error;
	machine.ctx->ops = &accident_ops;
	snapshot = machine_scan(&machine, accidents[_i].attrs);
	print_blocks(snapshot, text, sizeof(text));
	ck_assert_str_eq(text, accidents[_i].blocks);
}
END_TEST

static ssize_t read_fails(int fd, const char *path, void *buf, size_t size, off_t offset)
{
	errno = EIO;
	return -1;
}

START_TEST(nothing_readable)
{
	static const struct file_ops failing_ops = { .contained = true, .read = read_fails };
	_cleanup_machine_ struct machine machine;
	struct memhp_snapshot *snapshot = NULL;

	machine_make(&machine, "blocks 4-6\n");
	machine.ctx->ops = &failing_ops;
	ck_assert_int_eq(memhp_snapshot_new(&snapshot, machine.ctx, 0), -EIO);
	ck_assert_ptr_null(snapshot);
}
END_TEST

/* A byte at a time, with a signal before each */
static ssize_t read_bits(int fd, const char *path, void *buf, size_t size, off_t offset)
{
	static bool interrupted;

	interrupted = !interrupted;
	errno = EINTR;
	return interrupted ? -1 : pread(fd, buf, size > 0, offset);
}

START_TEST(short_reads)
{
	static const struct file_ops bit_ops = { .contained = true, .read = read_bits };
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	char text[256] = "";

	machine_make(&machine, "blocks 4 state offline zones \"Normal Movable\"\n");
	machine.ctx->ops = &bit_ops;
	snapshot = machine_scan(&machine, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES);
	print_blocks(snapshot, text, sizeof(text));
	ck_assert_str_eq(text, "4 offline none Normal,Movable ;");
}
END_TEST

/* Only what was asked for is opened: "FILE " for each file of a block, sorted as the library opens them. */
static const struct {
	unsigned int attrs;
	const char *files;
} lazies[] = {
	{ 0, "" },
	{ MEMHP_ATTR_STATE, "state " },
	{ MEMHP_ATTR_ZONES, "state valid_zones " },
	{ MEMHP_ATTR_NODES, "" },
	{ MEMHP_ATTR_REMOVABLE, "removable " },
	{ MEMHP_ATTR_PHYS_DEVICE, "phys_device " },
	{ MEMHP_ATTR_CONFIGURED, "config " },
	{ MEMHP_ATTR_MEMMAP_ON_MEMORY, "config memmap_on_memory " },
	{ ALL_ATTRS, "state valid_zones removable phys_device config memmap_on_memory " },
};

static void watch(int fd, const struct machine *machine, const char *path)
{
	if (inotify_add_watch(fd, machine_path(machine, path), IN_OPEN | IN_ONLYDIR) < 0)
		ck_abort_msg("%s: %m", path);
}

/* Names of files that were opened below the watched directories; the directories have none themselves. */
static void print_opened(int fd, char *text)
{
	char buf[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n = read(fd, buf, sizeof(buf));

	*text = '\0';
	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *event = (const void *)(buf + at);

		if (event->len && !(event->mask & IN_ISDIR))
			strcat(strcat(text, event->name), " ");
		at += (ssize_t)(sizeof(*event) + event->len);
	}
}

START_TEST(laziness)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	struct machine machine;
	char text[4096];

	if (fd < 0) {
		unit_skip("no inotify");
		return;
	}
	machine_make(&machine, "node 0\nblocks 4 node 0 zones Normal config 1 memmap_on_memory 0\n");
	watch(fd, &machine, "memory4");
	watch(fd, &machine, "../../../firmware/memory/memory4");
	memhp_snapshot_unref(machine_scan(&machine, lazies[_i].attrs));
	print_opened(fd, text);
	ck_assert_str_eq(text, lazies[_i].files);

	/* Nor is anything else beside the blocks */
	watch(fd, &machine, "");
	watch(fd, &machine, "../node/node0");
	memhp_snapshot_unref(machine_scan(&machine, 0));
	print_opened(fd, text);
	ck_assert_str_eq(text, "block_size_bytes ");
	close(fd);
	machine_release(&machine);
}
END_TEST

/* A scan leaves no descriptor behind, whatever becomes of it. */
START_TEST(descriptors)
{
	_cleanup_machine_ struct machine machine;
	struct memhp_snapshot *snapshot;
	int before, after;

	machine_make(&machine, "node 0\nblocks 4 node 0 zones Normal config 1\n");
	before = dup(0);
	close(before);
	memhp_snapshot_unref(machine_scan(&machine, ALL_ATTRS));
	machine_change(&machine, "remove " MEMORY "block_size_bytes\n");
	ck_assert_int_lt(memhp_snapshot_new(&snapshot, machine.ctx, ALL_ATTRS), 0);
	after = dup(0);
	close(after);
	ck_assert_int_eq(after, before);
}
END_TEST

/* What is said of the scan has to be said in the thread that asked for it. */
struct listener {
	pthread_t thread;
	unsigned int num_lines, num_elsewhere;
};

static void listen(void *userdata, int level, const char *format, va_list args)
{
	struct listener *listener = userdata;

	listener->num_lines++;
	listener->num_elsewhere += !pthread_equal(pthread_self(), listener->thread);
}

static bool signals_are_blocked(void)
{
	sigset_t blocked;

	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	return sigismember(&blocked, SIGUSR1);
}

static unsigned int num_threads;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *), void *data);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *), void *data);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *), void *data)
{
	num_threads++;
	return __real_pthread_create(thread, attr, start, data);
}

/* That this process may have, which can be fewer than there are */
static int num_processors(void)
{
	cpu_set_t cpus;

	ck_assert_int_eq(sched_getaffinity(0, sizeof(cpus), &cpus), 0);
	return CPU_COUNT(&cpus);
}

/* So many that they are read by several threads where that is allowed and there are several processors: nothing else changes. */
START_TEST(many_blocks)
{
	_cleanup_machine_ struct machine machine;
	struct listener listener = { .thread = pthread_self() };
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;

	machine_make(&machine, "blocks 0-16383 zones Normal removable - phys_device - phys_index - online -\n"
			       "blocks 5000-16000 zones Movable\nblocks 12000-16000 state offline zones \"Movable Normal\"\n"
			       "blocks 4095,4096,9000,16383 state odd\n"
			       "file " MEMORY "memory8192/state \"\"\nlink " MEMORY "memory16380/valid_zones state\n");
	memhp_ctx_set_log(machine.ctx, listen, &listener, LOG_DEBUG);
	if (_i)
		ck_assert_int_eq(memhp_ctx_set_threads(machine.ctx, (unsigned int)_i), 0);
	snapshot = machine_scan(&machine, MEMHP_ATTR_ZONES);
	ck_assert_uint_eq(memhp_snapshot_get_num_blocks(snapshot), 16384);
	for (size_t i = 0; i < 16384; i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(snapshot, i);
		bool is_odd = i == 4095 || i == 4096 || i == 9000 || i == 16383;
		const char *state = is_odd ? "odd" : i == 8192 ? "unknown" : i >= 12000 && i <= 16000 ? "offline" : "online";

		ck_assert_uint_eq(memhp_block_get_id(block), i);
		ck_assert_str_eq(memhp_block_get_state_name(block), state);
		ck_assert_int_eq(memhp_block_get_error(block, MEMHP_ATTR_ZONES), i == 16380 ? -ELOOP : 0);
	}
	ck_assert_uint_eq(memhp_snapshot_count_state(snapshot, MEMHP_STATE_OFFLINE), 4001);
	ck_assert_uint_eq(memhp_snapshot_count_state(snapshot, MEMHP_STATE_UNKNOWN), 5);
	ck_assert_uint_eq(listener.num_lines, 6);
	ck_assert_uint_eq(listener.num_elsewhere, 0);
	ck_assert_uint_eq(num_threads, _i > 1 && num_processors() > 1 ? (unsigned int)_i - 1 : 0);
	ck_assert(!signals_are_blocked());
}
END_TEST

static ssize_t read_all_but_zones(int fd, const char *path, void *buf, size_t size, off_t offset)
{
	ck_assert_str_ne(path, "memory9/valid_zones");
	return pread(fd, buf, size, offset);
}

/* On a kernel valid_zones is not even opened while an offline block has no node, unless no block ever has one. */
START_TEST(block_without_node)
{
	static const struct file_ops kernel_ops = { .read = read_all_but_zones };
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	static const int expected[] = { 0, 0, -ENODATA, 0, 0 };

	/* Another node than that of the block before is found as well. */
	machine_make(&machine, "node 0\nnode 1\nblocks 0 zones Normal\nblocks 8 node 0 state offline zones Normal\n"
			       "blocks 9 state offline zones Normal\nblocks 10-11 node 1 state offline zones Normal\n");
	machine.ctx->ops = &kernel_ops;
	snapshot = machine_scan(&machine, MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		ck_assert_int_eq(memhp_block_get_error(memhp_snapshot_get_block(snapshot, i), MEMHP_ATTR_ZONES), expected[i]);
	ck_assert_int_eq(memhp_block_get_state(memhp_snapshot_get_block(snapshot, 2)), MEMHP_STATE_OFFLINE);
	machine_change(&machine, "remove sys/devices/system/node\n");
	machine.ctx->ops = &memhp__file_ops_kernel;
	memhp_snapshot_unref(snapshot);
	snapshot = machine_scan(&machine, MEMHP_ATTR_ZONES);
	ck_assert_int_eq(memhp_block_get_error(memhp_snapshot_get_block(snapshot, 2), MEMHP_ATTR_ZONES), 0);
}
END_TEST

UNIT("snapshot", tests)
{
	add_table(tests, blocks, machines);
	tcase_add_test(tests, state_names);
	tcase_add_test(tests, attributes);
	add_table(tests, attribute_errors, errors);
	add_table(tests, limit, limits);
	tcase_add_test(tests, finding);
	tcase_add_test(tests, unknown_attrs);
	tcase_add_test(tests, counts);
	tcase_add_test(tests, no_numa);
	add_table(tests, accident_in_scan, accidents);
	tcase_add_test(tests, nothing_readable);
	tcase_add_test(tests, short_reads);
	tcase_add_loop_test(tests, many_blocks, 0, 3); /* as it is, one, two */
	add_table(tests, laziness, lazies);
	tcase_add_test(tests, descriptors);
	tcase_add_test(tests, block_without_node);
}
