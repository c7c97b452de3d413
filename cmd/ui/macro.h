/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEMCTL_MACRO_H
#define MEMCTL_MACRO_H

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The format is argument `f`, what it takes begins at argument `a`, 0 for a va_list. */
#define _printf_(f, a) __attribute__((format(printf, f, a)))
#define _unused_       __attribute__((unused))

#endif
