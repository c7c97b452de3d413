/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values as text for people: sizes, ranges, times, words, colours */
#ifndef MEMCTL_FORMAT_H
#define MEMCTL_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmemhp.h"
#include "ui/macro.h"

/* The size of so many blocks; 2^64 - 1 for the one sum that does not fit, blocks all over the address space */
static inline uint64_t size_of_blocks(uint64_t blocks, uint64_t block_size)
{
	uint64_t size;

	return __builtin_mul_overflow(blocks, block_size, &size) ? UINT64_MAX : size;
}

/* From the first to the last byte, likewise for the whole address space */
static inline uint64_t size_of_span(uint64_t start, uint64_t last)
{
	return last - start == UINT64_MAX ? UINT64_MAX : last - start + 1;
}

/* "24G", "24.125G", "0B": the largest unit that shows the size exactly with at most three decimals. `text` takes 24 bytes. */
#define SIZE_TEXT_MAX 24
const char *format_size(uint64_t bytes, char text[SIZE_TEXT_MAX]);

/* The same, or with `bytes` a number of bytes; from malloc() */
char *format_bytes(uint64_t size, bool bytes);

/* "3.2M": about so much, or with `bytes` the exact number */
const char *format_amount(uint64_t amount, bool bytes, char text[SIZE_TEXT_MAX]);

/* "0x0000000000000000-0x0000000007ffffff"; from malloc() */
char *format_range(uint64_t start, uint64_t last);

/* "45" or "32-39"; from malloc() */
char *format_ids(uint64_t first, uint64_t last);

/* What was measured: "120ms", "12.3s"; from malloc() */
char *format_elapsed(uint64_t ms);

/* What was asked for: "2m", "90s", "1500ms", "none"; from malloc() */
char *format_deadline(uint64_t ms);

/* Names; NULL where there is nothing to name */
const char *state_word(enum memhp_state state);
const char *zone_word(enum memhp_zone zone);

/* "EBUSY" for EBUSY or -EBUSY; NULL for 0 */
const char *errno_name(int error);

/* Colours that can be read on a dark and on a light background. What is normal is not red. */
#define COLOR_GOOD  "green"
#define COLOR_OTHER "cyan"
#define COLOR_CARE  "magenta"
#define COLOR_WRONG "red"

/* The colour of a state, by its name */
const char *state_color(enum memhp_state state);

/* Prints a line, which a terminal shows between words where it is too long; further lines begin with `indent` blanks. */
_printf_(2, 3) void print_sentence(size_t indent, const char *format, ...);

/* Prints in a colour, in none for NULL. */
_printf_(2, 3) void print_colored(const char *color, const char *format, ...);

#endif
