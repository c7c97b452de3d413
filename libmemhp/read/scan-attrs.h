/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The attributes of the blocks of a scan */
#ifndef MEMHP_SCAN_ATTRS_H
#define MEMHP_SCAN_ATTRS_H

#include "read/scan.h"

/* Reads the attributes of every block and drops the blocks that have vanished. */
int memhp__scan_attrs(struct scan *scan);

/* Reads what the firmware says of standby memory, and marks the rest as not there. */
void memhp__scan_standby_attrs(const struct scan *scan, struct memhp_block *block);

#endif
