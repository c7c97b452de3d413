/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options of what takes blocks online or offline, and of reports of that */
#ifndef MEMCTL_OPERATION_OPTIONS_H
#define MEMCTL_OPERATION_OPTIONS_H

#include "opts.h"

extern struct poptOption opts_change[], opts_keep_free[], opts_report[];

/* clang-format off */
#define OPTIONS_CHANGE      { NULL, 0, POPT_ARG_INCLUDE_TABLE, opts_change, 0, "What to do:", NULL }
#define OPTIONS_KEEP_FREE   { NULL, 0, POPT_ARG_INCLUDE_TABLE, opts_keep_free, 0, NULL, NULL }
#define OPTIONS_REPORT      { NULL, 0, POPT_ARG_INCLUDE_TABLE, opts_report, 0, "Output:", NULL }
/* clang-format on */

/* Ends the program when options do not go together, or say of no block that it is meant. */
void operation_check_options(const struct options *options, enum memhp_action action);

#endif
