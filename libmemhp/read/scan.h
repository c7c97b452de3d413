/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A scan of the machine: what fills a snapshot, before it is anybody's */
#ifndef MEMHP_SCAN_H
#define MEMHP_SCAN_H

#include "read/snapshot.h"

struct scan {
	struct memhp_ctx *ctx;
	const uint64_t *only;            /* the id of a block beside which nothing is looked at; NULL: all of them */
	struct memhp_snapshot *snapshot; /* its block_size and blocks are known before attributes and nodes are read */
	int memory_fd, firmware_fd;      /* firmware_fd may be negative: there is no such directory */
	bool has_dimms;                  /* there are links to look for: memoryN/firmware_node */
	bool is_numa_kernel;             /* not a tree of files, and each block that is there for good has a node */
};

/*
 * A snapshot of one block that has come to a state. When it has changed again since, its state is that nevertheless, and -ESTALE
 * what is not to be known of it then.
 */
int memhp__scan_block(struct memhp_snapshot **snapshot, struct memhp_ctx *ctx, unsigned int attrs, uint64_t id,
		      enum memhp_state state);

#endif
