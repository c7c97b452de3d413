/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's log to what it says about memory blocks. Pure. */
#ifndef MEMHP_KMSG_PARSE_H
#define MEMHP_KMSG_PARSE_H

#include "read/kmsg-items.h"

/*
 * Takes one line of /dev/kmsg, "PRIORITY,SEQUENCE,TIME,FLAGS;TEXT". Lines that are not the kernel's, or not about memory blocks,
 * are passed over. `line` has no newline.
 */
void memhp__kmsg_take_line(struct kmsg_items *items, const char *line);

#endif
