/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/kmsg-parse.h"

#include <ctype.h>
#include <limits.h>

#include "read/kmsg-items.h"
#include "util.h"

/* Moves over a prefix of the text, if it has it. */
static bool skip(const char **text, const char *prefix)
{
	size_t length = strlen(prefix);

	if (strncmp(*text, prefix, length) != 0)
		return false;
	*text += length;
	return true;
}

/* Moves over a number; strtoull() alone would take signs and blanks. */
static bool take_number(const char **text, int base, uint64_t *number)
{
	char *end;

	if (!isxdigit((unsigned char)**text))
		return false;
	errno = 0;
	*number = strtoull(*text, &end, base);
	if (errno || end == *text)
		return false;
	*text = end;
	return true;
}

static bool take_hex(const char **text, uint64_t *number)
{
	(void)skip(text, "0x");
	return take_number(text, 16, number);
}

/* To the text of a record of the kernel's own: user space may write to the log, too, and gets another facility than 0. */
static const char *text_of(const char *line)
{
	const char *p = line;
	uint64_t priority;

	if (!take_number(&p, 10, &priority) || *p != ',' || priority > 7)
		return NULL;
	p = strchr(p, ';');
	return p ? p + 1 : NULL;
}

/* "page:ADDRESS refcount:1 mapcount:0 mapping:... index:0x0 pfn:0x100000", without an address since 6.10, without pfn before 5.9 */
static void begin_page(struct kmsg_items *items, const char *text)
{
	struct kmsg_item *item = memhp__kmsg_items_add(items);
	const char *pfn = strstr(text, " pfn:");
	uint64_t number;

	if (!item)
		return;
	item->is_page = true;
	if (items->has_migrating)
		memhp__kmsg_item_add_line(item, items->migrating);
	memhp__kmsg_item_add_line(item, text);
	if (pfn && skip(&pfn, " pfn:") && take_hex(&pfn, &number))
		memhp__kmsg_item_set_pfn(item, number, items->page_size);
	else if (items->has_migrating)
		memhp__kmsg_item_set_pfn(item, items->migrating_pfn, items->page_size);
	items->has_migrating = false;
	items->is_open = true;
}

static bool has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *p = text; (p = strstr(p, word)); p += length)
		if ((p == text || !isalnum((unsigned char)p[-1])) && !isalnum((unsigned char)p[length]) && p[length] != '_')
			return true;
	return false;
}

/* What a file system does with its pages; not all of them call that as xfs_address_space_operations does, or ext4_da_aops. */
static bool names_operations(const char *text)
{
	return *text != ' ' && (strstr(text, "aops:") || strstr(text, "_aops") || strstr(text, "_operations"));
}

/*
 * "anon flags: 0x...(uptodate|slab|node=0|zone=2) CMA", "page_type: 0xf5(slab)", "aops:ext4_da_aops ino:82 dentry name:...";
 * before 5.7 "ext4_da_aops name:...".
 */
static enum memhp_page_kind kind_of(const char *text, enum memhp_page_kind known)
{
	bool is_flags = strstr(text, "flags: ") != NULL;

	if (known == MEMHP_PAGE_KIND_CMA || known == MEMHP_PAGE_KIND_HUGE || known == MEMHP_PAGE_KIND_RESERVED)
		return known;
	if (names_operations(text))
		return strstr(text, "hugetlbfs_aops") ? MEMHP_PAGE_KIND_HUGE : MEMHP_PAGE_KIND_FILE;
	if (is_flags && has_word(text, "CMA"))
		return MEMHP_PAGE_KIND_CMA;
	if (has_word(text, "hugetlb"))
		return MEMHP_PAGE_KIND_HUGE;
	if (is_flags && has_word(text, "reserved"))
		return MEMHP_PAGE_KIND_RESERVED;
	if (has_word(text, "slab"))
		return MEMHP_PAGE_KIND_SLAB;
	if (!is_flags && (has_word(text, "table") || has_word(text, "pgtable")))
		return MEMHP_PAGE_KIND_TABLE;
	if (strncmp(text, "anon flags", strlen("anon flags")) == 0 || strncmp(text, "ksm flags", strlen("ksm flags")) == 0)
		return MEMHP_PAGE_KIND_ANON;
	return known;
}

/*
 * "page last allocated via order 0, migratetype Unmovable, gfp_mask 0x...(...), pid 143, tgid 142 (sleep), ts 1, free_ts 0": a
 * thread and its process. From 5.11 to 5.17 there is the thread alone, and nobody before.
 */
static void take_owner(struct memhp_page *page, const char *text)
{
	const char *p = strstr(text, ", tgid "), *name, *end = NULL;
	uint64_t number;

	if (!p)
		p = strstr(text, ", pid ");
	if (!p || (!skip(&p, ", tgid ") && !skip(&p, ", pid ")) || !take_number(&p, 10, &number) || number == 0 || number > INT_MAX)
		return;
	page->owner_pid = (pid_t)number;
	if (!skip(&p, " ("))
		return;
	name = p;
	/* A name may have anything in it. */
	while ((p = strstr(p, "), ts ")))
		end = p++;
	if (!end || end - name >= PAGE_OWNER_MAX)
		return;
	for (size_t i = 0; name + i < end; i++)
		page->owner[i] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
}

static void end_page(struct kmsg_items *items, struct kmsg_item *item, const char *why)
{
	bool is_cma = strcmp(why, "CMA page") == 0; /* until 5.6 */

	if (is_cma)
		item->page.kind = MEMHP_PAGE_KIND_CMA;
	if (is_cma || strcmp(why, "unmovable page") == 0)
		item->reason = MEMHP_REASON_UNMOVABLE_PAGE;
	else if (strcmp(why, "migration failure") == 0 || strcmp(why, "isolation failed") == 0)
		item->reason = MEMHP_REASON_MIGRATION_FAILURE;
	/* What is neither a program's nor anything that the kernel has a name for was taken by the kernel or a driver. */
	if (item->reason == MEMHP_REASON_UNMOVABLE_PAGE && item->page.kind == MEMHP_PAGE_KIND_UNKNOWN)
		item->page.kind = MEMHP_PAGE_KIND_KERNEL;
	if (item->has_addr)
		memhp__kmsg_items_drop_older(items, item);
}

/* Transparent huge pages are not larger on any machine: 512 MiB in pages of 64 KiB */
#define MAX_THP_ORDER 13

/* "head:ADDRESS order:18 compound_mapcount:1 ...": a huge page may reach from one block to others. */
static void take_order(const struct kmsg_items *items, struct kmsg_item *item, const char *text)
{
	const char *order = strstr(text, " order:");
	uint64_t number;

	if (!item->has_addr || !order || !skip(&order, " order:") || !take_number(&order, 10, &number) || number > 30)
		return;
	item->first_addr &= ~((items->page_size << number) - 1);
	item->last_addr = item->first_addr + ((items->page_size << number) - 1);
	if (number > MAX_THP_ORDER)
		item->page.kind = MEMHP_PAGE_KIND_HUGE;
}

/* A further line of a dump; false when it is none. */
static bool continue_page(struct kmsg_items *items, const char *text)
{
	static const char *const dull[] = {
		"raw: ",           "memcg:",           "page_owner ", "page allocated via ", "page has been migrated",
		"page last free ", "page_owner free ", "page is not "
	};
	struct kmsg_item *item = &items->items[items->num - 1];
	const char *why = text;

	/* Who has had it before is not who has it. */
	if (strcmp(text, "page_owner tracks the page as freed") == 0) {
		item->is_freed = true;
		memhp__kmsg_item_add_line(item, text);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(dull); i++)
		if (strncmp(text, dull[i], strlen(dull[i])) == 0)
			return true;
	if (strncmp(text, "head:", strlen("head:")) == 0) {
		take_order(items, item, text);
	} else if (skip(&why, "page dumped because: ")) {
		memhp__kmsg_item_add_line(item, text);
		end_page(items, item, why);
	} else if (skip(&why, "page last allocated via ")) {
		memhp__kmsg_item_add_line(item, text);
		if (!item->is_freed)
			take_owner(&item->page, text);
	} else if (item->reason == MEMHP_REASON_NONE &&
		   (strstr(text, "flags: 0x") || skip(&why, "page_type: ") || names_operations(text))) {
		memhp__kmsg_item_add_line(item, text);
		item->page.kind = kind_of(text, item->page.kind);
	} else {
		/* The stack of who allocated it, a line for each function: " prep_new_page+0x92/0xb0" */
		return *text == ' ';
	}
	return true;
}

static enum memhp_reason verdict_reason(const char *why)
{
	/* clang-format off */
	static const struct {
		const char *text;
		enum memhp_reason reason;
	} verdicts[] = {
		{ "memory holes", MEMHP_REASON_MEMORY_HOLE },
		{ "multizone range", MEMHP_REASON_SEVERAL_ZONES },
		{ "failure to isolate range", MEMHP_REASON_ISOLATION },
		{ "notifier failure", MEMHP_REASON_VETO },
		{ "signal backoff", MEMHP_REASON_SIGNAL },
		/* One that a driver has taken and does not let go of, since 5.8: no dump says which. */
		{ "unmovable page", MEMHP_REASON_UNMOVABLE_PAGE },
		{ "failure to dissolve huge pages", MEMHP_REASON_HUGE_PAGES },
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (strcmp(why, verdicts[i].text) == 0)
			return verdicts[i].reason;
	return MEMHP_REASON_NONE;
}

/* The words, wherever they begin: dynamic debug may put module, function and line before them. */
static const char *find_verdict(const char *text)
{
	const char *p = strstr(text, "memory offlining [mem ");

	if (p)
		return p + strlen("memory offlining [mem ");
	p = strstr(text, "online_pages [mem ");
	return p ? p + strlen("online_pages [mem ") : NULL;
}

/* "memory offlining [mem 0x100000000-0x107ffffff] failed due to failure to isolate range", "online_pages [mem ...] failed" */
static void take_verdict(struct kmsg_items *items, const char *text)
{
	const char *p = find_verdict(text);
	struct kmsg_item *item, *before;
	uint64_t first, last;

	if (!p)
		return;
	if (!take_hex(&p, &first) || !skip(&p, "-") || !take_hex(&p, &last) || !skip(&p, "] failed"))
		return;
	item = memhp__kmsg_items_add(items);
	if (!item)
		return;
	item->has_addr = true;
	item->first_addr = first;
	item->last_addr = last;
	if (skip(&p, " due to "))
		item->reason = verdict_reason(p);
	memhp__kmsg_item_add_line(item, text);
	/* A dump that does not tell where its page is comes right before. */
	before = items->num > 1 ? item - 1 : NULL;
	if (before && before->is_page && !before->has_addr) {
		before->has_addr = true;
		before->first_addr = first;
		before->last_addr = last;
	}
}

static bool take_migrating(struct kmsg_items *items, const char *text)
{
	const char *p = text;

	if ((!skip(&p, "migrating pfn ") && !skip(&p, "failed to isolate pfn ")) || !take_hex(&p, &items->migrating_pfn))
		return false;
	items->has_migrating = true;
	items->is_open = false;
	memccpy(items->migrating, text, '\0', sizeof(items->migrating) - 1);
	return true;
}

void memhp__kmsg_take_line(struct kmsg_items *items, const char *line)
{
	const char *text = text_of(line);
	const char *p = text;

	if (!text || take_migrating(items, text))
		return;
	if (skip(&p, "page:"))
		begin_page(items, text);
	else if (!items->is_open || !continue_page(items, text))
		take_verdict(items, text);
}
