// SPDX-License-Identifier: LGPL-2.1-or-later
/* What was written and cannot be read since, and what another agent brought back: nobody takes it for changed, or for unchanged. */
#include "own-clock.h"
#include "trial.h"

static const char machine_text[] = "blocks 0-1 zones Normal\n"
				   "blocks 40-43 zones Movable\n";

#define RACE   MEMHP_REASON_RACE
#define UNREAD MEMHP_REASON_UNREADABLE

/* clang-format off */
#define DOUBT(id, why)   { id, MEMHP_OUTCOME_UNVERIFIED, why, -EIO, LOST, IN_MOVABLE }
#define SPARE(id)        UNTRIED(id, MEMHP_REASON_SPARE)
/* clang-format on */

/* What another agent does to block 41 while block 42 or 43 goes offline */
static int store_and_agent(const struct store *store)
{
	kernel_change(store->kernel, 41, store->arg, IN_MOVABLE);
	return store_does(store);
}

static int always(const struct store *store, const char *file)
{
	return store->kernel->blocks[store->id].stores ? EIO : 0;
}

/* Right after the store, and never again */
static int once(const struct store *store, const char *file)
{
	return store->id == 41 && store->kernel->blocks[41].stores && atomic_fetch_add(&store->kernel->note, 1) == 0 ? EIO : 0;
}

/* From the second look after the store on */
static int later(const struct store *store, const char *file)
{
	return store->id == 41 && store->kernel->blocks[41].stores && atomic_fetch_add(&store->kernel->note, 1) > 0 ? EIO : 0;
}

static const struct {
	uint64_t goal;
	bool rollback;
	read_fn reads;
	struct rule rule;
	unsigned int stores;
	enum memhp_completion completion;
	bool is_rolled_back;
	struct expected steps[5];
} doubts[] = {
	/* a goal is not pursued with other blocks */
	{ .goal = 2,
	  .reads = always,
	  .stores = 1,
	  .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { DOUBT(43, UNREAD), UNTRIED(42, UNREAD), SPARE(41), SPARE(40) } },
	{ .goal = 3,
	  .reads = always,
	  .rule = { 43, 1, store_waits },
	  .stores = 1,
	  .completion = MEMHP_COMPLETION_TIMEOUT,
	  .steps = { DOUBT(43, MEMHP_REASON_DEADLINE), UNTRIED(42, UNREAD), UNTRIED(41, UNREAD), SPARE(40) } },
	/* others that were asked for by name have their turn */
	{ .reads = always,
	  .stores = 4,
	  .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { DOUBT(40, UNREAD), DOUBT(41, UNREAD), DOUBT(42, UNREAD), DOUBT(43, UNREAD) } },
	{ .reads = later,
	  .stores = 4,
	  .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { DOWN(40), DOUBT(41, UNREAD), DOWN(42), DOWN(43) } },
	/* a rollback tries it */
	{ .rollback = true,
	  .reads = once,
	  .stores = 8,
	  .completion = MEMHP_COMPLETION_FAILED,
	  .is_rolled_back = true,
	  .steps = { BACK(40), BACK(41), BACK(42), BACK(43) } },
	{ .rollback = true,
	  .reads = later,
	  .stores = 7,
	  .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { BACK(40), { 41, MEMHP_OUTCOME_ROLLBACK_FAILED, UNREAD, -EIO, LOST, IN_MOVABLE }, BACK(42), BACK(43) } },
	/* another agent brings it back, or is at it */
	{ .rule = { 43, 1, store_and_agent, ON },
	  .stores = 4,
	  .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { DOWN(40), { 41, MEMHP_OUTCOME_REVERTED, RACE, 0, ON, IN_MOVABLE }, DOWN(42), DOWN(43) } },
	{ .goal = 3,
	  .rule = { 42, 1, store_and_agent, OFF },
	  .stores = 2,
	  .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { DOWN(43), DOWN(42), { 41, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE, 0, OFF, IN_MOVABLE }, SPARE(40) } },
	{ .rollback = true,
	  .rule = { 43, 1, store_and_agent, ON },
	  .stores = 7,
	  .completion = MEMHP_COMPLETION_FAILED,
	  .is_rolled_back = true,
	  .steps = { BACK(40), BACK(41), BACK(42), BACK(43) } },
	/* or takes a block away again that the rollback has brought back */
	{ .rollback = true,
	  .reads = once,
	  .rule = { 40, 2, store_and_agent, OFF },
	  .stores = 8,
	  .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { BACK(40), { 41, MEMHP_OUTCOME_ROLLBACK_FAILED, RACE, 0, OFF, IN_MOVABLE }, BACK(42), BACK(43) } },
};

START_TEST(doubt)
{
	struct rule rules[] = { doubts[_i].rule, { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);

	trial.kernel->reads = doubts[_i].reads;
	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_NUM_BLOCKS, doubts[_i].goal);
	memhp_request_set(trial.request, MEMHP_SETTING_ROLLBACK, doubts[_i].rollback);
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 100);
	check_result(trial_run(&trial), doubts[_i].completion, doubts[_i].steps);
	ck_assert_uint_eq(trial.kernel->stores, doubts[_i].stores);
	ck_assert_int_eq(memhp_result_is_rolled_back(trial.result), doubts[_i].is_rolled_back);
}
END_TEST

UNIT("doubt", tests)
{
	add_table(tests, doubt, doubts);
}
