// SPDX-License-Identifier: LGPL-2.1-or-later
/* Adding a block: what the kernel answers, deadlines, and that nothing is left behind */
#include <signal.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "../tree/tree.h"
#include "../unit/unit.h"
#include "own-clock.h"

#define MACHINE                                                   \
	"block_size 0x10000000\nblocks 0-1 zones Normal\nprobe\n" \
	"ram memmap 0-9\nfile proc/iomem \"00000000-1fffffff : System RAM\\n\"\n"

/* What the kernel makes of the write to `probe`; the writer has a copy of this. */
static struct kernel {
	const struct machine *machine;
	int error;
	const char *block; /* which it adds, as a line of tree.h; NULL: none */
	bool hangs, dies;
	_Atomic unsigned int *writes; /* shared with the writer */
	char *word;                   /* the last word written, likewise */
} kernel;

static ssize_t plain_read(int fd, const char *path, void *buf, size_t size, off_t offset)
{
	(void)path;
	return pread(fd, buf, size, offset);
}

static ssize_t store(int fd, const char *path, const void *buf, size_t size)
{
	sigset_t all;

	(void)fd;
	ck_assert_str_eq(path, "probe");
	memcpy(kernel.word, buf, size);
	kernel.word[size] = '\0';
	if (kernel.block)
		machine_change(kernel.machine, kernel.block);
	atomic_fetch_add(kernel.writes, 1);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	if (kernel.dies)
		kill(getpid(), SIGKILL);
	if (kernel.hangs)
		own_clock_hang(getpid());
	while (kernel.hangs)
		pause();
	errno = kernel.error;
	return kernel.error ? -1 : (ssize_t)size;
}

static const struct file_ops ops = { true, plain_read, store, true };

#define BLOCK_2                                                               \
	"file sys/devices/system/memory/memory2/state \"offline\\n\"\n"       \
	"file sys/devices/system/memory/memory2/phys_index \"00000002\\n\"\n" \
	"file sys/devices/system/memory/memory2/valid_zones \"Normal Movable\\n\"\n"
#define BLOCK_2_ONLINE                                                         \
	BLOCK_2 "file sys/devices/system/memory/memory2/state \"online\\n\"\n" \
		"file sys/devices/system/memory/memory2/valid_zones \"Movable\\n\"\n"
#define BLOCK_2_WRONG BLOCK_2 "file sys/devices/system/memory/memory2/phys_index \"00000003\\n\"\n"

static struct memhp_probe *prepare(struct machine *machine, struct kernel behaviour)
{
	struct memhp_probe *probe = NULL;
	void *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(shared, MAP_FAILED);
	machine_make(machine, MACHINE);
	machine->ctx->ops = &ops;
	kernel = behaviour;
	kernel.machine = machine;
	kernel.writes = shared;
	kernel.word = (char *)shared + 64;
	ck_assert_int_eq(memhp_probe_new(&probe, machine->ctx, 0x20000000), 0);
	return probe;
}

static void finish(struct machine *machine, struct memhp_probe *probe)
{
	/* Nobody is left: neither a child of a kind that is usually seen, nor one made by clone(). */
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	ck_assert_int_eq(errno, ECHILD);
	ck_assert_int_eq(memhp_probe_get_writer_pid(probe), 0);
	memhp_probe_free(probe);
	own_clock_stop();
	munmap((void *)kernel.writes, 4096);
	machine_release(machine);
}

static const struct {
	struct kernel kernel;
	uint64_t timeout_ms;
	int rc;
	enum memhp_state state;
	enum memhp_zone zone;
} cases[] = {
	{ { .block = BLOCK_2 }, MEMHP_NO_TIMEOUT, 0, MEMHP_STATE_OFFLINE, MEMHP_ZONE_NONE },
	{ { .block = BLOCK_2 }, 60000, 0, MEMHP_STATE_OFFLINE, MEMHP_ZONE_NONE },
	{ { .block = BLOCK_2_ONLINE }, MEMHP_NO_TIMEOUT, 0, MEMHP_STATE_ONLINE, MEMHP_ZONE_MOVABLE },
	{ { .error = EEXIST }, MEMHP_NO_TIMEOUT, -EEXIST, MEMHP_STATE_UNKNOWN, MEMHP_ZONE_NONE },
	{ { .error = EINVAL }, MEMHP_NO_TIMEOUT, -EINVAL, MEMHP_STATE_UNKNOWN, MEMHP_ZONE_NONE },
	{ { .error = E2BIG }, MEMHP_NO_TIMEOUT, -E2BIG, MEMHP_STATE_UNKNOWN, MEMHP_ZONE_NONE },
	{ { .error = ENOMEM }, MEMHP_NO_TIMEOUT, -ENOMEM, MEMHP_STATE_UNKNOWN, MEMHP_ZONE_NONE },
	/* another was first: the block is there, and not this probe's */
	{ { .error = EEXIST, .block = BLOCK_2 }, MEMHP_NO_TIMEOUT, -EEXIST, MEMHP_STATE_UNKNOWN, MEMHP_ZONE_NONE },
	/* it said that it was done */
	{ { .error = 0 }, 100, -ENOENT, MEMHP_STATE_UNKNOWN, MEMHP_ZONE_NONE },
	{ { .block = BLOCK_2_WRONG }, MEMHP_NO_TIMEOUT, -EBADMSG, MEMHP_STATE_UNKNOWN, MEMHP_ZONE_NONE },
	/* the deadline, before and after it was done */
	{ { .hangs = true }, 100, -ETIMEDOUT, MEMHP_STATE_UNKNOWN, MEMHP_ZONE_NONE },
	{ { .hangs = true, .block = BLOCK_2 }, 200, 0, MEMHP_STATE_OFFLINE, MEMHP_ZONE_NONE },
	/* somebody else ends the writer */
	{ { .dies = true }, MEMHP_NO_TIMEOUT, -EINTR, MEMHP_STATE_UNKNOWN, MEMHP_ZONE_NONE },
	{ { .dies = true, .block = BLOCK_2 }, MEMHP_NO_TIMEOUT, 0, MEMHP_STATE_OFFLINE, MEMHP_ZONE_NONE },
};

START_TEST(answers)
{
	struct machine machine;
	struct memhp_probe *probe = prepare(&machine, cases[_i].kernel);

	own_clock_start();
	ck_assert_int_eq(memhp_probe_apply(probe, machine.ctx, cases[_i].timeout_ms, -1, 0), cases[_i].rc);
	ck_assert_int_eq(memhp_probe_get_state(probe), cases[_i].state);
	ck_assert_int_eq(memhp_probe_get_zone(probe), cases[_i].zone);
	ck_assert_uint_eq(atomic_load(kernel.writes), 1);
	ck_assert_str_eq(kernel.word, "0x20000000");
	finish(&machine, probe);
}
END_TEST

START_TEST(cancelled)
{
	int fd = eventfd(0, EFD_CLOEXEC);
	struct machine machine;
	struct memhp_probe *probe = prepare(&machine, (struct kernel){ .block = BLOCK_2 });

	/* before the write: there is none */
	ck_assert_int_eq(eventfd_write(fd, 1), 0);
	ck_assert_int_eq(memhp_probe_apply(probe, machine.ctx, MEMHP_NO_TIMEOUT, fd, 0), -ECANCELED);
	ck_assert_int_eq(memhp_probe_apply(probe, machine.ctx, 0, -1, 0), -ETIMEDOUT);
	close(fd);
	ck_assert_int_eq(memhp_probe_apply(probe, machine.ctx, MEMHP_NO_TIMEOUT, fd, 0), -EBADF);
	ck_assert_uint_eq(atomic_load(kernel.writes), 0);
	finish(&machine, probe);
}
END_TEST

/* Ends the request once the kernel is at it. */
static void *cancel(void *data)
{
	while (atomic_load(kernel.writes) == 0)
		usleep(1000);
	eventfd_write(*(int *)data, 1);
	return NULL;
}

START_TEST(cancelled_meanwhile)
{
	int fd = eventfd(0, EFD_CLOEXEC);
	struct machine machine;
	struct memhp_probe *probe = prepare(&machine, (struct kernel){ .hangs = true });
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, cancel, &fd), 0);
	ck_assert_int_eq(memhp_probe_apply(probe, machine.ctx, MEMHP_NO_TIMEOUT, fd, 0), -ECANCELED);
	pthread_join(thread, NULL);
	close(fd);
	finish(&machine, probe);
}
END_TEST

static void note(void *data)
{
	++*(unsigned int *)data;
}

START_TEST(progress)
{
	struct machine machine;
	struct memhp_probe *probe = prepare(&machine, (struct kernel){ .hangs = true });
	unsigned int ticks = 0;

	own_clock_start();
	memhp_probe_set_progress(probe, note, &ticks);
	ck_assert_int_eq(memhp_probe_apply(probe, machine.ctx, 1000, -1, 0), -ETIMEDOUT);
	ck_assert_uint_ge(ticks, 4);
	finish(&machine, probe);
}
END_TEST

/* What is said is what the last attempt has come to. */
START_TEST(again)
{
	struct machine machine;
	struct memhp_probe *probe = prepare(&machine, (struct kernel){ .block = BLOCK_2 });

	ck_assert_int_eq(memhp_probe_apply(probe, machine.ctx, MEMHP_NO_TIMEOUT, -1, 0), 0);
	ck_assert_int_eq(memhp_probe_get_state(probe), MEMHP_STATE_OFFLINE);
	kernel.error = EEXIST;
	ck_assert_int_eq(memhp_probe_apply(probe, machine.ctx, MEMHP_NO_TIMEOUT, -1, 0), -EEXIST);
	ck_assert_int_eq(memhp_probe_get_state(probe), MEMHP_STATE_UNKNOWN);
	ck_assert_uint_eq(atomic_load(kernel.writes), 2);
	finish(&machine, probe);
}
END_TEST

/* A host without a descriptor to spare */
START_TEST(no_resources)
{
	struct rlimit limit, none = { 0, 0 };
	struct machine machine;
	struct memhp_probe *probe = prepare(&machine, (struct kernel){ .block = BLOCK_2 });

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none.rlim_max = limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	ck_assert_int_eq(memhp_probe_apply(probe, machine.ctx, MEMHP_NO_TIMEOUT, -1, 0), -EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_uint_eq(atomic_load(kernel.writes), 0);
	finish(&machine, probe);
}
END_TEST

START_TEST(nothing_to_write_to)
{
	struct machine machine;
	struct memhp_probe *probe = prepare(&machine, (struct kernel){ .block = BLOCK_2 });

	if (geteuid() != 0) {
		machine_change(&machine, "mode sys/devices/system/memory/probe 0400\n");
		ck_assert_int_eq(memhp_probe_apply(probe, machine.ctx, MEMHP_NO_TIMEOUT, -1, 0), -EACCES);
	}
	machine_change(&machine, "remove sys/devices/system/memory/probe\n");
	ck_assert_int_eq(memhp_probe_apply(probe, machine.ctx, MEMHP_NO_TIMEOUT, -1, 0), -EOPNOTSUPP);
	machine_change(&machine, "remove sys/devices/system/memory\n");
	ck_assert_int_eq(memhp_probe_apply(probe, machine.ctx, MEMHP_NO_TIMEOUT, -1, 0), -ENODEV);
	ck_assert_uint_eq(atomic_load(kernel.writes), 0);
	finish(&machine, probe);
}
END_TEST

START_TEST(unbacked)
{
	struct machine machine;
	struct memhp_probe *proven = prepare(&machine, (struct kernel){ .error = ENOMEM }), *unproven = NULL;

	ck_assert_int_eq(memhp_probe_new(&unproven, machine.ctx, 0xa0000000), 0);
	ck_assert_int_eq(memhp_probe_apply(unproven, machine.ctx, MEMHP_NO_TIMEOUT, -1, 0), -EPERM);
	ck_assert_uint_eq(atomic_load(kernel.writes), 0);
	ck_assert_int_eq(memhp_probe_apply(unproven, machine.ctx, MEMHP_NO_TIMEOUT, -1, MEMHP_PROBE_UNBACKED), -ENOMEM);
	ck_assert_str_eq(kernel.word, "0xa0000000");
	memhp_probe_free(unproven);
	finish(&machine, proven);
}
END_TEST

UNIT("probe", tests)
{
	add_table(tests, answers, cases);
	tcase_add_test(tests, cancelled);
	tcase_add_test(tests, cancelled_meanwhile);
	tcase_add_test(tests, progress);
	tcase_add_test(tests, again);
	tcase_add_test(tests, no_resources);
	tcase_add_test(tests, nothing_to_write_to);
	tcase_add_test(tests, unbacked);
}
