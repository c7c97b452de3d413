/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What pages are used for, from the words of /proc/kpageflags. */
#include "read/pageflags.h"

/* All that makes a difference here: pages that differ in nothing else are counted together. */
#define MEANINGFUL                                                                                                                 \
	(KPF(LRU) | KPF(SLAB) | KPF(BUDDY) | KPF(ANON) | KPF(COMPOUND_HEAD) | KPF(HUGE) | KPF(HWPOISON) | KPF(NOPAGE) | KPF(THP) | \
	 KPF(OFFLINE) | KPF(PGTABLE) | KPF(RESERVED) | KPF(OWNER_PRIVATE))

/* The order matters: what the kernel looks at first when it isolates a block, comes first. */
static enum memhp_page_kind kind_of(uint64_t flags)
{
	if (flags & KPF(NOPAGE))
		return MEMHP_PAGE_KIND_HOLE;
	if (flags & KPF(RESERVED))
		return MEMHP_PAGE_KIND_RESERVED;
	if (flags & KPF(HWPOISON))
		return MEMHP_PAGE_KIND_HWPOISON;
	if (flags & KPF(OFFLINE))
		return MEMHP_PAGE_KIND_OFFLINE;
	if (flags & KPF(BUDDY))
		return MEMHP_PAGE_KIND_FREE;
	if (flags & KPF(HUGE))
		return MEMHP_PAGE_KIND_HUGE;
	if (flags & KPF(SLAB))
		return MEMHP_PAGE_KIND_SLAB;
	if (flags & KPF(PGTABLE))
		return MEMHP_PAGE_KIND_TABLE;
	/* A page of a process that is on no list is on its way to one. */
	if (flags & KPF(ANON))
		return MEMHP_PAGE_KIND_ANON;
	return flags & (KPF(LRU) | KPF(THP)) ? MEMHP_PAGE_KIND_FILE : MEMHP_PAGE_KIND_OTHER;
}

/* Where runs are long the time goes here, so eight pages are compared at once. */
static size_t run_length(const uint64_t *flags, size_t num)
{
	uint64_t first = flags[0];
	size_t n = 1;

	while (n < num && n < 4 && !((flags[n] ^ first) & MEANINGFUL))
		n++;
	if (n < 4)
		return n;
	for (; n + 8 <= num; n += 8) {
		const uint64_t *p = flags + n;
		uint64_t low = (p[0] ^ first) | (p[1] ^ first) | (p[2] ^ first) | (p[3] ^ first);
		uint64_t high = (p[4] ^ first) | (p[5] ^ first) | (p[6] ^ first) | (p[7] ^ first);

		if ((low | high) & MEANINGFUL)
			break;
	}
	while (n < num && !((flags[n] ^ first) & MEANINGFUL))
		n++;
	return n;
}

/* The largest page that the page allocator can have contiguous: what is larger is gigantic. */
static uint64_t max_buddy_pages(uint64_t page_size)
{
	return page_size <= 4096 ? 1024 : page_size <= 16384 ? 2048 : 8192;
}

static void end_huge(struct page_scan *scan)
{
	/* Huge pages are aligned to their size, so one that begins before the block is larger than the block. */
	if (scan->huge_is_cut || scan->huge > max_buddy_pages(scan->page_size))
		scan->usage->gigantic += (uint32_t)scan->huge;
	scan->huge = 0;
	scan->huge_is_cut = false;
}

static void add_huge(struct page_scan *scan, uint64_t flags, size_t length)
{
	if (flags & KPF(COMPOUND_HEAD))
		end_huge(scan);
	else if (scan->huge == 0)
		scan->huge_is_cut = scan->at == 0;
	scan->huge += length;
}

static void mark_slices(struct page_scan *scan, enum memhp_page_kind kind, size_t length)
{
	uint64_t slice = scan->at * scan->num_slices / scan->num_pages;
	uint64_t last = ((scan->at + length) * scan->num_slices - 1) / scan->num_pages;

	for (; slice <= last; slice++)
		if (scan->slices[slice] < kind)
			scan->slices[slice] = kind;
}

void memhp__page_scan_add(struct page_scan *scan, const uint64_t *flags, size_t num)
{
	for (size_t i = 0, length; i < num; i += length) {
		enum memhp_page_kind kind = kind_of(flags[i]);

		length = run_length(flags + i, num - i);
		scan->usage->pages[kind] += (uint32_t)length;
		if (kind == MEMHP_PAGE_KIND_HUGE)
			add_huge(scan, flags[i], length);
		else
			end_huge(scan);
		if (scan->num_slices)
			mark_slices(scan, kind, length);
		if (scan->at == 0)
			scan->first = flags[i] & MEANINGFUL;
		if (scan->at == scan->lead && (flags[i] & MEANINGFUL) == scan->first)
			scan->lead += length;
		scan->at += length;
	}
}

/*
 * How many pages at the beginning are the block's own memory map, 0 for none. It is reserved until Linux 6.10; since 5.18 it has a
 * mark of its own, which stays alone from 6.11 on. Without the mark its length has to fit: boot memory may begin reserved, too.
 */
static uint64_t count_memmap(const struct page_scan *scan, bool rounded)
{
	const uint64_t struct_page = 64;
	uint64_t pages = (scan->num_pages * struct_page + scan->page_size - 1) / scan->page_size;
	enum memhp_page_kind kind = kind_of(scan->first);

	if (scan->lead < pages || scan->lead == scan->num_pages ||
	    (kind != MEMHP_PAGE_KIND_RESERVED && kind != MEMHP_PAGE_KIND_OTHER))
		return 0;
	if (scan->first & KPF(OWNER_PRIVATE))
		return scan->lead;
	if (kind != MEMHP_PAGE_KIND_RESERVED)
		return 0;
	return scan->lead == pages || (rounded && (scan->lead & (scan->lead - 1)) == 0) ? scan->lead : 0;
}

void memhp__page_scan_end(struct page_scan *scan, bool memmap, bool rounded)
{
	uint64_t pages = memmap ? count_memmap(scan, rounded) : 0;

	end_huge(scan);
	scan->usage->pages[kind_of(scan->first)] -= (uint32_t)pages;
	scan->usage->pages[MEMHP_PAGE_KIND_MEMMAP] += (uint32_t)pages;
	for (size_t i = 0; i < scan->num_slices && (i + 1) * scan->num_pages <= pages * scan->num_slices; i++)
		scan->slices[i] = MEMHP_PAGE_KIND_MEMMAP;
}
