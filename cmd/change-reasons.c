/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a block is not as asked, and what to try */
#include "change.h"

/* Whether the kernel's log was read, and had nothing about the block */
static bool is_log_silent(const struct change *change, const struct memhp_step *step)
{
	return change->result && memhp_result_get_kernel_log_error(change->result) == 0 && !memhp_step_get_kernel_text(step);
}

/* EBUSY, and no more is known: the causes that are left for this block. A page that cannot be moved is named in the log. */
static const char *busy_text(const struct change *change, const struct memhp_step *step)
{
	if (change->action != MEMHP_ACTION_OFFLINE)
		return "busy: the device of that memory is at work on it or going away, or a driver refuses";
	if (is_log_silent(change, step))
		return "busy: most likely something else is at work on the range (an allocation of huge pages, a memory device), "
		       "a driver refuses, or free huge pages cannot be given back; the kernel's log names no page";
	if (memhp_step_get_zone(step) == MEMHP_ZONE_MOVABLE)
		return "busy: a page that is in use for the moment, something else at work on the range, a driver that refuses, or "
		       "free huge pages that cannot be given back";
	return "busy: pages that cannot be moved, such as the kernel's own, or something else at work on the range";
}

static const char *refusal_text(const struct change *change, const struct memhp_step *step)
{
	bool offline = change->action == MEMHP_ACTION_OFFLINE;

	switch (memhp_step_get_reason(step)) {
	case MEMHP_REASON_BUSY:
		return busy_text(change, step);
	case MEMHP_REASON_UNMOVABLE_PAGE:
		return "a page that cannot be moved";
	case MEMHP_REASON_MIGRATION_FAILURE:
		return "a page that the kernel could not move away";
	case MEMHP_REASON_ISOLATION:
		return "the kernel could not isolate the range, and names no page: something else is at work on it, such as an "
		       "allocation of huge pages or a memory device";
	case MEMHP_REASON_HUGE_PAGES:
		return "free huge pages there could not be given back: they are reserved, or others are needed in their place";
	case MEMHP_REASON_MEMORY_HOLE:
		return "there is a hole in its memory, and it can never go offline";
	case MEMHP_REASON_SEVERAL_ZONES:
		return "several zones or NUMA nodes in one block, which the kernel never takes offline";
	case MEMHP_REASON_INVALID_RANGE:
		return "the kernel refused the range; most likely there is a memory hole, and it can never go offline";
	case MEMHP_REASON_VETO:
		return offline ? "vetoed by a part of the kernel that needs it, such as boot memory on arm64 or a crash kernel"
			       : "vetoed by a part of the kernel";
	case MEMHP_REASON_NO_MEMORY:
		return offline ? "the kernel lacks memory for that, or a driver does" : "the kernel lacks memory for that";
	case MEMHP_REASON_HWPOISON:
		return "a page there has a hardware memory error";
	default:
		return "refused by the kernel";
	}
}

const char *change_reason_text(const struct change *change, const struct memhp_step *step)
{
	switch (memhp_step_get_reason(step)) {
	case MEMHP_REASON_NONE:
		return NULL;
	case MEMHP_REASON_SIGNAL:
		return "the kernel gave up because of a signal, a freezer or a debugger";
	case MEMHP_REASON_ACCESS:
		return "no permission to change it";
	case MEMHP_REASON_READ_ONLY:
		return "sysfs is read-only";
	case MEMHP_REASON_DEADLINE:
		return "not done when the deadline passed";
	case MEMHP_REASON_CANCELLED:
		return "not done when the request was cancelled";
	case MEMHP_REASON_OTHER_ZONE:
		return "online in another zone than asked";
	case MEMHP_REASON_GONE:
		return "removed meanwhile";
	case MEMHP_REASON_RACE:
		return "changed by another agent at the same time";
	case MEMHP_REASON_WRITER_DIED:
		return "not done: the process that writes was killed by somebody else";
	case MEMHP_REASON_UNREADABLE:
		return "the state cannot be read or understood";
	case MEMHP_REASON_SPARE:
		return "not needed";
	default:
		return refusal_text(change, step);
	}
}

/* What to try when a page is in the way */
static const char *page_hint(const struct memhp_step *step)
{
	if (memhp_step_get_reason(step) != MEMHP_REASON_UNMOVABLE_PAGE)
		return "a device, a guest, RDMA or hung I/O may hold on to it, or there is no room elsewhere; end what holds it, "
		       "try with more time, or choose another block";
	switch (memhp_page_get_use(memhp_step_get_page(step))) {
	case MEMHP_PAGE_USE_SLAB:
	case MEMHP_PAGE_USE_FILE:
		return "dropping caches may free it (sysctl vm.drop_caches=3); then try again, or choose a block of zone Movable "
		       "(memctl list --zone Movable)";
	case MEMHP_PAGE_USE_RESERVED:
		return "it stays for as long as the machine runs; choose another block";
	case MEMHP_PAGE_USE_CMA:
		return "it stays for as long as the machine runs (see cma= on the kernel's command line); choose another block";
	default:
		return "choose a block of zone Movable (memctl list --zone Movable), which the kernel keeps free of such pages";
	}
}

static const char *offline_hint(const struct memhp_step *step)
{
	switch (memhp_step_get_reason(step)) {
	case MEMHP_REASON_UNMOVABLE_PAGE:
	case MEMHP_REASON_MIGRATION_FAILURE:
	case MEMHP_REASON_DEADLINE:
		if (memhp_step_get_page(step))
			return page_hint(step);
		return "pages may be pinned, or have nowhere to go; try with more time, or another block";
	case MEMHP_REASON_BUSY:
		return "try again later, choose a block of zone Movable (memctl list --zone Movable), or see with --kernel-debug "
		       "what the kernel says";
	case MEMHP_REASON_SIGNAL:
		return "try again later, or choose a block of zone Movable (memctl list --zone Movable)";
	case MEMHP_REASON_ISOLATION:
		return "try again later (--retry), or choose another block";
	case MEMHP_REASON_HUGE_PAGES:
		return "make the pool of huge pages smaller (nr_hugepages), or choose another block";
	case MEMHP_REASON_NO_MEMORY:
		return "free memory, or give the rest of the machine more of it";
	default:
		return NULL;
	}
}

static const char *online_hint(const struct memhp_step *step)
{
	switch (memhp_step_get_reason(step)) {
	case MEMHP_REASON_BUSY:
	case MEMHP_REASON_SIGNAL:
		return "try again later";
	case MEMHP_REASON_NO_MEMORY:
		return "the memory map of a new block takes 1/64 of its size from the kernel's memory; free some";
	case MEMHP_REASON_DEADLINE:
		return "another change may hold the kernel's lock; try with more time";
	default:
		return NULL;
	}
}

const char *change_reason_hint(const struct change *change, const struct memhp_step *step)
{
	switch (memhp_step_get_reason(step)) {
	case MEMHP_REASON_SEVERAL_ZONES:
	case MEMHP_REASON_INVALID_RANGE:
	case MEMHP_REASON_MEMORY_HOLE:
		return change->device ? NULL : "choose another block";
	case MEMHP_REASON_VETO:
		return "look at the kernel log (dmesg)";
	case MEMHP_REASON_OTHER_ZONE:
		return "to change the zone take the block offline first, then online it again";
	case MEMHP_REASON_RACE:
		return "look for a udev rule or a daemon that changes memory blocks, then try again";
	case MEMHP_REASON_HWPOISON:
		return "the memory module may be failing; look at the kernel log (dmesg)";
	default:
		return change->action == MEMHP_ACTION_OFFLINE ? offline_hint(step) : online_hint(step);
	}
}

const char *change_page_text(const struct memhp_step *step)
{
	const struct memhp_page *page = memhp_step_get_page(step);

	if (!page)
		return NULL;
	switch (memhp_page_get_use(page)) {
	case MEMHP_PAGE_USE_KERNEL:
		return "memory of the kernel's own or of a driver";
	case MEMHP_PAGE_USE_RESERVED:
		return "memory reserved at boot or by a driver";
	case MEMHP_PAGE_USE_SLAB:
		return "small objects of the kernel's (slab)";
	case MEMHP_PAGE_USE_TABLE:
		return "a page table";
	case MEMHP_PAGE_USE_ANON:
		return "a program's memory";
	case MEMHP_PAGE_USE_FILE:
		return "a file's or shared memory";
	case MEMHP_PAGE_USE_HUGETLB:
		return "a huge page";
	case MEMHP_PAGE_USE_CMA:
		return "an area set aside for devices (CMA)";
	case MEMHP_PAGE_USE_UNKNOWN:
		break;
	}
	return "a page";
}
