/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every enum with its words, once. */
#include <strings.h>

#include "private.h"

/* clang-format off */
static const char *const state_names[MEMHP_NUM_STATES] = {
	[MEMHP_STATE_UNKNOWN] = "unknown",
	[MEMHP_STATE_ONLINE] = "online",
	[MEMHP_STATE_OFFLINE] = "offline",
	[MEMHP_STATE_GOING_OFFLINE] = "going-offline",
};

static const char *const zone_names[MEMHP_NUM_ZONES] = {
	[MEMHP_ZONE_UNKNOWN] = "unknown",
	[MEMHP_ZONE_NONE] = "none",
	[MEMHP_ZONE_DMA] = "DMA",
	[MEMHP_ZONE_DMA32] = "DMA32",
	[MEMHP_ZONE_NORMAL] = "Normal",
	[MEMHP_ZONE_HIGHMEM] = "HighMem",
	[MEMHP_ZONE_MOVABLE] = "Movable",
	[MEMHP_ZONE_DEVICE] = "Device",
};

static const char *const source_kind_names[MEMHP_NUM_SOURCE_KINDS] = {
	[MEMHP_SOURCE_UNKNOWN] = "unknown",
	[MEMHP_SOURCE_BOOT] = "boot",
	[MEMHP_SOURCE_DIMM] = "dimm",
	[MEMHP_SOURCE_VIRTIO_MEM] = "virtio-mem",
	[MEMHP_SOURCE_DAX] = "dax",
	[MEMHP_SOURCE_BALLOON] = "balloon",
	[MEMHP_SOURCE_STANDBY] = "standby",
};

static const char *const action_names[] = {
	[MEMHP_ACTION_OFFLINE] = "offline",
	[MEMHP_ACTION_ONLINE] = "online",
	[MEMHP_ACTION_ONLINE_KERNEL] = "online_kernel",
	[MEMHP_ACTION_ONLINE_MOVABLE] = "online_movable",
};

static const char *const outcome_names[] = {
	[MEMHP_OUTCOME_PLANNED] = "planned",
	[MEMHP_OUTCOME_CHANGED] = "changed",
	[MEMHP_OUTCOME_ALREADY] = "already",
	[MEMHP_OUTCOME_ABSENT] = "absent",
	[MEMHP_OUTCOME_BUSY] = "busy",
	[MEMHP_OUTCOME_IMPOSSIBLE] = "impossible",
	[MEMHP_OUTCOME_VETOED] = "vetoed",
	[MEMHP_OUTCOME_FAILED] = "failed",
	[MEMHP_OUTCOME_TIMEOUT] = "timeout",
	[MEMHP_OUTCOME_IN_PROGRESS] = "in-progress",
	[MEMHP_OUTCOME_WRONG_ZONE] = "wrong-zone",
	[MEMHP_OUTCOME_VANISHED] = "vanished",
	[MEMHP_OUTCOME_ROLLED_BACK] = "rolled-back",
	[MEMHP_OUTCOME_ROLLBACK_FAILED] = "rollback-failed",
	[MEMHP_OUTCOME_NOT_TRIED] = "not-tried",
};

static const char *const reason_names[] = {
	[MEMHP_REASON_NONE] = "none",
	[MEMHP_REASON_SEVERAL_ZONES] = "several-zones",
	[MEMHP_REASON_INVALID_RANGE] = "invalid-range",
	[MEMHP_REASON_BUSY] = "busy",
	[MEMHP_REASON_VETO] = "veto",
	[MEMHP_REASON_NO_MEMORY] = "no-memory",
	[MEMHP_REASON_HWPOISON] = "hwpoison",
	[MEMHP_REASON_SIGNAL] = "signal",
	[MEMHP_REASON_ACCESS] = "access",
	[MEMHP_REASON_READ_ONLY] = "read-only",
	[MEMHP_REASON_DEADLINE] = "deadline",
	[MEMHP_REASON_CANCELLED] = "cancelled",
	[MEMHP_REASON_OTHER_ZONE] = "other-zone",
	[MEMHP_REASON_GONE] = "gone",
	[MEMHP_REASON_RACE] = "race",
	[MEMHP_REASON_WRITER_DIED] = "writer-died",
	[MEMHP_REASON_UNREADABLE] = "unreadable",
	[MEMHP_REASON_SPARE] = "spare",
	[MEMHP_REASON_OTHER] = "other",
};

static const char *const completion_names[] = {
	[MEMHP_COMPLETE] = "complete",
	[MEMHP_PARTIAL] = "partial",
	[MEMHP_FAILED] = "failed",
	[MEMHP_TIMEOUT] = "timeout",
	[MEMHP_INTERRUPTED] = "interrupted",
};

static const char *const policy_key_names[MEMHP_NUM_POLICY_KEYS] = {
	[MEMHP_POLICY_AUTO_ONLINE_BLOCKS] = "auto_online_blocks",
	[MEMHP_POLICY_ONLINE_POLICY] = "online_policy",
	[MEMHP_POLICY_AUTO_MOVABLE_RATIO] = "auto_movable_ratio",
	[MEMHP_POLICY_AUTO_MOVABLE_NUMA_AWARE] = "auto_movable_numa_aware",
	[MEMHP_POLICY_MEMMAP_ON_MEMORY] = "memmap_on_memory",
};

/* clang-format on */

/* A value from outside the enum (a newer caller, a bug) reads as unknown rather than beyond the table. */
#define NAME_OF(table, value) ((size_t)(value) < ARRAY_SIZE(table) ? (table)[value] : "unknown")

MEMHP_EXPORT const char *memhp_state_name(enum memhp_state state)
{
	return NAME_OF(state_names, state);
}

MEMHP_EXPORT int memhp_state_from_name(const char *name, enum memhp_state *state)
{
	for (size_t i = MEMHP_STATE_UNKNOWN + 1; i < ARRAY_SIZE(state_names); i++) {
		if (strcmp(name, state_names[i]) == 0) {
			*state = i;
			return 0;
		}
	}
	return -EINVAL;
}

MEMHP_EXPORT const char *memhp_zone_name(enum memhp_zone zone)
{
	return NAME_OF(zone_names, zone);
}

MEMHP_EXPORT int memhp_zone_from_name(const char *name, enum memhp_zone *zone)
{
	for (size_t i = MEMHP_ZONE_UNKNOWN + 1; i < ARRAY_SIZE(zone_names); i++) {
		if (strcasecmp(name, zone_names[i]) == 0) {
			*zone = i;
			return 0;
		}
	}
	return -EINVAL;
}

MEMHP_EXPORT const char *memhp_source_kind_name(enum memhp_source_kind kind)
{
	return NAME_OF(source_kind_names, kind);
}

MEMHP_EXPORT int memhp_source_kind_from_name(const char *name, enum memhp_source_kind *kind)
{
	for (size_t i = MEMHP_SOURCE_UNKNOWN + 1; i < ARRAY_SIZE(source_kind_names); i++) {
		if (strcmp(name, source_kind_names[i]) == 0) {
			*kind = i;
			return 0;
		}
	}
	return -EINVAL;
}

MEMHP_EXPORT const char *memhp_action_name(enum memhp_action action)
{
	return NAME_OF(action_names, action);
}

MEMHP_EXPORT const char *memhp_outcome_name(enum memhp_outcome outcome)
{
	return NAME_OF(outcome_names, outcome);
}

MEMHP_EXPORT const char *memhp_reason_name(enum memhp_reason reason)
{
	return NAME_OF(reason_names, reason);
}

MEMHP_EXPORT const char *memhp_completion_name(enum memhp_completion completion)
{
	return NAME_OF(completion_names, completion);
}

MEMHP_EXPORT const char *memhp_policy_key_name(enum memhp_policy_key key)
{
	return NAME_OF(policy_key_names, key);
}
