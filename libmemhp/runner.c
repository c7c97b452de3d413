/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "runner.h"

#include <limits.h>
#include <poll.h>
#include <sys/mman.h>

#include "ctx.h"
#include "kmsg-items.h"
#include "kmsg.h"
#include "outcome.h"
#include "step.h"
#include "sysfs.h"
#include "util.h"
#include "worker.h"

/* How often the caller hears of a block that takes its time */
#define TICK_MS 200

/* How often to look for the worker where no descriptor tells of its end */
#define NO_PIDFD_MS 1000

/* A worker that waits for work is in nobody's hands but its own, and ends at once. */
#define IDLE_GRACE_MS 5000

static int64_t add_ms(int64_t start, uint64_t ms)
{
	return ms > (uint64_t)(INT64_MAX - start) ? INT64_MAX : start + (int64_t)ms;
}

/* When the worker must be done with a job: INT64_MAX while it is not writing or there is no deadline */
static int64_t job_deadline(const struct runner *runner, const struct worker_job *job)
{
	if (atomic_load(&job->phase) != JOB_WRITING)
		return INT64_MAX;
	return add_ms(job->started_ms, runner->limits.block_timeout_ms);
}

static struct worker_job *current_job(const struct runner *runner)
{
	return &runner->board->jobs[atomic_load(&runner->board->current)];
}

/* How long to sleep: until a deadline of what is known now, and never longer than a block started meanwhile may take */
static int sleep_ms(const struct runner *runner, int64_t now)
{
	int64_t until = runner->limits.deadline_ms;
	int64_t block = job_deadline(runner, current_job(runner));

	if (block == INT64_MAX)
		block = add_ms(now, runner->limits.block_timeout_ms);
	if (block < until)
		until = block;
	if (runner->tick && now + TICK_MS < until)
		until = now + TICK_MS;
	if (runner->worker.pidfd < 0 && now + NO_PIDFD_MS < until)
		until = now + NO_PIDFD_MS;
	if (until == INT64_MAX)
		return -1;
	if (until <= now)
		return 0;
	return until - now < INT_MAX ? (int)(until - now) : INT_MAX;
}

/* A block that is not online is in no zone; of one that went or should have gone offline the zone is the one that it was in. */
static enum memhp_zone was_in_zone(const struct worker_job *job, const struct memhp_step *step)
{
	return job->action == MEMHP_ACTION_OFFLINE ? step->zone : MEMHP_ZONE_NONE;
}

/* Only what failed is worth a look at the kernel's log; what it said of an earlier attempt is no longer of interest. */
static void explain(struct runner *runner, struct memhp_step *step)
{
	struct kernel_note *note = NULL;

	if (runner->kmsg && !memhp_step_is_done(step) && step->outcome != MEMHP_OUTCOME_VANISHED)
		note = kmsg_read_note(runner->kmsg, step->start_addr, step->last_addr, runner->num_steps == 1);
	outcome_take_note(step, note);
}

static void settle_done(struct runner *runner, size_t i)
{
	const struct worker_job *job = &runner->board->jobs[i];
	struct memhp_step *step = runner->steps[i];

	step->after = job->after;
	step->error = job->error;
	step->written = job->started_ms && job->error == 0;
	step->elapsed_ms += (uint64_t)(job->ended_ms - job->started_ms);
	step->zone = job->after == MEMHP_STATE_ONLINE && job->action != MEMHP_ACTION_OFFLINE ? job->zone : was_in_zone(job, step);
	outcome_judge(step, job->action);
	/*
	 * The errno of a block that another agent has brought there is of no interest, and without a write it is not the
	 * kernel's.
	 */
	if (step->outcome == MEMHP_OUTCOME_ALREADY || (job->error == -EINVAL && !job->started_ms))
		step->error = 0;
	explain(runner, step);
	runner->num_done += memhp_step_is_done(step);
}

/* The block at which the worker was ended: only what is read now counts. */
static void settle_stopped(struct runner *runner, size_t i, enum memhp_reason why)
{
	const struct worker_job *job = &runner->board->jobs[i];
	struct memhp_step *step = runner->steps[i];
	enum memhp_state state = MEMHP_STATE_UNKNOWN;
	enum memhp_zone zone = was_in_zone(job, step);

	step->error = worker_read_back(runner->ctx->ops, runner->dirfd, step->block_id, &state, &zone);
	step->after = state;
	step->zone = zone;
	step->elapsed_ms += job->started_ms ? (uint64_t)(now_ms() - job->started_ms) : 0;
	outcome_stopped(step, job->action, why);
	if (runner->writer_pid && !memhp_step_is_done(step) && step->outcome != MEMHP_OUTCOME_VANISHED)
		step->outcome = MEMHP_OUTCOME_IN_PROGRESS;
	explain(runner, step);
	runner->num_done += memhp_step_is_done(step);
}

/* Settles what the worker has left behind, and tells. */
static void catch_up(struct runner *runner, size_t done)
{
	bool is_new = runner->next < done;

	while (runner->next < done) {
		settle_done(runner, runner->next++);
		if (runner->tick)
			runner->tick(runner, runner->tick_data);
	}
	if (runner->tick && !is_new)
		runner->tick(runner, runner->tick_data);
}

/* Why the request has to stop now: cancelled, past its deadline, or neither */
static enum memhp_reason look_for_stop(const struct runner *runner)
{
	if (sysfs_is_readable(runner->limits.cancel_fd))
		return MEMHP_REASON_CANCELLED;
	return now_ms() >= runner->limits.deadline_ms ? MEMHP_REASON_DEADLINE : MEMHP_REASON_NONE;
}

/* Sleeps until the worker is through (REASON_NONE) or has to be, or was, ended. */
static enum memhp_reason wait_for_worker(struct runner *runner)
{
	struct pollfd fds[] = {
		{ .fd = runner->limits.cancel_fd, .events = POLLIN },
		{ .fd = runner->worker.socket, .events = POLLIN },
		{ .fd = runner->worker.pidfd, .events = POLLIN },
	};

	for (;;) {
		bool is_over = false;

		if (poll(fds, ARRAY_SIZE(fds), sleep_ms(runner, now_ms())) >= 0)
			is_over = fds[1].revents || fds[2].revents;
		else if (errno != EINTR)
			return MEMHP_REASON_OTHER; /* no memory for poll(): without a watch on it no writer may go on */
		if (runner->worker.pidfd < 0)
			is_over |= worker_has_ended(&runner->worker);
		if (is_over && worker_receive(&runner->worker))
			return MEMHP_REASON_NONE;
		runner->stop = look_for_stop(runner);
		if (runner->stop)
			return runner->stop;
		if (is_over)
			return MEMHP_REASON_WRITER_DIED;
		if (now_ms() >= job_deadline(runner, current_job(runner)))
			return MEMHP_REASON_DEADLINE;
		catch_up(runner, atomic_load(&runner->board->current));
	}
}

static void end_worker(struct runner *runner, uint64_t grace_ms)
{
	pid_t pid = runner->worker.pid;

	runner->has_worker = false;
	if (worker_end(&runner->worker, runner->ctx, grace_ms) == 0)
		return;
	log_warning(runner->ctx, "writer process %d has not ended %llu ms after it was killed", (int)pid,
		    (unsigned long long)grace_ms);
	runner->writer_pid = pid;
	if (!runner->stop)
		runner->stop = MEMHP_REASON_DEADLINE;
}

/*
 * After the worker was ended: settles the job that it was at. It may have gone on to another block between the decision, at
 * `decided`, and the kill; that block did nothing wrong and gets its turn again.
 */
static void settle_current(struct runner *runner, enum memhp_reason why, int64_t decided)
{
	const struct worker_job *job = current_job(runner);
	bool innocent;

	switch ((enum job_phase)atomic_load(&job->phase)) {
	case JOB_DONE:
		settle_done(runner, runner->next++);
		return;
	case JOB_WAITING:
		if (why != MEMHP_REASON_WRITER_DIED)
			return;
		break;
	case JOB_WRITING:
		if (why == MEMHP_REASON_WRITER_DIED && decided >= job_deadline(runner, job))
			why = MEMHP_REASON_DEADLINE; /* its own alarm */
		innocent = why == MEMHP_REASON_DEADLINE && !runner->stop && decided < job_deadline(runner, job);
		settle_stopped(runner, runner->next, why);
		runner->next += !innocent || memhp_step_is_done(runner->steps[runner->next]);
		return;
	}
	settle_stopped(runner, runner->next++, why);
}

/* One turn of the worker, from the next step on */
static void take_turn(struct runner *runner, size_t last)
{
	struct worker_board *board = runner->board;
	enum memhp_reason why;
	int64_t decided;

	for (size_t i = runner->next; i < last; i++)
		board->jobs[i] = (struct worker_job){ .block_id = board->jobs[i].block_id, .action = board->jobs[i].action };
	atomic_store(&board->current, (uint32_t)runner->next);
	why = worker_run(&runner->worker, runner->next, last) < 0 ? MEMHP_REASON_WRITER_DIED : wait_for_worker(runner);
	decided = now_ms();
	if (why != MEMHP_REASON_NONE)
		end_worker(runner, runner->limits.grace_ms);
	catch_up(runner, why == MEMHP_REASON_NONE ? last : atomic_load(&board->current));
	if (why != MEMHP_REASON_NONE)
		settle_current(runner, why, decided);
}

int runner_run(struct runner *runner, size_t first, size_t last)
{
	runner->next = first;
	if (!runner->stop)
		runner->stop = look_for_stop(runner);
	while (runner->next < last && !runner->stop) {
		if (!runner->has_worker) {
			int rc = worker_start(&runner->worker, runner->ctx, runner->board, runner->dirfd);

			if (rc < 0)
				return rc;
			runner->has_worker = true;
		}
		take_turn(runner, last);
	}
	return 0;
}

void runner_pause(struct runner *runner, int64_t ms)
{
	int64_t until = now_ms() + ms;

	while (!runner->stop && now_ms() < until) {
		struct pollfd pfd = { .fd = runner->limits.cancel_fd, .events = POLLIN };
		int64_t left = until - now_ms();

		if (runner->limits.deadline_ms - now_ms() < left)
			left = runner->limits.deadline_ms - now_ms();
		poll(&pfd, 1, left > 0 ? (int)left : 0);
		runner->stop = look_for_stop(runner);
	}
}

const struct memhp_step *runner_current(const struct runner *runner, uint64_t *elapsed_ms)
{
	size_t current = atomic_load(&runner->board->current);
	const struct worker_job *job = &runner->board->jobs[current];

	if (!runner->has_worker || atomic_load(&job->phase) != JOB_WRITING)
		return NULL;
	*elapsed_ms = (uint64_t)(now_ms() - job->started_ms);
	return runner->steps[current];
}

int runner_init(struct runner *runner, struct memhp_ctx *ctx, int dirfd, struct memhp_step **steps, size_t num_steps,
		const enum memhp_action *actions, bool one_action, const struct runner_limits *limits)
{
	struct worker_board *board;

	*runner = (struct runner){ .ctx = ctx, .dirfd = dirfd, .limits = *limits, .steps = steps, .num_steps = num_steps };
	board = worker_board_new(num_steps, &runner->board_size);
	if (!board)
		return -ENOMEM;
	board->block_timeout_ms = limits->block_timeout_ms;
	board->deadline_ms = limits->deadline_ms;
	for (size_t i = 0; i < num_steps; i++) {
		board->jobs[i].block_id = steps[i]->block_id;
		board->jobs[i].action = actions[one_action ? 0 : i];
	}
	runner->board = board;
	return 0;
}

void runner_release(struct runner *runner)
{
	if (runner->has_worker)
		end_worker(runner, IDLE_GRACE_MS);
	if (runner->board)
		munmap(runner->board, runner->board_size);
}
