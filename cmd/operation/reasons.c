/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a block is not as asked, in words; operation/hints.c has what to try. */
#include <stdio.h>
#include <string.h>

#include "operation/operation.h"
#include "ui/format.h"
#include "ui/xalloc.h"

bool operation_goes_offline(const struct operation *op, const struct memhp_step *step)
{
	/*
	 * Of what is configured, added, or a device as a whole neither way is an offline. What could not be brought back failed in
	 * the other direction.
	 */
	if (op->action > MEMHP_TRANSITION_ONLINE_MOVABLE || memhp_step_get_device(step))
		return false;
	return (memhp_step_get_last_action(step) == MEMHP_TRANSITION_OFFLINE) !=
	       (memhp_step_get_outcome(step) == MEMHP_OUTCOME_ROLLBACK_FAILED);
}

bool operation_is_in_kernel_zone(const struct memhp_step *step)
{
	switch (memhp_step_get_zone(step)) {
	case MEMHP_ZONE_DMA:
	case MEMHP_ZONE_DMA32:
	case MEMHP_ZONE_NORMAL:
	case MEMHP_ZONE_HIGHMEM:
		return true;
	default:
		return false;
	}
}

bool operation_is_log_silent(const struct operation *op, const struct memhp_step *step)
{
	const char *text = memhp_step_get_kernel_text(step);

	return op->result && memhp_result_get_kernel_log_error(op->result) == 0 &&
	       (!text || (strstr(text, "signal backoff") && !strchr(text, '\n')));
}

uint64_t operation_left_slab(const struct memhp_step *step)
{
	uint64_t slab = memhp_step_get_left_bytes(step, MEMHP_PAGE_KIND_SLAB);

	return slab == UINT64_MAX ? 0 : slab;
}

const char *operation_page_text(const struct memhp_step *step)
{
	const struct memhp_page *page = memhp_step_get_page(step);

	if (!page)
		return NULL;
	switch (memhp_page_get_kind(page)) {
	case MEMHP_PAGE_KIND_KERNEL:
		return "memory of the kernel or a driver";
	case MEMHP_PAGE_KIND_RESERVED:
		return "memory reserved at boot or by a driver";
	case MEMHP_PAGE_KIND_SLAB:
		return "kernel objects (slab)";
	case MEMHP_PAGE_KIND_TABLE:
		return "a page table";
	case MEMHP_PAGE_KIND_ANON:
		return "a program's memory";
	case MEMHP_PAGE_KIND_FILE:
		return "file or shared memory";
	case MEMHP_PAGE_KIND_HUGE:
		return "a huge page";
	case MEMHP_PAGE_KIND_CMA:
		return "memory set aside for devices (CMA)";
	default: /* not known, or what is never in the way */
		return "a page";
	}
}

static const char *cause_text(const struct operation *op, const struct memhp_step *step, enum memhp_reason cause)
{
	switch (cause) {
	case MEMHP_REASON_MEMORY_HOLE:
		return "a hole in it";
	case MEMHP_REASON_SEVERAL_ZONES:
		return "several zones or NUMA nodes";
	case MEMHP_REASON_BOOT_MEMORY:
		return "boot memory, which arm64 keeps";
	case MEMHP_REASON_CRASH_KERNEL:
		return "a crash kernel in it";
	case MEMHP_REASON_NO_MEMORY:
		return "too little memory for the kernel itself";
	case MEMHP_REASON_UNMOVABLE_PAGE:
		/* The log names all others, except before Linux 5.0. */
		if (operation_is_log_silent(op, step))
			return "a page of a balloon or driver";
		return operation_is_in_kernel_zone(step) ? "pages of the kernel's own" : "a page in use";
	case MEMHP_REASON_ISOLATION:
		return "an allocation or device at work";
	case MEMHP_REASON_HUGE_PAGES:
		return "reserved huge pages";
	case MEMHP_REASON_RACE:
		return "another program's change";
	default:
		return "a driver's veto";
	}
}

/* "LEAD: this, that or the third" */
static char *list_causes(const struct operation *op, const struct memhp_step *step, const char *lead)
{
	size_t num = memhp_step_get_num_causes(step), size;
	char *text = NULL;
	FILE *out = xopen_memstream(&text, &size);

	fprintf(out, "%s: ", lead);
	for (size_t i = 0; i < num; i++) {
		if (i)
			fputs(i + 1 < num ? ", " : " or ", out);
		fputs(cause_text(op, step, memhp_step_get_cause(step, i)), out);
	}
	xclose_memstream(out);
	return text;
}

/*
 * Why an offline went on until its time was over, and the kernel's log has nothing about it. The kernel refuses a block that holds
 * slab when it begins, and does not look for it again. It can overlook some at first: Linux 6.12 pages from which a processor
 * allocates, 7.3 slabs of a single page. These never go, and it waits for them in silence.
 */
static char *silent_reason(const struct memhp_step *step)
{
	const char *silence = "not done when the deadline passed: the kernel keeps trying and logs nothing";
	uint64_t slab = operation_left_slab(step);
	char size[SIZE_TEXT_MAX];

	if (!slab)
		return xstrdup(silence);
	return xasprintf("%s; %s of slab is left, which it does not move", silence, format_size(slab, size));
}

/* An errno, and what it leaves open; NULL where more or nothing is known. */
static char *make_open_reason(const struct operation *op, const struct memhp_step *step)
{
	bool offline = operation_goes_offline(op, step);

	/* A page that could not be moved away would be named in the log. */
	if (memhp_step_get_reason(step) == MEMHP_REASON_DEADLINE && offline && operation_is_log_silent(op, step))
		return silent_reason(step);
	if (memhp_step_get_num_causes(step) == 0)
		return NULL;
	switch (memhp_step_get_reason(step)) {
	case MEMHP_REASON_BUSY:
		if (!offline)
			return NULL;
		return list_causes(op, step, operation_is_log_silent(op, step) ? "busy, and the log names no page" : "busy");
	case MEMHP_REASON_INVALID_RANGE:
		if (memhp_step_get_cause(step, 0) == MEMHP_REASON_MEMORY_HOLE && memhp_step_get_num_causes(step) == 1)
			return NULL;
		return list_causes(op, step, "cannot go offline");
	case MEMHP_REASON_VETO:
		return list_causes(op, step, "vetoed by a part of the kernel");
	case MEMHP_REASON_NO_MEMORY:
		return list_causes(op, step, "no memory for that");
	case MEMHP_REASON_OTHER:
		return list_causes(op, step, "refused");
	default:
		return NULL;
	}
}

static const char *refusal_text(const struct operation *op, const struct memhp_step *step)
{
	bool offline = operation_goes_offline(op, step);

	switch (memhp_step_get_reason(step)) {
	case MEMHP_REASON_BUSY:
		return offline ? "busy" : "busy: its device is at work on it or going away, or a driver refuses";
	case MEMHP_REASON_UNMOVABLE_PAGE:
		return "a page that cannot be moved";
	case MEMHP_REASON_MIGRATION_FAILURE:
		return "a page that the kernel could not move away";
	case MEMHP_REASON_ISOLATION:
		return "the kernel could not isolate it: an allocation or device is at work, or a huge page crosses its border";
	case MEMHP_REASON_HUGE_PAGES:
		return "free huge pages in it could not be given back: they are reserved or needed";
	case MEMHP_REASON_INVALID_RANGE:
	case MEMHP_REASON_MEMORY_HOLE:
		return "a hole in its memory, so it can never go offline";
	case MEMHP_REASON_BOOT_MEMORY:
		return "boot memory, which an arm64 kernel never takes offline";
	case MEMHP_REASON_SEVERAL_ZONES:
		return "several zones or NUMA nodes in it, so it can never go offline";
	case MEMHP_REASON_VETO:
		return offline ? "vetoed by a part of the kernel or a driver that needs it"
			       : "vetoed by a part of the kernel or a driver";
	case MEMHP_REASON_NO_MEMORY:
		return "the kernel or a driver lacks memory for that";
	case MEMHP_REASON_HWPOISON:
		return "a page with a hardware memory error";
	default:
		return "refused by the kernel";
	}
}

const char *row_reason_text(enum memhp_outcome outcome, enum memhp_reason reason)
{
	if (outcome == MEMHP_OUTCOME_UNVERIFIED)
		return "may be changed: it was written, and cannot be read back";
	if (outcome == MEMHP_OUTCOME_REVERTED)
		return "changed, and brought back by another program";
	switch (reason) {
	case MEMHP_REASON_DEADLINE:
	case MEMHP_REASON_LOCKED:
		return "not done when the deadline passed";
	case MEMHP_REASON_CANCELLED:
		return "not done when the request was cancelled";
	case MEMHP_REASON_RACE:
		return "changed by another program at the same time";
	case MEMHP_REASON_WRITER_DIED:
		return "not done: somebody killed the process that writes";
	case MEMHP_REASON_UNREADABLE:
		return "the state cannot be read or understood";
	default:
		return NULL;
	}
}

static const char *reason_text(const struct operation *op, const struct memhp_step *step)
{
	const char *common = row_reason_text(memhp_step_get_outcome(step), memhp_step_get_reason(step));

	if (memhp_step_get_outcome(step) == MEMHP_OUTCOME_UNVERIFIED || memhp_step_get_outcome(step) == MEMHP_OUTCOME_REVERTED)
		return common;
	if (memhp_step_get_outcome(step) == MEMHP_OUTCOME_IMPOSSIBLE && memhp_step_get_reason(step) == MEMHP_REASON_OTHER_ZONE)
		return "the kernel does not offer that zone for it (valid_zones)";
	switch (memhp_step_get_reason(step)) {
	case MEMHP_REASON_NONE:
		return NULL;
	case MEMHP_REASON_SIGNAL:
		return "the kernel gave up: a signal, the freezer or a debugger";
	case MEMHP_REASON_ACCESS:
		return "no permission to change it";
	case MEMHP_REASON_READ_ONLY:
		return "sysfs is read-only";
	case MEMHP_REASON_OTHER_ZONE:
		return "online in another zone than asked";
	case MEMHP_REASON_GONE:
		return "removed meanwhile";
	case MEMHP_REASON_STANDBY:
		return "standby memory, not configured: it has no block yet";
	case MEMHP_REASON_FILTER:
		return "not touched, as what a filter asks for cannot be read";
	case MEMHP_REASON_KERNEL_SHARE:
		return "not taken in place of others, as too little kernel memory would be left";
	case MEMHP_REASON_SPARE:
		return "not needed";
	default:
		return common ? common : refusal_text(op, step);
	}
}

char *operation_make_reason(const struct operation *op, const struct memhp_step *step)
{
	char *open = memhp_step_get_reason(step) == MEMHP_REASON_LOCKED ? operation_blocker_reason(op) : make_open_reason(op, step);
	const char *text = open ? NULL : reason_text(op, step);

	return text ? xstrdup(text) : open;
}
