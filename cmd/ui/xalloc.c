/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/xalloc.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/exit.h"
#include "ui/message.h"

static last_words words;
static const void *words_data;
static bool is_over;

void set_last_words(last_words say, const void *data)
{
	words = say;
	words_data = data;
}

int say_last_words(bool as_text)
{
	return words ? words(words_data, as_text) : EXIT_FAILED;
}

void out_of_memory(void)
{
	char text[] = "out of memory";

	is_over = true;
	message_print(text);
	exit(say_last_words(false));
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

struct memory_stream {
	char **text;
	size_t *size, allocated;
	char buffer[1024]; /* stdio would allocate one, and lose what is written where it cannot */
};

static ssize_t append(void *cookie, const char *data, size_t length)
{
	struct memory_stream *stream = cookie;
	size_t needed = *stream->size + length + 1;

	/* exit() flushes what is open, and nobody will read this. */
	if (is_over)
		return (ssize_t)length;
	if (needed > stream->allocated) {
		stream->allocated = needed * 2;
		*stream->text = xreallocarray(*stream->text, stream->allocated, 1);
	}
	memcpy(*stream->text + *stream->size, data, length);
	*stream->size += length;
	(*stream->text)[*stream->size] = '\0';
	return (ssize_t)length;
}

static int forget(void *cookie)
{
	free(cookie);
	return 0;
}

FILE *xopen_memstream(char **text, size_t *size)
{
	struct memory_stream *stream = xcalloc(1, sizeof(*stream));
	FILE *file;

	stream->text = text;
	stream->size = size;
	*text = NULL;
	*size = 0;
	append(stream, "", 0);
	file = xcheck(fopencookie(stream, "w", (cookie_io_functions_t){ .write = append, .close = forget }));
	setvbuf(file, stream->buffer, _IOFBF, sizeof(stream->buffer));
	return file;
}

void xclose_memstream(FILE *stream)
{
	fclose(stream);
}
