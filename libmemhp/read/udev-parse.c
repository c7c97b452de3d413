/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules of udev(7): their lines and words. */
#include "read/udev-parse.h"

#include <fnmatch.h>

#include "util.h"

#define CLASS_NAME_MAX 16 /* longer than any, such as "alpha" in [[:alpha:]] */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static char *skip_blanks(char *p)
{
	while (is_blank(*p))
		p++;
	return p;
}

/* A line without its newline and the blanks before it; false at the end of the file. */
static bool take_line(struct udev_reader *reader, const char **line, size_t *length)
{
	const char *end;

	if (reader->text >= reader->end)
		return false;
	end = memchr(reader->text, '\n', (size_t)(reader->end - reader->text));
	if (!end)
		end = reader->end;
	*line = reader->text;
	while (*line < end && is_blank(**line))
		++*line;
	*length = (size_t)(end - *line);
	reader->text = end + 1;
	reader->line++;
	return true;
}

/*
 * Joins lines that end with a backslash; a comment among them is none of them. The buffer is empty after a line without a rule,
 * and after one that is too long or holds a NUL.
 */
static bool join_lines(struct udev_reader *reader, struct udev_rule *rule)
{
	size_t used = 0, length;
	bool goes_on = true, is_bad = false;
	const char *line;

	rule->line = 0;
	while (goes_on && take_line(reader, &line, &length)) {
		if (length && *line == '#') {
			goes_on = used > 0;
			continue;
		}
		if (!rule->line)
			rule->line = reader->line;
		goes_on = length && line[length - 1] == '\\';
		length -= goes_on;
		is_bad |= length >= sizeof(rule->buffer) - used || memchr(line, '\0', length);
		if (is_bad)
			continue;
		memcpy(rule->buffer + used, line, length);
		used += length;
	}
	rule->buffer[is_bad ? 0 : used] = '\0';
	return rule->line || reader->text < reader->end;
}

/* "value", e"with \escapes" or i"value of any case", unescaped where it is; NULL when it is none of these */
static char *take_value(char *p, struct udev_token *token)
{
	bool has_escapes = *p == 'e';
	char *to;

	token->ignores_case = *p == 'i';
	if (*p == 'e' || *p == 'i')
		p++;
	if (*p++ != '"')
		return NULL;
	token->value = to = p;
	for (; *p != '"'; *to++ = *p++) {
		if (*p == '\\' && (p[1] == '"' || (has_escapes && p[1])))
			p++;
		if (!*p)
			return NULL;
	}
	*to = '\0';
	return p + 1;
}

static char *take_operator(char *p, struct udev_token *token)
{
	size_t length = *p == '=' ? 1 : 2;

	token->negated = strncmp(p, "!=", 2) == 0;
	token->is_match = token->negated || strncmp(p, "==", 2) == 0;
	if (token->is_match)
		length = 2;
	else if (*p != '=' && strncmp(p, "+=", 2) != 0 && strncmp(p, "-=", 2) != 0 && strncmp(p, ":=", 2) != 0)
		return NULL;
	*p = '\0'; /* ends the key */
	return p + length;
}

static char *take_token(char *p, struct udev_token *token)
{
	char *attr = NULL;

	token->key = p;
	while ((*p >= 'A' && *p <= 'Z') || *p == '_')
		p++;
	if (p == token->key)
		return NULL;
	if (*p == '{') {
		*p++ = '\0';
		attr = p;
		p += strcspn(p, "}");
		if (!*p)
			return NULL;
		*p++ = '\0';
	}
	/* A blank before the operator is where the key ends. */
	if (is_blank(*p)) {
		char *end = p;

		p = skip_blanks(p);
		if (*p)
			p = take_operator(p, token);
		*end = '\0';
	} else {
		p = take_operator(p, token);
	}
	token->attr = attr ? attr : "";
	return p ? take_value(skip_blanks(p), token) : NULL;
}

/* udevd ignores a rule that is not well-formed, and so does this. */
static bool parse_tokens(struct udev_rule *rule)
{
	char *p = rule->buffer;

	rule->num_tokens = 0;
	for (;;) {
		while (is_blank(*p) || *p == ',')
			p++;
		if (!*p)
			return rule->num_tokens > 0;
		p = take_token(p, &rule->tokens[rule->num_tokens++]);
		if (!p)
			return false;
	}
}

bool memhp__udev_next_rule(struct udev_reader *reader, struct udev_rule *rule)
{
	while (join_lines(reader, rule)) {
		size_t length = strnlen(rule->buffer, sizeof(rule->text) - 1);

		memcpy(rule->text, rule->buffer, length);
		rule->text[length] = '\0';
		if (parse_tokens(rule))
			return true;
	}
	return false;
}

/* Where the bracket expression that begins at `p` is closed, or NULL: then "[" stands for itself. */
static const char *find_bracket_end(const char *p, const char *end)
{
	const char *first = ++p;

	if (p < end && (*p == '!' || *p == '^'))
		first = ++p;
	for (; p < end; p++) {
		if (*p == ']' && p > first)
			return p;
		if (*p == '\\') {
			p++;
		} else if (*p == '[' && p + 1 < end && strchr(":.=", p[1])) {
			size_t left = (size_t)(end - p) - 2;
			const char *inner = memchr(p + 2, p[1], left < CLASS_NAME_MAX ? left : CLASS_NAME_MAX);

			if (inner && inner + 1 < end && inner[1] == ']')
				p = inner + 1;
		}
	}
	return NULL;
}

/* As udevd itself asks. No star is in it, so that it takes no longer than it is long. */
static bool match_bracket(const char *p, size_t length, char c, bool ignores_case)
{
	char pattern[UDEV_LINE_MAX], text[] = { c, '\0' };

	if (length >= sizeof(pattern))
		return false;
	memcpy(pattern, p, length);
	pattern[length] = '\0';
	return fnmatch(pattern, text, ignores_case ? FNM_CASEFOLD : 0) == 0;
}

/* One character of a pattern, which moves behind it */
static bool match_char(const char **pattern, const char *end, char c, bool ignores_case)
{
	const char *p = *pattern, *close = *p == '[' ? find_bracket_end(p, end) : NULL;

	if (close) {
		*pattern = close + 1;
		return match_bracket(p, (size_t)(*pattern - p), c, ignores_case);
	}
	if (*p == '\\' && p + 1 < end)
		p++;
	else if (*p == '?')
		return *pattern = p + 1, true;
	*pattern = p + 1;
	return ignores_case ? ascii_lower(*p) == ascii_lower(c) : *p == c;
}

/* Goes back to the last star alone, so that no pattern takes more than its length times that of the text. */
static bool glob_one(const char *pattern, const char *end, const char *text, bool ignores_case)
{
	const char *star = NULL, *retry = NULL;

	for (;;) {
		if (pattern < end && *pattern == '*') {
			star = ++pattern;
			retry = text;
			continue;
		}
		if (!*text && pattern >= end)
			return true;
		if (*text && pattern < end && match_char(&pattern, end, *text, ignores_case)) {
			text++;
			continue;
		}
		if (!star || !*retry)
			return false;
		pattern = star;
		text = ++retry;
	}
}

bool memhp__udev_glob(const char *pattern, const char *text, bool ignores_case)
{
	for (;; pattern++) {
		const char *end = pattern + strcspn(pattern, "|");

		if (glob_one(pattern, end, text, ignores_case))
			return true;
		pattern = end;
		if (!*end)
			return false;
	}
}
