// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * How memhp_plan_apply() ends what does not end by itself. Stores hang until the writer is killed, and time goes by only while they
 * do: no test depends on its luck.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "kernel.h"
#include "own-clock.h"

static const char machine_text[] = "blocks 32-33 state offline zones \"Normal Movable\"\n"
				   "blocks 40-43 zones Movable\n";

#define ON    MEMHP_STATE_ONLINE
#define OFF   MEMHP_STATE_OFFLINE
#define GOING MEMHP_STATE_GOING_OFFLINE

#define CHANGED(id)                                                                      \
	{                                                                                \
		id, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE, 0, OFF, MEMHP_ZONE_MOVABLE \
	}
#define UNTRIED(id, why)                                                    \
	{                                                                   \
		id, MEMHP_OUTCOME_NOT_TRIED, why, 0, ON, MEMHP_ZONE_MOVABLE \
	}
#define ENDED(id, outcome, why, after)                         \
	{                                                      \
		id, outcome, why, 0, after, MEMHP_ZONE_MOVABLE \
	}

#define DEADLINE  MEMHP_REASON_DEADLINE
#define CANCELLED MEMHP_REASON_CANCELLED

/* A machine, its kernel, and a request to take blocks 40-43 offline */
struct setup {
	struct machine machine;
	struct kernel *kernel;
	struct memhp_request *request;
};

static struct setup set_up(const struct rule *rules)
{
	struct setup setup = { .request = request_blocks(MEMHP_ACTION_OFFLINE, 40, 43) };

	machine_make(&setup.machine, machine_text);
	setup.kernel = kernel_start(&setup.machine, rules);
	return setup;
}

static void tear_down(struct setup *setup)
{
	memhp_request_free(setup->request);
	kernel_stop(setup->kernel);
	machine_release(&setup->machine);
}

/* What can become of block 41 */
static const struct {
	store_fn does;
	struct expected step;
} late[] = {
	{ store_loops, ENDED(41, MEMHP_OUTCOME_TIMEOUT, DEADLINE, ON) },
	{ store_waits, ENDED(41, MEMHP_OUTCOME_TIMEOUT, DEADLINE, ON) },
	{ store_sticks, ENDED(41, MEMHP_OUTCOME_IN_PROGRESS, DEADLINE, GOING) },
	{ store_never_returns, CHANGED(41) },
};

/* One block is over its time; the others are done by another writer. */
START_TEST(block_deadline)
{
	struct rule rules[] = { { 41, 0, late[_i].does }, { 0 } };
	struct expected steps[] = { CHANGED(40), late[_i].step, CHANGED(42), CHANGED(43), { 0 } };
	bool done = late[_i].step.outcome == MEMHP_OUTCOME_CHANGED;
	struct setup setup = set_up(rules);
	struct memhp_result *result;

	own_clock_start();
	memhp_request_set_block_timeout_ms(setup.request, 50);
	result = change(&setup.machine, setup.request);
	check_result(result, done ? MEMHP_COMPLETE : MEMHP_TIMEOUT, steps);
	ck_assert_uint_eq(memhp_step_get_elapsed_ms(memhp_result_get_step(result, 1)), 50);
	ck_assert_uint_eq(memhp_result_get_elapsed_ms(result), 50);
	ck_assert_int_eq(memhp_result_get_writer_pid(result), 0);
	ck_assert_uint_eq(setup.kernel->stores, 4);
	ck_assert_int_eq(setup.kernel->blocks[40].writer, setup.kernel->blocks[41].writer);
	ck_assert_int_ne(setup.kernel->blocks[41].writer, setup.kernel->blocks[42].writer);
	ck_assert_int_eq(setup.kernel->blocks[42].writer, setup.kernel->blocks[43].writer);
	memhp_result_free(result);
	tear_down(&setup);
}
END_TEST

/* All of them are: a writer for each. */
START_TEST(every_block_is_late)
{
	static const struct rule rules[] = {
		{ 40, 0, store_waits }, { 41, 0, store_loops }, { 42, 0, store_waits }, { 43, 0, store_loops }, { 0 }
	};
	static const struct expected steps[] = { ENDED(40, MEMHP_OUTCOME_TIMEOUT, DEADLINE, ON),
						 ENDED(41, MEMHP_OUTCOME_TIMEOUT, DEADLINE, ON),
						 ENDED(42, MEMHP_OUTCOME_TIMEOUT, DEADLINE, ON),
						 ENDED(43, MEMHP_OUTCOME_TIMEOUT, DEADLINE, ON),
						 { 0 } };
	struct setup setup = set_up(rules);
	struct memhp_result *result;

	own_clock_start();
	memhp_request_set_block_timeout_ms(setup.request, 20);
	result = change(&setup.machine, setup.request);
	check_result(result, MEMHP_TIMEOUT, steps);
	ck_assert_uint_eq(memhp_result_get_elapsed_ms(result), 80);
	memhp_result_free(result);
	tear_down(&setup);
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
	static const struct expected steps[] = { CHANGED(40), CHANGED(41), CHANGED(42), CHANGED(43), { 0 } };
	struct setup setup = set_up(rules);
	struct memhp_result *result;

	own_clock_start();
	memhp_request_set_block_timeout_ms(setup.request, 900);
	result = change(&setup.machine, setup.request);
	check_result(result, MEMHP_COMPLETE, steps);
	for (size_t i = 0; i < 4; i++)
		ck_assert_uint_eq(memhp_step_get_elapsed_ms(memhp_result_get_step(result, i)), 250);
	ck_assert_uint_eq(memhp_result_get_elapsed_ms(result), 1000);
	ck_assert_int_eq(setup.kernel->blocks[40].writer, setup.kernel->blocks[43].writer);
	memhp_result_free(result);
	tear_down(&setup);
}
END_TEST

START_TEST(request_deadline)
{
	struct rule rules[] = { { 41, 0, late[_i].does }, { 0 } };
	struct expected steps[] = { CHANGED(40), late[_i].step, UNTRIED(42, DEADLINE), UNTRIED(43, DEADLINE), { 0 } };
	struct setup setup = set_up(rules);
	struct memhp_result *result;

	own_clock_start();
	memhp_request_set_timeout_ms(setup.request, 100);
	result = change(&setup.machine, setup.request);
	check_result(result, MEMHP_TIMEOUT, steps);
	ck_assert_uint_eq(memhp_result_get_elapsed_ms(result), 100);
	ck_assert_uint_eq(setup.kernel->stores, 2);
	memhp_result_free(result);
	tear_down(&setup);
}
END_TEST

/* The earlier of two deadlines counts, and the last block may be the one that is late. */
START_TEST(both_deadlines)
{
	static const struct rule rules[] = { { 41, 0, store_waits }, { 43, 0, store_waits }, { 0 } };
	static const struct expected steps[] = { CHANGED(40),
						 ENDED(41, MEMHP_OUTCOME_TIMEOUT, DEADLINE, ON),
						 CHANGED(42),
						 ENDED(43, MEMHP_OUTCOME_TIMEOUT, DEADLINE, ON),
						 { 0 } };
	struct setup setup = set_up(rules);
	struct memhp_result *result;

	own_clock_start();
	memhp_request_set_block_timeout_ms(setup.request, 200);
	memhp_request_set_timeout_ms(setup.request, 300);
	result = change(&setup.machine, setup.request);
	check_result(result, MEMHP_TIMEOUT, steps);
	ck_assert_uint_eq(memhp_result_get_elapsed_ms(result), 300);
	ck_assert_uint_eq(memhp_step_get_elapsed_ms(memhp_result_get_step(result, 1)), 200);
	ck_assert_uint_eq(memhp_step_get_elapsed_ms(memhp_result_get_step(result, 3)), 100);
	memhp_result_free(result);
	tear_down(&setup);
}
END_TEST

/* Times of any length, in the past of nobody */
static const uint64_t long_times[] = { MEMHP_NO_TIMEOUT, MEMHP_NO_TIMEOUT - 1, INT64_MAX, INT64_MAX - 1, UINT32_MAX, INT32_MAX };

START_TEST(long_time)
{
	static const struct expected steps[] = { CHANGED(40), CHANGED(41), CHANGED(42), CHANGED(43), { 0 } };
	struct memhp_result *result;

	for (size_t i = 0; i < ARRAY_SIZE(long_times); i++) {
		static const struct rule rules[] = { { 41, 0, store_takes, 5 }, { 0 } };
		struct setup setup = set_up(rules);

		memhp_request_set_timeout_ms(setup.request, long_times[_i]);
		memhp_request_set_block_timeout_ms(setup.request, long_times[i]);
		memhp_request_set_grace_ms(setup.request, long_times[i]);
		result = change(&setup.machine, setup.request);
		check_result(result, MEMHP_COMPLETE, steps);
		memhp_result_free(result);
		tear_down(&setup);
	}
}
END_TEST

/* No time at all: whatever was begun is ended at once, and the result is true. */
START_TEST(no_time)
{
	static const struct rule rules[] = {
		{ 40, 0, store_waits }, { 41, 0, store_waits }, { 42, 0, store_waits }, { 43, 0, store_waits }, { 0 }
	};
	struct setup setup = set_up(rules);
	struct memhp_result *result;

	memhp_request_set_timeout_ms(setup.request, _i == 0 ? 0 : MEMHP_NO_TIMEOUT);
	memhp_request_set_block_timeout_ms(setup.request, _i == 0 ? MEMHP_NO_TIMEOUT : 0);
	result = change(&setup.machine, setup.request);
	ck_assert_int_eq(memhp_result_get_completion(result), MEMHP_TIMEOUT);
	for (size_t i = 0; i < 4; i++) {
		const struct memhp_step *step = memhp_result_get_step(result, i);

		ck_assert_int_eq(memhp_step_get_reason(step), DEADLINE);
		ck_assert_int_eq(memhp_step_get_after(step), ON);
		if (memhp_step_get_outcome(step) != MEMHP_OUTCOME_NOT_TRIED)
			ck_assert_int_eq(memhp_step_get_outcome(step), MEMHP_OUTCOME_TIMEOUT);
	}
	memhp_result_free(result);
	tear_down(&setup);
}
END_TEST

START_TEST(cancelled)
{
	struct rule rules[] = { { 41, 0, late[_i].does }, { 0 } };
	struct expected steps[] = { CHANGED(40), late[_i].step, UNTRIED(42, CANCELLED), UNTRIED(43, CANCELLED), { 0 } };
	struct setup setup = set_up(rules);
	struct canceller canceller;
	struct memhp_result *result;
	eventfd_t value;

	if (steps[1].reason == DEADLINE)
		steps[1].reason = CANCELLED;
	if (steps[1].outcome == MEMHP_OUTCOME_TIMEOUT)
		steps[1].outcome = MEMHP_OUTCOME_INTERRUPTED;
	canceller_start(&canceller, setup.kernel, 1);
	memhp_request_set_cancel_fd(setup.request, canceller.fd);
	result = change(&setup.machine, setup.request);
	check_result(result, MEMHP_INTERRUPTED, steps);
	ck_assert_uint_eq(setup.kernel->stores, 2);
	/* It was looked at, and neither read nor closed. */
	ck_assert_int_eq(eventfd_read(canceller.fd, &value), 0);
	ck_assert_uint_eq(value, 1);
	canceller_end(&canceller);
	memhp_result_free(result);
	tear_down(&setup);
}
END_TEST

/* Before anything was begun */
START_TEST(cancelled_before)
{
	static const struct expected steps[] = {
		UNTRIED(40, CANCELLED), UNTRIED(41, CANCELLED), UNTRIED(42, CANCELLED), UNTRIED(43, CANCELLED), { 0 }
	};
	struct setup setup = set_up(NULL);
	int fd = eventfd(1, EFD_CLOEXEC);
	struct memhp_result *result;

	memhp_request_set_cancel_fd(setup.request, fd);
	result = change(&setup.machine, setup.request);
	check_result(result, MEMHP_INTERRUPTED, steps);
	ck_assert_uint_eq(setup.kernel->stores, 0);
	close(fd);
	memhp_result_free(result);
	tear_down(&setup);
}
END_TEST

START_TEST(not_cancelled)
{
	static const struct expected steps[] = { CHANGED(40), CHANGED(41), CHANGED(42), CHANGED(43), { 0 } };
	struct setup setup = set_up(NULL);
	int fd = eventfd(0, EFD_CLOEXEC);
	struct memhp_result *result;
	struct memhp_plan *plan;

	memhp_request_set_cancel_fd(setup.request, fd);
	result = change(&setup.machine, setup.request);
	check_result(result, MEMHP_COMPLETE, steps);
	memhp_result_free(result);
	/* A descriptor that is none is no way to cancel. */
	close(fd);
	plan = plan_request(&setup.machine, setup.request);
	ck_assert_int_eq(apply(&setup.machine, plan, &result), -EBADF);
	memhp_plan_free(plan);
	tear_down(&setup);
}
END_TEST

/* Somebody kills the writer: the next one goes on. */
static const struct {
	store_fn does;
	int signal;
	struct expected step;
} deaths[] = {
	{ store_is_killed, SIGKILL, ENDED(41, MEMHP_OUTCOME_FAILED, MEMHP_REASON_WRITER_DIED, ON) },
	{ store_is_killed, SIGALRM, ENDED(41, MEMHP_OUTCOME_FAILED, MEMHP_REASON_WRITER_DIED, ON) },
	{ store_done_is_killed, SIGKILL, CHANGED(41) },
};

START_TEST(writer_dies)
{
	struct rule rules[] = { { 41, 0, deaths[_i].does, deaths[_i].signal }, { 0 } };
	struct expected steps[] = { CHANGED(40), deaths[_i].step, CHANGED(42), CHANGED(43), { 0 } };
	bool done = deaths[_i].step.outcome == MEMHP_OUTCOME_CHANGED;
	struct setup setup = set_up(rules);
	struct memhp_result *result;

	result = change(&setup.machine, setup.request);
	check_result(result, done ? MEMHP_COMPLETE : MEMHP_PARTIAL, steps);
	ck_assert_int_ne(setup.kernel->blocks[41].writer, setup.kernel->blocks[42].writer);
	memhp_result_free(result);
	tear_down(&setup);
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
	static const struct expected steps[] = { CHANGED(40), CHANGED(41), CHANGED(42), CHANGED(43), { 0 } };
	struct setup setup = set_up(rules);
	struct memhp_result *result = change(&setup.machine, setup.request);

	check_result(result, MEMHP_COMPLETE, steps);
	ck_assert_int_eq(setup.kernel->blocks[40].writer, setup.kernel->blocks[43].writer);
	memhp_result_free(result);
	tear_down(&setup);
}
END_TEST

/* The grace time is for writers that do not end, not for those that have done all. */
START_TEST(no_grace)
{
	static const struct expected steps[] = { CHANGED(40), CHANGED(41), CHANGED(42), CHANGED(43), { 0 } };
	struct setup setup = set_up(NULL);
	struct memhp_result *result;

	memhp_request_set_grace_ms(setup.request, 0);
	result = change(&setup.machine, setup.request);
	check_result(result, MEMHP_COMPLETE, steps);
	ck_assert_int_eq(memhp_result_get_writer_pid(result), 0);
	memhp_result_free(result);
	tear_down(&setup);
}
END_TEST

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
	{ store_loops_traced, CANCELLED, ENDED(41, MEMHP_OUTCOME_IN_PROGRESS, CANCELLED, GOING) },
	{ store_waits_traced, CANCELLED, ENDED(41, MEMHP_OUTCOME_IN_PROGRESS, CANCELLED, ON) },
	{ store_never_returns_traced, CANCELLED, CHANGED(41) },
	{ store_loops_traced, DEADLINE, ENDED(41, MEMHP_OUTCOME_IN_PROGRESS, DEADLINE, GOING) },
};

static void count_warnings(void *data, int level, const char *format, va_list args)
{
	if (level == LOG_WARNING)
		++*(int *)data;
}

/* Without reaping any */
static bool has_child(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 || errno != ECHILD;
}

START_TEST(stuck_writer)
{
	struct rule rules[] = { { 41, 0, stuck[_i].does }, { 0 } };
	struct expected steps[] = { CHANGED(40), stuck[_i].step, UNTRIED(42, stuck[_i].why), UNTRIED(43, stuck[_i].why), { 0 } };
	bool cancels = stuck[_i].why == CANCELLED;
	struct setup setup = set_up(rules);
	int fd = eventfd(0, EFD_CLOEXEC), warnings = 0;
	struct memhp_result *result;
	pid_t debugger;

	own_clock_start();
	debugger = start_debugger(setup.kernel, fd);
	memhp_ctx_set_log(setup.machine.ctx, count_warnings, &warnings, LOG_WARNING);
	memhp_request_set_cancel_fd(setup.request, cancels ? fd : -1);
	memhp_request_set_block_timeout_ms(setup.request, cancels ? MEMHP_NO_TIMEOUT : 500);
	memhp_request_set_grace_ms(setup.request, GRACE_MS);
	result = change(&setup.machine, setup.request);
	if (setup.kernel->note == TRACED) {
		check_result(result, cancels ? MEMHP_INTERRUPTED : MEMHP_TIMEOUT, steps);
		ck_assert_int_eq(memhp_result_get_writer_pid(result), setup.kernel->writer);
		ck_assert_uint_eq(memhp_result_get_elapsed_ms(result), (cancels ? 0 : 500) + GRACE_MS);
		ck_assert_int_eq(warnings, 1);
	}
	memhp_result_free(result);
	stop_debugger(setup.kernel, debugger);
	close(fd);
	/* The context reaps it as it goes. */
	tear_down(&setup);
	ck_assert(!has_child());
}
END_TEST

/* A rollback in which the writer sticks ends, too: what it left is told, and the writer. */
START_TEST(stuck_rollback)
{
	struct rule rules[] = { { 40, 2, store_waits_traced }, { 42, 0, store_fails, EPERM }, { 0 } };
	struct expected steps[] = { { 40, MEMHP_OUTCOME_ROLLBACK_FAILED, DEADLINE, 0, OFF, MEMHP_ZONE_MOVABLE },
				    { 41, MEMHP_OUTCOME_ROLLED_BACK, MEMHP_REASON_NONE, 0, ON, MEMHP_ZONE_MOVABLE },
				    { 42, MEMHP_OUTCOME_VETOED, MEMHP_REASON_VETO, -EPERM, ON, MEMHP_ZONE_MOVABLE },
				    { 43, MEMHP_OUTCOME_ROLLED_BACK, MEMHP_REASON_NONE, 0, ON, MEMHP_ZONE_MOVABLE },
				    { 0 } };
	struct setup setup = set_up(rules);
	struct memhp_result *result;
	pid_t debugger;

	own_clock_start();
	debugger = start_debugger(setup.kernel, -1);
	memhp_request_set_rollback(setup.request, true);
	memhp_request_set_rollback_timeout_ms(setup.request, 500);
	memhp_request_set_grace_ms(setup.request, GRACE_MS);
	result = change(&setup.machine, setup.request);
	if (setup.kernel->note == TRACED) {
		check_result(result, MEMHP_PARTIAL, steps);
		ck_assert(!memhp_result_is_rolled_back(result));
		ck_assert_int_eq(memhp_result_get_writer_pid(result), setup.kernel->writer);
		ck_assert_uint_eq(memhp_result_get_elapsed_ms(result), 500 + GRACE_MS);
	}
	memhp_result_free(result);
	stop_debugger(setup.kernel, debugger);
	tear_down(&setup);
	ck_assert(!has_child());
}
END_TEST

/* The next request reaps it, and goes on with its own writer. */
START_TEST(stuck_writer_is_reaped)
{
	static const struct rule rules[] = { { 40, 1, store_waits_traced }, { 0 } };
	static const struct expected steps[] = { CHANGED(40), CHANGED(41), CHANGED(42), CHANGED(43), { 0 } };
	struct setup setup = set_up(rules);
	int fd = eventfd(0, EFD_CLOEXEC);
	pid_t debugger = start_debugger(setup.kernel, fd);
	struct memhp_result *result;

	memhp_request_set_cancel_fd(setup.request, fd);
	memhp_request_set_grace_ms(setup.request, 0);
	memhp_result_free(change(&setup.machine, setup.request));
	if (stop_debugger(setup.kernel, debugger)) {
		ck_assert(has_child());
		memhp_request_set_cancel_fd(setup.request, -1);
		memhp_request_set_grace_ms(setup.request, 60000);
		result = change(&setup.machine, setup.request);
		check_result(result, MEMHP_COMPLETE, steps);
		memhp_result_free(result);
		ck_assert(!has_child());
	}
	close(fd);
	tear_down(&setup);
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
	struct setup setup = set_up(rules);

	own_clock_start();
	memhp_request_set_timeout_ms(setup.request, alarms[_i].timeout_ms);
	memhp_request_set_block_timeout_ms(setup.request, alarms[_i].block_timeout_ms);
	memhp_request_set_grace_ms(setup.request, 5000);
	memhp_result_free(change(&setup.machine, setup.request));
	if (deadline_ms) {
		ck_assert_uint_gt(setup.kernel->note, deadline_ms);
		ck_assert_uint_le(setup.kernel->note, deadline_ms + 5000);
	} else {
		ck_assert_uint_eq(setup.kernel->note, 0);
	}
	tear_down(&setup);
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
	struct setup setup = set_up(rules);

	own_clock_start();
	memhp_request_set_block_timeout_ms(setup.request, 120000);
	memhp_request_set_grace_ms(setup.request, 5000);
	memhp_result_free(change(&setup.machine, setup.request));
	if (renewals[_i].renewed) {
		ck_assert_uint_gt(setup.kernel->note, 120000);
		ck_assert_uint_le(setup.kernel->note, 125000);
	} else {
		ck_assert_uint_eq(setup.kernel->note, 0);
	}
	tear_down(&setup);
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
static pid_t start_caller(struct setup *setup)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct memhp_result *result;
		const struct memhp_step *step;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		result = change(&setup->machine, setup->request);
		step = memhp_result_get_step(result, 0);
		setup->kernel->note = memhp_step_get_outcome(step) << 8 | memhp_step_get_reason(step);
		_exit(0);
	}
	return pid;
}

START_TEST(stopped_caller)
{
	static const struct rule rules[] = { { 40, 0, store_outlasts_caller, 100 }, { 0 } };
	struct setup setup = set_up(rules);
	int status;
	pid_t pid;

	own_clock_start();
	memhp_request_set_timeout_ms(setup.request, _i ? MEMHP_NO_TIMEOUT : 50);
	memhp_request_set_block_timeout_ms(setup.request, _i ? 50 : MEMHP_NO_TIMEOUT);
	pid = start_caller(&setup);
	ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
	ck_assert(WIFSTOPPED(status));
	await_end(setup.kernel->writer);
	kill(pid, SIGCONT);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_str_eq(memhp_outcome_name(setup.kernel->note >> 8), memhp_outcome_name(MEMHP_OUTCOME_TIMEOUT));
	ck_assert_str_eq(memhp_reason_name(setup.kernel->note & 255), memhp_reason_name(DEADLINE));
	tear_down(&setup);
}
END_TEST

/* A caller that is killed leaves no writer behind. */
START_TEST(killed_caller)
{
	struct rule rules[] = { { 40, 0, _i ? store_loops : store_waits }, { 0 } };
	struct setup setup = set_up(rules);
	pid_t pid = start_caller(&setup);

	kernel_await(setup.kernel, 1);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	await_end(setup.kernel->writer);
	ck_assert_uint_eq(setup.kernel->stores, 1);
	tear_down(&setup);
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
	add_table(tests, stuck_writer, stuck);
	tcase_add_test(tests, stuck_rollback);
	tcase_add_test(tests, stuck_writer_is_reaped);
	add_table(tests, backstop, alarms);
	add_table(tests, backstop_is_renewed, renewals);
	tcase_add_loop_test(tests, stopped_caller, 0, 2);
	tcase_add_loop_test(tests, killed_caller, 0, 2);
}
