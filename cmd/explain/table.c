/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An assessment for people: a table, a map, or all that is known of a single block. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ui/nums.h"
#include "explain/explain.h"
#include "ui/format.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/table.h"
#include "ui/xalloc.h"

/* So many processes are named, and of a single block more */
#define WHO_IN_TABLE  2
#define WHO_OF_SINGLE 10

static struct table *new_table(const struct explain *explain)
{
	return table_new(opts_output_mode(explain->options), !has_option(explain->options, OPT_NOHEADINGS),
			 opts_use_color(explain->options));
}

static void add_who_column(struct table *table, const struct explain *explain)
{
	if (explain->who.asked)
		table_add_column(table, "MAPPED-BY", ALIGN_LEFT);
}

static void set_who(struct table_row *cells, size_t column, const struct explain_row *row)
{
	const struct explain *explain = row->explain;
	_cleanup_free_ char *text = NULL;

	if (!explain->who.asked)
		return;
	text = who_text(&explain->who, row->index, WHO_IN_TABLE, ", ", explain->bytes);
	table_set_copy(cells, column, text);
}

static void print_table(const struct explain *explain)
{
	struct table *table = new_table(explain);
	struct explain_row row;

	columns_head(&explain->shown, table);
	add_who_column(table, explain);
	for (size_t i = 0; explain_get_row(explain, i, &row); i++) {
		struct table_row *cells = table_add_row(table);

		columns_fill(&explain->shown, cells, &row, explain->bytes);
		set_who(cells, explain->shown.num, &row);
	}
	table_print(table);
}

static void print_maps(const struct explain *explain)
{
	struct table *table = new_table(explain);
	char map[MAP_SLICES + 1];
	struct explain_row row;

	table_add_column(table, "BLOCK", ALIGN_RIGHT);
	table_add_column(table, "SCORE", ALIGN_RIGHT);
	table_add_column(table, "MAP", ALIGN_LEFT);
	add_who_column(table, explain);
	for (size_t i = 0; explain_get_row(explain, i, &row); i++) {
		struct table_row *cells = table_add_row(table);

		explain_map(row.candidate, map);
		value_show(explain_block(&row), cells, 0, explain->bytes);
		value_show(explain_score(&row), cells, 1, explain->bytes);
		table_color(cells, 1, explain_color(row.candidate));
		table_set_copy(cells, 2, *map ? map : NULL);
		set_who(cells, 3, &row);
	}
	table_print(table);
}

/* Words side by side, with a line break where a terminal would have one. */
static void print_word(size_t *width, const char *word)
{
	if (*width + 2 + strlen(word) > 80) {
		printf("\n     ");
		*width = 5;
	}
	printf("  %s", word);
	*width += 2 + strlen(word);
}

static void print_map_legend(const struct explain *explain)
{
	char slice[SIZE_TEXT_MAX], word[64];
	size_t width = 4;

	printf("MAP:");
	for (size_t i = FIRST_PAGE_KIND; i < NUM_PAGE_KINDS; i++) {
		snprintf(word, sizeof(word), "%c %s", explain_map_char(i), explain_kind(i));
		print_word(&width, word);
	}
	printf("\nEach character is %s, and shows what stands in the way most of all that is there.\n",
	       format_amount(explain->block_size / MAP_SLICES, false, slice));
}

static bool has_bar(const struct explain *explain)
{
	for (size_t i = 0; i < explain->shown.num; i++)
		if (explain->shown.items[i]->value == explain_bar)
			return true;
	return false;
}

static void print_bar_legend(const struct explain *explain)
{
	printf("USE:");
	for (enum explain_fill fill = 0; fill < NUM_FILLS; fill++)
		printf("  %s %s", explain_fill_mark(explain, fill), explain_fill(fill));
	putchar('\n');
}

/* Where one file stands in for another nothing is missing. */
static bool is_missing(const struct memhp_assessment *assessment, enum memhp_evidence evidence)
{
	int error = memhp_assessment_get_evidence_error(assessment, evidence);

	if (error == 0 || error == -ENODATA || evidence == MEMHP_EVIDENCE_MEMMAP)
		return false;
	return evidence != MEMHP_EVIDENCE_IOMEM || memhp_assessment_get_evidence_error(assessment, MEMHP_EVIDENCE_MEMMAP) < 0;
}

/* Whether the pages of any block were looked at */
static bool has_pages(const struct memhp_assessment *assessment)
{
	const struct memhp_candidate *candidate;

	for (size_t i = 0; (candidate = memhp_assessment_get_candidate(assessment, i)); i++)
		if (memhp_candidate_has_usage(candidate))
			return true;
	return false;
}

static const char *error_text(int error)
{
	if (error == -EBADMSG)
		return "not understood";
	return error == -EOPNOTSUPP ? "the kernel was told otherwise" : strerror(-error);
}

static void print_missing(const struct explain *explain, bool apart)
{
	bool privilege = false, no_pages = false, has_some = has_pages(explain->assessment);

	for (size_t i = 0; i < NUM_EVIDENCES; i++) {
		int error = memhp_assessment_get_evidence_error(explain->assessment, i);

		if (!is_missing(explain->assessment, i))
			continue;
		printf("%sNot known: %s (%s: %s)\n", apart ? "\n" : "",
		       i == MEMHP_EVIDENCE_PAGE_FLAGS && has_some ? "what the pages of some blocks are used for"
								  : explain_evidence(i),
		       memhp_evidence_path(i), error_text(error));
		apart = false;
		privilege |= error == -EACCES || error == -EPERM;
		no_pages |= i == MEMHP_EVIDENCE_PAGE_FLAGS && !has_some;
	}
	if (no_pages && memhp_assessment_count_verdict(explain->assessment, MEMHP_VERDICT_WILL_NOT) <
				memhp_assessment_get_num_candidates(explain->assessment))
		printf("So all but \"will not\" is a guess from the zone%s.\n", privilege && geteuid() ? "; root sees more" : "");
}

static size_t count(const struct memhp_assessment *assessment, bool (*is_one)(const struct memhp_candidate *))
{
	const struct memhp_candidate *candidate;
	size_t num = 0;

	for (size_t i = 0; (candidate = memhp_assessment_get_candidate(assessment, i)); i++)
		num += is_one(candidate);
	return num;
}

static void print_summary(const struct explain *explain)
{
	static const struct {
		enum memhp_verdict verdict;
		const char *words;
	} verdicts[] = { { MEMHP_VERDICT_CAN_GO, "can go" },
			 { MEMHP_VERDICT_MAY_GO, "may go" },
			 { MEMHP_VERDICT_CANNOT_TELL, "cannot tell" },
			 { MEMHP_VERDICT_WILL_NOT, "will not" } };
	size_t num = memhp_assessment_get_num_candidates(explain->assessment),
	       unlikely = count(explain->assessment, explain_is_unlikely);
	_cleanup_free_ char *size = format_bytes(explain->block_size, explain->bytes);
	size_t offline = count(explain->assessment, explain_is_offline);
	const char *separator = ":";

	printf("%zu block%s of %s", num, num == 1 ? "" : "s", size);
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++) {
		size_t blocks = memhp_assessment_count_verdict(explain->assessment, verdicts[i].verdict);

		/* To the library offline blocks are some of which it cannot tell. */
		if (verdicts[i].verdict == MEMHP_VERDICT_CANNOT_TELL)
			blocks -= offline;
		if (blocks == 0)
			continue;
		printf("%s %zu %s", separator, blocks, verdicts[i].words);
		if (verdicts[i].verdict == MEMHP_VERDICT_MAY_GO && unlikely)
			printf(" (%zu of them unlikely)", unlikely);
		separator = ",";
	}
	if (offline)
		printf("%s %zu offline already", separator, offline);
	puts(".");
}

static void print_use(const struct explain_row *row)
{
	const struct explain *explain = row->explain;
	const struct memhp_candidate *candidate = row->candidate;
	_cleanup_free_ char *bar = value_text(explain_bar(row), explain->bytes);
	uint64_t room = memhp_candidate_get_room_bytes(candidate);
	char map[MAP_SLICES + 1], amount[SIZE_TEXT_MAX];
	const char *separator = "  ";

	printf("Use:      %s", bar);
	for (size_t i = NUM_PAGE_KINDS; i-- > 0;) {
		uint64_t bytes = memhp_candidate_get_bytes(candidate, i);

		if (!bytes)
			continue;
		printf("%s%s %s", separator, format_amount(bytes, explain->bytes, amount), explain_kind(i));
		separator = ", ";
	}
	explain_map(candidate, map);
	printf("\nMap:      %s\n", map);
	if (room != UINT64_MAX)
		printf("To move:  %s", format_amount(memhp_candidate_get_move_bytes(candidate), explain->bytes, amount));
	if (room != UINT64_MAX)
		printf(", and elsewhere %s are available\n", format_amount(room, explain->bytes, amount));
}

static void print_single_who(const struct explain *explain)
{
	_cleanup_free_ char *text = who_text(&explain->who, 0, WHO_OF_SINGLE, ",\n           ", explain->bytes);

	if (explain->who.asked && explain->who.mappers)
		printf("\nMapped by: %s\n", text ? text : "no process");
}

static void print_single(const struct explain *explain)
{
	static const char *const certainties[] = {
		[MEMHP_CERTAINTY_GUESS] = "; a guess, for its pages could not be looked at",
		[MEMHP_CERTAINTY_LIKELY] = "",
		[MEMHP_CERTAINTY_SURE] = "; certain",
	};
	const struct memhp_candidate *candidate = memhp_assessment_get_candidate(explain->assessment, 0);
	bool online = memhp_candidate_get_state(candidate) == MEMHP_STATE_ONLINE;
	_cleanup_free_ char *range = NULL, *size = NULL;
	struct explain_row row;

	explain_get_row(explain, 0, &row);
	range = value_text(block_range(&row), explain->bytes);
	size = value_text(block_size(&row), explain->bytes);
	printf("Block:    %" PRIu64 ", %s, %s\n", memhp_candidate_get_block_id(candidate), range, size);
	printf("State:    %s", memhp_state_name(memhp_candidate_get_state(candidate)));
	if (online)
		printf(", zone %s", memhp_zone_name(memhp_candidate_get_zone(candidate)));
	putchar('\n');
	if (explain_is_offline(candidate)) {
		printf("Verdict:  %s\n", explain_verdict(candidate));
		return;
	}
	printf("Verdict:  %s, score %u of 100%s\n", explain_verdict(candidate), memhp_candidate_get_score(candidate),
	       online ? certainties[memhp_candidate_get_certainty(candidate)] : "");
	if (memhp_candidate_has_usage(candidate))
		print_use(&row);
	puts("\nReasons, the heaviest first:");
	for (size_t i = 0; i < memhp_candidate_get_num_findings(candidate); i++) {
		_cleanup_free_ char *sentence = explain_sentence(candidate, i, explain->bytes);

		printf("%3u%%  %s (%s)\n", memhp_candidate_get_finding_weight(candidate, i), sentence,
		       memhp_evidence_path(memhp_candidate_get_finding_evidence(candidate, i)));
	}
	print_single_who(explain);
}

/* Who maps a page need not be who holds it. */
static void print_who_note(const struct explain *explain)
{
	_cleanup_free_ char *trouble = who_trouble(&explain->who);

	if (trouble)
		printf("Not known: %s\n", trouble);
	if (explain->who.mappers)
		puts("Processes are candidates for who holds pages; what only the kernel or a device holds is not among them.");
}

/* What is below a table: what its signs mean, and a count. */
static void print_below(const struct explain *explain, bool single)
{
	size_t num = memhp_assessment_get_num_candidates(explain->assessment);
	/* Without a look at the pages there is nothing to read off. */
	bool pages = has_pages(explain->assessment);

	if (!single || explain->has_map)
		putchar('\n');
	if (explain->has_map && pages)
		print_map_legend(explain);
	else if (!single && pages && has_bar(explain))
		print_bar_legend(explain);
	if (num > 1)
		print_summary(explain);
	if (count(explain->assessment, explain_is_offline) < num)
		print_missing(explain, single);
	print_who_note(explain);
}

void explain_print(const struct explain *explain)
{
	const struct options *options = explain->options;
	size_t num = memhp_assessment_get_num_candidates(explain->assessment);
	bool table = opts_output_mode(options) != OUTPUT_TABLE;
	bool single = num == 1 && !table && !options->output && !has_option(options, OPT_OUTPUT_ALL);

	if (num == 0)
		warn("no %smemory block %s", options->selection ? "" : "online ", options->selection ? "matches" : "is there");
	if (single)
		print_single(explain);
	else if (explain->has_map)
		print_maps(explain);
	else
		print_table(explain);
	if (num > 0 && !table && !has_option(options, OPT_NOHEADINGS))
		print_below(explain, single);
}
