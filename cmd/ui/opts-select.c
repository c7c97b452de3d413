/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options that say which blocks are meant */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/exit.h"
#include "ui/format.h"
#include "ui/message.h"
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
	enum memhp_zone zone;

	if (memhp_zone_from_name(text, &zone) < 0) {
		snprintf(why, WHY_MAX, "\"%s\" is no zone; zones are DMA, DMA32, Normal, HighMem, Movable, Device, and none", text);
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
	enum memhp_state state;

	if (memhp_state_from_name(text, &state) < 0) {
		snprintf(why, WHY_MAX, "\"%s\" is no state; states are online, offline, going-offline", text);
		return -1;
	}
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
				    "\"%s\" does not begin and end with a block of %s; the blocks that it touches are 0x%" PRIx64
				    "-0x%" PRIx64,
				    range->text, format_size(block_size, size), start, last);
	}
	return block_size;
}

bool opts_has_goal(const struct options *options)
{
	return has_option(options, OPT_SIZE) || has_option(options, OPT_COUNT);
}

uint64_t opts_goal_blocks(const struct options *options, uint64_t block_size)
{
	char less_text[SIZE_TEXT_MAX], more_text[SIZE_TEXT_MAX], block[SIZE_TEXT_MAX];
	uint64_t blocks, less, more;

	if (!has_option(options, OPT_SIZE))
		return options->count;
	/* The block size is one: opts_check_ranges() has read it. */
	if (memhp_size_to_blocks(options->size, block_size, &blocks, &less, &more) == 0)
		return blocks;
	format_size(block_size, block);
	format_size(more, more_text);
	if (less == 0)
		usage_error("--size", "less than a memory block of %s; the smallest is %s", block, more_text);
	usage_error("--size", "no multiple of the block size, %s; the nearest are %s and %s", block, format_size(less, less_text),
		    more_text);
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

void opts_check_sources(const struct options *options, const struct memhp_snapshot *snapshot)
{
	const char *missing = options->selection ? memhp_selection_find_missing_source(options->selection, snapshot) : NULL;
	bool may_know_more = !options->sysroot && geteuid() != 0;
	const struct memhp_source *source;
	char *names;

	if (!missing)
		return;
	for (size_t i = 0; (source = memhp_snapshot_get_source(snapshot, i)); i++)
		if (strcmp(memhp_source_get_name(source), missing) == 0)
			usage_error("--source", "%s has no memory blocks", missing);
	names = name_sources(snapshot);
	usage_error("--source", "\"%s\" is no source of this machine's blocks; %s%s%s", missing,
		    *names ? "there are " : "none is known", names, may_know_more ? " (root may see more)" : "");
}

void opts_check_nodes(const struct options *options, const struct memhp_snapshot *snapshot)
{
	unsigned int node;

	if (options->selection && memhp_selection_find_missing_node(options->selection, snapshot, &node))
		usage_error("--node", "this machine has no node %u", node);
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
		warn("whether block %" PRIu64 " is selected cannot be told, for what a filter asks about cannot be read: %s", first,
		     strerror(-error));
	else if (num)
		warn("whether %zu blocks are selected cannot be told, for what a filter asks about cannot be read; block %" PRIu64
		     ": %s",
		     num, first, strerror(-error));
	return num > 0;
}

/* Whether a block that is not there is standby memory, which has none before it is configured */
static bool is_standby(struct memhp_ctx *ctx, uint64_t block_id)
{
	struct memhp_snapshot *snapshot;
	const struct memhp_block *block;
	bool found = false;

	if (memhp_ctx_has_firmware_memory(ctx) == 0 || memhp_snapshot_new(&snapshot, ctx, MEMHP_ATTR_CONFIGURED) < 0)
		return false;
	for (size_t i = 0; !found && (block = memhp_snapshot_get_standby(snapshot, i)); i++)
		found = memhp_block_get_id(block) == block_id;
	memhp_snapshot_unref(snapshot);
	return found;
}

void opts_check_selection(const struct options *options, struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot)
{
	uint64_t block_size = memhp_snapshot_get_block_size_bytes(snapshot);
	uint64_t first, last, start, end;

	if (!options->selection || !memhp_selection_find_missing(options->selection, snapshot, &first, &last))
		return;
	start = first * block_size;
	end = last * block_size + (block_size - 1);
	if (first > UINT64_MAX / block_size)
		usage_error("--block", "%" PRIu64 " is beyond the last possible block", first);
	if (is_standby(ctx, first))
		usage_error(NULL,
			    "memory block %" PRIu64
			    " is standby memory that is not configured; first: memctl configure --block %" PRIu64,
			    first, first);
	if (first == last)
		usage_error(NULL, "memory block %" PRIu64 " (0x%" PRIx64 "-0x%" PRIx64 ") is not there", first, start, end);
	usage_error("--range", "there is no memory block in 0x%" PRIx64 "-0x%" PRIx64 " (blocks %" PRIu64 "-%" PRIu64 ")", start,
		    end, first, last);
}
