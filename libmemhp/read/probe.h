/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks before a block is added */
#ifndef MEMHP_PROBE_H
#define MEMHP_PROBE_H

#include "libmemhp.h"

/* A block that is to be added */
struct addition {
	uint64_t block_id, start_addr, last_addr;
	enum memhp_outcome outcome; /* MEMHP_OUTCOME_PLANNED where no check stands against it */
};

/* What a request is told of the block; `flags` as for memhp_request_add_probe() */
struct addition memhp__probe_addition(const struct memhp_probe *probe, unsigned int flags);

#endif
