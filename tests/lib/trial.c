// SPDX-License-Identifier: LGPL-2.1-or-later
#include "trial.h"

#include <stdio.h>
#include <sys/wait.h>

/* A process that was killed is gone by then, on any machine. */
#define GRACE_MS 60000

struct trial trial_start(const char *machine, const struct rule *rules, enum memhp_transition action, uint64_t first, uint64_t last)
{
	struct trial trial = { .request = request_blocks(action, first, last) };

	memhp_request_set(trial.request, MEMHP_SETTING_GRACE_MS, GRACE_MS);
	machine_make(&trial.machine, machine);
	trial.kernel = kernel_start(&trial.machine, rules);
	return trial;
}

void trial_plan(struct trial *trial)
{
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = machine_scan(&trial->machine, memhp_request_get_attrs(trial->request));

	memhp_plan_free(trial->plan);
	ck_assert_int_eq(memhp_plan_new(&trial->plan, snapshot, trial->request), 0);
}

static unsigned int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int num = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir))
		num++;
	closedir(dir);
	return num;
}

static unsigned int count_shared_maps(void)
{
	FILE *file = fopen("/proc/self/maps", "re");
	unsigned int num = 0;
	char line[512];

	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file))
		num += strstr(line, "/dev/zero") != NULL;
	fclose(file);
	return num;
}

bool has_children(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 || errno != ECHILD;
}

/* Of those by which a context knows writers that could not be ended; all others are closed when a call returns. */
static unsigned int count_pidfds(const struct memhp_ctx *ctx)
{
	unsigned int num = 0;

	for (size_t i = 0; i < ctx->num_stuck; i++)
		num += ctx->stuck[i].pidfd >= 0;
	return num;
}

int trial_apply(struct trial *trial)
{
	const struct memhp_ctx *ctx = trial->machine.ctx;
	unsigned int descriptors = count_descriptors() - count_pidfds(ctx), maps = count_shared_maps();
	bool children = has_children();
	int rc;

	memhp_result_free(trial->result);
	trial->result = NULL;
	rc = memhp_plan_apply(trial->plan, &trial->result);
	ck_assert_int_eq(trial->result != NULL, rc == 0);
	ck_assert_uint_eq(count_descriptors() - count_pidfds(ctx), descriptors);
	ck_assert_uint_eq(count_shared_maps(), maps);
	if (!children && !(trial->result && memhp_result_get_writer_pid(trial->result)))
		ck_assert(!has_children());
	return rc;
}

const struct memhp_result *trial_run(struct trial *trial)
{
	trial_plan(trial);
	ck_assert_int_eq(trial_apply(trial), 0);
	return trial->result;
}

void trial_end(struct trial *trial)
{
	memhp_result_free(trial->result);
	memhp_plan_free(trial->plan);
	memhp_request_free(trial->request);
	kernel_stop(trial->kernel);
	/* The context reaps a writer that was stuck as it goes. */
	machine_release(&trial->machine);
	ck_assert(!has_children());
}

void check_outcome(const struct trial *trial, size_t step, enum memhp_outcome outcome)
{
	enum memhp_outcome is = memhp_step_get_outcome(memhp_result_get_step(trial->result, step));

	ck_assert_str_eq(memhp_outcome_name(is), memhp_outcome_name(outcome));
}

static void check_step(const struct memhp_step *step, const struct expected *expected)
{
	ck_assert_uint_eq(memhp_step_get_block_id(step), expected->id);
	ck_assert_str_eq(memhp_outcome_name(memhp_step_get_outcome(step)), memhp_outcome_name(expected->outcome));
	ck_assert_str_eq(memhp_reason_name(memhp_step_get_reason(step)), memhp_reason_name(expected->reason));
	ck_assert_int_eq(memhp_step_get_error(step), expected->error);
	ck_assert_str_eq(memhp_state_name(memhp_step_get_state_after(step)), memhp_state_name(expected->after));
	ck_assert_str_eq(memhp_zone_name(memhp_step_get_zone(step)), memhp_zone_name(expected->zone));
}

void check_result(const struct memhp_result *result, enum memhp_completion completion, const struct expected *expected)
{
	size_t num = 0;

	for (; expected[num].outcome; num++) {
		ck_assert_uint_lt(num, memhp_result_get_num_steps(result));
		check_step(memhp_result_get_step(result, num), &expected[num]);
	}
	ck_assert_uint_eq(memhp_result_get_num_steps(result), num);
	ck_assert_str_eq(memhp_completion_name(memhp_result_get_completion(result)), memhp_completion_name(completion));
}
