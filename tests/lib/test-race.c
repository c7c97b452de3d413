// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What happens between two system calls of memhp_plan_apply(), and on kernels that lack some of them. The linker puts
 * __wrap_syscall() in front of syscall(), which is how the library makes, kills and strips its writer.
 */
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "own-clock.h"
#include "trial.h"

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

/* How this process's system calls differ */
static struct {
	bool old_kernel; /* before 5.2 */
	bool no_proc;
	void (*before_kill)(void);
	int failing_clone; /* the Nth has no resources */
	bool clones_keep_failing;
	void (*before_clone)(void);
	void (*after_clone)(pid_t pid); /* in either process, pid as clone() returned it */
} hooks;

static struct kernel *kernel;

int __real_open(const char *path, int flags);
int __wrap_open(const char *path, int flags);
int __wrap_open64(const char *path, int flags);
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

static int clone_fails(void)
{
	bool fails = hooks.failing_clone == 1;

	if (hooks.failing_clone > 1 || (fails && !hooks.clones_keep_failing))
		hooks.failing_clone--;
	return fails;
}

/* Nothing here makes a file. */
int __wrap_open(const char *path, int flags)
{
	if (hooks.no_proc && strncmp(path, "/proc/", strlen("/proc/")) == 0)
		return errno = ENOENT, -1;
	return __real_open(path, flags);
}

/* The same with large files on 32 bits */
int __wrap_open64(const char *path, int flags)
{
	return __wrap_open(path, flags | O_LARGEFILE);
}

long __wrap_syscall(long number, ...)
{
	long args[6], result;
	va_list list;

	va_start(list, number);
	for (size_t i = 0; i < ARRAY_SIZE(args); i++)
		args[i] = va_arg(list, long);
	va_end(list);
	if (hooks.old_kernel && (number == SYS_close_range || number == SYS_pidfd_send_signal || number == SYS_openat2)) {
		errno = ENOSYS;
		return -1;
	}
	if (number == SYS_clone && clone_fails()) {
		errno = EAGAIN;
		return -1;
	}
	/* An old kernel knows no such flag; it is in the first argument or the second. */
	if (number == SYS_clone && hooks.old_kernel)
		args[args[0] ? 0 : 1] &= ~CLONE_PIDFD;
	if (number == SYS_pidfd_send_signal && hooks.before_kill)
		hooks.before_kill();
	if (number == SYS_clone && hooks.before_clone)
		hooks.before_clone();
	result = __real_syscall(number, args[0], args[1], args[2], args[3], args[4], args[5]);
	if (number == SYS_clone && hooks.after_clone)
		hooks.after_clone((pid_t)result);
	return result;
}

static const char machine_text[] = "blocks 40-43 zones Movable\n";

static struct trial set_up(const struct rule *rules, read_fn reads)
{
	struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);

	kernel = trial.kernel;
	kernel->reads = reads;
	return trial;
}

static void tear_down(struct trial *trial)
{
	memset(&hooks, 0, sizeof(hooks));
	trial_end(trial);
}

/* Block 40 was to be given up, and is done before the kill comes: by then the writer is at another block. */
static void go_on(void)
{
	hooks.before_kill = NULL;
	kernel_release(kernel);
	kernel_await(kernel, 2);
}

/* By then the writer has done all blocks, and its last word is under way or has arrived. */
static void go_to_the_end(void)
{
	hooks.before_kill = NULL;
	kernel_release(kernel);
	kernel_await_returned(kernel, 4);
}

/* Block 41 is read for the first time: the writer is at it, and has not begun to write. */
static int read_waits(const struct store *store, const char *file)
{
	if (store->id == 41 && kernel->blocks[40].stores && atomic_fetch_add(&kernel->note, 1) == 0)
		store_hangs(store);
	return 0;
}

static const struct {
	void (*before_kill)(void);
	read_fn reads;
	struct rule rule; /* besides that block 40 waits until the caller is about to kill its writer */
	enum memhp_reason why;
	unsigned int stores;
	enum memhp_completion completion;
	struct expected steps[5];
} moves[] = {
	/* the block that was hit is innocent and tried again */
	{ go_on, .rule = { 41, 1, store_waits }, .why = MEMHP_REASON_NONE, .stores = 5, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { DOWN(40), DOWN(41), DOWN(42), DOWN(43) } },
	{ go_on, .rule = { 41, 1, store_loops }, .why = MEMHP_REASON_NONE, .stores = 5, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { DOWN(40), DOWN(41), DOWN(42), DOWN(43) } },
	{ go_on, .rule = { 43, 1, store_waits }, .why = MEMHP_REASON_NONE, .stores = 5, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { DOWN(40), DOWN(41), DOWN(42), DOWN(43) } },
	/* it was done all the same */
	{ go_on, .rule = { 41, 1, store_never_returns }, .why = MEMHP_REASON_NONE, .stores = 4,
	  .completion = MEMHP_COMPLETION_COMPLETE, .steps = { DOWN(40), DOWN(41), DOWN(42), DOWN(43) } },
	/* nothing was written */
	{ go_on, .reads = read_waits, .why = MEMHP_REASON_NONE, .stores = 4, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { DOWN(40), DOWN(41), DOWN(42), DOWN(43) } },
	/* it was the last moment */
	{ go_to_the_end, .why = MEMHP_REASON_NONE, .stores = 4, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { DOWN(40), DOWN(41), DOWN(42), DOWN(43) } },
	{ go_to_the_end, .why = DEADLINE, .stores = 4, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { DOWN(40), DOWN(41), DOWN(42), DOWN(43) } },
	{ go_to_the_end, .why = CANCELLED, .stores = 4, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { DOWN(40), DOWN(41), DOWN(42), DOWN(43) } },
	/* the whole request is over */
	{ go_on, .rule = { 41, 1, store_waits }, .why = DEADLINE, .stores = 2, .completion = MEMHP_COMPLETION_TIMEOUT,
	  .steps = { DOWN(40), LATE(41), UNTRIED(42, DEADLINE), UNTRIED(43, DEADLINE) } },
	{ go_on, .rule = { 41, 1, store_loops }, .why = CANCELLED, .stores = 2, .completion = MEMHP_COMPLETION_INTERRUPTED,
	  .steps = { DOWN(40), STAYS(41, MEMHP_OUTCOME_INTERRUPTED, CANCELLED), UNTRIED(42, CANCELLED), UNTRIED(43, CANCELLED) } },
	{ go_on, .reads = read_waits, .why = DEADLINE, .stores = 1, .completion = MEMHP_COMPLETION_TIMEOUT,
	  .steps = { DOWN(40), UNTRIED(41, DEADLINE), UNTRIED(42, DEADLINE), UNTRIED(43, DEADLINE) } },
	{ go_on, .reads = read_waits, .why = CANCELLED, .stores = 1, .completion = MEMHP_COMPLETION_INTERRUPTED,
	  .steps = { DOWN(40), UNTRIED(41, CANCELLED), UNTRIED(42, CANCELLED), UNTRIED(43, CANCELLED) } },
};

START_TEST(moved_on)
{
	struct rule rules[] = { { 40, 0, store_waits_once }, moves[_i].rule, { 0 } };
	_cleanup_(tear_down) struct trial trial = set_up(rules, moves[_i].reads);
	struct canceller canceller;

	own_clock_start();
	hooks.before_kill = moves[_i].before_kill;
	canceller_start(&canceller, kernel, 1);
	ck_assert_int_eq(memhp_ctx_set_cancel_fd(trial.machine.ctx, moves[_i].why == CANCELLED ? canceller.fd : -1), 0);
	memhp_request_set(trial.request, MEMHP_SETTING_TIMEOUT_MS, moves[_i].why == DEADLINE ? 100 : MEMHP_NO_TIMEOUT);
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, moves[_i].why ? MEMHP_NO_TIMEOUT : 300);
	check_result(trial_run(&trial), moves[_i].completion, moves[_i].steps);
	ck_assert_uint_eq(kernel->stores, moves[_i].stores);
	canceller_end(&canceller);
}
END_TEST

static pid_t caller;

/* The writer, and not the caller, is killed when it looks at a block. */
static int read_kills(const struct store *store, const char *file)
{
	if (getpid() != caller)
		kill(getpid(), SIGKILL);
	return 0;
}

static int read_fails_first(const struct store *store, const char *file)
{
	return store->id == 41 && getpid() != caller ? EIO : 0;
}

static int read_fails_later(const struct store *store, const char *file)
{
	return store->id == 41 && kernel->blocks[41].stores ? EIO : 0;
}

/* Not the state but the zone, which the kernel may be unable to tell */
static int read_lacks_zones(const struct store *store, const char *file)
{
	return file[0] == 'v' && getpid() != caller ? EIO : 0;
}

#define UNREAD                                                                            \
	{                                                                                 \
		41, MEMHP_OUTCOME_FAILED, MEMHP_REASON_UNREADABLE, -EIO, LOST, IN_MOVABLE \
	}

static const struct {
	read_fn reads;
	struct rule rule;
	unsigned int stores;
	enum memhp_completion completion;
	struct expected steps[5];
} reads[] = {
	{ read_kills, .completion = MEMHP_COMPLETION_FAILED, .steps = { DIED(40), DIED(41), DIED(42), DIED(43) } },
	{ read_fails_first, .stores = 3, .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { DOWN(40), UNREAD, DOWN(42), DOWN(43) } },
	{ read_fails_later, .rule = { 41, 0, store_waits }, .stores = 4, .completion = MEMHP_COMPLETION_TIMEOUT,
	  .steps = { DOWN(40), { 41, MEMHP_OUTCOME_UNVERIFIED, DEADLINE, -EIO, LOST, IN_MOVABLE }, DOWN(42), DOWN(43) } },
	{ read_lacks_zones, .stores = 4, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { DOWN(40), DOWN(41), DOWN(42), DOWN(43) } },
};

START_TEST(read_goes_wrong)
{
	struct rule rules[] = { reads[_i].rule, { 0 } };
	_cleanup_(tear_down) struct trial trial = set_up(rules, reads[_i].reads);

	own_clock_start();
	caller = getpid();
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 100);
	check_result(trial_run(&trial), reads[_i].completion, reads[_i].steps);
	ck_assert_uint_eq(kernel->stores, reads[_i].stores);
}
END_TEST

static int note_descriptors(const struct store *store)
{
	for (int fd = 0; fd < 1024; fd++)
		kernel->note += fcntl(fd, F_GETFD) >= 0;
	return store_does(store);
}

/* No pidfd, no openat2(), no close_range(), and then no /proc either: everything goes on as ever. */
START_TEST(old_kernel)
{
	static const struct rule rules[] = {
		{ 40, 0, note_descriptors }, { 41, 0, store_loops }, { 42, 0, store_is_killed, SIGKILL }, { 0 }
	};
	static const struct expected steps[] = { DOWN(40), LATE(41), DIED(42), DOWN(43), { 0 } };
	_cleanup_(tear_down) struct trial trial = set_up(rules, NULL);
	int fd = fcntl(0, F_DUPFD, 900);

	own_clock_start();
	hooks.old_kernel = true;
	hooks.no_proc = _i == 1;
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 100);
	check_result(trial_run(&trial), MEMHP_COMPLETION_TIMEOUT, steps);
	ck_assert_uint_eq(kernel->note, 3);
	close(fd);
}
END_TEST

START_TEST(no_process)
{
	_cleanup_(tear_down) struct trial trial = set_up(NULL, NULL);

	hooks.failing_clone = 1;
	trial_plan(&trial);
	ck_assert_int_eq(trial_apply(&trial), -EAGAIN);
	ck_assert_uint_eq(kernel->stores, 0);
}
END_TEST

/* The first writer was ended, and there is no second. */
START_TEST(no_further_process)
{
	static const struct rule rules[] = { { 41, 0, store_is_killed, SIGKILL }, { 0 } };
	static const struct expected steps[] = { DOWN(40),
						 DIED(41),
						 { 42, MEMHP_OUTCOME_NOT_TRIED, MEMHP_REASON_OTHER, -EAGAIN, ON, IN_MOVABLE },
						 { 43, MEMHP_OUTCOME_NOT_TRIED, MEMHP_REASON_OTHER, -EAGAIN, ON, IN_MOVABLE },
						 { 0 } };
	_cleanup_(tear_down) struct trial trial = set_up(rules, NULL);

	hooks.failing_clone = 2;
	check_result(trial_run(&trial), MEMHP_COMPLETION_PARTIAL, steps);
	ck_assert_uint_eq(kernel->stores, 2);
}
END_TEST

/* Nor is there one to bring back what the first had changed: that is told, and nothing calls it unchanged. */
START_TEST(no_process_for_rollback)
{
	static const struct rule rules[] = { { 42, 0, store_is_killed, SIGKILL }, { 0 } };
	static const struct expected steps[] = {
		{ 40, MEMHP_OUTCOME_ROLLBACK_FAILED, MEMHP_REASON_OTHER, -EAGAIN, OFF, IN_MOVABLE },
		{ 41, MEMHP_OUTCOME_ROLLBACK_FAILED, MEMHP_REASON_OTHER, -EAGAIN, OFF, IN_MOVABLE },
		DIED(42),
		{ 43, MEMHP_OUTCOME_NOT_TRIED, MEMHP_REASON_OTHER, -EAGAIN, ON, IN_MOVABLE },
		{ 0 }
	};
	_cleanup_(tear_down) struct trial trial = set_up(rules, NULL);

	hooks.failing_clone = 2;
	hooks.clones_keep_failing = true;
	memhp_request_set(trial.request, MEMHP_SETTING_ROLLBACK, true);
	check_result(trial_run(&trial), MEMHP_COMPLETION_PARTIAL, steps);
	ck_assert(!memhp_result_is_rolled_back(trial.result));
	ck_assert_uint_eq(kernel->stores, 3);
}
END_TEST

static void count_signal(int sig)
{
	atomic_fetch_add(&kernel->note, 1);
}

/* In the writer, before it could do anything about the host's handlers */
static void signal_writer(pid_t pid)
{
	if (pid == 0)
		kill(getpid(), SIGURG);
}

START_TEST(signal_at_birth)
{
	static const struct expected steps[] = { DOWN(40), DOWN(41), DOWN(42), DOWN(43), { 0 } };
	struct sigaction action = { .sa_handler = count_signal }, old;
	_cleanup_(tear_down) struct trial trial = set_up(NULL, NULL);

	sigaction(SIGURG, &action, &old);
	hooks.after_clone = signal_writer;
	trial_run(&trial);
	sigaction(SIGURG, &old, NULL);
	check_result(trial.result, MEMHP_COMPLETION_COMPLETE, steps);
	ck_assert_uint_eq(kernel->note, 0);
}
END_TEST

/* The writer is dead before it is told what to do: that must not end the host by SIGPIPE. */
static void kill_writer(pid_t pid)
{
	siginfo_t info;

	if (pid > 0) {
		kill(pid, SIGKILL);
		waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | __WALL);
	}
}

START_TEST(killed_at_birth)
{
	static const struct expected steps[] = { DIED(40), DIED(41), DIED(42), DIED(43), { 0 } };
	_cleanup_(tear_down) struct trial trial = set_up(NULL, NULL);

	hooks.after_clone = kill_writer;
	check_result(trial_run(&trial), MEMHP_COMPLETION_FAILED, steps);
	ck_assert_uint_eq(kernel->stores, 0);
}
END_TEST

/* A process of the host's that has copies of the library's descriptors */
static pid_t bystander;

static void start_bystander(void)
{
	hooks.before_clone = NULL;
	bystander = fork();
	while (bystander == 0)
		pause();
}

/* Without pidfd only the socket tells that the writer is gone, and as long as somebody else has it open it does not. */
START_TEST(shared_socket)
{
	static const struct rule rules[] = { { 41, 0, store_is_killed, SIGKILL }, { 0 } };
	static const struct expected steps[] = { DOWN(40), DIED(41), DOWN(42), DOWN(43), { 0 } };
	_cleanup_(tear_down) struct trial trial = set_up(rules, NULL);

	hooks.old_kernel = true;
	hooks.before_clone = start_bystander;
	trial_plan(&trial);
	ck_assert_int_eq(memhp_plan_apply(trial.plan, &trial.result), 0);
	ck_assert_int_gt(bystander, 0);
	kill(bystander, SIGKILL);
	ck_assert_int_eq(waitpid(bystander, NULL, 0), bystander);
	check_result(trial.result, MEMHP_COMPLETION_PARTIAL, steps);
}
END_TEST

UNIT("race", tests)
{
	add_table(tests, moved_on, moves);
	add_table(tests, read_goes_wrong, reads);
	tcase_add_loop_test(tests, old_kernel, 0, 2);
	tcase_add_test(tests, signal_at_birth);
	tcase_add_test(tests, killed_at_birth);
	tcase_add_test(tests, shared_socket);
	tcase_add_test(tests, no_process);
	tcase_add_test(tests, no_further_process);
	tcase_add_test(tests, no_process_for_rollback);
}
