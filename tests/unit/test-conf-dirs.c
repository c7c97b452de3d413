// SPDX-License-Identifier: LGPL-2.1-or-later
/* Files of configuration in a tree, and what links among them lead to. */
#include "read/conf-dirs.h"

#include <stdio.h>
#include <syslog.h>

#include "unit.h"

/* The contents of etc/conf.d/a.conf: NULL when it has none, and whether that is said */
static const struct {
	const char *machine, *text;
	bool is_said;
} cases[] = {
	{ "file etc/conf.d/a.conf mine", "mine", false },
	{ "file etc/conf.d/a.conf \"\"", "", false },
	{ "dir etc/conf.d", NULL, false },
	/* Masked, with a device or without one */
	{ "link etc/conf.d/a.conf /dev/null", "", false },
	{ "link etc/conf.d/a.conf ../../dev/null", "", false },
	{ "link etc/conf.d/a.conf mask\nlink etc/conf.d/mask /dev/null", "", false },
	{ "link etc/conf.d/a.conf /dev/null\nfile dev/null garbage", "", false },
	/* Links stay below the root. */
	{ "link etc/conf.d/a.conf /usr/a.conf\nfile usr/a.conf theirs", "theirs", false },
	{ "link etc/conf.d/a.conf ../../../../../../../usr/a.conf\nfile usr/a.conf theirs", "theirs", false },
	{ "link etc/conf.d /usr/conf.d\nfile usr/conf.d/a.conf theirs", "theirs", false },
	{ "link etc usr\nfile usr/conf.d/a.conf theirs", "theirs", false },
	/* What is on the running machine is not in the tree. */
	{ "link etc/conf.d/a.conf /proc/self/status", NULL, true },
	{ "link etc/conf.d/a.conf a.conf", NULL, true },
	{ "dir etc/conf.d/a.conf", NULL, true },
	{ "fifo etc/conf.d/a.conf", NULL, true },
	{ "link etc/conf.d/a.conf fifo\nfifo etc/conf.d/fifo", NULL, true },
};

__attribute__((format(printf, 3, 0))) static void note(void *userdata, int level, const char *format, va_list args)
{
	char text[512];

	ck_assert_int_eq(level, LOG_WARNING);
	vsnprintf(text, sizeof(text), format, args);
	ck_assert_ptr_nonnull(strstr(text, "/etc/conf.d/a.conf cannot be read"));
	*(bool *)userdata = true;
}

START_TEST(read_one)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_agents_ struct memhp_agents *agents = NULL;
	_cleanup_free_ char *text = NULL;
	bool is_said = false;
	size_t length;

	machine_make(&machine, cases[_i].machine);
	ck_assert_int_eq(memhp_agents_new(&agents, machine.ctx), 0);
	memhp_ctx_set_log(machine.ctx, note, &is_said, LOG_WARNING);
	ck_assert_int_eq(memhp__conf_file_read(agents, machine.ctx, "etc/conf.d/a.conf", &text, &length),
			 cases[_i].text ? 0 : -ENODATA);
	ck_assert_int_eq(is_said, cases[_i].is_said);
	if (cases[_i].text) {
		ck_assert_str_eq(text, cases[_i].text);
		ck_assert_uint_eq(length, strlen(text));
	}
}
END_TEST

/* A folder that is a link to another one of the list has the same files, which count once. */
START_TEST(listed)
{
	static const char *const dirs[] = { "etc/conf.d", "usr/lib/conf.d", "lib/conf.d" };
	static const char *const expected[] = { "usr/lib/conf.d/1.conf", "etc/conf.d/2.conf", "usr/lib/conf.d/3.conf" };
	_cleanup_machine_ struct machine machine;
	_cleanup_agents_ struct memhp_agents *agents = NULL;
	struct conf_files files;

	machine_make(&machine,
		     "link lib /usr/lib\nlink etc/conf.d ../local\nfile local/2.conf \"\"\nfile local/2.conf~ \"\"\n"
		     "file usr/lib/conf.d/1.conf \"\"\nfile usr/lib/conf.d/2.conf \"\"\nlink usr/lib/conf.d/3.conf 1.conf\n");
	ck_assert_int_eq(memhp_agents_new(&agents, machine.ctx), 0);
	ck_assert_int_eq(memhp__conf_files_list(&files, agents, machine.ctx, dirs, ARRAY_SIZE(dirs), ".conf"), 0);
	ck_assert_uint_eq(files.num, ARRAY_SIZE(expected));
	for (size_t i = 0; i < files.num; i++)
		ck_assert_str_eq(files.items[i].path, expected[i]);
	memhp__conf_files_release(&files);
}
END_TEST

UNIT("conf-dirs", tests)
{
	add_table(tests, read_one, cases);
	tcase_add_test(tests, listed);
}
