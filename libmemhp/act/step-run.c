/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/step-run.h"

#include "nums.h"
#include "ctx.h"
#include "decide/outcome.h"
#include "decide/step.h"
#include "read/kmsg-items.h"
#include "read/pages.h"
#include "read/writers.h"
#include "util.h"

/* So long a look at the pages of a block may hold up the end of its time, some 4 ms for each 128 MiB. */
#define LOOK_MS 250

/* So long, and so often, is looked for a block that was added. */
#define APPEAR_MS 5000
#define POLL_MS   10

/* Only what failed is worth a look at the kernel's log; what it said of an earlier attempt is no longer of interest. */
static void explain(struct step_run *run, struct memhp_step *step)
{
	struct kernel_note *note = NULL;

	if (run->kmsg && !step->device && !memhp_step_is_done(step) && step->outcome != MEMHP_OUTCOME_VANISHED)
		note = memhp__kmsg_read_note(run->kmsg, step->start_addr, step->last_addr, run->num_steps == 1);
	memhp__outcome_take_note(step, note);
}

/* After a store that the kernel took, a new block is there. This is for what is slower, such as a name space in between. */
static struct look wait_for_block(struct step_run *run, const struct memhp_step *step)
{
	int64_t until = now_ms() + APPEAR_MS;
	struct look look;

	while ((look = memhp__edges_look(run->edges, step, MEMHP_TRANSITION_ADD), look.error == 0 && !look.is_reached)) {
		memhp__supervisor_pause(&run->supervisor, POLL_MS);
		if (now_ms() >= until)
			break;
		/* It may still appear. */
		if (run->supervisor.stop) {
			look.error = -ETIMEDOUT;
			break;
		}
	}
	return look;
}

/* Of a block's state the worker has taken a look itself, which costs less. */
static struct look look_at(struct step_run *run, size_t i)
{
	const struct worker_job *job = &run->supervisor.board->jobs[i];

	if (run->steps[i]->action == MEMHP_TRANSITION_ADD && job->started_ms && job->write_error == 0)
		return wait_for_block(run, run->steps[i]);
	if (job->goal == MEMHP_STATE_UNKNOWN)
		return memhp__edges_look(run->edges, run->steps[i], run->steps[i]->action);
	return (struct look){
		.error = job->read_error, .state = job->after, .zone = job->zone, .is_reached = job->after == job->goal
	};
}

static void settle_done(struct step_run *run, size_t i)
{
	const struct worker_job *job = &run->supervisor.board->jobs[i];
	enum memhp_transition action = run->steps[i]->action;
	struct memhp_step *step = run->steps[i];
	struct look look = look_at(run, i);

	memhp__outcome_take_look(step, action, &look);
	step->error = job->write_error < 0 ? job->write_error : look.error;
	/* A notifier may refuse with ENODEV; that the block is gone, only the look afterwards can tell. */
	if ((step->error == -ENODEV || step->error == -ENOENT) && job->started_ms && look.error < 0)
		step->error = look.error;
	step->written = job->started_ms && job->write_error == 0;
	step->has_set_memmap |= job->has_set_memmap;
	step->elapsed_ms += (uint64_t)(job->ended_ms - job->started_ms);
	if (step->error < 0 && step->after == MEMHP_STATE_UNKNOWN && !job->started_ms)
		memhp__outcome_unasked(step);
	else
		memhp__outcome_judge(step, action);
	/* The errno of a block that another agent has brought there is of no interest. */
	if (step->outcome == MEMHP_OUTCOME_ALREADY)
		step->error = 0;
}

/* The block at which the worker was ended: only what is read now counts. */
static void settle_stopped(const struct step_run *run, size_t i, enum memhp_reason why)
{
	const struct supervisor *supervisor = &run->supervisor;
	const struct worker_job *job = &supervisor->board->jobs[i];
	enum memhp_transition action = run->steps[i]->action;
	struct memhp_step *step = run->steps[i];
	struct look look = memhp__edges_look(run->edges, step, action);

	memhp__outcome_take_look(step, action, &look);
	step->error = look.error;
	step->elapsed_ms += job->started_ms ? (uint64_t)(now_ms() - job->started_ms) : 0;
	step->written = job->started_ms && look.is_reached;
	step->has_set_memmap |= job->has_set_memmap;
	memhp__outcome_stopped(step, action, why);
	if (supervisor->writer_pid && !memhp_step_is_done(step) && step->outcome != MEMHP_OUTCOME_VANISHED)
		step->outcome = MEMHP_OUTCOME_IN_PROGRESS;
}

/* It was not this block's fault, nor will it be the next one's. */
static void blame_other(struct step_run *run, struct memhp_step *step)
{
	run->has_stuck |= run->supervisor.writer_pid != 0;
	if (step->outcome != MEMHP_OUTCOME_TIMEOUT || run->has_stuck || run->supervisor.had_lock ||
	    memhp__find_going_offline(run->supervisor.ctx, step->block_id, &run->blocker) <= 0)
		return;
	run->has_blocker = true;
	run->supervisor.stop = step->reason = MEMHP_REASON_LOCKED;
}

static bool settle(void *data, size_t i, enum memhp_reason why)
{
	struct step_run *run = data;
	struct memhp_step *step = run->steps[i];

	if (why == MEMHP_REASON_NONE)
		settle_done(run, i);
	else
		settle_stopped(run, i, why);
	blame_other(run, step);
	explain(run, step);
	if (step->outcome == MEMHP_OUTCOME_UNVERIFIED && run->supervisor.board->stop_when_unverified && !run->supervisor.stop)
		run->supervisor.stop = MEMHP_REASON_UNREADABLE;
	run->ended = step;
	run->num_done += memhp_step_is_done(step) && !step->leads_on;
	if (run->steps[i]->action == MEMHP_TRANSITION_OFFLINE && memhp_step_may_be_changed(step))
		run->kernel_loss += step_kernel_bytes(step);
	return memhp_step_is_done(step);
}

/* What is left in the block is told while the kernel is at it: afterwards its pages are anybody's again. */
static void look(void *data, size_t i)
{
	struct step_run *run = data;
	struct memhp_step *step = run->steps[i];
	uint64_t *bytes = calloc(NUM_PAGE_KINDS, sizeof(*bytes));

	if (!bytes || memhp__pages_read_block(bytes, run->supervisor.ctx, step->start_addr, step->last_addr, LOOK_MS) < 0) {
		free(bytes);
		return;
	}
	free(step->left_bytes);
	step->left_bytes = bytes;
}

static void tick(void *data)
{
	struct step_run *run = data;

	if (run->tick)
		run->tick(run, run->tick_data);
	run->ended = NULL;
}

int memhp__step_run_init(struct step_run *run, const struct edges *edges, size_t max_steps)
{
	*run = (struct step_run){ .edges = edges };
	return memhp__supervisor_init(&run->supervisor, edges->ctx, edges->fd, max_steps);
}

void memhp__step_run_set(struct step_run *run, struct memhp_step **steps, size_t num_steps, const struct supervisor_limits *limits)
{
	struct supervisor *supervisor = &run->supervisor;

	run->steps = steps;
	run->num_steps = num_steps;
	run->num_done = 0;
	run->ended = NULL;
	run->kernel_loss = 0;
	supervisor->settle = settle;
	supervisor->look = look;
	supervisor->data = run;
	supervisor->writer_pid = 0;
	memhp__supervisor_set_limits(supervisor, limits);
	for (size_t i = 0; i < num_steps; i++)
		supervisor->board->jobs[i] = memhp__edges_job(steps[i]);
}

int memhp__step_run_try(struct step_run *run, size_t first, size_t last)
{
	run->supervisor.tick = run->tick ? tick : NULL;
	return memhp__supervisor_run(&run->supervisor, first, last);
}

const struct memhp_step *memhp__step_run_current(const struct step_run *run, uint64_t *elapsed_ms)
{
	const struct worker_job *job = memhp__supervisor_current(&run->supervisor);

	if (!job)
		return NULL;
	*elapsed_ms = (uint64_t)(now_ms() - job->started_ms);
	return run->steps[job - run->supervisor.board->jobs];
}

void memhp__step_run_release(struct step_run *run)
{
	memhp__supervisor_release(&run->supervisor);
}
