/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Totals of blocks that belong together: memctl list --by */
#ifndef MEMCTL_LIST_BY_H
#define MEMCTL_LIST_BY_H

#include "ui/table.h"
#include "ui/totals.h"

enum by { BY_NOTHING, BY_NODE, BY_SOURCE, BY_ZONE };

struct group;
struct json_doc;

struct groups {
	enum by by;
	uint64_t block_size;
	struct group *items;
	size_t num;
};

/* The selected blocks by node, by source or by managing zone; a NULL selection means all. */
struct groups groups_make(const struct memhp_snapshot *snapshot, const struct memhp_selection *selection, enum by by);
void groups_free(struct groups *groups);

/* Fills a table without columns yet, prints and releases it; `all` says which states have columns. */
void groups_print(const struct groups *groups, struct table *table, const struct totals *all, bool bytes);

/* The array "totals" of a document */
void groups_write(const struct groups *groups, struct json_doc *doc);

#endif
