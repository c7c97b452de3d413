/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why standby memory or a dax device is not configured as asked, and what to try */
#include <errno.h>

#include "operation/configure.h"
#include "ui/xalloc.h"

/* For memmap_on_memory to change a device leaves its driver, and comes back: where it was left when that did not go well */
static const char *rebind_text(const struct report_row *row)
{
	enum memhp_state after = memhp_step_get_state_after(row->step);

	if (row->outcome != MEMHP_OUTCOME_ROLLBACK_FAILED)
		return "the driver kmem did not let go of it, or did not take it as it is to be; it is as it was";
	if (after == MEMHP_STATE_STANDBY)
		return "the driver kmem let go of it, and does not take it again";
	if (row->error == -EOPNOTSUPP)
		return "the driver kmem has it, and no file state for it, as before Linux 7.3; its blocks are there";
	return after == MEMHP_STATE_UNKNOWN ? "the driver kmem has it again, and its state cannot be read"
					    : "the driver kmem has brought it in by the kernel's policy, and cannot unplug it";
}

/* The driver kmem does not take every device that is free. */
static char *rebind_hint(const struct report_row *row)
{
	bool is_lost = row->outcome == MEMHP_OUTCOME_ROLLBACK_FAILED;

	if (row->error == -EOPNOTSUPP && is_lost)
		return xasprintf("memctl online --source %s", row->device);
	if (row->error == -ENODEV || (is_lost && memhp_step_get_state_after(row->step) == MEMHP_STATE_STANDBY))
		return xasprintf("daxctl reconfigure-device --mode=system-ram %s", row->device);
	return xstrdup("look at the kernel log (dmesg)");
}

/* What the state of the memory rules out, before and after it is tried */
static const char *plan_text(const struct operation *op, const struct report_row *row)
{
	switch (row->reason) {
	case MEMHP_REASON_NOT_OFFLINE:
		return "not offline";
	case MEMHP_REASON_NO_CONFIG:
		return "not known whether it is configured: there is no file config";
	case MEMHP_REASON_NO_MEMMAP:
		return "this kernel cannot put its memory map into it: there is no file memmap_on_memory";
	case MEMHP_REASON_MEMMAP_FIXED:
		return row->device ? "plugged in already, so its memmap_on_memory is fixed"
				   : "configured already, so its memmap_on_memory is fixed";
	case MEMHP_REASON_NOT_REBOUND:
		return rebind_text(row);
	case MEMHP_REASON_NO_BLOCKS:
		return "plugged in already, but without memory blocks";
	case MEMHP_REASON_NOT_UNPLUGGED:
		return "plugged in already, and not all of its blocks are known to be online";
	case MEMHP_REASON_OTHER_ZONE:
		return "online already, so its zone is fixed";
	case MEMHP_REASON_UNREADABLE:
		if (row->outcome != MEMHP_OUTCOME_FAILED || row->device)
			return NULL;
		return op->action == MEMHP_TRANSITION_DECONFIGURE
			       ? "whether it is configured, and offline, cannot be read or understood"
			       : "whether it is configured cannot be read or understood";
	default:
		return NULL;
	}
}

/* What the kernel's errno means for standby memory */
static const char *block_refusal(const struct report_row *row)
{
	switch (row->error) {
	case -EBUSY:
		return "busy: in use, or being changed by another agent";
	case -ENOMEM:
		return "the kernel lacks memory for its memory map";
	case -EIO:
	case 0:
		return "refused by the firmware or hypervisor, or without effect";
	default:
		return "refused by the kernel";
	}
}

/* The same for a device; some of it is another thing. */
static const char *device_refusal(const struct report_row *row)
{
	switch (row->error) {
	case -EBUSY:
	case -EINVAL:
		return "the kernel could not bring in all of it, so it brought in nothing";
	case -ENOMEM:
		return "the kernel lacks memory for its memory map";
	case -EIO:
	case 0:
		return "refused by the kernel or a driver, or without effect";
	default:
		return "refused by the kernel";
	}
}

/* What only an errno tells of */
static bool is_refusal(const struct report_row *row)
{
	switch (row->reason) {
	case MEMHP_REASON_BUSY:
	case MEMHP_REASON_OTHER:
	case MEMHP_REASON_NO_MEMORY:
	case MEMHP_REASON_VETO:
	case MEMHP_REASON_HWPOISON:
		return row->outcome != MEMHP_OUTCOME_NOT_TRIED;
	default:
		return false;
	}
}

char *configure_make_reason(const struct operation *op, const struct report_row *row)
{
	const char *text = plan_text(op, row);

	if (!text && is_refusal(row))
		text = row->device ? device_refusal(row) : block_refusal(row);
	return text ? xstrdup(text) : operation_make_reason(op, row->step);
}

static const char *plan_hint(const struct report_row *row)
{
	switch (row->reason) {
	case MEMHP_REASON_NOT_OFFLINE:
		return "take it offline first";
	case MEMHP_REASON_NO_MEMMAP:
		return "leave out --memmap-on-memory";
	case MEMHP_REASON_MEMMAP_FIXED:
		return "take it offline and deconfigure it first";
	case MEMHP_REASON_NO_BLOCKS:
		return "look at the kernel log (dmesg)";
	case MEMHP_REASON_NOT_UNPLUGGED:
		return "bring its blocks online (memctl online), or remove it first";
	case MEMHP_REASON_OTHER_ZONE:
		return "remove it first";
	default:
		return NULL;
	}
}

static const char *device_hint(const struct report_row *row)
{
	switch (row->error) {
	case -ENOMEM:
		return "free memory, then try again";
	case -EBUSY:
	case -EINVAL:
		return "look at the kernel log (dmesg)";
	default:
		return NULL;
	}
}

char *configure_make_hint(const struct operation *op, const struct report_row *row)
{
	const char *hint;

	if (row->device && row->reason == MEMHP_REASON_NOT_REBOUND)
		return rebind_hint(row);
	if (row->device && row->reason == MEMHP_REASON_MEMMAP_FIXED)
		return xasprintf("memctl remove --source %s, then once more", row->device);
	hint = plan_hint(row);
	if (!hint && row->device)
		hint = device_hint(row);
	else if (!hint && row->reason == MEMHP_REASON_NO_MEMORY)
		hint = "--memmap-on-memory, which puts the memory map into the memory itself";
	if (!hint && row->outcome != MEMHP_OUTCOME_PLANNED)
		hint = row_hint_text(op, row);
	return hint ? xstrdup(hint) : NULL;
}
