/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl explain: which memory blocks can go offline, and what stands in the way of the others */
#include <stdlib.h>

#include "commands.h"
#include "explain/explain.h"
#include "ui/exit.h"
#include "ui/living-line.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/session.h"
#include "ui/xalloc.h"

static void print_columns(const struct command *command)
{
	columns_help(command, explain_columns, num_explain_columns);
}

static void take_options(struct explain *explain)
{
	const struct options *options = explain->options;

	explain->shown = (struct column_choice){ options->command, explain_columns, num_explain_columns, NULL, 0 };
	opts_choose_columns(options, &explain->shown, "BLOCK,ZONE,VERDICT,SCORE,USE,MOVE,WHY");
	explain->bytes = has_option(options, OPT_BYTES);
	explain->has_map = has_option(options, OPT_MAP);
	explain->joins = !has_option(options, OPT_ALL) && !has_option(options, OPT_JSON) && !explain->has_map;
	explain->top = has_option(options, OPT_TOP) ? options->top : SIZE_MAX;
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

/* Of a living line, which a terminal needs no more often than every so many milliseconds */
#define REDRAW_MS 200

struct look {
	uint64_t started_ms, shown_ms; /* 0: nothing was shown */
};

static void show_progress(void *data, uint64_t done_bytes, uint64_t goal_bytes)
{
	struct look *look = data;
	uint64_t now = now_ms();
	struct living_line line = { .length = 0 };

	if (now - look->started_ms < LIVING_LINE_QUIET_MS || now - look->shown_ms < REDRAW_MS)
		return;
	look->shown_ms = now;
	living_line_add_bar(&line, done_bytes, goal_bytes);
	living_line_add_rate(&line, done_bytes, goal_bytes, now - look->started_ms);
	living_line_show(&line);
}

/* Looks at the blocks and at each of their pages, which takes a big machine seconds. */
static void assess(struct explain *explain, struct memhp_ctx *ctx)
{
	unsigned int num_slices = explain->has_map || is_single(explain) ? MAP_SLICES : 0;
	struct look look = { .started_ms = now_ms() };
	int rc;

	if (living_line_is_wanted(explain->options))
		memhp_ctx_set_pages_progress(ctx, show_progress, &look);
	rc = memhp_assessment_new(&explain->assessment, explain->snapshot, explain->options->selection, 0, num_slices,
				  MEMHP_NO_TIMEOUT);
	memhp_ctx_set_pages_progress(ctx, NULL, NULL);
	if (look.shown_ms)
		message_clear_line();
	if (rc < 0)
		out_of_memory();
}

/* Says so where what is known of a block is not all. */
static bool tell_unreadable(const struct explain *explain)
{
	unsigned int attrs = memhp_snapshot_get_attrs(explain->snapshot);
	const struct memhp_candidate *candidate;
	size_t num = 0;

	for (size_t i = 0; (candidate = memhp_assessment_get_candidate(explain->assessment, i)); i++)
		num += block_is_unreadable(memhp_candidate_get_block(candidate), attrs);
	if (num)
		warn("not all of %zu block%s could be read; see memctl list --output-all --json for the reasons", num,
		     num == 1 ? "" : "s");
	return num > 0;
}

static void look_for_processes(struct explain *explain, struct memhp_ctx *ctx)
{
	struct explain_row row;

	who_begin(&explain->who, explain->options);
	for (size_t i = 0; explain_get_row(explain, i, &row); i++) {
		uint64_t start = memhp_block_get_start_addr(row.row.block);

		who_add(&explain->who, start, start + (row.row.blocks * explain->block_size - 1));
	}
	who_look(&explain->who, ctx);
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
	assess(&explain, ctx);
	explain_make_groups(&explain);
	look_for_processes(&explain, ctx);
	in_doubt |= tell_unreadable(&explain);
	status = in_doubt || memhp_snapshot_get_num_skipped(explain.snapshot) ? EXIT_PARTLY : EXIT_DONE;
	if (has_option(options, OPT_JSON))
		explain_write(&explain, status);
	else
		explain_print(&explain);
	who_release(&explain.who);
	explain_release(&explain);
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
