/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the flags of pages (/proc/kpageflags) say of their use. Pure. */
#ifndef MEMHP_PAGEFLAGS_H
#define MEMHP_PAGEFLAGS_H

#include "nums.h"
#include "libmemhp.h"

/* Bits of /proc/kpageflags, which are part of the kernel's interface; those from 32 on are meant for its developers. */
enum {
	KPF_LRU = 5,
	KPF_SLAB = 7,
	KPF_BUDDY = 10,
	KPF_ANON = 12,
	KPF_COMPOUND_HEAD = 15,
	KPF_HUGE = 17,
	KPF_HWPOISON = 19,
	KPF_NOPAGE = 20,
	KPF_THP = 22,
	KPF_OFFLINE = 23,
	KPF_PGTABLE = 26,
	KPF_RESERVED = 32,
	KPF_OWNER_PRIVATE = 37,
};
#define KPF(bit) (UINT64_C(1) << KPF_##bit)

struct page_usage {
	uint32_t pages[NUM_PAGE_KINDS];
	uint32_t gigantic; /* so many of the huge ones */
};

/* The pages of one block, on their way into a usage */
struct page_scan {
	struct page_usage *usage;
	uint8_t *slices; /* heaviest kind of each; none when there are no slices */
	size_t num_slices;
	uint64_t num_pages, page_size;

	/* The rest is the scan's own. */
	uint64_t at;
	uint64_t huge;        /* pages of the huge page under way */
	bool huge_is_cut;     /* which began before the block */
	uint64_t lead, first; /* how many pages at the beginning are like the first one, and the flags of that */
};

void memhp__page_scan_add(struct page_scan *scan, const uint64_t *flags, size_t num);

/*
 * `memmap` says whether the blocks of this machine may hold their own memory map at their beginning, which is marked as reserved
 * but goes with the block; `rounded` whether it may be longer than it has to be.
 */
void memhp__page_scan_end(struct page_scan *scan, bool memmap, bool rounded);

#endif
