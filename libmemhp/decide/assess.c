/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Blocks as candidates for going offline. facts.c reads what the machine says as a whole, pages.c the flags of a block's pages,
 * pageflags.c counts what these are used for, verdict.c makes findings and a verdict of it all; here the blocks are put in order.
 */
#include "nums.h"
#include "ctx.h"
#include "decide/candidate.h"
#include "decide/plan.h"
#include "decide/request.h"
#include "decide/selection.h"
#include "decide/step.h"
#include "decide/verdict.h"
#include "object.h"
#include "read/block.h"
#include "read/facts.h"
#include "read/pageflags.h"
#include "read/pages.h"
#include "read/snapshot.h"
#include "util.h"

#define MAX_SLICES 4096

struct memhp_assessment {
	uint64_t page_size;
	int error[NUM_EVIDENCES];
	struct memhp_candidate *candidates;
	size_t num_candidates;
	uint8_t *slices;
	size_t num_verdict[NUM_VERDICTS];
};

MEMHP_EXPORT void memhp_assessment_free(struct memhp_assessment *assessment)
{
	if (!assessment)
		return;
	free(assessment->slices);
	free(assessment->candidates);
	free(assessment);
}

/* What may be meant is looked at as well. */
static bool is_wanted(const struct memhp_selection *selection, const struct memhp_block *block)
{
	if (selection)
		return memhp_selection_matches(selection, block) != 0;
	return block->state == MEMHP_STATE_ONLINE || block->state == MEMHP_STATE_UNKNOWN;
}

static void fill(struct memhp_candidate *candidate, const struct memhp_block *block, const struct facts *facts)
{
	uint64_t block_size = block->snapshot->block_size;

	*candidate = (struct memhp_candidate){
		.block_id = block->id,
		.page_size = facts->page_size,
		/* Only a made-up tree has blocks of less than a page. */
		.num_pages = block_size > facts->page_size ? block_size / facts->page_size : 1,
		.first_page = memhp_block_get_start_addr(block) / facts->page_size,
		.state = block->state,
		.zone = memhp_block_get_zone(block),
		.source = memhp_block_get_source_kind(block),
		.node = block->num_nodes == 1 ? memhp_block_get_node(block, 0) : -1,
		.has_several_nodes = block->num_nodes > 1,
	};
}

static bool can_count(const struct memhp_candidate *candidate, const struct facts *facts)
{
	return candidate->state == MEMHP_STATE_ONLINE &&
	       memhp__pages_are_countable(facts, candidate->first_page, candidate->num_pages);
}

/* -ETIMEDOUT and -ECANCELED end the assessment; whatever else cannot be read is not known, and the rest is. */
static int assess_block(struct memhp_assessment *assessment, struct memhp_candidate *candidate, unsigned int num_slices,
			struct memhp_ctx *ctx, const struct facts *facts, struct page_reader *reader)
{
	uint8_t *slices = assessment->slices + (size_t)(candidate - assessment->candidates) * num_slices;
	struct page_scan scan = {
		.usage = &candidate->usage,
		.slices = slices,
		.num_slices = num_slices,
		.num_pages = candidate->num_pages,
		.page_size = candidate->page_size,
	};
	int rc;

	if (can_count(candidate, facts)) {
		rc = memhp__pages_count(&scan, candidate->first_page, ctx, facts, reader);
		if (rc == -ETIMEDOUT || rc == -ECANCELED)
			return rc;
		if (rc < 0)
			log_debug(ctx, "kpageflags of block %llu: %s", (unsigned long long)candidate->block_id, strerror(-rc));
		candidate->has_usage = rc == 0;
		if (rc == 0) {
			candidate->slices = slices;
			candidate->num_slices = num_slices;
		}
		if (rc < 0) {
			memset(&candidate->usage, 0, sizeof(candidate->usage));
			assessment->error[MEMHP_EVIDENCE_PAGE_FLAGS] = rc;
		}
	}
	memhp__verdict_judge(candidate, facts);
	assessment->num_verdict[candidate->verdict]++;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct memhp_candidate *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return (x->block_id < y->block_id) - (x->block_id > y->block_id);
}

static int assess_all(struct memhp_assessment *assessment, struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot,
		      const struct memhp_selection *selection, unsigned int num_slices, const struct facts *facts,
		      struct page_reader *reader)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < snapshot->num_blocks; i++) {
		struct memhp_candidate *candidate = &assessment->candidates[assessment->num_candidates];

		if (!is_wanted(selection, &snapshot->blocks[i]))
			continue;
		fill(candidate, &snapshot->blocks[i], facts);
		rc = assess_block(assessment, candidate, num_slices, ctx, facts, reader);
		assessment->num_candidates++;
	}
	if (assessment->num_candidates)
		qsort(assessment->candidates, assessment->num_candidates, sizeof(*assessment->candidates), compare);
	return rc;
}

static size_t count_wanted(const struct memhp_snapshot *snapshot, const struct memhp_selection *selection)
{
	size_t num = 0;

	for (size_t i = 0; i < snapshot->num_blocks; i++)
		num += is_wanted(selection, &snapshot->blocks[i]);
	return num;
}

MEMHP_EXPORT int memhp_assessment_new(struct memhp_assessment **assessment, struct memhp_ctx *ctx,
				      const struct memhp_snapshot *snapshot, const struct memhp_selection *selection,
				      unsigned int num_slices, uint64_t timeout_ms, int cancel_fd)
{
	unsigned int attrs = MEMHP_ATTR_ZONES | (selection ? memhp_selection_get_attrs(selection) : 0);
	struct page_reader reader;
	struct memhp_assessment *new;
	struct facts facts;
	size_t num;
	int rc;

	if (num_slices > MAX_SLICES)
		return -EINVAL;
	if (attrs & ~snapshot->attrs)
		return -ENODATA;
	num = count_wanted(snapshot, selection);
	/* Before the files of the facts, for those would take the number of a descriptor that is closed. */
	rc = memhp__page_reader_init(&reader, timeout_ms, cancel_fd);
	if (rc == 0)
		rc = memhp__facts_read(&facts, ctx);
	if (rc < 0) {
		memhp__page_reader_release(&reader);
		return rc;
	}
	new = calloc(1, sizeof(*new));
	if (new) {
		new->page_size = facts.page_size;
		new->candidates = calloc(num + 1, sizeof(*new->candidates));
		new->slices = calloc(num * num_slices + 1, 1);
		memcpy(new->error, facts.error, sizeof(new->error));
	}
	if (!new || !new->candidates || !new->slices)
		rc = -ENOMEM;
	if (rc == 0)
		rc = assess_all(new, ctx, snapshot, selection, num_slices, &facts, &reader);
	memhp__page_reader_release(&reader);
	memhp__facts_release(&facts);
	if (rc < 0) {
		memhp_assessment_free(new);
		return rc;
	}
	*assessment = new;
	return 0;
}

MEMHP_EXPORT int memhp_assessment_get_evidence_error(const struct memhp_assessment *assessment, enum memhp_evidence evidence)
{
	return (size_t)evidence < NUM_EVIDENCES ? assessment->error[evidence] : -EINVAL;
}

MEMHP_EXPORT uint64_t memhp_assessment_get_page_size_bytes(const struct memhp_assessment *assessment)
{
	return assessment->page_size;
}

MEMHP_EXPORT size_t memhp_assessment_get_num_candidates(const struct memhp_assessment *assessment)
{
	return assessment->num_candidates;
}

MEMHP_EXPORT const struct memhp_candidate *memhp_assessment_get_candidate(const struct memhp_assessment *assessment, size_t index)
{
	return index < assessment->num_candidates ? &assessment->candidates[index] : NULL;
}

MEMHP_EXPORT size_t memhp_assessment_count_verdict(const struct memhp_assessment *assessment, enum memhp_verdict verdict)
{
	return (size_t)verdict < NUM_VERDICTS ? assessment->num_verdict[verdict] : 0;
}

/*
 * What is certain of a planned block before it is tried: that its range has a hole, say. The same evidence makes explain's verdict;
 * pages are not looked at, for that takes time and proves less.
 */
static enum memhp_reason reason_of(enum memhp_finding finding)
{
	switch (finding) {
	case MEMHP_FINDING_HOLE:
		return MEMHP_REASON_MEMORY_HOLE;
	case MEMHP_FINDING_SEVERAL_ZONES:
		return MEMHP_REASON_SEVERAL_ZONES;
	case MEMHP_FINDING_BOOT_MEMORY:
		return MEMHP_REASON_BOOT_MEMORY;
	default:
		return MEMHP_REASON_NONE;
	}
}

static void foresee_step(struct memhp_step *step, const struct facts *facts)
{
	struct memhp_candidate candidate = {
		.page_size = facts->page_size,
		.first_page = step->start_addr / facts->page_size,
		.num_pages = (step->last_addr - step->start_addr) / facts->page_size + 1,
		.state = step->before,
		.zone = step->zone,
	};
	enum memhp_reason reason;

	memhp__verdict_judge(&candidate, facts);
	reason = candidate.verdict == MEMHP_VERDICT_WILL_NOT ? reason_of(candidate.found[0].finding) : MEMHP_REASON_NONE;
	if (reason == MEMHP_REASON_NONE)
		return;
	step->outcome = MEMHP_OUTCOME_IMPOSSIBLE;
	step->reason = reason;
}

MEMHP_EXPORT int memhp_plan_foresee(struct memhp_plan *plan, struct memhp_ctx *ctx)
{
	struct facts facts;
	int rc;

	if (plan->request->action != MEMHP_TRANSITION_OFFLINE || plan->request->num_blocks)
		return -EINVAL;
	rc = memhp__facts_read(&facts, ctx);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < plan->num_steps; i++)
		if (plan->steps[i].outcome == MEMHP_OUTCOME_PLANNED)
			foresee_step(&plan->steps[i], &facts);
	memhp__facts_release(&facts);
	return 0;
}
