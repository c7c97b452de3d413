/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Something that became of a block */
#ifndef MEMHP_EVENT_H
#define MEMHP_EVENT_H

#include "libmemhp.h"

/* Of a block before and after, one of which may be NULL; what they are in is kept alive. Returns 0 or -ENOMEM. */
int memhp__event_new(struct memhp_event **event, enum memhp_event_kind kind, const struct memhp_block *before,
		     const struct memhp_block *after, bool is_resync);

#endif
