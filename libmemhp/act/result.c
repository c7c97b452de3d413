/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What became of a plan. */
#include "act/result.h"

#include "ctx.h"
#include "decide/errno-causes.h"
#include "decide/plan.h"
#include "decide/request.h"
#include "decide/step.h"
#include "decide/target.h"
#include "object.h"
#include "read/facts.h"
#include "util.h"

int memhp__result_new(struct memhp_result **result, const struct memhp_plan *plan)
{
	struct memhp_result *new = calloc(1, sizeof(*new));

	if (!new)
		return -ENOMEM;
	new->request = memhp__request_ref(plan->request);
	new->steps = calloc(plan->num_steps + 1, sizeof(*new->steps));
	if (!new->steps) {
		memhp_result_free(new);
		return -ENOMEM;
	}
	new->num_steps = plan->num_steps;
	if (plan->num_steps)
		memcpy(new->steps, plan->steps, plan->num_steps * sizeof(*new->steps));
	*result = new;
	return 0;
}

/* A target is about all that is selected, whoever has changed it. */
void memhp__result_count_online(struct memhp_result *result, struct memhp_ctx *ctx)
{
	struct memhp_snapshot *snapshot;

	result->tally_error = memhp_snapshot_new(&snapshot, ctx, memhp_request_get_attrs(result->request));
	if (result->tally_error)
		return;
	result->tally = memhp__target_count(snapshot, result->request);
	memhp_snapshot_unref(snapshot);
}

bool memhp__result_misses_target(const struct memhp_result *result)
{
	struct tally tally = result->tally;

	for (size_t i = 0; i < result->num_steps; i++)
		if (result->steps[i].outcome == MEMHP_OUTCOME_WRONG_ZONE && memhp_step_is_changed(&result->steps[i]) &&
		    tally.online)
			tally.online--;
	return result->tally_error || memhp__target_missing(result->request, &tally) ||
	       memhp__target_is_certain(result->request, &tally) < 0;
}

void memhp__result_find_causes(struct memhp_result *result, struct memhp_ctx *ctx, const struct memhp_request *request)
{
	struct facts facts;
	bool is_read = false;

	/* What the causes are about is the state of blocks. */
	if (*request->device)
		return;
	for (size_t i = 0; i < result->num_steps; i++) {
		struct memhp_step *step = &result->steps[i];

		if (!action_is_of_state(step->action) || !memhp__errno_causes_are_open(step))
			continue;
		if (!is_read && memhp__facts_read(&facts, ctx) < 0)
			return;
		is_read = true;
		step->causes = memhp__errno_causes(step, &facts);
	}
	if (is_read)
		memhp__facts_release(&facts);
}

MEMHP_EXPORT void memhp_result_free(struct memhp_result *result)
{
	if (!result)
		return;
	for (size_t i = 0; i < result->num_steps; i++) {
		free(result->steps[i].note);
		free(result->steps[i].left_bytes);
	}
	free(result->steps);
	memhp_request_free(result->request);
	free(result);
}

MEMHP_EXPORT enum memhp_transition memhp_result_get_action(const struct memhp_result *result)
{
	return result->request->action;
}

MEMHP_EXPORT size_t memhp_result_get_num_steps(const struct memhp_result *result)
{
	return result->num_steps;
}

MEMHP_EXPORT const struct memhp_step *memhp_result_get_step(const struct memhp_result *result, size_t index)
{
	return index < result->num_steps ? &result->steps[index] : NULL;
}

MEMHP_EXPORT enum memhp_completion memhp_result_get_completion(const struct memhp_result *result)
{
	return result->completion;
}

MEMHP_EXPORT bool memhp_result_is_rolled_back(const struct memhp_result *result)
{
	return result->is_rolled_back;
}

MEMHP_EXPORT enum memhp_eject_outcome memhp_result_get_eject_outcome(const struct memhp_result *result)
{
	if (result->is_ejected)
		return MEMHP_EJECT_OUTCOME_EJECTED;
	if (result->is_eject_unseen)
		return MEMHP_EJECT_OUTCOME_UNVERIFIED;
	return result->eject_error < 0 ? MEMHP_EJECT_OUTCOME_FAILED : MEMHP_EJECT_OUTCOME_NONE;
}

MEMHP_EXPORT int memhp_result_get_eject_error(const struct memhp_result *result)
{
	return result->eject_error;
}

MEMHP_EXPORT int memhp_result_count_online(const struct memhp_result *result, uint64_t *num_online, uint64_t *num_unknown)
{
	if (!request_has_target(result->request))
		return -EINVAL;
	*num_online = result->tally_error ? UINT64_MAX : result->tally.online;
	*num_unknown = result->tally_error ? UINT64_MAX : result->tally.unknown;
	if (result->tally_error)
		return result->tally_error;
	return memhp__target_missing(result->request, &result->tally) ? 0
								      : memhp__target_is_certain(result->request, &result->tally);
}

MEMHP_EXPORT uint64_t memhp_result_get_elapsed_ms(const struct memhp_result *result)
{
	return result->elapsed_ms;
}

MEMHP_EXPORT pid_t memhp_result_get_writer_pid(const struct memhp_result *result)
{
	return result->writer_pid;
}

MEMHP_EXPORT bool memhp_result_get_blocker(const struct memhp_result *result, uint64_t *block_id)
{
	if (result->has_blocker)
		*block_id = result->blocker;
	return result->has_blocker;
}

MEMHP_EXPORT int memhp_result_get_kernel_log_error(const struct memhp_result *result)
{
	return result->kernel_log_error;
}

MEMHP_EXPORT int memhp_result_get_kernel_debug_error(const struct memhp_result *result)
{
	return result->kernel_debug_error;
}
