/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/message.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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

/* What the user typed may hold control characters, which have no business on a terminal. */
void message_print(char *text)
{
	for (char *p = text; *p; p++)
		if (iscntrl((unsigned char)*p))
			*p = '?';
	fprintf(stderr, "memctl%s%s: %s\n", command_name ? " " : "", command_name ? command_name : "", text);
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
	if (vasprintf(&text, format, args) >= 0) {
		message_print(text);
		free(text);
	}
	va_end(args);
}
