/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was found in the kernel's log, until it is asked for */
#include "read/kmsg-items.h"

#include "object.h"
#include "util.h"

void memhp__kmsg_item_add_line(struct kmsg_item *item, const char *line)
{
	size_t length = strlen(line);

	if (item->num_lines >= KMSG_ITEM_LINES || item->length + length + 2 > KMSG_ITEM_TEXT)
		return;
	if (item->num_lines++)
		item->text[item->length++] = '\n';
	/* The kernel escapes what is not ASCII; a file that stands for its log may hold anything. */
	for (size_t i = 0; i < length; i++)
		item->text[item->length++] = line[i] >= ' ' && line[i] <= '~' ? line[i] : '?';
	item->text[item->length] = '\0';
}

static void drop_item(struct kmsg_items *items, size_t i)
{
	free(items->items[i].text);
	items->num--;
	memmove(&items->items[i], &items->items[i + 1], (items->num - i) * sizeof(*items->items));
	if (i == items->num)
		items->is_open = false;
}

struct kmsg_item *memhp__kmsg_items_add(struct kmsg_items *items)
{
	struct kmsg_item *item;
	char *text;

	items->is_open = false;
	if (items->num >= KMSG_MAX_ITEMS)
		drop_item(items, 0);
	if (!ARRAY_RESERVE(items->items, items->num, items->allocated))
		return NULL;
	text = calloc(1, KMSG_ITEM_TEXT);
	if (!text)
		return NULL;
	item = &items->items[items->num++];
	*item = (struct kmsg_item){ .text = text, .page.pfn = UINT64_MAX };
	return item;
}

void memhp__kmsg_item_set_pfn(struct kmsg_item *item, uint64_t pfn, uint64_t page_size)
{
	if (pfn > (UINT64_MAX - (page_size - 1)) / page_size)
		return;
	item->page.pfn = pfn;
	item->has_addr = true;
	item->first_addr = pfn * page_size;
	item->last_addr = item->first_addr + (page_size - 1);
}

/* A page that cannot be moved is named again with each attempt: the newest dump says it all. */
void memhp__kmsg_items_drop_older(struct kmsg_items *items, const struct kmsg_item *item)
{
	for (size_t i = items->num - 1; i-- > 0;) {
		const struct kmsg_item *older = &items->items[i];

		if (older->is_page && older->has_addr && older->page.pfn == item->page.pfn) {
			drop_item(items, i);
			return;
		}
	}
}

static struct kernel_note *make_note(const struct kmsg_item *page, const struct kmsg_item *verdict)
{
	size_t length = page ? page->length : 0;
	struct kernel_note *note = calloc(1, sizeof(*note) + length + (verdict ? verdict->length : 0) + 2);
	char *end;

	if (!note)
		return NULL;
	end = note->text;
	if (page) {
		note->has_page = true;
		note->page = page->page;
		note->reason = page->reason;
		end = stpcpy(end, page->text);
	}
	if (page && verdict)
		end = stpcpy(end, "\n");
	if (verdict) {
		stpcpy(end, verdict->text);
		/* The final words decide, except where they only say that some page was in the way. */
		if (!page || (verdict->reason != MEMHP_REASON_NONE && verdict->reason != MEMHP_REASON_ISOLATION))
			note->reason = verdict->reason;
		/* They mean a page that no dump names. */
		if (verdict->reason == MEMHP_REASON_UNMOVABLE_PAGE)
			note->has_page = false;
	}
	return note;
}

static bool is_about(const struct kmsg_item *item, uint64_t first_addr, uint64_t last_addr, bool alone)
{
	if (!item->has_addr)
		return alone;
	if (item->is_page)
		return item->first_addr <= last_addr && item->last_addr >= first_addr;
	return item->first_addr >= first_addr && item->last_addr <= last_addr;
}

struct kernel_note *memhp__kmsg_take_note(struct kmsg_items *items, uint64_t first_addr, uint64_t last_addr, bool alone)
{
	struct kmsg_item *page = NULL, *verdict = NULL;
	struct kernel_note *note = NULL;

	for (size_t i = 0; i < items->num; i++) {
		struct kmsg_item *item = &items->items[i];
		bool is_here = is_about(item, first_addr, last_addr, alone);

		if (is_here && item->is_page && item->reason != MEMHP_REASON_NONE)
			page = item;
		else if (is_here && !item->is_page)
			verdict = item;
	}
	if (page || verdict)
		note = make_note(page, verdict);
	for (size_t i = items->num; i-- > 0;)
		if (is_about(&items->items[i], first_addr, last_addr, alone))
			drop_item(items, i);
	return note;
}

void memhp__kmsg_items_release(struct kmsg_items *items)
{
	while (items->num)
		drop_item(items, items->num - 1);
	free(items->items);
}

MEMHP_EXPORT uint64_t memhp_page_get_pfn(const struct memhp_page *page)
{
	return page->pfn;
}

MEMHP_EXPORT enum memhp_page_kind memhp_page_get_kind(const struct memhp_page *page)
{
	return page->kind;
}

MEMHP_EXPORT const char *memhp_page_get_owner(const struct memhp_page *page)
{
	return *page->owner ? page->owner : NULL;
}

MEMHP_EXPORT pid_t memhp_page_get_owner_pid(const struct memhp_page *page)
{
	return page->owner_pid;
}
