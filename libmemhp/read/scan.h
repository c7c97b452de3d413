/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A scan of the machine: what fills a snapshot, before it is anybody's */
#ifndef MEMHP_SCAN_H
#define MEMHP_SCAN_H

#include "read/snapshot.h"

struct scan {
	struct memhp_ctx *ctx;
	struct memhp_snapshot *snapshot; /* its block_size and blocks are known before attributes and nodes are read */
	int memory_fd, firmware_fd;      /* firmware_fd may be negative: there is no such directory */
	bool has_dimms;                  /* there are links to look for: memoryN/firmware_node */
};

#endif
