/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/writer.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>

#include "act/supervisor.h"
#include "act/worker.h"
#include "ctx.h"
#include "object.h"
#include "read/files.h"
#include "util.h"

/* How often to look for the process where no descriptor tells of its end */
#define NO_PIDFD_MS 1000

/* How often the caller hears of a wait */
#define TICK_MS 200

/* A process that waits for work is in nobody's hands but its own, and ends at once. */
#define IDLE_GRACE_MS 5000

#define GRACE_MS 5000

void memhp__writer_init(struct memhp_writer *writer, struct memhp_ctx *ctx, const struct supervisor_limits *limits)
{
	*writer = (struct memhp_writer){ .refs = 1, .ctx = ctx, .limits = *limits, .dirfd = -1 };
}

static void end_worker(struct memhp_writer *writer, uint64_t grace_ms)
{
	writer->has_worker = false;
	if (memhp__worker_end(&writer->worker, writer->ctx, grace_ms) < 0)
		writer->stuck_pid = writer->worker.pid;
}

void memhp__writer_enter(struct memhp_writer *writer, int dirfd, const char *place)
{
	if (writer->has_worker)
		end_worker(writer, IDLE_GRACE_MS);
	closep(&writer->dirfd);
	writer->dirfd = dirfd;
	writer->place = place;
}

void memhp__writer_release(struct memhp_writer *writer)
{
	memhp__writer_enter(writer, -1, NULL);
	if (writer->board)
		munmap(writer->board, writer->board_size);
}

static int look_for_stop(const struct memhp_writer *writer, int64_t deadline_ms)
{
	if (memhp__file_is_readable(writer->limits.cancel_fd))
		return -ECANCELED;
	return now_ms() >= deadline_ms ? -ETIMEDOUT : 0;
}

/* At least that long, but not past the deadline; for poll() */
static int sleep_ms(int64_t deadline_ms, int64_t most)
{
	int64_t left = deadline_ms - now_ms();

	if (left > most)
		left = most;
	return left > 0 ? (int)left : 0;
}

static void tick(const struct memhp_writer *writer)
{
	if (writer->tick)
		writer->tick(writer->tick_data);
}

/* How long not to look, at most */
static int64_t most_ms(const struct memhp_writer *writer)
{
	if (writer->tick)
		return TICK_MS;
	return writer->worker.pidfd < 0 ? NO_PIDFD_MS : INT32_MAX;
}

static int wait_for_worker(const struct memhp_writer *writer, int64_t deadline_ms)
{
	struct pollfd fds[] = {
		{ .fd = writer->limits.cancel_fd, .events = POLLIN },
		{ .fd = writer->worker.socket, .events = POLLIN },
		{ .fd = writer->worker.pidfd, .events = POLLIN },
	};

	for (;;) {
		bool is_over = poll(fds, ARRAY_SIZE(fds), sleep_ms(deadline_ms, most_ms(writer))) > 0 &&
			       (fds[1].revents || fds[2].revents);
		int rc;

		if (writer->worker.pidfd < 0)
			is_over |= memhp__worker_has_ended(&writer->worker);
		if (is_over && memhp__worker_receive(&writer->worker))
			return 0;
		tick(writer);
		rc = look_for_stop(writer, deadline_ms);
		if (rc < 0 || is_over)
			return rc < 0 ? rc : -EINTR;
	}
}

/* When a store that begins now has to be done */
static int64_t store_deadline(const struct memhp_writer *writer)
{
	int64_t now = now_ms(), deadline = writer->limits.deadline_ms;
	uint64_t timeout = writer->limits.block_timeout_ms;

	return timeout < (uint64_t)(deadline > now ? deadline - now : 0) ? now + (int64_t)timeout : deadline;
}

static int store(struct memhp_writer *writer, const char *path, const char *word)
{
	int64_t deadline = store_deadline(writer);
	struct worker_board *board = writer->board;
	int rc = look_for_stop(writer, writer->limits.deadline_ms);

	if (rc == 0 && !writer->has_worker) {
		rc = memhp__worker_start(&writer->worker, writer->ctx, board, writer->dirfd);
		writer->has_worker = rc == 0;
	}
	if (rc < 0)
		return rc;
	board->jobs[0] = (struct worker_job){ 0 };
	board->block_timeout_ms = writer->limits.block_timeout_ms;
	board->deadline_ms = writer->limits.deadline_ms;
	stpncpy(board->path, path, sizeof(board->path) - 1);
	stpncpy(board->word, word, sizeof(board->word) - 1);
	rc = memhp__worker_run(&writer->worker, 0, 1) < 0 ? -EINTR : wait_for_worker(writer, deadline);
	if (rc < 0)
		end_worker(writer, writer->limits.grace_ms);
	return atomic_load(&board->jobs[0].phase) == JOB_DONE ? board->jobs[0].error : rc;
}

int memhp__writer_store(struct memhp_writer *writer, const char *path, const char *word)
{
	int rc, cancel_state;

	if (writer->stuck_pid)
		return -ETIMEDOUT;
	if (!writer->board)
		writer->board = memhp__worker_board_new(1, &writer->board_size);
	if (!writer->board)
		return -ENOMEM;
	/* A thread cancelled in here, or a copy of it in the worker, would leave the process behind. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	rc = store(writer, path, word);
	pthread_setcancelstate(cancel_state, NULL);
	return rc;
}

int memhp__writer_pause(const struct memhp_writer *writer, int64_t ms)
{
	struct pollfd pfd = { .fd = writer->limits.cancel_fd, .events = POLLIN };

	poll(&pfd, 1, sleep_ms(writer->limits.deadline_ms, ms));
	tick(writer);
	return look_for_stop(writer, writer->limits.deadline_ms);
}

MEMHP_EXPORT int memhp_writer_new(struct memhp_writer **writer, struct memhp_ctx *ctx, uint64_t timeout_ms, int cancel_fd)
{
	struct memhp_writer *new = calloc(1, sizeof(*new));
	int64_t now = now_ms();
	struct supervisor_limits limits = {
		.deadline_ms = timeout_ms > (uint64_t)(INT64_MAX - now) ? INT64_MAX : now + (int64_t)timeout_ms,
		.block_timeout_ms = MEMHP_NO_TIMEOUT,
		.grace_ms = GRACE_MS,
		.cancel_fd = cancel_fd,
	};

	if (!new)
		return -ENOMEM;
	if (cancel_fd >= 0 && fcntl(cancel_fd, F_GETFD) < 0) {
		free(new);
		return -EBADF;
	}
	memhp__ctx_reap_stuck(ctx);
	memhp__writer_init(new, memhp_ctx_ref(ctx), &limits);
	*writer = new;
	return 0;
}

static void writer_free(struct memhp_writer *writer)
{
	memhp__writer_release(writer);
	memhp_ctx_unref(writer->ctx);
	free(writer);
}

DEFINE_REF_UNREF(writer)

MEMHP_EXPORT pid_t memhp_writer_get_pid(const struct memhp_writer *writer)
{
	return writer->stuck_pid;
}
