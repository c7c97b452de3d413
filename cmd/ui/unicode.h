/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8, whatever the locale says */
#ifndef MEMCTL_UNICODE_H
#define MEMCTL_UNICODE_H

#include <stddef.h>

/* How many bytes the character at the start of a text has, which is not at its end; 0 for what is none */
size_t utf8_length(const char *text);

#endif
