/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads which nodes there are, and which blocks are on them. */
#ifndef MEMHP_SCAN_NODES_H
#define MEMHP_SCAN_NODES_H

struct scan;

/* After the attributes, of which the nodes have counts. What cannot be read is noted on blocks and nodes; -ENOMEM is no answer. */
int memhp__scan_nodes(struct scan *scan);

#endif
