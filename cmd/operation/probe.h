/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl probe: the blocks that are to be added, and what becomes of them */
#ifndef MEMCTL_OPERATION_PROBE_H
#define MEMCTL_OPERATION_PROBE_H

#include "operation/operation.h"

/* An address that was given */
struct target {
	uint64_t addr;
	struct memhp_probe *probe;
	bool is_tried;
	int error;                     /* of the attempt to add it */
	const struct memhp_step *step; /* of the request that has brought it online; NULL: there was none */
};

struct probing {
	struct operation op; /* with the request that brings the new blocks online */
	struct target *targets;
	size_t num;
	bool unbacked;    /* proof of RAM does not count */
	int online_error; /* why the new blocks could not even be tried */
};

/* operation/probe-rows.c: whether the block is there by now */
bool probe_is_added(const struct target *target);

/* What memctl ends with when a block is stopped; 0 when none is. */
enum exit_status probe_refusal(const struct probing *probing);

/* For struct operation_kind */
bool probe_get_row(const struct operation *op, size_t index, struct report_row *row);
char *probe_make_reason(const struct operation *op, const struct report_row *row);
char *probe_make_hint(const struct operation *op, const struct report_row *row);
void probe_tell(const struct operation *op);
void probe_write_row(const struct operation *op, const struct report_row *row, struct json_object *object);

/* A warning for each failed check that --force and --unbacked overcome; before anything is written */
void probe_tell_dangers(const struct probing *probing);

/* The end for a kernel without the file. */
_Noreturn void probe_fail_unsupported(const struct options *options);

#endif
