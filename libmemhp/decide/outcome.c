/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what the kernel said and what was read back to what became of a block. Pure. */
#include "decide/outcome.h"

#include "decide/step.h"
#include "read/kmsg-items.h"
#include "util.h"

#ifndef EHWPOISON
#define EHWPOISON 133
#endif

/* Whether a block online in `zone` is what the action asks for; a zone that nobody can name is given the benefit of the doubt. */
bool memhp__outcome_zone_fits(enum memhp_transition action, enum memhp_zone zone)
{
	if (zone == MEMHP_ZONE_UNKNOWN)
		return true;
	if (action == MEMHP_TRANSITION_ONLINE_MOVABLE)
		return zone == MEMHP_ZONE_MOVABLE;
	if (action == MEMHP_TRANSITION_ONLINE_KERNEL)
		return zone != MEMHP_ZONE_MOVABLE && zone != MEMHP_ZONE_DEVICE;
	return true;
}

/* The kernel's errno for a block that is not as asked */
/* clang-format off */
static const struct errno_meaning {
	int error;
	enum memhp_outcome outcome;
	enum memhp_reason reason;
} errno_meanings[] = {
	{ EBUSY, MEMHP_OUTCOME_BUSY, MEMHP_REASON_BUSY },
	{ EINTR, MEMHP_OUTCOME_BUSY, MEMHP_REASON_SIGNAL },
	{ EAGAIN, MEMHP_OUTCOME_BUSY, MEMHP_REASON_OTHER },
	{ EPERM, MEMHP_OUTCOME_VETOED, MEMHP_REASON_VETO },
	{ ENOMEM, MEMHP_OUTCOME_FAILED, MEMHP_REASON_NO_MEMORY },
	{ EHWPOISON, MEMHP_OUTCOME_FAILED, MEMHP_REASON_HWPOISON },
	{ EACCES, MEMHP_OUTCOME_FAILED, MEMHP_REASON_ACCESS },
	{ EROFS, MEMHP_OUTCOME_FAILED, MEMHP_REASON_READ_ONLY },
	{ ENOENT, MEMHP_OUTCOME_VANISHED, MEMHP_REASON_GONE },
	{ ENODEV, MEMHP_OUTCOME_VANISHED, MEMHP_REASON_GONE },
	{ EBADMSG, MEMHP_OUTCOME_FAILED, MEMHP_REASON_UNREADABLE },
};
/* clang-format on */

static void set(struct memhp_step *step, enum memhp_outcome outcome, enum memhp_reason reason)
{
	step->outcome = outcome;
	step->reason = reason;
}

static void judge_reached(struct memhp_step *step, enum memhp_transition action, enum memhp_outcome outcome)
{
	if (action_goal(action) == MEMHP_STATE_ONLINE && !memhp__outcome_zone_fits(action, step->zone))
		set(step, MEMHP_OUTCOME_WRONG_ZONE, MEMHP_REASON_OTHER_ZONE);
	else
		set(step, outcome, MEMHP_REASON_NONE);
}

static bool is_gone(const struct memhp_step *step)
{
	return step->error == -ENODEV || step->error == -ENOENT;
}

static void judge_errno(struct memhp_step *step, enum memhp_transition action)
{
	/*
	 * A notifier may refuse with any errno: what is there to be read afterwards is not gone, nor is what was not there
	 * before.
	 */
	if (is_gone(step) && (step->after != MEMHP_STATE_UNKNOWN || action == MEMHP_TRANSITION_ADD)) {
		set(step, MEMHP_OUTCOME_FAILED, MEMHP_REASON_OTHER);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(errno_meanings); i++) {
		if (step->error == -errno_meanings[i].error) {
			set(step, errno_meanings[i].outcome, errno_meanings[i].reason);
			return;
		}
	}
	/* The right word for the state that the block still has, and yet refused: only the block's range is left as a cause. */
	if (step->error == -EINVAL && action == MEMHP_TRANSITION_OFFLINE && step->after == MEMHP_STATE_ONLINE)
		set(step, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_INVALID_RANGE);
	else
		set(step, MEMHP_OUTCOME_FAILED, MEMHP_REASON_OTHER);
}

/* A block that is not online is in no zone; of one that went or should have gone offline the zone is the one that it was in. */
void memhp__outcome_take_look(struct memhp_step *step, enum memhp_transition action, const struct look *look)
{
	step->after = look->state;
	step->is_reached = look->is_reached;
	step->memmap = look->memmap;
	if (action != MEMHP_TRANSITION_OFFLINE)
		step->zone = look->state == MEMHP_STATE_ONLINE ? look->zone : MEMHP_ZONE_NONE;
}

/*
 * After a write that ended by itself: `error` is its errno, or that of the reading afterwards; `after` and `zone` are what was
 * read back.
 */
void memhp__outcome_judge(struct memhp_step *step, enum memhp_transition action)
{
	if (step->is_reached)
		/* Without a store that the kernel took, another agent was faster. */
		judge_reached(step, action, step->written ? MEMHP_OUTCOME_CHANGED : MEMHP_OUTCOME_ALREADY);
	else if (step->after == MEMHP_STATE_GOING_OFFLINE)
		set(step, MEMHP_OUTCOME_BUSY, MEMHP_REASON_RACE);
	else if (step->written && step->error && !is_gone(step))
		set(step, MEMHP_OUTCOME_UNVERIFIED, MEMHP_REASON_UNREADABLE);
	else if (step->error)
		judge_errno(step, action);
	else
		set(step, MEMHP_OUTCOME_FAILED,
		    action_is_of_state(action) && !step->device ? MEMHP_REASON_RACE : MEMHP_REASON_OTHER);
}

/* After an attempt at which the kernel refused nothing: `error` is that of opening or reading the file. */
void memhp__outcome_unasked(struct memhp_step *step)
{
	switch (-step->error) {
	case ENOENT:
	case ENODEV:
		set(step, MEMHP_OUTCOME_VANISHED, MEMHP_REASON_GONE);
		break;
	case EACCES:
	case EPERM:
		set(step, MEMHP_OUTCOME_FAILED, MEMHP_REASON_ACCESS);
		break;
	case EROFS:
		set(step, MEMHP_OUTCOME_FAILED, MEMHP_REASON_READ_ONLY);
		break;
	default:
		set(step, MEMHP_OUTCOME_FAILED, MEMHP_REASON_UNREADABLE);
	}
}

/* After a write that was ended by force, `after` and `zone` read back; `why` is what ended it. */
void memhp__outcome_stopped(struct memhp_step *step, enum memhp_transition action, enum memhp_reason why)
{
	if (is_gone(step))
		set(step, MEMHP_OUTCOME_VANISHED, MEMHP_REASON_GONE);
	else if (step->error)
		set(step, MEMHP_OUTCOME_UNVERIFIED, why);
	else if (step->is_reached)
		judge_reached(step, action, MEMHP_OUTCOME_CHANGED);
	else if (step->after == MEMHP_STATE_GOING_OFFLINE)
		set(step, MEMHP_OUTCOME_IN_PROGRESS, why);
	else if (why == MEMHP_REASON_DEADLINE)
		set(step, MEMHP_OUTCOME_TIMEOUT, why);
	else if (why == MEMHP_REASON_CANCELLED)
		set(step, MEMHP_OUTCOME_INTERRUPTED, why);
	else
		set(step, MEMHP_OUTCOME_FAILED, why);
}

/*
 * After a device could not be taken from its driver, set and given back; `why` is what ended that by force, MEMHP_REASON_NONE when
 * it ended by itself, with `error`. It is as it was before, or that could not be had either: then `error` is of that.
 */
void memhp__outcome_not_rebound(struct memhp_step *step, enum memhp_reason why, bool is_lost)
{
	set(step, is_lost ? MEMHP_OUTCOME_ROLLBACK_FAILED : MEMHP_OUTCOME_FAILED, MEMHP_REASON_NOT_REBOUND);
	if (is_lost || why == MEMHP_REASON_NONE)
		return;
	step->error = 0;
	memhp__outcome_stopped(step, step->action, why);
}

/* A last look at a block that was as asked, or as before again. */
void memhp__outcome_look_again(struct memhp_step *step, enum memhp_transition action, const struct look *look)
{
	bool rolled_back = step->outcome == MEMHP_OUTCOME_ROLLED_BACK;

	/* What was configured again may have come online since. */
	if (look->error == 0 && look->is_reached &&
	    !(rolled_back && action == MEMHP_TRANSITION_DECONFIGURE && look->state != step->before)) {
		step->after = look->state;
		if (rolled_back || look->state != MEMHP_STATE_ONLINE || look->zone == MEMHP_ZONE_UNKNOWN)
			return;
		step->zone = look->zone;
		judge_reached(step, action, step->outcome);
		return;
	}
	step->error = look->error;
	step->after = look->error < 0 ? MEMHP_STATE_UNKNOWN : look->state;
	if (look->error == 0 && look->state == MEMHP_STATE_ONLINE && look->zone != MEMHP_ZONE_UNKNOWN)
		step->zone = look->zone;
	if (rolled_back && is_gone(step))
		set(step, MEMHP_OUTCOME_ROLLBACK_FAILED, MEMHP_REASON_GONE);
	else if (rolled_back)
		set(step, MEMHP_OUTCOME_ROLLBACK_FAILED, look->error < 0 ? MEMHP_REASON_UNREADABLE : MEMHP_REASON_RACE);
	else if (is_gone(step))
		set(step, MEMHP_OUTCOME_VANISHED, MEMHP_REASON_GONE);
	else if (step->written)
		set(step, look->error < 0 ? MEMHP_OUTCOME_UNVERIFIED : MEMHP_OUTCOME_REVERTED,
		    look->error < 0 ? MEMHP_REASON_UNREADABLE : MEMHP_REASON_RACE);
	else
		set(step, MEMHP_OUTCOME_FAILED, look->error < 0 ? MEMHP_REASON_UNREADABLE : MEMHP_REASON_RACE);
}

/* Whether what the kernel's log says can be the story behind the reason that the errno gave */
static bool is_about(enum memhp_reason said, const struct memhp_step *step)
{
	switch (step->reason) {
	case MEMHP_REASON_BUSY:
		return said != MEMHP_REASON_SIGNAL && said != MEMHP_REASON_MEMORY_HOLE && said != MEMHP_REASON_SEVERAL_ZONES;
	case MEMHP_REASON_INVALID_RANGE:
		return said == MEMHP_REASON_MEMORY_HOLE || said == MEMHP_REASON_SEVERAL_ZONES || said == MEMHP_REASON_VETO;
	case MEMHP_REASON_NO_MEMORY:
	case MEMHP_REASON_SIGNAL:
	case MEMHP_REASON_OTHER:
		return said == MEMHP_REASON_VETO || said == MEMHP_REASON_HUGE_PAGES;
	default:
		return false;
	}
}

/*
 * What the kernel said belongs to the step from now on. It makes the reason that an errno gave more specific; that a deadline or
 * the caller ended the step, or another agent was at it, stays the reason.
 */
void memhp__outcome_take_note(struct memhp_step *step, struct kernel_note *note)
{
	free(step->note);
	step->note = note;
	if (note && note->reason != MEMHP_REASON_NONE && is_about(note->reason, step))
		step->reason = note->reason;
}

/*
 * `num_missing` candidates more would have had to change. Without a goal every step counts; with one, blocks that were passed
 * over do not as long as there were others.
 */
enum memhp_completion memhp__outcome_complete(const struct memhp_step *steps, size_t num_steps, uint64_t num_missing, bool has_goal)
{
	bool changed = false, missed = num_missing > 0, deadline = false, cancelled = false;

	for (size_t i = 0; i < num_steps; i++) {
		changed |= memhp_step_may_be_changed(&steps[i]);
		missed |= !has_goal && !memhp_step_is_done(&steps[i]);
		deadline |= steps[i].reason == MEMHP_REASON_DEADLINE || steps[i].reason == MEMHP_REASON_LOCKED;
		cancelled |= steps[i].reason == MEMHP_REASON_CANCELLED;
	}
	if (!missed)
		return MEMHP_COMPLETION_COMPLETE;
	if (cancelled)
		return MEMHP_COMPLETION_INTERRUPTED;
	if (deadline)
		return MEMHP_COMPLETION_TIMEOUT;
	return changed ? MEMHP_COMPLETION_PARTIAL : MEMHP_COMPLETION_FAILED;
}

/*
 * After a rollback, had there been one: a goal that was met is not taken back because it cannot be told of some block whether it
 * was meant. Nor was all done that was asked.
 */
enum memhp_completion memhp__outcome_doubt(const struct memhp_step *steps, size_t num_steps, enum memhp_completion completion)
{
	bool changed = false, in_doubt = false;

	for (size_t i = 0; i < num_steps; i++) {
		changed |= memhp_step_may_be_changed(&steps[i]);
		in_doubt |= steps[i].reason == MEMHP_REASON_FILTER;
	}
	if (completion != MEMHP_COMPLETION_COMPLETE || !in_doubt)
		return completion;
	return changed ? MEMHP_COMPLETION_PARTIAL : MEMHP_COMPLETION_FAILED;
}
