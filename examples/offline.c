// SPDX-License-Identifier: 0BSD
/*
 * Takes so many memory blocks offline, whichever can go and the guards let go, and says what became of each. Ctrl-C ends it.
 *
 *	cc -o offline offline.c $(pkg-config --cflags --libs libmemhp)
 *	./offline NUMBER [DIR]          DIR stands for the root of another machine
 */
#include <errno.h>
#include <inttypes.h>
#include <libmemhp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>

static void show_progress(void *userdata, const struct memhp_progress *progress)
{
	fprintf(stderr, "%zu of %zu blocks\n", memhp_progress_get_num_done(progress), memhp_progress_get_num_goal(progress));
}

static void show_step(const struct memhp_step *step)
{
	/* Candidates that were not needed are steps, too. */
	if (memhp_step_get_reason(step) != MEMHP_REASON_SPARE)
		printf("block %" PRIu64 ": %s, %s\n", memhp_step_get_block_id(step),
		       memhp_outcome_name(memhp_step_get_outcome(step)), memhp_state_name(memhp_step_get_state_after(step)));
}

/*
 * Refuses what would leave too little memory, or too little of it to the kernel for itself, by the limits that memctl has; what
 * cannot be told is refused, too. Blocks that are taken in place of others stay within the limits.
 */
static int check_guards(struct memhp_ctx *ctx, const struct memhp_plan *plan, struct memhp_request *request)
{
	struct memhp_balance *balance = NULL;
	struct memhp_guards *guards = NULL;
	uint64_t available;
	int rc = memhp_guards_new(&guards, MEMHP_TRANSITION_OFFLINE);

	if (rc == 0)
		rc = memhp_guards_add_plan(guards, plan);
	if (rc == 0)
		rc = memhp_ctx_read_available(ctx, &available);
	if (rc == 0)
		rc = memhp_balance_new(&balance, ctx);
	if (rc == 0) {
		memhp_guards_set_available_bytes(guards, available, 0);
		memhp_guards_set_balance(guards, balance);
		memhp_request_set(request, MEMHP_SETTING_MAX_KERNEL_LOSS_BYTES,
				  memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_MAX_KERNEL_LOSS));
	}
	for (enum memhp_guard guard = MEMHP_GUARD_MEMORY_LEFT; rc == 0 && memhp_guard_name(guard); guard++) {
		enum memhp_guard_level level = memhp_guards_get_level(guards, guard);

		if (level == MEMHP_GUARD_LEVEL_REFUSE || level == MEMHP_GUARD_LEVEL_UNKNOWN)
			rc = -EPERM;
	}
	memhp_balance_free(balance);
	memhp_guards_free(guards);
	return rc;
}

/* SIGINT ends nothing by itself any more: it makes the descriptor readable. */
static int catch_interrupt(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int main(int argc, char **argv)
{
	uint64_t number = argc > 1 ? strtoull(argv[1], NULL, 10) : 0; /* the library takes 0 for all blocks */
	struct memhp_ctx *ctx = NULL;
	struct memhp_lock *lock = NULL; /* keeps others, and memctl, from changing blocks meanwhile */
	struct memhp_request *request = NULL;
	struct memhp_snapshot *snapshot = NULL;
	struct memhp_plan *plan = NULL;
	struct memhp_result *result = NULL;
	int cancel_fd = catch_interrupt(), rc = number == 0 ? -EINVAL : memhp_ctx_new(&ctx, argc > 2 ? argv[2] : NULL);

	if (rc == 0)
		rc = memhp_ctx_set_cancel_fd(ctx, cancel_fd);
	if (rc == 0)
		rc = memhp_lock_new(&lock, ctx, MEMHP_NO_TIMEOUT);
	if (rc == 0)
		rc = memhp_request_new(&request, MEMHP_TRANSITION_OFFLINE);
	if (rc == 0) {
		memhp_request_set(request, MEMHP_SETTING_NUM_BLOCKS, number);
		memhp_request_set_progress(request, show_progress, NULL);
		rc = memhp_snapshot_new(&snapshot, ctx, memhp_request_get_attrs(request));
	}
	if (rc == 0)
		rc = memhp_plan_new(&plan, snapshot, request);
	if (rc == 0)
		rc = memhp_plan_get_num_short(plan) > 0 ? -ERANGE : check_guards(ctx, plan, request);
	if (rc == 0)
		rc = memhp_plan_apply(plan, &result);
	if (rc < 0)
		fprintf(stderr, "offline: %s\n", strerror(-rc));
	for (size_t i = 0; result && i < memhp_result_get_num_steps(result); i++)
		show_step(memhp_result_get_step(result, i));
	rc = rc < 0 || memhp_result_get_completion(result) != MEMHP_COMPLETION_COMPLETE;
	memhp_result_free(result);
	memhp_plan_free(plan);
	memhp_snapshot_unref(snapshot);
	memhp_request_free(request);
	memhp_lock_free(lock);
	memhp_ctx_unref(ctx);
	return rc;
}
