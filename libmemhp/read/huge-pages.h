/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pools of huge pages */
#ifndef MEMHP_HUGE_PAGES_H
#define MEMHP_HUGE_PAGES_H

#include "libmemhp.h"

/* Whether for certain all huge pages of a node, -1 for any, are free; false where there are none. */
bool memhp__huge_pools_are_free(const struct memhp_huge_pools *pools, int node);

#endif
