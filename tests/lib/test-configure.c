// SPDX-License-Identifier: LGPL-2.1-or-later
/* Standby memory, dax devices and the eject of a DIMM, with a made-up kernel behind their files. */
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../unit/unit.h"
#include "own-clock.h"

static const char machine_text[] = "blocks 0-3 zones Normal config 1 memmap_on_memory 0\n"
				   "blocks 4-5 zones Movable config 1 memmap_on_memory 0\n"
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
	if (!world->file || length < name || strcmp(path + length - name, world->file) != 0)
		return put(fd, path, buf, size) < 0 ? -1 : (ssize_t)size;
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
	rc = put(fd, path, buf, size) < 0 ? -1 : (ssize_t)size;
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

static struct memhp_writer *make_writer(const struct machine *machine, uint64_t timeout_ms, int cancel_fd)
{
	struct memhp_writer *writer = NULL;

	ck_assert_int_eq(memhp_writer_new(&writer, machine->ctx, timeout_ms, cancel_fd), 0);
	return writer;
}

static const struct {
	const char *file;
	enum fault fault;
	int error, result;
} faults[] = {
	{ "config", NO_FAULT, 0, 0 },           { "config", FAILS, EBUSY, -EBUSY },
	{ "config", FAILS, ENOMEM, -ENOMEM },   { "memmap_on_memory", FAILS, EBUSY, -EBUSY },
	{ "config", DONE_AND_FAILS, EINTR, 0 }, { "config", LIES, 0, -EIO },
	{ "config", HANGS, 0, -ETIMEDOUT },     { "config", KILLED, 0, -EINTR },
};

START_TEST(configure_faults)
{
	bool hangs = faults[_i].fault == HANGS;
	struct memhp_writer *writer;
	struct machine machine;

	set_up(&machine);
	set_fault(faults[_i].file, faults[_i].fault, faults[_i].error);
	writer = make_writer(&machine, hangs ? 50 : MEMHP_NO_TIMEOUT, -1);
	ck_assert_int_eq(memhp_writer_configure_block(writer, 8, MEMHP_MEMMAP_ON_MEMORY), faults[_i].result);
	ck_assert_int_eq(memhp_writer_get_pid(writer), 0);
	/* After a deadline nothing more is tried, after a killed process another one is. */
	world->fault = NO_FAULT;
	ck_assert_int_eq(memhp_writer_configure_block(writer, 9, MEMHP_MEMMAP_KEEP), hangs ? -ETIMEDOUT : 0);
	memhp_writer_free(writer);
	tear_down(&machine);
}
END_TEST

static const struct {
	enum fault fault;
	int result;
	bool is_unverified;
} looks[] = {
	{ NO_FAULT, 0, false },  { FAILS, -EBUSY, false },           { LIES, -EIO, false },
	{ GARBLES, -EIO, true }, { REFUSES_GARBLED, -EBUSY, false }, { HANGS, -ETIMEDOUT, false },
};

START_TEST(unverified)
{
	struct memhp_writer *writer;
	struct machine machine;

	set_up(&machine);
	set_fault("config", looks[_i].fault, EBUSY);
	writer = make_writer(&machine, 50, -1);
	ck_assert(!memhp_writer_is_unverified(writer));
	ck_assert_int_eq(memhp_writer_configure_block(writer, 8, MEMHP_MEMMAP_KEEP), looks[_i].result);
	ck_assert_int_eq(memhp_writer_is_unverified(writer), looks[_i].is_unverified);
	/* It is of the last one alone. */
	world->fault = NO_FAULT;
	ck_assert_int_eq(memhp_writer_deconfigure_block(writer, 9), 0);
	ck_assert(!memhp_writer_is_unverified(writer));
	memhp_writer_free(writer);
	tear_down(&machine);
}
END_TEST

START_TEST(unverified_dax)
{
	struct memhp_writer *writer;
	struct machine machine;

	set_up(&machine);
	set_fault("state", GARBLES, 0);
	writer = make_writer(&machine, MEMHP_NO_TIMEOUT, -1);
	ck_assert_int_eq(memhp_writer_set_dax_state(writer, "dax0.0", MEMHP_TRANSITION_ONLINE_KERNEL), -EIO);
	ck_assert(memhp_writer_is_unverified(writer));
	memhp_writer_free(writer);
	tear_down(&machine);
}
END_TEST

static void count(void *data)
{
	++*(unsigned int *)data;
}

START_TEST(block_timeout)
{
	struct memhp_writer *writer;
	struct machine machine;
	unsigned int ticks = 0;

	set_up(&machine);
	set_fault("config", HANGS, 0);
	writer = make_writer(&machine, MEMHP_NO_TIMEOUT, -1);
	memhp_writer_set_block_timeout_ms(writer, 1000);
	memhp_writer_set_progress(writer, count, &ticks);
	ck_assert_int_eq(memhp_writer_configure_block(writer, 8, MEMHP_MEMMAP_KEEP), -ETIMEDOUT);
	ck_assert_uint_ge(ticks, 4);
	/* The next one has its own time. */
	world->fault = NO_FAULT;
	ck_assert_int_eq(memhp_writer_configure_block(writer, 9, MEMHP_MEMMAP_KEEP), 0);
	memhp_writer_free(writer);
	tear_down(&machine);
}
END_TEST

START_TEST(memmap)
{
	struct memhp_writer *writer;
	struct machine machine;

	set_up(&machine);
	writer = make_writer(&machine, MEMHP_NO_TIMEOUT, -1);
	ck_assert_int_eq(memhp_writer_set_memmap(writer, 8, MEMHP_MEMMAP_KEEP), 0);
	ck_assert_int_eq(memhp_writer_set_memmap(writer, 8, MEMHP_MEMMAP_ELSEWHERE), 0);
	ck_assert_uint_eq(world->stores, 0);
	ck_assert_int_eq(memhp_writer_set_memmap(writer, 8, MEMHP_MEMMAP_ON_MEMORY), 0);
	ck_assert_int_eq(memhp_writer_set_memmap(writer, 7, MEMHP_MEMMAP_ON_MEMORY), -ENOENT);
	ck_assert_uint_eq(world->stores, 1);
	memhp_writer_free(writer);
	tear_down(&machine);
}
END_TEST

START_TEST(configure_several)
{
	struct memhp_snapshot *snapshot;
	struct memhp_writer *writer;
	struct machine machine;

	set_up(&machine);
	writer = make_writer(&machine, MEMHP_NO_TIMEOUT, -1);
	ck_assert_int_eq(memhp_writer_configure_block(writer, 8, MEMHP_MEMMAP_ON_MEMORY), 0);
	ck_assert_int_eq(memhp_writer_configure_block(writer, 9, MEMHP_MEMMAP_ELSEWHERE), 0);
	ck_assert_int_eq(memhp_writer_deconfigure_block(writer, 8), 0);
	/* Two for block 8, for 9 the one that changes anything, and one back */
	ck_assert_uint_eq(world->stores, 4);
	ck_assert(!world->several_writers);
	ck_assert_int_eq(memhp_writer_deconfigure_block(writer, 10), 0);
	ck_assert_int_eq(memhp_writer_configure_block(writer, 0, MEMHP_MEMMAP_KEEP), 0);
	ck_assert_uint_eq(world->stores, 4);
	ck_assert_int_eq(memhp_writer_configure_block(writer, 7, MEMHP_MEMMAP_KEEP), -ENOENT);
	memhp_writer_free(writer);

	snapshot = machine_scan(&machine, MEMHP_ATTR_CONFIGURED | MEMHP_ATTR_MEMMAP_ON_MEMORY | MEMHP_ATTR_STATE);
	ck_assert_uint_eq(memhp_snapshot_get_num_standby(snapshot), 4);
	ck_assert_uint_eq(memhp_snapshot_get_num_blocks(snapshot), 6);
	for (size_t i = 0; i < 4; i++) {
		const struct memhp_block *block = memhp_snapshot_get_standby(snapshot, i);

		ck_assert_uint_eq(memhp_block_get_id(block), 8 + i);
		ck_assert_uint_eq(memhp_block_get_start_addr(block), (8 + i) << 27);
		ck_assert_int_eq(memhp_block_is_configured(block), i == 1);
		ck_assert_int_eq(memhp_block_has_memmap_on_memory(block), i == 0);
		ck_assert_int_eq(memhp_block_get_state(block), MEMHP_STATE_UNKNOWN);
		ck_assert_str_eq(memhp_block_get_state_name(block), "standby");
		ck_assert_int_eq(memhp_block_get_error(block, MEMHP_ATTR_ZONES), -ENODATA);
	}
	ck_assert_ptr_null(memhp_snapshot_get_standby(snapshot, 4));
	ck_assert_uint_eq(memhp_snapshot_count_state(snapshot, MEMHP_STATE_UNKNOWN), 0);
	memhp_snapshot_unref(snapshot);
	/* Nobody who does not ask for it reads it. */
	snapshot = machine_scan(&machine, MEMHP_ATTR_STATE);
	ck_assert_uint_eq(memhp_snapshot_get_num_standby(snapshot), 0);
	memhp_snapshot_unref(snapshot);
	tear_down(&machine);
}
END_TEST

START_TEST(cancelled)
{
	struct memhp_writer *writer;
	struct machine machine;
	int ends[2];

	set_up(&machine);
	ck_assert_int_eq(pipe(ends), 0);
	writer = make_writer(&machine, MEMHP_NO_TIMEOUT, ends[0]);
	ck_assert_int_eq(write(ends[1], "", 1), 1);
	ck_assert_int_eq(memhp_writer_configure_block(writer, 8, MEMHP_MEMMAP_KEEP), -ECANCELED);
	ck_assert_int_eq(memhp_writer_deconfigure_block(writer, 0), -ECANCELED);
	ck_assert_int_eq(memhp_writer_set_dax_state(writer, "dax0.0", MEMHP_TRANSITION_ONLINE), -ECANCELED);
	memhp_writer_free(writer);
	close(ends[0]);
	ck_assert_int_eq(memhp_writer_new(&writer, machine.ctx, MEMHP_NO_TIMEOUT, ends[0]), -EBADF);
	close(ends[1]);
	/* No time at all */
	writer = make_writer(&machine, 0, -1);
	ck_assert_int_eq(memhp_writer_configure_block(writer, 8, MEMHP_MEMMAP_ON_MEMORY), -ETIMEDOUT);
	ck_assert_int_eq(memhp_writer_set_dax_state(writer, "dax0.0", MEMHP_TRANSITION_ONLINE), -ETIMEDOUT);
	/* What is so already takes none. */
	ck_assert_int_eq(memhp_writer_deconfigure_block(writer, 8), 0);
	ck_assert_uint_eq(world->stores, 0);
	memhp_writer_free(writer);
	tear_down(&machine);
}
END_TEST

START_TEST(shared)
{
	struct memhp_writer *writer;
	struct machine machine;

	set_up(&machine);
	writer = make_writer(&machine, MEMHP_NO_TIMEOUT, -1);
	ck_assert_int_eq(memhp_writer_deconfigure_block(writer, 8), 0);
	memhp_writer_free(writer);
	memhp_writer_free(NULL);
	tear_down(&machine);
}
END_TEST

/* No name of a device, and no state that one can be asked for: nothing is opened. */
START_TEST(bad_arguments)
{
	static const struct {
		const char *device;
		enum memhp_transition state;
	} bad[] = {
		{ "", MEMHP_TRANSITION_ONLINE },          { "dax", MEMHP_TRANSITION_ONLINE },
		{ "../dax0.0", MEMHP_TRANSITION_ONLINE }, { "dax0.0/", MEMHP_TRANSITION_ONLINE },
		{ "dax0.0", MEMHP_TRANSITION_UNKNOWN },   { "dax0.0", MEMHP_TRANSITION_OFFLINE },
	};
	struct memhp_writer *writer;
	struct machine machine;

	set_up(&machine);
	writer = make_writer(&machine, MEMHP_NO_TIMEOUT, -1);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_int_eq(memhp_writer_set_dax_state(writer, bad[i].device, bad[i].state), -EINVAL);
	ck_assert_uint_eq(world->stores, 0);
	memhp_writer_free(writer);
	tear_down(&machine);
}
END_TEST

START_TEST(odd_files)
{
	struct memhp_writer *writer;
	struct machine machine;

	set_up(&machine);
	writer = make_writer(&machine, MEMHP_NO_TIMEOUT, -1);
	machine_change(&machine, "remove sys/firmware/memory/memory8/memmap_on_memory\n"
				 "file sys/firmware/memory/memory9/config \"perhaps\\n\"\n");
	ck_assert_int_eq(memhp_writer_configure_block(writer, 8, MEMHP_MEMMAP_ON_MEMORY), -ENOENT);
	ck_assert_int_eq(memhp_writer_configure_block(writer, 9, MEMHP_MEMMAP_KEEP), -EBADMSG);
	ck_assert_uint_eq(world->stores, 0);
	if (geteuid() != 0) {
		machine_change(&machine, "mode sys/firmware/memory/memory10/config 0444\n");
		ck_assert_int_eq(memhp_writer_configure_block(writer, 10, MEMHP_MEMMAP_KEEP), -EACCES);
	}
	ck_assert_int_eq(memhp_writer_configure_block(writer, 8, MEMHP_MEMMAP_KEEP), 0);
	memhp_writer_free(writer);
	tear_down(&machine);
}
END_TEST

START_TEST(no_firmware)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_writer_ struct memhp_writer *writer = NULL;

	machine_make(&machine, "blocks 0\n");
	ck_assert_int_eq(memhp_ctx_has_firmware_memory(machine.ctx), 0);
	writer = make_writer(&machine, MEMHP_NO_TIMEOUT, -1);
	ck_assert_int_eq(memhp_writer_configure_block(writer, 0, MEMHP_MEMMAP_KEEP), -EOPNOTSUPP);
	ck_assert_int_eq(memhp_writer_deconfigure_block(writer, 0), -EOPNOTSUPP);
	ck_assert_int_eq(memhp_writer_set_dax_state(writer, "dax0.0", MEMHP_TRANSITION_ONLINE), -ENOENT);
}
END_TEST

START_TEST(dax)
{
	static const char *const strange[] = { "dax0", "dax.0", "dax0.", "dax0.0x", "0.0", "", "../dax0.0", "dax0.0/.." };
	enum memhp_transition state = MEMHP_TRANSITION_UNKNOWN;
	struct memhp_writer *writer;
	struct machine machine;

	set_up(&machine);
	ck_assert_int_eq(memhp_ctx_read_dax_state(machine.ctx, "dax0.0", &state), 0);
	ck_assert_int_eq(state, MEMHP_TRANSITION_UNPLUG);
	ck_assert_int_eq(memhp_ctx_read_dax_state(machine.ctx, "dax0.1", &state), -ENOENT);
	for (size_t i = 0; i < ARRAY_SIZE(strange); i++)
		ck_assert_int_eq(memhp_ctx_read_dax_state(machine.ctx, strange[i], &state), -EINVAL);
	writer = make_writer(&machine, MEMHP_NO_TIMEOUT, -1);
	ck_assert_int_eq(memhp_writer_set_dax_state(writer, "dax0.0", MEMHP_TRANSITION_ONLINE_MOVABLE), 0);
	ck_assert_int_eq(memhp_ctx_read_dax_state(machine.ctx, "dax0.0", &state), 0);
	ck_assert_int_eq(state, MEMHP_TRANSITION_ONLINE_MOVABLE);
	/* Any zone will do. */
	ck_assert_int_eq(memhp_writer_set_dax_state(writer, "dax0.0", MEMHP_TRANSITION_ONLINE), 0);
	ck_assert_uint_eq(world->stores, 1);
	set_fault("state", FAILS, EBUSY);
	ck_assert_int_eq(memhp_writer_set_dax_state(writer, "dax0.0", MEMHP_TRANSITION_UNPLUG), -EBUSY);
	set_fault("state", LIES, 0);
	ck_assert_int_eq(memhp_writer_set_dax_state(writer, "dax0.0", MEMHP_TRANSITION_UNPLUG), -EIO);
	ck_assert_int_eq(memhp_writer_set_dax_state(writer, "dax0.0", MEMHP_TRANSITION_UNKNOWN), -EINVAL);
	machine_change(&machine, "file sys/bus/dax/devices/dax0.0/state \"sideways\\n\"\n");
	ck_assert_int_eq(memhp_ctx_read_dax_state(machine.ctx, "dax0.0", &state), -EBADMSG);
	machine_change(&machine, "remove sys/bus/dax/devices/dax0.0/state\n");
	ck_assert_int_eq(memhp_ctx_read_dax_state(machine.ctx, "dax0.0", &state), -EOPNOTSUPP);
	memhp_writer_free(writer);
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
	if (!memhp_progress_is_ejecting(progress))
		return;
	num_ticks++;
	ck_assert_uint_eq(memhp_progress_get_num_done(progress), 2);
	ck_assert_uint_eq(memhp_progress_get_num_goal(progress), 2);
	ck_assert_ptr_null(memhp_progress_get_current(progress));
	ck_assert(!memhp_progress_is_rolling_back(progress));
}

static struct memhp_result *remove_dimm(const struct machine *machine, bool rollback)
{
	struct memhp_snapshot *snapshot;
	struct memhp_selection *selection;
	struct memhp_request *request;
	struct memhp_result *result = NULL;
	struct memhp_plan *plan;

	ck_assert_int_eq(memhp_selection_new(&selection), 0);
	ck_assert_int_eq(memhp_selection_add_blocks(selection, 4, 5), 0);
	ck_assert_int_eq(memhp_request_new(&request, MEMHP_TRANSITION_OFFLINE), 0);
	memhp_request_set_selection(request, selection);
	memhp_request_set_kernel_log(request, false);
	memhp_request_set_rollback(request, rollback);
	memhp_request_set_block_timeout_ms(request, is_endless(world->fault) ? 200 : 20000);
	memhp_request_set_progress(request, count_tick, NULL);
	ck_assert_int_eq(memhp_request_set_eject(request, "dimm:PNP0C80:00"), 0);
	snapshot = machine_scan(machine, memhp_request_get_attrs(request));
	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	ck_assert_int_eq(memhp_plan_apply(plan, machine->ctx, &result), 0);
	memhp_plan_free(plan);
	memhp_snapshot_unref(snapshot);
	memhp_request_free(request);
	memhp_selection_unref(selection);
	return result;
}

static const struct {
	enum fault fault;
	int error;
	bool rollback;
	bool is_ejected;
	int eject_error;
	enum memhp_completion completion;
	enum memhp_outcome outcome;
	enum memhp_state after;
} ejects[] = {
	{ VANISHES, 0, false, true, 0, MEMHP_COMPLETION_COMPLETE, MEMHP_OUTCOME_CHANGED, MEMHP_STATE_UNKNOWN },
	{ VANISHES, 0, true, true, 0, MEMHP_COMPLETION_COMPLETE, MEMHP_OUTCOME_CHANGED, MEMHP_STATE_UNKNOWN },
	{ FAILS, ENODEV, false, false, -ENODEV, MEMHP_COMPLETION_PARTIAL, MEMHP_OUTCOME_CHANGED, MEMHP_STATE_OFFLINE },
	{ FAILS, EAGAIN, true, false, -EAGAIN, MEMHP_COMPLETION_FAILED, MEMHP_OUTCOME_ROLLED_BACK, MEMHP_STATE_ONLINE },
	{ LIES, 0, false, false, -ETIMEDOUT, MEMHP_COMPLETION_TIMEOUT, MEMHP_OUTCOME_CHANGED, MEMHP_STATE_OFFLINE },
	{ LIES, 0, true, false, -ETIMEDOUT, MEMHP_COMPLETION_TIMEOUT, MEMHP_OUTCOME_ROLLED_BACK, MEMHP_STATE_ONLINE },
	{ HANGS, 0, true, false, -ETIMEDOUT, MEMHP_COMPLETION_TIMEOUT, MEMHP_OUTCOME_ROLLED_BACK, MEMHP_STATE_ONLINE },
	{ UNSEEN, 0, false, false, -EIO, MEMHP_COMPLETION_PARTIAL, MEMHP_OUTCOME_CHANGED, MEMHP_STATE_OFFLINE },
	{ KILLED, 0, false, false, -EINTR, MEMHP_COMPLETION_PARTIAL, MEMHP_OUTCOME_CHANGED, MEMHP_STATE_OFFLINE },
};

START_TEST(eject_ends)
{
	struct memhp_result *result;
	struct machine machine;

	set_up(&machine);
	set_fault("eject", ejects[_i].fault, ejects[_i].error);
	result = remove_dimm(&machine, ejects[_i].rollback);
	ck_assert_int_eq(memhp_result_is_ejected(result), ejects[_i].is_ejected);
	ck_assert_int_eq(memhp_result_is_eject_unseen(result), ejects[_i].fault == UNSEEN);
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
	ck_assert(!memhp_result_is_ejected(result));
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
	ck_assert(!memhp_result_is_ejected(result));
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
	add_table(tests, unverified, looks);
	tcase_add_test(tests, unverified_dax);
	tcase_add_test(tests, block_timeout);
	tcase_add_test(tests, memmap);
	tcase_add_test(tests, configure_several);
	tcase_add_test(tests, cancelled);
	tcase_add_test(tests, shared);
	tcase_add_test(tests, bad_arguments);
	tcase_add_test(tests, odd_files);
	tcase_add_test(tests, no_firmware);
	tcase_add_test(tests, dax);
	tcase_add_test(tests, dax_size);
	add_table(tests, eject_ends, ejects);
	tcase_add_test(tests, eject_half);
	tcase_add_test(tests, eject_untried);
	add_table(tests, check_eject, checks);
	tcase_add_test(tests, request_eject);
}
