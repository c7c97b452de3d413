/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keeps a worker at its jobs, and to its deadlines.
 *
 * A store can block for ever, and only killing its process ends it. So one process makes the stores (worker.h), and the
 * supervisor sleeps until it is through, a deadline passes or the caller cancels; kills it where it must; waits a bounded time
 * for its end; and has each job settled, in their order, by whoever knows what is to be read back. Afterwards no process of ours
 * writes, or its pid is known and it is the context's.
 */
#ifndef MEMHP_SUPERVISOR_H
#define MEMHP_SUPERVISOR_H

#include "act/worker.h"

/* How long a list of jobs may take, and who may end it early */
struct supervisor_limits {
	int64_t deadline_ms; /* on the monotonic clock; INT64_MAX for none */
	uint64_t block_timeout_ms, grace_ms;
	int cancel_fd; /* -1 for none */
};

struct supervisor {
	struct memhp_ctx *ctx;
	int dirfd;
	struct supervisor_limits limits;
	struct worker_board *board; /* the caller fills in the jobs */
	size_t board_size;
	struct worker worker;
	bool has_worker;
	size_t next;            /* the first job that is not settled */
	enum memhp_reason stop; /* why no further job is tried */
	bool had_lock;          /* the worker that was ended last had the kernel's lock, or no time of its own to wait for it */
	pid_t writer_pid;       /* of a worker that could not be ended */
	/*
	 * Takes job i as it ended: by itself (`why` is MEMHP_REASON_NONE), or with the worker. Returns whether it has come to
	 * what it was meant for.
	 */
	bool (*settle)(void *data, size_t i, enum memhp_reason why);
	/* Called before the worker is ended at job i, at which the kernel is; may be NULL */
	void (*look)(void *data, size_t i);
	/* Called whenever something is new and now and then besides; may be NULL */
	void (*tick)(void *data);
	void *data; /* of these */
};

/*
 * 0, -ENOMEM, or -EMEDIUMTYPE for the directory of a copy; in any case memhp__supervisor_release() may be called. The descriptor
 * stays the caller's.
 */
int memhp__supervisor_init(struct supervisor *supervisor, struct memhp_ctx *ctx, int dirfd, size_t num_jobs);

/* From now on these hold; whatever stopped the jobs before stops no further ones. */
void memhp__supervisor_set_limits(struct supervisor *supervisor, const struct supervisor_limits *limits);

/* Tries jobs first ... last - 1. -errno when no worker could be started; those that had no turn are not settled. */
int memhp__supervisor_run(struct supervisor *supervisor, size_t first, size_t last);

/* Sleeps; ends early when the request has to stop. */
void memhp__supervisor_pause(struct supervisor *supervisor, int64_t ms);

/* The job under way; NULL between jobs */
const struct worker_job *memhp__supervisor_current(const struct supervisor *supervisor);

/* Ends the worker and releases what memhp__supervisor_init() acquired. */
void memhp__supervisor_release(struct supervisor *supervisor);

#endif
