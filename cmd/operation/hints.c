/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What to try about a block that is not as asked, in words, and how to learn more of it */
#include <fcntl.h>
#include <unistd.h>

#include "operation/operation.h"
#include "ui/advice.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

#define LOOK_AGAIN           "look again with memctl list"
#define LOOK_AT_LOG          "look at the kernel log (dmesg)"
#define LOCK_IS_HELD(option) "a longer " option ": another change may hold the kernel's lock"

/* With this file a kernel can be made to give up an offline that another program has started. */
#define OFFLINE_PASSES "/sys/module/memory_hotplug/parameters/offline_migrate_max_passes"

static bool has_file(const struct operation *op, const char *path)
{
	int fd = memhp_ctx_open(op->session.ctx, path, O_PATH);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* --retry comes back to what was busy. */
static const char *try_again(const struct operation *op)
{
	return opts_take(op->options, OPT_RETRY) && !has_option(op->options, OPT_RETRY) ? "--retry 5" : "again later";
}

/* Which of the two deadlines ended what took so long: each block has its own, and the request one for all. */
static bool ended_at_request_deadline(const struct operation *op, uint64_t elapsed_ms)
{
	return op->completion == MEMHP_COMPLETION_TIMEOUT && elapsed_ms < op->block_timeout_ms;
}

static const char *lock_hint(const struct operation *op, uint64_t elapsed_ms)
{
	return ended_at_request_deadline(op, elapsed_ms) ? LOCK_IS_HELD("--timeout") : LOCK_IS_HELD("--block-timeout");
}

/* "a longer --timeout"; where the kernel gave up by itself, time is not what it lacked */
static const char *more_time(const struct operation *op, const struct memhp_step *step)
{
	if (memhp_step_get_reason(step) != MEMHP_REASON_DEADLINE)
		return try_again(op);
	return ended_at_request_deadline(op, memhp_step_get_elapsed_ms(step)) ? "a longer --timeout" : "a longer --block-timeout";
}

const char *row_hint_text(const struct operation *op, const struct report_row *row)
{
	if (row->outcome == MEMHP_OUTCOME_UNVERIFIED)
		return LOOK_AGAIN;
	if (row->outcome == MEMHP_OUTCOME_TIMEOUT)
		return lock_hint(op, row->elapsed_ms);
	if (row->outcome == MEMHP_OUTCOME_BUSY)
		return try_again(op);
	return NULL;
}

#define DROP_CACHES "drop caches (sysctl vm.drop_caches=3), then try again"

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
	return operation_is_in_kernel_zone(step) && op->has_movable_choice ? CHOOSE_MOVABLE : other_choice(op);
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
		return xasprintf("it stays as long as the machine runs%s", instead);
	case MEMHP_PAGE_KIND_CMA:
		return xasprintf("it stays as long as the machine runs (see cma= on the kernel's command line)%s", instead);
	default:
		return operation_is_in_kernel_zone(step) && op->has_movable_choice
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
		if (operation_left_slab(step) && operation_is_log_silent(op, step))
			return advise(DROP_CACHES, choice(op, step));
		if (memhp_step_get_page(step))
			return xasprintf("end what holds it (a device, a guest, RDMA, hung I/O), free memory elsewhere, %s%s%s",
					 op->has_other_choice ? "" : "or ", more_time(op, step),
					 op->has_other_choice ? ", or " CHOOSE_OTHER : "");
		return xasprintf("%s%s: pages may be pinned, or have nowhere to go", more_time(op, step),
				 op->has_other_choice ? ", or another block" : "");
	case MEMHP_REASON_BUSY:
		return advise(try_again(op), choice(op, step));
	case MEMHP_REASON_ISOLATION:
		return advise(try_again(op), other_choice(op));
	case MEMHP_REASON_SIGNAL:
		return xstrdup(try_again(op));
	case MEMHP_REASON_HUGE_PAGES:
		return advise("make the pool of huge pages smaller (nr_hugepages)", other_choice(op));
	case MEMHP_REASON_NO_MEMORY:
		return xstrdup("free memory elsewhere, or bring more of it online");
	default:
		return NULL;
	}
}

static const char *online_hint(const struct operation *op, const struct memhp_step *step)
{
	switch (memhp_step_get_reason(step)) {
	case MEMHP_REASON_BUSY:
	case MEMHP_REASON_SIGNAL:
		return try_again(op);
	case MEMHP_REASON_NO_MEMORY:
		return "free some of the memory in kernel zones, then try again";
	case MEMHP_REASON_DEADLINE:
		return lock_hint(op, memhp_step_get_elapsed_ms(step));
	default:
		return NULL;
	}
}

/* Of a request with goals of their own neither the zone nor the block is a matter of choice. */
static const char *other_zone_hint(const struct operation *op)
{
	return op->action == MEMHP_TRANSITION_NONE ? NULL : "leave the zone to the kernel, or choose another block";
}

static const char *common_hint(const struct operation *op, const struct memhp_step *step)
{
	if (memhp_step_get_outcome(step) == MEMHP_OUTCOME_IMPOSSIBLE && memhp_step_get_reason(step) == MEMHP_REASON_OTHER_ZONE)
		return other_zone_hint(op);
	if (memhp_step_get_outcome(step) == MEMHP_OUTCOME_UNVERIFIED)
		return LOOK_AGAIN;
	switch (memhp_step_get_reason(step)) {
	case MEMHP_REASON_STANDBY:
		return "memctl configure, which gives it one";
	case MEMHP_REASON_KERNEL_SHARE:
		return "--force=ratio, which takes them all the same";
	case MEMHP_REASON_SEVERAL_ZONES:
	case MEMHP_REASON_INVALID_RANGE:
	case MEMHP_REASON_MEMORY_HOLE:
	case MEMHP_REASON_BOOT_MEMORY:
		return other_choice(op);
	case MEMHP_REASON_VETO:
		return memhp_step_get_num_causes(step) ? other_choice(op) : LOOK_AT_LOG;
	case MEMHP_REASON_OTHER:
		/* EAGAIN */
		return memhp_step_get_outcome(step) == MEMHP_OUTCOME_BUSY ? try_again(op) : LOOK_AT_LOG;
	case MEMHP_REASON_LOCKED:
		return has_file(op, OFFLINE_PASSES) ? NULL : "wait for it, or end that program; then try again";
	case MEMHP_REASON_OTHER_ZONE:
		return "take the block offline, then online it to that zone";
	case MEMHP_REASON_RACE:
		return "look for a udev rule or a daemon that changes memory blocks, then try again";
	case MEMHP_REASON_HWPOISON:
		return "the memory module may be failing; look at the kernel log (dmesg)";
	default:
		return operation_goes_offline(op, step) ? NULL : online_hint(op, step);
	}
}

static char *rescue_hint(void)
{
	_cleanup_free_ char *path = advice_path(OFFLINE_PASSES);

	return xasprintf("end that program, or write 1 to %s, which has the kernel give up", path);
}

static char *base_hint(const struct operation *op, const struct memhp_step *step)
{
	const char *hint = common_hint(op, step);

	if (memhp_step_get_reason(step) == MEMHP_REASON_LOCKED && !hint)
		return rescue_hint();
	if (hint)
		return xstrdup(hint);
	return operation_goes_offline(op, step) ? offline_hint(op, step) : NULL;
}

/* A kernel without CONFIG_PROC_PAGE_MONITOR does not tell what a process maps; where there are processes, there is a first one. */
static bool is_told_who(const struct operation *op)
{
	return has_file(op, "/proc/1/pagemap");
}

static bool is_told_why(const struct operation *op)
{
	return has_file(op, "/proc/dynamic_debug/control") || has_file(op, "/sys/kernel/debug/dynamic_debug/control");
}

/* Whether processes may have to do with it, and were not looked for */
static bool may_be_processes(const struct operation *op, const struct memhp_step *step)
{
	const struct memhp_page *page = memhp_step_get_page(step);

	if (!opts_take(op->options, OPT_WHO) || has_option(op->options, OPT_WHO))
		return false;
	switch (memhp_step_get_reason(step)) {
	case MEMHP_REASON_BUSY:
	case MEMHP_REASON_DEADLINE:
	case MEMHP_REASON_MIGRATION_FAILURE:
		return !operation_left_slab(step) || !operation_is_log_silent(op, step);
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
	return operation_goes_offline(op, step) && memhp_step_get_last_action(step) == MEMHP_TRANSITION_OFFLINE &&
	       memhp_step_get_num_causes(step) > 1 && opts_take(op->options, OPT_KERNEL_DEBUG) &&
	       !has_option(op->options, OPT_KERNEL_DEBUG) && is_told_why(op);
}

static bool had_no_turn(const struct memhp_step *step)
{
	return memhp_step_get_outcome(step) == MEMHP_OUTCOME_NOT_TRIED && memhp_step_get_reason(step) != MEMHP_REASON_KERNEL_SHARE;
}

char *operation_make_hint(const struct operation *op, const struct memhp_step *step)
{
	return had_no_turn(step) ? NULL : base_hint(op, step);
}

char *operation_make_more(const struct operation *op, const struct memhp_step *step)
{
	const char *ask_kernel = can_ask_kernel(op, step) ? "--kernel-debug has the kernel say why it refuses" : "";
	const char *ask_who = may_be_processes(op, step) && is_told_who(op) ? "--who names the processes that map pages there" : "";

	if (had_no_turn(step) || (!*ask_kernel && !*ask_who))
		return NULL;
	return xasprintf("%s%s%s", ask_kernel, *ask_kernel && *ask_who ? "; " : "", ask_who);
}
