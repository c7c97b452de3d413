// SPDX-License-Identifier: GPL-2.0-or-later
/* Patterns of udev, against a slow matcher that follows the definition. An input is PATTERN, a newline, TEXT. */
#include <ctype.h>

#include "fuzz.h"
#include "read/udev-parse.h"

/* For patterns without sets and escapes */
static bool match_slowly(const char *pattern, const char *end, const char *text)
{
	if (pattern == end)
		return !*text;
	if (*pattern == '*')
		return match_slowly(pattern + 1, end, text) || (*text && match_slowly(pattern, end, text + 1));
	return *text && (*pattern == '?' || *pattern == *text) && match_slowly(pattern + 1, end, text + 1);
}

static bool any_matches(const char *pattern, const char *text)
{
	for (;; pattern++) {
		const char *end = pattern + strcspn(pattern, "|");

		if (match_slowly(pattern, end, text))
			return true;
		pattern = end;
		if (!*end)
			return false;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *input = fuzz_text(data, size);
	char *rest = input;
	const char *pattern = fuzz_take(&rest, '\n'), *text = rest ? rest : "";
	bool matches = memhp__udev_glob(pattern, text, false);

	/* Only what is short: the slow one takes exponential time. */
	if (strlen(pattern) <= 12 && strlen(text) <= 12 && !strpbrk(pattern, "[\\"))
		fuzz_check(matches == any_matches(pattern, text));
	if (matches)
		fuzz_check(strchr(pattern, '[') || memhp__udev_glob(pattern, text, true));
	return 0;
}
