// SPDX-License-Identifier: GPL-2.0-or-later
/* What the headers promise of bad arguments and of names: contracts.py makes the tests of the headers, function by function. */
#include <fcntl.h>
#include <limits.h>

#include "../unit/unit.h"
#include "read/event.h"

/* One object of each type, named as memhp_NAME */
static struct {
	struct memhp_ctx *ctx;
	struct memhp_snapshot *snapshot;
	const struct memhp_block *block;
	const struct memhp_node *node;
	const struct memhp_source *source;
	struct memhp_selection *selection;
	struct memhp_request *request;
	struct memhp_plan *plan;
	struct memhp_result *result;
	const struct memhp_step *step;
	struct memhp_policy *policy;
	struct memhp_policy_findings *policy_findings;
	struct memhp_agents *agents;
	struct memhp_huge_pools *huge_pools;
	const struct memhp_huge_pool *huge_pool;
	struct memhp_guards *guards;
	struct memhp_assessment *assessment;
	const struct memhp_candidate *candidate;
	const struct memhp_finding *finding;
	struct memhp_probe *probe;
	struct memhp_writer *writer;
	struct memhp_mappers *mappers;
	const struct memhp_process *process;
	struct memhp_status_findings *status_findings;
	const struct memhp_status_finding *status_finding;
	struct memhp_monitor *monitor;
	struct memhp_event *event;
} thing;

static struct machine machine;

#define POOL(counter) "file sys/kernel/mm/hugepages/hugepages-2048kB/" counter "_hugepages \"1\\n\"\n"

/* What a failing function must not touch: an object, an enum or a number */
static uint64_t untouched;
#define UNTOUCHED UINT64_C(0xa5a5a5a5a5a5a5a5)

static void set_up(void)
{
	const uint64_t start = 0x1000, last = 0x1fff;

	machine_make(&machine,
		     "auto_online online\nprobe\nnode 0\nnode 1\nblocks 0-8 node 0 zones Normal\nboot_map 0-8\n"
		     "cmdline movable_node\ndir run\ndir sys/bus/acpi/devices/PNP0C80:00\nfile proc/7/status \"Name:\\ta\\n\"\n"
		     "file proc/7/maps \"00000000-00001000 rw-p 00000000 00:00 0\\n\"\n"
		     "file proc/7/pagemap \"\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x80\"\n" POOL("nr") POOL("free") POOL("surplus"));
	machine_take_stores(&machine);
	thing.ctx = machine.ctx;
	thing.snapshot = machine_scan(&machine, ALL_ATTRS);
	thing.block = memhp_snapshot_get_block(thing.snapshot, 0);
	thing.node = memhp_snapshot_get_node(thing.snapshot, 0);
	thing.source = memhp_snapshot_get_source(thing.snapshot, 0);
	ck_assert_int_eq(memhp_selection_new(&thing.selection), 0);
	ck_assert_int_eq(memhp_request_new(&thing.request, MEMHP_TRANSITION_ONLINE), 0);
	ck_assert_int_eq(memhp_plan_new(&thing.plan, thing.snapshot, thing.request), 0);
	ck_assert_int_eq(memhp_plan_apply(thing.plan, &thing.result), 0);
	thing.step = memhp_result_get_step(thing.result, 0);
	ck_assert_int_eq(memhp_policy_new(&thing.policy, thing.ctx), 0);
	ck_assert_int_eq(memhp_agents_new(&thing.agents, thing.ctx), 0);
	ck_assert_int_eq(memhp_policy_findings_new(&thing.policy_findings, thing.policy, thing.agents, NULL), 0);
	ck_assert_int_eq(memhp_huge_pools_new(&thing.huge_pools, thing.ctx), 0);
	thing.huge_pool = memhp_huge_pools_get(thing.huge_pools, 0);
	ck_assert_int_eq(memhp_guards_new(&thing.guards, MEMHP_TRANSITION_ONLINE), 0);
	ck_assert_int_eq(memhp_assessment_new(&thing.assessment, thing.snapshot, NULL, 0, 0, MEMHP_NO_TIMEOUT), 0);
	thing.candidate = memhp_assessment_get_candidate(thing.assessment, 0);
	thing.finding = memhp_candidate_get_finding(thing.candidate, 0);
	ck_assert_int_eq(memhp_probe_new(&thing.probe, thing.ctx, UINT64_C(0x100000000)), 0);
	ck_assert_int_eq(memhp_mappers_new(&thing.mappers, thing.ctx, &start, &last, 1, MEMHP_NO_TIMEOUT), 0);
	thing.process = memhp_mappers_get_process(thing.mappers, 0, 0);
	ck_assert_int_eq(memhp_status_findings_new(&thing.status_findings, thing.snapshot), 0);
	thing.status_finding = memhp_status_findings_get(thing.status_findings, 0);
	ck_assert_int_eq(memhp_monitor_new(&thing.monitor, thing.ctx, 0), 0);
	ck_assert_int_eq(memhp__event_new(&thing.event, MEMHP_EVENT_KIND_ADD, NULL, thing.block, false), 0);
	ck_assert_ptr_nonnull(thing.process);
	ck_assert_ptr_nonnull(thing.huge_pool);
	ck_assert_ptr_nonnull(thing.status_finding);
	ck_assert(thing.block && thing.node && thing.source && thing.step && thing.finding);
	untouched = UNTOUCHED;
}

static void tear_down(void)
{
	ck_assert_uint_eq(untouched, UNTOUCHED);
	memhp_event_free(thing.event);
	memhp_monitor_free(thing.monitor);
	memhp_status_findings_free(thing.status_findings);
	memhp_mappers_free(thing.mappers);
	memhp_probe_free(thing.probe);
	memhp_assessment_free(thing.assessment);
	memhp_guards_free(thing.guards);
	memhp_huge_pools_free(thing.huge_pools);
	memhp_policy_findings_free(thing.policy_findings);
	memhp_agents_free(thing.agents);
	memhp_policy_free(thing.policy);
	memhp_result_free(thing.result);
	memhp_plan_free(thing.plan);
	memhp_request_free(thing.request);
	memhp_selection_unref(thing.selection);
	memhp_snapshot_unref(thing.snapshot);
	machine_release(&machine);
}

/* The number of a descriptor that is not open */
static int closed_fd(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	close(fd);
	return fd;
}

static void is_null(const void *got, const char *function)
{
	ck_assert_msg(!got, "%s() is not NULL", function);
}

static void is_number(long long got, long long expected, const char *function)
{
	ck_assert_msg(got == expected, "%s() is %lld, not %lld", function, got, expected);
	ck_assert_msg(untouched == UNTOUCHED, "%s() failed, and has written through a pointer", function);
}

/* Each value has a name of its own, for which it is found. The value behind the last one has none. */
#define HAS_NAMES(function, ...)                                                                                  \
	do {                                                                                                      \
		static const int values[] = { __VA_ARGS__ };                                                      \
		int last = 0;                                                                                     \
		for (size_t i = 0; i < ARRAY_SIZE(values); i++) {                                                 \
			ck_assert_msg(function(values[i]), #function "(%d) is NULL", values[i]);                  \
			for (size_t j = 0; j < i; j++)                                                            \
				ck_assert_str_ne(function(values[i]), function(values[j]));                       \
			last = values[i] > last ? values[i] : last;                                               \
		}                                                                                                 \
		ck_assert_msg(!function(last + 1), #function "(%d) is beyond the end, and has a name", last + 1); \
	} while (0)

#include "tests/abi/contracts.inc"

UNIT("contracts", tests)
{
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, bad_arguments);
	tcase_add_test(tests, names);
}
