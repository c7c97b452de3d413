/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guards: a look at what a plan does to the machine, before it is carried out */
#include <stdio.h>
#include <stdlib.h>

#include "change.h"
#include "format.h"
#include "xalloc.h"

/* MOVABLE:KERNEL up to 3:1 is fine, past 4:1 the kernel may run out of memory of its own. */
#define WARN_RATIO   3.0
#define REFUSE_RATIO 4.0

static uint64_t planned_size(const struct change *change)
{
	const struct memhp_step *step;
	uint64_t size = change->adding;

	for (size_t i = 0; change->plan && (step = memhp_plan_get_step(change->plan, i)); i++)
		if (memhp_step_get_outcome(step) == MEMHP_OUTCOME_PLANNED)
			size += change->block_size;
	return size;
}

static void check_memory_left(struct change *change, const struct memhp_balance *balance)
{
	uint64_t size = planned_size(change), available = memhp_balance_get_available_bytes(balance),
		 keep = change->options->keep_free;
	char size_text[SIZE_TEXT_MAX], available_text[SIZE_TEXT_MAX], keep_text[SIZE_TEXT_MAX];
	struct guard *guard = &change->guard;
	const uint64_t mib = 1 << 20;

	if (size == 0 || available == UINT64_MAX || (size <= available && available - size >= keep))
		return;
	guard->code = "memory-left";
	guard->refused = true;
	guard->available = available;
	guard->keep_free = keep;
	guard->text = xasprintf("%s would go offline, with %s of memory available%s%s%s", format_size(size, size_text),
				format_size(available / mib * mib, available_text), keep ? " and " : "",
				keep ? format_size(keep, keep_text) : "", keep ? " of that to be kept" : "");
}

static void check_imbalance(struct change *change, const struct memhp_balance *balance)
{
	double movable = (double)(memhp_balance_get_movable_bytes(balance) + planned_size(change));
	double kernel = (double)memhp_balance_get_kernel_bytes(balance);
	struct guard *guard = &change->guard;

	if (kernel == 0 || planned_size(change) == 0 || movable / kernel <= WARN_RATIO)
		return;
	guard->code = "imbalance";
	guard->ratio = movable / kernel;
	guard->refused = guard->ratio > REFUSE_RATIO;
	guard->text = xasprintf("there would be %.2f times as much movable as kernel memory, and the kernel may run out of its own",
				guard->ratio);
}

void change_check_guards(struct change *change)
{
	struct memhp_balance *balance;

	/* What is not known cannot stand guard. */
	if (memhp_balance_new(&balance, change->ctx) < 0)
		return;
	if (change->action == MEMHP_ACTION_OFFLINE)
		check_memory_left(change, balance);
	else if (change->action == MEMHP_ACTION_ONLINE_MOVABLE)
		check_imbalance(change, balance);
	if (has_option(change->options, OPT_FORCE))
		change->guard.refused = false;
	memhp_balance_unref(balance);
}
