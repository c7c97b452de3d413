/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much movable memory is too much for the memory that the kernel can use for itself. Pure. */
#ifndef MEMHP_RATIO_H
#define MEMHP_RATIO_H

#include <stdbool.h>
#include <stdint.h>

/* MOVABLE:KERNEL up to 3:1 is fine, past 4:1 the kernel may run out of memory of its own. */
#define RATIO_FINE 3
#define RATIO_MOST 4

/* Bytes, of which the product need not fit in an integer */
static inline bool is_past_ratio(uint64_t movable, uint64_t kernel, unsigned int ratio)
{
	return (double)movable > ratio * (double)kernel;
}

#endif
