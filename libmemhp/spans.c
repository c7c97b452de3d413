/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spans.h"

#include <stdbool.h>

#include "util.h"

void memhp__spans_release(struct spans *spans)
{
	free(spans->items);
	*spans = (struct spans){ 0 };
}

size_t memhp__spans_find(const struct spans *spans, uint64_t number)
{
	size_t low = 0, high = spans->num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (spans->items[middle].last < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int memhp__spans_add(struct spans *spans, struct span span)
{
	size_t at = memhp__spans_find(spans, span.first), end = at;

	for (; end < spans->num && spans->items[end].first <= span.last; end++) {
		if (spans->items[end].first < span.first)
			span.first = spans->items[end].first;
		if (spans->items[end].last > span.last)
			span.last = spans->items[end].last;
	}
	if (!ARRAY_RESERVE(spans->items, spans->num, spans->allocated))
		return -ENOMEM;
	if (at < spans->num)
		memmove(&spans->items[at + 1], &spans->items[end], (spans->num - end) * sizeof(span));
	spans->items[at] = span;
	spans->num += 1 - (end - at);
	return 0;
}

uint64_t memhp__spans_cover(const struct spans *spans, uint64_t first, uint64_t last)
{
	uint64_t covered = 0;

	for (size_t i = memhp__spans_find(spans, first); i < spans->num && spans->items[i].first <= last; i++) {
		const struct span *span = &spans->items[i];

		covered += (span->last < last ? span->last : last) - (span->first > first ? span->first : first) + 1;
	}
	return covered;
}
