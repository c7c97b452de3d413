/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which columns, and in which form: --output, --output-all, --raw, --pairs. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "ui/columns.h"
#include "ui/exit.h"
#include "ui/nearest.h"
#include "ui/opts.h"
#include "ui/parse-args.h"
#include "ui/xalloc.h"

enum output_mode opts_output_mode(const struct options *options)
{
	if (has_option(options, OPT_RAW))
		return OUTPUT_RAW;
	return has_option(options, OPT_PAIRS) ? OUTPUT_PAIRS : OUTPUT_TABLE;
}

static const struct column *find_column(const struct column_choice *choice, const char *name)
{
	for (size_t i = 0; i < choice->num_known; i++)
		if (column_is_of(&choice->known[i], choice->command) && parse_is_word(name, choice->known[i].name))
			return &choice->known[i];
	return NULL;
}

static const char *nearest_column(const struct column_choice *choice, const char *name, char hint[NEAREST_MAX])
{
	const char **names;
	enum memhp_state state;
	size_t num = 0;

	/* -S is to split rows, and not for states. */
	if (memhp_state_from_name(name, &state) == 0) {
		snprintf(hint, NEAREST_MAX, "; for a state it is --state");
		return hint;
	}
	names = xcalloc(choice->num_known + 1, sizeof(*names));

	for (size_t i = 0; i < choice->num_known; i++)
		if (column_is_of(&choice->known[i], choice->command))
			names[num++] = choice->known[i].name;
	nearest_hint(name, names, hint);
	free(names);
	return hint;
}

static int add_column(const char *name, void *data, char why[WHY_MAX])
{
	struct column_choice *choice = data;
	const struct column *column = find_column(choice, name);
	char hint[NEAREST_MAX];

	if (!column) {
		snprintf(why, WHY_MAX, "there is no column \"%s\"; memctl %s --help shows them%s", name, choice->command->name,
			 nearest_column(choice, name, hint));
		return -1;
	}
	for (size_t i = 0; i < choice->num; i++) {
		if (choice->items[i] != column)
			continue;
		/* What "+" adds may be among the usual ones. */
		if (i < choice->num_usual)
			return 0;
		snprintf(why, WHY_MAX, "column %s is given twice", column->name);
		return -1;
	}
	choice->items = xreallocarray(choice->items, choice->num + 1, sizeof(const struct column *));
	choice->items[choice->num++] = column;
	return 0;
}

void opts_add_columns(struct column_choice *choice, const char *option, const char *names)
{
	char why[WHY_MAX];

	if (parse_list(names, add_column, choice, why) < 0)
		usage_error(option, "%s", why);
}

void opts_choose_columns(const struct options *options, struct column_choice *choice, const char *usual)
{
	const char *output = options->output;

	if (has_option(options, OPT_OUTPUT_ALL))
		for (size_t i = 0; i < choice->num_known; i++)
			opts_add_columns(choice, "--output-all", choice->known[i].name);
	else if (!output || *output == '+')
		opts_add_columns(choice, "--output", usual);
	choice->num_usual = choice->num;
	if (output && strcmp(output, "+") == 0)
		usage_error("--output", "\"+\" adds no column");
	if (output)
		opts_add_columns(choice, "--output", *output == '+' ? output + 1 : output);
}
