/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A dax device in the hands of the driver kmem, as a whole: its files `state` and `memmap_on_memory` */
#ifndef MEMHP_DAX_H
#define MEMHP_DAX_H

#include "libmemhp.h"

/*
 * `fd` is the device's directory. -EOPNOTSUPP when it has no such file, -EBADMSG for a word that is not known; of the state -ENODEV
 * when no driver has the device
 */
int memhp__dax_read_state(struct memhp_ctx *ctx, int fd, enum memhp_transition *state);
int memhp__dax_read_memmap(struct memhp_ctx *ctx, int fd, enum memhp_memmap *memmap);

#endif
