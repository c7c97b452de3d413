/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A memory block, as a scan found it */
#ifndef MEMHP_BLOCK_H
#define MEMHP_BLOCK_H

#include "nums.h"
#include "libmemhp.h"

/* No kernel names more zones for a block: one kernel zone and Movable. */
#define MAX_VALID_ZONES 4

struct memhp_block {
	const struct memhp_snapshot *snapshot;
	uint64_t id;
	char *state_word;    /* a state that the library does not know, as the kernel wrote it; otherwise NULL */
	uint32_t first_node; /* index into the snapshot's block_nodes */
	uint16_t num_nodes;
	uint8_t state;
	uint8_t num_zones;
	uint8_t zones[MAX_VALID_ZONES];
	uint8_t error[NUM_ATTRS]; /* positive errno of each attribute, see memhp_block_get_error() */
	bool removable : 1;
	bool configured : 1;
	bool memmap_on_memory : 1;
	bool has_open_source : 1; /* without a source: it is of one of the snapshot's possible sources, or of something else */
	bool is_gone : 1;         /* during the scan only */
	uint16_t dimm;            /* during the scan only: the number of its ACPI device and 1, 0 for none */
	uint16_t source;          /* place in the snapshot's sources and 1, 0 when it is not known */
	int phys_device;
};

/* Keeps the snapshot of a block alive, and lets go of it; both take NULL. Returns its argument. */
const struct memhp_block *memhp__block_hold(const struct memhp_block *block);
void memhp__block_drop(const struct memhp_block *block);

/* Place of an attribute in memhp_block.error */
static inline int attr_index(enum memhp_attr attr)
{
	return __builtin_ctz(attr);
}

#endif
