/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Proof that there is RAM at an address, found where firmware says so. */
#ifndef MEMHP_PROOF_H
#define MEMHP_PROOF_H

#include "libmemhp.h"

/* What proves that all of start ... last is RAM; MEMHP_PROOF_NONE when nothing does. -errno only when memory is short. */
int memhp__proof_find(struct memhp_ctx *ctx, uint64_t start, uint64_t last, enum memhp_proof *proof);

#endif
