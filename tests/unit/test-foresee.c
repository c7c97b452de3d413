// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a plan knows of standby memory and of dax devices before anything is tried */
#include "unit.h"

#define KEEP      MEMHP_MEMMAP_KEEP
#define ELSEWHERE MEMHP_MEMMAP_ELSEWHERE
#define ON_MEMORY MEMHP_MEMMAP_ON_MEMORY
#define UP        MEMHP_TRANSITION_CONFIGURE
#define DOWN      MEMHP_TRANSITION_DECONFIGURE

#define CONFIG "sys/firmware/memory/memory4/config"
#define MEMMAP "sys/firmware/memory/memory4/memmap_on_memory"

/* Block 4 of a machine */
static const struct {
	const char *machine;
	enum memhp_transition action;
	enum memhp_memmap wanted;
	enum memhp_outcome outcome;
	enum memhp_reason reason;
	int error;
	enum memhp_state before;
	enum memhp_memmap memmap;
} blocks[] = {
	{ "blocks 4 config 0 memmap_on_memory 0", UP, KEEP, MEMHP_OUTCOME_PLANNED, MEMHP_REASON_NONE, 0, MEMHP_STATE_STANDBY,
	  ELSEWHERE },
	{ "blocks 4 config 0 memmap_on_memory 0", UP, ON_MEMORY, MEMHP_OUTCOME_PLANNED, MEMHP_REASON_NONE, 0, MEMHP_STATE_STANDBY,
	  ON_MEMORY },
	{ "blocks 4 config 0 memmap_on_memory 1", UP, ELSEWHERE, MEMHP_OUTCOME_PLANNED, MEMHP_REASON_NONE, 0, MEMHP_STATE_STANDBY,
	  ELSEWHERE },
	{ "blocks 4 config 0", UP, ELSEWHERE, MEMHP_OUTCOME_PLANNED, MEMHP_REASON_NONE, 0, MEMHP_STATE_STANDBY, KEEP },
	{ "blocks 4 config 0", UP, ON_MEMORY, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_NO_MEMMAP, 0, MEMHP_STATE_STANDBY, KEEP },
	{ "blocks 4 config 0\nfile " MEMMAP " \"?\"", UP, ON_MEMORY, MEMHP_OUTCOME_FAILED, MEMHP_REASON_UNREADABLE, -EBADMSG,
	  MEMHP_STATE_STANDBY, KEEP },
	{ "blocks 4 config 0\nfile " MEMMAP " \"?\"", UP, KEEP, MEMHP_OUTCOME_PLANNED, MEMHP_REASON_NONE, 0, MEMHP_STATE_STANDBY,
	  KEEP },
	{ "blocks 4 config 0 memmap_on_memory 1", DOWN, KEEP, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE, 0, MEMHP_STATE_STANDBY,
	  ON_MEMORY },
	{ "blocks 4 zones Normal config 1 memmap_on_memory 0", UP, KEEP, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE, 0,
	  MEMHP_STATE_ONLINE, ELSEWHERE },
	{ "blocks 4 zones Normal config 1 memmap_on_memory 0", UP, ON_MEMORY, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_MEMMAP_FIXED,
	  0, MEMHP_STATE_ONLINE, ELSEWHERE },
	{ "blocks 4 zones Normal config 1 memmap_on_memory 0", DOWN, KEEP, MEMHP_OUTCOME_BUSY, MEMHP_REASON_NOT_OFFLINE, 0,
	  MEMHP_STATE_ONLINE, ELSEWHERE },
	{ "blocks 4 state going-offline config 1", DOWN, KEEP, MEMHP_OUTCOME_BUSY, MEMHP_REASON_NOT_OFFLINE, 0,
	  MEMHP_STATE_GOING_OFFLINE, KEEP },
	{ "blocks 4 state offline config 1", DOWN, KEEP, MEMHP_OUTCOME_PLANNED, MEMHP_REASON_NONE, 0, MEMHP_STATE_OFFLINE, KEEP },
	{ "blocks 4 state odd config 1", DOWN, KEEP, MEMHP_OUTCOME_FAILED, MEMHP_REASON_UNREADABLE, -EBADMSG, MEMHP_STATE_UNKNOWN,
	  KEEP },
	{ "blocks 4 state odd config 1", UP, KEEP, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE, 0, MEMHP_STATE_UNKNOWN, KEEP },
	{ "blocks 4 state offline config 1\nfile " CONFIG " \"?\"", DOWN, KEEP, MEMHP_OUTCOME_FAILED, MEMHP_REASON_UNREADABLE,
	  -EBADMSG, MEMHP_STATE_OFFLINE, KEEP },
	{ "blocks 4 state offline memmap_on_memory 1", DOWN, KEEP, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_NO_CONFIG, 0,
	  MEMHP_STATE_OFFLINE, ON_MEMORY },
	/* The state of what has no block cannot be asked for. */
	{ "blocks 4 config 0", MEMHP_TRANSITION_ONLINE, KEEP, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_STANDBY, 0,
	  MEMHP_STATE_STANDBY, KEEP },
	{ "blocks 4 config 0", MEMHP_TRANSITION_OFFLINE, KEEP, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_STANDBY, 0,
	  MEMHP_STATE_STANDBY, KEEP },
};

static struct memhp_request *ask(enum memhp_transition action, enum memhp_memmap memmap)
{
	struct memhp_request *request;

	ck_assert_int_eq(memhp_request_new(&request, action), 0);
	if (memmap)
		ck_assert_int_eq(memhp_request_set_memmap(request, memmap), 0);
	return request;
}

static struct memhp_plan *make_plan(const struct memhp_snapshot *snapshot, struct memhp_request *request)
{
	struct memhp_plan *plan;

	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	return plan;
}

static void check_step(const struct memhp_step *step, enum memhp_outcome outcome, enum memhp_reason reason, int error,
		       enum memhp_state before)
{
	ck_assert_str_eq(memhp_outcome_name(memhp_step_get_outcome(step)), memhp_outcome_name(outcome));
	ck_assert_str_eq(memhp_reason_name(memhp_step_get_reason(step)), memhp_reason_name(reason));
	ck_assert_int_eq(memhp_step_get_error(step), error);
	ck_assert_str_eq(memhp_state_name(memhp_step_get_state_before(step)), memhp_state_name(before));
	ck_assert_int_eq(memhp_step_get_state_after(step), memhp_step_get_state_before(step));
}

START_TEST(block)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_request_ struct memhp_request *request = ask(blocks[_i].action, blocks[_i].wanted);
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	_cleanup_plan_ struct memhp_plan *plan = NULL;
	const struct memhp_step *step;

	machine_make(&machine, blocks[_i].machine);
	snapshot = machine_scan(&machine, ALL_ATTRS);
	plan = make_plan(snapshot, request);
	step = memhp_plan_get_step(plan, 0);
	ck_assert_uint_eq(memhp_step_get_block_id(step), 4);
	check_step(step, blocks[_i].outcome, blocks[_i].reason, blocks[_i].error, blocks[_i].before);
	ck_assert_int_eq(memhp_step_get_memmap(step), blocks[_i].memmap);
}
END_TEST

/* Where only what is not yet so is meant, or the library chooses, the rest is of no interest, but for what nobody can tell. */
START_TEST(left_out)
{
	static const struct {
		enum memhp_transition action;
		bool only_pending;
		uint64_t goal;
		size_t num_steps;
	} cases[] = {
		{ UP, false, 0, 6 },  { UP, true, 0, 4 },    { UP, false, 1, 4 },
		{ DOWN, true, 0, 2 }, { DOWN, false, 1, 2 }, { MEMHP_TRANSITION_ONLINE, true, 0, 2 },
	};
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;

	machine_make(&machine, "blocks 0 zones Normal config 1\nblocks 1-2 state offline config 1\nblocks 3-5 config 0\n"
			       "file sys/firmware/memory/memory2/config \"?\"");
	snapshot = machine_scan(&machine, ALL_ATTRS);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_request_ struct memhp_request *request = ask(cases[i].action, KEEP);
		_cleanup_plan_ struct memhp_plan *plan = NULL;

		memhp_request_set(request, MEMHP_SETTING_ONLY_PENDING, cases[i].only_pending);
		memhp_request_set(request, MEMHP_SETTING_NUM_BLOCKS, cases[i].goal);
		plan = make_plan(snapshot, request);
		ck_assert_msg(memhp_plan_get_num_steps(plan) == cases[i].num_steps, "case %zu: %zu steps", i,
			      memhp_plan_get_num_steps(plan));
	}
}
END_TEST

#define DAX(state, zone)                                                                   \
	"blocks 0 state online zones Normal\nblocks 4-5 state " state " zones " zone "\n"  \
	"file proc/iomem \"00000000-07ffffff : System RAM\\n20000000-2fffffff : dax0.0\\n" \
	"  20000000-2fffffff : System RAM (kmem)\\n\"\nfile sys/bus/dax/devices/dax0.0/size \"1\\n\"\n"
#define NO_BLOCKS "blocks 0 state online zones Normal\nfile proc/iomem \"00000000-07ffffff : System RAM\\n\"\nboot_map 0\n"
#define HIDDEN    "blocks 0-1 state online zones Normal\nfile sys/bus/dax/devices/dax0.0/size \"1\\n\"\n"

static const struct {
	const char *machine;
	enum memhp_transition action, state;
	enum memhp_outcome outcome;
	enum memhp_reason reason;
	enum memhp_state before;
} devices[] = {
	{ DAX("offline", "Movable"), MEMHP_TRANSITION_ONLINE, MEMHP_TRANSITION_UNPLUG, MEMHP_OUTCOME_PLANNED, MEMHP_REASON_NONE,
	  MEMHP_STATE_STANDBY },
	{ DAX("online", "Movable"), MEMHP_TRANSITION_ONLINE, MEMHP_TRANSITION_OFFLINE, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE,
	  MEMHP_STATE_ONLINE },
	{ DAX("online", "Movable"), MEMHP_TRANSITION_ONLINE_MOVABLE, MEMHP_TRANSITION_ONLINE, MEMHP_OUTCOME_ALREADY,
	  MEMHP_REASON_NONE, MEMHP_STATE_ONLINE },
	{ DAX("online", "Movable"), MEMHP_TRANSITION_ONLINE_KERNEL, MEMHP_TRANSITION_ONLINE, MEMHP_OUTCOME_WRONG_ZONE,
	  MEMHP_REASON_OTHER_ZONE, MEMHP_STATE_ONLINE },
	/* A zone that nobody can name is not the one asked for. */
	{ DAX("online", "Strange"), MEMHP_TRANSITION_ONLINE_MOVABLE, MEMHP_TRANSITION_ONLINE, MEMHP_OUTCOME_WRONG_ZONE,
	  MEMHP_REASON_OTHER_ZONE, MEMHP_STATE_ONLINE },
	{ DAX("offline", "Movable"), MEMHP_TRANSITION_ONLINE, MEMHP_TRANSITION_ONLINE, MEMHP_OUTCOME_BUSY,
	  MEMHP_REASON_NOT_UNPLUGGED, MEMHP_STATE_OFFLINE },
	{ DAX("offline", "Movable") "file sys/devices/system/memory/memory4/state \"online\\n\"", MEMHP_TRANSITION_ONLINE,
	  MEMHP_TRANSITION_ONLINE, MEMHP_OUTCOME_BUSY, MEMHP_REASON_NOT_UNPLUGGED, MEMHP_STATE_UNKNOWN },
	{ NO_BLOCKS, MEMHP_TRANSITION_ONLINE, MEMHP_TRANSITION_ONLINE, MEMHP_OUTCOME_BUSY, MEMHP_REASON_NO_BLOCKS,
	  MEMHP_STATE_ONLINE },
	/* Without addresses in iomem: the blocks may be its own. */
	{ HIDDEN, MEMHP_TRANSITION_ONLINE, MEMHP_TRANSITION_OFFLINE, MEMHP_OUTCOME_BUSY, MEMHP_REASON_NOT_UNPLUGGED,
	  MEMHP_STATE_UNKNOWN },
};

/* Of a device that is in, the setting stays what it is. */
static const struct {
	enum memhp_memmap found, wanted;
	enum memhp_transition state;
	enum memhp_outcome outcome;
	enum memhp_reason reason;
} device_memmaps[] = {
	{ ELSEWHERE, KEEP, MEMHP_TRANSITION_UNPLUG, MEMHP_OUTCOME_PLANNED, MEMHP_REASON_NONE },
	{ ELSEWHERE, ELSEWHERE, MEMHP_TRANSITION_UNPLUG, MEMHP_OUTCOME_PLANNED, MEMHP_REASON_NONE },
	{ ON_MEMORY, ON_MEMORY, MEMHP_TRANSITION_UNPLUG, MEMHP_OUTCOME_PLANNED, MEMHP_REASON_NONE },
	{ ON_MEMORY, ON_MEMORY, MEMHP_TRANSITION_ONLINE, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE },
	{ ELSEWHERE, ON_MEMORY, MEMHP_TRANSITION_UNPLUG, MEMHP_OUTCOME_PLANNED, MEMHP_REASON_NONE },
	{ ON_MEMORY, ELSEWHERE, MEMHP_TRANSITION_UNPLUG, MEMHP_OUTCOME_PLANNED, MEMHP_REASON_NONE },
	{ ELSEWHERE, ON_MEMORY, MEMHP_TRANSITION_ONLINE, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_MEMMAP_FIXED },
	{ ON_MEMORY, ELSEWHERE, MEMHP_TRANSITION_ONLINE, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_MEMMAP_FIXED },
	{ KEEP, ON_MEMORY, MEMHP_TRANSITION_UNPLUG, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_NO_MEMMAP },
	{ KEEP, ELSEWHERE, MEMHP_TRANSITION_UNPLUG, MEMHP_OUTCOME_PLANNED, MEMHP_REASON_NONE },
};

START_TEST(device_memmap)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_request_ struct memhp_request *request = ask(MEMHP_TRANSITION_ONLINE, KEEP);
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	_cleanup_plan_ struct memhp_plan *plan = NULL;
	const struct memhp_step *step;

	machine_make(&machine, DAX("online", "Movable"));
	ck_assert_int_eq(memhp_request_set_device(request, "dax0.0", device_memmaps[_i].state, device_memmaps[_i].found, 0), 0);
	ck_assert_int_eq(memhp_request_set_memmap(request, device_memmaps[_i].wanted), 0);
	snapshot = machine_scan(&machine, memhp_request_get_attrs(request));
	plan = make_plan(snapshot, request);
	step = memhp_plan_get_step(plan, 0);
	/* A plan has it as it will be. */
	ck_assert_int_eq(memhp_step_get_memmap(step), device_memmaps[_i].outcome == MEMHP_OUTCOME_PLANNED &&
								      device_memmaps[_i].found && device_memmaps[_i].wanted
							      ? device_memmaps[_i].wanted
							      : device_memmaps[_i].found);
	check_step(step, device_memmaps[_i].outcome, device_memmaps[_i].reason, 0, memhp_step_get_state_before(step));
}
END_TEST

START_TEST(device)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_request_ struct memhp_request *request = ask(devices[_i].action, KEEP);
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	_cleanup_plan_ struct memhp_plan *plan = NULL;
	const struct memhp_step *step;

	machine_make(&machine, devices[_i].machine);
	ck_assert_int_eq(memhp_request_set_device(request, "dax0.0", devices[_i].state, MEMHP_MEMMAP_KEEP, 0), 0);
	snapshot = machine_scan(&machine, memhp_request_get_attrs(request));
	plan = make_plan(snapshot, request);
	step = memhp_plan_get_step(plan, 0);
	ck_assert_uint_eq(memhp_plan_get_num_steps(plan), 1);
	ck_assert_str_eq(memhp_step_get_device(step), "dax0.0");
	ck_assert_uint_eq(memhp_step_get_block_id(step), UINT64_MAX);
	ck_assert_uint_eq(memhp_step_get_size_bytes(step), 0);
	check_step(step, devices[_i].outcome, devices[_i].reason, 0, devices[_i].before);
}
END_TEST

UNIT("foresee", tests)
{
	add_table(tests, block, blocks);
	tcase_add_test(tests, left_out);
	add_table(tests, device, devices);
	add_table(tests, device_memmap, device_memmaps);
}
