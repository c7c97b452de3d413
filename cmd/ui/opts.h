/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options: the form of their one table, which memctl.c passes down, and what a command line parses to. */
#ifndef MEMCTL_OPTS_H
#define MEMCTL_OPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmemhp.h"
#include "ui/parse-args.h"
#include "ui/table.h"

struct column_choice;
struct command;

/* Every option of every command, for each is seen at most once in one command line */
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
	OPT_CHECK,
	OPT_TOP,
	OPT_INITIAL,
	OPT_DURATION,
	OPT_EVENTS,
	OPT_TO,
	OPT_PRESENT_ONLY,
	OPT_POLICY,
	OPT_FOR,
	OPT_AT_LEAST,
	OPT_SETTLED,
	OPT_WAIT_PRESENT,
	OPT_LAST,
	OPT_LIST,
};

/* An option as some commands take it; without an id a heading, `help`, for those that follow */
struct option_line {
	unsigned int takers; /* of the commands' bits */
	enum option_id id;
	const char *name;
	char letter;
	const char *arg;  /* what its value is called, NULL: it takes none */
	const char *help; /* NULL: known only to be refused in words */
	const char *bare; /* what it is short for without a value; NULL: that is a slip */
};

/*
 * What is refused: one of `given` (of anything, where that is empty) with one of `with` (or whatever, where that is empty) and
 * without all of `without`. Without words: two of `given`. All are bits of enum option_id.
 */
struct option_rule {
	unsigned int takers;
	uint64_t given, with, without;
	const char *why;
};

struct option_table {
	const struct option_line *lines;
	size_t num_lines;
	const struct option_rule *rules;
	size_t num_rules;
};

/* Guards that --force overcomes, as bits */
enum force {
	FORCE_MEMORY = 1,
	FORCE_RATIO = 2,
};

/* What blocks are waited for to be: `named` leaves out the filters, and means that all names have a block. */
enum awaited { AWAITED_NOTHING, AWAITED_ONLINE, AWAITED_OFFLINE, AWAITED_PRESENT, AWAITED_ABSENT, AWAITED_NAMED };

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER, WHEN_ONLY };

/* A range as it was typed: whether it is aligned shows when the block size is known. */
struct given_range {
	char *text;
	uint64_t start, last;
};

struct options {
	const struct option_table *table;
	const struct command *command; /* memctl help, until it is known */
	uint64_t seen;                 /* bit N: enum option_id N was given */
	char *sysroot;
	enum when color;

	struct memhp_selection *selection;
	struct given_range *ranges;
	size_t num_ranges;
	char *source; /* the last of --source */
	enum memhp_state state;
	size_t num_sources, num_addresses;
	bool memmap; /* --memmap-on-memory */

	char *output, *split, *by;
	enum when summary;

	unsigned int forced; /* of enum force */
	enum awaited awaited;
	uint64_t timeout_ms, block_timeout_ms, settled_ms;
	uint64_t size, target, keep_free, count, retries, top, num_events; /* bytes (3), blocks, attempts, rows, events */
};

static inline bool has_option(const struct options *options, enum option_id id)
{
	return options->seen >> id & 1;
}

/* Makes options whose value may be left out popt's business: "--color" is "--color=always". */
void opts_normalise(const struct option_table *table, int argc, const char **argv);

/* The command's line about an option; NULL when it does not take it */
const struct option_line *opts_find(const struct options *options, enum option_id id);

/* Takes an option over with its value, from malloc(); ends the program when it makes no sense. */
void opts_take_option(struct options *options, const struct option_line *line, char *arg);

/* Ends the program when what was given does not go together, or lacks something. */
void opts_check(const struct options *options);

/* ui/opts-operands.c: ends the program for an operand of a command that has none, with the option that it should have been. */
_Noreturn void opts_refuse_operand(const struct options *options, const char *operand);

/* Whether the command that runs has this option, for advice that it does not refuse */
bool opts_take(const struct options *options, enum option_id id);

/* Releases what the options hold. */
void opts_release(struct options *options);

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
void opts_check_known_sources(const struct options *options, const struct memhp_snapshot *snapshot);

/* The same for who needs blocks of it: a device without any is a slip, too. */
void opts_check_sources(const struct options *options, const struct memhp_snapshot *snapshot);

/* Ends the program when --node names one that this machine does not have. */
void opts_check_nodes(const struct options *options, const struct memhp_snapshot *snapshot);

/* Why it cannot be told whether a block is selected, by the negative errno of memhp_selection_matches() */
const char *opts_doubt_text(int error);

/* Warns of blocks of which it cannot be told whether they are selected; false where there are none. */
bool opts_tell_doubts(const struct options *options, const struct memhp_snapshot *snapshot);

/* The block size, with a look whether the ranges fit it; ends the program when they don't or there is no memory hotplug. */
uint64_t opts_check_ranges(const struct options *options, struct memhp_ctx *ctx);

/* Whether memctl chooses: so many of the selected blocks. Then blocks that it passes over are no failure. */
bool opts_has_goal(const struct options *options);

/*
 * --size or --count in blocks, 0 without them, and --to, UINT64_MAX without. A size that is no multiple of the block size is a
 * slip, and ends the program.
 */
uint64_t opts_goal_blocks(const struct options *options, uint64_t block_size);
uint64_t opts_target_blocks(const struct options *options, uint64_t block_size);

/* --at-least in blocks, 0 without it; likewise */
uint64_t opts_least_blocks(const struct options *options, uint64_t block_size);

/* Ends the program when a block is named that no machine can have. */
void opts_check_possible(const struct options *options, const struct memhp_snapshot *snapshot);

/* A slip in a number must not pass as "nothing to do": ends the program when a block that was named is not in the snapshot. */
void opts_check_selection(const struct options *options, struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot);

/*
 * ui/opts-popt.c: takes the options of a command line, with `stops` up to the first operand; ends the program on bad usage. `argv`
 * begins with what the help calls the command, and has to live as long as the parser.
 */
struct parser;
struct parser *parser_new(struct options *options, int argc, const char **argv, bool stops);
void parser_free(struct parser *parser);

/* What is behind them; NULL for nothing */
const char **parser_operands(struct parser *parser);

/* The options in words; `synopsis` is of what the command line has, NULL: options alone. */
void parser_print_help(struct parser *parser, const char *synopsis);

#endif
