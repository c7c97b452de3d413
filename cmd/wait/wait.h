/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl wait: until blocks are so */
#ifndef MEMCTL_WAIT_H
#define MEMCTL_WAIT_H

#include "ui/waiting.h"

struct wait {
	const struct options *options;
	struct session session;
	struct waiting waiting;
	uint64_t block_size, elapsed_ms;
	enum wait_end end;
};

/* wait/report.c: the word for what is waited for; NULL: that nothing comes to pass */
const char *wait_goal(const struct waiting *waiting);

/* Blocks that --for is about: what is asked to be so */
uint64_t wait_wanted(const struct waiting *waiting);

/* The end for people, and for programs */
void wait_print(const struct wait *wait);
void wait_write(const struct wait *wait, int status);

#endif
