/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl policy: what decides about new memory */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "policy/policy.h"
#include "ui/exit.h"
#include "ui/format.h"
#include "ui/nearest.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

static const struct verb {
	const char *name, *operands, *summary;
	int min_operands, max_operands;
} verbs[] = {
	{ "show", "", "everything that decides about new memory; this is the default", 0, 0 },
	{ "check", "", "what happens to memory added now, and what contradicts; exit status 5 when something does", 0, 0 },
	{ "set", " KEY VALUE", "change a value, until the next boot or with --persist for good", 2, 2 },
	{ "unset", " KEY", "with --persist: take back what set --persist did", 1, 1 },
};

static void print_verbs(const struct command *command _unused_)
{
	puts("\nWhat it can do:");
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		char line[32];

		snprintf(line, sizeof(line), "%s%s", verbs[i].name, verbs[i].operands);
		print_sentence(17, "  %-14s %s", line, verbs[i].summary);
	}
	policy_print_keys();
}

static const char *const verb_names[] = { "show", "check", "set", "unset", NULL };

static const struct verb *find_verb(const char *name)
{
	char hint[NEAREST_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(name, verbs[i].name) == 0)
			return &verbs[i];
	usage_error(NULL, "policy has no \"%s\"; use show, check, set KEY VALUE or unset KEY%s", name,
		    nearest_hint(name, verb_names, hint));
}

/* Whether the operands fit the verb, and the options, too */
static void check_line(const struct options *options, const struct verb *verb, const char **operands)
{
	bool changes = verb->min_operands > 0;
	int num = 0;

	while (operands[num])
		num++;
	if (num > verb->max_operands)
		usage_error(NULL, "unexpected operand \"%s\"; usage: memctl policy %s%s", operands[verb->max_operands], verb->name,
			    verb->operands);
	if (num < verb->min_operands)
		usage_error(NULL, "too few words; usage: memctl policy %s%s", verb->name, verb->operands);
	if (!changes && has_option(options, OPT_PERSIST))
		usage_error("--persist", "is for set and unset");
	if (!changes && has_option(options, OPT_DRY_RUN))
		usage_error("--dry-run", "is for set and unset");
	if (strcmp(verb->name, "show") != 0 && has_option(options, OPT_NOHEADINGS))
		usage_error("--noheadings", "is for show");
}

/* "set KEY=VALUE", as for sysctl, is "set KEY VALUE". The words live as long as the program. */
static const char **divide(const char *operand, const char *words[4])
{
	const char *value = strchr(operand, '=');

	words[0] = "set";
	words[1] = value ? xasprintf("%.*s", (int)(value - operand), operand) : operand;
	words[2] = value ? value + 1 : NULL;
	words[3] = NULL;
	return words;
}

static int run_policy(struct options *options, const char **operands)
{
	static const char *show[] = { "show", NULL }, *divided[4];
	const struct verb *verb;
	struct policy policy;
	int status;

	if (!operands[0])
		operands = show;
	verb = find_verb(operands[0]);
	if (verb->max_operands == 2 && operands[1] && !operands[2])
		operands = divide(operands[1], divided);
	check_line(options, verb, operands + 1);
	policy = policy_look(options);
	if (strcmp(verb->name, "show") == 0)
		status = policy_show(&policy);
	else if (strcmp(verb->name, "check") == 0)
		status = policy_check(&policy);
	else
		status = policy_set(&policy, operands[1], operands[2]);
	policy_release(&policy);
	return status;
}

const struct command memctl_cmd_policy = {
	.name = "policy",
	.summary = "show, check and change what decides about new memory",
	.bit = CMD_POLICY,
	.synopsis = "[show | check | set KEY VALUE | unset KEY] [OPTION...]",
	.verbs = verb_names,
	.help = print_verbs,
	.run = run_policy,
};
