/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A request worked out for a snapshot. Pure. */
#include "decide/plan.h"

#include "decide/candidate.h"
#include "decide/outcome.h"
#include "decide/request.h"
#include "decide/selection.h"
#include "decide/step.h"
#include "object.h"
#include "read/block.h"
#include "read/snapshot.h"
#include "util.h"

static int add_step(struct memhp_plan *plan, struct memhp_step step)
{
	if (!ARRAY_RESERVE(plan->steps, plan->num_steps, plan->allocated_steps))
		return -ENOMEM;
	plan->steps[plan->num_steps++] = step;
	return 0;
}

/* What can be said of a block before anything is tried */
static void foresee(struct memhp_step *step, enum memhp_transition action, size_t num_nodes)
{
	step->outcome = MEMHP_OUTCOME_PLANNED;
	if (step->before == action_goal(action)) {
		bool fits = memhp__outcome_zone_fits(action, step->zone);

		step->outcome = fits ? MEMHP_OUTCOME_ALREADY : MEMHP_OUTCOME_WRONG_ZONE;
		step->reason = fits ? MEMHP_REASON_NONE : MEMHP_REASON_OTHER_ZONE;
	} else if (action == MEMHP_TRANSITION_OFFLINE && step->before == MEMHP_STATE_ONLINE &&
		   (step->zone == MEMHP_ZONE_NONE || num_nodes > 1)) {
		step->outcome = MEMHP_OUTCOME_IMPOSSIBLE;
		step->reason = MEMHP_REASON_SEVERAL_ZONES;
	} else if (step->before == MEMHP_STATE_UNKNOWN) {
		step->outcome = MEMHP_OUTCOME_FAILED;
		step->reason = MEMHP_REASON_UNREADABLE;
	}
}

/* Where an offline block is expected to go; the default may still change as its neighbours go online. */
static enum memhp_zone expected_zone(const struct memhp_block *block, enum memhp_transition action)
{
	if (action == MEMHP_TRANSITION_ONLINE_MOVABLE)
		return MEMHP_ZONE_MOVABLE;
	for (size_t i = 0; i < block->num_zones; i++)
		if (action == MEMHP_TRANSITION_ONLINE || block->zones[i] != MEMHP_ZONE_MOVABLE)
			return block->zones[i];
	return memhp_block_get_error(block, MEMHP_ATTR_ZONES) < 0 ? MEMHP_ZONE_UNKNOWN : MEMHP_ZONE_NONE;
}

/* Whether the kernel says that an offline block cannot go to the zone asked for: it lists others, and not that one. */
static bool lacks_zone(const struct memhp_block *block, enum memhp_transition action)
{
	bool listed = false;

	for (size_t i = 0; i < block->num_zones; i++)
		listed |= memhp__outcome_zone_fits(action, block->zones[i]);
	return block->state == MEMHP_STATE_OFFLINE && block->num_zones > 0 && !listed;
}

/* `selected` as of memhp_selection_matches(): a block of which that is not known is never touched, nor passed over silently. */
static int add_block(struct memhp_plan *plan, const struct memhp_block *block, int selected)
{
	const struct memhp_request *request = plan->request;
	uint64_t start = memhp_block_get_start_addr(block);
	struct memhp_step step = {
		.block_id = block->id,
		.start_addr = start,
		.last_addr = start + (block->snapshot->block_size - 1),
		.before = block->state,
		.after = block->state,
		.zone = memhp_block_get_zone(block),
	};

	if ((request->only_pending || request->num_blocks) && block->state == action_goal(request->action))
		return 0;
	if (selected < 0) {
		step.outcome = MEMHP_OUTCOME_FAILED;
		step.reason = MEMHP_REASON_FILTER;
		step.error = selected;
		return add_step(plan, step);
	}
	foresee(&step, request->action, block->num_nodes);
	if (step.outcome == MEMHP_OUTCOME_PLANNED && lacks_zone(block, request->action)) {
		step.outcome = MEMHP_OUTCOME_IMPOSSIBLE;
		step.reason = MEMHP_REASON_OTHER_ZONE;
		step.zone = MEMHP_ZONE_NONE;
	}
	if (step.outcome == MEMHP_OUTCOME_PLANNED && request->action != MEMHP_TRANSITION_OFFLINE)
		step.zone = expected_zone(block, request->action);
	if (step.reason == MEMHP_REASON_UNREADABLE)
		step.error = memhp_block_get_error(block, MEMHP_ATTR_STATE);
	return add_step(plan, step);
}

static int add_blocks(struct memhp_plan *plan, const struct memhp_snapshot *snapshot)
{
	const struct memhp_selection *selection = plan->request->selection;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < snapshot->num_blocks; i++) {
		int selected = selection ? memhp_selection_matches(selection, &snapshot->blocks[i]) : 1;

		if (selected != 0)
			rc = add_block(plan, &snapshot->blocks[i], selected);
	}
	return rc;
}

static int add_gap(struct memhp_plan *plan, uint64_t first_id, uint64_t last_id, uint64_t block_size)
{
	return add_step(plan, (struct memhp_step){
				      .block_id = first_id,
				      .start_addr = first_id * block_size,
				      .last_addr = last_id * block_size + (block_size - 1),
				      .zone = MEMHP_ZONE_NONE,
				      .outcome = MEMHP_OUTCOME_ABSENT,
			      });
}

/* The gaps among ids first..last, inclusive */
static int add_gaps(struct memhp_plan *plan, const struct memhp_snapshot *snapshot, uint64_t first, uint64_t last)
{
	uint64_t next = first;
	int rc = 0;

	for (size_t i = memhp__snapshot_lower_bound(snapshot, first); i < snapshot->num_blocks && snapshot->blocks[i].id <= last;
	     i++) {
		if (snapshot->blocks[i].id > next)
			rc = add_gap(plan, next, snapshot->blocks[i].id - 1, snapshot->block_size);
		if (rc < 0 || snapshot->blocks[i].id == last)
			return rc;
		next = snapshot->blocks[i].id + 1;
	}
	return add_gap(plan, next, last, snapshot->block_size);
}

static int compare_names(const void *a, const void *b)
{
	const struct selected_name *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* Ranges are walked in ascending order and without their overlaps, so that no gap is reported twice. */
static int add_all_gaps(struct memhp_plan *plan, const struct memhp_snapshot *snapshot)
{
	const struct memhp_selection *selection = plan->request->selection;
	_cleanup_free_ struct selected_name *names = NULL;
	uint64_t first, last, next = 0;
	bool started = false;
	int rc = 0;

	if (!selection || !selection->num_names)
		return 0;
	names = calloc(selection->num_names, sizeof(*names));
	if (!names)
		return -ENOMEM;
	memcpy(names, selection->names, selection->num_names * sizeof(*names));
	qsort(names, selection->num_names, sizeof(*names), compare_names);
	for (size_t i = 0; rc == 0 && i < selection->num_names; i++) {
		if (names[i].kind != NAME_RANGE)
			continue;
		memhp__selected_name_get_ids(&names[i], snapshot->block_size, &first, &last);
		if (started && first < next)
			first = next;
		if (started && (last < first || next == 0))
			continue;
		rc = add_gaps(plan, snapshot, first, last);
		started = true;
		next = last + 1;
	}
	return rc;
}

/* Candidates before blocks that are none */
static int compare_outcomes(const struct memhp_step *x, const struct memhp_step *y)
{
	return (x->outcome != MEMHP_OUTCOME_PLANNED) - (y->outcome != MEMHP_OUTCOME_PLANNED);
}

static int compare_steps(const void *a, const void *b)
{
	const struct memhp_step *x = a, *y = b;

	return (x->block_id > y->block_id) - (x->block_id < y->block_id);
}

/* To online: from the lowest address up */
static int compare_to_online(const void *a, const void *b)
{
	int order = compare_outcomes(a, b);

	return order ? order : compare_steps(a, b);
}

/* Blocks that are said to be unable to go come last, behind those that nobody has looked at. */
static int compare_ranks(const struct memhp_step *x, const struct memhp_step *y)
{
	const uint8_t will_not = 1;

	if ((x->rank == will_not) != (y->rank == will_not))
		return x->rank == will_not ? 1 : -1;
	if ((x->zone == MEMHP_ZONE_MOVABLE) != (y->zone == MEMHP_ZONE_MOVABLE))
		return x->zone == MEMHP_ZONE_MOVABLE ? -1 : 1;
	return y->rank - x->rank;
}

/*
 * To take offline: ZONE_MOVABLE first, for there is no kernel memory in it, then as they were assessed. The highest blocks come
 * first, which are least likely to be in use since boot.
 */
static int compare_to_offline(const void *a, const void *b)
{
	const struct memhp_step *x = a, *y = b;
	int order = compare_outcomes(x, y);

	if (order == 0 && x->outcome != MEMHP_OUTCOME_PLANNED)
		return compare_steps(a, b);
	if (order == 0)
		order = compare_ranks(x, y);
	return order ? order : compare_steps(b, a);
}

/* With a goal: the best candidates first, so many of them planned, the others spare. */
static void choose_candidates(struct memhp_plan *plan)
{
	uint64_t wanted = plan->request->num_blocks;

	if (plan->num_steps)
		qsort(plan->steps, plan->num_steps, sizeof(*plan->steps),
		      plan->request->action == MEMHP_TRANSITION_OFFLINE ? compare_to_offline : compare_to_online);
	for (size_t i = 0; i < plan->num_steps && plan->steps[i].outcome == MEMHP_OUTCOME_PLANNED; i++) {
		if (wanted) {
			wanted--;
			continue;
		}
		plan->steps[i].outcome = MEMHP_OUTCOME_NOT_TRIED;
		plan->steps[i].reason = MEMHP_REASON_SPARE;
	}
	plan->num_short = wanted;
}

MEMHP_EXPORT void memhp_plan_free(struct memhp_plan *plan)
{
	if (!plan)
		return;
	memhp_request_free(plan->request);
	free(plan->steps);
	free(plan);
}

MEMHP_EXPORT int memhp_plan_new(struct memhp_plan **plan, const struct memhp_snapshot *snapshot, struct memhp_request *request)
{
	unsigned int attrs = memhp_request_get_attrs(request);
	struct memhp_plan *new;
	int rc;

	if ((snapshot->attrs & attrs) != attrs)
		return -ENODATA;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->request = memhp__request_ref(request);
	rc = add_blocks(new, snapshot);
	if (rc == 0)
		rc = add_all_gaps(new, snapshot);
	if (rc < 0) {
		memhp_plan_free(new);
		return rc;
	}
	if (request->num_blocks)
		choose_candidates(new);
	else if (new->num_steps)
		qsort(new->steps, new->num_steps, sizeof(*new->steps), compare_steps);
	*plan = new;
	return 0;
}

MEMHP_EXPORT int memhp_plan_rank(struct memhp_plan *plan, const struct memhp_assessment *assessment)
{
	const struct memhp_candidate *candidate;

	if (plan->request->action != MEMHP_TRANSITION_OFFLINE || !plan->request->num_blocks)
		return -EINVAL;
	for (size_t i = 0; i < plan->num_steps; i++) {
		struct memhp_step *step = &plan->steps[i];

		step->rank = 0;
		if (step->reason != MEMHP_REASON_SPARE)
			continue;
		step->outcome = MEMHP_OUTCOME_PLANNED;
		step->reason = MEMHP_REASON_NONE;
	}
	if (plan->num_steps)
		qsort(plan->steps, plan->num_steps, sizeof(*plan->steps), compare_steps);
	for (size_t i = 0; (candidate = memhp_assessment_get_candidate(assessment, i)); i++) {
		struct memhp_step key = { .block_id = memhp_candidate_get_block_id(candidate) };
		struct memhp_step *step = bsearch(&key, plan->steps, plan->num_steps, sizeof(key), compare_steps);

		if (step)
			step->rank = (uint8_t)(memhp_candidate_get_score(candidate) + 1);
	}
	choose_candidates(plan);
	return 0;
}

MEMHP_EXPORT size_t memhp_plan_get_num_steps(const struct memhp_plan *plan)
{
	return plan->num_steps;
}

MEMHP_EXPORT uint64_t memhp_plan_get_num_short(const struct memhp_plan *plan)
{
	return plan->num_short;
}

MEMHP_EXPORT const struct memhp_step *memhp_plan_get_step(const struct memhp_plan *plan, size_t index)
{
	return index < plan->num_steps ? &plan->steps[index] : NULL;
}
