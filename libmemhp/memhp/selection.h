/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file selection.h
 * @brief Which blocks.
 */
#ifndef LIBMEMHP_SELECTION_H
#define LIBMEMHP_SELECTION_H

#include "snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup selection Selection
 * Which blocks are meant. Ranges, blocks and addresses add up; nodes, zones, sources and states filter what they name, and each
 * alone selects all that match. An empty selection selects every block.
 * @{
 */

/**
 * @struct memhp_selection
 * Names blocks. Reference counted. Filled once, then used with any number of snapshots.
 */
struct memhp_selection;

/**
 * Make an empty selection.
 * @param[out] selection the selection, owned by the caller
 * @return 0 or -ENOMEM.
 */
MEMHP_MUST_CHECK int memhp_selection_new(struct memhp_selection **selection);

/** Take a reference. @return @a selection */
struct memhp_selection *memhp_selection_ref(struct memhp_selection *selection);

/** Drop a reference; the last one releases the selection. */
void memhp_selection_unref(struct memhp_selection *selection);

/**
 * Add the blocks of a range of physical addresses.
 *
 * A block belongs to the range when any of its addresses does. Gaps are no error: a plan reports them as MEMHP_OUTCOME_ABSENT.
 *
 * @param start_addr first address
 * @param last_addr last address, inclusive, at least @a start_addr
 * @return 0, or -EINVAL when @a last_addr is less than @a start_addr.
 */
int memhp_selection_add_range(struct memhp_selection *selection, uint64_t start_addr, uint64_t last_addr);

/**
 * Add a run of blocks by id.
 * @param first_id first block id
 * @param last_id last block id, inclusive, at least @a first_id; each of them is expected to be there
 * @return 0, or -EINVAL when @a last_id is less than @a first_id.
 */
int memhp_selection_add_blocks(struct memhp_selection *selection, uint64_t first_id, uint64_t last_id);

/** Add the block that holds a physical address. @return 0 or -ENOMEM. */
int memhp_selection_add_address(struct memhp_selection *selection, uint64_t addr);

/**
 * Filter: blocks of a NUMA node.
 * @param node_id node id; given several times, a block of any of them passes. Needs @ref MEMHP_ATTR_NODES
 * @return 0 or -ENOMEM.
 */
int memhp_selection_add_node(struct memhp_selection *selection, unsigned int node_id);

/**
 * Filter: online blocks that a zone manages.
 * @param zone a zone; MEMHP_ZONE_NONE for online blocks of several zones or nodes. Given several times, any of them passes. Needs
 *        @ref MEMHP_ATTR_STATE and @ref MEMHP_ATTR_ZONES
 * @return 0, or -EINVAL for MEMHP_ZONE_UNKNOWN.
 */
int memhp_selection_add_zone(struct memhp_selection *selection, enum memhp_zone zone);

/**
 * Filter: blocks that come from a source.
 * @param name name of a source, such as `dimm:PNP0C80:00`, or word of a kind, such as `dimm`, for all of its sources; copied. Given
 *        several times, a block of any of them passes. Needs @ref MEMHP_ATTR_SOURCE
 * @return 0, or -EINVAL for an empty @a name.
 */
int memhp_selection_add_source(struct memhp_selection *selection, const char *name);

/**
 * Filter: blocks in a state.
 * @param state a state; given several times, any of them passes. Needs @ref MEMHP_ATTR_STATE
 * @return 0, or -EINVAL for a value outside @ref memhp_state.
 */
int memhp_selection_add_state(struct memhp_selection *selection, enum memhp_state state);

/** What a snapshot must have for a selection to be answered. @return values of @ref memhp_attr, or-ed. */
unsigned int memhp_selection_get_attrs(const struct memhp_selection *selection);

/**
 * Whether a selection means a block.
 * @param block a block of a snapshot with memhp_selection_get_attrs()
 * @return 1 when the block is selected, 0 when it is not; a negative errno when that cannot be told, because what a filter asks
 *         about could not be read: that of memhp_block_get_error().
 */
int memhp_selection_matches(const struct memhp_selection *selection, const struct memhp_block *block);

/**
 * Look for a name that means no block.
 *
 * Filters do not matter here: they are free to match nothing.
 *
 * @param[out] first_id id of the first block, named by itself or by an address, that is not there; or the first id of the first
 *        range that holds no block at all
 * @param[out] last_id the same id, or the last id of that range
 * @return 1 when there is such a name, 0 when every name means a block.
 */
int memhp_selection_find_missing(const struct memhp_selection *selection, const struct memhp_snapshot *snapshot, uint64_t *first_id,
				 uint64_t *last_id);

/**
 * Look for a node that this machine does not have.
 * @param snapshot a snapshot with @ref MEMHP_ATTR_NODES where the selection names nodes
 * @param[out] node_id the first node given to memhp_selection_add_node() that the snapshot does not have
 * @return 1 when there is such a node; 0 when there is none, or the machine's nodes could not be read.
 */
int memhp_selection_find_missing_node(const struct memhp_selection *selection, const struct memhp_snapshot *snapshot,
				      unsigned int *node_id);

/**
 * Look for a source that no block comes from.
 * @param snapshot a snapshot with @ref MEMHP_ATTR_SOURCE
 * @return the first name given to memhp_selection_add_source() that is neither the word of a kind nor the name of a source of this
 *         snapshot that has blocks, NULL when there is none, or the source of a block could not be read; the selection's.
 */
const char *memhp_selection_find_missing_source(const struct memhp_selection *selection, const struct memhp_snapshot *snapshot);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
