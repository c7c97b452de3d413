/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What went wrong, in sentences */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operation/operation.h"
#include "ui/format.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

/* Runs of blocks that have the same trouble are named in one sentence, so many of them at the most. */
#define MAX_RUNS_NAMED 8

struct trouble {
	enum memhp_outcome outcome;
	enum memhp_reason reason;
	int error;
	char *text, *hint;                /* what is said of all of them, NULL for nothing special */
	const struct memhp_step *example; /* the first one, and of several the first whose page is known */
	size_t num_runs, num_blocks;
	char *blocks; /* "32-39, 45" */
};

struct troubles {
	struct trouble *items;
	size_t num;
};

static bool is_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static struct trouble *find_trouble(struct troubles *troubles, const struct operation *op, const struct memhp_step *step)
{
	struct trouble new = {
		.outcome = memhp_step_get_outcome(step),
		.reason = memhp_step_get_reason(step),
		.error = memhp_step_get_error(step),
		.text = operation_make_reason(op, step),
		.hint = operation_make_hint(op, step),
		.example = step,
	};

	for (size_t i = 0; i < troubles->num; i++) {
		struct trouble *trouble = &troubles->items[i];

		if (trouble->outcome != new.outcome || trouble->reason != new.reason || trouble->error != new.error ||
		    !is_same_text(trouble->text, new.text) || !is_same_text(trouble->hint, new.hint))
			continue;
		free(new.text);
		free(new.hint);
		if (!memhp_step_get_page(trouble->example))
			trouble->example = step;
		return trouble;
	}
	troubles->items = xreallocarray(troubles->items, troubles->num + 1, sizeof(new));
	troubles->items[troubles->num] = new;
	return &troubles->items[troubles->num++];
}

static void add_trouble(struct troubles *troubles, const struct operation *op, const struct step_run *run)
{
	struct trouble *trouble = find_trouble(troubles, op, run->first);
	char *blocks = step_run_blocks(op, run), *longer;

	trouble->num_blocks += (memhp_step_get_last_addr(run->high) - memhp_step_get_start_addr(run->low)) / op->block_size + 1;
	if (trouble->num_runs++ >= MAX_RUNS_NAMED) {
		free(blocks);
		return;
	}
	longer = xasprintf("%s%s%s", trouble->blocks ? trouble->blocks : "", trouble->blocks ? ", " : "", blocks);
	free(trouble->blocks);
	free(blocks);
	trouble->blocks = longer;
}

/* How the sentence goes on with the page: the trouble is one, or ended with something else while the kernel could not move it. */
static const char *lead_to_page(const struct trouble *trouble)
{
	if (trouble->reason != MEMHP_REASON_UNMOVABLE_PAGE && trouble->reason != MEMHP_REASON_MIGRATION_FAILURE)
		return trouble->num_blocks == 1 ? "; the kernel could not move " : "; the kernel could not move, for example, ";
	return trouble->num_blocks == 1 ? ": " : ", such as ";
}

/* ": memory of the kernel's own or of a driver, page 0x100000, taken by sshd (process 801)"; "" where no page is known. */
static char *describe_page(const struct trouble *trouble)
{
	const struct memhp_page *page = memhp_step_get_page(trouble->example);
	char number[48] = "", owner[96] = "";

	if (!page)
		return xstrdup("");
	if (memhp_page_get_pfn(page) != UINT64_MAX)
		snprintf(number, sizeof(number), ", page 0x%" PRIx64, memhp_page_get_pfn(page));
	if (memhp_page_get_owner(page))
		snprintf(owner, sizeof(owner), ", taken by %s (process %d)", memhp_page_get_owner(page),
			 (int)memhp_page_get_owner_pid(page));
	else if (memhp_page_get_owner_pid(page))
		snprintf(owner, sizeof(owner), ", taken by process %d", (int)memhp_page_get_owner_pid(page));
	return xasprintf("%s%s%s%s", lead_to_page(trouble), operation_page_text(trouble->example), number, owner);
}

static void tell_trouble(const struct trouble *trouble)
{
	const char *text = trouble->text, *hint = trouble->hint;
	const char *error = errno_name(trouble->error), *what = "";
	_cleanup_free_ char *page = describe_page(trouble);

	if (operation_had_no_turn(trouble->example))
		text = "not tried any more";
	else if (trouble->outcome == MEMHP_OUTCOME_ROLLBACK_FAILED)
		what = "changed and not brought back: ";
	warn("block%s %s%s: %s%s%s%s%s%s%s%s", trouble->num_blocks == 1 ? "" : "s", trouble->blocks,
	     trouble->num_runs > MAX_RUNS_NAMED ? " and more" : "", what, text ? text : "failed", page, error ? " (" : "",
	     error ? error : "", error ? ")" : "", hint ? "; " : "", hint ? hint : "");
}

/* That something was asked for and could not be had is no failure of the request, and yet said. */
static void tell_debug_error(const struct operation *op)
{
	int error = op->result ? memhp_result_get_kernel_debug_error(op->result) : 0;

	if (error == -EOPNOTSUPP || error == -ENOENT)
		warn("--kernel-debug: this kernel has no debug messages that can be switched on (CONFIG_DYNAMIC_DEBUG), or "
		     "debugfs is not mounted");
	else if (error < 0)
		warn("--kernel-debug: the kernel's debug messages cannot be switched on: %s", strerror(-error));
	else if (has_option(op->options, OPT_KERNEL_DEBUG) && op->result && memhp_result_get_kernel_log_error(op->result) < 0)
		warn("--kernel-debug: the kernel's log, /dev/kmsg, cannot be read: %s",
		     strerror(-memhp_result_get_kernel_log_error(op->result)));
}

/* Why the device is still there although its blocks were offline */
static const char *device_text(const struct operation *op, int error)
{
	bool is_dimm = strncmp(op->device, "dimm:", strlen("dimm:")) == 0;

	switch (error) {
	case -ETIMEDOUT:
		return is_dimm ? "it was asked for, and the firmware or hypervisor has not done it by the deadline; it may still "
				 "come to it"
			       : "it was not done by the deadline";
	case -ECANCELED:
		return "it was interrupted; it may still come to it";
	case -EBUSY:
	case -EAGAIN:
		return "the kernel is busy with it; try again later";
	case -ENODEV:
		return "the kernel has no driver for its removal (CONFIG_ACPI_HOTPLUG_MEMORY)";
	default:
		return "see the kernel's log (dmesg)";
	}
}

/* What the device's memory is when it could not be ejected */
static const char *left_text(const struct operation *op)
{
	const struct memhp_step *step;

	if (memhp_result_is_rolled_back(op->result))
		return "as it was before";
	for (size_t i = 0; (step = operation_get_step(op, i)); i++)
		if (operation_is_gone(op, step))
			return "gone in part, and otherwise offline";
	return "offline";
}

/* Of blocks that are as they were nothing is told, and yet something was why. */
static void tell_rollback(const struct operation *op, bool has_troubles)
{
	if (op->result && memhp_result_is_rolled_back(op->result) && !has_troubles && !op->session.signal)
		warn("all was brought back, for a block had not stayed as asked, or its state could not be read after the change");
}

static void tell_device(const struct operation *op)
{
	int error = op->device && op->result ? memhp_result_get_eject_error(op->result) : 0;

	if (error < 0 && memhp_result_is_eject_unseen(op->result))
		warn("whether %s is ejected cannot be told: its memory blocks cannot be looked for: %s (%s); do not pull it before "
		     "memctl list shows that they are gone",
		     op->device, strerror(-error), errno_name(error));
	else if (error < 0)
		warn("%s was not ejected: %s (%s); its memory is %s", op->device, device_text(op, error), errno_name(error),
		     left_text(op));
	else if (op->device && op->result && !memhp_result_is_ejected(op->result))
		warn("%s was not ejected: not all of its memory is offline", op->device);
}

void operation_tell_troubles(const struct operation *op)
{
	struct troubles troubles = { 0 };
	struct step_run run;
	size_t index = 0;

	while (operation_next_run(op, &index, &run)) {
		enum memhp_outcome outcome = memhp_step_get_outcome(run.first);

		if (!memhp_step_is_done(run.first) && outcome != MEMHP_OUTCOME_PLANNED && outcome != MEMHP_OUTCOME_ROLLED_BACK &&
		    !operation_is_spare(run.first) && !operation_is_passed_over(op, run.first))
			add_trouble(&troubles, op, &run);
	}
	for (size_t i = 0; i < troubles.num; i++) {
		tell_trouble(&troubles.items[i]);
		free(troubles.items[i].blocks);
		free(troubles.items[i].text);
		free(troubles.items[i].hint);
	}
	free(troubles.items);
	tell_rollback(op, troubles.num > 0);
	operation_tell_agents(op);
	operation_tell_processes(op);
	tell_device(op);
	tell_debug_error(op);
	if (memhp_plan_get_num_short(op->plan))
		warn("there are not enough blocks: %" PRIu64 " more would be needed", memhp_plan_get_num_short(op->plan));
	if (op->result && memhp_result_get_writer_pid(op->result))
		warn("the kernel still holds the writer, process %d, which was killed; it ends as soon as the kernel lets go, and "
		     "can do nothing further: look again with memctl list",
		     (int)memhp_result_get_writer_pid(op->result));
	operation_tell_huge_pages(op);
	operation_tell_crash_kernel(op);
}
