// SPDX-License-Identifier: GPL-2.0-or-later
/* Where memctl policy set --persist writes: below the directory that was the root when memctl began. */
#include "policy/policy.h"

#include <stdio.h>
#include <sys/stat.h>

#include "../unit/unit.h"

/* policy/facts.c has it, and needs all of the program. */
const char *policy_path(enum memhp_policy_key key __attribute__((unused)))
{
	return "/sys/devices/system/memory/auto_online_blocks";
}

static int persist(struct memhp_ctx *ctx)
{
	return policy_persist(ctx, MEMHP_POLICY_AUTO_ONLINE_BLOCKS, "online", false);
}

static bool has_file(const char *dir, const char *path)
{
	char full[512];
	struct stat st;

	snprintf(full, sizeof(full), "%s/%s", dir, path);
	return lstat(full, &st) == 0 && S_ISREG(st.st_mode);
}

/* What gets the name of the tree after it was opened is not written to. */
START_TEST(exchanged_root)
{
	struct machine machine, other;
	char aside[300];

	machine_make(&machine, "blocks 0 zones Normal\n");
	machine_make(&other, "dir etc/tmpfiles.d\n");
	snprintf(aside, sizeof(aside), "%s-aside", machine.dir);
	ck_assert_int_eq(rename(machine.dir, aside), 0);
	ck_assert_int_eq(symlink(other.dir, machine.dir), 0);
	ck_assert_int_eq(persist(machine.ctx), PERSIST_WRITTEN);
	ck_assert(has_file(aside, "etc/tmpfiles.d/memctl.conf"));
	ck_assert(!has_file(other.dir, "etc/tmpfiles.d/memctl.conf"));
	ck_assert_int_eq(unlink(machine.dir), 0);
	ck_assert_int_eq(rename(aside, machine.dir), 0);
	machine_release(&machine);
	machine_release(&other);
}
END_TEST

/* Where the file is after links of the tree; NULL: nowhere */
static const struct {
	const char *machine, *file;
	int rc;
} cases[] = {
	{ "", "etc/tmpfiles.d/memctl.conf", PERSIST_WRITTEN },
	{ "dir usr/etc\nlink etc /usr/etc", "usr/etc/tmpfiles.d/memctl.conf", PERSIST_WRITTEN },
	{ "dir usr/conf\nlink etc/tmpfiles.d ../../../../usr/conf", "usr/conf/memctl.conf", PERSIST_WRITTEN },
	{ "link etc /tmp", NULL, -ENOENT },
	{ "link etc/tmpfiles.d /nonexistent", NULL, -ENOENT },
	{ "link etc/tmpfiles.d tmpfiles.d", NULL, -ELOOP },
	{ "file etc \"\"", NULL, -ENOTDIR },
	/* The file itself is no link, whatever it leads to. */
	{ "link etc/tmpfiles.d/memctl.conf other\nfile etc/tmpfiles.d/other \"\"", NULL, -ELOOP },
	{ "link etc/tmpfiles.d/.memctl.conf.new other\nfile etc/tmpfiles.d/other \"\"", NULL, -ELOOP },
};

START_TEST(links)
{
	struct machine machine;

	machine_make(&machine, cases[_i].machine);
	ck_assert_int_eq(persist(machine.ctx), cases[_i].rc);
	if (cases[_i].file)
		ck_assert(has_file(machine.dir, cases[_i].file));
	else
		ck_assert(!has_file(machine.dir, "etc/tmpfiles.d/memctl.conf"));
	machine_release(&machine);
}
END_TEST

UNIT("persist", tests)
{
	tcase_add_test(tests, exchanged_root);
	add_table(tests, links, cases);
}
