/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Has a device taken away whose blocks are offline. */
#ifndef MEMHP_EJECT_H
#define MEMHP_EJECT_H

#include "act/supervisor.h"

/*
 * Ejects the device of the result's blocks and waits until they are gone, as long as a block may take. What came of it becomes part
 * of the result, which was complete before. `tick`, which may be NULL, is called now and then while that lasts.
 */
void memhp__eject_device(struct memhp_result *result, struct memhp_ctx *ctx, const char *source, struct supervisor_limits limits,
			 void (*tick)(void *data), void *tick_data);

#endif
