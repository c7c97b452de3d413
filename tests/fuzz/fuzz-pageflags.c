// SPDX-License-Identifier: GPL-2.0-or-later
/* Flags of pages: each page is counted once, however many are read at a time. */
#include "fuzz.h"
#include "read/pageflags.h"

#define NUM_SLICES 16

static struct page_usage scan_pages(const uint64_t *flags, size_t num, size_t first_part, uint8_t slices[NUM_SLICES])
{
	struct page_usage usage = { 0 };
	struct page_scan scan = {
		.usage = &usage, .slices = slices, .num_slices = NUM_SLICES, .num_pages = num, .page_size = 4096
	};

	memset(slices, 0, NUM_SLICES);
	if (first_part)
		memhp__page_scan_add(&scan, flags, first_part);
	if (first_part < num)
		memhp__page_scan_add(&scan, flags + first_part, num - first_part);
	memhp__page_scan_end(&scan, true, false);
	return usage;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t num = size / sizeof(uint64_t);
	_cleanup_free_ uint64_t *flags = malloc(num * sizeof(*flags) + 1);
	uint8_t slices[NUM_SLICES], same_slices[NUM_SLICES];
	struct page_usage usage, same;
	uint64_t sum = 0;

	if (num == 0)
		return 0;
	memcpy(flags, data, num * sizeof(*flags));
	/* No page has a head and nothing else, so that one head never follows another. */
	for (size_t i = 1; i < num; i++)
		if (flags[i - 1] & KPF(COMPOUND_HEAD))
			flags[i] &= ~KPF(COMPOUND_HEAD);
	usage = scan_pages(flags, num, num, slices);
	for (size_t i = 0; i < NUM_PAGE_KINDS; i++)
		sum += usage.pages[i];
	fuzz_check(sum == num && usage.gigantic <= usage.pages[MEMHP_PAGE_KIND_HUGE]);
	for (size_t part = 0; part < num; part += 1 + num / 8) {
		same = scan_pages(flags, num, part, same_slices);
		fuzz_check(memcmp(&usage, &same, sizeof(usage)) == 0 && memcmp(slices, same_slices, NUM_SLICES) == 0);
	}
	return 0;
}
