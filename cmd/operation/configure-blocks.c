/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl configure, memctl deconfigure: standby memory of s390, block by block */
#include <errno.h>
#include <string.h>

#include "operation/configure.h"
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
	item->outcome = MEMHP_OUTCOME_IMPOSSIBLE;
	item->why = why;
	item->hint = hint;
}

/* What cannot be read of a block is no reason to change it. */
static void set_unreadable(struct item *item, int error, const char *why)
{
	item->outcome = MEMHP_OUTCOME_FAILED;
	item->error = error;
	item->why = why;
}

/* Where the item stands, and what is to become of it */
static void plan_item(const struct configure *configure, struct item *item)
{
	enum memhp_state state = memhp_block_get_state(item->block);
	int state_error = memhp_block_get_error(item->block, MEMHP_ATTR_STATE);
	int config_error = memhp_block_get_error(item->block, MEMHP_ATTR_CONFIGURED);

	item->before = item->after = configured_of(item->block);
	item->memmap = memmap_of(item->block);
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
		item->outcome = MEMHP_OUTCOME_ALREADY;
	} else if (!configure->goal && state_error < 0) {
		set_unreadable(item, state_error, "whether it is offline cannot be read or understood");
	} else if (!configure->goal && (state == MEMHP_STATE_ONLINE || state == MEMHP_STATE_GOING_OFFLINE)) {
		item->outcome = MEMHP_OUTCOME_BUSY;
		item->why = "not offline";
		item->hint = "take it offline first (memctl offline)";
	}
}

static void add_item(struct configure *configure, const struct memhp_block *block)
{
	struct item *item;

	configure->items = xreallocarray(configure->items, configure->num_items + 1, sizeof(*item));
	item = &configure->items[configure->num_items++];
	*item = (struct item){ .block = block };
	plan_item(configure, item);
}

/* With --all, --size and --count only what can be changed is of interest; of all that is also what nobody can tell of. */
static void choose_items(struct configure *configure)
{
	const struct options *options = configure->options;
	bool has_goal = opts_has_goal(options);
	uint64_t goal = opts_goal_blocks(options, configure->block_size), found = 0, skip = 0;
	size_t kept = 0;

	if (!has_goal && !has_option(options, OPT_ALL))
		return;
	for (size_t i = 0; i < configure->num_items; i++)
		if (configure->items[i].outcome == MEMHP_OUTCOME_PLANNED ||
		    (!has_goal && configure->items[i].outcome == MEMHP_OUTCOME_FAILED))
			configure->items[found++] = configure->items[i];
	/* As online and offline do: from the lowest address up, or from the highest down. */
	if (has_goal && goal < found && !configure->goal)
		skip = found - goal;
	for (size_t i = skip; i < found && (!has_goal || kept < goal); i++)
		configure->items[kept++] = configure->items[i];
	configure->num_items = kept;
	configure->num_short = has_goal && goal > kept ? goal - kept : 0;
}

static void make_plan(struct configure *configure)
{
	const struct options *options = configure->options;
	const struct memhp_block *block;
	struct walk walk = { 0 };
	int rc = memhp_snapshot_new(&configure->snapshot, configure->session.ctx,
				    MEMHP_ATTR_STATE | MEMHP_ATTR_CONFIGURED | MEMHP_ATTR_MEMMAP_ON_MEMORY);

	if (rc < 0)
		fail_scan(configure->session.ctx, rc);
	opts_check_selection(options, configure->session.ctx, configure->snapshot);
	for (; (block = walk_get(configure->snapshot, &walk)); walk_step(configure->snapshot, &walk))
		if (!options->selection || memhp_selection_matches(options->selection, block) > 0)
			add_item(configure, block);
	choose_items(configure);
}

static void carry_out(struct configure *configure)
{
	struct memhp_writer *writer = session_new_writer(&configure->session);
	bool has_changed = false, is_over = false;

	set_last_words(configure_say_what_became, configure);
	for (size_t i = 0; i < configure->num_items; i++) {
		struct item *item = &configure->items[i];
		uint64_t id = memhp_block_get_id(item->block);
		int rc;

		if (item->outcome != MEMHP_OUTCOME_PLANNED)
			continue;
		if (is_over) {
			item->outcome = MEMHP_OUTCOME_NOT_TRIED;
			continue;
		}
		rc = configure->goal ? memhp_writer_configure_block(writer, id, wanted_memmap(configure, item))
				     : memhp_writer_deconfigure_block(writer, id);
		if ((rc == -EMEDIUMTYPE || rc == -EACCES || rc == -EROFS) && !has_changed)
			fail_apply(configure->session.ctx, rc);
		configure_settle(item, rc);
		has_changed |= rc == 0;
		is_over = rc == -ETIMEDOUT || rc == -ECANCELED;
	}
	configure->writer_pid = memhp_writer_get_pid(writer);
	memhp_writer_free(writer);
}

/* What is said of afterwards is what was read afterwards; what cannot be read then is not known. */
static void read_back(struct configure *configure)
{
	struct item *item = configure->items, *end = item + configure->num_items;
	const struct memhp_block *block;
	struct memhp_snapshot *snapshot;
	struct walk walk = { 0 };
	int rc;

	for (struct item *each = item; each < end; each++)
		each->after = each->memmap = -1;
	rc = memhp_snapshot_new(&snapshot, configure->session.ctx, MEMHP_ATTR_CONFIGURED | MEMHP_ATTR_MEMMAP_ON_MEMORY);
	if (rc < 0) {
		warn("what the blocks are now cannot be read: %s", strerror(-rc));
		return;
	}
	for (; (block = walk_get(snapshot, &walk)); walk_step(snapshot, &walk)) {
		while (item < end && memhp_block_get_id(item->block) < memhp_block_get_id(block))
			item++;
		if (item == end || memhp_block_get_id(item->block) != memhp_block_get_id(block))
			continue;
		item->after = configured_of(block);
		item->memmap = memmap_of(block);
		/* What is so counts, also where the write's own look at it failed. */
		if (item->outcome == MEMHP_OUTCOME_FAILED && item->before >= 0 && item->after == configure->goal)
			configure_settle(item, 0);
	}
	memhp_snapshot_unref(snapshot);
}

void configure_blocks(struct configure *configure)
{
	struct session *session = &configure->session;
	bool dry_run = has_option(configure->options, OPT_DRY_RUN);
	int has = memhp_ctx_has_firmware_memory(session->ctx);

	if (has < 0)
		fail(EXIT_FAILED, "nothing was changed: /sys/firmware/memory cannot be read: %s", strerror(-has));
	if (has == 0)
		fail(EXIT_UNSUPPORTED,
		     "there is no /sys/firmware/memory: only s390 has memory to configure, with Linux 6.19 or later; on "
		     "older ones standby memory is offline blocks, for memctl online and offline");
	if (!dry_run)
		session_lock(session);
	make_plan(configure);
	if (!dry_run) {
		carry_out(configure);
		session_tell_unlocked(session);
		read_back(configure);
	}
	configure->elapsed_ms = session_elapsed_ms(&configure->session);
	session_unlock(session);
}
