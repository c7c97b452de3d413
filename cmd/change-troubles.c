/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What went wrong, in sentences */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "change.h"

/* Runs of blocks that have the same trouble are named in one sentence, so many of them at the most. */
#define MAX_RUNS_NAMED 8

struct trouble {
	enum memhp_outcome outcome;
	enum memhp_reason reason;
	int error;
	size_t num_runs, num_blocks;
	char *blocks; /* "32-39, 45" */
};

struct troubles {
	struct trouble *items;
	size_t num;
};

static struct trouble *find_trouble(struct troubles *troubles, const struct memhp_step *step)
{
	struct trouble new = { memhp_step_get_outcome(step), memhp_step_get_reason(step), memhp_step_get_error(step), 0, 0, NULL };

	for (size_t i = 0; i < troubles->num; i++) {
		struct trouble *trouble = &troubles->items[i];

		if (trouble->outcome == new.outcome && trouble->reason == new.reason && trouble->error == new.error)
			return trouble;
	}
	troubles->items = reallocarray(troubles->items, troubles->num + 1, sizeof(new));
	if (!troubles->items)
		out_of_memory();
	troubles->items[troubles->num] = new;
	return &troubles->items[troubles->num++];
}

static void add_trouble(struct troubles *troubles, const struct change *change, const struct change_run *run)
{
	struct trouble *trouble = find_trouble(troubles, run->first);
	char *blocks = change_run_blocks(change, run), *longer;

	trouble->num_blocks += (memhp_step_get_last_addr(run->high) - memhp_step_get_start_addr(run->low)) / change->block_size + 1;
	if (trouble->num_runs++ >= MAX_RUNS_NAMED) {
		free(blocks);
		return;
	}
	if (asprintf(&longer, "%s%s%s", trouble->blocks ? trouble->blocks : "", trouble->blocks ? ", " : "", blocks) < 0)
		out_of_memory();
	free(trouble->blocks);
	free(blocks);
	trouble->blocks = longer;
}

static void tell_trouble(const struct change *change, const struct trouble *trouble)
{
	const char *text = reason_text(change->action, trouble->reason), *hint = reason_hint(change->action, trouble->reason);
	const char *error = errno_name(trouble->error), *what = "";

	if (trouble->outcome == MEMHP_OUTCOME_NOT_TRIED)
		text = "not tried any more", hint = NULL;
	else if (trouble->outcome == MEMHP_OUTCOME_ROLLBACK_FAILED)
		what = "changed and not brought back: ";
	warn("block%s %s%s: %s%s%s%s%s%s%s", trouble->num_blocks == 1 ? "" : "s", trouble->blocks,
	     trouble->num_runs > MAX_RUNS_NAMED ? " and more" : "", what, text ? text : "failed", error ? " (" : "",
	     error ? error : "", error ? ")" : "", hint ? "; " : "", hint ? hint : "");
}

void change_tell_troubles(const struct change *change)
{
	struct troubles troubles = { 0 };
	struct change_run run;
	size_t index = 0;

	while (change_next_run(change, &index, &run)) {
		enum memhp_outcome outcome = memhp_step_get_outcome(run.first);

		if (!memhp_step_is_done(run.first) && outcome != MEMHP_OUTCOME_PLANNED && outcome != MEMHP_OUTCOME_ROLLED_BACK &&
		    !change_is_spare(run.first) && !change_is_passed_over(change, run.first))
			add_trouble(&troubles, change, &run);
	}
	for (size_t i = 0; i < troubles.num; i++) {
		tell_trouble(change, &troubles.items[i]);
		free(troubles.items[i].blocks);
	}
	free(troubles.items);
	if (memhp_plan_get_num_short(change->plan))
		warn("there are not enough blocks: %" PRIu64 " more would be needed", memhp_plan_get_num_short(change->plan));
	if (change->result && memhp_result_get_writer_pid(change->result))
		warn("the kernel still holds the writer, process %d, which was killed; it ends as soon as the kernel lets go, and "
		     "can do nothing further: look again with memctl list",
		     (int)memhp_result_get_writer_pid(change->result));
}
