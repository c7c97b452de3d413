/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's log to what it says about memory blocks. Pure. Of all that the kernel says two things are kept: dumps of pages that
 * stand in the way, and the final words for a range ("memory offlining [mem ...] failed due to ...").
 */
#ifndef MEMHP_KMSG_PARSE_H
#define MEMHP_KMSG_PARSE_H

#include "private.h"

/* At most so many lines, of so many characters altogether, are kept of one dump. */
#define KMSG_ITEM_LINES 8
#define KMSG_ITEM_TEXT  1024

/* So many dumps and final words are kept; then the oldest are dropped. */
#define KMSG_MAX_ITEMS 512

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

/*
 * Takes one line of /dev/kmsg, "PRIORITY,SEQUENCE,TIME,FLAGS;TEXT". Lines that are not the kernel's, or not about memory blocks,
 * are passed over. `line` has no newline.
 */
void kmsg_take_line(struct kmsg_items *items, const char *line);

/*
 * What the items say about a range: the last page and the final words, from malloc(); NULL when there is nothing. Items for the
 * range are gone afterwards. `alone`: what does not tell where it belongs, as dumps before Linux 5.9, belongs here.
 */
struct kernel_note *kmsg_take_note(struct kmsg_items *items, uint64_t first_addr, uint64_t last_addr, bool alone);

void kmsg_items_release(struct kmsg_items *items);

#endif
