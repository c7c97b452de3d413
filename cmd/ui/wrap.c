/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/wrap.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Of a terminal that does not tell, and of rows in a pipe */
#define USUAL_WIDTH 80

size_t wrap_width(FILE *out)
{
	struct winsize size = { 0 };

	if (!isatty(fileno(out)))
		return 0;
	return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : USUAL_WIDTH;
}

size_t wrap_row_width(FILE *out)
{
	size_t width = wrap_width(out);

	return width ? width : USUAL_WIDTH;
}

size_t wrap_columns(const char *text, size_t length)
{
	size_t columns = 0;

	for (const char *end = text + length; text < end; text++) {
		/* What turns a colour on or off takes none, and neither does what continues a character. */
		if (*text == '\033')
			text += strcspn(text, "m");
		else
			columns += ((unsigned char)*text & 0xc0) != 0x80;
	}
	return columns;
}

size_t wrap_length(const char *text)
{
	return wrap_columns(text, strlen(text));
}

void wrap_word(FILE *out, size_t *column, size_t indent, const char *word)
{
	size_t length = wrap_length(word), blanks = *column == indent ? 0 : 2;

	if (blanks && *column + blanks + length > wrap_row_width(out)) {
		fprintf(out, "\n%*s", (int)indent, "");
		*column = indent;
		blanks = 0;
	}
	fprintf(out, "%*s%s", (int)blanks, "", word);
	*column += blanks + length;
}

void wrap_print(FILE *out, size_t column, size_t indent, const char *text)
{
	size_t width = wrap_width(out);
	const char *line = text, *p = text;

	while (width && *p) {
		size_t blanks = strspn(p, " "), word = strcspn(p + blanks, " "), columns = wrap_columns(p, blanks + word);

		if (p > line && column + columns > width) {
			fprintf(out, "%.*s\n%*s", (int)(p - line), line, (int)indent, "");
			line = p + blanks;
			column = indent;
			columns -= blanks;
		}
		column += columns;
		p += blanks + word;
	}
	fprintf(out, "%s\n", line);
}
