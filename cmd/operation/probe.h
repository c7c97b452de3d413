/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl probe: the blocks that are to be added, and what becomes of them */
#ifndef MEMCTL_OPERATION_PROBE_H
#define MEMCTL_OPERATION_PROBE_H

#include "operation/operation.h"
#include "ui/exit.h"

/* An address that was given */
struct target {
	uint64_t addr;
	struct memhp_probe *probe;
	bool tried;
	int error;                     /* of the attempt to add it */
	const struct memhp_step *step; /* of the request that has brought it online; NULL: there was none */
};

struct probing {
	struct operation op; /* context, deadline, signals, and the request that brings the new blocks online */
	struct target *targets;
	size_t num;
	uint64_t elapsed_ms;
	bool unbacked;    /* proof of RAM does not count */
	bool timed_out;   /* the deadline passed before all was done */
	int online_error; /* why the new blocks could not even be tried */
};

/* operation/probe-facts.c: whether a failed check keeps the block from being added */
bool probe_is_stopped_by(const struct probing *probing, const struct target *target, enum memhp_obstacle obstacle);
bool probe_is_stopped(const struct probing *probing, const struct target *target);

/* What becomes of the whole, in the words and numbers of memctl */
bool probe_is_refused(const struct probing *probing);
bool probe_is_added(const struct target *target);
/* Whether the kernel took it, and what came of it could not be read; no block at all is another answer. */
bool probe_is_unverified(const struct target *target);
bool probe_had_no_turn(const struct probing *probing, const struct target *target);
bool probe_is_complete(const struct probing *probing);
enum exit_status probe_exit_status(const struct probing *probing);

/* operation/probe-report.c: a warning for each failed check that --force and --unbacked overcome; before anything is written */
void probe_tell_dangers(const struct probing *probing);

/* The table or the document, and a sentence for each trouble */
void probe_report(const struct probing *probing);

/* The same in few words, for set_last_words() */
int probe_say_what_became(const void *probing, bool as_text);

/* operation/probe-words.c: "added", "refused", "failed" ... */
const char *probe_outcome(const struct probing *probing, const struct target *target);

/* Why a check has failed, with the address; from malloc() */
char *probe_obstacle_text(const struct probing *probing, const struct target *target, enum memhp_obstacle obstacle);

/* Why a block was not added: the first check that stops it, or what the kernel said; NULL when it was. From malloc() */
char *probe_target_text(const struct probing *probing, const struct target *target);

/* Why a block that was tried was not added, and what to try; from malloc() */
char *probe_error_text(const struct target *target);

/* The end for a kernel without the file. */
_Noreturn void probe_fail_unsupported(const struct options *options);

#endif
