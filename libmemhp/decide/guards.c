/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a change would leave the machine with: memory at all, and memory that the kernel can use for itself. Pure. */
#include "decide/plan.h"
#include "decide/ratio.h"
#include "decide/request.h"
#include "decide/step.h"
#include "object.h"
#include "util.h"

#define UNKNOWN_BYTES UINT64_MAX

/* Bytes by their zone */
struct amounts {
	uint64_t kernel, movable, unknown;
};

struct memhp_guards {
	enum memhp_transition action; /* MEMHP_TRANSITION_NONE: some memory goes offline, and some comes online */
	struct amounts goes, comes;
	uint64_t spare; /* bytes that may go offline instead and are, or may be, of kernel zones */
	uint64_t available, keep_free;
	bool has_balance;
	uint64_t kernel_before, movable_before;
};

MEMHP_EXPORT int memhp_guards_new(struct memhp_guards **guards, enum memhp_transition action)
{
	struct memhp_guards *new;

	if (action != MEMHP_TRANSITION_NONE && !action_is_of_state(action))
		return -EINVAL;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	*new = (struct memhp_guards){ .action = action, .available = UNKNOWN_BYTES };
	*guards = new;
	return 0;
}

MEMHP_EXPORT void memhp_guards_free(struct memhp_guards *guards)
{
	free(guards);
}

/* Blocks of more bytes than can be counted exist in made-up trees only. */
static void add(uint64_t *sum, uint64_t bytes)
{
	if (__builtin_add_overflow(*sum, bytes, sum))
		*sum = UINT64_MAX;
}

static uint64_t subtract(uint64_t bytes, uint64_t less)
{
	return bytes > less ? bytes - less : 0;
}

/* Where the kernel chooses, nobody knows before to which zone it comes. */
static void weigh_bytes(struct memhp_guards *guards, enum memhp_transition action, enum memhp_zone zone, uint64_t size_bytes)
{
	struct amounts *amounts = action == MEMHP_TRANSITION_OFFLINE ? &guards->goes : &guards->comes;

	switch (action == MEMHP_TRANSITION_ONLINE ? MEMHP_ZONE_UNKNOWN : zone) {
	case MEMHP_ZONE_DMA:
	case MEMHP_ZONE_DMA32:
	case MEMHP_ZONE_NORMAL:
	case MEMHP_ZONE_HIGHMEM:
		add(&amounts->kernel, size_bytes);
		break;
	case MEMHP_ZONE_MOVABLE:
		add(&amounts->movable, size_bytes);
		break;
	default:
		add(&amounts->unknown, size_bytes);
	}
}

MEMHP_EXPORT void memhp_guards_add_bytes(struct memhp_guards *guards, enum memhp_zone zone, uint64_t size_bytes)
{
	weigh_bytes(guards, guards->action ? guards->action : MEMHP_TRANSITION_OFFLINE, zone, size_bytes);
}

MEMHP_EXPORT int memhp_guards_add_plan(struct memhp_guards *guards, const struct memhp_plan *plan)
{
	if (plan->request->action != guards->action)
		return -EINVAL;
	for (size_t i = 0; i < plan->num_steps; i++) {
		const struct memhp_step *step = &plan->steps[i];

		if (step->outcome == MEMHP_OUTCOME_PLANNED && step->is_moved)
			weigh_bytes(guards, MEMHP_TRANSITION_OFFLINE, step->zone_before, step_size(step));
		if (step->outcome == MEMHP_OUTCOME_PLANNED)
			weigh_bytes(guards, step->action, step->zone, step_size(step));
		else if (step->reason == MEMHP_REASON_SPARE && step->action == MEMHP_TRANSITION_OFFLINE)
			add(&guards->spare, step_kernel_bytes(step));
	}
	return 0;
}

MEMHP_EXPORT void memhp_guards_set_available_bytes(struct memhp_guards *guards, uint64_t available_bytes, uint64_t keep_free_bytes)
{
	guards->available = available_bytes;
	guards->keep_free = keep_free_bytes;
}

MEMHP_EXPORT void memhp_guards_set_balance(struct memhp_guards *guards, const struct memhp_balance *balance)
{
	guards->has_balance = balance;
	guards->kernel_before = balance ? memhp_balance_get_kernel_bytes(balance) : 0;
	guards->movable_before = balance ? memhp_balance_get_movable_bytes(balance) : 0;
}

static uint64_t total(const struct amounts *amounts)
{
	uint64_t sum = amounts->kernel;

	add(&sum, amounts->movable);
	add(&sum, amounts->unknown);
	return sum;
}

/* What comes online is not counted on: it may fail. */
static enum memhp_guard_level memory_left_level(const struct memhp_guards *guards)
{
	uint64_t size = total(&guards->goes);

	if (size == 0)
		return MEMHP_GUARD_LEVEL_FINE;
	if (guards->available == UNKNOWN_BYTES)
		return guards->keep_free ? MEMHP_GUARD_LEVEL_REFUSE : MEMHP_GUARD_LEVEL_UNKNOWN;
	if (size <= guards->available && guards->available - size >= guards->keep_free)
		return MEMHP_GUARD_LEVEL_FINE;
	return MEMHP_GUARD_LEVEL_REFUSE;
}

/* Kernel memory that comes is not counted on, either. */
static uint64_t kernel_after(const struct memhp_guards *guards)
{
	return subtract(guards->kernel_before, guards->goes.kernel);
}

/* Where movable memory comes, too, it does so first, and what is to go may stay. */
static uint64_t movable_after(const struct memhp_guards *guards)
{
	uint64_t bytes = subtract(guards->movable_before, guards->comes.movable ? 0 : guards->goes.movable);

	add(&bytes, guards->comes.movable);
	return bytes;
}

static enum memhp_guard_level weigh(const struct memhp_guards *guards, uint64_t kernel, uint64_t movable)
{
	/* Products of bytes fit in no integer. */
	bool is_worse = (double)movable * (double)guards->kernel_before > (double)guards->movable_before * (double)kernel;

	if (!is_worse || !is_past_ratio(movable, kernel, RATIO_FINE))
		return MEMHP_GUARD_LEVEL_FINE;
	return is_past_ratio(movable, kernel, RATIO_MOST) ? MEMHP_GUARD_LEVEL_REFUSE : MEMHP_GUARD_LEVEL_WARN;
}

/* Whether it can become worse at all */
static bool has_at_stake(const struct memhp_guards *guards)
{
	return guards->goes.kernel || guards->goes.unknown || guards->spare || guards->comes.movable;
}

static enum memhp_guard_level imbalance_level(const struct memhp_guards *guards)
{
	enum memhp_guard_level level;

	if (!has_at_stake(guards))
		return MEMHP_GUARD_LEVEL_FINE;
	if (!guards->has_balance)
		return MEMHP_GUARD_LEVEL_UNKNOWN;
	level = weigh(guards, kernel_after(guards), movable_after(guards));
	if (level == MEMHP_GUARD_LEVEL_FINE && guards->goes.unknown &&
	    weigh(guards, subtract(kernel_after(guards), guards->goes.unknown), movable_after(guards)) != level)
		return MEMHP_GUARD_LEVEL_UNKNOWN;
	return level;
}

MEMHP_EXPORT enum memhp_guard_level memhp_guards_get_level(const struct memhp_guards *guards, enum memhp_guard guard)
{
	switch (guard) {
	case MEMHP_GUARD_MEMORY_LEFT:
		return memory_left_level(guards);
	case MEMHP_GUARD_IMBALANCE:
		return imbalance_level(guards);
	}
	return MEMHP_GUARD_LEVEL_NONE;
}

/* So much kernel memory may go that movable memory, should none of it go, is not too much for the rest; and what was weighed. */
static uint64_t max_kernel_loss(const struct memhp_guards *guards)
{
	uint64_t movable = guards->movable_before, asked = guards->goes.kernel;
	uint64_t most = subtract(guards->kernel_before, movable / RATIO_MOST + (movable % RATIO_MOST != 0));

	add(&asked, guards->goes.unknown);
	return asked > most ? asked : most;
}

static uint64_t available_after(const struct memhp_guards *guards)
{
	return guards->available == UNKNOWN_BYTES ? UNKNOWN_BYTES : subtract(guards->available, total(&guards->goes));
}

/* Of what goes and comes the one is what may be missing. */
static uint64_t changed(const struct memhp_guards *guards)
{
	uint64_t sum = total(&guards->goes);

	if (guards->action != MEMHP_TRANSITION_NONE)
		add(&sum, total(&guards->comes));
	return sum;
}

MEMHP_EXPORT uint64_t memhp_guards_get_figure(const struct memhp_guards *guards, enum memhp_guard_figure figure)
{
	bool is_known = guards->has_balance;

	switch (figure) {
	case MEMHP_GUARD_FIGURE_CHANGED:
		return changed(guards);
	case MEMHP_GUARD_FIGURE_AVAILABLE_BEFORE:
		return guards->available;
	case MEMHP_GUARD_FIGURE_AVAILABLE_AFTER:
		return available_after(guards);
	case MEMHP_GUARD_FIGURE_KEEP_FREE:
		return guards->keep_free;
	case MEMHP_GUARD_FIGURE_KERNEL_BEFORE:
		return is_known ? guards->kernel_before : UNKNOWN_BYTES;
	case MEMHP_GUARD_FIGURE_KERNEL_AFTER:
		return is_known ? kernel_after(guards) : UNKNOWN_BYTES;
	case MEMHP_GUARD_FIGURE_MOVABLE_BEFORE:
		return is_known ? guards->movable_before : UNKNOWN_BYTES;
	case MEMHP_GUARD_FIGURE_MOVABLE_AFTER:
		return is_known ? movable_after(guards) : UNKNOWN_BYTES;
	case MEMHP_GUARD_FIGURE_MAX_KERNEL_LOSS:
		return is_known ? max_kernel_loss(guards) : UNKNOWN_BYTES;
	}
	return 0;
}

MEMHP_EXPORT const char *memhp_guard_name(enum memhp_guard guard)
{
	switch (guard) {
	case MEMHP_GUARD_MEMORY_LEFT:
		return "memory-left";
	case MEMHP_GUARD_IMBALANCE:
		return "imbalance";
	}
	return NULL;
}
