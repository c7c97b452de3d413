/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tries of a request: its goal, further candidates, and what was busy */
#include "act/tries.h"

#include "ctx.h"
#include "decide/plan.h"
#include "decide/request.h"
#include "decide/step.h"
#include "util.h"

/* Pauses before a block that was busy is tried again: they double from the first up to the last. */
#define FIRST_PAUSE_MS 100
#define LAST_PAUSE_MS  5000

size_t memhp__tries_missing(const struct apply *apply)
{
	size_t done = apply->run.num_done;

	return done < apply->num_goal ? apply->num_goal - done : 0;
}

/* Whether the kernel keeps enough for itself when this one goes, too */
static bool may_take(const struct apply *apply, const struct memhp_step *step)
{
	uint64_t loss = step->action == MEMHP_TRANSITION_OFFLINE ? step_kernel_bytes(step) : 0;
	uint64_t most = apply->request->max_kernel_loss, gone = apply->run.kernel_loss;

	return loss == 0 || (gone <= most && loss <= most - gone);
}

/* Up to the first that fails: what the kernel does not take there is a reason to stop and look. */
static int try_additions(struct apply *apply)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < apply->num_planned && apply->run.num_done == i; i++)
		rc = memhp__step_run_try(&apply->run, i, i + 1);
	return rc;
}

int memhp__tries_steps(struct step_run *run, size_t first, size_t last)
{
	int rc = 0;

	for (size_t i = first; rc == 0 && i < last && !run->supervisor.stop; i++) {
		struct memhp_step *step = run->steps[i];

		if (!step->leads_on)
			continue;
		rc = memhp__step_run_try(run, first, i + 1);
		first = i + 1;
		if (!memhp_step_is_done(step))
			first = i + 2;
		else if (step->action == MEMHP_TRANSITION_OFFLINE)
			memhp__moves_pass_on(step, run->steps[i + 1]);
	}
	return rc == 0 && first < last ? memhp__step_run_try(run, first, last) : rc;
}

/* Whether one of its block is in front of it, and both have their turn with that */
static bool comes_second(const struct apply *apply, size_t i)
{
	return i > 0 && apply->steps[i - 1]->leads_on;
}

static int try_alone(struct apply *apply, size_t i)
{
	return memhp__tries_steps(&apply->run, i, i + (apply->steps[i]->leads_on ? 2 : 1));
}

/* The planned steps, then of the spare ones what makes up for those that could not be done */
static int try_candidates(struct apply *apply)
{
	int rc = apply->request->action == MEMHP_TRANSITION_ADD ? try_additions(apply)
								: memhp__tries_steps(&apply->run, 0, apply->num_planned);

	for (size_t i = apply->num_planned;
	     rc == 0 && i < apply->num_steps && memhp__tries_missing(apply) && !apply->run.supervisor.stop; i++)
		if (!comes_second(apply, i) && may_take(apply, apply->steps[i]))
			rc = try_alone(apply, i);
	return rc;
}

size_t memhp__tries_count(const struct apply *apply, enum memhp_outcome outcome)
{
	size_t count = 0;

	for (size_t i = 0; i < apply->num_steps; i++)
		count += apply->steps[i]->outcome == outcome;
	return count;
}

/* Comes back to what was busy. */
static int retry_busy(struct apply *apply)
{
	int64_t pause = FIRST_PAUSE_MS;
	int rc = 0;

	for (unsigned int try = 0; rc == 0 && !apply->run.supervisor.stop && try < apply->request->num_retries; try++) {
		if (memhp__tries_count(apply, MEMHP_OUTCOME_BUSY) == 0 || memhp__tries_missing(apply) == 0)
			return 0;
		memhp__supervisor_pause(&apply->run.supervisor, pause);
		pause = pause * 2 < LAST_PAUSE_MS ? pause * 2 : LAST_PAUSE_MS;
		for (size_t i = 0; rc == 0 && i < apply->num_steps && memhp__tries_missing(apply) && !apply->run.supervisor.stop;
		     i++)
			if (apply->steps[i]->outcome == MEMHP_OUTCOME_BUSY && may_take(apply, apply->steps[i]))
				rc = try_alone(apply, i);
	}
	return rc;
}

/* What had no turn: the request ended before, or there was no resource for a worker. */
static void settle_untried(struct apply *apply, int error)
{
	for (size_t i = 0; i < apply->num_planned; i++) {
		struct memhp_step *step = apply->steps[i];

		if (step->outcome != MEMHP_OUTCOME_PLANNED)
			continue;
		if (step->action != MEMHP_TRANSITION_OFFLINE)
			step->zone = MEMHP_ZONE_NONE;
		step->outcome = MEMHP_OUTCOME_NOT_TRIED;
		step->reason = apply->stop ? apply->stop : error ? MEMHP_REASON_OTHER : MEMHP_REASON_NONE;
		step->error = error;
	}
}

/* What would have been taken, had it not been the kernel's own */
static void settle_held_back(struct apply *apply)
{
	if (memhp__tries_missing(apply) == 0 || apply->stop)
		return;
	for (size_t i = apply->num_planned; i < apply->num_steps; i++)
		if (apply->steps[i]->reason == MEMHP_REASON_SPARE && !may_take(apply, apply->steps[i]))
			apply->steps[i]->reason = MEMHP_REASON_KERNEL_SHARE;
}

int memhp__tries_run(struct apply *apply)
{
	int rc = try_candidates(apply);

	return rc < 0 ? rc : retry_busy(apply);
}

void memhp__tries_settle(struct apply *apply, int error)
{
	settle_untried(apply, error);
	settle_held_back(apply);
}
