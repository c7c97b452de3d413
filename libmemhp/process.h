/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A process of our own. Its number may be another one's as soon as a host has reaped it; its descriptor never is. */
#ifndef MEMHP_PROCESS_H
#define MEMHP_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

struct process {
	pid_t pid;
	int pidfd; /* -1 before Linux 5.2 */
};

/* Reaps it without waiting for it; false when it is still there. */
bool memhp__process_reap(const struct process *process);

/* The same, and leaves it to be reaped. */
bool memhp__process_has_ended(const struct process *process);

void memhp__process_kill(const struct process *process);

#endif
