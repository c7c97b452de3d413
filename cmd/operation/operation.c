/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one run of a request: lock, plan, guard, carry out, report */
#include "operation/operation.h"

#include <stdlib.h>

#include "ui/opts.h"
#include "ui/xalloc.h"

static void release(struct operation *op)
{
	operation_forget_processes(op);
	guard_release(&op->guard);
	memhp_huge_pools_free(op->huge_before);
	memhp_huge_pools_free(op->huge_after);
	free(op->huge_at_risk);
	operation_release_note(op);
	free(op->pages);
	memhp_result_free(op->result);
	memhp_plan_free(op->plan);
	memhp_request_free(op->request);
	memhp_snapshot_unref(op->snapshot);
	free(op->shown.items);
	session_end(&op->session);
}

static void act(struct operation *op)
{
	op->has_acted = true;
	op->kind->act(op);
	operation_end_note(op);
	operation_tell_note(op);
}

int operation_run(struct operation *op)
{
	bool dry_run = has_option(op->options, OPT_DRY_RUN);
	enum exit_status status;

	operation_choose_columns(op);
	operation_prepare_progress(op);
	/* The plan is made under the lock, so that it is still true when it is carried out. */
	if (!dry_run) {
		session_watch_signals(&op->session);
		if (has_option(op->options, OPT_WAIT_PRESENT))
			operation_wait_present(op);
		session_lock(&op->session);
	}
	op->kind->plan(op);
	guard_warn(&op->guard);
	if (op->guard.refused || op->refused) {
		if (!dry_run)
			check_changeable(op->session.ctx);
		operation_choose_columns(op);
	} else if (!dry_run) {
		act(op);
	}
	session_unlock(&op->session);
	operation_find_processes(op);
	if (op->plan && operation_has_trouble(op))
		operation_look_for_choices(op);
	op->elapsed_ms = session_elapsed_ms(&op->session);
	if (!dry_run)
		operation_tell_journal(op);
	if (has_option(op->options, OPT_JSON))
		operation_write(op);
	else
		operation_print(op);
	if (op->session.signal)
		end_by_signal(op->session.signal);
	status = finish_report(operation_exit_status(op));
	release(op);
	return status;
}
