/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the user wants colours on terminals: terminal-colors.d(5), as for the programs of util-linux */
#ifndef MEMCTL_COLORS_H
#define MEMCTL_COLORS_H

#include <stdbool.h>

/* Whether they are switched off for a program on this kind of terminal (NULL: not known). */
bool colors_are_disabled(const char *program, const char *term);

#endif
