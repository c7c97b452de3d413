// SPDX-License-Identifier: 0BSD
/*
 * Says what would become of each block if all standby memory was configured with its memory map in itself (s390), in the words of
 * memctl configure --dry-run --json. Changes nothing.
 *
 *	cc -o configure-plan configure-plan.c $(pkg-config --cflags --libs libmemhp)
 *	./configure-plan [DIR]          DIR stands for the root of another machine
 */
#include <inttypes.h>
#include <libmemhp.h>
#include <stdio.h>
#include <string.h>

static void show_step(const struct memhp_step *step)
{
	printf("%" PRIu64 " %s %s %s %s\n", memhp_step_get_block_id(step), memhp_state_name(memhp_step_get_state_before(step)),
	       memhp_outcome_name(memhp_step_get_outcome(step)), memhp_reason_name(memhp_step_get_reason(step)),
	       memhp_step_get_memmap(step) == MEMHP_MEMMAP_ON_MEMORY ? "on-memory" : "elsewhere");
}

int main(int argc, char **argv)
{
	struct memhp_ctx *ctx = NULL;
	struct memhp_request *request = NULL;
	struct memhp_snapshot *snapshot = NULL;
	struct memhp_plan *plan = NULL;
	const struct memhp_step *step;
	int rc = memhp_ctx_new(&ctx, argc > 1 ? argv[1] : NULL);

	if (rc == 0)
		rc = memhp_request_new(&request, MEMHP_TRANSITION_CONFIGURE);
	if (rc == 0)
		rc = memhp_request_set_memmap(request, MEMHP_MEMMAP_ON_MEMORY);
	if (rc == 0)
		rc = memhp_snapshot_new(&snapshot, ctx, memhp_request_get_attrs(request));
	if (rc == 0)
		rc = memhp_plan_new(&plan, snapshot, request);
	if (rc < 0)
		fprintf(stderr, "configure-plan: %s\n", strerror(-rc));
	for (size_t i = 0; plan && (step = memhp_plan_get_step(plan, i)); i++)
		show_step(step);
	memhp_plan_free(plan);
	memhp_snapshot_unref(snapshot);
	memhp_request_free(request);
	memhp_ctx_unref(ctx);
	return rc < 0;
}
