/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A scan of the machine: what fills a snapshot, before it is anybody's. */
#ifndef MEMHP_SCAN_H
#define MEMHP_SCAN_H

#include "private.h"

struct scan {
	struct memhp_ctx *ctx;
	struct memhp_snapshot *snapshot; /* its block_size and blocks are known before attributes and nodes are read */
	int memory_fd, firmware_fd;      /* firmware_fd may be negative: there is no such directory */
	bool has_dimms;                  /* there are links to look for: memoryN/firmware_node */
};

static inline int attr_index(enum memhp_attr attr)
{
	return __builtin_ctz(attr);
}

/* attrs.c: reads the attributes of every block and drops the blocks that have vanished. */
int scan_attrs(struct scan *scan);

/* attrs.c: reads what the firmware says of standby memory, and marks the rest as not there. */
void scan_standby_attrs(const struct scan *scan, struct memhp_block *block);

/* source.c: what must be known of the blocks, and then where they come from */
void scan_source_needs(struct scan *scan);
int scan_sources(struct scan *scan);

#endif
