/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl: global options, the table of commands, help, dispatch */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands.h"
#include "ui/exit.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

/* clang-format off */
static const struct poptOption option_table[] = {
	OPTIONS_GLOBAL,
	POPT_TABLEEND
};
/* clang-format on */

static int run_help(struct options *options, const char **operands);

static const struct command command_help = {
	.name = "help",
	.summary = "show the manual page or the help of a command",
	.options = option_table,
	.synopsis = "[COMMAND]",
	.run = run_help,
};

static const struct command *const commands[] = {
	&memctl_cmd_list,   &memctl_cmd_status,    &memctl_cmd_online,      &memctl_cmd_offline,
	&memctl_cmd_remove, &memctl_cmd_configure, &memctl_cmd_deconfigure, &memctl_cmd_explain,
	&memctl_cmd_probe,  &memctl_cmd_policy,    &command_help,
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	usage_error(NULL, "there is no command \"%s\"; memctl --help lists them", name);
}

static poptContext make_context(int argc, const char **argv, const struct poptOption *options, unsigned int flags)
{
	return xcheck(poptGetContext(NULL, argc, argv, options, flags));
}

/* popt leaves out lines where memory ends, and says nothing: two helps that are the same are whole. */
static void print_options(poptContext context)
{
	char *texts[2];
	size_t sizes[2];

	for (int i = 0; i < 2; i++) {
		FILE *out = xopen_memstream(&texts[i], &sizes[i]);

		poptPrintHelp(context, out, 0);
		xclose_memstream(out);
	}
	if (strcmp(texts[0], texts[1]) != 0)
		out_of_memory();
	fputs(texts[0], stdout);
	free(texts[0]);
	free(texts[1]);
}

static void print_overview(void)
{
	const char *argv[] = { "memctl", NULL };
	poptContext context = make_context(1, argv, option_table, 0);

	puts("memctl - see and change memory hot(un)plug\n");
	poptSetOtherOptionHelp(context, "[OPTION...] COMMAND [OPTION...]");
	print_options(context);
	puts("\nCommands:");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-11s %s\n", commands[i]->name, commands[i]->summary);
	puts("\nmemctl COMMAND --help shows the options of a command, memctl(8) is the manual.");
	poptFreeContext(context);
}

static _Noreturn void end_with_version(void)
{
	printf("memctl %s\n", memhp_version());
	exit(finish(EXIT_DONE));
}

/* --version and --help end a command before it begins. */
static void answer(const struct options *options, poptContext context)
{
	const struct command *command = options->command;

	if (has_option(options, OPT_VERSION))
		end_with_version();
	if (!has_option(options, OPT_HELP))
		return;
	printf("memctl %s - %s\n\n", command->name, command->summary);
	if (command->synopsis)
		poptSetOtherOptionHelp(context, command->synopsis);
	print_options(context);
	if (command->help)
		command->help();
	exit(finish(EXIT_DONE));
}

/*
 * `args` begins with the command's name; popt's help says what is first, and that is to be "memctl COMMAND". Behind it comes an
 * operand of our own: where memory ends popt loses them all, and says nothing.
 */
static int run_command(const struct command *command, struct options *options, const char **args)
{
	const char **argv, **operands;
	poptContext context;
	int argc = 0, status;
	char name[32];

	while (args[argc])
		argc++;
	argv = xcalloc((size_t)argc + 2, sizeof(*argv));
	memcpy(argv + 1, args, (size_t)argc++ * sizeof(*argv));
	snprintf(name, sizeof(name), "memctl %s", command->name);
	argv[0] = name;
	options->command = command;
	context = make_context(argc, argv, command->options, 0);
	opts_parse(options, context, command->options);
	/* memctl help --help is as good as memctl help. */
	if (command != &command_help)
		answer(options, context);
	operands = (const char **)xcheck(poptGetArgs(context)) + 1;
	if (*operands && !command->synopsis)
		usage_error(NULL, "unexpected operand \"%s\"; %s --help shows the options", *operands, name);
	status = command->run(options, operands);
	poptFreeContext(context);
	free(argv);
	return status;
}

static bool show_manual(const char *page)
{
	const char *argv[] = { "man", "8", page, NULL };
	int status;
	pid_t pid;

	if (!isatty(STDOUT_FILENO) || posix_spawnp(&pid, argv[0], NULL, NULL, (char **)argv, environ) != 0)
		return false;
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int help_about(const struct command *command, struct options *options)
{
	const char *args[] = { command->name, "--help", NULL };
	char page[32];

	snprintf(page, sizeof(page), "memctl-%s", command->name);
	return show_manual(page) ? EXIT_DONE : run_command(command, options, args);
}

/* The manual page at a terminal, the options elsewhere or where there is no page */
static int run_help(struct options *options, const char **operands)
{
	const struct command *command = &command_help;

	if (operands[0] && operands[1])
		usage_error(NULL, "unexpected operand \"%s\"", operands[1]);
	if (operands[0])
		command = find_command(operands[0]);
	if (command != &command_help)
		return help_about(command, options);
	if (!show_manual("memctl"))
		print_overview();
	return EXIT_DONE;
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

/*
 * A standard descriptor that is closed would be that of the next file that is opened, and what is meant for a reader would go into
 * the lock. They are opened the wrong way round, so that using them fails.
 */
static void open_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(EXIT_FAILED);
}

/* The global options before the command; returns the command and what is behind it, NULL for nothing. */
static const char **parse_globals(poptContext *context, int argc, const char **words, struct options *options)
{
	*options = (struct options){ .timeout_ms = MEMHP_NO_TIMEOUT };
	*context = make_context(argc, words, option_table, POPT_CONTEXT_POSIXMEHARDER);
	opts_parse(options, *context, option_table);
	return poptGetArgs(*context);
}

/* Where memory ends popt loses all operands, and says nothing: that there is none is believed when it says so twice. */
static void confirm_absence(int argc, const char **words)
{
	struct options options;
	poptContext context;

	if (parse_globals(&context, argc, words, &options))
		out_of_memory();
	poptFreeContext(context);
	opts_release(&options);
}

int main(int argc, char **argv)
{
	static char buffer[BUFSIZ];
	const char **words = (const char **)argv;
	const struct command *command;
	struct options options;
	poptContext context;
	const char **args;
	int status;

	open_standard_descriptors();
	/* Where there is no memory for its buffer, stdio loses what was to go there. */
	setvbuf(stdout, buffer, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, sizeof(buffer));
	setlocale(LC_CTYPE, "");
	opts_normalise(argc, words);
	look_for_json(argc, words);
	args = parse_globals(&context, argc, words, &options);
	if (has_option(&options, OPT_VERSION))
		end_with_version();
	if (!args)
		confirm_absence(argc, words);
	if (!args || has_option(&options, OPT_HELP)) {
		if (!has_option(&options, OPT_HELP))
			usage_error(NULL, "no command given; memctl --help lists them");
		print_overview();
		return finish(EXIT_DONE);
	}
	command = find_command(args[0]);
	message_set_command(command->name);
	status = run_command(command, &options, args);
	poptFreeContext(context);
	opts_release(&options);
	return finish(status);
}
