/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command holds of a machine while it runs: the context, and who changes something also the lock, signals and a deadline */
#ifndef MEMCTL_SESSION_H
#define MEMCTL_SESSION_H

#include "ui/opts.h"

/* A context for what the options say */
struct memhp_ctx *open_ctx(const struct options *options);

/* The end after what the library said when it could not even begin: no memory hotplug, a copy, no permission, a read-only sysfs. */
_Noreturn void fail_scan(const struct memhp_ctx *ctx, int error);
_Noreturn void fail_apply(const struct memhp_ctx *ctx, int error);
_Noreturn void fail_copy(const struct memhp_ctx *ctx);

/* Ends the program when this machine is a copy. That comes before what a guard says, which --force could overcome. */
void check_changeable(struct memhp_ctx *ctx);

struct session {
	struct memhp_ctx *ctx;
	struct memhp_lock *lock;
	uint64_t timeout_ms; /* what the request may still take */
	int signal_fd;       /* where a signal comes from, -1 while nobody watches */
	int signal;          /* that ended the request, or 0 */
};

struct session session_begin(const struct options *options);
void session_end(struct session *session);

/* From here on the keys and signals that end a program end the request instead, through session->signal_fd. */
void session_watch_signals(struct session *session);

/* Notes a signal that has come. */
void session_take_signal(struct session *session);

/*
 * Takes the lock that all who change memory take, where there is anybody to share with; what waiting for it took is gone from
 * session->timeout_ms. It ends the program when the lock is not to be had.
 */
void session_lock(struct session *session);
void session_unlock(struct session *session);

/* A process that makes writes, within what is left of the request's time */
struct memhp_writer *session_new_writer(const struct session *session);

/* Milliseconds on the monotonic clock, and what is left of a time that began then: 0 when it is over */
uint64_t now_ms(void);
uint64_t time_left_ms(uint64_t timeout_ms, uint64_t started_ms);

#endif
