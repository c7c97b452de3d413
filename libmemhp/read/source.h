/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where blocks come from */
#ifndef MEMHP_SOURCE_H
#define MEMHP_SOURCE_H

#include "nums.h"
#include "libmemhp.h"

/* The longest is "virtio-mem:virtio4294967295". */
#define SOURCE_NAME_MAX 32

struct memhp_source {
	enum memhp_source_kind kind;
	char name[SOURCE_NAME_MAX];
	size_t num_blocks;
};

struct scan;

/* What must be known of the blocks, and then where they come from */
void memhp__scan_source_needs(struct scan *scan);
int memhp__scan_sources(struct scan *scan);

#endif
