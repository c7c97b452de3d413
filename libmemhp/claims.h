/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel says of where memory comes from */
#ifndef MEMHP_CLAIMS_H
#define MEMHP_CLAIMS_H

#include "source-candidates.h"

/* These fail for lack of memory only; what cannot be read or understood is no evidence. */
int claims_read_iomem(struct finder *finder);
int claims_read_boot_map(struct finder *finder);
int claims_suspect_others(struct finder *finder, const struct scan *scan);

/* Whether the command line makes the memory map another one than the firmware's */
bool claims_is_map_redrawn(struct memhp_ctx *ctx);

/* Whether offline memory is standby memory here */
bool claims_has_offline_standby(struct memhp_ctx *ctx);

#endif
