/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why an offline went on until its time was over, and the kernel's log has nothing about it. The kernel refuses a block that holds
 * slab when it begins, and does not look for it again. It can overlook some at first: Linux 6.12 pages from which a processor
 * allocates, 7.3 slabs of a single page. These never go, and it waits for them in silence.
 */
#include <stdio.h>

#include "operation/operation.h"
#include "ui/format.h"
#include "ui/xalloc.h"

uint64_t operation_left_slab(const struct memhp_step *step)
{
	return memhp_step_has_left(step) ? memhp_step_get_left_bytes(step, MEMHP_PAGE_KIND_SLAB) : 0;
}

char *operation_silent_reason(const struct memhp_step *step)
{
	const char *silence = "not done when the deadline passed: the kernel keeps trying and logs nothing";
	uint64_t slab = operation_left_slab(step);
	char size[SIZE_TEXT_MAX];

	if (!slab)
		return xstrdup(silence);
	return xasprintf("%s; %s of slab is left, the kernel's own objects, which it does not move", silence,
			 format_size(slab, size));
}
