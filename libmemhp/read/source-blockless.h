/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_SOURCE_BLOCKLESS_H
#define MEMHP_SOURCE_BLOCKLESS_H

#include "read/source-candidates.h"

/*
 * Makes sources of DIMMs and dax devices without blocks, once the blocks have theirs. What cannot be told is none: a DIMM where a
 * block may be of any, a dax device where /proc/iomem does not name all that has added memory.
 */
int memhp__source_enter_blockless(struct finder *finder);

#endif
