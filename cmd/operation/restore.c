/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl restore: bring the memory blocks back to what a saved layout says */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "operation/restore.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/layout.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

/* What is missing, is new, or is not told: it stays as it is, and is said. */
static bool is_absent(const struct layout_span *span)
{
	return !span->now;
}

static bool is_new(const struct layout_span *span)
{
	return !span->saved;
}

static bool is_untold(const struct layout_span *span)
{
	return span->saved && span->now && span->saved->state != MEMHP_STATE_ONLINE && span->saved->state != MEMHP_STATE_OFFLINE;
}

/* Of one that is to be online */
static bool is_without_zone(const struct layout_span *span)
{
	return span->saved && span->now && span->saved->state == MEMHP_STATE_ONLINE &&
	       (span->saved->zone == MEMHP_ZONE_UNKNOWN) !=
		       (span->now->state == MEMHP_STATE_ONLINE && span->now->zone == MEMHP_ZONE_UNKNOWN);
}

/* The blocks that are so */
static struct layout find_blocks(const struct restoring *restoring, bool (*is_one)(const struct layout_span *span))
{
	struct layout_walk walk = { .saved = &restoring->saved, .now = &restoring->now };
	struct layout found = { .block_size = restoring->now.block_size };
	struct layout_span span;

	while (layout_walk(&walk, &span))
		if (is_one(&span))
			layout_add(&found, span.start, span.last, (struct layout_place){ 0 });
	return found;
}

/* "32-39, 45"; from malloc(), NULL for none */
static char *name_blocks(const struct restoring *restoring, bool (*is_one)(const struct layout_span *span))
{
	struct layout found = find_blocks(restoring, is_one);
	char *names = layout_name_blocks(&found);

	layout_release(&found);
	return names;
}

static void check_absent(struct restoring *restoring)
{
	_cleanup_free_ char *absent = name_blocks(restoring, is_absent);

	if (!absent)
		return;
	if (!has_option(restoring->op.options, OPT_PRESENT_ONLY))
		fail(EXIT_FAILED, "nothing was changed: blocks of %s are not there: %s; --present-only restores the others",
		     restoring->path, absent);
	warn("not there, and passed over: %s", absent);
	restoring->has_others = true;
}

/* What is not known is not as saved for certain. */
static void tell_unknown(struct restoring *restoring)
{
	_cleanup_free_ char *untold = name_blocks(restoring, is_untold), *zoneless = name_blocks(restoring, is_without_zone);

	if (untold)
		warn("neither online nor offline in %s, and left alone: %s", restoring->path, untold);
	if (zoneless)
		warn("of these the zone is not known, here or in %s, and may be another one than it was: %s", restoring->path,
		     zoneless);
	restoring->op.is_incomplete |= untold || zoneless;
	restoring->has_others |= untold || zoneless;
}

/* Blocks are known by address and size: what is none of them is not guessed. */
static void check_layout(struct restoring *restoring)
{
	_cleanup_free_ char *new = NULL;
	char saved[SIZE_TEXT_MAX], now[SIZE_TEXT_MAX];

	if (restoring->saved.block_size != restoring->now.block_size)
		fail(EXIT_FAILED, "nothing was changed: %s is about blocks of %s, and here a block has %s", restoring->path,
		     format_size(restoring->saved.block_size, saved), format_size(restoring->now.block_size, now));
	/* That is about a few blocks, and has judged each of them. */
	if (restoring->is_last)
		return;
	check_absent(restoring);
	new = name_blocks(restoring, is_new);
	if (new)
		warn("not in %s, and left alone: %s", restoring->path, new);
	restoring->has_others |= new != NULL;
}

static enum memhp_transition goal_of(const struct layout_place *saved)
{
	if (saved->state == MEMHP_STATE_OFFLINE)
		return MEMHP_TRANSITION_OFFLINE;
	switch (saved->zone) {
	case MEMHP_ZONE_MOVABLE:
		return MEMHP_TRANSITION_ONLINE_MOVABLE;
	case MEMHP_ZONE_UNKNOWN:
	case MEMHP_ZONE_DEVICE:
		return MEMHP_TRANSITION_ONLINE;
	default:
		return MEMHP_TRANSITION_ONLINE_KERNEL;
	}
}

/* Of kernel zones the kernel chooses one by the address: another than the saved one can be no other way. */
static bool is_pending(const struct layout_span *span)
{
	if (!span->saved || !span->now || is_untold(span))
		return false;
	return span->now->state == MEMHP_STATE_UNKNOWN || span->differs & LAYOUT_STATE ||
	       (span->differs & LAYOUT_ZONE && goal_of(span->saved) != goal_of(span->now));
}

/* Online in another zone */
static bool is_moved(const struct layout_span *span)
{
	return is_pending(span) && span->saved->state == MEMHP_STATE_ONLINE && span->now->state == MEMHP_STATE_ONLINE;
}

static void tell_moved(const struct restoring *restoring)
{
	_cleanup_free_ char *moved = name_blocks(restoring, is_moved);

	if (moved)
		warn("online in another zone than saved, so that they go offline first: %s", moved);
}

static void add_goals(struct restoring *restoring)
{
	struct layout_walk walk = { .saved = &restoring->saved, .now = &restoring->now };
	struct layout_span span;

	while (layout_walk(&walk, &span))
		if (is_pending(&span) &&
		    memhp_request_add_goal(restoring->op.request, span.start, span.last, goal_of(span.saved)) < 0)
			out_of_memory();
}

static void make_plan(struct operation *op)
{
	struct restoring *restoring = (struct restoring *)op;
	int rc;

	if (restoring->is_last)
		restore_look_again(restoring);
	rc = memhp_snapshot_new(&op->snapshot, op->session.ctx, memhp_request_get_attrs(op->request) | LAYOUT_ATTRS | op->attrs);
	if (rc < 0)
		fail_scan(op->session.ctx, rc);
	restoring->now = layout_take(op->session.ctx, op->snapshot);
	if (restoring->is_last)
		restore_take_last(restoring);
	check_layout(restoring);
	tell_unknown(restoring);
	tell_moved(restoring);
	add_goals(restoring);
	restore_policy_look(restoring);
	if (!has_option(op->options, OPT_DRY_RUN))
		operation_tell_blocker(op, op->snapshot);
	if (memhp_plan_new(&op->plan, op->snapshot, op->request) < 0)
		out_of_memory();
	if (operation_takes_offline(op))
		operation_check_hotremove(op);
	operation_tell_unknown_zones(op);
	operation_look_at_huge_pages(op, &op->huge_before);
	operation_foresee_huge_pages(op, op->snapshot);
	op->guard = guard_check_plan(op->session.ctx, op->options, op->action, op->plan);
}

/* All or nothing: settings are quickly set back, and blocks are not, so settings come first. */
static void act_with_rollback(struct restoring *restoring)
{
	struct operation *op = &restoring->op;
	int rc;

	if (!restore_policy_set(restoring)) {
		op->completion = MEMHP_COMPLETION_FAILED;
		restore_policy_take_back(restoring);
		return;
	}
	operation_begin_note(op);
	rc = operation_apply(op);
	if (rc < 0 || op->completion != MEMHP_COMPLETION_COMPLETE)
		restore_policy_take_back(restoring);
	operation_end_apply(op, rc);
	operation_look_at_huge_pages(op, &op->huge_after);
}

/* What decides about new memory comes when the blocks are as they were: until then it is as nobody has saved it. */
static void act(struct operation *op)
{
	struct restoring *restoring = (struct restoring *)op;

	if (has_option(op->options, OPT_POLICY))
		check_changeable(op->session.ctx);
	if (has_option(op->options, OPT_ROLLBACK)) {
		act_with_rollback(restoring);
		return;
	}
	operation_act(op);
	if (op->completion == MEMHP_COMPLETION_COMPLETE)
		restore_policy_set(restoring);
}

/* Where a setting failed first, no block had its turn. */
static bool get_row(const struct operation *op, size_t index, struct report_row *row)
{
	if (!operation_get_row(op, index, row))
		return false;
	if (!op->has_acted || op->result || row->outcome != MEMHP_OUTCOME_PLANNED)
		return true;
	row->outcome = MEMHP_OUTCOME_NOT_TRIED;
	if (memhp_step_get_action(row->step) != MEMHP_TRANSITION_OFFLINE)
		row->zone = zone_word(memhp_step_get_zone_before(row->step));
	return true;
}

static void tell(const struct operation *op)
{
	operation_tell_change(op);
	restore_policy_tell(restoring_of(op));
}

static void say_empty(const struct operation *op)
{
	const struct restoring *restoring = restoring_of(op);
	const char *others = restoring->has_others ? "other " : "";

	/* What somebody has done since is not looked at once all was brought back. */
	if (restoring->is_past)
		warn("nothing to do: it has been brought back already");
	else if (restoring->is_last && restoring->has_others)
		warn("nothing else to do for the last request");
	else if (restoring->is_last)
		warn("nothing to do: the blocks of the last request are as they were before it");
	else
		warn("nothing to do: the %smemory blocks are as %s has them", others, restoring->path);
	restore_policy_tell(restoring_of(op));
}

static void write_more(const struct operation *op, struct json_doc *doc)
{
	const struct restoring *restoring = restoring_of(op);

	json_doc_string(doc, "file", restoring->path);
	if (restoring->is_last)
		restore_write_last(restoring, doc);
	restore_policy_write(restoring, doc);
	operation_write_huge_pages(op, doc);
}

static void write_row(const struct operation *op, const struct report_row *row, struct json_object *object)
{
	json_set_string(object, "goal", operation_goal(op, row));
	json_set_string(object, "zone_before", zone_word(memhp_step_get_zone_before(row->step)));
}

static const struct operation_kind operation_restore = {
	.words = { .did = "restored", .done = "", .would = "be restored", .already = "as saved", .advice = "" },
	.columns = "BLOCK,SIZE,BEFORE,AFTER,ZONE,OUTCOME,TIME",
	.plan_columns = "BLOCK,SIZE,BEFORE,GOAL,ZONE,PLAN",
	.plan = make_plan,
	.act = act,
	.get_row = get_row,
	.make_reason = operation_row_reason,
	.make_hint = operation_row_hint,
	.make_more = operation_row_more,
	.tell = tell,
	.write = write_more,
	.write_row = write_row,
	.say_empty = say_empty,
};

static int run(struct restoring *restoring)
{
	struct operation *op = &restoring->op;

	op->block_size = opts_check_ranges(op->options, op->session.ctx);
	operation_make_request(op);
	return operation_run(op);
}

static int run_restore(struct options *options, const char **operands)
{
	struct restoring restoring = {
		.op = { .options = options, .kind = &operation_restore, .action = MEMHP_TRANSITION_NONE, .goal = "restored" },
		.is_last = has_option(options, OPT_LAST),
	};
	int status;

	if (operands[0] && (has_option(options, OPT_LAST) || has_option(options, OPT_LIST)))
		usage_error(NULL, "unexpected operand \"%s\"; --last and --list are about the notes of requests", operands[0]);
	if (has_option(options, OPT_LIST))
		return restore_list(options);
	if (!restoring.is_last) {
		if (!operands[0])
			usage_error(NULL, "a FILE is needed that memctl save has written, or --last for the last request");
		restoring.path = xstrdup(operands[0]);
		restoring.saved = layout_read(operands);
		restore_policy_check(&restoring);
	}
	restoring.op.session = session_begin(options);
	if (restoring.is_last)
		restore_look_for_last(&restoring);
	status = run(&restoring);
	restore_release_last(&restoring);
	layout_release(&restoring.saved);
	layout_release(&restoring.now);
	free(restoring.path);
	return status;
}

const struct command memctl_cmd_restore = {
	.name = "restore",
	.summary = "bring memory blocks back to a saved layout",
	.bit = CMD_RESTORE,
	.synopsis = "[OPTION...] FILE|--last|--list",
	.help = operation_help_columns,
	.run = run_restore,
};
