/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options that commands share: their popt tables and what they parse to. */
#ifndef MEMCTL_OPTS_H
#define MEMCTL_OPTS_H

#include <popt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmemhp.h"
#include "ui/parse-args.h"
#include "ui/table.h"

struct column_choice;
struct command;

/* What popt returns for an option; every option of every command, for each is seen at most once in one command line. */
enum option_id {
	OPT_SYSROOT = 1,
	OPT_VERBOSE,
	OPT_QUIET,
	OPT_COLOR,
	OPT_HELP,
	OPT_VERSION,
	OPT_RANGE,
	OPT_BLOCK,
	OPT_ADDRESS,
	OPT_NODE,
	OPT_ZONE,
	OPT_SOURCE,
	OPT_STATE,
	OPT_ALL,
	OPT_JSON,
	OPT_BYTES,
	OPT_NOHEADINGS,
	OPT_RAW,
	OPT_PAIRS,
	OPT_OUTPUT,
	OPT_OUTPUT_ALL,
	OPT_SPLIT,
	OPT_SUMMARY,
	OPT_BY,
	OPT_MOVABLE,
	OPT_KERNEL,
	OPT_TIMEOUT,
	OPT_BLOCK_TIMEOUT,
	OPT_DRY_RUN,
	OPT_SIZE,
	OPT_COUNT,
	OPT_RETRY,
	OPT_ROLLBACK,
	OPT_KEEP_FREE,
	OPT_FORCE,
	OPT_PROGRESS,
	OPT_MAP,
	OPT_KERNEL_DEBUG,
	OPT_ONLINE,
	OPT_UNBACKED,
	OPT_MEMMAP,
	OPT_PERSIST,
	OPT_WHO,
};

/* Guards that --force overcomes, as bits */
enum force {
	FORCE_MEMORY = 1,
	FORCE_RATIO = 2,
};

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER, WHEN_ONLY };

/* A range as it was typed: whether it is aligned shows when the block size is known. */
struct given_range {
	char *text;
	uint64_t start, last;
};

struct options {
	const struct command *command; /* NULL: not known yet */
	uint64_t seen;                 /* bit N: enum option_id N was given */
	char *sysroot;
	enum when color;

	struct memhp_selection *selection;
	struct given_range *ranges;
	size_t num_ranges;
	char *source; /* the last of --source */
	size_t num_sources, num_addresses;
	bool memmap; /* --memmap-on-memory */

	char *output, *split, *by;
	enum when summary;

	unsigned int forced; /* of enum force */
	uint64_t timeout_ms, block_timeout_ms;
	uint64_t size, keep_free, count, retries; /* bytes, bytes, blocks, attempts */
};

static inline bool has_option(const struct options *options, enum option_id id)
{
	return options->seen >> id & 1;
}

/* popt tables, and lines for them; a command's own table includes those that it takes. */
extern struct poptOption opts_global[], opts_selection[], opts_zone_filter[];

/* clang-format off */
#define OPTION_GROUP(title, table) { NULL, 0, POPT_ARG_INCLUDE_TABLE, table, 0, title, NULL }
#define OPTIONS_GLOBAL    OPTION_GROUP("Global options:", opts_global)
#define OPTIONS_SELECTION OPTION_GROUP("Which blocks:", opts_selection)
/* A group of its own without a title: memctl online has no such filter. */
#define OPTIONS_ZONE_FILTER OPTION_GROUP(NULL, opts_zone_filter)

#define OPTION_BYTES      { "bytes", 'b', POPT_ARG_NONE, NULL, OPT_BYTES, "sizes in bytes", NULL }
#define OPTION_JSON       { "json", 'J', POPT_ARG_NONE, NULL, OPT_JSON, "a JSON document", NULL }
#define OPTION_NOHEADINGS { "noheadings", 'n', POPT_ARG_NONE, NULL, OPT_NOHEADINGS, "no headings", NULL }
#define OPTIONS_COLUMNS \
	{ "output", 'o', POPT_ARG_STRING, NULL, OPT_OUTPUT, "columns to show, or with + to add to the usual ones", "[+]LIST" }, \
	{ "output-all", 0, POPT_ARG_NONE, NULL, OPT_OUTPUT_ALL, "all columns", NULL }, \
	{ "pairs", 'P', POPT_ARG_NONE, NULL, OPT_PAIRS, "NAME=\"value\" pairs", NULL }, \
	{ "raw", 'r', POPT_ARG_NONE, NULL, OPT_RAW, "plain words, one space between", NULL }
/* clang-format on */

/* Makes options whose value may be left out popt's business: "--color" is "--color=always". */
void opts_normalise(int argc, const char **argv);

/* Parses what the context was made for, up to the first operand when it was made so; ends the program on bad usage. */
void opts_parse(struct options *options, poptContext context, const struct poptOption *table);

/* Whether the command that runs has this option, for advice that it does not refuse */
bool opts_take(const struct options *options, enum option_id id);

/* Releases what the options hold. */
void opts_release(struct options *options);

/* Ends the program when two of the command's options in the list, which ends with 0, were given. */
void opts_refuse_together(const struct options *options, ...);

/* Whether to colour standard output */
bool opts_use_color(const struct options *options);

/* Whether --raw or --pairs was given */
enum output_mode opts_output_mode(const struct options *options);

/* Adds the columns of a list of names; ends the program when one is none, or there twice. */
void opts_add_columns(struct column_choice *choice, const char *option, const char *names);

/* What --output and --output-all choose; `usual` are the names without them. */
void opts_choose_columns(const struct options *options, struct column_choice *choice, const char *usual);

/* ui/opts-select.c: takes an option that says which blocks; 0 also for one that says something else. */
int opts_take_selection(struct options *options, enum option_id id, const char *arg, char why[WHY_MAX]);

/* Ends the program when one of the sources asked for is none of this machine's. */
void opts_check_sources(const struct options *options, const struct memhp_snapshot *snapshot);

/* Ends the program when --node names one that this machine does not have. */
void opts_check_nodes(const struct options *options, const struct memhp_snapshot *snapshot);

/* Warns of blocks of which it cannot be told whether they are selected; false where there are none. */
bool opts_tell_doubts(const struct options *options, const struct memhp_snapshot *snapshot);

/* The block size, with a look whether the ranges fit it; ends the program when they don't or there is no memory hotplug. */
uint64_t opts_check_ranges(const struct options *options, struct memhp_ctx *ctx);

/* Whether memctl chooses: so many of the selected blocks. Then blocks that it passes over are no failure. */
bool opts_has_goal(const struct options *options);

/* --size or --count in blocks; 0 without them. A size that is no multiple of the block size is a slip, and ends the program. */
uint64_t opts_goal_blocks(const struct options *options, uint64_t block_size);

/* A slip in a number must not pass as "nothing to do": ends the program when a block that was named is not in the snapshot. */
void opts_check_selection(const struct options *options, struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot);

#endif
