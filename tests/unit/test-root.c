// SPDX-License-Identifier: LGPL-2.1-or-later
/* Paths below a directory that stands for "/": the kernel's way and the one by hand give the same answers. */
#include "read/root.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/wait.h>

#include "unit.h"

#define NAME_51   "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
#define NAME_255  NAME_51 NAME_51 NAME_51 NAME_51 NAME_51
#define DIRECTORY (O_RDONLY | O_DIRECTORY)

static const char *const folders[] = { "etc", "etc/conf.d", "usr", "usr/lib", "usr/lib/conf.d" };
static const char *const files[] = { "etc/hostname", "etc/conf.d/a", "usr/lib/conf.d/b" };

/* Name and what it says. What is absolute, or goes up too far, would lead out of the tree if it was followed as it is. */
static const char *const links[][2] = {
	{ "lib", "usr/lib" },
	{ "absolute", "/usr/lib" },
	{ "etc/up", "../usr/lib" },
	{ "etc/beyond", "../../../../../../../../../../../../usr/lib/conf.d/b" },
	{ "etc/root", "/" },
	{ "etc/name", "hostname" },
	{ "etc/slash", "/usr/lib/" },
	{ "etc/file-slash", "hostname/" },
	{ "etc/dots", "/usr/./lib/../lib/conf.d/../conf.d" },
	{ "etc/dangling", "/usr/none/x" },
	{ "etc/mask", "/dev/null" },
	{ "etc/mask2", "../etc/mask" },
	{ "etc/mask3", "../dev//null" },
	{ "etc/no-mask", "../../dev/null/x" },
	{ "etc/loop", "loop2" },
	{ "etc/loop2", "/etc/loop" },
	{ "etc/through", "/absolute/../lib/conf.d/b" },
};

static int make_tree(void)
{
	static unsigned int number;
	char path[300], name[32], target[32];
	int root;

	snprintf(path, sizeof(path), "%s/%d-%u", unit_dir(), (int)getpid(), number++);
	ck_assert_int_eq(mkdir(path, 0755), 0);
	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(root, 0);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		ck_assert_int_eq(mkdirat(root, folders[i], 0755), 0);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		ck_assert_int_eq(close(openat(root, files[i], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)), 0);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		ck_assert_int_eq(symlinkat(links[i][1], root, links[i][0]), 0);
	/* chain40 takes 40 links to get through, chain41 one more. */
	for (int i = 1; i <= 41; i++) {
		snprintf(name, sizeof(name), "chain%d", i);
		snprintf(target, sizeof(target), "chain%d", i - 1);
		ck_assert_int_eq(symlinkat(i == 1 ? "/etc/hostname" : target, root, name), 0);
	}
	return root;
}

static const struct {
	const char *path;
	int flags, error;
	const char *place; /* which is opened; NULL: an error */
} paths[] = {
	{ "etc/hostname", O_RDONLY, 0, "etc/hostname" },
	{ "/etc/hostname", O_RDONLY, 0, "etc/hostname" },
	{ "//etc///hostname", O_PATH, 0, "etc/hostname" },
	{ "./etc/./hostname", O_RDONLY, 0, "etc/hostname" },
	{ "/", O_PATH, 0, "." },
	{ ".", DIRECTORY, 0, "." },
	{ "..", O_RDONLY, 0, "." },
	{ "../../etc", DIRECTORY, 0, "etc" },
	{ "etc/conf.d/../../usr", O_PATH, 0, "usr" },
	{ "etc/..", O_PATH, 0, "." },
	{ "lib/conf.d", DIRECTORY, 0, "usr/lib/conf.d" },
	{ "absolute/conf.d/b", O_RDONLY, 0, "usr/lib/conf.d/b" },
	{ "etc/up/conf.d/b", O_RDONLY, 0, "usr/lib/conf.d/b" },
	{ "etc/up/..", O_PATH, 0, "usr" },
	{ "etc/beyond", O_RDONLY, 0, "usr/lib/conf.d/b" },
	{ "etc/root/etc/root/usr", O_PATH, 0, "usr" },
	{ "etc/name", O_RDONLY, 0, "etc/hostname" },
	{ "etc/dots", DIRECTORY, 0, "usr/lib/conf.d" },
	{ "etc/through", O_RDONLY, 0, "usr/lib/conf.d/b" },
	{ "chain40", O_RDONLY, 0, "etc/hostname" },
	{ "chain41", O_RDONLY, ELOOP, NULL },
	{ "etc/loop", O_RDONLY, ELOOP, NULL },
	{ "etc/loop/x", O_PATH, ELOOP, NULL },
	{ "etc/dangling", O_RDONLY, ENOENT, NULL },
	{ "etc/mask", O_RDONLY, ENOENT, NULL },
	{ "etc/none", O_RDONLY, ENOENT, NULL },
	{ "none/..", O_RDONLY, ENOENT, NULL },
	{ "", O_RDONLY, ENOENT, NULL },
	{ "", O_PATH, ENOENT, NULL },
	/* A slash at the end wants a folder. */
	{ "etc/", O_RDONLY, 0, "etc" },
	{ "lib/", O_PATH, 0, "usr/lib" },
	{ "etc/slash", O_PATH, 0, "usr/lib" },
	{ "etc/hostname/", O_RDONLY, ENOTDIR, NULL },
	{ "etc/hostname/", O_PATH, ENOTDIR, NULL },
	{ "etc/file-slash", O_PATH, ENOTDIR, NULL },
	{ "etc/hostname/.", O_PATH, ENOTDIR, NULL },
	{ "etc/hostname/..", O_PATH, ENOTDIR, NULL },
	{ "etc/hostname/x", O_PATH, ENOTDIR, NULL },
	{ "etc/hostname", DIRECTORY, ENOTDIR, NULL },
	{ "etc/name", O_PATH | O_DIRECTORY, ENOTDIR, NULL },
	/* The last name alone is not followed then. */
	{ "lib", O_PATH | O_NOFOLLOW, 0, "lib" },
	{ "etc/mask", O_PATH | O_NOFOLLOW, 0, "etc/mask" },
	{ "absolute/conf.d", O_PATH | O_NOFOLLOW, 0, "usr/lib/conf.d" },
	{ "lib/", O_PATH | O_NOFOLLOW, 0, "usr/lib" },
	{ "lib", O_RDONLY | O_NOFOLLOW, ELOOP, NULL },
	{ NAME_255, O_PATH, ENOENT, NULL },
	{ NAME_255 "n", O_PATH, ENAMETOOLONG, NULL },
	{ "etc/" NAME_255 "n/x", O_PATH, ENAMETOOLONG, NULL },
};

static int (*const ways[])(int root_fd, const char *path, int flags) = { memhp__root_open, memhp__root_walk };

START_TEST(resolved)
{
	_cleanup_close_ int root = make_tree();

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		for (size_t way = 0; way < ARRAY_SIZE(ways); way++) {
			int fd = ways[way](root, paths[i].path, paths[i].flags);
			struct stat found, expected;

			ck_assert_msg((fd < 0 ? -fd : 0) == paths[i].error, "\"%s\", way %zu: %d", paths[i].path, way, fd);
			if (fd < 0)
				continue;
			ck_assert_int_eq(fstat(fd, &found), 0);
			ck_assert_int_eq(fstatat(root, paths[i].place, &expected, AT_SYMLINK_NOFOLLOW), 0);
			ck_assert_msg(found.st_ino == expected.st_ino, "\"%s\", way %zu: not %s", paths[i].path, way,
				      paths[i].place);
			ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
			close(fd);
		}
	}
}
END_TEST

/* The longest path that the kernel takes has 4095 bytes. */
START_TEST(long_path)
{
	_cleanup_close_ int root = make_tree();

	for (int length = PATH_MAX - 2; length <= PATH_MAX; length++) {
		char path[PATH_MAX + 1];

		memset(path, '/', (size_t)length);
		memcpy(path + length - strlen("etc"), "etc", sizeof("etc"));
		for (size_t way = 0; way < ARRAY_SIZE(ways); way++) {
			int fd = ways[way](root, path, O_PATH);

			ck_assert_int_eq(length < PATH_MAX ? fd >= 0 : fd == -ENAMETOOLONG, 1);
			closep(&fd);
		}
	}
}
END_TEST

static const char *const inside[] = { "etc/hostname", "etc/.", "etc/..", "etc/name/x", "etc/up/../.." };

static int count_forbidden(int root)
{
	int num = 0;

	for (size_t i = 0; i < ARRAY_SIZE(inside); i++)
		for (size_t way = 0; way < ARRAY_SIZE(ways); way++)
			num += ways[way](root, inside[i], O_PATH) == -EACCES;
	return num;
}

/* Without privilege: who may not enter a folder gets no further, up or down. */
START_TEST(forbidden)
{
	int root = make_tree(), status;
	pid_t pid;

	ck_assert_int_eq(fchmodat(root, "etc", 0600, 0), 0);
	pid = fork();
	if (pid == 0)
		_exit(geteuid() == 0 && setuid(65534) < 0 ? 255 : count_forbidden(root));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	if (WEXITSTATUS(status) == 255)
		unit_skip("no way to be without privilege");
	else
		ck_assert_int_eq(status, W_EXITCODE(ARRAY_SIZE(inside) * ARRAY_SIZE(ways), 0));
	ck_assert_int_eq(fchmodat(root, "etc", 0700, 0), 0);
	close(root);
}
END_TEST

/* A folder that is exchanged for a link: what was opened stays what it was, and the link stays below the root. */
START_TEST(exchanged)
{
	_cleanup_close_ int root = make_tree();

	for (size_t way = 0; way < ARRAY_SIZE(ways); way++) {
		int before = ways[way](root, "etc", DIRECTORY), after;
		struct stat st, usr;

		ck_assert_int_eq(renameat(root, "etc", root, "aside"), 0);
		ck_assert_int_eq(symlinkat("/../../usr", root, "etc"), 0);
		after = ways[way](root, "etc", DIRECTORY);
		ck_assert_int_eq(fstatat(before, "hostname", &st, 0), 0);
		ck_assert_int_eq(fstat(after, &st), 0);
		ck_assert_int_eq(fstatat(root, "usr", &usr, 0), 0);
		ck_assert_uint_eq(st.st_ino, usr.st_ino);
		ck_assert_int_eq(unlinkat(root, "etc", 0), 0);
		ck_assert_int_eq(renameat(root, "aside", root, "etc"), 0);
		close(before);
		close(after);
	}
}
END_TEST

/* A FIFO is opened without waiting for anybody, and looked at without being opened. */
START_TEST(fifo)
{
	_cleanup_close_ int root = make_tree();
	struct stat st;

	ck_assert_int_eq(mkfifoat(root, "etc/fifo", 0600), 0);
	for (size_t way = 0; way < ARRAY_SIZE(ways); way++) {
		int fd = ways[way](root, "etc/fifo", O_RDONLY);

		ck_assert_int_ge(fd, 0);
		close(fd);
	}
	ck_assert_int_eq(memhp__root_stat(root, "etc/fifo", 0, &st), 0);
	ck_assert(S_ISFIFO(st.st_mode));
	ck_assert_int_eq(memhp__root_stat(root, "lib", O_NOFOLLOW, &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
	ck_assert_int_eq(memhp__root_stat(root, "none", 0, &st), -ENOENT);
}
END_TEST

static const struct {
	const char *path;
	int rc;
} masks[] = {
	{ "dev/null", 1 },     { "etc/mask", 1 }, { "etc/mask2", 1 }, { "etc/up/../../dev/null", 1 }, { "etc/no-mask", 0 },
	{ "etc/dangling", 0 }, { "etc/name", 0 }, { "etc/none", 0 },  { "etc/loop", -ELOOP },         { "", -ENOENT },
};

/* Whether there is a device or not, and whatever it is. */
START_TEST(mask)
{
	_cleanup_close_ int root = make_tree();

	for (size_t i = 0; i < ARRAY_SIZE(masks); i++)
		ck_assert_msg(memhp__root_leads_to(root, masks[i].path, "dev/null") == masks[i].rc, "%s", masks[i].path);
	ck_assert_int_eq(mkdirat(root, "dev", 0755), 0);
	for (size_t i = 0; i < ARRAY_SIZE(masks); i++)
		ck_assert_msg(memhp__root_leads_to(root, masks[i].path, "dev/null") == masks[i].rc, "%s", masks[i].path);
	ck_assert_int_eq(close(openat(root, "dev/null", O_WRONLY | O_CREAT | O_CLOEXEC, 0644)), 0);
	ck_assert_int_eq(memhp__root_leads_to(root, "etc/mask2", "dev/null"), 1);
	ck_assert_int_eq(memhp__root_leads_to(root, "etc/mask3", "dev/null"), 1);
	ck_assert_int_eq(memhp__root_leads_to(root, "etc/no-mask", "dev/null"), -ENOTDIR);
}
END_TEST

UNIT("root", tests)
{
	tcase_add_test(tests, resolved);
	tcase_add_test(tests, long_path);
	tcase_add_test(tests, forbidden);
	tcase_add_test(tests, exchanged);
	tcase_add_test(tests, fifo);
	tcase_add_test(tests, mask);
}
