// SPDX-License-Identifier: LGPL-2.1-or-later
/* What memhp_plan_apply() makes of the kernel's answers. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "own-clock.h"
#include "trial.h"

/* Boot memory, a block of several zones, two hot-plugged DIMMs of which one is online in Movable, and free room behind it */
static const char machine_text[] = "blocks 0-3 zones Normal\n"
				   "blocks 4 zones none\n"
				   "blocks 32-35 state offline zones \"Normal Movable\"\n"
				   "blocks 40-43 zones Movable\n"
				   "blocks 44-45 state offline zones \"Movable Normal\"\n";

#define WRONG(id, zone)                                                            \
	{                                                                          \
		id, MEMHP_OUTCOME_WRONG_ZONE, MEMHP_REASON_OTHER_ZONE, 0, ON, zone \
	}
#define GONE(id, error, zone)                                                    \
	{                                                                        \
		id, MEMHP_OUTCOME_VANISHED, MEMHP_REASON_GONE, error, LOST, zone \
	}

static const struct {
	enum memhp_transition action;
	uint64_t first, last;
	struct rule rules[3];
	unsigned int stores;
	enum memhp_completion completion;
	struct expected steps[5];
} cases[] = {
	/* as asked */
	{ ONLINE, 32, 33, .stores = 2, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { CHANGED(32, ON, IN_NORMAL), CHANGED(33, ON, IN_NORMAL) } },
	{ KERNEL, 32, 33, .stores = 2, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { CHANGED(32, ON, IN_NORMAL), CHANGED(33, ON, IN_NORMAL) } },
	{ MOVABLE, 32, 33, .stores = 2, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { CHANGED(32, ON, IN_MOVABLE), CHANGED(33, ON, IN_MOVABLE) } },
	{ ONLINE, 44, 45, .stores = 2, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { CHANGED(44, ON, IN_MOVABLE), CHANGED(45, ON, IN_MOVABLE) } },
	{ KERNEL, 44, 44, .stores = 1, .completion = MEMHP_COMPLETION_COMPLETE, .steps = { CHANGED(44, ON, IN_NORMAL) } },
	{ OFFLINE, 40, 41, .stores = 2, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { CHANGED(40, OFF, IN_MOVABLE), CHANGED(41, OFF, IN_MOVABLE) } },
	{ OFFLINE, 3, 3, .stores = 1, .completion = MEMHP_COMPLETION_COMPLETE, .steps = { CHANGED(3, OFF, IN_NORMAL) } },
	/* nothing to do */
	{ ONLINE, 0, 1, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { ALREADY(0, ON, IN_NORMAL), ALREADY(1, ON, IN_NORMAL) } },
	{ OFFLINE, 32, 32, .completion = MEMHP_COMPLETION_COMPLETE, .steps = { ALREADY(32, OFF, IN_NONE) } },
	{ MOVABLE, 3, 3, .completion = MEMHP_COMPLETION_FAILED, .steps = { WRONG(3, IN_NORMAL) } },
	{ KERNEL, 40, 40, .completion = MEMHP_COMPLETION_FAILED, .steps = { WRONG(40, IN_MOVABLE) } },
	{ OFFLINE, 4, 4, .completion = MEMHP_COMPLETION_FAILED,
	  .steps = { { 4, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_SEVERAL_ZONES, 0, ON, IN_NONE } } },
	{ ONLINE, 43, 44, .stores = 1, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { ALREADY(43, ON, IN_MOVABLE), CHANGED(44, ON, IN_MOVABLE) } },
	/* one fails, and the others get their turn */
	{ ONLINE, 32, 34, .rules = { { 33, 0, store_fails, ENOMEM } }, .stores = 3, .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { CHANGED(32, ON, IN_NORMAL),
		     { 33, MEMHP_OUTCOME_FAILED, MEMHP_REASON_NO_MEMORY, -ENOMEM, OFF, IN_NONE },
		     CHANGED(34, ON, IN_NORMAL) } },
	{ OFFLINE, 40, 41, .rules = { { 40, 0, store_fails, EBUSY } }, .stores = 2, .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { { 40, MEMHP_OUTCOME_BUSY, MEMHP_REASON_BUSY, -EBUSY, ON, IN_MOVABLE }, CHANGED(41, OFF, IN_MOVABLE) } },
	/* success that is none */
	{ OFFLINE, 40, 40, .rules = { { 40, 0, store_lies } }, .stores = 1, .completion = MEMHP_COMPLETION_FAILED,
	  .steps = { { 40, MEMHP_OUTCOME_FAILED, MEMHP_REASON_RACE, 0, ON, IN_MOVABLE } } },
	{ ONLINE, 32, 32, .rules = { { 32, 0, store_lies } }, .stores = 1, .completion = MEMHP_COMPLETION_FAILED,
	  .steps = { { 32, MEMHP_OUTCOME_FAILED, MEMHP_REASON_RACE, 0, OFF, IN_NONE } } },
	{ MOVABLE, 32, 32, .rules = { { 32, 0, store_picks_zone, IN_NORMAL } }, .stores = 1, .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { WRONG(32, IN_NORMAL) } },
	{ KERNEL, 32, 32, .rules = { { 32, 0, store_picks_zone, IN_MOVABLE } }, .stores = 1, .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { WRONG(32, IN_MOVABLE) } },
	/* another agent between reading and writing */
	{ OFFLINE, 40, 40, .rules = { { 40, 0, store_is_late } }, .stores = 1, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { ALREADY(40, OFF, IN_MOVABLE) } },
	{ ONLINE, 32, 32, .rules = { { 32, 0, store_is_late } }, .stores = 1, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { ALREADY(32, ON, IN_NORMAL) } },
	{ MOVABLE, 32, 32, .rules = { { 32, 0, store_is_late } }, .stores = 1, .completion = MEMHP_COMPLETION_COMPLETE,
	  .steps = { ALREADY(32, ON, IN_MOVABLE) } },
	{ MOVABLE, 32, 32, .rules = { { 32, 0, store_is_late, IN_NORMAL } }, .stores = 1, .completion = MEMHP_COMPLETION_FAILED,
	  .steps = { { 32, MEMHP_OUTCOME_WRONG_ZONE, MEMHP_REASON_OTHER_ZONE, -EINVAL, ON, IN_NORMAL } } },
	/* blocks that go away */
	{ ONLINE, 32, 33, .rules = { { 32, 0, store_vanishes } }, .stores = 2, .completion = MEMHP_COMPLETION_PARTIAL,
	  .steps = { GONE(32, -ENODEV, IN_NONE), CHANGED(33, ON, IN_NORMAL) } },
	{ OFFLINE, 40, 40, .rules = { { 40, 0, store_then_vanishes } }, .stores = 1, .completion = MEMHP_COMPLETION_FAILED,
	  .steps = { GONE(40, -ENODEV, IN_MOVABLE) } },
};

START_TEST(answers)
{
	_cleanup_trial_ struct trial trial =
		trial_start(machine_text, cases[_i].rules, cases[_i].action, cases[_i].first, cases[_i].last);

	check_result(trial_run(&trial), cases[_i].completion, cases[_i].steps);
	ck_assert_uint_eq(trial.kernel->stores, cases[_i].stores);
	ck_assert_int_eq(memhp_result_get_writer_pid(trial.result), 0);
}
END_TEST

/* What the kernel refuses, without having done anything */
static const struct {
	enum memhp_transition action;
	int error;
	enum memhp_outcome outcome;
	enum memhp_reason reason;
} refusals[] = {
	{ OFFLINE, EBUSY, MEMHP_OUTCOME_BUSY, MEMHP_REASON_BUSY },
	{ OFFLINE, EINTR, MEMHP_OUTCOME_BUSY, MEMHP_REASON_SIGNAL },
	{ OFFLINE, EAGAIN, MEMHP_OUTCOME_BUSY, MEMHP_REASON_OTHER },
	{ OFFLINE, EINVAL, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_INVALID_RANGE },
	{ OFFLINE, EPERM, MEMHP_OUTCOME_VETOED, MEMHP_REASON_VETO },
	{ OFFLINE, ENOMEM, MEMHP_OUTCOME_FAILED, MEMHP_REASON_NO_MEMORY },
	{ OFFLINE, EIO, MEMHP_OUTCOME_FAILED, MEMHP_REASON_OTHER },
	/* of a notifier: the block is still there */
	{ OFFLINE, ENODEV, MEMHP_OUTCOME_FAILED, MEMHP_REASON_OTHER },
	{ OFFLINE, ENOENT, MEMHP_OUTCOME_FAILED, MEMHP_REASON_OTHER },
	{ ONLINE, EBUSY, MEMHP_OUTCOME_BUSY, MEMHP_REASON_BUSY },
	{ ONLINE, EINVAL, MEMHP_OUTCOME_FAILED, MEMHP_REASON_OTHER },
	{ ONLINE, EPERM, MEMHP_OUTCOME_VETOED, MEMHP_REASON_VETO },
	{ ONLINE, ENOMEM, MEMHP_OUTCOME_FAILED, MEMHP_REASON_NO_MEMORY },
	{ ONLINE, 133 /* EHWPOISON */, MEMHP_OUTCOME_FAILED, MEMHP_REASON_HWPOISON },
};

START_TEST(refused)
{
	bool offline = refusals[_i].action == OFFLINE;
	uint64_t id = offline ? 40 : 32;
	struct rule rules[] = { { id, 0, store_fails, refusals[_i].error }, { 0 } };
	struct expected steps[] = { { id, refusals[_i].outcome, refusals[_i].reason, -refusals[_i].error, offline ? ON : OFF,
				      offline ? IN_MOVABLE : IN_NONE },
				    { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, refusals[_i].action, id, id);

	check_result(trial_run(&trial), MEMHP_COMPLETION_FAILED, steps);
	/* A store is never repeated. */
	ck_assert_uint_eq(trial.kernel->stores, 1);
}
END_TEST

/* Between plan and apply the machine goes on. */
static const struct {
	enum memhp_transition action;
	enum memhp_state state; /* of block 32 or 40 by then */
	enum memhp_zone zone;
	enum memhp_completion completion;
	struct expected steps[2];
} meanwhiles[] = {
	{ ONLINE, ON, IN_NORMAL, MEMHP_COMPLETION_COMPLETE, { ALREADY(32, ON, IN_NORMAL) } },
	{ MOVABLE, ON, IN_MOVABLE, MEMHP_COMPLETION_COMPLETE, { ALREADY(32, ON, IN_MOVABLE) } },
	{ MOVABLE, ON, IN_NORMAL, MEMHP_COMPLETION_FAILED, { WRONG(32, IN_NORMAL) } },
	{ KERNEL, ON, IN_MOVABLE, MEMHP_COMPLETION_FAILED, { WRONG(32, IN_MOVABLE) } },
	{ ONLINE, GOING, IN_NONE, MEMHP_COMPLETION_FAILED, { { 32, MEMHP_OUTCOME_BUSY, MEMHP_REASON_RACE, 0, GOING, IN_NONE } } },
	{ ONLINE, LOST, IN_NONE, MEMHP_COMPLETION_FAILED, { GONE(32, -ENODEV, IN_NONE) } },
	{ OFFLINE, OFF, IN_NONE, MEMHP_COMPLETION_COMPLETE, { ALREADY(40, OFF, IN_MOVABLE) } },
	{ OFFLINE, LOST, IN_NONE, MEMHP_COMPLETION_FAILED, { GONE(40, -ENODEV, IN_MOVABLE) } },
};

START_TEST(meanwhile)
{
	uint64_t id = meanwhiles[_i].action == OFFLINE ? 40 : 32;
	_cleanup_trial_ struct trial trial = trial_start(machine_text, NULL, meanwhiles[_i].action, id, id);

	trial_plan(&trial);
	kernel_change(trial.kernel, id, meanwhiles[_i].state, meanwhiles[_i].zone);
	ck_assert_int_eq(trial_apply(&trial), 0);
	check_result(trial.result, meanwhiles[_i].completion, meanwhiles[_i].steps);
	/* An online word on a block that is not offline would leave its wish behind. */
	ck_assert_uint_eq(trial.kernel->stores, 0);
}
END_TEST

/* What stands where `state` should be by the time of the write; the other block has its turn. */
static const struct {
	const char *lines;
	struct expected step;
} spoilt[] = {
	{ "remove " SYSFS_MEMORY "/memory40", GONE(40, -ENOENT, IN_MOVABLE) },
	{ "remove " SYSFS_MEMORY "/memory40/state", GONE(40, -ENOENT, IN_MOVABLE) },
	{ "file " SYSFS_MEMORY "/memory40/state garbage",
	  { 40, MEMHP_OUTCOME_FAILED, MEMHP_REASON_UNREADABLE, -EBADMSG, LOST, IN_MOVABLE } },
	{ "file " SYSFS_MEMORY "/memory40/state online times 1000",
	  { 40, MEMHP_OUTCOME_FAILED, MEMHP_REASON_UNREADABLE, -EBADMSG, LOST, IN_MOVABLE } },
	{ "link " SYSFS_MEMORY "/memory40/state ../memory41/state",
	  { 40, MEMHP_OUTCOME_FAILED, MEMHP_REASON_UNREADABLE, -ELOOP, LOST, IN_MOVABLE } },
	{ "dir " SYSFS_MEMORY "/memory40/state", { 40, MEMHP_OUTCOME_FAILED, MEMHP_REASON_UNREADABLE, -EISDIR, LOST, IN_MOVABLE } },
	{ "fifo " SYSFS_MEMORY "/memory40/state",
	  { 40, MEMHP_OUTCOME_FAILED, MEMHP_REASON_UNREADABLE, -ESPIPE, LOST, IN_MOVABLE } },
};

/* Without a kernel behind it: a folder takes every write. */
START_TEST(spoilt_state)
{
	struct expected steps[] = { spoilt[_i].step, CHANGED(41, OFF, IN_MOVABLE), { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, NULL, OFFLINE, 40, 41);
	char text[64] = "";
	int fd;

	machine_take_stores(&trial.machine);
	trial_plan(&trial);
	machine_change(&trial.machine, spoilt[_i].lines);
	fd = open(machine_path(&trial.machine, "memory41/state"), O_RDWR | O_CLOEXEC);
	/* "offline" is what is to be written, and a plain file keeps the rest of what it had. */
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	ck_assert_int_eq(pwrite(fd, "online", 6, 0), 6);
	ck_assert_int_eq(trial_apply(&trial), 0);
	check_result(trial.result, MEMHP_COMPLETION_PARTIAL, steps);
	ck_assert_int_eq(pread(fd, text, sizeof(text), 0), 7);
	ck_assert_str_eq(text, "offline");
	close(fd);
}
END_TEST

/* A part of a word is no word, and the rest of it would be another one. */
static int store_is_short(const struct store *store)
{
	return -1;
}

START_TEST(short_store)
{
	static const struct rule rules[] = { { 40, 0, store_is_short }, { 0 } };
	static const struct expected steps[] = { { 40, MEMHP_OUTCOME_FAILED, MEMHP_REASON_OTHER, -EIO, ON, IN_MOVABLE },
						 CHANGED(41, OFF, IN_MOVABLE),
						 { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 41);

	check_result(trial_run(&trial), MEMHP_COMPLETION_PARTIAL, steps);
	ck_assert_uint_eq(trial.kernel->stores, 2);
}
END_TEST

START_TEST(one_writer_for_all)
{
	_cleanup_trial_ struct trial trial = trial_start(machine_text, NULL, OFFLINE, 40, 43);

	trial_run(&trial);
	ck_assert_int_eq(memhp_result_get_completion(trial.result), MEMHP_COMPLETION_COMPLETE);
	ck_assert_int_ne(trial.kernel->writer, 0);
	ck_assert_int_ne(trial.kernel->writer, getpid());
	for (int id = 40; id <= 43; id++) {
		ck_assert_uint_eq(trial.kernel->blocks[id].stores, 1);
		ck_assert_int_eq(trial.kernel->blocks[id].writer, trial.kernel->writer);
	}
}
END_TEST

static int note_descriptors(const struct store *store)
{
	for (int fd = 0; fd < 1024; fd++)
		store->kernel->note += fcntl(fd, F_GETFD) >= 0;
	return store_does(store);
}

START_TEST(writer_has_no_descriptors)
{
	static const struct rule rules[] = { { 40, 0, note_descriptors }, { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 40);
	int fd = dup2(0, 1000);

	trial_run(&trial);
	/* Its socket, the directory of the blocks, and `state`. */
	ck_assert_uint_eq(trial.kernel->note, 3);
	close(fd);
}
END_TEST

/* A host that has closed what others take for granted */
START_TEST(no_standard_descriptors)
{
	static const struct rule rules[] = { { 40, 0, note_descriptors }, { 41, 0, store_loops }, { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 40, 42);
	int saved[3];

	own_clock_start();
	memhp_request_set(trial.request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, 50);
	trial_plan(&trial);
	for (int fd = 0; fd < 3; fd++)
		saved[fd] = fcntl(fd, F_DUPFD, 100);
	for (int fd = 0; fd < 3 - _i; fd++)
		close(fd);
	ck_assert_int_eq(memhp_plan_apply(trial.plan, &trial.result), 0);
	for (int fd = 0; fd < 3; fd++) {
		dup2(saved[fd], fd);
		close(saved[fd]);
	}
	ck_assert_uint_eq(trial.kernel->note, 3);
	check_outcome(&trial, 0, MEMHP_OUTCOME_CHANGED);
	check_outcome(&trial, 1, MEMHP_OUTCOME_TIMEOUT);
	check_outcome(&trial, 2, MEMHP_OUTCOME_CHANGED);
}
END_TEST

START_TEST(accessors)
{
	static const struct rule rules[] = { { 41, 0, store_takes, 20 }, { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, rules, OFFLINE, 41, 41);
	struct memhp_selection *selection;
	const struct memhp_result *result;
	const struct memhp_step *step;

	ck_assert_int_eq(memhp_selection_new(&selection), 0);
	ck_assert_int_eq(memhp_selection_add_range(selection, 41 * UINT64_C(0x8000000), 60 * UINT64_C(0x8000000)), 0);
	memhp_request_set_selection(trial.request, selection);
	memhp_selection_unref(selection);
	own_clock_start();
	result = trial_run(&trial);
	memhp_plan_free(take_ptr(trial.plan));
	memhp_request_free(take_ptr(trial.request));

	memhp_result_free(NULL);
	ck_assert_uint_eq(memhp_result_get_num_steps(result), 6);
	ck_assert_ptr_null(memhp_result_get_step(result, 6));
	ck_assert_ptr_null(memhp_result_get_step(result, SIZE_MAX));
	ck_assert_uint_eq(memhp_result_get_elapsed_ms(result), 20);

	step = memhp_result_get_step(result, 0);
	ck_assert_uint_eq(memhp_step_get_block_id(step), 41);
	ck_assert_uint_eq(memhp_step_get_start_addr(step), 0x148000000);
	ck_assert_uint_eq(memhp_step_get_last_addr(step), 0x14fffffff);
	ck_assert_int_eq(memhp_step_get_state_before(step), ON);
	ck_assert_int_eq(memhp_step_get_state_after(step), OFF);
	ck_assert_uint_eq(memhp_step_get_elapsed_ms(step), 20);

	step = memhp_result_get_step(result, 5);
	ck_assert_uint_eq(memhp_step_get_block_id(step), 46);
	ck_assert_uint_eq(memhp_step_get_start_addr(step), 46 * UINT64_C(0x8000000));
	ck_assert_uint_eq(memhp_step_get_last_addr(step), 61 * UINT64_C(0x8000000) - 1);
	ck_assert_int_eq(memhp_step_get_outcome(step), MEMHP_OUTCOME_ABSENT);
	ck_assert_int_eq(memhp_step_get_state_before(step), LOST);
	ck_assert_uint_eq(memhp_step_get_elapsed_ms(step), 0);
	ck_assert_int_eq(memhp_result_get_completion(result), MEMHP_COMPLETION_COMPLETE);
}
END_TEST

/* A plan can be applied again, and says what it said. */
START_TEST(twice)
{
	static const struct expected first[] = { CHANGED(32, ON, IN_NORMAL), { 0 } },
				     second[] = { ALREADY(32, ON, IN_NORMAL), { 0 } };
	_cleanup_trial_ struct trial trial = trial_start(machine_text, NULL, ONLINE, 32, 32);

	check_result(trial_run(&trial), MEMHP_COMPLETION_COMPLETE, first);
	ck_assert_int_eq(memhp_step_get_outcome(memhp_plan_get_step(trial.plan, 0)), MEMHP_OUTCOME_PLANNED);
	ck_assert_int_eq(trial_apply(&trial), 0);
	check_result(trial.result, MEMHP_COMPLETION_COMPLETE, second);
	ck_assert_uint_eq(trial.kernel->stores, 1);
}
END_TEST

START_TEST(nothing_to_do)
{
	_cleanup_trial_ struct trial trial = trial_start(machine_text, NULL, ONLINE, 50, 60);

	check_result(trial_run(&trial), MEMHP_COMPLETION_COMPLETE, &(struct expected){ 0 });
	ck_assert_ptr_null(memhp_result_get_step(trial.result, 0));
}
END_TEST

/* Applies a plan for blocks 40 and 41 in a process of its own that prepared itself: the errno of it, 255 when it could not. */
static int errno_of(bool (*prepare)(const struct machine *machine), unsigned int *stores)
{
	_cleanup_trial_ struct trial trial = trial_start(machine_text, NULL, OFFLINE, 40, 41);
	int status;
	pid_t pid;

	trial_plan(&trial);
	pid = fork();
	if (pid == 0)
		_exit(prepare(&trial.machine) ? -memhp_plan_apply(trial.plan, &trial.result) : 255);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	*stores = trial.kernel->stores;
	return WEXITSTATUS(status);
}

static bool be_nobody(const struct machine *machine)
{
	if (geteuid() == 0)
		return setgid(65534) == 0 && setuid(65534) == 0;
	return chmod(machine_path(machine, "memory40/state"), 0444) == 0;
}

/* The root of the context is opened again: the one that it has is not in the new name space. */
static bool be_read_only(const struct machine *machine)
{
	const char *dir = machine->dir;

	if ((unshare(CLONE_NEWNS) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount(dir, dir, NULL, MS_BIND, NULL) < 0 ||
	    mount(NULL, dir, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) < 0)
		return false;
	closep(&machine->ctx->root_fd);
	machine->ctx->root_fd = memhp__file_open_root(dir);
	return machine->ctx->root_fd >= 0;
}

static bool be_without_memory(const struct machine *machine)
{
	machine_change(machine, "remove " SYSFS_MEMORY);
	return true;
}

/* The next child is the first of its own. */
static bool be_in_new_pid_namespace(const struct machine *machine)
{
	return unshare(CLONE_NEWPID) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWPID) == 0;
}

static bool be_out_of_descriptors(const struct machine *machine)
{
	struct rlimit limit = { 0, 0 };

	return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static const struct {
	bool (*prepare)(const struct machine *machine);
	int error;
	const char *lacks;
} failures[] = {
	{ be_nobody, EACCES, "no way to be without privilege" },
	{ be_read_only, EROFS, "no way to have a read-only mount" },
	{ be_without_memory, ENODEV },
	{ be_in_new_pid_namespace, 0, "no way to have a PID namespace" },
	{ be_out_of_descriptors, EMFILE },
};

START_TEST(failure)
{
	unsigned int stores;
	int error = errno_of(failures[_i].prepare, &stores);

	if (error == 255 && failures[_i].lacks) {
		unit_skip(failures[_i].lacks);
		return;
	}
	ck_assert_int_eq(error, failures[_i].error);
	ck_assert_uint_eq(stores, error ? 0 : 2);
}
END_TEST

/* With each number of free descriptors it either works or says EMFILE: the writer's own need is no reason to die. */
static int free_descriptors;

static bool limit_descriptors(const struct machine *machine)
{
	int next = dup(0);
	struct rlimit limit = { (rlim_t)(next + free_descriptors), (rlim_t)(next + free_descriptors) };

	close(next);
	return next >= 0 && setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

START_TEST(few_descriptors)
{
	unsigned int stores;

	free_descriptors = _i;
	ck_assert_int_eq(errno_of(limit_descriptors, &stores), stores ? 0 : EMFILE);
}
END_TEST

UNIT("apply", tests)
{
	add_table(tests, answers, cases);
	add_table(tests, refused, refusals);
	add_table(tests, meanwhile, meanwhiles);
	add_table(tests, spoilt_state, spoilt);
	tcase_add_test(tests, short_store);
	tcase_add_test(tests, one_writer_for_all);
	tcase_add_test(tests, writer_has_no_descriptors);
	tcase_add_loop_test(tests, no_standard_descriptors, 0, 3);
	tcase_add_test(tests, accessors);
	tcase_add_test(tests, twice);
	tcase_add_test(tests, nothing_to_do);
	add_table(tests, failure, failures);
	tcase_add_loop_test(tests, few_descriptors, 0, 9);
}
