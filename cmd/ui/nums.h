/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many values each enum has that this program knows: for arrays. The library may be newer, and have more. */
#ifndef UI_NUMS_H
#define UI_NUMS_H

#include "libmemhp.h"

#define NUM_STATES       (MEMHP_STATE_STANDBY + 1)
#define NUM_ZONES        (MEMHP_ZONE_DEVICE + 1)
#define NUM_SOURCE_KINDS (MEMHP_SOURCE_KIND_STANDBY + 1)
#define NUM_ATTRS        8
#define NUM_VERDICTS     (MEMHP_VERDICT_CAN_GO + 1)
#define NUM_EVIDENCES    (MEMHP_EVIDENCE_CRASH_KERNEL + 1)
#define NUM_POLICY_KEYS  (MEMHP_POLICY_KEY_OFFLINE_MIGRATE_MAX_PASSES + 1)
#define NUM_OBSTACLES    (MEMHP_OBSTACLE_UNPROVEN + 1)
/* The kinds of page by which /proc/kpageflags counts, and the first of them */
#define FIRST_PAGE_KIND MEMHP_PAGE_KIND_FREE
#define NUM_PAGE_KINDS  (MEMHP_PAGE_KIND_HOLE + 1)

#endif
