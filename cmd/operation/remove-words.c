/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What memctl remove says of a device: why it cannot be ejected, or was not, and who can do it */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "operation/remove.h"
#include "ui/advice.h"
#include "ui/format.h"
#include "ui/message.h"
#include "ui/xalloc.h"

#define LOOK_AGAIN "look again with memctl list; it may still be ejected"

/* Why memory of that kind cannot be ejected from here, and what can be done */
static const struct {
	const char *why, *hint;
} kinds[] = {
	[MEMHP_SOURCE_KIND_UNKNOWN] = { "comes from an unknown source", "drmgr -c mem -r, on ppc64" },
	[MEMHP_SOURCE_KIND_BOOT] = { "is no device: the machine booted with it",
				     "take its blocks offline instead (memctl offline)" },
	[MEMHP_SOURCE_KIND_DIMM] = { "is a DIMM without a name", NULL },
	[MEMHP_SOURCE_KIND_VIRTIO_MEM] = { "is the hypervisor's to take away",
					   "a smaller requested-size there (QEMU), or virsh update-memory-device" },
	[MEMHP_SOURCE_KIND_DAX] = { "belongs to dax devices that are not known", "run memctl as root, who may see more" },
	[MEMHP_SOURCE_KIND_BALLOON] = { "is the hypervisor's to take away", "a smaller machine there" },
	[MEMHP_SOURCE_KIND_STANDBY] = { "goes back to the hypervisor when it is taken offline", "memctl offline --source standby" },
};

void remove_refuse(const char *source, enum memhp_source_kind kind)
{
	if (source && kind == MEMHP_SOURCE_KIND_UNKNOWN)
		fail_with(EXIT_UNSUPPORTED, NULL, "memctl list --by source, as root, shows what is known",
			  "nothing here tells which memory comes from %s", source);
	if (source)
		fail_with(EXIT_UNSUPPORTED, NULL, kinds[kind].hint, "memory of source %s %s", source, kinds[kind].why);
	fail_with(EXIT_UNSUPPORTED, NULL, kinds[kind].hint, "the memory at that address %s", kinds[kind].why);
}

/*
 * The ACPI container that holds a memory device and may be ejected with all that is in it, such as "ACPI0004:01"; from malloc(),
 * NULL for none.
 */
static char *find_container(struct memhp_ctx *ctx, const char *name)
{
	_cleanup_free_ char *path = xasprintf("/sys/bus/acpi/devices/%s", name), *eject = NULL;
	int fd = memhp_ctx_open(ctx, path, O_PATH | O_NOFOLLOW);
	char link[PATH_MAX] = "", *parent, *end;

	/* .../LNXSYBUS:00/ACPI0004:01/PNP0C80:00 */
	if (fd >= 0 && readlinkat(fd, "", link, sizeof(link) - 1) < 0)
		*link = '\0';
	if (fd >= 0)
		close(fd);
	end = strrchr(link, '/');
	if (!end)
		return NULL;
	*end = '\0';
	parent = strrchr(link, '/');
	if (!parent || (strncmp(parent, "/ACPI0004:", 10) != 0 && strncmp(parent, "/PNP0A05:", 9) != 0 &&
			strncmp(parent, "/PNP0A06:", 9) != 0))
		return NULL;
	eject = xasprintf("/sys/bus/acpi/devices%s/eject", parent);
	fd = memhp_ctx_open(ctx, eject, O_PATH);
	if (fd < 0)
		return NULL;
	close(fd);
	return xstrdup(parent + 1);
}

void remove_refuse_dimm(struct memhp_ctx *ctx, const char *source)
{
	const char *name = strchr(source, ':') + 1;
	_cleanup_free_ char *container = find_container(ctx, name), *eject = NULL, *path = NULL;

	if (container) {
		eject = xasprintf("/sys/bus/acpi/devices/%s/eject", container);
		path = advice_path(eject);
		fail_with(EXIT_UNSUPPORTED, NULL, xasprintf("take all of that offline, then write 1 to %s", path),
			  "%s goes only with all that is in its container, %s", source, container);
	}
	fail_with(EXIT_UNSUPPORTED, NULL, xasprintf("memctl offline --source %s, which takes its memory offline", source),
		  "the firmware cannot eject %s: there is no file /sys/bus/acpi/devices/%s/eject", source, name);
}

void remove_refuse_dax(const char *source)
{
	fail_with(EXIT_UNSUPPORTED, NULL,
		  xasprintf("memctl offline --source %s, then daxctl reconfigure-device --mode=devdax %s", source, source),
		  "this kernel cannot unplug %s: there is no file /sys/bus/dax/devices/%s/state (Linux 7.3)", source, source);
}

/* Why the device is still there although its blocks were offline, and what to try */
static const char *eject_text(const struct operation *op, int error)
{
	bool is_dimm = strncmp(op->device, "dimm:", strlen("dimm:")) == 0;

	switch (error) {
	case -ETIMEDOUT:
		return is_dimm ? "the firmware or hypervisor had not done it by the deadline" : "it was not done by the deadline";
	case -ECANCELED:
		return "interrupted";
	case -EBUSY:
	case -EAGAIN:
		return "the kernel is busy with it";
	case -ENODEV:
		return "the kernel has no driver for it (CONFIG_ACPI_HOTPLUG_MEMORY)";
	default:
		return "refused by the kernel";
	}
}

static const char *eject_hint(int error)
{
	switch (error) {
	case -ETIMEDOUT:
	case -ECANCELED:
		return LOOK_AGAIN;
	case -EBUSY:
	case -EAGAIN:
		return "again later";
	case -ENODEV:
		return NULL;
	default:
		return "look at the kernel log (dmesg)";
	}
}

/* What the device's memory is when it could not be ejected */
static const char *left_text(const struct operation *op)
{
	const struct memhp_step *step;

	if (memhp_result_is_rolled_back(op->result))
		return "as it was before";
	for (size_t i = 0; (step = operation_get_step(op, i)); i++)
		if (operation_is_gone(op, step))
			return "gone in part, and otherwise offline";
	return "offline";
}

void remove_tell(const struct operation *op)
{
	int error = op->device && op->result ? memhp_result_get_eject_error(op->result) : 0;
	_cleanup_free_ char *hint = NULL;

	if (error < 0 && memhp_result_get_eject_outcome(op->result) == MEMHP_EJECT_OUTCOME_UNVERIFIED) {
		hint = advice("memctl list; do not pull it before its blocks are gone");
		warn("whether %s is ejected is not known: its blocks cannot be looked for: %s (%s)", op->device, strerror(-error),
		     errno_name(error));
	} else if (error < 0) {
		hint = advice(eject_hint(error));
		warn("%s was not ejected: %s (%s); its memory is %s", op->device, eject_text(op, error), errno_name(error),
		     left_text(op));
	} else if (op->device && op->result && !operation_is_ejected(op)) {
		warn("%s was not ejected: not all of its memory is offline", op->device);
	}
	message_add("try", hint);
}
