/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests in C share: main(), and machines that are folders. What fails in here fails the test. */
#ifndef UNIT_H
#define UNIT_H

#include <check.h>

#include "nums.h"
#include "ctx.h"
#include "read/files.h"
#include "util.h"

/*
 * main() of a test program. What follows is the function that adds its tests:
 *
 *	UNIT("parse", tests)
 *	{
 *		tcase_add_test(tests, one);
 *		add_table(tests, many, table);
 *	}
 */
#define UNIT(name, tests)                         \
	static void unit_add(TCase *tests);       \
	int main(void)                            \
	{                                         \
		return unit_main(name, unit_add); \
	}                                         \
	static void unit_add(TCase *tests)

/* Runs a test for each line of a table; in the test the line is table[_i]. */
#define add_table(tests, test, table) tcase_add_loop_test(tests, test, 0, (int)ARRAY_SIZE(table))

int unit_main(const char *name, void (*add)(TCase *tests));

/* Says what the machine denies a test, for it to return; with CI=true it fails instead. */
void unit_skip(const char *reason);

/* A folder of this test program, gone at its end. */
const char *unit_dir(void);

/* A machine made of lines as tests/tree/tree.h has them, which outlive it, and a context that looks at it */
struct machine {
	char dir[256];
	const char *text;
	struct memhp_ctx *ctx;
};

void machine_make(struct machine *machine, const char *text);
void machine_release(struct machine *machine);

/* Lets the library store into the machine's files, which it does not into those of a copy. */
void machine_take_stores(const struct machine *machine);

/* Spoils a machine by further lines: file, dir, link, fifo, mode, remove. */
void machine_change(const struct machine *machine, const char *text);

/* A path below /sys/devices/system/memory of the machine, static until the next call */
const char *machine_path(const struct machine *machine, const char *path);

struct memhp_snapshot *machine_scan(const struct machine *machine, unsigned int attrs);

/* A request for blocks first..last */
struct memhp_request *request_blocks(enum memhp_transition transition, uint64_t first, uint64_t last);

/*
 * For variables, which have a value, or are NULL, by the end of their block: there they are released. As _cleanup_free_ (util.h):
 *
 *	_cleanup_snapshot_ struct memhp_snapshot *snapshot = machine_scan(&machine, ALL_ATTRS);
 */
#define UNIT_CLEANUP(object, release)                                       \
	static inline void unit_release_##object(struct memhp_##object **p) \
	{                                                                   \
		memhp_##object##_##release(*p);                             \
	}
UNIT_CLEANUP(ctx, unref)
UNIT_CLEANUP(selection, unref)
UNIT_CLEANUP(snapshot, unref)
UNIT_CLEANUP(agents, free)
UNIT_CLEANUP(assessment, free)
UNIT_CLEANUP(balance, free)
UNIT_CLEANUP(huge_pools, free)
UNIT_CLEANUP(mappers, free)
UNIT_CLEANUP(plan, free)
UNIT_CLEANUP(probe, free)
UNIT_CLEANUP(request, free)
UNIT_CLEANUP(result, free)
#define _cleanup_ctx_        _cleanup_(unit_release_ctx)
#define _cleanup_selection_  _cleanup_(unit_release_selection)
#define _cleanup_snapshot_   _cleanup_(unit_release_snapshot)
#define _cleanup_agents_     _cleanup_(unit_release_agents)
#define _cleanup_assessment_ _cleanup_(unit_release_assessment)
#define _cleanup_balance_    _cleanup_(unit_release_balance)
#define _cleanup_huge_pools_ _cleanup_(unit_release_huge_pools)
#define _cleanup_mappers_    _cleanup_(unit_release_mappers)
#define _cleanup_plan_       _cleanup_(unit_release_plan)
#define _cleanup_probe_      _cleanup_(unit_release_probe)
#define _cleanup_request_    _cleanup_(unit_release_request)
#define _cleanup_result_     _cleanup_(unit_release_result)
#define _cleanup_machine_    _cleanup_(machine_release)

#define ALL_ATTRS ((1U << NUM_ATTRS) - 1)

#endif
