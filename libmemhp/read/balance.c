/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much memory the kernel can use for itself and how much is movable. */
#include "ctx.h"
#include "object.h"
#include "read/files.h"
#include "read/parse.h"
#include "util.h"

struct memhp_balance {
	unsigned int refs;
	uint64_t kernel, movable, available; /* bytes */
};

/*
 * The page size of the machine that a tree was taken from is nowhere in it, but its memory is there in pages and in bytes. They
 * differ a little (MemTotal is read later and without some late pages), so the nearest power of two is meant.
 */
static uint64_t page_size_of(uint64_t total_bytes, uint64_t managed_pages)
{
	uint64_t size = 4096;

	if (managed_pages)
		while (size < (1 << 20) && total_bytes / managed_pages >= size + size / 2)
			size *= 2;
	return size;
}

static void balance_free(struct memhp_balance *balance)
{
	free(balance);
}

DEFINE_REF_UNREF(balance)

static int read_pages(struct memhp_ctx *ctx, struct zone_pages *pages, uint64_t *page_size, uint64_t *available)
{
	_cleanup_close_ int proc_fd = memhp__file_open_dir(ctx, "proc");
	_cleanup_free_ char *zoneinfo = NULL, *meminfo = NULL;
	uint64_t total = 0, cma;
	int rc;

	if (proc_fd < 0)
		return proc_fd;
	rc = memhp__file_read_all(proc_fd, "zoneinfo", &zoneinfo, NULL);
	if (rc == 0)
		rc = memhp__parse_zoneinfo(zoneinfo, pages);
	if (rc < 0)
		return rc;
	*page_size = ctx->sysroot ? 4096 : (uint64_t)sysconf(_SC_PAGESIZE);
	if (memhp__file_read_all(proc_fd, "meminfo", &meminfo, NULL) < 0)
		return 0;
	(void)memhp__parse_meminfo(meminfo, "MemAvailable", available);
	if (ctx->sysroot && memhp__parse_meminfo(meminfo, "MemTotal", &total) == 0)
		*page_size = page_size_of(total, pages->managed);
	if (!pages->has_cma && memhp__parse_meminfo(meminfo, "CmaTotal", &cma) == 0)
		pages->cma = cma / *page_size;
	return 0;
}

MEMHP_EXPORT int memhp_balance_new(struct memhp_balance **balance, struct memhp_ctx *ctx)
{
	struct zone_pages pages = { 0 };
	struct memhp_balance *new;
	uint64_t page_size = 0, available = UINT64_MAX, kernel;
	int rc = read_pages(ctx, &pages, &page_size, &available);

	if (rc < 0)
		return rc;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	kernel = pages.present[MEMHP_ZONE_DMA] + pages.present[MEMHP_ZONE_DMA32] + pages.present[MEMHP_ZONE_NORMAL] +
		 pages.present[MEMHP_ZONE_HIGHMEM];
	if (pages.cma > kernel)
		pages.cma = kernel;
	new->refs = 1;
	new->kernel = (kernel - pages.cma) * page_size;
	new->movable = (pages.present[MEMHP_ZONE_MOVABLE] + pages.cma) * page_size;
	new->available = available;
	*balance = new;
	return 0;
}

MEMHP_EXPORT uint64_t memhp_balance_get_kernel_bytes(const struct memhp_balance *balance)
{
	return balance->kernel;
}

MEMHP_EXPORT uint64_t memhp_balance_get_movable_bytes(const struct memhp_balance *balance)
{
	return balance->movable;
}

MEMHP_EXPORT uint64_t memhp_balance_get_available_bytes(const struct memhp_balance *balance)
{
	return balance->available;
}
