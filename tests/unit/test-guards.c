// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>

#include "unit.h"

#define MIB     (UINT64_C(1) << 20)
#define GIB     (UINT64_C(1) << 30)
#define UNKNOWN UINT64_MAX

#define OFFLINE MEMHP_TRANSITION_OFFLINE
#define ONLINE  MEMHP_TRANSITION_ONLINE
#define KERNEL  MEMHP_TRANSITION_ONLINE_KERNEL
#define MOVABLE MEMHP_TRANSITION_ONLINE_MOVABLE

#define FINE   MEMHP_GUARD_LEVEL_FINE
#define DOUBT  MEMHP_GUARD_LEVEL_UNKNOWN
#define WARN   MEMHP_GUARD_LEVEL_WARN
#define REFUSE MEMHP_GUARD_LEVEL_REFUSE

#define GUARDS _cleanup_(guards_freep) struct memhp_guards *

static void guards_freep(struct memhp_guards **guards)
{
	memhp_guards_free(*guards);
}

static const struct {
	enum memhp_transition action;
	uint64_t kernel, movable, unknown; /* MiB that change */
	uint64_t available, keep_free;
	enum memhp_guard_level level;
	uint64_t after;
} memory_left[] = {
	{ .action = OFFLINE, .movable = 512, .available = GIB, .level = FINE, .after = 512 * MIB },
	{ .action = OFFLINE, .kernel = 512, .movable = 256, .unknown = 256, .available = GIB, .level = FINE },
	{ .action = OFFLINE, .movable = 1024, .unknown = 1, .available = GIB, .level = REFUSE },
	{ .action = OFFLINE, .movable = 512, .available = GIB, .keep_free = 512 * MIB, .level = FINE, .after = 512 * MIB },
	{ .action = OFFLINE, .movable = 512, .available = GIB, .keep_free = 512 * MIB + 1, .level = REFUSE, .after = 512 * MIB },
	{ .action = OFFLINE, .movable = 2048, .available = GIB, .keep_free = 1, .level = REFUSE },
	/* Not known, and of no matter or asked for */
	{ .action = OFFLINE, .movable = 1, .available = UNKNOWN, .level = DOUBT, .after = UNKNOWN },
	{ .action = OFFLINE, .movable = 1, .available = UNKNOWN, .keep_free = 1, .level = REFUSE, .after = UNKNOWN },
	{ .action = OFFLINE, .available = UNKNOWN, .keep_free = 1, .level = FINE, .after = UNKNOWN },
	/* What goes online takes nothing away. */
	{ .action = ONLINE, .unknown = 2048, .available = GIB, .keep_free = 2 * GIB, .level = FINE, .after = GIB },
	{ .action = MOVABLE, .movable = 2048, .available = UNKNOWN, .level = FINE, .after = UNKNOWN },
};

static struct memhp_guards *make_guards(enum memhp_transition action, uint64_t kernel, uint64_t movable, uint64_t unknown)
{
	struct memhp_guards *guards;

	ck_assert_int_eq(memhp_guards_new(&guards, action), 0);
	memhp_guards_add_bytes(guards, MEMHP_ZONE_NORMAL, kernel * MIB);
	memhp_guards_add_bytes(guards, MEMHP_ZONE_MOVABLE, movable * MIB);
	memhp_guards_add_bytes(guards, MEMHP_ZONE_UNKNOWN, unknown * MIB);
	return guards;
}

START_TEST(memory)
{
	GUARDS guards =
		make_guards(memory_left[_i].action, memory_left[_i].kernel, memory_left[_i].movable, memory_left[_i].unknown);

	memhp_guards_set_available_bytes(guards, memory_left[_i].available, memory_left[_i].keep_free);
	ck_assert_int_eq(memhp_guards_get_level(guards, MEMHP_GUARD_MEMORY_LEFT), memory_left[_i].level);
	ck_assert_uint_eq(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_AVAILABLE_BEFORE), memory_left[_i].available);
	ck_assert_uint_eq(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_AVAILABLE_AFTER), memory_left[_i].after);
	ck_assert_uint_eq(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_KEEP_FREE), memory_left[_i].keep_free);
	ck_assert_uint_eq(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_CHANGED),
			  (memory_left[_i].kernel + memory_left[_i].movable + memory_left[_i].unknown) * MIB);
}
END_TEST

/* Kernel memory of 4 blocks, and movable memory of so many; a block has 128 MiB. */
static const struct {
	size_t movable_blocks;
	enum memhp_transition action;
	uint64_t kernel, movable, unknown; /* blocks that change */
	enum memhp_guard_level level;
	uint64_t max_kernel_loss; /* blocks */
} balances[] = {
	/* to ZONE_MOVABLE, up to 3:1 and 4:1 */
	{ 4, MOVABLE, 0, 8, 0, FINE, 3 },
	{ 4, MOVABLE, 0, 9, 0, WARN, 3 },
	{ 4, MOVABLE, 0, 12, 0, WARN, 3 },
	{ 4, MOVABLE, 0, 13, 0, REFUSE, 3 },
	/* from kernel zones */
	{ 8, OFFLINE, 1, 0, 0, FINE, 2 },
	{ 8, OFFLINE, 2, 0, 0, WARN, 2 },
	{ 8, OFFLINE, 3, 0, 0, REFUSE, 3 },
	{ 8, OFFLINE, 4, 0, 0, REFUSE, 4 },
	{ 8, OFFLINE, 2, 2, 0, FINE, 2 },
	{ 8, OFFLINE, 4, 8, 0, FINE, 4 },
	{ 8, OFFLINE, 9, 0, 0, REFUSE, 9 },
	/* no worse than before, however bad */
	{ 40, OFFLINE, 0, 30, 0, FINE, 0 },
	{ 40, OFFLINE, 1, 10, 0, FINE, 1 },
	{ 40, OFFLINE, 1, 9, 0, REFUSE, 1 },
	{ 40, MOVABLE, 0, 1, 0, REFUSE, 0 },
	{ 0, OFFLINE, 4, 0, 0, FINE, 4 },
	/* of a zone that is not known: perhaps the kernel's */
	{ 8, OFFLINE, 0, 0, 1, FINE, 2 },
	{ 8, OFFLINE, 0, 0, 2, DOUBT, 2 },
	{ 8, OFFLINE, 1, 0, 1, DOUBT, 2 },
	{ 8, OFFLINE, 2, 0, 3, WARN, 5 },
	/* The kernel chooses, or takes it for itself: none of its memory goes. */
	{ 40, ONLINE, 0, 20, 20, FINE, 0 },
	{ 40, KERNEL, 20, 0, 0, FINE, 0 },
	/* With goals of their own bytes that are added go offline. */
	{ 8, MEMHP_TRANSITION_NONE, 3, 0, 0, REFUSE, 3 },
	{ 8, MEMHP_TRANSITION_NONE, 2, 2, 0, FINE, 2 },
};

static struct memhp_balance *read_balance(struct memhp_ctx *ctx)
{
	struct memhp_balance *balance;

	ck_assert_int_eq(memhp_balance_new(&balance, ctx), 0);
	return balance;
}

START_TEST(imbalance)
{
	const uint64_t block = 128;
	GUARDS guards = make_guards(balances[_i].action, balances[_i].kernel * block, balances[_i].movable * block,
				    balances[_i].unknown * block);
	struct memhp_balance *balance;
	struct machine machine;
	char text[128];

	ck_assert_uint_eq(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_MAX_KERNEL_LOSS), UNKNOWN);
	snprintf(text, sizeof(text), "blocks 0-3 zones Normal\nblocks 4-%zu zones Movable\n", 3 + balances[_i].movable_blocks);
	if (!balances[_i].movable_blocks)
		*strchr(strchr(text, '\n') + 1, 'b') = '\0';
	machine_make(&machine, text);
	balance = read_balance(machine.ctx);
	memhp_guards_set_balance(guards, balance);
	memhp_balance_free(balance);
	ck_assert_int_eq(memhp_guards_get_level(guards, MEMHP_GUARD_IMBALANCE), balances[_i].level);
	ck_assert_uint_eq(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_KERNEL_BEFORE), 4 * block * MIB);
	ck_assert_uint_eq(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_MOVABLE_BEFORE),
			  balances[_i].movable_blocks * block * MIB);
	ck_assert_uint_eq(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_MAX_KERNEL_LOSS),
			  balances[_i].max_kernel_loss * block * MIB);
	machine_release(&machine);
}
END_TEST

/* Some goes and some comes: kernel memory that comes is not counted on, nor that movable memory goes where some comes. */
START_TEST(goals)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	_cleanup_request_ struct memhp_request *request = NULL;
	_cleanup_plan_ struct memhp_plan *plan = NULL;
	_cleanup_balance_ struct memhp_balance *balance = NULL;
	GUARDS guards = make_guards(MEMHP_TRANSITION_NONE, 0, 0, 0);

	machine_make(&machine, "blocks 0-3 zones Normal\nblocks 4-11 zones Movable\n"
			       "blocks 16-31 state offline zones \"Normal Movable\"\n");
	ck_assert_int_eq(memhp_request_new(&request, MEMHP_TRANSITION_NONE), 0);
	ck_assert_int_eq(memhp_request_add_goal(request, 3 * 128 * MIB, 4 * 128 * MIB - 1, OFFLINE), 0);
	ck_assert_int_eq(memhp_request_add_goal(request, 10 * 128 * MIB, 12 * 128 * MIB - 1, OFFLINE), 0);
	ck_assert_int_eq(memhp_request_add_goal(request, 16 * 128 * MIB, 20 * 128 * MIB - 1, MOVABLE), 0);
	ck_assert_int_eq(memhp_request_add_goal(request, 22 * 128 * MIB, 23 * 128 * MIB - 1, KERNEL), 0);
	ck_assert_int_eq(memhp_request_add_goal(request, 24 * 128 * MIB, 25 * 128 * MIB - 1, ONLINE), 0);
	snapshot = machine_scan(&machine, memhp_request_get_attrs(request));
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	ck_assert_int_eq(memhp_guards_add_plan(guards, plan), 0);
	balance = read_balance(machine.ctx);
	memhp_guards_set_balance(guards, balance);
	memhp_guards_set_available_bytes(guards, GIB, 640 * MIB);
	ck_assert_uint_eq(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_CHANGED), 384 * MIB);
	ck_assert_uint_eq(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_AVAILABLE_AFTER), 640 * MIB);
	ck_assert_uint_eq(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_KERNEL_AFTER), 384 * MIB);
	ck_assert_uint_eq(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_MOVABLE_AFTER), 12 * 128 * MIB);
	ck_assert_int_eq(memhp_guards_get_level(guards, MEMHP_GUARD_MEMORY_LEFT), FINE);
	ck_assert_int_eq(memhp_guards_get_level(guards, MEMHP_GUARD_IMBALANCE), WARN);
	memhp_guards_set_available_bytes(guards, GIB, 640 * MIB + 1);
	ck_assert_int_eq(memhp_guards_get_level(guards, MEMHP_GUARD_MEMORY_LEFT), REFUSE);
	memhp_guards_add_bytes(guards, MEMHP_ZONE_NORMAL, 128 * MIB);
	ck_assert_int_eq(memhp_guards_get_level(guards, MEMHP_GUARD_IMBALANCE), REFUSE);
}
END_TEST

/* What goes to another zone is offline for a while, and may stay so. */
START_TEST(moves)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	_cleanup_request_ struct memhp_request *request = NULL;
	_cleanup_plan_ struct memhp_plan *plan = NULL;
	_cleanup_balance_ struct memhp_balance *balance = NULL;
	GUARDS guards = make_guards(MEMHP_TRANSITION_NONE, 0, 0, 0);

	machine_make(&machine, "blocks 0-3 zones Normal\nblocks 4-11 zones Movable\n");
	ck_assert_int_eq(memhp_request_new(&request, MEMHP_TRANSITION_NONE), 0);
	ck_assert_int_eq(memhp_request_add_goal(request, 3 * 128 * MIB, 4 * 128 * MIB - 1, MOVABLE), 0);
	snapshot = machine_scan(&machine, memhp_request_get_attrs(request));
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	ck_assert_int_eq(memhp_guards_add_plan(guards, plan), 0);
	balance = read_balance(machine.ctx);
	memhp_guards_set_balance(guards, balance);
	memhp_guards_set_available_bytes(guards, GIB, 896 * MIB);
	ck_assert_uint_eq(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_AVAILABLE_AFTER), 896 * MIB);
	ck_assert_uint_eq(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_KERNEL_AFTER), 384 * MIB);
	ck_assert_uint_eq(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_MOVABLE_AFTER), 9 * 128 * MIB);
	ck_assert_int_eq(memhp_guards_get_level(guards, MEMHP_GUARD_MEMORY_LEFT), FINE);
	memhp_guards_set_available_bytes(guards, GIB, 896 * MIB + 1);
	ck_assert_int_eq(memhp_guards_get_level(guards, MEMHP_GUARD_MEMORY_LEFT), REFUSE);
}
END_TEST

START_TEST(figures_after)
{
	GUARDS offline = make_guards(OFFLINE, 256, 128, 0);
	GUARDS online = make_guards(MOVABLE, 0, 128, 0);
	struct memhp_balance *balance;
	struct machine machine;

	machine_make(&machine, "blocks 0-3 zones Normal\nblocks 4-7 zones Movable\n");
	balance = read_balance(machine.ctx);
	memhp_guards_set_balance(offline, balance);
	memhp_guards_set_balance(online, balance);
	ck_assert_uint_eq(memhp_guards_get_figure(offline, MEMHP_GUARD_FIGURE_KERNEL_AFTER), 256 * MIB);
	ck_assert_uint_eq(memhp_guards_get_figure(offline, MEMHP_GUARD_FIGURE_MOVABLE_AFTER), 384 * MIB);
	ck_assert_uint_eq(memhp_guards_get_figure(online, MEMHP_GUARD_FIGURE_KERNEL_AFTER), 512 * MIB);
	ck_assert_uint_eq(memhp_guards_get_figure(online, MEMHP_GUARD_FIGURE_MOVABLE_AFTER), 640 * MIB);
	/* And forgotten again */
	memhp_guards_set_balance(offline, NULL);
	ck_assert_uint_eq(memhp_guards_get_figure(offline, MEMHP_GUARD_FIGURE_KERNEL_AFTER), UNKNOWN);
	memhp_balance_free(balance);
	machine_release(&machine);
}
END_TEST

/* What is not known is a doubt where it could become worse, and nothing where it could not. */
static const struct {
	enum memhp_transition action;
	uint64_t kernel, movable, unknown;
	enum memhp_guard_level level;
} unread[] = {
	{ OFFLINE, 1, 0, 0, DOUBT }, { OFFLINE, 0, 0, 1, DOUBT }, { OFFLINE, 0, 9, 0, FINE }, { MOVABLE, 0, 1, 0, DOUBT },
	{ MOVABLE, 0, 0, 0, FINE },  { ONLINE, 0, 0, 9, FINE },   { KERNEL, 9, 0, 0, FINE },
};

START_TEST(balance_unknown)
{
	GUARDS guards = make_guards(unread[_i].action, unread[_i].kernel, unread[_i].movable, unread[_i].unknown);

	ck_assert_int_eq(memhp_guards_get_level(guards, MEMHP_GUARD_IMBALANCE), unread[_i].level);
	ck_assert_uint_eq(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_KERNEL_BEFORE), UNKNOWN);
}
END_TEST

static struct memhp_guards *guard_plan(const struct machine *machine, uint64_t num_blocks)
{
	struct memhp_snapshot *snapshot;
	struct memhp_request *request;
	struct memhp_guards *guards;
	struct memhp_plan *plan;

	ck_assert_int_eq(memhp_request_new(&request, OFFLINE), 0);
	memhp_request_set(request, MEMHP_SETTING_NUM_BLOCKS, num_blocks);
	ck_assert_int_eq(memhp_snapshot_new(&snapshot, machine->ctx, memhp_request_get_attrs(request)), 0);
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	guards = make_guards(MOVABLE, 0, 0, 0);
	ck_assert_int_eq(memhp_guards_add_plan(guards, plan), -EINVAL);
	memhp_guards_free(guards);
	guards = make_guards(OFFLINE, 0, 0, 0);
	ck_assert_int_eq(memhp_guards_add_plan(guards, plan), 0);
	memhp_plan_free(plan);
	memhp_snapshot_unref(snapshot);
	memhp_request_free(request);
	return guards;
}

/* With a goal what is planned is weighed, and further candidates of kernel zones are something that can be lost. */
START_TEST(plans)
{
	GUARDS some = NULL;
	GUARDS all = NULL;
	struct memhp_balance *balance;
	struct machine machine;

	machine_make(&machine, "blocks 0-3 zones Normal\nblocks 4-11 zones Movable\n");
	some = guard_plan(&machine, 2);
	ck_assert_uint_eq(memhp_guards_get_figure(some, MEMHP_GUARD_FIGURE_CHANGED), 256 * MIB);
	ck_assert_int_eq(memhp_guards_get_level(some, MEMHP_GUARD_IMBALANCE), DOUBT);
	balance = read_balance(machine.ctx);
	memhp_guards_set_balance(some, balance);
	ck_assert_int_eq(memhp_guards_get_level(some, MEMHP_GUARD_IMBALANCE), FINE);
	ck_assert_uint_eq(memhp_guards_get_figure(some, MEMHP_GUARD_FIGURE_MAX_KERNEL_LOSS), 256 * MIB);
	memhp_balance_free(balance);
	all = guard_plan(&machine, 0);
	ck_assert_uint_eq(memhp_guards_get_figure(all, MEMHP_GUARD_FIGURE_CHANGED), 12 * 128 * MIB);
	machine_release(&machine);
}
END_TEST

START_TEST(bad_values)
{
	GUARDS guards = NULL;

	ck_assert_int_eq(memhp_guards_new(&guards, MOVABLE + 1), -EINVAL);
	ck_assert_int_eq(memhp_guards_new(&guards, -1), -EINVAL);
	ck_assert_int_eq(memhp_guards_new(&guards, MEMHP_TRANSITION_UNKNOWN), -EINVAL);
	ck_assert_ptr_null(guards);
	guards = make_guards(OFFLINE, 1, 1, 1);
	ck_assert_int_eq(memhp_guards_get_level(guards, 0), MEMHP_GUARD_LEVEL_NONE);
	ck_assert_int_eq(memhp_guards_get_level(guards, MEMHP_GUARD_IMBALANCE + 1), MEMHP_GUARD_LEVEL_NONE);
	ck_assert_uint_eq(memhp_guards_get_figure(guards, 0), 0);
	ck_assert_uint_eq(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_MAX_KERNEL_LOSS + 1), 0);
	ck_assert_ptr_null(memhp_guard_name(0));
	ck_assert_ptr_null(memhp_guard_name(MEMHP_GUARD_IMBALANCE + 1));
	ck_assert_str_eq(memhp_guard_name(MEMHP_GUARD_MEMORY_LEFT), "memory-left");
	ck_assert_str_eq(memhp_guard_name(MEMHP_GUARD_IMBALANCE), "imbalance");
	/* More bytes than can be counted are all of them. */
	memhp_guards_add_bytes(guards, MEMHP_ZONE_MOVABLE, UINT64_MAX);
	ck_assert_uint_eq(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_CHANGED), UINT64_MAX);
	memhp_guards_free(NULL);
}
END_TEST

static const struct {
	uint64_t size, block_size;
	int rc;
	uint64_t blocks, less, more;
} sizes[] = {
	{ 128 * MIB, 128 * MIB, 0, 1, 0, 0 },
	{ GIB, 128 * MIB, 0, 8, 0, 0 },
	{ UINT64_C(1) << 63, UINT64_C(1) << 63, 0, 1, 0, 0 },
	{ 7, 1, 0, 7, 0, 0 },
	{ 0, 128 * MIB, -ERANGE, 0, 0, 128 * MIB },
	{ 100 * MIB, 128 * MIB, -ERANGE, 0, 0, 128 * MIB },
	{ GIB - 1, 128 * MIB, -ERANGE, 0, 896 * MIB, GIB },
	{ GIB + 1, 128 * MIB, -ERANGE, 0, GIB, GIB + 128 * MIB },
	{ UINT64_MAX, 128 * MIB, -ERANGE, 0, UINT64_MAX - 128 * MIB + 1, UINT64_MAX },
	{ GIB, 0, -EINVAL, 0, 0, 0 },
	{ GIB, 3 * MIB, -EINVAL, 0, 0, 0 },
};

START_TEST(size_to_blocks)
{
	uint64_t blocks = 0, less = 0, more = 0;

	ck_assert_int_eq(memhp_size_to_blocks(sizes[_i].size, sizes[_i].block_size, &blocks, &less, &more), sizes[_i].rc);
	ck_assert_uint_eq(blocks, sizes[_i].blocks);
	ck_assert_uint_eq(less, sizes[_i].less);
	ck_assert_uint_eq(more, sizes[_i].more);
}
END_TEST

UNIT("guards", tests)
{
	add_table(tests, memory, memory_left);
	add_table(tests, imbalance, balances);
	tcase_add_test(tests, goals);
	tcase_add_test(tests, moves);
	tcase_add_test(tests, figures_after);
	add_table(tests, balance_unknown, unread);
	tcase_add_test(tests, plans);
	tcase_add_test(tests, bad_values);
	add_table(tests, size_to_blocks, sizes);
}
