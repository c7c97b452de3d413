/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/block.h"

#include "nums.h"
#include "object.h"
#include "read/snapshot.h"
#include "util.h"

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
	if (block->is_standby)
		return memhp_source_kind_name(MEMHP_SOURCE_KIND_STANDBY);
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

MEMHP_EXPORT int memhp_block_get_node(const struct memhp_block *block, size_t index)
{
	return index < block->num_nodes ? (int)block->snapshot->block_nodes[block->first_node + index] : -1;
}

MEMHP_EXPORT bool memhp_block_is_removable(const struct memhp_block *block)
{
	return block->removable;
}

MEMHP_EXPORT int memhp_block_get_phys_device(const struct memhp_block *block)
{
	return block->phys_device;
}

MEMHP_EXPORT bool memhp_block_is_configured(const struct memhp_block *block)
{
	return block->configured;
}

MEMHP_EXPORT bool memhp_block_has_memmap_on_memory(const struct memhp_block *block)
{
	return block->memmap_on_memory;
}

MEMHP_EXPORT enum memhp_source_kind memhp_block_get_source_kind(const struct memhp_block *block)
{
	return block->source ? block->snapshot->sources[block->source - 1].kind : MEMHP_SOURCE_KIND_UNKNOWN;
}

MEMHP_EXPORT const char *memhp_block_get_source_name(const struct memhp_block *block)
{
	return block->source ? block->snapshot->sources[block->source - 1].name : NULL;
}
