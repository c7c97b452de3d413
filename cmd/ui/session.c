/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/session.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "ui/exit.h"
#include "ui/message.h"
#include "ui/mounts.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

#define MORE_TIME "a longer --timeout"

_printf_(3, 0) static void log_line(void *userdata, int level, const char *format, va_list args)
{
	char *text;

	(void)userdata;
	(void)level;
	if (vasprintf(&text, format, args) < 0)
		return;
	warn("%s", text);
	free(text);
}

struct memhp_ctx *open_ctx(const struct options *options)
{
	struct memhp_ctx *ctx;
	uint64_t block_size;
	bool read_only;
	_cleanup_free_ char *sysfs = NULL;
	int rc = memhp_ctx_new(&ctx, options->sysroot);

	if (rc == -ENOMEM)
		out_of_memory();
	if (rc < 0 && options->sysroot)
		usage_error("--sysroot", "%s: %s", options->sysroot, strerror(-rc));
	if (rc < 0)
		fail(EXIT_FAILED, "cannot open the root directory: %s", strerror(-rc));
	/* Nearly all of a scan is the kernel's time; more threads than this wait for each other there. */
	(void)memhp_ctx_set_threads(ctx, 8);
	memhp_ctx_set_log(ctx, log_line, NULL, has_option(options, OPT_VERBOSE) ? LOG_DEBUG : LOG_WARNING);
	if (options->sysroot || memhp_ctx_read_block_size(ctx, &block_size) != -ENODEV)
		return ctx;
	/* Not at /sys: it may be mounted elsewhere. */
	sysfs = mounts_find_sysfs(&read_only);
	rc = sysfs ? memhp_ctx_set_sysfs(ctx, sysfs) : 0;
	if (rc < 0)
		fail(EXIT_FAILED, "cannot open %s, where sysfs is mounted: %s", sysfs, strerror(-rc));
	return ctx;
}

const char *balance_file(int error)
{
	return error == -ENODATA ? "/proc/meminfo" : "/proc/zoneinfo";
}

void fail_scan(const struct memhp_ctx *ctx, int error)
{
	const char *sysroot = memhp_ctx_get_sysroot(ctx);
	bool read_only;
	char *sysfs;

	if (error == -ENOMEM)
		out_of_memory();
	if (error == -EBADMSG)
		fail(EXIT_FAILED, "cannot understand %s/sys/devices/system/memory/block_size_bytes: no power of two in hex",
		     sysroot ? sysroot : "");
	if (error != -ENODEV)
		fail(EXIT_FAILED, "cannot read %s/sys/devices/system/memory: %s", sysroot ? sysroot : "", strerror(-error));
	if (sysroot)
		fail(EXIT_UNSUPPORTED,
		     "there is no directory %s/sys/devices/system/memory: its kernel has no CONFIG_MEMORY_HOTPLUG, or the copy is "
		     "not whole",
		     sysroot);
	sysfs = mounts_find_sysfs(&read_only);
	if (!sysfs)
		fail_with(EXIT_UNSUPPORTED, NULL, "as root: mount -t sysfs sysfs /sys", "sysfs is not mounted");
	fail(EXIT_UNSUPPORTED,
	     "there is no directory %s/devices/system/memory: the kernel was built without CONFIG_MEMORY_HOTPLUG, or a container "
	     "hides it",
	     sysfs);
}

void fail_copy(const struct memhp_ctx *ctx)
{
	const char *sysroot = memhp_ctx_get_sysroot(ctx);

	if (sysroot)
		fail_with(EXIT_UNSUPPORTED, NULL, "--dry-run, which shows what would be done",
			  "nothing was changed: %s is a copy of a machine: its files are neither sysfs nor FUSE", sysroot);
	fail_with(EXIT_UNSUPPORTED, NULL, "run memctl where sysfs is mounted, or with --dry-run",
		  "nothing was changed: the memory blocks in /sys are plain files, not sysfs");
}

void check_changeable(struct memhp_ctx *ctx)
{
	if (memhp_ctx_check_changeable(ctx) == -EMEDIUMTYPE)
		fail_copy(ctx);
}

void fail_apply(const struct memhp_ctx *ctx, int error)
{
	bool read_only = false;

	switch (error) {
	case -EMEDIUMTYPE:
		fail_copy(ctx);
	case -EROFS:
		free(memhp_ctx_get_sysroot(ctx) ? NULL : mounts_find_sysfs(&read_only));
		fail_with(EXIT_FAILED, "read-only",
			  read_only ? "run memctl on the host, or as root: mount -o remount,rw /sys"
				    : "run memctl where /sys/devices/system/memory can be written",
			  "nothing was changed: %s",
			  read_only ? "sysfs is mounted read-only, as in most containers" : "the memory blocks are read-only here");
	case -EACCES:
	case -EPERM:
		fail_with(EXIT_FAILED, "access", geteuid() ? "run memctl as root" : "give root the capability CAP_DAC_OVERRIDE",
			  "nothing was changed: no permission to change memory blocks");
	case -ENODEV:
	case -ENOMEM:
		fail_scan(ctx, error);
	default:
		fail(EXIT_FAILED, "nothing was changed: cannot start the process that writes: %s", strerror(-error));
	}
}

struct session session_begin(const struct options *options)
{
	uint64_t started = now_ms();

	return (struct session){
		.ctx = open_ctx(options), .started_ms = started, .timeout_ms = options->timeout_ms, .signal_fd = -1
	};
}

void session_end(struct session *session)
{
	memhp_ctx_unref(session->ctx);
}

void session_bear(struct session *session, int error)
{
	if (error != -EMFILE && error != -ENFILE && error != -ENOMEM)
		fail_scan(session->ctx, error);
	if (!session->told_shortage)
		warn("cannot look at the blocks for now: %s; what becomes of them is told as soon as that is over",
		     strerror(-error));
	session->told_shortage = true;
}

/* Those that end a program, except what this one was told to ignore: nohup and background jobs of a shell */
static void get_end_signals(sigset_t *signals)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action;

	sigemptyset(signals);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (sigaction(ends[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(signals, ends[i]);
}

/*
 * They are blocked rather than handled, so that none is lost, wake the library through a descriptor, and end the program after the
 * report.
 */
void session_watch_signals(struct session *session)
{
	sigset_t signals;

	/* A reader that goes away is no reason to leave a request half done: what cannot be written is reported at the end. */
	signal(SIGPIPE, SIG_IGN);
	/* Nor is a limit to the size of files, which a note of the request may meet. */
	signal(SIGXFSZ, SIG_IGN);
	get_end_signals(&signals);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	session->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (session->signal_fd < 0 || memhp_ctx_set_cancel_fd(session->ctx, session->signal_fd) < 0)
		fail(EXIT_FAILED, "nothing was changed: cannot watch for signals: %s", strerror(errno));
}

void session_take_signal(struct session *session)
{
	struct signalfd_siginfo info;

	if (read(session->signal_fd, &info, sizeof(info)) == sizeof(info) && !session->signal)
		session->signal = (int)info.ssi_signo;
}

static const char *root_of(const struct session *session)
{
	const char *sysroot = memhp_ctx_get_sysroot(session->ctx);

	return sysroot ? sysroot : "";
}

#define HOLDER_MAX sizeof("process -2147483648")

/* Who has the lock now: while one waits it may go from hand to hand. */
static const char *name_holder(const struct session *session, char name[HOLDER_MAX])
{
	int holder = (int)memhp_ctx_get_lock_holder(session->ctx);

	if (holder == 0)
		return "another process";
	snprintf(name, HOLDER_MAX, "process %d", holder);
	return name;
}

/* Another memctl at work is waited for within the deadline, but not silently. */
static int wait_for_lock(struct session *session)
{
	const char *root = root_of(session);
	char name[HOLDER_MAX];
	int rc;

	warn("%s is changing memory blocks; waiting for its lock, %s/run/memctl.lock", name_holder(session, name), root);
	rc = memhp_lock_new(&session->lock, session->ctx, session_left_ms(session));
	if (rc == -ETIMEDOUT)
		fail_with(EXIT_TIMED_OUT, NULL, MORE_TIME,
			  "nothing was changed: %s still held the lock %s/run/memctl.lock at the deadline",
			  name_holder(session, name), root);
	if (rc == -ECANCELED) {
		session_take_signal(session);
		fail_by_signal(session->signal, "nothing was changed: interrupted while %s held the lock %s/run/memctl.lock",
			       name_holder(session, name), root);
	}
	return rc;
}

/* Where the lock cannot be had, as on a full disk, memory may have to be changed all the same. */
static bool can_do_without_lock(int error)
{
	switch (error) {
	case -ENOENT:
	case -EROFS:
	case -ENOSPC:
	case -EDQUOT:
	case -EACCES:
	case -EPERM:
		return true;
	default:
		return false;
	}
}

void session_lock(struct session *session)
{
	int rc = memhp_lock_new(&session->lock, session->ctx, 0);

	if (rc == -ETIMEDOUT)
		rc = wait_for_lock(session);
	if (rc == 0)
		return;
	if (rc == -EBADMSG)
		fail_with(EXIT_FAILED, NULL, "look at it, and remove it",
			  "nothing was changed: %s/run/memctl.lock is no lock: no plain file, or with a second name or another "
			  "owner",
			  root_of(session));
	if (!can_do_without_lock(rc))
		fail(EXIT_FAILED, "nothing was changed: cannot take the lock %s/run/memctl.lock: %s", root_of(session),
		     strerror(-rc));
	session->lock_error = rc;
}

void session_tell_unlocked(const struct session *session)
{
	int error = session->lock_error;

	if (error)
		warn("careful: no lock (%s/run/memctl.lock: %s): another memctl may have changed memory at the same time",
		     root_of(session), strerror(-error));
}

void session_unlock(struct session *session)
{
	memhp_lock_free(session->lock);
	session->lock = NULL;
}

uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t session_elapsed_ms(const struct session *session)
{
	return now_ms() - session->started_ms;
}

uint64_t session_left_ms(const struct session *session)
{
	uint64_t elapsed = session_elapsed_ms(session);

	if (session->timeout_ms == MEMHP_NO_TIMEOUT)
		return MEMHP_NO_TIMEOUT;
	return session->timeout_ms > elapsed ? session->timeout_ms - elapsed : 0;
}

int session_poll_ms(uint64_t ms)
{
	if (ms == MEMHP_NO_TIMEOUT)
		return -1;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

uint64_t session_request_ms(const struct session *session)
{
	uint64_t left = session_left_ms(session);

	return left ? left : 1;
}

void session_fail_early(struct session *session, int error, const char *doing)
{
	if (error == -ETIMEDOUT)
		fail_with(EXIT_TIMED_OUT, NULL, MORE_TIME, "nothing was changed: the deadline passed while %s", doing);
	session_take_signal(session);
	fail_by_signal(session->signal ? session->signal : SIGINT, "nothing was changed: interrupted while %s", doing);
}
