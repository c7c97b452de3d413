/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that there are, each in a file of its own; memctl.c has them in a table. */
#ifndef MEMCTL_COMMANDS_H
#define MEMCTL_COMMANDS_H

#include "command.h"

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

#endif
