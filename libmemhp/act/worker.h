/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The process that writes.
 *
 * A write to `state` can block for ever, and while it waits for the kernel's lock no handled signal ends it: only killing the
 * process does. So one child process makes the writes of a request, block after block, and notes on a board in shared memory
 * what it is doing and what came of it. The parent sleeps until the child is through or a deadline passes, kills it where it
 * must, and reads the board. Talking about each block over a socket instead would cost twice the system calls.
 */
#ifndef MEMHP_WORKER_H
#define MEMHP_WORKER_H

#include <stdatomic.h>

#include "libmemhp.h"
#include "read/files.h"

enum job_phase {
	JOB_WAITING = 0,
	JOB_WRITING, /* started_ms is valid */
	JOB_DONE,    /* all of it is valid */
};

struct worker_job {
	uint64_t block_id;
	int64_t started_ms; /* 0 when nothing was written */
	int64_t ended_ms;
	int error;
	enum memhp_action action;
	atomic_int phase;
	uint8_t after; /* enum memhp_state */
	uint8_t zone;  /* enum memhp_zone, for a block that came online */
};

/* Room for the longest word, an address */
#define WORKER_WORD_MAX 24

struct worker_board {
	uint64_t block_timeout_ms;
	int64_t deadline_ms; /* of the request, on the monotonic clock; INT64_MAX for none */
	_Atomic uint32_t current;
	/* Of a board that is not for blocks (writer.c): each job stores this word in this file; an empty path otherwise. */
	char path[SYSFS_PATH_MAX], word[WORKER_WORD_MAX];
	struct worker_job jobs[];
};

struct worker {
	pid_t pid;
	int pidfd; /* -1 before Linux 5.2 */
	int socket;
};

/* Shared with every worker that is started later; released with munmap(). */
struct worker_board *memhp__worker_board_new(size_t num_jobs, size_t *size);

/* Starts a worker that waits for memhp__worker_run(); `dirfd` is the directory of the blocks. */
int memhp__worker_start(struct worker *worker, struct memhp_ctx *ctx, struct worker_board *board, int dirfd);

/* Sends it through the jobs first ... last - 1; it answers with one message when all are done. */
int memhp__worker_run(const struct worker *worker, size_t first, size_t last);

/* True when that message was received, false when the worker is gone. */
bool memhp__worker_receive(const struct worker *worker);

/* Whether its process has ended; for kernels without pidfd, where a copy of the socket elsewhere would hide it. */
bool memhp__worker_has_ended(const struct worker *worker);

/* Kills the worker and waits for its end, `grace_ms` at most. 0, or -EBUSY when it is still there: then it is the context's. */
int memhp__worker_end(struct worker *worker, struct memhp_ctx *ctx, uint64_t grace_ms);

/* State and zone of a block as they are now. Async-signal-safe. */
int memhp__worker_read_back(const struct file_ops *ops, int dirfd, uint64_t block_id, enum memhp_state *state,
			    enum memhp_zone *zone);

#endif
