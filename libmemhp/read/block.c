/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/block.h"

#include "nums.h"
#include "object.h"
#include "read/snapshot.h"
#include "util.h"

/* The count of a snapshot is not among what never changes of it. */
static struct memhp_snapshot *snapshot_of(const struct memhp_block *block)
{
	return (struct memhp_snapshot *)block->snapshot;
}

const struct memhp_block *memhp__block_hold(const struct memhp_block *block)
{
	if (block)
		memhp_snapshot_ref(snapshot_of(block));
	return block;
}

void memhp__block_drop(const struct memhp_block *block)
{
	if (block)
		memhp_snapshot_unref(snapshot_of(block));
}

MEMHP_EXPORT int memhp_block_get_error(const struct memhp_block *block, enum memhp_attr attr)
{
	if (attr == 0 || attr >= 1U << NUM_ATTRS || (attr & (attr - 1)))
		return -EINVAL;
	return -block->error[__builtin_ctz(attr)];
}

MEMHP_EXPORT uint64_t memhp_block_get_id(const struct memhp_block *block)
{
	return block->id;
}

MEMHP_EXPORT uint64_t memhp_block_get_start_addr(const struct memhp_block *block)
{
	return block->id * block->snapshot->block_size;
}

MEMHP_EXPORT enum memhp_state memhp_block_get_state(const struct memhp_block *block)
{
	return block->state;
}

MEMHP_EXPORT const char *memhp_block_get_state_name(const struct memhp_block *block)
{
	return block->state_word ? block->state_word : memhp_state_name(block->state);
}

MEMHP_EXPORT enum memhp_zone memhp_block_get_zone(const struct memhp_block *block)
{
	if (block->state == MEMHP_STATE_UNKNOWN)
		return MEMHP_ZONE_UNKNOWN;
	if (block->state != MEMHP_STATE_ONLINE)
		return MEMHP_ZONE_NONE;
	if (memhp_block_get_error(block, MEMHP_ATTR_ZONES) < 0)
		return MEMHP_ZONE_UNKNOWN;
	return block->num_zones ? block->zones[0] : MEMHP_ZONE_NONE;
}

MEMHP_EXPORT size_t memhp_block_get_num_valid_zones(const struct memhp_block *block)
{
	return block->num_zones;
}

MEMHP_EXPORT enum memhp_zone memhp_block_get_valid_zone(const struct memhp_block *block, size_t index)
{
	return index < block->num_zones ? block->zones[index] : MEMHP_ZONE_NONE;
}

MEMHP_EXPORT size_t memhp_block_get_num_nodes(const struct memhp_block *block)
{
	return block->num_nodes;
}

MEMHP_EXPORT const struct memhp_node *memhp_block_get_node(const struct memhp_block *block, size_t index)
{
	if (index >= block->num_nodes)
		return NULL;
	return memhp_snapshot_find_node(block->snapshot, block->snapshot->block_nodes[block->first_node + index]);
}

MEMHP_EXPORT const struct memhp_source *memhp_block_get_source(const struct memhp_block *block)
{
	return block->source ? &block->snapshot->sources[block->source - 1] : NULL;
}

MEMHP_EXPORT int memhp_block_get_number(const struct memhp_block *block, enum memhp_attr attr, int *number)
{
	int value, rc = memhp_block_get_error(block, attr);

	switch (attr) {
	case MEMHP_ATTR_REMOVABLE:
		value = block->removable;
		break;
	case MEMHP_ATTR_PHYS_DEVICE:
		value = block->phys_device;
		break;
	case MEMHP_ATTR_CONFIGURED:
		value = block->configured;
		break;
	case MEMHP_ATTR_MEMMAP_ON_MEMORY:
		value = block->memmap_on_memory;
		break;
	default:
		return -EINVAL;
	}
	if (rc == 0)
		*number = value;
	return rc;
}
