/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Carries out a plan: goal, further candidates, retries, rollback. The only place from where blocks are changed. */
#include <pthread.h>

#include "act/dyndbg.h"
#include "act/eject.h"
#include "act/progress.h"
#include "act/result.h"
#include "act/rollback.h"
#include "act/step-run.h"
#include "ctx.h"
#include "decide/outcome.h"
#include "decide/plan.h"
#include "decide/request.h"
#include "decide/step.h"
#include "object.h"
#include "read/files.h"
#include "read/kmsg.h"
#include "util.h"

/* Pauses before a block that was busy is tried again: they double from the first up to the last. */
#define FIRST_PAUSE_MS 100
#define LAST_PAUSE_MS  5000

struct apply {
	struct memhp_ctx *ctx;
	const struct memhp_request *request;
	struct memhp_result *result;
	struct memhp_step **steps; /* those that may be tried: planned first, then the spare ones */
	size_t num_steps, num_planned;
	size_t num_rollback; /* how many are brought back; 0 before a rollback */
	int dirfd;
	struct step_run run;
	struct rollback rollback;
	struct kmsg kmsg;
	struct dyndbg dyndbg;
	int64_t started_ms, deadline_ms;
};

/* How many more blocks have to change before the request is met */
static size_t num_missing(const struct apply *apply)
{
	size_t done = apply->run.num_done;

	return done < apply->num_planned ? apply->num_planned - done : 0;
}

static void report(const struct apply *apply, struct memhp_progress *progress)
{
	progress->elapsed_ms = (uint64_t)(now_ms() - apply->started_ms);
	apply->request->progress(apply->request->progress_data, progress);
}

static void report_progress(struct step_run *run, void *data)
{
	const struct apply *apply = data;
	struct memhp_progress progress = {
		.num_goal = apply->num_rollback ? apply->num_rollback : apply->num_planned,
		.num_done = run->num_done,
		.is_rolling_back = apply->num_rollback > 0,
	};

	progress.current = memhp__step_run_current(run, &progress.current_elapsed_ms);
	report(apply, &progress);
}

/* All blocks are as asked by then. */
static void report_eject(void *data)
{
	const struct apply *apply = data;

	report(apply,
	       &(struct memhp_progress){ .num_goal = apply->num_planned, .num_done = apply->num_planned, .is_ejecting = true });
}

/* Whether the kernel keeps enough for itself when this one goes, too */
static bool may_take(const struct apply *apply, const struct memhp_step *step)
{
	uint64_t loss = apply->request->action == MEMHP_TRANSITION_OFFLINE ? step_kernel_bytes(step) : 0;
	uint64_t most = apply->request->max_kernel_loss, gone = apply->run.kernel_loss;

	return loss == 0 || (gone <= most && loss <= most - gone);
}

/* The planned steps, then of the spare ones what makes up for those that could not be done */
static int try_candidates(struct apply *apply)
{
	int rc = memhp__step_run_try(&apply->run, 0, apply->num_planned);

	for (size_t i = apply->num_planned; rc == 0 && i < apply->num_steps && num_missing(apply) && !apply->run.supervisor.stop;
	     i++)
		if (may_take(apply, apply->steps[i]))
			rc = memhp__step_run_try(&apply->run, i, i + 1);
	return rc;
}

static size_t count_outcome(const struct apply *apply, enum memhp_outcome outcome)
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
		if (count_outcome(apply, MEMHP_OUTCOME_BUSY) == 0 || num_missing(apply) == 0)
			return 0;
		memhp__supervisor_pause(&apply->run.supervisor, pause);
		pause = pause * 2 < LAST_PAUSE_MS ? pause * 2 : LAST_PAUSE_MS;
		for (size_t i = 0; rc == 0 && i < apply->num_steps && num_missing(apply) && !apply->run.supervisor.stop; i++)
			if (apply->steps[i]->outcome == MEMHP_OUTCOME_BUSY && may_take(apply, apply->steps[i]))
				rc = memhp__step_run_try(&apply->run, i, i + 1);
	}
	return rc;
}

static size_t count_planned(const struct apply *apply)
{
	size_t planned = 0;

	for (size_t i = 0; i < apply->num_planned; i++)
		planned += apply->steps[i]->outcome == MEMHP_OUTCOME_PLANNED;
	return planned;
}

/* What had no turn: the request ended before, or there was no resource for a worker. */
static void settle_untried(struct apply *apply, int error)
{
	for (size_t i = 0; i < apply->num_planned; i++) {
		struct memhp_step *step = apply->steps[i];

		if (step->outcome != MEMHP_OUTCOME_PLANNED)
			continue;
		if (apply->request->action != MEMHP_TRANSITION_OFFLINE)
			step->zone = MEMHP_ZONE_NONE;
		step->outcome = MEMHP_OUTCOME_NOT_TRIED;
		step->reason = apply->run.supervisor.stop ? apply->run.supervisor.stop : MEMHP_REASON_OTHER;
		step->error = error;
	}
}

/* What would have been taken, had it not been the kernel's own */
static void settle_held_back(struct apply *apply)
{
	if (num_missing(apply) == 0 || apply->run.supervisor.stop)
		return;
	for (size_t i = apply->num_planned; i < apply->num_steps; i++)
		if (apply->steps[i]->reason == MEMHP_REASON_SPARE && !may_take(apply, apply->steps[i]))
			apply->steps[i]->reason = MEMHP_REASON_KERNEL_SHARE;
}

/* Another agent may have changed a block since: the report is what is so now. */
static void look_again(struct apply *apply)
{
	struct memhp_result *result = apply->result;

	for (size_t i = 0; i < result->num_steps; i++) {
		struct memhp_step *step = &result->steps[i];
		enum memhp_state state = MEMHP_STATE_UNKNOWN;
		enum memhp_zone zone = MEMHP_ZONE_UNKNOWN;
		int rc;

		if (step->outcome != MEMHP_OUTCOME_CHANGED && step->outcome != MEMHP_OUTCOME_ALREADY &&
		    step->outcome != MEMHP_OUTCOME_ROLLED_BACK)
			continue;
		rc = memhp__worker_read_back(apply->ctx->ops, apply->dirfd, step->block_id, &state, &zone);
		memhp__outcome_look_again(step, apply->request->action, rc, state, zone);
	}
	apply->run.num_done = 0;
	for (size_t i = 0; i < apply->num_steps; i++)
		apply->run.num_done += memhp_step_is_done(apply->steps[i]);
}

static void roll_back(struct apply *apply)
{
	struct supervisor_limits limits = apply->run.supervisor.limits;
	struct rollback *rollback = &apply->rollback;
	int rc;

	limits.deadline_ms = deadline_ms(apply->request->rollback_timeout_ms);
	limits.block_timeout_ms = apply->request->rollback_timeout_ms;
	apply->num_rollback = rollback->num;
	apply->run.supervisor.board->stop_when_unverified = false;
	memhp__step_run_set(&apply->run, rollback->pointers, rollback->num, rollback->actions, false, &limits);
	/* The caller hears of it before it begins: then is the time to read what cancelled the request from its descriptor. */
	if (apply->run.tick)
		report_progress(&apply->run, apply);
	/* A descriptor that is readable still says nothing new. */
	if (memhp__file_is_readable(limits.cancel_fd))
		apply->run.supervisor.limits.cancel_fd = -1;
	rc = memhp__step_run_try(&apply->run, 0, rollback->num);
	if (apply->run.supervisor.writer_pid)
		apply->result->writer_pid = apply->run.supervisor.writer_pid;
	apply->result->has_blocker |= apply->run.has_blocker;
	if (apply->run.has_blocker)
		apply->result->blocker = apply->run.blocker;
	memhp__rollback_settle(rollback, apply->request->action, apply->run.supervisor.stop, rc);
}

/* All or nothing */
static void roll_back_unless_complete(struct apply *apply)
{
	struct memhp_result *result = apply->result;

	if (!apply->request->rollback || result->completion == MEMHP_COMPLETION_COMPLETE || apply->num_planned == 0)
		return;
	memhp__rollback_fill(&apply->rollback, apply->steps, apply->num_steps, apply->request->action);
	if (apply->rollback.num == 0)
		return;
	roll_back(apply);
	look_again(apply);
	result->is_rolled_back = count_outcome(apply, MEMHP_OUTCOME_ROLLED_BACK) == apply->rollback.num &&
				 count_outcome(apply, MEMHP_OUTCOME_IN_PROGRESS) == 0;
	if (result->completion == MEMHP_COMPLETION_PARTIAL && result->is_rolled_back && !result->is_eject_unseen)
		result->completion = MEMHP_COMPLETION_FAILED;
	else if (result->completion == MEMHP_COMPLETION_FAILED && !result->is_rolled_back)
		result->completion = MEMHP_COMPLETION_PARTIAL;
}

static struct supervisor_limits get_limits(const struct apply *apply)
{
	return (struct supervisor_limits){
		.deadline_ms = apply->deadline_ms,
		.block_timeout_ms = apply->request->block_timeout_ms,
		.grace_ms = apply->request->grace_ms,
		.cancel_fd = apply->request->cancel_fd,
	};
}

/* -errno only when nothing was written */
static int run(struct apply *apply)
{
	struct supervisor_limits limits = get_limits(apply);
	int rc;

	/* Nobody takes another block for one that may have changed. */
	apply->run.supervisor.board->stop_when_unverified = apply->request->num_blocks > 0;
	memhp__step_run_set(&apply->run, apply->steps, apply->num_steps, &apply->request->action, true, &limits);
	rc = try_candidates(apply);
	if (rc == 0)
		rc = retry_busy(apply);
	apply->result->writer_pid = apply->run.supervisor.writer_pid;
	apply->result->has_blocker = apply->run.has_blocker;
	apply->result->blocker = apply->run.blocker;
	if (rc < 0 && count_planned(apply) == apply->num_planned)
		return rc;
	settle_untried(apply, rc);
	settle_held_back(apply);
	return 0;
}

/* What would make every write fail is said before the first one. */
static int check_writable(struct apply *apply)
{
	char path[SYSFS_PATH_MAX];
	int rc;

	memhp__file_block_path(path, apply->steps[0]->block_id, "state");
	rc = memhp__file_check_writable(apply->dirfd, path);
	return rc == -EACCES || rc == -EROFS ? rc : 0;
}

/* What a rollback needs is there before the first store: afterwards memory may be short. */
static int reserve(struct apply *apply)
{
	int rc = memhp__step_run_init(&apply->run, apply->ctx, apply->dirfd, apply->num_steps);

	if (apply->request->progress) {
		apply->run.tick = report_progress;
		apply->run.tick_data = apply;
	}
	apply->run.kmsg = &apply->kmsg;
	if (rc == 0 && apply->request->rollback)
		rc = memhp__rollback_new(&apply->rollback, apply->num_steps);
	return rc;
}

/* The plan keeps its candidates in the order in which they are to be tried: planned ones, then spare ones. */
static int prepare(struct apply *apply)
{
	struct memhp_result *result = apply->result;
	int rc;

	apply->steps = calloc(result->num_steps + 1, sizeof(struct memhp_step *));
	if (!apply->steps)
		return -ENOMEM;
	for (size_t i = 0; i < result->num_steps; i++)
		if (result->steps[i].outcome == MEMHP_OUTCOME_PLANNED)
			apply->steps[apply->num_steps++] = &result->steps[i];
	apply->num_planned = apply->num_steps;
	for (size_t i = 0; i < result->num_steps; i++)
		if (result->steps[i].reason == MEMHP_REASON_SPARE)
			apply->steps[apply->num_steps++] = &result->steps[i];
	if (apply->num_planned == 0)
		return 0;
	apply->dirfd = memhp__file_open_memory(apply->ctx);
	if (apply->dirfd < 0)
		return apply->dirfd;
	rc = reserve(apply);
	return rc < 0 ? rc : check_writable(apply);
}

/* From just before the first write on. What cannot be had is told in the result, and changes nothing else. */
static void begin_listening(struct apply *apply)
{
	if (apply->request->kernel_debug)
		apply->result->kernel_debug_error = memhp__dyndbg_enable(&apply->dyndbg, apply->ctx);
	if (apply->request->kernel_log)
		apply->result->kernel_log_error = memhp__kmsg_open(&apply->kmsg, apply->ctx);
}

static void end_listening(struct apply *apply)
{
	memhp__dyndbg_restore(&apply->dyndbg);
	memhp__kmsg_close(&apply->kmsg);
}

static bool has_ended_early(const struct apply *apply)
{
	enum memhp_reason stop = apply->run.supervisor.stop;

	return stop == MEMHP_REASON_CANCELLED || stop == MEMHP_REASON_DEADLINE || stop == MEMHP_REASON_LOCKED;
}

static int carry_out(struct apply *apply, const struct memhp_plan *plan)
{
	struct memhp_result *result = apply->result;
	int rc = *plan->request->eject ? memhp_ctx_check_eject(apply->ctx, plan->request->eject) : 0;

	if (rc == 0)
		rc = prepare(apply);
	if (rc == 0 && apply->num_planned) {
		begin_listening(apply);
		rc = run(apply);
	}
	if (rc < 0)
		return rc;
	if (apply->num_planned)
		look_again(apply);
	result->completion = memhp__outcome_complete(result->steps, result->num_steps, num_missing(apply) + plan->num_short,
						     apply->request->num_blocks > 0);
	/* It may have ended while it waited to try a busy block again. */
	if (has_ended_early(apply) &&
	    (result->completion == MEMHP_COMPLETION_PARTIAL || result->completion == MEMHP_COMPLETION_FAILED))
		result->completion = apply->run.supervisor.stop == MEMHP_REASON_CANCELLED ? MEMHP_COMPLETION_INTERRUPTED
											  : MEMHP_COMPLETION_TIMEOUT;
	if (*plan->request->eject && result->completion == MEMHP_COMPLETION_COMPLETE)
		memhp__eject_device(result, apply->ctx, plan->request->eject, get_limits(apply),
				    apply->request->progress ? report_eject : NULL, apply);
	roll_back_unless_complete(apply);
	result->completion = memhp__outcome_doubt(result->steps, result->num_steps, result->completion);
	memhp__result_find_causes(result, apply->ctx, apply->request);
	return 0;
}

static int apply_plan(struct memhp_plan *plan, struct memhp_ctx *ctx, struct memhp_result **result)
{
	struct apply apply = { .ctx = ctx, .request = plan->request, .dirfd = -1, .kmsg.fd = -1, .dyndbg.dirfd = -1 };
	int rc;

	apply.started_ms = now_ms();
	apply.deadline_ms = deadline_ms(plan->request->timeout_ms);
	memhp__ctx_reap_stuck(ctx);
	rc = memhp__file_check_cancel_fd(plan->request->cancel_fd);
	if (rc == 0)
		rc = memhp__result_new(&apply.result, plan);
	if (rc < 0)
		return rc;
	rc = carry_out(&apply, plan);
	memhp__step_run_release(&apply.run);
	memhp__rollback_free(&apply.rollback);
	end_listening(&apply);
	if (apply.dirfd >= 0)
		close(apply.dirfd);
	free(apply.steps);
	if (rc < 0) {
		memhp_result_free(apply.result);
		return rc;
	}
	apply.result->elapsed_ms = (uint64_t)(now_ms() - apply.started_ms);
	*result = apply.result;
	return 0;
}

MEMHP_EXPORT int memhp_plan_apply(struct memhp_plan *plan, struct memhp_ctx *ctx, struct memhp_result **result)
{
	int rc, cancel_state;

	/* A thread cancelled in here, or a copy of it in the worker, would leave the writer behind. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	rc = apply_plan(plan, ctx, result);
	pthread_setcancelstate(cancel_state, NULL);
	return rc;
}
