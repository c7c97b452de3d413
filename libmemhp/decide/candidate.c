/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decide/candidate.h"

#include "nums.h"
#include "object.h"

MEMHP_EXPORT const struct memhp_block *memhp_candidate_get_block(const struct memhp_candidate *candidate)
{
	return candidate->block;
}

MEMHP_EXPORT enum memhp_verdict memhp_candidate_get_verdict(const struct memhp_candidate *candidate)
{
	return candidate->verdict;
}

MEMHP_EXPORT unsigned int memhp_candidate_get_score(const struct memhp_candidate *candidate)
{
	return candidate->score;
}

MEMHP_EXPORT enum memhp_certainty memhp_candidate_get_certainty(const struct memhp_candidate *candidate)
{
	return candidate->certainty;
}

MEMHP_EXPORT const struct memhp_finding *memhp_candidate_get_finding(const struct memhp_candidate *candidate, size_t index)
{
	return index < candidate->num_findings ? &candidate->findings[index] : NULL;
}

MEMHP_EXPORT enum memhp_finding_code memhp_finding_get_code(const struct memhp_finding *finding)
{
	return finding->code;
}

MEMHP_EXPORT uint64_t memhp_finding_get_bytes(const struct memhp_finding *finding)
{
	return finding->bytes;
}

MEMHP_EXPORT unsigned int memhp_finding_get_weight(const struct memhp_finding *finding)
{
	return finding->weight;
}

MEMHP_EXPORT enum memhp_evidence memhp_finding_get_evidence(const struct memhp_finding *finding)
{
	return finding->evidence;
}

static uint64_t bytes_of(const struct memhp_candidate *candidate, enum memhp_page_kind kind)
{
	return candidate->usage.pages[kind] * candidate->page_size;
}

MEMHP_EXPORT uint64_t memhp_candidate_get_bytes(const struct memhp_candidate *candidate, enum memhp_page_kind kind)
{
	if ((size_t)kind >= NUM_PAGE_KINDS)
		return 0;
	return candidate->has_usage ? bytes_of(candidate, kind) : UINT64_MAX;
}

static uint64_t sum(const struct memhp_candidate *candidate, enum memhp_page_kind first, enum memhp_page_kind last)
{
	uint64_t bytes = 0;

	for (unsigned int kind = first; kind <= last; kind++)
		bytes += bytes_of(candidate, kind);
	return bytes;
}

/* ZONE_MOVABLE has no pages of the kernel: what looks like one has only been taken off its list for a moment. */
uint64_t memhp__candidate_move_bytes(const struct memhp_candidate *candidate)
{
	uint64_t bytes = sum(candidate, MEMHP_PAGE_KIND_FILE, MEMHP_PAGE_KIND_HUGE);

	if (candidate->huge_is_free)
		bytes -= bytes_of(candidate, MEMHP_PAGE_KIND_HUGE);
	return candidate->zone == MEMHP_ZONE_MOVABLE ? bytes + sum(candidate, MEMHP_PAGE_KIND_OTHER, MEMHP_PAGE_KIND_SLAB) : bytes;
}

uint64_t memhp__candidate_fixed_bytes(const struct memhp_candidate *candidate)
{
	enum memhp_page_kind first = candidate->zone == MEMHP_ZONE_MOVABLE ? MEMHP_PAGE_KIND_RESERVED : MEMHP_PAGE_KIND_OTHER;

	return sum(candidate, first, MEMHP_PAGE_KIND_HOLE);
}

MEMHP_EXPORT uint64_t memhp_candidate_get_figure(const struct memhp_candidate *candidate, enum memhp_candidate_figure figure)
{
	switch (figure) {
	case MEMHP_CANDIDATE_FIGURE_MOVE:
		return candidate->has_usage ? memhp__candidate_move_bytes(candidate) : UINT64_MAX;
	case MEMHP_CANDIDATE_FIGURE_FIXED:
		return candidate->has_usage ? memhp__candidate_fixed_bytes(candidate) : UINT64_MAX;
	case MEMHP_CANDIDATE_FIGURE_ROOM:
		return candidate->room;
	default:
		return 0;
	}
}

MEMHP_EXPORT enum memhp_page_kind memhp_candidate_get_slice(const struct memhp_candidate *candidate, unsigned int index)
{
	return index < candidate->num_slices ? candidate->slices[index] : 0;
}
