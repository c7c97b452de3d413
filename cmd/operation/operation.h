/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A request that changes memory, from options to exit status. online, offline, remove, configure, deconfigure and probe are kinds
 * of it: a kind plans, acts, and says of each block where it stands. The run and the report are the same for all of them.
 */
#ifndef MEMCTL_OPERATION_H
#define MEMCTL_OPERATION_H

#include "ui/nums.h"
#include "operation/guard.h"
#include "ui/columns.h"
#include "ui/exit.h"
#include "ui/processes.h"
#include "ui/session.h"

struct json_doc;
struct json_object;
struct note;
struct operation;

/* Bytes of a block's pages by kind, where these were looked at */
struct page_facts {
	uint64_t block_id, bytes[NUM_PAGE_KINDS];
};

/* A block, or a device that goes as a whole, and what became of it. Words are static, NULL where nothing is known. */
struct report_row {
	size_t index;
	const char *device; /* NULL: a block */
	uint64_t block_id, start_addr, last_addr, elapsed_ms;
	uint64_t size; /* 0: it is not known */
	enum memhp_outcome outcome;
	enum memhp_reason reason;
	int error;
	const char *before, *after, *zone;
	const char *extra;               /* in the column that only this kind has */
	bool is_changed, may_be_changed; /* another way than before, as asked or not; or for all that could be read */
	const struct memhp_block *block; /* for its node and source; NULL where there is none */
	const struct memhp_step *step;   /* of the library's, NULL for none */
};

/* The words for what a kind does, which begin and end a sentence with an amount of memory between */
struct operation_words {
	const char *did, *done; /* "Took", " offline" */
	const char *would;      /* "would go offline" */
	const char *already;    /* "offline", of what is so already */
	const char *advice;     /* what is better than force, where there is something: "offline less, or " */
	const char *stays;      /* after a rollback that cannot bring back all; NULL: it brings back all */
};

struct operation_kind {
	struct operation_words words;
	const char *columns, *plan_columns; /* without --output */
	const char *extra;                  /* a column that only this kind has; NULL: none */
	void (*plan)(struct operation *op); /* under the lock; ends the program when there is no such thing */
	void (*act)(struct operation *op);
	bool (*get_row)(const struct operation *op, size_t index, struct report_row *row); /* false behind the last */
	/* Why it is not as asked, and what to try; from malloc(), NULL for nothing */
	char *(*make_reason)(const struct operation *op, const struct report_row *row);
	char *(*make_hint)(const struct operation *op, const struct report_row *row);
	char *(*make_more)(const struct operation *op, const struct report_row *row); /* how to learn more of it; may be NULL */
	void (*tell)(const struct operation *op);                                     /* what else went wrong */
	void (*write)(const struct operation *op, struct json_doc *doc);
	void (*write_row)(const struct operation *op, const struct report_row *row, struct json_object *object);
	void (*say_empty)(const struct operation *op); /* the report of a request without rows */
};

/* How much of what is selected is online, in bytes, for --to */
struct online_target {
	int met;              /* 1, 0, or why it cannot be told; of a plan once all of it is done. -EINVAL: there is no target */
	uint64_t before, now; /* for certain; UINT64_MAX: not known, or nothing was done */
	uint64_t unknown;     /* of which it cannot be told, as of the last look */
};

/* How far it is */
struct progress {
	uint64_t done, goal;
	const uint64_t *block_id; /* under way; NULL for none */
	uint64_t block_elapsed_ms, elapsed_ms;
	const struct memhp_step *ended; /* the last block that is through; NULL: none since it was told last */
	bool rolls_back, ejects;
};

struct operation {
	const struct operation_kind *kind;
	const struct options *options;
	struct session session;
	uint64_t block_size;
	uint64_t block_timeout_ms; /* 0: as the library has it */
	const char *goal;          /* what a plan says a block is to become, and the action of a document; NULL: none */
	struct column_choice shown;
	unsigned int attrs; /* of a snapshot, for the columns or the document */
	struct memhp_snapshot *snapshot;
	struct guard guard;
	enum exit_status refused;           /* for another reason than the guard's; 0: it is not */
	bool has_acted;                     /* there is a result, and not only a plan */
	bool is_rolled_back, is_incomplete; /* all of it; what --all means could not be found whole */
	uint64_t num_short;                 /* so many blocks are missing from --size, --count or --to */
	uint64_t num_wanted;                /* so many had to change for --to */
	enum memhp_completion completion;
	uint64_t elapsed_ms;
	pid_t writer_pid;    /* that could not be ended */
	bool shows_line;     /* of progress, on a terminal */
	bool rolls_back;     /* as far as is known */
	struct note *note;   /* of this request; NULL: none */
	int note_error;      /* why it could not be written */
	struct note *undone; /* of another request, which this one brings back, and then it leaves none of its own; NULL: none */
	bool is_undoing;     /* that has begun */

	/* Of what changes the state of blocks */
	enum memhp_transition action; /* MEMHP_TRANSITION_NONE: each step has its own */
	bool is_removal;              /* of a device, for which was looked already; it may have no blocks any more */
	const char *device;           /* that is to be ejected in the end, NULL for none */
	struct memhp_request *request;
	struct memhp_plan *plan;
	struct memhp_result *result;
	struct page_facts *pages; /* by ascending block */
	size_t num_pages;
	bool has_other_choice, has_movable_choice;         /* blocks that may go in place of those that were asked for */
	struct memhp_huge_pools *huge_before, *huge_after; /* of an offline; NULL while nobody has looked */
	uint64_t *huge_at_risk;                            /* of each of huge_before, pages that may be lost */
	struct who who;
	size_t *who_ranges; /* of each step: the number of its range and 1, 0 for none; NULL: nobody was looked for */
};

/* Without its options checked; the command as a whole, from there on. Returns the exit status. A session may have begun. */
int operation_run(struct operation *op);

/* operation/change.c: the kinds that change the state of blocks */
extern const struct operation_kind operation_online, operation_offline, operation_remove;

/* Before the session may begin: makes the request. */
int operation_change(struct operation *op);

/* Of those and whatever else changes it: what stands against a plan; a row's words; what else went wrong */
void operation_check_hotremove(const struct operation *op);
void operation_tell_unknown_zones(const struct operation *op);
char *operation_row_reason(const struct operation *op, const struct report_row *row);
char *operation_row_hint(const struct operation *op, const struct report_row *row);
char *operation_row_more(const struct operation *op, const struct report_row *row);
void operation_act(struct operation *op);
void operation_tell_change(const struct operation *op);

/* operation/carry-out.c: the request that the options describe */
void operation_make_request(struct operation *op);

/* Carries out the plan; returns what memhp_plan_apply() does. */
int operation_apply(struct operation *op);

/* What follows; `rc` is what it returned. Ends the program where nothing could be begun. Both in one: */
void operation_end_apply(struct operation *op, int rc);
void operation_carry_out(struct operation *op);

/* A step as a row: for struct operation_kind */
bool operation_get_row(const struct operation *op, size_t index, struct report_row *row);

/* operation/steps.c: what a block is to become; whether it is to go offline, if only for another zone; whether any is */
const char *operation_goal(const struct operation *op, const struct report_row *row);
bool step_takes_offline(const struct memhp_step *step);
bool operation_takes_offline(const struct operation *op);

/* operation/wait-present.c: waits for blocks that are named and not there, before the lock; ends the program where time is over. */
void operation_wait_present(struct operation *op);

/* operation/steps.c: the steps of the result, or of the plan where there is none; NULL behind the last */
const struct memhp_step *operation_get_step(const struct operation *op, size_t i);

/* How many steps of the plan are to be tried at once */
uint64_t operation_count_planned(const struct operation *op);

/* Whether the device is gone that was to be ejected */
bool operation_is_ejected(const struct operation *op);

/* Whether the block went with the device that is ejected */
bool operation_is_gone(const struct operation *op, const struct memhp_step *step);

/* The row of a step */
void operation_fill_row(const struct operation *op, const struct memhp_step *step, struct report_row *row);

/* operation/progress.c: finds out where progress is shown; before the request begins, for it must not wait for that. */
void operation_prepare_progress(struct operation *op);

/* Shows how far the request is, as is fit for where it is shown. */
void operation_show_progress(struct operation *op, const struct progress *progress);

/* Takes the living line away. */
void operation_end_progress(const struct operation *op);

/* operation/rows.c: a further candidate that was not needed, or is not by now, is no part of a report. */
bool row_is_spare(const struct report_row *row);
bool row_is_done(const struct report_row *row);

/* Whether the request ended before that, so that there is nothing to be said of the block itself */
bool row_had_no_turn(const struct report_row *row);

/* Where memctl chooses, blocks that it cannot choose are no trouble, unless there are too few others. */
bool row_is_passed_over(const struct operation *op, const struct report_row *row);

/* Whether a block is not as asked, so that the report has words for it */
bool operation_has_trouble(const struct operation *op);

/* Bytes asked for, and of them those that are to be changed, or were; what may be changed besides is not among them. */
struct report_sums {
	uint64_t requested, changed, already, unverified;
	uint64_t wanted; /* what was not so already: that is no shortfall */
	bool may_be_changed;
};
struct report_sums operation_sum(const struct operation *op);

/* The word for the whole, and what memctl ends with */
const char *operation_outcome(const struct operation *op);
enum exit_status operation_exit_status(const struct operation *op);

/* Adjacent rows that came to the same, upwards or downwards, as one line of the report */
struct row_run {
	struct report_row first, low, high;
	uint64_t elapsed_ms;
};

/* The next run from row *index on, which becomes the index of the row behind it. */
bool operation_next_run(const struct operation *op, size_t *index, struct row_run *run);

/* "45", "32-39" or a device; from malloc() */
char *row_run_blocks(const struct operation *op, const struct row_run *run);

/* operation/json.c, operation/text.c: the report, or with --dry-run the plan */
void operation_write(const struct operation *op);
void operation_print(const struct operation *op);

/* The same in few words, for set_last_words() */
int operation_say_what_became(const void *op, bool as_text);

/* operation/table.c: --output, or what is usual for the report; ends the program where it names no column. */
void operation_choose_columns(struct operation *op);
void operation_print_table(const struct operation *op);

/* For the help of the commands */
void operation_help_columns(const struct command *command);

/* operation/who.c: with --who, looks for the processes that map what was in the way of blocks. */
void operation_find_processes(struct operation *op);
void operation_forget_processes(struct operation *op);

/* Which range of the processes is that of step `index`; false when none was looked for. */
bool operation_get_who_range(const struct operation *op, size_t index, size_t *range);

/* Names them for people. */
void operation_tell_processes(const struct operation *op);

/*
 * operation/reasons.c: why a step's block is not as asked, in words for one block or several, and where all kinds say the same:
 * static, NULL for the rest
 */
char *operation_make_reason(const struct operation *op, const struct memhp_step *step);
const char *row_reason_text(enum memhp_outcome outcome, enum memhp_reason reason);

/* What the page in a step's way is, such as "a program's memory"; NULL when the kernel named no page. */
const char *operation_page_text(const struct memhp_step *step);

/* Whether what has failed was an offline; its block is, or is to be, in a zone of the kernel's own */
bool operation_goes_offline(const struct operation *op, const struct memhp_step *step);
bool operation_is_in_kernel_zone(const struct memhp_step *step);

/* Whether the kernel's log was read, and had nothing about the block but that the writer was killed; how much slab was left then */
bool operation_is_log_silent(const struct operation *op, const struct memhp_step *step);
uint64_t operation_left_slab(const struct memhp_step *step);

/* operation/hints.c: what to try and how to learn more, for one block or several, and what to try where all kinds say the same */
char *operation_make_hint(const struct operation *op, const struct memhp_step *step);
char *operation_make_more(const struct operation *op, const struct memhp_step *step);
const char *row_hint_text(const struct operation *op, const struct report_row *row);

/* operation/choice.c: a plan in which no block is that is certain not to go offline, whoever tries */
struct memhp_plan *operation_plan_certain(struct memhp_snapshot *snapshot, struct memhp_request *request,
					  const struct memhp_selection *selection);

/* operation/target.c: --to. What it is, and how much is online: for people, for programs, and where there is nothing to do */
struct online_target operation_get_target(const struct operation *op);
void operation_print_target(const struct operation *op);
void operation_tell_target(const struct operation *op);
void operation_write_target(const struct operation *op, struct json_doc *doc);
void operation_say_target_is_met(const struct operation *op);
void operation_say_target_is_missed(const struct operation *op);

/* Finds out what may be chosen in place of blocks that do not go offline; before reasons and hints are made. */
void operation_look_for_choices(struct operation *op);

/*
 * operation/blocker.c: somebody else's change, which the kernel finishes first. Why a step's time was over: "waited in vain:
 * block 9 is going offline by another program (process 801)"; NULL where that was not the reason. From malloc()
 */
char *operation_blocker_reason(const struct operation *op);

/* Says so before the request begins, where a block is on its way. */
void operation_tell_blocker(const struct operation *op, const struct memhp_snapshot *snapshot);

/* operation/agents.c: names the rules that may have brought a block back, where one was. */
void operation_tell_agents(const struct operation *op);

/* operation/crash-kernel.c: after a change that a loaded crash kernel (kdump) does not know of, that it must be loaded again */
void operation_tell_crash_kernel(const struct operation *op);
void operation_write_crash_kernel(const struct operation *op, struct json_doc *doc);

/*
 * operation/pages.c: before blocks go offline, looks at their pages as far as that is allowed and quick, and where memctl chooses
 * ranks the candidates.
 */
void operation_look_at_pages(struct operation *op, struct memhp_snapshot *snapshot);

/* What was seen; NULL when a block was not looked at. */
const struct page_facts *operation_find_pages(const struct operation *op, uint64_t block_id);

/* Names the blocks that would not come online again. */
void operation_tell_poison(const struct operation *op);

/* Of an offline that was stopped: what the block held before, and what was left in it. */
void operation_set_pages(struct json_object *object, const struct operation *op, const struct memhp_step *step);

/* operation/huge-pages.c: what an offline costs of them. Looks at the pools, before and after. */
void operation_look_at_huge_pages(struct operation *op, struct memhp_huge_pools **pools);

/* How many the planned blocks may cost; the snapshot tells the nodes. */
void operation_foresee_huge_pages(struct operation *op, const struct memhp_snapshot *snapshot);

/* What it did cost, or of a plan would: for people, for programs, and whether it may have cost any */
void operation_tell_huge_pages(const struct operation *op);
void operation_write_huge_pages(const struct operation *op, struct json_doc *doc);
bool operation_may_have_lost_huge_pages(const struct operation *op);

/*
 * operation/note.c: notes what the request is about to do, before anything is done, and what came of it, or that nothing was done;
 * says where that was not possible.
 */
void operation_begin_note(struct operation *op);
void operation_end_note(struct operation *op);
void operation_forget_note(struct operation *op);
void operation_tell_note(const struct operation *op);
void operation_release_note(struct operation *op);

/* operation/journal.c: leaves a line about a request that was carried out or refused. */
void operation_tell_journal(const struct operation *op);

/* operation/troubles.c: of each kind of trouble what it is, what to try, and how to learn more, a line each */
void operation_tell_troubles(const struct operation *op);

#endif
