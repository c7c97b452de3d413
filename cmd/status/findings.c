/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What looks wrong, in words, and what to do about it */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "status/status.h"
#include "ui/advice.h"
#include "ui/format.h"
#include "ui/xalloc.h"

const struct memhp_status_finding *status_find(const struct status *status, enum memhp_status_code code)
{
	const struct memhp_status_finding *finding;

	for (size_t i = 0; (finding = memhp_status_findings_get(status->findings, i)); i++)
		if (memhp_status_finding_get_code(finding) == code)
			return finding;
	return NULL;
}

bool status_has_warnings(const struct status *status)
{
	const struct memhp_status_finding *worst = memhp_status_findings_get(status->findings, 0);

	return worst && memhp_status_finding_get_level(worst) == MEMHP_STATUS_LEVEL_WARNING;
}

bool status_is_partial(const struct status *status)
{
	const struct memhp_status_finding *finding;

	for (size_t i = 0; (finding = memhp_status_findings_get(status->findings, i)); i++)
		if (memhp_status_finding_get_error(finding) < 0)
			return true;
	return status->probe < 0 || status->has_odd_notes || status_find(status, MEMHP_STATUS_CODE_IMPOSSIBLE_NAMES);
}

/* 0 where there is none */
static uint64_t figure(const struct memhp_status_finding *finding, enum memhp_status_figure which)
{
	uint64_t value = 0;

	(void)memhp_status_finding_get_figure(finding, which, &value);
	return value;
}

static bool has_figure(const struct memhp_status_finding *finding, enum memhp_status_figure which)
{
	uint64_t value;

	return memhp_status_finding_get_figure(finding, which, &value) == 0;
}

static const char *size_text(const struct memhp_status_finding *finding, char text[SIZE_TEXT_MAX])
{
	return format_size(figure(finding, MEMHP_STATUS_FIGURE_BYTES), text);
}

/* "3 blocks (384M)"; from malloc() */
static char *describe_blocks(const struct memhp_status_finding *finding)
{
	uint64_t blocks = figure(finding, MEMHP_STATUS_FIGURE_BLOCKS);
	char size[SIZE_TEXT_MAX];

	return xasprintf("%" PRIu64 " block%s (%s)", blocks, blocks == 1 ? "" : "s", size_text(finding, size));
}

/* "valid_zones of 3 blocks (384M)", "/proc/zoneinfo"; from malloc() */
static char *describe_file(const struct memhp_status_finding *finding)
{
	const char *name = memhp_status_finding_get_name(finding);
	_cleanup_free_ char *blocks = describe_blocks(finding);

	if (has_figure(finding, MEMHP_STATUS_FIGURE_BLOCKS))
		return xasprintf("the %s of %s", name, blocks);
	if (has_figure(finding, MEMHP_STATUS_FIGURE_NODE))
		return xasprintf("%s/node%" PRIu64, name, figure(finding, MEMHP_STATUS_FIGURE_NODE));
	return xasprintf("%s", strcmp(name, "source") == 0 ? "which devices have no memory blocks" : name);
}

static char *describe_error(const struct memhp_status_finding *finding, const char *why)
{
	_cleanup_free_ char *file = describe_file(finding);

	return xasprintf("%s %s (%s)", file, why, errno_name(memhp_status_finding_get_error(finding)));
}

static char *describe_share(const struct memhp_status_finding *finding)
{
	uint64_t movable = figure(finding, MEMHP_STATUS_FIGURE_MOVABLE_BYTES);
	uint64_t kernel = figure(finding, MEMHP_STATUS_FIGURE_KERNEL_BYTES);
	_cleanup_free_ char *where = has_figure(finding, MEMHP_STATUS_FIGURE_NODE)
					     ? xasprintf("node %" PRIu64 " has ", figure(finding, MEMHP_STATUS_FIGURE_NODE))
					     : xstrdup("");

	if (kernel == 0)
		return xasprintf("%sall memory is movable, and none is left for the kernel", where);
	return xasprintf("%s%.2f times as much movable as kernel memory, and kernel memory may run out", where,
			 (double)movable / (double)kernel);
}

/* The process may have been there long before it came to this block. */
static char *describe_going_offline(const struct memhp_status_finding *finding)
{
	uint64_t seconds = figure(finding, MEMHP_STATUS_FIGURE_PROCESS_MS) / 1000;
	_cleanup_free_ char *pid = NULL, *age = NULL;

	if (!has_figure(finding, MEMHP_STATUS_FIGURE_PID))
		return xasprintf("block %" PRIu64 " is going offline: a request is under way",
				 figure(finding, MEMHP_STATUS_FIGURE_BLOCK_ID));
	age = format_deadline(seconds < 120 ? seconds * 1000 : seconds / 60 * 60000);
	pid = has_figure(finding, MEMHP_STATUS_FIGURE_PROCESS_MS) ? xasprintf(", which began %s ago", age) : xstrdup("");
	return xasprintf("block %" PRIu64 " is going offline by process %" PRIu64 "%s%s",
			 figure(finding, MEMHP_STATUS_FIGURE_BLOCK_ID), figure(finding, MEMHP_STATUS_FIGURE_PID), pid,
			 memhp_status_finding_get_level(finding) == MEMHP_STATUS_LEVEL_WARNING ? ": it may never end" : "");
}

/* "a request of 12:03 was cut off: 4 of 8 blocks are offline" */
static char *describe_cut_off(const struct memhp_status_finding *finding)
{
	time_t began = (time_t)figure(finding, MEMHP_STATUS_FIGURE_TIME);
	const char *state = memhp_status_finding_get_name(finding);
	bool is_recent = time(NULL) - began < 24 * 60 * 60;
	uint64_t blocks = figure(finding, MEMHP_STATUS_FIGURE_BLOCKS), changed = figure(finding, MEMHP_STATUS_FIGURE_CHANGED);
	char when[64] = "";
	struct tm local;

	if (localtime_r(&began, &local))
		strftime(when, sizeof(when), is_recent ? " of %H:%M" : " of %Y-%m-%d %H:%M", &local);
	return xasprintf("a request%s was cut off: %" PRIu64 " of %" PRIu64 " block%s %s %s", when, changed, blocks,
			 blocks == 1 ? "" : "s", changed == 1 ? "is" : "are", state ? state : "changed");
}

static bool is_dimm(const struct memhp_status_finding *finding)
{
	return strncmp(memhp_status_finding_get_name(finding), "dimm:", strlen("dimm:")) == 0;
}

char *status_finding_text(const struct status *status, const struct memhp_status_finding *finding)
{
	const char *name = memhp_status_finding_get_name(finding);
	_cleanup_free_ char *blocks = describe_blocks(finding);
	char size[SIZE_TEXT_MAX];

	switch (memhp_status_finding_get_code(finding)) {
	case MEMHP_STATUS_CODE_NO_BLOCKS:
		return xstrdup("there is no memory block at all");
	case MEMHP_STATUS_CODE_REQUEST_CUT_OFF:
		return describe_cut_off(finding);
	case MEMHP_STATUS_CODE_IMPOSSIBLE_NAMES:
		return figure(finding, MEMHP_STATUS_FIGURE_ENTRIES) == 1
			       ? xstrdup("a folder is named like a memory block, and cannot be one")
			       : xasprintf("%" PRIu64 " folders are named like memory blocks, and cannot be any",
					   figure(finding, MEMHP_STATUS_FIGURE_ENTRIES));
	case MEMHP_STATUS_CODE_UNREADABLE:
		return describe_error(finding, "cannot be read or understood");
	case MEMHP_STATUS_CODE_NEEDS_ROOT:
		return describe_error(finding, "can only be read by root");
	case MEMHP_STATUS_CODE_POLICY_CONTRADICTION:
		return xstrdup(figure(finding, MEMHP_STATUS_FIGURE_CONTRADICTIONS) == 1
				       ? "two settings for new memory contradict each other"
				       : "settings for new memory contradict each other");
	case MEMHP_STATUS_CODE_IMBALANCE:
		return describe_share(finding);
	case MEMHP_STATUS_CODE_GOING_OFFLINE:
		return describe_going_offline(finding);
	case MEMHP_STATUS_CODE_OFFLINE_DESPITE_POLICY:
		return xasprintf("%s is offline although auto_online_blocks=%s", size_text(finding, size), name);
	case MEMHP_STATUS_CODE_OFFLINE_UNUSED:
		return xasprintf("%s is offline and unused", size_text(finding, size));
	case MEMHP_STATUS_CODE_POISONED:
		return xasprintf("%s of memory is out of use after hardware errors", size_text(finding, size));
	case MEMHP_STATUS_CODE_NO_NODE:
		return xasprintf("%s on no NUMA node", blocks);
	case MEMHP_STATUS_CODE_DEVICE_WITHOUT_BLOCKS:
		return is_dimm(finding) ? xasprintf("DIMM %s has no memory blocks", name + strlen("dimm:"))
					: xasprintf("dax device %s has no memory blocks", name);
	case MEMHP_STATUS_CODE_NO_HOTREMOVE:
		return xstrdup("no memory block can go offline: this kernel was built without CONFIG_MEMORY_HOTREMOVE");
	case MEMHP_STATUS_CODE_NONE:
		break;
	}
	return xstrdup(memhp_status_code_name(memhp_status_finding_get_code(finding)));
}

bool status_is_of_node(const struct memhp_block *block, uint64_t id)
{
	size_t num = memhp_block_get_num_nodes(block), i = 0;

	while (i < num && memhp_node_get_id(memhp_block_get_node(block, i)) != id)
		i++;
	return i < num;
}

/* Where the finding is about a node; otherwise each block is */
static bool is_concerned(const struct memhp_block *block, const struct memhp_status_finding *finding)
{
	return !has_figure(finding, MEMHP_STATUS_FIGURE_NODE) ||
	       status_is_of_node(block, figure(finding, MEMHP_STATUS_FIGURE_NODE));
}

/* Whether a kernel zone is among those that an offline block can go to, or nothing is known of them */
static bool can_go_to_kernel(const struct memhp_block *block)
{
	size_t num = memhp_block_get_num_valid_zones(block), i = 0;

	while (i < num && memhp_block_get_valid_zone(block, i) == MEMHP_ZONE_MOVABLE)
		i++;
	return num == 0 || i < num;
}

/* More kernel memory, where the imbalance is and there is some; else less movable memory, where the kernel takes any offline. */
static char *command_for_imbalance(const struct status *status, const struct memhp_status_finding *finding)
{
	_cleanup_free_ char *node = has_figure(finding, MEMHP_STATUS_FIGURE_NODE)
					    ? xasprintf("--node %" PRIu64, figure(finding, MEMHP_STATUS_FIGURE_NODE))
					    : NULL;
	const struct memhp_block *block;

	for (size_t i = 0; (block = memhp_snapshot_get_block(status->snapshot, i)); i++)
		if (memhp_block_get_state(block) == MEMHP_STATE_OFFLINE && is_concerned(block, finding) && can_go_to_kernel(block))
			return node ? xasprintf("memctl online %s --state offline --kernel", node)
				    : xstrdup("memctl online --all --kernel");
	if (status->no_hotremove)
		return NULL;
	return xasprintf("memctl explain %s%s--zone Movable", node ? node : "", node ? " " : "");
}

/* "cat /proc/zoneinfo" */
static char *look_at(const char *program, const char *path)
{
	_cleanup_free_ char *word = advice_path(path);

	return xasprintf("%s %s", program, word);
}

/* A process of this machine, or of a tree */
static char *look_at_process(uint64_t pid)
{
	_cleanup_free_ char *status = xasprintf("/proc/%" PRIu64 "/status", pid);

	return advice_is_local() ? xasprintf("ps -fp %" PRIu64, pid) : look_at("cat", status);
}

/* What other programs do on the machine that memctl runs on; NULL of another one */
static char *command_for_device(const struct memhp_status_finding *finding)
{
	if (!advice_is_local())
		return NULL;
	return is_dimm(finding)
		       ? xstrdup("dmesg")
		       : xasprintf("daxctl reconfigure-device --mode=system-ram %s", memhp_status_finding_get_name(finding));
}

/* To the zone that the policy names */
static char *command_for_policy(const struct memhp_status_finding *finding)
{
	enum memhp_transition policy = MEMHP_TRANSITION_UNKNOWN;

	(void)memhp_transition_from_name(memhp_status_finding_get_name(finding), &policy);
	return xasprintf("memctl online --all%s", policy == MEMHP_TRANSITION_ONLINE_MOVABLE  ? " --movable"
						  : policy == MEMHP_TRANSITION_ONLINE_KERNEL ? " --kernel"
											     : "");
}

/* What shows more of a file or attribute */
static char *command_for_file(const struct memhp_status_finding *finding)
{
	const char *name = memhp_status_finding_get_name(finding);

	if (strcmp(name, "source") == 0)
		return xstrdup("memctl list --by source");
	if (strcmp(name, "config") == 0)
		return xstrdup("memctl list -o +CONFIGURED");
	if (strcmp(name, "removable") == 0)
		return xstrdup("memctl list -o +REMOVABLE");
	if (has_figure(finding, MEMHP_STATUS_FIGURE_BLOCKS))
		return xstrdup("memctl list");
	if (*name != '/')
		return xstrdup("memctl policy show --verbose");
	if (has_figure(finding, MEMHP_STATUS_FIGURE_NODE)) {
		_cleanup_free_ char *node = xasprintf("%s/node%" PRIu64, name, figure(finding, MEMHP_STATUS_FIGURE_NODE));

		return look_at("ls", node);
	}
	/* What is not understood can be looked into; of the rest it counts what it is, and whose. */
	return look_at(memhp_status_finding_get_error(finding) == -EBADMSG ? "cat" : "ls -ld", name);
}

/* As on the machine itself */
static char *make_command(const struct status *status, const struct memhp_status_finding *finding)
{
	switch (memhp_status_finding_get_code(finding)) {
	case MEMHP_STATUS_CODE_UNREADABLE:
		return command_for_file(finding);
	case MEMHP_STATUS_CODE_NEEDS_ROOT:
		return xstrdup("sudo memctl status");
	case MEMHP_STATUS_CODE_REQUEST_CUT_OFF:
		return xstrdup("memctl restore --last");
	case MEMHP_STATUS_CODE_IMPOSSIBLE_NAMES:
		return look_at("ls", "/sys/devices/system/memory");
	case MEMHP_STATUS_CODE_POLICY_CONTRADICTION:
		return xstrdup("memctl policy check");
	case MEMHP_STATUS_CODE_IMBALANCE:
		return command_for_imbalance(status, finding);
	case MEMHP_STATUS_CODE_GOING_OFFLINE:
		return has_figure(finding, MEMHP_STATUS_FIGURE_PID) ? look_at_process(figure(finding, MEMHP_STATUS_FIGURE_PID))
								    : xstrdup("memctl list --state going-offline");
	case MEMHP_STATUS_CODE_OFFLINE_DESPITE_POLICY:
		return command_for_policy(finding);
	case MEMHP_STATUS_CODE_OFFLINE_UNUSED:
		return xstrdup("memctl online --all");
	case MEMHP_STATUS_CODE_POISONED:
		return xstrdup("memctl explain");
	case MEMHP_STATUS_CODE_NO_NODE:
		return xstrdup("memctl list --by node");
	case MEMHP_STATUS_CODE_DEVICE_WITHOUT_BLOCKS:
		return command_for_device(finding);
	case MEMHP_STATUS_CODE_NO_HOTREMOVE:
		return advice_is_local() ? xstrdup("grep MEMORY_HOTREMOVE /boot/config-*") : NULL;
	case MEMHP_STATUS_CODE_NO_BLOCKS:
		return advice_is_local() ? xstrdup("dmesg") : NULL;
	case MEMHP_STATUS_CODE_NONE:
		break;
	}
	return NULL;
}

char *status_finding_command(const struct status *status, const struct memhp_status_finding *finding)
{
	_cleanup_free_ char *command = make_command(status, finding);

	return advice(command);
}
