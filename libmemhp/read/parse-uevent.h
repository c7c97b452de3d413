/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's message of a change of some device. Pure. */
#ifndef MEMHP_PARSE_UEVENT_H
#define MEMHP_PARSE_UEVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmemhp.h"

struct uevent {
	enum memhp_event_kind kind;
	uint64_t block_id;
};

/*
 * "ACTION@PATH", and then "KEY=VALUE" each ended by a NUL byte. True for a change of a memory block; false for all else, such as
 * what somebody has the kernel repeat (udevadm trigger), which is no change.
 */
bool memhp__parse_uevent(const char *text, size_t length, struct uevent *uevent);

#endif
