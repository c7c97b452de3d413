/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/worker.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "ctx.h"
#include "decide/step.h"
#include "read/block.h"
#include "read/files.h"
#include "read/parse.h"
#include "util.h"

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/* By so much the child's own alarm is later than the parent's deadline, which comes first unless the parent is stopped. */
#define BACKSTOP_MS 100

/* A killed process may go on for a moment on another processor. */
#define MIN_GRACE_MS 100

/* What the child needs to know */
struct child {
	struct worker_board *board;
	const struct file_ops *ops;
	int socket, dirfd;
	int64_t armed_ms; /* when the alarm was set; 0: it is not */
};

struct worker_board *memhp__worker_board_new(size_t num_jobs, size_t *size)
{
	struct worker_board *board;

	*size = sizeof(*board) + num_jobs * sizeof(board->jobs[0]);
	board = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (board == MAP_FAILED)
		return NULL;
	return board;
}

static enum memhp_zone read_zone(const struct file_ops *ops, int dirfd, uint64_t block_id)
{
	char path[SYSFS_PATH_MAX], text[SYSFS_ATTR_MAX];
	uint8_t zones[MAX_VALID_ZONES], num_zones;

	memhp__file_block_path(path, block_id, "valid_zones");
	if (memhp__file_read(ops, dirfd, path, text, sizeof(text)) < 0 ||
	    memhp__parse_zones(text, zones, ARRAY_SIZE(zones), &num_zones) < 0)
		return MEMHP_ZONE_UNKNOWN;
	return num_zones ? zones[0] : MEMHP_ZONE_NONE;
}

static int read_state(const struct file_ops *ops, int fd, const char *path, enum memhp_state *state)
{
	char text[SYSFS_ATTR_MAX];
	int rc = memhp__file_read_fd(ops, fd, path, text, sizeof(text));

	return rc < 0 ? rc : memhp__parse_state(text, state);
}

int memhp__worker_read_back(const struct file_ops *ops, int dirfd, uint64_t block_id, enum memhp_state *state,
			    enum memhp_zone *zone)
{
	char path[SYSFS_PATH_MAX];
	int fd, rc;

	memhp__file_block_path(path, block_id, "state");
	fd = memhp__file_open_attr(ops, dirfd, path, O_RDONLY);
	if (fd < 0)
		return fd;
	rc = read_state(ops, fd, path, state);
	close(fd);
	if (rc == 0 && *state == MEMHP_STATE_ONLINE)
		*zone = read_zone(ops, dirfd, block_id);
	return rc;
}

/*
 * The alarm ends a worker whose parent is stopped, or starved, at the latest a grace time after it should have done so itself. To
 * set it for each block would cost a system call a block: it is set once in a grace time, so that the blocks that begin meanwhile
 * have the time that is theirs, and no more than the grace time besides.
 */
static void arm_backstop(struct child *child, int64_t now)
{
	const struct worker_board *board = child->board;
	int64_t left = board->deadline_ms == INT64_MAX ? INT64_MAX : board->deadline_ms - now;
	struct itimerval timer = { 0 };

	if (child->armed_ms && now - child->armed_ms <= (int64_t)board->grace_ms - BACKSTOP_MS)
		return;
	if (board->block_timeout_ms < (uint64_t)(left > 0 ? left : 0))
		left = (int64_t)board->block_timeout_ms;
	if (left > INT32_MAX)
		return;
	left = (left > 0 ? left : 0) + (int64_t)(board->grace_ms > BACKSTOP_MS ? board->grace_ms : BACKSTOP_MS);
	timer.it_value.tv_sec = left / 1000;
	timer.it_value.tv_usec = left % 1000 * 1000;
	setitimer(ITIMER_REAL, &timer, NULL);
	child->armed_ms = now;
}

/* A pause between two runs is no block that hangs. */
static void disarm_backstop(struct child *child)
{
	static const struct itimerval none;

	if (child->armed_ms)
		setitimer(ITIMER_REAL, &none, NULL);
	child->armed_ms = 0;
}

static void store_word(struct child *child, struct worker_job *job, int fd, const char *path)
{
	job->started_ms = now_ms();
	arm_backstop(child, job->started_ms);
	atomic_store(&job->phase, JOB_WRITING);
	job->write_error = memhp__file_store_fd(child->ops, fd, path, job->word);
	job->ended_ms = now_ms();
}

/* Writes the word where the block's state calls for it, and looks what became of the block. */
static void change_state(struct child *child, struct worker_job *job, int fd, const char *path)
{
	enum memhp_state state = MEMHP_STATE_UNKNOWN;

	job->write_error = read_state(child->ops, fd, path, &state);
	job->after = state;
	/*
	 * A rejected online_movable leaves its wish behind on an online block, so online words are written to offline blocks
	 * only. A block that is as asked by now was brought there by another agent.
	 */
	if (job->write_error < 0 || state == job->goal || (job->goal == MEMHP_STATE_ONLINE && state != MEMHP_STATE_OFFLINE))
		return;
	store_word(child, job, fd, path);
	job->read_error = read_state(child->ops, fd, path, &state);
	job->after = job->read_error < 0 ? MEMHP_STATE_UNKNOWN : state;
}

static void do_job(struct child *child, struct worker_job *job)
{
	bool is_state = job->goal != MEMHP_STATE_UNKNOWN;
	char block_path[SYSFS_PATH_MAX];
	const char *path = job->file;
	int fd;

	if (job->block_id != NO_BLOCK) {
		memhp__file_block_path(block_path, job->block_id, job->file);
		path = block_path;
	}
	fd = memhp__file_open_attr(child->ops, child->dirfd, path, is_state ? O_RDWR : O_WRONLY);
	if (fd < 0) {
		job->write_error = fd;
	} else {
		if (is_state)
			change_state(child, job, fd, path);
		else
			store_word(child, job, fd, path);
		close(fd);
	}
	if (job->after == MEMHP_STATE_ONLINE && job->goal == MEMHP_STATE_ONLINE)
		job->zone = read_zone(child->ops, child->dirfd, job->block_id);
	atomic_store(&job->phase, JOB_DONE);
}

static bool close_span(unsigned int first, unsigned int last)
{
	return first > last || syscall(SYS_close_range, first, last, 0) == 0;
}

/* Descriptors may go up to the limit, which may be no limit: a million is more than a host has, and takes a tenth of a second. */
static long open_max(void)
{
	const long most = 1 << 20;
	long limit = sysconf(_SC_OPEN_MAX);

	return limit < 0 || limit > most ? most : limit;
}

/* What close_range() does since Linux 5.9, by /proc/self/fd or, without /proc, up to the limit */
static void close_each_but(int a, int b)
{
	struct dirent64 {
		uint64_t ino;
		int64_t off;
		unsigned short length;
		unsigned char type;
		char name[];
	};
	char buf[1024] __attribute__((aligned(8)));
	int dir = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	long n;

	if (dir < 0)
		for (long fd = open_max(); fd-- > 0;)
			if (fd != a && fd != b)
				close((int)fd);
	while (dir >= 0 && (n = syscall(SYS_getdents64, dir, buf, sizeof(buf))) > 0) {
		for (long at = 0; at < n;) {
			const struct dirent64 *entry = (const void *)(buf + at);
			uint64_t fd;

			if (memhp__parse_numbered_name(entry->name, "", &fd) && fd != (uint64_t)a && fd != (uint64_t)b &&
			    fd != (uint64_t)dir)
				close((int)fd);
			at += entry->length;
		}
	}
	if (dir >= 0)
		close(dir);
}

/* The host's sockets, locks and files are no business of the child's. Needs no free descriptor: the host's table may be full. */
static void close_all_but(int a, int b)
{
	unsigned int low = (unsigned int)(a < b ? a : b), high = (unsigned int)(a < b ? b : a);

	if (!close_span(high + 1, ~0U) || !close_span(low + 1, high - 1) || (low > 0 && !close_span(0, low - 1)))
		close_each_but(a, b);
}

/*
 * The host's handlers would run in a copy of its memory, and what is sent to the whole group, by the terminal or by timeout(1), is
 * the parent's business: it ends the writer when it is time to. Only the alarm gets through, and what cannot be blocked.
 */
static void reset_signals(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t blocked;

	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &action, NULL);
	sigfillset(&blocked);
	sigdelset(&blocked, SIGALRM);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}

static _Noreturn void child_main(struct child *child, pid_t parent)
{
	uint64_t run[2];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Without its parent it must not go on. In a new PID namespace the parent is there, but has no number. */
	if (getppid() != parent && getppid() != 0)
		_exit(1);
	prctl(PR_SET_NAME, "memhp-writer");
	reset_signals();
	close_all_but(child->socket, child->dirfd);
	while (recv(child->socket, run, sizeof(run), 0) == sizeof(run)) {
		for (uint64_t i = run[0]; i < run[1]; i++) {
			atomic_store(&child->board->current, (uint32_t)i);
			do_job(child, &child->board->jobs[i]);
			if (child->board->stop_when_unverified && child->board->jobs[i].read_error < 0)
				break;
		}
		disarm_backstop(child);
		if (send(child->socket, "", 1, MSG_NOSIGNAL) != 1)
			break;
	}
	_exit(0);
}

/*
 * Not fork(): no pthread_atfork() handler runs, and with no exit signal neither SIGCHLD handlers nor waitpid(-1) of the host see
 * it.
 */
static pid_t clone_process(int *pidfd)
{
#if defined(__s390__)
	return (pid_t)syscall(SYS_clone, 0, CLONE_PIDFD, pidfd, NULL, 0);
#else
	return (pid_t)syscall(SYS_clone, CLONE_PIDFD, 0, pidfd, NULL, 0);
#endif
}

int memhp__worker_start(struct worker *worker, struct memhp_ctx *ctx, struct worker_board *board, int dirfd)
{
	struct child child = { .board = board, .ops = ctx->ops, .dirfd = dirfd };
	pid_t parent = getpid();
	sigset_t all, old;
	int pair[2], rc;

	rc = memhp__ctx_reserve_stuck(ctx);
	if (rc < 0)
		return rc;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	child.socket = pair[1];
	/* No handler of the host may run in the child. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	worker->process.pidfd = -1;
	worker->process.pid = clone_process(&worker->process.pidfd);
	if (worker->process.pid == 0)
		child_main(&child, parent);
	rc = worker->process.pid < 0 ? -errno : 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	close(pair[1]);
	if (rc < 0) {
		close(pair[0]);
		return rc;
	}
	worker->socket = pair[0];
	return 0;
}

int memhp__worker_run(const struct worker *worker, size_t first, size_t last)
{
	uint64_t run[2] = { first, last };

	return send(worker->socket, run, sizeof(run), MSG_NOSIGNAL) == sizeof(run) ? 0 : -errno;
}

bool memhp__worker_receive(const struct worker *worker)
{
	char byte;

	return recv(worker->socket, &byte, 1, MSG_DONTWAIT) == 1;
}

int memhp__worker_end(struct worker *worker, struct memhp_ctx *ctx, uint64_t grace_ms)
{
	int64_t until = now_ms() + (int64_t)(grace_ms < MIN_GRACE_MS ? MIN_GRACE_MS : grace_ms < INT32_MAX ? grace_ms : INT32_MAX);
	struct process *process = &worker->process;
	bool reaped;

	memhp__process_kill(process);
	while (!(reaped = memhp__process_reap(process)) && now_ms() < until) {
		/* A pidfd tells when it is over; without one there is nothing to sleep on. */
		struct pollfd pfd = { .fd = process->pidfd, .events = POLLIN };

		poll(&pfd, 1, process->pidfd < 0 ? 1 : (int)(until - now_ms() + 1));
	}
	if (reaped)
		closep(&process->pidfd);
	else
		memhp__ctx_keep_stuck(ctx, *process);
	close(worker->socket);
	return reaped ? 0 : -EBUSY;
}
