/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/opts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "ui/advice.h"
#include "ui/colors.h"
#include "ui/exit.h"
#include "ui/nearest.h"
#include "ui/parse-args.h"
#include "ui/xalloc.h"

const struct option_line *opts_find(const struct options *options, enum option_id id)
{
	for (size_t i = 0; i < options->table->num_lines; i++) {
		const struct option_line *line = &options->table->lines[i];

		if (line->id == id && (line->takers & options->command->bit))
			return line;
	}
	return NULL;
}

bool opts_take(const struct options *options, enum option_id id)
{
	return opts_find(options, id) != NULL;
}

static bool is_repeatable(enum option_id id)
{
	return id == OPT_RANGE || id == OPT_BLOCK || id == OPT_ADDRESS || id == OPT_NODE || id == OPT_SOURCE || id == OPT_FORCE;
}

static bool is_kept(const struct options *options, const char *arg)
{
	return arg == options->sysroot || arg == options->output || arg == options->split || arg == options->by;
}

static const char *long_form(const struct option_table *table, const char *arg)
{
	size_t length = strlen(arg);

	for (size_t i = 0; i < table->num_lines; i++) {
		const char *bare = table->lines[i].bare;

		if (bare && strncmp(bare, arg, length) == 0 && bare[length] == '=')
			return bare;
	}
	return arg;
}

void opts_normalise(const struct option_table *table, int argc, const char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		argv[i] = long_form(table, argv[i]);
}

static int parse_when(const char *text, bool only, enum when *when, char why[WHY_MAX])
{
	static const char *const words[] = {
		[WHEN_AUTO] = "auto", [WHEN_ALWAYS] = "always", [WHEN_NEVER] = "never", [WHEN_ONLY] = "only", NULL
	};
	char hint[NEAREST_MAX];

	/* --color takes auto, always, never; --summary always, never, only. */
	for (enum when w = only ? WHEN_ALWAYS : WHEN_AUTO; w <= (only ? WHEN_ONLY : WHEN_NEVER); w++) {
		if (strcmp(text, words[w]) == 0) {
			*when = w;
			return 0;
		}
	}
	snprintf(why, WHY_MAX, "\"%s\" is none of %s%s", text, only ? "always, never, only" : "auto, always, never",
		 nearest_hint(text, only ? words + 1 : words, hint));
	return -1;
}

static int take_guard(const char *word, void *data, char why[WHY_MAX])
{
	static const char *const words[] = { "memory", "ratio", NULL };
	static const enum force guards[] = { FORCE_MEMORY, FORCE_RATIO };
	struct options *options = data;
	char hint[NEAREST_MAX];

	for (size_t i = 0; words[i]; i++) {
		if (strcmp(word, words[i]) == 0) {
			options->forced |= guards[i];
			return 0;
		}
	}
	snprintf(why, WHY_MAX, "\"%s\" is no guard; guards are memory and ratio%s", word, nearest_hint(word, words, hint));
	return -1;
}

static int take_awaited(const char *word, struct options *options, char why[WHY_MAX])
{
	static const char *const words[] = { "online", "offline", "present", "absent", NULL };
	char hint[NEAREST_MAX];

	for (size_t i = 0; words[i]; i++) {
		if (strcmp(word, words[i]) == 0) {
			options->awaited = AWAITED_ONLINE + i;
			return 0;
		}
	}
	snprintf(why, WHY_MAX, "\"%s\" is none of online, offline, present, absent%s", word, nearest_hint(word, words, hint));
	return -1;
}

/* What an option means */
static int take_value(struct options *options, enum option_id id, char *arg, char why[WHY_MAX])
{
	switch (id) {
	case OPT_SYSROOT:
		options->sysroot = arg;
		advice_set_sysroot(arg);
		if (*arg)
			return 0;
		snprintf(why, WHY_MAX, "no directory given");
		return -1;
	case OPT_COLOR:
		return parse_when(arg, false, &options->color, why);
	case OPT_SUMMARY:
		return parse_when(arg, true, &options->summary, why);
	case OPT_OUTPUT:
		options->output = arg;
		return 0;
	case OPT_SPLIT:
		options->split = arg;
		return 0;
	case OPT_BY:
		options->by = arg;
		return 0;
	case OPT_TIMEOUT:
	case OPT_DURATION:
		return parse_duration(arg, &options->timeout_ms, why);
	case OPT_BLOCK_TIMEOUT:
		return parse_duration(arg, &options->block_timeout_ms, why);
	case OPT_SIZE:
		return parse_size(arg, &options->size, why);
	case OPT_TO:
		return parse_size(arg, &options->target, why);
	case OPT_KEEP_FREE:
		return parse_size(arg, &options->keep_free, why);
	case OPT_COUNT:
		return parse_count(arg, UINT32_MAX, &options->count, why);
	case OPT_FOR:
		return take_awaited(arg, options, why);
	case OPT_AT_LEAST:
		return arg[strspn(arg, "0123456789")] ? parse_size(arg, &options->size, why)
						      : parse_count(arg, UINT32_MAX, &options->count, why);
	case OPT_SETTLED:
		return parse_duration(arg, &options->settled_ms, why);
	case OPT_MEMMAP:
		options->memmap = strcmp(arg, "yes") == 0 || strcmp(arg, "1") == 0;
		if (options->memmap || strcmp(arg, "no") == 0 || strcmp(arg, "0") == 0)
			return 0;
		snprintf(why, WHY_MAX, "\"%s\" is neither yes nor no", arg);
		return -1;
	case OPT_FORCE:
		return parse_list(arg, take_guard, options, why);
	case OPT_EVENTS:
		return parse_count(arg, UINT32_MAX, &options->num_events, why);
	case OPT_TOP:
		return parse_count(arg, UINT32_MAX, &options->top, why);
	case OPT_RETRY:
		return parse_count(arg, 1000, &options->retries, why);
	default:
		return opts_take_selection(options, id, arg, why);
	}
}

void opts_take_option(struct options *options, const struct option_line *line, char *arg)
{
	_cleanup_free_ char *name = xasprintf("--%s", line->name);
	char why[WHY_MAX];

	/* What takes no value may be repeated. */
	if (has_option(options, line->id) && !is_repeatable(line->id) && line->arg)
		usage_error(name, "given twice");
	options->seen |= UINT64_C(1) << line->id;
	if (take_value(options, line->id, arg, why) < 0)
		usage_error(name, "%s", why);
	if (!is_kept(options, arg))
		free(arg);
}

/* "--range" for the lowest of these bits; from malloc() */
static char *option_name(const struct options *options, uint64_t ids)
{
	const struct option_line *line = opts_find(options, (enum option_id)__builtin_ctzll(ids));

	return line ? xasprintf("--%s", line->name) : NULL;
}

static void check_rule(const struct options *options, const struct option_rule *rule)
{
	uint64_t given = options->seen & rule->given, others = given & (given - 1);

	if (!rule->why && others)
		usage_error(option_name(options, others), "does not go together with %s", option_name(options, given));
	if (!rule->why || (rule->given && !given) || (rule->with && !(options->seen & rule->with)) ||
	    (options->seen & rule->without))
		return;
	usage_error(given ? option_name(options, given) : NULL, "%s", advice(rule->why));
}

void opts_check(const struct options *options)
{
	for (size_t i = 0; i < options->table->num_rules; i++)
		if (options->table->rules[i].takers & options->command->bit)
			check_rule(options, &options->table->rules[i]);
}

void opts_release(struct options *options)
{
	memhp_selection_unref(options->selection);
	for (size_t i = 0; i < options->num_ranges; i++)
		free(options->ranges[i].text);
	free(options->ranges);
	free(options->sysroot);
	free(options->output);
	free(options->split);
	free(options->source);
	free(options->by);
}

bool opts_use_color(const struct options *options)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (options->color != WHEN_AUTO)
		return options->color == WHEN_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0) &&
	       !colors_are_disabled("memctl", term);
}
