/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of blocks by state, and how they are shown. */
#ifndef MEMCTL_TOTALS_H
#define MEMCTL_TOTALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/nums.h"
#include "libmemhp.h"
#include "ui/table.h"

struct json_object;

struct totals {
	size_t blocks[NUM_STATES]; /* what is standby has no block yet, and is shown apart */
};

void totals_add(struct totals *totals, const struct memhp_block *block);
size_t totals_blocks(const struct totals *totals);

/*
 * Columns for a row of totals: BLOCKS SIZE ONLINE OFFLINE, and the odd states where `all` has any; totals_set() fills them from
 * `column` on and returns the next column.
 */
void totals_add_columns(struct table *table, const struct totals *all);
size_t totals_set(struct table_row *row, size_t column, const struct totals *totals, const struct totals *all, uint64_t block_size,
		  bool bytes);

/* Adds a member for each state, in bytes */
void totals_json(struct json_object *object, const struct totals *totals, uint64_t block_size);

/* The lines below a listing: block size, and for each state that occurs (online and offline always) size and number of blocks */
void totals_print(const struct totals *totals, uint64_t block_size, bool bytes, bool colors);

#endif
