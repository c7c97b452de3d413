/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Included before the files of the library and of memctl in a build for gcov, which notes what has run when exit() is called. A
 * worker is ended by SIGKILL while it waits for its next job, so what it did is noted before it answers; and nothing runs after
 * _exit() and raise().
 */
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

void __gcov_dump(void);
void __gcov_reset(void);

#define _exit(status) (__gcov_dump(), _exit(status))
#define raise(sig)    (__gcov_dump(), raise(sig))
#define send(...)     (__gcov_dump(), __gcov_reset(), send(__VA_ARGS__))
