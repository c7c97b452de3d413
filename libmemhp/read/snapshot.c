/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The blocks of a machine as they were at one time. scan.c fills it; afterwards it never changes. */
#include "read/snapshot.h"

#include "nums.h"
#include "object.h"
#include "read/block.h"
#include "read/node.h"
#include "read/source.h"
#include "util.h"

static void snapshot_free(struct memhp_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->num_blocks; i++)
		free(snapshot->blocks[i].state_word);
	free(snapshot->block_nodes);
	free(snapshot->nodes);
	free(snapshot->sources);
	free(snapshot->possible_sources);
	free(snapshot->blocks);
	memhp_ctx_unref(snapshot->ctx);
	free(snapshot);
}

DEFINE_REF_UNREF(snapshot)

MEMHP_EXPORT unsigned int memhp_snapshot_get_attrs(const struct memhp_snapshot *snapshot)
{
	return snapshot->attrs;
}

MEMHP_EXPORT uint64_t memhp_snapshot_get_block_size_bytes(const struct memhp_snapshot *snapshot)
{
	return snapshot->block_size;
}

MEMHP_EXPORT size_t memhp_snapshot_get_num_blocks(const struct memhp_snapshot *snapshot)
{
	return snapshot->num_blocks;
}

MEMHP_EXPORT const struct memhp_block *memhp_snapshot_get_block(const struct memhp_snapshot *snapshot, size_t index)
{
	return index < snapshot->num_blocks ? &snapshot->blocks[index] : NULL;
}

size_t memhp__snapshot_lower_bound(const struct memhp_snapshot *snapshot, uint64_t id)
{
	size_t low = 0, high = snapshot->num_blocks;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (snapshot->blocks[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool memhp__is_shortage(int error)
{
	return error == -EMFILE || error == -ENFILE || error == -ENOMEM;
}

int memhp__snapshot_check_shortage(const struct memhp_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->num_blocks; i++)
		for (int attr = 0; attr < NUM_ATTRS; attr++)
			if (memhp__is_shortage(-snapshot->blocks[i].error[attr]))
				return -snapshot->blocks[i].error[attr];
	return 0;
}

int memhp__nodes_compare(const void *a, const void *b)
{
	const struct memhp_node *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

struct memhp_node *memhp__snapshot_find_node(const struct memhp_snapshot *snapshot, unsigned int id)
{
	struct memhp_node key = { .id = id };

	if (!snapshot->num_nodes)
		return NULL;
	return bsearch(&key, snapshot->nodes, snapshot->num_nodes, sizeof(key), memhp__nodes_compare);
}

MEMHP_EXPORT const struct memhp_node *memhp_snapshot_find_node(const struct memhp_snapshot *snapshot, unsigned int node_id)
{
	return memhp__snapshot_find_node(snapshot, node_id);
}

MEMHP_EXPORT const struct memhp_block *memhp_snapshot_find_block(const struct memhp_snapshot *snapshot, uint64_t block_id)
{
	const struct memhp_block *block = memhp_snapshot_get_block(snapshot, memhp__snapshot_lower_bound(snapshot, block_id));

	return block && block->id == block_id ? block : NULL;
}

MEMHP_EXPORT size_t memhp_snapshot_get_num_skipped(const struct memhp_snapshot *snapshot)
{
	return snapshot->num_skipped + (snapshot->standby_error < 0);
}

MEMHP_EXPORT size_t memhp_snapshot_count_state(const struct memhp_snapshot *snapshot, enum memhp_state state)
{
	return (size_t)state < NUM_STATES ? snapshot->num_state[state] : 0;
}

MEMHP_EXPORT size_t memhp_snapshot_count_zone(const struct memhp_snapshot *snapshot, enum memhp_zone zone)
{
	return (size_t)zone < NUM_ZONES ? snapshot->num_zone[zone] : 0;
}

MEMHP_EXPORT size_t memhp_snapshot_get_num_nodes(const struct memhp_snapshot *snapshot)
{
	return snapshot->num_nodes;
}

MEMHP_EXPORT const struct memhp_node *memhp_snapshot_get_node(const struct memhp_snapshot *snapshot, size_t index)
{
	return index < snapshot->num_nodes ? &snapshot->nodes[index] : NULL;
}

MEMHP_EXPORT int memhp_snapshot_get_sources_error(const struct memhp_snapshot *snapshot)
{
	return snapshot->sources_error;
}

MEMHP_EXPORT const struct memhp_source *memhp_snapshot_get_source(const struct memhp_snapshot *snapshot, size_t index)
{
	return index < snapshot->num_sources ? &snapshot->sources[index] : NULL;
}
