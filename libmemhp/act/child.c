/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>

#include "read/parse.h"
#include "util.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

static bool close_span(unsigned int first, unsigned int last)
{
	return first > last || syscall(SYS_close_range, first, last, 0) == 0;
}

/* Descriptors may go up to the limit, which may be no limit: a million is more than a host has, and takes a tenth of a second. */
static long open_max(void)
{
	const long most = 1 << 20;
	long limit = sysconf(_SC_OPEN_MAX);

	return limit < 0 || limit > most ? most : limit;
}

/* What close_range() does since Linux 5.9, by /proc/self/fd or, without /proc, up to the limit */
static void close_each_but(int a, int b)
{
	struct dirent64 {
		uint64_t ino;
		int64_t off;
		unsigned short length;
		unsigned char type;
		char name[];
	};
	char buf[1024] __attribute__((aligned(8)));
	int dir = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	long n;

	if (dir < 0)
		for (long fd = open_max(); fd-- > 0;)
			if (fd != a && fd != b)
				close((int)fd);
	while (dir >= 0 && (n = syscall(SYS_getdents64, dir, buf, sizeof(buf))) > 0) {
		for (long at = 0; at < n;) {
			const struct dirent64 *entry = (const void *)(buf + at);
			uint64_t fd;

			if (memhp__parse_numbered_name(entry->name, "", &fd) && fd != (uint64_t)a && fd != (uint64_t)b &&
			    fd != (uint64_t)dir)
				close((int)fd);
			at += entry->length;
		}
	}
	if (dir >= 0)
		close(dir);
}

/* The host's sockets, locks and files are no business of the child's. Needs no free descriptor: the host's table may be full. */
void memhp__child_close_all_but(int a, int b)
{
	unsigned int low = (unsigned int)(a < b ? a : b), high = (unsigned int)(a < b ? b : a);

	if (!close_span(high + 1, ~0U) || !close_span(low + 1, high - 1) || (low > 0 && !close_span(0, low - 1)))
		close_each_but(a, b);
}

/*
 * The host's handlers would run in a copy of its memory, and what is sent to the whole group, by the terminal or by timeout(1), is
 * the parent's business: it ends the writer when it is time to. Only the alarm gets through, and what cannot be blocked.
 */
void memhp__child_reset_signals(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t blocked;

	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &action, NULL);
	sigfillset(&blocked);
	sigdelset(&blocked, SIGALRM);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}
