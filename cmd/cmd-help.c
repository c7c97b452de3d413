/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl help [COMMAND]: the manual page at a terminal, the options elsewhere or where there is no page */
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "exit.h"
#include "opts.h"
#include "xalloc.h"

/* clang-format off */
static const struct poptOption option_table[] = {
	OPTIONS_GLOBAL,
	POPT_TABLEEND
};
/* clang-format on */

static bool show_manual(const char *page)
{
	const char *argv[] = { "man", "8", page, NULL };
	int status;
	pid_t pid;

	if (!isatty(STDOUT_FILENO) || posix_spawnp(&pid, argv[0], NULL, NULL, (char **)argv, environ) != 0)
		return false;
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int help_command(struct options *options, const char *name)
{
	const struct command *command = command_find(name);
	char line[32], page[32];
	const char *argv[] = { line, "--help", NULL };

	snprintf(line, sizeof(line), "memctl %s", command->name);
	snprintf(page, sizeof(page), "memctl-%s", command->name);
	return show_manual(page) ? EXIT_DONE : command->run(options, 2, argv);
}

int cmd_help(struct options *options, int argc, const char **argv)
{
	poptContext context = poptGetContext(NULL, argc, argv, option_table, 0);
	const char *name;
	int status = EXIT_DONE;

	if (!context)
		out_of_memory();
	poptSetOtherOptionHelp(context, "[COMMAND]");
	opts_parse(options, context, option_table);
	name = poptGetArg(context);
	if (poptPeekArg(context))
		usage_error(NULL, "unexpected operand \"%s\"", poptPeekArg(context));
	if (name && strcmp(name, "help") != 0)
		status = help_command(options, name);
	else if (!show_manual("memctl"))
		command_print_overview();
	poptFreeContext(context);
	return status;
}
