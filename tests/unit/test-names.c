// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit.h"

static const struct {
	const char *set;
	int value;
	const char *name;
} names[] = {
	{ "state", MEMHP_STATE_UNKNOWN, "unknown" },
	{ "state", MEMHP_STATE_ONLINE, "online" },
	{ "state", MEMHP_STATE_OFFLINE, "offline" },
	{ "state", MEMHP_STATE_GOING_OFFLINE, "going-offline" },
	{ "zone", MEMHP_ZONE_UNKNOWN, "unknown" },
	{ "zone", MEMHP_ZONE_NONE, "none" },
	{ "zone", MEMHP_ZONE_DMA, "DMA" },
	{ "zone", MEMHP_ZONE_DMA32, "DMA32" },
	{ "zone", MEMHP_ZONE_NORMAL, "Normal" },
	{ "zone", MEMHP_ZONE_HIGHMEM, "HighMem" },
	{ "zone", MEMHP_ZONE_MOVABLE, "Movable" },
	{ "zone", MEMHP_ZONE_DEVICE, "Device" },
	{ "obstacle", MEMHP_OBSTACLE_UNALIGNED, "unaligned" },
	{ "obstacle", MEMHP_OBSTACLE_PRESENT, "present" },
	{ "obstacle", MEMHP_OBSTACLE_TAKEN, "taken" },
	{ "obstacle", MEMHP_OBSTACLE_UNSEEN, "unseen" },
	{ "obstacle", MEMHP_OBSTACLE_UNPROVEN, "unproven" },
	{ "proof", MEMHP_PROOF_NONE, "none" },
	{ "proof", MEMHP_PROOF_FIRMWARE_MAP, "firmware-map" },
	{ "proof", MEMHP_PROOF_SRAT, "srat" },
	{ "proof", MEMHP_PROOF_DEVICE_TREE, "device-tree" },
	{ "proof", MEMHP_PROOF_LMB, "lmb" },
	{ "kind", MEMHP_SOURCE_UNKNOWN, "unknown" },
	{ "kind", MEMHP_SOURCE_BOOT, "boot" },
	{ "kind", MEMHP_SOURCE_DIMM, "dimm" },
	{ "kind", MEMHP_SOURCE_VIRTIO_MEM, "virtio-mem" },
	{ "kind", MEMHP_SOURCE_DAX, "dax" },
	{ "kind", MEMHP_SOURCE_BALLOON, "balloon" },
	{ "kind", MEMHP_SOURCE_STANDBY, "standby" },
	{ "action", MEMHP_ACTION_OFFLINE, "offline" },
	{ "action", MEMHP_ACTION_ONLINE, "online" },
	{ "action", MEMHP_ACTION_ONLINE_KERNEL, "online_kernel" },
	{ "action", MEMHP_ACTION_ONLINE_MOVABLE, "online_movable" },
	{ "outcome", MEMHP_OUTCOME_PLANNED, "planned" },
	{ "outcome", MEMHP_OUTCOME_CHANGED, "changed" },
	{ "outcome", MEMHP_OUTCOME_ALREADY, "already" },
	{ "outcome", MEMHP_OUTCOME_ABSENT, "absent" },
	{ "outcome", MEMHP_OUTCOME_BUSY, "busy" },
	{ "outcome", MEMHP_OUTCOME_IMPOSSIBLE, "impossible" },
	{ "outcome", MEMHP_OUTCOME_VETOED, "vetoed" },
	{ "outcome", MEMHP_OUTCOME_FAILED, "failed" },
	{ "outcome", MEMHP_OUTCOME_TIMEOUT, "timeout" },
	{ "outcome", MEMHP_OUTCOME_IN_PROGRESS, "in-progress" },
	{ "outcome", MEMHP_OUTCOME_WRONG_ZONE, "wrong-zone" },
	{ "outcome", MEMHP_OUTCOME_VANISHED, "vanished" },
	{ "outcome", MEMHP_OUTCOME_ROLLED_BACK, "rolled-back" },
	{ "outcome", MEMHP_OUTCOME_ROLLBACK_FAILED, "rollback-failed" },
	{ "outcome", MEMHP_OUTCOME_NOT_TRIED, "not-tried" },
	{ "outcome", MEMHP_OUTCOME_UNVERIFIED, "unverified" },
	{ "outcome", MEMHP_OUTCOME_REVERTED, "reverted" },
	{ "outcome", MEMHP_OUTCOME_INTERRUPTED, "interrupted" },
	{ "reason", MEMHP_REASON_NONE, "none" },
	{ "reason", MEMHP_REASON_SEVERAL_ZONES, "several-zones" },
	{ "reason", MEMHP_REASON_INVALID_RANGE, "invalid-range" },
	{ "reason", MEMHP_REASON_BUSY, "busy" },
	{ "reason", MEMHP_REASON_VETO, "veto" },
	{ "reason", MEMHP_REASON_NO_MEMORY, "no-memory" },
	{ "reason", MEMHP_REASON_HWPOISON, "hwpoison" },
	{ "reason", MEMHP_REASON_SIGNAL, "signal" },
	{ "reason", MEMHP_REASON_ACCESS, "access" },
	{ "reason", MEMHP_REASON_READ_ONLY, "read-only" },
	{ "reason", MEMHP_REASON_DEADLINE, "deadline" },
	{ "reason", MEMHP_REASON_CANCELLED, "cancelled" },
	{ "reason", MEMHP_REASON_OTHER_ZONE, "other-zone" },
	{ "reason", MEMHP_REASON_GONE, "gone" },
	{ "reason", MEMHP_REASON_RACE, "race" },
	{ "reason", MEMHP_REASON_WRITER_DIED, "writer-died" },
	{ "reason", MEMHP_REASON_UNREADABLE, "unreadable" },
	{ "reason", MEMHP_REASON_SPARE, "spare" },
	{ "reason", MEMHP_REASON_OTHER, "other" },
	{ "reason", MEMHP_REASON_UNMOVABLE_PAGE, "unmovable-page" },
	{ "reason", MEMHP_REASON_MIGRATION_FAILURE, "migration-failure" },
	{ "reason", MEMHP_REASON_ISOLATION, "isolation" },
	{ "reason", MEMHP_REASON_HUGE_PAGES, "huge-pages" },
	{ "reason", MEMHP_REASON_MEMORY_HOLE, "memory-hole" },
	{ "reason", MEMHP_REASON_BOOT_MEMORY, "boot-memory" },
	{ "reason", MEMHP_REASON_CRASH_KERNEL, "crash-kernel" },
	{ "reason", MEMHP_REASON_FILTER, "filter" },
	{ "reason", MEMHP_REASON_LOCKED, "locked" },
	{ "page", MEMHP_PAGE_USE_UNKNOWN, "unknown" },
	{ "page", MEMHP_PAGE_USE_KERNEL, "kernel" },
	{ "page", MEMHP_PAGE_USE_RESERVED, "reserved" },
	{ "page", MEMHP_PAGE_USE_SLAB, "slab" },
	{ "page", MEMHP_PAGE_USE_TABLE, "page-table" },
	{ "page", MEMHP_PAGE_USE_ANON, "anon" },
	{ "page", MEMHP_PAGE_USE_FILE, "file" },
	{ "page", MEMHP_PAGE_USE_HUGETLB, "hugetlb" },
	{ "page", MEMHP_PAGE_USE_CMA, "cma" },
	{ "completion", MEMHP_COMPLETE, "complete" },
	{ "completion", MEMHP_PARTIAL, "partial" },
	{ "completion", MEMHP_FAILED, "failed" },
	{ "completion", MEMHP_TIMEOUT, "timeout" },
	{ "completion", MEMHP_INTERRUPTED, "interrupted" },
	{ "policy", MEMHP_POLICY_AUTO_ONLINE_BLOCKS, "auto_online_blocks" },
	{ "policy", MEMHP_POLICY_ONLINE_POLICY, "online_policy" },
	{ "policy", MEMHP_POLICY_AUTO_MOVABLE_RATIO, "auto_movable_ratio" },
	{ "policy", MEMHP_POLICY_AUTO_MOVABLE_NUMA_AWARE, "auto_movable_numa_aware" },
	{ "policy", MEMHP_POLICY_MEMMAP_ON_MEMORY, "memmap_on_memory" },
};

static const char *name_of(const char *set, int value)
{
	if (strcmp(set, "obstacle") == 0)
		return memhp_obstacle_name(value);
	if (strcmp(set, "proof") == 0)
		return memhp_proof_name(value);
	if (strcmp(set, "page") == 0)
		return memhp_page_use_name(value);
	switch (set[0]) {
	case 's':
		return memhp_state_name(value);
	case 'z':
		return memhp_zone_name(value);
	case 'k':
		return memhp_source_kind_name(value);
	case 'a':
		return memhp_action_name(value);
	case 'o':
		return memhp_outcome_name(value);
	case 'r':
		return memhp_reason_name(value);
	case 'c':
		return memhp_completion_name(value);
	default:
		return memhp_policy_key_name(value);
	}
}

START_TEST(name)
{
	bool last = _i + 1 == (int)ARRAY_SIZE(names) || strcmp(names[_i].set, names[_i + 1].set) != 0;

	ck_assert_str_eq(name_of(names[_i].set, names[_i].value), names[_i].name);
	if (!last)
		return;
	/* Beyond the enum */
	ck_assert_ptr_null(name_of(names[_i].set, names[_i].value + 1));
	ck_assert_ptr_null(name_of(names[_i].set, -1));
	ck_assert_ptr_null(name_of(names[_i].set, INT32_MAX));
}
END_TEST

START_TEST(state_from_name)
{
	static const char *const strangers[] = { "", "unknown", "Online", "ONLINE", "online ", "onlin", "going_offline" };
	enum memhp_state state;

	for (int i = MEMHP_STATE_ONLINE; i < MEMHP_NUM_STATES; i++) {
		ck_assert_int_eq(memhp_state_from_name(memhp_state_name(i), &state), 0);
		ck_assert_int_eq(state, i);
	}
	for (size_t i = 0; i < ARRAY_SIZE(strangers); i++) {
		ck_assert_int_eq(memhp_state_from_name(strangers[i], &state), -EINVAL);
		ck_assert_int_eq(state, MEMHP_NUM_STATES - 1);
	}
}
END_TEST

START_TEST(zone_from_name)
{
	static const char *const strangers[] = { "", "unknown", "Normals", "Norma", "Normal ", "DMA64" };
	enum memhp_zone zone;

	for (int i = MEMHP_ZONE_NONE; i < MEMHP_NUM_ZONES; i++) {
		ck_assert_int_eq(memhp_zone_from_name(memhp_zone_name(i), &zone), 0);
		ck_assert_int_eq(zone, i);
	}
	ck_assert_int_eq(memhp_zone_from_name("mOVABLE", &zone), 0);
	ck_assert_int_eq(zone, MEMHP_ZONE_MOVABLE);
	ck_assert_int_eq(memhp_zone_from_name("None", &zone), 0);
	ck_assert_int_eq(zone, MEMHP_ZONE_NONE);
	for (size_t i = 0; i < ARRAY_SIZE(strangers); i++) {
		ck_assert_int_eq(memhp_zone_from_name(strangers[i], &zone), -EINVAL);
		ck_assert_int_eq(zone, MEMHP_ZONE_NONE);
	}
}
END_TEST

START_TEST(source_kind_from_name)
{
	static const char *const strangers[] = { "", "unknown", "Boot", "DIMM", "dimm:", "dax0.0", "virtio_mem" };
	enum memhp_source_kind kind;

	for (int i = MEMHP_SOURCE_BOOT; i < MEMHP_NUM_SOURCE_KINDS; i++) {
		ck_assert_int_eq(memhp_source_kind_from_name(memhp_source_kind_name(i), &kind), 0);
		ck_assert_int_eq(kind, i);
	}
	for (size_t i = 0; i < ARRAY_SIZE(strangers); i++) {
		ck_assert_int_eq(memhp_source_kind_from_name(strangers[i], &kind), -EINVAL);
		ck_assert_int_eq(kind, MEMHP_NUM_SOURCE_KINDS - 1);
	}
}
END_TEST

START_TEST(dax_state_from_name)
{
	static const char *const strangers[] = { "", "unknown", "Online", "offline ", "online_movable ", "plugged" };
	enum memhp_dax_state state;

	for (int i = MEMHP_DAX_UNPLUGGED; i <= MEMHP_DAX_OFFLINE; i++) {
		ck_assert_int_eq(memhp_dax_state_from_name(memhp_dax_state_name(i), &state), 0);
		ck_assert_int_eq(state, i);
	}
	for (size_t i = 0; i < ARRAY_SIZE(strangers); i++) {
		ck_assert_int_eq(memhp_dax_state_from_name(strangers[i], &state), -EINVAL);
		ck_assert_int_eq(state, MEMHP_DAX_OFFLINE);
	}
	ck_assert_ptr_null(memhp_dax_state_name(MEMHP_DAX_OFFLINE + 1));
}
END_TEST

/* What an assessment says: each has a word of its own, and what is beyond is unknown. */
static const struct {
	const char *(*name)(unsigned int value);
	unsigned int num;
} assessed[] = {
	{ (const char *(*)(unsigned int))(void *)memhp_verdict_name, MEMHP_NUM_VERDICTS },
	{ (const char *(*)(unsigned int))(void *)memhp_certainty_name, MEMHP_CERTAINTY_SURE + 1 },
	{ (const char *(*)(unsigned int))(void *)memhp_page_kind_name, MEMHP_NUM_PAGE_KINDS },
	{ (const char *(*)(unsigned int))(void *)memhp_evidence_path, MEMHP_NUM_EVIDENCES },
	{ (const char *(*)(unsigned int))(void *)memhp_finding_name, MEMHP_FINDING_FREE_HUGE_PAGES + 1 },
	{ (const char *(*)(unsigned int))(void *)memhp_finding_text, MEMHP_FINDING_FREE_HUGE_PAGES + 1 },
};

START_TEST(assessment_names)
{
	for (unsigned int i = 0; i < assessed[_i].num; i++) {
		ck_assert_str_ne(assessed[_i].name(i), "unknown");
		ck_assert_str_ne(assessed[_i].name(i), "");
		for (unsigned int j = 0; j < i; j++)
			ck_assert_str_ne(assessed[_i].name(i), assessed[_i].name(j));
	}
	ck_assert_ptr_null(assessed[_i].name(assessed[_i].num));
	ck_assert_ptr_null(assessed[_i].name(INT32_MAX));
}
END_TEST

/* Of an agent; an effect that is not known has a word, too. */
START_TEST(agent_names)
{
	for (int kind = 0; kind < MEMHP_NUM_AGENT_KINDS; kind++)
		ck_assert_str_ne(memhp_agent_kind_name(kind), "unknown");
	ck_assert_ptr_null(memhp_agent_kind_name(MEMHP_NUM_AGENT_KINDS));
	for (int effect = 0; effect < MEMHP_NUM_EFFECTS; effect++)
		ck_assert_int_eq(strcmp(memhp_effect_name(effect), "unknown") == 0, effect == MEMHP_EFFECT_UNKNOWN);
	ck_assert_ptr_null(memhp_effect_name(MEMHP_NUM_EFFECTS));
}
END_TEST

UNIT("names", tests)
{
	tcase_add_test(tests, agent_names);
	tcase_add_test(tests, dax_state_from_name);
	tcase_add_test(tests, source_kind_from_name);
	add_table(tests, assessment_names, assessed);
	add_table(tests, name, names);
	tcase_add_test(tests, state_from_name);
	tcase_add_test(tests, zone_from_name);
}
