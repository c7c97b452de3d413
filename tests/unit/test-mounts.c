// SPDX-License-Identifier: GPL-2.0-or-later
/* Where sysfs is, by made-up lists of mounts */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <libmount.h>

#include "../../cmd/ui/mounts.h"
#include "unit.h"

struct libmnt_table *__real_mnt_new_table_from_file(const char *path);
struct libmnt_table *__wrap_mnt_new_table_from_file(const char *path);

static const char *list;

struct libmnt_table *__wrap_mnt_new_table_from_file(const char *path)
{
	char name[512];
	struct libmnt_table *table;
	FILE *file;

	ck_assert_str_eq(path, "/proc/self/mountinfo");
	snprintf(name, sizeof(name), "%s/mountinfo", unit_dir());
	if (!list)
		return NULL;
	file = fopen(name, "w");
	ck_assert_ptr_nonnull(file);
	fputs(list, file);
	fclose(file);
	table = __real_mnt_new_table_from_file(name);
	unlink(name);
	return table;
}

#define ROOT  "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
#define PROC  "21 20 0:5 / /proc rw - proc proc rw\n"
#define SYS   "22 20 0:6 / /sys rw,nosuid - sysfs sysfs rw\n"
#define OTHER "23 20 0:6 / /mnt/other rw - sysfs sysfs rw\n"
#define DEBUG "24 22 0:7 / /sys/kernel/debug rw - debugfs debugfs rw\n"

static const struct {
	const char *mounts, *target;
	bool read_only;
} cases[] = {
	{ NULL, NULL, false },
	{ "", NULL, false },
	{ ROOT PROC, NULL, false },
	{ ROOT SYS PROC DEBUG, "/sys", false },
	{ ROOT "22 20 0:6 / /sys ro,nosuid - sysfs sysfs rw\n", "/sys", true },
	{ ROOT "22 20 0:6 / /sys rw - sysfs sysfs ro\n", "/sys", true },
	{ ROOT OTHER, "/mnt/other", false },
	{ ROOT "23 20 0:6 / /mnt/a\\040b ro - sysfs sysfs ro\n", "/mnt/a b", true },
	/* /sys comes before another place, wherever it is in the list, and its last mount before those that it hides. */
	{ ROOT SYS OTHER, "/sys", false },
	{ ROOT OTHER SYS, "/sys", false },
	{ ROOT SYS "25 22 0:6 / /sys ro - sysfs sysfs rw\n", "/sys", true },
	{ ROOT "22 20 0:6 / /sys ro - sysfs sysfs rw\n25 22 0:6 / /sys rw - sysfs sysfs rw\n", "/sys", false },
};

START_TEST(sysfs)
{
	bool read_only = false;
	char *target;

	list = cases[_i].mounts;
	target = mounts_find_sysfs(&read_only);
	if (cases[_i].target)
		ck_assert_str_eq(target, cases[_i].target);
	else
		ck_assert_ptr_null(target);
	ck_assert_int_eq(read_only, cases[_i].read_only);
	free(target);
}
END_TEST

UNIT("mounts", tests)
{
	add_table(tests, sysfs, cases);
}
