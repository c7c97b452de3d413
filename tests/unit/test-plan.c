// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>

#include "decide/request.h"
#include "unit.h"

#define OFFLINE MEMHP_TRANSITION_OFFLINE
#define ONLINE  MEMHP_TRANSITION_ONLINE
#define KERNEL  MEMHP_TRANSITION_ONLINE_KERNEL
#define MOVABLE MEMHP_TRANSITION_ONLINE_MOVABLE

static const char machine_text[] = "node 0\nnode 1\n"
				   "blocks 1 node 0 zones Normal\n"
				   "blocks 2 node 0,1 zones none\n"
				   "blocks 3 node 1 zones Movable\n"
				   "blocks 6 node 1 state offline zones \"Normal Movable\"\n"
				   "blocks 7 node 1 state offline zones \"Movable Normal\"\n"
				   "blocks 8 node 1 state going-offline zones \"Movable Normal\"\n"
				   "blocks 9 node 1 state odd zones Normal\n"
				   "blocks 10 node 1\n"
				   "blocks 11 node 1 state offline\n"
				   "blocks 137438953471 node 1 zones Movable\n";

#define MIB(n) ((uint64_t)(n) << 20)

/* Steps as "ID OUTCOME[/REASON] ZONE;" with "FIRST-LAST absent" for gaps; the selection is up to two ranges and a node. */
static const struct {
	enum memhp_transition action;
	const char *steps;
	bool only_pending;
	int node; /* 0: any, else this */
	struct {
		uint64_t start, last;
	} ranges[2]; /* of addresses; last 0: none */
} cases[] = {
	{ OFFLINE,
	  "1 planned Normal;2 impossible/several-zones none;3 planned Movable;6 already none;7 already none;8 planned none;"
	  "9 failed/unreadable unknown;10 planned unknown;11 already none;137438953471 planned Movable;" },
	{ ONLINE, "1 already Normal;2 already none;3 already Movable;6 planned Normal;7 planned Movable;8 planned none;"
		  "9 failed/unreadable unknown;10 already unknown;11 planned unknown;137438953471 already Movable;" },
	{ KERNEL,
	  "1 already Normal;2 already none;3 wrong-zone/other-zone Movable;6 planned Normal;7 planned Normal;8 planned none;"
	  "9 failed/unreadable unknown;10 already unknown;11 planned unknown;137438953471 wrong-zone/other-zone Movable;" },
	{ MOVABLE,
	  "1 wrong-zone/other-zone Normal;2 wrong-zone/other-zone none;3 already Movable;6 planned Movable;7 planned Movable;"
	  "8 planned Movable;9 failed/unreadable unknown;10 already unknown;11 planned Movable;137438953471 already Movable;" },
	/* only what is not yet there */
	{ OFFLINE,
	  "1 planned Normal;2 impossible/several-zones none;3 planned Movable;8 planned none;9 failed/unreadable unknown;"
	  "10 planned unknown;137438953471 planned Movable;",
	  .only_pending = true },
	{ ONLINE, "6 planned Normal;7 planned Movable;8 planned none;9 failed/unreadable unknown;11 planned unknown;",
	  .only_pending = true },
	{ MOVABLE, "6 planned Movable;7 planned Movable;8 planned Movable;9 failed/unreadable unknown;11 planned Movable;",
	  .only_pending = true },
	/* gaps at either end and in between, in the order of addresses */
	{ OFFLINE,
	  "0-0 absent none;1 planned Normal;2 impossible/several-zones none;3 planned Movable;4-5 absent none;6 already none;",
	  .ranges = { { 0, MIB(7 * 128) - 1 } } },
	{ OFFLINE, "1 planned Normal;2 impossible/several-zones none;", .ranges = { { MIB(128), MIB(256) } } },
	{ OFFLINE, "3 planned Movable;4-4 absent none;", .ranges = { { MIB(3 * 128), MIB(4 * 128) } } },
	{ OFFLINE, "4-4 absent none;", .ranges = { { MIB(4 * 128), MIB(4 * 128) } } },
	{ OFFLINE, "4-5 absent none;", .ranges = { { MIB(4 * 128), MIB(6 * 128) - 1 } } },
	{ OFFLINE, "12-137438953470 absent none;137438953471 planned Movable;", .ranges = { { MIB(12 * 128), UINT64_MAX } } },
	{ OFFLINE, "12-137438953470 absent none;", .ranges = { { MIB(12 * 128), UINT64_MAX - MIB(128) } } },
	/* no gap twice: ranges overlap, touch, hold each other, come in any order */
	{ OFFLINE, "3 planned Movable;4-5 absent none;6 already none;",
	  .ranges = { { MIB(3 * 128), MIB(5 * 128) }, { MIB(4 * 128), MIB(6 * 128) } } },
	{ OFFLINE, "3 planned Movable;4-4 absent none;5-5 absent none;6 already none;",
	  .ranges = { { MIB(5 * 128), MIB(6 * 128) }, { MIB(3 * 128), MIB(5 * 128) - 1 } } },
	{ OFFLINE, "3 planned Movable;4-5 absent none;6 already none;",
	  .ranges = { { MIB(3 * 128), MIB(6 * 128) }, { MIB(4 * 128), MIB(4 * 128) } } },
	{ OFFLINE, "12-137438953470 absent none;137438953471 planned Movable;",
	  .ranges = { { MIB(12 * 128), UINT64_MAX }, { MIB(13 * 128), UINT64_MAX } } },
	{ OFFLINE, "4-4 absent none;", .ranges = { { MIB(4 * 128), MIB(4 * 128) }, { MIB(4 * 128), MIB(4 * 128) } } },
	/* filters leave gaps alone */
	{ OFFLINE, "0-0 absent none;2 impossible/several-zones none;3 planned Movable;", .ranges = { { 0, MIB(4 * 128) - 1 } },
	  .node = 1 },
	{ ONLINE, "0-0 absent none;4-5 absent none;6 planned Normal;", .only_pending = true, .ranges = { { 0, MIB(7 * 128) - 1 } },
	  .node = 1 },
	{ OFFLINE, "", .node = 9 },
};

/* So many of the selected blocks: the order in which candidates are tried */
static const struct {
	enum memhp_transition action;
	uint64_t num_blocks, num_short;
	const char *steps;
} goals[] = {
	{ ONLINE, 1, 0,
	  "6 planned Normal;7 not-tried/spare Movable;8 not-tried/spare none;"
	  "11 not-tried/spare unknown;9 failed/unreadable unknown;" },
	{ ONLINE, 2, 0,
	  "6 planned Normal;7 planned Movable;8 not-tried/spare none;11 not-tried/spare unknown;9 failed/unreadable unknown;" },
	{ ONLINE, 100, 96, "6 planned Normal;7 planned Movable;8 planned none;11 planned unknown;9 failed/unreadable unknown;" },
	{ OFFLINE, 2, 0,
	  "137438953471 planned Movable;3 planned Movable;10 not-tried/spare unknown;8 not-tried/spare none;"
	  "1 not-tried/spare Normal;"
	  "2 impossible/several-zones none;9 failed/unreadable unknown;" },
	{ OFFLINE, UINT64_MAX, UINT64_MAX - 5,
	  "137438953471 planned Movable;3 planned Movable;10 planned unknown;8 planned none;1 planned Normal;"
	  "2 impossible/several-zones none;9 failed/unreadable unknown;" },
};

/* So many are to be online afterwards: at least to online, at most to take offline. Block 9 may be online, 8 is on its way. */
static const struct {
	enum memhp_transition action;
	uint64_t target;
	int met;
	uint64_t online, unknown, num_short;
	const char *steps;
	bool movable; /* blocks of that zone alone, of which 10 may be one */
} targets[] = {
	{ ONLINE, 5, 1, 5, 1, 0, "9 failed/unreadable unknown;" },
	{ ONLINE, 0, 1, 5, 1, 0, "9 failed/unreadable unknown;" },
	{ MOVABLE, 5, 1, 5, 1, 0, "9 failed/unreadable unknown;" },
	{ ONLINE, 6, 1, 5, 1, 0,
	  "6 planned Normal;7 not-tried/spare Movable;8 not-tried/spare none;11 not-tried/spare unknown;"
	  "9 failed/unreadable unknown;" },
	{ ONLINE, 10, 0, 5, 1, 1,
	  "6 planned Normal;7 planned Movable;8 planned none;11 planned unknown;9 failed/unreadable unknown;" },
	{ ONLINE, UINT64_MAX - 1, 0, 5, 1, UINT64_MAX - 10,
	  "6 planned Normal;7 planned Movable;8 planned none;11 planned unknown;9 failed/unreadable unknown;" },
	{ OFFLINE, 7, 1, 6, 1, 0, "9 failed/unreadable unknown;" },
	{ OFFLINE, 6, -ENODATA, 6, 1, 0, "9 failed/unreadable unknown;" },
	{ OFFLINE, 5, -ENODATA, 6, 1, 0,
	  "137438953471 planned Movable;3 not-tried/spare Movable;10 not-tried/spare unknown;8 not-tried/spare none;"
	  "1 not-tried/spare Normal;2 impossible/several-zones none;9 failed/unreadable unknown;" },
	{ OFFLINE, 0, 0, 6, 1, 1,
	  "137438953471 planned Movable;3 planned Movable;10 planned unknown;8 planned none;1 planned Normal;"
	  "2 impossible/several-zones none;9 failed/unreadable unknown;" },
	{ OFFLINE, 4, 1, 2, 2, 0, "9 failed/filter unknown;10 failed/filter unknown;", .movable = true },
	{ OFFLINE, 1, -ENODATA, 2, 2, 0,
	  "137438953471 planned Movable;3 not-tried/spare Movable;9 failed/filter unknown;10 failed/filter unknown;",
	  .movable = true },
};

static struct memhp_request *make_request(int i)
{
	struct memhp_selection *selection;
	struct memhp_request *request;

	ck_assert_int_eq(memhp_selection_new(&selection), 0);
	for (size_t k = 0; k < ARRAY_SIZE(cases[i].ranges); k++)
		if (cases[i].ranges[k].last)
			ck_assert_int_eq(memhp_selection_add_range(selection, cases[i].ranges[k].start, cases[i].ranges[k].last),
					 0);
	if (cases[i].node)
		ck_assert_int_eq(memhp_selection_add_node(selection, (unsigned int)cases[i].node), 0);
	ck_assert_int_eq(memhp_request_new(&request, cases[i].action), 0);
	memhp_request_set(request, MEMHP_SETTING_ONLY_PENDING, cases[i].only_pending);
	memhp_request_set_selection(request, selection);
	memhp_selection_unref(selection);
	return request;
}

static void print_step(FILE *file, const struct memhp_step *step)
{
	uint64_t first = memhp_step_get_start_addr(step) / MIB(128), last = memhp_step_get_last_addr(step) / MIB(128);

	ck_assert_uint_eq(memhp_step_get_block_id(step), first);
	ck_assert_uint_eq(memhp_step_get_start_addr(step) % MIB(128), 0);
	ck_assert_uint_eq(memhp_step_get_last_addr(step) % MIB(128), MIB(128) - 1);
	fprintf(file, "%llu", (unsigned long long)first);
	if (memhp_step_get_outcome(step) == MEMHP_OUTCOME_ABSENT)
		fprintf(file, "-%llu", (unsigned long long)last);
	else
		ck_assert_uint_eq(first, last);
	fprintf(file, " %s", memhp_outcome_name(memhp_step_get_outcome(step)));
	if (memhp_step_get_reason(step))
		fprintf(file, "/%s", memhp_reason_name(memhp_step_get_reason(step)));
	fprintf(file, " %s;", memhp_zone_name(memhp_step_get_zone(step)));
}

static void print_plan(const struct memhp_plan *plan, char *text, size_t size)
{
	FILE *file = fmemopen(text, size, "w");

	for (size_t i = 0; i < memhp_plan_get_num_steps(plan); i++)
		print_step(file, memhp_plan_get_step(plan, i));
	fclose(file);
}

START_TEST(planning)
{
	struct memhp_request *request = make_request(_i);
	struct memhp_snapshot *snapshot;
	_cleanup_plan_ struct memhp_plan *plan = NULL;
	struct machine machine;
	char text[1024] = "";

	machine_make(&machine, machine_text);
	snapshot = machine_scan(&machine, memhp_request_get_attrs(request));
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	/* A plan needs neither the machine nor the snapshot. */
	memhp_snapshot_unref(snapshot);
	machine_release(&machine);
	memhp_request_free(request);
	print_plan(plan, text, sizeof(text));
	ck_assert_str_eq(text, cases[_i].steps);
	ck_assert_uint_eq(memhp_plan_get_num_short(plan), 0);
}
END_TEST

/* An offline block of which the kernel lists other zones alone */
static const struct {
	enum memhp_transition action;
	const char *steps;
} zones[] = {
	{ ONLINE, "1 planned Normal;2 planned Movable;" },
	{ KERNEL, "1 planned Normal;2 impossible/other-zone none;" },
	{ MOVABLE, "1 impossible/other-zone none;2 planned Movable;" },
};

START_TEST(lacking_zones)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	_cleanup_request_ struct memhp_request *request = NULL;
	_cleanup_plan_ struct memhp_plan *plan = NULL;
	char text[1024] = "";

	machine_make(&machine, "blocks 1 state offline zones Normal\nblocks 2 state offline zones Movable\n");
	ck_assert_int_eq(memhp_request_new(&request, zones[_i].action), 0);
	snapshot = machine_scan(&machine, memhp_request_get_attrs(request));
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	print_plan(plan, text, sizeof(text));
	ck_assert_str_eq(text, zones[_i].steps);
}
END_TEST

START_TEST(choosing)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	_cleanup_request_ struct memhp_request *request = NULL;
	_cleanup_plan_ struct memhp_plan *plan = NULL;
	char text[1024] = "";

	machine_make(&machine, machine_text);
	ck_assert_int_eq(memhp_request_new(&request, goals[_i].action), 0);
	memhp_request_set(request, MEMHP_SETTING_NUM_BLOCKS, goals[_i].num_blocks);
	snapshot = machine_scan(&machine, memhp_request_get_attrs(request));
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	print_plan(plan, text, sizeof(text));
	ck_assert_str_eq(text, goals[_i].steps);
	ck_assert_uint_eq(memhp_plan_get_num_short(plan), goals[_i].num_short);
}
END_TEST

START_TEST(aiming)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_selection_ struct memhp_selection *selection = NULL;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	_cleanup_request_ struct memhp_request *request = NULL;
	_cleanup_plan_ struct memhp_plan *plan = NULL;
	uint64_t online, unknown;
	char text[1024] = "";

	machine_make(&machine, machine_text);
	ck_assert_int_eq(memhp_request_new(&request, targets[_i].action), 0);
	ck_assert_int_eq(memhp_selection_new(&selection), 0);
	if (targets[_i].movable)
		ck_assert_int_eq(memhp_selection_add_zone(selection, MEMHP_ZONE_MOVABLE), 0);
	memhp_request_set_selection(request, selection);
	ck_assert_int_eq(memhp_request_set(request, MEMHP_SETTING_NUM_ONLINE, targets[_i].target), 0);
	/* Does not count beside a target. */
	memhp_request_set(request, MEMHP_SETTING_NUM_BLOCKS, 1);
	snapshot = machine_scan(&machine, memhp_request_get_attrs(request));
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	print_plan(plan, text, sizeof(text));
	ck_assert_str_eq(text, targets[_i].steps);
	ck_assert_uint_eq(memhp_plan_get_num_short(plan), targets[_i].num_short);
	ck_assert_int_eq(memhp_plan_count_online(plan, &online, &unknown), targets[_i].met);
	ck_assert_uint_eq(online, targets[_i].online);
	ck_assert_uint_eq(unknown, targets[_i].unknown);
}
END_TEST

/* Each block has a goal of its own: online first, gaps are told, and no address counts twice. */
START_TEST(own_goals)
{
	static const struct {
		uint64_t first, last; /* blocks */
		enum memhp_transition goal;
	} ranges[] = { { 1, 1, KERNEL }, { 2, 2, OFFLINE },  { 3, 3, KERNEL },    { 4, 5, ONLINE },   { 6, 6, MOVABLE },
		       { 7, 7, KERNEL }, { 9, 10, OFFLINE }, { 11, 11, OFFLINE }, { 12, 13, OFFLINE } };
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	_cleanup_request_ struct memhp_request *request = NULL;
	_cleanup_plan_ struct memhp_plan *plan = NULL;
	char text[1024] = "";

	machine_make(&machine, machine_text);
	ck_assert_int_eq(memhp_request_new(&request, MEMHP_TRANSITION_NONE), 0);
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		ck_assert_int_eq(memhp_request_add_goal(request, MIB(128) * ranges[i].first, MIB(128) * (ranges[i].last + 1) - 1,
							ranges[i].goal),
				 0);
	/* Block 13 has its goal already. */
	ck_assert_int_eq(memhp_request_add_goal(request, MIB(128) * 13, MIB(128) * 13, OFFLINE), -EINVAL);
	snapshot = machine_scan(&machine, memhp_request_get_attrs(request));
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	print_plan(plan, text, sizeof(text));
	ck_assert_str_eq(text, "1 already Normal;4-5 absent none;6 planned Movable;7 planned Normal;3 planned unknown;"
			       "2 impossible/several-zones none;9 failed/unreadable unknown;10 planned unknown;11 already none;"
			       "12-13 absent none;");
	ck_assert_int_eq(memhp_plan_get_action(plan), MEMHP_TRANSITION_NONE);
	ck_assert_int_eq(memhp_step_get_action(memhp_plan_get_step(plan, 2)), MOVABLE);
	ck_assert_int_eq(memhp_step_get_zone_before(memhp_plan_get_step(plan, 2)), MEMHP_ZONE_NONE);
	/* Online, and to go to another zone: offline first, behind those that only come online */
	ck_assert_int_eq(memhp_step_get_action(memhp_plan_get_step(plan, 4)), KERNEL);
	ck_assert_int_eq(memhp_step_get_last_action(memhp_plan_get_step(plan, 4)), KERNEL);
	ck_assert_int_eq(memhp_step_get_zone_before(memhp_plan_get_step(plan, 4)), MEMHP_ZONE_MOVABLE);
	ck_assert_int_eq(memhp_step_get_action(memhp_plan_get_step(plan, 5)), OFFLINE);
}
END_TEST

/* Two goals for parts of one block: that of its first address counts. */
START_TEST(shared_block)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	_cleanup_request_ struct memhp_request *request = NULL, *online = NULL;
	_cleanup_plan_ struct memhp_plan *plan = NULL;
	char text[256] = "";

	machine_make(&machine, machine_text);
	ck_assert_int_eq(memhp_request_new(&request, MEMHP_TRANSITION_NONE), 0);
	ck_assert_int_eq(memhp_request_add_goal(request, MIB(128) * 3, MIB(128) * 3, OFFLINE), 0);
	ck_assert_int_eq(memhp_request_add_goal(request, MIB(128) * 3 + 1, MIB(128) * 3 + 1, KERNEL), 0);
	ck_assert_int_eq(memhp_request_add_goal(request, 0, 1, OFFLINE), -EINVAL);
	ck_assert_int_eq(memhp_request_add_goal(request, MIB(128) * 9, MIB(128) * 8, OFFLINE), -EINVAL);
	ck_assert_int_eq(memhp_request_add_goal(request, MIB(128) * 9, MIB(128) * 9, MEMHP_TRANSITION_ADD), -EINVAL);
	ck_assert_int_eq(memhp_request_set(request, MEMHP_SETTING_NUM_BLOCKS, 1), -EINVAL);
	ck_assert_int_eq(memhp_request_set(request, MEMHP_SETTING_NUM_ONLINE, 1), -EINVAL);
	ck_assert_int_eq(memhp_request_new(&online, ONLINE), 0);
	ck_assert_int_eq(memhp_request_add_goal(online, 0, 1, OFFLINE), -EINVAL);
	snapshot = machine_scan(&machine, memhp_request_get_attrs(request));
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	print_plan(plan, text, sizeof(text));
	ck_assert_str_eq(text, "3 planned Movable;");
}
END_TEST

/* A plan without a target counts nothing. */
START_TEST(aimless)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	_cleanup_request_ struct memhp_request *request = NULL, *configure = NULL;
	_cleanup_plan_ struct memhp_plan *plan = NULL;
	uint64_t online = 7, unknown = 7;

	machine_make(&machine, machine_text);
	ck_assert_int_eq(memhp_request_new(&request, ONLINE), 0);
	ck_assert_uint_eq(memhp_request_get(request, MEMHP_SETTING_NUM_ONLINE), UINT64_MAX);
	snapshot = machine_scan(&machine, memhp_request_get_attrs(request));
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	ck_assert_int_eq(memhp_plan_count_online(plan, &online, &unknown), -EINVAL);
	ck_assert_uint_eq(online + unknown, 14);
	ck_assert_int_eq(memhp_request_new(&configure, MEMHP_TRANSITION_CONFIGURE), 0);
	ck_assert_int_eq(memhp_request_set(configure, MEMHP_SETTING_NUM_ONLINE, 1), -EINVAL);
	ck_assert_int_eq(memhp_request_set(configure, MEMHP_SETTING_NUM_ONLINE, UINT64_MAX), 0);
}
END_TEST

START_TEST(steps)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	_cleanup_request_ struct memhp_request *request = NULL;
	_cleanup_plan_ struct memhp_plan *plan = NULL;
	const struct memhp_step *step;

	machine_make(&machine,
		     "blocks 0 zones Normal\nblocks 1 state odd\nblocks 2 zones Normal\nfifo " SYSFS_MEMORY "/memory2/state\n");
	ck_assert_int_eq(memhp_request_new(&request, OFFLINE), 0);
	snapshot = machine_scan(&machine, ALL_ATTRS);
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	ck_assert_uint_eq(memhp_plan_get_num_steps(plan), 3);
	ck_assert_ptr_null(memhp_plan_get_step(plan, 3));
	ck_assert_ptr_null(memhp_plan_get_step(plan, SIZE_MAX));
	step = memhp_plan_get_step(plan, 0);
	ck_assert_int_eq(memhp_step_get_action(step), OFFLINE);
	ck_assert_int_eq(memhp_step_get_state_before(step), MEMHP_STATE_ONLINE);
	ck_assert_int_eq(memhp_step_get_state_after(step), MEMHP_STATE_ONLINE);
	ck_assert_int_eq(memhp_step_get_error(step), 0);
	ck_assert_uint_eq(memhp_step_get_elapsed_ms(step), 0);
	ck_assert_uint_eq(memhp_step_get_left_bytes(step, MEMHP_PAGE_KIND_FREE), UINT64_MAX);
	step = memhp_plan_get_step(plan, 1);
	ck_assert_int_eq(memhp_step_get_state_before(step), MEMHP_STATE_UNKNOWN);
	ck_assert_int_eq(memhp_step_get_error(step), -EBADMSG);
	ck_assert_int_eq(memhp_step_get_error(memhp_plan_get_step(plan, 2)), -ESPIPE);
	ck_assert_uint_eq(memhp_plan_get_num_steps(plan), 3);
	ck_assert_int_eq(memhp_plan_get_action(plan), OFFLINE);
	memhp_plan_free(NULL);
}
END_TEST

/* A snapshot that cannot answer is refused. */
static const struct {
	unsigned int attrs;
	bool node;
	int rc;
} lacks[] = {
	{ 0, false, -ENODATA },
	{ MEMHP_ATTR_STATE, false, -ENODATA },
	{ MEMHP_ATTR_ZONES, false, 0 },
	{ MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES, false, 0 },
	{ MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES, true, -ENODATA },
	{ MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES, true, 0 },
	{ ALL_ATTRS, false, 0 },
};

START_TEST(lacking)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_selection_ struct memhp_selection *selection = NULL;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	_cleanup_request_ struct memhp_request *request = NULL;
	_cleanup_plan_ struct memhp_plan *plan = NULL;

	machine_make(&machine, machine_text);
	snapshot = machine_scan(&machine, lacks[_i].attrs);
	ck_assert_int_eq(memhp_request_new(&request, ONLINE), 0);
	ck_assert_int_eq(memhp_selection_new(&selection), 0);
	if (lacks[_i].node)
		ck_assert_int_eq(memhp_selection_add_node(selection, 0), 0);
	memhp_request_set_selection(request, selection);
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), lacks[_i].rc);
	ck_assert_int_eq(plan == NULL, lacks[_i].rc < 0);
}
END_TEST

START_TEST(requests)
{
	struct memhp_request *request = NULL;
	struct memhp_selection *selection;

	ck_assert_int_eq(memhp_request_new(&request, MOVABLE + 1), -EINVAL);
	ck_assert_int_eq(memhp_request_new(&request, (enum memhp_transition) - 1), -EINVAL);
	ck_assert_ptr_null(request);
	for (int action = OFFLINE; action <= (int)MOVABLE; action++) {
		ck_assert_int_eq(memhp_request_new(&request, action), 0);
		ck_assert_uint_eq(memhp_request_get(request, MEMHP_SETTING_TIMEOUT_MS), MEMHP_NO_TIMEOUT);
		ck_assert_uint_eq(memhp_request_get(request, MEMHP_SETTING_BLOCK_TIMEOUT_MS), 120000);
		ck_assert_uint_eq(memhp_request_get(request, MEMHP_SETTING_GRACE_MS), 5000);
		ck_assert_uint_eq(memhp_request_get(request, MEMHP_SETTING_ROLLBACK_TIMEOUT_MS), 300000);
		ck_assert_uint_eq(memhp_request_get(request, MEMHP_SETTING_MAX_KERNEL_LOSS_BYTES), UINT64_MAX);
		ck_assert_uint_eq(memhp_request_get(request, MEMHP_SETTING_KERNEL_LOG), true);
		ck_assert_uint_eq(memhp_request_get(request, MEMHP_SETTING_KERNEL_DEBUG), false);
		ck_assert_int_eq(memhp_request_get_action(request), action);
		ck_assert_ptr_null(memhp_request_get_selection(request));
		ck_assert_ptr_null(memhp_request_get_eject(request));
		memhp_request_free(request);
	}
	memhp_request_free(NULL);
	ck_assert_int_eq(memhp_request_new(&request, ONLINE), 0);
	memhp_request_set(request, MEMHP_SETTING_TIMEOUT_MS, 1);
	memhp_request_set(request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 2);
	ck_assert_uint_eq(memhp_request_get(request, MEMHP_SETTING_TIMEOUT_MS), 1);
	ck_assert_uint_eq(memhp_request_get(request, MEMHP_SETTING_BLOCK_TIMEOUT_MS), 2);

	/* Each is one of its own, and a flag is no number. */
	for (int setting = MEMHP_SETTING_ONLY_PENDING; setting <= (int)MEMHP_SETTING_NUM_ONLINE; setting++) {
		bool is_flag = memhp_request_set(request, setting, 2) < 0;

		ck_assert_int_eq(memhp_request_set(request, setting, UINT64_MAX), is_flag ? -EINVAL : 0);
		ck_assert_int_eq(memhp_request_set(request, setting, is_flag ? setting % 2 : setting), 0);
	}
	for (int setting = MEMHP_SETTING_ONLY_PENDING; setting <= (int)MEMHP_SETTING_NUM_ONLINE; setting++)
		ck_assert_uint_eq(memhp_request_get(request, setting),
				  memhp_request_set(request, setting, 2) < 0 ? setting % 2 : setting);
	ck_assert_int_eq(memhp_request_set_eject(request, "dax0.0"), -EINVAL);

	/* The same selection again, another one, none */
	ck_assert_int_eq(memhp_selection_new(&selection), 0);
	memhp_request_set_selection(request, selection);
	ck_assert_ptr_eq(memhp_request_get_selection(request), selection);
	memhp_selection_unref(selection);
	memhp_request_set_selection(request, selection);
	ck_assert_int_eq(memhp_selection_add_zone(selection, MEMHP_ZONE_NORMAL), 0);
	ck_assert_int_eq(memhp_selection_add_node(selection, 0), 0);
	ck_assert_uint_eq(memhp_request_get_attrs(request), MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES);
	memhp_request_set_selection(request, NULL);
	ck_assert_uint_eq(memhp_request_get_attrs(request), MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES);
	memhp_request_free(request);
	memhp_request_free(NULL);
}
END_TEST

/* More steps than fit at once */
START_TEST(many_steps)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	_cleanup_request_ struct memhp_request *request = NULL;
	_cleanup_selection_ struct memhp_selection *selection = NULL;
	_cleanup_plan_ struct memhp_plan *plan = NULL;
	char text[1024] = "";

	for (int id = 1; id < 60; id += 2)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "blocks %d\n", id);
	machine_make(&machine, text);
	ck_assert_int_eq(memhp_selection_new(&selection), 0);
	ck_assert_int_eq(memhp_selection_add_range(selection, 0, MIB(60 * 128) - 1), 0);
	ck_assert_int_eq(memhp_request_new(&request, OFFLINE), 0);
	memhp_request_set_selection(request, selection);
	snapshot = machine_scan(&machine, memhp_request_get_attrs(request));
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	ck_assert_uint_eq(memhp_plan_get_num_steps(plan), 60);
	for (size_t i = 0; i < 60; i++) {
		const struct memhp_step *step = memhp_plan_get_step(plan, i);

		ck_assert_uint_eq(memhp_step_get_block_id(step), i);
		ck_assert_int_eq(memhp_step_get_outcome(step), i % 2 ? MEMHP_OUTCOME_PLANNED : MEMHP_OUTCOME_ABSENT);
	}
}
END_TEST

/* Block 0: free pages; 1: none that can move; 2: reserved, which is never moved; 3 and 4: in use, 4 less; 5: Movable, in use */
#define RANKED                                                                                                              \
	"block_size 0x10000\nblocks 0-4 zones Normal\nblocks 5 zones Movable\nblocks 6 zones none\nblocks 7 zones Normal\n" \
	"kpageflags 0 400*16 80*16 100000000*16 20*16 20*2 400*14 1020*16\n"

/* ZONE_MOVABLE, then as assessed, then what was not looked at, and last what will not go */
START_TEST(ranking)
{
	static const uint64_t order[] = { 5, 0, 4, 3, 1, 7, 2, 6 };
	_cleanup_machine_ struct machine machine;
	_cleanup_assessment_ struct memhp_assessment *assessment = NULL;
	_cleanup_selection_ struct memhp_selection *selection = NULL;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	_cleanup_request_ struct memhp_request *request = NULL;
	_cleanup_plan_ struct memhp_plan *plan = NULL;

	machine_make(&machine, RANKED);
	ck_assert_int_eq(memhp_request_new(&request, OFFLINE), 0);
	snapshot = machine_scan(&machine, memhp_request_get_attrs(request));
	ck_assert_int_eq(memhp_selection_new(&selection), 0);
	ck_assert_int_eq(memhp_selection_add_blocks(selection, 0, 5), 0);
	ck_assert_int_eq(memhp_assessment_new(&assessment, snapshot, selection, 0, 0, MEMHP_NO_TIMEOUT), 0);
	memhp_request_set(request, MEMHP_SETTING_NUM_BLOCKS, 3);
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	ck_assert_int_eq(memhp_step_get_score(memhp_plan_get_step(plan, 0)), -1);
	memhp_plan_free(take_ptr(plan));
	ck_assert_int_eq(memhp_plan_new_assessed(&plan, snapshot, request, assessment), 0);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		const struct memhp_step *step = memhp_plan_get_step(plan, i);

		ck_assert_uint_eq(memhp_step_get_block_id(step), order[i]);
		ck_assert_int_eq(memhp_step_get_score(step) >= 0, order[i] < 6);
		ck_assert_int_eq(memhp_step_get_outcome(step) == MEMHP_OUTCOME_PLANNED, i < 3);
		ck_assert_int_eq(memhp_step_get_reason(step) == MEMHP_REASON_SPARE, i >= 3 && order[i] != 6);
	}
	ck_assert_uint_eq(memhp_plan_get_num_short(plan), 0);
}
END_TEST

/* What is certain is not planned: block 1 has a hole. Who looks at no pages knows as much. */
START_TEST(certainty)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_assessment_ struct memhp_assessment *assessment = NULL;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	_cleanup_request_ struct memhp_request *request = NULL, *online = NULL;
	_cleanup_plan_ struct memhp_plan *plan = NULL;

	machine_make(&machine, "block_size 0x10000\nblocks 0-2 zones Normal\nkpageflags 0 400*48\n"
			       "file proc/iomem \"00000000-0001efff : System RAM\\n00020000-0002ffff : System RAM\\n\"\n");
	ck_assert_int_eq(memhp_request_new(&request, OFFLINE), 0);
	ck_assert_int_eq(memhp_request_new(&online, ONLINE), 0);
	snapshot = machine_scan(&machine, memhp_request_get_attrs(request));
	ck_assert_int_eq(memhp_assessment_new(&assessment, snapshot, NULL, MEMHP_ASSESS_NO_PAGES, 4, MEMHP_NO_TIMEOUT), 0);
	ck_assert_int_eq(memhp_assessment_get_evidence_error(assessment, MEMHP_EVIDENCE_PAGE_FLAGS), -ENODATA);
	ck_assert_uint_eq(memhp_candidate_get_bytes(memhp_assessment_get_candidate(assessment, 0), MEMHP_PAGE_KIND_FREE),
			  UINT64_MAX);
	ck_assert_int_eq(memhp_plan_new_assessed(&plan, snapshot, online, assessment), -EINVAL);
	ck_assert_int_eq(memhp_plan_new_assessed(&plan, snapshot, request, assessment), 0);
	ck_assert_int_eq(memhp_step_get_outcome(memhp_plan_get_step(plan, 0)), MEMHP_OUTCOME_PLANNED);
	ck_assert_int_eq(memhp_step_get_outcome(memhp_plan_get_step(plan, 1)), MEMHP_OUTCOME_IMPOSSIBLE);
	ck_assert_int_eq(memhp_step_get_reason(memhp_plan_get_step(plan, 1)), MEMHP_REASON_MEMORY_HOLE);
	ck_assert_int_eq(memhp_step_get_outcome(memhp_plan_get_step(plan, 2)), MEMHP_OUTCOME_PLANNED);
	ck_assert_int_eq(memhp_step_get_score(memhp_plan_get_step(plan, 2)), -1);
}
END_TEST

UNIT("plan", tests)
{
	add_table(tests, planning, cases);
	add_table(tests, lacking_zones, zones);
	add_table(tests, choosing, goals);
	add_table(tests, aiming, targets);
	tcase_add_test(tests, aimless);
	tcase_add_test(tests, own_goals);
	tcase_add_test(tests, shared_block);
	tcase_add_test(tests, steps);
	add_table(tests, lacking, lacks);
	tcase_add_test(tests, requests);
	tcase_add_test(tests, many_steps);
	tcase_add_test(tests, ranking);
	tcase_add_test(tests, certainty);
}
