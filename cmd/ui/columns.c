/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/columns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ui/format.h"
#include "ui/json.h"
#include "ui/table.h"
#include "ui/xalloc.h"

static uint64_t row_size(const struct row *row)
{
	return size_of_blocks(row->blocks, row->block_size);
}

static uint64_t row_last_addr(const struct row *row)
{
	return memhp_block_get_start_addr(row->block) + (row->blocks * row->block_size - 1);
}

static char *range_text(const struct row *row, bool bytes _unused_)
{
	return format_range(memhp_block_get_start_addr(row->block), row_last_addr(row));
}

static void range_json(struct json_object *object, const struct row *row)
{
	_cleanup_free_ char *text = range_text(row, false);

	json_set_string(object, "range", text);
	json_set_uint(object, "start", memhp_block_get_start_addr(row->block));
}

static char *size_text(const struct row *row, bool bytes)
{
	return format_bytes(row_size(row), bytes);
}

static void size_json(struct json_object *object, const struct row *row)
{
	json_set_uint(object, "size", row_size(row));
}

static char *block_text(const struct row *row, bool bytes _unused_)
{
	uint64_t id = memhp_block_get_id(row->block);

	return format_ids(id, id + (row->blocks - 1));
}

static void block_json(struct json_object *object, const struct row *row)
{
	_cleanup_free_ char *text = block_text(row, false);

	json_set_uint(object, "blocks", row->blocks);
	json_set_string(object, "block", text);
}

static bool same_state(const struct memhp_block *a, const struct memhp_block *b)
{
	return strcmp(memhp_block_get_state_name(a), memhp_block_get_state_name(b)) == 0;
}

static char *state_text(const struct row *row, bool bytes _unused_)
{
	return xstrdup(memhp_block_get_state_name(row->block));
}

static void state_json(struct json_object *object, const struct row *row)
{
	json_set_string(object, "state", memhp_block_get_state_name(row->block));
}

static bool same_nodes(const struct memhp_block *a, const struct memhp_block *b)
{
	size_t n = memhp_block_get_num_nodes(a);

	if (n != memhp_block_get_num_nodes(b))
		return false;
	while (n-- > 0)
		if (memhp_block_get_node(a, n) != memhp_block_get_node(b, n))
			return false;
	return true;
}

static char *node_text(const struct row *row, bool bytes _unused_)
{
	size_t n = memhp_block_get_num_nodes(row->block);
	char *text = n ? xasprintf("%d", memhp_block_get_node(row->block, 0)) : xstrdup("-");

	for (size_t i = 1; i < n; i++) {
		char *longer = xasprintf("%s,%d", text, memhp_block_get_node(row->block, i));

		free(text);
		text = longer;
	}
	return text;
}

static void node_json(struct json_object *object, const struct row *row)
{
	struct json_object *nodes = json_array_new();
	size_t n = memhp_block_get_num_nodes(row->block);

	/* lsmem's key holds one node; with several, none of them is the block's. */
	if (n == 1)
		json_set_int(object, "node", memhp_block_get_node(row->block, 0));
	else
		json_set_null(object, "node");
	for (size_t i = 0; i < n; i++)
		json_append_uint(nodes, (uint64_t)memhp_block_get_node(row->block, i));
	json_set(object, "nodes", nodes);
}

static bool same_zones(const struct memhp_block *a, const struct memhp_block *b)
{
	size_t n = memhp_block_get_num_valid_zones(a);

	/* No zones are "none" for an online block and mean nothing while it is going offline. */
	if (n != memhp_block_get_num_valid_zones(b) ||
	    (memhp_block_get_state(a) == MEMHP_STATE_GOING_OFFLINE) != (memhp_block_get_state(b) == MEMHP_STATE_GOING_OFFLINE))
		return false;
	while (n-- > 0)
		if (memhp_block_get_valid_zone(a, n) != memhp_block_get_valid_zone(b, n))
			return false;
	return true;
}

static char *zones_text(const struct row *row, bool bytes _unused_)
{
	size_t n = memhp_block_get_num_valid_zones(row->block);
	const char *none = memhp_block_get_state(row->block) == MEMHP_STATE_GOING_OFFLINE ? "-" : "none";
	char *text = xstrdup(n ? memhp_zone_name(memhp_block_get_valid_zone(row->block, 0)) : none);

	for (size_t i = 1; i < n; i++) {
		char *longer = xasprintf("%s/%s", text, memhp_zone_name(memhp_block_get_valid_zone(row->block, i)));

		free(text);
		text = longer;
	}
	return text;
}

static void zones_json(struct json_object *object, const struct row *row)
{
	struct json_object *zones = json_array_new();

	for (size_t i = 0; i < memhp_block_get_num_valid_zones(row->block); i++)
		json_append_string(zones, memhp_zone_name(memhp_block_get_valid_zone(row->block, i)));
	json_set(object, "zones", zones);
}

static bool same_zone(const struct memhp_block *a, const struct memhp_block *b)
{
	return memhp_block_get_zone(a) == memhp_block_get_zone(b) &&
	       (memhp_block_get_state(a) == MEMHP_STATE_ONLINE) == (memhp_block_get_state(b) == MEMHP_STATE_ONLINE);
}

static char *zone_text(const struct row *row, bool bytes _unused_)
{
	bool online = memhp_block_get_state(row->block) == MEMHP_STATE_ONLINE;

	return xstrdup(online ? memhp_zone_name(memhp_block_get_zone(row->block)) : "-");
}

static void zone_json(struct json_object *object, const struct row *row)
{
	json_set_string(object, "zone", zone_word(memhp_block_get_zone(row->block)));
}

/* Where plain `online` would put an offline block, NULL for others */
static const char *default_zone(const struct memhp_block *block)
{
	if (memhp_block_get_state(block) != MEMHP_STATE_OFFLINE || memhp_block_get_num_valid_zones(block) == 0)
		return NULL;
	return memhp_zone_name(memhp_block_get_valid_zone(block, 0));
}

static bool same_default_zone(const struct memhp_block *a, const struct memhp_block *b)
{
	/* Names are static: equal zones have one pointer. */
	return default_zone(a) == default_zone(b);
}

static char *default_zone_text(const struct row *row, bool bytes _unused_)
{
	const char *zone = default_zone(row->block);

	return xstrdup(zone ? zone : "-");
}

static void default_zone_json(struct json_object *object, const struct row *row)
{
	json_set_string(object, "default_zone", default_zone(row->block));
}

/* A column of yes or no: same_NAME(), NAME_text(), NAME_json() */
#define DEFINE_FLAG_COLUMN(name, get)                                                     \
	static bool same_##name(const struct memhp_block *a, const struct memhp_block *b) \
	{                                                                                 \
		return get(a) == get(b);                                                  \
	}                                                                                 \
	static char *name##_text(const struct row *row, bool bytes _unused_)              \
	{                                                                                 \
		return xstrdup(get(row->block) ? "yes" : "no");                           \
	}                                                                                 \
	static void name##_json(struct json_object *object, const struct row *row)        \
	{                                                                                 \
		json_set_bool(object, #name, get(row->block));                            \
	}

DEFINE_FLAG_COLUMN(removable, memhp_block_is_removable)
DEFINE_FLAG_COLUMN(configured, memhp_block_is_configured)
DEFINE_FLAG_COLUMN(memmap_on_memory, memhp_block_has_memmap_on_memory)

static bool same_phys_device(const struct memhp_block *a, const struct memhp_block *b)
{
	return memhp_block_get_phys_device(a) == memhp_block_get_phys_device(b);
}

static char *phys_device_text(const struct row *row, bool bytes _unused_)
{
	return xasprintf("%d", memhp_block_get_phys_device(row->block));
}

static void phys_device_json(struct json_object *object, const struct row *row)
{
	json_set_int(object, "phys_device", memhp_block_get_phys_device(row->block));
}

static bool same_source(const struct memhp_block *a, const struct memhp_block *b)
{
	/* A source has one name in the snapshot. */
	return memhp_block_get_source_name(a) == memhp_block_get_source_name(b);
}

static char *source_text(const struct row *row, bool bytes _unused_)
{
	const char *name = memhp_block_get_source_name(row->block);

	return xstrdup(name ? name : "-");
}

void json_set_source(struct json_object *object, const char *name, enum memhp_source_kind kind)
{
	json_set_string(object, "source", name);
	json_set_string(object, "source_kind", name ? memhp_source_kind_name(kind) : NULL);
}

static void source_json(struct json_object *object, const struct row *row)
{
	json_set_source(object, memhp_block_get_source_name(row->block), memhp_block_get_source_kind(row->block));
}

/* clang-format off */
const struct column columns[] = {
	{ "RANGE", "physical addresses, the last one included", 0, ALIGN_LEFT, NULL, range_text, { "range", "start" }, range_json },
	{ "SIZE", "size of the range", 0, ALIGN_RIGHT, NULL, size_text, { "size" }, size_json },
	{ "STATE", "online, offline or going-offline", MEMHP_ATTR_STATE, ALIGN_LEFT,
	  same_state, state_text, { "state" }, state_json },
	{ "REMOVABLE", "what the kernel says, without meaning since Linux 5.7", MEMHP_ATTR_REMOVABLE, ALIGN_LEFT,
	  same_removable, removable_text, { "removable" }, removable_json },
	{ "BLOCK", "block numbers", 0, ALIGN_RIGHT, NULL, block_text, { "block", "blocks" }, block_json },
	{ "NODE", "NUMA nodes", MEMHP_ATTR_NODES, ALIGN_RIGHT, same_nodes, node_text, { "node", "nodes" }, node_json },
	{ "ZONES", "zone when online, possible zones when offline, default first", MEMHP_ATTR_ZONES, ALIGN_LEFT,
	  same_zones, zones_text, { "zones" }, zones_json },
	{ "ZONE", "zone that manages an online block; none: several", MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES, ALIGN_LEFT,
	  same_zone, zone_text, { "zone" }, zone_json },
	{ "DEFAULT-ZONE", "zone that an offline block goes to by default", MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES, ALIGN_LEFT,
	  same_default_zone, default_zone_text, { "default_zone" }, default_zone_json },
	{ "PHYS-DEVICE", "physical device (s390)", MEMHP_ATTR_PHYS_DEVICE, ALIGN_RIGHT,
	  same_phys_device, phys_device_text, { "phys_device" }, phys_device_json },
	{ "CONFIGURED", "whether the firmware has configured it (s390)", MEMHP_ATTR_CONFIGURED, ALIGN_LEFT,
	  same_configured, configured_text, { "configured" }, configured_json },
	{ "MEMMAP-ON-MEMORY", "whether it carries its own memory map (s390)", MEMHP_ATTR_MEMMAP_ON_MEMORY, ALIGN_LEFT,
	  same_memmap_on_memory, memmap_on_memory_text, { "memmap_on_memory" }, memmap_on_memory_json },
	{ "SOURCE", "where it comes from: boot, a DIMM, virtio-mem, dax, ...", MEMHP_ATTR_SOURCE, ALIGN_LEFT,
	  same_source, source_text, { "source", "source_kind" }, source_json },
};
/* clang-format on */

const size_t num_columns = ARRAY_SIZE(columns);

const struct column *column_find(const char *name)
{
	for (size_t i = 0; i < num_columns; i++)
		if (strcmp(name, columns[i].name) == 0)
			return &columns[i];
	return NULL;
}

/* The keys of "errors", in the order of enum memhp_attr's bits */
static const char *const attr_keys[MEMHP_NUM_ATTRS] = {
	"state", "zones", "nodes", "removable", "phys_device", "configured", "memmap_on_memory", "source"
};

/* The first error among what the column reads, 0 for none; `attr` is where */
static int column_error(const struct column *column, const struct memhp_block *block, int *attr)
{
	for (int i = 0; i < MEMHP_NUM_ATTRS; i++) {
		int error = column->attr & 1U << i ? memhp_block_get_error(block, 1U << i) : 0;

		if (error < 0) {
			*attr = i;
			return error;
		}
	}
	return 0;
}

bool block_is_unreadable(const struct memhp_block *block, unsigned int attrs)
{
	for (unsigned int attr = 1; attr < 1U << MEMHP_NUM_ATTRS; attr <<= 1) {
		int error = attrs & attr ? memhp_block_get_error(block, attr) : 0;

		if (error < 0 && (error != -EOPNOTSUPP || attr == MEMHP_ATTR_STATE))
			return true;
	}
	return false;
}

bool column_same(const struct column *column, const struct memhp_block *a, const struct memhp_block *b)
{
	int attr;

	if (!column->same)
		return true;
	return column_error(column, a, &attr) == column_error(column, b, &attr) && column->same(a, b);
}

/* A state that the library does not know is shown all the same, in the kernel's word. */
static bool has_word(const struct column *column, const struct memhp_block *block)
{
	return column->same == same_state && strcmp(memhp_block_get_state_name(block), memhp_state_name(MEMHP_STATE_UNKNOWN)) != 0;
}

char *column_text(const struct column *column, const struct row *row, bool bytes)
{
	int attr, error = column_error(column, row->block, &attr);

	if (error == 0 || has_word(column, row->block))
		return column->text(row, bytes);
	return xstrdup(error == -EOPNOTSUPP ? "-" : "?");
}

void column_json(const struct column *column, struct json_object *object, const struct row *row, struct json_object **errors)
{
	int attr, error = column_error(column, row->block, &attr);

	if (error == 0 || has_word(column, row->block))
		column->json(object, row);
	else
		for (size_t i = 0; i < ARRAY_SIZE(column->keys) && column->keys[i]; i++)
			json_set_null(object, column->keys[i]);
	if (error == 0 || error == -EOPNOTSUPP)
		return;
	if (!*errors)
		*errors = json_new();
	json_set_string(*errors, attr_keys[attr], errno_name(error));
}
