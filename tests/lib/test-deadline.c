// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * How memhp_plan_apply() ends what does not end by itself. Stores hang until the writer is killed, and time goes by only while they
 * do: no test depends on its luck.
 */
#include <signal.h>
#include <sys/eventfd.h>

#include "own-clock.h"
#include "trial.h"

static const char machine_text[] = "blocks 32-33 state offline zones \"Normal Movable\"\n"
				   "blocks 40-43 zones Movable\n";

/* What can become of block 41 */
static const struct {
	store_fn does;
	struct expected step;
} late[] = {
	{ store_loops, LATE(41) },
	{ store_waits, LATE(41) },
	{ store_sticks, { 41, MEMHP_OUTCOME_IN_PROGRESS, DEADLINE, 0, GOING, IN_MOVABLE } },
	{ store_never_returns, DOWN(41) },
};

/* One block is over its time; the others are done by another writer. */
START_TEST(block_deadline)
{
	struct rule rules[] = { { 41, 0, late[_i].does }, { 0 } };
	struct expected steps[] = { DOWN(40), late[_i].step, DOWN(42), DOWN(43), { 0 } };
	bool done = late[_i].step.outcome == MEMHP_OUTCOME_CHANGED;
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);

	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 50);
	check_result(trial_run(&trial), done ? MEMHP_COMPLETION_COMPLETE : MEMHP_COMPLETION_TIMEOUT, steps);
	ck_assert_uint_eq(memhp_step_get_elapsed_ms(memhp_result_get_step(trial.result, 1)), 50);
	ck_assert_uint_eq(memhp_result_get_elapsed_ms(trial.result), 50);
	ck_assert_int_eq(memhp_result_get_writer_pid(trial.result), 0);
	ck_assert_uint_eq(trial.kernel->stores, 4);
	ck_assert_int_eq(trial.kernel->blocks[40].writer, trial.kernel->blocks[41].writer);
	ck_assert_int_ne(trial.kernel->blocks[41].writer, trial.kernel->blocks[42].writer);
	ck_assert_int_eq(trial.kernel->blocks[42].writer, trial.kernel->blocks[43].writer);
}
END_TEST

/* All of them are: a writer for each. */
START_TEST(every_block_is_late)
{
	static const struct rule rules[] = {
		{ 40, 0, store_waits }, { 41, 0, store_loops }, { 42, 0, store_waits }, { 43, 0, store_loops }, { 0 }
	};
	static const struct expected steps[] = { LATE(40), LATE(41), LATE(42), LATE(43), { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);

	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 20);
	check_result(trial_run(&trial), MEMHP_COMPLETION_TIMEOUT, steps);
	ck_assert_uint_eq(memhp_result_get_elapsed_ms(trial.result), 80);
}
END_TEST

/* The deadline is each block's own. */
START_TEST(slow_blocks)
{
	static const struct rule rules[] = { { 40, 0, store_takes, 250 },
					     { 41, 0, store_takes, 250 },
					     { 42, 0, store_takes, 250 },
					     { 43, 0, store_takes, 250 },
					     { 0 } };
	static const struct expected steps[] = { DOWN(40), DOWN(41), DOWN(42), DOWN(43), { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);

	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 900);
	check_result(trial_run(&trial), MEMHP_COMPLETION_COMPLETE, steps);
	for (size_t i = 0; i < 4; i++)
		ck_assert_uint_eq(memhp_step_get_elapsed_ms(memhp_result_get_step(trial.result, i)), 250);
	ck_assert_uint_eq(memhp_result_get_elapsed_ms(trial.result), 1000);
	ck_assert_int_eq(trial.kernel->blocks[40].writer, trial.kernel->blocks[43].writer);
}
END_TEST

START_TEST(request_deadline)
{
	struct rule rules[] = { { 41, 0, late[_i].does }, { 0 } };
	struct expected steps[] = { DOWN(40), late[_i].step, UNTRIED(42, DEADLINE), UNTRIED(43, DEADLINE), { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);

	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_TIMEOUT_MS, 100);
	check_result(trial_run(&trial), MEMHP_COMPLETION_TIMEOUT, steps);
	ck_assert_uint_eq(memhp_result_get_elapsed_ms(trial.result), 100);
	ck_assert_uint_eq(trial.kernel->stores, 2);
}
END_TEST

/* The earlier of two deadlines counts, and the last block may be the one that is late. */
START_TEST(both_deadlines)
{
	static const struct rule rules[] = { { 41, 0, store_waits }, { 43, 0, store_waits }, { 0 } };
	static const struct expected steps[] = { DOWN(40), LATE(41), DOWN(42), LATE(43), { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);

	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 200);
	memhp_request_set(trial.request, MEMHP_SETTING_TIMEOUT_MS, 300);
	check_result(trial_run(&trial), MEMHP_COMPLETION_TIMEOUT, steps);
	ck_assert_uint_eq(memhp_result_get_elapsed_ms(trial.result), 300);
	ck_assert_uint_eq(memhp_step_get_elapsed_ms(memhp_result_get_step(trial.result, 1)), 200);
	ck_assert_uint_eq(memhp_step_get_elapsed_ms(memhp_result_get_step(trial.result, 3)), 100);
}
END_TEST

/* Times of any length, in the past of nobody */
static const uint64_t long_times[] = { MEMHP_NO_TIMEOUT, MEMHP_NO_TIMEOUT - 1, INT64_MAX, INT64_MAX - 1, UINT32_MAX, INT32_MAX };

START_TEST(long_time)
{
	static const struct expected steps[] = { DOWN(40), DOWN(41), DOWN(42), DOWN(43), { 0 } };

	for (size_t i = 0; i < ARRAY_SIZE(long_times); i++) {
		static const struct rule rules[] = { { 41, 0, store_takes, 5 }, { 0 } };
		_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);

		memhp_request_set(trial.request, MEMHP_SETTING_TIMEOUT_MS, long_times[_i]);
		memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, long_times[i]);
		memhp_request_set(trial.request, MEMHP_SETTING_GRACE_MS, long_times[i]);
		check_result(trial_run(&trial), MEMHP_COMPLETION_COMPLETE, steps);
	}
}
END_TEST

/* No time at all: whatever was begun is ended at once, and the result is true. */
START_TEST(no_time)
{
	static const struct rule rules[] = {
		{ 40, 0, store_waits }, { 41, 0, store_waits }, { 42, 0, store_waits }, { 43, 0, store_waits }, { 0 }
	};
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);

	memhp_request_set(trial.request, MEMHP_SETTING_TIMEOUT_MS, _i == 0 ? 0 : MEMHP_NO_TIMEOUT);
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, _i == 0 ? MEMHP_NO_TIMEOUT : 0);
	trial_run(&trial);
	ck_assert_int_eq(memhp_result_get_completion(trial.result), MEMHP_COMPLETION_TIMEOUT);
	for (size_t i = 0; i < 4; i++) {
		const struct memhp_step *step = memhp_result_get_step(trial.result, i);

		ck_assert_int_eq(memhp_step_get_reason(step), DEADLINE);
		ck_assert_int_eq(memhp_step_get_state_after(step), ON);
		if (memhp_step_get_outcome(step) != MEMHP_OUTCOME_NOT_TRIED)
			ck_assert_int_eq(memhp_step_get_outcome(step), MEMHP_OUTCOME_TIMEOUT);
	}
}
END_TEST

START_TEST(cancelled)
{
	struct rule rules[] = { { 41, 0, late[_i].does }, { 0 } };
	struct expected steps[] = { DOWN(40), late[_i].step, UNTRIED(42, CANCELLED), UNTRIED(43, CANCELLED), { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);
	struct canceller canceller;
	eventfd_t value;

	if (steps[1].reason == DEADLINE)
		steps[1].reason = CANCELLED;
	if (steps[1].outcome == MEMHP_OUTCOME_TIMEOUT)
		steps[1].outcome = MEMHP_OUTCOME_INTERRUPTED;
	canceller_start(&canceller, trial.kernel, 1);
	ck_assert_int_eq(memhp_ctx_set_cancel_fd(trial.machine.ctx, canceller.fd), 0);
	check_result(trial_run(&trial), MEMHP_COMPLETION_INTERRUPTED, steps);
	ck_assert_uint_eq(trial.kernel->stores, 2);
	/* It was looked at, and neither read nor closed. */
	ck_assert_int_eq(eventfd_read(canceller.fd, &value), 0);
	ck_assert_uint_eq(value, 1);
	canceller_end(&canceller);
}
END_TEST

/* Before anything was begun */
START_TEST(cancelled_before)
{
	static const struct expected steps[] = {
		UNTRIED(40, CANCELLED), UNTRIED(41, CANCELLED), UNTRIED(42, CANCELLED), UNTRIED(43, CANCELLED), { 0 }
	};
	_cleanup_trial_ struct trial trial = trial_start(machine_text, NULL, OFFLINE, 40, 43);
	int fd = eventfd(1, EFD_CLOEXEC);

	ck_assert_int_eq(memhp_ctx_set_cancel_fd(trial.machine.ctx, fd), 0);
	check_result(trial_run(&trial), MEMHP_COMPLETION_INTERRUPTED, steps);
	ck_assert_uint_eq(trial.kernel->stores, 0);
	close(fd);
}
END_TEST

START_TEST(not_cancelled)
{
	static const struct expected steps[] = { DOWN(40), DOWN(41), DOWN(42), DOWN(43), { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, NULL, OFFLINE, 40, 43);
	int fd = eventfd(0, EFD_CLOEXEC);

	ck_assert_int_eq(memhp_ctx_set_cancel_fd(trial.machine.ctx, fd), 0);
	check_result(trial_run(&trial), MEMHP_COMPLETION_COMPLETE, steps);
	/* A descriptor that is none is no way to cancel. */
	close(fd);
	trial_plan(&trial);
	ck_assert_int_eq(trial_apply(&trial), -EBADF);
}
END_TEST

/* Somebody kills the writer: the next one goes on. */
static const struct {
	store_fn does;
	int signal;
	struct expected step;
} deaths[] = {
	{ store_is_killed, SIGKILL, DIED(41) },
	{ store_is_killed, SIGALRM, DIED(41) },
	{ store_done_is_killed, SIGKILL, DOWN(41) },
};

START_TEST(writer_dies)
{
	struct rule rules[] = { { 41, 0, deaths[_i].does, deaths[_i].signal }, { 0 } };
	struct expected steps[] = { DOWN(40), deaths[_i].step, DOWN(42), DOWN(43), { 0 } };
	bool done = deaths[_i].step.outcome == MEMHP_OUTCOME_CHANGED;
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);

	check_result(trial_run(&trial), done ? MEMHP_COMPLETION_COMPLETE : MEMHP_COMPLETION_PARTIAL, steps);
	ck_assert_int_ne(trial.kernel->blocks[41].writer, trial.kernel->blocks[42].writer);
}
END_TEST

/* What the keys of the terminal send to all processes in front is the caller's business alone. */
static int store_is_interrupted(const struct store *store)
{
	static const int keys[] = { SIGINT, SIGQUIT, SIGTSTP, SIGHUP, SIGTTIN, SIGTTOU, SIGTERM };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		kill(getpid(), keys[i]);
	return store_does(store);
}

START_TEST(keys)
{
	static const struct rule rules[] = { { 41, 0, store_is_interrupted }, { 0 } };
	static const struct expected steps[] = { DOWN(40), DOWN(41), DOWN(42), DOWN(43), { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);

	check_result(trial_run(&trial), MEMHP_COMPLETION_COMPLETE, steps);
	ck_assert_int_eq(trial.kernel->blocks[40].writer, trial.kernel->blocks[43].writer);
}
END_TEST

/* The grace time is for writers that do not end, not for those that have done all. */
START_TEST(no_grace)
{
	static const struct expected steps[] = { DOWN(40), DOWN(41), DOWN(42), DOWN(43), { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, NULL, OFFLINE, 40, 43);

	memhp_request_set(trial.request, MEMHP_SETTING_GRACE_MS, 0);
	check_result(trial_run(&trial), MEMHP_COMPLETION_COMPLETE, steps);
	ck_assert_int_eq(memhp_result_get_writer_pid(trial.result), 0);
}
END_TEST

UNIT("deadline", tests)
{
	add_table(tests, block_deadline, late);
	tcase_add_test(tests, every_block_is_late);
	tcase_add_test(tests, slow_blocks);
	add_table(tests, request_deadline, late);
	tcase_add_test(tests, both_deadlines);
	add_table(tests, long_time, long_times);
	tcase_add_loop_test(tests, no_time, 0, 2);
	add_table(tests, cancelled, late);
	tcase_add_loop_test(tests, cancelled_before, 0, 20);
	tcase_add_test(tests, not_cancelled);
	add_table(tests, writer_dies, deaths);
	tcase_add_test(tests, keys);
	tcase_add_loop_test(tests, no_grace, 0, 20);
}
