/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/columns.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "ui/nums.h"
#include "ui/format.h"
#include "ui/json.h"

static const struct memhp_block *block_of(const void *row)
{
	return ((const struct row *)row)->block;
}

static struct value block_start(const void *row)
{
	return value_number(VALUE_NUMBER, memhp_block_get_start_addr(block_of(row)));
}

struct value block_range(const void *data)
{
	const struct row *row = data;
	uint64_t start = memhp_block_get_start_addr(row->block);

	return value_span(VALUE_RANGE, start, start + (row->blocks * row->block_size - 1));
}

struct value block_size(const void *data)
{
	const struct row *row = data;

	return value_number(VALUE_SIZE, size_of_blocks(row->blocks, row->block_size));
}

static struct value num_blocks(const void *row)
{
	return value_number(VALUE_NUMBER, ((const struct row *)row)->blocks);
}

static struct value block_ids(const void *data)
{
	const struct row *row = data;
	uint64_t id = memhp_block_get_id(row->block);

	return value_span(VALUE_IDS, id, id + (row->blocks - 1));
}

struct value block_state(const void *row)
{
	struct value value = value_word(memhp_block_get_state_name(block_of(row)));

	value.color = state_color(memhp_block_get_state(block_of(row)));
	return value;
}

static struct value node_at(const void *block, size_t index)
{
	return value_number(VALUE_NUMBER, memhp_node_get_id(memhp_block_get_node(block, index)));
}

struct value block_nodes(const void *row)
{
	const struct memhp_block *block = block_of(row);

	return value_list(memhp_block_get_num_nodes(block), node_at, block, ",", "-");
}

/* lsmem's key holds one node; with several, none of them is the block's. */
static struct value single_node(const void *row)
{
	const struct memhp_block *block = block_of(row);

	return memhp_block_get_num_nodes(block) == 1 ? node_at(block, 0) : value_none(NULL);
}

static struct value zone_at(const void *block, size_t index)
{
	return value_word(memhp_zone_name(memhp_block_get_valid_zone(block, index)));
}

/* No zones are "none" for an online block and mean nothing while it is going offline. */
static struct value block_zones(const void *row)
{
	const struct memhp_block *block = block_of(row);
	const char *none = memhp_block_get_state(block) == MEMHP_STATE_GOING_OFFLINE ? "-" : "none";

	return value_list(memhp_block_get_num_valid_zones(block), zone_at, block, "/", none);
}

struct value zone_value(enum memhp_zone zone)
{
	return zone_word(zone) ? value_word(zone_word(zone)) : value_none(memhp_zone_name(zone));
}

static struct value block_zone(const void *row)
{
	if (memhp_block_get_state(block_of(row)) != MEMHP_STATE_ONLINE)
		return value_none(NULL);
	return zone_value(memhp_block_get_zone(block_of(row)));
}

/* Where plain `online` would put an offline block */
static struct value default_zone(const void *row)
{
	const struct memhp_block *block = block_of(row);
	bool has_one = memhp_block_get_state(block) == MEMHP_STATE_OFFLINE && memhp_block_get_num_valid_zones(block) > 0;

	return has_one ? zone_at(block, 0) : value_none(NULL);
}

/* 0 where it could not be read, for which such a value is not asked */
static int number_of(const void *row, enum memhp_attr attr)
{
	int number;

	return memhp_block_get_number(block_of(row), attr, &number) < 0 ? 0 : number;
}

static struct value is_removable(const void *row)
{
	return value_flag(number_of(row, MEMHP_ATTR_REMOVABLE));
}

static struct value is_configured(const void *row)
{
	return value_flag(number_of(row, MEMHP_ATTR_CONFIGURED));
}

static struct value has_memmap_on_memory(const void *row)
{
	return value_flag(number_of(row, MEMHP_ATTR_MEMMAP_ON_MEMORY));
}

static struct value phys_device(const void *row)
{
	return value_number(VALUE_INT, (uint64_t)number_of(row, MEMHP_ATTR_PHYS_DEVICE));
}

const char *source_name(const struct memhp_block *block)
{
	const struct memhp_source *source = memhp_block_get_source(block);

	return source ? memhp_source_get_name(source) : NULL;
}

struct value block_source(const void *row)
{
	return value_word(source_name(block_of(row)));
}

struct value block_source_kind(const void *row)
{
	const struct memhp_source *source = memhp_block_get_source(block_of(row));

	return value_word(source ? memhp_source_kind_name(memhp_source_get_kind(source)) : NULL);
}

/* clang-format off */
const struct column block_columns[] = {
	{ "RANGE", "physical addresses, the last one included", 0, ALIGN_LEFT,
	  block_range, { { "range", block_range }, { "start", block_start } } },
	{ "SIZE", "size of the range", 0, ALIGN_RIGHT, block_size, { { "size", block_size } } },
	{ "STATE", "online, offline or going-offline", MEMHP_ATTR_STATE, ALIGN_LEFT, block_state, { { "state", block_state } } },
	{ "REMOVABLE", "what the kernel says, without meaning since Linux 5.7", MEMHP_ATTR_REMOVABLE, ALIGN_LEFT,
	  is_removable, { { "removable", is_removable } } },
	{ "BLOCK", "block numbers", 0, ALIGN_RIGHT, block_ids, { { "blocks", num_blocks }, { "block", block_ids } } },
	{ "NODE", "NUMA nodes", MEMHP_ATTR_NODES, ALIGN_RIGHT, block_nodes, { { "node", single_node }, { "nodes", block_nodes } } },
	{ "ZONES", "zone when online, possible zones when offline, default first", MEMHP_ATTR_ZONES, ALIGN_LEFT,
	  block_zones, { { "zones", block_zones } } },
	{ "ZONE", "zone that manages an online block; none: several", MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES, ALIGN_LEFT,
	  block_zone, { { "zone", block_zone } } },
	{ "DEFAULT-ZONE", "zone that an offline block goes to by default", MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES, ALIGN_LEFT,
	  default_zone, { { "default_zone", default_zone } } },
	{ "PHYS-DEVICE", "physical device (s390)", MEMHP_ATTR_PHYS_DEVICE, ALIGN_RIGHT,
	  phys_device, { { "phys_device", phys_device } } },
	{ "CONFIGURED", "whether the firmware has configured it (s390)", MEMHP_ATTR_CONFIGURED, ALIGN_LEFT,
	  is_configured, { { "configured", is_configured } } },
	{ "MEMMAP-ON-MEMORY", "whether it carries its own memory map (s390)", MEMHP_ATTR_MEMMAP_ON_MEMORY, ALIGN_LEFT,
	  has_memmap_on_memory, { { "memmap_on_memory", has_memmap_on_memory } } },
	{ "SOURCE", "where it comes from: boot, a DIMM, virtio-mem, dax, ...", MEMHP_ATTR_SOURCE, ALIGN_LEFT,
	  block_source, { { "source", block_source }, { "source_kind", block_source_kind } } },
};
/* clang-format on */

const size_t num_block_columns = ARRAY_SIZE(block_columns);

bool column_is_of(const struct column *column, const struct command *command)
{
	return !column->takers || column->takers & command->bit;
}

void columns_help(const struct command *command, const struct column *columns, size_t num)
{
	puts("\nColumns:");
	for (size_t i = 0; i < num; i++)
		if (column_is_of(&columns[i], command))
			print_sentence(20, "  %-17s %s", columns[i].name, columns[i].help);
}

unsigned int columns_attrs(const struct column_choice *shown)
{
	unsigned int attrs = 0;

	for (size_t i = 0; i < shown->num; i++)
		attrs |= shown->items[i]->attr;
	return attrs;
}

bool block_is_unreadable(const struct memhp_block *block, unsigned int attrs)
{
	for (unsigned int attr = 1; attr < 1U << NUM_ATTRS; attr <<= 1) {
		int error = attrs & attr ? memhp_block_get_error(block, attr) : 0;

		if (error < 0 && (error != -EOPNOTSUPP || attr == MEMHP_ATTR_STATE))
			return true;
	}
	return false;
}

/* The first error among what the column reads, 0 for none; `attr` is where */
static int column_error(const struct column *column, const struct memhp_block *block, int *attr)
{
	for (unsigned int attrs = column->attr; attrs; attrs &= attrs - 1) {
		int error;

		*attr = __builtin_ctz(attrs);
		error = memhp_block_get_error(block, 1U << *attr);
		if (error < 0)
			return error;
	}
	return 0;
}

/* A state that the library does not know is shown all the same, in the kernel's word. */
static bool has_word(const struct column *column, const struct memhp_block *block)
{
	return column->value == block_state &&
	       strcmp(memhp_block_get_state_name(block), memhp_state_name(MEMHP_STATE_UNKNOWN)) != 0;
}

/* What a function of a column tells of a row where it could be read */
static struct value read_value(const struct column *column, struct value (*value)(const void *row), const void *row)
{
	int attr, error = column_error(column, block_of(row), &attr);

	if (error == 0 || has_word(column, block_of(row)))
		return value(row);
	return error == -EOPNOTSUPP ? value_none(NULL) : value_unknown(error);
}

struct value column_value(const struct column *column, const void *row)
{
	return read_value(column, column->value, row);
}

bool columns_unreadable(const struct column_choice *shown, const struct memhp_block *block)
{
	for (size_t i = 0; i < shown->num; i++) {
		struct row row = { .block = block, .blocks = 1 };

		if (shown->items[i]->attr && column_value(shown->items[i], &row).type == VALUE_UNKNOWN)
			return true;
	}
	return false;
}

bool columns_same(const struct column_choice *columns, const struct memhp_block *a, const struct memhp_block *b)
{
	struct row row_a = { .block = a, .blocks = 1 }, row_b = { .block = b, .blocks = 1 };

	for (size_t i = 0; i < columns->num; i++) {
		const struct column *column = columns->items[i];

		if (column->attr && !value_equals(column_value(column, &row_a), column_value(column, &row_b)))
			return false;
	}
	return true;
}

void columns_head(const struct column_choice *shown, struct table *table)
{
	for (size_t i = 0; i < shown->num; i++)
		table_add_column(table, shown->items[i]->name, shown->items[i]->align);
}

void columns_fill(const struct column_choice *shown, struct table_row *cells, const void *row, bool bytes)
{
	for (size_t i = 0; i < shown->num; i++)
		value_show(column_value(shown->items[i], row), cells, i, bytes);
}

/* The keys of "errors", in the order of enum memhp_attr's bits */
static const char *const attr_keys[NUM_ATTRS] = {
	"state", "zones", "nodes", "removable", "phys_device", "configured", "memmap_on_memory", "source"
};

static void add_error(const struct column *column, const struct memhp_block *block, struct json_object **errors)
{
	int attr, error = column_error(column, block, &attr);

	if (error == 0 || error == -EOPNOTSUPP)
		return;
	if (!*errors)
		*errors = json_new();
	json_set_string(*errors, attr_keys[attr], errno_name(error));
}

void columns_json(const struct column_choice *shown, struct json_object *object, const void *row, struct json_object **errors)
{
	for (size_t i = 0; i < shown->num; i++) {
		const struct column *column = shown->items[i];

		for (size_t j = 0; j < ARRAY_SIZE(column->members) && column->members[j].key; j++)
			json_set(object, column->members[j].key, value_json(read_value(column, column->members[j].value, row)));
		add_error(column, block_of(row), errors);
	}
}
