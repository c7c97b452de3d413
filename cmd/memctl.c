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
#include "ui/advice.h"
#include "ui/exit.h"
#include "ui/message.h"
#include "ui/nearest.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

static int run_help(struct options *options, const char **operands);

static const struct command command_help = {
	.name = "help",
	.summary = "show the manual page or the help of a command",
	.bit = CMD_HELP,
	.synopsis = "[COMMAND [SUBCOMMAND]]",
	.run = run_help,
};

static const struct command *const commands[] = {
	&memctl_cmd_list,   &memctl_cmd_status,    &memctl_cmd_online,      &memctl_cmd_offline,
	&memctl_cmd_remove, &memctl_cmd_configure, &memctl_cmd_deconfigure, &memctl_cmd_explain,
	&memctl_cmd_watch,  &memctl_cmd_wait,      &memctl_cmd_probe,       &memctl_cmd_policy,
	&memctl_cmd_save,   &memctl_cmd_diff,      &memctl_cmd_restore,     &command_help,
};

/* Their names, which NULL ends */
static const char *command_names[ARRAY_SIZE(commands) + 1];

static void name_commands(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		command_names[i] = commands[i]->name;
	advice_set_commands(command_names);
}

/* What chmem, lsmem and daxctl call it, or what is spelt alike */
static const char *likely_command(const char *name, char hint[NEAREST_MAX])
{
	static const struct {
		const char *theirs, *ours[2];
	} others[] = {
		{ "enable", { "online" } },
		{ "disable", { "offline" } },
		{ "lsmem", { "list" } },
		{ "chmem", { "online" } },
		{ "online-memory", { "online" } },
		{ "offline-memory", { "offline" } },
		{ "reconfigure-device", { "configure" } },
		{ "eject", { "remove" } },
		{ "show", { "status" } },
		{ "info", { "status" } },
		{ "monitor", { "watch" } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strcmp(name, others[i].theirs) == 0)
			return nearest_hint(others[i].ours[0], others[i].ours, hint);
	return nearest_hint(name, command_names, hint);
}

static const struct command *find_command(const char *name)
{
	char hint[NEAREST_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	usage_error(NULL, "there is no command \"%s\"; memctl --help lists them%s", name, likely_command(name, hint));
}

static void print_overview(struct options *options)
{
	const char *argv[] = { "memctl", NULL };
	struct parser *parser = parser_new(options, 1, argv, true);

	puts("memctl - see and change memory hot(un)plug\n");
	parser_print_help(parser, "[OPTION...] COMMAND [OPTION...]");
	puts("\nCommands:");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-11s %s\n", commands[i]->name, commands[i]->summary);
	puts("\nmemctl COMMAND --help shows the options of a command, memctl(8) is the manual.");
	parser_free(parser);
}

static void print_version(void)
{
	printf("memctl %s\n", memhp_version());
}

static const struct usage *find_usage(const struct command *command)
{
	for (size_t i = 0; i < num_memctl_usages; i++)
		if (memctl_usages[i].bit == command->bit)
			return &memctl_usages[i];
	return NULL;
}

static void print_examples(const struct usage *usage)
{
	if (!usage)
		return;
	puts("\nExamples:");
	for (size_t i = 0; usage->examples[i]; i++)
		printf("  %s\n", usage->examples[i]);
}

/* Whether --version or --help, which end a command before it begins, were given and are answered */
static bool answer(const struct options *options, struct parser *parser)
{
	const struct command *command = options->command;
	const struct usage *usage = find_usage(command);

	if (has_option(options, OPT_VERSION)) {
		print_version();
		return true;
	}
	if (!has_option(options, OPT_HELP))
		return false;
	printf("memctl %s - %s\n\n", command->name, command->summary);
	parser_print_help(parser, usage && usage->synopsis ? usage->synopsis : command->synopsis);
	if (command->help)
		command->help(command);
	print_examples(usage);
	return true;
}

/*
 * `args` begins with the command's name; popt's help says what is first, and that is to be "memctl COMMAND". Behind it comes an
 * operand of our own: where memory ends popt loses them all, and says nothing.
 */
static int run_command(const struct command *command, struct options *options, const char **args)
{
	int argc = 0, status = EXIT_DONE;
	const char **argv, **operands;
	struct parser *parser;
	char name[32];

	while (args[argc])
		argc++;
	argv = xcalloc((size_t)argc + 2, sizeof(*argv));
	memcpy(argv + 1, args, (size_t)argc++ * sizeof(*argv));
	snprintf(name, sizeof(name), "memctl %s", command->name);
	argv[0] = name;
	options->command = command;
	if (command->as_lines)
		errors_as_lines(true);
	parser = parser_new(options, argc, argv, false);
	/* memctl help --help is as good as memctl help. */
	if (command == &command_help || !answer(options, parser)) {
		operands = (const char **)xcheck(parser_operands(parser)) + 1;
		if (*operands && !command->synopsis)
			opts_refuse_operand(options, *operands);
		opts_check(options);
		status = command->run(options, operands);
	}
	parser_free(parser);
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

static bool has_verb(const struct command *command, const char *name)
{
	for (size_t i = 0; command->verbs && command->verbs[i]; i++)
		if (strcmp(command->verbs[i], name) == 0)
			return true;
	return false;
}

/* The manual page at a terminal, the options elsewhere or where there is no page */
static int run_help(struct options *options, const char **operands)
{
	const struct command *command = operands[0] ? find_command(operands[0]) : &command_help;
	char hint[NEAREST_MAX];

	/* "memctl help policy check": the page is that of the command. */
	if (operands[0] && operands[1] && !operands[2] && command->verbs && !has_verb(command, operands[1]))
		usage_error(NULL, "memctl %s has no \"%s\"; memctl %s --help lists what it has%s", command->name, operands[1],
			    command->name, nearest_hint(operands[1], command->verbs, hint));
	if (operands[0] && operands[1] && (operands[2] || !has_verb(command, operands[1])))
		usage_error(NULL, "unexpected operand \"%s\"", operands[operands[2] && has_verb(command, operands[1]) ? 2 : 1]);
	if (command != &command_help)
		return help_about(command, options);
	if (!show_manual("memctl"))
		print_overview(options);
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

/* The global options before the command */
static struct parser *parse_globals(int argc, const char **words, struct options *options)
{
	*options = (struct options){ .table = &memctl_options, .command = &command_help, .timeout_ms = MEMHP_NO_TIMEOUT };
	return parser_new(options, argc, words, true);
}

/* Where memory ends popt loses all operands, and says nothing: that there is none is believed when it says so twice. */
static void confirm_absence(int argc, const char **words, const char *sysroot)
{
	struct options options;
	struct parser *parser = parse_globals(argc, words, &options);

	if (parser_operands(parser))
		out_of_memory();
	parser_free(parser);
	opts_release(&options);
	advice_set_sysroot(sysroot);
}

int main(int argc, char **argv)
{
	static char buffer[BUFSIZ];
	static const char *at_a_glance[] = { "status", NULL };
	const char **words = (const char **)argv;
	const struct command *command;
	struct options options;
	struct parser *parser;
	const char **args;
	int status;

	open_standard_descriptors();
	/* Where there is no memory for its buffer, stdio loses what was to go there. */
	setvbuf(stdout, buffer, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, sizeof(buffer));
	setlocale(LC_CTYPE, "");
	name_commands();
	opts_normalise(&memctl_options, argc, words);
	look_for_json(argc, words);
	parser = parse_globals(argc, words, &options);
	args = parser_operands(parser);
	if (has_option(&options, OPT_VERSION)) {
		print_version();
		return finish(EXIT_DONE);
	}
	if (!args)
		confirm_absence(argc, words, options.sysroot);
	if (has_option(&options, OPT_HELP)) {
		print_overview(&options);
		return finish(EXIT_DONE);
	}
	if (!args)
		args = at_a_glance;
	command = find_command(args[0]);
	message_set_command(command->name);
	status = run_command(command, &options, args);
	parser_free(parser);
	opts_release(&options);
	return finish(status);
}
