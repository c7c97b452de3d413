// SPDX-License-Identifier: LGPL-2.1-or-later
#include "decide/outcome.h"
#include "read/kmsg-items.h"
#include "unit.h"

#ifndef EHWPOISON
#define EHWPOISON 133
#endif

#define ON    MEMHP_STATE_ONLINE
#define OFF   MEMHP_STATE_OFFLINE
#define GOING MEMHP_STATE_GOING_OFFLINE
#define LOST  MEMHP_STATE_UNKNOWN

/* What the kernel answered to a write, and what the block reads afterwards */
static const struct {
	enum memhp_transition action;
	int error;
	enum memhp_state after;
	enum memhp_zone zone;
	enum memhp_outcome outcome;
	enum memhp_reason reason;
} verdicts[] = {
	/* done */
	{ MEMHP_TRANSITION_OFFLINE, 0, OFF, MEMHP_ZONE_MOVABLE, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE },
	{ MEMHP_TRANSITION_ONLINE, 0, ON, MEMHP_ZONE_NORMAL, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE },
	{ MEMHP_TRANSITION_ONLINE, 0, ON, MEMHP_ZONE_MOVABLE, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE },
	{ MEMHP_TRANSITION_ONLINE, 0, ON, MEMHP_ZONE_NONE, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE },
	{ MEMHP_TRANSITION_ONLINE_MOVABLE, 0, ON, MEMHP_ZONE_MOVABLE, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE },
	{ MEMHP_TRANSITION_ONLINE_KERNEL, 0, ON, MEMHP_ZONE_NORMAL, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE },
	{ MEMHP_TRANSITION_ONLINE_KERNEL, 0, ON, MEMHP_ZONE_DMA32, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE },
	/* a kernel without valid_zones cannot be doubted */
	{ MEMHP_TRANSITION_ONLINE_MOVABLE, 0, ON, MEMHP_ZONE_UNKNOWN, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE },
	{ MEMHP_TRANSITION_ONLINE_KERNEL, 0, ON, MEMHP_ZONE_UNKNOWN, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE },
	/* done, elsewhere */
	{ MEMHP_TRANSITION_ONLINE_MOVABLE, 0, ON, MEMHP_ZONE_NORMAL, MEMHP_OUTCOME_WRONG_ZONE, MEMHP_REASON_OTHER_ZONE },
	{ MEMHP_TRANSITION_ONLINE_MOVABLE, 0, ON, MEMHP_ZONE_NONE, MEMHP_OUTCOME_WRONG_ZONE, MEMHP_REASON_OTHER_ZONE },
	{ MEMHP_TRANSITION_ONLINE_KERNEL, 0, ON, MEMHP_ZONE_MOVABLE, MEMHP_OUTCOME_WRONG_ZONE, MEMHP_REASON_OTHER_ZONE },
	{ MEMHP_TRANSITION_ONLINE_KERNEL, 0, ON, MEMHP_ZONE_DEVICE, MEMHP_OUTCOME_WRONG_ZONE, MEMHP_REASON_OTHER_ZONE },
	/* another agent was faster */
	{ MEMHP_TRANSITION_OFFLINE, -EINVAL, OFF, MEMHP_ZONE_NONE, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE },
	{ MEMHP_TRANSITION_ONLINE, -EINVAL, ON, MEMHP_ZONE_NORMAL, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE },
	{ MEMHP_TRANSITION_ONLINE, -EBUSY, ON, MEMHP_ZONE_NORMAL, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE },
	{ MEMHP_TRANSITION_ONLINE_MOVABLE, -EINVAL, ON, MEMHP_ZONE_MOVABLE, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE },
	{ MEMHP_TRANSITION_ONLINE_MOVABLE, -EINVAL, ON, MEMHP_ZONE_NORMAL, MEMHP_OUTCOME_WRONG_ZONE, MEMHP_REASON_OTHER_ZONE },
	{ MEMHP_TRANSITION_ONLINE_KERNEL, -EINVAL, ON, MEMHP_ZONE_MOVABLE, MEMHP_OUTCOME_WRONG_ZONE, MEMHP_REASON_OTHER_ZONE },
	/* another agent undid it, or is at it */
	{ MEMHP_TRANSITION_OFFLINE, 0, ON, MEMHP_ZONE_MOVABLE, MEMHP_OUTCOME_FAILED, MEMHP_REASON_RACE },
	{ MEMHP_TRANSITION_ONLINE, 0, OFF, MEMHP_ZONE_NONE, MEMHP_OUTCOME_FAILED, MEMHP_REASON_RACE },
	{ MEMHP_TRANSITION_OFFLINE, 0, GOING, MEMHP_ZONE_NONE, MEMHP_OUTCOME_BUSY, MEMHP_REASON_RACE },
	{ MEMHP_TRANSITION_OFFLINE, -EBUSY, GOING, MEMHP_ZONE_NONE, MEMHP_OUTCOME_BUSY, MEMHP_REASON_RACE },
	{ MEMHP_TRANSITION_ONLINE, 0, GOING, MEMHP_ZONE_NONE, MEMHP_OUTCOME_BUSY, MEMHP_REASON_RACE },
	/* refused */
	{ MEMHP_TRANSITION_OFFLINE, -EBUSY, ON, MEMHP_ZONE_NORMAL, MEMHP_OUTCOME_BUSY, MEMHP_REASON_BUSY },
	{ MEMHP_TRANSITION_OFFLINE, -EINTR, ON, MEMHP_ZONE_NORMAL, MEMHP_OUTCOME_BUSY, MEMHP_REASON_SIGNAL },
	{ MEMHP_TRANSITION_OFFLINE, -EAGAIN, ON, MEMHP_ZONE_NORMAL, MEMHP_OUTCOME_BUSY, MEMHP_REASON_OTHER },
	{ MEMHP_TRANSITION_OFFLINE, -EINVAL, ON, MEMHP_ZONE_NORMAL, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_INVALID_RANGE },
	{ MEMHP_TRANSITION_OFFLINE, -EPERM, ON, MEMHP_ZONE_NORMAL, MEMHP_OUTCOME_VETOED, MEMHP_REASON_VETO },
	{ MEMHP_TRANSITION_OFFLINE, -ENOMEM, ON, MEMHP_ZONE_NORMAL, MEMHP_OUTCOME_FAILED, MEMHP_REASON_NO_MEMORY },
	{ MEMHP_TRANSITION_ONLINE, -EINVAL, OFF, MEMHP_ZONE_NONE, MEMHP_OUTCOME_FAILED, MEMHP_REASON_OTHER },
	{ MEMHP_TRANSITION_ONLINE, -EBUSY, OFF, MEMHP_ZONE_NONE, MEMHP_OUTCOME_BUSY, MEMHP_REASON_BUSY },
	{ MEMHP_TRANSITION_ONLINE, -EPERM, OFF, MEMHP_ZONE_NONE, MEMHP_OUTCOME_VETOED, MEMHP_REASON_VETO },
	{ MEMHP_TRANSITION_ONLINE, -ENOMEM, OFF, MEMHP_ZONE_NONE, MEMHP_OUTCOME_FAILED, MEMHP_REASON_NO_MEMORY },
	{ MEMHP_TRANSITION_ONLINE, -EHWPOISON, OFF, MEMHP_ZONE_NONE, MEMHP_OUTCOME_FAILED, MEMHP_REASON_HWPOISON },
	{ MEMHP_TRANSITION_ONLINE, -EIO, OFF, MEMHP_ZONE_NONE, MEMHP_OUTCOME_FAILED, MEMHP_REASON_OTHER },
	/* never got so far */
	{ MEMHP_TRANSITION_OFFLINE, -EACCES, LOST, MEMHP_ZONE_MOVABLE, MEMHP_OUTCOME_FAILED, MEMHP_REASON_ACCESS },
	{ MEMHP_TRANSITION_ONLINE, -EROFS, LOST, MEMHP_ZONE_NONE, MEMHP_OUTCOME_FAILED, MEMHP_REASON_READ_ONLY },
	{ MEMHP_TRANSITION_OFFLINE, -ENOENT, LOST, MEMHP_ZONE_MOVABLE, MEMHP_OUTCOME_VANISHED, MEMHP_REASON_GONE },
	{ MEMHP_TRANSITION_ONLINE, -ENODEV, LOST, MEMHP_ZONE_NONE, MEMHP_OUTCOME_VANISHED, MEMHP_REASON_GONE },
	{ MEMHP_TRANSITION_ONLINE, -EBADMSG, LOST, MEMHP_ZONE_NONE, MEMHP_OUTCOME_FAILED, MEMHP_REASON_UNREADABLE },
};

START_TEST(verdict)
{
	struct memhp_step step = { .error = verdicts[_i].error,
				   .written = verdicts[_i].error == 0,
				   .is_reached = verdicts[_i].after == action_goal(verdicts[_i].action),
				   .after = verdicts[_i].after,
				   .zone = verdicts[_i].zone };

	memhp__outcome_judge(&step, verdicts[_i].action);
	ck_assert_str_eq(memhp_outcome_name(step.outcome), memhp_outcome_name(verdicts[_i].outcome));
	ck_assert_str_eq(memhp_reason_name(step.reason), memhp_reason_name(verdicts[_i].reason));
}
END_TEST

/* The writer was killed; what the block reads now decides. */
static const struct {
	enum memhp_transition action;
	enum memhp_reason why;
	int error; /* of reading */
	enum memhp_state after;
	enum memhp_zone zone;
	enum memhp_outcome outcome;
	enum memhp_reason reason;
} stops[] = {
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_REASON_DEADLINE, 0, ON, MEMHP_ZONE_MOVABLE, MEMHP_OUTCOME_TIMEOUT,
	  MEMHP_REASON_DEADLINE },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_REASON_CANCELLED, 0, ON, MEMHP_ZONE_MOVABLE, MEMHP_OUTCOME_INTERRUPTED,
	  MEMHP_REASON_CANCELLED },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_REASON_CANCELLED, -EIO, LOST, MEMHP_ZONE_MOVABLE, MEMHP_OUTCOME_UNVERIFIED,
	  MEMHP_REASON_CANCELLED },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_REASON_WRITER_DIED, 0, ON, MEMHP_ZONE_NORMAL, MEMHP_OUTCOME_FAILED,
	  MEMHP_REASON_WRITER_DIED },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_REASON_DEADLINE, 0, OFF, MEMHP_ZONE_MOVABLE, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_REASON_CANCELLED, 0, OFF, MEMHP_ZONE_MOVABLE, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_REASON_DEADLINE, 0, GOING, MEMHP_ZONE_NONE, MEMHP_OUTCOME_IN_PROGRESS,
	  MEMHP_REASON_DEADLINE },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_REASON_CANCELLED, 0, GOING, MEMHP_ZONE_NONE, MEMHP_OUTCOME_IN_PROGRESS,
	  MEMHP_REASON_CANCELLED },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_REASON_DEADLINE, -ENOENT, LOST, MEMHP_ZONE_MOVABLE, MEMHP_OUTCOME_VANISHED,
	  MEMHP_REASON_GONE },
	{ MEMHP_TRANSITION_OFFLINE, MEMHP_REASON_CANCELLED, -ENODEV, LOST, MEMHP_ZONE_MOVABLE, MEMHP_OUTCOME_VANISHED,
	  MEMHP_REASON_GONE },
	{ MEMHP_TRANSITION_ONLINE, MEMHP_REASON_DEADLINE, 0, OFF, MEMHP_ZONE_NONE, MEMHP_OUTCOME_TIMEOUT, MEMHP_REASON_DEADLINE },
	{ MEMHP_TRANSITION_ONLINE, MEMHP_REASON_DEADLINE, 0, ON, MEMHP_ZONE_NORMAL, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE },
	{ MEMHP_TRANSITION_ONLINE_MOVABLE, MEMHP_REASON_DEADLINE, 0, ON, MEMHP_ZONE_NORMAL, MEMHP_OUTCOME_WRONG_ZONE,
	  MEMHP_REASON_OTHER_ZONE },
};

START_TEST(stopped)
{
	struct memhp_step step = { .error = stops[_i].error,
				   .is_reached = stops[_i].after == action_goal(stops[_i].action),
				   .after = stops[_i].after,
				   .zone = stops[_i].zone };

	memhp__outcome_stopped(&step, stops[_i].action, stops[_i].why);
	ck_assert_str_eq(memhp_outcome_name(step.outcome), memhp_outcome_name(stops[_i].outcome));
	ck_assert_str_eq(memhp_reason_name(step.reason), memhp_reason_name(stops[_i].reason));
}
END_TEST

/* What the kernel's log says makes an errno's reason more specific, where it can be the story behind it. */
static const struct {
	int error;
	enum memhp_reason reason, said, result;
} stories[] = {
	{ -EBUSY, MEMHP_REASON_BUSY, MEMHP_REASON_UNMOVABLE_PAGE, MEMHP_REASON_UNMOVABLE_PAGE },
	{ -EBUSY, MEMHP_REASON_BUSY, MEMHP_REASON_MIGRATION_FAILURE, MEMHP_REASON_MIGRATION_FAILURE },
	{ -EBUSY, MEMHP_REASON_BUSY, MEMHP_REASON_ISOLATION, MEMHP_REASON_ISOLATION },
	{ -EBUSY, MEMHP_REASON_BUSY, MEMHP_REASON_HUGE_PAGES, MEMHP_REASON_HUGE_PAGES },
	{ -EBUSY, MEMHP_REASON_BUSY, MEMHP_REASON_VETO, MEMHP_REASON_VETO },
	{ -EBUSY, MEMHP_REASON_BUSY, MEMHP_REASON_SIGNAL, MEMHP_REASON_BUSY },
	{ -EBUSY, MEMHP_REASON_BUSY, MEMHP_REASON_MEMORY_HOLE, MEMHP_REASON_BUSY },
	{ -EBUSY, MEMHP_REASON_BUSY, MEMHP_REASON_NONE, MEMHP_REASON_BUSY },
	{ -EINVAL, MEMHP_REASON_INVALID_RANGE, MEMHP_REASON_MEMORY_HOLE, MEMHP_REASON_MEMORY_HOLE },
	{ -EINVAL, MEMHP_REASON_INVALID_RANGE, MEMHP_REASON_SEVERAL_ZONES, MEMHP_REASON_SEVERAL_ZONES },
	{ -EINVAL, MEMHP_REASON_INVALID_RANGE, MEMHP_REASON_UNMOVABLE_PAGE, MEMHP_REASON_INVALID_RANGE },
	{ -ENOMEM, MEMHP_REASON_NO_MEMORY, MEMHP_REASON_VETO, MEMHP_REASON_VETO },
	{ -ENOMEM, MEMHP_REASON_NO_MEMORY, MEMHP_REASON_HUGE_PAGES, MEMHP_REASON_HUGE_PAGES },
	{ -ENOMEM, MEMHP_REASON_NO_MEMORY, MEMHP_REASON_MIGRATION_FAILURE, MEMHP_REASON_NO_MEMORY },
	{ -EPERM, MEMHP_REASON_VETO, MEMHP_REASON_VETO, MEMHP_REASON_VETO },
	{ -EINTR, MEMHP_REASON_SIGNAL, MEMHP_REASON_SIGNAL, MEMHP_REASON_SIGNAL },
	{ -EINTR, MEMHP_REASON_SIGNAL, MEMHP_REASON_MIGRATION_FAILURE, MEMHP_REASON_SIGNAL },
	{ 0, MEMHP_REASON_DEADLINE, MEMHP_REASON_MIGRATION_FAILURE, MEMHP_REASON_DEADLINE },
	{ 0, MEMHP_REASON_DEADLINE, MEMHP_REASON_SIGNAL, MEMHP_REASON_DEADLINE },
	{ 0, MEMHP_REASON_CANCELLED, MEMHP_REASON_MIGRATION_FAILURE, MEMHP_REASON_CANCELLED },
	{ -EBUSY, MEMHP_REASON_RACE, MEMHP_REASON_UNMOVABLE_PAGE, MEMHP_REASON_RACE },
};

START_TEST(story)
{
	struct memhp_step step = { .error = stories[_i].error, .reason = stories[_i].reason };
	struct kernel_note *note = calloc(1, sizeof(*note) + 1);

	note->reason = stories[_i].said;
	memhp__outcome_take_note(&step, note);
	ck_assert_str_eq(memhp_reason_name(step.reason), memhp_reason_name(stories[_i].result));
	ck_assert_ptr_eq(step.note, note);
	memhp__outcome_take_note(&step, NULL);
	ck_assert_ptr_null(memhp_step_get_kernel_text(&step));
	ck_assert_ptr_null(memhp_step_get_page(&step));
}
END_TEST

#define CHANGED                                  \
	{                                        \
		.outcome = MEMHP_OUTCOME_CHANGED \
	}
#define ALREADY                                  \
	{                                        \
		.outcome = MEMHP_OUTCOME_ALREADY \
	}
#define ABSENT                                  \
	{                                       \
		.outcome = MEMHP_OUTCOME_ABSENT \
	}
#define BUSY                                                               \
	{                                                                  \
		.outcome = MEMHP_OUTCOME_BUSY, .reason = MEMHP_REASON_BUSY \
	}
#define LATE                                                                      \
	{                                                                         \
		.outcome = MEMHP_OUTCOME_TIMEOUT, .reason = MEMHP_REASON_DEADLINE \
	}
#define CANCELLED                                                                    \
	{                                                                            \
		.outcome = MEMHP_OUTCOME_NOT_TRIED, .reason = MEMHP_REASON_CANCELLED \
	}
#define UNTRIED                                                                     \
	{                                                                           \
		.outcome = MEMHP_OUTCOME_NOT_TRIED, .reason = MEMHP_REASON_DEADLINE \
	}

#define SPARE                                                                    \
	{                                                                        \
		.outcome = MEMHP_OUTCOME_NOT_TRIED, .reason = MEMHP_REASON_SPARE \
	}

static const struct {
	enum memhp_completion completion;
	size_t num;
	struct memhp_step steps[3];
	uint64_t num_missing;
	bool has_goal;
} completions[] = {
	{ MEMHP_COMPLETION_COMPLETE, 0, { { 0 } } },
	{ MEMHP_COMPLETION_COMPLETE, 3, { CHANGED, ALREADY, ABSENT } },
	{ MEMHP_COMPLETION_COMPLETE, 1, { ALREADY } },
	{ MEMHP_COMPLETION_COMPLETE, 1, { ABSENT } },
	{ MEMHP_COMPLETION_PARTIAL, 2, { CHANGED, BUSY } },
	{ MEMHP_COMPLETION_PARTIAL, 2, { BUSY, CHANGED } },
	{ MEMHP_COMPLETION_FAILED, 1, { BUSY } },
	/* a change to another zone is a change when it was this request's */
	{ MEMHP_COMPLETION_PARTIAL, 1, { { .outcome = MEMHP_OUTCOME_WRONG_ZONE, .written = true } } },
	{ MEMHP_COMPLETION_FAILED, 1, { { .outcome = MEMHP_OUTCOME_WRONG_ZONE } } },
	{ MEMHP_COMPLETION_FAILED, 2, { ALREADY, BUSY } },
	{ MEMHP_COMPLETION_FAILED, 2, { ABSENT, BUSY } },
	{ MEMHP_COMPLETION_TIMEOUT, 2, { CHANGED, LATE } },
	{ MEMHP_COMPLETION_TIMEOUT, 3, { BUSY, LATE, CHANGED } },
	{ MEMHP_COMPLETION_TIMEOUT, 1, { UNTRIED } },
	{ MEMHP_COMPLETION_INTERRUPTED, 2, { CHANGED, CANCELLED } },
	{ MEMHP_COMPLETION_INTERRUPTED, 3, { LATE, BUSY, CANCELLED } },
	/* with a goal: what was passed over matters only when it is missed */
	{ MEMHP_COMPLETION_COMPLETE, 3, { CHANGED, BUSY, SPARE }, 0, true },
	{ MEMHP_COMPLETION_COMPLETE, 3, { LATE, CHANGED, SPARE }, 0, true },
	{ MEMHP_COMPLETION_PARTIAL, 2, { CHANGED, BUSY }, 1, true },
	{ MEMHP_COMPLETION_FAILED, 2, { BUSY, BUSY }, 1, true },
	{ MEMHP_COMPLETION_TIMEOUT, 2, { CHANGED, LATE }, 1, true },
	{ MEMHP_COMPLETION_INTERRUPTED, 3, { CHANGED, CANCELLED, SPARE }, 1, true },
	{ MEMHP_COMPLETION_PARTIAL, 1, { CHANGED }, 7, true },
	{ MEMHP_COMPLETION_FAILED, 0, { { 0 } }, 7, true },
};

START_TEST(whole)
{
	enum memhp_completion expected = completions[_i].completion, completion;

	completion = memhp__outcome_complete(completions[_i].steps, completions[_i].num, completions[_i].num_missing,
					     completions[_i].has_goal);
	ck_assert_str_eq(memhp_completion_name(completion), memhp_completion_name(expected));
}
END_TEST

#define DOUBTED                                                                \
	{                                                                      \
		.outcome = MEMHP_OUTCOME_FAILED, .reason = MEMHP_REASON_FILTER \
	}

/* A goal that was met leaves a doubt when a filter could not be told of some block; nothing else changes by that. */
static const struct {
	enum memhp_completion before, after;
	struct memhp_step steps[2];
} doubts[] = {
	{ MEMHP_COMPLETION_COMPLETE, MEMHP_COMPLETION_COMPLETE, { CHANGED, BUSY } },
	{ MEMHP_COMPLETION_COMPLETE, MEMHP_COMPLETION_PARTIAL, { CHANGED, DOUBTED } },
	{ MEMHP_COMPLETION_COMPLETE, MEMHP_COMPLETION_FAILED, { ALREADY, DOUBTED } },
	{ MEMHP_COMPLETION_TIMEOUT, MEMHP_COMPLETION_TIMEOUT, { CHANGED, DOUBTED } },
	{ MEMHP_COMPLETION_FAILED, MEMHP_COMPLETION_FAILED, { BUSY, DOUBTED } },
};

START_TEST(doubt)
{
	enum memhp_completion after = memhp__outcome_doubt(doubts[_i].steps, 2, doubts[_i].before);

	ck_assert_str_eq(memhp_completion_name(after), memhp_completion_name(doubts[_i].after));
}
END_TEST

/* Left changed by the request itself, and not brought back */
START_TEST(is_changed)
{
	for (int outcome = 0; outcome <= MEMHP_OUTCOME_NOT_TRIED; outcome++) {
		struct memhp_step step = { .outcome = (uint8_t)outcome };
		bool expected = outcome == MEMHP_OUTCOME_CHANGED || outcome == MEMHP_OUTCOME_ROLLBACK_FAILED;

		ck_assert_int_eq(memhp_step_is_changed(&step), expected);
		step.written = true;
		ck_assert_int_eq(memhp_step_is_changed(&step), expected || outcome == MEMHP_OUTCOME_WRONG_ZONE);
	}
}
END_TEST

UNIT("outcome", tests)
{
	add_table(tests, verdict, verdicts);
	add_table(tests, stopped, stops);
	add_table(tests, story, stories);
	add_table(tests, whole, completions);
	add_table(tests, doubt, doubts);
	tcase_add_test(tests, is_changed);
}
