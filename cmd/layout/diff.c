/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl diff: what is another way than a saved layout has it */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "ui/colors.h"
#include "ui/exit.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/layout.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/session.h"
#include "ui/table.h"
#include "ui/xalloc.h"

static const struct {
	enum layout_difference bit;
	const char *word;
} kinds[] = {
	{ LAYOUT_ABSENT, "absent" }, { LAYOUT_NEW, "new" },   { LAYOUT_STATE, "state" },
	{ LAYOUT_ZONE, "zone" },     { LAYOUT_NODE, "node" }, { LAYOUT_SOURCE, "source" },
};

struct comparison {
	const struct options *options;
	const char *path;
	struct layout saved, now;
	uint64_t differing, in_doubt; /* bytes */
	bool differs;                 /* some memory does, or the size of a block */
	bool is_doubtful;             /* of something it cannot be told */
	size_t num_policies;          /* that differ */
};

static struct layout_walk begin_walk(const struct comparison *comparison)
{
	return (struct layout_walk){ .saved = &comparison->saved, .now = &comparison->now };
}

/* A value that is not known on either side is no other one. */
static bool policy_differs(const struct comparison *comparison, enum memhp_policy_key key)
{
	const char *saved = comparison->saved.policy[key], *now = comparison->now.policy[key];

	return saved && now && strcmp(saved, now) != 0;
}

/* Made-up files have more bytes than can be counted. */
static void add_size(uint64_t *sum, const struct layout_span *span)
{
	if (__builtin_add_overflow(*sum, size_of_span(span->start, span->last), sum))
		*sum = UINT64_MAX;
}

static void compare(struct comparison *comparison)
{
	struct layout_walk walk = begin_walk(comparison);
	struct layout_span span;

	while (layout_walk(&walk, &span)) {
		if (span.differs)
			add_size(&comparison->differing, &span);
		if (span.in_doubt)
			add_size(&comparison->in_doubt, &span);
	}
	comparison->differs = comparison->differing || comparison->saved.block_size != comparison->now.block_size;
	comparison->is_doubtful = comparison->in_doubt;
	for (enum memhp_policy_key key = 1; key < NUM_POLICY_KEYS; key++) {
		comparison->num_policies += policy_differs(comparison, key);
		comparison->is_doubtful |= layout_policy_in_doubt(&comparison->saved, &comparison->now, key);
	}
}

static enum exit_status get_status(const struct comparison *comparison)
{
	if (comparison->differs || comparison->num_policies)
		return EXIT_FOUND;
	return comparison->is_doubtful ? EXIT_PARTLY : EXIT_DONE;
}

/* "online Movable node 1 dimm:PNP0C80:00": the state, and what else differs; from malloc() */
static char *describe(const struct layout_place *place, unsigned int differs)
{
	const char *zone = place ? zone_word(place->zone) : NULL;
	bool has_node = place && differs & LAYOUT_NODE && place->nodes, has_source = place && differs & LAYOUT_SOURCE;

	if (!place)
		return xstrdup("-");
	return xasprintf("%s%s%s%s%s%s%s", state_word(place->state) ? state_word(place->state) : "?", zone ? " " : "",
			 zone ? zone : "", has_node ? " node " : "", has_node ? place->nodes : "", has_source ? " " : "",
			 has_source ? place->source : "");
}

/* "state,zone"; from malloc() */
static char *name_kinds(unsigned int differs)
{
	char *names = xstrdup("");

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		char *longer;

		if (!(differs & kinds[i].bit))
			continue;
		longer = xasprintf("%s%s%s", names, *names ? "," : "", kinds[i].word);
		free(names);
		names = longer;
	}
	return names;
}

static char *name_blocks(const struct comparison *comparison, const struct layout_span *span)
{
	uint64_t size = comparison->now.block_size;

	return format_ids(span->start / size, span->last / size);
}

static void print_table(const struct comparison *comparison)
{
	const struct options *options = comparison->options;
	struct table *table = table_new(OUTPUT_TABLE, !has_option(options, OPT_NOHEADINGS), opts_use_color(options));
	struct layout_walk walk = begin_walk(comparison);
	struct layout_span span;

	table_add_column(table, "BLOCK", ALIGN_RIGHT);
	table_add_column(table, "SIZE", ALIGN_RIGHT);
	table_add_column(table, "SAVED", ALIGN_LEFT);
	table_add_column(table, "NOW", ALIGN_LEFT);
	table_add_column(table, "DIFFERS", ALIGN_LEFT);
	while (layout_walk(&walk, &span)) {
		struct table_row *row = span.differs ? table_add_row(table) : NULL;

		if (!row)
			continue;
		table_set(row, 0, name_blocks(comparison, &span));
		table_set(row, 1, format_bytes(size_of_span(span.start, span.last), has_option(options, OPT_BYTES)));
		table_set(row, 2, describe(span.saved, span.differs));
		table_set(row, 3, describe(span.now, span.differs));
		table_set(row, 4, name_kinds(span.differs));
	}
	table_print(table);
}

static void print_policy(const struct comparison *comparison)
{
	for (enum memhp_policy_key key = 1; key < NUM_POLICY_KEYS; key++)
		if (policy_differs(comparison, key))
			printf("%s: %s, now %s\n", memhp_policy_key_name(key), comparison->saved.policy[key],
			       comparison->now.policy[key]);
}

static void print_conclusion(const struct comparison *comparison)
{
	char size[SIZE_TEXT_MAX];

	if (comparison->differing)
		print_sentence(2, "\n%s of memory differs from %s.",
			       format_amount(comparison->differing, has_option(comparison->options, OPT_BYTES), size),
			       comparison->path);
	else if (comparison->num_policies && !comparison->differs && !comparison->is_doubtful)
		print_sentence(2, "\nThe memory is as in %s, and the policy is not.", comparison->path);
	else if (!comparison->num_policies && !comparison->differs)
		print_sentence(2, "Nothing differs from %s%s.", comparison->path,
			       comparison->is_doubtful ? " as far as is known" : "");
}

static void print_text(const struct comparison *comparison)
{
	const struct options *options = comparison->options;
	char doubt[SIZE_TEXT_MAX], saved[SIZE_TEXT_MAX], now[SIZE_TEXT_MAX];

	if (!has_option(options, OPT_QUIET)) {
		if (comparison->differing)
			print_table(comparison);
		if (comparison->num_policies)
			print_policy(comparison);
		if (!has_option(options, OPT_NOHEADINGS))
			print_conclusion(comparison);
		fflush(stdout);
	}
	if (comparison->saved.block_size != comparison->now.block_size)
		warn("%s is about blocks of %s, and here a block has %s: it cannot be restored", comparison->path,
		     format_size(comparison->saved.block_size, saved), format_size(comparison->now.block_size, now));
	if (comparison->in_doubt)
		warn("whether %s of memory differs is not known: its state or zone is not known here or in the file",
		     format_size(comparison->in_doubt, doubt));
}

static void tell_policy_doubts(const struct comparison *comparison)
{
	for (enum memhp_policy_key key = 1; key < NUM_POLICY_KEYS; key++)
		if (layout_policy_in_doubt(&comparison->saved, &comparison->now, key))
			warn("whether %s differs is not known: its value is not known here or in the file",
			     memhp_policy_key_name(key));
}

static struct json_object *make_place(const struct layout_place *place)
{
	struct json_object *object = place ? json_new() : NULL;

	if (object)
		layout_set_place(object, place);
	return object;
}

static struct json_object *make_difference(const struct comparison *comparison, const struct layout_span *span)
{
	_cleanup_free_ char *range = format_range(span->start, span->last), *blocks = name_blocks(comparison, span);
	struct json_object *object = json_new(), *words = json_array_new();

	json_set_string(object, "range", range);
	json_set_uint(object, "start", span->start);
	json_set_uint(object, "size", size_of_span(span->start, span->last));
	json_set_string(object, "block", blocks);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (span->differs & kinds[i].bit)
			json_append_string(words, kinds[i].word);
	json_set(object, "kinds", words);
	json_set(object, "saved", make_place(span->saved));
	json_set(object, "now", make_place(span->now));
	return object;
}

static void write_document(const struct comparison *comparison, enum exit_status status)
{
	struct layout_walk walk = begin_walk(comparison);
	struct layout_span span;
	struct json_doc doc;

	json_doc_begin(&doc, stdout, "diff");
	json_doc_uint(&doc, "exit_status", status);
	json_doc_uint(&doc, "block_size", comparison->now.block_size);
	json_doc_uint(&doc, "saved_block_size", comparison->saved.block_size);
	json_doc_uint(&doc, "differing", comparison->differing);
	json_doc_uint(&doc, "unknown", comparison->in_doubt);
	json_doc_begin_array(&doc, "differences");
	while (layout_walk(&walk, &span))
		if (span.differs)
			json_doc_item(&doc, make_difference(comparison, &span));
	json_doc_end_array(&doc);
	json_doc_begin_array(&doc, "policy");
	for (enum memhp_policy_key key = 1; key < NUM_POLICY_KEYS; key++) {
		struct json_object *object = policy_differs(comparison, key) ? json_new() : NULL;

		if (!object)
			continue;
		json_set_string(object, "key", memhp_policy_key_name(key));
		json_set_string(object, "saved", comparison->saved.policy[key]);
		json_set_string(object, "now", comparison->now.policy[key]);
		json_doc_item(&doc, object);
	}
	json_doc_end_array(&doc);
	json_doc_end(&doc);
}

static int run_diff(struct options *options, const char **operands)
{
	struct comparison comparison = { .options = options, .path = operands[0] };
	struct memhp_snapshot *snapshot;
	struct memhp_ctx *ctx;
	enum exit_status status;
	int rc;

	comparison.saved = layout_read(operands);
	ctx = open_ctx(options);
	rc = memhp_snapshot_new(&snapshot, ctx, LAYOUT_ATTRS);
	if (rc < 0)
		fail_scan(ctx, rc);
	comparison.now = layout_take(ctx, snapshot);
	compare(&comparison);
	tell_policy_doubts(&comparison);
	status = get_status(&comparison);
	if (has_option(options, OPT_JSON))
		write_document(&comparison, status);
	else
		print_text(&comparison);
	layout_release(&comparison.saved);
	layout_release(&comparison.now);
	memhp_snapshot_unref(snapshot);
	memhp_ctx_unref(ctx);
	return status;
}

const struct command memctl_cmd_diff = {
	.name = "diff",
	.summary = "say what differs from a saved layout",
	.bit = CMD_DIFF,
	.synopsis = "[OPTION...] FILE",
	.run = run_diff,
};
