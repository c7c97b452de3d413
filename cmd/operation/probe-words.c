/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What memctl probe says */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/utsname.h>

#include "operation/probe.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

const char *probe_outcome(const struct probing *probing, const struct target *target)
{
	if (probe_is_stopped(probing, target))
		return "refused";
	if (probe_had_no_turn(probing, target))
		return memhp_outcome_name(MEMHP_OUTCOME_NOT_TRIED);
	if (!target->tried)
		return memhp_outcome_name(MEMHP_OUTCOME_PLANNED);
	if (probe_is_unverified(target))
		return "unverified";
	switch (target->error) {
	case 0:
		return "added";
	case -ETIMEDOUT:
		return memhp_outcome_name(MEMHP_OUTCOME_TIMEOUT);
	case -EINPROGRESS:
		return memhp_outcome_name(MEMHP_OUTCOME_IN_PROGRESS);
	default:
		return memhp_outcome_name(MEMHP_OUTCOME_FAILED);
	}
}

static char *say_taken(const struct target *target)
{
	uint64_t start = 0, last = 0;
	const char *name = memhp_probe_get_claim(target->probe, &start, &last);

	return xasprintf("0x%" PRIx64 ": the range belongs to \"%s\" (0x%" PRIx64 "-0x%" PRIx64
			 " in /proc/iomem): there is no room for memory",
			 target->addr, name, start, last);
}

static char *say_unproven(const struct target *target)
{
	return xasprintf(
		"0x%" PRIx64 ": nothing proves that there is RAM in all of 0x%" PRIx64 "-0x%" PRIx64
		": neither /sys/firmware/memmap, nor the ACPI table SRAT (where hotpluggable ranges do not count), nor the "
		"device tree",
		target->addr, memhp_probe_get_start_addr(target->probe), memhp_probe_get_last_addr(target->probe));
}

char *probe_obstacle_text(const struct probing *probing, const struct target *target, enum memhp_obstacle obstacle)
{
	switch (obstacle) {
	case MEMHP_OBSTACLE_PRESENT:
		return xasprintf("0x%" PRIx64 ": memory block %" PRIu64 " is there already", target->addr,
				 memhp_probe_get_block_id(target->probe));
	case MEMHP_OBSTACLE_TAKEN:
		return say_taken(target);
	case MEMHP_OBSTACLE_UNSEEN:
		return xasprintf("0x%" PRIx64 ": what is there now cannot be seen, as %s/proc/iomem cannot be read or hides its "
				 "addresses; run memctl as root",
				 target->addr, probing->op.options->sysroot ? probing->op.options->sysroot : "");
	case MEMHP_OBSTACLE_UNPROVEN:
		return say_unproven(target);
	default:
		return xasprintf("0x%" PRIx64 ": no multiple of the block size", target->addr);
	}
}

static const char *error_text(int error)
{
	switch (error) {
	case -EEXIST:
		return "the kernel has something there by now: another agent was first, or the range is kept for something that "
		       "/proc/iomem does not show; old kernels say so of addresses that are too high as well";
	case -EINVAL:
		return "the kernel does not take this address; look at its log (dmesg)";
	case -E2BIG:
	case -ERANGE:
		return "the address is beyond what this kernel can use";
	case -ENOMEM:
		return "there is not enough memory: the kernel takes up to 1/64 of the block to manage it; free some and try again";
	case -ETIMEDOUT:
		return "not done when the deadline passed; another change may hold the kernel's lock: try with more time";
	case -ECANCELED:
		return "not done when the request was cancelled";
	case -EINPROGRESS:
		return "the kernel was still at it when the request had to end; look again with memctl list";
	case -EINTR:
		return "not done: the process that writes was killed by somebody else";
	case -ENOENT:
		return "the kernel said that it was done, and yet no block has appeared; look at its log (dmesg)";
	case -EBADMSG:
		return "a block has appeared, and cannot be understood; look with memctl list";
	default:
		return strerror(-error);
	}
}

char *probe_error_text(const struct target *target)
{
	if (probe_is_unverified(target))
		return xasprintf("the kernel took it, and what came of it cannot be read: %s; look with memctl list",
				 strerror(-target->error));
	return xstrdup(error_text(target->error));
}

char *probe_target_text(const struct probing *probing, const struct target *target)
{
	for (enum memhp_obstacle obstacle = 0; obstacle < MEMHP_NUM_OBSTACLES; obstacle++)
		if (probe_is_stopped_by(probing, target, obstacle))
			return probe_obstacle_text(probing, target, obstacle);
	if (!target->tried || target->error == 0)
		return NULL;
	return probe_error_text(target);
}

/* What else adds memory on such a machine */
static const char *other_ways(const char *machine)
{
	if (strncmp(machine, "ppc64", 5) == 0)
		return "; on this machine the hypervisor adds memory (DLPAR): from its console, or here with drmgr -c mem -a";
	if (strcmp(machine, "s390x") == 0)
		return "; on this machine standby memory is configured: memctl configure";
	if (strcmp(machine, "x86_64") == 0 || strcmp(machine, "aarch64") == 0)
		return "; on this machine firmware or hypervisor add memory: a DIMM (ACPI), virtio-mem, or a dax device (daxctl)";
	return "; elsewhere firmware or hypervisor add memory: a DIMM (ACPI), virtio-mem, DLPAR on ppc64 (drmgr), standby "
	       "memory on s390 (memctl configure)";
}

void probe_fail_unsupported(const struct options *options)
{
	struct utsname name = { .machine = "" };

	/* Of the machine that a tree comes from this one knows nothing. */
	if (!options->sysroot)
		(void)uname(&name);
	fail(EXIT_UNSUPPORTED,
	     "this kernel cannot add memory by hand: there is no file %s/sys/devices/system/memory/probe, which comes with "
	     "CONFIG_ARCH_MEMORY_PROBE (ppc64 and loongarch have it by default, x86-64 can have it, arm64 and s390 have none)%s",
	     options->sysroot ? options->sysroot : "", other_ways(name.machine));
}
