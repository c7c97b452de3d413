// SPDX-License-Identifier: GPL-2.0-or-later
/* Texts of /proc: iomem, maps, status, zoneinfo, meminfo. */
#include <inttypes.h>
#include <stdio.h>

#include "fuzz.h"
#include "read/parse.h"

static void check_range(const struct iomem_range *range)
{
	_cleanup_free_ char *line = NULL;
	struct iomem_range again;
	const char *rest;
	int length = asprintf(&line, "%*s%" PRIx64 "-%" PRIx64 " : %.*s\n", (int)(2 * range->depth), "", range->start, range->last,
			      (int)range->length, range->name);

	fuzz_check(length >= 0);
	rest = line;
	fuzz_check(range->depth <= IOMEM_MAX_DEPTH && range->start <= range->last && !memchr(range->name, '\n', range->length));
	fuzz_check(memhp__parse_iomem(&rest, &again) == 1 && !*rest);
	fuzz_check(again.start == range->start && again.last == range->last && again.depth == range->depth);
	fuzz_check(again.length == range->length && memcmp(again.name, range->name, range->length) == 0);
}

static void check_iomem(const char *text)
{
	const char *p = text, *before = text, *end = text + strlen(text);
	struct iomem_range range;
	int rc;

	while ((rc = memhp__parse_iomem(&p, &range)) > 0) {
		fuzz_check(p > before && range.name >= before && range.name + range.length <= p);
		before = p;
		check_range(&range);
	}
	fuzz_check(p == before && (rc < 0 || p == end));
}

static void check_maps(const char *text)
{
	const char *p = text, *before = text, *end = text + strlen(text);
	struct maps_area area;
	int rc;

	while ((rc = memhp__parse_maps(&p, &area)) > 0) {
		fuzz_check(p > before && area.start <= area.end);
		before = p;
	}
	fuzz_check(p == before && (rc < 0 || p == end));
}

static void check_zoneinfo(const char *text)
{
	struct zone_pages pages = { 0 }, again = { 0 };
	_cleanup_free_ char *more = NULL;
	int rc = memhp__parse_zoneinfo(text, &pages);

	/* A line that says nothing changes nothing. */
	fuzz_check(asprintf(&more, "Node 0, zon\nflags 1\n%s\nNode 7\n", text) >= 0);
	fuzz_check(memhp__parse_zoneinfo(more, &again) == rc);
	fuzz_check(memcmp(pages.present, again.present, sizeof(pages.present)) == 0 && pages.managed == again.managed);
	fuzz_check(pages.cma == again.cma && pages.has_cma == again.has_cma);
}

static void check_status(const char *text)
{
	char name[PROCESS_NAME_MAX];
	uint64_t bytes;

	memhp__parse_status_name(text, name);
	fuzz_check(strlen(name) < sizeof(name) && fuzz_is_printable(name, false));
	if (memhp__parse_meminfo(text, "VmLck", &bytes) == 0)
		fuzz_check(bytes % 1024 == 0 && strstr(text, "VmLck:"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);

	check_iomem(text);
	check_maps(text);
	check_zoneinfo(text);
	check_status(text);
	return 0;
}
