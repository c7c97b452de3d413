/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl configure --source: a dax device as a whole */
#include <errno.h>
#include <string.h>

#include "configure.h"
#include "exit.h"
#include "message.h"

/* Ends the program when there is no such device, or it has no such file. */
static void check_dax(struct configure *configure, const char *device)
{
	int rc = memhp_ctx_read_dax_state(configure->change.ctx, device, &configure->dax_before);

	if (rc == -EINVAL)
		usage_error("--source", "\"%s\" is no dax device, such as dax0.0; other memory is configured by --block or --range",
			    device);
	if (rc == -ENOENT || rc == -ENOTDIR)
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
	struct change *change = &configure->change;

	if (configure->dax_goal != MEMHP_DAX_ONLINE_MOVABLE || configure->dax_before != MEMHP_DAX_UNPLUGGED ||
	    memhp_ctx_read_dax_size(change->ctx, device, &change->adding) < 0)
		return;
	change->action = MEMHP_ACTION_ONLINE_MOVABLE;
	change_check_guards(change);
	if (change->guard.code && !change->guard.refused)
		warn("careful: %s", change->guard.text);
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
			item->why = "it is online already, and its zone cannot change while it is";
			item->hint = "take it away first (memctl remove)";
		}
	}
}

void configure_dax(struct configure *configure)
{
	struct change *change = &configure->change;
	const char *device = change->options->source;
	bool dry_run = has_option(change->options, OPT_DRY_RUN);
	struct memhp_lock *lock = dry_run ? NULL : change_take_lock(change);
	struct memhp_writer *writer;
	uint64_t started = change_now_ms();
	int rc;

	check_dax(configure, device);
	check_guard(configure, device);
	if (!dry_run && !change->guard.refused) {
		writer = configure_make_writer(change);
		rc = memhp_writer_set_dax_state(writer, device, configure->dax_goal);
		configure->writer_pid = memhp_writer_get_pid(writer);
		memhp_writer_unref(writer);
		if (rc == -EACCES || rc == -EROFS)
			fail_apply(change->ctx, rc);
		configure->dax_after = MEMHP_DAX_UNKNOWN;
		memhp_ctx_read_dax_state(change->ctx, device, &configure->dax_after);
		settle_dax(configure, rc);
	}
	configure->elapsed_ms = change_now_ms() - started;
	memhp_lock_unref(lock);
}
