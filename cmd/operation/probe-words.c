/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What memctl probe says: why a block is not added, what to try, and what else is to be known */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/utsname.h>

#include "operation/probe.h"
#include "ui/format.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

#define LOOK_AT_LOG "look at the kernel log (dmesg)"

static char *say_taken(const struct target *target)
{
	uint64_t start = 0, last = 0;
	const char *name = memhp_probe_get_claim(target->probe, &start, &last);

	return xasprintf("the range belongs to \"%s\" (0x%" PRIx64 "-0x%" PRIx64 " in /proc/iomem)", name, start, last);
}

static char *say_unproven(const struct target *target)
{
	return xasprintf("nothing proves that there is RAM in all of 0x%" PRIx64 "-0x%" PRIx64,
			 memhp_step_get_start_addr(target->add), memhp_step_get_last_addr(target->add));
}

/* Why a check has failed, from malloc(), and what to try; NULL for nothing */
static char *obstacle_text(const struct target *target, enum memhp_obstacle obstacle)
{
	switch (obstacle) {
	case MEMHP_OBSTACLE_PRESENT:
		return xstrdup("it is there already");
	case MEMHP_OBSTACLE_TAKEN:
		return say_taken(target);
	case MEMHP_OBSTACLE_UNSEEN:
		return xstrdup("what is there now cannot be seen: /proc/iomem cannot be read, or hides its addresses");
	case MEMHP_OBSTACLE_UNPROVEN:
		return say_unproven(target);
	default:
		return xstrdup("its address is no multiple of the block size");
	}
}

static const char *obstacle_hint(const struct operation *op, enum memhp_obstacle obstacle)
{
	switch (obstacle) {
	case MEMHP_OBSTACLE_TAKEN:
		return "another address: there is no room for memory";
	case MEMHP_OBSTACLE_UNSEEN:
		return "run memctl as root";
	case MEMHP_OBSTACLE_UNPROVEN:
		/* It is for --force to overcome only where nothing else is in the way. */
		return op->refused == EXIT_REFUSED
			       ? "--force --unbacked where there is RAM; without RAM the machine crashes or corrupts data"
			       : NULL;
	default:
		return NULL;
	}
}

static bool is_stopped(const struct probing *probing, const struct target *target)
{
	for (enum memhp_obstacle obstacle = 0; obstacle < NUM_OBSTACLES; obstacle++)
		if (probe_is_stopped_by(probing, target, obstacle))
			return true;
	return false;
}

/* All checks that stop it, from malloc() */
static char *obstacles_text(const struct probing *probing, const struct target *target)
{
	char *text = NULL;

	for (enum memhp_obstacle obstacle = 0; obstacle < NUM_OBSTACLES; obstacle++) {
		_cleanup_free_ char *one = NULL, *before = text;

		if (!probe_is_stopped_by(probing, target, obstacle)) {
			before = NULL;
			continue;
		}
		one = obstacle_text(target, obstacle);
		text = xasprintf("%s%s%s", before ? before : "", before ? "; " : "", one);
	}
	return text;
}

static const char *obstacles_hint(const struct probing *probing, const struct target *target)
{
	for (enum memhp_obstacle obstacle = 0; obstacle < NUM_OBSTACLES; obstacle++) {
		const char *hint = obstacle_hint(&probing->op, obstacle);

		if (hint && probe_is_stopped_by(probing, target, obstacle))
			return hint;
	}
	return NULL;
}

/* What the kernel's answer means */
static const char *error_text(const struct report_row *row)
{
	if (row->outcome == MEMHP_OUTCOME_IN_PROGRESS)
		return "the kernel was still adding it when the request had to end";
	switch (row->error) {
	case 0:
		return "the kernel reported success, but no block has appeared";
	case -EEXIST:
		return "the kernel has something there: another program was first, the range is reserved, or (old kernels) it is "
		       "too high";
	case -EINVAL:
		return "the kernel does not take this address";
	case -E2BIG:
	case -ERANGE:
		return "the address is beyond what this kernel can use";
	case -ENOMEM:
		return "not enough memory: the kernel needs up to 1/64 of the block to manage it";
	default:
		return strerror(-row->error);
	}
}

static const char *error_hint(const struct report_row *row)
{
	if (row->outcome == MEMHP_OUTCOME_IN_PROGRESS)
		return "look again with memctl list";
	switch (row->error) {
	case 0:
	case -EINVAL:
		return LOOK_AT_LOG;
	case -ENOMEM:
		return "free some memory, then try again";
	default:
		return NULL;
	}
}

/* Whether only the kernel's answer tells why it is not there */
static bool is_answered(const struct report_row *row)
{
	return row->outcome == MEMHP_OUTCOME_IN_PROGRESS || !row_reason_text(row->outcome, row->reason);
}

static bool is_left_offline(const struct target *target, const struct report_row *row)
{
	return row->outcome == MEMHP_OUTCOME_NOT_TRIED && probe_is_added(target);
}

static bool has_no_trouble(const struct report_row *row)
{
	return row_is_done(row) || row->outcome == MEMHP_OUTCOME_PLANNED || row->outcome == MEMHP_OUTCOME_NOT_TRIED;
}

char *probe_make_reason(const struct operation *op, const struct report_row *row)
{
	const struct probing *probing = (const struct probing *)op;
	const struct target *target = probe_target(op, row);

	if (target->online || row->reason == MEMHP_REASON_LOCKED)
		return operation_make_reason(op, row->step);
	if (is_stopped(probing, target))
		return obstacles_text(probing, target);
	if (is_left_offline(target, row))
		return xasprintf("added, but not brought online%s%s", row->error ? ": " : "",
				 row->error ? strerror(-row->error) : "");
	if (has_no_trouble(row))
		return NULL;
	return xstrdup(is_answered(row) ? error_text(row) : row_reason_text(row->outcome, row->reason));
}

static const char *hint_text(const struct operation *op, const struct target *target, const struct report_row *row)
{
	const char *common = row_hint_text(op, row);

	if (is_left_offline(target, row))
		return "memctl online brings it online";
	return common || has_no_trouble(row) || !is_answered(row) ? common : error_hint(row);
}

char *probe_make_hint(const struct operation *op, const struct report_row *row)
{
	const struct probing *probing = (const struct probing *)op;
	const struct target *target = probe_target(op, row);
	const char *hint;

	if (target->online)
		return operation_make_hint(op, row->step);
	hint = is_stopped(probing, target) ? obstacles_hint(probing, target) : hint_text(op, target, row);
	return hint ? xstrdup(hint) : NULL;
}

char *probe_make_more(const struct operation *op, const struct report_row *row)
{
	const struct target *target = probe_target(op, row);

	if (target->online)
		return operation_make_more(op, row->step);
	if (!probe_is_stopped_by((const struct probing *)op, target, MEMHP_OBSTACLE_UNPROVEN))
		return NULL;
	return xstrdup(
		"memctl looked in /sys/firmware/memmap, the ACPI table SRAT (not its hotpluggable ranges) and the device tree");
}

void probe_tell_dangers(const struct probing *probing)
{
	bool is_any = false;

	for (size_t i = 0; probing->unbacked && i < probing->num; i++) {
		_cleanup_free_ char *text = NULL;

		if (!memhp_probe_has_obstacle(probing->targets[i].probe, MEMHP_OBSTACLE_UNPROVEN))
			continue;
		text = say_unproven(&probing->targets[i]);
		warn("careful: block %" PRIu64 ": %s", memhp_probe_get_block_id(probing->targets[i].probe), text);
		is_any = true;
	}
	if (is_any)
		warn("careful: the kernel does not check for RAM: without it the machine crashes or corrupts data");
}

void probe_tell(const struct operation *op)
{
	const struct probing *probing = (const struct probing *)op;
	uint64_t added = operation_sum(op).changed;
	char size[SIZE_TEXT_MAX];

	/* No trouble, and yet not what memctl did */
	for (size_t i = 0; i < probing->num; i++)
		if (probe_is_onlined_by_others(&probing->targets[i]))
			warn("block %" PRIu64 " came online by itself: by auto_online_blocks or another program; see memctl policy "
			     "check",
			     memhp_probe_get_block_id(probing->targets[i].probe));
	operation_tell_agents(op);
	if (op->has_acted && added && op->completion != MEMHP_COMPLETION_COMPLETE)
		warn("%s was added and stays until a reboot; memctl offline keeps it from being used", format_size(added, size));
}

/* What else adds memory on such a machine */
static const char *other_ways(const char *machine)
{
	if (strncmp(machine, "ppc64", 5) == 0)
		return "DLPAR: the hypervisor's console, or drmgr -c mem -a";
	if (strcmp(machine, "s390x") == 0)
		return "memctl configure --all, for standby memory";
	if (strcmp(machine, "x86_64") == 0 || strcmp(machine, "aarch64") == 0)
		return "a DIMM (ACPI) or virtio-mem, from the hypervisor or firmware, or a dax device (daxctl)";
	return "a DIMM (ACPI), virtio-mem, a dax device (daxctl), drmgr on ppc64, or on s390 memctl configure --all";
}

void probe_fail_unsupported(const struct options *options)
{
	struct utsname name = { .machine = "" };

	/* Of the machine that a tree comes from this one knows nothing. */
	if (!options->sysroot)
		(void)uname(&name);
	fail_with(EXIT_UNSUPPORTED, NULL, other_ways(name.machine),
		  "this kernel cannot add memory by hand: there is no file %s/sys/devices/system/memory/probe "
		  "(CONFIG_ARCH_MEMORY_PROBE)",
		  options->sysroot ? options->sysroot : "");
}
