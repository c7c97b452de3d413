/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands; each is a row of the table in memctl.c. */
#ifndef MEMCTL_COMMAND_H
#define MEMCTL_COMMAND_H

struct options;

struct command {
	const char *name;
	const char *summary;
	/* argv[0] is "memctl NAME"; returns the exit status */
	int (*run)(struct options *options, int argc, const char **argv);
};

/* The table, up to an entry without a name */
extern const struct command commands[];

/* The command of that name; ends the program when there is none. */
const struct command *command_find(const char *name);

/* What memctl --help prints */
void command_print_overview(void);

int cmd_list(struct options *options, int argc, const char **argv);
int cmd_status(struct options *options, int argc, const char **argv);
int cmd_online(struct options *options, int argc, const char **argv);
int cmd_offline(struct options *options, int argc, const char **argv);
int cmd_remove(struct options *options, int argc, const char **argv);
int cmd_configure(struct options *options, int argc, const char **argv);
int cmd_deconfigure(struct options *options, int argc, const char **argv);
int cmd_explain(struct options *options, int argc, const char **argv);
int cmd_probe(struct options *options, int argc, const char **argv);
int cmd_policy(struct options *options, int argc, const char **argv);
int cmd_help(struct options *options, int argc, const char **argv);

#endif
