/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that goes wrong, in words; exit statuses; the end of the program. */
#ifndef MEMCTL_REPORT_H
#define MEMCTL_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "libmemhp.h"

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_UNSUPPORTED = 3,
	EXIT_REFUSED = 4,
	EXIT_FOUND = 5,
	EXIT_PARTLY = 64,
	EXIT_TIMED_OUT = 124,
};

/* Whom to speak as, and whether standard output is to carry a JSON document even when the command fails. */
void report_command(const char *command);
void report_as_json(bool json);
void report_as_lines(bool lines);
void report_quietly(bool quiet);

/* "memctl list: TEXT" on standard error, for people */
__attribute__((format(printf, 1, 2))) void warn(const char *format, ...);

/*
 * The end: a sentence on standard error and with --json an error document on standard output. `option` is the culprit such as
 * "--range", or NULL.
 */
__attribute__((format(printf, 2, 3))) _Noreturn void usage_error(const char *option, const char *format, ...);
__attribute__((format(printf, 2, 3))) _Noreturn void fail(enum exit_status status, const char *format, ...);
_Noreturn void out_of_memory(void);

/* The end after what the library said when it could not even begin: no memory hotplug, no permission, a read-only sysfs. */
_Noreturn void fail_scan(const struct memhp_ctx *ctx, int error);
_Noreturn void fail_apply(const struct memhp_ctx *ctx, int error);

/* The end by a signal that the request was ended with, so that a shell sees it; the second says before why. */
_Noreturn void end_by_signal(int sig);
__attribute__((format(printf, 2, 3))) _Noreturn void fail_by_signal(int sig, const char *format, ...);

/* Flushes standard output; a status of success becomes EXIT_FAILED when that does not work. */
int finish(int status);

/* "EBUSY" for EBUSY or -EBUSY; NULL for 0 */
const char *errno_name(int error);

/* The exit status of a request that came to this. */
enum exit_status completion_status(enum memhp_completion completion);

#endif
