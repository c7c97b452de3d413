/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/node.h"

#include "nums.h"
#include "object.h"

MEMHP_EXPORT unsigned int memhp_node_get_id(const struct memhp_node *node)
{
	return node->id;
}

MEMHP_EXPORT int memhp_node_get_error(const struct memhp_node *node)
{
	return node->error;
}

MEMHP_EXPORT size_t memhp_node_count_state(const struct memhp_node *node, enum memhp_state state)
{
	return (size_t)state < NUM_STATES ? node->num_state[state] : 0;
}

MEMHP_EXPORT size_t memhp_node_count_zone(const struct memhp_node *node, enum memhp_zone zone)
{
	return (size_t)zone < NUM_ZONES ? node->num_zone[zone] : 0;
}
