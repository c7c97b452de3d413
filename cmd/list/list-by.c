/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "list/list-by.h"

#include <stdlib.h>

#include "ui/nums.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/table.h"
#include "ui/value.h"
#include "ui/xalloc.h"

/* Beside the zones: what no single zone manages comes last. */
enum { SEVERAL_ZONES = NUM_ZONES, NOT_ONLINE, ZONE_NOT_KNOWN };

/* Beside the nodes, and behind them: the largest as unsigned */
enum { NO_NODE = -2, NODE_NOT_KNOWN };

struct group {
	int node;           /* or one of the above */
	unsigned int zone;  /* an enum memhp_zone, or one of the above */
	const char *source; /* NULL: not known */
	enum memhp_source_kind kind;
	struct totals totals;
};

/* What belongs nowhere comes last. */
static int compare_groups(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->node != y->node)
		return (unsigned int)x->node < (unsigned int)y->node ? -1 : 1;
	if (x->zone != y->zone)
		return x->zone < y->zone ? -1 : 1;
	if (!x->source || !y->source)
		return !x->source - !y->source;
	/* A source has one name in the snapshot, which has them in the order of their first blocks. */
	return (x->source > y->source) - (x->source < y->source);
}

/* The group of this key, which is made where there is none yet. From the end: adjacent blocks tend to belong together. */
static struct group *get_group(struct groups *groups, struct group key)
{
	for (size_t i = groups->num; i > 0; i--)
		if (compare_groups(&groups->items[i - 1], &key) == 0)
			return &groups->items[i - 1];
	groups->items = xreallocarray(groups->items, groups->num + 1, sizeof(*groups->items));
	groups->items[groups->num] = key;
	return &groups->items[groups->num++];
}

static unsigned int zone_of(const struct memhp_block *block)
{
	enum memhp_zone zone = memhp_block_get_zone(block);

	if (memhp_block_get_error(block, MEMHP_ATTR_STATE) < 0)
		return ZONE_NOT_KNOWN;
	if (memhp_block_get_state(block) != MEMHP_STATE_ONLINE)
		return NOT_ONLINE;
	if (zone == MEMHP_ZONE_UNKNOWN || memhp_block_get_error(block, MEMHP_ATTR_ZONES) < 0)
		return ZONE_NOT_KNOWN;
	return zone == MEMHP_ZONE_NONE ? SEVERAL_ZONES : zone;
}

/* A block of several nodes counts for each of them. */
static void add_block(struct groups *groups, const struct memhp_block *block)
{
	const struct memhp_source *source = memhp_block_get_source(block);
	bool is_known = memhp_block_get_error(block, MEMHP_ATTR_NODES) == 0;
	struct group key = { .node = groups->by != BY_NODE || is_known ? NO_NODE : NODE_NOT_KNOWN };
	size_t num_nodes = groups->by == BY_NODE && is_known ? memhp_block_get_num_nodes(block) : 0;

	if (groups->by == BY_ZONE)
		key.zone = zone_of(block);
	if (groups->by == BY_SOURCE) {
		key.source = source ? memhp_source_get_name(source) : NULL;
		key.kind = source ? memhp_source_get_kind(source) : MEMHP_SOURCE_KIND_UNKNOWN;
	}
	if (num_nodes == 0)
		totals_add(&get_group(groups, key)->totals, block);
	for (size_t i = 0; i < num_nodes; i++) {
		key.node = (int)memhp_node_get_id(memhp_block_get_node(block, i));
		totals_add(&get_group(groups, key)->totals, block);
	}
}

/* Devices without blocks are groups, too. */
static void add_sources(struct groups *groups, const struct memhp_snapshot *snapshot)
{
	const struct memhp_source *source;

	for (size_t i = 0; (source = memhp_snapshot_get_source(snapshot, i)); i++) {
		struct group key = { .node = NO_NODE,
				     .source = memhp_source_get_name(source),
				     .kind = memhp_source_get_kind(source) };

		(void)get_group(groups, key);
	}
}

struct groups groups_make(const struct memhp_snapshot *snapshot, const struct memhp_selection *selection, enum by by)
{
	struct groups groups = { .by = by, .block_size = memhp_snapshot_get_block_size_bytes(snapshot) };
	const struct memhp_block *block;

	for (size_t i = 0; (block = memhp_snapshot_get_block(snapshot, i)); i++)
		if (memhp_block_get_state(block) != MEMHP_STATE_STANDBY &&
		    (!selection || memhp_selection_matches(selection, block) != 0))
			add_block(&groups, block);
	/* Filters are about blocks. */
	if (by == BY_SOURCE && !selection)
		add_sources(&groups, snapshot);
	if (groups.num)
		qsort(groups.items, groups.num, sizeof(*groups.items), compare_groups);
	return groups;
}

void groups_free(struct groups *groups)
{
	free(groups->items);
}

static struct value zone_name(unsigned int zone)
{
	if (zone == ZONE_NOT_KNOWN)
		return value_unknown(0);
	if (zone >= NUM_ZONES)
		return value_none(zone == SEVERAL_ZONES ? "none" : NULL);
	return value_word(memhp_zone_name(zone));
}

static struct value node_name(int node)
{
	if (node == NODE_NOT_KNOWN)
		return value_unknown(0);
	return node == NO_NODE ? value_none(NULL) : value_number(VALUE_NUMBER, (uint64_t)node);
}

static struct value group_name(enum by by, const struct group *group)
{
	if (by == BY_ZONE)
		return zone_name(group->zone);
	if (by == BY_SOURCE)
		return value_word(group->source);
	return node_name(group->node);
}

void groups_print(const struct groups *groups, struct table *table, const struct totals *all, bool bytes)
{
	static const char *const headings[] = { [BY_NODE] = "NODE", [BY_SOURCE] = "SOURCE", [BY_ZONE] = "ZONE" };

	table_add_column(table, headings[groups->by], groups->by == BY_NODE ? ALIGN_RIGHT : ALIGN_LEFT);
	totals_add_columns(table, all);
	for (size_t i = 0; i < groups->num; i++) {
		struct table_row *row = table_add_row(table);

		value_show(group_name(groups->by, &groups->items[i]), row, 0, bytes);
		totals_set(row, 1, &groups->items[i].totals, all, groups->block_size, bytes);
	}
	table_print(table);
}

/* What the name alone does not tell */
static void add_details(struct json_object *object, enum by by, const struct group *group)
{
	static const char *const whys[] = {
		[SEVERAL_ZONES] = "several-zones", [NOT_ONLINE] = "not-online", [ZONE_NOT_KNOWN] = "unknown"
	};

	if (by == BY_NODE)
		json_set_string(object, "no_node", group->node >= 0 ? NULL : group->node == NO_NODE ? "none" : "unknown");
	if (by == BY_ZONE)
		json_set_string(object, "no_zone", group->zone < NUM_ZONES ? NULL : whys[group->zone]);
	if (by == BY_SOURCE)
		json_set_string(object, "source_kind", group->source ? memhp_source_kind_name(group->kind) : NULL);
}

void groups_write(const struct groups *groups, struct json_doc *doc)
{
	static const char *const keys[] = { [BY_NODE] = "node", [BY_SOURCE] = "source", [BY_ZONE] = "zone" };

	json_doc_begin_array(doc, "totals");
	for (size_t i = 0; i < groups->num; i++) {
		const struct group *group = &groups->items[i];
		struct json_object *object = json_new();

		json_set(object, keys[groups->by], value_json(group_name(groups->by, group)));
		add_details(object, groups->by, group);
		json_set_uint(object, "blocks", totals_blocks(&group->totals));
		json_set_uint(object, "size", size_of_blocks(totals_blocks(&group->totals), groups->block_size));
		totals_json(object, &group->totals, groups->block_size);
		json_doc_item(doc, object);
	}
	json_doc_end_array(doc);
}
