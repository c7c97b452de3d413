/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings in words for people. */
#include <string.h>

#include "ui/nums.h"
#include "explain/explain.h"
#include "ui/format.h"
#include "ui/xalloc.h"

#define UNLIKELY 20

/* An @ stands for how much. */
static const struct {
	const char *brief, *sentence;
} words[] = {
	[MEMHP_FINDING_CODE_SEVERAL_ZONES] = { "several zones or nodes",
					       "it spans several zones or NUMA nodes, and the kernel never takes "
					       "such a block offline" },
	[MEMHP_FINDING_CODE_HOLE] = { "memory hole of @",
				      "@ of it is no memory, and the kernel never takes a block with a hole offline" },
	[MEMHP_FINDING_CODE_BOOT_MEMORY] = { "boot memory",
					     "the machine booted with it, and an arm64 kernel never takes such memory offline" },
	[MEMHP_FINDING_CODE_RESERVED] = { "@ reserved", "@ is reserved, since boot or by a driver, and cannot be moved" },
	[MEMHP_FINDING_CODE_CMA] = { "@ of CMA",
				     "@ belongs to a contiguous memory area (CMA), which the kernel does not take offline" },
	[MEMHP_FINDING_CODE_CRASH_KERNEL] = { "crash kernel",
					      "a crash kernel starts there, and s390 keeps that memory online while there is one" },
	[MEMHP_FINDING_CODE_SLAB] = { "@ slab", "@ is slab, the kernel's own objects, which cannot be moved" },
	[MEMHP_FINDING_CODE_PAGE_TABLES] = { "@ page tables", "@ is page tables, which cannot be moved" },
	[MEMHP_FINDING_CODE_LIKELY_BOOT] = { "boot memory, most likely",
					     "most likely the machine booted with it, and an arm64 kernel "
					     "never takes such memory offline" },
	[MEMHP_FINDING_CODE_OTHER_PAGES] = { "@ kernel or unknown", "@ is the kernel's, or free in a per-CPU list: the kernel "
								    "does not tell which" },
	[MEMHP_FINDING_CODE_NO_ROOM] = { "no room for @", "@ must be moved and does not fit elsewhere: offlining would not end" },
	[MEMHP_FINDING_CODE_GIGANTIC] = { "@ gigantic pages",
					  "@ is gigantic huge pages, free or in use: those in use need free ones elsewhere, "
					  "those that are free are lost with the block" },
	[MEMHP_FINDING_CODE_OFFLINE_PAGES] = { "@ ballooned",
					       "@ was taken by a balloon or another driver, which has to let go of it" },
	[MEMHP_FINDING_CODE_LITTLE_ROOM] = { "little room for @",
					     "@ must be moved and fits elsewhere only just, or with the help of swap" },
	[MEMHP_FINDING_CODE_HUGE_PAGES] = { "@ huge pages",
					    "@ is huge pages, free or in use: those in use need contiguous memory elsewhere, "
					    "those that are free are lost with the block" },
	[MEMHP_FINDING_CODE_CMA_SOMEWHERE] = { "CMA, maybe here",
					       "this machine has contiguous memory areas (CMA), which the kernel does "
					       "not take offline, and where they are is not known" },
	[MEMHP_FINDING_CODE_HWPOISON] = { "@ has memory errors", "@ has hardware memory errors: once offline, the block "
								 "does not come online again until it was removed and added" },
	[MEMHP_FINDING_CODE_KERNEL_ZONE] = { "kernel zone",
					     "the kernel may use it for itself at any time, for it is in a kernel zone" },
	[MEMHP_FINDING_CODE_IN_USE] = { "@ to be moved", "@ is in use and must be moved" },
	[MEMHP_FINDING_CODE_EMPTY] = { "empty", "nothing of it is in use" },
	[MEMHP_FINDING_CODE_NOT_ONLINE] = { "not online", "it is not online" },
	[MEMHP_FINDING_CODE_STATE_UNKNOWN] = { "state unknown", "its state cannot be read or understood" },
	[MEMHP_FINDING_CODE_ZONE_UNKNOWN] = { "zone unknown", "its zone cannot be read or understood" },
	[MEMHP_FINDING_CODE_PAGES_UNSEEN] = { "pages not seen", "what its pages are used for is not known" },
	[MEMHP_FINDING_CODE_HOLES_UNSEEN] = { "holes not seen", "whether there is memory everywhere in it is not known" },
	[MEMHP_FINDING_CODE_FREE_HUGE_PAGES] = { "@ free huge pages",
						 "@ is huge pages, all of them free: they are lost with the block" },
	[MEMHP_FINDING_CODE_NO_HOTREMOVE] = { "no HOTREMOVE",
					      "this kernel was built without CONFIG_MEMORY_HOTREMOVE: no block goes offline" },
};

/* The library may be newer and find what this program has no sentence for: then the word stands for it. */
static char *say(enum memhp_finding_code code, uint64_t size, bool brief, bool bytes)
{
	const char *text, *at;
	char amount[SIZE_TEXT_MAX];

	if ((size_t)code < ARRAY_SIZE(words))
		text = brief ? words[code].brief : words[code].sentence;
	else
		text = memhp_finding_code_name(code);
	at = strchr(text, '@');
	if (!at)
		return xstrdup(text);
	return xasprintf("%.*s%s%s%s", (int)(at - text), text, format_amount(size, bytes, amount), bytes && !brief ? " bytes" : "",
			 at + 1);
}

char *explain_short(enum memhp_finding_code code, uint64_t amount, bool bytes)
{
	return say(code, amount, true, bytes);
}

char *explain_sentence(const struct memhp_finding *finding, bool bytes)
{
	return say(memhp_finding_get_code(finding), memhp_finding_get_bytes(finding), false, bytes);
}

size_t explain_count_such(const struct memhp_assessment *assessment, bool (*is_one)(const struct memhp_candidate *candidate))
{
	const struct memhp_candidate *candidate;
	size_t num = 0;

	for (size_t i = 0; (candidate = memhp_assessment_get_candidate(assessment, i)); i++)
		num += is_one(candidate);
	return num;
}

bool explain_is_unlikely(const struct memhp_candidate *candidate)
{
	return memhp_candidate_get_verdict(candidate) == MEMHP_VERDICT_MAY_GO && memhp_candidate_get_score(candidate) < UNLIKELY;
}

bool explain_has_pages(const struct memhp_candidate *candidate)
{
	return memhp_candidate_get_bytes(candidate, MEMHP_PAGE_KIND_FREE) != UINT64_MAX;
}

size_t explain_count(const struct explain *explain, enum memhp_verdict verdict)
{
	const struct memhp_candidate *candidate;
	size_t num = 0;

	for (size_t i = 0; (candidate = memhp_assessment_get_candidate(explain->assessment, i)); i++)
		num += memhp_candidate_get_verdict(candidate) == verdict;
	return num;
}

bool explain_is_offline(const struct memhp_candidate *candidate)
{
	return memhp_block_get_state(memhp_candidate_get_block(candidate)) == MEMHP_STATE_OFFLINE;
}

const char *explain_verdict(const struct memhp_candidate *candidate)
{
	if (explain_is_offline(candidate))
		return "already offline";
	switch (memhp_candidate_get_verdict(candidate)) {
	case MEMHP_VERDICT_CAN_GO:
		return "can go";
	case MEMHP_VERDICT_MAY_GO:
		return explain_is_unlikely(candidate) ? "unlikely" : "may go";
	case MEMHP_VERDICT_WILL_NOT:
		return "will not";
	case MEMHP_VERDICT_CANNOT_TELL:
		break;
	}
	return "cannot tell";
}

const char *explain_color(const struct memhp_candidate *candidate)
{
	switch (memhp_candidate_get_verdict(candidate)) {
	case MEMHP_VERDICT_CAN_GO:
		return COLOR_GOOD;
	case MEMHP_VERDICT_MAY_GO:
		return explain_is_unlikely(candidate) ? COLOR_CARE : COLOR_OTHER;
	case MEMHP_VERDICT_WILL_NOT:
	case MEMHP_VERDICT_CANNOT_TELL:
		break;
	}
	return NULL;
}

const char *explain_evidence(enum memhp_evidence evidence)
{
	switch (evidence) {
	case MEMHP_EVIDENCE_IOMEM:
	case MEMHP_EVIDENCE_MEMMAP:
		return "where there are holes in memory";
	case MEMHP_EVIDENCE_PAGE_FLAGS:
		return "what pages are used for";
	case MEMHP_EVIDENCE_MEMINFO:
		return "how much memory is available elsewhere";
	case MEMHP_EVIDENCE_CMA:
		return "where contiguous memory areas are";
	case MEMHP_EVIDENCE_DEVICE_TREE:
		return "which memory the machine booted with";
	case MEMHP_EVIDENCE_CRASH_KERNEL:
		return "how much a crash kernel needs";
	case MEMHP_EVIDENCE_BLOCK:
		break;
	}
	return "the state of blocks";
}

const char *explain_kind(enum memhp_page_kind kind)
{
	static const char *const kinds[NUM_PAGE_KINDS] = {
		[MEMHP_PAGE_KIND_FREE] = "free",         [MEMHP_PAGE_KIND_MEMMAP] = "own memory map",
		[MEMHP_PAGE_KIND_FILE] = "files",        [MEMHP_PAGE_KIND_ANON] = "processes",
		[MEMHP_PAGE_KIND_HUGE] = "huge pages",   [MEMHP_PAGE_KIND_HWPOISON] = "memory errors",
		[MEMHP_PAGE_KIND_OFFLINE] = "ballooned", [MEMHP_PAGE_KIND_OTHER] = "kernel or unknown",
		[MEMHP_PAGE_KIND_TABLE] = "page tables", [MEMHP_PAGE_KIND_SLAB] = "slab",
		[MEMHP_PAGE_KIND_RESERVED] = "reserved", [MEMHP_PAGE_KIND_HOLE] = "hole",
	};

	return (size_t)kind < NUM_PAGE_KINDS && kinds[kind] ? kinds[kind] : "unknown";
}

char explain_map_char(enum memhp_page_kind kind)
{
	static const char chars[NUM_PAGE_KINDS] = {
		[MEMHP_PAGE_KIND_FREE] = '.',    [MEMHP_PAGE_KIND_MEMMAP] = 'm',   [MEMHP_PAGE_KIND_FILE] = 'f',
		[MEMHP_PAGE_KIND_ANON] = 'a',    [MEMHP_PAGE_KIND_HUGE] = 'h',     [MEMHP_PAGE_KIND_HWPOISON] = '!',
		[MEMHP_PAGE_KIND_OFFLINE] = 'o', [MEMHP_PAGE_KIND_OTHER] = 'K',    [MEMHP_PAGE_KIND_TABLE] = 'T',
		[MEMHP_PAGE_KIND_SLAB] = 'S',    [MEMHP_PAGE_KIND_RESERVED] = 'R', [MEMHP_PAGE_KIND_HOLE] = '-',
	};

	return (size_t)kind < sizeof(chars) && chars[kind] ? chars[kind] : '?';
}

void explain_map(const struct memhp_candidate *candidate, char map[MAP_SLICES + 1])
{
	unsigned int num = explain_has_pages(candidate) ? MAP_SLICES : 0;

	for (unsigned int i = 0; i < num; i++)
		map[i] = explain_map_char(memhp_candidate_get_slice(candidate, i));
	map[num] = '\0';
}
