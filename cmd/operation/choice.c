/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether there is another block to choose in place of one that cannot go offline: advice that nobody can follow is none. */
#include <stdlib.h>

#include "operation/operation.h"
#include "ui/xalloc.h"

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The blocks that the request is about, ascending; from malloc() */
static uint64_t *list_asked(const struct operation *op, size_t *num)
{
	const struct memhp_step *step;
	uint64_t *ids;

	*num = memhp_plan_get_num_steps(op->plan);
	ids = xreallocarray(NULL, *num + 1, sizeof(*ids));
	for (size_t i = 0; (step = memhp_plan_get_step(op->plan, i)); i++)
		ids[i] = memhp_step_get_block_id(step);
	qsort(ids, *num, sizeof(*ids), compare);
	return ids;
}

struct memhp_plan *operation_plan_certain(struct memhp_snapshot *snapshot, struct memhp_request *request,
					  const struct memhp_selection *selection)
{
	struct memhp_assessment *assessment;
	struct memhp_plan *plan;

	if (memhp_assessment_new(&assessment, snapshot, selection, MEMHP_ASSESS_NO_PAGES, 0, MEMHP_NO_TIMEOUT) < 0 ||
	    memhp_plan_new_assessed(&plan, snapshot, request, assessment) < 0)
		out_of_memory();
	memhp_assessment_free(assessment);
	return plan;
}

/* Every block of the machine, and whether it is certain that it does not go */
static struct memhp_plan *plan_all(const struct operation *op)
{
	struct memhp_request *request;
	struct memhp_plan *plan;

	if (memhp_request_new(&request, MEMHP_TRANSITION_OFFLINE) < 0)
		out_of_memory();
	plan = operation_plan_certain(op->snapshot, request, NULL);
	memhp_request_free(request);
	return plan;
}

void operation_look_for_choices(struct operation *op)
{
	_cleanup_free_ uint64_t *asked = NULL;
	const struct memhp_step *step;
	struct memhp_plan *plan;
	size_t num;

	/* A device goes as a whole: another block of it is none to choose. */
	if (op->action != MEMHP_TRANSITION_OFFLINE || op->is_removal)
		return;
	asked = list_asked(op, &num);
	plan = plan_all(op);
	for (size_t i = 0; (step = memhp_plan_get_step(plan, i)); i++) {
		uint64_t id = memhp_step_get_block_id(step);

		if (memhp_step_get_outcome(step) != MEMHP_OUTCOME_PLANNED || bsearch(&id, asked, num, sizeof(id), compare))
			continue;
		op->has_other_choice = true;
		op->has_movable_choice |= memhp_step_get_zone(step) == MEMHP_ZONE_MOVABLE;
	}
	memhp_plan_free(plan);
}
