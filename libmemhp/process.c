/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "process.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "util.h"

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
/* Linux 5.4; an enumerator of some C libraries, a macro of none */
#define WAIT_BY_PIDFD ((idtype_t)3)

static bool has_ended(const struct process *process, int more)
{
	const int options = WEXITED | WNOHANG | __WALL | more;
	siginfo_t info = { 0 };
	int rc = -1;

	errno = EINVAL;
	if (process->pidfd >= 0)
		rc = waitid(WAIT_BY_PIDFD, (id_t)process->pidfd, &info, options);
	if (rc < 0 && errno == EINVAL)
		rc = waitid(P_PID, (id_t)process->pid, &info, options);
	/* ECHILD: a host that waits for every child was faster. */
	return rc < 0 ? errno == ECHILD : info.si_pid != 0;
}

bool memhp__process_reap(const struct process *process)
{
	return has_ended(process, 0);
}

bool memhp__process_has_ended(const struct process *process)
{
	return has_ended(process, WNOWAIT);
}

void memhp__process_kill(const struct process *process)
{
	if (process->pidfd < 0 || (syscall(SYS_pidfd_send_signal, process->pidfd, SIGKILL, NULL, 0) < 0 && errno == ENOSYS))
		kill(process->pid, SIGKILL);
}
