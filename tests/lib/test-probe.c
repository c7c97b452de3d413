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

/* A request for the block at 0x20000000, and a kernel that makes something of it */
static struct memhp_request *prepare(struct machine *machine, struct kernel behaviour)
{
	void *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	_cleanup_probe_ struct memhp_probe *probe = NULL;
	struct memhp_request *request;

	ck_assert_ptr_ne(shared, MAP_FAILED);
	machine_make(machine, MACHINE);
	machine->ctx->ops = &ops;
	kernel = behaviour;
	kernel.machine = machine;
	kernel.writes = shared;
	kernel.word = (char *)shared + 64;
	ck_assert_int_eq(memhp_probe_new(&probe, machine->ctx, 0x20000000), 0);
	ck_assert_int_eq(memhp_request_new(&request, MEMHP_TRANSITION_ADD), 0);
	memhp_request_set(request, MEMHP_SETTING_KERNEL_LOG, false);
	ck_assert_uint_eq(memhp_request_get(request, MEMHP_SETTING_BLOCK_TIMEOUT_MS), MEMHP_NO_TIMEOUT);
	ck_assert_int_eq(memhp_request_add_probe(request, probe, 0), 0);
	return request;
}

static void finish(struct machine *machine, struct memhp_request *request)
{
	/* Nobody is left: neither a child of a kind that is usually seen, nor one made by clone(). */
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	ck_assert_int_eq(errno, ECHILD);
	memhp_request_free(request);
	own_clock_stop();
	munmap((void *)kernel.writes, 4096);
	machine_release(machine);
}

static int apply(const struct machine *machine, struct memhp_request *request, struct memhp_result **result)
{
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = machine_scan(machine, memhp_request_get_attrs(request));
	_cleanup_plan_ struct memhp_plan *plan = NULL;

	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	return memhp_plan_apply(plan, result);
}

#define NONE  MEMHP_REASON_NONE
#define OTHER MEMHP_REASON_OTHER

static const struct {
	struct kernel kernel;
	uint64_t timeout_ms;
	enum memhp_outcome outcome;
	enum memhp_reason reason;
	int error;
	enum memhp_state after;
	enum memhp_zone zone;
} cases[] = {
	{ { .block = BLOCK_2 }, MEMHP_NO_TIMEOUT, MEMHP_OUTCOME_CHANGED, NONE, 0, MEMHP_STATE_OFFLINE, MEMHP_ZONE_NONE },
	{ { .block = BLOCK_2 }, 60000, MEMHP_OUTCOME_CHANGED, NONE, 0, MEMHP_STATE_OFFLINE, MEMHP_ZONE_NONE },
	{ { .block = BLOCK_2_ONLINE }, MEMHP_NO_TIMEOUT, MEMHP_OUTCOME_CHANGED, NONE, 0, MEMHP_STATE_ONLINE, MEMHP_ZONE_MOVABLE },
	{ { .error = EEXIST }, MEMHP_NO_TIMEOUT, MEMHP_OUTCOME_FAILED, OTHER, -EEXIST, MEMHP_STATE_UNKNOWN, MEMHP_ZONE_NONE },
	{ { .error = EINVAL }, MEMHP_NO_TIMEOUT, MEMHP_OUTCOME_FAILED, OTHER, -EINVAL, MEMHP_STATE_UNKNOWN, MEMHP_ZONE_NONE },
	{ { .error = ENODEV }, MEMHP_NO_TIMEOUT, MEMHP_OUTCOME_FAILED, OTHER, -ENODEV, MEMHP_STATE_UNKNOWN, MEMHP_ZONE_NONE },
	{ { .error = ENOMEM },
	  MEMHP_NO_TIMEOUT,
	  MEMHP_OUTCOME_FAILED,
	  MEMHP_REASON_NO_MEMORY,
	  -ENOMEM,
	  MEMHP_STATE_UNKNOWN,
	  MEMHP_ZONE_NONE },
	/* another was first: the block is there, and not this request's */
	{ { .error = EEXIST, .block = BLOCK_2 },
	  MEMHP_NO_TIMEOUT,
	  MEMHP_OUTCOME_ALREADY,
	  NONE,
	  0,
	  MEMHP_STATE_OFFLINE,
	  MEMHP_ZONE_NONE },
	/* it said that it was done */
	{ { .error = 0 },
	  100,
	  MEMHP_OUTCOME_UNVERIFIED,
	  MEMHP_REASON_UNREADABLE,
	  -ETIMEDOUT,
	  MEMHP_STATE_UNKNOWN,
	  MEMHP_ZONE_NONE },
	{ { .error = 0 }, MEMHP_NO_TIMEOUT, MEMHP_OUTCOME_FAILED, OTHER, 0, MEMHP_STATE_UNKNOWN, MEMHP_ZONE_NONE },
	{ { .block = BLOCK_2_WRONG },
	  MEMHP_NO_TIMEOUT,
	  MEMHP_OUTCOME_UNVERIFIED,
	  MEMHP_REASON_UNREADABLE,
	  -EBADMSG,
	  MEMHP_STATE_UNKNOWN,
	  MEMHP_ZONE_NONE },
	/* the deadline, before and after it was done */
	{ { .hangs = true }, 100, MEMHP_OUTCOME_TIMEOUT, MEMHP_REASON_DEADLINE, 0, MEMHP_STATE_UNKNOWN, MEMHP_ZONE_NONE },
	{ { .hangs = true, .block = BLOCK_2 }, 200, MEMHP_OUTCOME_CHANGED, NONE, 0, MEMHP_STATE_OFFLINE, MEMHP_ZONE_NONE },
	/* somebody else ends the writer */
	{ { .dies = true },
	  MEMHP_NO_TIMEOUT,
	  MEMHP_OUTCOME_FAILED,
	  MEMHP_REASON_WRITER_DIED,
	  0,
	  MEMHP_STATE_UNKNOWN,
	  MEMHP_ZONE_NONE },
	{ { .dies = true, .block = BLOCK_2 },
	  MEMHP_NO_TIMEOUT,
	  MEMHP_OUTCOME_CHANGED,
	  NONE,
	  0,
	  MEMHP_STATE_OFFLINE,
	  MEMHP_ZONE_NONE },
};

START_TEST(answers)
{
	struct machine machine;
	struct memhp_request *request = prepare(&machine, cases[_i].kernel);
	_cleanup_result_ struct memhp_result *result = NULL;
	const struct memhp_step *step;

	own_clock_start();
	memhp_request_set(request, MEMHP_SETTING_TIMEOUT_MS, cases[_i].timeout_ms);
	ck_assert_int_eq(apply(&machine, request, &result), 0);
	step = memhp_result_get_step(result, 0);
	ck_assert_str_eq(memhp_outcome_name(memhp_step_get_outcome(step)), memhp_outcome_name(cases[_i].outcome));
	ck_assert_str_eq(memhp_reason_name(memhp_step_get_reason(step)), memhp_reason_name(cases[_i].reason));
	ck_assert_int_eq(memhp_step_get_error(step), cases[_i].error);
	ck_assert_int_eq(memhp_step_get_state_after(step), cases[_i].after);
	ck_assert_int_eq(memhp_step_get_zone(step), cases[_i].zone);
	ck_assert_int_eq(memhp_result_get_writer_pid(result), 0);
	ck_assert_uint_eq(atomic_load(kernel.writes), 1);
	ck_assert_str_eq(kernel.word, "0x20000000");
	finish(&machine, request);
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

START_TEST(cancelled)
{
	_cleanup_result_ struct memhp_result *before = NULL, *meanwhile = NULL;
	int fd = eventfd(0, EFD_CLOEXEC);
	struct machine machine;
	struct memhp_request *request = prepare(&machine, (struct kernel){ .hangs = true });
	pthread_t thread;
	uint64_t count;

	ck_assert_int_eq(memhp_ctx_set_cancel_fd(machine.ctx, fd), 0);
	ck_assert_int_eq(eventfd_write(fd, 1), 0);
	ck_assert_int_eq(apply(&machine, request, &before), 0);
	ck_assert_int_eq(memhp_step_get_outcome(memhp_result_get_step(before, 0)), MEMHP_OUTCOME_NOT_TRIED);
	ck_assert_uint_eq(atomic_load(kernel.writes), 0);
	ck_assert_int_eq(eventfd_read(fd, &count), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, cancel, &fd), 0);
	ck_assert_int_eq(apply(&machine, request, &meanwhile), 0);
	pthread_join(thread, NULL);
	ck_assert_int_eq(memhp_step_get_outcome(memhp_result_get_step(meanwhile, 0)), MEMHP_OUTCOME_INTERRUPTED);
	ck_assert_int_eq(memhp_result_get_completion(meanwhile), MEMHP_COMPLETION_INTERRUPTED);
	close(fd);
	finish(&machine, request);
}
END_TEST

static void note(void *data, const struct memhp_progress *progress)
{
	ck_assert_uint_eq(memhp_progress_get_num_goal(progress), 1);
	++*(unsigned int *)data;
}

START_TEST(progress)
{
	_cleanup_result_ struct memhp_result *result = NULL;
	struct machine machine;
	struct memhp_request *request = prepare(&machine, (struct kernel){ .hangs = true });
	unsigned int ticks = 0;

	own_clock_start();
	memhp_request_set_progress(request, note, &ticks);
	memhp_request_set(request, MEMHP_SETTING_TIMEOUT_MS, 1000);
	ck_assert_int_eq(apply(&machine, request, &result), 0);
	ck_assert_uint_ge(ticks, 4);
	finish(&machine, request);
}
END_TEST

/* Up to the first that fails; nothing is brought back, whatever was asked. */
START_TEST(several)
{
	static const enum memhp_outcome outcomes[] = { MEMHP_OUTCOME_CHANGED, MEMHP_OUTCOME_FAILED, MEMHP_OUTCOME_NOT_TRIED };
	_cleanup_result_ struct memhp_result *result = NULL;
	struct machine machine;
	struct memhp_request *request = prepare(&machine, (struct kernel){ .block = BLOCK_2 });

	for (uint64_t addr = 0x30000000; addr <= 0x40000000; addr += 0x10000000) {
		_cleanup_probe_ struct memhp_probe *probe = NULL;

		ck_assert_int_eq(memhp_probe_new(&probe, machine.ctx, addr), 0);
		ck_assert_int_eq(memhp_request_add_probe(request, probe, 0), 0);
	}
	own_clock_start();
	memhp_request_set(request, MEMHP_SETTING_ROLLBACK, true);
	ck_assert_int_eq(apply(&machine, request, &result), 0);
	for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++)
		ck_assert_int_eq(memhp_step_get_outcome(memhp_result_get_step(result, i)), outcomes[i]);
	ck_assert_int_eq(memhp_result_get_completion(result), MEMHP_COMPLETION_PARTIAL);
	ck_assert(!memhp_result_is_rolled_back(result));
	ck_assert_uint_eq(atomic_load(kernel.writes), 2);
	finish(&machine, request);
}
END_TEST

/* A host without a descriptor to spare */
START_TEST(no_resources)
{
	struct rlimit limit, none = { 0, 0 };
	struct machine machine;
	struct memhp_request *request = prepare(&machine, (struct kernel){ .block = BLOCK_2 });
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = machine_scan(&machine, 0);
	_cleanup_plan_ struct memhp_plan *plan = NULL;
	struct memhp_result *result;

	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none.rlim_max = limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	ck_assert_int_eq(memhp_plan_apply(plan, &result), -EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_uint_eq(atomic_load(kernel.writes), 0);
	finish(&machine, request);
}
END_TEST

START_TEST(nothing_to_write_to)
{
	struct machine machine;
	struct memhp_request *request = prepare(&machine, (struct kernel){ .block = BLOCK_2 });
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = machine_scan(&machine, 0);
	_cleanup_plan_ struct memhp_plan *plan = NULL;
	struct memhp_result *result;

	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	if (geteuid() != 0) {
		machine_change(&machine, "mode sys/devices/system/memory/probe 0400\n");
		ck_assert_int_eq(memhp_plan_apply(plan, &result), -EACCES);
	}
	machine_change(&machine, "remove sys/devices/system/memory/probe\n");
	ck_assert_int_eq(memhp_plan_apply(plan, &result), -EOPNOTSUPP);
	machine_change(&machine, "remove sys/devices/system/memory\n");
	ck_assert_int_eq(memhp_plan_apply(plan, &result), -ENODEV);
	ck_assert_uint_eq(atomic_load(kernel.writes), 0);
	finish(&machine, request);
}
END_TEST

/* What has an obstacle is not written; a missing proof is for the caller to overcome. */
START_TEST(unbacked)
{
	_cleanup_result_ struct memhp_result *result = NULL;
	_cleanup_probe_ struct memhp_probe *probe = NULL;
	struct memhp_request *request;
	struct machine machine;

	memhp_request_free(prepare(&machine, (struct kernel){ .error = ENOMEM }));
	ck_assert_int_eq(memhp_probe_new(&probe, machine.ctx, 0xa0000000), 0);
	ck_assert_int_eq(memhp_request_new(&request, MEMHP_TRANSITION_ADD), 0);
	ck_assert_int_eq(memhp_request_add_probe(request, probe, 2), -EINVAL);
	ck_assert_int_eq(memhp_request_add_probe(request, probe, 0), 0);
	ck_assert_int_eq(memhp_request_add_probe(request, probe, MEMHP_PROBE_UNBACKED), 0);
	ck_assert_int_eq(apply(&machine, request, &result), 0);
	ck_assert_int_eq(memhp_step_get_outcome(memhp_result_get_step(result, 0)), MEMHP_OUTCOME_REFUSED);
	ck_assert_int_eq(memhp_step_get_reason(memhp_result_get_step(result, 0)), MEMHP_REASON_OBSTACLE);
	ck_assert_int_eq(memhp_step_get_error(memhp_result_get_step(result, 1)), -ENOMEM);
	ck_assert_uint_eq(atomic_load(kernel.writes), 1);
	ck_assert_str_eq(kernel.word, "0xa0000000");
	finish(&machine, request);
}
END_TEST

UNIT("probe", tests)
{
	add_table(tests, answers, cases);
	tcase_add_test(tests, cancelled);
	tcase_add_test(tests, progress);
	tcase_add_test(tests, several);
	tcase_add_test(tests, no_resources);
	tcase_add_test(tests, nothing_to_write_to);
	tcase_add_test(tests, unbacked);
}
