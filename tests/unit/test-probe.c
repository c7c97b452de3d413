// SPDX-License-Identifier: LGPL-2.1-or-later
/* What stands against a probe, and what proves that there is RAM */
#include <stdio.h>

#include "unit.h"

#define IOMEM(text) "file proc/iomem \"" text "\"\n"
#define RAM_512M    IOMEM("00000000-1fffffff : System RAM\\n  00010000-01ffffff : Kernel code\\n")
/* Blocks of 256 MiB: 0 and 1 are there, 2 is at 0x20000000. */
#define MACHINE "block_size 0x10000000\nblocks 0-1 zones Normal\nprobe\n"
#define TREE    "sys/firmware/devicetree/base/"
#define NAME_50 "01234567890123456789012345678901234567890123456789"
#define LMBS    TREE "ibm,dynamic-reconfiguration-memory/"

static const struct {
	const char *machine;
	uint64_t addr;
	const char *obstacles; /* the first letter of each */
	enum memhp_proof proof;
} cases[] = {
	/* where there is nothing to prove */
	{ MACHINE RAM_512M "ram memmap 0-9\n", 0x20000001, "ua", MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram memmap 0-9\n", 0xffffffffffffffff, "ua", MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram memmap 0-9\n", 0x10000000, "pr", MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram memmap 0-9\n", 0, "pr", MEMHP_PROOF_NONE },
	/* the map of the firmware: all of the block, in one piece or several */
	{ MACHINE RAM_512M "ram memmap 0-9\n", 0x20000000, "", MEMHP_PROOF_FIRMWARE_MAP },
	{ MACHINE RAM_512M "ram memmap 2\n", 0x20000000, "", MEMHP_PROOF_FIRMWARE_MAP },
	{ MACHINE RAM_512M "ram memmap 0-1,3-9\n", 0x20000000, "un", MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram memmap 0-9\n", 0xa0000000, "un", MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram memmap 2\nfile sys/firmware/memmap/0/end \"0x2ffffffe\\n\"\n", 0x20000000, "un", MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram memmap 2\nfile sys/firmware/memmap/0/start \"0x20000001\\n\"\n", 0x20000000, "un",
	  MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram memmap 2,3\nfile sys/firmware/memmap/0/end \"0x27ffffff\\n\"\n"
			   "file sys/firmware/memmap/1/start \"0x28000000\\n\"\n",
	  0x20000000, "", MEMHP_PROOF_FIRMWARE_MAP },
	{ MACHINE RAM_512M "ram memmap 2,3\nfile sys/firmware/memmap/0/end \"0x27ffffff\\n\"\n"
			   "file sys/firmware/memmap/1/start \"0x28000001\\n\"\n",
	  0x20000000, "un", MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram memmap 2\nfile sys/firmware/memmap/0/type \"Reserved\\n\"\n", 0x20000000, "un", MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram memmap 2\nfile sys/firmware/memmap/0/type \"System RAM (kmem)\\n\"\n", 0x20000000, "un",
	  MEMHP_PROOF_NONE },
	/* half a map proves nothing */
	{ MACHINE RAM_512M "ram memmap 2,5\nfile sys/firmware/memmap/1/end garbage\n", 0x20000000, "un", MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram memmap 2,5\nremove sys/firmware/memmap/1/type\n", 0x20000000, "un", MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram memmap 2,5\nfile sys/firmware/memmap/1/end \"0x0\\n\"\n", 0x20000000, "un", MEMHP_PROOF_NONE },
	/* the SRAT, without what could be plugged in */
	{ MACHINE RAM_512M "ram srat 0-9\n", 0x20000000, "", MEMHP_PROOF_SRAT },
	{ MACHINE RAM_512M "ram srat 0-1\nram srat-hotplug 2-9\n", 0x20000000, "un", MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram memmap 0-1\nram srat 2\n", 0x20000000, "", MEMHP_PROOF_SRAT },
	{ MACHINE RAM_512M "file sys/firmware/acpi/tables/SRAT garbage\n", 0x20000000, "un", MEMHP_PROOF_NONE },
	/* the device tree */
	{ MACHINE RAM_512M "ram device-tree 0-1,2-3\n", 0x30000000, "", MEMHP_PROOF_DEVICE_TREE },
	{ MACHINE RAM_512M "ram device-tree 0-3\n", 0x40000000, "un", MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram device-tree 2\nfile " TREE "memory@20000000/device_type \"cpu\\x00\"\n", 0x20000000, "un",
	  MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram device-tree 2\nremove " TREE "memory@20000000/device_type\n", 0x20000000, "un", MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram device-tree 2\nfile " TREE "memory@20000000/hotpluggable \"\"\n", 0x20000000, "un",
	  MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram device-tree 2\nfile " TREE "memory@20000000/status \"disabled\\x00\"\n", 0x20000000, "un",
	  MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram device-tree 2\nfile " TREE "memory@20000000/status \"okay\\x00\"\n", 0x20000000, "",
	  MEMHP_PROOF_DEVICE_TREE },
	{ MACHINE RAM_512M "ram device-tree 2\nremove " TREE "#size-cells\n", 0x20000000, "un", MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram device-tree 2\nfile " TREE "#size-cells \"\\x00\\x00\\x00\\x01\"\n", 0x20000000, "un",
	  MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram device-tree 2\nfile " TREE "memory-controller@1/reg garbage\nfile " TREE "memory 1\n", 0x20000000,
	  "", MEMHP_PROOF_DEVICE_TREE },
	/* a crash kernel may have only some of it */
	{ MACHINE RAM_512M "ram device-tree 2\nfile " TREE "memory@20000000/linux,usable-memory \"\"\n", 0x20000000, "un",
	  MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram device-tree 2\nfile " TREE "chosen/linux,usable-memory-range \"\"\n", 0x20000000, "un",
	  MEMHP_PROOF_NONE },
	/* logical memory blocks of ppc64 */
	{ MACHINE RAM_512M "ram lmb 2-3\nram lmb-free 4-9\n", 0x30000000, "", MEMHP_PROOF_LMB },
	{ MACHINE RAM_512M "ram lmb 2-3\nram lmb-free 4-9\n", 0x40000000, "un", MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram lmb 2\nfile " LMBS "linux,drconf-usable-memory \"\"\n", 0x20000000, "un", MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram lmb 2\nremove " LMBS "ibm,lmb-size\n", 0x20000000, "un", MEMHP_PROOF_NONE },
	{ MACHINE RAM_512M "ram lmb 5\nremove " LMBS "ibm,dynamic-memory\nfile " LMBS "ibm,dynamic-memory-v2 "
			   "\"\\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x02\\x00\\x00\\x00\\x00\\x20\\x00\\x00\\x00\\x80\\x00\\x00\\x01"
			   "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x08\"\n",
	  0x30000000, "", MEMHP_PROOF_LMB },
	/* what is there already */
	{ MACHINE IOMEM("00000000-1fffffff : System RAM\\n20000000-2fffffff : PCI Bus 0000:00\\n") "ram memmap 0-9\n", 0x20000000,
	  "ta", MEMHP_PROOF_FIRMWARE_MAP },
	{ MACHINE IOMEM("2fffffff-3fffffff : Reserved\\n"), 0x20000000, "ta un", MEMHP_PROOF_NONE },
	{ MACHINE IOMEM("00000000-20000000 : Reserved\\n"), 0x20000000, "ta un", MEMHP_PROOF_NONE },
	{ MACHINE IOMEM("00000000-1fffffff : Reserved\\n30000000-3fffffff : Reserved\\n") "ram memmap 2\n", 0x20000000, "",
	  MEMHP_PROOF_FIRMWARE_MAP },
	/* and what cannot be seen */
	{ MACHINE "ram memmap 0-9\n", 0x20000000, "us", MEMHP_PROOF_FIRMWARE_MAP },
	{ MACHINE IOMEM("00000000-00000000 : System RAM\\n") "ram memmap 0-9\n", 0x20000000, "us", MEMHP_PROOF_FIRMWARE_MAP },
	{ MACHINE IOMEM("") "ram memmap 0-9\n", 0x20000000, "us", MEMHP_PROOF_FIRMWARE_MAP },
	{ MACHINE IOMEM("00000000-1fffffff : System RAM\\ngarbage\\n") "ram memmap 0-9\n", 0x20000000, "us",
	  MEMHP_PROOF_FIRMWARE_MAP },
	{ MACHINE "dir proc/iomem\n", 0x20000000, "us un", MEMHP_PROOF_NONE },
};

static unsigned int obstacles_of(const char *letters)
{
	static const char *const marks[NUM_OBSTACLES] = { "ua", "pr", "ta", "us", "un" };
	unsigned int obstacles = 0;

	for (size_t i = 0; i < NUM_OBSTACLES; i++)
		obstacles |= strstr(letters, marks[i]) ? 1u << i : 0;
	return obstacles;
}

/* A missing proof alone may be passed. */
static enum memhp_outcome outcome_of(const struct memhp_probe *probe, bool is_planned)
{
	for (enum memhp_obstacle obstacle = 0; obstacle < NUM_OBSTACLES; obstacle++)
		if (obstacle != MEMHP_OBSTACLE_UNPROVEN && memhp_probe_has_obstacle(probe, obstacle))
			return MEMHP_OUTCOME_IMPOSSIBLE;
	return is_planned ? MEMHP_OUTCOME_PLANNED : MEMHP_OUTCOME_REFUSED;
}

static void check_plan(const struct machine *machine, const struct memhp_probe *probe, unsigned int flags, bool is_planned,
		       uint64_t addr)
{
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = machine_scan(machine, 0);
	_cleanup_request_ struct memhp_request *request = NULL;
	_cleanup_plan_ struct memhp_plan *plan = NULL;
	const struct memhp_step *step;

	ck_assert_int_eq(memhp_request_new(&request, MEMHP_TRANSITION_ADD), 0);
	ck_assert_int_eq(memhp_request_add_probe(request, probe, flags), 0);
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	step = memhp_plan_get_step(plan, 0);
	ck_assert_int_eq(memhp_step_get_outcome(step), outcome_of(probe, is_planned));
	ck_assert_int_eq(memhp_step_get_reason(step), is_planned ? MEMHP_REASON_NONE : MEMHP_REASON_OBSTACLE);
	ck_assert_uint_eq(memhp_step_get_start_addr(step), addr & ~UINT64_C(0xfffffff));
	ck_assert_uint_eq(memhp_step_get_last_addr(step), addr | 0xfffffff);
}

START_TEST(checks)
{
	_cleanup_machine_ struct machine machine;
	unsigned int obstacles = obstacles_of(cases[_i].obstacles);
	_cleanup_probe_ struct memhp_probe *probe = NULL;

	machine_make(&machine, cases[_i].machine);
	ck_assert_int_eq(memhp_probe_new(&probe, machine.ctx, cases[_i].addr), 0);
	for (enum memhp_obstacle obstacle = 0; obstacle < NUM_OBSTACLES; obstacle++)
		ck_assert_msg(memhp_probe_has_obstacle(probe, obstacle) == (obstacles >> obstacle & 1), "obstacle %s",
			      memhp_obstacle_name(obstacle));
	ck_assert_int_eq(memhp_probe_get_proof(probe), cases[_i].proof);
	ck_assert_uint_eq(memhp_probe_get_block_id(probe), cases[_i].addr >> 28);
	/* What has an obstacle is not planned; only one of them is for the caller to overcome. */
	check_plan(&machine, probe, 0, obstacles == 0, cases[_i].addr);
	check_plan(&machine, probe, MEMHP_PROBE_UNBACKED, (obstacles & ~(1u << MEMHP_OBSTACLE_UNPROVEN)) == 0, cases[_i].addr);
}
END_TEST

START_TEST(claim)
{
	_cleanup_machine_ struct machine machine;
	struct memhp_probe *probe = NULL;
	uint64_t start = 1, last = 2;

	machine_make(&machine, MACHINE IOMEM("20000000-2000ffff : PCI Bus 0000:00\\n  20000000-20000fff : 0000:00:02.0\\n"));
	ck_assert_int_eq(memhp_probe_new(&probe, machine.ctx, 0x20000000), 0);
	ck_assert_str_eq(memhp_probe_get_claim(probe, &start, &last), "PCI Bus 0000:00");
	ck_assert_uint_eq(start, 0x20000000);
	ck_assert_uint_eq(last, 0x2000ffff);
	ck_assert_str_eq(memhp_probe_get_claim(probe, NULL, NULL), "PCI Bus 0000:00");
	memhp_probe_free(probe);
	ck_assert_int_eq(memhp_probe_new(&probe, machine.ctx, 0x30000000), 0);
	start = 1;
	ck_assert_ptr_null(memhp_probe_get_claim(probe, &start, NULL));
	ck_assert_uint_eq(start, 1);
	ck_assert(!memhp_probe_has_obstacle(probe, NUM_OBSTACLES));
	memhp_probe_free(probe);
	memhp_probe_free(NULL);
	/* a name of anything, and longer than any of the kernel's */
	machine_change(&machine, IOMEM("20000000-2000ffff : \\x1b\\xff~" NAME_50 NAME_50 "\\n"));
	ck_assert_int_eq(memhp_probe_new(&probe, machine.ctx, 0x20000000), 0);
	ck_assert_str_eq(memhp_probe_get_claim(probe, NULL, NULL), "??~" NAME_50 "0123456789");
	memhp_probe_free(probe);
}
END_TEST

START_TEST(no_hotplug)
{
	_cleanup_machine_ struct machine machine;
	struct memhp_probe *probe = NULL;

	machine_make(&machine, "blocks 0\n");
	machine_change(&machine, "remove sys/devices/system/memory\n");
	ck_assert_int_eq(memhp_probe_new(&probe, machine.ctx, 0), -ENODEV);
	ck_assert_ptr_null(probe);
}
END_TEST

START_TEST(no_block_size)
{
	_cleanup_machine_ struct machine machine;
	struct memhp_probe *probe = NULL;

	machine_make(&machine, MACHINE);
	machine_change(&machine, "file sys/devices/system/memory/block_size_bytes \"3000000\\n\"\n");
	ck_assert_int_eq(memhp_probe_new(&probe, machine.ctx, 0), -EBADMSG);
	machine_change(&machine, "remove sys/devices/system/memory/block_size_bytes\n");
	ck_assert_int_eq(memhp_probe_new(&probe, machine.ctx, 0), -ENOENT);
	ck_assert_ptr_null(probe);
}
END_TEST

UNIT("probe", tests)
{
	add_table(tests, checks, cases);
	tcase_add_test(tests, claim);
	tcase_add_test(tests, no_hotplug);
	tcase_add_test(tests, no_block_size);
}
