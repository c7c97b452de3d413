// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <sys/stat.h>

#include "unit.h"

#define MODULE SYSFS_MODULE "/"

static const struct {
	const char *machine;
	const char *values[6]; /* from auto_online_blocks on */
} machines[] = {
	{ "auto_online online\nparam online_policy auto-movable\nparam auto_movable_ratio 301\n"
	  "param auto_movable_numa_aware Y\nparam memmap_on_memory force\n",
	  { "online", "auto-movable", "301", "Y", "force" } },
	{ "param offline_migrate_max_passes 10\n", { "offline", NULL, NULL, NULL, NULL, "10" } },
	{ "auto_online offline\nparam memmap_on_memory N\n", { "offline", NULL, NULL, NULL, "N" } },
	{ "auto_online online_kernel\n", { "online_kernel" } },
	{ "auto_online online_movable\n", { "online_movable" } },
	/* nothing at all */
	{ "auto_online -\n", { NULL } },
	{ "remove " SYSFS_MEMORY "\nparam online_policy contig-zones\n", { NULL, "contig-zones" } },
	{ "remove " SYSFS_MEMORY "\nremove sys/module\n", { NULL } },
	/* unreadable, or nothing that a kernel would say */
	{ "auto_online \"\"\n", { NULL } },
	{ "auto_online \"on line\"\n", { NULL } },
	{ "auto_online \"on\\x01\\xffline\"\nparam online_policy \"\\x1b[31m\"\n", { NULL } },
	{ "file " SYSFS_MEMORY "/auto_online_blocks online times 1000\n", { NULL } },
	{ "dir " SYSFS_MEMORY "/auto_online_blocks\n", { NULL } },
	{ "fifo " SYSFS_MEMORY "/auto_online_blocks\nfifo " MODULE "online_policy\n", { NULL } },
	{ "link " SYSFS_MEMORY "/auto_online_blocks ../../../../proc/cmdline\n", { NULL } },
	{ "file " MODULE "auto_movable_ratio 301\n", { "offline", NULL, "301" } },
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
	for (size_t i = 0; i < ARRAY_SIZE(machines[_i].values); i++)
		check_value(memhp_policy_get_value(policy, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS + i), machines[_i].values[i]);
	ck_assert_ptr_null(memhp_policy_get_value(policy, MEMHP_POLICY_KEY_NONE));
	ck_assert_ptr_null(memhp_policy_get_value(policy, INT32_MAX));
	ck_assert_ptr_null(memhp_policy_get_value(policy, -1));
	memhp_policy_free(policy);
	memhp_policy_free(NULL);
	machine_release(&machine);
}
END_TEST

/* What becomes of a write */
static struct {
	int error;     /* the kernel's, or 0 */
	bool is_lost;  /* it says yes and does nothing */
	size_t stores; /* how many there were */
} kernel;

static ssize_t plain_read(int fd, const char *path __attribute__((unused)), void *buf, size_t size, off_t offset)
{
	return pread(fd, buf, size, offset);
}

static ssize_t store(int fd, const char *path __attribute__((unused)), const void *buf, size_t size)
{
	kernel.stores++;
	if (kernel.error) {
		errno = kernel.error;
		return -1;
	}
	if (!kernel.is_lost && (ftruncate(fd, 0) < 0 || pwrite(fd, buf, size, 0) < 0))
		return -1;
	return (ssize_t)size;
}

static const struct file_ops kernel_ops = { true, plain_read, store, true };

static const struct {
	const char *machine;
	enum memhp_policy_key key;
	const char *value;
	int error;
	bool is_lost;
	int rc;
	size_t stores;
} changes[] = {
	{ "", MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, "online_movable", 0, false, 0, 1 },
	{ "param auto_movable_ratio 301\n", MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO, "4294967295", 0, false, 0, 1 },
	{ "", MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, "offline", EIO, false, 0, 0 }, /* so already */
	{ "", MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, "maybe", 0, false, -EINVAL, 0 },
	{ "", MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, "", 0, false, -EINVAL, 0 },
	{ "", MEMHP_POLICY_KEY_NONE, "offline", 0, false, -EINVAL, 0 },
	{ "param auto_movable_ratio 301\n", MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO, "4294967296", 0, false, -EINVAL, 0 },
	{ "param auto_movable_ratio 301\n", MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO, "-1", 0, false, -EINVAL, 0 },
	{ "", MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, "online", EINVAL, false, -EINVAL, 1 }, /* the kernel does not know the word */
	{ "", MEMHP_POLICY_KEY_ONLINE_POLICY, "auto-movable", 0, false, -EOPNOTSUPP, 0 },
	{ "param memmap_on_memory N\n", MEMHP_POLICY_KEY_ONLINE_POLICY, "auto-movable", 0, false, -EOPNOTSUPP, 0 },
	{ "remove " SYSFS_MEMORY "\n", MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, "online", 0, false, -EOPNOTSUPP, 0 },
	{ "file " MODULE "online_policy online times 1000\n", MEMHP_POLICY_KEY_ONLINE_POLICY, "auto-movable", 0, false, -EBADMSG,
	  0 },
	{ "", MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, "online", 0, true, -EIO, 1 },
	{ "", MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, "online", EPERM, false, -EPERM, 1 },
};

START_TEST(set)
{
	struct machine machine;

	machine_make(&machine, changes[_i].machine);
	kernel.error = changes[_i].error;
	kernel.is_lost = changes[_i].is_lost;
	kernel.stores = 0;
	machine.ctx->ops = &kernel_ops;
	ck_assert_int_eq(memhp_policy_set(machine.ctx, changes[_i].key, changes[_i].value), changes[_i].rc);
	ck_assert_uint_eq(kernel.stores, changes[_i].stores);
	machine_release(&machine);
}
END_TEST

/* What only boot can set has a file that nobody can write, root neither. */
START_TEST(set_at_boot)
{
	struct machine machine;
	char path[400];

	machine_make(&machine, "param memmap_on_memory N\n");
	machine.ctx->ops = &kernel_ops;
	kernel.stores = 0;
	snprintf(path, sizeof(path), "%s/" MODULE "memmap_on_memory", machine.dir);
	ck_assert_int_eq(chmod(path, 0444), 0);
	ck_assert_int_eq(memhp_policy_set(machine.ctx, MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY, "Y"), -EPERM);
	ck_assert_int_eq(memhp_policy_set(machine.ctx, MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY, "N"), 0);
	ck_assert_uint_eq(kernel.stores, 0);
	machine_release(&machine);
}
END_TEST

/* Agents are there until the last of their owners lets go. */
START_TEST(agents_shared)
{
	struct memhp_agents *agents = NULL;
	struct machine machine;

	machine_make(&machine, "cmdline movable_node\n");
	ck_assert_int_eq(memhp_agents_new(&agents, machine.ctx), 0);
	ck_assert_str_eq(memhp_agent_get_key(memhp_agents_get(agents, 0)), "movable_node");
	ck_assert_ptr_null(memhp_agents_get(agents, 1));
	memhp_agents_free(agents);
	memhp_agents_free(NULL);
	machine_release(&machine);
}
END_TEST

/* What another value would come to is judged without a change. */
START_TEST(with_value)
{
	struct memhp_policy *policy = NULL, *other = NULL;
	struct machine machine;

	machine_make(&machine, "auto_online offline\nfifo " MODULE "online_policy\nparam memmap_on_memory N\n");
	ck_assert_int_eq(memhp_policy_new(&policy, machine.ctx), 0);
	ck_assert_int_eq(memhp_policy_new_with(&other, policy, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, "on"), -EINVAL);
	ck_assert_int_eq(memhp_policy_new_with(&other, policy, MEMHP_POLICY_KEY_NONE, "online"), -EINVAL);
	ck_assert_ptr_null(other);
	ck_assert_int_eq(memhp_policy_new_with(&other, policy, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, "online"), 0);
	ck_assert_str_eq(memhp_policy_get_value(policy, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS), "offline");
	memhp_policy_free(policy);
	ck_assert_str_eq(memhp_policy_get_value(other, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS), "online");
	ck_assert_str_eq(memhp_policy_get_value(other, MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY), "N");
	ck_assert_int_lt(memhp_policy_get_error(other, MEMHP_POLICY_KEY_ONLINE_POLICY), 0);
	ck_assert_int_eq(memhp_policy_get_error(other, MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO), -EOPNOTSUPP);
	memhp_policy_free(other);
	machine_release(&machine);
}
END_TEST

UNIT("policy", tests)
{
	tcase_add_test(tests, agents_shared);
	add_table(tests, values, machines);
	add_table(tests, set, changes);
	tcase_add_test(tests, set_at_boot);
	tcase_add_test(tests, with_value);
}
