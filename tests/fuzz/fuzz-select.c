// SPDX-License-Identifier: GPL-2.0-or-later
/* The options that say which blocks: a line for each, the first byte chooses the option (see ids), the others are its value. */
#include "ui/opts.h"

#include "fuzz.h"

static const enum option_id ids[] = { OPT_RANGE, OPT_BLOCK, OPT_ADDRESS, OPT_NODE, OPT_ZONE, OPT_SOURCE, OPT_STATE };

static const char lines[] = "node 0\nnode 1\nblocks 0-3 node 0 zones Normal\nblocks 4-7 node 1 zones Movable\n"
			    "blocks 8-9 node 1 state offline\n";

/* A block is meant when it is named and every filter lets it through; what is missing is none that is there. */
static void check_selection(const struct memhp_selection *selection, const struct memhp_snapshot *snapshot)
{
	const struct memhp_block *block;
	uint64_t first, last;

	for (size_t i = 0; (block = memhp_snapshot_get_block(snapshot, i)); i++)
		(void)memhp_selection_matches(selection, block);
	if (memhp_selection_find_missing(selection, snapshot, &first, &last))
		fuzz_check(first <= last && !memhp_snapshot_find_block(snapshot, first));
	(void)memhp_selection_find_missing_source(selection, snapshot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct memhp_snapshot *snapshot;
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct options options = { 0 };
	char *rest = text;

	if (!snapshot) {
		struct memhp_ctx *ctx = fuzz_machine(lines);

		fuzz_check(memhp_snapshot_new(&snapshot, ctx, (1U << NUM_ATTRS) - 1) == 0);
		memhp_ctx_unref(ctx);
	}
	while (rest) {
		const char *line = fuzz_take(&rest, '\n');
		char why[WHY_MAX] = "";

		if (*line && opts_take_selection(&options, ids[(unsigned char)*line % ARRAY_SIZE(ids)], line + 1, why) < 0)
			fuzz_check(*why && strnlen(why, WHY_MAX) < WHY_MAX);
	}
	if (options.selection)
		check_selection(options.selection, snapshot);
	for (size_t i = 0; i < options.num_ranges; i++)
		free(options.ranges[i].text);
	free(options.ranges);
	free(options.source);
	memhp_selection_unref(options.selection);
	return 0;
}
