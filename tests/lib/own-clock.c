// SPDX-License-Identifier: LGPL-2.1-or-later
#include "own-clock.h"

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* How long to wait for something to happen before time may go by */
#define LOOK_MS 1

/* Shared with the writers, each of which has a copy of the pointer */
static struct own_clock {
	_Atomic int64_t now_ms;
	_Atomic int64_t wake_ms; /* of the sleeper */
	_Atomic pid_t sleeper;   /* the writer that sleeps or hangs; it may be gone by now */
} * own;

int __real_clock_gettime(clockid_t id, struct timespec *ts);
int __wrap_clock_gettime(clockid_t id, struct timespec *ts);
int __real_poll(struct pollfd *fds, nfds_t num, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t num, int timeout);

void own_clock_start(void)
{
	struct timespec ts;

	own_clock_stop();
	__real_clock_gettime(CLOCK_MONOTONIC, &ts);
	own = mmap(NULL, sizeof(*own), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(own, MAP_FAILED);
	own->now_ms = ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000;
}

void own_clock_stop(void)
{
	/* Where there is none, threads that look at it may go on. */
	if (!own)
		return;
	munmap(own, sizeof(*own));
	own = NULL;
}

static void advance_to(int64_t ms)
{
	int64_t now = atomic_load(&own->now_ms);

	while (now < ms && !atomic_compare_exchange_weak(&own->now_ms, &now, ms))
		;
}

void own_clock_advance(int64_t ms)
{
	if (own)
		advance_to(atomic_load(&own->now_ms) + ms);
}

static void fall_asleep(pid_t writer, int64_t until)
{
	atomic_store(&own->wake_ms, until);
	atomic_store(&own->sleeper, writer);
}

void own_clock_sleep(int64_t ms)
{
	int64_t until;

	if (!own) {
		__real_poll(NULL, 0, (int)ms);
		return;
	}
	until = atomic_load(&own->now_ms) + ms;
	fall_asleep(getpid(), until);
	while (atomic_load(&own->now_ms) < until)
		__real_poll(NULL, 0, LOOK_MS);
	own_clock_go_on();
}

void own_clock_hang(pid_t writer)
{
	if (own)
		fall_asleep(writer, INT64_MAX);
}

void own_clock_go_on(void)
{
	if (own)
		atomic_store(&own->sleeper, 0);
}

/* Time goes by until then, or until the sleeper wakes; not at all while nobody sleeps. */
static void pass_time(int64_t until)
{
	pid_t sleeper = atomic_load(&own->sleeper);
	int64_t wake = atomic_load(&own->wake_ms);

	if (sleeper && kill(sleeper, 0) == 0)
		advance_to(until < wake ? until : wake);
}

int __wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
	int64_t now;

	if (!own || id != CLOCK_MONOTONIC)
		return __real_clock_gettime(id, ts);
	now = atomic_load(&own->now_ms);
	*ts = (struct timespec){ (time_t)(now / 1000), (long)(now % 1000 * 1000000) };
	return 0;
}

/* The wait for a writer is one for several descriptors; one alone is a pause, or the wait for the end of a process. */
int __wrap_poll(struct pollfd *fds, nfds_t num, int timeout)
{
	int64_t until;
	int rc;

	if (!own || timeout <= 0)
		return __real_poll(fds, num, timeout);
	until = atomic_load(&own->now_ms) + timeout;
	do {
		rc = __real_poll(fds, num, num == 1 ? timeout : LOOK_MS);
		if (rc)
			return rc;
		if (num == 1)
			advance_to(until);
		else
			pass_time(until);
	} while (atomic_load(&own->now_ms) < until);
	return 0;
}
