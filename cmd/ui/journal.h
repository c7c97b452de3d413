/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system's journal (syslog): one line for each request that may have changed something. */
#ifndef MEMCTL_JOURNAL_H
#define MEMCTL_JOURNAL_H

#include <stdint.h>

struct options;

/*
 * Tells who asked, by which command line, and what came of it. `amounts` are words of the form key=value, "" for none. Below
 * --sysroot nobody is told. With --verbose standard error has the line as well. Where nobody listens, nothing happens.
 */
void journal_tell(const struct options *options, const char *outcome, const char *amounts, int exit_status, uint64_t elapsed_ms);

#endif
