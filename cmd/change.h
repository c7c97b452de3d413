/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request of memctl online, offline, remove or probe, and its report */
#ifndef MEMCTL_CHANGE_H
#define MEMCTL_CHANGE_H

#include "exit.h"
#include "opts.h"
#include "processes.h"

struct json_doc;
struct json_object;

/* What a look at the machine's memory said of the plan */
struct guard {
	const char *code; /* "memory-left", "imbalance"; NULL: nothing to say */
	bool refused;     /* else a warning */
	char *text;
	uint64_t available, keep_free; /* bytes, for memory-left */
	double ratio;                  /* MOVABLE:KERNEL afterwards, for imbalance */
};

struct change {
	const struct options *options;
	const char *command; /* "online", "offline", "remove" */
	enum memhp_action action;
	const char *device; /* that is to be ejected in the end, NULL for none */
	struct memhp_ctx *ctx;
	struct memhp_request *request;
	struct memhp_plan *plan;
	struct memhp_result *result; /* NULL: a dry run */
	uint64_t block_size;
	uint64_t adding;    /* bytes that come online as well, of blocks that are not there yet */
	size_t num_present; /* blocks of the machine */
	struct guard guard;
	bool shows_line;     /* of progress, on a terminal */
	bool rolls_back;     /* as far as is known */
	uint64_t timeout_ms; /* what is left of the request's time when it begins */
	int signal;          /* that ended the request, or 0 */
	int signal_fd;       /* where it comes from, -1 while nobody watches */
	struct who who;
	size_t *who_ranges; /* of each step: the number of its range and 1, 0 for none; NULL: nobody was looked for */
};

/* The command as a whole, from the options on; returns the exit status. */
int change_run(struct change *change);

/* From here on the keys and signals that end a program end the request instead, through change->signal_fd. */
void change_watch_signals(struct change *change);

/*
 * The lock that all who change memory take; what waiting for it took is gone from change->timeout_ms. NULL where there is nobody to
 * share with.
 */
struct memhp_lock *change_take_lock(struct change *change);

/* --size or --count in blocks; 0 without them. Ends the program when the size is no multiple of the block size. */
uint64_t change_goal(const struct change *change);

/* Looks whether the plan leaves the machine enough memory, and the kernel its share of it. */
void change_check_guards(struct change *change);

/* Milliseconds on the monotonic clock */
uint64_t change_now_ms(void);

/* Finds out where progress is shown; before the request begins, for it must not wait for that. */
void change_prepare_progress(struct change *change);

/* Shows how far the request is, as is fit for where it is shown; for memhp_request_set_progress() */
void change_show_progress(void *change, const struct memhp_progress *progress);

/* Takes the living line away. */
void change_end_progress(const struct change *change);

/* Notes a signal that has come. */
void change_take_signal(struct change *change);

/* What memctl ends with */
enum exit_status change_exit_status(const struct change *change);

/* Writes the report, or with --dry-run the plan, as a table with sentences for what went wrong, or as JSON. */
void change_report(const struct change *change);

/* A deadline as a member of a document, null for none */
void change_write_deadline(struct json_doc *doc, const char *key, uint64_t ms);

/* What a guard says, as JSON; NULL for nothing */
struct json_object *change_make_guard(const struct guard *guard);

/* change-runs.c: the steps of the result, or of the plan where there is none; NULL behind the last */
const struct memhp_step *change_get_step(const struct change *change, size_t i);

/* Whether memctl chooses: then blocks that it passes over are no failure. */
bool change_has_goal(const struct change *change);

/* A further candidate that was not needed, or is not by now, is no part of a report. */
bool change_is_spare(const struct memhp_step *step);

/* Where memctl chooses, blocks that it cannot choose are no trouble, unless there are too few others. */
bool change_is_passed_over(const struct change *change, const struct memhp_step *step);

/* Whether the block went with the device that is ejected */
bool change_is_gone(const struct change *change, const struct memhp_step *step);

/* Adjacent steps that came to the same, upwards or downwards, as one line of the report */
struct change_run {
	const struct memhp_step *first, *low, *high;
	uint64_t elapsed_ms;
};

/* The next run from step *index on, which becomes the index of the step behind it. */
bool change_next_run(const struct change *change, size_t *index, struct change_run *run);

/* "45" or "32-39"; from malloc() */
char *change_run_blocks(const struct change *change, const struct change_run *run);

/* change-table.c */
void change_print_table(const struct change *change);

/* change-who.c: with --who, looks for the processes that map what was in the way of blocks. */
void change_find_processes(struct change *change);
void change_forget_processes(struct change *change);

/* Which range of the processes is that of step `index`; false when none was looked for. */
bool change_get_who_range(const struct change *change, size_t index, size_t *range);

/* Names them for people. */
void change_tell_processes(const struct change *change);

/*
 * change-reasons.c: why a step's block is not as asked, in words for one block or several; NULL when there is nothing to explain.
 * From malloc()
 */
char *change_make_reason(const struct change *change, const struct memhp_step *step);

/* What to try; NULL when nothing helps. From malloc() */
char *change_make_hint(const struct change *change, const struct memhp_step *step);

/* What the page in a step's way is, such as "a program's memory"; NULL when the kernel named no page. */
const char *change_page_text(const struct memhp_step *step);

/* change-troubles.c: a sentence for each kind of trouble, with what to try */
void change_tell_troubles(const struct change *change);

#endif
