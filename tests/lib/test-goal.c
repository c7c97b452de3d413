// SPDX-License-Identifier: LGPL-2.1-or-later
/* Requests that choose among candidates, come back to busy blocks, take back what they did, and tell how far they are. */
#include <stdio.h>
#include <sys/eventfd.h>

#include "decide/request.h"
#include "own-clock.h"
#include "trial.h"

static const char machine_text[] = "blocks 0-1 zones Normal\n"
				   "blocks 32-35 state offline zones \"Normal Movable\"\n"
				   "blocks 40-43 zones Movable\n"
				   "blocks 44 zones Normal\n";

/* clang-format off */
#define UP(id)           CHANGED(id, ON, IN_NORMAL)
#define BUSY_UP(id)      { id, MEMHP_OUTCOME_BUSY, MEMHP_REASON_BUSY, -EBUSY, OFF, IN_NONE }
#define SPARE_UP(id)     { id, MEMHP_OUTCOME_NOT_TRIED, MEMHP_REASON_SPARE, 0, OFF, IN_NORMAL }
#define SPARE_DOWN(id)   UNTRIED(id, MEMHP_REASON_SPARE)
#define BACK_DOWN(id)    { id, MEMHP_OUTCOME_ROLLED_BACK, MEMHP_REASON_NONE, 0, OFF, IN_NONE }
#define BUSY(id)         { id, 0, store_fails, EBUSY }
#define BUSY_ONCE(id)    { id, 1, store_fails, EBUSY }
#define DOWN_KERNEL(id)  { id, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE, 0, OFF, IN_NORMAL }
#define SPARE_KERNEL(id) { id, MEMHP_OUTCOME_NOT_TRIED, MEMHP_REASON_SPARE, 0, ON, IN_NORMAL }
#define KEPT(id)         { id, MEMHP_OUTCOME_NOT_TRIED, MEMHP_REASON_KERNEL_SHARE, 0, ON, IN_NORMAL }
#define ALL_BUSY         BUSY(40), BUSY(41), BUSY(42), BUSY(43)
#define ALL_BUSY_DOWN    BUSY_DOWN(43), BUSY_DOWN(42), BUSY_DOWN(41), BUSY_DOWN(40)
/* clang-format on */

/* So many of the selected blocks */
static const struct {
	enum memhp_transition action;
	uint64_t num_blocks;
	struct rule rules[5];
	unsigned int retries, stores;
	enum memhp_completion completion;
	struct expected steps[5];
} goals[] = {
	{ ONLINE, 2, .stores = 2, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { UP(32), UP(33), SPARE_UP(34), SPARE_UP(35) } },
	{ OFFLINE, 2, .stores = 2, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { DOWN(43), DOWN(42), SPARE_DOWN(41), SPARE_DOWN(40) } },
	{ OFFLINE, 4, .stores = 4, .completion = MEMHP_COMPLETION_COMPLETE, .steps = { DOWN(43), DOWN(42), DOWN(41), DOWN(40) } },
	/* others step in */
	{ ONLINE, 2, .rules = { BUSY(32) }, .stores = 3, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { BUSY_UP(32), UP(33), UP(34), SPARE_UP(35) } },
	{ OFFLINE, 1, .rules = { BUSY(43), BUSY(42) }, .stores = 3, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { BUSY_DOWN(43), BUSY_DOWN(42), DOWN(41), SPARE_DOWN(40) } },
	{ OFFLINE, 3, .rules = { BUSY(43), BUSY(41) }, .stores = 4, .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { BUSY_DOWN(43), DOWN(42), BUSY_DOWN(41), DOWN(40) } },
	{ OFFLINE, 1, .rules = { { 43, 0, store_loops } }, .stores = 2, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { LATE(43), DOWN(42), SPARE_DOWN(41), SPARE_DOWN(40) } },
	{ OFFLINE, 2, .rules = { { 43, 0, store_is_late } }, .stores = 2, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { { 43, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE, 0, OFF, IN_MOVABLE },
		     DOWN(42),
		     SPARE_DOWN(41),
		     SPARE_DOWN(40) } },
	/* not enough */
	{ ONLINE, 9, .stores = 4, .completion = MEMHP_COMPLETION_PARTIAL, .steps = { UP(32), UP(33), UP(34), UP(35) } },
	{ OFFLINE, 2, .rules = { BUSY(40), BUSY(41), BUSY(42), BUSY(43) }, .stores = 4, .completion = MEMHP_COMPLETION_FAILED,
	  .steps = { BUSY_DOWN(43), BUSY_DOWN(42), BUSY_DOWN(41), BUSY_DOWN(40) } },
	/* those that were busy are asked again, the best first, until there are enough */
	{ OFFLINE, 1, .rules = { BUSY_ONCE(40), BUSY_ONCE(41), BUSY_ONCE(42), BUSY_ONCE(43) }, .retries = 1, .stores = 5,
	  .completion = MEMHP_COMPLETION_COMPLETE, .steps = { DOWN(43), BUSY_DOWN(42), BUSY_DOWN(41), BUSY_DOWN(40) } },
	{ OFFLINE, 3, .rules = { BUSY(40), BUSY_ONCE(42), BUSY(43) }, .retries = 1, .stores = 7,
	  .completion = MEMHP_COMPLETION_PARTIAL, .steps = { BUSY_DOWN(43), DOWN(42), DOWN(41), BUSY_DOWN(40) } },
};

START_TEST(goal)
{
	bool online = goals[_i].action == ONLINE;
	_cleanup_trial_ struct trial trial =
		trial_start(machine_text, goals[_i].rules, goals[_i].action, online ? 32 : 40, online ? 35 : 43);

	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_NUM_BLOCKS, goals[_i].num_blocks);
	memhp_request_set(trial.request, MEMHP_SETTING_NUM_RETRIES, goals[_i].retries);
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 100);
	check_result(trial_run(&trial), goals[_i].completion, goals[_i].steps);
	ck_assert_uint_eq(trial.kernel->stores, goals[_i].stores);
}
END_TEST

/* What no candidate can do is said, and nothing is written. */
START_TEST(no_candidate)
{
	_cleanup_trial_ struct trial trial = trial_start(machine_text, NULL, ONLINE, 0, 1);

	memhp_request_set(trial.request, MEMHP_SETTING_NUM_BLOCKS, 1);
	trial_run(&trial);
	ck_assert_uint_eq(memhp_result_get_num_steps(trial.result), 0);
	ck_assert_int_eq(memhp_result_get_completion(trial.result), MEMHP_COMPLETION_FAILED);
}
END_TEST

/* Another agent takes block `arg` offline, and the store is done; or brings it online, and the store fails. */
static int store_and_other_goes(const struct store *store)
{
	kernel_change(store->kernel, (uint64_t)store->arg, OFF, IN_NONE);
	return store_does(store);
}

static int store_fails_other_comes(const struct store *store)
{
	kernel_change(store->kernel, (uint64_t)store->arg, ON, IN_NORMAL);
	return EBUSY;
}

/* Of blocks 32-35, which are offline, and 40-43, which are online, so many are to be: at least, or at most */
static const struct {
	enum memhp_transition action;
	uint64_t target;
	struct rule rules[5];
	bool rollback;
	unsigned int stores;
	enum memhp_completion completion;
	int met;
	uint64_t online;
	struct expected steps[9];
} targets[] = {
	{ ONLINE, 4, .completion = MEMHP_COMPLETION_COMPLETE, .met = 1, .online = 4 },
	{ OFFLINE, 4, .completion = MEMHP_COMPLETION_COMPLETE, .met = 1, .online = 4 },
	{ ONLINE, 5, .stores = 1, .completion = MEMHP_COMPLETION_COMPLETE, .met = 1, .online = 5,
	  .steps = { UP(32), SPARE_UP(33), SPARE_UP(34), SPARE_UP(35) } },
	{ OFFLINE, 2, .stores = 2, .completion = MEMHP_COMPLETION_COMPLETE, .met = 1, .online = 2,
	  .steps = { DOWN(43), DOWN(42), SPARE_DOWN(41), SPARE_DOWN(40) } },
	/* others step in */
	{ OFFLINE, 3, .rules = { BUSY(43) }, .stores = 2, .completion = MEMHP_COMPLETION_COMPLETE, .met = 1, .online = 3,
	  .steps = { BUSY_DOWN(43), DOWN(42), SPARE_DOWN(41), SPARE_DOWN(40) } },
	{ MOVABLE, 5, .rules = { { 32, 0, store_picks_zone, IN_NORMAL } }, .stores = 2, .completion = MEMHP_COMPLETION_COMPLETE,
	  .met = 1, .online = 6,
	  .steps = { { 32, MEMHP_OUTCOME_WRONG_ZONE, MEMHP_REASON_OTHER_ZONE, 0, ON, IN_NORMAL },
		     CHANGED(33, ON, IN_MOVABLE),
		     { 34, MEMHP_OUTCOME_NOT_TRIED, MEMHP_REASON_SPARE, 0, OFF, IN_MOVABLE },
		     { 35, MEMHP_OUTCOME_NOT_TRIED, MEMHP_REASON_SPARE, 0, OFF, IN_MOVABLE } } },
	/* not enough */
	{ ONLINE, 9, .stores = 4, .completion = MEMHP_COMPLETION_PARTIAL, .met = 0, .online = 8,
	  .steps = { UP(32), UP(33), UP(34), UP(35) } },
	{ OFFLINE, 0, .rules = { BUSY(41) }, .stores = 4, .completion = MEMHP_COMPLETION_PARTIAL, .met = 0, .online = 1,
	  .steps = { DOWN(43), DOWN(42), BUSY_DOWN(41), DOWN(40) } },
	{ OFFLINE, 0, .rules = { BUSY(41) }, .rollback = true, .stores = 7, .completion = MEMHP_COMPLETION_FAILED, .met = 0,
	  .online = 4, .steps = { BACK(43), BACK(42), BUSY_DOWN(41), BACK(40) } },
	/* what another agent changes counts, too, whichever block it is */
	{ ONLINE, 5, .rules = { { 32, 0, store_and_other_goes, 41 } }, .stores = 1, .completion = MEMHP_COMPLETION_PARTIAL,
	  .met = 0, .online = 4, .steps = { UP(32), SPARE_UP(33), SPARE_UP(34), SPARE_UP(35) } },
	{ ONLINE, 8, .rules = { BUSY(33), { 35, 0, store_fails_other_comes, 33 } }, .stores = 4,
	  .completion = MEMHP_COMPLETION_PARTIAL, .met = 0, .online = 7, .steps = { UP(32), BUSY_UP(33), UP(34), BUSY_UP(35) } },
	{ OFFLINE, 3, .rules = { { 43, 0, store_fails, EBUSY }, { 42, 0, store_and_other_goes, 40 } }, .stores = 2,
	  .completion = MEMHP_COMPLETION_COMPLETE, .met = 1, .online = 2,
	  .steps = { BUSY_DOWN(43), DOWN(42), SPARE_DOWN(41), SPARE_DOWN(40) } },
};

START_TEST(target)
{
	_cleanup_trial_ struct trial trial = trial_start(machine_text, targets[_i].rules, targets[_i].action, 32, 43);
	uint64_t online, unknown;

	memhp_request_set(trial.request, MEMHP_SETTING_NUM_ONLINE, targets[_i].target);
	memhp_request_set(trial.request, MEMHP_SETTING_ROLLBACK, targets[_i].rollback);
	check_result(trial_run(&trial), targets[_i].completion, targets[_i].steps);
	ck_assert_uint_eq(trial.kernel->stores, targets[_i].stores);
	ck_assert_int_eq(memhp_result_count_online(trial.result, &online, &unknown), targets[_i].met);
	ck_assert_uint_eq(online, targets[_i].online);
	ck_assert_uint_eq(unknown, 0);
}
END_TEST

/* From the first store on nobody can read block 33, or 42, or any. */
static int hide_33(const struct store *store, const char *file)
{
	(void)file;
	return store->id == 33 && store->kernel->stores ? EIO : 0;
}

static int hide_42(const struct store *store, const char *file)
{
	(void)file;
	return store->id == 42 && store->kernel->stores ? EIO : 0;
}

static int hide_all(const struct store *store, const char *file)
{
	(void)file;
	return store->kernel->stores ? EIO : 0;
}

/* What cannot be told counts neither way: "at least" may be so all the same, "at most" is not known. */
static const struct {
	enum memhp_transition action;
	uint64_t target;
	read_fn hides;
	int met;
	uint64_t online, unknown;
	enum memhp_completion completion;
} doubts[] = {
	{ ONLINE, 5, hide_42, 0, 4, 1, MEMHP_COMPLETION_PARTIAL },
	{ OFFLINE, 3, hide_42, 1, 2, 1, MEMHP_COMPLETION_COMPLETE },
	{ OFFLINE, 2, hide_33, -ENODATA, 2, 1, MEMHP_COMPLETION_PARTIAL },
	{ ONLINE, 5, hide_all, 0, 0, 8, MEMHP_COMPLETION_PARTIAL },
	{ OFFLINE, 3, hide_all, -ENODATA, 0, 8, MEMHP_COMPLETION_PARTIAL },
};

START_TEST(target_in_doubt)
{
	_cleanup_trial_ struct trial trial = trial_start(machine_text, NULL, doubts[_i].action, 32, 43);
	uint64_t online, unknown;

	trial.kernel->reads = doubts[_i].hides;
	memhp_request_set(trial.request, MEMHP_SETTING_NUM_ONLINE, doubts[_i].target);
	trial_run(&trial);
	ck_assert_int_eq(memhp_result_count_online(trial.result, &online, &unknown), doubts[_i].met);
	ck_assert_uint_eq(online, doubts[_i].online);
	ck_assert_uint_eq(unknown, doubts[_i].unknown);
	ck_assert_int_eq(memhp_result_get_completion(trial.result), doubts[_i].completion);
}
END_TEST

/* Each block has a goal of its own; what does not complete is brought back, each to what it was. */
START_TEST(own_goals)
{
	static const struct rule busy[] = { BUSY(41), { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, _i ? busy : NULL, ONLINE, 0, 0);
	const uint64_t block = UINT64_C(128) << 20;
	const struct expected done[] = { UP(32), CHANGED(33, ON, IN_MOVABLE), DOWN(40), DOWN(41), { 0 } };
	const struct expected undone[] = { BACK_DOWN(32), BACK_DOWN(33), BACK(40), BUSY_DOWN(41), { 0 } };

	memhp_request_free(trial.request);
	ck_assert_int_eq(memhp_request_new(&trial.request, MEMHP_TRANSITION_NONE), 0);
	memhp_request_set(trial.request, MEMHP_SETTING_ROLLBACK, true);
	ck_assert_int_eq(memhp_request_add_goal(trial.request, 32 * block, 33 * block - 1, KERNEL), 0);
	ck_assert_int_eq(memhp_request_add_goal(trial.request, 33 * block, 34 * block - 1, MOVABLE), 0);
	ck_assert_int_eq(memhp_request_add_goal(trial.request, 40 * block, 42 * block - 1, OFFLINE), 0);
	check_result(trial_run(&trial), _i ? MEMHP_COMPLETION_FAILED : MEMHP_COMPLETION_COMPLETE, _i ? undone : done);
	ck_assert_uint_eq(trial.kernel->stores, _i ? 7 : 4);
	ck_assert_int_eq(memhp_result_is_rolled_back(trial.result), _i);
}
END_TEST

/* A block that is online in another zone goes down and up, and stays nowhere in between. */
#define TO_KERNEL(id) CHANGED(id, ON, IN_NORMAL)

static int store_fails_online(const struct store *store)
{
	return store->action == SIM_OFFLINE_IT ? store_does(store) : store->arg;
}

/* It comes back, and that is all. */
static int store_fails_kernel(const struct store *store)
{
	return store->action == SIM_ONLINE_KERNEL ? store->arg : store_does(store);
}

static int store_fails_kernel_other_comes(const struct store *store)
{
	if (store->action != SIM_ONLINE_KERNEL)
		return store_does(store);
	kernel_change(store->kernel, store->id, ON, IN_MOVABLE);
	return EINVAL;
}

static int store_of_other_first(const struct store *store)
{
	kernel_change(store->kernel, store->id, OFF, IN_NONE);
	return EINVAL;
}

static const struct {
	struct rule rules[3];
	bool rollback;
	unsigned int retries, stores;
	enum memhp_completion completion;
	struct expected steps[3];
	enum memhp_transition last; /* what is told of block 40 is about */
} moves[] = {
	{ .stores = 4, .completion = MEMHP_COMPLETION_COMPLETE, .steps = { TO_KERNEL(40), TO_KERNEL(41) }, .last = KERNEL },
	/* it does not go down */
	{ .rules = { BUSY(40) },
	  .stores = 3,
	  .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { BUSY_DOWN(40), TO_KERNEL(41) },
	  .last = OFFLINE },
	{ .rules = { BUSY(41) },
	  .rollback = true,
	  .stores = 5,
	  .completion = MEMHP_COMPLETION_FAILED,
	  .steps = { BACK(40), BUSY_DOWN(41) },
	  .last = KERNEL },
	{ .rules = { BUSY_ONCE(40) },
	  .retries = 1,
	  .stores = 5,
	  .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { TO_KERNEL(40), TO_KERNEL(41) },
	  .last = KERNEL },
	/* it does not come up there, and goes back to where it was */
	{ .rules = { { 40, 0, store_fails_kernel, ENOMEM } },
	  .stores = 5,
	  .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { { 40, MEMHP_OUTCOME_FAILED, MEMHP_REASON_NO_MEMORY, -ENOMEM, ON, IN_MOVABLE }, TO_KERNEL(41) },
	  .last = KERNEL },
	{ .rules = { { 41, 0, store_fails_kernel, ENOMEM } },
	  .rollback = true,
	  .stores = 7,
	  .completion = MEMHP_COMPLETION_FAILED,
	  .steps = { BACK(40), { 41, MEMHP_OUTCOME_FAILED, MEMHP_REASON_NO_MEMORY, -ENOMEM, ON, IN_MOVABLE } },
	  .last = KERNEL },
	{ .rules = { { 41, 2, store_fails_kernel, EAGAIN } },
	  .retries = 1,
	  .stores = 5,
	  .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { TO_KERNEL(40), TO_KERNEL(41) },
	  .last = KERNEL },
	/* nor there */
	{ .rules = { { 40, 0, store_fails_online, ENOMEM } },
	  .stores = 5,
	  .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { { 40, MEMHP_OUTCOME_ROLLBACK_FAILED, MEMHP_REASON_NO_MEMORY, -ENOMEM, OFF, IN_MOVABLE }, TO_KERNEL(41) },
	  .last = OFFLINE },
	/* it does not come down again: where it is to go back, it is not asked to */
	{ .rules = { { 40, 3, store_fails, EBUSY }, BUSY(41) },
	  .rollback = true,
	  .stores = 4,
	  .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { { 40, MEMHP_OUTCOME_ROLLBACK_FAILED, MEMHP_REASON_BUSY, -EBUSY, ON, IN_NORMAL }, BUSY_DOWN(41) },
	  .last = KERNEL },
	/* another agent is faster */
	{ .rules = { { 40, 1, store_of_other_first } },
	  .stores = 4,
	  .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { TO_KERNEL(40), TO_KERNEL(41) },
	  .last = KERNEL },
	{ .rules = { { 40, 2, store_fails_kernel_other_comes } },
	  .stores = 4,
	  .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { { 40, MEMHP_OUTCOME_WRONG_ZONE, MEMHP_REASON_OTHER_ZONE, -EINVAL, ON, IN_MOVABLE }, TO_KERNEL(41) },
	  .last = KERNEL },
	/* the time of a block is over */
	{ .rules = { { 40, 1, store_loops } },
	  .stores = 3,
	  .completion = MEMHP_COMPLETION_TIMEOUT,
	  .steps = { LATE(40), TO_KERNEL(41) },
	  .last = OFFLINE },
};

static struct trial start_moves(const struct rule *rules)
{
	const uint64_t block = UINT64_C(128) << 20;
	struct trial trial = trial_start("blocks 0-7 zones Normal\nblocks 40-41 zones Movable\n", rules, ONLINE, 0, 0);

	memhp_request_free(trial.request);
	ck_assert_int_eq(memhp_request_new(&trial.request, MEMHP_TRANSITION_NONE), 0);
	ck_assert_int_eq(memhp_request_add_goal(trial.request, 40 * block, 42 * block - 1, KERNEL), 0);
	return trial;
}

START_TEST(moved)
{
	_cleanup_trial_ struct trial trial = start_moves(moves[_i].rules);

	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_ROLLBACK, moves[_i].rollback);
	memhp_request_set(trial.request, MEMHP_SETTING_NUM_RETRIES, moves[_i].retries);
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 100);
	check_result(trial_run(&trial), moves[_i].completion, moves[_i].steps);
	ck_assert_uint_eq(trial.kernel->stores, moves[_i].stores);
	ck_assert_int_eq(memhp_step_get_last_action(memhp_result_get_step(trial.result, 0)), moves[_i].last);
}
END_TEST

/* Cancelled when one is down and is to come up: it goes back, and the other one had no turn. */
START_TEST(cancelled_move)
{
	static const struct rule rules[] = { { 40, 2, store_waits_once }, { 0 } };
	static const struct expected steps[] = { { 40, MEMHP_OUTCOME_INTERRUPTED, CANCELLED, 0, ON, IN_MOVABLE },
						 UNTRIED(41, CANCELLED),
						 { 0 } };
	_cleanup_trial_ struct trial trial = start_moves(rules);
	struct canceller canceller;

	canceller_start(&canceller, trial.kernel, 1);
	ck_assert_int_eq(memhp_ctx_set_cancel_fd(trial.machine.ctx, canceller.fd), 0);
	check_result(trial_run(&trial), MEMHP_COMPLETION_INTERRUPTED, steps);
	canceller_end(&canceller);
	ck_assert_uint_eq(trial.kernel->stores, 3);
}
END_TEST

START_TEST(no_target)
{
	_cleanup_trial_ struct trial trial = trial_start(machine_text, NULL, ONLINE, 0, 1);
	uint64_t online = 7, unknown = 7;

	trial_run(&trial);
	ck_assert_int_eq(memhp_result_count_online(trial.result, &online, &unknown), -EINVAL);
	ck_assert_uint_eq(online + unknown, 14);
}
END_TEST

#define MIB (UINT64_C(1) << 20)

/* Blocks 40-43 in ZONE_MOVABLE are tried first, and in their place block 44 of a kernel zone where the kernel can do without. */
static const struct {
	uint64_t num_blocks, max_kernel_loss;
	struct rule rules[6];
	unsigned int retries, stores;
	enum memhp_completion completion;
	struct expected steps[6];
} shares[] = {
	{ 1,
	  0,
	  { BUSY(43) },
	  0,
	  2,
	  MEMHP_COMPLETION_COMPLETE,
	  { BUSY_DOWN(43), DOWN(42), SPARE_DOWN(41), SPARE_DOWN(40), SPARE_KERNEL(44) } },
	{ 1, 128 * MIB, { ALL_BUSY }, 0, 5, MEMHP_COMPLETION_COMPLETE, { ALL_BUSY_DOWN, DOWN_KERNEL(44) } },
	{ 1, 128 * MIB - 1, { ALL_BUSY }, 0, 4, MEMHP_COMPLETION_FAILED, { ALL_BUSY_DOWN, KEPT(44) } },
	{ 1, 0, { ALL_BUSY }, 1, 8, MEMHP_COMPLETION_FAILED, { ALL_BUSY_DOWN, KEPT(44) } },
	/* What is planned was weighed before. */
	{ 5, 0, { { 0 } }, 0, 5, MEMHP_COMPLETION_COMPLETE, { DOWN(43), DOWN(42), DOWN(41), DOWN(40), DOWN_KERNEL(44) } },
	{ 5,
	  128 * MIB,
	  { BUSY_ONCE(44) },
	  1,
	  6,
	  MEMHP_COMPLETION_COMPLETE,
	  { DOWN(43), DOWN(42), DOWN(41), DOWN(40), DOWN_KERNEL(44) } },
	/* A block that was late is in the way like one that was busy. */
	{ 1,
	  0,
	  { { 43, 0, store_loops }, BUSY(42), BUSY(41), BUSY(40) },
	  0,
	  4,
	  MEMHP_COMPLETION_TIMEOUT,
	  { LATE(43), BUSY_DOWN(42), BUSY_DOWN(41), BUSY_DOWN(40), KEPT(44) } },
};

START_TEST(kernel_share)
{
	_cleanup_trial_ struct trial trial = trial_start(machine_text, shares[_i].rules, OFFLINE, 40, 44);

	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_NUM_BLOCKS, shares[_i].num_blocks);
	memhp_request_set(trial.request, MEMHP_SETTING_MAX_KERNEL_LOSS_BYTES, shares[_i].max_kernel_loss);
	memhp_request_set(trial.request, MEMHP_SETTING_NUM_RETRIES, shares[_i].retries);
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 100);
	check_result(trial_run(&trial), shares[_i].completion, shares[_i].steps);
	ck_assert_uint_eq(trial.kernel->stores, shares[_i].stores);
}
END_TEST

/* Blocks 40 and 41 are to go offline, and 40 is busy, each time or `times` times. */
static const struct {
	unsigned int retries;
	int error;
	unsigned int times, stores;
	uint64_t pause_ms;
	enum memhp_completion completion;
	struct expected step;
} retries[] = {
	{ .error = EBUSY, .times = 1, .stores = 2, .completion = MEMHP_COMPLETION_PARTIAL, .step = BUSY_DOWN(40) },
	{ .retries = 1,
	  .error = EBUSY,
	  .times = 1,
	  .stores = 3,
	  .pause_ms = 100,
	  .completion = MEMHP_COMPLETION_COMPLETE,
	  .step = DOWN(40) },
	{ .retries = 9,
	  .error = EBUSY,
	  .times = 1,
	  .stores = 3,
	  .pause_ms = 100,
	  .completion = MEMHP_COMPLETION_COMPLETE,
	  .step = DOWN(40) },
	{ .retries = 2,
	  .error = EBUSY,
	  .times = 2,
	  .stores = 4,
	  .pause_ms = 300,
	  .completion = MEMHP_COMPLETION_COMPLETE,
	  .step = DOWN(40) },
	{ .retries = 2,
	  .error = EBUSY,
	  .stores = 4,
	  .pause_ms = 300,
	  .completion = MEMHP_COMPLETION_PARTIAL,
	  .step = BUSY_DOWN(40) },
	{ .retries = 1,
	  .error = EINTR,
	  .times = 1,
	  .stores = 3,
	  .pause_ms = 100,
	  .completion = MEMHP_COMPLETION_COMPLETE,
	  .step = DOWN(40) },
	{ .retries = 1,
	  .error = EAGAIN,
	  .times = 1,
	  .stores = 3,
	  .pause_ms = 100,
	  .completion = MEMHP_COMPLETION_COMPLETE,
	  .step = DOWN(40) },
	/* for good */
	{ .retries = 9,
	  .error = EPERM,
	  .stores = 2,
	  .completion = MEMHP_COMPLETION_PARTIAL,
	  .step = { 40, MEMHP_OUTCOME_VETOED, MEMHP_REASON_VETO, -EPERM, ON, IN_MOVABLE } },
	{ .retries = 9,
	  .error = EINVAL,
	  .stores = 2,
	  .completion = MEMHP_COMPLETION_PARTIAL,
	  .step = { 40, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_INVALID_RANGE, -EINVAL, ON, IN_MOVABLE } },
};

START_TEST(retry)
{
	struct rule rules[] = { { 40, 1, store_fails, retries[_i].error },
				{ 40, retries[_i].times == 1 ? 1 : 2, store_fails, retries[_i].error },
				{ 40, retries[_i].times ? 1 : 0, store_fails, retries[_i].error },
				{ 0 } };
	struct expected steps[] = { retries[_i].step, DOWN(41), { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 41);

	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_NUM_RETRIES, retries[_i].retries);
	check_result(trial_run(&trial), retries[_i].completion, steps);
	ck_assert_uint_eq(trial.kernel->stores, retries[_i].stores);
	ck_assert_uint_eq(memhp_result_get_elapsed_ms(trial.result), retries[_i].pause_ms);
}
END_TEST

/* The request ends while it waits to come back to a block. */
static void cancel_when_busy(void *data, const struct memhp_progress *progress)
{
	const struct trial *trial = data;

	if (trial->kernel->blocks[41].stores == 1)
		eventfd_write(trial->machine.ctx->cancel_fd, 1);
}

START_TEST(pause_ends)
{
	static const struct rule rules[] = { BUSY(40), { 0 } };
	static const struct expected steps[] = { BUSY_DOWN(40), DOWN(41), { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 41);
	int fd = eventfd(0, EFD_CLOEXEC);

	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_NUM_RETRIES, 1000);
	ck_assert_int_eq(memhp_ctx_set_cancel_fd(trial.machine.ctx, fd), 0);
	if (_i)
		memhp_request_set_progress(trial.request, cancel_when_busy, &trial);
	else
		memhp_request_set(trial.request, MEMHP_SETTING_TIMEOUT_MS, 150);
	check_result(trial_run(&trial), _i ? MEMHP_COMPLETION_INTERRUPTED : MEMHP_COMPLETION_TIMEOUT, steps);
	ck_assert_uint_eq(trial.kernel->stores, _i ? 2 : 3);
	close(fd);
}
END_TEST

/* All or nothing */
static const struct {
	enum memhp_transition action;
	uint64_t first, last;
	struct rule rules[4];
	enum memhp_completion completion;
	bool is_rolled_back;
	struct expected steps[5];
} rollbacks[] = {
	{ OFFLINE, 40, 42, .completion = MEMHP_COMPLETION_COMPLETE, .steps = { DOWN(40), DOWN(41), DOWN(42) } },
	{ OFFLINE, 40, 42, .rules = { BUSY(40), BUSY(41), BUSY(42) }, .completion = MEMHP_COMPLETION_FAILED,
	  .steps = { BUSY_DOWN(40), BUSY_DOWN(41), BUSY_DOWN(42) } },
	{ OFFLINE, 40, 43, .rules = { BUSY(42) }, .completion = MEMHP_COMPLETION_FAILED, .is_rolled_back = true,
	  .steps = { BACK(40), BACK(41), BUSY_DOWN(42), BACK(43) } },
	{ OFFLINE, 43, 44, .rules = { BUSY(43) }, .completion = MEMHP_COMPLETION_FAILED, .is_rolled_back = true,
	  .steps = { BUSY_DOWN(43), { 44, MEMHP_OUTCOME_ROLLED_BACK, MEMHP_REASON_NONE, 0, ON, IN_NORMAL } } },
	{ ONLINE, 32, 34, .rules = { BUSY(33) }, .completion = MEMHP_COMPLETION_FAILED, .is_rolled_back = true,
	  .steps = { BACK_DOWN(32), BUSY_UP(33), BACK_DOWN(34) } },
	{ MOVABLE, 32, 34, .rules = { BUSY(33) }, .completion = MEMHP_COMPLETION_FAILED, .is_rolled_back = true,
	  .steps = { BACK_DOWN(32), BUSY_UP(33), BACK_DOWN(34) } },
	/* a block that came online elsewhere is a change, too */
	{ MOVABLE, 32, 33, .rules = { { 33, 1, store_picks_zone, IN_NORMAL } }, .completion = MEMHP_COMPLETION_FAILED,
	  .is_rolled_back = true, .steps = { BACK_DOWN(32), BACK_DOWN(33) } },
	/* whatever the reason */
	{ OFFLINE, 40, 41, .rules = { { 41, 0, store_loops } }, .completion = MEMHP_COMPLETION_TIMEOUT, .is_rolled_back = true,
	  .steps = { BACK(40), LATE(41) } },
	{ OFFLINE, 40, 41, .rules = { { 41, 0, store_vanishes } }, .completion = MEMHP_COMPLETION_FAILED, .is_rolled_back = true,
	  .steps = { BACK(40), { 41, MEMHP_OUTCOME_VANISHED, MEMHP_REASON_GONE, -ENODEV, LOST, IN_MOVABLE } } },
	/* a block that is still on its way is not back, whatever became of the others */
	{ OFFLINE, 40, 41, .rules = { { 41, 0, store_sticks } }, .completion = MEMHP_COMPLETION_TIMEOUT,
	  .steps = { BACK(40), { 41, MEMHP_OUTCOME_IN_PROGRESS, DEADLINE, 0, MEMHP_STATE_GOING_OFFLINE, IN_MOVABLE } } },
	/* somebody else was there first */
	{ OFFLINE, 40, 41, .rules = { BUSY(41), { 40, 2, store_is_late } }, .completion = MEMHP_COMPLETION_FAILED,
	  .is_rolled_back = true, .steps = { BACK(40), BUSY_DOWN(41) } },
	/* and when it does not work */
	{ OFFLINE, 40, 42, .rules = { BUSY(42), { 41, 2, store_fails, ENOMEM } }, .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { BACK(40),
		     { 41, MEMHP_OUTCOME_ROLLBACK_FAILED, MEMHP_REASON_NO_MEMORY, -ENOMEM, OFF, IN_MOVABLE },
		     BUSY_DOWN(42) } },
	{ OFFLINE, 40, 41, .rules = { BUSY(41), { 40, 2, store_waits } }, .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { { 40, MEMHP_OUTCOME_ROLLBACK_FAILED, DEADLINE, 0, OFF, IN_MOVABLE }, BUSY_DOWN(41) } },
	{ OFFLINE, 40, 41, .rules = { BUSY(41), { 40, 2, store_picks_zone, IN_NORMAL } }, .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { { 40, MEMHP_OUTCOME_ROLLBACK_FAILED, MEMHP_REASON_OTHER_ZONE, 0, ON, IN_NORMAL }, BUSY_DOWN(41) } },
	{ OFFLINE, 40, 41, .rules = { BUSY(41), { 40, 2, store_vanishes } }, .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { { 40, MEMHP_OUTCOME_ROLLBACK_FAILED, MEMHP_REASON_GONE, -ENODEV, LOST, IN_MOVABLE }, BUSY_DOWN(41) } },
	{ OFFLINE, 40, 41, .rules = { BUSY(41), { 40, 2, store_is_killed, 9 } }, .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { { 40, MEMHP_OUTCOME_ROLLBACK_FAILED, MEMHP_REASON_WRITER_DIED, 0, OFF, IN_MOVABLE }, BUSY_DOWN(41) } },
};

START_TEST(rollback)
{
	_cleanup_trial_ struct trial trial =
		trial_start(machine_text, rollbacks[_i].rules, rollbacks[_i].action, rollbacks[_i].first, rollbacks[_i].last);

	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_ROLLBACK, true);
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 100);
	memhp_request_set(trial.request, MEMHP_SETTING_ROLLBACK_TIMEOUT_MS, 100);
	check_result(trial_run(&trial), rollbacks[_i].completion, rollbacks[_i].steps);
	ck_assert_int_eq(memhp_result_is_rolled_back(trial.result), rollbacks[_i].is_rolled_back);
}
END_TEST

/* The request has no time left; the rollback has its own. */
START_TEST(late_rollback)
{
	static const struct rule rules[] = { { 41, 0, store_waits }, { 0 } };
	static const struct expected steps[] = { BACK(40), LATE(41), UNTRIED(42, DEADLINE), { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 42);

	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_ROLLBACK, true);
	memhp_request_set(trial.request, MEMHP_SETTING_TIMEOUT_MS, 100);
	check_result(trial_run(&trial), MEMHP_COMPLETION_TIMEOUT, steps);
	ck_assert(memhp_result_is_rolled_back(trial.result));
}
END_TEST

/* In reverse order, and each block is as it was. */
START_TEST(reverse_order)
{
	static const struct rule rules[] = { BUSY(43), { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 44);
	const struct kernel_block *blocks = trial.kernel->blocks;

	memhp_request_set(trial.request, MEMHP_SETTING_ROLLBACK, true);
	trial_run(&trial);
	ck_assert(memhp_result_is_rolled_back(trial.result));
	ck_assert_uint_eq(blocks[44].last, 6);
	ck_assert_uint_eq(blocks[42].last, 7);
	ck_assert_uint_eq(blocks[41].last, 8);
	ck_assert_uint_eq(blocks[40].last, 9);
	for (int id = 40; id <= 44; id++) {
		const struct sim_block *block = sim_find(&trial.kernel->sim, id);

		ck_assert_int_eq(block->state, SIM_ONLINE);
		ck_assert_int_eq(block->zone, id == 44 ? SIM_NORMAL : SIM_MOVABLE);
	}
}
END_TEST

/* Nothing is taken back unless that was asked for. */
START_TEST(no_rollback)
{
	static const struct rule rules[] = { BUSY(41), { 0 } };
	static const struct expected steps[] = { DOWN(40), BUSY_DOWN(41), { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 41);

	check_result(trial_run(&trial), MEMHP_COMPLETION_PARTIAL, steps);
	ck_assert(!memhp_result_is_rolled_back(trial.result));
}
END_TEST

/* The caller reads its descriptor empty when the rollback begins. */
static void empty_descriptor(void *data, const struct memhp_progress *progress)
{
	int *fd = data;
	eventfd_t value;

	if (*fd < 0 || memhp_progress_get_phase(progress) != MEMHP_PHASE_ROLLBACK)
		return;
	ck_assert_int_eq(eventfd_read(*fd, &value), 0);
	*fd = -1;
}

/* What cancelled the request does not cancel the rollback; who cancels again does. */
START_TEST(cancelled_rollback)
{
	static const struct rule once[] = { { 41, 0, store_waits }, { 0 } };
	static const struct rule twice[] = { { 41, 0, store_waits }, { 40, 2, store_waits }, { 0 } };
	static const struct expected steps[][3] = {
		{ BACK(40), { 41, MEMHP_OUTCOME_INTERRUPTED, CANCELLED, 0, ON, IN_MOVABLE }, { 0 } },
		{ { 40, MEMHP_OUTCOME_ROLLBACK_FAILED, CANCELLED, 0, OFF, IN_MOVABLE },
		  { 41, MEMHP_OUTCOME_INTERRUPTED, CANCELLED, 0, ON, IN_MOVABLE },
		  { 0 } },
	};
	_cleanup_trial_ struct trial trial = trial_start(machine_text, _i == 2 ? twice : once, OFFLINE, 40, 41);
	struct canceller canceller;
	int fd;

	canceller_start(&canceller, trial.kernel, _i == 2 ? 2 : 1);
	fd = canceller.fd;
	memhp_request_set(trial.request, MEMHP_SETTING_ROLLBACK, true);
	ck_assert_int_eq(memhp_ctx_set_cancel_fd(trial.machine.ctx, canceller.fd), 0);
	if (_i > 0)
		memhp_request_set_progress(trial.request, empty_descriptor, &fd);
	trial_run(&trial);
	canceller_end(&canceller);
	check_result(trial.result, MEMHP_COMPLETION_INTERRUPTED, steps[_i == 2]);
	ck_assert_int_eq(memhp_result_is_rolled_back(trial.result), _i < 2);
}
END_TEST

/* What was heard */
struct ear {
	unsigned int calls, calls_at_41, calls_in_rollback;
	size_t num_done, num_back;
	uint64_t elapsed_ms, current_elapsed_ms;
	char ended[128]; /* each block that is through, and what became of it */
};

static void hear(void *data, const struct memhp_progress *progress)
{
	const struct memhp_step *step = memhp_progress_get_current(progress);
	const struct memhp_step *ended = memhp_progress_get_ended(progress);
	struct ear *ear = data;

	if (ended)
		snprintf(ear->ended + strlen(ear->ended), sizeof(ear->ended) - strlen(ear->ended), "%d %s;",
			 (int)memhp_step_get_block_id(ended), memhp_outcome_name(memhp_step_get_outcome(ended)));
	ear->calls++;
	ck_assert_uint_ge(memhp_progress_get_elapsed_ms(progress), ear->elapsed_ms);
	if (memhp_progress_get_phase(progress) == MEMHP_PHASE_ROLLBACK) {
		ck_assert(ear->calls_in_rollback++ > 0 || memhp_progress_get_num_done(progress) == 0);
		ck_assert_uint_eq(memhp_progress_get_num_goal(progress), 3);
		ear->num_back = memhp_progress_get_num_done(progress);
		return;
	}
	ck_assert_uint_eq(ear->calls_in_rollback, 0);
	ck_assert_uint_eq(memhp_progress_get_num_goal(progress), 4);
	ck_assert_uint_ge(memhp_progress_get_num_done(progress), ear->num_done);
	ear->num_done = memhp_progress_get_num_done(progress);
	ear->elapsed_ms = memhp_progress_get_elapsed_ms(progress);
	if (!step)
		ck_assert_uint_eq(memhp_progress_get_current_elapsed_ms(progress), 0);
	else if (memhp_step_get_block_id(step) == 41) {
		ear->calls_at_41++;
		ck_assert_uint_eq(ear->num_done, 1);
		ck_assert_uint_ge(memhp_progress_get_current_elapsed_ms(progress), ear->current_elapsed_ms);
		ear->current_elapsed_ms = memhp_progress_get_current_elapsed_ms(progress);
	}
}

START_TEST(progress)
{
	static const struct rule rules[] = { { 41, 1, store_takes, 700 }, BUSY(43), { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);
	struct ear ear = { 0 };

	own_clock_start();
	memhp_request_set_progress(trial.request, hear, &ear);
	memhp_request_set(trial.request, MEMHP_SETTING_ROLLBACK, true);
	trial_run(&trial);
	/* After each block (of 40 it is told with the first of 41), five times a second during 41, and before the rollback */
	ck_assert_uint_eq(ear.calls, 4 + 2 + 1 + 3);
	ck_assert_uint_eq(ear.calls_at_41, 3);
	ck_assert_str_eq(ear.ended, "40 changed;41 changed;42 changed;43 busy;42 changed;41 changed;40 changed;");
	ck_assert_uint_eq(ear.current_elapsed_ms, 600);
	ck_assert_uint_eq(ear.num_done, 3);
	ck_assert_uint_ge(ear.calls_in_rollback, 1 + 3);
	ck_assert_uint_eq(ear.num_back, 3);
	ck_assert_uint_eq(ear.elapsed_ms, 700);
}
END_TEST

UNIT("goal", tests)
{
	add_table(tests, goal, goals);
	add_table(tests, kernel_share, shares);
	tcase_add_test(tests, no_candidate);
	add_table(tests, target, targets);
	add_table(tests, target_in_doubt, doubts);
	tcase_add_test(tests, no_target);
	tcase_add_loop_test(tests, own_goals, 0, 2);
	tcase_add_loop_test(tests, moved, 0, ARRAY_SIZE(moves));
	tcase_add_test(tests, cancelled_move);
	add_table(tests, retry, retries);
	tcase_add_loop_test(tests, pause_ends, 0, 2);
	add_table(tests, rollback, rollbacks);
	tcase_add_test(tests, late_rollback);
	tcase_add_test(tests, reverse_order);
	tcase_add_test(tests, no_rollback);
	tcase_add_loop_test(tests, cancelled_rollback, 0, 3);
	tcase_add_test(tests, progress);
}
