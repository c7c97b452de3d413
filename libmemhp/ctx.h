/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What everything below a context has from it: where files are, the log, writers that are left */
#ifndef MEMHP_CTX_H
#define MEMHP_CTX_H

#include <stdbool.h>
#include <syslog.h>

#include "libmemhp.h"
#include "process.h"

#define MAX_THREADS 64

struct file_ops;

struct memhp_ctx {
	unsigned int refs;
	char *sysroot; /* NULL: the running machine */
	int root_fd;   /* below which everything is, whatever becomes of the name of a tree */
	int sysfs_fd;  /* where sysfs is mounted on the running machine, when it is not at /sys; else -1 */
	memhp_log_fn log;
	void *log_userdata;
	int log_level;
	memhp_pages_progress_fn pages_progress; /* NULL: nobody listens */
	void *pages_userdata;
	int cancel_fd;            /* that ends what blocks by becoming readable; -1: none */
	unsigned int num_threads; /* that may share a scan, the caller's included: 1 ... MAX_THREADS */
	const struct file_ops *ops;
	struct process *stuck; /* writers that SIGKILL had not ended when their request had to return */
	size_t num_stuck, allocated_stuck;
};

__attribute__((format(printf, 3, 4))) void memhp__ctx_log(const struct memhp_ctx *ctx, int level, const char *format, ...);

/* Evaluates nothing when nobody listens at that level. */
#define log_at(ctx, priority, ...)                                  \
	do {                                                        \
		if ((ctx)->log && (priority) <= (ctx)->log_level)   \
			memhp__ctx_log(ctx, priority, __VA_ARGS__); \
	} while (0)
#define log_warning(ctx, ...) log_at(ctx, LOG_WARNING, __VA_ARGS__)
#define log_debug(ctx, ...)   log_at(ctx, LOG_DEBUG, __VA_ARGS__)

/*
 * A writer that SIGKILL has not ended is the context's, which reaps it, without waiting, when it can. The place for it is reserved
 * before the writer is started: -ENOMEM.
 */
int memhp__ctx_reserve_stuck(struct memhp_ctx *ctx);
void memhp__ctx_keep_stuck(struct memhp_ctx *ctx, struct process process);
void memhp__ctx_reap_stuck(struct memhp_ctx *ctx);

#endif
