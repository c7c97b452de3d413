/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stores that may block for ever and are no block's state: one process makes them, with a deadline each and one for all. */
#ifndef MEMHP_WRITER_H
#define MEMHP_WRITER_H

#include "act/supervisor.h"

struct memhp_writer {
	struct memhp_ctx *ctx;
	struct supervisor_limits limits;
	int dirfd;         /* of the files that it writes; -1 before there are any */
	const char *place; /* what that is; static */
	struct supervisor supervisor;
	enum memhp_reason why; /* why the last store was ended; MEMHP_REASON_NONE: by itself, or it was not begun */
	bool is_unverified;    /* the last store may have been taken, and a look at it failed */
	/* Called now and then while somebody waits; may be NULL */
	void (*tick)(void *data);
	void *tick_data;
};

void memhp__writer_init(struct memhp_writer *writer, struct memhp_ctx *ctx, const struct supervisor_limits *limits);
void memhp__writer_release(struct memhp_writer *writer);

/* The directory of the next files; the descriptor is the writer's from now on. `place` is static. */
void memhp__writer_enter(struct memhp_writer *writer, int dirfd, const char *place);

/*
 * Stores a word in a file of a block, or of the directory itself for NO_BLOCK; `file` is static. Returns 0, the errno of open(2)
 * or write(2), -ETIMEDOUT, -ECANCELED, -EINTR when somebody else killed the process, or what kept the process from being started.
 * Only a look at the file tells what came of a store that was ended.
 */
int memhp__writer_store(struct memhp_writer *writer, uint64_t block_id, const char *file, const char *word);

/* Sleeps, less than `ms` when something ends the request. Returns 0, -ETIMEDOUT or -ECANCELED. */
int memhp__writer_pause(struct memhp_writer *writer, int64_t ms);

#endif
