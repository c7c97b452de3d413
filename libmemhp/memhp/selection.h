/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file
 * Selection: which blocks are meant. Ranges, blocks and addresses add up; nodes, zones, sources and states filter what they
 * name, and each alone selects all that match; of several of one kind, any is enough. An empty selection selects every block. */
#ifndef LIBMEMHP_SELECTION_H
#define LIBMEMHP_SELECTION_H

#include "snapshot.h"
MEMHP_BEGIN_DECLS

/** @struct memhp_selection
 * Names blocks. Reference counted. Filled once, then used with any number of snapshots. */
struct memhp_selection;

MEMHP_MUST_CHECK int memhp_selection_new(struct memhp_selection **selection);   /**< Make an empty selection. */
struct memhp_selection *memhp_selection_ref(struct memhp_selection *selection); /**< Take a reference. @return @a selection */
void memhp_selection_unref(struct memhp_selection *selection);                  /**< Drop a reference; the last one releases it. */
/** Add the blocks that have any of the physical addresses from @a start_addr to @a last_addr inclusive. Gaps are no error: a
 * plan reports them as MEMHP_OUTCOME_ABSENT. @return 0, or -EINVAL when @a last_addr is less than @a start_addr. */
MEMHP_MUST_CHECK int memhp_selection_add_range(struct memhp_selection *selection, uint64_t start_addr, uint64_t last_addr);
/** Add the blocks of the ids from @a first_id to @a last_id inclusive; each of them is expected to be there.
 * @return 0, or -EINVAL when @a last_id is less than @a first_id. */
MEMHP_MUST_CHECK int memhp_selection_add_blocks(struct memhp_selection *selection, uint64_t first_id, uint64_t last_id);
MEMHP_MUST_CHECK int memhp_selection_add_address(struct memhp_selection *selection,
						 uint64_t addr); /**< Add the block that holds an address. */
/** Filter: blocks of a NUMA node. Needs MEMHP_ATTR_NODES. */
MEMHP_MUST_CHECK int memhp_selection_add_node(struct memhp_selection *selection, unsigned int node_id);
/** Filter: online blocks that a zone manages; MEMHP_ZONE_NONE for those of several zones or nodes. Needs MEMHP_ATTR_STATE and
 * MEMHP_ATTR_ZONES. @return 0, or -EINVAL for MEMHP_ZONE_UNKNOWN. */
MEMHP_MUST_CHECK int memhp_selection_add_zone(struct memhp_selection *selection, enum memhp_zone zone);
/** Filter: blocks that come from a source, by its name, such as `dimm:PNP0C80:00`, or the word of a kind for all of its sources:
 * `dimm`. Needs MEMHP_ATTR_SOURCE. @return 0, or -EINVAL for an empty name. */
MEMHP_MUST_CHECK int memhp_selection_add_source(struct memhp_selection *selection, const char *name);
/** Filter: blocks in a state. Needs MEMHP_ATTR_STATE. */
MEMHP_MUST_CHECK int memhp_selection_add_state(struct memhp_selection *selection, enum memhp_state state);
/** What a snapshot must have for a selection to be answered: values of @ref memhp_attr , or-ed. */
unsigned int memhp_selection_get_attrs(const struct memhp_selection *selection);
/** Whether a selection means a block. Needs memhp_selection_get_attrs().
 * @return 1 or 0; memhp_block_get_error() of what a filter asks about, when that could not be read; -ENODATA when nothing tells
 *         whether the block comes from such a source, which is there or may be. */
int memhp_selection_matches(const struct memhp_selection *selection, const struct memhp_block *block);

/** Look for a name that means no block. Filters do not matter here: they are free to match nothing.
 * @return 1 with the id, twice, of the first block that is named by itself or by an address and is not there, or the ids of the
 *         first range that holds no block at all; 0 when every name means a block. */
int memhp_selection_find_missing(const struct memhp_selection *selection, const struct memhp_snapshot *snapshot, uint64_t *first_id,
				 uint64_t *last_id);

/** The blocks that are named, by id, by range or by address, and not there; gaps of a range, too. Filters do not matter here.
 * Begin with a @a from_id of 0, and go on behind @a last_id until there are no more, or that is UINT64_MAX.
 * @param from_id the lowest block id to look at
 * @return 1 with the ids of the first and the last of the next of them that are adjacent; 0 when there are none. */
int memhp_selection_find_absent(const struct memhp_selection *selection, const struct memhp_snapshot *snapshot, uint64_t from_id,
				uint64_t *first_id, uint64_t *last_id);

/** Look for a node that this machine does not have. Needs MEMHP_ATTR_NODES where nodes are named.
 * @return 1 for the first such @a node_id; 0 when there is none, or the machine's nodes could not be read. */
int memhp_selection_find_missing_node(const struct memhp_selection *selection, const struct memhp_snapshot *snapshot,
				      unsigned int *node_id);

/** Look for a source that no block comes from. Needs MEMHP_ATTR_SOURCE.
 * @return the first name of neither a kind nor a source with blocks; NULL when there is none, or not all sources are known. */
const char *memhp_selection_find_missing_source(const struct memhp_selection *selection, const struct memhp_snapshot *snapshot);

MEMHP_END_DECLS
#endif
