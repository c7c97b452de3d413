/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel says of where memory comes from */
#ifndef MEMHP_SOURCE_RANGES_H
#define MEMHP_SOURCE_RANGES_H

#include "read/source-candidates.h"

/* These fail for lack of memory only: what cannot be read or understood may be anything. */
int memhp__source_read_iomem(struct finder *finder);
int memhp__source_read_boot_map(struct finder *finder);
int memhp__source_add_possible_others(struct finder *finder, const struct scan *scan);

/* Whether offline memory is standby memory here */
bool memhp__source_has_offline_standby(struct memhp_ctx *ctx);

#endif
