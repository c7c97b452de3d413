/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The blocks of a machine as they were at one time */
#ifndef MEMHP_SNAPSHOT_H
#define MEMHP_SNAPSHOT_H

#include "nums.h"
#include "read/block.h"
#include "read/node.h"
#include "read/source.h"

struct memhp_snapshot {
	unsigned int refs;
	struct memhp_ctx *ctx;
	unsigned int attrs;
	uint64_t block_size;
	struct memhp_block *blocks;
	size_t num_blocks, allocated_blocks;
	int standby_error; /* why there may be more standby memory */
	size_t num_skipped;
	size_t num_state[NUM_STATES];
	size_t num_zone[NUM_ZONES];
	struct memhp_node *nodes;
	int nodes_error; /* why there may be more of them */
	size_t num_nodes, allocated_nodes;
	struct memhp_source *sources;
	size_t num_sources, allocated_sources;
	int sources_error;                     /* why there may be more of them, without blocks */
	struct memhp_source *possible_sources; /* what a block with an open source may come from */
	size_t num_possible_sources, allocated_possible_sources;
	bool has_unnamed_sources;  /* and any virtio-mem or dax device: iomem, which names them, is not there */
	unsigned int *block_nodes; /* node ids of all blocks, one run a block */
};

/* Index of the first block whose id is at least `id`; num_blocks when there is none. */
size_t memhp__snapshot_lower_bound(const struct memhp_snapshot *snapshot, uint64_t id);

/*
 * What has gone wrong with the caller's process, such as -EMFILE, and not with a block; and the first such errno of a snapshot's
 * blocks, 0 for none: what could not be read for that reason is as it was.
 */
bool memhp__is_shortage(int error);
int memhp__snapshot_check_shortage(const struct memhp_snapshot *snapshot);

/* By their ids; for qsort() and bsearch() */
int memhp__nodes_compare(const void *a, const void *b);

/* NULL when there is no such node */
struct memhp_node *memhp__snapshot_find_node(const struct memhp_snapshot *snapshot, unsigned int id);

#endif
