/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl: global options, the command table, dispatch, exit status. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "exit.h"
#include "message.h"
#include "opts.h"
#include "xalloc.h"

const struct command commands[] = {
	{ "list", "list memory blocks", cmd_list },
	{ "status", "show the machine's memory at a glance", cmd_status },
	{ "online", "bring memory blocks online", cmd_online },
	{ "offline", "take memory blocks offline", cmd_offline },
	{ "remove", "take a DIMM or dax device offline and have it ejected", cmd_remove },
	{ "configure", "configure standby memory (s390), or bring in a dax device", cmd_configure },
	{ "deconfigure", "deconfigure standby memory that is offline (s390)", cmd_deconfigure },
	{ "explain", "tell which memory blocks can go offline, and why others cannot", cmd_explain },
	{ "probe", "have the kernel add memory blocks at physical addresses", cmd_probe },
	{ "policy", "show, check and change what decides about new memory", cmd_policy },
	{ "help", "show the manual page or the help of a command", cmd_help },
	{ NULL, NULL, NULL },
};

/* clang-format off */
static const struct poptOption option_table[] = {
	OPTIONS_GLOBAL,
	POPT_TABLEEND
};
/* clang-format on */

const struct command *command_find(const char *name)
{
	for (const struct command *command = commands; command->name; command++)
		if (strcmp(command->name, name) == 0)
			return command;
	usage_error(NULL, "there is no command \"%s\"; memctl --help lists them", name);
}

/* -J may stand among other letters, but not behind one that takes the rest of the word as its value. */
static bool takes_json(const char *arg)
{
	if (arg[0] != '-' || arg[1] == '-')
		return strcmp(arg, "--json") == 0;
	return arg[strcspn(arg, "JosS")] == 'J';
}

/* An error may come up before popt is at --json: look ahead, so that it is reported as asked. */
static void look_for_json(int argc, const char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (takes_json(argv[i]))
			errors_as_json(true);
		if (strcmp(argv[i], "--progress") == 0)
			errors_as_lines(true);
	}
}

static poptContext make_context(int argc, const char **argv)
{
	poptContext context = poptGetContext(NULL, argc, argv, option_table, POPT_CONTEXT_POSIXMEHARDER);

	if (!context)
		out_of_memory();
	poptSetOtherOptionHelp(context, "[OPTION...] COMMAND [OPTION...]");
	return context;
}

void command_print_overview(void)
{
	const char *argv[] = { "memctl", NULL };
	poptContext context = make_context(1, argv);

	puts("memctl - see and change memory hot(un)plug\n");
	poptPrintHelp(context, stdout, 0);
	puts("\nCommands:");
	for (const struct command *command = commands; command->name; command++)
		printf("  %-11s %s\n", command->name, command->summary);
	puts("\nmemctl COMMAND --help shows the options of a command, memctl(8) is the manual.");
	poptFreeContext(context);
}

/* Copies the command's words, with "memctl COMMAND" first, for popt to say in its help. */
static int run_command(const struct command *command, struct options *options, const char **args)
{
	char name[32];
	const char **argv;
	int argc = 0, status;

	while (args[argc])
		argc++;
	argv = xcalloc((size_t)argc + 1, sizeof(*argv));
	snprintf(name, sizeof(name), "memctl %s", command->name);
	memcpy(argv, args, (size_t)argc * sizeof(*argv));
	argv[0] = name;
	message_set_command(command->name);
	status = command->run(options, argc, argv);
	free(argv);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = { .timeout_ms = MEMHP_NO_TIMEOUT };
	const char **words = (const char **)argv;
	poptContext context;
	const char **args;
	int status;

	setlocale(LC_CTYPE, "");
	opts_normalise(argc, words);
	look_for_json(argc, words);
	context = make_context(argc, words);
	opts_parse(&options, context, option_table);
	if (has_option(&options, OPT_VERSION)) {
		printf("memctl %s\n", memhp_version());
		return finish(EXIT_DONE);
	}
	args = poptGetArgs(context);
	if (!args || has_option(&options, OPT_HELP)) {
		if (!has_option(&options, OPT_HELP))
			usage_error(NULL, "no command given; memctl --help lists them");
		command_print_overview();
		return finish(EXIT_DONE);
	}
	status = run_command(command_find(args[0]), &options, args);
	poptFreeContext(context);
	opts_release(&options);
	return finish(status);
}
