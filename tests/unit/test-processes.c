// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <stdio.h>

#include "unit.h"

#define PRESENT (UINT64_C(1) << 63)
#define SWAPPED (UINT64_C(1) << 62)
#define SHARED  (UINT64_C(1) << 61)

static uint64_t page_size;

/* /proc/PID with these areas; put_entries() says what is in them, from a page of the process on. */
static void add_process(const struct machine *machine, int pid, const char *status, const char *area, const char *further)
{
	char text[2048];

	snprintf(text, sizeof(text), "file proc/%d/status \"%s\"\nfile proc/%d/maps \"%s%s\"\nfile proc/%d/pagemap \"\"\n", pid,
		 status, pid, area, further, pid);
	machine_change(machine, text);
}

static void put_entries(const struct machine *machine, int pid, uint64_t page, const uint64_t *entries, size_t num)
{
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "%s/proc/%d/pagemap", machine->dir, pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, entries, num * sizeof(*entries), (off_t)(page * sizeof(*entries))),
			 (ssize_t)(num * sizeof(*entries)));
	close(fd);
}

/* "A-B", addresses of the process for pages first ... end - 1, as maps has them; static */
static const char *area(uint64_t first, uint64_t end, const char *rest)
{
	static char lines[8][128];
	static unsigned int turn;
	char *line = lines[turn++ % ARRAY_SIZE(lines)];

	snprintf(line, sizeof(lines[0]), "%08llx-%08llx %s\\n", (unsigned long long)(first * page_size),
		 (unsigned long long)(end * page_size), rest);
	return line;
}

#define ANON "rw-p 00000000 00:00 0"

/* Two ranges of frames: 0x100-0x1ff, and the single page 0x300; higher ones first, for the order is the caller's. */
static int find(const struct machine *machine, struct memhp_mappers **mappers)
{
	const uint64_t starts[] = { 0x300 * page_size, 0x100 * page_size };
	const uint64_t lasts[] = { 0x301 * page_size - 1, 0x200 * page_size - 1 };

	return memhp_mappers_new(mappers, machine->ctx, starts, lasts, 2, MEMHP_NO_TIMEOUT);
}

static void check_process(const struct memhp_mappers *mappers, size_t range, size_t index, int pid, const char *name,
			  uint64_t num_pages)
{
	const struct memhp_process *process = memhp_mappers_get_process(mappers, range, index);

	ck_assert_ptr_nonnull(process);
	ck_assert_int_eq(memhp_process_get_pid(process), pid);
	ck_assert_str_eq(memhp_process_get_name(process), name);
	ck_assert_uint_eq(memhp_process_get_figure(process, MEMHP_PROCESS_FIGURE_MAPPED), num_pages * page_size);
}

static size_t count_processes(const struct memhp_mappers *mappers, size_t range)
{
	size_t num = 0;

	while (memhp_mappers_get_process(mappers, range, num))
		num++;
	return num;
}

START_TEST(ranges)
{
	_cleanup_machine_ struct machine machine;
	/* at the edges of the first range, outside of it, swapped out, nothing; shared and dirty bits count for nothing */
	static const uint64_t small[] = { PRESENT | 0xff,  PRESENT | 0x100, PRESENT | SHARED | 0x1ff,
					  PRESENT | 0x200, SWAPPED | 0x150, 0x150 };
	static const uint64_t large[] = { PRESENT | 0x110, PRESENT | 0x300, PRESENT | 0x111, PRESENT | 0x110 };
	_cleanup_mappers_ struct memhp_mappers *mappers = NULL;

	machine_make(&machine, "blocks 0 zones Normal\n");
	add_process(&machine, 20, "Name:\\tsmall one\\nVmLck:\\t     8 kB\\nVmPin:\\t     4 kB\\n", area(16, 22, ANON), "");
	put_entries(&machine, 20, 16, small, ARRAY_SIZE(small));
	add_process(&machine, 7, "Name:\\tl\\x01rge\\xc3\\n", area(16, 18, ANON), area(30, 32, "r--s 00000000 08:01 99 /a [v b"));
	put_entries(&machine, 7, 16, large, 2);
	put_entries(&machine, 7, 30, large + 2, 2);
	/* maps nothing that is asked for; a thread of the kernel; no process */
	add_process(&machine, 21, "Name:\\tother\\n", area(16, 17, ANON), "");
	put_entries(&machine, 21, 16, small, 1);
	add_process(&machine, 2, "Name:\\tkthreadd\\n", "", "");
	machine_change(&machine, "dir proc/self\ndir proc/020\n");

	ck_assert_int_eq(find(&machine, &mappers), 0);
	ck_assert_uint_eq(count_processes(mappers, 0), 1);
	check_process(mappers, 0, 0, 7, "l?rge?", 1);
	ck_assert_uint_eq(count_processes(mappers, 1), 2);
	check_process(mappers, 1, 0, 7, "l?rge?", 3); /* one page twice */
	check_process(mappers, 1, 1, 20, "small one", 2);
	ck_assert_uint_eq(memhp_process_get_figure(memhp_mappers_get_process(mappers, 1, 1), MEMHP_PROCESS_FIGURE_LOCKED), 8192);
	ck_assert_uint_eq(memhp_process_get_figure(memhp_mappers_get_process(mappers, 1, 1), MEMHP_PROCESS_FIGURE_PINNED), 4096);
	ck_assert_uint_eq(memhp_process_get_figure(memhp_mappers_get_process(mappers, 1, 0), MEMHP_PROCESS_FIGURE_PINNED), 0);
	ck_assert_ptr_null(memhp_mappers_get_process(mappers, 1, 2));
	ck_assert_ptr_null(memhp_mappers_get_process(mappers, 2, 0));
	ck_assert_uint_eq(count_processes(mappers, 2), 0);
	ck_assert_uint_eq(memhp_mappers_get_num_skipped(mappers), 0);
	memhp_mappers_free(NULL);
}
END_TEST

/* The heaviest first, of equals the lowest process id */
START_TEST(order)
{
	static const uint64_t entries[] = { PRESENT | 0x180, PRESENT | 0x181, PRESENT | 0x182 };
	_cleanup_machine_ struct machine machine;
	static const struct {
		int pid;
		size_t num;
	} processes[] = { { 5, 1 }, { 6, 3 }, { 40, 2 }, { 300, 3 } };
	static const int pids[] = { 6, 300, 40, 5 };
	_cleanup_mappers_ struct memhp_mappers *mappers = NULL;

	machine_make(&machine, "blocks 0 zones Normal\n");
	for (size_t i = 0; i < ARRAY_SIZE(processes); i++) {
		add_process(&machine, processes[i].pid, "Name:\\tp\\n", area(16, 19, ANON), "");
		put_entries(&machine, processes[i].pid, 16, entries, processes[i].num);
	}
	ck_assert_int_eq(find(&machine, &mappers), 0);
	ck_assert_uint_eq(count_processes(mappers, 1), ARRAY_SIZE(pids));
	for (size_t i = 0; i < ARRAY_SIZE(pids); i++)
		ck_assert_int_eq(memhp_process_get_pid(memhp_mappers_get_process(mappers, 1, i)), pids[i]);
}
END_TEST

/* What the kernel lends to every process is not looked at: its entries would count, if they were. */
START_TEST(special_areas)
{
	static const uint64_t entries[] = { PRESENT | 0x100, PRESENT | 0x101, PRESENT | 0x102 };
	_cleanup_machine_ struct machine machine;
	_cleanup_mappers_ struct memhp_mappers *mappers = NULL;

	machine_make(&machine, "blocks 0 zones Normal\n");
	add_process(&machine, 9, "Name:\\tp\\n", area(16, 17, ANON " [vvar]"), area(17, 18, ANON " [stack]"));
	add_process(&machine, 8, "Name:\\tq\\n", area(16, 17, ANON),
		    "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\\n");
	put_entries(&machine, 9, 16, entries, ARRAY_SIZE(entries));
	put_entries(&machine, 8, 16, entries, 1);
	ck_assert_int_eq(find(&machine, &mappers), 0);
	ck_assert_uint_eq(count_processes(mappers, 1), 2);
	check_process(mappers, 1, 0, 8, "q", 1);
	check_process(mappers, 1, 1, 9, "p", 1);
}
END_TEST

/* A terabyte without memory is given up on, what comes behind it is not, and the process counts as looked at in part. */
START_TEST(sparse)
{
	static const uint64_t entries[] = { PRESENT | 0x100 };
	_cleanup_machine_ struct machine machine;
	uint64_t far = 16 + ((uint64_t)1 << 40) / page_size;
	_cleanup_mappers_ struct memhp_mappers *mappers = NULL;

	machine_make(&machine, "blocks 0 zones Normal\n");
	add_process(&machine, 9, "Name:\\tp\\n", area(16, far, ANON), area(far, far + 1, ANON));
	put_entries(&machine, 9, far, entries, 1);
	ck_assert_int_eq(find(&machine, &mappers), 0);
	ck_assert_uint_eq(count_processes(mappers, 1), 1);
	check_process(mappers, 1, 0, 9, "p", 1);
	ck_assert_uint_eq(memhp_mappers_get_num_skipped(mappers), 1);
}
END_TEST

/* A process that cannot be looked at does not hide the others. */
static const struct {
	const char *spoil;
	size_t num_skipped;
} spoiled[] = {
	{ "remove proc/8\n", 0 },
	{ "remove proc/8/maps\n", 0 },
	{ "remove proc/8/pagemap\n", 0 },
	{ "remove proc/8/status\n", 0 },
	{ "remove proc/8\nlink proc/8 9\n", 1 },
	{ "remove proc/8\nfile proc/8 text\n", 1 },
	{ "file proc/8/maps garbage\n", 1 },
	{ "file proc/8/maps \"10000\\x00\"\n", 1 },
	{ "file proc/8/maps \"20000-10000 rw-p 0 0 0\\n\"\n", 1 },
	{ "file proc/8/maps \"10000-20000 rw-p 0 0 0 0\\n1f000-30000 rw-p 0 0 0 0\\n\"\n", 1 },
	{ "remove proc/8/pagemap\ndir proc/8/pagemap\n", 1 },
	{ "remove proc/8/pagemap\nlink proc/8/pagemap ../9/pagemap\n", 1 },
	{ "remove proc/8/pagemap\nfifo proc/8/pagemap\n", 1 },
};

START_TEST(others)
{
	static const uint64_t entries[] = { PRESENT | 0x100 };
	_cleanup_machine_ struct machine machine;
	_cleanup_mappers_ struct memhp_mappers *mappers = NULL;

	machine_make(&machine, "blocks 0 zones Normal\n");
	for (int pid = 8; pid < 10; pid++) {
		add_process(&machine, pid, "Name:\\tp\\n", area(16, 17, ANON), "");
		put_entries(&machine, pid, 16, entries, 1);
	}
	machine_change(&machine, spoiled[_i].spoil);
	ck_assert_int_eq(find(&machine, &mappers), 0);
	ck_assert_uint_eq(count_processes(mappers, 1), 1);
	check_process(mappers, 1, 0, 9, "p", 1);
	ck_assert_uint_eq(memhp_mappers_get_num_skipped(mappers), spoiled[_i].num_skipped);
}
END_TEST

/* Without privilege frames read as 0. */
START_TEST(hidden)
{
	static const uint64_t entries[] = { PRESENT };
	_cleanup_machine_ struct machine machine;
	struct memhp_mappers *mappers = NULL;

	machine_make(&machine, "blocks 0 zones Normal\n");
	add_process(&machine, 9, "Name:\\tp\\n", area(16, 17, ANON), "");
	put_entries(&machine, 9, 16, entries, 1);
	ck_assert_int_eq(find(&machine, &mappers), -EPERM);
	ck_assert_ptr_null(mappers);
}
END_TEST

START_TEST(nothing_to_look_at)
{
	_cleanup_machine_ struct machine machine;
	struct memhp_mappers *mappers;

	machine_make(&machine, "blocks 0 zones Normal\nremove proc\n");
	ck_assert_int_eq(find(&machine, &mappers), -ENOENT);
	machine_change(&machine, "dir proc\n");
	ck_assert_int_eq(find(&machine, &mappers), -ENOENT);
	add_process(&machine, 9, "Name:\\tp\\n", area(16, 17, ANON), "");
	machine_change(&machine, "remove proc/9/pagemap\n");
	ck_assert_int_eq(find(&machine, &mappers), -ENOENT);
}
END_TEST

START_TEST(arguments)
{
	_cleanup_machine_ struct machine machine;
	const uint64_t starts[] = { 0, page_size - 1 }, lasts[] = { 10, page_size };
	struct memhp_mappers *mappers;
	int fds[2];

	machine_make(&machine, "blocks 0 zones Normal\n");
	add_process(&machine, 9, "Name:\\tp\\n", area(16, 17, ANON), "");
	ck_assert_int_eq(memhp_mappers_new(&mappers, machine.ctx, starts, lasts, 0, MEMHP_NO_TIMEOUT), -EINVAL);
	ck_assert_int_eq(memhp_mappers_new(&mappers, machine.ctx, starts, lasts, 2, MEMHP_NO_TIMEOUT), -EINVAL);
	ck_assert_int_eq(memhp_mappers_new(&mappers, machine.ctx, lasts, starts, 1, MEMHP_NO_TIMEOUT), -EINVAL);
	ck_assert_int_eq(memhp_mappers_new(&mappers, machine.ctx, starts, lasts, 1, MEMHP_NO_TIMEOUT), 0);
	memhp_mappers_free(mappers);
	ck_assert_int_eq(memhp_mappers_new(&mappers, machine.ctx, starts, lasts, 1, 0), -ETIMEDOUT);

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], "x", 1), 1);
	ck_assert_int_eq(memhp_ctx_set_cancel_fd(machine.ctx, fds[0]), 0);
	ck_assert_int_eq(memhp_mappers_new(&mappers, machine.ctx, starts, lasts, 1, MEMHP_NO_TIMEOUT), -ECANCELED);
	close(fds[0]);
	close(fds[1]);
	ck_assert_int_eq(memhp_mappers_new(&mappers, machine.ctx, starts, lasts, 1, MEMHP_NO_TIMEOUT), -EBADF);
}
END_TEST

UNIT("mappers", tests)
{
	page_size = 4096; /* of trees; the running machine may have another */
	tcase_add_test(tests, ranges);
	tcase_add_test(tests, order);
	tcase_add_test(tests, special_areas);
	tcase_add_test(tests, sparse);
	add_table(tests, others, spoiled);
	tcase_add_test(tests, hidden);
	tcase_add_test(tests, nothing_to_look_at);
	tcase_add_test(tests, arguments);
}
