/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who runs memctl, by which command line, and whether that still runs: for the journal, and for the notes of requests */
#ifndef MEMCTL_CALLER_H
#define MEMCTL_CALLER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* The command line, as a shell takes it, in ASCII without control characters; what is longer than a line of syslog is cut. */
void caller_put_command(FILE *out);

/* "uid=0 login_uid=1000 sudo_user="anna"", as far as that is known; "by=udev" behind it where it is a rule that asks */
void caller_put_user(FILE *out);

/* Whom sudo names, from malloc(); NULL for nobody */
char *caller_sudo_user(void);

/* Whether a rule of udev runs memctl, and no person */
bool caller_is_udev(void);

/*
 * Whether there is a process that is more than to be reaped, on memctl's own machine wherever the blocks are; `start` is when it
 * began, in the kernel's ticks since boot, 0 where that is not known.
 */
bool caller_find_process(uint64_t pid, uint64_t *start);

#endif
