// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the library makes of the kernel's log. The texts are files of tests/data/kmsg, whose first lines say where they are from. */
#include "act/dyndbg.h"
#include "decide/outcome.h"
#include "decide/step.h"
#include "read/kmsg-parse.h"
#include "read/kmsg.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "read/whole-files.h"
#include "unit.h"

#define BLOCK  UINT64_C(0x8000000)
#define NO_PFN UINT64_MAX

static char *read_data(const char *name)
{
	const char *top = getenv("top_srcdir");
	_cleanup_close_ int dirfd = open(top ? top : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char path[128], *text;

	snprintf(path, sizeof(path), "tests/data/kmsg/%s.txt", name);
	ck_assert_int_eq(memhp__file_read_all(dirfd, path, &text, NULL), 0);
	return text;
}

static void take_text(struct kmsg_items *items, const char *text)
{
	_cleanup_free_ char *copy = strdup(text);
	char *save = NULL;

	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		memhp__kmsg_take_line(items, line);
}

static const struct {
	const char *file;
	uint64_t block;
	bool alone;
	enum memhp_reason reason;
	int64_t pfn; /* 0: no page; -1: a page without one */
	enum memhp_page_kind kind;
	const char *owner;
	int lines; /* of text; 0: nothing at all */
	const char *text;
	int pid;
} texts[] = {
	{ "recorded-6.1-unmovable", 32, .reason = MEMHP_REASON_UNMOVABLE_PAGE, .pfn = 0x100000, .kind = MEMHP_PAGE_KIND_KERNEL,
	  .lines = 3, .text = "page dumped because: unmovable page" },
	{ "recorded-6.1-unmovable", 33, .reason = MEMHP_REASON_NONE },
	{ "recorded-6.1-unmovable", 33, .alone = true, .reason = MEMHP_REASON_NONE },
	{ "recorded-6.1-unmovable", 31, .reason = MEMHP_REASON_NONE },
	{ "recorded-6.1-unmovable-debug", 32, .reason = MEMHP_REASON_UNMOVABLE_PAGE, .pfn = 0x100000,
	  .kind = MEMHP_PAGE_KIND_KERNEL, .lines = 4,
	  .text = "memory offlining [mem 0x100000000-0x107ffffff] failed due to failure to isolate range" },
	{ "recorded-6.1-reserved-debug", 2, .reason = MEMHP_REASON_UNMOVABLE_PAGE, .pfn = 0x17e00, .kind = MEMHP_PAGE_KIND_RESERVED,
	  .lines = 4, .text = "(reserved|" },
	{ "recorded-6.1-hole-debug", 3, .reason = MEMHP_REASON_MEMORY_HOLE, .lines = 1, .text = "memory holes" },
	{ "recorded-6.1-notifier-debug", 34, .reason = MEMHP_REASON_VETO, .lines = 1, .text = "notifier failure" },
	{ "recorded-6.1-online-debug", 35, .reason = MEMHP_REASON_NONE, .lines = 1,
	  .text = "online_pages [mem 0x118000000-0x11fffffff] failed" },
	{ "recorded-6.1-pinned-debug", 34, .reason = MEMHP_REASON_SIGNAL, .pfn = 0x11000d, .kind = MEMHP_PAGE_KIND_ANON, .lines = 5,
	  .text = "migrating pfn 11000d failed ret:1\npage:" },
	{ "recorded-6.1-success-debug", 34, .alone = true, .reason = MEMHP_REASON_NONE },
	{ "recorded-5.10-debug", 32, .reason = MEMHP_REASON_UNMOVABLE_PAGE, .pfn = 0x100000, .kind = MEMHP_PAGE_KIND_KERNEL,
	  .lines = 4, .text = "isolate range" },
	{ "recorded-5.10-debug", 1, .reason = MEMHP_REASON_MEMORY_HOLE, .lines = 1, .text = "memory holes" },
	{ "recorded-5.10-debug", 35, .reason = MEMHP_REASON_VETO, .lines = 1, .text = "notifier failure" },
	{ "recorded-5.10-debug", 34, .reason = MEMHP_REASON_HUGE_PAGES, .lines = 1, .text = "dissolve huge pages" },
	{ "recorded-5.10-debug", 33, .reason = MEMHP_REASON_SIGNAL, .pfn = 0x108000, .kind = MEMHP_PAGE_KIND_ANON, .lines = 5,
	  .text = "anon flags" },
	{ "recorded-5.10-debug", 47, .reason = MEMHP_REASON_SIGNAL, .pfn = 0x140000, .kind = MEMHP_PAGE_KIND_HUGE, .lines = 5,
	  .text = "|head" },
	{ "recorded-5.10-debug", 48, .reason = MEMHP_REASON_NONE },
	{ "recorded-6.1-debug", 32, .reason = MEMHP_REASON_UNMOVABLE_PAGE, .pfn = 0x100000, .kind = MEMHP_PAGE_KIND_KERNEL,
	  .lines = 4, .text = "isolate range" },
	{ "recorded-6.1-debug", 1, .reason = MEMHP_REASON_MEMORY_HOLE, .lines = 1, .text = "memory holes" },
	{ "recorded-6.1-debug", 35, .reason = MEMHP_REASON_VETO, .lines = 1, .text = "notifier failure" },
	{ "recorded-6.1-debug", 34, .reason = MEMHP_REASON_HUGE_PAGES, .lines = 1, .text = "dissolve huge pages" },
	{ "recorded-6.1-debug", 33, .reason = MEMHP_REASON_SIGNAL, .pfn = 0x108000, .kind = MEMHP_PAGE_KIND_ANON, .lines = 5,
	  .text = "anon flags" },
	{ "recorded-6.1-debug", 47, .reason = MEMHP_REASON_SIGNAL, .pfn = 0x140000, .kind = MEMHP_PAGE_KIND_HUGE, .lines = 5,
	  .text = "|head" },
	{ "recorded-6.1-debug", 48, .reason = MEMHP_REASON_NONE },
	{ "recorded-6.12-debug", 32, .reason = MEMHP_REASON_UNMOVABLE_PAGE, .pfn = 0x100000, .kind = MEMHP_PAGE_KIND_KERNEL,
	  .lines = 4, .text = "isolate range" },
	{ "recorded-6.12-debug", 1, .reason = MEMHP_REASON_MEMORY_HOLE, .lines = 1, .text = "memory holes" },
	{ "recorded-6.12-debug", 35, .reason = MEMHP_REASON_VETO, .lines = 1, .text = "notifier failure" },
	{ "recorded-6.12-debug", 34, .reason = MEMHP_REASON_HUGE_PAGES, .lines = 1, .text = "dissolve huge pages" },
	{ "recorded-6.12-debug", 33, .reason = MEMHP_REASON_SIGNAL, .pfn = 0x108000, .kind = MEMHP_PAGE_KIND_ANON, .lines = 5,
	  .text = "anon flags" },
	{ "recorded-6.12-debug", 47, .reason = MEMHP_REASON_SIGNAL, .pfn = 0x140000, .kind = MEMHP_PAGE_KIND_HUGE, .lines = 6,
	  .text = "|head" },
	{ "recorded-6.12-debug", 48, .reason = MEMHP_REASON_NONE },
	{ "written-5.0-reserved-debug", 32, .reason = MEMHP_REASON_UNMOVABLE_PAGE, .pfn = -1, .kind = MEMHP_PAGE_KIND_RESERVED,
	  .lines = 4, .text = "count:1" },
	{ "written-5.0-reserved-debug", 33, .reason = MEMHP_REASON_NONE },
	{ "written-5.4-migration", 34, .reason = MEMHP_REASON_MIGRATION_FAILURE, .pfn = 0x110017, .kind = MEMHP_PAGE_KIND_FILE,
	  .lines = 5, .text = "libc-2.31.so" },
	{ "written-5.15-slab-owner", 32, .reason = MEMHP_REASON_UNMOVABLE_PAGE, .pfn = 0x100200, .kind = MEMHP_PAGE_KIND_SLAB,
	  .lines = 4, .text = "pid 142", .pid = 142 },
	{ "written-6.6-table-owner-debug", 32, .reason = MEMHP_REASON_UNMOVABLE_PAGE, .pfn = 0x100200,
	  .kind = MEMHP_PAGE_KIND_TABLE, .owner = "my), ts (odd)", .lines = 6, .text = "isolate range", .pid = 142 },
	{ "written-5.4-cma", 32, .alone = true, .reason = MEMHP_REASON_UNMOVABLE_PAGE, .pfn = -1, .kind = MEMHP_PAGE_KIND_CMA,
	  .lines = 4, .text = "CMA page" },
	{ "written-5.4-cma", 34, .reason = MEMHP_REASON_MIGRATION_FAILURE, .pfn = 0x110017, .kind = MEMHP_PAGE_KIND_FILE,
	  .lines = 5, .text = "libc-2.28.so" },
	{ "written-5.10-owner", 32, .reason = MEMHP_REASON_UNMOVABLE_PAGE, .pfn = 0x100200, .kind = MEMHP_PAGE_KIND_FILE,
	  .lines = 5, .text = "ino:85" },
	{ "written-6.12-owner", 32, .reason = MEMHP_REASON_UNMOVABLE_PAGE, .pfn = 0x100200, .kind = MEMHP_PAGE_KIND_KERNEL,
	  .owner = "IO mon_iothread", .lines = 4, .text = "tgid 142", .pid = 142 },
	{ "written-6.12-owner", 33, .reason = MEMHP_REASON_UNMOVABLE_PAGE, .pfn = 0x108200, .kind = MEMHP_PAGE_KIND_KERNEL,
	  .lines = 5, .text = "as freed" },
	{ "written-6.12-owner", 34, .reason = MEMHP_REASON_UNMOVABLE_PAGE, .pfn = 0x110200, .kind = MEMHP_PAGE_KIND_RESERVED,
	  .lines = 3, .text = "reserved" },
	{ "written-6.12-types", 34, .reason = MEMHP_REASON_MIGRATION_FAILURE, .pfn = 0x110000, .kind = MEMHP_PAGE_KIND_HUGE,
	  .lines = 5, .text = "f4(hugetlb)" },
	{ "written-6.12-types", 35, .reason = MEMHP_REASON_UNMOVABLE_PAGE, .pfn = 0x118000, .kind = MEMHP_PAGE_KIND_CMA, .lines = 3,
	  .text = ") CMA" },
	{ "written-6.12-types", 32, .reason = MEMHP_REASON_UNMOVABLE_PAGE, .pfn = 0x100300, .kind = MEMHP_PAGE_KIND_SLAB,
	  .lines = 4, .text = "f5(slab)" },
	{ "written-6.1-others", 33, .reason = MEMHP_REASON_ISOLATION, .lines = 1, .text = "isolate range" },
	{ "written-6.1-others", 34, .reason = MEMHP_REASON_SEVERAL_ZONES, .lines = 1, .text = "multizone range" },
	{ "written-6.1-others", 35, .reason = MEMHP_REASON_MIGRATION_FAILURE, .pfn = 0x118001, .kind = MEMHP_PAGE_KIND_FILE,
	  .lines = 5, .text = "shmem_aops" },
	{ "written-6.1-others", 36, .reason = MEMHP_REASON_NONE, .lines = 1, .text = "a reason of the future" },
	{ "written-6.1-others", 37, .reason = MEMHP_REASON_MEMORY_HOLE, .lines = 1, .text = "memory_hotplug:offline_pages:1965: " },
	{ "written-6.1-others", 38, .reason = MEMHP_REASON_UNMOVABLE_PAGE, .lines = 1, .text = "to unmovable page" },
	{ "written-6.1-others", 39, .reason = MEMHP_REASON_UNMOVABLE_PAGE, .lines = 5, .text = "138001 failed" },
};

static int count_lines(const char *text)
{
	int lines = 1;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

START_TEST(kernel_texts)
{
	struct kmsg_items items = { .page_size = 4096 };
	_cleanup_free_ char *text = read_data(texts[_i].file);
	_cleanup_free_ struct kernel_note *note = NULL, *again = NULL;

	take_text(&items, text);
	note = memhp__kmsg_take_note(&items, texts[_i].block * BLOCK, texts[_i].block * BLOCK + (BLOCK - 1), texts[_i].alone);
	again = memhp__kmsg_take_note(&items, texts[_i].block * BLOCK, texts[_i].block * BLOCK + (BLOCK - 1), texts[_i].alone);
	memhp__kmsg_items_release(&items);
	ck_assert_ptr_null(again);
	ck_assert_int_eq(note != NULL, texts[_i].lines > 0);
	if (!note)
		return;
	ck_assert_str_eq(memhp_reason_name(note->reason), memhp_reason_name(texts[_i].reason));
	ck_assert_int_eq(note->has_page, texts[_i].pfn != 0);
	ck_assert_int_eq(count_lines(note->text), texts[_i].lines);
	ck_assert_msg(strstr(note->text, texts[_i].text), "%s", note->text);
	if (!note->has_page)
		return;
	ck_assert_uint_eq(note->page.pfn, texts[_i].pfn < 0 ? NO_PFN : (uint64_t)texts[_i].pfn);
	ck_assert_str_eq(memhp_page_kind_name(note->page.kind), memhp_page_kind_name(texts[_i].kind));
	ck_assert_pstr_eq(memhp_page_get_owner(&note->page), texts[_i].owner);
	ck_assert_int_eq(memhp_page_get_owner_pid(&note->page), texts[_i].pid);
}
END_TEST

/* Without a place of its own a dump belongs to the request's only block. */
START_TEST(nameless)
{
	struct kmsg_items items = { .page_size = 4096 };
	_cleanup_free_ struct kernel_note *none = NULL, *note = NULL;

	take_text(&items, "4,1,1,-;page:ffffea0004000000 count:1 mapcount:0 mapping:0000000000000000 index:0x0\n"
			  "4,2,1,-;flags: 0x17ffffc0000100(slab)\n"
			  "4,3,1,-;page dumped because: unmovable page\n");
	none = memhp__kmsg_take_note(&items, 0, BLOCK - 1, false);
	ck_assert_ptr_null(none);
	note = memhp__kmsg_take_note(&items, 0, BLOCK - 1, true);
	ck_assert_ptr_nonnull(note);
	ck_assert_uint_eq(memhp_page_get_pfn(&note->page), NO_PFN);
	ck_assert_int_eq(memhp_page_get_kind(&note->page), MEMHP_PAGE_KIND_SLAB);
	memhp__kmsg_items_release(&items);
}
END_TEST

/* Nothing of these is about a block. */
static const char *const noise[] = {
	"",
	"\n",
	";",
	"4",
	"4,",
	"4,1,1,-",
	"x,1,1,-;memory offlining [mem 0x0-0x7ffffff] failed due to memory holes",
	"-4,1,1,-;memory offlining [mem 0x0-0x7ffffff] failed due to memory holes",
	"12,1,1,-;memory offlining [mem 0x0-0x7ffffff] failed due to memory holes",
	"99999999999999999999,1,1,-;memory offlining [mem 0x0-0x7ffffff] failed due to memory holes",
	"7,1,1,-;memory offlining [mem 0x0-0x8000000] failed due to memory holes",
	"7,1,1,-;memory offlining [mem 0x-0x7ffffff] failed due to memory holes",
	"7,1,1,-;memory offlining [mem 0x0-0x7ffffff0000000000] failed due to memory holes",
	"7,1,1,-;memory offlining [mem 0x0-0xfffffffffffffffff] failed due to memory holes",
	"7,1,1,-;memory offlining [mem 0x0-0x7ffffff] done",
	"4,1,1,-;page:0 refcount:1 pfn:0x10",
	"4,1,1,-;page:0 refcount:1 pfn:0x10\n4,1,1,-;page dumped because: VM_BUG_ON_PAGE(1)",
	"4,1,1,-;page:0 refcount:1 pfn:0x10\n12,1,1,-;page dumped because: unmovable page",
	"4,1,1,-;page:0 refcount:1 pfn:0xffffffffffffffff\n4,1,1,-;page dumped because: unmovable page",
	"4,1,1,-;page dumped because: unmovable page",
	"4,1,1,-;page last allocated via order 0, pid 1, tgid 1 (init), ts 1",
	"4,1,1,-;migrating pfn 10 failed ret:1",
	"4,1,1,-;migrating pfn  failed ret:1",
};

START_TEST(no_text)
{
	struct kmsg_items items = { .page_size = 4096 };
	_cleanup_free_ struct kernel_note *note = NULL;

	take_text(&items, noise[_i]);
	note = memhp__kmsg_take_note(&items, 0, BLOCK - 1, false);
	ck_assert_ptr_null(note);
	memhp__kmsg_items_release(&items);
}
END_TEST

/* What is kept has bounds, and the newest of it. */
START_TEST(bounds)
{
	struct kmsg_items items = { .page_size = 4096 };
	_cleanup_free_ struct kernel_note *newest = NULL, *oldest = NULL;
	char line[4096];

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	for (unsigned int i = 0; i < KMSG_MAX_ITEMS + 10; i++) {
		char text[128];

		snprintf(text, sizeof(text), "4,1,1,-;page:0 refcount:1 pfn:0x%x", i);
		memhp__kmsg_take_line(&items, text);
		for (unsigned int j = 0; j < 20; j++)
			memhp__kmsg_take_line(&items, "4,1,1,-;flags: 0x0(locked\x1b\xff)");
		memcpy(line, "4,1,1,-;flags: 0x", strlen("4,1,1,-;flags: 0x"));
		memhp__kmsg_take_line(&items, line);
		memhp__kmsg_take_line(&items, "4,1,1,-;page dumped because: unmovable page");
		ck_assert_uint_le(items.num, KMSG_MAX_ITEMS);
	}
	oldest = memhp__kmsg_take_note(&items, 0, 10 * 4096 - 1, false);
	ck_assert_ptr_null(oldest);
	newest = memhp__kmsg_take_note(&items, 0, BLOCK - 1, false);
	ck_assert_uint_eq(newest->page.pfn, KMSG_MAX_ITEMS + 9);
	ck_assert_int_eq(count_lines(newest->text), KMSG_ITEM_LINES);
	ck_assert_ptr_nonnull(strstr(newest->text, "(locked?"
						   "?)"));
	memhp__kmsg_items_release(&items);
}
END_TEST

/* A page that fails again and again is one. */
START_TEST(repeated)
{
	struct kmsg_items items = { .page_size = 4096 };
	_cleanup_free_ char *text = read_data("recorded-6.1-pinned-debug");

	for (unsigned int i = 0; i < 100; i++)
		take_text(&items, text);
	ck_assert_uint_le(items.num, 101);
	memhp__kmsg_items_release(&items);
}
END_TEST

static const struct {
	const char *line;
	bool is_off;
	unsigned long number;
} controls[] = {
	{ "mm/memory_hotplug.c:1965 [memory_hotplug]offline_pages =_ \"memory offlining\"", true, 1965 },
	{ "/build/linux/mm/memory_hotplug.c:12 [memory_hotplug]offline_pages =_ \"text\\012\"", true, 12 },
	{ "mm/memory_hotplug.c:1 [memory_hotplug]f =ml \"text = p\"", true, 1 },
	{ "mm/memory_hotplug.c:1965 [memory_hotplug]offline_pages =p \"memory offlining\"", false, 0 },
	{ "mm/memory_hotplug.c:1965 [memory_hotplug]offline_pages =pmf \"memory offlining\"", false, 0 },
	{ "mm/xmemory_hotplug.c:1965 [memory_hotplug]offline_pages =_ \"memory offlining\"", false, 0 },
	{ "xmm/memory_hotplug.c:1965 [memory_hotplug]offline_pages =_ \"memory offlining\"", false, 0 },
	{ "mm/memory.c:5 [memory]f =_ \"see mm/memory_hotplug.c:5 =_\"", false, 0 },
	{ "mm/memory_hotplug.c:x [memory_hotplug]f =_", false, 0 },
	{ "mm/memory_hotplug.c:5", false, 0 },
	{ "# filename:lineno [module]function flags format", false, 0 },
	{ "", false, 0 },
};

START_TEST(control)
{
	unsigned long number = 0;

	ck_assert_int_eq(memhp__dyndbg_parse_control(controls[_i].line, &number), controls[_i].is_off);
	ck_assert_uint_eq(number, controls[_i].number);
}
END_TEST

/* A machine with a log that is a file */

static void append(const struct machine *machine, const char *text)
{
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "%s/dev/kmsg", machine->dir);
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static struct memhp_step busy_block(uint64_t id)
{
	return (struct memhp_step){ .block_id = id,
				    .start_addr = id * BLOCK,
				    .last_addr = id * BLOCK + (BLOCK - 1),
				    .error = -EBUSY,
				    .outcome = MEMHP_OUTCOME_BUSY,
				    .reason = MEMHP_REASON_BUSY };
}

static void explain(struct kmsg *kmsg, struct memhp_step *step, bool alone)
{
	memhp__outcome_take_note(step, memhp__kmsg_read_note(kmsg, step->start_addr, step->last_addr, alone));
}

START_TEST(log_file)
{
	_cleanup_machine_ struct machine machine;
	struct memhp_step step = busy_block(32), other = busy_block(33);
	_cleanup_free_ char *text = read_data("recorded-6.1-unmovable-debug"), *tall = malloc(3 * KMSG_BUFFER);
	struct kmsg kmsg;

	machine_make(&machine, "blocks 0\nfile dev/kmsg \"7,1,1,-;memory offlining [mem 0x108000000-0x10fffffff] failed\\n\"\n");
	ck_assert_int_eq(memhp__kmsg_open(&kmsg, machine.ctx), 0);
	/* A line that no kernel writes, and one that comes in two parts */
	memset(tall, 'x', 3 * KMSG_BUFFER - 1);
	tall[3 * KMSG_BUFFER - 2] = '\n';
	tall[3 * KMSG_BUFFER - 1] = '\0';
	append(&machine, tall);
	append(&machine, text);
	append(&machine, "7,1,1,-;memory offlining [mem 0x108000000");
	explain(&kmsg, &other, false);
	ck_assert_ptr_null(memhp_step_get_kernel_text(&other));
	append(&machine, "-0x10fffffff] failed due to notifier failure\n");
	explain(&kmsg, &other, false);
	ck_assert_str_eq(memhp_step_get_kernel_text(&other),
			 "memory offlining [mem 0x108000000-0x10fffffff] failed due to notifier failure");
	ck_assert_int_eq(memhp_step_get_reason(&other), MEMHP_REASON_VETO);
	ck_assert_ptr_null(memhp_step_get_page(&other));
	explain(&kmsg, &step, false);
	ck_assert_int_eq(memhp_step_get_reason(&step), MEMHP_REASON_UNMOVABLE_PAGE);
	ck_assert_uint_eq(memhp_page_get_pfn(memhp_step_get_page(&step)), 0x100000);
	memhp__kmsg_close(&kmsg);
	free(step.note);
	free(other.note);
}
END_TEST

/* What is no log is none, and does not hang. */
static const struct {
	const char *machine;
	int error;
} no_logs[] = {
	{ "blocks 0\n", -ENOENT },
	{ "blocks 0\nfifo dev/kmsg\n", -ESPIPE },
	{ "blocks 0\nlink dev/kmsg ../proc/zoneinfo\n", -ELOOP },
	{ "blocks 0\nfile proc/kmsg x\nlink dev proc\n", -ENOTDIR },
};

START_TEST(no_log)
{
	_cleanup_machine_ struct machine machine;
	struct memhp_step step = busy_block(32);
	struct kmsg kmsg;

	machine_make(&machine, no_logs[_i].machine);
	ck_assert_int_eq(memhp__kmsg_open(&kmsg, machine.ctx), no_logs[_i].error);
	explain(&kmsg, &step, true);
	ck_assert_int_eq(memhp_step_get_reason(&step), MEMHP_REASON_BUSY);
	memhp__kmsg_close(&kmsg);
}
END_TEST

/* What the switch writes: the file stands for the kernel's, and takes the words one after the other. */
static char written[512];

static ssize_t note_write(int fd, const char *path, const void *buf, size_t size)
{
	ck_assert_str_eq(path, "control");
	ck_assert_int_ge(fd, 0);
	strncat(written, buf, size);
	strcat(written, ";");
	return (ssize_t)size;
}

#define FILE_OF_MESSAGES                                                                        \
	"# filename:lineno [module]function flags format\\n"                                    \
	"mm/memory.c:7 [memory]f =_ \\\"x\\\"\\n"                                               \
	"mm/memory_hotplug.c:217 [memory_hotplug]register_memory_resource =p \\\"Unable\\\"\\n" \
	"mm/memory_hotplug.c:1919 [memory_hotplug]offline_pages =_ \\\"Offlined\\\"\\n"         \
	"mm/memory_hotplug.c:1965 [memory_hotplug]offline_pages =m \\\"memory\\\"\\n"

static const struct {
	const char *machine;
	int error;
	const char *written;
} debugs[] = {
	{ "file proc/dynamic_debug/control \"" FILE_OF_MESSAGES "\"\n", 0,
	  "file mm/memory_hotplug.c +p;file mm/memory_hotplug.c line 1919 -p;file mm/memory_hotplug.c line 1965 -p;" },
	{ "file sys/kernel/debug/dynamic_debug/control \"" FILE_OF_MESSAGES "\"\n", 0,
	  "file mm/memory_hotplug.c +p;file mm/memory_hotplug.c line 1919 -p;file mm/memory_hotplug.c line 1965 -p;" },
	{ "file proc/dynamic_debug/control \"mm/memory_hotplug.c:7 [memory_hotplug]f =p \\\"x\\\"\\n\"\n", 0, "" },
	{ "file proc/dynamic_debug/control \"mm/memory.c:7 [memory]f =_ \\\"x\\\"\\n\"\n", -EOPNOTSUPP, "" },
	{ "dir proc/dynamic_debug\n", -ENOENT, "" },
	{ "blocks 0\n", -ENOENT, "" },
};

START_TEST(debug)
{
	_cleanup_machine_ struct machine machine;
	const struct file_ops *kept;
	struct file_ops ops = memhp__file_ops_tree;
	struct dyndbg state;

	machine_make(&machine, debugs[_i].machine);
	kept = machine.ctx->ops;
	ops.write = note_write;
	machine.ctx->ops = &ops;
	written[0] = '\0';
	ck_assert_int_eq(memhp__dyndbg_enable(&state, machine.ctx), debugs[_i].error);
	memhp__dyndbg_restore(&state);
	ck_assert_str_eq(written, debugs[_i].written);
	machine.ctx->ops = kept;
}
END_TEST

UNIT("kmsg", tests)
{
	add_table(tests, kernel_texts, texts);
	tcase_add_test(tests, nameless);
	add_table(tests, no_text, noise);
	tcase_add_test(tests, bounds);
	tcase_add_test(tests, repeated);
	add_table(tests, control, controls);
	tcase_add_test(tests, log_file);
	add_table(tests, no_log, no_logs);
	add_table(tests, debug, debugs);
}
