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
#include "process.h"
#include "read/files.h"

enum job_phase {
	JOB_WAITING = 0,
	JOB_WRITING, /* started_ms is valid */
	JOB_DONE,    /* all of it is valid */
};

/* The job is for a file of the directory itself, not of a block's. */
#define NO_BLOCK UINT64_MAX

/* One store: a word into a file. The pointers are static, so that they are good in the worker, too. */
struct worker_job {
	uint64_t block_id; /* whose file it is, or NO_BLOCK */
	const char *file, *word;
	const char *memmap;  /* of a flag: what is to be in the file memmap_on_memory beside it; NULL: it stays */
	uint64_t number;     /* without a word: the address that is one */
	bool is_flag;        /* 0 or 1, that is written where it is not yet so */
	bool has_set_memmap; /* memmap was written, or was to be when the worker was ended */
	int64_t started_ms;  /* 0 when nothing was written */
	int64_t ended_ms;
	int write_error; /* of what came first: open(2), a look at the state before the store, write(2) */
	int read_error;  /* of the look afterwards */
	atomic_int phase;
	uint8_t goal;  /* enum memhp_state that the word asks for; MEMHP_STATE_UNKNOWN: the file is no block's state */
	uint8_t after; /* enum memhp_state, as read back */
	uint8_t zone;  /* enum memhp_zone, of a block that is asked to be online and is */
};

struct worker_board {
	uint64_t block_timeout_ms, grace_ms;
	int64_t deadline_ms; /* of the request, on the monotonic clock; INT64_MAX for none */
	_Atomic uint32_t current;
	bool stop_when_unverified; /* no further job after a store whose outcome cannot be read */
	struct worker_job jobs[];
};

struct worker {
	struct process process;
	int socket;
};

/* Shared with every worker that is started later; released with munmap(). */
struct worker_board *memhp__worker_board_new(size_t num_jobs, size_t *size);

/* Starts a worker that waits for memhp__worker_run(); `dirfd` is the directory of the blocks. */
int memhp__worker_start(struct worker *worker, struct memhp_ctx *ctx, struct worker_board *board, int dirfd);

/* Sends it through the jobs first ... last - 1; it answers with one message when all are done that it does. */
int memhp__worker_run(const struct worker *worker, size_t first, size_t last);

/* True when that message was received, false when the worker is gone. */
bool memhp__worker_receive(const struct worker *worker);

/* Kills the worker and waits for its end, `grace_ms` at most. 0, or -EBUSY when it is still there: then it is the context's. */
int memhp__worker_end(struct worker *worker, struct memhp_ctx *ctx, uint64_t grace_ms);

/* State and zone of a block as they are now. Async-signal-safe. */
int memhp__worker_read_back(const struct file_ops *ops, int dirfd, uint64_t block_id, enum memhp_state *state,
			    enum memhp_zone *zone);

#endif
