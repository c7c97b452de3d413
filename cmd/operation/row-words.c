/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said alike of all kinds of requests */
#include "operation/operation.h"
#include "ui/opts.h"

const char *row_reason_text(enum memhp_outcome outcome, enum memhp_reason reason)
{
	if (outcome == MEMHP_OUTCOME_UNVERIFIED)
		return "may be changed: the kernel was told to, and what came of it cannot be read";
	if (outcome == MEMHP_OUTCOME_REVERTED)
		return "changed, and then brought back by another program";
	switch (reason) {
	case MEMHP_REASON_DEADLINE:
	case MEMHP_REASON_LOCKED:
		return "not done when the deadline passed";
	case MEMHP_REASON_CANCELLED:
		return "not done when the request was cancelled";
	case MEMHP_REASON_RACE:
		return "changed by another agent at the same time";
	case MEMHP_REASON_WRITER_DIED:
		return "not done: the process that writes was killed by somebody else";
	case MEMHP_REASON_UNREADABLE:
		return "the state cannot be read or understood";
	default:
		return NULL;
	}
}

const char *row_hint_text(const struct operation *op, const struct report_row *row)
{
	if (row->outcome == MEMHP_OUTCOME_UNVERIFIED)
		return "look again with memctl list";
	if (row->outcome == MEMHP_OUTCOME_TIMEOUT)
		return "another change may hold the kernel's lock; try with more time";
	if (row->outcome == MEMHP_OUTCOME_BUSY)
		return row_try_again(op);
	return NULL;
}

const char *row_try_again(const struct operation *op)
{
	return opts_take(op->options, OPT_RETRY) && !has_option(op->options, OPT_RETRY) ? "try again later (--retry)"
											: "try again later";
}
