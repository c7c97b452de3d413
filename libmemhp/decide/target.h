/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much of what is selected is online, against how much is to be. Pure. */
#ifndef MEMHP_TARGET_H
#define MEMHP_TARGET_H

#include "libmemhp.h"

struct tally {
	uint64_t online;  /* selected blocks that are online */
	uint64_t unknown; /* those that may be, or may be selected: they count neither way */
};

struct tally memhp__target_count(const struct memhp_snapshot *snapshot, const struct memhp_request *request);

/* So many blocks have to change, by what is known; 0 where the target is met */
uint64_t memhp__target_missing(const struct memhp_request *request, const struct tally *tally);

/* Once nothing is missing: 1 when the target is met whatever the unknown blocks are, -ENODATA when that depends on them */
int memhp__target_is_certain(const struct memhp_request *request, const struct tally *tally);

#endif
