// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit.h"

#define MODULE SYSFS_MODULE "/"

static const struct {
	const char *machine;
	const char *values[MEMHP_NUM_POLICY_KEYS];
	bool auto_online;
} machines[] = {
	{ "auto_online online\nparam online_policy auto-movable\nparam auto_movable_ratio 301\n"
	  "param auto_movable_numa_aware Y\nparam memmap_on_memory force\n",
	  { "online", "auto-movable", "301", "Y", "force" },
	  true },
	{ "auto_online offline\nparam memmap_on_memory N\n", { "offline", NULL, NULL, NULL, "N" }, false },
	{ "auto_online online_kernel\n", { "online_kernel" }, true },
	{ "auto_online online_movable\n", { "online_movable" }, true },
	/* nothing at all */
	{ "auto_online -\n", { NULL }, false },
	{ "remove " SYSFS_MEMORY "\nparam online_policy contig-zones\n", { NULL, "contig-zones" }, false },
	{ "remove " SYSFS_MEMORY "\nremove sys/module\n", { NULL }, false },
	/* unreadable, or nothing that a kernel would say */
	{ "auto_online \"\"\n", { NULL }, false },
	{ "auto_online \"on line\"\n", { NULL }, false },
	{ "auto_online \"on\\x01\\xffline\"\nparam online_policy \"\\x1b[31m\"\n", { NULL }, false },
	{ "file " SYSFS_MEMORY "/auto_online_blocks online times 1000\n", { NULL }, false },
	{ "dir " SYSFS_MEMORY "/auto_online_blocks\n", { NULL }, false },
	{ "fifo " SYSFS_MEMORY "/auto_online_blocks\nfifo " MODULE "online_policy\n", { NULL }, false },
	{ "link " SYSFS_MEMORY "/auto_online_blocks ../../../../proc/cmdline\n", { NULL }, false },
	{ "file " MODULE "auto_movable_ratio 301\n", { "offline", NULL, "301" }, false },
};

static void check_value(const char *value, const char *expected)
{
	if (expected)
		ck_assert_pstr_eq(value, expected);
	else
		ck_assert_ptr_null(value);
}

START_TEST(values)
{
	struct memhp_policy *policy = NULL;
	struct machine machine;

	machine_make(&machine, machines[_i].machine);
	ck_assert_int_eq(memhp_policy_new(&policy, machine.ctx), 0);
	for (int key = 0; key < MEMHP_NUM_POLICY_KEYS; key++)
		check_value(memhp_policy_get_value(policy, key), machines[_i].values[key]);
	ck_assert_int_eq(memhp_policy_is_auto_online(policy), machines[_i].auto_online);
	ck_assert_ptr_null(memhp_policy_get_value(policy, MEMHP_NUM_POLICY_KEYS));
	ck_assert_ptr_null(memhp_policy_get_value(policy, -1));
	ck_assert_ptr_eq(memhp_policy_ref(policy), policy);
	memhp_policy_unref(policy);
	memhp_policy_unref(policy);
	memhp_policy_unref(NULL);
	machine_release(&machine);
}
END_TEST

UNIT("policy", tests)
{
	add_table(tests, values, machines);
}
