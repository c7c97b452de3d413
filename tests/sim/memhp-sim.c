// SPDX-License-Identifier: GPL-2.0-or-later
/* memhp-sim: a machine whose memory can be hot(un)plugged, mounted. sim.h describes machines and what is mounted. */
#define FUSE_USE_VERSION 312

#include <dirent.h>
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

/* As the kernel has it for all files of sysfs. Also, a write beyond the end would keep others from writing. */
#define SYSFS_FILE_SIZE 4096

static struct sim sim;
static int backing = -1;
static struct sim_file *open_files; /* with the simulator's mutex */

static struct sim_file *get_file(const struct fuse_file_info *fi)
{
	return (struct sim_file *)(uintptr_t)fi->fh;
}

/* A path as openat() wants it */
static const char *relative(const char *path)
{
	return path[1] ? path + 1 : ".";
}

static int result(int rc)
{
	return rc < 0 ? -errno : 0;
}

static bool is_interrupted(void)
{
	return fuse_interrupted() != 0;
}

/* What the kernel would say to this user; mask is that of access(2). */
static int check_access(const char *path, int mask)
{
	const struct fuse_context *caller = fuse_get_context();
	struct stat st;
	unsigned int bits;

	if (fstatat(backing, relative(path), &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if ((mask & W_OK) && sim.readonly && strncmp(path, "/sys/", 5) == 0)
		return -EROFS;
	if (caller->uid == 0 || S_ISLNK(st.st_mode))
		return 0;
	bits = st.st_mode >> (caller->uid == st.st_uid ? 6 : (caller->gid == st.st_gid ? 3 : 0));
	return (~bits & (unsigned int)mask & 7) ? -EACCES : 0;
}

static void *do_init(struct fuse_conn_info *conn, struct fuse_config *config)
{
	/* Everything can change at any time. */
	config->entry_timeout = config->attr_timeout = config->negative_timeout = 0;
	config->hard_remove = 1;
	config->nullpath_ok = 1;
	conn->want &= ~(unsigned int)(FUSE_CAP_ATOMIC_O_TRUNC | FUSE_CAP_READDIRPLUS);
	return NULL;
}

static int do_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	const struct sim_file *file = fi ? get_file(fi) : NULL;

	if (!path && !file)
		return -ENOENT;
	if (path ? fstatat(backing, relative(path), st, AT_SYMLINK_NOFOLLOW) < 0 : fstat(file->fd, st) < 0)
		return -errno;
	path = path ? path + 1 : file->path;
	if (S_ISREG(st->st_mode) && (strncmp(path, "sys/", 4) == 0 || strncmp(path, "sim/", 4) == 0))
		st->st_size = SYSFS_FILE_SIZE;
	return 0;
}

static int do_access(const char *path, int mask)
{
	return check_access(path, mask);
}

static int do_readlink(const char *path, char *buf, size_t size)
{
	ssize_t n = readlinkat(backing, relative(path), buf, size - 1);

	if (n < 0)
		return -errno;
	buf[n] = '\0';
	return 0;
}

static int do_opendir(const char *path, struct fuse_file_info *fi)
{
	int rc = check_access(path, R_OK);
	int fd = rc < 0 ? -1 : openat(backing, relative(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (rc < 0)
		return rc;
	if (!dir)
		return -errno;
	fi->fh = (uintptr_t)dir;
	return 0;
}

static int do_readdir(const char *path, void *buf, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *fi,
		      enum fuse_readdir_flags flags)
{
	DIR *dir = (DIR *)(uintptr_t)fi->fh;
	struct dirent *entry;

	rewinddir(dir);
	while ((entry = readdir(dir))) {
		struct stat st = { .st_mode = DTTOIF(entry->d_type), .st_ino = entry->d_ino };

		fill(buf, entry->d_name, &st, 0, 0);
	}
	return 0;
}

static int do_releasedir(const char *path, struct fuse_file_info *fi)
{
	closedir((DIR *)(uintptr_t)fi->fh);
	return 0;
}

static int open_file(const char *path, struct fuse_file_info *fi, int flags, mode_t mode)
{
	struct sim_file *file = calloc(1, sizeof(*file));

	if (!file)
		return -ENOMEM;
	file->path = strdup(path + 1);
	file->fd = file->path ? openat(backing, relative(path), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode) : -1;
	if (file->fd < 0) {
		int error = errno;

		free(file->path);
		free(file);
		return -error;
	}
	sim_identify(&sim, file->path, file);
	pthread_mutex_lock(&sim.mutex);
	file->next = open_files;
	open_files = file;
	pthread_mutex_unlock(&sim.mutex);
	fi->fh = (uintptr_t)file;
	fi->direct_io = 1;
#if FUSE_VERSION >= FUSE_MAKE_VERSION(3, 15)
	fi->parallel_direct_writes = 1;
#endif
	return 0;
}

static int do_open(const char *path, struct fuse_file_info *fi)
{
	int access = fi->flags & O_ACCMODE;
	int rc = check_access(path, (access != O_WRONLY ? R_OK : 0) | (access != O_RDONLY ? W_OK : 0));

	return rc < 0 ? rc : open_file(path, fi, fi->flags & ~(O_CREAT | O_EXCL | O_TRUNC | O_APPEND), 0);
}

static int do_create(const char *path, mode_t mode, struct fuse_file_info *fi)
{
	if (strncmp(path, "/run/", 5) != 0)
		return sim.readonly ? -EROFS : -EACCES;
	return open_file(path, fi, (fi->flags & ~(O_TRUNC | O_APPEND)) | O_CREAT, mode);
}

static int do_read(const char *path, char *buf, size_t size, off_t offset, struct fuse_file_info *fi)
{
	return sim_file_read(&sim, get_file(fi), fuse_get_context()->pid, buf, size, offset);
}

static int do_write(const char *path, const char *buf, size_t size, off_t offset, struct fuse_file_info *fi)
{
	return sim_file_write(&sim, get_file(fi), fuse_get_context()->pid, is_interrupted, buf, size, offset);
}

/* To make a simulated file empty does nothing to it. */
static int do_truncate(const char *path, off_t size, struct fuse_file_info *fi)
{
	int fd, rc;

	if (path && strncmp(path, "/run/", 5) != 0)
		return check_access(path, W_OK);
	if (fi)
		return result(strncmp(get_file(fi)->path, "run/", 4) == 0 ? ftruncate(get_file(fi)->fd, size) : 0);
	fd = openat(backing, relative(path), O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = result(ftruncate(fd, size));
	close(fd);
	return rc;
}

static int do_unlink(const char *path)
{
	return strncmp(path, "/run/", 5) == 0 ? result(unlinkat(backing, relative(path), 0)) : -EPERM;
}

static void close_file(struct sim_file *file)
{
	struct sim_file **link = &open_files;

	pthread_mutex_lock(&sim.mutex);
	while (*link != file)
		link = &(*link)->next;
	*link = file->next;
	pthread_mutex_unlock(&sim.mutex);
	close(file->fd);
	free(file->text);
	free(file->path);
	free(file);
}

static int do_release(const char *path, struct fuse_file_info *fi)
{
	close_file(get_file(fi));
	return 0;
}

static const struct fuse_operations operations = {
	.init = do_init,
	.getattr = do_getattr,
	.access = do_access,
	.readlink = do_readlink,
	.opendir = do_opendir,
	.readdir = do_readdir,
	.releasedir = do_releasedir,
	.open = do_open,
	.create = do_create,
	.read = do_read,
	.write = do_write,
	.truncate = do_truncate,
	.unlink = do_unlink,
	.release = do_release,
};

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
	struct fuse *fuse = fuse_new(&args, &operations, sizeof(operations), NULL);
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
	while (open_files)
		close_file(open_files);
end:
	if (fuse)
		fuse_destroy(fuse);
	fuse_opt_free_args(&args);
	return status;
}

/* The folder behind the mount: the machine as files, and ours. */
static int prepare(char *folder, const char *machine)
{
	static const char *const names[] = { "sim/log", "sim/truth", "sim/writers", "sim/do" };
	int rc, fd;

	if (!mkdtemp(folder))
		return fprintf(stderr, "memhp-sim: %s: %s\n", folder, strerror(errno)), -1;
	rc = sim_init(&sim, machine, folder);
	if (rc < 0)
		return fprintf(stderr, "memhp-sim: %s: %s\n", machine, sim.error), rc;
	backing = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mkdirat(backing, "run", 0755);
	mkdirat(backing, "sim", 0755);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		fd = openat(backing, names[i], O_WRONLY | O_CREAT | O_CLOEXEC, strcmp(names[i], "sim/do") == 0 ? 0666 : 0444);
		if (fd < 0)
			return perror("memhp-sim"), -1;
		fchmod(fd, strcmp(names[i], "sim/do") == 0 ? 0666 : 0444);
		close(fd);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *tmp = getenv("TMPDIR");
	char folder[PATH_MAX];
	int status = 1;

	if (argc < 3 || argv[1][0] == '-') {
		fputs("usage: memhp-sim MACHINE-FILE MOUNTPOINT [COMMAND [ARGUMENT]...]\n"
		      "mounts a simulated machine while the command runs, or else until it is unmounted or gets SIGTERM\n",
		      stderr);
		return 2;
	}
	umask(022);
	snprintf(folder, sizeof(folder), "%s/memhp-sim.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (prepare(folder, argv[1]) == 0)
		status = run(argv[2], argv + 3);
	if (backing >= 0)
		close(backing);
	tree_remove(folder);
	sim_free(&sim);
	return status;
}
