/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is there: where there is none memctl ends, here and nowhere else. */
#ifndef MEMCTL_XALLOC_H
#define MEMCTL_XALLOC_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "ui/macro.h"

_Noreturn void out_of_memory(void);

/*
 * What is to be said where the report cannot be: memory has ended, or standard output cannot be written, and text on standard error
 * is all that can. It comes from somebody who needs no memory for it, and returns the exit status for the former. Who sets it last
 * is the one that is called; NULL: there is nothing to say.
 */
typedef int (*last_words)(const void *data, bool as_text);
void set_last_words(last_words say, const void *data);
int say_last_words(bool as_text);

/* What another library has allocated */
void *xcheck(void *object);

void *xcalloc(size_t num, size_t size);
void *xreallocarray(void *old, size_t num, size_t size);
char *xstrdup(const char *text);
_printf_(1, 2) char *xasprintf(const char *format, ...);
_printf_(1, 0) char *xvasprintf(const char *format, va_list args);

static inline void freep(void *p)
{
	free(*(void **)p);
}

/* A variable whose memory is freed when it goes out of scope */
#define _cleanup_free_ __attribute__((cleanup(freep)))

/* A stream whose text is in *text as soon as it is closed. Unlike open_memstream() it loses nothing where memory ends. */
FILE *xopen_memstream(char **text, size_t *size);
void xclose_memstream(FILE *stream);

#endif
