// SPDX-License-Identifier: LGPL-2.1-or-later
#include "read/pageflags.h"
#include "unit.h"

#define NUM 4096

static const struct {
	uint64_t flags;
	enum memhp_page_kind kind;
} kinds[] = {
	/* free: in the allocator's lists, whatever order; a per-CPU list shows nothing */
	{ KPF(BUDDY), MEMHP_PAGE_KIND_FREE },
	{ 0, MEMHP_PAGE_KIND_OTHER },
	/* movable: page cache, tmpfs, memory of processes, transparent huge pages with their tails */
	{ KPF(LRU) | 0x868, MEMHP_PAGE_KIND_FILE },
	{ KPF(LRU) | 0x4008, MEMHP_PAGE_KIND_FILE },
	{ KPF(LRU) | KPF(ANON), MEMHP_PAGE_KIND_ANON },
	{ KPF(LRU) | KPF(ANON) | KPF(THP) | KPF(COMPOUND_HEAD), MEMHP_PAGE_KIND_ANON },
	{ KPF(THP) | KPF(ANON) | 0x10000, MEMHP_PAGE_KIND_ANON },
	{ KPF(THP) | 0x10000, MEMHP_PAGE_KIND_FILE },
	{ KPF(ANON), MEMHP_PAGE_KIND_ANON },
	{ KPF(HUGE) | KPF(COMPOUND_HEAD), MEMHP_PAGE_KIND_HUGE },
	{ KPF(HUGE) | 0x10000, MEMHP_PAGE_KIND_HUGE },
	/* the kernel's: slab with its tails, page tables, compound pages of drivers, mapped ones of drivers */
	{ KPF(SLAB), MEMHP_PAGE_KIND_SLAB },
	{ KPF(SLAB) | KPF(COMPOUND_HEAD), MEMHP_PAGE_KIND_SLAB },
	{ KPF(PGTABLE), MEMHP_PAGE_KIND_TABLE },
	{ KPF(COMPOUND_HEAD), MEMHP_PAGE_KIND_OTHER },
	{ 0x10000, MEMHP_PAGE_KIND_OTHER },
	{ 1 << 11, MEMHP_PAGE_KIND_OTHER },
	{ KPF(OWNER_PRIVATE), MEMHP_PAGE_KIND_OTHER },
	{ 0x4, MEMHP_PAGE_KIND_OTHER },
	/* reserved, whatever else it is */
	{ KPF(RESERVED), MEMHP_PAGE_KIND_RESERVED },
	{ KPF(RESERVED) | KPF(OFFLINE), MEMHP_PAGE_KIND_RESERVED },
	{ KPF(RESERVED) | KPF(LRU) | KPF(BUDDY), MEMHP_PAGE_KIND_RESERVED },
	{ KPF(RESERVED) | KPF(HWPOISON), MEMHP_PAGE_KIND_RESERVED },
	/* out of use */
	{ KPF(HWPOISON), MEMHP_PAGE_KIND_HWPOISON },
	{ KPF(HWPOISON) | KPF(BUDDY), MEMHP_PAGE_KIND_HWPOISON },
	{ KPF(HWPOISON) | KPF(LRU), MEMHP_PAGE_KIND_HWPOISON },
	{ KPF(OFFLINE), MEMHP_PAGE_KIND_OFFLINE },
	{ KPF(NOPAGE), MEMHP_PAGE_KIND_HOLE },
	/* bits that no kernel has yet */
	{ UINT64_C(1) << 63, MEMHP_PAGE_KIND_OTHER },
	{ UINT64_C(1) << 63 | KPF(BUDDY), MEMHP_PAGE_KIND_FREE },
};

START_TEST(kind)
{
	struct page_usage usage = { 0 };
	struct page_scan scan = { .usage = &usage, .num_pages = 1, .page_size = 4096 };

	memhp__page_scan_add(&scan, &kinds[_i].flags, 1);
	memhp__page_scan_end(&scan, false, false);
	for (unsigned int i = 0; i < NUM_PAGE_KINDS; i++)
		ck_assert_uint_eq(usage.pages[i], i == kinds[_i].kind);
}
END_TEST

/* Runs, and pieces of them, come to the same as one page after the other. */
START_TEST(runs_of_pages)
{
	static uint64_t flags[NUM];
	struct page_usage whole = { 0 }, single = { 0 };
	uint8_t whole_slices[64] = { 0 }, single_slices[64] = { 0 };
	struct page_scan by_run = { &whole, whole_slices, 64, NUM, 4096, 0, 0, false, 0, 0 };
	struct page_scan by_page = { &single, single_slices, 64, NUM, 4096, 0, 0, false, 0, 0 };
	uint32_t random = 1 + (uint32_t)_i;

	for (size_t i = 0, left = 0, line = 0; i < NUM; i++, left--) {
		if (left == 0) {
			random = random * 1664525 + 1013904223;
			left = random >> 8 & 15 ? random >> 12 & 31 : random >> 12 & 1023;
			left++;
			line = (random >> 24) % ARRAY_SIZE(kinds);
		}
		flags[i] = kinds[line].flags;
	}
	for (size_t i = 0, num; i < NUM; i += num) {
		num = 1 + (i * 7 + (size_t)_i * 131) % 700;
		if (num > NUM - i)
			num = NUM - i;
		memhp__page_scan_add(&by_run, flags + i, num);
	}
	for (size_t i = 0; i < NUM; i++)
		memhp__page_scan_add(&by_page, flags + i, 1);
	memhp__page_scan_end(&by_run, false, false);
	memhp__page_scan_end(&by_page, false, false);
	ck_assert_mem_eq(&whole, &single, sizeof(whole));
	ck_assert_mem_eq(whole_slices, single_slices, sizeof(whole_slices));
}
END_TEST

/* A block of so many pages, from runs of them */
struct run {
	uint32_t num;
	uint64_t flags;
};

#define HEAD (KPF(HUGE) | KPF(COMPOUND_HEAD))
#define TAIL (KPF(HUGE) | UINT64_C(0x10000))

static const struct {
	struct run runs[8];
	uint64_t page_size;
	uint32_t huge, gigantic;
} huge[] = {
	/* 2 MiB: free and used look alike, one beside the other */
	{ { { 1, HEAD }, { 511, TAIL }, { 1, HEAD }, { 511, TAIL }, { 3072, KPF(BUDDY) } }, 4096, 1024, 0 },
	{ { { 1, HEAD }, { 1023, TAIL }, { 3072, KPF(BUDDY) } }, 4096, 1024, 0 },
	/* larger than what the page allocator has */
	{ { { 1, HEAD }, { 2047, TAIL }, { 2048, KPF(BUDDY) } }, 4096, 2048, 2048 },
	{ { { 1, HEAD }, { 4095, TAIL } }, 4096, 4096, 4096 },
	{ { { 4096, TAIL } }, 4096, 4096, 4096 },
	{ { { 2048, KPF(BUDDY) }, { 1, HEAD }, { 2047, TAIL } }, 4096, 2048, 2048 },
	/* the end of one that began before the block, and a small one behind it */
	{ { { 512, TAIL }, { 1, HEAD }, { 511, TAIL }, { 3072, KPF(BUDDY) } }, 4096, 1024, 512 },
	/* with large pages the allocator has more */
	{ { { 1, HEAD }, { 2047, TAIL }, { 2048, KPF(BUDDY) } }, 16384, 2048, 0 },
	{ { { 1, HEAD }, { 4095, TAIL } }, 16384, 4096, 4096 },
	{ { { 1, HEAD }, { 4095, TAIL } }, 65536, 4096, 0 },
};

static uint64_t *fill(const struct run *runs)
{
	uint64_t *flags = calloc(NUM, sizeof(*flags)), *p = flags;

	for (; p < flags + NUM; runs++)
		for (uint32_t i = 0; i < runs->num; i++)
			*p++ = runs->flags;
	return flags;
}

START_TEST(huge_pages)
{
	_cleanup_free_ uint64_t *flags = fill(huge[_i].runs);
	struct page_usage usage = { 0 };
	struct page_scan scan = { .usage = &usage, .num_pages = NUM, .page_size = huge[_i].page_size };

	memhp__page_scan_add(&scan, flags, 1000);
	memhp__page_scan_add(&scan, flags + 1000, NUM - 1000);
	memhp__page_scan_end(&scan, false, false);
	ck_assert_uint_eq(usage.pages[MEMHP_PAGE_KIND_HUGE], huge[_i].huge);
	ck_assert_uint_eq(usage.gigantic, huge[_i].gigantic);
}
END_TEST

/* 4096 pages take 64 pages for their memory map. */
static const struct {
	struct run runs[4];
	bool memmap, rounded;
	uint32_t own, reserved, other;
} memmaps[] = {
	{ { { 64, KPF(RESERVED) }, { 4032, KPF(BUDDY) } }, true, false, 64, 0, 0 },
	{ { { 64, KPF(RESERVED) }, { 4032, KPF(BUDDY) } }, false, false, 0, 64, 0 },
	/* more than it has to be: not a map, unless the kernel was told to round up */
	{ { { 65, KPF(RESERVED) }, { 4031, KPF(BUDDY) } }, true, false, 0, 65, 0 },
	{ { { 65, KPF(RESERVED) }, { 4031, KPF(BUDDY) } }, true, true, 0, 65, 0 },
	{ { { 512, KPF(RESERVED) }, { 3584, KPF(BUDDY) } }, true, false, 0, 512, 0 },
	{ { { 512, KPF(RESERVED) }, { 3584, KPF(BUDDY) } }, true, true, 512, 0, 0 },
	{ { { 63, KPF(RESERVED) }, { 4033, KPF(BUDDY) } }, true, true, 0, 63, 0 },
	{ { { 64, KPF(RESERVED) }, { 1000, KPF(BUDDY) }, { 1, KPF(RESERVED) }, { 3031, KPF(BUDDY) } }, true, false, 64, 1, 0 },
	/* reserved with a mark from Linux 5.18 on, the mark alone from 6.11 on */
	{ { { 64, KPF(RESERVED) | KPF(OWNER_PRIVATE) }, { 4032, KPF(BUDDY) } }, true, false, 64, 0, 0 },
	{ { { 64, KPF(RESERVED) | KPF(OWNER_PRIVATE) }, { 1, KPF(RESERVED) }, { 4031, KPF(BUDDY) } }, true, true, 64, 1, 0 },
	{ { { 64, KPF(OWNER_PRIVATE) }, { 8, 0 }, { 4024, KPF(BUDDY) } }, true, false, 64, 0, 8 },
	{ { { 64, KPF(OWNER_PRIVATE) }, { 4032, KPF(BUDDY) } }, false, false, 0, 0, 64 },
	/* the kernel's pages are no map, nor is a block that is reserved as a whole */
	{ { { 64, 0 }, { 4032, KPF(BUDDY) } }, true, true, 0, 0, 64 },
	{ { { 4096, KPF(RESERVED) } }, true, true, 0, 4096, 0 },
};

START_TEST(own_memmap)
{
	_cleanup_free_ uint64_t *flags = fill(memmaps[_i].runs);
	uint8_t slices[64] = { 0 };
	struct page_usage usage = { 0 };
	struct page_scan scan = { &usage, slices, 64, NUM, 4096, 0, 0, false, 0, 0 };

	memhp__page_scan_add(&scan, flags, NUM);
	memhp__page_scan_end(&scan, memmaps[_i].memmap, memmaps[_i].rounded);
	ck_assert_uint_eq(usage.pages[MEMHP_PAGE_KIND_MEMMAP], memmaps[_i].own);
	ck_assert_uint_eq(usage.pages[MEMHP_PAGE_KIND_RESERVED], memmaps[_i].reserved);
	ck_assert_uint_eq(usage.pages[MEMHP_PAGE_KIND_OTHER], memmaps[_i].other);
	ck_assert_uint_eq(slices[0] == MEMHP_PAGE_KIND_MEMMAP, memmaps[_i].own > 0);
	ck_assert_uint_eq(slices[7] == MEMHP_PAGE_KIND_MEMMAP, memmaps[_i].own == 512);
}
END_TEST

/* The heaviest kind of each part shows. */
START_TEST(heaviest)
{
	static const struct run runs[] = { { 1, KPF(BUDDY) },  { 1, KPF(LRU) },    { 1022, KPF(BUDDY) }, { 1024, KPF(BUDDY) },
					   { 1024, KPF(LRU) }, { 1023, KPF(LRU) }, { 1, KPF(SLAB) } };
	_cleanup_free_ uint64_t *flags = fill(runs);
	uint8_t slices[4] = { 0 };
	struct page_usage usage = { 0 };
	struct page_scan scan = { &usage, slices, 4, NUM, 4096, 0, 0, false, 0, 0 };

	memhp__page_scan_add(&scan, flags, NUM);
	memhp__page_scan_end(&scan, false, false);
	ck_assert_uint_eq(slices[0], MEMHP_PAGE_KIND_FILE);
	ck_assert_uint_eq(slices[1], MEMHP_PAGE_KIND_FREE);
	ck_assert_uint_eq(slices[2], MEMHP_PAGE_KIND_FILE);
	ck_assert_uint_eq(slices[3], MEMHP_PAGE_KIND_SLAB);
}
END_TEST

/* With more parts than pages each page has several, and no part is left out. */
START_TEST(more_slices_than_pages)
{
	static const uint64_t flags[] = { KPF(LRU), KPF(SLAB), KPF(SLAB) }; /* 2 1/3 slices each */
	uint8_t slices[7] = { 0 };
	struct page_usage usage = { 0 };
	struct page_scan scan = { .usage = &usage, .slices = slices, .num_slices = 7, .num_pages = 3, .page_size = 65536 };

	memhp__page_scan_add(&scan, flags, 2);
	memhp__page_scan_add(&scan, flags + 2, 1);
	memhp__page_scan_end(&scan, false, false);
	for (size_t i = 0; i < ARRAY_SIZE(slices); i++)
		ck_assert_uint_eq(slices[i], i < 2 ? MEMHP_PAGE_KIND_FILE : MEMHP_PAGE_KIND_SLAB);
}
END_TEST

UNIT("pageflags", tests)
{
	add_table(tests, kind, kinds);
	tcase_add_loop_test(tests, runs_of_pages, 0, 20);
	add_table(tests, huge_pages, huge);
	add_table(tests, own_memmap, memmaps);
	tcase_add_test(tests, heaviest);
	tcase_add_test(tests, more_slices_than_pages);
}
