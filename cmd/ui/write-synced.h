/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UI_WRITE_SYNCED_H
#define UI_WRITE_SYNCED_H

#include <stddef.h>

/* Writes all of a text, to where it lasts: 0 or a negative errno. */
int write_synced(int fd, const char *text, size_t length);

#endif
