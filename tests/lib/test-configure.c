// SPDX-License-Identifier: LGPL-2.1-or-later
/* Standby memory, dax devices and the eject of a DIMM, with a made-up kernel behind their files. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../unit/unit.h"
#include "own-clock.h"

static const char machine_text[] = "blocks 0-3 zones Normal config 1 memmap_on_memory 0\n"
				   "blocks 4-5 zones Movable config 1 memmap_on_memory 0\n"
				   "blocks 6-7 state offline zones Movable config 1 memmap_on_memory 1\n"
				   "blocks 8-11 config 0 memmap_on_memory 0\n"
				   "file sys/bus/dax/devices/dax0.0/state \"unplugged\\n\"\n"
				   "file sys/bus/acpi/devices/PNP0C80:00/eject \"\"\n"
				   "file proc/meminfo \"MemTotal: 100 kB\\n\"\n";

/* What becomes of a store into a file of that name */
enum fault { NO_FAULT, FAILS, LIES, DONE_AND_FAILS, HANGS, KILLED, VANISHES, HALF_VANISHES, UNSEEN, GARBLES, REFUSES_GARBLED };

/* Shared with the writer */
static struct world {
	const char *file;
	enum fault fault;
	int error;
	char dir[256];
	unsigned int stores;
	pid_t writer;
	bool several_writers, is_told;
} * world;

static ssize_t put(int fd, const char *path, const char *buf, size_t size)
{
	/* A block's state reads another word than was written. */
	if (strstr(path, "/state") && size > strlen("online") && strncmp(buf, "online", strlen("online")) == 0) {
		buf = "online";
		size = strlen("online");
	}
	if (ftruncate(fd, 0) < 0)
		return -1;
	return write(fd, buf, size) < 0 ? -1 : (ssize_t)size;
}

/* What the driver of dax devices lets go of has no state; what it takes comes with its blocks, which are offline. */
static ssize_t rebind(const char *path, size_t size)
{
	char state[512];
	int fd;

	snprintf(state, sizeof(state), "%s/" SYSFS_DAX "/dax0.0/state", world->dir);
	if (strcmp(path, "unbind") == 0)
		return unlink(state) < 0 ? -1 : (ssize_t)size;
	fd = open(state, O_WRONLY | O_CREAT | O_EXCL, 0644);
	if (fd < 0)
		return -1;
	size = write(fd, "offline", strlen("offline")) < 0 ? 0 : size;
	close(fd);
	return (ssize_t)size;
}

static bool is_of_driver(const char *path)
{
	return strcmp(path, "bind") == 0 || strcmp(path, "unbind") == 0;
}

static ssize_t take(int fd, const char *path, const char *buf, size_t size)
{
	if (is_of_driver(path))
		return rebind(path, size);
	return put(fd, path, buf, size) < 0 ? -1 : (ssize_t)size;
}

static void remove_blocks(int last)
{
	char old[512], new[512];

	for (int id = 4; id <= last; id++) {
		snprintf(old, sizeof(old), "%s/" SYSFS_MEMORY "/memory%d", world->dir, id);
		snprintf(new, sizeof(new), "%s/gone%d", world->dir, id);
		rename(old, new);
	}
}

int __real_faccessat(int dirfd, const char *path, int mode, int flags);
int __wrap_faccessat(int dirfd, const char *path, int mode, int flags);

/* The looks at blocks fail once they were told to go. */
int __wrap_faccessat(int dirfd, const char *path, int mode, int flags)
{
	if (world && world->fault == UNSEEN && world->is_told && strncmp(path, "memory", 6) == 0)
		return errno = EIO, -1;
	return __real_faccessat(dirfd, path, mode, flags);
}

static ssize_t world_write(int fd, const char *path, const void *buf, size_t size)
{
	size_t length = strlen(path), name = strlen(world->file ? world->file : "");
	ssize_t rc;

	world->several_writers |= world->writer && world->writer != getpid();
	world->writer = getpid();
	world->stores++;
	if (!world->file || length < name || strcmp(path + length - name, world->file) != 0 ||
	    (is_of_driver(path) && length != name))
		return take(fd, path, buf, size);
	switch (world->fault) {
	case FAILS:
		errno = world->error;
		return -1;
	case HANGS:
		own_clock_hang(getpid());
		for (;;)
			pause();
	case KILLED:
		kill(getpid(), SIGKILL);
		return -1;
	case UNSEEN:
		world->is_told = true;
		return (ssize_t)size;
	case LIES:
		return (ssize_t)size;
	case VANISHES:
	case HALF_VANISHES:
		remove_blocks(world->fault == VANISHES ? 5 : 4);
		return (ssize_t)size;
	case GARBLES:
	case REFUSES_GARBLED:
		put(fd, path, "?", 1);
		errno = EBUSY;
		return world->fault == GARBLES ? (ssize_t)size : -1;
	case DONE_AND_FAILS:
	case NO_FAULT:
		break;
	}
	rc = take(fd, path, buf, size);
	if (world->fault != DONE_AND_FAILS)
		return rc;
	errno = world->error;
	return -1;
}

static ssize_t world_read(int fd, const char *path __attribute__((unused)), void *buf, size_t size, off_t offset)
{
	return pread(fd, buf, size, offset);
}

static const struct file_ops world_ops = { true, world_read, world_write, true };

static void set_up(struct machine *machine)
{
	machine_make(machine, machine_text);
	machine->ctx->ops = &world_ops;
	world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(world, MAP_FAILED);
	memcpy(world->dir, machine->dir, sizeof(world->dir));
	own_clock_start();
}

static void tear_down(struct machine *machine)
{
	/* Nothing is left of a writer, however it ended. */
	if (world->writer)
		ck_assert(kill(world->writer, 0) < 0 && errno == ESRCH);
	own_clock_stop();
	munmap(world, sizeof(*world));
	machine_release(machine);
}

static void set_fault(const char *file, enum fault fault, int error)
{
	world->file = file;
	world->fault = fault;
	world->error = error;
}

static struct memhp_request *ask(enum memhp_transition action, uint64_t first, uint64_t last)
{
	struct memhp_request *request = request_blocks(action, first, last);

	memhp_request_set(request, MEMHP_SETTING_KERNEL_LOG, false);
	return request;
}

static struct memhp_result *run(const struct machine *machine, struct memhp_request *request)
{
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = machine_scan(machine, memhp_request_get_attrs(request));
	struct memhp_result *result = NULL;
	struct memhp_plan *plan;

	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	ck_assert_int_eq(memhp_plan_apply(plan, &result), 0);
	memhp_plan_free(plan);
	ck_assert_int_eq(memhp_result_get_writer_pid(result), 0);
	return result;
}

static void check_step(const struct memhp_result *result, size_t index, enum memhp_outcome outcome, enum memhp_reason reason,
		       int error, enum memhp_state after)
{
	const struct memhp_step *step = memhp_result_get_step(result, index);

	ck_assert_str_eq(memhp_outcome_name(memhp_step_get_outcome(step)), memhp_outcome_name(outcome));
	ck_assert_str_eq(memhp_reason_name(memhp_step_get_reason(step)), memhp_reason_name(reason));
	ck_assert_int_eq(memhp_step_get_error(step), error);
	ck_assert_str_eq(memhp_state_name(memhp_step_get_state_after(step)), memhp_state_name(after));
}

#define KEEP      MEMHP_MEMMAP_KEEP
#define ELSEWHERE MEMHP_MEMMAP_ELSEWHERE
#define ON_MEMORY MEMHP_MEMMAP_ON_MEMORY

/* What becomes of block 8, whose memory map is to go into it: this kernel makes no memory block of what is configured. */
static const struct {
	const char *file;
	enum fault fault;
	int error;
	enum memhp_outcome outcome;
	enum memhp_reason reason;
	int result;
	enum memhp_state after;
	enum memhp_memmap memmap;
} faults[] = {
	{ "config", NO_FAULT, 0, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE, 0, MEMHP_STATE_UNKNOWN, ON_MEMORY },
	{ "config", FAILS, EBUSY, MEMHP_OUTCOME_BUSY, MEMHP_REASON_BUSY, -EBUSY, MEMHP_STATE_STANDBY, ON_MEMORY },
	{ "config", FAILS, ENOMEM, MEMHP_OUTCOME_FAILED, MEMHP_REASON_NO_MEMORY, -ENOMEM, MEMHP_STATE_STANDBY, ON_MEMORY },
	{ "memmap_on_memory", FAILS, EBUSY, MEMHP_OUTCOME_BUSY, MEMHP_REASON_BUSY, -EBUSY, MEMHP_STATE_STANDBY, ELSEWHERE },
	{ "config", DONE_AND_FAILS, EINTR, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE, 0, MEMHP_STATE_UNKNOWN, ON_MEMORY },
	{ "config", LIES, 0, MEMHP_OUTCOME_FAILED, MEMHP_REASON_OTHER, 0, MEMHP_STATE_STANDBY, ON_MEMORY },
	{ "config", HANGS, 0, MEMHP_OUTCOME_TIMEOUT, MEMHP_REASON_DEADLINE, 0, MEMHP_STATE_STANDBY, ON_MEMORY },
	{ "config", KILLED, 0, MEMHP_OUTCOME_FAILED, MEMHP_REASON_WRITER_DIED, 0, MEMHP_STATE_STANDBY, ON_MEMORY },
	{ "config", GARBLES, 0, MEMHP_OUTCOME_UNVERIFIED, MEMHP_REASON_UNREADABLE, -EBADMSG, MEMHP_STATE_UNKNOWN, ON_MEMORY },
	{ "memmap_on_memory", GARBLES, 0, MEMHP_OUTCOME_UNVERIFIED, MEMHP_REASON_UNREADABLE, -EBADMSG, MEMHP_STATE_UNKNOWN, KEEP },
	{ "config", REFUSES_GARBLED, EBUSY, MEMHP_OUTCOME_BUSY, MEMHP_REASON_BUSY, -EBUSY, MEMHP_STATE_UNKNOWN, ON_MEMORY },
};

START_TEST(configure_faults)
{
	_cleanup_request_ struct memhp_request *request = ask(MEMHP_TRANSITION_CONFIGURE, 8, 9);
	_cleanup_result_ struct memhp_result *result = NULL;
	struct machine machine;
	char file[64];

	set_up(&machine);
	snprintf(file, sizeof(file), "memory8/%s", faults[_i].file);
	set_fault(file, faults[_i].fault, faults[_i].error);
	ck_assert_int_eq(memhp_request_set_memmap(request, ON_MEMORY), 0);
	memhp_request_set(request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 1000);
	result = run(&machine, request);
	check_step(result, 0, faults[_i].outcome, faults[_i].reason, faults[_i].result, faults[_i].after);
	ck_assert_int_eq(memhp_step_get_memmap(memhp_result_get_step(result, 0)), faults[_i].memmap);
	ck_assert_int_eq(memhp_step_get_state_before(memhp_result_get_step(result, 0)), MEMHP_STATE_STANDBY);
	/* Whatever became of it, the next one has its turn, and its own time. */
	check_step(result, 1, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE, 0, MEMHP_STATE_UNKNOWN);
	tear_down(&machine);
}
END_TEST

/* Of what was configured and what was only set, the setting is brought back, too. */
START_TEST(configure_back)
{
	_cleanup_request_ struct memhp_request *request = ask(MEMHP_TRANSITION_CONFIGURE, 8, 9);
	_cleanup_result_ struct memhp_result *result = NULL;
	struct machine machine;

	set_up(&machine);
	set_fault("memory9/config", FAILS, ENOMEM);
	ck_assert_int_eq(memhp_request_set_memmap(request, ON_MEMORY), 0);
	memhp_request_set(request, MEMHP_SETTING_ROLLBACK, true);
	result = run(&machine, request);
	check_step(result, 0, MEMHP_OUTCOME_ROLLED_BACK, MEMHP_REASON_NONE, 0, MEMHP_STATE_STANDBY);
	check_step(result, 1, MEMHP_OUTCOME_FAILED, MEMHP_REASON_NO_MEMORY, -ENOMEM, MEMHP_STATE_STANDBY);
	for (size_t i = 0; i < 2; i++)
		ck_assert_int_eq(memhp_step_get_memmap(memhp_result_get_step(result, i)), ELSEWHERE);
	ck_assert(memhp_result_is_rolled_back(result));
	ck_assert_int_eq(memhp_result_get_completion(result), MEMHP_COMPLETION_FAILED);
	/* Two for each on the way there; back two for the first, and the setting alone for the other */
	ck_assert_uint_eq(world->stores, 7);
	tear_down(&machine);
}
END_TEST

START_TEST(configure_stuck)
{
	_cleanup_request_ struct memhp_request *request = ask(MEMHP_TRANSITION_CONFIGURE, 8, 9);
	_cleanup_result_ struct memhp_result *result = NULL;
	struct machine machine;

	set_up(&machine);
	set_fault("memory8/config", GARBLES, 0);
	memhp_request_set(request, MEMHP_SETTING_ROLLBACK, true);
	result = run(&machine, request);
	check_step(result, 0, MEMHP_OUTCOME_ROLLBACK_FAILED, MEMHP_REASON_UNREADABLE, -EBADMSG, MEMHP_STATE_UNKNOWN);
	check_step(result, 1, MEMHP_OUTCOME_ROLLED_BACK, MEMHP_REASON_NONE, 0, MEMHP_STATE_STANDBY);
	ck_assert(!memhp_result_is_rolled_back(result));
	ck_assert_int_eq(memhp_result_get_completion(result), MEMHP_COMPLETION_PARTIAL);
	tear_down(&machine);
}
END_TEST

START_TEST(deconfigure_back)
{
	_cleanup_request_ struct memhp_request *request = ask(MEMHP_TRANSITION_DECONFIGURE, 6, 7);
	_cleanup_result_ struct memhp_result *result = NULL;
	struct machine machine;

	set_up(&machine);
	set_fault("memory7/config", FAILS, EBUSY);
	memhp_request_set(request, MEMHP_SETTING_ROLLBACK, true);
	result = run(&machine, request);
	check_step(result, 0, MEMHP_OUTCOME_ROLLED_BACK, MEMHP_REASON_NONE, 0, MEMHP_STATE_OFFLINE);
	check_step(result, 1, MEMHP_OUTCOME_BUSY, MEMHP_REASON_BUSY, -EBUSY, MEMHP_STATE_OFFLINE);
	ck_assert(memhp_result_is_rolled_back(result));
	ck_assert_uint_eq(world->stores, 3);
	tear_down(&machine);
}
END_TEST

/* Only what is not yet so is written, by one process. */
START_TEST(configure_several)
{
	_cleanup_request_ struct memhp_request *up = ask(MEMHP_TRANSITION_CONFIGURE, 6, 9);
	_cleanup_request_ struct memhp_request *down = ask(MEMHP_TRANSITION_DECONFIGURE, 7, 8);
	_cleanup_result_ struct memhp_result *result = NULL, *back = NULL;
	struct machine machine;

	set_up(&machine);
	result = run(&machine, up);
	check_step(result, 0, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE, 0, MEMHP_STATE_OFFLINE);
	check_step(result, 3, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE, 0, MEMHP_STATE_UNKNOWN);
	ck_assert_uint_eq(world->stores, 2);
	ck_assert(!world->several_writers);
	world->writer = 0;
	back = run(&machine, down);
	check_step(back, 0, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE, 0, MEMHP_STATE_STANDBY);
	/* Of what is configured and has no block nobody knows whether it is offline. */
	check_step(back, 1, MEMHP_OUTCOME_FAILED, MEMHP_REASON_UNREADABLE, -ENOENT, MEMHP_STATE_UNKNOWN);
	ck_assert_uint_eq(world->stores, 3);
	tear_down(&machine);
}
END_TEST

/* The library chooses, and takes another block for one that fails: upwards, and downwards to give back. */
START_TEST(configure_goal)
{
	_cleanup_request_ struct memhp_request *up = ask(MEMHP_TRANSITION_CONFIGURE, 0, 11);
	_cleanup_request_ struct memhp_request *down = ask(MEMHP_TRANSITION_DECONFIGURE, 0, 7);
	_cleanup_result_ struct memhp_result *result = NULL, *back = NULL;
	struct machine machine;

	set_up(&machine);
	set_fault("memory9/config", FAILS, EIO);
	memhp_request_set(up, MEMHP_SETTING_NUM_BLOCKS, 2);
	result = run(&machine, up);
	ck_assert_int_eq(memhp_result_get_action(result), MEMHP_TRANSITION_CONFIGURE);
	ck_assert_uint_eq(memhp_result_get_num_steps(result), 4);
	check_step(result, 0, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE, 0, MEMHP_STATE_UNKNOWN);
	check_step(result, 1, MEMHP_OUTCOME_FAILED, MEMHP_REASON_OTHER, -EIO, MEMHP_STATE_STANDBY);
	check_step(result, 2, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE, 0, MEMHP_STATE_UNKNOWN);
	check_step(result, 3, MEMHP_OUTCOME_NOT_TRIED, MEMHP_REASON_SPARE, 0, MEMHP_STATE_STANDBY);
	ck_assert_int_eq(memhp_result_get_completion(result), MEMHP_COMPLETION_COMPLETE);
	memhp_request_set(down, MEMHP_SETTING_NUM_BLOCKS, 1);
	world->writer = 0;
	back = run(&machine, down);
	ck_assert_uint_eq(memhp_result_get_num_steps(back), 2);
	ck_assert_uint_eq(memhp_step_get_block_id(memhp_result_get_step(back, 0)), 7);
	check_step(back, 0, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE, 0, MEMHP_STATE_STANDBY);
	tear_down(&machine);
}
END_TEST

START_TEST(cancelled)
{
	_cleanup_request_ struct memhp_request *request = ask(MEMHP_TRANSITION_CONFIGURE, 8, 9);
	_cleanup_result_ struct memhp_result *result = NULL, *late = NULL;
	struct machine machine;
	int ends[2];

	set_up(&machine);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], "", 1), 1);
	ck_assert_int_eq(memhp_ctx_set_cancel_fd(machine.ctx, ends[0]), 0);
	result = run(&machine, request);
	check_step(result, 0, MEMHP_OUTCOME_NOT_TRIED, MEMHP_REASON_CANCELLED, 0, MEMHP_STATE_STANDBY);
	ck_assert_int_eq(memhp_result_get_completion(result), MEMHP_COMPLETION_INTERRUPTED);
	ck_assert_int_eq(memhp_ctx_set_cancel_fd(machine.ctx, -1), 0);
	close(ends[0]);
	close(ends[1]);
	/* No time at all */
	memhp_request_set(request, MEMHP_SETTING_TIMEOUT_MS, 0);
	late = run(&machine, request);
	check_step(late, 0, MEMHP_OUTCOME_NOT_TRIED, MEMHP_REASON_DEADLINE, 0, MEMHP_STATE_STANDBY);
	ck_assert_uint_eq(world->stores, 0);
	tear_down(&machine);
}
END_TEST

/* What has changed since the plan was made, and is none of this request's to bring back */
START_TEST(changed_since)
{
	_cleanup_request_ struct memhp_request *request = ask(MEMHP_TRANSITION_CONFIGURE, 8, 11);
	_cleanup_result_ struct memhp_result *result = NULL;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	struct memhp_plan *plan;
	struct machine machine;

	set_up(&machine);
	memhp_request_set(request, MEMHP_SETTING_ROLLBACK, true);
	ck_assert_int_eq(memhp_request_set_memmap(request, ON_MEMORY), 0);
	snapshot = machine_scan(&machine, memhp_request_get_attrs(request));
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	machine_change(&machine, "remove sys/firmware/memory/memory8\n"
				 "file sys/firmware/memory/memory9/config \"perhaps\\n\"\n"
				 "file sys/firmware/memory/memory10/config \"1\\n\"\n"
				 "file sys/firmware/memory/memory10/memmap_on_memory \"1\\n\"\n");
	ck_assert_int_eq(memhp_plan_apply(plan, &result), 0);
	memhp_plan_free(plan);
	check_step(result, 0, MEMHP_OUTCOME_VANISHED, MEMHP_REASON_GONE, -ENOENT, MEMHP_STATE_UNKNOWN);
	check_step(result, 1, MEMHP_OUTCOME_ROLLBACK_FAILED, MEMHP_REASON_UNREADABLE, -EBADMSG, MEMHP_STATE_UNKNOWN);
	check_step(result, 2, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE, 0, MEMHP_STATE_UNKNOWN);
	check_step(result, 3, MEMHP_OUTCOME_ROLLED_BACK, MEMHP_REASON_NONE, 0, MEMHP_STATE_STANDBY);
	/* What another agent has set and configured stays so; the setting of block 9 as well, for it may be configured. */
	ck_assert(!memhp_result_is_rolled_back(result));
	ck_assert_uint_eq(world->stores, 5);
	tear_down(&machine);
}
END_TEST

START_TEST(no_firmware)
{
	_cleanup_request_ struct memhp_request *request = ask(MEMHP_TRANSITION_CONFIGURE, 8, 8);
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	struct memhp_result *result;
	struct memhp_plan *plan;
	struct machine machine;

	set_up(&machine);
	ck_assert_int_eq(memhp_ctx_has(machine.ctx, MEMHP_FEATURE_STANDBY), 1);
	snapshot = machine_scan(&machine, memhp_request_get_attrs(request));
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	if (geteuid() != 0) {
		machine_change(&machine, "mode sys/firmware/memory/memory8/config 0444\n");
		ck_assert_int_eq(memhp_plan_apply(plan, &result), -EACCES);
	}
	machine_change(&machine, "remove sys/firmware/memory\n");
	ck_assert_int_eq(memhp_ctx_has(machine.ctx, MEMHP_FEATURE_STANDBY), 0);
	ck_assert_int_eq(memhp_plan_apply(plan, &result), -EOPNOTSUPP);
	memhp_plan_free(plan);
	tear_down(&machine);
}
END_TEST

START_TEST(standby)
{
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL, *other = NULL;
	struct machine machine;

	set_up(&machine);
	machine_change(&machine, "file sys/firmware/memory/memory9/config \"1\\n\"\n"
				 "file sys/firmware/memory/memory10/config \"?\\n\"\n"
				 "remove sys/firmware/memory/memory11/config\n");
	snapshot = machine_scan(&machine, MEMHP_ATTR_MEMMAP_ON_MEMORY | MEMHP_ATTR_STATE);
	ck_assert_uint_eq(memhp_snapshot_get_num_blocks(snapshot), 12);
	ck_assert_uint_eq(memhp_snapshot_count_state(snapshot, MEMHP_STATE_STANDBY), 3);
	ck_assert_uint_eq(memhp_snapshot_count_state(snapshot, MEMHP_STATE_UNKNOWN), 1);
	for (size_t i = 8; i < 12; i++) {
		static const int errors[] = { 0, -EBADMSG, -EOPNOTSUPP };
		const struct memhp_block *block = memhp_snapshot_get_block(snapshot, i);

		ck_assert_uint_eq(memhp_block_get_id(block), i);
		ck_assert_uint_eq(memhp_block_get_start_addr(block), (uint64_t)i << 27);
		ck_assert_int_eq(memhp_block_get_error(block, MEMHP_ATTR_STATE), i == 9 ? -ENOENT : 0);
		ck_assert_int_eq(memhp_block_get_error(block, MEMHP_ATTR_CONFIGURED), i < 10 ? 0 : errors[i - 9]);
		ck_assert_str_eq(memhp_block_get_state_name(block), i == 9 ? "unknown" : "standby");
		ck_assert_int_eq(memhp_block_get_error(block, MEMHP_ATTR_ZONES), -ENODATA);
	}
	/* Nobody who does not ask for it reads it. */
	other = machine_scan(&machine, MEMHP_ATTR_STATE);
	ck_assert_uint_eq(memhp_snapshot_get_num_blocks(other), 8);
	tear_down(&machine);
}
END_TEST

#define DAX_MEMMAP "sys/bus/dax/devices/dax0.0/memmap_on_memory"

static struct memhp_request *ask_dax(enum memhp_transition action)
{
	struct memhp_request *request;

	ck_assert_int_eq(memhp_request_new(&request, action), 0);
	ck_assert_int_eq(memhp_request_set_device(request, "dax0.0", MEMHP_TRANSITION_UNPLUG, ELSEWHERE, UINT64_C(1) << 30), 0);
	memhp_request_set(request, MEMHP_SETTING_KERNEL_LOG, false);
	return request;
}

static const struct {
	enum memhp_transition action;
	enum fault fault;
	int error;
	bool rollback;
	enum memhp_outcome outcome;
	enum memhp_reason reason;
	int result;
	enum memhp_state after;
	enum memhp_zone zone;
} dax_cases[] = {
	{ MEMHP_TRANSITION_ONLINE_MOVABLE, NO_FAULT, 0, false, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE, 0, MEMHP_STATE_ONLINE,
	  MEMHP_ZONE_MOVABLE },
	{ MEMHP_TRANSITION_ONLINE_KERNEL, NO_FAULT, 0, true, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE, 0, MEMHP_STATE_ONLINE,
	  MEMHP_ZONE_UNKNOWN },
	{ MEMHP_TRANSITION_ONLINE, FAILS, EBUSY, true, MEMHP_OUTCOME_BUSY, MEMHP_REASON_BUSY, -EBUSY, MEMHP_STATE_STANDBY,
	  MEMHP_ZONE_NONE },
	{ MEMHP_TRANSITION_ONLINE, LIES, 0, false, MEMHP_OUTCOME_FAILED, MEMHP_REASON_OTHER, 0, MEMHP_STATE_STANDBY,
	  MEMHP_ZONE_NONE },
	{ MEMHP_TRANSITION_ONLINE, HANGS, 0, false, MEMHP_OUTCOME_TIMEOUT, MEMHP_REASON_DEADLINE, 0, MEMHP_STATE_STANDBY,
	  MEMHP_ZONE_NONE },
	{ MEMHP_TRANSITION_ONLINE, GARBLES, 0, false, MEMHP_OUTCOME_UNVERIFIED, MEMHP_REASON_UNREADABLE, -EBADMSG,
	  MEMHP_STATE_UNKNOWN, MEMHP_ZONE_NONE },
	{ MEMHP_TRANSITION_ONLINE, GARBLES, 0, true, MEMHP_OUTCOME_ROLLBACK_FAILED, MEMHP_REASON_UNREADABLE, -EBADMSG,
	  MEMHP_STATE_UNKNOWN, MEMHP_ZONE_NONE },
};

START_TEST(dax)
{
	_cleanup_request_ struct memhp_request *request = ask_dax(dax_cases[_i].action);
	_cleanup_result_ struct memhp_result *result = NULL;
	const struct memhp_step *step;
	struct machine machine;

	set_up(&machine);
	set_fault("state", dax_cases[_i].fault, dax_cases[_i].error);
	memhp_request_set(request, MEMHP_SETTING_ROLLBACK, dax_cases[_i].rollback);
	if (dax_cases[_i].fault == HANGS)
		memhp_request_set(request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 1000);
	result = run(&machine, request);
	step = memhp_result_get_step(result, 0);
	ck_assert_uint_eq(memhp_result_get_num_steps(result), 1);
	ck_assert_str_eq(memhp_step_get_device(step), "dax0.0");
	ck_assert_uint_eq(memhp_step_get_size_bytes(step), UINT64_C(1) << 30);
	ck_assert_int_eq(memhp_step_get_state_before(step), MEMHP_STATE_STANDBY);
	check_step(result, 0, dax_cases[_i].outcome, dax_cases[_i].reason, dax_cases[_i].result, dax_cases[_i].after);
	ck_assert_int_eq(memhp_step_get_zone(step), dax_cases[_i].zone);
	tear_down(&machine);
}
END_TEST

/* Another agent was first, and left the zone to the kernel, or the device is gone. */
START_TEST(dax_changed_since)
{
	_cleanup_request_ struct memhp_request *request = ask_dax(MEMHP_TRANSITION_ONLINE);
	_cleanup_result_ struct memhp_result *result = NULL;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	struct memhp_result *none;
	struct memhp_plan *plan;
	struct machine machine;

	set_up(&machine);
	snapshot = machine_scan(&machine, memhp_request_get_attrs(request));
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	machine_change(&machine, "file sys/bus/dax/devices/dax0.0/state \"online_movable\\n\"\n");
	set_fault("state", FAILS, EBUSY);
	ck_assert_int_eq(memhp_plan_apply(plan, &result), 0);
	check_step(result, 0, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE, 0, MEMHP_STATE_ONLINE);
	machine_change(&machine, "remove sys/bus/dax/devices/dax0.0\n");
	ck_assert_int_eq(memhp_plan_apply(plan, &none), -ENOENT);
	memhp_plan_free(plan);
	tear_down(&machine);
}
END_TEST

#define DRIVER "file " SYSFS_KMEM "/bind \"\"\nfile " SYSFS_KMEM "/unbind \"\"\n"

static struct memhp_request *ask_dax_memmap(const struct machine *machine)
{
	enum memhp_memmap memmap = KEEP;
	struct memhp_request *request;

	ck_assert_int_eq(memhp_ctx_read_dax_memmap(machine->ctx, "dax0.0", &memmap), 0);
	ck_assert_int_eq(memhp_request_new(&request, MEMHP_TRANSITION_ONLINE), 0);
	ck_assert_int_eq(memhp_request_set_device(request, "dax0.0", MEMHP_TRANSITION_UNPLUG, memmap, 0), 0);
	ck_assert_int_eq(memhp_request_set_memmap(request, ON_MEMORY), 0);
	memhp_request_set(request, MEMHP_SETTING_KERNEL_LOG, false);
	return request;
}

/* A device leaves its driver, is set, and comes back; whatever becomes of that, it is as it was, or it is said where it is. */
static const struct {
	const char *file;
	enum fault fault;
	int error;
	enum memhp_outcome outcome;
	enum memhp_reason reason;
	int result;
	enum memhp_state after;
	enum memhp_memmap memmap;
	unsigned int stores;
} rebinds[] = {
	{ NULL, NO_FAULT, 0, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE, 0, MEMHP_STATE_ONLINE, ON_MEMORY, 5 },
	{ "unbind", FAILS, EACCES, MEMHP_OUTCOME_FAILED, MEMHP_REASON_NOT_REBOUND, -EACCES, MEMHP_STATE_STANDBY, ELSEWHERE, 1 },
	{ "unbind", DONE_AND_FAILS, EIO, MEMHP_OUTCOME_FAILED, MEMHP_REASON_NOT_REBOUND, -EIO, MEMHP_STATE_STANDBY, ELSEWHERE, 3 },
	{ "unbind", KILLED, 0, MEMHP_OUTCOME_FAILED, MEMHP_REASON_WRITER_DIED, 0, MEMHP_STATE_STANDBY, ELSEWHERE, 1 },
	{ "memmap_on_memory", LIES, 0, MEMHP_OUTCOME_FAILED, MEMHP_REASON_NOT_REBOUND, -EIO, MEMHP_STATE_STANDBY, ELSEWHERE, 4 },
	{ "memmap_on_memory", HANGS, 0, MEMHP_OUTCOME_TIMEOUT, MEMHP_REASON_DEADLINE, 0, MEMHP_STATE_STANDBY, ELSEWHERE, 4 },
	{ "bind", FAILS, ENODEV, MEMHP_OUTCOME_ROLLBACK_FAILED, MEMHP_REASON_NOT_REBOUND, -ENODEV, MEMHP_STATE_STANDBY, ELSEWHERE,
	  5 },
	{ "bind", KILLED, 0, MEMHP_OUTCOME_ROLLBACK_FAILED, MEMHP_REASON_NOT_REBOUND, -EINTR, MEMHP_STATE_STANDBY, ELSEWHERE, 5 },
	{ "bind", LIES, 0, MEMHP_OUTCOME_ROLLBACK_FAILED, MEMHP_REASON_NOT_REBOUND, -EIO, MEMHP_STATE_STANDBY, ELSEWHERE, 5 },
};

START_TEST(dax_rebind)
{
	_cleanup_request_ struct memhp_request *request = NULL;
	_cleanup_result_ struct memhp_result *result = NULL;
	struct machine machine;

	set_up(&machine);
	machine_change(&machine, "file " DAX_MEMMAP " \"0\\n\"\n" DRIVER);
	set_fault(rebinds[_i].file, rebinds[_i].fault, rebinds[_i].error);
	request = ask_dax_memmap(&machine);
	if (rebinds[_i].fault == HANGS)
		memhp_request_set(request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 1000);
	result = run(&machine, request);
	check_step(result, 0, rebinds[_i].outcome, rebinds[_i].reason, rebinds[_i].result, rebinds[_i].after);
	ck_assert_int_eq(memhp_step_get_memmap(memhp_result_get_step(result, 0)), rebinds[_i].memmap);
	ck_assert_uint_eq(world->stores, rebinds[_i].stores);
	tear_down(&machine);
}
END_TEST

/* The setting that was asked for is read back, too: the driver has let go of the device since, and has it again. */
START_TEST(dax_memmap_changed_since)
{
	static const struct {
		const char *change;
		enum memhp_outcome outcome;
		enum memhp_reason reason;
		int error;
		enum memhp_memmap memmap;
	} cases[] = {
		{ "", MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE, 0, ON_MEMORY },
		{ "file " DAX_MEMMAP " \"0\\n\"\n" DRIVER, MEMHP_OUTCOME_CHANGED, MEMHP_REASON_NONE, 0, ON_MEMORY },
		{ "file " DAX_MEMMAP " \"?\\n\"\n", MEMHP_OUTCOME_UNVERIFIED, MEMHP_REASON_UNREADABLE, -EBADMSG, KEEP },
		{ "remove " DAX_MEMMAP "\n", MEMHP_OUTCOME_UNVERIFIED, MEMHP_REASON_UNREADABLE, -ENODATA, KEEP },
	};
	_cleanup_request_ struct memhp_request *request = NULL;
	_cleanup_result_ struct memhp_result *result = NULL;
	_cleanup_snapshot_ struct memhp_snapshot *snapshot = NULL;
	struct memhp_plan *plan;
	struct machine machine;

	set_up(&machine);
	machine_change(&machine, "file " DAX_MEMMAP " \"1\\n\"\n");
	request = ask_dax_memmap(&machine);
	snapshot = machine_scan(&machine, memhp_request_get_attrs(request));
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	machine_change(&machine, cases[_i].change);
	ck_assert_int_eq(memhp_plan_apply(plan, &result), 0);
	memhp_plan_free(plan);
	check_step(result, 0, cases[_i].outcome, cases[_i].reason, cases[_i].error, MEMHP_STATE_ONLINE);
	ck_assert_int_eq(memhp_step_get_memmap(memhp_result_get_step(result, 0)), cases[_i].memmap);
	tear_down(&machine);
}
END_TEST

/* No name of a device, and no request or state that one has */
START_TEST(bad_requests)
{
	static const char *const strange[] = { "dax0", "dax.0", "dax0.", "dax0.0x", "0.0", "", "../dax0.0", "dax0.0/.." };
	_cleanup_request_ struct memhp_request *online = NULL, *offline = NULL;

	ck_assert_int_eq(memhp_request_new(&online, MEMHP_TRANSITION_ONLINE), 0);
	ck_assert_int_eq(memhp_request_new(&offline, MEMHP_TRANSITION_OFFLINE), 0);
	for (size_t i = 0; i < ARRAY_SIZE(strange); i++)
		ck_assert_int_eq(memhp_request_set_device(online, strange[i], MEMHP_TRANSITION_UNPLUG, KEEP, 0), -EINVAL);
	ck_assert_int_eq(memhp_request_set_device(offline, "dax0.0", MEMHP_TRANSITION_UNPLUG, KEEP, 0), -EINVAL);
	ck_assert_int_eq(memhp_request_set_device(online, "dax0.0", MEMHP_TRANSITION_UNKNOWN, KEEP, 0), -EINVAL);
	ck_assert_int_eq(memhp_request_set_memmap(online, ON_MEMORY), -EINVAL);
}
END_TEST

START_TEST(dax_state)
{
	enum memhp_transition state = MEMHP_TRANSITION_UNKNOWN;
	struct machine machine;

	set_up(&machine);
	ck_assert_int_eq(memhp_ctx_read_dax_state(machine.ctx, "dax0.0", &state), 0);
	ck_assert_int_eq(state, MEMHP_TRANSITION_UNPLUG);
	ck_assert_int_eq(memhp_ctx_read_dax_state(machine.ctx, "dax0.1", &state), -ENOENT);
	ck_assert_int_eq(memhp_ctx_read_dax_state(machine.ctx, "dax0", &state), -EINVAL);
	machine_change(&machine, "file sys/bus/dax/devices/dax0.0/state \"sideways\\n\"\n");
	ck_assert_int_eq(memhp_ctx_read_dax_state(machine.ctx, "dax0.0", &state), -EBADMSG);
	machine_change(&machine, "remove sys/bus/dax/devices/dax0.0/state\n");
	ck_assert_int_eq(memhp_ctx_read_dax_state(machine.ctx, "dax0.0", &state), -ENODEV);
	machine_change(&machine, "link sys/bus/dax/devices/dax0.0/driver ../../drivers/device_dax\n");
	ck_assert_int_eq(memhp_ctx_read_dax_state(machine.ctx, "dax0.0", &state), -EOPNOTSUPP);
	tear_down(&machine);
}
END_TEST

START_TEST(dax_memmap)
{
	enum memhp_memmap memmap = KEEP;
	struct machine machine;

	set_up(&machine);
	ck_assert_int_eq(memhp_ctx_read_dax_memmap(machine.ctx, "dax0.0", &memmap), -EOPNOTSUPP);
	ck_assert_int_eq(memhp_ctx_read_dax_memmap(machine.ctx, "dax0.1", &memmap), -ENOENT);
	ck_assert_int_eq(memhp_ctx_read_dax_memmap(machine.ctx, "dax", &memmap), -EINVAL);
	machine_change(&machine, "file " DAX_MEMMAP " \"2\\n\"\n");
	ck_assert_int_eq(memhp_ctx_read_dax_memmap(machine.ctx, "dax0.0", &memmap), -EBADMSG);
	ck_assert_int_eq(memmap, KEEP);
	machine_change(&machine, "file " DAX_MEMMAP " \"0\\n\"\n");
	ck_assert_int_eq(memhp_ctx_read_dax_memmap(machine.ctx, "dax0.0", &memmap), 0);
	ck_assert_int_eq(memmap, ELSEWHERE);
	tear_down(&machine);
}
END_TEST

/* Whether a setting can be had, before anything is tried */
START_TEST(dax_memmap_check)
{
	static const struct {
		const char *change;
		enum memhp_memmap memmap;
		int result;
	} cases[] = {
		{ "", ELSEWHERE, -ENODEV },
		{ DRIVER, ELSEWHERE, 0 },
		{ DRIVER, ON_MEMORY, -EOPNOTSUPP },
		{ DRIVER "param memmap_on_memory N\n", ON_MEMORY, -EOPNOTSUPP },
		{ DRIVER "param memmap_on_memory N\n", KEEP, 0 },
		{ DRIVER "param memmap_on_memory force\n", ON_MEMORY, 0 },
		{ DRIVER, ON_MEMORY + 1, -EINVAL },
		{ "remove sys/bus/dax/devices/dax0.0\n", KEEP, -ENOENT },
	};
	struct machine machine;

	set_up(&machine);
	machine_change(&machine, cases[_i].change);
	ck_assert_int_eq(memhp_ctx_check_dax_memmap(machine.ctx, "dax0.0", cases[_i].memmap), cases[_i].result);
	ck_assert_int_eq(memhp_ctx_check_dax_memmap(machine.ctx, "dax", KEEP), -EINVAL);
	tear_down(&machine);
}
END_TEST

START_TEST(dax_size)
{
	struct machine machine;
	uint64_t size = 0;

	set_up(&machine);
	ck_assert_int_eq(memhp_ctx_read_dax_size(machine.ctx, "dax0.0", &size), -ENOENT);
	machine_change(&machine, "file sys/bus/dax/devices/dax0.0/size \"1073741824\\n\"\n");
	ck_assert_int_eq(memhp_ctx_read_dax_size(machine.ctx, "dax0.0", &size), 0);
	ck_assert_uint_eq(size, UINT64_C(1) << 30);
	machine_change(&machine, "file sys/bus/dax/devices/dax0.0/size \"1G\\n\"\n");
	ck_assert_int_eq(memhp_ctx_read_dax_size(machine.ctx, "dax0.0", &size), -EBADMSG);
	ck_assert_int_eq(memhp_ctx_read_dax_size(machine.ctx, "dax0.1", &size), -ENOENT);
	ck_assert_int_eq(memhp_ctx_read_dax_size(machine.ctx, "dax", &size), -EINVAL);
	tear_down(&machine);
}
END_TEST

static bool is_endless(enum fault fault)
{
	return fault == HANGS || fault == LIES || fault == HALF_VANISHES;
}

/* How often it was said that the device is being ejected */
static unsigned int num_ticks;

static void count_tick(void *data __attribute__((unused)), const struct memhp_progress *progress)
{
	if (memhp_progress_get_phase(progress) != MEMHP_PHASE_EJECT)
		return;
	num_ticks++;
	ck_assert_uint_eq(memhp_progress_get_num_done(progress), 2);
	ck_assert_uint_eq(memhp_progress_get_num_goal(progress), 2);
	ck_assert_ptr_null(memhp_progress_get_current(progress));
}

static struct memhp_result *remove_dimm(const struct machine *machine, bool rollback)
{
	_cleanup_request_ struct memhp_request *request = ask(MEMHP_TRANSITION_OFFLINE, 4, 5);

	memhp_request_set(request, MEMHP_SETTING_ROLLBACK, rollback);
	memhp_request_set(request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, is_endless(world->fault) ? 200 : 20000);
	memhp_request_set_progress(request, count_tick, NULL);
	ck_assert_int_eq(memhp_request_set_eject(request, "dimm:PNP0C80:00"), 0);
	return run(machine, request);
}

static const struct {
	enum fault fault;
	int error;
	bool rollback;
	enum memhp_eject_outcome eject_outcome;
	int eject_error;
	enum memhp_completion completion;
	enum memhp_outcome outcome;
	enum memhp_state after;
} ejects[] = {
	{ VANISHES, 0, false, MEMHP_EJECT_OUTCOME_EJECTED, 0, MEMHP_COMPLETION_COMPLETE, MEMHP_OUTCOME_CHANGED,
	  MEMHP_STATE_UNKNOWN },
	{ VANISHES, 0, true, MEMHP_EJECT_OUTCOME_EJECTED, 0, MEMHP_COMPLETION_COMPLETE, MEMHP_OUTCOME_CHANGED,
	  MEMHP_STATE_UNKNOWN },
	{ FAILS, ENODEV, false, MEMHP_EJECT_OUTCOME_FAILED, -ENODEV, MEMHP_COMPLETION_PARTIAL, MEMHP_OUTCOME_CHANGED,
	  MEMHP_STATE_OFFLINE },
	{ FAILS, EAGAIN, true, MEMHP_EJECT_OUTCOME_FAILED, -EAGAIN, MEMHP_COMPLETION_FAILED, MEMHP_OUTCOME_ROLLED_BACK,
	  MEMHP_STATE_ONLINE },
	{ LIES, 0, false, MEMHP_EJECT_OUTCOME_FAILED, -ETIMEDOUT, MEMHP_COMPLETION_TIMEOUT, MEMHP_OUTCOME_CHANGED,
	  MEMHP_STATE_OFFLINE },
	{ LIES, 0, true, MEMHP_EJECT_OUTCOME_FAILED, -ETIMEDOUT, MEMHP_COMPLETION_TIMEOUT, MEMHP_OUTCOME_ROLLED_BACK,
	  MEMHP_STATE_ONLINE },
	{ HANGS, 0, true, MEMHP_EJECT_OUTCOME_FAILED, -ETIMEDOUT, MEMHP_COMPLETION_TIMEOUT, MEMHP_OUTCOME_ROLLED_BACK,
	  MEMHP_STATE_ONLINE },
	{ UNSEEN, 0, false, MEMHP_EJECT_OUTCOME_UNVERIFIED, -EIO, MEMHP_COMPLETION_PARTIAL, MEMHP_OUTCOME_CHANGED,
	  MEMHP_STATE_OFFLINE },
	{ KILLED, 0, false, MEMHP_EJECT_OUTCOME_FAILED, -EINTR, MEMHP_COMPLETION_PARTIAL, MEMHP_OUTCOME_CHANGED,
	  MEMHP_STATE_OFFLINE },
};

START_TEST(eject_ends)
{
	struct memhp_result *result;
	struct machine machine;

	set_up(&machine);
	set_fault("eject", ejects[_i].fault, ejects[_i].error);
	result = remove_dimm(&machine, ejects[_i].rollback);
	ck_assert_int_eq(memhp_result_get_eject_outcome(result), ejects[_i].eject_outcome);
	ck_assert_int_eq(memhp_result_get_eject_error(result), ejects[_i].eject_error);
	ck_assert_int_eq(memhp_result_get_completion(result), ejects[_i].completion);
	ck_assert_int_eq(memhp_result_is_rolled_back(result), ejects[_i].outcome == MEMHP_OUTCOME_ROLLED_BACK);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(memhp_step_get_outcome(memhp_result_get_step(result, i)), ejects[_i].outcome);
		ck_assert_int_eq(memhp_step_get_state_after(memhp_result_get_step(result, i)), ejects[_i].after);
	}
	if (is_endless(ejects[_i].fault))
		ck_assert_uint_gt(num_ticks, 0);
	memhp_result_free(result);
	tear_down(&machine);
}
END_TEST

/* The firmware comes to one of the blocks only. */
START_TEST(eject_half)
{
	struct memhp_result *result;
	struct machine machine;

	set_up(&machine);
	set_fault("eject", HALF_VANISHES, 0);
	result = remove_dimm(&machine, false);
	ck_assert_int_eq(memhp_result_get_eject_outcome(result), MEMHP_EJECT_OUTCOME_FAILED);
	ck_assert_int_eq(memhp_result_get_eject_error(result), -ETIMEDOUT);
	ck_assert_int_eq(memhp_step_get_state_after(memhp_result_get_step(result, 0)), MEMHP_STATE_UNKNOWN);
	ck_assert_int_eq(memhp_step_get_state_after(memhp_result_get_step(result, 1)), MEMHP_STATE_OFFLINE);
	memhp_result_free(result);
	tear_down(&machine);
}
END_TEST

/* Not all blocks go offline: the file is not even opened. */
START_TEST(eject_untried)
{
	struct memhp_result *result;
	struct machine machine;

	set_up(&machine);
	set_fault("memory5/state", FAILS, EBUSY);
	result = remove_dimm(&machine, false);
	ck_assert_int_eq(memhp_result_get_eject_outcome(result), MEMHP_EJECT_OUTCOME_NONE);
	ck_assert_int_eq(memhp_result_get_eject_error(result), 0);
	ck_assert_int_eq(memhp_result_get_completion(result), MEMHP_COMPLETION_PARTIAL);
	ck_assert_uint_eq(world->stores, 2);
	memhp_result_free(result);
	tear_down(&machine);
}
END_TEST

static const struct {
	const char *source, *change;
	int result;
} checks[] = {
	{ "dimm:PNP0C80:00", "", 0 },
	{ "dimm:PNP0C80:01", "", -ENOENT },
	{ "dimm:PNP0C80:00", "remove sys/bus/acpi/devices/PNP0C80:00/eject", -ENOENT },
	{ "dimm:ABCD000:00", "", -EOPNOTSUPP },
	{ "dimm:../PNP0C80:00", "", -EOPNOTSUPP },
	{ "dimm", "", -EOPNOTSUPP },
	{ "boot", "", -EOPNOTSUPP },
	{ "virtio-mem:virtio0", "", -EOPNOTSUPP },
	{ "dax0.0", "", 0 },
	{ "dax0.1", "", -ENOENT },
	{ "dax0.0", "remove sys/bus/dax/devices/dax0.0/state", -ENOENT },
	{ "dax", "", -EOPNOTSUPP },
	/* As the kernel has it: a link to the device */
	{ "dax1.0",
	  "file sys/devices/platform/dax1.0/state \"online\\n\"\nlink sys/bus/dax/devices/dax1.0 ../../../devices/platform/dax1.0",
	  0 },
	{ "dax1.0", "link sys/bus/dax/devices/dax1.0 ../../../devices/../../../etc", -EBADMSG },
	{ "dax1.0", "link sys/bus/dax/devices/dax1.0 /etc", -EBADMSG },
};

START_TEST(check_eject)
{
	_cleanup_machine_ struct machine machine;

	machine_make(&machine, machine_text);
	machine_change(&machine, checks[_i].change);
	ck_assert_int_eq(memhp_ctx_check_eject(machine.ctx, checks[_i].source),
			 checks[_i].result == 0 ? -EMEDIUMTYPE : checks[_i].result);
	machine_take_stores(&machine);
	ck_assert_int_eq(memhp_ctx_check_eject(machine.ctx, checks[_i].source), checks[_i].result);
}
END_TEST

START_TEST(request_eject)
{
	struct memhp_request *request;

	ck_assert_int_eq(memhp_request_new(&request, MEMHP_TRANSITION_ONLINE), 0);
	ck_assert_int_eq(memhp_request_set_eject(request, NULL), 0);
	ck_assert_int_eq(memhp_request_set_eject(request, "dax0.0"), -EINVAL);
	memhp_request_free(request);
	ck_assert_int_eq(memhp_request_new(&request, MEMHP_TRANSITION_OFFLINE), 0);
	ck_assert_int_eq(memhp_request_set_eject(request, "a name that is longer than that of any device there is"), -EINVAL);
	memhp_request_free(request);
}
END_TEST

UNIT("configure", tests)
{
	add_table(tests, configure_faults, faults);
	tcase_add_test(tests, configure_back);
	tcase_add_test(tests, configure_stuck);
	tcase_add_test(tests, deconfigure_back);
	tcase_add_test(tests, configure_several);
	tcase_add_test(tests, configure_goal);
	tcase_add_test(tests, cancelled);
	tcase_add_test(tests, changed_since);
	tcase_add_test(tests, no_firmware);
	tcase_add_test(tests, standby);
	add_table(tests, dax, dax_cases);
	tcase_add_test(tests, dax_changed_since);
	tcase_add_test(tests, bad_requests);
	tcase_add_test(tests, dax_state);
	tcase_add_test(tests, dax_size);
	tcase_add_test(tests, dax_memmap);
	tcase_add_loop_test(tests, dax_memmap_changed_since, 0, 4);
	tcase_add_loop_test(tests, dax_memmap_check, 0, 8);
	add_table(tests, dax_rebind, rebinds);
	add_table(tests, eject_ends, ejects);
	tcase_add_test(tests, eject_half);
	tcase_add_test(tests, eject_untried);
	add_table(tests, check_eject, checks);
	tcase_add_test(tests, request_eject);
}
