/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Carries out a plan: its tries, the rollback, the eject. The only place from where blocks are changed. */
#include <pthread.h>

#include "act/eject.h"
#include "act/progress.h"
#include "act/result.h"
#include "act/tries.h"
#include "ctx.h"
#include "decide/outcome.h"
#include "decide/plan.h"
#include "decide/request.h"
#include "decide/step.h"
#include "object.h"
#include "read/files.h"
#include "util.h"

static void report(const struct apply *apply, struct memhp_progress *progress)
{
	progress->elapsed_ms = (uint64_t)(now_ms() - apply->started_ms);
	apply->request->progress(apply->request->progress_data, progress);
}

static void report_progress(struct step_run *run, void *data)
{
	const struct apply *apply = data;
	struct memhp_progress progress = {
		.num_goal = apply->num_rollback ? apply->num_rollback : apply->num_goal,
		.num_done = run->num_done,
		.ended = run->ended,
		.is_rolling_back = apply->num_rollback > 0,
	};

	progress.current = memhp__step_run_current(run, &progress.current_elapsed_ms);
	report(apply, &progress);
}

/* All blocks are as asked by then. */
static void report_eject(void *data)
{
	const struct apply *apply = data;

	report(apply, &(struct memhp_progress){ .num_goal = apply->num_goal, .num_done = apply->num_goal, .is_ejecting = true });
}

/* Another agent may have changed a block since: the report is what is so now. */
static void look_again(struct apply *apply)
{
	struct memhp_result *result = apply->result;

	for (size_t i = 0; i < result->num_steps; i++) {
		struct memhp_step *step = &result->steps[i];
		enum memhp_transition action = step->action;
		struct look look;

		if (step->outcome != MEMHP_OUTCOME_CHANGED && step->outcome != MEMHP_OUTCOME_ALREADY &&
		    step->outcome != MEMHP_OUTCOME_ROLLED_BACK)
			continue;
		if (step->outcome == MEMHP_OUTCOME_ROLLED_BACK)
			action = step->is_moved && step->after == MEMHP_STATE_ONLINE ? action_to_zone(step->zone_before)
										     : memhp__rollback_action(step);
		look = memhp__edges_look(&apply->edges, step, action);
		memhp__outcome_look_again(step, step->action, &look);
	}
	apply->run.num_done = 0;
	for (size_t i = 0; i < apply->num_steps; i++)
		apply->run.num_done += memhp_step_is_done(apply->steps[i]) && !apply->steps[i]->leads_on;
}

/* What came of it, before a rollback */
static enum memhp_completion completion(struct apply *apply, const struct memhp_plan *plan)
{
	uint64_t missing = memhp__tries_missing(apply) + plan->num_short;

	if (request_has_target(apply->request)) {
		memhp__result_count_online(apply->result, apply->ctx);
		missing = memhp__result_misses_target(apply->result);
	}
	return memhp__outcome_complete(apply->result->steps, apply->result->num_steps, missing, request_has_goal(apply->request));
}

static struct supervisor_limits get_limits(const struct apply *apply)
{
	return (struct supervisor_limits){
		.deadline_ms = apply->deadline_ms,
		.block_timeout_ms = apply->request->block_timeout_ms,
		.grace_ms = apply->request->grace_ms,
		.cancel_fd = apply->ctx->cancel_fd,
	};
}

/* The time that bringing back so many steps has, from now on */
static struct supervisor_limits begin_rollback(struct apply *apply, size_t num_steps)
{
	struct supervisor_limits limits = get_limits(apply);

	limits.deadline_ms = deadline_ms(apply->request->rollback_timeout_ms);
	limits.block_timeout_ms = apply->request->rollback_timeout_ms;
	apply->num_rollback = num_steps;
	apply->run.num_done = 0;
	/* The caller hears of it before it begins: then is the time to read what cancelled the request from its descriptor. */
	if (apply->run.tick)
		report_progress(&apply->run, apply);
	/* A descriptor that is readable still says nothing new. */
	if (memhp__file_is_readable(limits.cancel_fd))
		limits.cancel_fd = -1;
	return limits;
}

static struct supervisor_limits begin_to_rebind_back(void *data)
{
	return begin_rollback(data, 1);
}

/* What the rollback was filled with */
static void roll_back(struct apply *apply)
{
	struct rollback *rollback = &apply->rollback;
	struct supervisor_limits limits = begin_rollback(apply, rollback->num);
	int rc;

	apply->run.supervisor.board->stop_when_unverified = false;
	memhp__step_run_set(&apply->run, rollback->pointers, rollback->num, &limits);
	rc = memhp__tries_steps(&apply->run, 0, rollback->num);
	memhp__rebind_undo(&apply->rebind, rollback->pointers[0], &limits);
	if (apply->run.supervisor.writer_pid)
		apply->result->writer_pid = apply->run.supervisor.writer_pid;
	apply->result->has_blocker |= apply->run.has_blocker;
	if (apply->run.has_blocker)
		apply->result->blocker = apply->run.blocker;
	memhp__rollback_settle(rollback, apply->run.supervisor.stop, rc);
	memhp__moves_settle(&apply->moves);
}

/* Nobody has asked for a block to be offline that could not be moved. */
static void settle_moves(struct apply *apply)
{
	memhp__rollback_fill_half_way(&apply->rollback, apply->steps, apply->num_steps);
	if (apply->rollback.num)
		roll_back(apply);
	else
		memhp__moves_settle(&apply->moves);
}

/* All or nothing */
static void roll_back_unless_complete(struct apply *apply)
{
	struct memhp_result *result = apply->result;

	/* What was added cannot be taken back. */
	if (!apply->request->rollback || apply->request->action == MEMHP_TRANSITION_ADD ||
	    result->completion == MEMHP_COMPLETION_COMPLETE || apply->num_planned == 0)
		return;
	memhp__rollback_fill(&apply->rollback, apply->steps, apply->num_steps);
	if (apply->rollback.num == 0)
		return;
	roll_back(apply);
	look_again(apply);
	if (request_has_target(apply->request))
		memhp__result_count_online(result, apply->ctx);
	result->is_rolled_back = memhp__tries_count(apply, MEMHP_OUTCOME_ROLLBACK_FAILED) == 0 &&
				 memhp__tries_count(apply, MEMHP_OUTCOME_IN_PROGRESS) == 0;
	if (result->completion == MEMHP_COMPLETION_PARTIAL && result->is_rolled_back && !result->is_eject_unseen)
		result->completion = MEMHP_COMPLETION_FAILED;
	else if (result->completion == MEMHP_COMPLETION_FAILED && !result->is_rolled_back)
		result->completion = MEMHP_COMPLETION_PARTIAL;
}

/* -errno only when nothing was written */
static int run(struct apply *apply)
{
	struct supervisor_limits limits = get_limits(apply);
	int rc = 0;

	/* Nobody takes another block for one that may have changed. */
	apply->run.supervisor.board->stop_when_unverified = request_has_goal(apply->request);
	memhp__step_run_set(&apply->run, apply->steps, apply->num_steps, &limits);
	if (memhp__rebind_run(&apply->rebind, apply->steps[0], &limits, begin_to_rebind_back, apply))
		rc = memhp__tries_run(apply);
	apply->result->writer_pid = memhp__rebind_get_writer(&apply->rebind) ? memhp__rebind_get_writer(&apply->rebind)
									     : apply->run.supervisor.writer_pid;
	apply->result->has_blocker = apply->run.has_blocker;
	apply->result->blocker = apply->run.blocker;
	apply->stop = apply->run.supervisor.stop;
	if (rc < 0 && memhp__tries_count(apply, MEMHP_OUTCOME_PLANNED) == apply->num_planned)
		return rc;
	memhp__tries_settle(apply, rc);
	if (apply->moves.num)
		settle_moves(apply);
	return 0;
}

/* What a rollback needs is there before the first store: afterwards memory may be short. */
static int reserve(struct apply *apply)
{
	int rc = memhp__step_run_init(&apply->run, &apply->edges, apply->num_steps);

	if (apply->request->progress) {
		apply->run.tick = report_progress;
		apply->run.tick_data = apply;
	}
	apply->run.kmsg = &apply->kmsg;
	if (rc == 0)
		rc = memhp__rebind_init(&apply->rebind, &apply->edges, apply->steps[0]);
	if (rc == 0 && (apply->request->rollback || apply->moves.num))
		rc = memhp__rollback_new(&apply->rollback, apply->num_steps);
	return rc;
}

static void add_step(struct apply *apply, struct memhp_step *step)
{
	if (step->is_moved)
		apply->steps[apply->num_steps++] = memhp__moves_add(&apply->moves, step);
	apply->steps[apply->num_steps++] = step;
}

/* The plan keeps its candidates in the order in which they are to be tried: planned ones, then spare ones. */
static int take_steps(struct apply *apply)
{
	struct memhp_result *result = apply->result;
	int rc = memhp__moves_new(&apply->moves, result->steps, result->num_steps);

	apply->steps = calloc(result->num_steps + apply->moves.max + 1, sizeof(struct memhp_step *));
	if (rc < 0 || !apply->steps)
		return -ENOMEM;
	for (size_t i = 0; i < result->num_steps; i++) {
		if (result->steps[i].outcome != MEMHP_OUTCOME_PLANNED)
			continue;
		add_step(apply, &result->steps[i]);
		apply->num_goal++;
	}
	apply->num_planned = apply->num_steps;
	for (size_t i = 0; i < result->num_steps; i++)
		if (result->steps[i].reason == MEMHP_REASON_SPARE)
			add_step(apply, &result->steps[i]);
	return 0;
}

static int prepare(struct apply *apply)
{
	int rc = take_steps(apply);

	if (rc < 0 || apply->num_planned == 0)
		return rc;
	rc = memhp__edges_open(&apply->edges, apply->ctx, apply->request->action, apply->request->device);
	if (rc == 0)
		rc = reserve(apply);
	/* What would make every write fail is said before the first one. */
	return rc < 0 ? rc : memhp__edges_check_writable(&apply->edges, apply->steps[0]);
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
	enum memhp_reason stop = apply->stop;

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
	result->completion = completion(apply, plan);
	/* It may have ended while it waited to try a busy block again. */
	if (has_ended_early(apply) &&
	    (result->completion == MEMHP_COMPLETION_PARTIAL || result->completion == MEMHP_COMPLETION_FAILED))
		result->completion = apply->stop == MEMHP_REASON_CANCELLED ? MEMHP_COMPLETION_INTERRUPTED
									   : MEMHP_COMPLETION_TIMEOUT;
	if (*plan->request->eject && result->completion == MEMHP_COMPLETION_COMPLETE)
		memhp__eject_device(result, apply->ctx, plan->request->eject, get_limits(apply),
				    apply->request->progress ? report_eject : NULL, apply);
	roll_back_unless_complete(apply);
	/* A target that is met for certain does not depend on them. */
	if (!request_has_target(apply->request))
		result->completion = memhp__outcome_doubt(result->steps, result->num_steps, result->completion);
	memhp__result_find_causes(result, apply->ctx, apply->request);
	return 0;
}

static int apply_plan(const struct memhp_plan *plan, struct memhp_result **result)
{
	struct apply apply = { .ctx = plan->ctx,
			       .request = plan->request,
			       .edges = { .memory_fd = -1, .fd = -1, .kmem_fd = -1 },
			       .kmsg.fd = -1,
			       .dyndbg.dirfd = -1 };
	int rc;

	apply.started_ms = now_ms();
	apply.deadline_ms = deadline_ms(plan->request->timeout_ms);
	memhp__ctx_reap_stuck(plan->ctx);
	rc = memhp__file_check_cancel_fd(plan->ctx->cancel_fd);
	if (rc == 0)
		rc = memhp__result_new(&apply.result, plan);
	if (rc < 0)
		return rc;
	rc = carry_out(&apply, plan);
	memhp__rebind_release(&apply.rebind);
	memhp__step_run_release(&apply.run);
	memhp__rollback_free(&apply.rollback);
	memhp__moves_free(&apply.moves);
	end_listening(&apply);
	memhp__edges_close(&apply.edges);
	free(apply.steps);
	if (rc < 0) {
		memhp_result_free(apply.result);
		return rc;
	}
	apply.result->elapsed_ms = (uint64_t)(now_ms() - apply.started_ms);
	*result = apply.result;
	return 0;
}

MEMHP_EXPORT int memhp_plan_apply(const struct memhp_plan *plan, struct memhp_result **result)
{
	int rc, cancel_state;

	/* A thread cancelled in here, or a copy of it in the worker, would leave the writer behind. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	rc = apply_plan(plan, result);
	pthread_setcancelstate(cancel_state, NULL);
	return rc;
}
