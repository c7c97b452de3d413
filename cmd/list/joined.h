/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of neighbours that differ: memctl list --split=none */
#ifndef MEMCTL_LIST_JOINED_H
#define MEMCTL_LIST_JOINED_H

#include <stdbool.h>

#include "ui/columns.h"

struct json_object;

/* The cells of such a row: each value once, in the order of the blocks */
void joined_fill(const struct column_choice *shown, struct table_row *cells, const struct memhp_snapshot *snapshot,
		 const struct row *row, bool bytes);

/* Makes those members null in which the blocks differ. */
void joined_json(const struct column_choice *shown, struct json_object *object, const struct memhp_snapshot *snapshot,
		 const struct row *row);

#endif
