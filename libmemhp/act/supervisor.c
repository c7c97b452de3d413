/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/supervisor.h"

#include <limits.h>
#include <poll.h>
#include <sys/mman.h>

#include "act/worker.h"
#include "ctx.h"
#include "read/files.h"
#include "util.h"

/* How often the caller hears of a block that takes its time */
#define TICK_MS 200

/* How often to look for the worker where no descriptor tells of its end */
#define NO_PIDFD_MS 1000

/* An idle worker is not inside the kernel, so SIGKILL ends it at once. */
#define IDLE_GRACE_MS 5000

static int64_t add_ms(int64_t start, uint64_t ms)
{
	return ms > (uint64_t)(INT64_MAX - start) ? INT64_MAX : start + (int64_t)ms;
}

/* When the worker must be done with a job: INT64_MAX while it is not writing or there is no deadline */
static int64_t job_deadline(const struct supervisor *supervisor, const struct worker_job *job)
{
	if (atomic_load(&job->phase) != JOB_WRITING)
		return INT64_MAX;
	return add_ms(job->started_ms, supervisor->limits.block_timeout_ms);
}

static struct worker_job *current_job(const struct supervisor *supervisor)
{
	return &supervisor->board->jobs[atomic_load(&supervisor->board->current)];
}

/* How long to sleep: until a deadline of what is known now, and never longer than a block started meanwhile may take */
static int sleep_ms(const struct supervisor *supervisor, int64_t now)
{
	int64_t until = supervisor->limits.deadline_ms;
	int64_t block = job_deadline(supervisor, current_job(supervisor));

	if (block == INT64_MAX)
		block = add_ms(now, supervisor->limits.block_timeout_ms);
	if (block < until)
		until = block;
	if (supervisor->tick && now + TICK_MS < until)
		until = now + TICK_MS;
	if (supervisor->worker.process.pidfd < 0 && now + NO_PIDFD_MS < until)
		until = now + NO_PIDFD_MS;
	if (until == INT64_MAX)
		return -1;
	if (until <= now)
		return 0;
	return until - now < INT_MAX ? (int)(until - now) : INT_MAX;
}

static bool settle(struct supervisor *supervisor, enum memhp_reason why)
{
	return supervisor->settle(supervisor->data, supervisor->next++, why);
}

static void tick(const struct supervisor *supervisor)
{
	if (supervisor->tick)
		supervisor->tick(supervisor->data);
}

/* Settles what the worker has left behind, and tells. */
static void catch_up(struct supervisor *supervisor, size_t done)
{
	bool is_new = supervisor->next < done;

	while (supervisor->next < done) {
		settle(supervisor, MEMHP_REASON_NONE);
		tick(supervisor);
	}
	if (!is_new)
		tick(supervisor);
}

/* Why the request has to stop now: cancelled, past its deadline, or neither */
static enum memhp_reason look_for_stop(const struct supervisor *supervisor)
{
	if (memhp__file_is_readable(supervisor->limits.cancel_fd))
		return MEMHP_REASON_CANCELLED;
	return now_ms() >= supervisor->limits.deadline_ms ? MEMHP_REASON_DEADLINE : MEMHP_REASON_NONE;
}

/* Where poll() cannot sleep */
static void nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 10 * 1000 * 1000 }, NULL);
}

/* Sleeps until the worker is through (REASON_NONE) or has to be, or was, ended. */
static enum memhp_reason wait_for_worker(struct supervisor *supervisor)
{
	struct pollfd fds[] = {
		{ .fd = supervisor->limits.cancel_fd, .events = POLLIN },
		{ .fd = supervisor->worker.socket, .events = POLLIN },
		{ .fd = supervisor->worker.process.pidfd, .events = POLLIN },
	};

	for (;;) {
		enum memhp_reason now;
		bool is_over = false;

		if (poll(fds, ARRAY_SIZE(fds), sleep_ms(supervisor, now_ms())) >= 0)
			is_over = fds[1].revents || fds[2].revents;
		else if (errno != EINTR)
			nap(); /* no memory for poll(): the deadlines still hold */
		if (supervisor->worker.process.pidfd < 0)
			is_over |= memhp__process_has_ended(&supervisor->worker.process);
		if (is_over && memhp__worker_receive(&supervisor->worker))
			return MEMHP_REASON_NONE;
		now = look_for_stop(supervisor);
		if (now)
			return supervisor->stop = now;
		if (is_over)
			return MEMHP_REASON_WRITER_DIED;
		if (now_ms() >= job_deadline(supervisor, current_job(supervisor)))
			return MEMHP_REASON_DEADLINE;
		catch_up(supervisor, atomic_load(&supervisor->board->current));
	}
}

static void end_worker(struct supervisor *supervisor, uint64_t grace_ms)
{
	pid_t pid = supervisor->worker.process.pid;

	supervisor->has_worker = false;
	if (memhp__worker_end(&supervisor->worker, supervisor->ctx, grace_ms) == 0)
		return;
	log_warning(supervisor->ctx, "writer process %d has not ended %llu ms after it was killed", (int)pid,
		    (unsigned long long)grace_ms);
	supervisor->writer_pid = pid;
	if (!supervisor->stop)
		supervisor->stop = MEMHP_REASON_DEADLINE;
}

/*
 * After the worker was ended: settles the job that it was at. It may have gone on to another one between the decision, at
 * `decided`, and the kill; that job did nothing wrong and gets its turn again, unless it is as asked all the same.
 */
static void settle_current(struct supervisor *supervisor, enum memhp_reason why, int64_t decided)
{
	const struct worker_job *job = current_job(supervisor);
	int phase = atomic_load(&job->phase);
	bool innocent;

	if (phase == JOB_DONE) {
		settle(supervisor, MEMHP_REASON_NONE);
		return;
	}
	if (phase == JOB_WAITING) {
		if (why == MEMHP_REASON_WRITER_DIED)
			settle(supervisor, why);
		return;
	}
	if (why == MEMHP_REASON_WRITER_DIED && decided >= job_deadline(supervisor, job))
		why = MEMHP_REASON_DEADLINE; /* its own alarm */
	innocent = why == MEMHP_REASON_DEADLINE && !supervisor->stop && decided < job_deadline(supervisor, job);
	supervisor->had_lock |= innocent;
	if (!settle(supervisor, why) && innocent)
		supervisor->next--;
}

/* What a job is, without what an earlier attempt came to */
static void reset_job(struct worker_job *job)
{
	*job = (struct worker_job){ .block_id = job->block_id,
				    .file = job->file,
				    .word = job->word,
				    .memmap = job->memmap,
				    .number = job->number,
				    .is_flag = job->is_flag,
				    .goal = job->goal };
}

/* A block of which the worker has made the kernel begin: so it has the kernel's lock, which only one at a time can have. */
static bool is_going_offline(const struct supervisor *supervisor, const struct worker_job *job)
{
	enum memhp_state state = MEMHP_STATE_UNKNOWN;
	enum memhp_zone zone;

	return job->block_id != NO_BLOCK &&
	       memhp__worker_read_back(supervisor->ctx->ops, supervisor->dirfd, job->block_id, &state, &zone) == 0 &&
	       state == MEMHP_STATE_GOING_OFFLINE;
}

/* One turn of the worker, from the next step on */
static void take_turn(struct supervisor *supervisor, size_t last)
{
	struct worker_board *board = supervisor->board;
	enum memhp_reason why;
	int64_t decided;

	for (size_t i = supervisor->next; i < last; i++)
		reset_job(&board->jobs[i]);
	atomic_store(&board->current, (uint32_t)supervisor->next);
	why = memhp__worker_run(&supervisor->worker, supervisor->next, last) < 0 ? MEMHP_REASON_WRITER_DIED
										 : wait_for_worker(supervisor);
	decided = now_ms();
	if (why != MEMHP_REASON_NONE) {
		supervisor->had_lock = is_going_offline(supervisor, current_job(supervisor));
		if (supervisor->had_lock && supervisor->look)
			supervisor->look(supervisor->data, atomic_load(&board->current));
		end_worker(supervisor, supervisor->limits.grace_ms);
	}
	catch_up(supervisor, atomic_load(&board->current) + (why == MEMHP_REASON_NONE));
	if (why != MEMHP_REASON_NONE) {
		settle_current(supervisor, why, decided);
		tick(supervisor);
	}
}

int memhp__supervisor_run(struct supervisor *supervisor, size_t first, size_t last)
{
	supervisor->next = first;
	if (!supervisor->stop)
		supervisor->stop = look_for_stop(supervisor);
	while (supervisor->next < last && !supervisor->stop) {
		if (!supervisor->has_worker) {
			int rc = memhp__worker_start(&supervisor->worker, supervisor->ctx, supervisor->board, supervisor->dirfd);

			if (rc < 0)
				return rc;
			supervisor->has_worker = true;
		}
		take_turn(supervisor, last);
	}
	return 0;
}

void memhp__supervisor_pause(struct supervisor *supervisor, int64_t ms)
{
	int64_t until = now_ms() + ms;

	while (!supervisor->stop && now_ms() < until) {
		struct pollfd pfd = { .fd = supervisor->limits.cancel_fd, .events = POLLIN };
		int64_t left = until - now_ms();

		if (supervisor->limits.deadline_ms - now_ms() < left)
			left = supervisor->limits.deadline_ms - now_ms();
		if (poll(&pfd, 1, left > 0 ? (int)left : 0) < 0 && errno != EINTR)
			nap();
		supervisor->stop = look_for_stop(supervisor);
	}
}

const struct worker_job *memhp__supervisor_current(const struct supervisor *supervisor)
{
	const struct worker_job *job = current_job(supervisor);

	return supervisor->has_worker && atomic_load(&job->phase) == JOB_WRITING ? job : NULL;
}

int memhp__supervisor_init(struct supervisor *supervisor, struct memhp_ctx *ctx, int dirfd, size_t num_jobs)
{
	int rc = memhp__file_check_kernel(ctx->ops, dirfd);

	*supervisor = (struct supervisor){ .ctx = ctx, .dirfd = dirfd };
	if (rc < 0)
		return rc;
	supervisor->board = memhp__worker_board_new(num_jobs, &supervisor->board_size);
	return supervisor->board ? 0 : -ENOMEM;
}

void memhp__supervisor_set_limits(struct supervisor *supervisor, const struct supervisor_limits *limits)
{
	struct worker_board *board = supervisor->board;

	supervisor->limits = *limits;
	supervisor->stop = MEMHP_REASON_NONE;
	board->block_timeout_ms = limits->block_timeout_ms;
	board->grace_ms = limits->grace_ms < INT32_MAX ? limits->grace_ms : INT32_MAX;
	board->deadline_ms = limits->deadline_ms;
}

void memhp__supervisor_release(struct supervisor *supervisor)
{
	if (supervisor->has_worker)
		end_worker(supervisor, IDLE_GRACE_MS);
	if (supervisor->board)
		munmap(supervisor->board, supervisor->board_size);
	supervisor->board = NULL;
}
