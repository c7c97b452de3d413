/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An assessment for people: a table, a map, or all that is known of a single block. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/nums.h"
#include "explain/explain.h"
#include "ui/format.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/table.h"
#include "ui/wrap.h"
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

static void print_map_legend(const struct explain *explain)
{
	char slice[SIZE_TEXT_MAX], word[64];
	size_t column = strlen("MAP:");

	printf("MAP:");
	for (size_t i = FIRST_PAGE_KIND; i < NUM_PAGE_KINDS; i++) {
		snprintf(word, sizeof(word), "%c %s", explain_map_char(i), explain_kind(i));
		wrap_word(stdout, &column, 7, word);
	}
	putchar('\n');
	print_sentence(2, "Each character is %s, and shows what is most in the way there.",
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
		if (explain_has_pages(candidate))
			return true;
	return false;
}

static const char *error_text(int error)
{
	if (error == -EBADMSG)
		return "not understood";
	return error == -EOPNOTSUPP ? "not used by this kernel" : strerror(-error);
}

static void print_missing(const struct explain *explain, bool apart)
{
	bool privilege = false, no_pages = false, has_some = has_pages(explain->assessment);

	for (size_t i = 0; i < NUM_EVIDENCES; i++) {
		int error = memhp_assessment_get_evidence_error(explain->assessment, i);

		if (!is_missing(explain->assessment, i))
			continue;
		fputs(apart ? "\n" : "", stdout);
		print_sentence(2, "Not known: %s (%s: %s)",
			       i == MEMHP_EVIDENCE_PAGE_FLAGS && has_some ? "what the pages of some blocks are used for"
									  : explain_evidence(i),
			       memhp_evidence_path(i), error_text(error));
		apart = false;
		privilege |= error == -EACCES || error == -EPERM;
		no_pages |= i == MEMHP_EVIDENCE_PAGE_FLAGS && !has_some;
	}
	if (no_pages && explain_count(explain, MEMHP_VERDICT_WILL_NOT) < memhp_assessment_get_num_candidates(explain->assessment))
		print_sentence(2, "Without that, every answer but \"will not\" is a guess from the zone%s.",
			       privilege && geteuid() ? "; root sees more" : "");
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
	       unlikely = explain_count_such(explain->assessment, explain_is_unlikely);
	_cleanup_free_ char *size = format_bytes(explain->block_size, explain->bytes);
	size_t offline = explain_count_such(explain->assessment, explain_is_offline);
	const char *separator = ":";
	size_t length;
	char *text;
	FILE *out = xopen_memstream(&text, &length);

	fprintf(out, "%zu block%s of %s", num, num == 1 ? "" : "s", size);
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++) {
		size_t blocks = explain_count(explain, verdicts[i].verdict);

		/* To the library offline blocks are some of which it cannot tell. */
		if (verdicts[i].verdict == MEMHP_VERDICT_CANNOT_TELL)
			blocks -= offline;
		if (verdicts[i].verdict == MEMHP_VERDICT_MAY_GO)
			blocks -= unlikely;
		if (blocks)
			fprintf(out, "%s %zu %s", separator, blocks, verdicts[i].words);
		separator = blocks ? "," : separator;
		if (verdicts[i].verdict != MEMHP_VERDICT_MAY_GO || !unlikely)
			continue;
		fprintf(out, "%s %zu unlikely", separator, unlikely);
		separator = ",";
	}
	if (offline)
		fprintf(out, "%s %zu already offline", separator, offline);
	fputs(explain->num_left_out ? "; these are the best." : ".", out);
	xclose_memstream(out);
	wrap_print(stdout, 0, 2, text);
	free(text);
}

static void print_use(const struct explain_row *row)
{
	const struct explain *explain = row->explain;
	const struct memhp_candidate *candidate = row->candidate;
	_cleanup_free_ char *bar = value_text(explain_bar(row), explain->bytes);
	uint64_t room = memhp_candidate_get_figure(candidate, MEMHP_CANDIDATE_FIGURE_ROOM);
	char map[MAP_SLICES + 1], amount[SIZE_TEXT_MAX];
	const char *separator = "  ";
	size_t length;
	char *text;
	FILE *out = xopen_memstream(&text, &length);

	fprintf(out, "Use:      %s", bar);
	for (size_t i = NUM_PAGE_KINDS; i-- > 0;) {
		uint64_t bytes = memhp_candidate_get_bytes(candidate, i);

		if (!bytes)
			continue;
		fprintf(out, "%s%s %s", separator, format_amount(bytes, explain->bytes, amount), explain_kind(i));
		separator = ", ";
	}
	xclose_memstream(out);
	wrap_print(stdout, 0, 10, text);
	free(text);
	explain_map(candidate, map);
	printf("Map:      %s\n", map);
	if (room != UINT64_MAX)
		printf("To move:  %s",
		       format_amount(memhp_candidate_get_figure(candidate, MEMHP_CANDIDATE_FIGURE_MOVE), explain->bytes, amount));
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
	const struct memhp_block *block = memhp_candidate_get_block(candidate);
	bool online = memhp_block_get_state(block) == MEMHP_STATE_ONLINE;
	const struct memhp_finding *finding;
	_cleanup_free_ char *range = NULL, *size = NULL;
	struct explain_row row;

	explain_get_row(explain, 0, &row);
	range = value_text(block_range(&row), explain->bytes);
	size = value_text(block_size(&row), explain->bytes);
	printf("Block:    %" PRIu64 ", %s, %s\n", memhp_block_get_id(block), range, size);
	printf("State:    %s", memhp_state_name(memhp_block_get_state(block)));
	if (online)
		printf(", zone %s", memhp_zone_name(memhp_block_get_zone(block)));
	putchar('\n');
	if (explain_is_offline(candidate)) {
		printf("Verdict:  %s\n", explain_verdict(candidate));
		return;
	}
	print_sentence(10, "Verdict:  %s, score %u of 100%s", explain_verdict(candidate), memhp_candidate_get_score(candidate),
		       online ? certainties[memhp_candidate_get_certainty(candidate)] : "");
	if (explain_has_pages(candidate))
		print_use(&row);
	puts("\nReasons, and how likely each alone keeps it online:");
	for (size_t i = 0; (finding = memhp_candidate_get_finding(candidate, i)); i++) {
		_cleanup_free_ char *sentence = explain_sentence(finding, explain->bytes);

		print_sentence(6, "%3u%%  %s (%s)", memhp_finding_get_weight(finding), sentence,
			       memhp_evidence_path(memhp_finding_get_evidence(finding)));
	}
	print_single_who(explain);
}

/* Who maps a page need not be who holds it. */
static void print_who_note(const struct explain *explain)
{
	_cleanup_free_ char *trouble = who_trouble(&explain->who);

	if (trouble)
		print_sentence(2, "Not known: %s", trouble);
	if (explain->who.mappers)
		print_sentence(2, "%s", "These processes may hold pages; what the kernel or a device holds is not among them.");
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
	if (explain_count_such(explain->assessment, explain_is_offline) < num)
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
