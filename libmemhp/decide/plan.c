/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A request worked out for a snapshot. Pure. */
#include "decide/plan.h"

#include "decide/candidate.h"
#include "decide/foresee.h"
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

/* What is of no interest where only what is not yet as asked is meant, or the library chooses */
static bool is_left_out(const struct memhp_request *request, const struct memhp_step *step)
{
	if (!request->only_pending && !request_has_goal(request))
		return false;
	if (action_is_of_state(step->action))
		return step->before == action_goal(step->action) || step->before == MEMHP_STATE_STANDBY;
	return step->outcome != MEMHP_OUTCOME_PLANNED && step->outcome != MEMHP_OUTCOME_FAILED;
}

/* `selected` as of memhp_selection_matches(): a block of which that is not known is never touched, nor passed over silently. */
static int add_block(struct memhp_plan *plan, const struct memhp_block *block, enum memhp_transition action, int selected)
{
	struct memhp_step step = memhp__foresee_block(block, plan->request, action);

	if (is_left_out(plan->request, &step))
		return 0;
	if (selected < 0) {
		step.outcome = MEMHP_OUTCOME_FAILED;
		step.reason = MEMHP_REASON_FILTER;
		step.error = selected;
		step.zone = memhp_block_get_zone(block);
	}
	return add_step(plan, step);
}

/* Those from the place `first` on whose id is `last` at the most */
static int add_blocks(struct memhp_plan *plan, const struct memhp_snapshot *snapshot, size_t first, uint64_t last,
		      enum memhp_transition action)
{
	const struct memhp_selection *selection = plan->request->selection;
	int rc = 0;

	for (size_t i = first; rc == 0 && i < snapshot->num_blocks && snapshot->blocks[i].id <= last; i++) {
		int selected = selection ? memhp_selection_matches(selection, &snapshot->blocks[i]) : 1;

		if (selected != 0)
			rc = add_block(plan, &snapshot->blocks[i], action, selected);
	}
	return rc;
}

/* In the order in which they were given */
static int add_additions(struct memhp_plan *plan)
{
	const struct memhp_request *request = plan->request;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < request->num_additions; i++)
		rc = add_step(plan, memhp__foresee_addition(&request->additions[i]));
	return rc;
}

static int add_gap(struct memhp_plan *plan, uint64_t first_id, uint64_t last_id, uint64_t block_size, enum memhp_transition action)
{
	return add_step(plan, (struct memhp_step){
				      .block_id = first_id,
				      .start_addr = first_id * block_size,
				      .last_addr = last_id * block_size + (block_size - 1),
				      .action = action,
				      .zone = MEMHP_ZONE_NONE,
				      .outcome = MEMHP_OUTCOME_ABSENT,
			      });
}

/* The gaps among ids first..last, inclusive */
static int add_gaps(struct memhp_plan *plan, const struct memhp_snapshot *snapshot, uint64_t first, uint64_t last,
		    enum memhp_transition action)
{
	uint64_t next = first;
	int rc = 0;

	for (size_t i = memhp__snapshot_lower_bound(snapshot, first); i < snapshot->num_blocks && snapshot->blocks[i].id <= last;
	     i++) {
		if (snapshot->blocks[i].id > next)
			rc = add_gap(plan, next, snapshot->blocks[i].id - 1, snapshot->block_size, action);
		if (rc < 0 || snapshot->blocks[i].id == last)
			return rc;
		next = snapshot->blocks[i].id + 1;
	}
	return add_gap(plan, next, last, snapshot->block_size, action);
}

static int compare_names(const void *a, const void *b)
{
	const struct selected_name *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* Ranges are walked in ascending order and without their overlaps, so that no gap is reported twice. */
static int add_all_gaps(struct memhp_plan *plan, const struct memhp_snapshot *snapshot)
{
	const struct memhp_selection *selection = plan->request->action == MEMHP_TRANSITION_NONE ? NULL : plan->request->selection;
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
		rc = add_gaps(plan, snapshot, first, last, plan->request->action);
		started = true;
		next = last + 1;
	}
	return rc;
}

/* A block belongs to the goal of the first of its addresses that has one. */
static int add_goals(struct memhp_plan *plan, const struct memhp_snapshot *snapshot)
{
	const struct memhp_request *request = plan->request;
	uint64_t next = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < request->num_goals; i++) {
		const struct range_goal *goal = &request->goals[i];
		uint64_t first = goal->start_addr / snapshot->block_size, last = goal->last_addr / snapshot->block_size;

		if (first < next)
			first = next;
		if (last < first)
			continue;
		rc = add_blocks(plan, snapshot, memhp__snapshot_lower_bound(snapshot, first), last, goal->action);
		if (rc == 0)
			rc = add_gaps(plan, snapshot, first, last, goal->action);
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

/* What comes online makes room for what goes, if only for a while. */
static int goal_turn(const struct memhp_step *step)
{
	return step->action == MEMHP_TRANSITION_OFFLINE ? 2 : step->is_moved ? 1 : 0;
}

static int compare_goals(const void *a, const void *b)
{
	int order = goal_turn(a) - goal_turn(b);

	return order ? order : compare_steps(a, b);
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

static bool goes_down(enum memhp_transition action)
{
	return action == MEMHP_TRANSITION_OFFLINE || action == MEMHP_TRANSITION_DECONFIGURE;
}

/* With a target that is met nothing is tried; what cannot be told, and gaps, stay. */
static void drop_candidates(struct memhp_plan *plan)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->num_steps; i++)
		if (plan->steps[i].outcome == MEMHP_OUTCOME_FAILED || plan->steps[i].outcome == MEMHP_OUTCOME_ABSENT)
			plan->steps[kept++] = plan->steps[i];
	plan->num_steps = kept;
}

/* With a goal: the best candidates first, so many of them planned, the others spare. */
static void choose_candidates(struct memhp_plan *plan)
{
	bool has_target = request_has_target(plan->request);
	uint64_t wanted = has_target ? memhp__target_missing(plan->request, &plan->tally) : plan->request->num_blocks;

	if (has_target && wanted == 0)
		drop_candidates(plan);
	if (plan->num_steps)
		qsort(plan->steps, plan->num_steps, sizeof(*plan->steps),
		      goes_down(plan->request->action) ? compare_to_offline : compare_to_online);
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
	memhp_ctx_unref(plan->ctx);
	free(plan);
}

/* What is certain of a block before it is tried: that its range has a hole, say */
static enum memhp_reason certain_reason(const struct memhp_candidate *candidate)
{
	if (memhp_candidate_get_verdict(candidate) != MEMHP_VERDICT_WILL_NOT)
		return MEMHP_REASON_NONE;
	switch (memhp_finding_get_code(memhp_candidate_get_finding(candidate, 0))) {
	case MEMHP_FINDING_CODE_HOLE:
		return MEMHP_REASON_MEMORY_HOLE;
	case MEMHP_FINDING_CODE_SEVERAL_ZONES:
		return MEMHP_REASON_SEVERAL_ZONES;
	case MEMHP_FINDING_CODE_BOOT_MEMORY:
		return MEMHP_REASON_BOOT_MEMORY;
	default:
		return MEMHP_REASON_NONE;
	}
}

/* With a goal the order of the candidates goes by their scores; without, each block is tried that is not certain to fail. */
static void use_assessment(struct memhp_plan *plan, const struct memhp_assessment *assessment)
{
	const struct memhp_candidate *candidate;

	for (size_t i = 0; (candidate = memhp_assessment_get_candidate(assessment, i)); i++) {
		struct memhp_step key = { .block_id = memhp_block_get_id(memhp_candidate_get_block(candidate)) };
		struct memhp_step *step = bsearch(&key, plan->steps, plan->num_steps, sizeof(key), compare_steps);
		enum memhp_reason reason = certain_reason(candidate);

		if (!step)
			continue;
		if (request_has_goal(plan->request)) {
			step->rank = (uint8_t)(memhp_candidate_get_score(candidate) + 1);
		} else if (step->outcome == MEMHP_OUTCOME_PLANNED && reason != MEMHP_REASON_NONE) {
			step->outcome = MEMHP_OUTCOME_IMPOSSIBLE;
			step->reason = reason;
		}
	}
}

static int make_steps(struct memhp_plan *plan, const struct memhp_snapshot *snapshot, const struct memhp_assessment *assessment)
{
	int rc;

	if (plan->request->action == MEMHP_TRANSITION_ADD)
		return add_additions(plan);
	if (*plan->request->device)
		return add_step(plan, memhp__foresee_device(snapshot, plan->request));
	if (plan->request->action == MEMHP_TRANSITION_NONE)
		rc = add_goals(plan, snapshot);
	else
		rc = add_blocks(plan, snapshot, 0, UINT64_MAX, plan->request->action);
	if (rc == 0)
		rc = add_all_gaps(plan, snapshot);
	if (rc < 0)
		return rc;
	if (plan->num_steps)
		qsort(plan->steps, plan->num_steps, sizeof(*plan->steps),
		      plan->request->action == MEMHP_TRANSITION_NONE ? compare_goals : compare_steps);
	if (assessment && plan->num_steps)
		use_assessment(plan, assessment);
	if (request_has_target(plan->request))
		plan->tally = memhp__target_count(snapshot, plan->request);
	if (request_has_goal(plan->request))
		choose_candidates(plan);
	return 0;
}

MEMHP_EXPORT int memhp_plan_new_assessed(struct memhp_plan **plan, const struct memhp_snapshot *snapshot,
					 struct memhp_request *request, const struct memhp_assessment *assessment)
{
	unsigned int attrs = memhp_request_get_attrs(request);
	struct memhp_plan *new;
	int rc;

	if (assessment && request->action != MEMHP_TRANSITION_OFFLINE)
		return -EINVAL;
	if ((snapshot->attrs & attrs) != attrs)
		return -ENODATA;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->ctx = memhp_ctx_ref(snapshot->ctx);
	new->request = memhp__request_ref(request);
	rc = make_steps(new, snapshot, assessment);
	if (rc < 0) {
		memhp_plan_free(new);
		return rc;
	}
	*plan = new;
	return 0;
}

MEMHP_EXPORT int memhp_plan_new(struct memhp_plan **plan, const struct memhp_snapshot *snapshot, struct memhp_request *request)
{
	return memhp_plan_new_assessed(plan, snapshot, request, NULL);
}

MEMHP_EXPORT enum memhp_transition memhp_plan_get_action(const struct memhp_plan *plan)
{
	return plan->request->action;
}

MEMHP_EXPORT size_t memhp_plan_get_num_steps(const struct memhp_plan *plan)
{
	return plan->num_steps;
}

MEMHP_EXPORT uint64_t memhp_plan_get_num_short(const struct memhp_plan *plan)
{
	return plan->num_short;
}

MEMHP_EXPORT int memhp_plan_count_online(const struct memhp_plan *plan, uint64_t *num_online, uint64_t *num_unknown)
{
	if (!request_has_target(plan->request))
		return -EINVAL;
	*num_online = plan->tally.online;
	*num_unknown = plan->tally.unknown;
	return plan->num_short ? 0 : memhp__target_is_certain(plan->request, &plan->tally);
}

MEMHP_EXPORT const struct memhp_step *memhp_plan_get_step(const struct memhp_plan *plan, size_t index)
{
	return index < plan->num_steps ? &plan->steps[index] : NULL;
}
