/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "assess.h"

int result_new(struct memhp_result **result, const struct memhp_plan *plan)
{
	struct memhp_result *new = calloc(1, sizeof(*new));

	if (!new)
		return -ENOMEM;
	new->refs = 1;
	new->num_steps = plan->num_steps;
	new->steps = calloc(plan->num_steps + 1, sizeof(*new->steps));
	if (!new->steps) {
		free(new);
		return -ENOMEM;
	}
	if (plan->num_steps)
		memcpy(new->steps, plan->steps, plan->num_steps * sizeof(*new->steps));
	*result = new;
	return 0;
}

void result_find_causes(struct memhp_result *result, struct memhp_ctx *ctx, const struct memhp_request *request)
{
	struct evidence evidence;
	bool is_read = false;

	for (size_t i = 0; i < result->num_steps; i++) {
		struct memhp_step *step = &result->steps[i];

		if (!causes_are_open(step))
			continue;
		if (!is_read && evidence_read(&evidence, ctx) < 0)
			return;
		is_read = true;
		step->causes = causes_of(step, request->action, &evidence);
	}
	if (is_read)
		evidence_release(&evidence);
}

static void result_free(struct memhp_result *result)
{
	for (size_t i = 0; i < result->num_steps; i++)
		free(result->steps[i].note);
	free(result->steps);
	free(result);
}

DEFINE_REF_UNREF(result)

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

MEMHP_EXPORT bool memhp_result_is_ejected(const struct memhp_result *result)
{
	return result->is_ejected;
}

MEMHP_EXPORT int memhp_result_get_eject_error(const struct memhp_result *result)
{
	return result->eject_error;
}

MEMHP_EXPORT uint64_t memhp_result_get_elapsed_ms(const struct memhp_result *result)
{
	return result->elapsed_ms;
}

MEMHP_EXPORT pid_t memhp_result_get_writer_pid(const struct memhp_result *result)
{
	return result->writer_pid;
}

MEMHP_EXPORT int memhp_result_get_kernel_log_error(const struct memhp_result *result)
{
	return result->kernel_log_error;
}

MEMHP_EXPORT int memhp_result_get_kernel_debug_error(const struct memhp_result *result)
{
	return result->kernel_debug_error;
}

MEMHP_EXPORT uint64_t memhp_step_get_block_id(const struct memhp_step *step)
{
	return step->block_id;
}

MEMHP_EXPORT uint64_t memhp_step_get_start_addr(const struct memhp_step *step)
{
	return step->start_addr;
}

MEMHP_EXPORT uint64_t memhp_step_get_last_addr(const struct memhp_step *step)
{
	return step->last_addr;
}

MEMHP_EXPORT enum memhp_outcome memhp_step_get_outcome(const struct memhp_step *step)
{
	return step->outcome;
}

MEMHP_EXPORT bool memhp_step_is_done(const struct memhp_step *step)
{
	return step->outcome == MEMHP_OUTCOME_CHANGED || step->outcome == MEMHP_OUTCOME_ALREADY ||
	       step->outcome == MEMHP_OUTCOME_ABSENT;
}

MEMHP_EXPORT bool memhp_step_is_changed(const struct memhp_step *step)
{
	return step->outcome == MEMHP_OUTCOME_CHANGED || step->outcome == MEMHP_OUTCOME_ROLLBACK_FAILED ||
	       (step->outcome == MEMHP_OUTCOME_WRONG_ZONE && step->written);
}

MEMHP_EXPORT int memhp_step_get_score(const struct memhp_step *step)
{
	return step->rank - 1;
}

MEMHP_EXPORT enum memhp_reason memhp_step_get_reason(const struct memhp_step *step)
{
	return step->reason;
}

MEMHP_EXPORT int memhp_step_get_error(const struct memhp_step *step)
{
	return step->error;
}

MEMHP_EXPORT enum memhp_state memhp_step_get_before(const struct memhp_step *step)
{
	return step->before;
}

MEMHP_EXPORT enum memhp_state memhp_step_get_after(const struct memhp_step *step)
{
	return step->after;
}

MEMHP_EXPORT enum memhp_zone memhp_step_get_zone(const struct memhp_step *step)
{
	return step->zone;
}

MEMHP_EXPORT uint64_t memhp_step_get_elapsed_ms(const struct memhp_step *step)
{
	return step->elapsed_ms;
}

MEMHP_EXPORT const char *memhp_step_get_kernel_text(const struct memhp_step *step)
{
	return step->note ? step->note->text : NULL;
}

MEMHP_EXPORT const struct memhp_page *memhp_step_get_page(const struct memhp_step *step)
{
	return step->note && step->note->has_page ? &step->note->page : NULL;
}

MEMHP_EXPORT uint64_t memhp_page_get_pfn(const struct memhp_page *page)
{
	return page->pfn;
}

MEMHP_EXPORT enum memhp_page_use memhp_page_get_use(const struct memhp_page *page)
{
	return page->kind;
}

MEMHP_EXPORT const char *memhp_page_get_owner(const struct memhp_page *page)
{
	return *page->owner ? page->owner : NULL;
}

MEMHP_EXPORT pid_t memhp_page_get_owner_pid(const struct memhp_page *page)
{
	return page->owner_pid;
}
