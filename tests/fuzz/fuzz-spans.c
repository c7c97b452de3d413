// SPDX-License-Identifier: GPL-2.0-or-later
/* Sets of numbers, against one flag for each number: pairs of bytes, the first of a run and how many are behind it. */
#include "fuzz.h"
#include "spans.h"

#define NUMBERS 512

static void check_runs(const struct spans *spans, const bool is_in[NUMBERS])
{
	uint64_t count = 0;

	for (size_t i = 0; i < spans->num; i++) {
		fuzz_check(spans->items[i].first <= spans->items[i].last);
		fuzz_check(i == 0 || spans->items[i].first > spans->items[i - 1].last + 1);
	}
	for (uint64_t number = 0; number < NUMBERS; number++) {
		fuzz_check(memhp__spans_touch(spans, number, number) == is_in[number]);
		fuzz_check(memhp__spans_contain(spans, number, number) == is_in[number]);
		count += is_in[number];
	}
	fuzz_check(memhp__spans_cover(spans, 0, NUMBERS - 1) == count);
	fuzz_check(memhp__spans_touch(spans, 0, UINT64_MAX) == (count > 0));
	fuzz_check(memhp__spans_contain(spans, 0, NUMBERS - 1) == (count == NUMBERS));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spans added = { 0 }, sorted = { 0 };
	bool is_in[NUMBERS] = { false };

	for (size_t i = 0; i + 1 < size; i += 2) {
		const struct span span = { data[i], (uint64_t)data[i] + data[i + 1] };

		for (uint64_t number = span.first; number <= span.last; number++)
			is_in[number] = true;
		fuzz_check(memhp__spans_add(&added, span) == 0 && memhp__spans_append(&sorted, span) == 0);
	}
	memhp__spans_sort(&sorted);
	check_runs(&added, is_in);
	check_runs(&sorted, is_in);
	memhp__spans_to_pages(&sorted, 4);
	for (uint64_t page = 0; page < NUMBERS / 4; page++)
		fuzz_check(memhp__spans_touch(&sorted, page, page) == memhp__spans_contain(&added, page * 4, page * 4 + 3));
	memhp__spans_release(&added);
	memhp__spans_release(&sorted);
	return 0;
}
