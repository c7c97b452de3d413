// SPDX-License-Identifier: LGPL-2.1-or-later
/* A large program with threads, handlers, sockets and locks does not notice that memhp_plan_apply() made a process. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "own-clock.h"
#include "trial.h"

static const char machine_text[] = "blocks 40-43 zones Movable\n";

/* What ran that should not have, in this process or in the writer */
static _Atomic unsigned int *disturbances;

static void disturb(int sig)
{
	atomic_fetch_add(disturbances, 1);
}

static void before_fork(void)
{
	atomic_fetch_add(disturbances, 1);
}

static void install_handlers(void)
{
	struct sigaction action = { .sa_handler = disturb };

	disturbances = mmap(NULL, sizeof(*disturbances), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(disturbances, MAP_FAILED);
	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &action, NULL);
	action.sa_handler = SIG_DFL;
	sigaction(SIGPIPE, &action, NULL);
	pthread_atfork(before_fork, before_fork, before_fork);
}

/* Back to what check needs */
static void remove_handlers(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };

	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &action, NULL);
	munmap((void *)disturbances, sizeof(*disturbances));
}

/* A thread takes blocks 40-43 offline while this one looks on. */
struct change_thread {
	struct trial trial;
	pthread_t thread;
	int cancel_fd, cancel_state, rc;
};

static void *run_change(void *data)
{
	struct change_thread *change = data;

	kernel_adopt(change->trial.kernel);
	change->rc = memhp_plan_apply(change->trial.plan, &change->trial.result);
	/* Cancellation is as it was. */
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &change->cancel_state);
	pthread_testcancel();
	return change;
}

static void prepare_change(struct change_thread *change, const struct rule *rules)
{
	*change = (struct change_thread){
		.trial = trial_start(machine_text, rules, OFFLINE, 40, 43),
		.cancel_fd = eventfd(0, EFD_CLOEXEC),
		.cancel_state = -1,
		.rc = 1,
	};
	ck_assert_int_eq(memhp_ctx_set_cancel_fd(change->trial.machine.ctx, change->cancel_fd), 0);
	trial_plan(&change->trial);
}

static void start_change(struct change_thread *change)
{
	ck_assert_int_eq(pthread_create(&change->thread, NULL, run_change, change), 0);
}

/* What the thread returned */
static void *await_change(struct change_thread *change)
{
	void *returned;

	ck_assert_int_eq(pthread_join(change->thread, &returned), 0);
	ck_assert_int_eq(change->rc, 0);
	ck_assert_int_eq(change->cancel_state, PTHREAD_CANCEL_ENABLE);
	return returned;
}

static void release_change(struct change_thread *change)
{
	close(change->cancel_fd);
	trial_end(&change->trial);
}

/* Block 40 hangs until it is cancelled: this is while it does. */
static void start_hanging(struct change_thread *change)
{
	static const struct rule rules[] = { { 40, 0, store_waits }, { 0 } };

	prepare_change(change, rules);
	start_change(change);
	kernel_await(change->trial.kernel, 1);
}

static void stop_hanging(struct change_thread *change)
{
	ck_assert_int_eq(eventfd_write(change->cancel_fd, 1), 0);
	ck_assert_ptr_eq(await_change(change), change);
	ck_assert_int_eq(memhp_result_get_completion(change->trial.result), MEMHP_COMPLETION_INTERRUPTED);
	release_change(change);
}

/* In the writer, signals find none of the host's handlers, and those that mean the host are kept away. */
static int store_is_signalled(const struct store *store)
{
	static const int harmless[] = { SIGCHLD, SIGWINCH, SIGURG, SIGCONT };
	struct sigaction action;

	for (int sig = 1; sig < NSIG; sig++)
		if (sig != SIGKILL && sig != SIGSTOP && sigaction(sig, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
			disturb(sig);
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		kill(getpid(), harmless[i]);
	return store_does(store);
}

static void *wait_for_any_child(void *data)
{
	pid_t *pid = data;

	*pid = waitpid(-1, NULL, 0);
	return NULL;
}

static pid_t start_child(void)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

/* Nothing of the host runs, and its wait for any child sees no other than its own: while a writer works, hangs, is killed, dies. */
START_TEST(handlers)
{
	static const struct rule rules[] = {
		{ 40, 0, store_is_signalled }, { 41, 0, store_loops }, { 42, 0, store_is_killed, SIGKILL }, { 0 }
	};
	struct itimerval timer = { .it_value.tv_sec = 1000 };
	sigset_t before, after;
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);
	pid_t child = start_child(), seen = 0;
	pthread_t waiter;

	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 50);
	trial_plan(&trial);
	install_handlers();
	ck_assert_int_eq(pthread_create(&waiter, NULL, wait_for_any_child, &seen), 0);
	setitimer(ITIMER_REAL, &timer, NULL);
	pthread_sigmask(SIG_SETMASK, NULL, &before);

	ck_assert_int_eq(memhp_plan_apply(trial.plan, &trial.result), 0);

	ck_assert_uint_eq(*disturbances, 0);
	check_outcome(&trial, 0, MEMHP_OUTCOME_CHANGED);
	check_outcome(&trial, 1, MEMHP_OUTCOME_TIMEOUT);
	check_outcome(&trial, 2, MEMHP_OUTCOME_FAILED);
	check_outcome(&trial, 3, MEMHP_OUTCOME_CHANGED);
	pthread_sigmask(SIG_SETMASK, NULL, &after);
	for (int sig = 1; sig < NSIG; sig++)
		ck_assert_int_eq(sigismember(&before, sig), sigismember(&after, sig));
	getitimer(ITIMER_REAL, &timer);
	ck_assert_int_gt(timer.it_value.tv_sec, 900);
	setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
	remove_handlers();
	kill(child, SIGKILL);
	pthread_join(waiter, NULL);
	ck_assert_int_eq(seen, child);
}
END_TEST

/* A host whose children need no reaping, and one that blocks all signals */
START_TEST(odd_signals)
{
	static const struct rule rules[] = { { 41, 0, store_loops }, { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);
	sigset_t all, old;

	sigfillset(&all);
	if (_i)
		sigprocmask(SIG_SETMASK, &all, &old);
	else
		signal(SIGCHLD, SIG_IGN);
	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 50);
	trial_run(&trial);
	if (_i)
		sigprocmask(SIG_SETMASK, &old, NULL);
	signal(SIGCHLD, SIG_DFL);
	check_outcome(&trial, 1, MEMHP_OUTCOME_TIMEOUT);
	check_outcome(&trial, 2, MEMHP_OUTCOME_CHANGED);
}
END_TEST

static int listen_on(in_port_t port, struct sockaddr_in *addr)
{
	socklen_t length = sizeof(*addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*addr = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = port };
	if (fd >= 0 && (bind(fd, (struct sockaddr *)addr, length) < 0 || listen(fd, 1) < 0)) {
		close(fd);
		return -1;
	}
	getsockname(fd, (struct sockaddr *)addr, &length);
	return fd;
}

/* What the host closes is closed, while a writer hangs. */
START_TEST(socket_is_the_hosts)
{
	struct change_thread change;
	struct sockaddr_in addr;
	int fd = listen_on(0, &addr);

	if (fd < 0) {
		unit_skip("no loopback network");
		return;
	}
	start_hanging(&change);
	close(fd);
	fd = listen_on(addr.sin_port, &addr);
	ck_assert_int_ge(fd, 0);
	close(fd);
	stop_hanging(&change);
}
END_TEST

START_TEST(pipe_is_the_hosts)
{
	struct change_thread change;
	int fds[2];
	char byte;

	ck_assert_int_eq(pipe(fds), 0);
	start_hanging(&change);
	close(fds[1]);
	ck_assert_int_eq(read(fds[0], &byte, 1), 0);
	close(fds[0]);
	stop_hanging(&change);
}
END_TEST

static int open_lock_file(void)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/lock", unit_dir());
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	return fd;
}

START_TEST(flock_is_the_hosts)
{
	struct change_thread change;
	int fd = open_lock_file();

	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	start_hanging(&change);
	close(fd);
	fd = open_lock_file();
	ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
	close(fd);
	stop_hanging(&change);
}
END_TEST

/* Whether another process could take the lock */
static bool is_free(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(lockf(open_lock_file(), F_TEST, 0) == 0 ? 0 : 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

START_TEST(lockf_is_the_hosts)
{
	struct change_thread change;
	int fd = open_lock_file();

	ck_assert_int_eq(lockf(fd, F_TLOCK, 0), 0);
	start_hanging(&change);
	ck_assert(!is_free());
	ck_assert_int_eq(lockf(fd, F_ULOCK, 0), 0);
	ck_assert(is_free());
	close(fd);
	stop_hanging(&change);
}
END_TEST

/* A program that the host starts meanwhile inherits nothing, and its wait sees nothing. */
START_TEST(host_starts_programs)
{
	struct change_thread change;
	struct dirent *entry;
	DIR *dir;

	start_hanging(&change);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
	dir = opendir("/proc/self/fd");
	while ((entry = readdir(dir))) {
		char path[300], target[256] = "";

		snprintf(path, sizeof(path), "/proc/self/fd/%s", entry->d_name);
		if (readlink(path, target, sizeof(target) - 1) < 0)
			continue;
		/* Whatever is the library's: the directory, the socket, the pidfd */
		if (strstr(target, change.trial.machine.dir) || strstr(target, "socket:") || strstr(target, "pidfd"))
			ck_assert(fcntl(atoi(entry->d_name), F_GETFD) & FD_CLOEXEC);
	}
	closedir(dir);
	stop_hanging(&change);
}
END_TEST

/* A thread that is cancelled comes back first, with a result and without a writer. */
START_TEST(thread_is_cancelled)
{
	struct change_thread change;

	start_hanging(&change);
	ck_assert_int_eq(pthread_cancel(change.thread), 0);
	ck_assert_int_eq(eventfd_write(change.cancel_fd, 1), 0);
	ck_assert_ptr_eq(await_change(&change), PTHREAD_CANCELED);
	ck_assert_int_eq(memhp_result_get_completion(change.trial.result), MEMHP_COMPLETION_INTERRUPTED);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	ck_assert_int_eq(errno, ECHILD);
	release_change(&change);
}
END_TEST

/* Two contexts in two threads at once, one of which hangs */
START_TEST(two_threads)
{
	static const struct rule rules[] = { { 42, 0, store_fails, EBUSY }, { 0 } };
	struct change_thread hanging, other;

	start_hanging(&hanging);
	prepare_change(&other, rules);
	start_change(&other);
	ck_assert_ptr_eq(await_change(&other), &other);
	ck_assert_int_eq(memhp_result_get_completion(other.trial.result), MEMHP_COMPLETION_PARTIAL);
	ck_assert_uint_eq(other.trial.kernel->stores, 4);
	ck_assert_uint_eq(hanging.trial.kernel->stores, 1);
	stop_hanging(&hanging);
	release_change(&other);
}
END_TEST

UNIT("host", tests)
{
	tcase_add_test(tests, handlers);
	tcase_add_loop_test(tests, odd_signals, 0, 2);
	tcase_add_test(tests, socket_is_the_hosts);
	tcase_add_test(tests, pipe_is_the_hosts);
	tcase_add_test(tests, flock_is_the_hosts);
	tcase_add_test(tests, lockf_is_the_hosts);
	tcase_add_test(tests, host_starts_programs);
	tcase_add_test(tests, thread_is_cancelled);
	tcase_add_test(tests, two_threads);
}
