// SPDX-License-Identifier: GPL-2.0-or-later
/* Values of memctl's options: what is understood is written as what is understood the same. */
#include "ui/parse-args.h"

#include "fuzz.h"
#include "ui/format.h"

static void check_why(const char *why)
{
	fuzz_check(*why && strnlen(why, WHY_MAX) < WHY_MAX);
}

static void check_amounts(const char *text)
{
	char why[WHY_MAX] = "", size_text[SIZE_TEXT_MAX];
	uint64_t number, again;

	if (parse_size(text, &number, why) < 0)
		check_why(why);
	else if (format_size(number, size_text) && parse_size(size_text, &again, why) == 0)
		fuzz_check(number && again == number);
	if (parse_duration(text, &number, why) == 0) {
		_cleanup_free_ char *written = format_deadline(number);

		fuzz_check(number && (number == UINT64_MAX || (parse_duration(written, &again, why) == 0 && again == number)));
	}
	if (parse_count(text, 1000, &number, why) == 0)
		fuzz_check(number >= 1 && number <= 1000);
}

static void check_places(const char *text)
{
	uint64_t first, last, first_again, last_again;
	char why[WHY_MAX] = "";

	if (parse_range(text, &first, &last, why) == 0) {
		_cleanup_free_ char *written = format_range(first, last);

		fuzz_check(parse_range(written, &first_again, &last_again, why) == 0);
		fuzz_check(first <= last && first == first_again && last == last_again);
	} else {
		check_why(why);
	}
	if (parse_ids(text, "memory", &first, &last, why) == 0) {
		_cleanup_free_ char *written = format_ids(first, last);

		fuzz_check(parse_ids(written, "memory", &first_again, &last_again, why) == 0);
		fuzz_check(first <= last && first == first_again && last == last_again);
	}
	if (parse_address(text, &first, why) < 0)
		check_why(why);
}

static int count_part(const char *part, void *data, char why[WHY_MAX])
{
	(void)why;
	fuzz_check(*part && !strchr(part, ','));
	++*(size_t *)data;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	char why[WHY_MAX] = "";
	size_t parts = 0, commas = 0;

	check_amounts(text);
	check_places(text);
	for (const char *p = text; *p; p++)
		commas += *p == ',';
	if (parse_list(text, count_part, &parts, why) == 0)
		fuzz_check(parts == commas + 1);
	return 0;
}
