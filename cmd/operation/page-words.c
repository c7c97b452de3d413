/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a page is that stands in the way, in words */
#include "operation/operation.h"

const char *operation_page_text(const struct memhp_step *step)
{
	const struct memhp_page *page = memhp_step_get_page(step);

	if (!page)
		return NULL;
	switch (memhp_page_get_kind(page)) {
	case MEMHP_PAGE_KIND_KERNEL:
		return "memory of the kernel's own or of a driver";
	case MEMHP_PAGE_KIND_RESERVED:
		return "memory reserved at boot or by a driver";
	case MEMHP_PAGE_KIND_SLAB:
		return "small objects of the kernel's (slab)";
	case MEMHP_PAGE_KIND_TABLE:
		return "a page table";
	case MEMHP_PAGE_KIND_ANON:
		return "a program's memory";
	case MEMHP_PAGE_KIND_FILE:
		return "a file's or shared memory";
	case MEMHP_PAGE_KIND_HUGE:
		return "a huge page";
	case MEMHP_PAGE_KIND_CMA:
		return "an area set aside for devices (CMA)";
	default: /* not known, or what is never in the way */
		return "a page";
	}
}
