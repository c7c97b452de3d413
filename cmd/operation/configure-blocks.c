/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl configure, memctl deconfigure: standby memory of s390, block by block. The plan, and what is read back */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "operation/configure.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/walk.h"
#include "ui/xalloc.h"

/* 0, 1, or -1 for what the firmware does not say, or says in a way that cannot be understood */
static int configured_of(const struct memhp_block *block)
{
	return memhp_block_get_error(block, MEMHP_ATTR_CONFIGURED) < 0 ? -1 : memhp_block_is_configured(block);
}

static int memmap_of(const struct memhp_block *block)
{
	return memhp_block_get_error(block, MEMHP_ATTR_MEMMAP_ON_MEMORY) < 0 ? -1 : memhp_block_has_memmap_on_memory(block);
}

/* What to ask for: where there is no such setting memory has its memory map elsewhere, and nothing needs to change for that. */
static enum memhp_memmap wanted_memmap(const struct configure *configure, const struct item *item)
{
	return item->memmap < 0 && configure->memmap == MEMHP_MEMMAP_ELSEWHERE ? MEMHP_MEMMAP_KEEP : configure->memmap;
}

/* Whether memmap_on_memory would have to be another one */
static bool is_memmap_wrong(const struct configure *configure, const struct item *item)
{
	enum memhp_memmap wanted = wanted_memmap(configure, item);

	return configure->goal && wanted != MEMHP_MEMMAP_KEEP && item->memmap != (wanted == MEMHP_MEMMAP_ON_MEMORY);
}

static void set_impossible(struct item *item, const char *why, const char *hint)
{
	item->row.outcome = MEMHP_OUTCOME_IMPOSSIBLE;
	item->why = why;
	item->hint = hint;
}

/* What cannot be read of a block is no reason to change it. */
static void set_unreadable(struct item *item, int error, const char *why)
{
	item->row.outcome = MEMHP_OUTCOME_FAILED;
	item->row.reason = MEMHP_REASON_UNREADABLE;
	item->row.error = error;
	item->why = why;
}

/* NULL when it is not known */
static const char *word(int is_configured)
{
	if (is_configured < 0)
		return NULL;
	return is_configured ? "configured" : "standby";
}

/* What memmap_on_memory is, or, for what is only planned, will be */
static const char *memmap_word(const struct configure *configure, const struct item *item)
{
	bool is_planned = item->row.outcome == MEMHP_OUTCOME_PLANNED && configure->memmap != MEMHP_MEMMAP_KEEP;

	if (item->memmap < 0)
		return NULL;
	return (is_planned ? configure->memmap == MEMHP_MEMMAP_ON_MEMORY : item->memmap) ? "yes" : "no";
}

/* Where the item stands, and what is to become of it */
static void plan_item(const struct configure *configure, struct item *item)
{
	const struct memhp_block *block = item->row.block;
	enum memhp_state state = memhp_block_get_state(block);
	int state_error = memhp_block_get_error(block, MEMHP_ATTR_STATE);
	int config_error = memhp_block_get_error(block, MEMHP_ATTR_CONFIGURED);

	if (config_error < 0 && config_error != -EOPNOTSUPP) {
		set_unreadable(item, config_error, "whether it is configured cannot be read or understood");
	} else if (item->before < 0) {
		set_impossible(item, "the firmware says nothing of it that can be understood", NULL);
	} else if (is_memmap_wrong(configure, item) && item->memmap < 0) {
		set_impossible(item, "this kernel cannot put its memory map into it, or does not say: there is no memmap_on_memory",
			       "leave out --memmap-on-memory");
	} else if (is_memmap_wrong(configure, item) && item->before) {
		set_impossible(item, "configured already, and its memmap_on_memory can change only while it is not",
			       "take it offline and deconfigure it first (memctl offline, memctl deconfigure)");
	} else if (item->before == configure->goal) {
		item->row.outcome = MEMHP_OUTCOME_ALREADY;
	} else if (!configure->goal && state_error < 0) {
		set_unreadable(item, state_error, "whether it is offline cannot be read or understood");
	} else if (!configure->goal && (state == MEMHP_STATE_ONLINE || state == MEMHP_STATE_GOING_OFFLINE)) {
		item->row.outcome = MEMHP_OUTCOME_BUSY;
		item->why = "not offline";
		item->hint = "take it offline first (memctl offline)";
	}
}

static void add_item(struct configure *configure, const struct memhp_block *block)
{
	uint64_t start = memhp_block_get_start_addr(block);
	struct item *item;

	configure->items = xreallocarray(configure->items, configure->num_items + 1, sizeof(*item));
	item = &configure->items[configure->num_items++];
	*item = (struct item){
		.row = { .block_id = memhp_block_get_id(block),
			 .block = block,
			 .start_addr = start,
			 .last_addr = start + (configure->op.block_size - 1),
			 .outcome = MEMHP_OUTCOME_PLANNED,
			 .size = configure->op.block_size },
		.before = configured_of(block),
		.memmap_before = memmap_of(block),
	};
	item->memmap = item->memmap_before;
	item->row.before = item->row.after = word(item->before);
	plan_item(configure, item);
	item->row.extra = memmap_word(configure, item);
}

/* With --all, --size and --count only what can be changed is of interest; of all that is also what nobody can tell of. */
static void choose_items(struct configure *configure)
{
	const struct options *options = configure->op.options;
	bool has_goal = opts_has_goal(options);
	uint64_t goal = opts_goal_blocks(options, configure->op.block_size), found = 0, skip = 0;
	size_t kept = 0;

	if (!has_goal && !has_option(options, OPT_ALL))
		return;
	for (size_t i = 0; i < configure->num_items; i++)
		if (configure->items[i].row.outcome == MEMHP_OUTCOME_PLANNED ||
		    (!has_goal && configure->items[i].row.outcome == MEMHP_OUTCOME_FAILED))
			configure->items[found++] = configure->items[i];
	/* As online and offline do: from the lowest address up, or from the highest down. */
	if (has_goal && goal < found && !configure->goal)
		skip = found - goal;
	for (size_t i = skip; i < found && (!has_goal || kept < goal); i++)
		configure->items[kept++] = configure->items[i];
	configure->num_items = kept;
	configure->op.num_short = has_goal && goal > kept ? goal - kept : 0;
}

static void check_machine(struct memhp_ctx *ctx)
{
	int has = memhp_ctx_has_firmware_memory(ctx);

	if (has < 0)
		fail(EXIT_FAILED, "nothing was changed: /sys/firmware/memory cannot be read: %s", strerror(-has));
	if (has == 0)
		fail(EXIT_UNSUPPORTED,
		     "there is no /sys/firmware/memory: only s390 has memory to configure, with Linux 6.19 or later; on "
		     "older ones standby memory is offline blocks, for memctl online and offline");
}

static void make_plan(struct operation *op)
{
	struct configure *configure = (struct configure *)op;
	const struct options *options = op->options;
	const struct memhp_block *block;
	struct walk walk = { 0 };
	int rc;

	check_machine(op->session.ctx);
	rc = memhp_snapshot_new(&op->snapshot, op->session.ctx,
				op->attrs | MEMHP_ATTR_STATE | MEMHP_ATTR_CONFIGURED | MEMHP_ATTR_MEMMAP_ON_MEMORY);
	if (rc < 0)
		fail_scan(op->session.ctx, rc);
	opts_check_selection(options, op->session.ctx, op->snapshot);
	for (; (block = walk_get(op->snapshot, &walk)); walk_step(op->snapshot, &walk))
		if (!options->selection || memhp_selection_matches(options->selection, block) > 0)
			add_item(configure, block);
	op->is_incomplete = has_option(options, OPT_ALL) && memhp_snapshot_get_num_skipped(op->snapshot) > 0;
	choose_items(configure);
}

static int change(struct configure *configure, const struct item *item)
{
	return configure->goal ? memhp_writer_configure_block(configure->writer, item->row.block_id, wanted_memmap(configure, item))
			       : memhp_writer_deconfigure_block(configure->writer, item->row.block_id);
}

static int bring_back(struct configure *configure, const struct item *item)
{
	enum memhp_memmap memmap = item->memmap_before ? MEMHP_MEMMAP_ON_MEMORY : MEMHP_MEMMAP_ELSEWHERE;
	int rc;

	if (!configure->goal)
		return memhp_writer_configure_block(configure->writer, item->row.block_id, MEMHP_MEMMAP_KEEP);
	rc = memhp_writer_deconfigure_block(configure->writer, item->row.block_id);
	return rc == 0 && item->memmap_before >= 0 ? memhp_writer_set_memmap(configure->writer, item->row.block_id, memmap) : rc;
}

static void note_block(const struct configure *configure, struct item *item, const struct memhp_block *block)
{
	item->after = block ? configured_of(block) : -1;
	item->memmap = block ? memmap_of(block) : -1;
	configure_note_look(item, word(item->after), item->after == configure->goal);
	item->row.extra = memmap_word(configure, item);
}

/* What is said of afterwards is what was read afterwards; what cannot be read then is not known. */
static void look(struct configure *configure)
{
	struct item *item = configure->items, *end = item + configure->num_items;
	const struct memhp_block *block;
	struct memhp_snapshot *snapshot;
	struct walk walk = { 0 };
	int rc = memhp_snapshot_new(&snapshot, configure->op.session.ctx, MEMHP_ATTR_CONFIGURED | MEMHP_ATTR_MEMMAP_ON_MEMORY);

	if (rc < 0)
		warn("what the blocks are now cannot be read: %s", strerror(-rc));
	for (; rc == 0 && item < end && (block = walk_get(snapshot, &walk)); walk_step(snapshot, &walk)) {
		for (; item < end && item->row.block_id < memhp_block_get_id(block); item++)
			note_block(configure, item, NULL);
		if (item < end && item->row.block_id == memhp_block_get_id(block))
			note_block(configure, item++, block);
	}
	for (; item < end; item++)
		note_block(configure, item, NULL);
	if (rc == 0)
		memhp_snapshot_unref(snapshot);
}

static const char *refusal(const struct report_row *row)
{
	switch (row->error) {
	case -EBUSY:
		return "busy: in use, or being changed by another agent";
	case -ENOMEM:
		return "the kernel lacks memory for its memory map";
	case -EIO:
		return "refused by the firmware or hypervisor, or nothing came of it";
	default:
		return "refused by the kernel";
	}
}

static const char *hint(const struct report_row *row)
{
	return row->reason == MEMHP_REASON_NO_MEMORY ? "with --memmap-on-memory the memory map goes into the memory itself" : NULL;
}

const struct item_edge configure_block_edge = {
	.change = change,
	.bring_back = bring_back,
	.look = look,
	.refusal = refusal,
	.hint = hint,
};

static void write_row(const struct operation *op, const struct report_row *row, struct json_object *object)
{
	const struct item *item = &((const struct configure *)op)->items[row->index];

	if (item->memmap < 0)
		json_set_null(object, "memmap_on_memory");
	else
		json_set_bool(object, "memmap_on_memory", item->memmap);
}

static void say_empty(const struct operation *op)
{
	if (op->num_short)
		warn("nothing was changed: no memory is left to %s", op->options->command->name);
	else
		warn("nothing to do: no memory is left to %s", op->options->command->name);
}

/* clang-format off */
#define CONFIGURES_BLOCKS \
	.columns = "BLOCK,SIZE,BEFORE,AFTER,MEMMAP-ON-MEMORY,OUTCOME,TIME", \
	.plan_columns = "BLOCK,SIZE,BEFORE,GOAL,MEMMAP-ON-MEMORY,PLAN", .extra = "MEMMAP-ON-MEMORY", \
	.plan = make_plan, .act = configure_act, .get_row = configure_get_row, .make_reason = configure_make_reason, \
	.make_hint = configure_make_hint, .write_row = write_row, .say_empty = say_empty
/* clang-format on */

const struct operation_kind configure_blocks_kind = {
	.words = { .did = "configured", .done = "", .would = "be configured", .already = "configured" },
	CONFIGURES_BLOCKS,
};

const struct operation_kind deconfigure_blocks_kind = {
	.words = { .did = "deconfigured", .done = "", .would = "be deconfigured", .already = "standby memory" },
	CONFIGURES_BLOCKS,
};
