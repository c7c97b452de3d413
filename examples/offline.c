// SPDX-License-Identifier: 0BSD
/*
 * Takes so many memory blocks offline, whichever can go, and says what became of each. Ctrl-C ends it early.
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
		rc = memhp_lock_new(&lock, ctx, MEMHP_NO_TIMEOUT, cancel_fd);
	if (rc == 0)
		rc = memhp_request_new(&request, MEMHP_TRANSITION_OFFLINE);
	if (rc == 0) {
		memhp_request_set_num_blocks(request, number);
		memhp_request_set_progress(request, show_progress, NULL);
		memhp_request_set_cancel_fd(request, cancel_fd);
		rc = memhp_snapshot_new(&snapshot, ctx, memhp_request_get_attrs(request));
	}
	if (rc == 0)
		rc = memhp_plan_new(&plan, snapshot, request);
	if (rc == 0)
		rc = memhp_plan_get_num_short(plan) > 0 ? -ERANGE : memhp_plan_apply(plan, ctx, &result);
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
