/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the flags of their pages, which only root may read, say of blocks that are to go offline */
#include <errno.h>
#include <stdlib.h>

#include "ui/nums.h"
#include "operation/operation.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

/* So many candidates are looked at before memctl chooses among them, or so many times the goal: each costs milliseconds. */
#define MIN_ASSESSED   256
#define GOALS_ASSESSED 4

/* Of blocks that were asked for by name so many are looked at, for so long, of which a quarter is enough where nothing else keeps
 * the processors: it changes nothing of the plan. */
#define MAX_NAMED    64
#define MAX_NAMED_MS 1000
#define PART_OF_TIME 4

/* So many poisoned blocks are named. */
#define MAX_POISONED 8

static bool is_wanted(const struct memhp_step *step)
{
	return memhp_step_get_outcome(step) == MEMHP_OUTCOME_PLANNED || memhp_step_get_reason(step) == MEMHP_REASON_SPARE;
}

/* The blocks that the plan would try first */
static struct memhp_selection *select_candidates(const struct memhp_plan *plan, uint64_t most)
{
	struct memhp_selection *selection;
	const struct memhp_step *step;
	int rc = memhp_selection_new(&selection);

	for (size_t i = 0; rc == 0 && most && (step = memhp_plan_get_step(plan, i)); i++) {
		if (!is_wanted(step))
			continue;
		rc = memhp_selection_add_blocks(selection, memhp_step_get_block_id(step), memhp_step_get_block_id(step));
		most--;
	}
	if (rc < 0)
		out_of_memory();
	return selection;
}

static size_t count_wanted(const struct memhp_plan *plan)
{
	const struct memhp_step *step;
	size_t num = 0;

	for (size_t i = 0; (step = memhp_plan_get_step(plan, i)); i++)
		num += is_wanted(step);
	return num;
}

static uint64_t num_assessed(const struct operation *op)
{
	uint64_t most = operation_count_planned(op) * GOALS_ASSESSED;

	return most > MIN_ASSESSED ? most : MIN_ASSESSED;
}

/* NULL when there was no time for it */
static struct memhp_assessment *assess(struct operation *op, struct memhp_snapshot *snapshot, bool ranks)
{
	struct memhp_selection *selection = select_candidates(op->plan, ranks ? num_assessed(op) : MAX_NAMED);
	uint64_t left = session_left_ms(&op->session);
	struct memhp_assessment *assessment;
	int rc;

	if (!ranks)
		left = left / PART_OF_TIME < MAX_NAMED_MS ? left / PART_OF_TIME : MAX_NAMED_MS;
	rc = memhp_assessment_new(&assessment, snapshot, selection, 0, 0, left);
	memhp_selection_unref(selection);
	if (rc == -ETIMEDOUT && !ranks)
		return NULL;
	if (rc == -ETIMEDOUT || rc == -ECANCELED)
		session_fail_early(&op->session, rc, ranks ? "memctl looked for the best blocks" : "memctl looked at the pages");
	if (rc < 0)
		out_of_memory();
	return assessment;
}

static int compare(const void *a, const void *b)
{
	const struct page_facts *x = a, *y = b;

	return (x->block_id > y->block_id) - (x->block_id < y->block_id);
}

static void note_pages(struct operation *op, const struct memhp_assessment *assessment)
{
	const struct memhp_candidate *candidate;
	struct page_facts *facts;

	op->pages = xreallocarray(NULL, memhp_assessment_get_num_candidates(assessment) + 1, sizeof(*op->pages));
	for (size_t i = 0; (candidate = memhp_assessment_get_candidate(assessment, i)); i++) {
		if (memhp_candidate_get_bytes(candidate, MEMHP_PAGE_KIND_FREE) == UINT64_MAX)
			continue;
		facts = &op->pages[op->num_pages++];
		facts->block_id = memhp_block_get_id(memhp_candidate_get_block(candidate));
		for (size_t kind = 0; kind < NUM_PAGE_KINDS; kind++)
			facts->bytes[kind] = memhp_candidate_get_bytes(candidate, kind);
	}
	qsort(op->pages, op->num_pages, sizeof(*op->pages), compare);
}

/* The first plan said which candidates to look at; the one that counts is made with what was seen. */
static void rank(struct operation *op, const struct memhp_snapshot *snapshot, const struct memhp_assessment *assessment)
{
	struct memhp_plan *plan;

	if (memhp_plan_new_assessed(&plan, snapshot, op->request, assessment) < 0)
		out_of_memory();
	memhp_plan_free(op->plan);
	op->plan = plan;
}

void operation_look_at_pages(struct operation *op, struct memhp_snapshot *snapshot)
{
	bool ranks = opts_has_goal(op->options);
	struct memhp_assessment *assessment;
	size_t num = op->action == MEMHP_TRANSITION_OFFLINE ? count_wanted(op->plan) : 0;

	if (num == 0 || (!ranks && num > MAX_NAMED))
		return;
	assessment = assess(op, snapshot, ranks);
	if (!assessment)
		return;
	if (ranks && memhp_assessment_get_evidence_error(assessment, MEMHP_EVIDENCE_PAGE_FLAGS) == 0)
		rank(op, snapshot, assessment);
	note_pages(op, assessment);
	memhp_assessment_free(assessment);
}

const struct page_facts *operation_find_pages(const struct operation *op, uint64_t block_id)
{
	const struct page_facts key = { .block_id = block_id };

	return op->pages ? bsearch(&key, op->pages, op->num_pages, sizeof(key), compare) : NULL;
}

static bool is_poisoned(const struct operation *op, const struct memhp_step *step)
{
	const struct page_facts *pages = operation_find_pages(op, memhp_step_get_block_id(step));

	return memhp_step_get_outcome(step) == MEMHP_OUTCOME_PLANNED && pages && pages->bytes[MEMHP_PAGE_KIND_HWPOISON];
}

void operation_tell_poison(const struct operation *op)
{
	_cleanup_free_ char *blocks = NULL;
	const struct memhp_step *step;
	size_t num = 0;

	for (size_t i = 0; (step = memhp_plan_get_step(op->plan, i)); i++) {
		char *longer;

		if (!is_poisoned(op, step) || num++ >= MAX_POISONED)
			continue;
		longer = xasprintf("%s%s%llu", blocks ? blocks : "", blocks ? ", " : "",
				   (unsigned long long)memhp_step_get_block_id(step));
		free(blocks);
		blocks = longer;
	}
	if (num)
		warn("careful: block%s %s%s: pages with memory errors (poisoned); once offline, %s must be removed and added to "
		     "come online again",
		     num == 1 ? "" : "s", blocks, num > MAX_POISONED ? " and more" : "", num == 1 ? "it" : "they");
}

static bool was_stopped(const struct memhp_step *step)
{
	enum memhp_outcome outcome = memhp_step_get_outcome(step);

	return outcome == MEMHP_OUTCOME_TIMEOUT || outcome == MEMHP_OUTCOME_INTERRUPTED || outcome == MEMHP_OUTCOME_IN_PROGRESS;
}

void operation_set_pages(struct json_object *object, const struct operation *op, const struct memhp_step *step)
{
	const struct page_facts *before = operation_find_pages(op, memhp_step_get_block_id(step));
	uint64_t left[NUM_PAGE_KINDS];

	if (memhp_step_get_last_action(step) != MEMHP_TRANSITION_OFFLINE || !was_stopped(step))
		return;
	for (size_t kind = 0; kind < NUM_PAGE_KINDS; kind++)
		left[kind] = memhp_step_get_left_bytes(step, kind);
	json_set_usage(object, "pages_before", before ? before->bytes : NULL);
	json_set_usage(object, "pages", left[MEMHP_PAGE_KIND_FREE] == UINT64_MAX ? NULL : left);
}
