/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a monitor's caller waits for, in one descriptor: the source of events, or the end of a pause */
#ifndef MEMHP_WAKEUP_H
#define MEMHP_WAKEUP_H

#include <stdbool.h>

struct wakeup {
	int epoll_fd, timer_fd;
	int source_fd;  /* whose readability counts, -1: there is none; it stays the caller's */
	bool is_paused; /* until the timer is over; what the source has by then wakes nobody */
};

/* A new one has -1 in its place for every descriptor, and may be closed whatever came of opening it. 0 or -errno */
int memhp__wakeup_open(struct wakeup *wakeup);
int memhp__wakeup_add_source(struct wakeup *wakeup, int fd);
void memhp__wakeup_close(struct wakeup *wakeup);

/* There is nothing to do for so long. */
void memhp__wakeup_pause(struct wakeup *wakeup, unsigned int ms);

/* 1 when there may be something to do; 0 during a pause; -ENOMEM: it goes on for a moment. */
int memhp__wakeup_is_due(struct wakeup *wakeup);

#endif
