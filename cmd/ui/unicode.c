/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/unicode.h"

#include <stdint.h>

#include "ui/macro.h"

size_t utf8_length(const char *text)
{
	static const struct {
		unsigned char mask, bits;
		uint32_t least;
	} kinds[] = { { 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 } };
	unsigned char first = (unsigned char)*text;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		uint32_t code = first & (unsigned char)~kinds[i].mask;

		if ((first & kinds[i].mask) != kinds[i].bits)
			continue;
		for (size_t k = 1; k <= i; k++) {
			if ((text[k] & 0xc0) != 0x80)
				return 0;
			code = code << 6 | (text[k] & 0x3f);
		}
		return code < kinds[i].least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : i + 1;
	}
	return 0;
}
