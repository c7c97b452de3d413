// SPDX-License-Identifier: GPL-2.0-or-later
/* The file that makes values last: what it becomes, and that it stays as it was when a system call fails */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "../../cmd/policy/policy.h"
#include "unit.h"

#define KEY     MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS
#define HEADING "# Values that \"memctl policy set --persist\" has set; \"memctl policy unset --persist\" removes them.\n"
#define AUTO    "w /sys/devices/system/memory/auto_online_blocks - - - - "
#define RATIO   "w /sys/module/memory_hotplug/parameters/auto_movable_ratio - - - - "
#define NAME    "etc/tmpfiles.d/memctl.conf"
#define OLD     HEADING AUTO "offline\n"

/* As cmd/policy/facts.c has it, which wants much else. */
const char *policy_path(enum memhp_policy_key key)
{
	return key == KEY ? "/sys/devices/system/memory/auto_online_blocks"
			  : "/sys/module/memory_hotplug/parameters/auto_movable_ratio";
}

enum call { MKDIR, READ, FLOCK, WRITE, FSYNC, FCHMOD, RENAME, UNLINK };

/* A call that fails, when it has succeeded so often before, so many times */
static struct {
	enum call call;
	int successes, failures, error;
} fault;

static bool fails(enum call call)
{
	if (fault.call != call || fault.failures == 0 || fault.successes-- > 0)
		return false;
	fault.successes = 0;
	fault.failures--;
	errno = fault.error;
	return true;
}

#define WRAP(call, type, name, parameters, ...)                       \
	type __real_##name parameters;                                \
	type __wrap_##name parameters;                                \
	type __wrap_##name parameters                                 \
	{                                                             \
		return fails(call) ? -1 : __real_##name(__VA_ARGS__); \
	}

WRAP(MKDIR, int, mkdirat, (int fd, const char *path, mode_t mode), fd, path, mode)
WRAP(READ, ssize_t, read, (int fd, void *buf, size_t size), fd, buf, size)
WRAP(FLOCK, int, flock, (int fd, int operation), fd, operation)
WRAP(WRITE, ssize_t, write, (int fd, const void *buf, size_t size), fd, buf, size)
WRAP(FSYNC, int, fsync, (int fd), fd)
WRAP(FCHMOD, int, fchmod, (int fd, mode_t mode), fd, mode)
WRAP(RENAME, int, renameat, (int a, const char *from, int b, const char *to), a, from, b, to)
WRAP(UNLINK, int, unlinkat, (int fd, const char *path, int flags), fd, path, flags)

/* A new root that has the file; NULL for none */
static void make_root(char root[256], const char *text)
{
	char command[512], path[512];
	FILE *file;

	snprintf(root, 256, "%s/root-XXXXXX", unit_dir());
	ck_assert_ptr_nonnull(mkdtemp(root));
	if (!text)
		return;
	snprintf(command, sizeof(command), "mkdir -p %s/etc/tmpfiles.d", root);
	ck_assert_int_eq(system(command), 0);
	snprintf(path, sizeof(path), "%s/" NAME, root);
	file = fopen(path, "w");
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
}

/* Its text now, from malloc(); NULL when there is none */
static char *read_file(const char *root)
{
	char path[512], *text = calloc(1, 4096);
	FILE *file;

	snprintf(path, sizeof(path), "%s/" NAME, root);
	file = fopen(path, "r");
	if (!file) {
		free(text);
		return NULL;
	}
	ck_assert_uint_lt(fread(text, 1, 4095, file), 4095);
	fclose(file);
	return text;
}

static void check_file(const char *root, const char *expected)
{
	_cleanup_free_ char *text = read_file(root);

	if (expected)
		ck_assert_str_eq(text, expected);
	else
		ck_assert_ptr_null(text);
}

/* A new file without a name is left only by those who could not find out whose it is. */
static void check_new_file(const char *root, bool is_left)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/etc/tmpfiles.d/.memctl.conf.new", root);
	ck_assert_int_eq(access(path, F_OK) == 0, is_left);
}

static int persist(const char *root, const char *value, bool dry_run)
{
	struct memhp_ctx *ctx;
	int rc;

	ck_assert_int_eq(memhp_ctx_new(&ctx, root), 0);
	rc = policy_persist(ctx, KEY, value, dry_run);
	memhp_ctx_unref(ctx);
	return rc;
}

static const struct {
	const char *before, *value, *after;
	int rc;
} changes[] = {
	{ NULL, "online", HEADING AUTO "online\n", PERSIST_WRITTEN },
	{ NULL, NULL, NULL, PERSIST_ALREADY },
	{ "", "online", HEADING AUTO "online\n", PERSIST_WRITTEN },
	{ OLD, "offline", OLD, PERSIST_ALREADY },
	{ OLD, "online", HEADING AUTO "online\n", PERSIST_WRITTEN },
	{ OLD, NULL, NULL, PERSIST_REMOVED },
	/* lines of others, a last line without an end, other spellings of the line, and lines that only look like it */
	{ OLD RATIO "200\n", NULL, HEADING RATIO "200\n", PERSIST_REMOVED },
	{ "d /x", "online", "d /x\n" AUTO "online\n", PERSIST_WRITTEN },
	{ " \tw!\t \t/sys/devices/system/memory/auto_online_blocks\t- - - - offline\n\n", "online", AUTO "online\n\n",
	  PERSIST_WRITTEN },
	{ AUTO "offline\n" AUTO "online_kernel\n", "online", AUTO "online\n", PERSIST_WRITTEN },
	{ "w /sys/devices/system/memory/auto_online_blocks\nw\nw /sys/devices/system/memory/auto_online_blocks2 x\n", NULL,
	  "w /sys/devices/system/memory/auto_online_blocks\nw\nw /sys/devices/system/memory/auto_online_blocks2 x\n",
	  PERSIST_ALREADY },
};

START_TEST(change)
{
	char root[256];

	make_root(root, changes[_i].before);
	ck_assert_int_eq(persist(root, changes[_i].value, true), changes[_i].rc);
	check_file(root, changes[_i].before);
	ck_assert_int_eq(persist(root, changes[_i].value, false), changes[_i].rc);
	check_file(root, changes[_i].after);
	check_new_file(root, false);
}
END_TEST

static const struct {
	enum call call;
	int successes, failures, error;
	const char *before, *value, *after;
	int rc;
} faults[] = {
	{ MKDIR, 0, 1, EROFS, NULL, "online", NULL, -EROFS },
	{ MKDIR, 1, 1, ENOSPC, NULL, "online", NULL, -ENOSPC },
	{ READ, 0, 1, EIO, OLD, "online", OLD, -EIO },
	{ READ, 2, 1, EIO, OLD, "online", OLD, -EIO }, /* under the lock, once more */
	{ FLOCK, 0, 1, ENOLCK, OLD, "online", OLD, -ENOLCK },
	{ FLOCK, 0, 2, EINTR, OLD, "online", HEADING AUTO "online\n", PERSIST_WRITTEN },
	{ WRITE, 0, 1, ENOSPC, OLD, "online", OLD, -ENOSPC },
	{ WRITE, 0, 2, EINTR, OLD, "online", HEADING AUTO "online\n", PERSIST_WRITTEN },
	{ FSYNC, 0, 1, EIO, OLD, "online", OLD, -EIO },
	{ FSYNC, 1, 1, EINVAL, OLD, "online", HEADING AUTO "online\n", PERSIST_WRITTEN }, /* of the folder */
	{ FSYNC, 1, 1, EIO, OLD, "online", HEADING AUTO "online\n", -EIO },
	{ FCHMOD, 0, 1, EPERM, OLD, "online", OLD, -EPERM },
	{ RENAME, 0, 1, EXDEV, OLD, "online", OLD, -EXDEV },
	{ UNLINK, 0, 1, EPERM, OLD, NULL, OLD, -EPERM },
};

START_TEST(failure)
{
	char root[256];
	int rc;

	make_root(root, faults[_i].before);
	fault.call = faults[_i].call;
	fault.successes = faults[_i].successes;
	fault.error = faults[_i].error;
	fault.failures = faults[_i].failures;
	rc = persist(root, faults[_i].value, false);
	ck_assert_int_eq(fault.failures, 0);
	ck_assert_int_eq(rc, faults[_i].rc);
	check_file(root, faults[_i].after);
	check_new_file(root, faults[_i].rc == -ENOLCK);
}
END_TEST

/* What is in the way, and is left alone */
static const struct {
	const char *command;
	int rc;
} obstacles[] = {
	{ "mkdir -p etc/tmpfiles.d/memctl.conf", -EISDIR },
	{ "mkdir -p etc; ln -s /nowhere etc/tmpfiles.d", -ENOENT },
	{ "mkdir etc; : > etc/tmpfiles.d", -ENOTDIR },
	{ "mkdir -p " NAME "; rmdir " NAME "; ln -s /dev/null " NAME, -ELOOP },
	{ "mkdir -p etc/tmpfiles.d; printf 'a\\0b' > " NAME, -EBADMSG },
	{ "mkdir -p etc/tmpfiles.d; head -c 1048576 /dev/zero | tr '\\0' '\\n' > " NAME, -EBADMSG },
	{ "mkdir -p etc/tmpfiles.d/.memctl.conf.new", -EISDIR },
};

START_TEST(obstacle)
{
	char root[256], command[512];

	make_root(root, NULL);
	snprintf(command, sizeof(command), "cd %s && { %s; }", root, obstacles[_i].command);
	ck_assert_int_eq(system(command), 0);
	ck_assert_int_eq(persist(root, "online", false), obstacles[_i].rc);
}
END_TEST

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
	ck_assert_int_eq(policy_persist(machine.ctx, KEY, "online", false), PERSIST_WRITTEN);
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
	ck_assert_int_eq(policy_persist(machine.ctx, KEY, "online", false), cases[_i].rc);
	if (cases[_i].file)
		ck_assert(has_file(machine.dir, cases[_i].file));
	else
		ck_assert(!has_file(machine.dir, "etc/tmpfiles.d/memctl.conf"));
	machine_release(&machine);
}
END_TEST

UNIT("persist", tests)
{
	add_table(tests, change, changes);
	add_table(tests, failure, faults);
	add_table(tests, obstacle, obstacles);
	tcase_add_test(tests, exchanged_root);
	add_table(tests, links, cases);
}
