/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sources that blocks may have, found one by one. */
#include "read/source-candidates.h"

#include <stdio.h>

#include "read/snapshot.h"
#include "util.h"

int memhp__source_candidate(struct finder *finder, enum memhp_source_kind kind, const char *prefix, const char *device,
			    size_t length, uint32_t *number)
{
	struct candidate new = { .kind = kind };

	if ((size_t)snprintf(new.name, sizeof(new.name), "%s%.*s", prefix, (int)length, device) >= sizeof(new.name))
		return -EBADMSG;
	for (size_t i = finder->num_candidates; i-- > 0;) {
		if (finder->candidates[i].kind == kind && strcmp(finder->candidates[i].name, new.name) == 0) {
			*number = (uint32_t)i;
			return 0;
		}
	}
	if (!ARRAY_RESERVE(finder->candidates, finder->num_candidates, finder->allocated_candidates))
		return -ENOMEM;
	*number = (uint32_t)finder->num_candidates;
	finder->candidates[finder->num_candidates++] = new;
	return 0;
}

int memhp__source_kind_candidate(struct finder *finder, enum memhp_source_kind kind, uint32_t *number)
{
	return memhp__source_candidate(finder, kind, memhp_source_kind_name(kind), "", 0, number);
}

int memhp__source_note_possible(struct finder *finder, uint32_t number)
{
	struct candidate *candidate = &finder->candidates[number];
	struct memhp_snapshot *snapshot = finder->snapshot;
	struct memhp_source *source;

	if (candidate->kind == MEMHP_SOURCE_KIND_UNKNOWN || candidate->is_noted)
		return 0;
	if (!ARRAY_RESERVE(snapshot->possible_sources, snapshot->num_possible_sources, snapshot->allocated_possible_sources))
		return -ENOMEM;
	source = &snapshot->possible_sources[snapshot->num_possible_sources++];
	*source = (struct memhp_source){ .kind = candidate->kind };
	memcpy(source->name, candidate->name, sizeof(source->name));
	candidate->is_noted = true;
	return 0;
}

int memhp__source_add_possible(struct finder *finder, uint32_t number)
{
	enum memhp_source_kind kind = finder->candidates[number].kind;
	int rc = memhp__source_note_possible(finder, number);

	if (rc < 0)
		return rc;
	if (finder->num_possible++ == 0)
		finder->rest = number;
	else if (number == finder->rest)
		return 0;
	else if (kind != MEMHP_SOURCE_KIND_UNKNOWN && kind == finder->candidates[finder->rest].kind)
		return memhp__source_kind_candidate(finder, kind, &finder->rest);
	else
		finder->rest = UNKNOWN;
	return 0;
}

int memhp__source_dimm(struct finder *finder, uint16_t number, uint32_t *candidate)
{
	char name[16];
	int rc = 0;

	/* As the kernel writes it */
	snprintf(name, sizeof(name), "PNP0C80:%02x", number);
	if (!finder->dimms[number])
		rc = memhp__source_candidate(finder, MEMHP_SOURCE_KIND_DIMM, "dimm:", name, strlen(name), &finder->dimms[number]);
	*candidate = finder->dimms[number];
	return rc;
}

int memhp__source_enter(struct finder *finder, struct candidate *candidate)
{
	struct memhp_snapshot *snapshot = finder->snapshot;
	struct memhp_source *source;

	if (candidate->source)
		return 0;
	if (!ARRAY_RESERVE(snapshot->sources, snapshot->num_sources, snapshot->allocated_sources))
		return -ENOMEM;
	source = &snapshot->sources[snapshot->num_sources++];
	*source = (struct memhp_source){ .kind = candidate->kind };
	memcpy(source->name, candidate->name, sizeof(source->name));
	candidate->source = (uint32_t)snapshot->num_sources;
	return 0;
}
