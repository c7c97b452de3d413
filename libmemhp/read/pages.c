/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the flags of a block's pages: /proc/kpageflags. */
#include "read/pages.h"

#include "nums.h"
#include "ctx.h"
#include "read/facts.h"
#include "read/files.h"
#include "read/pageflags.h"
#include "spans.h"
#include "util.h"

/* Enough for a block of 128 MiB in small pages, and little enough to stay in the processor's cache */
#define CHUNK_PAGES 32768

/* The pages of a hole have no use, whatever the kernel's flags for them look like: nothing up to Linux 6.14, zeros from 6.17 on. */
static void mark_holes(const struct spans *ram, uint64_t first_page, uint64_t *flags, size_t num)
{
	uint64_t at = first_page, end = first_page + num;

	for (size_t i = memhp__spans_find(ram, first_page); at < end; i++) {
		uint64_t next = i < ram->num && ram->items[i].first < end ? ram->items[i].first : end;

		for (; at < next; at++)
			flags[at - first_page] = KPF(NOPAGE);
		if (i < ram->num)
			at = ram->items[i].last < end ? ram->items[i].last + 1 : end;
	}
}

static bool has_hole(const struct facts *facts, uint64_t first_page, uint64_t num_pages)
{
	return facts->ram_evidence == MEMHP_EVIDENCE_IOMEM &&
	       memhp__spans_cover(&facts->ram, first_page, first_page + num_pages - 1) < num_pages;
}

int memhp__page_reader_init(struct page_reader *reader, uint64_t timeout_ms, int cancel_fd)
{
	int rc = memhp__file_check_cancel_fd(cancel_fd);

	*reader = (struct page_reader){
		/* Copying to an address that is not aligned takes the kernel ten times as long. */
		.chunk = aligned_alloc(4096, CHUNK_PAGES * sizeof(uint64_t)),
		.deadline_ms = deadline_ms(timeout_ms),
		.cancel_fd = cancel_fd,
	};
	return reader->chunk ? rc : -ENOMEM;
}

void memhp__page_reader_release(struct page_reader *reader)
{
	free(reader->chunk);
}

static void tell_progress(const struct memhp_ctx *ctx, const struct page_reader *reader, uint64_t page_size)
{
	if (ctx->pages_progress && reader->num_goal)
		ctx->pages_progress(ctx->pages_userdata, reader->num_done * page_size, reader->num_goal * page_size);
}

int memhp__pages_count(struct page_scan *scan, uint64_t first_page, struct memhp_ctx *ctx, const struct facts *facts,
		       struct page_reader *reader)
{
	uint64_t *chunk = reader->chunk;
	bool holes = has_hole(facts, first_page, scan->num_pages);

	for (uint64_t done = 0; done < scan->num_pages;) {
		size_t num = scan->num_pages - done < CHUNK_PAGES ? scan->num_pages - done : CHUNK_PAGES;
		uint64_t page = first_page + done;
		int rc = memhp__file_check_limits(reader->cancel_fd, reader->deadline_ms);
		ssize_t n;

		if (rc < 0)
			return rc;
		n = memhp__file_read_at(ctx->ops, facts->pages_fd, "kpageflags", chunk, num * sizeof(*chunk),
					(off_t)(page * sizeof(*chunk)));

		if (n != (ssize_t)(num * sizeof(*chunk)))
			return n < 0 ? (int)n : -ENXIO;
		if (holes)
			mark_holes(&facts->ram, page, chunk, num);
		memhp__page_scan_add(scan, chunk, num);
		done += num;
		reader->num_done += num;
		tell_progress(ctx, reader, facts->page_size);
	}
	memhp__page_scan_end(scan, facts->memmap_on_memory, facts->memmap_rounded);
	/* Where all is memory, pages that are none are those of a block that has gone offline since the snapshot. */
	return facts->ram_evidence == MEMHP_EVIDENCE_IOMEM && !holes && scan->usage->pages[MEMHP_PAGE_KIND_HOLE] ? -ENXIO : 0;
}

bool memhp__pages_are_countable(const struct facts *facts, uint64_t first_page, uint64_t num_pages)
{
	return facts->pages_fd >= 0 && num_pages <= UINT32_MAX && first_page <= (uint64_t)INT64_MAX / sizeof(uint64_t) - num_pages;
}

static int count_block(struct page_scan *scan, uint64_t first_page, struct memhp_ctx *ctx, const struct facts *facts,
		       uint64_t timeout_ms)
{
	struct page_reader reader;
	int rc = memhp__page_reader_init(&reader, timeout_ms, -1);

	if (rc == 0)
		rc = memhp__pages_count(scan, first_page, ctx, facts, &reader);
	memhp__page_reader_release(&reader);
	return rc;
}

int memhp__pages_read_block(uint64_t *bytes, struct memhp_ctx *ctx, uint64_t start_addr, uint64_t last_addr, uint64_t timeout_ms)
{
	struct page_usage usage = { 0 };
	struct page_scan scan = { .usage = &usage };
	uint64_t first_page;
	struct facts facts;
	int rc = memhp__facts_read(&facts, ctx);

	if (rc < 0)
		return rc;
	first_page = start_addr / facts.page_size;
	scan.page_size = facts.page_size;
	scan.num_pages = last_addr / facts.page_size - first_page + 1;
	rc = memhp__pages_are_countable(&facts, first_page, scan.num_pages)
		     ? count_block(&scan, first_page, ctx, &facts, timeout_ms)
		     : -ENODATA;
	for (size_t i = 0; rc == 0 && i < NUM_PAGE_KINDS; i++)
		bytes[i] = usage.pages[i] * facts.page_size;
	memhp__facts_release(&facts);
	return rc;
}
