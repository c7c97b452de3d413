// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <stdio.h>

#include "unit.h"

START_TEST(version)
{
	ck_assert_str_eq(memhp_version(), PACKAGE_VERSION);
}
END_TEST

START_TEST(sysroot)
{
	struct memhp_ctx *ctx = NULL;

	ck_assert_int_eq(memhp_ctx_new(&ctx, ""), -EINVAL);
	ck_assert_ptr_null(ctx);
	ck_assert_int_eq(memhp_ctx_new(&ctx, NULL), 0);
	ck_assert_ptr_null(memhp_ctx_get_sysroot(ctx));
	memhp_ctx_unref(ctx);
	ck_assert_int_eq(memhp_ctx_new(&ctx, unit_dir()), 0);
	ck_assert_str_eq(memhp_ctx_get_sysroot(ctx), unit_dir());
	ck_assert_ptr_eq(memhp_ctx_ref(ctx), ctx);
	memhp_ctx_unref(ctx);
	ck_assert_str_eq(memhp_ctx_get_sysroot(ctx), unit_dir());
	memhp_ctx_unref(ctx);
	memhp_ctx_unref(NULL);
}
END_TEST

/* What reads says of a context that has nothing to read */
static void check_nothing_there(struct memhp_ctx *ctx)
{
	struct memhp_snapshot *snapshot = NULL;
	uint64_t size = 4711;

	ck_assert_int_eq(memhp_ctx_read_block_size(ctx, &size), -ENODEV);
	ck_assert_uint_eq(size, 4711);
	ck_assert_int_eq(memhp_snapshot_new(&snapshot, ctx, ALL_ATTRS), -ENODEV);
	ck_assert_ptr_null(snapshot);
	ck_assert(!memhp_ctx_has(ctx, MEMHP_FEATURE_PROBE));
}

static const struct {
	const char *sysroot;
	int rc;
} bad_sysroots[] = {
	{ "/nonexistent", -ENOENT },
	{ "/dev/null", -ENOTDIR },
	{ "/proc/self/fd", 0 },
};

START_TEST(bad_sysroot)
{
	struct memhp_ctx *ctx = NULL;

	ck_assert_int_eq(memhp_ctx_new(&ctx, bad_sysroots[_i].sysroot), bad_sysroots[_i].rc);
	ck_assert_int_eq(ctx != NULL, bad_sysroots[_i].rc == 0);
	if (ctx)
		check_nothing_there(ctx);
	memhp_ctx_unref(ctx);
}
END_TEST

/* What was opened is what is read, whoever gets the name of the tree afterwards. */
START_TEST(exchanged_root)
{
	struct machine machine, other;
	char aside[300];
	uint64_t size;

	machine_make(&machine, "block_size 0x10000000\nblocks 7 zones Normal\n");
	machine_make(&other, "block_size 0x20000000\nblocks 9 zones Normal\n");
	snprintf(aside, sizeof(aside), "%s-aside", machine.dir);
	ck_assert_int_eq(rename(machine.dir, aside), 0);
	ck_assert_int_eq(symlink(other.dir, machine.dir), 0);
	ck_assert_int_eq(memhp_ctx_read_block_size(machine.ctx, &size), 0);
	ck_assert_uint_eq(size, 0x10000000);
	ck_assert_int_eq(unlink(machine.dir), 0);
	ck_assert_int_eq(rename(aside, machine.dir), 0);
	machine_release(&machine);
	machine_release(&other);
}
END_TEST

static const struct {
	const char *path;
	int flags, rc;
} below[] = {
	{ "etc", O_RDONLY | O_DIRECTORY, 0 },      { "/link/hostname", O_RDONLY, 0 },          { "link", O_PATH | O_NOFOLLOW, 0 },
	{ "link", O_RDONLY | O_NOFOLLOW, -ELOOP }, { "link/none", O_PATH, -ENOENT },           { "", O_PATH, -ENOENT },
	{ "etc/hostname", O_WRONLY, -EINVAL },     { "etc/new", O_RDONLY | O_CREAT, -EINVAL },
};

START_TEST(open_below)
{
	struct machine machine;
	int fd;

	machine_make(&machine, "file etc/hostname other\nlink link /etc\n");
	fd = memhp_ctx_open(machine.ctx, below[_i].path, below[_i].flags);
	ck_assert_int_eq(fd < 0 ? fd : 0, below[_i].rc);
	if (fd >= 0)
		close(fd);
	machine_release(&machine);
}
END_TEST

START_TEST(sysfs)
{
	struct memhp_ctx *ctx;
	struct machine machine;
	char path[512];
	uint64_t size;

	machine_make(&machine, "block_size 0x10000000\nprobe\nblocks 7 zones Normal\n");
	snprintf(path, sizeof(path), "%s/sys", machine.dir);
	/* A sysroot has its own. */
	ck_assert_int_eq(memhp_ctx_set_sysfs(machine.ctx, path), -EINVAL);
	ck_assert_int_eq(memhp_ctx_new(&ctx, NULL), 0);
	ck_assert_int_eq(memhp_ctx_set_sysfs(ctx, ""), -EINVAL);
	ck_assert_int_eq(memhp_ctx_set_sysfs(ctx, "sys"), -EINVAL);
	ck_assert_int_eq(memhp_ctx_set_sysfs(ctx, "/nonexistent"), -ENOENT);
	ck_assert_int_eq(memhp_ctx_set_sysfs(ctx, machine.dir), 0);
	check_nothing_there(ctx);
	ck_assert_int_eq(memhp_ctx_set_sysfs(ctx, path), 0);
	/* The path is needed no longer. */
	memset(path, 'x', sizeof(path) - 1);
	ck_assert_int_eq(memhp_ctx_read_block_size(ctx, &size), 0);
	ck_assert_uint_eq(size, 0x10000000);
	ck_assert(memhp_ctx_has(ctx, MEMHP_FEATURE_PROBE));
	memhp_ctx_unref(ctx);
	machine_release(&machine);
}
END_TEST

static const struct {
	const char *machine;
	int rc;
	uint64_t size;
} block_sizes[] = {
	{ "", 0, 0x8000000 },
	{ "block_size 0x80000000\n", 0, 0x80000000 },
	{ "file " SYSFS_MEMORY "/block_size_bytes \"8000000\"\n", 0, 0x8000000 },
	{ "file " SYSFS_MEMORY "/block_size_bytes \"garbage\\n\"\n", -EBADMSG, 0 },
	{ "file " SYSFS_MEMORY "/block_size_bytes \"0\\n\"\n", -EBADMSG, 0 },
	{ "file " SYSFS_MEMORY "/block_size_bytes \"\"\n", -EBADMSG, 0 },
	{ "file " SYSFS_MEMORY "/block_size_bytes \"8000000\\x00\\n\"\n", -EBADMSG, 0 },
	{ "file " SYSFS_MEMORY "/block_size_bytes 8 times 1000000\n", -EBADMSG, 0 },
	{ "remove " SYSFS_MEMORY "/block_size_bytes\n", -ENOENT, 0 },
	{ "dir " SYSFS_MEMORY "/block_size_bytes\n", -EISDIR, 0 },
	{ "remove " SYSFS_MEMORY "\n", -ENODEV, 0 },
	{ "file " SYSFS_MEMORY " text\n", -ENOTDIR, 0 },
};

START_TEST(block_size)
{
	struct memhp_snapshot *snapshot = NULL;
	struct machine machine;
	uint64_t size = 4711;

	machine_make(&machine, block_sizes[_i].machine);
	ck_assert_int_eq(memhp_ctx_read_block_size(machine.ctx, &size), block_sizes[_i].rc);
	ck_assert_uint_eq(size, block_sizes[_i].rc ? 4711 : block_sizes[_i].size);
	ck_assert_int_eq(memhp_snapshot_new(&snapshot, machine.ctx, 0), block_sizes[_i].rc);
	ck_assert_int_eq(snapshot == NULL, block_sizes[_i].rc < 0);
	memhp_snapshot_unref(snapshot);
	machine_release(&machine);
}
END_TEST

START_TEST(probe)
{
	struct machine with, without;

	machine_make(&with, "probe\n");
	machine_make(&without, "");
	ck_assert(memhp_ctx_has(with.ctx, MEMHP_FEATURE_PROBE));
	ck_assert(!memhp_ctx_has(without.ctx, MEMHP_FEATURE_PROBE));
	machine_release(&with);
	machine_release(&without);
}
END_TEST

/*
 * Links in a tree must not lead out of it: not to read, not to write. Beside the machine is another one whose files have other
 * contents; a part of the machine is made a link to the same part there.
 */
static const char *const links[] = {
	"sys",
	"sys/devices",
	"sys/devices/system",
	SYSFS_MEMORY,
	SYSFS_MEMORY "/block_size_bytes",
	SYSFS_MEMORY "/auto_online_blocks",
	SYSFS_MEMORY "/memory0",
	SYSFS_MEMORY "/memory0/state",
	SYSFS_MEMORY "/memory0/valid_zones",
	SYSFS_MEMORY "/memory0/removable",
	SYSFS_MEMORY "/memory0/phys_device",
	SYSFS_NODE,
	SYSFS_NODE "/node0",
	"sys/firmware",
	SYSFS_FIRMWARE,
	SYSFS_FIRMWARE "/memory0",
	SYSFS_FIRMWARE "/memory0/config",
	SYSFS_FIRMWARE "/memory0/memmap_on_memory",
	"sys/module",
	SYSFS_MODULE,
	SYSFS_MODULE "/online_policy",
	"proc",
	"proc/zoneinfo",
};

static const char inside_text[] = "auto_online offline\nparam online_policy contig-zones\nnode 0\n"
				  "blocks 0 node 0 zones Movable removable 0 phys_device 0 config 0 memmap_on_memory 0\n"
				  "blocks 0 config 1\nblocks 0 config -\n";
static const char outside_text[] = "block_size 0x40000000\nauto_online online\nparam online_policy auto-movable\nnode 0\nnode 1\n"
				   "blocks 0 node 0,1 state online zones Device phys_device 99 config 1 memmap_on_memory 1\n"
				   "blocks 1 node 0,1 state online zones Device phys_device 99\n";

static void check_block(const struct memhp_block *block)
{
	ck_assert_uint_ne(memhp_block_get_id(block), 1);
	ck_assert_int_ne(memhp_block_get_zone(block), MEMHP_ZONE_DEVICE);
	for (int i = 0; i < NUM_ATTRS; i++) {
		int number;

		if (memhp_block_get_number(block, 1 << i, &number) == 0)
			ck_assert_int_eq(number, 0);
	}
	ck_assert_uint_le(memhp_block_get_num_nodes(block), 1);
}

static void check_snapshot(struct memhp_ctx *ctx)
{
	struct memhp_snapshot *snapshot = NULL;

	if (memhp_snapshot_new(&snapshot, ctx, ALL_ATTRS) < 0)
		return;
	ck_assert_uint_eq(memhp_snapshot_get_block_size_bytes(snapshot), 0x8000000);
	ck_assert_uint_le(memhp_snapshot_get_num_nodes(snapshot), 1);
	for (size_t i = 0; i < memhp_snapshot_get_num_blocks(snapshot); i++)
		check_block(memhp_snapshot_get_block(snapshot, i));
	memhp_snapshot_unref(snapshot);
}

static void check_policy(struct memhp_ctx *ctx)
{
	struct memhp_policy *policy;
	const char *value;

	ck_assert_int_eq(memhp_policy_new(&policy, ctx), 0);
	value = memhp_policy_get_value(policy, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS);
	ck_assert(!value || strcmp(value, "offline") == 0);
	value = memhp_policy_get_value(policy, MEMHP_POLICY_KEY_ONLINE_POLICY);
	ck_assert(!value || strcmp(value, "contig-zones") == 0);
	memhp_policy_free(policy);
}

static void check_balance(struct memhp_ctx *ctx)
{
	struct memhp_balance *balance = NULL;

	if (memhp_balance_new(&balance, ctx) == 0)
		ck_assert_uint_le(memhp_balance_get_movable_bytes(balance), 0x8000000);
	memhp_balance_free(balance);
}

/* A write that a plan made before the link asks for */
static void check_write(const struct machine *machine, struct memhp_plan *plan, const struct machine *outside)
{
	struct memhp_result *result = NULL;
	char text[16] = "";
	int fd;

	if (memhp_plan_apply(plan, &result) == 0)
		memhp_result_free(result);
	fd = open(machine_path(outside, "memory0/state"), O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(read(fd, text, sizeof(text)), 7);
	ck_assert_str_eq(text, "online\n");
	close(fd);
}

static void make_link(const struct machine *machine, const struct machine *outside, const char *path)
{
	char line[1024];

	snprintf(line, sizeof(line), "link %s \"%s/%s\"\n", path, outside->dir, path);
	machine_change(machine, line);
}

START_TEST(containment)
{
	struct machine machine, outside;
	struct memhp_snapshot *snapshot;
	struct memhp_request *request;
	struct memhp_plan *plan;

	machine_make(&outside, outside_text);
	machine_make(&machine, inside_text);
	snapshot = machine_scan(&machine, ALL_ATTRS);
	ck_assert_uint_eq(memhp_snapshot_get_num_blocks(snapshot), 1);
	ck_assert_int_eq(memhp_request_new(&request, MEMHP_TRANSITION_OFFLINE), 0);
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	memhp_snapshot_unref(snapshot);
	make_link(&machine, &outside, links[_i]);
	check_snapshot(machine.ctx);
	check_policy(machine.ctx);
	check_balance(machine.ctx);
	check_write(&machine, plan, &outside);
	memhp_plan_free(plan);
	memhp_request_free(request);
	machine_release(&machine);
	machine_release(&outside);
}
END_TEST

/* Lines of the log, and their least urgent level */
struct log {
	unsigned int lines;
	int level;
	char text[256];
};

__attribute__((format(printf, 3, 0))) static void keep_line(void *data, int level, const char *format, va_list args)
{
	struct log *log = data;

	log->lines++;
	if (level > log->level)
		log->level = level;
	vsnprintf(log->text, sizeof(log->text), format, args);
}

START_TEST(logging)
{
	/* One warning, and an unreadable attribute for those who want to know */
	static const char text[] = "blocks 0 zones Nowhere\ndir " SYSFS_MEMORY "/memory99999999999999999999\n";
	struct log log = { 0 };
	struct machine machine;

	machine_make(&machine, text);
	memhp_snapshot_unref(machine_scan(&machine, ALL_ATTRS));
	ck_assert_uint_eq(log.lines, 0);

	memhp_ctx_set_log(machine.ctx, keep_line, &log, LOG_ERR);
	memhp_snapshot_unref(machine_scan(&machine, ALL_ATTRS));
	ck_assert_uint_eq(log.lines, 0);

	memhp_ctx_set_log(machine.ctx, keep_line, &log, LOG_WARNING);
	memhp_snapshot_unref(machine_scan(&machine, ALL_ATTRS));
	ck_assert_uint_eq(log.lines, 1);
	ck_assert_int_eq(log.level, LOG_WARNING);
	ck_assert_ptr_nonnull(strstr(log.text, "memory99999999999999999999"));
	ck_assert_ptr_null(strchr(log.text, '\n'));

	memhp_ctx_set_log(machine.ctx, keep_line, &log, LOG_DEBUG);
	memhp_snapshot_unref(machine_scan(&machine, ALL_ATTRS));
	ck_assert_uint_gt(log.lines, 2);
	ck_assert_int_eq(log.level, LOG_DEBUG);

	log.lines = 0;
	memhp_ctx_set_log(machine.ctx, NULL, NULL, LOG_DEBUG);
	memhp_snapshot_unref(machine_scan(&machine, ALL_ATTRS));
	ck_assert_uint_eq(log.lines, 0);
	machine_release(&machine);
}
END_TEST

UNIT("ctx", tests)
{
	tcase_add_test(tests, version);
	tcase_add_test(tests, sysroot);
	add_table(tests, bad_sysroot, bad_sysroots);
	tcase_add_test(tests, exchanged_root);
	add_table(tests, open_below, below);
	tcase_add_test(tests, sysfs);
	add_table(tests, block_size, block_sizes);
	tcase_add_test(tests, probe);
	add_table(tests, containment, links);
	tcase_add_test(tests, logging);
}
