/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl explain: which memory blocks can go offline, and what stands in the way of the others */
#include "command.h"
#include "explain.h"
#include "report.h"

/* clang-format off */
static struct poptOption opts_explain[] = {
	{ "bytes", 'b', POPT_ARG_NONE, NULL, OPT_BYTES, "sizes in bytes", NULL },
	{ "json", 'J', POPT_ARG_NONE, NULL, OPT_JSON, "a JSON document", NULL },
	{ "map", 0, POPT_ARG_NONE, NULL, OPT_MAP, "a map of each block, a character for each part of it", NULL },
	{ "noheadings", 'n', POPT_ARG_NONE, NULL, OPT_NOHEADINGS, "no headings, and nothing below", NULL },
	POPT_TABLEEND
};

static const struct poptOption option_table[] = {
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, opts_explain, 0, "Output:", NULL },
	OPTIONS_SELECTION,
	OPTIONS_ZONE_FILTER,
	OPTIONS_GLOBAL,
	POPT_TABLEEND
};
/* clang-format on */

/* Who filters means online blocks, unless a state is asked for; a block that is named is explained as it is. */
static void choose_online(struct options *options)
{
	if (!options->selection || has_option(options, OPT_STATE) || has_option(options, OPT_RANGE) ||
	    has_option(options, OPT_BLOCK) || has_option(options, OPT_ADDRESS))
		return;
	if (memhp_selection_add_state(options->selection, MEMHP_STATE_ONLINE) < 0)
		out_of_memory();
}

/* A single block is shown with its map. */
static bool is_single(const struct explain *explain)
{
	const struct memhp_selection *selection = explain->options->selection;
	const struct memhp_block *block;
	size_t num = 0;

	for (size_t i = 0; num < 2 && (block = memhp_snapshot_get_block(explain->snapshot, i)); i++)
		num += selection ? memhp_selection_matches(selection, block) : memhp_block_get_state(block) == MEMHP_STATE_ONLINE;
	return num == 1;
}

static bool has_unreadable(const struct memhp_assessment *assessment)
{
	const struct memhp_candidate *candidate;

	for (size_t i = 0; (candidate = memhp_assessment_get_candidate(assessment, i)); i++)
		if (memhp_candidate_get_state(candidate) == MEMHP_STATE_UNKNOWN)
			return true;
	return false;
}

int cmd_explain(struct options *options, int argc, const char **argv)
{
	struct explain explain = { .options = options };
	unsigned int attrs = MEMHP_ATTR_ZONES;
	struct memhp_ctx *ctx;
	int rc, status;

	opts_parse_command(options, argc, argv, option_table, NULL);
	choose_online(options);
	explain.bytes = has_option(options, OPT_BYTES);
	explain.has_map = has_option(options, OPT_MAP);
	ctx = opts_open(options);
	explain.block_size = opts_check_ranges(options, ctx);
	if (options->selection)
		attrs |= memhp_selection_get_attrs(options->selection);
	rc = memhp_snapshot_new(&explain.snapshot, ctx, attrs);
	if (rc < 0)
		fail_scan(ctx, rc);
	opts_check_selection(options, explain.snapshot);
	opts_check_sources(options, explain.snapshot);
	rc = memhp_assessment_new(&explain.assessment, ctx, explain.snapshot, options->selection,
				  explain.has_map || is_single(&explain) ? MAP_SLICES : 0);
	if (rc < 0)
		out_of_memory();
	if (has_option(options, OPT_JSON))
		explain_write(&explain);
	else
		explain_print(&explain);
	status = has_unreadable(explain.assessment) || memhp_snapshot_get_num_skipped(explain.snapshot) ? EXIT_PARTLY : EXIT_DONE;
	memhp_assessment_unref(explain.assessment);
	memhp_snapshot_unref(explain.snapshot);
	memhp_ctx_unref(ctx);
	return status;
}
