/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/opts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "ui/exit.h"
#include "ui/message.h"
#include "ui/nearest.h"
#include "ui/parse-args.h"
#include "ui/xalloc.h"

/* clang-format off */
struct poptOption opts_global[] = {
	{ "sysroot", 's', POPT_ARG_STRING, NULL, OPT_SYSROOT, "work below DIR instead of /", "DIR" },
	{ "color", 0, POPT_ARG_STRING, NULL, OPT_COLOR, "colours: auto, always or never", "WHEN" },
	{ "verbose", 'v', POPT_ARG_NONE, NULL, OPT_VERBOSE, "say more about what is going on", NULL },
	{ "quiet", 'q', POPT_ARG_NONE, NULL, OPT_QUIET, "no warnings and notes", NULL },
	{ "help", 'h', POPT_ARG_NONE, NULL, OPT_HELP, "show this help", NULL },
	{ "version", 'V', POPT_ARG_NONE, NULL, OPT_VERSION, "show the version", NULL },
	POPT_TABLEEND
};

struct poptOption opts_selection[] = {
	{ "range", 0, POPT_ARG_STRING, NULL, OPT_RANGE, "blocks in START-END (inclusive) or START+SIZE", "RANGE,..." },
	{ "block", 0, POPT_ARG_STRING, NULL, OPT_BLOCK, "blocks by number, such as 32-39,45", "LIST" },
	{ "address", 0, POPT_ARG_STRING, NULL, OPT_ADDRESS, "the block that holds this physical address", "ADDR" },
	{ "node", 0, POPT_ARG_STRING, NULL, OPT_NODE, "only blocks of these NUMA nodes", "LIST" },
	{ "source", 0, POPT_ARG_STRING, NULL, OPT_SOURCE, "only blocks of these sources, such as dimm", "NAME,..." },
	{ "state", 0, POPT_ARG_STRING, NULL, OPT_STATE, "only blocks in this state", "STATE" },
	POPT_TABLEEND
};

struct poptOption opts_zone_filter[] = {
	{ "zone", 0, POPT_ARG_STRING, NULL, OPT_ZONE, "only online blocks of this zone; none: of several zones", "NAME" },
	POPT_TABLEEND
};
/* clang-format on */

static const struct poptOption *find_option(const struct poptOption *table, int id)
{
	for (; table->longName || table->shortName || table->arg; table++) {
		const struct poptOption *found = table;

		if ((table->argInfo & POPT_ARG_MASK) == POPT_ARG_INCLUDE_TABLE)
			found = find_option(table->arg, id);
		else if (table->val != id)
			found = NULL;
		if (found)
			return found;
	}
	return NULL;
}

/* "--range", for messages; static */
static const char *option_name(const struct poptOption *table, int id)
{
	static char names[2][32];
	static unsigned int turn;
	char *name = names[turn++ % 2];

	snprintf(name, sizeof(names[0]), "--%s", find_option(table, id)->longName);
	return name;
}

static bool is_repeatable(enum option_id id)
{
	return id == OPT_RANGE || id == OPT_BLOCK || id == OPT_ADDRESS || id == OPT_NODE || id == OPT_SOURCE || id == OPT_FORCE;
}

/* Those that need no memory of being given: saying them twice says nothing else. */
static bool is_flag(const struct poptOption *option)
{
	return (option->argInfo & POPT_ARG_MASK) == POPT_ARG_NONE;
}

static bool is_kept(const struct options *options, const char *arg)
{
	return arg == options->sysroot || arg == options->output || arg == options->split || arg == options->by;
}

void opts_normalise(int argc, const char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--color") == 0)
			argv[i] = "--color=always";
		else if (strcmp(argv[i], "--summary") == 0)
			argv[i] = "--summary=always";
		else if (strcmp(argv[i], "--memmap-on-memory") == 0)
			argv[i] = "--memmap-on-memory=yes";
		else if (strcmp(argv[i], "--force") == 0)
			argv[i] = "--force=memory,ratio";
	}
}

static int parse_when(const char *text, bool only, enum when *when, char why[WHY_MAX])
{
	static const char *const words[] = {
		[WHEN_AUTO] = "auto", [WHEN_ALWAYS] = "always", [WHEN_NEVER] = "never", [WHEN_ONLY] = "only"
	};

	/* --color takes auto, always, never; --summary always, never, only. */
	for (enum when w = only ? WHEN_ALWAYS : WHEN_AUTO; w <= (only ? WHEN_ONLY : WHEN_NEVER); w++) {
		if (strcmp(text, words[w]) == 0) {
			*when = w;
			return 0;
		}
	}
	snprintf(why, WHY_MAX, "\"%s\" is none of %s", text, only ? "always, never, only" : "auto, always, never");
	return -1;
}

static int take_guard(const char *word, void *data, char why[WHY_MAX])
{
	static const char *const words[] = { "memory", "ratio", NULL };
	static const enum force guards[] = { FORCE_MEMORY, FORCE_RATIO };
	struct options *options = data;
	const char *nearest;

	for (size_t i = 0; words[i]; i++) {
		if (strcmp(word, words[i]) == 0) {
			options->forced |= guards[i];
			return 0;
		}
	}
	nearest = nearest_word(word, words);
	snprintf(why, WHY_MAX, "\"%s\" is no guard; they are memory and ratio%s%s%s", word,
		 nearest ? ", and the nearest is \"" : "", nearest ? nearest : "", nearest ? "\"" : "");
	return -1;
}

/* What an option means */
static int take_option(struct options *options, enum option_id id, char *arg, char why[WHY_MAX])
{
	switch (id) {
	case OPT_SYSROOT:
		options->sysroot = arg;
		if (*arg)
			return 0;
		snprintf(why, WHY_MAX, "the directory has no name");
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
		return parse_duration(arg, &options->timeout_ms, why);
	case OPT_BLOCK_TIMEOUT:
		return parse_duration(arg, &options->block_timeout_ms, why);
	case OPT_SIZE:
		return parse_size(arg, &options->size, why);
	case OPT_KEEP_FREE:
		return parse_size(arg, &options->keep_free, why);
	case OPT_COUNT:
		return parse_count(arg, UINT32_MAX, &options->count, why);
	case OPT_MEMMAP:
		options->memmap = strcmp(arg, "yes") == 0 || strcmp(arg, "1") == 0;
		if (options->memmap || strcmp(arg, "no") == 0 || strcmp(arg, "0") == 0)
			return 0;
		snprintf(why, WHY_MAX, "\"%s\" is neither yes nor no", arg);
		return -1;
	case OPT_FORCE:
		return parse_list(arg, take_guard, options, why);
	case OPT_RETRY:
		return parse_count(arg, 1000, &options->retries, why);
	default:
		return opts_take_selection(options, id, arg, why);
	}
}

void opts_parse(struct options *options, poptContext context, const struct poptOption *table)
{
	char why[WHY_MAX];
	int id;

	while ((id = poptGetNextOpt(context)) > 0) {
		bool is_valueless = is_flag(find_option(table, id));
		char *arg = is_valueless ? NULL : xcheck(poptGetOptArg(context));

		if (has_option(options, id) && !is_repeatable(id) && !is_valueless)
			usage_error(option_name(table, id), "given twice");
		options->seen |= UINT64_C(1) << id;
		if (take_option(options, id, arg, why) < 0)
			usage_error(option_name(table, id), "%s", why);
		if (!is_kept(options, arg))
			free(arg);
	}
	if (id == POPT_ERROR_BADOPT) {
		const char *bad = poptBadOption(context, 0);
		_cleanup_free_ char *name = xasprintf("%.*s", (int)strcspn(bad, "="), bad);

		usage_error(name, "there is no such option here; memctl COMMAND --help lists those of a command");
	}
	if (id == POPT_ERROR_MALLOC)
		out_of_memory();
	if (id < -1)
		usage_error(poptBadOption(context, POPT_BADOPTION_NOALIAS), "%s", poptStrerror(id));
	message_set_quiet(has_option(options, OPT_QUIET));
}

void opts_refuse_together(const struct options *options, ...)
{
	const struct poptOption *table = options->command->options;
	int id, given = 0;
	va_list ids;

	va_start(ids, options);
	while ((id = va_arg(ids, int))) {
		if (!has_option(options, id))
			continue;
		if (given)
			usage_error(option_name(table, id), "does not go together with %s", option_name(table, given));
		given = id;
	}
	va_end(ids);
}

bool opts_take(const struct options *options, enum option_id id)
{
	return find_option(options->command->options, id) != NULL;
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
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
}
