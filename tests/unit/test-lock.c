// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "unit.h"

static const char *lock_path(const struct machine *machine)
{
	return machine_path(machine, "../../../../run/memctl.lock");
}

START_TEST(taking)
{
	struct memhp_lock *lock = NULL, *other = NULL;
	struct machine machine;
	struct memhp_ctx *ctx;
	struct stat st;

	machine_make(&machine, "dir run\n");
	ck_assert_int_eq(memhp_ctx_new(&ctx, machine.dir), 0);
	ck_assert_int_eq(memhp_ctx_get_lock_holder(ctx), 0);
	ck_assert_int_eq(memhp_lock_new(&lock, machine.ctx, 0), 0);
	ck_assert_int_eq(stat(lock_path(&machine), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	/* The kernel tells of others alone. */
	ck_assert_int_eq(memhp_ctx_get_lock_holder(ctx), 0);
	/* One at a time, whoever asks */
	ck_assert_int_eq(memhp_lock_new(&other, ctx, 0), -ETIMEDOUT);
	ck_assert_int_eq(memhp_lock_new(&other, machine.ctx, 0), -ETIMEDOUT);
	ck_assert_ptr_null(other);
	/* It does not need its context. */
	machine_release(&machine);
	memhp_lock_free(lock);
	memhp_lock_free(NULL);
	memhp_ctx_unref(ctx);
}
END_TEST

START_TEST(taking_again)
{
	struct memhp_lock *lock;
	struct machine machine;

	machine_make(&machine, "dir run\nfile run/memctl.lock \"a very long line that somebody left behind\\n\"\n");
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(memhp_lock_new(&lock, machine.ctx, MEMHP_NO_TIMEOUT), 0);
		memhp_lock_free(lock);
	}
	machine_release(&machine);
}
END_TEST

START_TEST(waiting)
{
	struct memhp_lock *lock, *other = NULL;
	int fd = eventfd(0, EFD_CLOEXEC);
	struct machine machine;
	int64_t started;

	machine_make(&machine, "dir run\n");
	ck_assert_int_eq(memhp_ctx_set_cancel_fd(machine.ctx, fd), 0);
	ck_assert_int_eq(memhp_lock_new(&lock, machine.ctx, 0), 0);
	started = now_ms();
	ck_assert_int_eq(memhp_lock_new(&other, machine.ctx, 150), -ETIMEDOUT);
	ck_assert_int_ge(now_ms() - started, 150);
	ck_assert_int_eq(eventfd_write(fd, 1), 0);
	ck_assert_int_eq(memhp_lock_new(&other, machine.ctx, MEMHP_NO_TIMEOUT), -ECANCELED);
	ck_assert_ptr_null(other);
	memhp_lock_free(lock);
	close(fd);
	ck_assert_int_eq(memhp_lock_new(&other, machine.ctx, 0), -EBADF);
	ck_assert_int_eq(memhp_ctx_set_cancel_fd(machine.ctx, fd), -EBADF);
	ck_assert_int_eq(memhp_ctx_set_cancel_fd(machine.ctx, -1), 0);
	ck_assert_int_eq(memhp_lock_new(&lock, machine.ctx, 0), 0);
	memhp_lock_free(lock);
	machine_release(&machine);
}
END_TEST

/* A process that holds the lock until a byte comes through the pipe, or its end; another byte says that it does. */
static pid_t start_holder(const struct machine *machine, int *fd)
{
	int to[2], from[2];
	struct memhp_lock *lock;
	char byte;
	pid_t pid;

	ck_assert(pipe(to) == 0 && pipe(from) == 0);
	pid = fork();
	if (pid == 0) {
		close(to[1]);
		if (memhp_lock_new(&lock, machine->ctx, 0) < 0 || write(from[1], "", 1) != 1 || read(to[0], &byte, 1) < 0)
			_exit(1);
		_exit(0); /* with the lock: it goes with the process */
	}
	close(to[0]);
	close(from[1]);
	ck_assert_int_eq(read(from[0], &byte, 1), 1);
	close(from[0]);
	*fd = to[1];
	return pid;
}

START_TEST(another_process)
{
	struct memhp_lock *lock = NULL;
	struct machine machine;
	int fd, status;
	pid_t pid;

	machine_make(&machine, "dir run\n");
	pid = start_holder(&machine, &fd);
	ck_assert_int_eq(memhp_lock_new(&lock, machine.ctx, 0), -ETIMEDOUT);
	ck_assert_int_eq(memhp_ctx_get_lock_holder(machine.ctx), pid);
	close(fd);
	ck_assert_int_eq(memhp_lock_new(&lock, machine.ctx, MEMHP_NO_TIMEOUT), 0);
	ck_assert_int_eq(memhp_ctx_get_lock_holder(machine.ctx), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	memhp_lock_free(lock);
	machine_release(&machine);
}
END_TEST

static const struct {
	const char *machine;
	int rc;
} spoilt[] = {
	{ "", -ENOENT },
	{ "file run text\n", -ENOTDIR },
	{ "link run /nonexistent\n", -ENOENT },
	{ "dir run/memctl.lock\n", -EISDIR },
	{ "dir run\nlink run/memctl.lock ../proc/cmdline\n", -ELOOP },
	{ "dir run\nlink run/memctl.lock /nonexistent\n", -ELOOP },
	{ "fifo run/memctl.lock\n", -EBADMSG },
};

START_TEST(failing)
{
	struct memhp_lock *lock = NULL;
	struct machine machine;

	machine_make(&machine, spoilt[_i].machine);
	ck_assert_int_eq(memhp_lock_new(&lock, machine.ctx, 0), spoilt[_i].rc);
	ck_assert_ptr_null(lock);
	ck_assert_int_eq(memhp_ctx_get_lock_holder(machine.ctx), 0);
	machine_release(&machine);
}
END_TEST

/* The folder may be a link, which stays below the root. */
START_TEST(linked_folder)
{
	struct memhp_lock *lock;
	struct machine machine;
	char path[300];

	machine_make(&machine, "dir var/run\nlink run ../../var/run\n");
	snprintf(path, sizeof(path), "%s/var/run/memctl.lock", machine.dir);
	ck_assert_int_eq(memhp_lock_new(&lock, machine.ctx, 0), 0);
	ck_assert_int_eq(access(path, F_OK), 0);
	memhp_lock_free(lock);
	machine_release(&machine);
}
END_TEST

/* A file that has another name elsewhere is somebody's, and stays as it is. */
START_TEST(second_name)
{
	struct memhp_lock *lock = NULL;
	struct machine machine;
	char other[300];
	struct stat st;

	machine_make(&machine, "dir run\nfile etc/precious \"precious\\n\"\n");
	snprintf(other, sizeof(other), "%s/etc/precious", machine.dir);
	ck_assert_int_eq(link(other, lock_path(&machine)), 0);
	ck_assert_int_eq(memhp_lock_new(&lock, machine.ctx, 0), -EBADMSG);
	ck_assert_ptr_null(lock);
	ck_assert_int_eq(stat(other, &st), 0);
	ck_assert_int_eq(st.st_size, (off_t)strlen("precious\n"));
	machine_release(&machine);
}
END_TEST

/* Nobody but root and the caller could not take it back. */
START_TEST(foreign)
{
	struct memhp_lock *lock = NULL;
	struct machine machine;

	if (geteuid() != 0) {
		unit_skip("only root can give a file away");
		return;
	}
	machine_make(&machine, "dir run\nfile run/memctl.lock \"\"\n");
	ck_assert_int_eq(chown(lock_path(&machine), 65534, 65534), 0);
	ck_assert_int_eq(memhp_lock_new(&lock, machine.ctx, 0), -EBADMSG);
	ck_assert_ptr_null(lock);
	machine_release(&machine);
}
END_TEST

/* A process id that somebody left behind in the file is nobody's word for it. */
START_TEST(file_is_not_believed)
{
	struct machine machine;
	char line[128];
	int fd;

	snprintf(line, sizeof(line), "dir run\nfile run/memctl.lock \"%d\\n\"\n", (int)getppid());
	machine_make(&machine, line);
	ck_assert_int_eq(memhp_ctx_get_lock_holder(machine.ctx), 0);
	fd = open(lock_path(&machine), O_RDWR | O_CLOEXEC);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	ck_assert_int_eq(memhp_ctx_get_lock_holder(machine.ctx), 0);
	close(fd);
	machine_release(&machine);
}
END_TEST

UNIT("lock", tests)
{
	tcase_add_test(tests, taking);
	tcase_add_test(tests, taking_again);
	tcase_add_test(tests, waiting);
	tcase_add_test(tests, another_process);
	add_table(tests, failing, spoilt);
	tcase_add_test(tests, linked_folder);
	tcase_add_test(tests, second_name);
	tcase_add_test(tests, foreign);
	tcase_add_test(tests, file_is_not_believed);
}
