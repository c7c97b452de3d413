/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options of those who change memory: of all of them, and of what takes blocks online or offline */
#ifndef MEMCTL_OPERATION_OPTIONS_H
#define MEMCTL_OPERATION_OPTIONS_H

#include "ui/opts.h"

extern struct poptOption opts_change[], opts_keep_free[], opts_report[], opts_show[];

/* clang-format off */
#define OPTIONS_CHANGE      OPTION_GROUP("What to do:", opts_change)
#define OPTIONS_KEEP_FREE   OPTION_GROUP(NULL, opts_keep_free)
#define OPTIONS_REPORT      OPTION_GROUP("Output:", opts_report)
#define OPTIONS_SHOW        OPTION_GROUP("Output:", opts_show)

#define OPTION_TIMEOUT \
	{ "timeout", 0, POPT_ARG_STRING, NULL, OPT_TIMEOUT, "for the whole request, such as 90s, 1.5m; default infinity", \
	  "DURATION" }
#define OPTION_DRY_RUN { "dry-run", 0, POPT_ARG_NONE, NULL, OPT_DRY_RUN, "show the plan and change nothing", NULL }
#define OPTION_FORCE \
	{ "force", 0, POPT_ARG_STRING, NULL, OPT_FORCE, "go on where a guard would refuse: memory, ratio; no value: both", "LIST" }
#define OPTION_KERNEL  { "kernel", 0, POPT_ARG_NONE, NULL, OPT_KERNEL, "to a kernel zone; neither: the kernel chooses", NULL }
/* clang-format on */

/* Ends the program when options do not go together, or say of no block that it is meant. */
void operation_check_options(const struct options *options, enum memhp_action action);

#endif
