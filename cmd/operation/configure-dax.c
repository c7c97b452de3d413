/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl configure --source: a dax device as a whole */
#include <errno.h>
#include <string.h>

#include "operation/configure.h"
#include "ui/opts.h"
#include "ui/walk.h"
#include "ui/xalloc.h"

#define ZONE_STAYS    "it is online already, and its zone cannot change while it is"
#define ZONE_ADVICE   "take it away first (memctl remove)"
#define NOT_ONLINE    "not all of its blocks are known to be online, and the kernel brings a device in only when it is unplugged"
#define BLOCKS_ADVICE "memctl online --source brings its blocks online, memctl remove takes it away"

/* Ends the program when there is no such device, or it has no such file. */
static void check_dax(struct configure *configure, const char *device)
{
	int rc = memhp_ctx_read_dax_state(configure->session.ctx, device, &configure->dax_before);

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
	configure->dax_after = configure->dax_before;
}

/* What the device would do to the machine's balance; what is not known cannot stand guard. */
static void check_guard(struct configure *configure, const char *device)
{
	struct memhp_ctx *ctx = configure->session.ctx;
	uint64_t size;

	if (configure->dax_goal != MEMHP_DAX_ONLINE_MOVABLE || configure->dax_before != MEMHP_DAX_UNPLUGGED ||
	    memhp_ctx_read_dax_size(ctx, device, &size) < 0)
		return;
	configure->guard = guard_check_size(ctx, configure->options, MEMHP_ACTION_ONLINE_MOVABLE, size);
	guard_warn(&configure->guard);
}

/* What an errno means for a device; some of it is another thing than for standby memory. */
static void settle_dax(struct configure *configure, int error)
{
	struct item *item = &configure->dax;

	configure_settle(item, error);
	if (error == 0 && configure->dax_before == configure->dax_after)
		item->outcome = MEMHP_OUTCOME_ALREADY;
	if (error == -ENOMEM)
		item->hint = "free some and try again";
	if (error == -EBUSY || error == -EINVAL) {
		item->why = "the kernel could not bring in all of it, and so brings in nothing";
		item->hint = "look at the kernel's log (dmesg)";
	}
}

static bool is_zone_as_asked(enum memhp_zone zone, enum memhp_dax_state goal)
{
	if (goal == MEMHP_DAX_ONLINE)
		return true;
	return zone != MEMHP_ZONE_UNKNOWN && (zone == MEMHP_ZONE_MOVABLE) == (goal == MEMHP_DAX_ONLINE_MOVABLE);
}

static void leave_dax(struct item *item, const char *why, const char *hint)
{
	item->outcome = MEMHP_OUTCOME_BUSY;
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
	int rc = memhp_snapshot_new(&snapshot, configure->session.ctx, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_SOURCE);

	if (rc < 0)
		fail_scan(configure->session.ctx, rc);
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
		leave_dax(&configure->dax, "it has no memory blocks, and the kernel brings a device in only when it is unplugged",
			  "look at the kernel's log (dmesg)");
	else if (!is_online)
		leave_dax(&configure->dax, NOT_ONLINE, BLOCKS_ADVICE);
	else if (!is_as_asked)
		leave_dax(&configure->dax, ZONE_STAYS, ZONE_ADVICE);
	else
		configure->dax.outcome = MEMHP_OUTCOME_ALREADY;
}

static void set_state(struct configure *configure, const char *device)
{
	struct memhp_writer *writer = session_new_writer(&configure->session);
	struct memhp_ctx *ctx = configure->session.ctx;
	int rc = memhp_writer_set_dax_state(writer, device, configure->dax_goal);

	set_last_words(configure_say_what_became, configure);
	configure->writer_pid = memhp_writer_get_pid(writer);
	memhp_writer_free(writer);
	if (rc == -EMEDIUMTYPE || rc == -EACCES || rc == -EROFS)
		fail_apply(ctx, rc);
	session_tell_unlocked(&configure->session);
	configure->dax_after = MEMHP_DAX_UNKNOWN;
	memhp_ctx_read_dax_state(ctx, device, &configure->dax_after);
	settle_dax(configure, rc);
}

void configure_dax(struct configure *configure)
{
	const char *device = configure->options->source;
	bool dry_run = has_option(configure->options, OPT_DRY_RUN);

	if (!dry_run)
		session_lock(&configure->session);
	check_dax(configure, device);
	/* What needs no asking: it is so already, or cannot be as long as the device is not unplugged. */
	if (configure->dax_before != MEMHP_DAX_UNPLUGGED)
		judge_blocks(configure, device);
	check_guard(configure, device);
	if (!dry_run && configure->guard.refused)
		check_changeable(configure->session.ctx);
	if (!dry_run && configure->dax.outcome == MEMHP_OUTCOME_PLANNED && !configure->guard.refused)
		set_state(configure, device);
	configure->elapsed_ms = session_elapsed_ms(&configure->session);
	session_unlock(&configure->session);
}
