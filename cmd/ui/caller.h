/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who runs memctl and by which command line, for the journal */
#ifndef MEMCTL_CALLER_H
#define MEMCTL_CALLER_H

#include <stdbool.h>
#include <stdio.h>

/* The command line, as a shell takes it, in ASCII without control characters; what is longer than a line of syslog is cut. */
void caller_put_command(FILE *out);

/* "uid=0 login_uid=1000 sudo_user="anna"", as far as that is known; "by=udev" behind it where it is a rule that asks */
void caller_put_user(FILE *out);

/* Whether a rule of udev runs memctl, and no person */
bool caller_is_udev(void);

#endif
