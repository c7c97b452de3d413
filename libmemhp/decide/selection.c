/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which blocks are meant. Pure. */
#include "decide/selection.h"

#include "nums.h"
#include "object.h"
#include "read/block.h"
#include "read/parse.h"
#include "read/snapshot.h"
#include "spans.h"
#include "util.h"

MEMHP_EXPORT int memhp_selection_new(struct memhp_selection **selection)
{
	struct memhp_selection *new = calloc(1, sizeof(*new));

	if (!new)
		return -ENOMEM;
	new->refs = 1;
	*selection = new;
	return 0;
}

static void selection_free(struct memhp_selection *selection)
{
	free(selection->names);
	memhp__spans_release(&selection->ids);
	memhp__spans_release(&selection->addrs);
	free(selection->nodes);
	for (size_t i = 0; i < selection->num_sources; i++)
		free(selection->sources[i]);
	free(selection->sources);
	free(selection);
}

DEFINE_REF_UNREF(selection)

static int add_name(struct memhp_selection *selection, struct selected_name name)
{
	if (name.last < name.first)
		return -EINVAL;
	if (!ARRAY_RESERVE(selection->names, selection->num_names, selection->allocated_names))
		return -ENOMEM;
	selection->names[selection->num_names++] = name;
	return memhp__spans_add(name.kind == NAME_BLOCKS ? &selection->ids : &selection->addrs,
				(struct span){ name.first, name.last });
}

MEMHP_EXPORT int memhp_selection_add_range(struct memhp_selection *selection, uint64_t start_addr, uint64_t last_addr)
{
	return add_name(selection, (struct selected_name){ NAME_RANGE, start_addr, last_addr });
}

MEMHP_EXPORT int memhp_selection_add_blocks(struct memhp_selection *selection, uint64_t first_id, uint64_t last_id)
{
	return add_name(selection, (struct selected_name){ NAME_BLOCKS, first_id, last_id });
}

MEMHP_EXPORT int memhp_selection_add_address(struct memhp_selection *selection, uint64_t addr)
{
	return add_name(selection, (struct selected_name){ NAME_ADDRESS, addr, addr });
}

MEMHP_EXPORT int memhp_selection_add_node(struct memhp_selection *selection, unsigned int node_id)
{
	if (!ARRAY_RESERVE(selection->nodes, selection->num_nodes, selection->allocated_nodes))
		return -ENOMEM;
	selection->nodes[selection->num_nodes++] = node_id;
	return 0;
}

MEMHP_EXPORT int memhp_selection_add_zone(struct memhp_selection *selection, enum memhp_zone zone)
{
	if (zone == MEMHP_ZONE_UNKNOWN || (size_t)zone >= NUM_ZONES)
		return -EINVAL;
	selection->zones |= 1U << zone;
	return 0;
}

MEMHP_EXPORT int memhp_selection_add_source(struct memhp_selection *selection, const char *name)
{
	char *copy;

	if (!*name)
		return -EINVAL;
	if (!ARRAY_RESERVE(selection->sources, selection->num_sources, selection->allocated_sources))
		return -ENOMEM;
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	selection->sources[selection->num_sources++] = copy;
	return 0;
}

MEMHP_EXPORT int memhp_selection_add_state(struct memhp_selection *selection, enum memhp_state state)
{
	if ((size_t)state >= NUM_STATES)
		return -EINVAL;
	selection->states |= 1U << state;
	return 0;
}

MEMHP_EXPORT unsigned int memhp_selection_get_attrs(const struct memhp_selection *selection)
{
	return (selection->num_nodes ? MEMHP_ATTR_NODES : 0) | (selection->num_sources ? MEMHP_ATTR_SOURCE : 0) |
	       (selection->states ? MEMHP_ATTR_STATE : 0) |
	       (selection->states & 1U << MEMHP_STATE_STANDBY ? MEMHP_ATTR_CONFIGURED : 0) |
	       (selection->zones ? MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES : 0);
}

void memhp__selected_name_get_ids(const struct selected_name *name, uint64_t block_size, uint64_t *first, uint64_t *last)
{
	uint64_t unit = name->kind == NAME_BLOCKS ? 1 : block_size;

	*first = name->first / unit;
	*last = name->last / unit;
}

static bool is_named(const struct memhp_selection *selection, const struct memhp_block *block)
{
	uint64_t start = memhp_block_get_start_addr(block);

	return selection->num_names == 0 || memhp__spans_touch(&selection->ids, block->id, block->id) ||
	       memhp__spans_touch(&selection->addrs, start, start + (block->snapshot->block_size - 1));
}

/* The filters: 1, 0, or why it is not known of this block */

static int has_state(const struct memhp_selection *selection, const struct memhp_block *block)
{
	if (!selection->states || selection->states & 1U << block->state)
		return 1;
	return memhp_block_get_error(block, MEMHP_ATTR_STATE);
}

static int has_zone(const struct memhp_selection *selection, const struct memhp_block *block)
{
	if (!selection->zones)
		return 1;
	if (block->state != MEMHP_STATE_ONLINE)
		return memhp_block_get_error(block, MEMHP_ATTR_STATE);
	if (selection->zones & 1U << memhp_block_get_zone(block))
		return 1;
	return memhp_block_get_error(block, MEMHP_ATTR_ZONES);
}

static int is_on_node(const struct memhp_selection *selection, const struct memhp_block *block)
{
	for (size_t i = 0; i < selection->num_nodes; i++)
		for (size_t k = 0; k < block->num_nodes; k++)
			if (block->snapshot->block_nodes[block->first_node + k] == selection->nodes[i])
				return 1;
	if (selection->num_nodes == 0)
		return 1;
	return block->state == MEMHP_STATE_STANDBY ? 0 : memhp_block_get_error(block, MEMHP_ATTR_NODES);
}

/* Of the kinds whose devices have names that tell it */
static enum memhp_source_kind kind_of(const char *name)
{
	static const char virtio[] = "virtio-mem:";

	if (strncmp(name, virtio, strlen(virtio)) == 0)
		return MEMHP_SOURCE_KIND_VIRTIO_MEM;
	return memhp__parse_dax_device(name) ? MEMHP_SOURCE_KIND_DAX : MEMHP_SOURCE_KIND_UNKNOWN;
}

/* 1 or 0; -ENODATA where the source has its kind's word for a name, for which of these devices it is nobody knows */
static int is_source(const struct memhp_source *source, const char *name)
{
	const char *kind = memhp_source_kind_name(source->kind);

	if (strcmp(source->name, name) == 0 || strcmp(kind, name) == 0)
		return 1;
	return strcmp(source->name, kind) == 0 && source->kind == kind_of(name) ? -ENODATA : 0;
}

/* Whether a block of which nobody can tell may come from there; only what is offline can be standby memory. */
static bool may_be_from(const struct memhp_block *block, const char *name)
{
	const struct memhp_snapshot *snapshot = block->snapshot;
	enum memhp_source_kind kind = kind_of(name);

	if (!block->has_open_source)
		return false;
	if (snapshot->has_unnamed_sources && (kind || memhp_source_kind_from_name(name, &kind) == 0) &&
	    (kind == MEMHP_SOURCE_KIND_VIRTIO_MEM || kind == MEMHP_SOURCE_KIND_DAX))
		return true;
	for (size_t i = 0; i < snapshot->num_possible_sources; i++)
		if (is_source(&snapshot->possible_sources[i], name) != 0 &&
		    (snapshot->possible_sources[i].kind != MEMHP_SOURCE_KIND_STANDBY || block->state == MEMHP_STATE_OFFLINE))
			return true;
	return false;
}

/* 1, 0, or why it cannot be told */
static int is_from(const struct memhp_block *block, const char *name)
{
	const struct memhp_source *source = memhp_block_get_source(block);
	int error = memhp_block_get_error(block, MEMHP_ATTR_SOURCE);

	if (source)
		return is_source(source, name);
	if (block->state == MEMHP_STATE_STANDBY)
		return 0;
	return error == 0 && may_be_from(block, name) ? -ENODATA : error;
}

static int is_from_source(const struct memhp_selection *selection, const struct memhp_block *block)
{
	int matches = selection->num_sources == 0;

	for (size_t i = 0; matches <= 0 && i < selection->num_sources; i++) {
		int answer = is_from(block, selection->sources[i]);

		if (answer != 0)
			matches = answer;
	}
	return matches;
}

MEMHP_EXPORT int memhp_selection_matches(const struct memhp_selection *selection, const struct memhp_block *block)
{
	const int answers[] = { has_state(selection, block), has_zone(selection, block), is_on_node(selection, block),
				is_from_source(selection, block) };
	int matches = is_named(selection, block);

	/* One that is certainly not met decides. */
	for (size_t i = 0; matches != 0 && i < ARRAY_SIZE(answers); i++)
		if (answers[i] <= 0 && (answers[i] == 0 || matches > 0))
			matches = answers[i];
	return matches;
}

static bool is_missing(const struct selected_name *name, const struct memhp_snapshot *snapshot, uint64_t *first, uint64_t *last)
{
	size_t index;

	memhp__selected_name_get_ids(name, snapshot->block_size, first, last);
	index = memhp__snapshot_lower_bound(snapshot, *first);
	if (name->kind == NAME_RANGE)
		return index == snapshot->num_blocks || snapshot->blocks[index].id > *last;
	for (uint64_t id = *first;; id++) {
		if (index < snapshot->num_blocks && snapshot->blocks[index].id == id) {
			index++;
		} else {
			*first = *last = id;
			return true;
		}
		if (id == *last)
			return false;
	}
}

MEMHP_EXPORT int memhp_selection_find_missing(const struct memhp_selection *selection, const struct memhp_snapshot *snapshot,
					      uint64_t *first_id, uint64_t *last_id)
{
	for (size_t i = 0; i < selection->num_names; i++) {
		uint64_t first, last;

		if (!is_missing(&selection->names[i], snapshot, &first, &last))
			continue;
		*first_id = first;
		*last_id = last;
		return 1;
	}
	return 0;
}

/* The first name, or part of one, from a block id on */
static bool next_named(const struct spans *spans, uint64_t unit, uint64_t from_id, struct span *ids)
{
	uint64_t from = from_id * unit;
	size_t at = memhp__spans_find(spans, from);

	if (from / unit != from_id || at == spans->num)
		return false;
	ids->first = spans->items[at].first / unit > from_id ? spans->items[at].first / unit : from_id;
	ids->last = spans->items[at].last / unit;
	return true;
}

MEMHP_EXPORT int memhp_selection_find_absent(const struct memhp_selection *selection, const struct memhp_snapshot *snapshot,
					     uint64_t from_id, uint64_t *first_id, uint64_t *last_id)
{
	size_t index = memhp__snapshot_lower_bound(snapshot, from_id);
	struct span ids, others;

	for (;;) {
		bool is_named = next_named(&selection->ids, 1, from_id, &ids);

		if (next_named(&selection->addrs, snapshot->block_size, from_id, &others) &&
		    (!is_named || others.first < ids.first)) {
			ids = others;
			is_named = true;
		}
		if (!is_named)
			return 0;
		while (index < snapshot->num_blocks && snapshot->blocks[index].id < ids.first)
			index++;
		if (index == snapshot->num_blocks || snapshot->blocks[index].id > ids.first)
			break;
		if (ids.first == UINT64_MAX)
			return 0;
		from_id = ids.first + 1;
	}
	*first_id = ids.first;
	*last_id = index < snapshot->num_blocks && snapshot->blocks[index].id <= ids.last ? snapshot->blocks[index].id - 1
											  : ids.last;
	return 1;
}

MEMHP_EXPORT int memhp_selection_find_missing_node(const struct memhp_selection *selection, const struct memhp_snapshot *snapshot,
						   unsigned int *node_id)
{
	for (size_t i = 0; i < selection->num_nodes && !snapshot->nodes_error; i++) {
		if (memhp__snapshot_find_node(snapshot, selection->nodes[i]))
			continue;
		*node_id = selection->nodes[i];
		return 1;
	}
	return 0;
}

/* A block of which nobody can tell may come from there. */
static bool has_source(const struct memhp_snapshot *snapshot, const char *name)
{
	enum memhp_source_kind kind;

	for (size_t i = 0; i < snapshot->num_blocks; i++)
		if (is_from(&snapshot->blocks[i], name) < 0)
			return true;
	for (size_t i = 0; i < snapshot->num_sources; i++)
		if (strcmp(snapshot->sources[i].name, name) == 0)
			return memhp_source_get_num_blocks(&snapshot->sources[i]);
	return memhp_source_kind_from_name(name, &kind) == 0;
}

MEMHP_EXPORT const char *memhp_selection_find_missing_source(const struct memhp_selection *selection,
							     const struct memhp_snapshot *snapshot)
{
	for (size_t i = 0; i < selection->num_sources; i++)
		if (!has_source(snapshot, selection->sources[i]))
			return selection->sources[i];
	return NULL;
}
