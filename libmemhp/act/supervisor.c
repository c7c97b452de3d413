/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/supervisor.h"

#include <limits.h>
#include <poll.h>
#include <sys/mman.h>

#include "act/worker.h"
#include "ctx.h"
#include "decide/outcome.h"
#include "decide/step.h"
#include "read/files.h"
#include "read/kmsg-items.h"
#include "read/kmsg.h"
#include "util.h"

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
	if (supervisor->worker.pidfd < 0 && now + NO_PIDFD_MS < until)
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
static void explain(struct supervisor *supervisor, struct memhp_step *step)
{
	struct kernel_note *note = NULL;

	if (supervisor->kmsg && !memhp_step_is_done(step) && step->outcome != MEMHP_OUTCOME_VANISHED)
		note = memhp__kmsg_read_note(supervisor->kmsg, step->start_addr, step->last_addr, supervisor->num_steps == 1);
	memhp__outcome_take_note(step, note);
}

static void settle_done(struct supervisor *supervisor, size_t i)
{
	const struct worker_job *job = &supervisor->board->jobs[i];
	struct memhp_step *step = supervisor->steps[i];

	step->after = job->after;
	step->error = job->error;
	step->written = job->started_ms && job->error == 0;
	step->elapsed_ms += (uint64_t)(job->ended_ms - job->started_ms);
	step->zone = job->after == MEMHP_STATE_ONLINE && job->action != MEMHP_ACTION_OFFLINE ? job->zone : was_in_zone(job, step);
	memhp__outcome_judge(step, job->action);
	/*
	 * The errno of a block that another agent has brought there is of no interest, and without a write it is not the
	 * kernel's.
	 */
	if (step->outcome == MEMHP_OUTCOME_ALREADY || (job->error == -EINVAL && !job->started_ms))
		step->error = 0;
	explain(supervisor, step);
	supervisor->num_done += memhp_step_is_done(step);
}

/* The block at which the worker was ended: only what is read now counts. */
static void settle_stopped(struct supervisor *supervisor, size_t i, enum memhp_reason why)
{
	const struct worker_job *job = &supervisor->board->jobs[i];
	struct memhp_step *step = supervisor->steps[i];
	enum memhp_state state = MEMHP_STATE_UNKNOWN;
	enum memhp_zone zone = was_in_zone(job, step);

	step->error = memhp__worker_read_back(supervisor->ctx->ops, supervisor->dirfd, step->block_id, &state, &zone);
	step->after = state;
	step->zone = zone;
	step->elapsed_ms += job->started_ms ? (uint64_t)(now_ms() - job->started_ms) : 0;
	memhp__outcome_stopped(step, job->action, why);
	if (supervisor->writer_pid && !memhp_step_is_done(step) && step->outcome != MEMHP_OUTCOME_VANISHED)
		step->outcome = MEMHP_OUTCOME_IN_PROGRESS;
	explain(supervisor, step);
	supervisor->num_done += memhp_step_is_done(step);
}

/* Settles what the worker has left behind, and tells. */
static void catch_up(struct supervisor *supervisor, size_t done)
{
	bool is_new = supervisor->next < done;

	while (supervisor->next < done) {
		settle_done(supervisor, supervisor->next++);
		if (supervisor->tick)
			supervisor->tick(supervisor, supervisor->tick_data);
	}
	if (supervisor->tick && !is_new)
		supervisor->tick(supervisor, supervisor->tick_data);
}

/* Why the request has to stop now: cancelled, past its deadline, or neither */
static enum memhp_reason look_for_stop(const struct supervisor *supervisor)
{
	if (memhp__file_is_readable(supervisor->limits.cancel_fd))
		return MEMHP_REASON_CANCELLED;
	return now_ms() >= supervisor->limits.deadline_ms ? MEMHP_REASON_DEADLINE : MEMHP_REASON_NONE;
}

/* Sleeps until the worker is through (REASON_NONE) or has to be, or was, ended. */
static enum memhp_reason wait_for_worker(struct supervisor *supervisor)
{
	struct pollfd fds[] = {
		{ .fd = supervisor->limits.cancel_fd, .events = POLLIN },
		{ .fd = supervisor->worker.socket, .events = POLLIN },
		{ .fd = supervisor->worker.pidfd, .events = POLLIN },
	};

	for (;;) {
		bool is_over = false;

		if (poll(fds, ARRAY_SIZE(fds), sleep_ms(supervisor, now_ms())) >= 0)
			is_over = fds[1].revents || fds[2].revents;
		else if (errno != EINTR)
			return MEMHP_REASON_OTHER; /* no memory for poll(): without a watch on it no writer may go on */
		if (supervisor->worker.pidfd < 0)
			is_over |= memhp__worker_has_ended(&supervisor->worker);
		if (is_over && memhp__worker_receive(&supervisor->worker))
			return MEMHP_REASON_NONE;
		supervisor->stop = look_for_stop(supervisor);
		if (supervisor->stop)
			return supervisor->stop;
		if (is_over)
			return MEMHP_REASON_WRITER_DIED;
		if (now_ms() >= job_deadline(supervisor, current_job(supervisor)))
			return MEMHP_REASON_DEADLINE;
		catch_up(supervisor, atomic_load(&supervisor->board->current));
	}
}

static void end_worker(struct supervisor *supervisor, uint64_t grace_ms)
{
	pid_t pid = supervisor->worker.pid;

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
 * After the worker was ended: settles the job that it was at. It may have gone on to another block between the decision, at
 * `decided`, and the kill; that block did nothing wrong and gets its turn again.
 */
static void settle_current(struct supervisor *supervisor, enum memhp_reason why, int64_t decided)
{
	const struct worker_job *job = current_job(supervisor);
	bool innocent;

	switch ((enum job_phase)atomic_load(&job->phase)) {
	case JOB_DONE:
		settle_done(supervisor, supervisor->next++);
		return;
	case JOB_WAITING:
		if (why != MEMHP_REASON_WRITER_DIED)
			return;
		break;
	case JOB_WRITING:
		if (why == MEMHP_REASON_WRITER_DIED && decided >= job_deadline(supervisor, job))
			why = MEMHP_REASON_DEADLINE; /* its own alarm */
		innocent = why == MEMHP_REASON_DEADLINE && !supervisor->stop && decided < job_deadline(supervisor, job);
		settle_stopped(supervisor, supervisor->next, why);
		supervisor->next += !innocent || memhp_step_is_done(supervisor->steps[supervisor->next]);
		return;
	}
	settle_stopped(supervisor, supervisor->next++, why);
}

/* One turn of the worker, from the next step on */
static void take_turn(struct supervisor *supervisor, size_t last)
{
	struct worker_board *board = supervisor->board;
	enum memhp_reason why;
	int64_t decided;

	for (size_t i = supervisor->next; i < last; i++)
		board->jobs[i] = (struct worker_job){ .block_id = board->jobs[i].block_id, .action = board->jobs[i].action };
	atomic_store(&board->current, (uint32_t)supervisor->next);
	why = memhp__worker_run(&supervisor->worker, supervisor->next, last) < 0 ? MEMHP_REASON_WRITER_DIED
										 : wait_for_worker(supervisor);
	decided = now_ms();
	if (why != MEMHP_REASON_NONE)
		end_worker(supervisor, supervisor->limits.grace_ms);
	catch_up(supervisor, why == MEMHP_REASON_NONE ? last : atomic_load(&board->current));
	if (why != MEMHP_REASON_NONE)
		settle_current(supervisor, why, decided);
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
		poll(&pfd, 1, left > 0 ? (int)left : 0);
		supervisor->stop = look_for_stop(supervisor);
	}
}

const struct memhp_step *memhp__supervisor_current(const struct supervisor *supervisor, uint64_t *elapsed_ms)
{
	size_t current = atomic_load(&supervisor->board->current);
	const struct worker_job *job = &supervisor->board->jobs[current];

	if (!supervisor->has_worker || atomic_load(&job->phase) != JOB_WRITING)
		return NULL;
	*elapsed_ms = (uint64_t)(now_ms() - job->started_ms);
	return supervisor->steps[current];
}

int memhp__supervisor_init(struct supervisor *supervisor, struct memhp_ctx *ctx, int dirfd, struct memhp_step **steps,
			   size_t num_steps, const enum memhp_action *actions, bool one_action,
			   const struct supervisor_limits *limits)
{
	struct worker_board *board;

	*supervisor = (struct supervisor){ .ctx = ctx, .dirfd = dirfd, .limits = *limits, .steps = steps, .num_steps = num_steps };
	board = memhp__worker_board_new(num_steps, &supervisor->board_size);
	if (!board)
		return -ENOMEM;
	board->block_timeout_ms = limits->block_timeout_ms;
	board->deadline_ms = limits->deadline_ms;
	for (size_t i = 0; i < num_steps; i++) {
		board->jobs[i].block_id = steps[i]->block_id;
		board->jobs[i].action = actions[one_action ? 0 : i];
	}
	supervisor->board = board;
	return 0;
}

void memhp__supervisor_release(struct supervisor *supervisor)
{
	if (supervisor->has_worker)
		end_worker(supervisor, IDLE_GRACE_MS);
	if (supervisor->board)
		munmap(supervisor->board, supervisor->board_size);
}
