/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of options for popt, which takes command lines apart and prints the help. */
#include <popt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "ui/advice.h"
#include "ui/exit.h"
#include "ui/message.h"
#include "ui/nearest.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

struct parser {
	struct poptOption *table;
	poptContext context;
};

/* That a value may be left out is for the help: where it was, popt does not see that (opts_normalise). */
static struct poptOption popt_line(const struct option_line *line)
{
	return (struct poptOption){
		.longName = line->name,
		.shortName = line->letter,
		.argInfo = (line->arg ? POPT_ARG_STRING : POPT_ARG_NONE) | (line->help ? 0 : POPT_ARGFLAG_DOC_HIDDEN) |
			   (line->bare ? POPT_ARGFLAG_OPTIONAL : 0),
		.val = line->id,
		.descrip = line->help,
		.argDescrip = line->arg,
	};
}

/* The groups that the command has, and behind them their options. What ends a table is zeroed. */
static struct poptOption *make_table(const struct options *options)
{
	size_t num = options->table->num_lines;
	struct poptOption *table = xcalloc(2 * num + 2, sizeof(*table)), *group = table, *option = table + num + 1;
	const char *title = NULL;

	for (const struct option_line *line = options->table->lines; num > 0; line++, num--) {
		if (!line->id) {
			title = line->help;
			option++;
		} else if (line->takers & options->command->bit) {
			if (title)
				*group++ =
					(struct poptOption){ .argInfo = POPT_ARG_INCLUDE_TABLE, .arg = option, .descrip = title };
			title = NULL;
			*option++ = popt_line(line);
		}
	}
	return table;
}

/* The command's option that was meant; one of a single letter is no slip in a word, nor is one of another command. */
static const char *likely_option(const struct options *options, const char *name)
{
	const char **names = xcalloc(options->table->num_lines + 1, sizeof(*names)), *likely = NULL;
	bool is_others = false;
	size_t num = 0;

	for (size_t i = 0; i < options->table->num_lines; i++) {
		const struct option_line *line = &options->table->lines[i];

		if (!line->id || !line->help)
			continue;
		if (line->takers & options->command->bit)
			names[num++] = line->name;
		is_others |= strncmp(name, "--", 2) == 0 && strcmp(name + 2, line->name) == 0;
	}
	if (strncmp(name, "--", 2) == 0 && !is_others)
		likely = nearest_word(name + 2, names);
	free(names);
	return likely;
}

/* What is written otherwise than with chmem, or than with the commands that take blocks; NULL for nothing */
static const char *right_spelling(const struct options *options, const char *name)
{
	static const struct {
		const char *name, *spelling;
	} ways[] = {
		{ "-e", "to enable memory: memctl online --block ID, or --size SIZE" },
		{ "--enable", "to enable memory: memctl online --block ID, or --size SIZE" },
		{ "-d", "to disable memory: memctl offline --block ID, or --size SIZE" },
		{ "--disable", "to disable memory: memctl offline --block ID, or --size SIZE" },
	};
	static const char *const selections[] = { "--block", "--range", "--node", "--zone", "--all", "--size", "--count" };

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (strcmp(name, ways[i].name) == 0)
			return ways[i].spelling;
	if (!opts_take(options, OPT_SOURCE) || opts_take(options, OPT_BLOCK))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(selections); i++)
		if (strcmp(name, selections[i]) == 0)
			return "it takes a device, --source NAME, and memctl list --by source shows them";
	return NULL;
}

static _Noreturn void refuse_option(const struct options *options, const char *text)
{
	_cleanup_free_ char *name = xasprintf("%.*s", (int)strcspn(text, "="), text);
	const char *likely = likely_option(options, name), *command = message_get_command();
	_cleanup_free_ char *spelling = advice(right_spelling(options, name));
	_cleanup_free_ char *meant = likely ? xasprintf("; did you mean \"--%s\"?", likely) : xstrdup("");

	if (spelling)
		usage_error(name, "memctl%s%s has no such option; %s", command ? " " : "", command ? command : "", spelling);
	if (!command)
		usage_error(name, "no such option before the command; memctl --help lists them%s", meant);
	usage_error(name, "memctl %s has no such option; memctl %s --help lists them%s", command, command, meant);
}

static void take_options(struct options *options, poptContext context)
{
	int id;

	while ((id = poptGetNextOpt(context)) > 0) {
		const struct option_line *line = opts_find(options, id);

		opts_take_option(options, line, line->arg ? xcheck(poptGetOptArg(context)) : NULL);
	}
	if (id == POPT_ERROR_BADOPT) {
		refuse_option(options, poptBadOption(context, 0));
	}
	if (id == POPT_ERROR_MALLOC)
		out_of_memory();
	if (id < -1)
		usage_error(poptBadOption(context, POPT_BADOPTION_NOALIAS), "%s", poptStrerror(id));
	message_set_quiet(has_option(options, OPT_QUIET));
}

struct parser *parser_new(struct options *options, int argc, const char **argv, bool stops)
{
	struct parser *parser = xcalloc(1, sizeof(*parser));
	unsigned int flags = stops ? POPT_CONTEXT_POSIXMEHARDER : 0;

	parser->table = make_table(options);
	parser->context = xcheck(poptGetContext(NULL, argc, argv, parser->table, flags));
	take_options(options, parser->context);
	return parser;
}

void parser_free(struct parser *parser)
{
	poptFreeContext(parser->context);
	free(parser->table);
	free(parser);
}

const char **parser_operands(struct parser *parser)
{
	return poptGetArgs(parser->context);
}

/* popt leaves out lines where memory ends, and says nothing: two helps that are the same are whole. */
void parser_print_help(struct parser *parser, const char *synopsis)
{
	char *texts[2];
	size_t sizes[2];

	if (synopsis)
		poptSetOtherOptionHelp(parser->context, synopsis);
	for (int i = 0; i < 2; i++) {
		FILE *out = xopen_memstream(&texts[i], &sizes[i]);

		poptPrintHelp(parser->context, out, 0);
		xclose_memstream(out);
	}
	if (strcmp(texts[0], texts[1]) != 0)
		out_of_memory();
	fputs(texts[0], stdout);
	free(texts[0]);
	free(texts[1]);
}
