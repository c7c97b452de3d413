/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line on a terminal that tells how far something is, and is taken away before anything else is said. None of it needs memory.
 */
#ifndef MEMCTL_LIVING_LINE_H
#define MEMCTL_LIVING_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/macro.h"
#include "ui/opts.h"

/* What is over sooner needs no line. */
#define LIVING_LINE_QUIET_MS 1000

struct living_line {
	char text[160];
	size_t length;
};

/* Whether there is to be one: for people, and for those who look */
bool living_line_is_wanted(const struct options *options);

_printf_(2, 3) void living_line_add(struct living_line *line, const char *format, ...);

/* "[#####.....] 50%  3.5G of 8G" */
void living_line_add_bar(struct living_line *line, uint64_t done_bytes, uint64_t goal_bytes);

/* ", 1.2G/s, 4s left": as fast as it went so far; nothing where that is not known yet */
void living_line_add_rate(struct living_line *line, uint64_t done_bytes, uint64_t goal_bytes, uint64_t elapsed_ms);

/* In the place of the one before */
void living_line_show(const struct living_line *line);

#endif
