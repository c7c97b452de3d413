// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who else changes memory */
#include <errno.h>

#include "read/writers.h"
#include "unit.h"

#define STATE "/sys/devices/system/memory/memory9/state"

static const struct {
	const char *machine;
	uint64_t except;
	int found;
	uint64_t block_id;
} blocks[] = {
	{ "blocks 8-11 zones Movable\n", 0, 0, 0 },
	{ "blocks 8-11 zones Movable\nblocks 12 state going-offline\n", 0, 1, 12 },
	{ "blocks 8-11 zones Movable\nblocks 12-13 state going-offline\n", 12, 1, 13 },
	{ "blocks 8-11 zones Movable\nblocks 12 state going-offline\n", 12, 0, 0 },
};

START_TEST(going_offline)
{
	struct machine machine;
	uint64_t block_id = 0;

	machine_make(&machine, blocks[_i].machine);
	ck_assert_int_eq(memhp__find_going_offline(machine.ctx, blocks[_i].except, &block_id), blocks[_i].found);
	ck_assert_uint_eq(block_id, blocks[_i].block_id);
	machine_release(&machine);
}
END_TEST

static const struct {
	const char *machine;
	pid_t pid;
} writers[] = {
	{ "", 0 },
	{ "dir proc\n", 0 },
	{ "link proc/801/fd/3 " STATE "\n", 801 },
	{ "link proc/801/fd/3 /mnt" STATE "\nlink proc/17/fd/0 /dev/null\nlink proc/self/fd/1 " STATE "\n", 801 },
	{ "link proc/801/fd/3 /sys/devices/system/memory/memory90/state\nfile proc/802/fd \"\"\nfile proc/803/fd/1 \"\"\n", 0 },
};

START_TEST(any_writer)
{
	struct machine machine;

	machine_make(&machine, "link proc/801/fd/3 /sys/devices/system/memory/memory9/valid_zones\n"
			       "link proc/802/fd/3 /sys/devices/system/memory/memory90/state\n");
	ck_assert_int_eq(memhp_ctx_find_writer(machine.ctx, UINT64_MAX), 802);
	machine_release(&machine);
}
END_TEST

START_TEST(writer)
{
	struct machine machine;

	machine_make(&machine, writers[_i].machine);
	ck_assert_int_eq(memhp_ctx_find_writer(machine.ctx, 9), writers[_i].pid);
	machine_release(&machine);
}
END_TEST

UNIT("writers", tests)
{
	add_table(tests, going_offline, blocks);
	add_table(tests, writer, writers);
	tcase_add_test(tests, any_writer);
}
