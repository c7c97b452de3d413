// SPDX-License-Identifier: LGPL-2.1-or-later
#include "read/machine.h"
#include "read/whole-files.h"

#include "unit.h"

#define ARCH(name) "file proc/sys/kernel/arch \"" name "\\n\"\n"

static const struct {
	const char *machine;
	int name_rc;
	const char *name;
	int arch_rc;
	enum arch arch;
} archs[] = {
	{ ARCH("x86_64"), 0, "x86_64", 0, ARCH_X86 },
	{ ARCH("i686"), 0, "i686", 0, ARCH_X86 },
	{ ARCH("aarch64"), 0, "aarch64", 0, ARCH_ARM64 },
	{ ARCH("s390x"), 0, "s390x", 0, ARCH_S390 },
	{ ARCH("riscv64"), 0, "riscv64", 0, ARCH_OTHER },
	/* what only one has tells, where the name is not there */
	{ "dir sys/bus/ccw\n", -ENODATA, "", 0, ARCH_S390 },
	{ "boot_map 0\n", -ENODATA, "", 0, ARCH_X86 },
	{ ARCH("riscv64") "dir sys/bus/ccw\n", 0, "riscv64", 0, ARCH_OTHER },
	/* what this machine is says nothing of a tree */
	{ "", -ENODATA, "", -ENODATA, ARCH_OTHER },
	{ "remove proc\n", -ENODATA, "", -ENODATA, ARCH_OTHER },
	{ "dir proc/sys/kernel/arch\ndir sys/bus/ccw\n", -EISDIR, "", 0, ARCH_S390 },
	{ "dir proc/sys/kernel/arch\n", -EISDIR, "", -EISDIR, ARCH_OTHER },
	{ "file proc/sys/kernel/arch \"x86_64\\x00\"\n", -EBADMSG, "", -EBADMSG, ARCH_OTHER },
};

START_TEST(architecture)
{
	_cleanup_machine_ struct machine machine;
	char name[SYSFS_ATTR_MAX] = "";
	enum arch arch = 99;

	machine_make(&machine, archs[_i].machine);
	ck_assert_int_eq(memhp__machine_read_name(machine.ctx, name), archs[_i].name_rc);
	if (archs[_i].name_rc == 0)
		ck_assert_str_eq(name, archs[_i].name);
	ck_assert_int_eq(memhp__machine_read_arch(machine.ctx, &arch), archs[_i].arch_rc);
	ck_assert_int_eq(arch, archs[_i].arch);
}
END_TEST

#define ZONEINFO(managed) "file proc/zoneinfo \"Node 0, zone Normal\\n present 4000\\n managed " managed "\\n\"\n"
#define MEMINFO(total)    "file proc/meminfo \"MemTotal: " total " kB\\n\"\n"

static const struct {
	const char *machine;
	int rc;
	uint64_t size;
} page_sizes[] = {
	{ "blocks 0-3 zones Normal\n", 0, 4096 },
	{ "page_size 16384\nblocks 0-3 zones Normal\n", 0, 16384 },
	{ "page_size 65536\nblocks 0-3 zones Normal\n", 0, 65536 },
	/* never quite the same figure */
	{ ZONEINFO("1000") MEMINFO("63000"), 0, 65536 },
	{ ZONEINFO("1000") MEMINFO("65500"), 0, 65536 },
	{ ZONEINFO("1000") MEMINFO("3600"), 0, 4096 },
	{ ZONEINFO("1000") MEMINFO("8100"), 0, 8192 },
	/* nor of another memory, such as a container's part of it */
	{ ZONEINFO("1000") MEMINFO("2000"), -ENODATA, 4096 },
	{ ZONEINFO("1000") MEMINFO("3400"), -ENODATA, 4096 },
	{ ZONEINFO("1000") MEMINFO("24000"), -ENODATA, 4096 },
	{ ZONEINFO("1000") MEMINFO("262144"), -ENODATA, 4096 },
	{ ZONEINFO("0") MEMINFO("4000"), -ENODATA, 4096 },
	{ ZONEINFO("1000") "remove proc/meminfo\n", -ENOENT, 4096 },
	{ ZONEINFO("1000") MEMINFO("lots"), -EBADMSG, 4096 },
	{ "remove proc/zoneinfo\n" MEMINFO("4000"), -ENOENT, 4096 },
	{ "remove proc\n", -ENOENT, 4096 },
	/* some have one size alone */
	{ ARCH("x86_64") "remove proc/zoneinfo\n", 0, 4096 },
	{ ARCH("s390x") "remove proc/zoneinfo\n", 0, 4096 },
	{ ARCH("aarch64") "remove proc/zoneinfo\n", -ENOENT, 4096 },
};

START_TEST(page_size)
{
	_cleanup_machine_ struct machine machine;
	uint64_t size = 0;

	machine_make(&machine, page_sizes[_i].machine);
	ck_assert_int_eq(memhp__machine_read_page_size(machine.ctx, &size), page_sizes[_i].rc);
	ck_assert_uint_eq(size, page_sizes[_i].size);
	size = 1;
	ck_assert_int_eq(memhp_ctx_read_page_size(machine.ctx, &size), page_sizes[_i].rc);
	ck_assert_uint_eq(size, page_sizes[_i].rc ? 1 : page_sizes[_i].size);
}
END_TEST

START_TEST(running_machine)
{
	char name[SYSFS_ATTR_MAX] = "";
	_cleanup_ctx_ struct memhp_ctx *ctx = NULL;
	uint64_t size = 0;

	ck_assert_int_eq(memhp_ctx_new(&ctx, NULL), 0);
	ck_assert_int_eq(memhp__machine_read_name(ctx, name), 0);
	ck_assert_str_ne(name, "");
	ck_assert_int_eq(memhp__machine_read_page_size(ctx, &size), 0);
	ck_assert_uint_eq(size, (uint64_t)sysconf(_SC_PAGESIZE));
}
END_TEST

START_TEST(probe)
{
	struct machine with, without;
	int fd;

	machine_make(&with, "probe\n");
	fd = memhp__file_open_memory(with.ctx);
	ck_assert_int_eq(memhp__machine_has_probe(fd), 1);
	close(fd);
	machine_make(&without, "");
	fd = memhp__file_open_memory(without.ctx);
	ck_assert_int_eq(memhp__machine_has_probe(fd), 0);
	close(fd);
	ck_assert_int_eq(memhp__machine_has_probe(fd), -EBADF);
	machine_release(&with);
	machine_release(&without);
}
END_TEST

#define LOADED(flag)  "file sys/kernel/kexec_crash_loaded \"" flag "\\n\"\n"
#define HOTPLUG(flag) "file sys/devices/system/memory/crash_hotplug \"" flag "\\n\"\n"

static const struct {
	const char *machine;
	int rc;
} crash_kernels[] = {
	{ "dir sys/kernel\n", 0 },
	{ LOADED("0"), 0 },
	{ LOADED("0") HOTPLUG("0"), 0 },
	{ LOADED("1"), 1 },
	{ LOADED("1") HOTPLUG("0"), 1 },
	{ LOADED("1") HOTPLUG("1"), 0 },
	/* neither yes nor no */
	{ LOADED("1") HOTPLUG("?"), -EBADMSG },
	{ LOADED("?") HOTPLUG("0"), -EBADMSG },
	{ LOADED("1") "dir sys/devices/system/memory/crash_hotplug\n", -EISDIR },
	{ "dir sys/kernel/kexec_crash_loaded\n", -EISDIR },
};

START_TEST(crash_kernel)
{
	_cleanup_machine_ struct machine machine;

	machine_make(&machine, crash_kernels[_i].machine);
	ck_assert_int_eq(memhp_ctx_needs_crash_reload(machine.ctx), crash_kernels[_i].rc);
}
END_TEST

UNIT("machine", tests)
{
	add_table(tests, architecture, archs);
	add_table(tests, page_size, page_sizes);
	add_table(tests, crash_kernel, crash_kernels);
	tcase_add_test(tests, running_machine);
	tcase_add_test(tests, probe);
}
