/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/exit.h"
#include "ui/message.h"

void out_of_memory(void)
{
	char text[] = "out of memory";

	message_print(text);
	exit(EXIT_FAILED);
}

void *xcheck(void *object)
{
	if (!object)
		out_of_memory();
	return object;
}

void *xcalloc(size_t num, size_t size)
{
	return xcheck(calloc(num, size));
}

void *xreallocarray(void *old, size_t num, size_t size)
{
	return xcheck(reallocarray(old, num, size));
}

char *xstrdup(const char *text)
{
	return xcheck(strdup(text));
}

char *xvasprintf(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		out_of_memory();
	return text;
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	return text;
}

FILE *xopen_memstream(char **text, size_t *size)
{
	return xcheck(open_memstream(text, size));
}

void xclose_memstream(FILE *stream)
{
	if (fclose(stream) != 0)
		out_of_memory();
}
