/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl explain: which memory blocks can go offline, and what stands in the way of the others */
#include <stdlib.h>

#include "commands.h"
#include "explain/explain.h"
#include "ui/exit.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/session.h"
#include "ui/xalloc.h"

static void print_columns(void)
{
	columns_help(explain_columns, num_explain_columns);
}

static void take_options(struct explain *explain)
{
	const struct options *options = explain->options;

	explain->shown = (struct column_choice){ options->command, explain_columns, num_explain_columns, NULL, 0 };
	opts_choose_columns(options, &explain->shown, "BLOCK,ZONE,VERDICT,SCORE,USE,MOVE,WHY");
	explain->bytes = has_option(options, OPT_BYTES);
	explain->has_map = has_option(options, OPT_MAP);
}

/* What the kernel's source of memory says helps to judge, too. */
static unsigned int needed_attrs(const struct explain *explain)
{
	const struct memhp_selection *selection = explain->options->selection;
	unsigned int attrs = MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES | MEMHP_ATTR_SOURCE |
			     (selection ? MEMHP_ATTR_STATE | memhp_selection_get_attrs(selection) : 0);

	return attrs | columns_attrs(&explain->shown);
}

static bool is_any_online(const struct options *options, const struct memhp_snapshot *snapshot)
{
	const struct memhp_block *block;

	for (size_t i = 0; (block = memhp_snapshot_get_block(snapshot, i)); i++)
		if ((memhp_block_get_state(block) == MEMHP_STATE_ONLINE || memhp_block_get_state(block) == MEMHP_STATE_UNKNOWN) &&
		    memhp_selection_matches(options->selection, block) != 0)
			return true;
	return false;
}

/* Who filters means online blocks where there are any, unless a state is asked for; a block that is named is explained as it is. */
static void choose_online(struct options *options, const struct memhp_snapshot *snapshot)
{
	if (!options->selection || has_option(options, OPT_STATE) || has_option(options, OPT_RANGE) ||
	    has_option(options, OPT_BLOCK) || has_option(options, OPT_ADDRESS) || !is_any_online(options, snapshot))
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
		num += selection ? memhp_selection_matches(selection, block) != 0
				 : memhp_block_get_state(block) == MEMHP_STATE_ONLINE;
	return num == 1;
}

/* Says so where what is known of a block is not all. */
static bool tell_unreadable(const struct explain *explain)
{
	unsigned int attrs = memhp_snapshot_get_attrs(explain->snapshot);
	const struct memhp_candidate *candidate;
	size_t num = 0;

	for (size_t i = 0; (candidate = memhp_assessment_get_candidate(explain->assessment, i)); i++) {
		uint64_t id = memhp_candidate_get_block_id(candidate);

		num += block_is_unreadable(memhp_snapshot_find_block(explain->snapshot, id), attrs);
	}
	if (num)
		warn("not all of %zu block%s could be read; see memctl list --output-all --json for the reasons", num,
		     num == 1 ? "" : "s");
	return num > 0;
}

static void look_for_processes(struct explain *explain, struct memhp_ctx *ctx)
{
	const struct memhp_candidate *candidate;

	who_begin(&explain->who, explain->options);
	for (size_t i = 0; (candidate = memhp_assessment_get_candidate(explain->assessment, i)); i++) {
		uint64_t start = memhp_candidate_get_block_id(candidate) * explain->block_size;

		who_add(&explain->who, start, start + explain->block_size - 1);
	}
	who_look(&explain->who, ctx, -1);
}

static int run_explain(struct options *options, const char **operands _unused_)
{
	struct explain explain = { .options = options };
	struct memhp_ctx *ctx;
	bool in_doubt;
	int rc, status;

	take_options(&explain);
	ctx = open_ctx(options);
	explain.block_size = opts_check_ranges(options, ctx);
	rc = memhp_snapshot_new(&explain.snapshot, ctx, needed_attrs(&explain));
	if (rc < 0)
		fail_scan(ctx, rc);
	choose_online(options, explain.snapshot);
	opts_check_selection(options, ctx, explain.snapshot);
	opts_check_nodes(options, explain.snapshot);
	opts_check_sources(options, explain.snapshot);
	in_doubt = opts_tell_doubts(options, explain.snapshot);
	rc = memhp_assessment_new(&explain.assessment, ctx, explain.snapshot, options->selection,
				  explain.has_map || is_single(&explain) ? MAP_SLICES : 0, MEMHP_NO_TIMEOUT, -1);
	if (rc < 0)
		out_of_memory();
	look_for_processes(&explain, ctx);
	if (has_option(options, OPT_JSON))
		explain_write(&explain);
	else
		explain_print(&explain);
	in_doubt |= tell_unreadable(&explain);
	status = in_doubt || memhp_snapshot_get_num_skipped(explain.snapshot) ? EXIT_PARTLY : EXIT_DONE;
	who_release(&explain.who);
	memhp_assessment_free(explain.assessment);
	memhp_snapshot_unref(explain.snapshot);
	memhp_ctx_unref(ctx);
	free(explain.shown.items);
	return status;
}

const struct command memctl_cmd_explain = {
	.name = "explain",
	.summary = "tell which memory blocks can go offline, and why others cannot",
	.bit = CMD_EXPLAIN,
	.help = print_columns,
	.run = run_explain,
};
