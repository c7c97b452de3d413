/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What becomes of memory blocks */
#ifndef MEMHP_MONITOR_H
#define MEMHP_MONITOR_H

#include "libmemhp.h"
#include "read/uevents.h"

/* memhp_monitor_new() with a given source of events, NULL: it compares */
int memhp__monitor_new(struct memhp_monitor **monitor, struct memhp_ctx *ctx, unsigned int attrs, enum memhp_monitor_method method,
		       const struct uevent_ops *ops);

#endif
