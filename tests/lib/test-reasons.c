// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the kernel says while blocks are changed, and which block gets it. */
#include <fcntl.h>
#include <stdio.h>

#include "trial.h"

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
	static const struct expected steps[] = { BUSY_DOWN(40),
						 { 41, MEMHP_OUTCOME_BUSY, MEMHP_REASON_ISOLATION, -EBUSY, ON, IN_MOVABLE },
						 { 42, MEMHP_OUTCOME_BUSY, MEMHP_REASON_VETO, -EBUSY, ON, IN_MOVABLE },
						 DOWN(43),
						 { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 43);

	check_result(trial_run(&trial), MEMHP_COMPLETION_PARTIAL, steps);
	ck_assert_int_eq(memhp_result_get_kernel_log_error(trial.result), 0);
	ck_assert_ptr_null(memhp_step_get_kernel_text(memhp_result_get_step(trial.result, 0)));
	ck_assert_str_eq(memhp_step_get_kernel_text(memhp_result_get_step(trial.result, 1)),
			 "memory offlining [mem 0x148000000-0x14fffffff] failed due to failure to isolate range");
}
END_TEST

/* An attempt that succeeds in the end has nothing to tell. */
START_TEST(later_attempts)
{
	static const struct rule rules[] = { { 40, 1, says_isolation, EBUSY }, { 41, 0, store_fails, EPERM }, { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 41);

	memhp_request_set(trial.request, MEMHP_SETTING_NUM_RETRIES, 1);
	trial_run(&trial);
	check_outcome(&trial, 0, MEMHP_OUTCOME_CHANGED);
	ck_assert_ptr_null(memhp_step_get_kernel_text(memhp_result_get_step(trial.result, 0)));
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
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, id, id);

	machine_change(&trial.machine, silent[_i].spoil);
	memhp_request_set(trial.request, MEMHP_SETTING_KERNEL_LOG, silent[_i].enable);
	trial_run(&trial);
	ck_assert_int_eq(memhp_step_get_reason(memhp_result_get_step(trial.result, 0)), MEMHP_REASON_BUSY);
	ck_assert_ptr_null(memhp_step_get_kernel_text(memhp_result_get_step(trial.result, 0)));
	ck_assert_int_eq(memhp_result_get_kernel_log_error(trial.result), silent[_i].error);
}
END_TEST

UNIT("reasons", tests)
{
	tcase_add_test(tests, own_words);
	tcase_add_test(tests, later_attempts);
	add_table(tests, no_words, silent);
}
