/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/wakeup.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>

#include "util.h"

/* Until what failed for lack of memory is tried again */
#define RETRY_MS 200

static int add(const struct wakeup *wakeup, int fd)
{
	struct epoll_event readable = { .events = EPOLLIN };

	return epoll_ctl(wakeup->epoll_fd, EPOLL_CTL_ADD, fd, &readable) < 0 ? -errno : 0;
}

int memhp__wakeup_open(struct wakeup *wakeup)
{
	wakeup->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (wakeup->epoll_fd < 0)
		return -errno;
	wakeup->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	return wakeup->timer_fd < 0 ? -errno : add(wakeup, wakeup->timer_fd);
}

int memhp__wakeup_add_source(struct wakeup *wakeup, int fd)
{
	wakeup->source_fd = fd;
	return add(wakeup, fd);
}

void memhp__wakeup_close(struct wakeup *wakeup)
{
	closep(&wakeup->timer_fd);
	closep(&wakeup->epoll_fd);
}

static void set_timer(const struct wakeup *wakeup, unsigned int ms)
{
	const struct itimerspec time = { .it_value = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L } };

	timerfd_settime(wakeup->timer_fd, 0, &time, NULL);
}

void memhp__wakeup_pause(struct wakeup *wakeup, unsigned int ms)
{
	if (wakeup->source_fd >= 0 && !wakeup->is_paused)
		epoll_ctl(wakeup->epoll_fd, EPOLL_CTL_DEL, wakeup->source_fd, NULL);
	wakeup->is_paused = true;
	set_timer(wakeup, ms);
}

int memhp__wakeup_is_due(struct wakeup *wakeup)
{
	uint64_t expirations;

	if (!wakeup->is_paused)
		return 1;
	if (read(wakeup->timer_fd, &expirations, sizeof(expirations)) < 0)
		return 0;
	if (wakeup->source_fd >= 0 && add(wakeup, wakeup->source_fd) < 0) {
		set_timer(wakeup, RETRY_MS);
		return -ENOMEM;
	}
	wakeup->is_paused = false;
	return 1;
}
