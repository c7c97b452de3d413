/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the machine says as a whole: where memory is, how much is available, what is kept for special uses. */
#include "read/facts.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

#include "nums.h"
#include "ctx.h"
#include "read/cmdline.h"
#include "read/files.h"
#include "read/firmware.h"
#include "read/huge-pages.h"
#include "read/iomem.h"
#include "read/machine.h"
#include "read/parse.h"
#include "read/whole-files.h"
#include "spans.h"
#include "util.h"

#define CMA_DEBUG "sys/kernel/debug/cma"

static int read_iomem(struct facts *facts, struct memhp_ctx *ctx)
{
	struct iomem iomem;
	int rc = memhp__iomem_read(&iomem, ctx);

	if (rc == 0 && iomem.num_rams == 0)
		rc = -EBADMSG;
	for (size_t i = 0; rc == 0 && i < iomem.num_rams; i++) {
		struct span ram = { iomem.rams[i].start, iomem.rams[i].last };

		rc = memhp__spans_append(&facts->ram, ram);
		if (rc == 0 && iomem.rams[i].owner != IOMEM_NOBODY)
			rc = memhp__spans_append(&facts->virtual_ram, ram);
	}
	memhp__spans_sort(&facts->ram);
	memhp__spans_sort(&facts->virtual_ram);
	memhp__iomem_release(&iomem);
	return rc;
}

/* "0x9fbff" or "130528" */
static int read_number(struct memhp_ctx *ctx, int dirfd, const char *dir, const char *file, uint64_t *number)
{
	char path[NAME_MAX + 32], text[SYSFS_ATTR_MAX];
	int rc;

	snprintf(path, sizeof(path), "%s%s%s", dir, *dir ? "/" : "", file);
	rc = memhp__file_read(ctx->ops, dirfd, path, text, sizeof(text));
	if (rc < 0 || memhp__parse_hex(text, number) == 0)
		return rc;
	return memhp__parse_numbered_name(text, "", number) ? 0 : -EBADMSG;
}

/* Calls `read` for each entry of a directory; an entry that is not as expected is none. */
static int read_entries(struct facts *facts, struct memhp_ctx *ctx, const char *path,
			int (*read)(struct facts *facts, struct memhp_ctx *ctx, int dirfd, const char *name))
{
	_cleanup_close_ int dirfd = memhp__file_open_dir(ctx, path);
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *item;
	int rc = dirfd < 0 ? dirfd : memhp__file_list(dirfd, ".", &dir);

	while (rc == 0 && (item = memhp__file_next(dir, &rc)))
		if (item->d_name[0] != '.')
			rc = read(facts, ctx, dirfd, item->d_name);
	return rc;
}

/* Whether what the firmware says of RAM counts: not when the kernel was told otherwise, or may have been. */
static bool is_map_valid(struct memhp_ctx *ctx)
{
	int redrawn = memhp__cmdline_redraws_map(ctx);

	if (redrawn < 0)
		log_warning(ctx, "/proc/cmdline cannot be read, so what the firmware says of memory does not count: %s",
			    strerror(-redrawn));
	return redrawn == 0;
}

static void read_ram(struct facts *facts, struct memhp_ctx *ctx)
{
	int rc = read_iomem(facts, ctx);

	facts->error[MEMHP_EVIDENCE_IOMEM] = rc;
	facts->ram_evidence = MEMHP_EVIDENCE_IOMEM;
	facts->error[MEMHP_EVIDENCE_MEMMAP] = -ENODATA;
	if (rc == 0)
		return;
	memhp__spans_release(&facts->ram);
	facts->ram_evidence = MEMHP_EVIDENCE_MEMMAP;
	facts->error[MEMHP_EVIDENCE_MEMMAP] = is_map_valid(ctx) ? memhp__firmware_read_memmap(ctx, &facts->ram) : -ENODATA;
}

static void read_meminfo(struct facts *facts, struct memhp_ctx *ctx)
{
	_cleanup_free_ char *text = NULL;
	int rc = memhp__file_read_text(ctx, "proc", "meminfo", &text);

	facts->available = UINT64_MAX;
	facts->cma_size = UINT64_MAX;
	facts->hugetlb_size = UINT64_MAX;
	facts->error[MEMHP_EVIDENCE_MEMINFO] = rc;
	if (rc < 0)
		return;
	/* A kernel without CMA has no such line, one without huge pages none of theirs. */
	facts->cma_size = 0;
	facts->hugetlb_size = 0;
	(void)memhp__parse_meminfo(text, "CmaTotal", &facts->cma_size);
	(void)memhp__parse_meminfo(text, "Hugetlb", &facts->hugetlb_size);
	(void)memhp__parse_meminfo(text, "SwapFree", &facts->swap_free);
	facts->error[MEMHP_EVIDENCE_MEMINFO] = memhp__parse_meminfo(text, "MemAvailable", &facts->available);
}

static int read_cma_entry(struct facts *facts, struct memhp_ctx *ctx, int dirfd, const char *name)
{
	uint64_t first = 0, pages = 0;
	int rc = read_number(ctx, dirfd, name, "base_pfn", &first);

	if (rc == 0)
		rc = read_number(ctx, dirfd, name, "count", &pages);
	/* The other areas are worth knowing all the same. */
	if (rc < 0 && rc != -ENOENT)
		facts->error[MEMHP_EVIDENCE_CMA] = rc;
	if (rc < 0 || pages == 0 || first + pages < first)
		return 0;
	return memhp__spans_append(&facts->cma, (struct span){ first, first + pages - 1 });
}

static void read_cma(struct facts *facts, struct memhp_ctx *ctx)
{
	int rc = facts->cma_size ? read_entries(facts, ctx, CMA_DEBUG, read_cma_entry) : -ENODATA;

	memhp__spans_sort(&facts->cma);
	if (rc == 0)
		rc = facts->error[MEMHP_EVIDENCE_CMA];
	facts->error[MEMHP_EVIDENCE_CMA] = rc == 0 && facts->cma.num == 0 ? -ENOENT : rc;
}

/* Memory that is switched off in the tree was added later, if it is there. */
static int read_boot_memory(struct facts *facts, struct memhp_ctx *ctx)
{
	struct dt_memory memory;
	int rc = memhp__firmware_read_device_tree(ctx, &memory);

	facts->boot = memory.ram;
	facts->not_boot = memory.disabled;
	memhp__spans_release(&memory.fixed);
	if (rc == -ENODATA)
		return -EOPNOTSUPP;
	if (rc < 0 && rc != -ENOENT)
		log_warning(ctx, "%s cannot be read, so which memory the machine booted with is not known: %s",
			    memhp_evidence_path(MEMHP_EVIDENCE_DEVICE_TREE), strerror(-rc));
	return rc == 0 && facts->boot.num == 0 ? -ENOENT : rc;
}

/* What only some architectures have */
static void read_rules(struct facts *facts, struct memhp_ctx *ctx)
{
	int rc = memhp__machine_read_arch(ctx, &facts->arch), tree = rc, crash = rc;

	/* Where nothing tells the architecture, as in a copy of /sys alone, no more can be said. */
	if (rc == 0)
		tree = crash = -ENODATA;
	if (facts->arch == ARCH_ARM64)
		tree = is_map_valid(ctx) ? read_boot_memory(facts, ctx) : -EOPNOTSUPP;
	if (facts->arch == ARCH_S390) {
		_cleanup_close_ int dirfd = memhp__file_open_dir(ctx, "sys/kernel");

		crash = dirfd < 0 ? dirfd : read_number(ctx, dirfd, "", "kexec_crash_size", &facts->crash_size);
		/* A kernel without the file has no crash kernel. */
		if (crash == -ENOENT)
			crash = -ENODATA;
	}
	facts->error[MEMHP_EVIDENCE_DEVICE_TREE] = tree;
	facts->error[MEMHP_EVIDENCE_CRASH_KERNEL] = crash;
}

static int read_memmap_policy(struct facts *facts, struct memhp_ctx *ctx)
{
	struct memhp_policy *policy;
	const char *value;
	int rc = memhp_policy_new(&policy, ctx);

	if (rc < 0)
		return rc;
	value = memhp_policy_get_value(policy, MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY);
	facts->memmap_on_memory = value && strcmp(value, "N") != 0;
	facts->memmap_rounded = value && strcmp(value, "force") == 0;
	memhp_policy_free(policy);
	return 0;
}

int memhp__facts_read(struct facts *facts, struct memhp_ctx *ctx)
{
	_cleanup_close_ int proc_fd = memhp__file_open_dir(ctx, "proc");
	int fd = proc_fd < 0 ? proc_fd : memhp__file_open_attr(ctx->ops, proc_fd, "kpageflags", O_RDONLY);
	int rc;

	*facts = (struct facts){ .pages_fd = fd };
	(void)memhp__machine_read_page_size(ctx, &facts->page_size);
	facts->error[MEMHP_EVIDENCE_PAGE_FLAGS] = fd < 0 ? fd : 0;
	read_ram(facts, ctx);
	read_meminfo(facts, ctx);
	read_cma(facts, ctx);
	read_rules(facts, ctx);
	facts->no_hotremove = memhp_ctx_has(ctx, MEMHP_FEATURE_HOTREMOVE) == 0;
	memhp__spans_to_pages(&facts->ram, facts->page_size);
	memhp__spans_to_pages(&facts->virtual_ram, facts->page_size);
	memhp__spans_to_pages(&facts->boot, facts->page_size);
	memhp__spans_to_pages(&facts->not_boot, facts->page_size);
	rc = read_memmap_policy(facts, ctx);
	if (rc == 0)
		rc = memhp_huge_pools_new(&facts->huge_pools, ctx);
	for (size_t i = 0; i < NUM_EVIDENCES; i++) {
		if (facts->error[i] < 0 && facts->error[i] != -ENODATA)
			log_debug(ctx, "%s: %s", memhp_evidence_path(i), strerror(-facts->error[i]));
		if (facts->error[i] == -ENOMEM)
			rc = -ENOMEM;
	}
	if (rc < 0)
		memhp__facts_release(facts);
	return rc;
}

void memhp__facts_release(struct facts *facts)
{
	if (facts->pages_fd >= 0)
		close(facts->pages_fd);
	memhp__spans_release(&facts->ram);
	memhp__spans_release(&facts->virtual_ram);
	memhp__spans_release(&facts->cma);
	memhp__spans_release(&facts->boot);
	memhp__spans_release(&facts->not_boot);
	memhp_huge_pools_free(facts->huge_pools);
}
