/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl probe: the blocks that are to be added, and what becomes of them */
#ifndef MEMCTL_OPERATION_PROBE_H
#define MEMCTL_OPERATION_PROBE_H

#include "operation/operation.h"

/* An address that was given */
struct target {
	uint64_t addr;
	struct memhp_probe *probe;
	const struct memhp_step *add;    /* in the plan or the result of adding them */
	const struct memhp_step *online; /* of the request that has brought it online; NULL: there was none */
};

struct probing {
	struct operation op; /* with the request that adds the blocks, and then with the one that brings them online */
	struct target *targets;
	size_t num;
	bool unbacked;                /* proof of RAM does not count */
	enum memhp_transition online; /* how they are to come online */
	struct memhp_result *added;   /* while op has the other one */
	int online_error;             /* why the new blocks could not even be tried */
};

/* operation/probe-rows.c: whether the block is there by now */
bool probe_is_added(const struct target *target);

/* Whether it was online as soon as it was there: not memctl's doing */
bool probe_is_onlined_by_others(const struct target *target);

/* Whether a check has failed, and --unbacked does not overcome it */
bool probe_is_stopped_by(const struct probing *probing, const struct target *target, enum memhp_obstacle obstacle);

/* The address that a row is about */
const struct target *probe_target(const struct operation *op, const struct report_row *row);

/* What memctl ends with when a block is stopped; 0 when none is. */
enum exit_status probe_refusal(const struct probing *probing);

/* For struct operation_kind */
bool probe_get_row(const struct operation *op, size_t index, struct report_row *row);
void probe_write_row(const struct operation *op, const struct report_row *row, struct json_object *object);

/* operation/probe-words.c: the same */
char *probe_make_reason(const struct operation *op, const struct report_row *row);
char *probe_make_hint(const struct operation *op, const struct report_row *row);
char *probe_make_more(const struct operation *op, const struct report_row *row);
void probe_tell(const struct operation *op);

/* A warning for each failed check that --force and --unbacked overcome; before anything is written */
void probe_tell_dangers(const struct probing *probing);

/* The end for a kernel without the file. */
_Noreturn void probe_fail_unsupported(const struct options *options);

#endif
