/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a block is not as asked, and what to try */
#include <stdio.h>
#include <string.h>

#include "operation/operation.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

/* What could not be brought back failed in the other direction. */
static bool is_offline(const struct operation *op, const struct memhp_step *step)
{
	return (op->action == MEMHP_TRANSITION_OFFLINE) != (memhp_step_get_outcome(step) == MEMHP_OUTCOME_ROLLBACK_FAILED);
}

/* Whether its block is, or is to be, in a zone of the kernel's own */
static bool is_in_kernel_zone(const struct memhp_step *step)
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

/* Whether the kernel's log was read, and had nothing about the block but that the writer was killed */
static bool is_log_silent(const struct operation *op, const struct memhp_step *step)
{
	const char *text = memhp_step_get_kernel_text(step);

	return op->result && memhp_result_get_kernel_log_error(op->result) == 0 &&
	       (!text || (strstr(text, "signal backoff") && !strchr(text, '\n')));
}

static const char *cause_text(const struct operation *op, const struct memhp_step *step, enum memhp_reason cause)
{
	switch (cause) {
	case MEMHP_REASON_MEMORY_HOLE:
		return "a hole in its memory";
	case MEMHP_REASON_SEVERAL_ZONES:
		return "several zones or NUMA nodes in it";
	case MEMHP_REASON_BOOT_MEMORY:
		return "an arm64 machine keeps what it booted with";
	case MEMHP_REASON_CRASH_KERNEL:
		return "a crash kernel starts there";
	case MEMHP_REASON_NO_MEMORY:
		return "too little for the kernel itself";
	case MEMHP_REASON_UNMOVABLE_PAGE:
		/* The log names all others, except before Linux 5.0. */
		if (is_log_silent(op, step))
			return "a page that cannot be moved, such as a balloon's";
		return is_in_kernel_zone(step) ? "pages that cannot be moved, such as the kernel's own"
					       : "a page that is in use for the moment";
	case MEMHP_REASON_ISOLATION:
		return "something else at work on the range (an allocation of huge pages, a memory device), a huge page in use "
		       "across its border";
	case MEMHP_REASON_HUGE_PAGES:
		return "free huge pages that cannot be given back";
	case MEMHP_REASON_RACE:
		return "another agent that changed it meanwhile";
	default:
		return "a driver or another part of the kernel that refuses";
	}
}

/* "LEAD: this, that or the third" */
static char *list_causes(const struct operation *op, const struct memhp_step *step, const char *lead, const char *tail)
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
	fputs(tail, out);
	xclose_memstream(out);
	return text;
}

/* An errno, and what it leaves open; NULL where more or nothing is known. */
static char *make_open_reason(const struct operation *op, const struct memhp_step *step)
{
	bool offline = is_offline(op, step);

	/* A page that could not be moved away would be named in the log. */
	if (memhp_step_get_reason(step) == MEMHP_REASON_DEADLINE && offline && is_log_silent(op, step))
		return operation_silent_reason(step);
	if (memhp_step_get_num_causes(step) == 0)
		return NULL;
	switch (memhp_step_get_reason(step)) {
	case MEMHP_REASON_BUSY:
		if (!offline)
			return NULL;
		return list_causes(op, step, "busy", is_log_silent(op, step) ? "; the kernel's log names no page" : "");
	case MEMHP_REASON_INVALID_RANGE:
		if (memhp_step_get_cause(step, 0) == MEMHP_REASON_MEMORY_HOLE && memhp_step_get_num_causes(step) == 1)
			return NULL;
		return list_causes(op, step, "the kernel finds it unfit", "");
	case MEMHP_REASON_VETO:
		return list_causes(op, step, "vetoed by a part of the kernel", "");
	case MEMHP_REASON_NO_MEMORY:
		return list_causes(op, step, "no memory for that", "");
	case MEMHP_REASON_OTHER:
		return list_causes(op, step, "refused", "");
	default:
		return NULL;
	}
}

static const char *refusal_text(const struct operation *op, const struct memhp_step *step)
{
	bool offline = is_offline(op, step);

	switch (memhp_step_get_reason(step)) {
	case MEMHP_REASON_BUSY:
		return offline ? "busy" : "busy: the device of that memory is at work on it or going away, or a driver refuses";
	case MEMHP_REASON_UNMOVABLE_PAGE:
		return "a page that cannot be moved";
	case MEMHP_REASON_MIGRATION_FAILURE:
		return "a page that the kernel could not move away";
	case MEMHP_REASON_ISOLATION:
		return "the kernel could not isolate the range, and names no page: something else is at work on it, such as an "
		       "allocation of huge pages or a memory device, or a huge page in use lies across its border";
	case MEMHP_REASON_HUGE_PAGES:
		return "free huge pages there could not be given back: they are reserved, or others are needed in their place";
	case MEMHP_REASON_INVALID_RANGE:
	case MEMHP_REASON_MEMORY_HOLE:
		return "there is a hole in its memory, and it can never go offline";
	case MEMHP_REASON_BOOT_MEMORY:
		return "the machine booted with it, and an arm64 kernel never takes such memory offline";
	case MEMHP_REASON_SEVERAL_ZONES:
		return "several zones or NUMA nodes in one block, which the kernel never takes offline";
	case MEMHP_REASON_VETO:
		return offline ? "vetoed by a part of the kernel or a driver that needs it"
			       : "vetoed by a part of the kernel or a driver";
	case MEMHP_REASON_NO_MEMORY:
		return "the kernel lacks memory for that, or a driver does";
	case MEMHP_REASON_HWPOISON:
		return "a page there has a hardware memory error";
	default:
		return "refused by the kernel";
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
		return "the kernel gave up because of a signal, a freezer or a debugger";
	case MEMHP_REASON_ACCESS:
		return "no permission to change it";
	case MEMHP_REASON_READ_ONLY:
		return "sysfs is read-only";
	case MEMHP_REASON_OTHER_ZONE:
		return "online in another zone than asked";
	case MEMHP_REASON_GONE:
		return "removed meanwhile";
	case MEMHP_REASON_FILTER:
		return "not touched, for what a filter asks about cannot be read";
	case MEMHP_REASON_KERNEL_SHARE:
		return "not taken in place of others, for the kernel would keep too little memory of its own beside the movable";
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

#define DROP_CACHES "dropping caches may free it (sysctl vm.drop_caches=3); then try again"

/* What to try instead of the block; of those in ZONE_MOVABLE, and where the zone is not known, none is better by its zone. */
#define CHOOSE_MOVABLE "choose a block of zone Movable (memctl list --zone Movable)"
#define CHOOSE_OTHER   "choose another block"

/* Static, NULL where there is nothing to choose */
static const char *other_choice(const struct operation *op)
{
	return op->has_other_choice ? CHOOSE_OTHER : NULL;
}

static const char *choice(const struct operation *op, const struct memhp_step *step)
{
	return is_in_kernel_zone(step) && op->has_movable_choice ? CHOOSE_MOVABLE : other_choice(op);
}

/* "ADVICE, or CHOICE"; either may be NULL. NULL where both are; from malloc() */
static char *advise(const char *advice, const char *choice)
{
	if (!advice && !choice)
		return NULL;
	return xasprintf("%s%s%s", advice ? advice : "", advice && choice ? ", or " : "", choice ? choice : "");
}

/* What to try when a page cannot be moved */
static char *unmovable_hint(const struct operation *op, const struct memhp_step *step)
{
	const char *instead = op->has_other_choice ? "; " CHOOSE_OTHER : "";

	switch (memhp_page_get_kind(memhp_step_get_page(step))) {
	case MEMHP_PAGE_KIND_SLAB:
	case MEMHP_PAGE_KIND_FILE:
		return advise(DROP_CACHES, choice(op, step));
	case MEMHP_PAGE_KIND_RESERVED:
		return xasprintf("it stays for as long as the machine runs%s", instead);
	case MEMHP_PAGE_KIND_CMA:
		return xasprintf("it stays for as long as the machine runs (see cma= on the kernel's command line)%s", instead);
	default:
		return is_in_kernel_zone(step) && op->has_movable_choice
			       ? xstrdup(CHOOSE_MOVABLE ", which the kernel keeps free of such pages")
			       : advise(NULL, other_choice(op));
	}
}

static char *offline_hint(const struct operation *op, const struct memhp_step *step)
{
	switch (memhp_step_get_reason(step)) {
	case MEMHP_REASON_UNMOVABLE_PAGE:
		return memhp_step_get_page(step) ? unmovable_hint(op, step) : advise(NULL, choice(op, step));
	case MEMHP_REASON_MIGRATION_FAILURE:
	case MEMHP_REASON_DEADLINE:
		if (operation_left_slab(step) && is_log_silent(op, step))
			return advise(DROP_CACHES, choice(op, step));
		if (memhp_step_get_page(step))
			return xasprintf("a device, a guest, RDMA or hung I/O may hold on to it, or there is no room elsewhere; "
					 "end what holds it%s",
					 op->has_other_choice ? ", try with more time, or " CHOOSE_OTHER
							      : ", or try with more time");
		return xasprintf("pages may be pinned, or have nowhere to go; try with more time%s",
				 op->has_other_choice ? ", or another block" : "");
	case MEMHP_REASON_BUSY:
		return advise(row_try_again(op), choice(op, step));
	case MEMHP_REASON_ISOLATION:
		return advise(row_try_again(op), other_choice(op));
	case MEMHP_REASON_SIGNAL:
		return xstrdup(row_try_again(op));
	case MEMHP_REASON_HUGE_PAGES:
		return advise("make the pool of huge pages smaller (nr_hugepages)", other_choice(op));
	case MEMHP_REASON_NO_MEMORY:
		return xstrdup("free memory, or give the rest of the machine more of it");
	default:
		return NULL;
	}
}

static const char *online_hint(const struct operation *op, const struct memhp_step *step)
{
	switch (memhp_step_get_reason(step)) {
	case MEMHP_REASON_BUSY:
	case MEMHP_REASON_SIGNAL:
		return row_try_again(op);
	case MEMHP_REASON_NO_MEMORY:
		return "free some of the memory in kernel zones, then try again";
	case MEMHP_REASON_DEADLINE:
		return "another change may hold the kernel's lock; try with more time";
	default:
		return NULL;
	}
}

static const char *common_hint(const struct operation *op, const struct memhp_step *step)
{
	if (memhp_step_get_outcome(step) == MEMHP_OUTCOME_IMPOSSIBLE && memhp_step_get_reason(step) == MEMHP_REASON_OTHER_ZONE)
		return "leave the zone to the kernel, or choose another block";
	if (memhp_step_get_outcome(step) == MEMHP_OUTCOME_UNVERIFIED)
		return "look again with memctl list";
	switch (memhp_step_get_reason(step)) {
	case MEMHP_REASON_KERNEL_SHARE:
		return "--force=ratio takes them all the same";
	case MEMHP_REASON_SEVERAL_ZONES:
	case MEMHP_REASON_INVALID_RANGE:
	case MEMHP_REASON_MEMORY_HOLE:
	case MEMHP_REASON_BOOT_MEMORY:
		return other_choice(op);
	case MEMHP_REASON_VETO:
		return memhp_step_get_num_causes(step) ? other_choice(op) : "look at the kernel log (dmesg)";
	case MEMHP_REASON_OTHER:
		/* EAGAIN */
		return memhp_step_get_outcome(step) == MEMHP_OUTCOME_BUSY ? row_try_again(op) : "look at the kernel log (dmesg)";
	case MEMHP_REASON_LOCKED:
		return operation_has_rescue(op) ? "end that program, or write 1 to " OFFLINE_PASSES ", which has the kernel give up"
						: "wait for it, or end that program; then try again";
	case MEMHP_REASON_OTHER_ZONE:
		return "to change the zone take the block offline first, then online it again";
	case MEMHP_REASON_RACE:
		return "look for a udev rule or a daemon that changes memory blocks, then try again";
	case MEMHP_REASON_HWPOISON:
		return "the memory module may be failing; look at the kernel log (dmesg)";
	default:
		return is_offline(op, step) ? NULL : online_hint(op, step);
	}
}

static char *base_hint(const struct operation *op, const struct memhp_step *step)
{
	const char *hint = common_hint(op, step);

	if (hint)
		return xstrdup(hint);
	return is_offline(op, step) ? offline_hint(op, step) : NULL;
}

/* Whether processes may have to do with it, and were not looked for */
static bool can_ask_who(const struct operation *op, const struct memhp_step *step)
{
	const struct memhp_page *page = memhp_step_get_page(step);

	if (!opts_take(op->options, OPT_WHO) || has_option(op->options, OPT_WHO))
		return false;
	switch (memhp_step_get_reason(step)) {
	case MEMHP_REASON_BUSY:
	case MEMHP_REASON_DEADLINE:
	case MEMHP_REASON_MIGRATION_FAILURE:
		return !operation_left_slab(step) || !is_log_silent(op, step);
	case MEMHP_REASON_UNMOVABLE_PAGE:
		return page &&
		       (memhp_page_get_kind(page) == MEMHP_PAGE_KIND_ANON || memhp_page_get_kind(page) == MEMHP_PAGE_KIND_FILE);
	default:
		return false;
	}
}

/* Whether the kernel has more to say than it did */
static bool can_ask_kernel(const struct operation *op, const struct memhp_step *step)
{
	return is_offline(op, step) && op->action == MEMHP_TRANSITION_OFFLINE && memhp_step_get_num_causes(step) > 1 &&
	       opts_take(op->options, OPT_KERNEL_DEBUG) && !has_option(op->options, OPT_KERNEL_DEBUG);
}

static bool had_no_turn(const struct memhp_step *step)
{
	return memhp_step_get_outcome(step) == MEMHP_OUTCOME_NOT_TRIED && memhp_step_get_reason(step) != MEMHP_REASON_KERNEL_SHARE;
}

char *operation_make_hint(const struct operation *op, const struct memhp_step *step)
{
	_cleanup_free_ char *hint = had_no_turn(step) ? NULL : base_hint(op, step);
	const char *ask_kernel = can_ask_kernel(op, step) ? "--kernel-debug has the kernel say why it refuses" : "";
	const char *ask_who = can_ask_who(op, step) ? "--who names the processes that map pages there" : "";

	if (!hint)
		return *ask_kernel ? xstrdup(ask_kernel) : NULL;
	return xasprintf("%s%s%s%s%s", hint, *ask_kernel ? "; " : "", ask_kernel, *ask_who ? "; " : "", ask_who);
}
