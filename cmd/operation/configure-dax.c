/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl configure --source: a dax device as a whole, which comes in all of it or not at all */
#include <errno.h>
#include <string.h>

#include "operation/configure.h"
#include "ui/json.h"
#include "ui/opts.h"
#include "ui/walk.h"
#include "ui/xalloc.h"

#define ZONE_STAYS    "it is online already, and its zone cannot change while it is"
#define ZONE_ADVICE   "take it away first (memctl remove)"
#define NOT_ONLINE    "not all of its blocks are known to be online, and the kernel brings a device in only when it is unplugged"
#define BLOCKS_ADVICE "memctl online --source brings its blocks online, memctl remove takes it away"

/* NULL when it is not known */
static const char *word(enum memhp_transition state)
{
	return state == MEMHP_TRANSITION_UNKNOWN ? NULL : memhp_transition_name(state);
}

static void add_device(struct configure *configure, const char *device, enum memhp_transition state)
{
	uint64_t size;

	/* Its size is of interest, and nothing depends on it. */
	if (memhp_ctx_read_dax_size(configure->op.session.ctx, device, &size) < 0)
		size = 0;
	configure->items = xcalloc(1, sizeof(struct item));
	configure->num_items = 1;
	configure->items->row = (struct report_row){
		.device = device,
		.size = size,
		.before = word(state),
		.after = word(state),
		.outcome = MEMHP_OUTCOME_PLANNED,
	};
}

/* Ends the program when there is no such device, or it has no such file. */
static enum memhp_transition check_dax(struct configure *configure, const char *device)
{
	enum memhp_transition state;
	int rc = memhp_ctx_read_dax_state(configure->op.session.ctx, device, &state);

	if (rc == -EINVAL)
		usage_error("--source", "\"%s\" is no dax device, such as dax0.0; other memory is configured by --block or --range",
			    device);
	if (rc == -ENOENT)
		usage_error("--source", "there is no dax device %s", device);
	if (rc == -EOPNOTSUPP)
		fail(EXIT_UNSUPPORTED,
		     "there is no file /sys/bus/dax/devices/%s/state: that takes Linux 7.3 and the driver kmem; daxctl "
		     "reconfigure-device --mode=system-ram %s hands the device to it, memctl online --source %s "
		     "brings its blocks online",
		     device, device, device);
	if (rc < 0)
		fail(EXIT_FAILED, "cannot read /sys/bus/dax/devices/%s/state: %s", device, strerror(-rc));
	add_device(configure, device, state);
	return state;
}

/* What the device would do to the machine's balance; what is not known cannot stand guard. */
static void check_guard(struct configure *configure, const char *device)
{
	struct operation *op = &configure->op;
	uint64_t size;

	if (configure->dax_goal == MEMHP_TRANSITION_ONLINE_MOVABLE && memhp_ctx_read_dax_size(op->session.ctx, device, &size) == 0)
		op->guard = guard_check_size(op->session.ctx, op->options, MEMHP_TRANSITION_ONLINE_MOVABLE, size);
}

static bool is_zone_as_asked(enum memhp_zone zone, enum memhp_transition goal)
{
	if (goal == MEMHP_TRANSITION_ONLINE)
		return true;
	return zone != MEMHP_ZONE_UNKNOWN && (zone == MEMHP_ZONE_MOVABLE) == (goal == MEMHP_TRANSITION_ONLINE_MOVABLE);
}

static void leave_dax(struct item *item, const char *why, const char *hint)
{
	item->row.outcome = MEMHP_OUTCOME_BUSY;
	item->row.reason = MEMHP_REASON_BUSY;
	item->why = why;
	item->hint = hint;
}

/* A device that is not unplugged is what its blocks are: its state does not follow what becomes of single ones. */
static void judge_blocks(struct configure *configure, const char *device)
{
	const struct memhp_block *block;
	struct memhp_snapshot *snapshot;
	struct walk walk = { 0 };
	bool is_found = false, is_online = true, is_as_asked = true;
	int rc = memhp_snapshot_new(&snapshot, configure->op.session.ctx, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_SOURCE);

	if (rc < 0)
		fail_scan(configure->op.session.ctx, rc);
	for (; (block = walk_get(snapshot, &walk)); walk_step(snapshot, &walk)) {
		const char *source = memhp_block_get_source_name(block);

		if (!source || strcmp(source, device) != 0)
			continue;
		is_found = true;
		is_online &= memhp_block_get_state(block) == MEMHP_STATE_ONLINE;
		is_as_asked &= is_zone_as_asked(memhp_block_get_zone(block), configure->dax_goal);
	}
	memhp_snapshot_unref(snapshot);
	if (!is_found)
		leave_dax(configure->items, "it has no memory blocks, and the kernel brings a device in only when it is unplugged",
			  "look at the kernel's log (dmesg)");
	else if (!is_online)
		leave_dax(configure->items, NOT_ONLINE, BLOCKS_ADVICE);
	else if (!is_as_asked)
		leave_dax(configure->items, ZONE_STAYS, ZONE_ADVICE);
	else
		configure->items->row.outcome = MEMHP_OUTCOME_ALREADY;
}

static void make_plan(struct operation *op)
{
	struct configure *configure = (struct configure *)op;
	const char *device = op->options->source;

	/* What needs no asking: it is so already, or cannot be as long as the device is not unplugged. */
	if (check_dax(configure, device) != MEMHP_TRANSITION_UNPLUG)
		judge_blocks(configure, device);
	else
		check_guard(configure, device);
}

static int change(struct configure *configure, const struct item *item)
{
	return memhp_writer_set_dax_state(configure->writer, item->row.device, configure->dax_goal);
}

static int bring_back(struct configure *configure, const struct item *item)
{
	return memhp_writer_set_dax_state(configure->writer, item->row.device, MEMHP_TRANSITION_UNPLUG);
}

static void look(struct configure *configure)
{
	struct item *item = configure->items;
	enum memhp_transition state;

	if (!item->is_tried)
		return;
	if (memhp_ctx_read_dax_state(configure->op.session.ctx, item->row.device, &state) < 0)
		state = MEMHP_TRANSITION_UNKNOWN;
	configure_note_look(item, word(state), item->row.outcome == MEMHP_OUTCOME_CHANGED && state != MEMHP_TRANSITION_UNKNOWN);
}

/* What an errno means for a device; some of it is another thing than for standby memory. */
static const char *refusal(const struct report_row *row)
{
	switch (row->error) {
	case -EBUSY:
	case -EINVAL:
		return "the kernel could not bring in all of it, and so brings in nothing";
	case -ENOMEM:
		return "the kernel lacks memory for its memory map";
	case -EIO:
		return "refused by the kernel or a driver, or nothing came of it";
	default:
		return "refused by the kernel";
	}
}

static const char *hint(const struct report_row *row)
{
	switch (row->error) {
	case -ENOMEM:
		return "free some and try again";
	case -EBUSY:
	case -EINVAL:
		return "look at the kernel's log (dmesg)";
	default:
		return NULL;
	}
}

const struct item_edge configure_dax_edge = {
	.change = change,
	.bring_back = bring_back,
	.look = look,
	.refusal = refusal,
	.hint = hint,
};

static void write_more(const struct operation *op, struct json_doc *doc)
{
	json_doc_string(doc, "source", op->options->source);
}

const struct operation_kind configure_dax_kind = {
	.words = { .did = "configured",
		   .done = "",
		   .would = "be configured",
		   .already = "online as asked",
		   .advice = "leave out --movable, or use " },
	.columns = "BLOCK,SIZE,BEFORE,AFTER,OUTCOME,TIME",
	.plan_columns = "BLOCK,SIZE,BEFORE,GOAL,PLAN",
	.plan = make_plan,
	.act = configure_act,
	.get_row = configure_get_row,
	.make_reason = configure_make_reason,
	.make_hint = configure_make_hint,
	.write = write_more,
};
