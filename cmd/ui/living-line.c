/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/living-line.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "ui/format.h"
#include "ui/message.h"
#include "ui/wrap.h"

#define BAR_CELLS 10

bool living_line_is_wanted(const struct options *options)
{
	return !has_option(options, OPT_JSON) && !has_option(options, OPT_QUIET) && isatty(STDERR_FILENO);
}

void living_line_add(struct living_line *line, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line->text + line->length, sizeof(line->text) - line->length, format, args);
	va_end(args);
	line->length += n > 0 ? (size_t)n : 0;
	if (line->length >= sizeof(line->text))
		line->length = sizeof(line->text) - 1;
}

/* No machine's memory is too large for this product: addresses end with 2^52. */
static unsigned int part_of(unsigned int whole, uint64_t done, uint64_t goal)
{
	return goal ? (unsigned int)(done * whole / goal) : 0;
}

void living_line_add_bar(struct living_line *line, uint64_t done_bytes, uint64_t goal_bytes)
{
	unsigned int cells = part_of(BAR_CELLS, done_bytes, goal_bytes);
	char done[SIZE_TEXT_MAX], goal[SIZE_TEXT_MAX];

	living_line_add(line, "[");
	for (unsigned int i = 0; i < BAR_CELLS; i++)
		living_line_add(line, i < cells ? "#" : ".");
	living_line_add(line, "] %u%%  %s of %s", part_of(100, done_bytes, goal_bytes), format_size(done_bytes, done),
			format_size(goal_bytes, goal));
}

void living_line_add_rate(struct living_line *line, uint64_t done_bytes, uint64_t goal_bytes, uint64_t elapsed_ms)
{
	double seconds = (double)elapsed_ms / 1000, done = (double)done_bytes;
	char rate[SIZE_TEXT_MAX];

	if (done_bytes && elapsed_ms)
		living_line_add(line, ", %s/s, %.0fs left", format_size((uint64_t)(done / seconds) >> 20 << 20, rate),
				seconds * (double)(goal_bytes - done_bytes) / done);
}

void living_line_show(const struct living_line *line)
{
	size_t width = wrap_width(stderr);

	message_clear_line();
	/* A line that breaks cannot be taken away again. */
	fprintf(stderr, "%.*s", width > 1 && line->length >= width ? (int)width - 1 : (int)line->length, line->text);
	fflush(stderr);
}
