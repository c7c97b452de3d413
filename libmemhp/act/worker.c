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

#include "act/child.h"
#include "ctx.h"
#include "decide/step.h"
#include "read/block.h"
#include "read/files.h"
#include "read/parse.h"
#include "util.h"

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000
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

static int store_word(struct child *child, struct worker_job *job, int fd, const char *path, const char *word)
{
	int rc;

	if (!job->started_ms)
		job->started_ms = now_ms();
	arm_backstop(child, job->started_ms);
	atomic_store(&job->phase, JOB_WRITING);
	rc = memhp__file_store_fd(child->ops, fd, path, word);
	job->ended_ms = now_ms();
	return rc;
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
	job->write_error = store_word(child, job, fd, path, job->word);
	job->read_error = read_state(child->ops, fd, path, &state);
	job->after = job->read_error < 0 ? MEMHP_STATE_UNKNOWN : state;
}

static void do_state(struct child *child, struct worker_job *job)
{
	char path[SYSFS_PATH_MAX];
	int fd;

	memhp__file_block_path(path, job->block_id, job->file);
	fd = memhp__file_open_attr(child->ops, child->dirfd, path, O_RDWR);
	if (fd < 0) {
		job->write_error = fd;
		return;
	}
	change_state(child, job, fd, path);
	close(fd);
	if (job->after == MEMHP_STATE_ONLINE && job->goal == MEMHP_STATE_ONLINE)
		job->zone = read_zone(child->ops, child->dirfd, job->block_id);
}

static int read_flag(const struct child *child, int fd, const char *path, bool *flag)
{
	char text[SYSFS_ATTR_MAX];
	int rc = memhp__file_read_fd(child->ops, fd, path, text, sizeof(text));

	return rc < 0 ? rc : memhp__parse_flag(text, flag);
}

static int set_flag(struct child *child, struct worker_job *job, const char *file, const char *word, bool is_memmap)
{
	char path[SYSFS_PATH_MAX];
	bool flag;
	int fd, rc;

	memhp__file_block_path(path, job->block_id, file);
	fd = memhp__file_open_attr(child->ops, child->dirfd, path, O_RDWR);
	if (fd < 0)
		return fd;
	rc = read_flag(child, fd, path, &flag);
	if (rc == 0 && flag != (*word == '1')) {
		job->has_set_memmap |= is_memmap;
		rc = store_word(child, job, fd, path, word);
		if (!is_memmap)
			job->read_error = read_flag(child, fd, path, &flag);
	}
	close(fd);
	return rc;
}

static int set_memmap(struct child *child, struct worker_job *job)
{
	return job->memmap ? set_flag(child, job, "memmap_on_memory", job->memmap, true) : 0;
}

/* Where the memory map goes can change only while the memory is not configured. */
static void do_flag(struct child *child, struct worker_job *job)
{
	bool up = *job->word == '1';

	if (up)
		job->write_error = set_memmap(child, job);
	if (job->write_error == 0)
		job->write_error = set_flag(child, job, job->file, job->word, false);
	if (!up && job->write_error == 0)
		job->write_error = set_memmap(child, job);
}

/* What snprintf() would do, which is not async-signal-safe */
static const char *format_address(char text[sizeof("0x0123456789abcdef")], uint64_t addr)
{
	char *p = text + 2 + (addr ? (63 - __builtin_clzll(addr)) / 4 + 1 : 1);

	text[0] = '0';
	text[1] = 'x';
	for (*p-- = '\0'; p > text + 1; addr >>= 4)
		*p-- = "0123456789abcdef"[addr & 0xf];
	return text;
}

/* A file of the directory itself, of which nothing is known beforehand */
static void do_word(struct child *child, struct worker_job *job)
{
	char text[sizeof("0x0123456789abcdef")];
	int fd = memhp__file_open_attr(child->ops, child->dirfd, job->file, O_WRONLY);

	job->write_error = fd;
	if (fd < 0)
		return;
	job->write_error = store_word(child, job, fd, job->file, job->word ? job->word : format_address(text, job->number));
	close(fd);
}

static void do_job(struct child *child, struct worker_job *job)
{
	if (job->is_flag)
		do_flag(child, job);
	else if (job->goal == MEMHP_STATE_UNKNOWN)
		do_word(child, job);
	else
		do_state(child, job);
	atomic_store(&job->phase, JOB_DONE);
}

static _Noreturn void child_main(struct child *child, pid_t parent)
{
	uint64_t run[2];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Without its parent it must not go on. In a new PID namespace the parent is there, but has no number. */
	if (getppid() != parent && getppid() != 0)
		_exit(1);
	prctl(PR_SET_NAME, "memhp-writer");
	memhp__child_reset_signals();
	memhp__child_close_all_but(child->socket, child->dirfd);
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
