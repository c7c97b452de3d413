// SPDX-License-Identifier: LGPL-2.1-or-later
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <syslog.h>

#include "../tree/tree.h"
#include "unit.h"

/* Longer than any test takes under valgrind on a slow and busy machine: it is for those that hang. */
#define TIMEOUT_S 300

static char dir[128];

const char *unit_dir(void)
{
	return dir;
}

static bool make_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	/* Hundreds of small trees: ten times as fast in memory as on a disk */
	if (!tmp)
		tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	if (snprintf(dir, sizeof(dir), "%s/memctl-test-XXXXXX", tmp) >= (int)sizeof(dir))
		return false;
	/* For tests that go on as another user */
	return mkdtemp(dir) && chmod(dir, 0755) == 0;
}

int unit_main(const char *name, void (*add)(TCase *tests))
{
	Suite *suite = suite_create(name);
	TCase *tests = tcase_create(name);
	SRunner *runner = srunner_create(suite);
	int failed;

	umask(022);
	if (!make_dir()) {
		perror(dir);
		return 1;
	}
	tcase_set_timeout(tests, TIMEOUT_S);
	add(tests);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	tree_remove(dir);
	return failed > 0;
}

void unit_skip(const char *reason)
{
	const char *ci = getenv("CI");

	printf("skipped (machine): %s\n", reason);
	if (ci)
		ck_assert_str_ne(ci, "true");
}

/* Whatever the library has to say is one line of text. */
__attribute__((format(printf, 3, 0))) static void check_line(void *userdata, int level, const char *format, va_list args)
{
	char text[4096];
	int length = vsnprintf(text, sizeof(text), format, args);

	(void)userdata;
	ck_assert(level == LOG_WARNING || level == LOG_DEBUG);
	ck_assert(length > 0 && length < (int)sizeof(text));
	ck_assert_uint_eq(strcspn(text, "\n"), (size_t)length);
}

void machine_make(struct machine *machine, const char *text)
{
	static unsigned int number;
	struct tree *tree = tree_new();

	machine->text = text;
	snprintf(machine->dir, sizeof(machine->dir), "%s/%d-%u", dir, (int)getpid(), number++);
	if (tree_read_text(tree, text) < 0 || tree_make(tree, machine->dir, 0) < 0)
		ck_abort_msg("%s", tree_error(tree));
	tree_free(tree);
	ck_assert_int_eq(memhp_ctx_new(&machine->ctx, machine->dir), 0);
	memhp_ctx_set_log(machine->ctx, check_line, NULL, LOG_DEBUG);
}

void machine_change(const struct machine *machine, const char *text)
{
	struct tree *tree = tree_new();

	if (tree_read_text(tree, text) < 0 || tree_make(tree, machine->dir, 0) < 0)
		ck_abort_msg("%s", tree_error(tree));
	tree_free(tree);
}

void machine_release(struct machine *machine)
{
	memhp_ctx_unref(machine->ctx);
	ck_assert_int_eq(tree_remove(machine->dir), 0);
}

void machine_take_stores(const struct machine *machine)
{
	static struct file_ops ops;

	ops = memhp__file_ops_tree;
	ops.stores_anywhere = true;
	machine->ctx->ops = &ops;
}

const char *machine_path(const struct machine *machine, const char *path)
{
	static char text[PATH_MAX];

	snprintf(text, sizeof(text), "%s/" SYSFS_MEMORY "/%s", machine->dir, path);
	return text;
}

struct memhp_snapshot *machine_scan(const struct machine *machine, unsigned int attrs)
{
	struct memhp_snapshot *snapshot = NULL;

	ck_assert_int_eq(memhp_snapshot_new(&snapshot, machine->ctx, attrs), 0);
	return snapshot;
}

struct memhp_request *request_blocks(enum memhp_transition transition, uint64_t first, uint64_t last)
{
	_cleanup_selection_ struct memhp_selection *selection = NULL;
	struct memhp_request *request;

	ck_assert_int_eq(memhp_selection_new(&selection), 0);
	ck_assert_int_eq(memhp_selection_add_blocks(selection, first, last), 0);
	ck_assert_int_eq(memhp_request_new(&request, transition), 0);
	memhp_request_set_selection(request, selection);
	return request;
}
