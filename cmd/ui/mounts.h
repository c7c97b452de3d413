/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where sysfs is mounted, and whether it can be written. */
#ifndef MEMCTL_MOUNTS_H
#define MEMCTL_MOUNTS_H

#include <stdbool.h>

/* The mount point that this process sees, /sys before others; NULL when there is none. The caller frees it. */
char *mounts_find_sysfs(bool *read_only);

#endif
