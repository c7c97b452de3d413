/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/format.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/wrap.h"
#include "ui/xalloc.h"

const char *format_size(uint64_t bytes, char text[SIZE_TEXT_MAX])
{
	static const char units[] = "BKMGTPE";
	int unit = 0;
	unsigned int thousandths = 0;
	uint64_t whole = bytes;

	for (int i = 1; units[i]; i++) {
		uint64_t factor = UINT64_C(1) << (10 * i), rest = bytes % factor;

		/* Three decimals show eighths and nothing finer. */
		if (bytes < factor || rest % (factor / 8))
			break;
		unit = i;
		whole = bytes / factor;
		thousandths = (unsigned int)(rest / (factor / 8)) * 125;
	}
	if (thousandths) {
		int length = snprintf(text, SIZE_TEXT_MAX, "%" PRIu64 ".%03u", whole, thousandths);

		while (text[length - 1] == '0')
			length--;
		snprintf(text + length, SIZE_TEXT_MAX - (size_t)length, "%c", units[unit]);
	} else {
		snprintf(text, SIZE_TEXT_MAX, "%" PRIu64 "%c", whole, units[unit]);
	}
	return text;
}

char *format_bytes(uint64_t size, bool bytes)
{
	char human[SIZE_TEXT_MAX];

	return bytes ? xasprintf("%" PRIu64, size) : xstrdup(format_size(size, human));
}

const char *format_amount(uint64_t amount, bool bytes, char text[SIZE_TEXT_MAX])
{
	static const char units[] = "BKMGTPE";
	double value = (double)amount;
	size_t unit = 0;

	if (bytes) {
		snprintf(text, SIZE_TEXT_MAX, "%" PRIu64, amount);
		return text;
	}
	for (; value >= 1023.5; unit++)
		value /= 1024;
	/* One decimal for small numbers, and none where it would be zero. */
	if (value < 9.95 && (unsigned int)(value * 10 + 0.5) % 10)
		snprintf(text, SIZE_TEXT_MAX, "%.1f%c", value, units[unit]);
	else
		snprintf(text, SIZE_TEXT_MAX, "%.0f%c", value, units[unit]);
	return text;
}

char *format_range(uint64_t start, uint64_t last)
{
	return xasprintf("0x%016" PRIx64 "-0x%016" PRIx64, start, last);
}

char *format_ids(uint64_t first, uint64_t last)
{
	return first == last ? xasprintf("%" PRIu64, first) : xasprintf("%" PRIu64 "-%" PRIu64, first, last);
}

char *format_elapsed(uint64_t ms)
{
	return ms < 1000 ? xasprintf("%" PRIu64 "ms", ms) : xasprintf("%.1fs", (double)ms / 1000);
}

char *format_deadline(uint64_t ms)
{
	if (ms == MEMHP_NO_TIMEOUT)
		return xstrdup("none");
	if (ms % 60000 == 0)
		return xasprintf("%" PRIu64 "m", ms / 60000);
	if (ms % 1000 == 0)
		return xasprintf("%" PRIu64 "s", ms / 1000);
	return xasprintf("%" PRIu64 "ms", ms);
}

const char *state_word(enum memhp_state state)
{
	return state == MEMHP_STATE_UNKNOWN ? NULL : memhp_state_name(state);
}

const char *zone_word(enum memhp_zone zone)
{
	return zone == MEMHP_ZONE_NONE || zone == MEMHP_ZONE_UNKNOWN ? NULL : memhp_zone_name(zone);
}

const char *errno_name(int error)
{
	/* clang-format off */
	static const struct {
		int error;
		const char *name;
	} names[] = {
		{ EPERM, "EPERM" }, { ENOENT, "ENOENT" }, { EINTR, "EINTR" }, { EIO, "EIO" }, { ENXIO, "ENXIO" },
		{ EAGAIN, "EAGAIN" }, { ENOMEM, "ENOMEM" }, { EACCES, "EACCES" }, { EFAULT, "EFAULT" }, { EBUSY, "EBUSY" },
		{ EEXIST, "EEXIST" }, { ENODEV, "ENODEV" }, { ENOTDIR, "ENOTDIR" }, { EISDIR, "EISDIR" }, { EINVAL, "EINVAL" },
		{ ENFILE, "ENFILE" }, { EMFILE, "EMFILE" }, { EFBIG, "EFBIG" }, { ENOSPC, "ENOSPC" }, { ESPIPE, "ESPIPE" },
		{ EROFS, "EROFS" }, { ERANGE, "ERANGE" }, { ELOOP, "ELOOP" }, { ENODATA, "ENODATA" }, { EBADMSG, "EBADMSG" },
		{ ENOSYS, "ENOSYS" }, { EOPNOTSUPP, "EOPNOTSUPP" }, { ETIMEDOUT, "ETIMEDOUT" },
		{ EHWPOISON, "EHWPOISON" }, { E2BIG, "E2BIG" }, { EPIPE, "EPIPE" }, { ECANCELED, "ECANCELED" },
		{ EINPROGRESS, "EINPROGRESS" }, { ENOTCONN, "ENOTCONN" },
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].error == abs(error))
			return names[i].name;
	return error ? "EUNKNOWN" : NULL;
}

const char *state_color(enum memhp_state state)
{
	switch (state) {
	case MEMHP_STATE_ONLINE:
		return COLOR_GOOD;
	case MEMHP_STATE_OFFLINE:
		return COLOR_OTHER;
	case MEMHP_STATE_GOING_OFFLINE:
		return COLOR_CARE;
	default:
		return COLOR_WRONG;
	}
}

void print_sentence(size_t indent, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	wrap_print(stdout, 0, indent, text);
}

/* The terminal's sequences for colours as libsmartcols names them */
static const char *color_sequence(const char *color)
{
	static const struct {
		const char *color, *sequence;
	} sequences[] = {
		{ COLOR_GOOD, "\033[32m" }, { COLOR_OTHER, "\033[36m" }, { COLOR_CARE, "\033[35m" }, { COLOR_WRONG, "\033[31m" }
	};

	for (size_t i = 0; color && i < ARRAY_SIZE(sequences); i++)
		if (strcmp(color, sequences[i].color) == 0)
			return sequences[i].sequence;
	return "";
}

void print_colored(const char *color, const char *format, ...)
{
	const char *on = color_sequence(color);
	va_list args;

	fputs(on, stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	fputs(*on ? "\033[0m" : "", stdout);
}
