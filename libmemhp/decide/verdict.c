/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what is known of a block to findings, a score and a verdict. */
#include "decide/verdict.h"

#include "decide/candidate.h"
#include "read/facts.h"
#include "read/huge-pages.h"
#include "read/machine.h"
#include "spans.h"
#include "util.h"

/* In percent: how likely each is alone to keep a block online. What makes a verdict certain is in add_certain(). */
enum {
	WEIGHT_CMA = 99,
	WEIGHT_CRASH_KERNEL = 99,
	WEIGHT_KERNEL_PAGES = 98,
	WEIGHT_LIKELY_BOOT = 97,
	WEIGHT_OTHER_FEW = 40,
	WEIGHT_OTHER_MANY = 95,
	WEIGHT_NO_ROOM = 90,
	WEIGHT_GIGANTIC = 70,
	WEIGHT_OFFLINE_PAGES = 50,
	WEIGHT_STATE_UNKNOWN = 90,
	WEIGHT_ZONE_UNKNOWN = 60,
	WEIGHT_PAGES_UNSEEN = 60,
	WEIGHT_MOVABLE_UNSEEN = 20,
	WEIGHT_PERHAPS_BOOT = 30,
	WEIGHT_LITTLE_ROOM = 30,
	WEIGHT_HUGE_PAGES = 25,
	WEIGHT_CMA_SOMEWHERE = 25,
	WEIGHT_VIRTUAL_OFFLINE = 10,
	WEIGHT_HOLES_UNSEEN = 5,
	WEIGHT_FREE_HUGE_PAGES = 5,
	WEIGHT_HWPOISON = 5,
	WEIGHT_KERNEL_ZONE = 5,
	WEIGHT_IN_USE = 10, /* of a block that is full */

	SCORE_CAN_GO = 80,
};

/* So many pages without a known use are no per-CPU free list any more. */
#define OTHER_MANY 512

struct judgement {
	struct memhp_candidate *candidate;
	const struct facts *facts;
};

static void add(struct judgement *judgement, enum memhp_finding_code code, unsigned int weight, uint64_t bytes,
		enum memhp_evidence evidence)
{
	struct memhp_candidate *candidate = judgement->candidate;
	struct memhp_finding finding = { .bytes = bytes, .code = code, .weight = (uint8_t)weight, .evidence = evidence };
	size_t at = candidate->num_findings;

	if (at == MAX_FINDINGS)
		return;
	for (; at > 0 && candidate->findings[at - 1].weight < weight; at--)
		candidate->findings[at] = candidate->findings[at - 1];
	candidate->findings[at] = finding;
	candidate->num_findings++;
}

static uint64_t bytes_of(const struct judgement *judgement, enum memhp_page_kind kind)
{
	return judgement->candidate->usage.pages[kind] * judgement->candidate->page_size;
}

static uint64_t last_page(const struct memhp_candidate *candidate)
{
	return candidate->first_page + candidate->num_pages - 1;
}

static uint64_t covered_bytes(const struct judgement *judgement, const struct spans *spans)
{
	const struct memhp_candidate *candidate = judgement->candidate;

	return memhp__spans_cover(spans, candidate->first_page, last_page(candidate)) * candidate->page_size;
}

static bool is_movable(const struct judgement *judgement)
{
	return judgement->candidate->zone == MEMHP_ZONE_MOVABLE;
}

/*
 * Memory of devices (virtio-mem, dax) is not in the firmware's map, nor need the map know every page that the kernel has set
 * aside: with it a block that it does not know at all, or knows wholly, may still be either.
 */
static void find_holes(struct judgement *judgement)
{
	const struct facts *facts = judgement->facts;
	enum memhp_evidence source = facts->ram_evidence;
	uint64_t size = judgement->candidate->num_pages * judgement->candidate->page_size;
	uint64_t covered = covered_bytes(judgement, &facts->ram);
	bool by_iomem = source == MEMHP_EVIDENCE_IOMEM;

	if (facts->error[source] == 0 && covered < size && (by_iomem || covered > 0))
		add(judgement, MEMHP_FINDING_CODE_HOLE, 100, size - covered, source);
	else if (judgement->candidate->has_usage && bytes_of(judgement, MEMHP_PAGE_KIND_HOLE))
		add(judgement, MEMHP_FINDING_CODE_HOLE, 100, bytes_of(judgement, MEMHP_PAGE_KIND_HOLE), MEMHP_EVIDENCE_PAGE_FLAGS);
	else if (!by_iomem && (facts->error[source] < 0 || covered == 0))
		add(judgement, MEMHP_FINDING_CODE_HOLES_UNSEEN, WEIGHT_HOLES_UNSEEN, 0, MEMHP_EVIDENCE_IOMEM);
}

/*
 * How likely arm64 booted with a block, in percent, where no device tree tells. A DIMM may have been there at boot or not, and
 * what one booted with is rarely all movable.
 */
static unsigned int weight_of_boot(const struct judgement *judgement)
{
	switch (judgement->candidate->source) {
	case MEMHP_SOURCE_KIND_VIRTIO_MEM:
	case MEMHP_SOURCE_KIND_DAX:
	case MEMHP_SOURCE_KIND_BALLOON:
		return 0;
	case MEMHP_SOURCE_KIND_DIMM:
		return WEIGHT_PERHAPS_BOOT;
	default:
		return is_movable(judgement) ? WEIGHT_PERHAPS_BOOT : WEIGHT_LIKELY_BOOT;
	}
}

static void find_boot_memory(struct judgement *judgement)
{
	const struct facts *facts = judgement->facts;
	uint64_t boot = covered_bytes(judgement, &facts->boot);
	unsigned int likely = weight_of_boot(judgement);

	if (facts->arch != ARCH_ARM64)
		return;
	if (boot)
		add(judgement, MEMHP_FINDING_CODE_BOOT_MEMORY, 100, boot, MEMHP_EVIDENCE_DEVICE_TREE);
	else if (likely && facts->error[MEMHP_EVIDENCE_DEVICE_TREE] < 0 && covered_bytes(judgement, &facts->virtual_ram) == 0 &&
		 covered_bytes(judgement, &facts->not_boot) == 0)
		add(judgement, MEMHP_FINDING_CODE_LIKELY_BOOT, likely, 0, MEMHP_EVIDENCE_DEVICE_TREE);
}

/* What makes it certain that a block stays online */
static void find_structure(struct judgement *judgement)
{
	const struct facts *facts = judgement->facts;
	const struct memhp_candidate *candidate = judgement->candidate;
	uint64_t reserved = bytes_of(judgement, MEMHP_PAGE_KIND_RESERVED);

	if (facts->no_hotremove)
		add(judgement, MEMHP_FINDING_CODE_NO_HOTREMOVE, 100, 0, MEMHP_EVIDENCE_BLOCK);
	if (candidate->zone == MEMHP_ZONE_NONE || candidate->has_several_nodes)
		add(judgement, MEMHP_FINDING_CODE_SEVERAL_ZONES, 100, 0, MEMHP_EVIDENCE_BLOCK);
	find_holes(judgement);
	find_boot_memory(judgement);
	if (candidate->has_usage && reserved)
		add(judgement, MEMHP_FINDING_CODE_RESERVED, 100, reserved, MEMHP_EVIDENCE_PAGE_FLAGS);
	if (candidate->first_page * candidate->page_size < facts->crash_size)
		add(judgement, MEMHP_FINDING_CODE_CRASH_KERNEL, WEIGHT_CRASH_KERNEL, 0, MEMHP_EVIDENCE_CRASH_KERNEL);
}

static void find_cma(struct judgement *judgement)
{
	const struct facts *facts = judgement->facts;
	uint64_t cma = covered_bytes(judgement, &facts->cma);

	if (cma)
		add(judgement, MEMHP_FINDING_CODE_CMA, WEIGHT_CMA, cma, MEMHP_EVIDENCE_CMA);
	else if (facts->cma_size && facts->cma.num == 0 && !is_movable(judgement))
		add(judgement, MEMHP_FINDING_CODE_CMA_SOMEWHERE, WEIGHT_CMA_SOMEWHERE,
		    facts->cma_size == UINT64_MAX ? 0 : facts->cma_size, MEMHP_EVIDENCE_CMA);
}

/* From a page that may well be free to so many that they are the kernel's */
static unsigned int weight_of_others(uint64_t pages)
{
	unsigned int doublings = 63 - (unsigned int)__builtin_clzll(pages), most = 63 - (unsigned int)__builtin_clzll(OTHER_MANY);

	if (pages >= OTHER_MANY)
		return WEIGHT_OTHER_MANY;
	return WEIGHT_OTHER_FEW + (WEIGHT_OTHER_MANY - WEIGHT_OTHER_FEW) * doublings / most;
}

/* ZONE_MOVABLE has none of these, whatever the flags look like. */
static void find_kernel_pages(struct judgement *judgement)
{
	uint64_t slab = bytes_of(judgement, MEMHP_PAGE_KIND_SLAB), tables = bytes_of(judgement, MEMHP_PAGE_KIND_TABLE);
	uint64_t others = judgement->candidate->usage.pages[MEMHP_PAGE_KIND_OTHER];

	if (slab)
		add(judgement, MEMHP_FINDING_CODE_SLAB, WEIGHT_KERNEL_PAGES, slab, MEMHP_EVIDENCE_PAGE_FLAGS);
	if (tables)
		add(judgement, MEMHP_FINDING_CODE_PAGE_TABLES, WEIGHT_KERNEL_PAGES, tables, MEMHP_EVIDENCE_PAGE_FLAGS);
	if (others)
		add(judgement, MEMHP_FINDING_CODE_OTHER_PAGES, weight_of_others(others), others * judgement->candidate->page_size,
		    MEMHP_EVIDENCE_PAGE_FLAGS);
}

static void find_odd_pages(struct judgement *judgement)
{
	const struct memhp_candidate *candidate = judgement->candidate;
	uint64_t gigantic = candidate->usage.gigantic * candidate->page_size,
		 offline = bytes_of(judgement, MEMHP_PAGE_KIND_OFFLINE);
	uint64_t huge = bytes_of(judgement, MEMHP_PAGE_KIND_HUGE), poisoned = bytes_of(judgement, MEMHP_PAGE_KIND_HWPOISON);

	if (huge && candidate->huge_is_free)
		add(judgement, MEMHP_FINDING_CODE_FREE_HUGE_PAGES, WEIGHT_FREE_HUGE_PAGES, huge, MEMHP_EVIDENCE_PAGE_FLAGS);
	else if (gigantic)
		add(judgement, MEMHP_FINDING_CODE_GIGANTIC, WEIGHT_GIGANTIC, gigantic, MEMHP_EVIDENCE_PAGE_FLAGS);
	if (huge > gigantic && !candidate->huge_is_free)
		add(judgement, MEMHP_FINDING_CODE_HUGE_PAGES, WEIGHT_HUGE_PAGES, huge - gigantic, MEMHP_EVIDENCE_PAGE_FLAGS);
	/* virtio-mem lets go of what it has taken; most balloons do not. */
	if (offline)
		add(judgement, MEMHP_FINDING_CODE_OFFLINE_PAGES,
		    covered_bytes(judgement, &judgement->facts->virtual_ram) ? WEIGHT_VIRTUAL_OFFLINE : WEIGHT_OFFLINE_PAGES,
		    offline, MEMHP_EVIDENCE_PAGE_FLAGS);
	if (poisoned)
		add(judgement, MEMHP_FINDING_CODE_HWPOISON, WEIGHT_HWPOISON, poisoned, MEMHP_EVIDENCE_PAGE_FLAGS);
}

static void find_use(struct judgement *judgement)
{
	struct memhp_candidate *candidate = judgement->candidate;
	const struct facts *facts = judgement->facts;
	uint64_t size = candidate->num_pages * candidate->page_size, move = memhp__candidate_move_bytes(candidate);
	uint64_t room = candidate->room;
	/* Whether huge pages are in use is not known, and they have findings of their own. */
	uint64_t used = candidate->huge_is_free ? move : move - bytes_of(judgement, MEMHP_PAGE_KIND_HUGE);

	if (move && room != UINT64_MAX && move > room + facts->swap_free)
		add(judgement, MEMHP_FINDING_CODE_NO_ROOM, WEIGHT_NO_ROOM, move, MEMHP_EVIDENCE_MEMINFO);
	else if (move && room != UINT64_MAX && move + move / 4 > room)
		add(judgement, MEMHP_FINDING_CODE_LITTLE_ROOM, WEIGHT_LITTLE_ROOM, move, MEMHP_EVIDENCE_MEMINFO);
	if (used)
		add(judgement, MEMHP_FINDING_CODE_IN_USE, (unsigned int)(1 + (WEIGHT_IN_USE - 1) * used / size), used,
		    MEMHP_EVIDENCE_PAGE_FLAGS);
	else if (!move && !memhp__candidate_fixed_bytes(candidate))
		add(judgement, MEMHP_FINDING_CODE_EMPTY, 0, 0, MEMHP_EVIDENCE_PAGE_FLAGS);
}

static void find_in_pages(struct judgement *judgement)
{
	struct memhp_candidate *candidate = judgement->candidate;
	uint64_t available = judgement->facts->available, free = bytes_of(judgement, MEMHP_PAGE_KIND_FREE);

	candidate->room = available == UINT64_MAX ? UINT64_MAX : available > free ? available - free : 0;
	if (!candidate->has_usage) {
		add(judgement, MEMHP_FINDING_CODE_PAGES_UNSEEN, is_movable(judgement) ? WEIGHT_MOVABLE_UNSEEN : WEIGHT_PAGES_UNSEEN,
		    0, MEMHP_EVIDENCE_PAGE_FLAGS);
		return;
	}
	if (!is_movable(judgement))
		find_kernel_pages(judgement);
	find_odd_pages(judgement);
	find_use(judgement);
}

/* The chance that none of the findings keeps the block online, as if they had nothing to do with each other */
static void conclude(struct memhp_candidate *candidate, bool is_known)
{
	double chance = 100;

	for (size_t i = 0; i < candidate->num_findings; i++)
		chance = chance * (100 - candidate->findings[i].weight) / 100;
	candidate->score = (uint8_t)(chance + 0.5);
	candidate->certainty = candidate->has_usage ? MEMHP_CERTAINTY_LIKELY : MEMHP_CERTAINTY_GUESS;
	if (candidate->findings[0].weight == 100) {
		candidate->score = 0;
		candidate->verdict = MEMHP_VERDICT_WILL_NOT;
		candidate->certainty = MEMHP_CERTAINTY_SURE;
		return;
	}
	if (candidate->score == 0)
		candidate->score = 1;
	if (!is_known)
		candidate->verdict = MEMHP_VERDICT_CANNOT_TELL;
	else if (candidate->has_usage && candidate->score >= SCORE_CAN_GO)
		candidate->verdict = MEMHP_VERDICT_CAN_GO;
	else
		candidate->verdict = MEMHP_VERDICT_MAY_GO;
}

void memhp__verdict_judge(struct memhp_candidate *candidate, const struct facts *facts)
{
	struct judgement judgement = { candidate, facts };

	candidate->num_findings = 0;
	candidate->room = UINT64_MAX;
	/* s390 and loongarch do not give up even a free one; these do. */
	candidate->huge_is_free = facts->huge_pools && (facts->arch == ARCH_X86 || facts->arch == ARCH_ARM64) &&
				  memhp__huge_pools_are_free(facts->huge_pools, candidate->node);
	if (candidate->state != MEMHP_STATE_ONLINE) {
		bool unknown = candidate->state == MEMHP_STATE_UNKNOWN;

		add(&judgement, unknown ? MEMHP_FINDING_CODE_STATE_UNKNOWN : MEMHP_FINDING_CODE_NOT_ONLINE, WEIGHT_STATE_UNKNOWN, 0,
		    MEMHP_EVIDENCE_BLOCK);
		conclude(candidate, false);
		return;
	}
	find_structure(&judgement);
	find_cma(&judgement);
	if (candidate->zone == MEMHP_ZONE_UNKNOWN)
		add(&judgement, MEMHP_FINDING_CODE_ZONE_UNKNOWN, WEIGHT_ZONE_UNKNOWN, 0, MEMHP_EVIDENCE_BLOCK);
	else if (!is_movable(&judgement) && candidate->zone != MEMHP_ZONE_NONE)
		add(&judgement, MEMHP_FINDING_CODE_KERNEL_ZONE, WEIGHT_KERNEL_ZONE, 0, MEMHP_EVIDENCE_BLOCK);
	find_in_pages(&judgement);
	conclude(candidate, candidate->zone != MEMHP_ZONE_UNKNOWN && (candidate->has_usage || is_movable(&judgement)));
}
