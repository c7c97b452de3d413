/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/machine.h"

#include <stdio.h>
#include <sys/utsname.h>

#include "ctx.h"
#include "object.h"
#include "read/files.h"
#include "read/parse.h"
#include "read/whole-files.h"
#include "util.h"

#define USUAL_PAGE_SIZE 4096
#define MAX_PAGE_SIZE   65536

int memhp__machine_read_name(struct memhp_ctx *ctx, char name[SYSFS_ATTR_MAX])
{
	_cleanup_close_ int dirfd = memhp__file_open_dir(ctx, "proc/sys/kernel");
	int rc = dirfd < 0 ? dirfd : memhp__file_read(ctx->ops, dirfd, "arch", name, SYSFS_ATTR_MAX);
	struct utsname uts;

	/* Kernels before 6.1 do not have the file. What this machine is says nothing of a tree. */
	if (rc == 0)
		return 0;
	if (ctx->sysroot || uname(&uts) < 0)
		return rc == -ENOENT ? -ENODATA : rc;
	snprintf(name, SYSFS_ATTR_MAX, "%s", uts.machine);
	return 0;
}

static enum arch arch_from_name(const char *name)
{
	static const struct {
		const char *name;
		enum arch arch;
	} names[] = {
		{ "aarch64", ARCH_ARM64 }, { "s390x", ARCH_S390 }, { "x86_64", ARCH_X86 },
		{ "i386", ARCH_X86 },      { "i586", ARCH_X86 },   { "i686", ARCH_X86 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i].name) == 0)
			return names[i].arch;
	return ARCH_OTHER;
}

int memhp__machine_read_arch(struct memhp_ctx *ctx, enum arch *arch)
{
	char name[SYSFS_ATTR_MAX];
	int rc = memhp__machine_read_name(ctx, name);

	*arch = rc == 0 ? arch_from_name(name) : ARCH_OTHER;
	if (rc == 0)
		return 0;
	/* What no other architecture has */
	if (memhp__file_has_dir(ctx, "sys/bus/ccw") > 0)
		*arch = ARCH_S390;
	else if (memhp__file_has_dir(ctx, "sys/kernel/boot_params") > 0)
		*arch = ARCH_X86;
	return *arch == ARCH_OTHER ? rc : 0;
}

/*
 * The memory of a machine is there in pages and in bytes. They differ a little (MemTotal is read later and without some late
 * pages); by more than an eighth they are not about the same memory.
 */
static int compare_totals(struct memhp_ctx *ctx, uint64_t *size)
{
	_cleanup_free_ char *zoneinfo = NULL, *meminfo = NULL;
	uint64_t total = 0, found;
	struct zone_pages pages;
	int rc = memhp__file_read_text(ctx, "proc", "zoneinfo", &zoneinfo);

	if (rc == 0)
		rc = memhp__file_read_text(ctx, "proc", "meminfo", &meminfo);
	if (rc == 0)
		rc = memhp__parse_zoneinfo(zoneinfo, &pages);
	if (rc == 0)
		rc = memhp__parse_meminfo(meminfo, "MemTotal", &total);
	if (rc < 0)
		return rc;
	found = pages.managed ? total / pages.managed : 0;
	for (uint64_t candidate = USUAL_PAGE_SIZE; candidate <= MAX_PAGE_SIZE; candidate *= 2) {
		if (found < candidate - candidate / 8 || found > candidate + candidate / 8)
			continue;
		*size = candidate;
		return 0;
	}
	return -ENODATA;
}

int memhp__machine_read_page_size(struct memhp_ctx *ctx, uint64_t *size)
{
	enum arch arch;
	int rc;

	*size = USUAL_PAGE_SIZE;
	if (!ctx->sysroot) {
		*size = (uint64_t)sysconf(_SC_PAGESIZE);
		return 0;
	}
	(void)memhp__machine_read_arch(ctx, &arch);
	/* These have one size alone. */
	if (arch == ARCH_X86 || arch == ARCH_S390)
		return 0;
	rc = compare_totals(ctx, size);
	if (rc < 0)
		log_debug(ctx, "the page size is not known, %d is assumed: %s", USUAL_PAGE_SIZE, strerror(-rc));
	return rc;
}

int memhp__machine_read_block_size(struct memhp_ctx *ctx, int memory_fd, uint64_t *size)
{
	char text[SYSFS_ATTR_MAX];
	int rc = memhp__file_read(ctx->ops, memory_fd, "block_size_bytes", text, sizeof(text));

	return rc < 0 ? rc : memhp__parse_block_size(text, size);
}

int memhp__machine_has_probe(int memory_fd)
{
	return memhp__file_has(memory_fd, "probe");
}

MEMHP_EXPORT int memhp_ctx_read_block_size(struct memhp_ctx *ctx, uint64_t *size_bytes)
{
	_cleanup_close_ int fd = memhp__file_open_memory(ctx);

	return fd < 0 ? fd : memhp__machine_read_block_size(ctx, fd, size_bytes);
}

MEMHP_EXPORT int memhp_ctx_read_page_size(struct memhp_ctx *ctx, uint64_t *size_bytes)
{
	uint64_t size;
	int rc = memhp__machine_read_page_size(ctx, &size);

	if (rc == 0)
		*size_bytes = size;
	return rc;
}

MEMHP_EXPORT int memhp_ctx_check_changeable(struct memhp_ctx *ctx)
{
	_cleanup_close_ int fd = memhp__file_open_memory(ctx);

	return fd < 0 ? fd : memhp__file_check_kernel(ctx->ops, fd);
}

/* A file with 0 or 1: the value, or a negative errno */
static int read_flag(struct memhp_ctx *ctx, const char *dir, const char *name)
{
	_cleanup_close_ int dirfd = memhp__file_open_dir(ctx, dir);
	char text[SYSFS_ATTR_MAX];
	int rc = dirfd < 0 ? dirfd : memhp__file_read(ctx->ops, dirfd, name, text, sizeof(text));
	bool flag = false;

	if (rc == 0)
		rc = memhp__parse_flag(text, &flag);
	return rc < 0 ? rc : flag;
}

MEMHP_EXPORT int memhp_ctx_needs_crash_reload(struct memhp_ctx *ctx)
{
	int loaded = read_flag(ctx, "sys/kernel", "kexec_crash_loaded"), hotplug;

	/* A kernel without the file loads no other kernel. */
	if (loaded <= 0)
		return loaded == -ENOENT ? 0 : loaded;
	hotplug = read_flag(ctx, SYSFS_MEMORY, "crash_hotplug");
	return hotplug == -ENOENT ? 1 : hotplug < 0 ? hotplug : !hotplug;
}

MEMHP_EXPORT int memhp_ctx_read_available(struct memhp_ctx *ctx, uint64_t *size_bytes)
{
	_cleanup_free_ char *text = NULL;
	int rc = memhp__file_read_text(ctx, "proc", "meminfo", &text);

	return rc < 0 ? rc : memhp__parse_meminfo(text, "MemAvailable", size_bytes);
}
