/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A NUMA node, and how many blocks it has */
#ifndef MEMHP_NODE_H
#define MEMHP_NODE_H

#include "nums.h"
#include "libmemhp.h"

struct memhp_node {
	unsigned int id;
	int error; /* why more blocks may belong to it */
	size_t num_state[NUM_STATES];
	size_t num_zone[NUM_ZONES];
};

#endif
