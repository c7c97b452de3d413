/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "groups.h"

#include <stdio.h>
#include <stdlib.h>

#include "report.h"
#include "values.h"

struct group {
	int node;             /* -1: on no node */
	enum memhp_zone zone; /* MEMHP_ZONE_NONE: no single zone manages it */
	struct totals totals;
};

static struct totals *find_group(struct groups *groups, int node, enum memhp_zone zone)
{
	for (size_t i = 0; i < groups->num; i++)
		if (groups->items[i].node == node && groups->items[i].zone == zone)
			return &groups->items[i].totals;
	groups->items = reallocarray(groups->items, groups->num + 1, sizeof(*groups->items));
	if (!groups->items)
		out_of_memory();
	groups->items[groups->num] = (struct group){ .node = node, .zone = zone };
	return &groups->items[groups->num++].totals;
}

/* A block of several nodes counts for each of them. */
static void add_block(struct groups *groups, const struct memhp_block *block)
{
	enum memhp_zone zone = memhp_block_get_zone(block);
	size_t num_nodes = memhp_block_get_num_nodes(block);

	if (groups->by == BY_ZONE)
		totals_add(find_group(groups, -1, zone == MEMHP_ZONE_UNKNOWN ? MEMHP_ZONE_NONE : zone), block);
	else if (num_nodes == 0)
		totals_add(find_group(groups, -1, MEMHP_ZONE_NONE), block);
	for (size_t i = 0; groups->by == BY_NODE && i < num_nodes; i++)
		totals_add(find_group(groups, memhp_block_get_node(block, i), MEMHP_ZONE_NONE), block);
}

/* What belongs nowhere comes last. */
static int compare_groups(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	unsigned int zone_x = x->zone == MEMHP_ZONE_NONE ? MEMHP_NUM_ZONES : x->zone;
	unsigned int zone_y = y->zone == MEMHP_ZONE_NONE ? MEMHP_NUM_ZONES : y->zone;

	if (x->node != y->node)
		return (unsigned int)x->node < (unsigned int)y->node ? -1 : 1;
	return (zone_x > zone_y) - (zone_x < zone_y);
}

struct groups groups_make(const struct memhp_snapshot *snapshot, const struct memhp_selection *selection, enum by by)
{
	struct groups groups = { .by = by, .block_size = memhp_snapshot_get_block_size_bytes(snapshot) };
	const struct memhp_block *block;

	for (size_t i = 0; (block = memhp_snapshot_get_block(snapshot, i)); i++)
		if (!selection || memhp_selection_matches(selection, block))
			add_block(&groups, block);
	if (groups.num)
		qsort(groups.items, groups.num, sizeof(*groups.items), compare_groups);
	return groups;
}

void groups_free(struct groups *groups)
{
	free(groups->items);
}

static const char *zone_or_null(const struct group *group)
{
	return group->zone == MEMHP_ZONE_NONE ? NULL : memhp_zone_name(group->zone);
}

void groups_print(const struct groups *groups, struct table *table, const struct totals *all, bool bytes)
{
	bool by_node = groups->by == BY_NODE;

	table_add_column(table, by_node ? "NODE" : "ZONE", by_node ? ALIGN_RIGHT : ALIGN_LEFT);
	totals_add_columns(table, all);
	for (size_t i = 0; i < groups->num; i++) {
		const struct group *group = &groups->items[i];
		struct table_row *row = table_add_row(table);
		char node[16];
		const char *name = zone_or_null(group);

		snprintf(node, sizeof(node), "%d", group->node);
		if (group->node >= 0)
			name = node;
		table_set_copy(row, 0, name ? name : "-");
		totals_set(row, 1, &group->totals, all, groups->block_size, bytes);
	}
	table_print(table);
}

void groups_write(const struct groups *groups, struct json_doc *doc)
{
	json_doc_begin_array(doc, "totals");
	for (size_t i = 0; i < groups->num; i++) {
		const struct group *group = &groups->items[i];
		struct json_object *object = json_new();

		if (groups->by == BY_ZONE)
			json_set_string(object, "zone", zone_or_null(group));
		else if (group->node < 0)
			json_set_null(object, "node");
		else
			json_set_int(object, "node", group->node);
		json_set_uint(object, "blocks", totals_blocks(&group->totals));
		json_set_uint(object, "size", size_of_blocks(totals_blocks(&group->totals), groups->block_size));
		totals_json(object, &group->totals, groups->block_size);
		json_doc_item(doc, object);
	}
	json_doc_end_array(doc);
}
