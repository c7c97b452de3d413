/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "opts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "command.h"
#include "mounts.h"
#include "report.h"
#include "values.h"

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
	return id == OPT_RANGE || id == OPT_BLOCK || id == OPT_ADDRESS || id == OPT_NODE;
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

static struct memhp_selection *selection_of(struct options *options)
{
	if (!options->selection && memhp_selection_new(&options->selection) < 0)
		out_of_memory();
	return options->selection;
}

/* The library's adders fail for lack of memory only: the values were checked. */
static void added(int rc)
{
	if (rc < 0)
		out_of_memory();
}

static int add_range(const char *text, void *data, char why[WHY_MAX])
{
	struct options *options = data;
	struct given_range range = { .text = strdup(text) };

	if (parse_range(text, &range.start, &range.last, why) < 0)
		return -1;
	options->ranges = reallocarray(options->ranges, options->num_ranges + 1, sizeof(range));
	if (!options->ranges || !range.text)
		out_of_memory();
	options->ranges[options->num_ranges++] = range;
	added(memhp_selection_add_range(selection_of(options), range.start, range.last));
	return 0;
}

static int add_blocks(const char *text, void *data, char why[WHY_MAX])
{
	uint64_t first, last;

	if (parse_ids(text, "memory", &first, &last, why) < 0)
		return -1;
	added(memhp_selection_add_blocks(selection_of(data), first, last));
	return 0;
}

static int add_address(const char *text, void *data, char why[WHY_MAX])
{
	uint64_t addr;

	if (parse_address(text, &addr, why) < 0)
		return -1;
	added(memhp_selection_add_address(selection_of(data), addr));
	return 0;
}

static int add_nodes(const char *text, void *data, char why[WHY_MAX])
{
	const uint64_t max_node = 1023; /* no kernel is built for more */
	uint64_t first, last;

	if (parse_ids(text, "node", &first, &last, why) < 0)
		return -1;
	if (last > max_node) {
		snprintf(why, WHY_MAX, "\"%s\" is beyond the largest node, %" PRIu64, text, max_node);
		return -1;
	}
	for (uint64_t id = first; id <= last; id++)
		added(memhp_selection_add_node(selection_of(data), (unsigned int)id));
	return 0;
}

static int add_zone(const char *text, struct options *options, char why[WHY_MAX])
{
	enum memhp_zone zone;

	if (memhp_zone_from_name(text, &zone) < 0) {
		snprintf(why, WHY_MAX, "\"%s\" is no zone; zones are DMA, DMA32, Normal, HighMem, Movable, Device, and none", text);
		return -1;
	}
	added(memhp_selection_add_zone(selection_of(options), zone));
	return 0;
}

static int add_state(const char *text, struct options *options, char why[WHY_MAX])
{
	enum memhp_state state;

	if (memhp_state_from_name(text, &state) < 0) {
		snprintf(why, WHY_MAX, "\"%s\" is no state; states are online, offline, going-offline", text);
		return -1;
	}
	added(memhp_selection_add_state(selection_of(options), state));
	return 0;
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
	case OPT_RANGE:
		return parse_list(arg, add_range, options, why);
	case OPT_BLOCK:
		return parse_list(arg, add_blocks, options, why);
	case OPT_ADDRESS:
		return parse_list(arg, add_address, options, why);
	case OPT_NODE:
		return parse_list(arg, add_nodes, options, why);
	case OPT_ZONE:
		return add_zone(arg, options, why);
	case OPT_STATE:
		return add_state(arg, options, why);
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
	case OPT_RETRY:
		return parse_count(arg, 1000, &options->retries, why);
	default:
		return 0;
	}
}

void opts_parse(struct options *options, poptContext context, const struct poptOption *table)
{
	char why[WHY_MAX];
	int id;

	while ((id = poptGetNextOpt(context)) > 0) {
		char *arg = poptGetOptArg(context);

		if (has_option(options, id) && !is_repeatable(id) && !is_flag(find_option(table, id)))
			usage_error(option_name(table, id), "given twice");
		options->seen |= UINT64_C(1) << id;
		if (take_option(options, id, arg, why) < 0)
			usage_error(option_name(table, id), "%s", why);
		if (!is_kept(options, arg))
			free(arg);
	}
	if (id == POPT_ERROR_BADOPT)
		usage_error(poptBadOption(context, 0),
			    "there is no such option here; memctl COMMAND --help lists those of a command");
	if (id < -1)
		usage_error(poptBadOption(context, POPT_BADOPTION_NOALIAS), "%s", poptStrerror(id));
	report_quietly(has_option(options, OPT_QUIET));
}

void opts_parse_command(struct options *options, int argc, const char **argv, const struct poptOption *table, void (*help)(void))
{
	poptContext context = poptGetContext(NULL, argc, argv, table, 0);

	if (!context)
		out_of_memory();
	opts_parse(options, context, table);
	if (has_option(options, OPT_VERSION)) {
		printf("memctl %s\n", memhp_version());
		exit(finish(EXIT_DONE));
	}
	if (has_option(options, OPT_HELP)) {
		const struct command *command = command_find(strrchr(argv[0], ' ') + 1);

		printf("memctl %s - %s\n\n", command->name, command->summary);
		poptPrintHelp(context, stdout, 0);
		if (help)
			help();
		exit(finish(EXIT_DONE));
	}
	if (poptPeekArg(context))
		usage_error(NULL, "unexpected operand \"%s\"; %s --help shows the options", poptPeekArg(context), argv[0]);
	poptFreeContext(context);
}

void opts_refuse_together(const struct options *options, const struct poptOption *table, ...)
{
	int id, given = 0;
	va_list ids;

	va_start(ids, table);
	while ((id = va_arg(ids, int))) {
		if (!has_option(options, id))
			continue;
		if (given)
			usage_error(option_name(table, id), "does not go together with %s", option_name(table, given));
		given = id;
	}
	va_end(ids);
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
	free(options->by);
}

bool opts_use_color(const struct options *options)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (options->color != WHEN_AUTO)
		return options->color == WHEN_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
}

__attribute__((format(printf, 3, 0))) static void log_line(void *userdata, int level, const char *format, va_list args)
{
	char *text;

	(void)userdata;
	(void)level;
	if (vasprintf(&text, format, args) < 0)
		return;
	warn("%s", text);
	free(text);
}

struct memhp_ctx *opts_open(const struct options *options)
{
	struct memhp_ctx *ctx;
	uint64_t block_size;
	bool read_only;
	char *sysfs;

	if (memhp_ctx_new(&ctx, options->sysroot) < 0)
		out_of_memory();
	memhp_ctx_set_log(ctx, log_line, NULL, has_option(options, OPT_VERBOSE) ? LOG_DEBUG : LOG_WARNING);
	if (options->sysroot || memhp_ctx_read_block_size(ctx, &block_size) != -ENODEV)
		return ctx;
	/* Not at /sys: it may be mounted elsewhere. */
	sysfs = mounts_find_sysfs(&read_only);
	if (sysfs)
		memhp_ctx_set_sysfs(ctx, sysfs);
	free(sysfs);
	return ctx;
}

uint64_t opts_check_ranges(const struct options *options, struct memhp_ctx *ctx)
{
	uint64_t block_size;
	int rc = memhp_ctx_read_block_size(ctx, &block_size);
	char size[SIZE_TEXT_MAX];

	if (rc < 0)
		fail_scan(ctx, rc);
	for (size_t i = 0; i < options->num_ranges; i++) {
		const struct given_range *range = &options->ranges[i];
		uint64_t start = range->start & ~(block_size - 1), last = range->last | (block_size - 1);

		if (start != range->start || last != range->last)
			usage_error("--range",
				    "\"%s\" does not begin and end with a block of %s; the blocks that it touches are 0x%" PRIx64
				    "-0x%" PRIx64,
				    range->text, format_size(block_size, size), start, last);
	}
	return block_size;
}
