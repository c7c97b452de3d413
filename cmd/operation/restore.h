/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl restore: a request for all that differs from a saved layout */
#ifndef MEMCTL_RESTORE_H
#define MEMCTL_RESTORE_H

#include "operation/operation.h"
#include "ui/layout.h"

/* What becomes of a setting of the kernel's */
struct setting {
	bool differs, is_tried, is_taken_back;
	int error, back_error;
};

struct restoring {
	struct operation op;
	char *path; /* of the layout */
	struct layout saved, now;
	struct setting settings[NUM_POLICY_KEYS];
	bool has_others; /* blocks that stay as they are, and may be another way than saved */
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

#endif
