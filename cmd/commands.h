/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that there are, each in a file of its own; memctl.c has them in a table. */
#ifndef MEMCTL_COMMANDS_H
#define MEMCTL_COMMANDS_H

#include <stddef.h>

#include "command.h"

/* Their bits in the table of options, which is in cmd/options.c */
enum command_bit {
	CMD_LIST = 1 << 0,
	CMD_STATUS = 1 << 1,
	CMD_ONLINE = 1 << 2,
	CMD_OFFLINE = 1 << 3,
	CMD_REMOVE = 1 << 4,
	CMD_CONFIGURE = 1 << 5,
	CMD_DECONFIGURE = 1 << 6,
	CMD_EXPLAIN = 1 << 7,
	CMD_PROBE = 1 << 8,
	CMD_POLICY = 1 << 9,
	CMD_HELP = 1 << 10, /* and where there is no command yet */
	CMD_WATCH = 1 << 11,
	CMD_SAVE = 1 << 12,
	CMD_DIFF = 1 << 13,
	CMD_RESTORE = 1 << 14,
	CMD_WAIT = 1 << 15,
};

extern const struct option_table memctl_options;

/* cmd/usage.c: what the help of a command says of command lines */
struct usage {
	enum command_bit bit;
	const char *synopsis;    /* of what it has to have, NULL: the command's own */
	const char *examples[4]; /* NULL behind the last */
};

extern const struct usage memctl_usages[];
extern const size_t num_memctl_usages;

extern const struct command memctl_cmd_list;
extern const struct command memctl_cmd_status;
extern const struct command memctl_cmd_online;
extern const struct command memctl_cmd_offline;
extern const struct command memctl_cmd_remove;
extern const struct command memctl_cmd_configure;
extern const struct command memctl_cmd_deconfigure;
extern const struct command memctl_cmd_explain;
extern const struct command memctl_cmd_probe;
extern const struct command memctl_cmd_policy;
extern const struct command memctl_cmd_watch;
extern const struct command memctl_cmd_save;
extern const struct command memctl_cmd_diff;
extern const struct command memctl_cmd_restore;
extern const struct command memctl_cmd_wait;

#endif
