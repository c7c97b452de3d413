// SPDX-License-Identifier: GPL-2.0-or-later
/* memhp-sim: a machine whose memory can be hot(un)plugged, mounted. sim.h describes machines and what is mounted. */
#define FUSE_USE_VERSION 312

#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <fuse_lowlevel.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim.h"

/* Writers wait in a thread each. */
#define MAX_THREADS 1000

static struct sim sim = { .backing_fd = -1 };

/* The thread that serves: a signal ends its wait once the session is to end. When somebody unmounts it ends by itself. */
static void *serve(void *arg)
{
	struct fuse_loop_config *config = fuse_loop_cfg_create();

	fuse_loop_cfg_set_max_threads(config, MAX_THREADS);
	fuse_loop_mt(arg, config);
	fuse_loop_cfg_destroy(config);
	kill(getpid(), SIGTERM);
	return NULL;
}

static void wake(int number)
{
}

static void stop(struct fuse *fuse, pthread_t server)
{
	struct timespec until;

	pthread_mutex_lock(&sim.mutex);
	sim.stopping = true;
	pthread_cond_broadcast(&sim.cond);
	pthread_mutex_unlock(&sim.mutex);
	do {
		fuse_session_exit(fuse_get_session(fuse));
		pthread_kill(server, SIGUSR1);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 10000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
	} while (pthread_timedjoin_np(server, NULL, &until) != 0);
	fuse_unmount(fuse);
}

static pid_t start(char **command, const sigset_t *mask)
{
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGUSR1, SIG_DFL);
		sigprocmask(SIG_SETMASK, mask, NULL);
		execvp(command[0], command);
		fprintf(stderr, "memhp-sim: %s: %s\n", command[0], strerror(errno));
		_exit(127);
	}
	return pid;
}

/* Until a signal comes, or the command has ended. Returns what to exit with. */
static int wait_for_end(const sigset_t *set, pid_t pid)
{
	static const struct timespec patience = { 2, 0 };
	int number, status;

	for (;;) {
		number = sigwaitinfo(set, NULL);
		if (number < 0)
			continue;
		if (number != SIGCHLD)
			break;
		if (pid > 0 && waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	/* The command is told, and has a moment to end. */
	if (pid > 0 && kill(pid, number) == 0)
		while (waitpid(pid, &status, WNOHANG) == 0)
			if (sigtimedwait(set, NULL, &patience) < 0 && errno == EAGAIN)
				break;
	return pid > 0 ? 128 + number : 0;
}

static int run(const char *mountpoint, char **command)
{
	static char name[] = "memhp-sim", root_options[] = "-ofsname=memhp-sim,subtype=memhp-sim,allow_other";
	static char user_options[] = "-ofsname=memhp-sim,subtype=memhp-sim";
	char *argv[] = { name, geteuid() == 0 ? root_options : user_options, NULL };
	struct fuse_args args = FUSE_ARGS_INIT(2, argv);
	struct fuse *fuse = fuse_new(&args, &sim_operations, sizeof(sim_operations), &sim);
	sigset_t set, mask;
	pthread_t server;
	int status = 1;
	pid_t pid = -1;

	if (!fuse || fuse_mount(fuse, mountpoint) != 0)
		goto end;
	sigemptyset(&set);
	for (size_t i = 0; i < 4; i++)
		sigaddset(&set, (const int[]){ SIGHUP, SIGINT, SIGTERM, SIGCHLD }[i]);
	sigprocmask(SIG_BLOCK, &set, &mask);
	sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = wake }, NULL);
	if (pthread_create(&server, NULL, serve, fuse) != 0) {
		fuse_unmount(fuse);
		goto end;
	}
	if (*command)
		pid = start(command, &mask);
	else
		puts("ready"), fflush(stdout);
	status = *command && pid < 0 ? 1 : wait_for_end(&set, pid);
	stop(fuse, server);
	/* Those of which nobody came to say that they are closed. */
	while (sim.open_files)
		sim_close_file(&sim, sim.open_files);
end:
	if (fuse)
		fuse_destroy(fuse);
	fuse_opt_free_args(&args);
	return status;
}

static int make_machine(const char *machine, const char *folder)
{
	FILE *file = fopen(machine, "re");
	int rc = file ? sim_read_machine(&sim, file) : -errno;

	if (file)
		fclose(file);
	else
		snprintf(sim.error, sizeof(sim.error), "%s", strerror(-rc));
	if (rc == 0) {
		rc = tree_make(sim.tree, folder, 0);
		snprintf(sim.error, sizeof(sim.error), "%s", tree_error(sim.tree));
	}
	return rc < 0 ? rc : sim_add_blocks(&sim);
}

/* The folder behind the mount: the machine as files, and ours. */
static int prepare(char *folder, const char *machine)
{
	static const char *const names[] = { "sim/log", "sim/truth", "sim/writers", "sim/do" };
	int rc, fd;

	if (!mkdtemp(folder))
		return fprintf(stderr, "memhp-sim: %s: %s\n", folder, strerror(errno)), -1;
	sim_init(&sim, folder);
	rc = make_machine(machine, folder);
	if (rc < 0)
		return fprintf(stderr, "memhp-sim: %s: %s\n", machine, sim.error), rc;
	sim.backing_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mkdirat(sim.backing_fd, "run", 0755);
	mkdirat(sim.backing_fd, "sim", 0755);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		fd = openat(sim.backing_fd, names[i], O_WRONLY | O_CREAT | O_CLOEXEC,
			    strcmp(names[i], "sim/do") == 0 ? 0666 : 0444);
		if (fd < 0)
			return perror("memhp-sim"), -1;
		fchmod(fd, strcmp(names[i], "sim/do") == 0 ? 0666 : 0444);
		close(fd);
	}
	return 0;
}

/* Somebody's folder, as it is */
static int take_folder(const char *folder)
{
	sim_init(&sim, folder);
	sim.plain = true;
	sim.backing_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return sim.backing_fd < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	const char *tmp = getenv("TMPDIR");
	char folder[PATH_MAX];
	struct stat st;
	int status = 1;

	if (argc < 3 || argv[1][0] == '-') {
		fputs("usage: memhp-sim MACHINE-FILE|FOLDER MOUNTPOINT [COMMAND [ARGUMENT]...]\n"
		      "mounts a simulated machine, or a folder as it is, while the command runs, or else until it is unmounted or "
		      "gets SIGTERM\n",
		      stderr);
		return 2;
	}
	umask(022);
	snprintf(folder, sizeof(folder), "%s/memhp-sim.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (stat(argv[1], &st) == 0 && S_ISDIR(st.st_mode)) {
		if (take_folder(argv[1]) == 0)
			status = run(argv[2], argv + 3);
	} else if (prepare(folder, argv[1]) == 0) {
		status = run(argv[2], argv + 3);
	}
	if (sim.backing_fd >= 0)
		close(sim.backing_fd);
	if (!sim.plain)
		tree_remove(folder);
	sim_free(&sim);
	return status;
}
