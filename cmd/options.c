/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which command takes which option, and what does not go together. popt's tables, the help and the refusals follow from it. */
#include "commands.h"
#include "ui/macro.h"
#include "ui/opts.h"

#define ALL      (~0U)
#define SHOW     (CMD_LIST | CMD_EXPLAIN)
#define SELECT   (SHOW | SWITCH | CMD_WATCH | CMD_WAIT)
#define SWITCH   (CMD_ONLINE | CMD_OFFLINE)
#define CHANGE   (SWITCH | CMD_REMOVE | CMD_RESTORE)
#define FIRMWARE (CMD_CONFIGURE | CMD_DECONFIGURE)
#define WRITE    (CHANGE | FIRMWARE | CMD_PROBE)

/* clang-format off */
static const struct option_line lines[] = {
	{ .help = "Output:" },
	{ SHOW, OPT_ALL, "all", 'a', NULL, "one row a block" },
	{ SHOW | CMD_STATUS | CMD_DIFF, OPT_BYTES, "bytes", 'b', NULL, "sizes in bytes" },
	{ CMD_LIST, OPT_BY, "by", 0, "WHAT", "totals by node, source or zone instead of blocks" },
	{ SHOW | CMD_STATUS | CMD_DIFF | CMD_WAIT, OPT_JSON, "json", 'J', NULL, "a JSON document" },
	{ CMD_WATCH, OPT_INITIAL, "initial", 0, NULL, "first the blocks as they are" },
	{ CMD_WATCH, OPT_JSON, "json", 'J', NULL, "a JSON document a line" },
	{ CMD_EXPLAIN, OPT_MAP, "map", 0, NULL, "a map of each block, a character for each part of it" },
	{ CMD_LIST | CMD_WATCH, OPT_NOHEADINGS, "noheadings", 'n', NULL, "no headings" },
	{ CMD_EXPLAIN | CMD_DIFF, OPT_NOHEADINGS, "noheadings", 'n', NULL, "no headings, and nothing below" },
	{ SHOW, OPT_OUTPUT, "output", 'o', "[+]LIST", "columns to show, or with + to add to the usual ones" },
	{ SHOW, OPT_OUTPUT_ALL, "output-all", 0, NULL, "all columns" },
	{ SHOW, OPT_PAIRS, "pairs", 'P', NULL, "NAME=\"value\" pairs" },
	{ SHOW, OPT_RAW, "raw", 'r', NULL, "plain words, one space between" },
	{ CMD_LIST, OPT_SPLIT, "split", 'S', "LIST", "a row for each value in these columns, too; none: merge all neighbours" },
	{ CMD_LIST, OPT_SUMMARY, "summary", 0, "WHEN", "totals: always, never or only; no value: only", "--summary=only" },
	{ CMD_EXPLAIN, OPT_TOP, "top", 0, "N", "only the best N rows, with --json blocks" },
	{ CMD_EXPLAIN, OPT_WHO, "who", 0, NULL, "also the processes that map pages of each block" },

	{ .help = "What to wait for:" },
	{ CMD_WAIT, OPT_FOR, "for", 0, "STATE", "until they are online, offline, present or absent" },
	{ CMD_WAIT, OPT_AT_LEAST, "at-least", 0, "SIZE|N", "until so much of them is, or so many; not all" },
	{ CMD_WAIT, OPT_SETTLED, "settled", 0, "DURATION", "until nothing has changed for so long, such as 2s" },
	{ CMD_WAIT, OPT_TIMEOUT, "timeout", 0, "DURATION", "give up after so long, such as 90s, 1.5m; default infinity" },

	{ .help = "Which blocks:" },
	{ SELECT, OPT_RANGE, "range", 0, "RANGE,...", "blocks in START-END (inclusive) or START+SIZE" },
	{ SELECT, OPT_BLOCK, "block", 0, "LIST", "blocks by number, such as 32-39,45" },
	{ SELECT, OPT_ADDRESS, "address", 0, "ADDR", "the block that holds this physical address" },
	{ SELECT, OPT_NODE, "node", 0, "LIST", "only blocks of these NUMA nodes" },
	{ SELECT, OPT_SOURCE, "source", 0, "NAME,...", "only blocks of these sources, such as dimm" },
	{ SELECT, OPT_STATE, "state", 0, "STATE", "only blocks in this state" },
	{ SHOW | CMD_OFFLINE | CMD_WATCH | CMD_WAIT, OPT_ZONE, "zone", 0, "NAME",
	  "only online blocks of this zone; none: of several zones" },
	{ CMD_ONLINE, OPT_ZONE, "zone", 0, "NAME", NULL },

	{ .help = "Which memory:" },
	{ FIRMWARE, OPT_RANGE, "range", 0, "RANGE,...", "memory in START-END (inclusive) or START+SIZE" },
	{ FIRMWARE, OPT_BLOCK, "block", 0, "LIST", "memory by the number of its block, such as 32-39,45" },
	{ FIRMWARE, OPT_ADDRESS, "address", 0, "ADDR", "what holds this physical address" },
	{ FIRMWARE, OPT_SIZE, "size", 0, "SIZE", "so much of that, or of all; memctl chooses" },
	{ FIRMWARE, OPT_COUNT, "count", 0, "N", "so many blocks of that, or of all; memctl chooses" },
	{ CMD_CONFIGURE, OPT_ALL, "all", 0, NULL, "all that is not configured yet" },
	{ CMD_DECONFIGURE, OPT_ALL, "all", 0, NULL, "all that is configured" },

	{ .help = "Which device:" },
	{ CMD_REMOVE, OPT_SOURCE, "source", 0, "NAME", "the device, such as dimm:PNP0C80:00 (memctl list --by source)" },
	{ CMD_REMOVE, OPT_ADDRESS, "address", 0, "ADDR", "the device that holds this physical address" },

	{ .help = "Or which device, and to which zone:" },
	{ CMD_CONFIGURE, OPT_SOURCE, "source", 0, "NAME", "a dax device as a whole, such as dax0.0 (Linux 7.3)" },
	{ CMD_CONFIGURE, OPT_MOVABLE, "movable", 0, NULL, "to zone Movable" },
	{ CMD_CONFIGURE, OPT_KERNEL, "kernel", 0, NULL, "to a kernel zone; neither: the kernel chooses" },
	{ CMD_CONFIGURE, OPT_FORCE, "force", 0, "LIST", "go on where a guard would refuse: memory, ratio; no value: both",
	  "--force=memory,ratio" },

	{ .help = "Which zone:" },
	{ CMD_ONLINE, OPT_MOVABLE, "movable", 0, NULL, "to zone Movable, from where memory can usually go offline again" },
	{ CMD_ONLINE, OPT_KERNEL, "kernel", 0, NULL, "to a kernel zone; neither: the kernel chooses" },

	{ .help = "Afterwards:" },
	{ CMD_PROBE, OPT_ONLINE, "online", 0, NULL, "bring the new blocks online" },
	{ CMD_PROBE, OPT_MOVABLE, "movable", 0, NULL, "with --online: to zone Movable" },
	{ CMD_PROBE, OPT_KERNEL, "kernel", 0, NULL, "with --online: to a kernel zone; neither: the kernel chooses" },

	{ .help = "How much:" },
	{ SWITCH, OPT_SIZE, "size", 0, "SIZE", "so much of the selected blocks, or of all; memctl chooses" },
	{ SWITCH, OPT_COUNT, "count", 0, "N", "so many of the selected blocks, or of all; memctl chooses" },
	{ CMD_ONLINE, OPT_TO, "to", 0, "SIZE", "until at least so much of the selected blocks, or of all, is online" },
	{ CMD_OFFLINE, OPT_TO, "to", 0, "SIZE", "until at most so much of the selected blocks, or of all, is online" },
	{ CMD_ONLINE, OPT_ALL, "all", 0, NULL, "every block that is not online yet" },
	{ CMD_OFFLINE, OPT_ALL, "all", 0, NULL, "every block that is not offline yet" },

	{ .help = "What to do:" },
	{ CMD_RESTORE, OPT_LAST, "last", 0, NULL, "the blocks of the last request, which may have been cut off" },
	{ CMD_RESTORE, OPT_LIST, "list", 0, NULL, "show the requests that have left a note, the last one first" },
	{ CMD_RESTORE, OPT_PRESENT_ONLY, "present-only", 0, NULL, "restore what is there when blocks of the file are missing" },
	{ CMD_RESTORE, OPT_POLICY, "policy", 0, NULL, "also the kernel's settings for new memory" },
	{ CMD_POLICY, OPT_PERSIST, "persist", 0, NULL, "set, unset: for later boots, too" },
	{ CMD_POLICY, OPT_DRY_RUN, "dry-run", 0, NULL, "set, unset: show what would be done and change nothing" },
	{ SWITCH, OPT_WAIT_PRESENT, "wait-present", 0, NULL, "first wait for the blocks that are named and not there yet" },
	{ WRITE, OPT_TIMEOUT, "timeout", 0, "DURATION", "for the whole request, such as 90s, 1.5m; default infinity" },
	{ CHANGE | FIRMWARE, OPT_BLOCK_TIMEOUT, "block-timeout", 0, "DURATION", "for each block; default 2m" },
	{ CMD_PROBE, OPT_BLOCK_TIMEOUT, "block-timeout", 0, "DURATION", "for each block and step; default infinity" },
	{ CHANGE | FIRMWARE, OPT_RETRY, "retry", 0, "N", "come back N times to blocks that were busy" },
	{ CHANGE | FIRMWARE, OPT_ROLLBACK, "rollback", 0, NULL,
	  "all or nothing: when not all can be changed, bring back what was" },
	{ CMD_PROBE, OPT_ROLLBACK, "rollback", 0, NULL, "with --online: all or none of them online; what is added stays added" },
	{ CHANGE, OPT_KERNEL_DEBUG, "kernel-debug", 0, NULL, "have the kernel log why it refuses, while this lasts" },
	{ CHANGE | FIRMWARE, OPT_DRY_RUN, "dry-run", 0, NULL, "show the plan and change nothing" },
	{ CMD_PROBE, OPT_DRY_RUN, "dry-run", 0, NULL, "check the addresses and change nothing" },
	{ CHANGE | CMD_PROBE, OPT_FORCE, "force", 0, "LIST", "go on where a guard would refuse: memory, ratio; no value: both",
	  "--force=memory,ratio" },
	{ CMD_PROBE, OPT_UNBACKED, "unbacked", 0, NULL,
	  "with --force: also where nothing proves that there is RAM, which can crash the machine" },
	{ CMD_OFFLINE | CMD_REMOVE | CMD_RESTORE, OPT_KEEP_FREE, "keep-free", 0, "SIZE",
	  "refuse to leave less available memory than this" },
	{ CMD_OFFLINE, OPT_WHO, "who", 0, NULL, "name the processes that map what was in the way" },
	{ CMD_CONFIGURE, OPT_MEMMAP, "memmap-on-memory", 0, "yes|no", "put its memory map into itself: yes or no; no value: yes",
	  "--memmap-on-memory=yes" },

	{ .help = "Output:" },
	{ WRITE, OPT_BYTES, "bytes", 'b', NULL, "sizes in bytes" },
	{ WRITE | CMD_POLICY, OPT_JSON, "json", 'J', NULL, "a JSON document" },
	{ WRITE, OPT_NOHEADINGS, "noheadings", 'n', NULL, "no headings" },
	{ CMD_POLICY, OPT_NOHEADINGS, "noheadings", 'n', NULL, "show: no headings" },
	{ WRITE, OPT_OUTPUT, "output", 'o', "[+]LIST", "columns to show, or with + to add to the usual ones" },
	{ WRITE, OPT_PROGRESS, "progress", 0, NULL, "with --json: a document a line, the result last" },

	{ .help = "How long:" },
	{ CMD_WATCH, OPT_DURATION, "duration", 0, "DURATION", "for so long, such as 90s, 1.5m; default infinity" },
	{ CMD_WATCH, OPT_EVENTS, "events", 0, "N", "until N events were shown" },

	{ .help = "For scripts:" },
	{ CMD_STATUS, OPT_CHECK, "check", 0, NULL, "exit 5 when there is a warning" },

	{ .help = "Global options:" },
	{ ALL, OPT_SYSROOT, "sysroot", 's', "DIR", "work below DIR instead of /" },
	{ ALL, OPT_COLOR, "color", 0, "WHEN", "colours: auto, always or never", "--color=always" },
	{ ALL, OPT_VERBOSE, "verbose", 'v', NULL, "say more about what is going on" },
	{ ALL, OPT_QUIET, "quiet", 'q', NULL, "no warnings and notes" },
	{ ALL, OPT_HELP, "help", 'h', NULL, "show this help" },
	{ ALL, OPT_VERSION, "version", 'V', NULL, "show the version" },
};

#define BIT(option) (UINT64_C(1) << OPT_##option)
#define NAMED       (BIT(RANGE) | BIT(BLOCK) | BIT(ADDRESS))
#define GOAL        (BIT(SIZE) | BIT(COUNT) | BIT(TO))
#define SELECTED    (NAMED | GOAL | BIT(NODE) | BIT(ZONE) | BIT(SOURCE) | BIT(ALL))

static const struct option_rule rules[] = {
	{ SHOW, BIT(JSON) | BIT(PAIRS) | BIT(RAW) },
	{ SHOW, BIT(OUTPUT) | BIT(OUTPUT_ALL) | BIT(BY) | BIT(MAP) },
	{ CMD_EXPLAIN, BIT(OUTPUT) | BIT(OUTPUT_ALL) | BIT(JSON) },
	{ CMD_LIST, BIT(BY) | BIT(ALL) | BIT(SPLIT) },

	{ CMD_ONLINE | CMD_CONFIGURE | CMD_PROBE, BIT(MOVABLE) | BIT(KERNEL) },
	{ CMD_ONLINE, BIT(ZONE), .why = "offline blocks have no zone yet; to choose one use --movable or --kernel" },
	{ CMD_PROBE, BIT(MOVABLE) | BIT(KERNEL), .without = BIT(ONLINE), .why = "needs --online" },
	{ CMD_PROBE, BIT(ROLLBACK), .without = BIT(ONLINE),
	  .why = "needs --online: what is added stays, only onlining can be undone" },
	{ CMD_PROBE, BIT(UNBACKED), .without = BIT(FORCE),
	  .why = "needs --force, too: it adds memory that may not exist" },
	{ CMD_CONFIGURE, BIT(SOURCE), .with = NAMED | GOAL | BIT(ALL),
	  .why = "names a whole dax device; leave out the options that are for standby memory" },
	{ CMD_CONFIGURE, BIT(FORCE), .without = BIT(MOVABLE), .why = "needs --source and --movable" },
	{ CMD_CONFIGURE, BIT(MOVABLE) | BIT(KERNEL), .without = BIT(SOURCE),
	  .why = "needs --source; for standby memory: memctl configure, then memctl online" },

	{ CMD_RESTORE, BIT(LAST) | BIT(LIST) },
	{ CMD_RESTORE, BIT(LAST), .with = BIT(PRESENT_ONLY) | BIT(POLICY),
	  .why = "is about the blocks of a request; --present-only and --policy are for a FILE" },
	{ CMD_RESTORE, BIT(LIST), .with = BIT(PRESENT_ONLY) | BIT(POLICY) | BIT(TIMEOUT) | BIT(BLOCK_TIMEOUT) | BIT(RETRY) |
	  BIT(ROLLBACK) | BIT(KEEP_FREE) | BIT(FORCE) | BIT(KERNEL_DEBUG) | BIT(DRY_RUN) | BIT(OUTPUT) | BIT(PROGRESS) | BIT(BYTES),
	  .why = "changes nothing; only --json and --noheadings go together with it" },

	{ CMD_WAIT, BIT(FOR) | BIT(SETTLED) },
	{ CMD_WAIT, BIT(AT_LEAST), .without = BIT(FOR), .why = "needs --for" },
	{ CMD_WAIT, .without = BIT(FOR) | BIT(SETTLED), .why = "nothing to wait for; use --for or --settled" },
	{ SWITCH, BIT(WAIT_PRESENT), .without = NAMED,
	  .why = "waits for blocks that are named; use --range, --block or --address, too" },
	{ SWITCH, BIT(WAIT_PRESENT) | BIT(DRY_RUN) },

	{ SWITCH | FIRMWARE, BIT(ALL), .with = NAMED,
	  .why = "selects every block; leave it out to change only those that are named" },
	{ SWITCH | FIRMWARE, GOAL },
	{ SWITCH, BIT(TO) | BIT(ALL) },
	{ SWITCH, BIT(TO), .with = BIT(STATE),
	  .why = "counts the selected blocks that are online, so leave out --state" },
	{ CMD_REMOVE, BIT(SOURCE) | BIT(ADDRESS) },
	{ WRITE, BIT(PROGRESS), .without = BIT(JSON), .why = "needs --json; a terminal shows progress by itself" },

	{ SWITCH, BIT(STATE), .without = SELECTED, .why =
	  "only filters; add --range, --block, --address, --node, --source, --size, --count or --all" },
	{ CMD_ONLINE, .without = SELECTED, .why =
	  "no block selected; use --range, --block, --address, --node, --source, --size, --count, --to or --all" },
	{ CMD_OFFLINE, .without = SELECTED, .why =
	  "no block selected; use --range, --block, --address, --node, --source, --zone, --size, --count, --to or --all" },
	{ CMD_REMOVE, .without = SELECTED, .why =
	  "no device selected; use --source NAME (memctl list --by source shows them) or --address ADDR" },
	{ FIRMWARE, .without = SELECTED, .why =
	  "no memory selected; use --range, --block, --address, --size, --count or --all" },
};
/* clang-format on */

const struct option_table memctl_options = { lines, ARRAY_SIZE(lines), rules, ARRAY_SIZE(rules) };
