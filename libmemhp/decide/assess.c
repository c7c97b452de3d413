/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Blocks as candidates for going offline. facts.c reads what the machine says as a whole, pages.c the flags of a block's pages,
 * pageflags.c counts what these are used for, verdict.c makes findings and a verdict of it all; here the blocks are put in order.
 */
#include "nums.h"
#include "ctx.h"
#include "decide/candidate.h"
#include "decide/selection.h"
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
	struct memhp_snapshot *snapshot; /* whose blocks the candidates are */
	uint64_t page_size;
	int error[NUM_EVIDENCES];
	struct memhp_candidate *candidates;
	size_t num_candidates;
	uint8_t *slices;
};

MEMHP_EXPORT void memhp_assessment_free(struct memhp_assessment *assessment)
{
	if (!assessment)
		return;
	free(assessment->slices);
	free(assessment->candidates);
	memhp_snapshot_unref(assessment->snapshot);
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
	const struct memhp_source *source = memhp_block_get_source(block);
	uint64_t block_size = block->snapshot->block_size;

	*candidate = (struct memhp_candidate){
		.block = block,
		.page_size = facts->page_size,
		/* Only a made-up tree has blocks of less than a page. */
		.num_pages = block_size > facts->page_size ? block_size / facts->page_size : 1,
		.first_page = memhp_block_get_start_addr(block) / facts->page_size,
		.state = block->state,
		.zone = memhp_block_get_zone(block),
		.source = source ? source->kind : MEMHP_SOURCE_KIND_UNKNOWN,
		.node = block->num_nodes == 1 ? (int)memhp_node_get_id(memhp_block_get_node(block, 0)) : -1,
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
			log_debug(ctx, "kpageflags of block %llu: %s", (unsigned long long)candidate->block->id, strerror(-rc));
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
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct memhp_candidate *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return (x->block->id < y->block->id) - (x->block->id > y->block->id);
}

static void fill_all(struct memhp_assessment *assessment, const struct memhp_snapshot *snapshot,
		     const struct memhp_selection *selection, const struct facts *facts)
{
	for (size_t i = 0; i < snapshot->num_blocks; i++)
		if (is_wanted(selection, &snapshot->blocks[i]))
			fill(&assessment->candidates[assessment->num_candidates++], &snapshot->blocks[i], facts);
}

static int assess_all(struct memhp_assessment *assessment, struct memhp_ctx *ctx, unsigned int num_slices,
		      const struct facts *facts, struct page_reader *reader)
{
	uint64_t num_through = 0;
	int rc = 0;

	for (size_t i = 0; i < assessment->num_candidates; i++)
		reader->num_goal += can_count(&assessment->candidates[i], facts) ? assessment->candidates[i].num_pages : 0;
	for (size_t i = 0; rc == 0 && i < assessment->num_candidates; i++) {
		struct memhp_candidate *candidate = &assessment->candidates[i];

		rc = assess_block(assessment, candidate, num_slices, ctx, facts, reader);
		/* Of one that could not be read in whole, too */
		num_through += can_count(candidate, facts) ? candidate->num_pages : 0;
		reader->num_done = num_through;
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

/* As where there is no such file */
static void forget_pages(struct facts *facts)
{
	closep(&facts->pages_fd);
	facts->pages_fd = -1;
	facts->error[MEMHP_EVIDENCE_PAGE_FLAGS] = -ENODATA;
}

MEMHP_EXPORT int memhp_assessment_new(struct memhp_assessment **assessment, struct memhp_snapshot *snapshot,
				      const struct memhp_selection *selection, unsigned int flags, unsigned int num_slices,
				      uint64_t timeout_ms)
{
	unsigned int attrs = MEMHP_ATTR_ZONES | (selection ? memhp_selection_get_attrs(selection) : 0);
	struct memhp_ctx *ctx = snapshot->ctx;
	struct page_reader reader;
	struct memhp_assessment *new;
	struct facts facts;
	size_t num;
	int rc;

	if (num_slices > MAX_SLICES || (flags & ~MEMHP_ASSESS_NO_PAGES))
		return -EINVAL;
	if (attrs & ~snapshot->attrs)
		return -ENODATA;
	num = count_wanted(snapshot, selection);
	/* Before the files of the facts, for those would take the number of a descriptor that is closed. */
	rc = memhp__page_reader_init(&reader, timeout_ms, ctx->cancel_fd);
	if (rc == 0)
		rc = memhp__facts_read(&facts, ctx);
	if (rc == 0 && (flags & MEMHP_ASSESS_NO_PAGES))
		forget_pages(&facts);
	if (rc < 0) {
		memhp__page_reader_release(&reader);
		return rc;
	}
	new = calloc(1, sizeof(*new));
	if (new) {
		new->snapshot = memhp_snapshot_ref(snapshot);
		new->page_size = facts.page_size;
		new->candidates = calloc(num + 1, sizeof(*new->candidates));
		new->slices = calloc(num * num_slices + 1, 1);
		memcpy(new->error, facts.error, sizeof(new->error));
	}
	if (!new || !new->candidates || !new->slices)
		rc = -ENOMEM;
	if (rc == 0) {
		fill_all(new, snapshot, selection, &facts);
		rc = assess_all(new, ctx, num_slices, &facts, &reader);
	}
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
