/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/progress.h"

#include "decide/step.h"
#include "object.h"

MEMHP_EXPORT size_t memhp_progress_get_num_done(const struct memhp_progress *progress)
{
	return progress->num_done;
}

MEMHP_EXPORT size_t memhp_progress_get_num_goal(const struct memhp_progress *progress)
{
	return progress->num_goal;
}

MEMHP_EXPORT uint64_t memhp_progress_get_elapsed_ms(const struct memhp_progress *progress)
{
	return progress->elapsed_ms;
}

MEMHP_EXPORT const struct memhp_step *memhp_progress_get_current(const struct memhp_progress *progress)
{
	return progress->current;
}

MEMHP_EXPORT const struct memhp_step *memhp_progress_get_ended(const struct memhp_progress *progress)
{
	return progress->ended;
}

MEMHP_EXPORT uint64_t memhp_progress_get_current_elapsed_ms(const struct memhp_progress *progress)
{
	return progress->current_elapsed_ms;
}

MEMHP_EXPORT enum memhp_phase memhp_progress_get_phase(const struct memhp_progress *progress)
{
	if (progress->is_rolling_back)
		return MEMHP_PHASE_ROLLBACK;
	return progress->is_ejecting ? MEMHP_PHASE_EJECT : MEMHP_PHASE_CHANGE;
}
