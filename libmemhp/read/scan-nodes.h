/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads which nodes there are, and which blocks are on them. */
#ifndef MEMHP_SCAN_NODES_H
#define MEMHP_SCAN_NODES_H

#include <stdint.h>

struct scan;

/* After the attributes, of which the nodes have counts. What cannot be read is noted on blocks and nodes; -ENOMEM is no answer. */
int memhp__scan_nodes(struct scan *scan);

/*
 * Whether a block has a node by now: 1, 0, or -errno. memhp__scan_attrs() asks that. `node_id` is where it is looked for first, for
 * that takes one system call: the node of the block before. It becomes the one that was found.
 */
int memhp__scan_has_node(const struct scan *scan, uint64_t block_id, unsigned int *node_id);

#endif
