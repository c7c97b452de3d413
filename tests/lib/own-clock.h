/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A clock of the test's own, so that no deadline depends on how busy the machine is. The linker puts it in front of clock_gettime()
 * and poll(), which is how the library tells the time and waits. Once it is started, time stands still while anything is done, for
 * the test and for the writers that it makes; it goes by
 *
 *	while the library waits for a writer that sleeps or hangs,
 *	while it pauses, and waits for a process that it has killed: that takes as long as it says,
 *	when a test says so.
 */
#ifndef OWN_CLOCK_H
#define OWN_CLOCK_H

#include <stdint.h>
#include <sys/types.h>

/* Without a clock of its own a test has the machine's: sleeping is sleeping, and the rest does nothing. */
void own_clock_start(void);
void own_clock_stop(void);

/* In a writer: returns when the library has waited for so long. */
void own_clock_sleep(int64_t ms);

/* From now on a writer waits for something else, without end or until it goes on. */
void own_clock_hang(pid_t writer);
void own_clock_go_on(void);

void own_clock_advance(int64_t ms);

#endif
