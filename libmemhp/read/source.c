/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the memory of blocks comes from. Of a DIMM's blocks the kernel says it. The others follow from what it says of addresses:
 * in /proc/iomem, and in the memory map that it was booted with. Where it keeps addresses to itself, there may be one thing alone
 * on this machine that can have added a block. What is still open then stays unknown.
 */
#include "read/source.h"

#include "nums.h"
#include "object.h"
#include "read/block.h"
#include "read/files.h"
#include "read/parse.h"
#include "read/scan.h"
#include "read/snapshot.h"
#include "read/source-blockless.h"
#include "read/source-candidates.h"
#include "read/source-ranges.h"
#include "spans.h"
#include "util.h"

/* The last range that begins before the end of these addresses, when it reaches into them */
static const struct source_range *find_range(const struct source_ranges *ranges, uint64_t start, uint64_t last)
{
	size_t low = 0, high = ranges->num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ranges->items[middle].start <= last)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && ranges->items[low - 1].last >= start ? &ranges->items[low - 1] : NULL;
}

static int find_candidates(struct finder *finder, const struct scan *scan)
{
	static const enum memhp_source_kind kinds[] = {
		[UNKNOWN] = MEMHP_SOURCE_KIND_UNKNOWN, /* by a name of its own */
		[PLAIN] = MEMHP_SOURCE_KIND_UNKNOWN,
		[BOOT] = MEMHP_SOURCE_KIND_BOOT,
		[STANDBY] = MEMHP_SOURCE_KIND_STANDBY,
	};
	uint32_t number;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(kinds); i++)
		rc = memhp__source_candidate(finder, kinds[i], i == PLAIN ? "plain" : memhp_source_kind_name(kinds[i]), "", 0,
					     &number);
	if (rc == 0)
		rc = memhp__source_read_iomem(finder);
	if (rc < 0)
		return rc;
	finder->snapshot->has_unnamed_sources = !finder->has_names;
	/* Without addresses a device's memory that is offline could not be told from it. */
	if (memhp__source_has_offline_standby(finder->ctx)) {
		finder->has_standby = finder->num_possible == 0;
		rc = memhp__source_note_possible(finder, STANDBY);
	}
	if (rc == 0)
		rc = memhp__source_read_boot_map(finder);
	return rc < 0 ? rc : memhp__source_add_possible_others(finder, scan);
}

static uint32_t find_source(const struct finder *finder, struct memhp_block *block)
{
	uint64_t start = memhp_block_get_start_addr(block), last = start + (finder->snapshot->block_size - 1);
	const struct source_range *range = find_range(&finder->iomem, start, last);

	if (range && range->candidate != PLAIN && range->candidate != BOOT)
		return range->candidate;
	if (finder->has_standby && block->state == MEMHP_STATE_OFFLINE)
		return STANDBY;
	if ((range && range->candidate == BOOT) || memhp__spans_touch(&finder->boot, start, last))
		return BOOT;
	if (finder->has_addresses && !range)
		return UNKNOWN;
	block->has_open_source = finder->rest == UNKNOWN;
	return finder->rest;
}

/* Gives a block the candidate, which is counted in the snapshot from its first block on. */
static int assign(struct finder *finder, struct memhp_block *block, uint32_t number)
{
	struct candidate *candidate = &finder->candidates[number];

	if (candidate->kind == MEMHP_SOURCE_KIND_UNKNOWN) {
		block->error[attr_index(MEMHP_ATTR_SOURCE)] = (uint8_t)-finder->error;
		return 0;
	}
	if (memhp__source_enter(finder, candidate) < 0)
		return -ENOMEM;
	block->source = candidate->source;
	finder->snapshot->sources[block->source - 1].num_blocks++;
	return 0;
}

static int assign_sources(struct finder *finder, const struct scan *scan)
{
	struct memhp_snapshot *snapshot = finder->snapshot;
	int rc = find_candidates(finder, scan);

	for (size_t i = 0; rc == 0 && i < snapshot->num_blocks; i++) {
		struct memhp_block *block = &snapshot->blocks[i];
		uint8_t *error = &block->error[attr_index(MEMHP_ATTR_SOURCE)];
		uint32_t number;

		if (*error == ENODATA)
			*error = 0;
		if (*error) {
			finder->links_error = -*error;
			continue;
		}
		if (block->dimm)
			rc = memhp__source_dimm(finder, block->dimm - 1, &number);
		else
			number = find_source(finder, block);
		if (rc == 0)
			rc = assign(finder, block, number);
	}
	return rc < 0 ? rc : memhp__source_enter_blockless(finder);
}

int memhp__scan_sources(struct scan *scan)
{
	struct finder *finder = calloc(1, sizeof(*finder));
	int rc;

	if (!finder)
		return -ENOMEM;
	finder->ctx = scan->ctx;
	finder->snapshot = scan->snapshot;
	rc = assign_sources(finder, scan);
	free(finder->candidates);
	free(finder->iomem.items);
	memhp__spans_release(&finder->boot);
	free(finder);
	return rc;
}

void memhp__scan_source_needs(struct scan *scan)
{
	_cleanup_close_ int fd = memhp__file_open_dir(scan->ctx, SYSFS_ACPI);
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;
	uint16_t number;
	int rc = 0;

	if (memhp__source_has_offline_standby(scan->ctx))
		scan->snapshot->attrs |= MEMHP_ATTR_STATE;
	if (fd == -ENOENT)
		return;
	rc = fd < 0 ? fd : memhp__file_list(fd, ".", &dir);
	while (rc == 0 && !scan->has_dimms && (entry = memhp__file_next(dir, &rc)))
		scan->has_dimms = memhp__parse_acpi_memory(entry->d_name, &number) == 0;
	/* Those that could not be seen may be DIMMs: then each block is asked. */
	scan->has_dimms |= rc < 0;
}

MEMHP_EXPORT enum memhp_source_kind memhp_source_get_kind(const struct memhp_source *source)
{
	return source->kind;
}

MEMHP_EXPORT const char *memhp_source_get_name(const struct memhp_source *source)
{
	return source->name;
}

MEMHP_EXPORT size_t memhp_source_get_num_blocks(const struct memhp_source *source)
{
	return source->num_blocks;
}
