/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Of all that the kernel says two things are kept: dumps of pages that stand in the way, and the final words for a range ("memory
 * offlining [mem ...] failed due to ..."). Pure.
 */
#ifndef MEMHP_KMSG_ITEMS_H
#define MEMHP_KMSG_ITEMS_H

#include "libmemhp.h"

/* At most so many lines, of so many characters altogether, are kept of one dump. */
#define KMSG_ITEM_LINES 8
#define KMSG_ITEM_TEXT  1024

/* So many dumps and final words are kept; then the oldest are dropped. */
#define KMSG_MAX_ITEMS 512

#define PAGE_OWNER_MAX 32

struct memhp_page {
	uint64_t pfn; /* UINT64_MAX: not known */
	enum memhp_page_kind kind;
	char owner[PAGE_OWNER_MAX]; /* "" : not known */
	pid_t owner_pid;
};

/* What the kernel's log has about a block */
struct kernel_note {
	enum memhp_reason reason; /* MEMHP_REASON_NONE: the text does not say */
	bool has_page;
	struct memhp_page page;
	char text[];
};

/* A dump of a page or the final words for a range, and where that is */
struct kmsg_item {
	bool is_page, has_addr;
	bool is_freed; /* a page that nobody has allocated */
	uint64_t first_addr, last_addr;
	enum memhp_reason reason;
	struct memhp_page page;
	unsigned int num_lines;
	size_t length;
	char *text;
};

struct kmsg_items {
	struct kmsg_item *items; /* in the log's order */
	size_t num, allocated;
	uint64_t page_size;
	bool is_open; /* the last item is a dump of which more lines may follow */
	bool has_migrating;
	uint64_t migrating_pfn; /* of the line that precedes the dump */
	char migrating[96];
};

/* A new item, the last one; NULL without memory. The oldest one goes when there are too many. */
struct kmsg_item *memhp__kmsg_items_add(struct kmsg_items *items);

/* Adds a line to an item's text, if there is room. */
void memhp__kmsg_item_add_line(struct kmsg_item *item, const char *line);

/* Where the page of an item is; `page_size` in bytes */
void memhp__kmsg_item_set_pfn(struct kmsg_item *item, uint64_t pfn, uint64_t page_size);

/* Drops what was said of an item's page before. */
void memhp__kmsg_items_drop_older(struct kmsg_items *items, const struct kmsg_item *item);

/*
 * What the items say about a range: the last page and the final words, from malloc(); NULL when there is nothing. Items for the
 * range are gone afterwards. `alone`: what does not tell where it belongs, as dumps before Linux 5.9, belongs here.
 */
struct kernel_note *memhp__kmsg_take_note(struct kmsg_items *items, uint64_t first_addr, uint64_t last_addr, bool alone);

void memhp__kmsg_items_release(struct kmsg_items *items);

#endif
