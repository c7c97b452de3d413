/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "list/joined.h"

#include <stdlib.h>
#include <string.h>

#include "ui/json.h"
#include "ui/table.h"
#include "ui/xalloc.h"

static struct row block_at(const struct memhp_snapshot *snapshot, const struct row *row, size_t index)
{
	return (struct row){ memhp_snapshot_find_block(snapshot, memhp_block_get_id(row->block) + index), 1, row->block_size };
}

static bool differs(const struct column *column, const struct memhp_snapshot *snapshot, const struct row *row)
{
	struct column_choice one = { .items = &column, .num = 1 };

	for (size_t i = 1; i < row->blocks; i++)
		if (!columns_same(&one, row->block, block_at(snapshot, row, i).block))
			return true;
	return false;
}

/* Texts, each once */
struct texts {
	char **items;
	size_t num;
};

/* Takes the text over. */
static void add_text(struct texts *texts, char *text)
{
	for (size_t i = 0; i < texts->num; i++) {
		if (strcmp(texts->items[i], text) == 0) {
			free(text);
			return;
		}
	}
	texts->items = xreallocarray(texts->items, texts->num + 1, sizeof(*texts->items));
	texts->items[texts->num++] = text;
}

/* A list with commas of its own adds its items: "0,1" and "1" are "0,1". */
static void add_value(struct texts *texts, struct value value, bool bytes)
{
	if (value.type != VALUE_LIST || value.num_items == 0 || strcmp(value.separator, ",") != 0)
		add_text(texts, value_text(value, bytes));
	else
		for (size_t i = 0; i < value.num_items; i++)
			add_text(texts, value_text(value.item(value.of, i), bytes));
}

/* "online,offline"; from malloc() */
static char *list_values(const struct column *column, const struct memhp_snapshot *snapshot, const struct row *row, bool bytes)
{
	struct texts texts = { NULL, 0 };
	char *list = xstrdup("");

	for (size_t i = 0; i < row->blocks; i++) {
		struct row block = block_at(snapshot, row, i);

		add_value(&texts, column_value(column, &block), bytes);
	}
	for (size_t i = 0; i < texts.num; i++) {
		_cleanup_free_ char *before = list, *text = texts.items[i];

		list = xasprintf("%s%s%s", before, i ? "," : "", text);
	}
	free(texts.items);
	return list;
}

void joined_fill(const struct column_choice *shown, struct table_row *cells, const struct memhp_snapshot *snapshot,
		 const struct row *row, bool bytes)
{
	for (size_t i = 0; i < shown->num; i++) {
		const struct column *column = shown->items[i];

		if (differs(column, snapshot, row))
			table_set(cells, i, list_values(column, snapshot, row, bytes));
		else
			value_show(column_value(column, row), cells, i, bytes);
	}
}

void joined_json(const struct column_choice *shown, struct json_object *object, const struct memhp_snapshot *snapshot,
		 const struct row *row)
{
	for (size_t i = 0; i < shown->num; i++) {
		const struct column *column = shown->items[i];

		for (size_t j = 0; j < ARRAY_SIZE(column->members) && column->members[j].key; j++)
			if (differs(column, snapshot, row))
				json_set_null(object, column->members[j].key);
	}
}
