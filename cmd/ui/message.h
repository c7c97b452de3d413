/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said on standard error, for people */
#ifndef MEMCTL_MESSAGE_H
#define MEMCTL_MESSAGE_H

#include <stdbool.h>

#include "ui/macro.h"

/* Whom to speak as; NULL before it is known. */
void message_set_command(const char *command);
const char *message_get_command(void);

/* Whether warn() is to keep silent */
void message_set_quiet(bool quiet);

/* "memctl list: TEXT" */
_printf_(1, 2) void warn(const char *format, ...);

/* The same whatever was asked, of a text that it may change. */
void message_print(char *text);

/* Takes away what stands in a terminal's line, for something else or for nothing. */
void message_clear_line(void);

/* A line that belongs to the message before it: "  try: another block". Nothing for a NULL text, which it may change. */
void message_add(const char *label, char *text);

#endif
