/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every enum with its words, once. Pure. */

#include "nums.h"
#include "object.h"
#include "util.h"

/* clang-format off */
static const char *const state_names[NUM_STATES] = {
	[MEMHP_STATE_UNKNOWN] = "unknown",
	[MEMHP_STATE_ONLINE] = "online",
	[MEMHP_STATE_OFFLINE] = "offline",
	[MEMHP_STATE_GOING_OFFLINE] = "going-offline",
	[MEMHP_STATE_STANDBY] = "standby",
};

static const char *const zone_names[NUM_ZONES] = {
	[MEMHP_ZONE_UNKNOWN] = "unknown",
	[MEMHP_ZONE_NONE] = "none",
	[MEMHP_ZONE_DMA] = "DMA",
	[MEMHP_ZONE_DMA32] = "DMA32",
	[MEMHP_ZONE_NORMAL] = "Normal",
	[MEMHP_ZONE_HIGHMEM] = "HighMem",
	[MEMHP_ZONE_MOVABLE] = "Movable",
	[MEMHP_ZONE_DEVICE] = "Device",
};

static const char *const source_kind_names[NUM_SOURCE_KINDS] = {
	[MEMHP_SOURCE_KIND_UNKNOWN] = "unknown",
	[MEMHP_SOURCE_KIND_BOOT] = "boot",
	[MEMHP_SOURCE_KIND_DIMM] = "dimm",
	[MEMHP_SOURCE_KIND_VIRTIO_MEM] = "virtio-mem",
	[MEMHP_SOURCE_KIND_DAX] = "dax",
	[MEMHP_SOURCE_KIND_BALLOON] = "balloon",
	[MEMHP_SOURCE_KIND_STANDBY] = "standby",
};

static const char *const event_kind_names[] = {
	[MEMHP_EVENT_KIND_ADD] = "add",
	[MEMHP_EVENT_KIND_REMOVE] = "remove",
	[MEMHP_EVENT_KIND_ONLINE] = "online",
	[MEMHP_EVENT_KIND_OFFLINE] = "offline",
	[MEMHP_EVENT_KIND_CHANGE] = "change",
};

static const char *const transition_names[] = {
	[MEMHP_TRANSITION_NONE] = "none",
	[MEMHP_TRANSITION_UNKNOWN] = "unknown",
	[MEMHP_TRANSITION_OFFLINE] = "offline",
	[MEMHP_TRANSITION_ONLINE] = "online",
	[MEMHP_TRANSITION_ONLINE_KERNEL] = "online_kernel",
	[MEMHP_TRANSITION_ONLINE_MOVABLE] = "online_movable",
	[MEMHP_TRANSITION_UNPLUG] = "unplugged",
	[MEMHP_TRANSITION_ADD] = "add",
	[MEMHP_TRANSITION_CONFIGURE] = "configure",
	[MEMHP_TRANSITION_DECONFIGURE] = "deconfigure",
};

static const char *const obstacle_names[NUM_OBSTACLES] = {
	[MEMHP_OBSTACLE_UNALIGNED] = "unaligned",
	[MEMHP_OBSTACLE_PRESENT] = "present",
	[MEMHP_OBSTACLE_TAKEN] = "taken",
	[MEMHP_OBSTACLE_UNSEEN] = "unseen",
	[MEMHP_OBSTACLE_UNPROVEN] = "unproven",
};

static const char *const proof_names[] = {
	[MEMHP_PROOF_NONE] = "none",
	[MEMHP_PROOF_FIRMWARE_MAP] = "firmware-map",
	[MEMHP_PROOF_SRAT] = "srat",
	[MEMHP_PROOF_DEVICE_TREE] = "device-tree",
	[MEMHP_PROOF_LMB] = "lmb",
};

static const char *const status_code_names[] = {
	[MEMHP_STATUS_CODE_NONE] = "none",
	[MEMHP_STATUS_CODE_NO_BLOCKS] = "no-blocks",
	[MEMHP_STATUS_CODE_REQUEST_CUT_OFF] = "request-cut-off",
	[MEMHP_STATUS_CODE_IMPOSSIBLE_NAMES] = "impossible-names",
	[MEMHP_STATUS_CODE_UNREADABLE] = "unreadable",
	[MEMHP_STATUS_CODE_POLICY_CONTRADICTION] = "policy-contradiction",
	[MEMHP_STATUS_CODE_IMBALANCE] = "imbalance",
	[MEMHP_STATUS_CODE_GOING_OFFLINE] = "going-offline",
	[MEMHP_STATUS_CODE_OFFLINE_DESPITE_POLICY] = "offline-despite-policy",
	[MEMHP_STATUS_CODE_OFFLINE_UNUSED] = "offline-unused",
	[MEMHP_STATUS_CODE_POISONED] = "poisoned-memory",
	[MEMHP_STATUS_CODE_NO_NODE] = "no-node",
	[MEMHP_STATUS_CODE_DEVICE_WITHOUT_BLOCKS] = "device-without-blocks",
	[MEMHP_STATUS_CODE_NO_HOTREMOVE] = "no-hotremove",
	[MEMHP_STATUS_CODE_NEEDS_ROOT] = "needs-root",
};

static const char *const status_figure_names[] = {
	[MEMHP_STATUS_FIGURE_NONE] = "none",
	[MEMHP_STATUS_FIGURE_BLOCKS] = "blocks",
	[MEMHP_STATUS_FIGURE_BYTES] = "size",
	[MEMHP_STATUS_FIGURE_ENTRIES] = "entries",
	[MEMHP_STATUS_FIGURE_NODE] = "node",
	[MEMHP_STATUS_FIGURE_BLOCK_ID] = "block_id",
	[MEMHP_STATUS_FIGURE_MOVABLE_BYTES] = "movable",
	[MEMHP_STATUS_FIGURE_KERNEL_BYTES] = "kernel",
	[MEMHP_STATUS_FIGURE_PID] = "pid",
	[MEMHP_STATUS_FIGURE_PROCESS_MS] = "process_ms",
	[MEMHP_STATUS_FIGURE_CONTRADICTIONS] = "contradictions",
	[MEMHP_STATUS_FIGURE_CHANGED] = "changed",
	[MEMHP_STATUS_FIGURE_TIME] = "time_s",
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
	[MEMHP_OUTCOME_UNVERIFIED] = "unverified",
	[MEMHP_OUTCOME_REVERTED] = "reverted",
	[MEMHP_OUTCOME_REFUSED] = "refused",
	[MEMHP_OUTCOME_INTERRUPTED] = "interrupted",
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
	[MEMHP_REASON_FILTER] = "filter",
	[MEMHP_REASON_LOCKED] = "locked",
	[MEMHP_REASON_KERNEL_SHARE] = "kernel-share",
	[MEMHP_REASON_STANDBY] = "standby",
	[MEMHP_REASON_NOT_OFFLINE] = "not-offline",
	[MEMHP_REASON_NO_CONFIG] = "no-config",
	[MEMHP_REASON_NO_MEMMAP] = "no-memmap",
	[MEMHP_REASON_MEMMAP_FIXED] = "memmap-fixed",
	[MEMHP_REASON_NOT_UNPLUGGED] = "not-unplugged",
	[MEMHP_REASON_NO_BLOCKS] = "no-blocks",
	[MEMHP_REASON_OBSTACLE] = "obstacle",
	[MEMHP_REASON_NOT_REBOUND] = "not-rebound",
	[MEMHP_REASON_SPARE] = "spare",
	[MEMHP_REASON_OTHER] = "other",
	[MEMHP_REASON_UNMOVABLE_PAGE] = "unmovable-page",
	[MEMHP_REASON_MIGRATION_FAILURE] = "migration-failure",
	[MEMHP_REASON_ISOLATION] = "isolation",
	[MEMHP_REASON_HUGE_PAGES] = "huge-pages",
	[MEMHP_REASON_MEMORY_HOLE] = "memory-hole",
	[MEMHP_REASON_BOOT_MEMORY] = "boot-memory",
	[MEMHP_REASON_CRASH_KERNEL] = "crash-kernel",
};

static const char *const completion_names[] = {
	[MEMHP_COMPLETION_COMPLETE] = "complete",
	[MEMHP_COMPLETION_PARTIAL] = "partial",
	[MEMHP_COMPLETION_FAILED] = "failed",
	[MEMHP_COMPLETION_TIMEOUT] = "timeout",
	[MEMHP_COMPLETION_INTERRUPTED] = "interrupted",
};

static const char *const policy_key_names[] = {
	[MEMHP_POLICY_KEY_NONE] = "none",
	[MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS] = "auto_online_blocks",
	[MEMHP_POLICY_KEY_ONLINE_POLICY] = "online_policy",
	[MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO] = "auto_movable_ratio",
	[MEMHP_POLICY_KEY_AUTO_MOVABLE_NUMA_AWARE] = "auto_movable_numa_aware",
	[MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY] = "memmap_on_memory",
	[MEMHP_POLICY_KEY_OFFLINE_MIGRATE_MAX_PASSES] = "offline_migrate_max_passes",
};

static const char *const policy_code_names[] = {
	[MEMHP_POLICY_CODE_NONE] = "none",
	[MEMHP_POLICY_CODE_KERNEL_UNKNOWN] = "kernel-unknown",
	[MEMHP_POLICY_CODE_KERNEL_ONLINES] = "kernel-onlines",
	[MEMHP_POLICY_CODE_KERNEL_LEAVES] = "kernel-leaves",
	[MEMHP_POLICY_CODE_RULE_ONLINES] = "rule-onlines",
	[MEMHP_POLICY_CODE_RULE_LATE] = "rule-late",
	[MEMHP_POLICY_CODE_RULE_OFFLINES] = "rule-offlines",
	[MEMHP_POLICY_CODE_RULE_KEEPS_OFFLINE] = "rule-keeps-offline",
	[MEMHP_POLICY_CODE_DAXCTL_ONLINES] = "daxctl-onlines",
	[MEMHP_POLICY_CODE_DAXCTL_LEAVES] = "daxctl-leaves",
	[MEMHP_POLICY_CODE_DLPAR_ONLINES] = "dlpar-onlines",
	[MEMHP_POLICY_CODE_STAYS_OFFLINE] = "stays-offline",
	[MEMHP_POLICY_CODE_STAYS_OTHERWISE] = "stays-otherwise",
	[MEMHP_POLICY_CODE_KEPT_OFFLINE] = "kept-offline",
	[MEMHP_POLICY_CODE_ZONE_BY_RATIO] = "zone-by-ratio",
	[MEMHP_POLICY_CODE_ZONE_MOVABLE] = "zone-movable",
	[MEMHP_POLICY_CODE_ZONE_AROUND] = "zone-around",
	[MEMHP_POLICY_CODE_MEMMAP_ON_MEMORY] = "memmap-on-memory",
	[MEMHP_POLICY_CODE_MEMMAP_ELSEWHERE] = "memmap-elsewhere",
	[MEMHP_POLICY_CODE_OFFLINE_GIVES_UP] = "offline-gives-up",
	[MEMHP_POLICY_CODE_RULES_ONCE] = "rules-once",
	[MEMHP_POLICY_CODE_RULE_AGAIN] = "rule-again",
	[MEMHP_POLICY_CODE_UNREADABLE] = "unreadable",
	[MEMHP_POLICY_CODE_UDEV_UNKNOWN] = "udev-unknown",
	[MEMHP_POLICY_CODE_RATIO] = "ratio",
	[MEMHP_POLICY_CODE_RATIO_REACHED] = "ratio-reached",
	[MEMHP_POLICY_CODE_UDEV_ONLINES] = "udev-onlines",
	[MEMHP_POLICY_CODE_UDEV_OFFLINES] = "udev-offlines",
	[MEMHP_POLICY_CODE_TIMING] = "timing",
	[MEMHP_POLICY_CODE_UDEV_ZONE] = "udev-zone",
	[MEMHP_POLICY_CODE_MOVABLE_NODE] = "movable-node",
	[MEMHP_POLICY_CODE_DAXCTL_REFUSES] = "daxctl-refuses",
	[MEMHP_POLICY_CODE_DLPAR] = "dlpar",
	[MEMHP_POLICY_CODE_DRIVER_NEEDS_ONLINE] = "driver-needs-online",
	[MEMHP_POLICY_CODE_ONLINE_POLICY_UNUSED] = "online-policy-unused",
	[MEMHP_POLICY_CODE_TMPFILES_DIFFERS] = "tmpfiles-differs",
	[MEMHP_POLICY_CODE_BOOT_DIFFERS] = "boot-differs",
	[MEMHP_POLICY_CODE_MEMMAP_NOT_EFFECTIVE] = "memmap-not-effective",
};

static const char *const policy_level_names[] = {
	[MEMHP_POLICY_LEVEL_STATEMENT] = "statement",
	[MEMHP_POLICY_LEVEL_NOTE] = "note",
	[MEMHP_POLICY_LEVEL_CONTRADICTION] = "contradiction",
};

static const char *const agent_kind_names[] = {
	[MEMHP_AGENT_KIND_CMDLINE] = "cmdline",
	[MEMHP_AGENT_KIND_UDEV] = "udev",
	[MEMHP_AGENT_KIND_TMPFILES] = "tmpfiles",
	[MEMHP_AGENT_KIND_DAXCTL] = "daxctl",
	[MEMHP_AGENT_KIND_DRIVER] = "driver",
};

static const char *const undo_names[] = {
	[MEMHP_UNDO_UNKNOWN] = "unknown",
	[MEMHP_UNDO_NOTHING] = "nothing",
	[MEMHP_UNDO_PENDING] = "pending",
	[MEMHP_UNDO_OTHERS] = "others",
};

static const char *const verdict_names[NUM_VERDICTS] = {
	[MEMHP_VERDICT_CANNOT_TELL] = "cannot-tell",
	[MEMHP_VERDICT_WILL_NOT] = "will-not",
	[MEMHP_VERDICT_MAY_GO] = "may-go",
	[MEMHP_VERDICT_CAN_GO] = "can-go",
};

static const char *const certainty_names[] = {
	[MEMHP_CERTAINTY_GUESS] = "guess",
	[MEMHP_CERTAINTY_LIKELY] = "likely",
	[MEMHP_CERTAINTY_SURE] = "sure",
};

static const char *const page_kind_names[] = {
	[MEMHP_PAGE_KIND_UNKNOWN] = "unknown",
	[MEMHP_PAGE_KIND_FREE] = "free",
	[MEMHP_PAGE_KIND_MEMMAP] = "memmap",
	[MEMHP_PAGE_KIND_FILE] = "file",
	[MEMHP_PAGE_KIND_ANON] = "anon",
	[MEMHP_PAGE_KIND_HUGE] = "huge",
	[MEMHP_PAGE_KIND_HWPOISON] = "hwpoison",
	[MEMHP_PAGE_KIND_OFFLINE] = "offline",
	[MEMHP_PAGE_KIND_OTHER] = "other",
	[MEMHP_PAGE_KIND_TABLE] = "table",
	[MEMHP_PAGE_KIND_SLAB] = "slab",
	[MEMHP_PAGE_KIND_RESERVED] = "reserved",
	[MEMHP_PAGE_KIND_HOLE] = "hole",
	[MEMHP_PAGE_KIND_KERNEL] = "kernel",
	[MEMHP_PAGE_KIND_CMA] = "cma",
};

static const char *const evidence_paths[NUM_EVIDENCES] = {
	[MEMHP_EVIDENCE_BLOCK] = "/sys/devices/system/memory",
	[MEMHP_EVIDENCE_IOMEM] = "/proc/iomem",
	[MEMHP_EVIDENCE_MEMMAP] = "/sys/firmware/memmap",
	[MEMHP_EVIDENCE_PAGE_FLAGS] = "/proc/kpageflags",
	[MEMHP_EVIDENCE_MEMINFO] = "/proc/meminfo",
	[MEMHP_EVIDENCE_CMA] = "/sys/kernel/debug/cma",
	[MEMHP_EVIDENCE_DEVICE_TREE] = "/sys/firmware/devicetree",
	[MEMHP_EVIDENCE_CRASH_KERNEL] = "/sys/kernel/kexec_crash_size",
};

static const char *const finding_names[] = {
	[MEMHP_FINDING_CODE_SEVERAL_ZONES] = "several-zones",
	[MEMHP_FINDING_CODE_HOLE] = "hole",
	[MEMHP_FINDING_CODE_BOOT_MEMORY] = "boot-memory",
	[MEMHP_FINDING_CODE_RESERVED] = "reserved",
	[MEMHP_FINDING_CODE_CMA] = "cma",
	[MEMHP_FINDING_CODE_CRASH_KERNEL] = "crash-kernel",
	[MEMHP_FINDING_CODE_SLAB] = "slab",
	[MEMHP_FINDING_CODE_PAGE_TABLES] = "page-tables",
	[MEMHP_FINDING_CODE_LIKELY_BOOT] = "likely-boot",
	[MEMHP_FINDING_CODE_OTHER_PAGES] = "other-pages",
	[MEMHP_FINDING_CODE_NO_ROOM] = "no-room",
	[MEMHP_FINDING_CODE_GIGANTIC] = "gigantic",
	[MEMHP_FINDING_CODE_OFFLINE_PAGES] = "offline-pages",
	[MEMHP_FINDING_CODE_LITTLE_ROOM] = "little-room",
	[MEMHP_FINDING_CODE_HUGE_PAGES] = "huge-pages",
	[MEMHP_FINDING_CODE_CMA_SOMEWHERE] = "cma-somewhere",
	[MEMHP_FINDING_CODE_HWPOISON] = "hwpoison",
	[MEMHP_FINDING_CODE_KERNEL_ZONE] = "kernel-zone",
	[MEMHP_FINDING_CODE_IN_USE] = "in-use",
	[MEMHP_FINDING_CODE_EMPTY] = "empty",
	[MEMHP_FINDING_CODE_NOT_ONLINE] = "not-online",
	[MEMHP_FINDING_CODE_STATE_UNKNOWN] = "state-unknown",
	[MEMHP_FINDING_CODE_ZONE_UNKNOWN] = "zone-unknown",
	[MEMHP_FINDING_CODE_PAGES_UNSEEN] = "pages-unseen",
	[MEMHP_FINDING_CODE_HOLES_UNSEEN] = "holes-unseen",
	[MEMHP_FINDING_CODE_FREE_HUGE_PAGES] = "free-huge-pages",
	[MEMHP_FINDING_CODE_NO_HOTREMOVE] = "no-hotremove",
};

/* clang-format on */

/* A value from outside the enum (a newer caller, a bug) has no name. */
#define NAME_OF(table, value) ((size_t)(value) < ARRAY_SIZE(table) ? (table)[value] : NULL)

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
		if (reads_like(name, zone_names[i])) {
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
	for (size_t i = MEMHP_SOURCE_KIND_UNKNOWN + 1; i < ARRAY_SIZE(source_kind_names); i++) {
		if (strcmp(name, source_kind_names[i]) == 0) {
			*kind = i;
			return 0;
		}
	}
	return -EINVAL;
}

MEMHP_EXPORT const char *memhp_transition_name(enum memhp_transition transition)
{
	return NAME_OF(transition_names, transition);
}

MEMHP_EXPORT int memhp_transition_from_name(const char *name, enum memhp_transition *transition)
{
	for (enum memhp_transition i = MEMHP_TRANSITION_OFFLINE; i <= MEMHP_TRANSITION_ONLINE_MOVABLE; i++) {
		if (strcmp(name, transition_names[i]) == 0) {
			*transition = i;
			return 0;
		}
	}
	return -EINVAL;
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

MEMHP_EXPORT int memhp_policy_key_from_name(const char *name, enum memhp_policy_key *key)
{
	for (size_t i = MEMHP_POLICY_KEY_NONE + 1; i < ARRAY_SIZE(policy_key_names); i++) {
		if (strcmp(name, policy_key_names[i]) == 0) {
			*key = i;
			return 0;
		}
	}
	return -EINVAL;
}

MEMHP_EXPORT const char *memhp_policy_code_name(enum memhp_policy_code code)
{
	return NAME_OF(policy_code_names, code);
}

MEMHP_EXPORT const char *memhp_policy_level_name(enum memhp_policy_level level)
{
	return NAME_OF(policy_level_names, level);
}

MEMHP_EXPORT const char *memhp_obstacle_name(enum memhp_obstacle obstacle)
{
	return NAME_OF(obstacle_names, obstacle);
}

MEMHP_EXPORT const char *memhp_proof_name(enum memhp_proof proof)
{
	return NAME_OF(proof_names, proof);
}

MEMHP_EXPORT const char *memhp_agent_kind_name(enum memhp_agent_kind kind)
{
	return NAME_OF(agent_kind_names, kind);
}

MEMHP_EXPORT const char *memhp_undo_name(enum memhp_undo undo)
{
	return NAME_OF(undo_names, undo);
}

MEMHP_EXPORT const char *memhp_verdict_name(enum memhp_verdict verdict)
{
	return NAME_OF(verdict_names, verdict);
}

MEMHP_EXPORT const char *memhp_certainty_name(enum memhp_certainty certainty)
{
	return NAME_OF(certainty_names, certainty);
}

MEMHP_EXPORT const char *memhp_page_kind_name(enum memhp_page_kind kind)
{
	return NAME_OF(page_kind_names, kind);
}

MEMHP_EXPORT const char *memhp_evidence_path(enum memhp_evidence evidence)
{
	return NAME_OF(evidence_paths, evidence);
}

MEMHP_EXPORT const char *memhp_finding_code_name(enum memhp_finding_code code)
{
	return NAME_OF(finding_names, code);
}

MEMHP_EXPORT const char *memhp_status_code_name(enum memhp_status_code code)
{
	return NAME_OF(status_code_names, code);
}

MEMHP_EXPORT const char *memhp_status_figure_name(enum memhp_status_figure figure)
{
	return NAME_OF(status_figure_names, figure);
}

MEMHP_EXPORT const char *memhp_event_kind_name(enum memhp_event_kind kind)
{
	return NAME_OF(event_kind_names, kind);
}
