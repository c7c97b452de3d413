/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changes the state of blocks: online, offline and remove. The library plans and carries out. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "operation/remove.h"
#include "ui/advice.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

/* A plan goes by the zones; where they cannot be read it is made all the same, and that is said. */
void operation_tell_unknown_zones(const struct operation *op)
{
	const struct memhp_step *step;
	size_t num = 0;
	int error = 0;

	for (size_t i = 0; (step = memhp_plan_get_step(op->plan, i)); i++) {
		const struct memhp_block *block = memhp_snapshot_find_block(op->snapshot, memhp_step_get_block_id(step));
		int rc = block && !memhp_step_get_error(step) ? memhp_block_get_error(block, MEMHP_ATTR_ZONES) : 0;

		if (rc == 0 || rc == -EOPNOTSUPP)
			continue;
		num++;
		error = rc;
	}
	if (num)
		warn("careful: the zones of %zu block%s cannot be read (%s): whether the kernel can do it is not known", num,
		     num == 1 ? "" : "s", errno_name(error));
}

void operation_check_hotremove(const struct operation *op)
{
	if (memhp_ctx_has(op->session.ctx, MEMHP_FEATURE_HOTREMOVE) == 0)
		fail(EXIT_UNSUPPORTED, "this kernel was built without CONFIG_MEMORY_HOTREMOVE: no memory block can go offline");
}

static void make_plan(struct operation *op)
{
	struct memhp_snapshot *snapshot;
	int rc = memhp_snapshot_new(&snapshot, op->session.ctx, memhp_request_get_attrs(op->request) | op->attrs);

	if (rc < 0)
		fail_scan(op->session.ctx, rc);
	op->snapshot = snapshot;
	opts_check_selection(op->options, op->session.ctx, snapshot);
	opts_check_nodes(op->options, snapshot);
	if (op->action == MEMHP_TRANSITION_OFFLINE)
		operation_check_hotremove(op);
	/* memctl remove has looked, and its device may have no block any more. */
	if (!op->is_removal)
		opts_check_sources(op->options, snapshot);
	if (!has_option(op->options, OPT_DRY_RUN))
		operation_tell_blocker(op, snapshot);
	if (op->action == MEMHP_TRANSITION_OFFLINE && has_option(op->options, OPT_DRY_RUN) && !opts_has_goal(op->options))
		op->plan = operation_plan_certain(snapshot, op->request, op->options->selection);
	else if (memhp_plan_new(&op->plan, snapshot, op->request) < 0)
		out_of_memory();
	operation_tell_unknown_zones(op);
	operation_look_at_huge_pages(op, &op->huge_before);
	operation_look_at_pages(op, snapshot);
	operation_tell_poison(op);
	operation_foresee_huge_pages(op, snapshot);
	op->num_short = memhp_plan_get_num_short(op->plan);
	op->num_wanted = operation_count_planned(op) + op->num_short;
	op->guard = guard_check_plan(op->session.ctx, op->options, op->action, op->plan);
	memhp_request_set(op->request, MEMHP_SETTING_MAX_KERNEL_LOSS_BYTES, op->guard.max_kernel_loss);
}

void operation_act(struct operation *op)
{
	operation_carry_out(op);
	operation_look_at_huge_pages(op, &op->huge_after);
}

char *operation_row_reason(const struct operation *op, const struct report_row *row)
{
	return operation_make_reason(op, row->step);
}

char *operation_row_hint(const struct operation *op, const struct report_row *row)
{
	return operation_make_hint(op, row->step);
}

char *operation_row_more(const struct operation *op, const struct report_row *row)
{
	return operation_make_more(op, row->step);
}

/* That something was asked for and could not be had is no failure of the request, and yet said. */
static void tell_debug_error(const struct operation *op)
{
	int error = op->result ? memhp_result_get_kernel_debug_error(op->result) : 0;

	if (error == -EOPNOTSUPP || error == -ENOENT)
		warn("--kernel-debug: this kernel has no CONFIG_DYNAMIC_DEBUG, or debugfs is not mounted");
	else if (error < 0)
		warn("--kernel-debug: the kernel's debug messages cannot be switched on: %s", strerror(-error));
	else if (has_option(op->options, OPT_KERNEL_DEBUG) && op->result && memhp_result_get_kernel_log_error(op->result) < 0)
		warn("--kernel-debug: the kernel's log, /dev/kmsg, cannot be read: %s",
		     strerror(-memhp_result_get_kernel_log_error(op->result)));
}

/* Of blocks that are as they were nothing is told, and yet something was why. */
static void tell_rollback(const struct operation *op)
{
	if (!op->result || !memhp_result_is_rolled_back(op->result) || op->session.signal || op->num_short ||
	    operation_has_trouble(op))
		return;
	if (has_option(op->options, OPT_TO))
		warn("all was brought back: not as much was online as was asked for, or not for certain: blocks were changed "
		     "meanwhile, or could not be read");
	else
		warn("all was brought back: a block did not stay as asked, or could not be read after the change");
}

/* Each block of the request went as asked, and it was of no use: nothing else tells why. */
static void tell_missed_target(const struct operation *op)
{
	bool is_over = op->result && !op->is_rolled_back && !op->session.signal;

	if (is_over && !op->num_short && operation_get_target(op).met == 0 && !operation_has_trouble(op))
		operation_say_target_is_missed(op);
}

/* The block with a failing page does not go: that page alone may. */
static void tell_soft_offline(const struct operation *op)
{
	static const char file[] = "/sys/devices/system/memory/soft_offline_page";
	_cleanup_free_ char *path = NULL;
	bool is_left = false;
	struct report_row row;
	int fd;

	if (op->is_removal || op->action != MEMHP_TRANSITION_OFFLINE || !has_option(op->options, OPT_ADDRESS))
		return;
	for (size_t i = 0; op->kind->get_row(op, i, &row); i++)
		is_left |= !row_is_done(&row) && row.outcome != MEMHP_OUTCOME_PLANNED;
	fd = is_left ? memhp_ctx_open(op->session.ctx, file, O_PATH | O_NOFOLLOW) : -1;
	if (fd < 0)
		return;
	close(fd);
	path = advice_path(file);
	warn("a single failing page can go out of use alone: as root, echo its address (0x...) > %s", path);
}

void operation_tell_change(const struct operation *op)
{
	tell_rollback(op);
	tell_missed_target(op);
	operation_tell_target(op);
	operation_tell_agents(op);
	operation_tell_processes(op);
	remove_tell(op);
	tell_soft_offline(op);
	tell_debug_error(op);
	operation_tell_huge_pages(op);
}

static void say_empty(const struct operation *op)
{
	const char *goal = op->kind->words.already;

	if (op->is_removal)
		warn("nothing to do: %s is unplugged", op->options->source);
	else if (has_option(op->options, OPT_TO) && !op->num_short)
		operation_say_target_is_met(op);
	else if (op->num_short)
		warn("nothing was changed: no selected block is left to go %s", goal);
	else if (memhp_snapshot_get_num_blocks(op->snapshot) == 0)
		warn("nothing to do: there is no memory block");
	else if (has_option(op->options, OPT_ALL))
		warn("nothing to do: all selected blocks are %s", goal);
	else
		warn("nothing to do: no memory block matches");
}

static void write_more(const struct operation *op, struct json_doc *doc)
{
	if (op->device) {
		json_doc_string(doc, "source", op->device);
		json_doc_bool(doc, "ejected", operation_is_ejected(op));
		json_doc_string(doc, "eject_errno", op->result ? errno_name(memhp_result_get_eject_error(op->result)) : NULL);
	}
	operation_write_target(op, doc);
	operation_write_huge_pages(op, doc);
	if (op->who_ranges)
		json_doc_member(doc, "who", who_state(&op->who));
}

/* clang-format off */
#define CHANGES_BLOCKS \
	.columns = "BLOCK,SIZE,BEFORE,AFTER,ZONE,OUTCOME,TIME", .plan_columns = "BLOCK,SIZE,BEFORE,GOAL,ZONE,PLAN", \
	.plan = make_plan, .act = operation_act, .get_row = operation_get_row, .make_reason = operation_row_reason, \
	.make_hint = operation_row_hint, .make_more = operation_row_more, .tell = operation_tell_change, .write = write_more, \
	.say_empty = say_empty
#define TAKES_OFFLINE .did = "took", .done = " offline", .would = "be taken offline", .already = "offline"
/* clang-format on */

const struct operation_kind operation_online = {
	.words = { .did = "brought",
		   .done = " online",
		   .would = "be brought online",
		   .already = "online",
		   .advice = "--kernel for some of the blocks, or " },
	CHANGES_BLOCKS,
};

const struct operation_kind operation_offline = {
	.words = { TAKES_OFFLINE, .advice = "offline less, or " },
	CHANGES_BLOCKS,
};

/* A device goes as a whole: there is no less of it. */
const struct operation_kind operation_remove = {
	.words = { TAKES_OFFLINE, .advice = "" },
	CHANGES_BLOCKS,
};

int operation_change(struct operation *op)
{
	if (!op->session.ctx)
		op->session = session_begin(op->options);
	op->block_size = opts_check_ranges(op->options, op->session.ctx);
	op->goal = memhp_transition_name(op->action);
	operation_make_request(op);
	return operation_run(op);
}
