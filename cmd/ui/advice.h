/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands in what is said to people, for them to paste. Below --sysroot DIR one that does not say so would act on the real
 * machine: "memctl list" in a sentence of this program is "memctl --sysroot DIR list" there, and a file is one below DIR. Of other
 * programs, which know of no DIR, it is said that their command is for that machine. A format of warn(), fail() and usage_error()
 * is such a sentence by itself; what goes through their %s is one when advice() was asked.
 * Help is about the program, and has commands as the manual has them.
 */
#ifndef MEMCTL_ADVICE_H
#define MEMCTL_ADVICE_H

#include <stdarg.h>
#include <stdbool.h>

#include "ui/macro.h"
#include "ui/xalloc.h"

/* The commands that there are, which NULL ends; and DIR, NULL for none. Both are kept. */
void advice_set_commands(const char *const *names);
void advice_set_sysroot(const char *dir);

/* What the functions below make, from malloc(), and NULL where there is no memory: for who goes on without it */
char *advice_try(const char *sentence);
char *advice_try_path(const char *path);
_printf_(1, 0) char *advice_vformat(const char *format, va_list args);

/* The sentence as it is to be said; from malloc(), NULL for NULL */
static inline char *advice(const char *sentence)
{
	return sentence ? xcheck(advice_try(sentence)) : NULL;
}

/* A file of the machine as a word for a shell: "/proc/zoneinfo", "'/my tree/proc/zoneinfo'"; from malloc() */
static inline char *advice_path(const char *path)
{
	return xcheck(advice_try_path(path));
}

/* Whether it is about the machine on which memctl runs, where other programs than memctl can be told to do something */
bool advice_is_local(void);

#endif
