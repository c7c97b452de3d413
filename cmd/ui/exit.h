/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of memctl: exit statuses, errors that end it, and the document that tells programs of them */
#ifndef MEMCTL_EXIT_H
#define MEMCTL_EXIT_H

#include <stdbool.h>

#include "libmemhp.h"
#include "ui/macro.h"

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

/* Whether standard output is to carry a JSON document even when memctl fails, and whether in one line. */
void errors_as_json(bool json);
void errors_as_lines(bool lines);

/*
 * The end: a sentence on standard error and with --json an error document on standard output. `option` is what is wrong, such as
 * "--range", or NULL; `code` is the document's word where the status alone says too little, else NULL; `hint` is what to try,
 * which has a line of its own, or NULL.
 */
_printf_(2, 3) _Noreturn void usage_error(const char *option, const char *format, ...);
_printf_(2, 3) _Noreturn void fail(enum exit_status status, const char *format, ...);
_printf_(4, 5) _Noreturn void fail_with(enum exit_status status, const char *code, const char *hint, const char *format, ...);

/* The end by a signal that the request was ended with, so that a shell sees it; the second says before why. */
_Noreturn void end_by_signal(int sig);
_printf_(2, 3) _Noreturn void fail_by_signal(int sig, const char *format, ...);

/* Flushes standard output; where that does not work any status becomes EXIT_FAILED. */
int finish(int status);

/* The same for who has set last words, which end with that */
int finish_report(int status);

/* The exit status of a request that came to this. */
enum exit_status completion_status(enum memhp_completion completion);

#endif
