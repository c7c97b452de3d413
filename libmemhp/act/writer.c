/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/writer.h"

#include <pthread.h>

#include "act/supervisor.h"
#include "ctx.h"
#include "object.h"
#include "read/files.h"
#include "util.h"

#define GRACE_MS 5000

void memhp__writer_init(struct memhp_writer *writer, struct memhp_ctx *ctx, const struct supervisor_limits *limits)
{
	*writer = (struct memhp_writer){ .ctx = ctx, .limits = *limits, .dirfd = -1 };
}

void memhp__writer_enter(struct memhp_writer *writer, int dirfd, const char *place)
{
	memhp__supervisor_release(&writer->supervisor);
	closep(&writer->dirfd);
	writer->dirfd = dirfd;
	writer->place = place;
}

void memhp__writer_release(struct memhp_writer *writer)
{
	memhp__writer_enter(writer, -1, NULL);
}

static bool settle(void *data, size_t i __attribute__((unused)), enum memhp_reason why)
{
	struct memhp_writer *writer = data;

	writer->why = why;
	return why == MEMHP_REASON_NONE;
}

static void tick(void *data)
{
	const struct memhp_writer *writer = data;

	writer->tick(writer->tick_data);
}

/* A worker for the directory, in which writers that could not be ended are not forgotten */
static int prepare(struct memhp_writer *writer)
{
	struct supervisor *supervisor = &writer->supervisor;
	pid_t stuck = supervisor->writer_pid;
	int rc = 0;

	if (!supervisor->board)
		rc = memhp__supervisor_init(supervisor, writer->ctx, writer->dirfd, 1);
	if (rc < 0)
		return rc;
	supervisor->writer_pid = stuck;
	supervisor->settle = settle;
	supervisor->tick = writer->tick ? tick : NULL;
	supervisor->data = writer;
	memhp__supervisor_set_limits(supervisor, &writer->limits);
	return 0;
}

static int errno_of(enum memhp_reason why)
{
	switch (why) {
	case MEMHP_REASON_CANCELLED:
		return -ECANCELED;
	case MEMHP_REASON_DEADLINE:
		return -ETIMEDOUT;
	default:
		return -EINTR;
	}
}

static int store(struct memhp_writer *writer, uint64_t block_id, const char *file, const char *word)
{
	struct supervisor *supervisor = &writer->supervisor;
	struct worker_board *board = supervisor->board;
	int rc;

	writer->why = MEMHP_REASON_NONE;
	stpncpy(board->word, word, sizeof(board->word) - 1);
	board->jobs[0] = (struct worker_job){ .block_id = block_id, .file = file, .word = board->word };
	rc = memhp__supervisor_run(supervisor, 0, 1);
	if (rc < 0)
		return rc;
	if (supervisor->next == 0)
		return errno_of(supervisor->stop);
	return writer->why == MEMHP_REASON_NONE ? board->jobs[0].write_error : errno_of(writer->why);
}

int memhp__writer_store(struct memhp_writer *writer, uint64_t block_id, const char *file, const char *word)
{
	int rc, cancel_state;

	if (writer->supervisor.writer_pid)
		return -ETIMEDOUT;
	rc = prepare(writer);
	if (rc < 0)
		return rc;
	/* A thread cancelled in here, or a copy of it in the worker, would leave the process behind. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	rc = store(writer, block_id, file, word);
	pthread_setcancelstate(cancel_state, NULL);
	return rc;
}

int memhp__writer_pause(struct memhp_writer *writer, int64_t ms)
{
	int rc = prepare(writer);

	if (rc < 0)
		return rc;
	memhp__supervisor_pause(&writer->supervisor, ms);
	if (writer->tick)
		writer->tick(writer->tick_data);
	return writer->supervisor.stop ? errno_of(writer->supervisor.stop) : 0;
}

MEMHP_EXPORT int memhp_writer_new(struct memhp_writer **writer, struct memhp_ctx *ctx, uint64_t timeout_ms, int cancel_fd)
{
	int rc = memhp__file_check_cancel_fd(cancel_fd);
	struct memhp_writer *new;
	struct supervisor_limits limits = {
		.deadline_ms = deadline_ms(timeout_ms),
		.block_timeout_ms = MEMHP_NO_TIMEOUT,
		.grace_ms = GRACE_MS,
		.cancel_fd = cancel_fd,
	};

	if (rc < 0)
		return rc;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	memhp__ctx_reap_stuck(ctx);
	memhp__writer_init(new, memhp_ctx_ref(ctx), &limits);
	*writer = new;
	return 0;
}

MEMHP_EXPORT void memhp_writer_free(struct memhp_writer *writer)
{
	if (!writer)
		return;
	memhp__writer_release(writer);
	memhp_ctx_unref(writer->ctx);
	free(writer);
}

MEMHP_EXPORT void memhp_writer_set_block_timeout_ms(struct memhp_writer *writer, uint64_t timeout_ms)
{
	writer->limits.block_timeout_ms = timeout_ms;
}

MEMHP_EXPORT void memhp_writer_set_progress(struct memhp_writer *writer, void (*progress)(void *data), void *data)
{
	writer->tick = progress;
	writer->tick_data = data;
}

MEMHP_EXPORT bool memhp_writer_is_unverified(const struct memhp_writer *writer)
{
	return writer->is_unverified;
}

MEMHP_EXPORT pid_t memhp_writer_get_pid(const struct memhp_writer *writer)
{
	return writer->supervisor.writer_pid;
}
