/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command holds of a machine while it runs: the context, and who changes something also the lock, signals and a deadline */
#ifndef MEMCTL_SESSION_H
#define MEMCTL_SESSION_H

#include "ui/opts.h"

/* A context for what the options say */
struct memhp_ctx *open_ctx(const struct options *options);

/* The file for which memhp_balance_new() failed */
const char *balance_file(int error);

/* The end after what the library said when it could not even begin: no memory hotplug, a copy, no permission, a read-only sysfs. */
_Noreturn void fail_scan(const struct memhp_ctx *ctx, int error);
_Noreturn void fail_apply(const struct memhp_ctx *ctx, int error);
_Noreturn void fail_copy(const struct memhp_ctx *ctx);

/* Ends the program when this machine is a copy. That comes before what a guard says, which --force could overcome. */
void check_changeable(struct memhp_ctx *ctx);

struct session {
	struct memhp_ctx *ctx;
	struct memhp_lock *lock;
	int lock_error;                  /* why there is none, a negative errno */
	uint64_t started_ms, timeout_ms; /* of the command as a whole, planning and waiting for the lock included */
	int signal_fd;                   /* where a signal comes from, -1 while nobody watches */
	int signal;                      /* that ended the request, or 0 */
	bool told_shortage;
};

/* The command's time begins. */
struct session session_begin(const struct options *options);
void session_end(struct session *session);

/* The end where the library cannot look at blocks, unless for want of files or memory, which passes: that is said once. */
void session_bear(struct session *session, int error);

/* What the user has waited, and what the command may still take: 0 when its time is over */
uint64_t session_elapsed_ms(const struct session *session);
uint64_t session_left_ms(const struct session *session);

/* Of a time, MEMHP_NO_TIMEOUT for ever, what poll(2) takes */
int session_poll_ms(uint64_t ms);

/* What the library is told in that case, to which 0 would be no time limit that it takes. */
uint64_t session_request_ms(const struct session *session);

/* From here on the keys and signals that end a program end the request instead, through session->signal_fd. */
void session_watch_signals(struct session *session);

/* Notes a signal that has come. */
void session_take_signal(struct session *session);

/* The end when time was over, or a signal came, before anything was changed; `doing` is what went on, such as "planning" */
_Noreturn void session_fail_early(struct session *session, int error, const char *doing);

/* Takes the lock that all who change memory take; the end when somebody keeps it, or what is there cannot be it. */
void session_lock(struct session *session);
void session_unlock(struct session *session);

/* After a write, for before it might be for nothing: says so where that went on without the lock. */
void session_tell_unlocked(const struct session *session);

/* Milliseconds on the monotonic clock */
uint64_t now_ms(void);

#endif
