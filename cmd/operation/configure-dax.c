/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl configure --source: a dax device as a whole */
#include <errno.h>
#include <string.h>

#include "operation/configure.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

#define ZONE_STAYS  "it is online already, and its zone cannot change while it is"
#define ZONE_ADVICE "take it away first (memctl remove)"

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
	configure->guard =
		guard_check(ctx, configure->options, MEMHP_ACTION_ONLINE_MOVABLE, (struct zone_bytes){ .movable = size });
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
		if (configure->dax_before == configure->dax_after && configure->dax_after != MEMHP_DAX_UNPLUGGED) {
			item->why = ZONE_STAYS;
			item->hint = ZONE_ADVICE;
		}
	}
}

/* What needs no asking: it is so already, or cannot be as long as the device is online. */
static void plan_dax(struct configure *configure)
{
	struct item *item = &configure->dax;

	if (configure->dax_before == MEMHP_DAX_UNKNOWN || configure->dax_before == MEMHP_DAX_UNPLUGGED)
		return;
	if (configure->dax_goal == configure->dax_before || configure->dax_goal == MEMHP_DAX_ONLINE) {
		item->outcome = MEMHP_OUTCOME_ALREADY;
		return;
	}
	item->outcome = MEMHP_OUTCOME_BUSY;
	item->why = ZONE_STAYS;
	item->hint = ZONE_ADVICE;
}

static void set_state(struct configure *configure, const char *device)
{
	struct memhp_writer *writer = session_new_writer(&configure->session);
	struct memhp_ctx *ctx = configure->session.ctx;
	int rc = memhp_writer_set_dax_state(writer, device, configure->dax_goal);

	set_last_words(configure_say_what_became, configure);
	configure->writer_pid = memhp_writer_get_pid(writer);
	memhp_writer_unref(writer);
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
	plan_dax(configure);
	check_guard(configure, device);
	if (!dry_run && configure->guard.refused)
		check_changeable(configure->session.ctx);
	if (!dry_run && configure->dax.outcome == MEMHP_OUTCOME_PLANNED && !configure->guard.refused)
		set_state(configure, device);
	configure->elapsed_ms = session_elapsed_ms(&configure->session);
	session_unlock(&configure->session);
}
