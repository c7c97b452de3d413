/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends a worker through a list of steps, keeps the deadlines, kills where it must, and reads back. */
#ifndef MEMHP_SUPERVISOR_H
#define MEMHP_SUPERVISOR_H

#include "act/worker.h"
#include "read/kmsg.h"

/* How long a list of steps may take, and who may end it early */
struct supervisor_limits {
	int64_t deadline_ms; /* on the monotonic clock; INT64_MAX for none */
	uint64_t block_timeout_ms, grace_ms;
	int cancel_fd; /* -1 for none */
};

struct supervisor {
	struct memhp_ctx *ctx;
	int dirfd;
	struct supervisor_limits limits;
	struct memhp_step **steps; /* job i of the board is for steps[i] */
	size_t num_steps;
	struct worker_board *board;
	size_t board_size;
	struct worker worker;
	bool has_worker;
	size_t num_done;        /* steps that are as asked */
	size_t next;            /* the first step that is not settled */
	enum memhp_reason stop; /* why no further step is tried */
	pid_t writer_pid;       /* of a writer that could not be ended */
	struct kmsg *kmsg;      /* what the kernel says; may be NULL */
	/* Called whenever something is new and now and then besides; may be NULL */
	void (*tick)(struct supervisor *supervisor, void *data);
	void *tick_data;
};

/* `actions` has the action of each step, or one action for all when `one_action` says so. */
int memhp__supervisor_init(struct supervisor *supervisor, struct memhp_ctx *ctx, int dirfd, struct memhp_step **steps,
			   size_t num_steps, const enum memhp_action *actions, bool one_action,
			   const struct supervisor_limits *limits);

/* Tries the steps first ... last - 1. -errno when no worker could be started; those that had no turn stay as they were. */
int memhp__supervisor_run(struct supervisor *supervisor, size_t first, size_t last);

/* Sleeps; ends early when the request has to stop. */
void memhp__supervisor_pause(struct supervisor *supervisor, int64_t ms);

/* The step under way and since when, NULL between steps */
const struct memhp_step *memhp__supervisor_current(const struct supervisor *supervisor, uint64_t *elapsed_ms);

/* Ends the worker and releases what memhp__supervisor_init() acquired. */
void memhp__supervisor_release(struct supervisor *supervisor);

#endif
