/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options that say which blocks are meant */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/exit.h"
#include "ui/format.h"
#include "ui/message.h"
#include "ui/nearest.h"
#include "ui/opts.h"
#include "ui/parse-args.h"
#include "ui/session.h"
#include "ui/xalloc.h"

static struct memhp_selection *selection_of(struct options *options)
{
	if (!options->selection && memhp_selection_new(&options->selection) < 0)
		out_of_memory();
	return options->selection;
}

/* The library's adders fail for lack of memory only: the values were checked. */
static void added(int rc)
{
	if (rc < 0)
		out_of_memory();
}

static int add_range(const char *text, void *data, char why[WHY_MAX])
{
	struct options *options = data;
	struct given_range range;

	if (parse_range(text, &range.start, &range.last, why) < 0)
		return -1;
	range.text = xstrdup(text);
	options->ranges = xreallocarray(options->ranges, options->num_ranges + 1, sizeof(range));
	options->ranges[options->num_ranges++] = range;
	added(memhp_selection_add_range(selection_of(options), range.start, range.last));
	return 0;
}

static int add_blocks(const char *text, void *data, char why[WHY_MAX])
{
	uint64_t first, last;

	if (parse_ids(text, "memory", &first, &last, why) < 0)
		return -1;
	added(memhp_selection_add_blocks(selection_of(data), first, last));
	return 0;
}

static int add_address(const char *text, void *data, char why[WHY_MAX])
{
	uint64_t addr;

	if (parse_address(text, &addr, why) < 0)
		return -1;
	added(memhp_selection_add_address(selection_of(data), addr));
	((struct options *)data)->num_addresses++;
	return 0;
}

static int add_nodes(const char *text, void *data, char why[WHY_MAX])
{
	const uint64_t max_node = 1023; /* no kernel is built for more */
	uint64_t first, last;

	if (parse_ids(text, "node", &first, &last, why) < 0)
		return -1;
	if (last > max_node) {
		snprintf(why, WHY_MAX, "\"%s\" is beyond the largest node, %" PRIu64, text, max_node);
		return -1;
	}
	for (uint64_t id = first; id <= last; id++)
		added(memhp_selection_add_node(selection_of(data), (unsigned int)id));
	return 0;
}

static int add_zone(const char *text, struct options *options, char why[WHY_MAX])
{
	static const char *const words[] = { "DMA", "DMA32", "Normal", "HighMem", "Movable", "Device", "none", NULL };
	enum memhp_zone zone;
	char hint[NEAREST_MAX];

	if (memhp_zone_from_name(text, &zone) < 0) {
		snprintf(why, WHY_MAX, "\"%s\" is no zone; zones are DMA, DMA32, Normal, HighMem, Movable, Device, and none%s",
			 text, nearest_hint(text, words, hint));
		return -1;
	}
	added(memhp_selection_add_zone(selection_of(options), zone));
	return 0;
}

/* Whether there is such a source shows when the machine was looked at. */
static int add_source(const char *text, void *data, char why[WHY_MAX])
{
	struct options *options = data;

	(void)why;
	added(memhp_selection_add_source(selection_of(options), text));
	free(options->source);
	options->source = xstrdup(text);
	options->num_sources++;
	return 0;
}

static int add_state(const char *text, struct options *options, char why[WHY_MAX])
{
	static const char *const words[] = { "online", "offline", "going-offline", NULL };
	enum memhp_state state;
	char hint[NEAREST_MAX];

	/* What is standby has no block, of which this is a filter. */
	if (memhp_state_from_name(text, &state) < 0 || state == MEMHP_STATE_STANDBY) {
		snprintf(why, WHY_MAX, "\"%s\" is no state; states are online, offline, going-offline%s", text,
			 nearest_hint(text, words, hint));
		return -1;
	}
	options->state = state;
	added(memhp_selection_add_state(selection_of(options), state));
	return 0;
}

int opts_take_selection(struct options *options, enum option_id id, const char *arg, char why[WHY_MAX])
{
	switch (id) {
	case OPT_RANGE:
		return parse_list(arg, add_range, options, why);
	case OPT_BLOCK:
		return parse_list(arg, add_blocks, options, why);
	case OPT_ADDRESS:
		return parse_list(arg, add_address, options, why);
	case OPT_NODE:
		return parse_list(arg, add_nodes, options, why);
	case OPT_ZONE:
		return add_zone(arg, options, why);
	case OPT_SOURCE:
		return parse_list(arg, add_source, options, why);
	case OPT_STATE:
		return add_state(arg, options, why);
	default:
		return 0;
	}
}

uint64_t opts_check_ranges(const struct options *options, struct memhp_ctx *ctx)
{
	uint64_t block_size;
	int rc = memhp_ctx_read_block_size(ctx, &block_size);
	char size[SIZE_TEXT_MAX];

	if (rc < 0)
		fail_scan(ctx, rc);
	for (size_t i = 0; i < options->num_ranges; i++) {
		const struct given_range *range = &options->ranges[i];
		uint64_t start = range->start & ~(block_size - 1), last = range->last | (block_size - 1);

		if (start != range->start || last != range->last)
			usage_error("--range",
				    "\"%s\" is not aligned to blocks of %s; the blocks that it touches are 0x%" PRIx64
				    "-0x%" PRIx64,
				    range->text, format_size(block_size, size), start, last);
	}
	return block_size;
}

bool opts_has_goal(const struct options *options)
{
	return has_option(options, OPT_SIZE) || has_option(options, OPT_COUNT) || has_option(options, OPT_TO);
}

/* The block size is one: opts_check_ranges() has read it. */
static uint64_t count_blocks(const char *option, uint64_t size, uint64_t block_size)
{
	char less_text[SIZE_TEXT_MAX], more_text[SIZE_TEXT_MAX], block[SIZE_TEXT_MAX];
	uint64_t blocks, less, more;

	if (memhp_size_to_blocks(size, block_size, &blocks, &less, &more) == 0)
		return blocks;
	format_size(block_size, block);
	format_size(more, more_text);
	if (less == 0)
		usage_error(option, "less than a memory block; the smallest is %s", more_text);
	usage_error(option, "no multiple of the block size, %s; the nearest are %s and %s", block, format_size(less, less_text),
		    more_text);
}

uint64_t opts_goal_blocks(const struct options *options, uint64_t block_size)
{
	return has_option(options, OPT_SIZE) ? count_blocks("--size", options->size, block_size) : options->count;
}

uint64_t opts_target_blocks(const struct options *options, uint64_t block_size)
{
	return has_option(options, OPT_TO) ? count_blocks("--to", options->target, block_size) : UINT64_MAX;
}

/* "boot, dax0.0": those that have blocks; from malloc() */
static char *name_sources(const struct memhp_snapshot *snapshot)
{
	const struct memhp_source *source;
	char *names = NULL;
	size_t length;
	FILE *file = xopen_memstream(&names, &length);

	for (size_t i = 0; (source = memhp_snapshot_get_source(snapshot, i)) && memhp_source_get_num_blocks(source); i++)
		fprintf(file, "%s%s", i ? ", " : "", memhp_source_get_name(source));
	xclose_memstream(file);
	return names;
}

static const char *nearest_source(const struct memhp_snapshot *snapshot, const char *name, char hint[NEAREST_MAX])
{
	const struct memhp_source *source;
	const char **names = NULL;
	size_t num = 0;

	do {
		source = memhp_snapshot_get_source(snapshot, num);
		names = xreallocarray(names, num + 1, sizeof(*names));
		names[num++] = source ? memhp_source_get_name(source) : NULL;
	} while (source);
	nearest_hint(name, names, hint);
	free(names);
	return hint;
}

static const char *find_missing(const struct options *options, const struct memhp_snapshot *snapshot)
{
	return options->selection ? memhp_selection_find_missing_source(options->selection, snapshot) : NULL;
}

static bool is_device(const struct memhp_snapshot *snapshot, const char *name)
{
	const struct memhp_source *source;

	for (size_t i = 0; (source = memhp_snapshot_get_source(snapshot, i)); i++)
		if (strcmp(memhp_source_get_name(source), name) == 0)
			return true;
	return false;
}

void opts_check_sources(const struct options *options, const struct memhp_snapshot *snapshot)
{
	const char *missing = find_missing(options, snapshot);

	if (missing && is_device(snapshot, missing))
		usage_error("--source", "%s has no memory blocks", missing);
	opts_check_known_sources(options, snapshot);
}

void opts_check_known_sources(const struct options *options, const struct memhp_snapshot *snapshot)
{
	bool may_know_more = !options->sysroot && geteuid() != 0;
	const char *missing = find_missing(options, snapshot);
	char *names, hint[NEAREST_MAX];

	if (!missing || is_device(snapshot, missing))
		return;
	names = name_sources(snapshot);
	usage_error("--source", "\"%s\" is no source of this machine's blocks; %s%s%s%s", missing,
		    *names ? "there are " : "none is known", names, may_know_more ? " (root may see more)" : "",
		    nearest_source(snapshot, missing, hint));
}

void opts_check_nodes(const struct options *options, const struct memhp_snapshot *snapshot)
{
	unsigned int node;

	if (options->selection && memhp_selection_find_missing_node(options->selection, snapshot, &node))
		usage_error("--node", "this machine has no node %u", node);
}

const char *opts_doubt_text(int error)
{
	return error == -ENODATA ? "nothing tells its source" : strerror(-error);
}

bool opts_tell_doubts(const struct options *options, const struct memhp_snapshot *snapshot)
{
	const struct memhp_block *block;
	uint64_t first = 0;
	size_t num = 0;
	int error = 0;

	for (size_t i = 0; options->selection && (block = memhp_snapshot_get_block(snapshot, i)); i++) {
		int matches = memhp_selection_matches(options->selection, block);

		if (matches >= 0)
			continue;
		if (num++ == 0) {
			first = memhp_block_get_id(block);
			error = matches;
		}
	}
	if (num == 1)
		warn("block %" PRIu64 " may be selected or not: what a filter asks for cannot be read: %s", first,
		     opts_doubt_text(error));
	else if (num)
		warn("%zu blocks may be selected or not: what a filter asks for cannot be read; block %" PRIu64 ": %s", num, first,
		     opts_doubt_text(error));
	return num > 0;
}

/* Whether a block that is not there is standby memory, which has none before it is configured */
static bool is_standby(struct memhp_ctx *ctx, uint64_t block_id)
{
	struct memhp_snapshot *snapshot;
	const struct memhp_block *block;
	bool found;

	if (memhp_ctx_has(ctx, MEMHP_FEATURE_STANDBY) == 0 || memhp_snapshot_new(&snapshot, ctx, MEMHP_ATTR_CONFIGURED) < 0)
		return false;
	block = memhp_snapshot_find_block(snapshot, block_id);
	found = block && memhp_block_get_state(block) == MEMHP_STATE_STANDBY;
	memhp_snapshot_unref(snapshot);
	return found;
}

uint64_t opts_least_blocks(const struct options *options, uint64_t block_size)
{
	return options->size ? count_blocks("--at-least", options->size, block_size) : options->count;
}

void opts_check_possible(const struct options *options, const struct memhp_snapshot *snapshot)
{
	uint64_t beyond = UINT64_MAX / memhp_snapshot_get_block_size_bytes(snapshot) + 1, first, last;

	/* Of one byte, so that it becomes 0, no block is. */
	if (beyond && options->selection && memhp_selection_find_absent(options->selection, snapshot, beyond, &first, &last))
		usage_error("--block", "%" PRIu64 " is beyond the last possible block", first);
}

void opts_check_selection(const struct options *options, struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot)
{
	uint64_t block_size = memhp_snapshot_get_block_size_bytes(snapshot);
	uint64_t first, last, start, end;

	if (!options->selection || !memhp_selection_find_missing(options->selection, snapshot, &first, &last))
		return;
	start = first * block_size;
	end = last * block_size + (block_size - 1);
	opts_check_possible(options, snapshot);
	if (is_standby(ctx, first))
		usage_error(NULL,
			    "memory block %" PRIu64
			    " is standby memory, which the machine does not use; to bring it in: memctl configure --block %" PRIu64,
			    first, first);
	if (first == last)
		usage_error(NULL, "memory block %" PRIu64 " (0x%" PRIx64 "-0x%" PRIx64 ") is not there", first, start, end);
	usage_error("--range", "there is no memory block in 0x%" PRIx64 "-0x%" PRIx64 " (blocks %" PRIu64 "-%" PRIu64 ")", start,
		    end, first, last);
}
