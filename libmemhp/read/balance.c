/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much memory the kernel can use for itself and how much is movable. */
#include "ctx.h"
#include "object.h"
#include "read/machine.h"
#include "read/parse.h"
#include "read/whole-files.h"
#include "util.h"

struct memhp_balance {
	uint64_t kernel, movable; /* bytes */
};

MEMHP_EXPORT void memhp_balance_free(struct memhp_balance *balance)
{
	if (!balance)
		return;
	free(balance);
}

static int read_pages(struct memhp_ctx *ctx, struct zone_pages *pages, uint64_t *page_size)
{
	_cleanup_free_ char *zoneinfo = NULL, *meminfo = NULL;
	uint64_t cma;
	int rc = memhp__file_read_text(ctx, "proc", "zoneinfo", &zoneinfo);

	if (rc == 0)
		rc = memhp__parse_zoneinfo(zoneinfo, pages);
	if (rc < 0)
		return rc;
	/* The proportion, which matters most, is the same with a guess; not so what is to be added to one side of it. */
	rc = memhp__machine_read_page_size(ctx, page_size);
	if (rc < 0 && rc != -ENOENT && rc != -ENODATA)
		return rc == -ENOMEM ? rc : -ENODATA;
	rc = memhp__file_read_text(ctx, "proc", "meminfo", &meminfo);
	/* Then what is movable is not known where this file alone has the CMA. */
	if (rc == -ENOENT || (rc < 0 && rc != -ENOMEM && pages->has_cma))
		return 0;
	if (rc < 0)
		return rc == -ENOMEM ? rc : -ENODATA;
	if (!pages->has_cma && memhp__parse_meminfo(meminfo, "CmaTotal", &cma) == 0)
		pages->cma = cma / *page_size;
	return 0;
}

MEMHP_EXPORT int memhp_balance_new(struct memhp_balance **balance, struct memhp_ctx *ctx)
{
	struct zone_pages pages = { 0 };
	struct memhp_balance *new;
	uint64_t page_size = 0, kernel;
	int rc = read_pages(ctx, &pages, &page_size);

	if (rc < 0)
		return rc;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	kernel = pages.present[MEMHP_ZONE_DMA] + pages.present[MEMHP_ZONE_DMA32] + pages.present[MEMHP_ZONE_NORMAL] +
		 pages.present[MEMHP_ZONE_HIGHMEM];
	if (pages.cma > kernel)
		pages.cma = kernel;
	new->kernel = (kernel - pages.cma) * page_size;
	new->movable = (pages.present[MEMHP_ZONE_MOVABLE] + pages.cma) * page_size;
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
