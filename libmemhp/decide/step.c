/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A step: one block of a plan, and what became of it. */
#include "decide/step.h"

#include "nums.h"
#include "object.h"
#include "read/kmsg-items.h"

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

MEMHP_EXPORT uint64_t memhp_step_get_size_bytes(const struct memhp_step *step)
{
	return step_size(step);
}

MEMHP_EXPORT const char *memhp_step_get_device(const struct memhp_step *step)
{
	return step->device;
}

MEMHP_EXPORT enum memhp_transition memhp_step_get_action(const struct memhp_step *step)
{
	return step->action;
}

MEMHP_EXPORT enum memhp_memmap memhp_step_get_memmap(const struct memhp_step *step)
{
	return step->outcome == MEMHP_OUTCOME_PLANNED && step->memmap_wanted ? step->memmap_wanted : step->memmap;
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

MEMHP_EXPORT bool memhp_step_may_be_changed(const struct memhp_step *step)
{
	return memhp_step_is_changed(step) || step->outcome == MEMHP_OUTCOME_UNVERIFIED || step->outcome == MEMHP_OUTCOME_REVERTED;
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

MEMHP_EXPORT enum memhp_state memhp_step_get_state_before(const struct memhp_step *step)
{
	return step->before;
}

MEMHP_EXPORT enum memhp_state memhp_step_get_state_after(const struct memhp_step *step)
{
	return step->after;
}

MEMHP_EXPORT enum memhp_zone memhp_step_get_zone(const struct memhp_step *step)
{
	return step->zone;
}

MEMHP_EXPORT enum memhp_zone memhp_step_get_zone_before(const struct memhp_step *step)
{
	return step->is_moved ? step->zone_before : MEMHP_ZONE_NONE;
}

MEMHP_EXPORT enum memhp_transition memhp_step_get_last_action(const struct memhp_step *step)
{
	return step->is_of_way_down ? MEMHP_TRANSITION_OFFLINE : step->action;
}

MEMHP_EXPORT uint64_t memhp_step_get_elapsed_ms(const struct memhp_step *step)
{
	return step->elapsed_ms;
}

MEMHP_EXPORT const char *memhp_step_get_kernel_text(const struct memhp_step *step)
{
	return step->note ? step->note->text : NULL;
}

MEMHP_EXPORT uint64_t memhp_step_get_left_bytes(const struct memhp_step *step, enum memhp_page_kind kind)
{
	if ((size_t)kind >= NUM_PAGE_KINDS)
		return 0;
	return step->left_bytes ? step->left_bytes[kind] : UINT64_MAX;
}

MEMHP_EXPORT const struct memhp_page *memhp_step_get_page(const struct memhp_step *step)
{
	return step->note && step->note->has_page ? &step->note->page : NULL;
}
