// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit.h"

#define MIB (UINT64_C(1) << 20)

/* Blocks have 128 MiB. */
static const struct {
	const char *machine;
	int rc;
	uint64_t kernel, movable;
} machines[] = {
	{ "blocks 0-3 zones Normal\n", 0, 512 * MIB, 0 },
	{ "blocks 0 zones DMA\nblocks 1 zones DMA32\nblocks 2 zones Normal\nblocks 3 zones HighMem\nblocks 4-5 zones Movable\n", 0,
	  512 * MIB, 256 * MIB },
	/* both nodes; what is offline is not present, and device memory is nobody's */
	{ "node 0\nnode 1\nblocks 0-3 node 0 zones Normal\nblocks 4-5 node 1 zones Normal\nblocks 6-7 node 1 zones Movable\n"
	  "blocks 8 node 1 state offline zones Movable\nblocks 9 node 1 zones Device\n",
	  0, 768 * MIB, 256 * MIB },
	{ "blocks 0-1 zones Movable\n", 0, 0, 256 * MIB },
	/* CMA of kernel zones is movable; of Movable it is already */
	{ "blocks 0-1 zones Normal\nblocks 2 zones Movable\ncma 0 Normal 256\ncma 0 Movable 512\n", 0, 255 * MIB, 129 * MIB },
	{ "blocks 0 zones DMA\nblocks 1 zones Normal\ncma 0 DMA 256\ncma 0 Normal 256\n", 0, 254 * MIB, 2 * MIB },
	/* before 5.12 only meminfo tells */
	{ "file proc/zoneinfo \"Node 0, zone Normal\\n present 65536\\n managed 64000\\n\"\n"
	  "file proc/meminfo \"MemTotal: 256000 kB\\nCmaTotal: 16384 kB\\n\"\n",
	  0, 240 * MIB, 16 * MIB },
	{ "file proc/zoneinfo \"Node 0, zone Normal\\n present 65536\\n managed 64000\\n cma 0\\n\"\n"
	  "file proc/meminfo \"MemTotal: 256000 kB\\nCmaTotal: 16384 kB\\n\"\n",
	  0, 256 * MIB, 0 },
	{ "file proc/zoneinfo \"Node 0, zone Normal\\n present 65536\\n managed 64000\\n\"\nremove proc/meminfo\n", 0, 256 * MIB,
	  0 },
	/* never more CMA than there is memory */
	{ "file proc/zoneinfo \"Node 0, zone Normal\\n present 256\\n managed 256\\n\"\n"
	  "file proc/meminfo \"MemTotal: 1024 kB\\nCmaTotal: 16384 kB\\n\"\n",
	  0, 0, 1 * MIB },
	/* pages of other machines; MemTotal is never quite what zoneinfo says */
	{ "page_size 65536\nblocks 0-3 zones Normal\n", 0, 512 * MIB, 0 },
	{ "page_size 16384\nblocks 0-2 zones Normal\nblocks 3 zones Movable\n", 0, 384 * MIB, 128 * MIB },
	{ "page_size 65536\nblocks 0-3 zones Normal\ncma 0 Normal 16\n", 0, 511 * MIB, 1 * MIB },
	{ "file proc/zoneinfo \"Node 0, zone Normal\\n present 1024\\n managed 1000\\n\"\n"
	  "file proc/meminfo \"MemTotal: 63000 kB\\n\"\n",
	  0, 64 * MIB, 0 },
	{ "file proc/zoneinfo \"Node 0, zone Normal\\n present 1024\\n managed 1000\\n\"\n"
	  "file proc/meminfo \"MemTotal: 65500 kB\\n\"\n",
	  0, 64 * MIB, 0 },
	{ "file proc/zoneinfo \"Node 0, zone Normal\\n present 1024\\n managed 0\\n\"\n", 0, 4 * MIB, 0 },
	/* of what size pages are is not known when what tells it cannot be read */
	{ "blocks 0 zones Normal\nfile proc/meminfo \"MemTotal: lots\\n\"\n", -ENODATA, 0, 0 },
	{ "blocks 0 zones Normal\ndir proc/meminfo\n", -ENODATA, 0, 0 },
	/* nothing to read */
	{ "remove proc/zoneinfo\n", -ENOENT, 0, 0 },
	{ "remove proc\n", -ENOENT, 0, 0 },
	{ "file proc/zoneinfo \"\"\n", -EBADMSG, 0, 0 },
	{ "file proc/zoneinfo garbage\n", -EBADMSG, 0, 0 },
	/* sums that do not fit */
	{ "file proc/zoneinfo \"Node 0, zone DMA\\n present 18446744073709551615\\nNode 0, zone Normal\\n present 1\\n\"\n",
	  -EBADMSG, 0, 0 },
	{ "file proc/zoneinfo \"Node 0, zone Normal\\n present 4503599627370496\\n\"\n", -EBADMSG, 0, 0 },
	{ "file proc/zoneinfo \"Node 0, zone Movable\\n present 4503599627370496\\n\"\n", -EBADMSG, 0, 0 },
	{ "dir proc/zoneinfo\n", -EISDIR, 0, 0 },
	{ "fifo proc/zoneinfo\n", -ESPIPE, 0, 0 },
	{ "link proc/zoneinfo ../sys/devices/system/memory/uevent\n", -ELOOP, 0, 0 },
	{ "remove proc\nlink proc /proc\n", -ENOTDIR, 0, 0 },
	{ "file proc/zoneinfo \"Node 0, zone Normal\\n present 1\\n\" times 20000\n", 0, 20000 * UINT64_C(4096), 0 },
};

START_TEST(balance)
{
	_cleanup_machine_ struct machine machine;
	struct memhp_balance *result = NULL;

	machine_make(&machine, machines[_i].machine);
	ck_assert_int_eq(memhp_balance_new(&result, machine.ctx), machines[_i].rc);
	if (machines[_i].rc == 0) {
		ck_assert_uint_eq(memhp_balance_get_kernel_bytes(result), machines[_i].kernel);
		ck_assert_uint_eq(memhp_balance_get_movable_bytes(result), machines[_i].movable);
	} else {
		ck_assert_ptr_null(result);
	}
	memhp_balance_free(result);
}
END_TEST

static const struct {
	const char *meminfo;
	int rc;
	uint64_t bytes;
} availables[] = {
	{ "file proc/meminfo \"MemTotal: 64 kB\\nMemAvailable:   16 kB\\n\"\n", 0, 16384 },
	{ "file proc/meminfo \"MemTotal: 64 kB\\nMemAvailable: 0 kB\\n\"\n", 0, 0 },
	{ "file proc/meminfo \"MemTotal: 64 kB\\n\"\n", -EBADMSG, 7 },
	{ "file proc/meminfo \"MemTotal: 64 kB\\nMemAvailable: much\\n\"\n", -EBADMSG, 7 },
	{ "dir proc/meminfo\n", -EISDIR, 7 },
	{ "remove proc/meminfo\n", -ENOENT, 7 },
};

START_TEST(available)
{
	_cleanup_machine_ struct machine machine;
	uint64_t bytes = 7;

	machine_make(&machine, availables[_i].meminfo);
	ck_assert_int_eq(memhp_ctx_read_available(machine.ctx, &bytes), availables[_i].rc);
	ck_assert_uint_eq(bytes, availables[_i].bytes);
}
END_TEST

/* Whatever this machine is like, its figures can be had. */
START_TEST(running_machine)
{
	_cleanup_balance_ struct memhp_balance *result = NULL;
	_cleanup_ctx_ struct memhp_ctx *ctx = NULL;

	ck_assert_int_eq(memhp_ctx_new(&ctx, NULL), 0);
	if (memhp_balance_new(&result, ctx) < 0)
		unit_skip("/proc/zoneinfo cannot be read");
	else
		ck_assert_uint_gt(memhp_balance_get_kernel_bytes(result) + memhp_balance_get_movable_bytes(result), 0);
}
END_TEST

UNIT("balance", tests)
{
	add_table(tests, balance, machines);
	add_table(tests, available, availables);
	tcase_add_test(tests, running_machine);
}
