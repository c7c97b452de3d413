// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's command line: parameters lie in the text one behind the other, and come out the same when they are quoted. */
#include <stdio.h>

#include "fuzz.h"
#include "read/parse.h"

static bool are_equal(const char *one, size_t one_length, const char *other, size_t other_length)
{
	return one_length == other_length && memcmp(one, other, one_length) == 0;
}

/* Where neither holds a quote, which nothing can escape */
static void check_quoted(const struct cmdline_param *param)
{
	_cleanup_free_ char *text = NULL;
	struct cmdline_param again;
	const char *p;

	if (!param->value || !param->key_length || memchr(param->key, '"', param->key_length) ||
	    memchr(param->value, '"', param->value_length))
		return;
	fuzz_check(asprintf(&text, " \"%.*s=%.*s\" next", (int)param->key_length, param->key, (int)param->value_length,
			    param->value) >= 0);
	p = text;
	fuzz_check(memhp__parse_cmdline(&p, &again) && again.value && strcmp(p, " next") == 0);
	fuzz_check(are_equal(param->key, param->key_length, again.key, again.key_length));
	fuzz_check(are_equal(param->value, param->value_length, again.value, again.value_length));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	const char *p = text, *before = text;
	struct cmdline_param param;

	while (memhp__parse_cmdline(&p, &param)) {
		fuzz_check(p > before && param.key >= before && param.key + param.key_length <= p);
		if (param.value)
			fuzz_check(param.value > param.key && param.value + param.value_length <= p);
		fuzz_check(memhp__cmdline_has_prefix(&param, ""));
		check_quoted(&param);
		before = p;
	}
	return 0;
}
