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

/* Sums and products of a made-up file need not fit: such a file cannot be understood. */
static int sum_up(struct memhp_balance *balance, const struct zone_pages *pages, uint64_t page_size)
{
	uint64_t kernel = 0, cma, movable;
	bool fits = true;

	for (enum memhp_zone zone = MEMHP_ZONE_DMA; zone <= MEMHP_ZONE_HIGHMEM; zone++)
		fits &= !__builtin_add_overflow(kernel, pages->present[zone], &kernel);
	cma = pages->cma < kernel ? pages->cma : kernel;
	fits &= !__builtin_add_overflow(pages->present[MEMHP_ZONE_MOVABLE], cma, &movable);
	fits &= !__builtin_mul_overflow(kernel - cma, page_size, &balance->kernel);
	fits &= !__builtin_mul_overflow(movable, page_size, &balance->movable);
	return fits ? 0 : -EBADMSG;
}

MEMHP_EXPORT int memhp_balance_new(struct memhp_balance **balance, struct memhp_ctx *ctx)
{
	struct zone_pages pages = { 0 };
	struct memhp_balance sums, *new;
	uint64_t page_size = 0;
	int rc = read_pages(ctx, &pages, &page_size);

	if (rc == 0)
		rc = sum_up(&sums, &pages, page_size);
	if (rc < 0)
		return rc;
	new = malloc(sizeof(*new));
	if (!new)
		return -ENOMEM;
	*new = sums;
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
