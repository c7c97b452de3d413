/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes steps through a supervisor: what each asks for is written, and what became of its block is read back and judged. */
#ifndef MEMHP_STEP_RUN_H
#define MEMHP_STEP_RUN_H

#include "act/edges.h"
#include "act/supervisor.h"
#include "read/kmsg.h"

struct step_run {
	struct supervisor supervisor;
	const struct edges *edges; /* the caller's */
	struct memhp_step **steps; /* job i of the supervisor is for steps[i] */
	size_t num_steps;
	size_t num_done;                /* steps that are as asked, without those that only lead on to the next one */
	const struct memhp_step *ended; /* that nobody was told of so far */
	uint64_t kernel_loss;           /* bytes that went offline, and the kernel may miss */
	bool has_stuck;                 /* a writer of ours may have the kernel's lock */
	bool has_blocker;               /* the deadline passed while that block's change, by another agent, had the kernel's lock */
	uint64_t blocker;
	struct kmsg *kmsg; /* what the kernel says; may be NULL */
	/* Called whenever something is new and now and then besides; may be NULL */
	void (*tick)(struct step_run *run, void *data);
	void *tick_data;
};

/*
 * Room for so many steps, so that what comes later, such as a rollback, needs no memory. As memhp__supervisor_init(); the run must
 * not move.
 */
int memhp__step_run_init(struct step_run *run, const struct edges *edges, size_t max_steps);

/* What is to be tried next, from the first step on */
void memhp__step_run_set(struct step_run *run, struct memhp_step **steps, size_t num_steps, const struct supervisor_limits *limits);

/* Tries the steps first ... last - 1. -errno when no worker could be started; those that had no turn stay as they were. */
int memhp__step_run_try(struct step_run *run, size_t first, size_t last);

/* The step under way and since when, NULL between steps */
const struct memhp_step *memhp__step_run_current(const struct step_run *run, uint64_t *elapsed_ms);

/* Ends the worker. */
void memhp__step_run_release(struct step_run *run);

#endif
