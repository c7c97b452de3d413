// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writers and callers that cannot go on: one that a debugger holds, one whose caller is stopped or killed. */
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "own-clock.h"
#include "trial.h"

static const char machine_text[] = "blocks 40-43 zones Movable\n";

static bool has_ended(pid_t pid)
{
	char path[64], state = 'Z';
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (file) {
		ck_assert_int_eq(fscanf(file, "%*d (%*[^)]) %c", &state), 1);
		fclose(file);
	}
	return state == 'Z' || state == 'X';
}

/* The end of a process that is not this one's to wait for */
static void await_end(pid_t pid)
{
	while (!has_ended(pid))
		usleep(1000);
}

enum { TRACED = 1, NOT_TRACED };

/* How long a writer that was killed has to be there before it is left behind */
#define GRACE_MS 200

/*
 * A writer that not even SIGKILL ends: a debugger holds it. The debugger attaches to the first store that waits for it, cancels the
 * request once that store hangs, lets the time pass that a killed writer is given, and goes when it is released.
 */
static pid_t start_debugger(struct kernel *kernel, int fd)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	kernel_await(kernel, 1);
	kernel->note = ptrace(PTRACE_SEIZE, kernel->writer, NULL, NULL) < 0 ? NOT_TRACED : TRACED;
	kernel_await(kernel, 2);
	eventfd_write(fd, 1);
	await_end(kernel->writer);
	own_clock_advance(GRACE_MS);
	kernel_await_release(kernel);
	_exit(0);
}

/* From then on nothing holds the writer. */
static bool stop_debugger(struct kernel *kernel, pid_t pid)
{
	kernel_release(kernel);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	await_end(kernel->writer);
	if (kernel->note == NOT_TRACED)
		unit_skip("no way to trace a process");
	return kernel->note == TRACED;
}

static void await_debugger(const struct store *store)
{
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	kernel_note_hanging(store->kernel);
	while (!store->kernel->note)
		usleep(1000);
}

static int store_loops_traced(const struct store *store)
{
	await_debugger(store);
	return store_loops(store);
}

static int store_waits_traced(const struct store *store)
{
	await_debugger(store);
	return store_waits(store);
}

static int store_never_returns_traced(const struct store *store)
{
	await_debugger(store);
	return store_never_returns(store);
}

static const struct {
	store_fn does;
	enum memhp_reason why;
	struct expected step;
} stuck[] = {
	{ store_loops_traced, CANCELLED, { 41, MEMHP_OUTCOME_IN_PROGRESS, CANCELLED, 0, GOING, IN_MOVABLE } },
	{ store_waits_traced, CANCELLED, STAYS(41, MEMHP_OUTCOME_IN_PROGRESS, CANCELLED) },
	{ store_never_returns_traced, CANCELLED, DOWN(41) },
	{ store_loops_traced, DEADLINE, { 41, MEMHP_OUTCOME_IN_PROGRESS, DEADLINE, 0, GOING, IN_MOVABLE } },
};

static void count_warnings(void *data, int level, const char *format, va_list args)
{
	if (level == LOG_WARNING)
		++*(int *)data;
}

START_TEST(stuck_writer)
{
	struct rule rules[] = { { 41, 0, stuck[_i].does }, { 0 } };
	struct expected steps[] = { DOWN(40), stuck[_i].step, UNTRIED(42, stuck[_i].why), UNTRIED(43, stuck[_i].why), { 0 } };
	bool cancels = stuck[_i].why == CANCELLED;
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);
	int fd = eventfd(0, EFD_CLOEXEC), warnings = 0;
	pid_t debugger;

	own_clock_start();
	debugger = start_debugger(trial.kernel, fd);
	memhp_ctx_set_log(trial.machine.ctx, count_warnings, &warnings, LOG_WARNING);
	ck_assert_int_eq(memhp_ctx_set_cancel_fd(trial.machine.ctx, cancels ? fd : -1), 0);
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, cancels ? MEMHP_NO_TIMEOUT : 500);
	memhp_request_set(trial.request, MEMHP_SETTING_GRACE_MS, GRACE_MS);
	trial_run(&trial);
	if (trial.kernel->note == TRACED) {
		check_result(trial.result, cancels ? MEMHP_COMPLETION_INTERRUPTED : MEMHP_COMPLETION_TIMEOUT, steps);
		ck_assert_int_eq(memhp_result_get_writer_pid(trial.result), trial.kernel->writer);
		ck_assert_uint_eq(memhp_result_get_elapsed_ms(trial.result), (cancels ? 0 : 500) + GRACE_MS);
		ck_assert_int_eq(warnings, 1);
	}
	stop_debugger(trial.kernel, debugger);
	close(fd);
}
END_TEST

/* A rollback in which the writer sticks ends, too: what it left is told, and the writer. */
START_TEST(stuck_rollback)
{
	struct rule rules[] = { { 40, 2, store_waits_traced }, { 42, 0, store_fails, EPERM }, { 0 } };
	struct expected steps[] = { { 40, MEMHP_OUTCOME_ROLLBACK_FAILED, DEADLINE, 0, OFF, IN_MOVABLE },
				    BACK(41),
				    { 42, MEMHP_OUTCOME_VETOED, MEMHP_REASON_VETO, -EPERM, ON, IN_MOVABLE },
				    BACK(43),
				    { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);
	pid_t debugger;

	own_clock_start();
	debugger = start_debugger(trial.kernel, -1);
	memhp_request_set(trial.request, MEMHP_SETTING_ROLLBACK, true);
	memhp_request_set(trial.request, MEMHP_SETTING_ROLLBACK_TIMEOUT_MS, 500);
	memhp_request_set(trial.request, MEMHP_SETTING_GRACE_MS, GRACE_MS);
	trial_run(&trial);
	if (trial.kernel->note == TRACED) {
		check_result(trial.result, MEMHP_COMPLETION_PARTIAL, steps);
		ck_assert(!memhp_result_is_rolled_back(trial.result));
		ck_assert_int_eq(memhp_result_get_writer_pid(trial.result), trial.kernel->writer);
		ck_assert_uint_eq(memhp_result_get_elapsed_ms(trial.result), 500 + GRACE_MS);
	}
	stop_debugger(trial.kernel, debugger);
}
END_TEST

/* The next request reaps it, and goes on with its own writer. */
START_TEST(stuck_writer_is_reaped)
{
	static const struct rule rules[] = { { 40, 1, store_waits_traced }, { 0 } };
	static const struct expected steps[] = { DOWN(40), DOWN(41), DOWN(42), DOWN(43), { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);
	int fd = eventfd(0, EFD_CLOEXEC);
	pid_t debugger = start_debugger(trial.kernel, fd);

	ck_assert_int_eq(memhp_ctx_set_cancel_fd(trial.machine.ctx, fd), 0);
	memhp_request_set(trial.request, MEMHP_SETTING_GRACE_MS, 0);
	trial_run(&trial);
	if (stop_debugger(trial.kernel, debugger)) {
		ck_assert(has_children());
		ck_assert_int_eq(memhp_ctx_set_cancel_fd(trial.machine.ctx, -1), 0);
		memhp_request_set(trial.request, MEMHP_SETTING_GRACE_MS, 60000);
		check_result(trial_run(&trial), MEMHP_COMPLETION_COMPLETE, steps);
		ck_assert(!has_children());
	}
	close(fd);
}
END_TEST

/* The writer's own alarm, for callers that cannot see to their deadlines; it never comes before them. */
static const struct {
	uint64_t timeout_ms, block_timeout_ms, deadline_ms;
} alarms[] = {
	{ MEMHP_NO_TIMEOUT, 2000, 2000 },
	{ 2000, MEMHP_NO_TIMEOUT, 2000 },
	{ 2000, 60000, 2000 },
	{ 60000, 2000, 2000 },
	{ MEMHP_NO_TIMEOUT, 120000, 120000 },
	{ INT32_MAX, INT32_MAX, INT32_MAX },
	{ MEMHP_NO_TIMEOUT, MEMHP_NO_TIMEOUT, 0 },
	{ (uint64_t)INT32_MAX * 2, MEMHP_NO_TIMEOUT, 0 },
};

static int note_alarm(const struct store *store)
{
	struct itimerval timer;

	getitimer(ITIMER_REAL, &timer);
	store->kernel->note = (uint32_t)(timer.it_value.tv_sec * 1000 + timer.it_value.tv_usec / 1000);
	return store_does(store);
}

START_TEST(backstop)
{
	static const struct rule rules[] = { { 40, 0, note_alarm }, { 0 } };
	uint64_t deadline_ms = alarms[_i].deadline_ms;
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);

	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_TIMEOUT_MS, alarms[_i].timeout_ms);
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, alarms[_i].block_timeout_ms);
	memhp_request_set(trial.request, MEMHP_SETTING_GRACE_MS, 5000);
	trial_run(&trial);
	if (deadline_ms) {
		ck_assert_uint_gt(trial.kernel->note, deadline_ms);
		ck_assert_uint_le(trial.kernel->note, deadline_ms + 5000);
	} else {
		ck_assert_uint_eq(trial.kernel->note, 0);
	}
}
END_TEST

/* The alarm is for blocks that begin within the grace time after it was set; the next one sets it again. */
static const struct {
	unsigned int took_ms;
	bool renewed;
} renewals[] = {
	{ 0, false },
	{ 4000, false },
	{ 4950, true },
	{ 30000, true },
};

static int store_takes_time(const struct store *store)
{
	static const struct itimerval none;

	own_clock_advance(store->arg);
	setitimer(ITIMER_REAL, &none, NULL);
	return store_does(store);
}

START_TEST(backstop_is_renewed)
{
	struct rule rules[] = { { 40, 0, store_takes_time, renewals[_i].took_ms }, { 41, 0, note_alarm }, { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);

	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 120000);
	memhp_request_set(trial.request, MEMHP_SETTING_GRACE_MS, 5000);
	trial_run(&trial);
	if (renewals[_i].renewed) {
		ck_assert_uint_gt(trial.kernel->note, 120000);
		ck_assert_uint_le(trial.kernel->note, 125000);
	} else {
		ck_assert_uint_eq(trial.kernel->note, 0);
	}
}
END_TEST

/* Stops the caller until its deadline is over, and then comes the alarm. */
static int store_outlasts_caller(const struct store *store)
{
	kill(getppid(), SIGSTOP);
	own_clock_advance(store->arg);
	return store_is_killed(&(struct store){ store->kernel, store->id, store->action, SIGALRM });
}

/* In a process of its own; notes what became of block 40. */
static pid_t start_caller(struct trial *trial)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		const struct memhp_step *step;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		step = memhp_result_get_step(trial_run(trial), 0);
		trial->kernel->note = memhp_step_get_outcome(step) << 8 | memhp_step_get_reason(step);
		_exit(0);
	}
	return pid;
}

START_TEST(stopped_caller)
{
	static const struct rule rules[] = { { 40, 0, store_outlasts_caller, 100 }, { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);
	int status;
	pid_t pid;

	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_TIMEOUT_MS, _i ? MEMHP_NO_TIMEOUT : 50);
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, _i ? 50 : MEMHP_NO_TIMEOUT);
	pid = start_caller(&trial);
	ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
	ck_assert(WIFSTOPPED(status));
	await_end(trial.kernel->writer);
	kill(pid, SIGCONT);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_str_eq(memhp_outcome_name(trial.kernel->note >> 8), memhp_outcome_name(MEMHP_OUTCOME_TIMEOUT));
	ck_assert_str_eq(memhp_reason_name(trial.kernel->note & 255), memhp_reason_name(DEADLINE));
}
END_TEST

/* A caller that is killed leaves no writer behind. */
START_TEST(killed_caller)
{
	struct rule rules[] = { { 40, 0, _i ? store_loops : store_waits }, { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);
	pid_t pid = start_caller(&trial);

	kernel_await(trial.kernel, 1);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	await_end(trial.kernel->writer);
	ck_assert_uint_eq(trial.kernel->stores, 1);
}
END_TEST

UNIT("stuck", tests)
{
	add_table(tests, stuck_writer, stuck);
	tcase_add_test(tests, stuck_rollback);
	tcase_add_test(tests, stuck_writer_is_reaped);
	add_table(tests, backstop, alarms);
	add_table(tests, backstop_is_renewed, renewals);
	tcase_add_loop_test(tests, stopped_caller, 0, 2);
	tcase_add_loop_test(tests, killed_caller, 0, 2);
}
