/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request of memctl online, offline, remove or probe: from options to exit status, and its report */
#ifndef MEMCTL_OPERATION_H
#define MEMCTL_OPERATION_H

#include "operation/guard.h"
#include "ui/exit.h"
#include "ui/processes.h"
#include "ui/session.h"

struct json_doc;
struct json_object;

/* Bytes of a block's pages by kind, where these were looked at */
struct page_facts {
	uint64_t block_id, bytes[MEMHP_NUM_PAGE_KINDS];
};

struct operation {
	const struct options *options;
	struct session session;
	enum memhp_action action;
	bool is_removal;    /* of a device, for which was looked already; it may have no blocks any more */
	const char *device; /* that is to be ejected in the end, NULL for none */
	struct memhp_request *request;
	struct memhp_snapshot *snapshot; /* that the plan was made of */
	struct memhp_plan *plan;
	struct memhp_result *result; /* NULL: a dry run */
	uint64_t block_size;
	size_t num_present;       /* blocks of the machine */
	struct page_facts *pages; /* by ascending block */
	size_t num_pages;
	struct guard guard;
	struct memhp_huge_pools *huge_before, *huge_after; /* of an offline; NULL while nobody has looked */
	uint64_t *huge_at_risk;                            /* of each of huge_before, pages that may be lost */
	bool shows_line;                                   /* of progress, on a terminal */
	bool rolls_back;                                   /* as far as is known */
	bool has_other_choice, has_movable_choice;         /* blocks that may go in place of those that were asked for */
	struct who who;
	size_t *who_ranges; /* of each step: the number of its range and 1, 0 for none; NULL: nobody was looked for */
};

/* The command as a whole, from the options on; returns the exit status. A session may have begun. */
int operation_run(struct operation *op);

/* Parts of that for memctl probe: from here on signals end the request, and nobody else changes memory; the end of it all. */
void operation_lock(struct operation *op);
void operation_release(struct operation *op);

/* operation/progress.c: finds out where progress is shown; before the request begins, for it must not wait for that. */
void operation_prepare_progress(struct operation *op);

/* Shows how far the request is, as is fit for where it is shown; for memhp_request_set_progress() */
void operation_show_progress(void *op, const struct memhp_progress *progress);

/* Takes the living line away. */
void operation_end_progress(const struct operation *op);

/* operation/steps.c: the steps of the result, or of the plan where there is none; NULL behind the last */
const struct memhp_step *operation_get_step(const struct operation *op, size_t i);

/* A further candidate that was not needed, or is not by now, is no part of a report. */
bool operation_is_spare(const struct memhp_step *step);

/* Where memctl chooses, blocks that it cannot choose are no trouble, unless there are too few others. */
bool operation_is_passed_over(const struct operation *op, const struct memhp_step *step);

/* Whether the block went with the device that is ejected */
bool operation_is_gone(const struct operation *op, const struct memhp_step *step);

uint64_t operation_step_size(const struct memhp_step *step);

/* Bytes asked for, and of them those that are to be changed, or were; what may be changed besides is not among them. */
void operation_sum_sizes(const struct operation *op, uint64_t *requested, uint64_t *changed);
uint64_t operation_sum_unverified(const struct operation *op);

/* What memctl ends with */
enum exit_status operation_exit_status(const struct operation *op);

/* Adjacent steps that came to the same, upwards or downwards, as one line of the report */
struct step_run {
	const struct memhp_step *first, *low, *high;
	uint64_t elapsed_ms;
};

/* The next run from step *index on, which becomes the index of the step behind it. */
bool operation_next_run(const struct operation *op, size_t *index, struct step_run *run);

/* "45" or "32-39"; from malloc() */
char *step_run_blocks(const struct operation *op, const struct step_run *run);

/* operation/json.c, operation/text.c: the report, or with --dry-run the plan */
void operation_write(const struct operation *op);
void operation_print(const struct operation *op);

/* operation/table.c */
void operation_print_table(const struct operation *op);

/* operation/who.c: with --who, looks for the processes that map what was in the way of blocks. */
void operation_find_processes(struct operation *op);
void operation_forget_processes(struct operation *op);

/* Which range of the processes is that of step `index`; false when none was looked for. */
bool operation_get_who_range(const struct operation *op, size_t index, size_t *range);

/* Names them for people. */
void operation_tell_processes(const struct operation *op);

/* operation/choice.c: finds out what may be chosen in place of blocks that do not go offline; before reasons and hints are made. */
void operation_look_for_choices(struct operation *op);

/*
 * operation/reasons.c: why a step's block is not as asked, in words for one block or several; NULL when there is nothing to
 * explain. From malloc()
 */
char *operation_make_reason(const struct operation *op, const struct memhp_step *step);

/* Whether the request ended before that, so that there is nothing to be said of the block itself */
bool operation_had_no_turn(const struct memhp_step *step);

/* What to try; NULL when nothing helps. From malloc() */
char *operation_make_hint(const struct operation *op, const struct memhp_step *step);

/* operation/page-words.c: what the page in a step's way is, such as "a program's memory"; NULL when the kernel named no page. */
const char *operation_page_text(const struct memhp_step *step);

/*
 * operation/blocker.c: somebody else's change, which the kernel finishes first. Why a step's time was over: "waited in vain:
 * block 9 is going offline by another program, process 801, ..."; NULL where that was not the reason. From malloc()
 */
char *operation_blocker_reason(const struct operation *op);

/* Says so before the request begins, where a block is on its way. */
void operation_tell_blocker(const struct operation *op, const struct memhp_snapshot *snapshot);

/* Whether this kernel can be made to give up an offline that another program has started: by this file */
#define OFFLINE_PASSES "/sys/module/memory_hotplug/parameters/offline_migrate_max_passes"
bool operation_has_rescue(const struct operation *op);

/* operation/agents.c: names the rules that may have brought a block back, where one was. */
void operation_tell_agents(const struct operation *op);

/* operation/crash-kernel.c: after a change that a loaded crash kernel (kdump) does not know of, that it must be loaded again */
void operation_tell_crash_kernel(const struct operation *op);
void operation_write_crash_kernel(const struct operation *op, struct json_doc *doc);

/*
 * operation/pages.c: before blocks go offline, looks at their pages as far as that is allowed and quick, and where memctl chooses
 * ranks the candidates.
 */
void operation_look_at_pages(struct operation *op, const struct memhp_snapshot *snapshot);

/* What was seen; NULL when a block was not looked at. */
const struct page_facts *operation_find_pages(const struct operation *op, uint64_t block_id);

/* Names the blocks that would not come online again. */
void operation_tell_poison(const struct operation *op);

/* Of an offline that was stopped: what the block held before, and what was left in it. */
void operation_set_pages(struct json_object *object, const struct operation *op, const struct memhp_step *step);

/* operation/silence.c: how much slab was left then; why the kernel was still at it, and has not said, from malloc() */
uint64_t operation_left_slab(const struct memhp_step *step);
char *operation_silent_reason(const struct memhp_step *step);

/* operation/huge-pages.c: what an offline costs of them. Looks at the pools, before and after. */
void operation_look_at_huge_pages(struct operation *op, struct memhp_huge_pools **pools);

/* How many the planned blocks may cost; the snapshot tells the nodes. */
void operation_foresee_huge_pages(struct operation *op, const struct memhp_snapshot *snapshot);

/* What it did cost, or of a plan would: for people, for programs, and whether it may have cost any */
void operation_tell_huge_pages(const struct operation *op);
void operation_write_huge_pages(const struct operation *op, struct json_doc *doc);
bool operation_may_have_lost_huge_pages(const struct operation *op);

/* operation/troubles.c: a sentence for each kind of trouble, with what to try */
void operation_tell_troubles(const struct operation *op);

#endif
