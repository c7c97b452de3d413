/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl restore: a request for all that differs from a saved layout, or from what the last request found */
#ifndef MEMCTL_RESTORE_H
#define MEMCTL_RESTORE_H

#include "operation/operation.h"
#include "ui/layout.h"
#include "ui/note.h"

/* What becomes of a setting of the kernel's */
struct setting {
	bool differs, is_tried, is_taken_back;
	int error, back_error;
};

/* Why a block of the last request stays as it is */
enum stays { STAYS_OTHERS, STAYS_UNKNOWN, STAYS_GONE, STAYS_ADDED, NUM_STAYS };

struct restoring {
	struct operation op;
	char *path; /* of the layout */
	struct layout saved, now;
	struct setting settings[NUM_POLICY_KEYS];
	bool has_others; /* blocks that stay as they are, and may be another way than saved */

	/* With --last */
	bool is_last;
	struct notes notes;
	struct note *note; /* one of these */
	bool is_past;      /* it has been brought back before */
	struct layout stays[NUM_STAYS];
};

static inline const struct restoring *restoring_of(const struct operation *op)
{
	return (const struct restoring *)op;
}

/* operation/restore-policy.c, where --policy asks for it: ends the program where the layout has a value that cannot be meant */
void restore_policy_check(const struct restoring *restoring);

/* Which settings differ, and what stays as it is */
void restore_policy_look(struct restoring *restoring);

/* Sets them, with --rollback up to the first that fails; whether all are set. */
bool restore_policy_set(struct restoring *restoring);

/* Sets back what was set, the last first. */
void restore_policy_take_back(struct restoring *restoring);

/* What became of them, for people and for programs */
void restore_policy_tell(const struct restoring *restoring);
void restore_policy_write(const struct restoring *restoring, struct json_doc *doc);

/* operation/restore-last.c: finds the last request; the end where there is none that can be brought back. */
void restore_look_for_last(struct restoring *restoring);

/* The same under the lock, when what a killed memctl has begun is over */
void restore_look_again(struct restoring *restoring);

/* Takes what of its blocks is to be brought back as the saved layout; says which request it is, and what stays. */
void restore_take_last(struct restoring *restoring);

void restore_release_last(struct restoring *restoring);
void restore_write_last(const struct restoring *restoring, struct json_doc *doc);

/* Ends the program: the folder of notes cannot be read. */
_Noreturn void restore_fail_reading(struct memhp_ctx *ctx, int error);

/* operation/restore-list.c: --list */
int restore_list(const struct options *options);

#endif
