/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decide/candidate.h"

#include "nums.h"
#include "object.h"

MEMHP_EXPORT uint64_t memhp_candidate_get_block_id(const struct memhp_candidate *candidate)
{
	return candidate->block_id;
}

MEMHP_EXPORT enum memhp_state memhp_candidate_get_state(const struct memhp_candidate *candidate)
{
	return candidate->state;
}

MEMHP_EXPORT enum memhp_zone memhp_candidate_get_zone(const struct memhp_candidate *candidate)
{
	return candidate->zone;
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

MEMHP_EXPORT size_t memhp_candidate_get_num_findings(const struct memhp_candidate *candidate)
{
	return candidate->num_found;
}

/* Beyond the last one all is 0. */
static const struct found *found(const struct memhp_candidate *candidate, size_t index)
{
	static const struct found none;

	return index < candidate->num_found ? &candidate->found[index] : &none;
}

MEMHP_EXPORT enum memhp_finding memhp_candidate_get_finding(const struct memhp_candidate *candidate, size_t index)
{
	return found(candidate, index)->finding;
}

MEMHP_EXPORT uint64_t memhp_candidate_get_finding_bytes(const struct memhp_candidate *candidate, size_t index)
{
	return found(candidate, index)->bytes;
}

MEMHP_EXPORT unsigned int memhp_candidate_get_finding_weight(const struct memhp_candidate *candidate, size_t index)
{
	return found(candidate, index)->weight;
}

MEMHP_EXPORT enum memhp_evidence memhp_candidate_get_finding_evidence(const struct memhp_candidate *candidate, size_t index)
{
	return found(candidate, index)->evidence;
}

MEMHP_EXPORT bool memhp_candidate_has_usage(const struct memhp_candidate *candidate)
{
	return candidate->has_usage;
}

MEMHP_EXPORT uint64_t memhp_candidate_get_bytes(const struct memhp_candidate *candidate, enum memhp_page_kind kind)
{
	return (size_t)kind < NUM_PAGE_KINDS ? candidate->usage.pages[kind] * candidate->page_size : 0;
}

static uint64_t sum(const struct memhp_candidate *candidate, enum memhp_page_kind first, enum memhp_page_kind last)
{
	uint64_t bytes = 0;

	for (unsigned int kind = first; kind <= last; kind++)
		bytes += memhp_candidate_get_bytes(candidate, kind);
	return bytes;
}

/* ZONE_MOVABLE has no pages of the kernel: what looks like one has only been taken off its list for a moment. */
MEMHP_EXPORT uint64_t memhp_candidate_get_move_bytes(const struct memhp_candidate *candidate)
{
	uint64_t bytes = sum(candidate, MEMHP_PAGE_KIND_FILE, MEMHP_PAGE_KIND_HUGE);

	if (candidate->huge_is_free)
		bytes -= memhp_candidate_get_bytes(candidate, MEMHP_PAGE_KIND_HUGE);
	return candidate->zone == MEMHP_ZONE_MOVABLE ? bytes + sum(candidate, MEMHP_PAGE_KIND_OTHER, MEMHP_PAGE_KIND_SLAB) : bytes;
}

MEMHP_EXPORT uint64_t memhp_candidate_get_fixed_bytes(const struct memhp_candidate *candidate)
{
	enum memhp_page_kind first = candidate->zone == MEMHP_ZONE_MOVABLE ? MEMHP_PAGE_KIND_RESERVED : MEMHP_PAGE_KIND_OTHER;

	return sum(candidate, first, MEMHP_PAGE_KIND_HOLE);
}

MEMHP_EXPORT uint64_t memhp_candidate_get_room_bytes(const struct memhp_candidate *candidate)
{
	return candidate->room;
}

MEMHP_EXPORT enum memhp_page_kind memhp_candidate_get_slice(const struct memhp_candidate *candidate, unsigned int index)
{
	return index < candidate->num_slices ? candidate->slices[index] : 0;
}
