// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the kernel says while blocks are changed, and which block gets it. */
#include <fcntl.h>
#include <stdio.h>

#include "kernel.h"

static const char machine_text[] =
	"blocks 40-43 zones Movable\n"
	"file dev/kmsg \"7,1,1,-;memory offlining [mem 0x140000000-0x147ffffff] failed due to memory holes\\n\"\n";

/* The kernel logs a line about the block, and answers with errno `arg`. */
static int say(const struct store *store, const char *format)
{
	unsigned long long first = store->id * 0x8000000ULL;
	char path[300], line[256];
	int fd;

	snprintf(path, sizeof(path), "%s/dev/kmsg", store->kernel->dir);
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	snprintf(line, sizeof(line), "7,2,2,-;memory offlining [mem 0x%llx-0x%llx] failed due to %s\n", first, first + 0x7ffffff,
		 format);
	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		return EIO;
	close(fd);
	return store->arg;
}

static int says_isolation(const struct store *store)
{
	return say(store, "failure to isolate range");
}

static int says_notifier(const struct store *store)
{
	return say(store, "notifier failure");
}

/* Each block gets its own words, and what was said before the request is nobody's. */
START_TEST(own_words)
{
	static const struct rule rules[] = {
		{ 40, 0, store_fails, EBUSY }, { 41, 0, says_isolation, EBUSY }, { 42, 0, says_notifier, EBUSY }, { 0 }
	};
	static const struct expected steps[] = {
		{ 40, MEMHP_OUTCOME_BUSY, MEMHP_REASON_BUSY, -EBUSY, MEMHP_STATE_ONLINE, MEMHP_ZONE_MOVABLE },
		{ 41, MEMHP_OUTCOME_BUSY, MEMHP_REASON_ISOLATION, -EBUSY, MEMHP_STATE_ONLINE, MEMHP_ZONE_MOVABLE },
		{ 42, MEMHP_OUTCOME_BUSY, MEMHP_REASON_VETO, -EBUSY, MEMHP_STATE_ONLINE, MEMHP_ZONE_MOVABLE },
		{ 43, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE, 0, MEMHP_STATE_OFFLINE, MEMHP_ZONE_MOVABLE },
		{ 0 }
	};
	struct memhp_request *request = request_blocks(MEMHP_ACTION_OFFLINE, 40, 43);
	struct memhp_result *result;
	struct machine machine;
	struct kernel *kernel;

	machine_make(&machine, machine_text);
	kernel = kernel_start(&machine, rules);
	result = change(&machine, request);
	check_result(result, MEMHP_PARTIAL, steps);
	ck_assert_int_eq(memhp_result_get_kernel_log_error(result), 0);
	ck_assert_ptr_null(memhp_step_get_kernel_text(memhp_result_get_step(result, 0)));
	ck_assert_str_eq(memhp_step_get_kernel_text(memhp_result_get_step(result, 1)),
			 "memory offlining [mem 0x148000000-0x14fffffff] failed due to failure to isolate range");
	memhp_result_free(result);
	memhp_request_free(request);
	kernel_stop(kernel);
	machine_release(&machine);
}
END_TEST

/* An attempt that succeeds in the end has nothing to tell. */
START_TEST(later_attempts)
{
	static const struct rule rules[] = { { 40, 1, says_isolation, EBUSY }, { 41, 0, store_fails, EPERM }, { 0 } };
	struct memhp_request *request = request_blocks(MEMHP_ACTION_OFFLINE, 40, 41);
	struct memhp_result *result;
	struct machine machine;
	struct kernel *kernel;

	machine_make(&machine, machine_text);
	kernel = kernel_start(&machine, rules);
	memhp_request_set_retries(request, 1);
	result = change(&machine, request);
	ck_assert_int_eq(memhp_step_get_outcome(memhp_result_get_step(result, 0)), MEMHP_OUTCOME_CHANGED);
	ck_assert_ptr_null(memhp_step_get_kernel_text(memhp_result_get_step(result, 0)));
	memhp_result_free(result);
	memhp_request_free(request);
	kernel_stop(kernel);
	machine_release(&machine);
}
END_TEST

/* Without a log, or without asking for it, the errno is all there is. */
static const struct {
	const char *spoil;
	bool enable;
	int error;
} silent[] = {
	{ "remove dev/kmsg\n", true, -ENOENT },
	{ "fifo dev/kmsg\n", true, -ESPIPE },
	{ "", false, 0 },
};

START_TEST(no_words)
{
	static const struct rule rules[] = { { 40, 0, store_fails, EBUSY }, { 41, 0, says_isolation, EBUSY }, { 0 } };
	uint64_t id = silent[_i].enable ? 40 : 41;
	struct memhp_request *request = request_blocks(MEMHP_ACTION_OFFLINE, id, id);
	struct memhp_result *result;
	struct machine machine;
	struct kernel *kernel;

	machine_make(&machine, machine_text);
	machine_change(&machine, silent[_i].spoil);
	kernel = kernel_start(&machine, rules);
	memhp_request_set_kernel_log(request, silent[_i].enable);
	result = change(&machine, request);
	ck_assert_int_eq(memhp_step_get_reason(memhp_result_get_step(result, 0)), MEMHP_REASON_BUSY);
	ck_assert_ptr_null(memhp_step_get_kernel_text(memhp_result_get_step(result, 0)));
	ck_assert_int_eq(memhp_result_get_kernel_log_error(result), silent[_i].error);
	memhp_result_free(result);
	memhp_request_free(request);
	kernel_stop(kernel);
	machine_release(&machine);
}
END_TEST

UNIT("reasons", tests)
{
	tcase_add_test(tests, own_words);
	tcase_add_test(tests, later_attempts);
	add_table(tests, no_words, silent);
}
