/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan that is being carried out, and the tries of its steps */
#ifndef MEMHP_TRIES_H
#define MEMHP_TRIES_H

#include "act/dyndbg.h"
#include "act/moves.h"
#include "act/rebind.h"
#include "act/rollback.h"
#include "act/step-run.h"
#include "read/kmsg.h"

struct apply {
	struct memhp_ctx *ctx;
	const struct memhp_request *request;
	struct memhp_result *result;
	struct memhp_step **steps; /* those that may be tried: planned first, then the spare ones; what is moved has one more */
	size_t num_steps, num_planned;
	size_t num_goal;     /* how many of the result's are planned */
	size_t num_rollback; /* how many are brought back; 0 before a rollback */
	struct edges edges;
	struct step_run run;
	struct rebind rebind;
	struct rollback rollback;
	struct moves moves;
	enum memhp_reason stop; /* what ended the request before its time */
	struct kmsg kmsg;
	struct dyndbg dyndbg;
	int64_t started_ms, deadline_ms;
};

/* How many more blocks have to change before the request is met */
size_t memhp__tries_missing(const struct apply *apply);

/* How many of the steps have that outcome */
size_t memhp__tries_count(const struct apply *apply, enum memhp_outcome outcome);

/* The steps first ... last - 1 of a run. What a step leads on to has no turn when that is not done. 0 or -errno */
int memhp__tries_steps(struct step_run *run, size_t first, size_t last);

/* All of them: the planned ones, others in their place, and what was busy once more. 0 or -errno */
int memhp__tries_run(struct apply *apply);

/* What had no turn, because the request ended before, or there was no resource for a worker: `error` */
void memhp__tries_settle(struct apply *apply, int error);

#endif
