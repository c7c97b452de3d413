/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spans.h"

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

/* Whether a run begins within another one, or right behind it */
static bool is_joined(const struct span *before, const struct span *span)
{
	return span->first <= before->last || span->first == before->last + 1;
}

int memhp__spans_add(struct spans *spans, struct span span)
{
	size_t at = memhp__spans_find(spans, span.first ? span.first - 1 : 0), end = at;

	for (; end < spans->num && is_joined(&span, &spans->items[end]); end++) {
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

int memhp__spans_append(struct spans *spans, struct span span)
{
	if (!ARRAY_RESERVE(spans->items, spans->num, spans->allocated))
		return -ENOMEM;
	spans->items[spans->num++] = span;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

void memhp__spans_sort(struct spans *spans)
{
	size_t num = 0;

	if (spans->num == 0)
		return;
	qsort(spans->items, spans->num, sizeof(*spans->items), compare);
	for (size_t i = 1; i < spans->num; i++) {
		struct span *before = &spans->items[num];

		if (!is_joined(before, &spans->items[i]))
			spans->items[++num] = spans->items[i];
		else if (spans->items[i].last > before->last)
			before->last = spans->items[i].last;
	}
	spans->num = num + 1;
}

void memhp__spans_to_pages(struct spans *spans, uint64_t page_size)
{
	size_t num = 0;

	for (size_t i = 0; i < spans->num; i++) {
		uint64_t start = spans->items[i].first, last = spans->items[i].last;
		uint64_t first_page = start / page_size + (start % page_size != 0);
		uint64_t end_page = last / page_size + (last % page_size == page_size - 1);

		if (first_page < end_page)
			spans->items[num++] = (struct span){ first_page, end_page - 1 };
	}
	spans->num = num;
}

bool memhp__spans_touch(const struct spans *spans, uint64_t first, uint64_t last)
{
	size_t at = memhp__spans_find(spans, first);

	return at < spans->num && spans->items[at].first <= last;
}

bool memhp__spans_contain(const struct spans *spans, uint64_t first, uint64_t last)
{
	size_t at = memhp__spans_find(spans, first);

	return at < spans->num && spans->items[at].first <= first && spans->items[at].last >= last;
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
