/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/message.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "ui/advice.h"
#include "ui/wrap.h"

static const char *command_name;
static bool is_quiet;

void message_set_command(const char *command)
{
	command_name = command;
}

const char *message_get_command(void)
{
	return command_name;
}

void message_set_quiet(bool quiet)
{
	is_quiet = quiet;
}

static void print_wrapped(const char *text)
{
	int column = fprintf(stderr, "memctl%s%s: ", command_name ? " " : "", command_name ? command_name : "");

	wrap_print(stderr, column > 0 ? (size_t)column : 0, 2, text);
}

/* What the user typed may hold control characters, which have no business on a terminal. */
static void clean(char *text)
{
	for (char *p = text; *p; p++)
		if (iscntrl((unsigned char)*p))
			*p = '?';
}

void message_print(char *text)
{
	clean(text);
	if (wrap_width(stderr))
		print_wrapped(text);
	else
		fprintf(stderr, "memctl%s%s: %s\n", command_name ? " " : "", command_name ? command_name : "", text);
}

void message_add(const char *label, char *text)
{
	int column;

	if (is_quiet || !text)
		return;
	clean(text);
	column = fprintf(stderr, "  %s: ", label);
	wrap_print(stderr, column > 0 ? (size_t)column : 0, 4, text);
}

void message_clear_line(void)
{
	fputs("\r\033[K", stderr);
}

void warn(const char *format, ...)
{
	char *text;
	va_list args;

	if (is_quiet)
		return;
	va_start(args, format);
	text = advice_vformat(format, args);
	va_end(args);
	if (!text)
		return;
	message_print(text);
	free(text);
}
