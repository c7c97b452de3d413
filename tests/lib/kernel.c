// SPDX-License-Identifier: LGPL-2.1-or-later
#include "decide/step.h"
#include "kernel.h"

#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "../tree/tree.h"
#include "own-clock.h"
#include "read/parse.h"

/* A process that was killed is gone by then, on any machine. */
#define GRACE_MS 60000

/* Also the writer's: it has a copy of this thread's memory. */
static _Thread_local struct kernel *current;

static void wait_for(_Atomic uint32_t *word, uint32_t at_least)
{
	uint32_t seen;

	while ((seen = atomic_load(word)) < at_least)
		syscall(SYS_futex, word, FUTEX_WAIT, seen, NULL, NULL, 0);
}

static void count_up(_Atomic uint32_t *word)
{
	atomic_fetch_add(word, 1);
	syscall(SYS_futex, word, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

void kernel_note_hanging(struct kernel *kernel)
{
	count_up(&kernel->hanging);
}

_Noreturn void store_hangs(const struct store *store)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	kernel_note_hanging(store->kernel);
	own_clock_hang(getpid());
	for (;;)
		pause();
}

static struct kernel_block *block_of(const struct store *store)
{
	return &store->kernel->blocks[store->id];
}

static enum memhp_state state_of(const struct kernel_block *block)
{
	pid_t looping = atomic_load(&block->looping);

	/* A writer that was killed rolls back as it goes. */
	return looping && kill(looping, 0) == 0 ? MEMHP_STATE_GOING_OFFLINE : atomic_load(&block->state);
}

/* Movable memory draws its neighbours to itself. */
static enum memhp_zone default_zone(const struct kernel *kernel, uint64_t id)
{
	const struct kernel_block *before = id > 0 ? &kernel->blocks[id - 1] : NULL;

	if (before && atomic_load(&before->state) == MEMHP_STATE_ONLINE && atomic_load(&before->zone) == MEMHP_ZONE_MOVABLE)
		return MEMHP_ZONE_MOVABLE;
	return kernel->blocks[id].kernel_zone;
}

static void come_online(const struct store *store, enum memhp_zone zone)
{
	atomic_store(&block_of(store)->zone, zone);
	atomic_store(&block_of(store)->state, MEMHP_STATE_ONLINE);
}

int store_does(const struct store *store)
{
	struct kernel_block *block = block_of(store);
	enum memhp_state goal = action_goal(store->action);

	if (state_of(block) == goal || (goal == MEMHP_STATE_OFFLINE && atomic_load(&block->zone) == MEMHP_ZONE_NONE))
		return EINVAL;
	if (store->action == MEMHP_ACTION_ONLINE)
		come_online(store, default_zone(store->kernel, store->id));
	else if (store->action == MEMHP_ACTION_ONLINE_KERNEL)
		come_online(store, block->kernel_zone);
	else if (store->action == MEMHP_ACTION_ONLINE_MOVABLE)
		come_online(store, MEMHP_ZONE_MOVABLE);
	else
		atomic_store(&block->state, MEMHP_STATE_OFFLINE);
	return 0;
}

int store_fails(const struct store *store)
{
	return store->arg;
}

int store_lies(const struct store *store)
{
	return 0;
}

int store_picks_zone(const struct store *store)
{
	come_online(store, store->arg);
	return 0;
}

int store_is_late(const struct store *store)
{
	store_does(store);
	if (store->arg)
		atomic_store(&block_of(store)->zone, store->arg);
	return EINVAL;
}

int store_takes(const struct store *store)
{
	own_clock_sleep(store->arg);
	return store_does(store);
}

int store_loops(const struct store *store)
{
	atomic_store(&block_of(store)->looping, getpid());
	store_hangs(store);
}

int store_waits(const struct store *store)
{
	store_hangs(store);
}

int store_waits_once(const struct store *store)
{
	kernel_note_hanging(store->kernel);
	own_clock_hang(getpid());
	kernel_await_release(store->kernel);
	own_clock_go_on();
	return store_does(store);
}

int store_never_returns(const struct store *store)
{
	store_does(store);
	store_hangs(store);
}

int store_sticks(const struct store *store)
{
	atomic_store(&block_of(store)->state, MEMHP_STATE_GOING_OFFLINE);
	store_hangs(store);
}

int store_vanishes(const struct store *store)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/" SYSFS_MEMORY "/memory%llu", store->kernel->dir, (unsigned long long)store->id);
	tree_remove(path);
	atomic_store(&block_of(store)->state, MEMHP_STATE_UNKNOWN);
	return ENODEV;
}

int store_then_vanishes(const struct store *store)
{
	int error = store_does(store);

	store_vanishes(store);
	return error;
}

int store_is_killed(const struct store *store)
{
	kill(getpid(), store->arg);
	store_hangs(store);
}

int store_done_is_killed(const struct store *store)
{
	store_does(store);
	return store_is_killed(store);
}

/* The block and the file of a path such as "memory32/state"; false for files of the tree. */
static bool split_path(const char *path, uint64_t *id, const char **file)
{
	char name[32];

	*file = strchr(path, '/');
	if (!current || !*file)
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)(*file - path), path);
	++*file;
	return memhp__parse_numbered_name(name, "memory", id) && *id < KERNEL_BLOCKS;
}

static int print_state(const struct kernel_block *block, char *text, size_t size)
{
	return snprintf(text, size, "%s\n", memhp_state_name(state_of(block)));
}

static int print_zones(const struct kernel *kernel, uint64_t id, char *text, size_t size)
{
	const struct kernel_block *block = &kernel->blocks[id];
	enum memhp_zone first = default_zone(kernel, id);
	enum memhp_zone second = first == MEMHP_ZONE_MOVABLE ? block->kernel_zone : MEMHP_ZONE_MOVABLE;

	if (state_of(block) == MEMHP_STATE_ONLINE)
		return snprintf(text, size, "%s\n", memhp_zone_name(atomic_load(&block->zone)));
	return snprintf(text, size, "%s %s\n", memhp_zone_name(first), memhp_zone_name(second));
}

static ssize_t kernel_read(int fd, const char *path, void *buf, size_t size, off_t offset)
{
	struct store store = { .kernel = current };
	char text[64];
	const char *file;
	uint64_t id;
	int length;

	if (!split_path(path, &id, &file))
		return pread(fd, buf, size, offset);
	store.id = id;
	errno = current->reads ? current->reads(&store, file) : 0;
	if (errno)
		return -1;
	if (strcmp(file, "state") == 0 && atomic_load(&current->blocks[id].state) != MEMHP_STATE_UNKNOWN)
		length = print_state(&current->blocks[id], text, sizeof(text));
	else if (strcmp(file, "valid_zones") == 0)
		length = print_zones(current, id, text, sizeof(text));
	else {
		errno = ENODEV;
		return -1;
	}
	if (offset >= length)
		return 0;
	if (size > (size_t)(length - offset))
		size = (size_t)(length - offset);
	memcpy(buf, text + offset, size);
	return (ssize_t)size;
}

static store_fn find_rule(const struct kernel *kernel, struct store *store, unsigned int nth)
{
	for (const struct rule *rule = kernel->rules; rule && rule->does; rule++) {
		store->arg = rule->arg;
		if (rule->id == store->id && (!rule->nth || rule->nth == nth))
			return rule->does;
	}
	return store_does;
}

/* One write is one store; it must be a word for the file `state`. */
static ssize_t kernel_write(int fd, const char *path, const void *buf, size_t size)
{
	struct store store = { .kernel = current };
	const char *file;
	unsigned int nth;
	int error;

	errno = EINVAL;
	if (!split_path(path, &store.id, &file) || strcmp(file, "state") != 0)
		return -1;
	atomic_store(&current->writer, getpid());
	atomic_store(&current->blocks[store.id].writer, getpid());
	atomic_store(&current->blocks[store.id].last, atomic_fetch_add(&current->stores, 1) + 1);
	nth = atomic_fetch_add(&current->blocks[store.id].stores, 1) + 1;
	for (int action = MEMHP_ACTION_OFFLINE; action <= MEMHP_ACTION_ONLINE_MOVABLE; action++) {
		const char *word = memhp_action_name(action);

		if (strlen(word) != size || memcmp(word, buf, size) != 0)
			continue;
		store.action = action;
		error = find_rule(current, &store, nth)(&store);
		errno = error;
		return error > 0 ? -1 : (ssize_t)size + error;
	}
	return -1;
}

static const struct file_ops ops = { .contained = true, .read = kernel_read, .write = kernel_write, .stores_anywhere = true };

static void take_block(struct kernel_block *kernel_block, const struct memhp_block *block)
{
	kernel_block->kernel_zone = MEMHP_ZONE_NORMAL;
	kernel_block->state = memhp_block_get_state(block);
	kernel_block->zone = memhp_block_get_zone(block);
}

struct kernel *kernel_start(struct machine *machine, const struct rule *rules)
{
	struct memhp_snapshot *snapshot = machine_scan(machine, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES);
	struct kernel *kernel = mmap(NULL, sizeof(*kernel), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(kernel, MAP_FAILED);
	for (size_t i = 0; i < memhp_snapshot_get_num_blocks(snapshot); i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(snapshot, i);

		ck_assert_uint_lt(memhp_block_get_id(block), KERNEL_BLOCKS);
		take_block(&kernel->blocks[memhp_block_get_id(block)], block);
	}
	memhp_snapshot_unref(snapshot);
	kernel->rules = rules;
	memcpy(kernel->dir, machine->dir, sizeof(kernel->dir));
	machine->ctx->ops = &ops;
	current = kernel;
	return kernel;
}

void kernel_adopt(struct kernel *kernel)
{
	current = kernel;
}

void kernel_stop(struct kernel *kernel)
{
	current = NULL;
	own_clock_stop();
	munmap(kernel, sizeof(*kernel));
}

void kernel_await(struct kernel *kernel, uint32_t hanging)
{
	wait_for(&kernel->hanging, hanging);
}

void kernel_release(struct kernel *kernel)
{
	count_up(&kernel->released);
}

void kernel_await_release(struct kernel *kernel)
{
	wait_for(&kernel->released, 1);
}

static void *cancel(void *data)
{
	const struct canceller *canceller = data;

	for (uint32_t i = 1; i <= canceller->times; i++) {
		kernel_await(canceller->kernel, i);
		ck_assert_int_eq(eventfd_write(canceller->fd, 1), 0);
	}
	return NULL;
}

void canceller_start(struct canceller *canceller, struct kernel *kernel, uint32_t times)
{
	canceller->kernel = kernel;
	canceller->times = times;
	canceller->fd = eventfd(0, EFD_CLOEXEC);
	ck_assert_int_ge(canceller->fd, 0);
	ck_assert_int_eq(pthread_create(&canceller->thread, NULL, cancel, canceller), 0);
}

void canceller_end(struct canceller *canceller)
{
	pthread_join(canceller->thread, NULL);
	close(canceller->fd);
}

struct memhp_request *request_blocks(enum memhp_action action, uint64_t first, uint64_t last)
{
	struct memhp_selection *selection;
	struct memhp_request *request;

	ck_assert_int_eq(memhp_selection_new(&selection), 0);
	ck_assert_int_eq(memhp_selection_add_blocks(selection, first, last), 0);
	ck_assert_int_eq(memhp_request_new(&request, action), 0);
	memhp_request_set_selection(request, selection);
	memhp_request_set_grace_ms(request, GRACE_MS);
	memhp_selection_unref(selection);
	return request;
}

struct memhp_plan *plan_request(const struct machine *machine, struct memhp_request *request)
{
	struct memhp_snapshot *snapshot = machine_scan(machine, memhp_request_get_attrs(request));
	struct memhp_plan *plan;

	ck_assert_int_eq(memhp_plan_new(&plan, snapshot, request), 0);
	memhp_snapshot_unref(snapshot);
	return plan;
}

static unsigned int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int num = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir))
		num++;
	closedir(dir);
	return num;
}

static unsigned int count_shared_maps(void)
{
	FILE *file = fopen("/proc/self/maps", "re");
	unsigned int num = 0;
	char line[512];

	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file))
		num += strstr(line, "/dev/zero") != NULL;
	fclose(file);
	return num;
}

/* Of whatever kind; none is reaped. */
static bool has_children(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 || errno != ECHILD;
}

/* Of those by which a context knows writers that could not be ended; all others are closed when a call returns. */
static unsigned int count_pidfds(const struct memhp_ctx *ctx)
{
	unsigned int num = 0;

	for (size_t i = 0; i < ctx->num_stuck; i++)
		num += ctx->stuck[i].pidfd >= 0;
	return num;
}

int apply(const struct machine *machine, struct memhp_plan *plan, struct memhp_result **result)
{
	unsigned int descriptors = count_descriptors() - count_pidfds(machine->ctx), maps = count_shared_maps();
	bool children = has_children();
	int rc;

	*result = NULL;
	rc = memhp_plan_apply(plan, machine->ctx, result);
	ck_assert_int_eq(*result != NULL, rc == 0);
	ck_assert_uint_eq(count_descriptors() - count_pidfds(machine->ctx), descriptors);
	ck_assert_uint_eq(count_shared_maps(), maps);
	if (!children && !(*result && memhp_result_get_writer_pid(*result)))
		ck_assert(!has_children());
	return rc;
}

struct memhp_result *change(const struct machine *machine, struct memhp_request *request)
{
	struct memhp_plan *plan = plan_request(machine, request);
	struct memhp_result *result;

	ck_assert_int_eq(apply(machine, plan, &result), 0);
	memhp_plan_free(plan);
	return result;
}

static void check_step(const struct memhp_step *step, const struct expected *expected)
{
	ck_assert_uint_eq(memhp_step_get_block_id(step), expected->id);
	ck_assert_str_eq(memhp_outcome_name(memhp_step_get_outcome(step)), memhp_outcome_name(expected->outcome));
	ck_assert_str_eq(memhp_reason_name(memhp_step_get_reason(step)), memhp_reason_name(expected->reason));
	ck_assert_int_eq(memhp_step_get_error(step), expected->error);
	ck_assert_str_eq(memhp_state_name(memhp_step_get_after(step)), memhp_state_name(expected->after));
	ck_assert_str_eq(memhp_zone_name(memhp_step_get_zone(step)), memhp_zone_name(expected->zone));
}

void check_result(const struct memhp_result *result, enum memhp_completion completion, const struct expected *expected)
{
	size_t num = 0;

	for (; expected[num].outcome; num++) {
		ck_assert_uint_lt(num, memhp_result_get_num_steps(result));
		check_step(memhp_result_get_step(result, num), &expected[num]);
	}
	ck_assert_uint_eq(memhp_result_get_num_steps(result), num);
	ck_assert_str_eq(memhp_completion_name(memhp_result_get_completion(result)), memhp_completion_name(completion));
}
