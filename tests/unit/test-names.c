// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <stdio.h>

#include "read/whole-files.h"
#include "unit.h"

#define SET(function, first, last, is_json)                                                                        \
	{                                                                                                          \
		(const char *(*)(unsigned int))(void *) memhp_##function, first, (unsigned int)(last) + 1, is_json \
	}

/* Every set of words, from the first value that has one of its own */
static const struct {
	const char *(*name)(unsigned int value);
	unsigned int first, num;
	bool is_json; /* a word of the schema */
} sets[] = {
	SET(state_name, MEMHP_STATE_ONLINE, MEMHP_STATE_STANDBY, true),
	SET(zone_name, MEMHP_ZONE_NONE, MEMHP_ZONE_DEVICE, true),
	SET(source_kind_name, MEMHP_SOURCE_KIND_BOOT, MEMHP_SOURCE_KIND_STANDBY, true),
	SET(outcome_name, MEMHP_OUTCOME_PLANNED, MEMHP_OUTCOME_REFUSED, true),
	SET(reason_name, MEMHP_REASON_NONE, MEMHP_REASON_NOT_REBOUND, true),
	SET(completion_name, MEMHP_COMPLETION_COMPLETE, MEMHP_COMPLETION_INTERRUPTED, true),
	SET(policy_key_name, 0, MEMHP_POLICY_KEY_OFFLINE_MIGRATE_MAX_PASSES, false),
	SET(agent_kind_name, 0, MEMHP_AGENT_KIND_DRIVER, true),
	SET(status_code_name, 0, MEMHP_STATUS_CODE_NEEDS_ROOT, true),
	SET(status_figure_name, 0, MEMHP_STATUS_FIGURE_TIME, true),
	SET(obstacle_name, MEMHP_OBSTACLE_UNALIGNED, MEMHP_OBSTACLE_UNPROVEN, true),
	SET(proof_name, MEMHP_PROOF_NONE, MEMHP_PROOF_LMB, true),
	SET(undo_name, MEMHP_UNDO_NOTHING, MEMHP_UNDO_OTHERS, false),
	SET(verdict_name, 0, NUM_VERDICTS - 1, true),
	SET(certainty_name, 0, MEMHP_CERTAINTY_SURE, true),
	SET(page_kind_name, MEMHP_PAGE_KIND_FREE, MEMHP_PAGE_KIND_CMA, true),
	SET(evidence_path, 0, NUM_EVIDENCES - 1, false),
	SET(finding_code_name, 0, MEMHP_FINDING_CODE_FREE_HUGE_PAGES, true),
};

/* Whether the schema has the word, as a value or as a key */
static bool is_in_schema(const char *word)
{
	const char *top = getenv("top_srcdir");
	_cleanup_close_ int dirfd = open(top ? top : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_free_ char *schema = NULL, *quoted = NULL;

	ck_assert_int_eq(memhp__file_read_all(dirfd, "schema/memctl-1.schema.json", &schema, NULL), 0);
	ck_assert_int_gt(asprintf(&quoted, "\"%s\"", word), 0);
	return strstr(schema, quoted) != NULL;
}

/* Each value has a word of its own, which the schema has where JSON shows it, and what is beyond has none. */
START_TEST(words)
{
	for (unsigned int i = sets[_i].first; i < sets[_i].num; i++) {
		const char *name = sets[_i].name(i);

		ck_assert_ptr_nonnull(name);
		ck_assert_str_ne(name, "unknown");
		ck_assert_str_ne(name, "");
		for (unsigned int j = 0; j < i; j++)
			ck_assert_str_ne(name, sets[_i].name(j));
		ck_assert_msg(!sets[_i].is_json || is_in_schema(name), "the schema lacks \"%s\"", name);
	}
	for (unsigned int i = 0; i < sets[_i].first; i++)
		ck_assert_str_eq(sets[_i].name(i), "unknown");
	ck_assert_ptr_null(sets[_i].name(sets[_i].num));
	ck_assert_ptr_null(sets[_i].name(INT32_MAX));
	ck_assert_ptr_null(sets[_i].name(UINT32_MAX));
}
END_TEST

START_TEST(state_from_name)
{
	static const char *const strangers[] = { "", "unknown", "Online", "ONLINE", "online ", "onlin", "going_offline" };
	enum memhp_state state;

	for (int i = MEMHP_STATE_ONLINE; i < NUM_STATES; i++) {
		ck_assert_int_eq(memhp_state_from_name(memhp_state_name(i), &state), 0);
		ck_assert_int_eq(state, i);
	}
	for (size_t i = 0; i < ARRAY_SIZE(strangers); i++) {
		ck_assert_int_eq(memhp_state_from_name(strangers[i], &state), -EINVAL);
		ck_assert_int_eq(state, NUM_STATES - 1);
	}
}
END_TEST

START_TEST(zone_from_name)
{
	static const char *const strangers[] = { "", "unknown", "Normals", "Norma", "Normal ", "DMA64" };
	enum memhp_zone zone;

	for (int i = MEMHP_ZONE_NONE; i < NUM_ZONES; i++) {
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

	for (int i = MEMHP_SOURCE_KIND_BOOT; i < NUM_SOURCE_KINDS; i++) {
		ck_assert_int_eq(memhp_source_kind_from_name(memhp_source_kind_name(i), &kind), 0);
		ck_assert_int_eq(kind, i);
	}
	for (size_t i = 0; i < ARRAY_SIZE(strangers); i++) {
		ck_assert_int_eq(memhp_source_kind_from_name(strangers[i], &kind), -EINVAL);
		ck_assert_int_eq(kind, NUM_SOURCE_KINDS - 1);
	}
}
END_TEST

/* Of an agent; an effect that is not known has a word, too. */
START_TEST(agent_names)
{
	for (int kind = 0; kind <= MEMHP_AGENT_KIND_DRIVER; kind++)
		ck_assert_str_ne(memhp_agent_kind_name(kind), "unknown");
	ck_assert_ptr_null(memhp_agent_kind_name(MEMHP_AGENT_KIND_DRIVER + 1));
	for (int effect = 0; effect <= MEMHP_TRANSITION_DECONFIGURE; effect++)
		ck_assert_int_eq(strcmp(memhp_transition_name(effect), "unknown") == 0, effect == MEMHP_TRANSITION_UNKNOWN);
	ck_assert_ptr_null(memhp_transition_name(MEMHP_TRANSITION_DECONFIGURE + 1));
}
END_TEST

/* The words of blocks alone: what a dax device has besides is none of them. */
START_TEST(transition_from_name)
{
	static const char *const strangers[] = { "", "none", "unknown", "unplugged", "Online", "online_", "online " };
	enum memhp_transition effect;

	for (int i = MEMHP_TRANSITION_OFFLINE; i <= MEMHP_TRANSITION_ONLINE_MOVABLE; i++) {
		ck_assert_int_eq(memhp_transition_from_name(memhp_transition_name(i), &effect), 0);
		ck_assert_int_eq(effect, i);
	}
	for (size_t i = 0; i < ARRAY_SIZE(strangers); i++) {
		ck_assert_int_eq(memhp_transition_from_name(strangers[i], &effect), -EINVAL);
		ck_assert_int_eq(effect, MEMHP_TRANSITION_ONLINE_MOVABLE);
	}
}
END_TEST

START_TEST(policy_key_from_name)
{
	static const char *const strangers[] = { "", "none", "unknown", "online-policy", "auto_online_block" };
	enum memhp_policy_key key;

	for (int i = MEMHP_POLICY_KEY_NONE + 1; memhp_policy_key_name(i); i++) {
		ck_assert_int_eq(memhp_policy_key_from_name(memhp_policy_key_name(i), &key), 0);
		ck_assert_int_eq(key, i);
	}
	for (size_t i = 0; i < ARRAY_SIZE(strangers); i++)
		ck_assert_int_eq(memhp_policy_key_from_name(strangers[i], &key), -EINVAL);
}
END_TEST

UNIT("names", tests)
{
	tcase_add_test(tests, agent_names);
	tcase_add_test(tests, source_kind_from_name);
	add_table(tests, words, sets);
	tcase_add_test(tests, state_from_name);
	tcase_add_test(tests, zone_from_name);
	tcase_add_test(tests, transition_from_name);
	tcase_add_test(tests, policy_key_from_name);
}
