/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/parse-args.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/format.h"
#include "ui/xalloc.h"

char ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool parse_is_word(const char *text, const char *word)
{
	while (*text && ascii_upper(*text) == ascii_upper(*word)) {
		text++;
		word++;
	}
	return *text == *word;
}

_printf_(2, 3) static int refuse(char why[WHY_MAX], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, WHY_MAX, format, args);
	va_end(args);
	return -1;
}

/*
 * Digits only: strtoull alone would take signs, spaces and prefixes. Returns what follows, NULL without digits or beyond 64
 * bits.
 */
static const char *scan_digits(const char *text, int base, uint64_t *number)
{
	char *end;

	if (!(base == 16 ? isxdigit((unsigned char)*text) : isdigit((unsigned char)*text)))
		return NULL;
	errno = 0;
	*number = strtoull(text, &end, base);
	if (errno || (base == 16 && text[0] == '0' && ascii_upper(text[1]) == 'X'))
		return NULL;
	return end;
}

/* "1.5" as whole 1 and thousandths 500; decimals are exact or refused */
static const char *scan_decimal(const char *text, uint64_t *whole, unsigned int *thousandths)
{
	const char *p = scan_digits(text, 10, whole);
	unsigned int weight = 100;

	*thousandths = 0;
	if (!p || *p != '.')
		return p;
	if (!isdigit((unsigned char)*++p))
		return NULL;
	for (; isdigit((unsigned char)*p); p++, weight /= 10) {
		if (weight == 0 && *p != '0')
			return NULL;
		*thousandths += weight * (unsigned int)(*p - '0');
	}
	return p;
}

/* whole.thousandths * factor; false when it overflows or is no whole number */
static bool multiply(uint64_t whole, unsigned int thousandths, uint64_t factor, uint64_t *product)
{
	uint64_t part;

	if (__builtin_mul_overflow(factor, thousandths, &part) || part % 1000)
		return false;
	return !__builtin_mul_overflow(whole, factor, product) && !__builtin_add_overflow(*product, part / 1000, product);
}

static bool size_unit(const char *unit, uint64_t *factor)
{
	static const char letters[] = "KMGTP";
	const char *letter = *unit ? strchr(letters, ascii_upper(*unit)) : NULL;
	uint64_t base;

	if (!letter)
		return false;
	if (!unit[1] || strcmp(unit + 1, "iB") == 0)
		base = 1024;
	else if (strcmp(unit + 1, "B") == 0)
		base = 1000;
	else
		return false;
	*factor = 1;
	for (const char *p = letters; p <= letter; p++)
		*factor *= base;
	return true;
}

int parse_size(const char *text, uint64_t *bytes, char why[WHY_MAX])
{
	unsigned int thousandths;
	uint64_t whole, factor;
	char likely[SIZE_TEXT_MAX];
	const char *unit = scan_decimal(text, &whole, &thousandths);

	if (!unit)
		return refuse(why, "\"%s\" is not a size; write a number with a unit, such as 128M or 1.5G", text);
	if (text[0] == '0' && ascii_upper(text[1]) == 'X')
		return refuse(why, "\"%s\" is an address, not a size; write START-END, or a size such as 128M", text);
	if (!*unit && whole == 0)
		return refuse(why, "\"%s\" is no memory at all; write a size such as 128M or 1.5G", text);
	if (!*unit && whole >= (1 << 20) && whole % (1 << 20) == 0)
		return refuse(why, "\"%s\" has no unit; for that many bytes write %s", text, format_size(whole, likely));
	if (!*unit)
		return refuse(why, "\"%s\" has no unit; write %sM for MiB or %sG for GiB", text, text, text);
	if (!size_unit(unit, &factor))
		return refuse(why, "\"%s\" has the unknown unit \"%s\"; units are K, M, G, T, P (KiB, MiB, ... and kB, MB, ...)",
			      text, unit);
	if (!multiply(whole, thousandths, factor, bytes))
		return refuse(why,
			      thousandths ? "\"%s\" is not a whole number of bytes below 2^64; write it in a smaller unit"
					  : "\"%s\" is not a size below 2^64 bytes",
			      text);
	if (*bytes == 0)
		return refuse(why, "\"%s\" is no memory at all; write a size such as 128M or 1.5G", text);
	return 0;
}

#define MAX_DURATION_MS (UINT64_C(366) * 86400 * 1000)

int parse_duration(const char *text, uint64_t *ms, char why[WHY_MAX])
{
	static const struct {
		const char *unit;
		uint64_t ms;
	} units[] = { { "", 1000 },     { "ms", 1 },      { "s", 1000 },    { "m", 60000 },
		      { "min", 60000 }, { "h", 3600000 }, { "d", 86400000 } };
	unsigned int thousandths;
	uint64_t whole, result;
	const char *unit = scan_decimal(text, &whole, &thousandths);

	if (strcmp(text, "infinity") == 0) {
		*ms = UINT64_MAX;
		return 0;
	}
	for (size_t i = 0; unit && i < ARRAY_SIZE(units); i++) {
		if (strcmp(unit, units[i].unit) != 0)
			continue;
		if (!multiply(whole, thousandths, units[i].ms, &result))
			return refuse(why, "\"%s\" is not a whole number of milliseconds", text);
		if (result > MAX_DURATION_MS)
			return refuse(why, "\"%s\" is more than a year; for no deadline write infinity", text);
		if (result == 0)
			return refuse(why, "\"%s\" is no time at all; for no deadline write infinity", text);
		*ms = result;
		return 0;
	}
	return refuse(why, "\"%s\" is not a duration; write 30s, 1.5m, 500ms, 2h or infinity", text);
}

int parse_count(const char *text, uint64_t max, uint64_t *count, char why[WHY_MAX])
{
	uint64_t number;
	const char *end = scan_digits(text, 10, &number);

	if (!end || *end || number == 0 || number > max)
		return refuse(why, "\"%s\" is not a number from 1 to %" PRIu64, text, max);
	*count = number;
	return 0;
}

/* An address from the beginning of `text`; returns what follows, NULL with the reason in `why` */
static const char *scan_address(const char *text, uint64_t *addr, char why[WHY_MAX])
{
	const char *end;

	if (text[0] != '0' || ascii_upper(text[1]) != 'X') {
		refuse(why, "\"%s\" is not an address; addresses begin with 0x", text);
		return NULL;
	}
	end = scan_digits(text + 2, 16, addr);
	if (!end)
		refuse(why, "\"%s\" is not a 64-bit address", text);
	return end;
}

int parse_address(const char *text, uint64_t *addr, char why[WHY_MAX])
{
	uint64_t value;
	const char *end = scan_address(text, &value, why);

	if (!end)
		return -1;
	if (*end)
		return refuse(why, "\"%s\" has \"%s\" behind the address", text, end);
	*addr = value;
	return 0;
}

int parse_range(const char *text, uint64_t *start, uint64_t *last, char why[WHY_MAX])
{
	uint64_t size;
	const char *p = scan_address(text, start, why);

	if (!p)
		return -1;
	if (!p[0] || !p[1])
		return refuse(why, "\"%s\" has no end; write START-END or START+SIZE", text);
	if (*p == '+') {
		if (parse_size(p + 1, &size, why) < 0)
			return -1;
		if (__builtin_add_overflow(*start, size - 1, last))
			return refuse(why, "\"%s\" ends beyond 2^64", text);
		return 0;
	}
	if (*p != '-')
		return refuse(why, "\"%s\" has \"%s\" behind the address; write START-END or START+SIZE", text, p);
	if (parse_address(p + 1, last, why) < 0)
		return -1;
	if (*last < *start)
		return refuse(why, "\"%s\" ends before it starts", text);
	return 0;
}

static const char *scan_id(const char *text, const char *prefix, uint64_t *id)
{
	size_t length = strlen(prefix);

	return scan_digits(strncmp(text, prefix, length) == 0 ? text + length : text, 10, id);
}

int parse_ids(const char *text, const char *prefix, uint64_t *first, uint64_t *last, char why[WHY_MAX])
{
	const char *p = scan_id(text, prefix, first);

	if (p && *p == '-') {
		p = scan_id(p + 1, prefix, last);
		if (p && !*p && *last < *first)
			return refuse(why, "\"%s\" ends before it starts", text);
	} else {
		*last = *first;
	}
	if (!p || *p)
		return refuse(why, "\"%s\" is not a number, %sN, or a run of them such as 32-39", text, prefix);
	return 0;
}

int parse_list(const char *text, int (*item)(const char *part, void *data, char why[WHY_MAX]), void *data, char why[WHY_MAX])
{
	char *copy = xstrdup(text), *rest = copy, *part;
	int rc = 0;

	while (rc == 0 && (part = strsep(&rest, ",")))
		rc = *part ? item(part, data, why) : refuse(why, "\"%s\" has an empty item", text);
	free(copy);
	return rc;
}
