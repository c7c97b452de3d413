/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the addresses of memctl probe stand, and what is said of them */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/utsname.h>

#include "ui/nums.h"
#include "operation/probe.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

static bool is_stopped_by(const struct probing *probing, const struct target *target, enum memhp_obstacle obstacle)
{
	return memhp_probe_has_obstacle(target->probe, obstacle) && !(obstacle == MEMHP_OBSTACLE_UNPROVEN && probing->unbacked);
}

static bool is_stopped(const struct probing *probing, const struct target *target)
{
	for (enum memhp_obstacle obstacle = 0; obstacle < NUM_OBSTACLES; obstacle++)
		if (is_stopped_by(probing, target, obstacle))
			return true;
	return false;
}

bool probe_is_added(const struct target *target)
{
	return target->is_tried && target->error == 0;
}

/* Only a missing proof is for --force to overcome. */
enum exit_status probe_refusal(const struct probing *probing)
{
	enum exit_status status = EXIT_DONE;

	for (size_t i = 0; i < probing->num; i++)
		for (enum memhp_obstacle obstacle = 0; obstacle < NUM_OBSTACLES; obstacle++)
			if (status != EXIT_FAILED && is_stopped_by(probing, &probing->targets[i], obstacle))
				status = obstacle == MEMHP_OBSTACLE_UNPROVEN ? EXIT_REFUSED : EXIT_FAILED;
	return status;
}

/* The kernel took it, and what came of it could not be read; no block at all is another answer. */
static bool is_unverified(const struct target *target)
{
	return target->is_tried && memhp_probe_is_stored(target->probe) && target->error && target->error != -ENOENT;
}

/* A block that was online as soon as it was there: not memctl's doing */
static bool is_onlined_by_others(const struct target *target)
{
	return probe_is_added(target) && memhp_probe_get_state(target->probe) == MEMHP_STATE_ONLINE;
}

static const struct target *target_of(const struct operation *op, const struct report_row *row)
{
	return &((const struct probing *)op)->targets[row->index];
}

/* A block that is there now, and was to come online */
static void take_online(const struct probing *probing, const struct target *target, struct report_row *row)
{
	const struct operation *op = &probing->op;

	if (target->step) {
		operation_fill_row(op, target->step, row);
		if (row->outcome == MEMHP_OUTCOME_ALREADY)
			row->outcome = MEMHP_OUTCOME_CHANGED;
	} else if (has_option(op->options, OPT_ONLINE)) {
		row->outcome = MEMHP_OUTCOME_NOT_TRIED;
		row->reason = op->session.signal ? MEMHP_REASON_CANCELLED : MEMHP_REASON_OTHER;
		row->error = probing->online_error;
	}
	row->before = NULL;
	row->is_changed = row->may_be_changed = true;
}

static void take_probe(const struct operation *op, const struct target *target, struct report_row *row)
{
	*row = (struct report_row){
		.block_id = memhp_probe_get_block_id(target->probe),
		.start_addr = memhp_probe_get_start_addr(target->probe),
		.last_addr = memhp_probe_get_last_addr(target->probe),
		.size = op->block_size,
		.after = state_word(memhp_probe_get_state(target->probe)),
		.zone = zone_word(memhp_probe_get_zone(target->probe)),
		.outcome = op->has_acted ? MEMHP_OUTCOME_NOT_TRIED : MEMHP_OUTCOME_PLANNED,
		.block = op->snapshot ? memhp_snapshot_find_block(op->snapshot, memhp_probe_get_block_id(target->probe)) : NULL,
	};
	if (target->is_tried)
		row_settle(row, target->error);
}

bool probe_get_row(const struct operation *op, size_t index, struct report_row *row)
{
	const struct probing *probing = (const struct probing *)op;
	const struct target *target = &probing->targets[index];
	enum memhp_proof proof;

	if (index >= probing->num)
		return false;
	proof = memhp_probe_get_proof(target->probe);
	take_probe(op, target, row);
	if (is_stopped(probing, target))
		row->outcome = MEMHP_OUTCOME_IMPOSSIBLE;
	if (is_unverified(target)) {
		row->outcome = MEMHP_OUTCOME_UNVERIFIED;
		row->may_be_changed = true;
	}
	if (probe_is_added(target))
		take_online(probing, target, row);
	row->index = index;
	row->elapsed_ms += memhp_probe_get_elapsed_ms(target->probe);
	row->extra = proof == MEMHP_PROOF_NONE ? NULL : memhp_proof_name(proof);
	return true;
}

static char *say_taken(const struct target *target)
{
	uint64_t start = 0, last = 0;
	const char *name = memhp_probe_get_claim(target->probe, &start, &last);

	return xasprintf("the range belongs to \"%s\" (0x%" PRIx64 "-0x%" PRIx64 " in /proc/iomem): there is no room for memory",
			 name, start, last);
}

static char *say_unproven(const struct target *target)
{
	return xasprintf(
		"nothing proves that there is RAM in all of 0x%" PRIx64 "-0x%" PRIx64
		": neither /sys/firmware/memmap, nor the ACPI table SRAT (where hotpluggable ranges do not count), nor the "
		"device tree",
		memhp_probe_get_start_addr(target->probe), memhp_probe_get_last_addr(target->probe));
}

/* Why a check has failed; from malloc() */
static char *obstacle_text(const struct probing *probing, const struct target *target, enum memhp_obstacle obstacle)
{
	switch (obstacle) {
	case MEMHP_OBSTACLE_PRESENT:
		return xstrdup("it is there already");
	case MEMHP_OBSTACLE_TAKEN:
		return say_taken(target);
	case MEMHP_OBSTACLE_UNSEEN:
		return xasprintf("what is there now cannot be seen, as %s/proc/iomem cannot be read or hides its addresses; run "
				 "memctl as root",
				 probing->op.options->sysroot ? probing->op.options->sysroot : "");
	case MEMHP_OBSTACLE_UNPROVEN:
		return say_unproven(target);
	default:
		return xstrdup("its address is no multiple of the block size");
	}
}

/* All checks that stop it; from malloc(), NULL when none does. */
static char *obstacles_text(const struct probing *probing, const struct target *target)
{
	char *text = NULL;

	for (enum memhp_obstacle obstacle = 0; obstacle < NUM_OBSTACLES; obstacle++) {
		_cleanup_free_ char *one = NULL, *before = text;

		if (!is_stopped_by(probing, target, obstacle)) {
			before = NULL;
			continue;
		}
		one = obstacle_text(probing, target, obstacle);
		text = xasprintf("%s%s%s", before ? before : "", before ? "; " : "", one);
	}
	return text;
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
	case -EINPROGRESS:
		return "the kernel was still at it when the request had to end; look again with memctl list";
	case -ENOENT:
		return "the kernel said that it was done, and yet no block has appeared; look at its log (dmesg)";
	case -EBADMSG:
		return "a block has appeared, and cannot be understood; look with memctl list";
	default:
		return strerror(-error);
	}
}

char *probe_make_reason(const struct operation *op, const struct report_row *row)
{
	const struct target *target = target_of(op, row);
	const char *common = row_reason_text(row->outcome, row->reason);

	if (row->step)
		return operation_make_reason(op, row->step);
	if (is_stopped((const struct probing *)op, target))
		return obstacles_text((const struct probing *)op, target);
	if (row_is_done(row) || row->outcome == MEMHP_OUTCOME_PLANNED || !target->is_tried)
		return NULL;
	if (probe_is_added(target))
		return xasprintf("added, and not tried to be brought online%s%s", row->error ? ": " : "",
				 row->error ? strerror(-row->error) : "");
	return xstrdup(common && row->outcome != MEMHP_OUTCOME_IN_PROGRESS ? common : error_text(target->error));
}

char *probe_make_hint(const struct operation *op, const struct report_row *row)
{
	const char *hint = row->step ? NULL : row_hint_text(op, row);

	if (row->step)
		return operation_make_hint(op, row->step);
	if (row->outcome == MEMHP_OUTCOME_NOT_TRIED && probe_is_added(target_of(op, row)))
		hint = "memctl online brings it online";
	return hint ? xstrdup(hint) : NULL;
}

/* What the kernel does where there is no RAM */
#define DANGER                                                                                                              \
	"the kernel does not look whether there is RAM; when memory that is not there goes online, the machine crashes or " \
	"corrupts data, and only a reboot takes the block away"

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
		warn("careful: " DANGER);
}

/* No trouble, and yet not what memctl did */
static void tell_others(const struct target *target)
{
	if (is_onlined_by_others(target))
		warn("block %" PRIu64
		     " came online by itself: by the kernel's policy (auto_online_blocks, see memctl status), or by "
		     "another agent such as a udev rule",
		     memhp_probe_get_block_id(target->probe));
}

void probe_tell(const struct operation *op)
{
	const struct probing *probing = (const struct probing *)op;
	uint64_t added = operation_sum(op).changed;
	char size[SIZE_TEXT_MAX];
	bool is_unproven = false;

	for (size_t i = 0; i < probing->num; i++) {
		tell_others(&probing->targets[i]);
		is_unproven |= is_stopped_by(probing, &probing->targets[i], MEMHP_OBSTACLE_UNPROVEN);
	}
	if (is_unproven)
		warn("refused: " DANGER "%s", op->refused == EXIT_REFUSED ? "; --force --unbacked adds it nevertheless" : "");
	operation_tell_agents(op);
	if (op->has_acted && added && op->completion != MEMHP_COMPLETION_COMPLETE)
		warn("%s was added and stays: only a reboot takes probed memory away; memctl offline keeps it from being used",
		     format_size(added, size));
}

static struct json_object *make_claim(const struct target *target)
{
	uint64_t start, last;
	const char *name = memhp_probe_get_claim(target->probe, &start, &last);
	struct json_object *object;
	_cleanup_free_ char *range = NULL;

	if (!name)
		return NULL;
	object = json_new();
	range = format_range(start, last);
	json_set_string(object, "name", name);
	json_set_string(object, "range", range);
	return object;
}

void probe_write_row(const struct operation *op, const struct report_row *row, struct json_object *object)
{
	const struct target *target = target_of(op, row);
	struct json_object *obstacles = json_array_new();

	for (enum memhp_obstacle obstacle = 0; obstacle < NUM_OBSTACLES; obstacle++)
		if (memhp_probe_has_obstacle(target->probe, obstacle))
			json_append_string(obstacles, memhp_obstacle_name(obstacle));
	json_set_bool(object, "added", probe_is_added(target));
	json_set_bool(object, "onlined_by_others", is_onlined_by_others(target));
	json_set(object, "obstacles", obstacles);
	json_set(object, "claim", make_claim(target));
	json_set_string(object, "proof", row->extra);
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
