// SPDX-License-Identifier: LGPL-2.1-or-later
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

static struct sim_block *block_of(const struct store *store)
{
	return sim_find(&store->kernel->sim, store->id);
}

static enum sim_zone zone_of(int zone)
{
	return sim_parse_zone(memhp_zone_name(zone));
}

static bool is_never_interrupted(void)
{
	return false;
}

int store_does(const struct store *store)
{
	struct sim_store sim_store = { .sim = &store->kernel->sim, .pid = getpid(), .interrupted = is_never_interrupted };
	struct sim_block *block = block_of(store);

	return -sim_change(&sim_store, block, block->generation, store->action);
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
	sim_set_online(&store->kernel->sim, block_of(store), zone_of(store->arg));
	return 0;
}

int store_is_late(const struct store *store)
{
	store_does(store);
	if (store->arg)
		sim_set_online(&store->kernel->sim, block_of(store), zone_of(store->arg));
	return EINVAL;
}

int store_takes(const struct store *store)
{
	own_clock_sleep(store->arg);
	return store_does(store);
}

int store_loops(const struct store *store)
{
	atomic_store(&store->kernel->blocks[store->id].looping, getpid());
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
	block_of(store)->state = SIM_GOING_OFFLINE;
	store_hangs(store);
}

int store_vanishes(const struct store *store)
{
	sim_vanish(&store->kernel->sim, block_of(store));
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

/* A writer that was killed rolls back as it goes. */
static bool is_looping(const struct kernel_block *block)
{
	pid_t looping = atomic_load(&block->looping);

	return looping && kill(looping, 0) == 0;
}

static int read_block(const struct store *store, const char *file, char *text, size_t size)
{
	const struct sim_block *block = block_of(store);

	if (!block || !block->present)
		return ENODEV;
	if (strcmp(file, "valid_zones") == 0)
		sim_print_zones(&current->sim, block, text, size);
	else
		snprintf(text, size, "%s\n", is_looping(&current->blocks[store->id]) ? "going-offline" : sim_state_name(block));
	return 0;
}

static ssize_t kernel_read(int fd, const char *path, void *buf, size_t size, off_t offset)
{
	struct store store = { .kernel = current };
	char text[64];
	const char *file;
	uint64_t id;
	off_t length;

	if (!split_path(path, &id, &file))
		return pread(fd, buf, size, offset);
	store.id = id;
	errno = current->reads ? current->reads(&store, file) : 0;
	if (!errno)
		errno = read_block(&store, file, text, sizeof(text));
	if (errno)
		return -1;
	length = (off_t)strlen(text);
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
	char word[32];
	unsigned int nth;
	int error;

	snprintf(word, sizeof(word), "%.*s", (int)size, (const char *)buf);
	store.action = sim_parse_action(word);
	errno = EINVAL;
	if (!split_path(path, &store.id, &file) || strcmp(file, "state") != 0 || store.action == SIM_AUTO)
		return -1;
	atomic_store(&current->writer, getpid());
	atomic_store(&current->blocks[store.id].writer, getpid());
	atomic_store(&current->blocks[store.id].last, atomic_fetch_add(&current->stores, 1) + 1);
	nth = atomic_fetch_add(&current->blocks[store.id].stores, 1) + 1;
	error = find_rule(current, &store, nth)(&store);
	count_up(&current->returned);
	errno = error;
	return error > 0 ? -1 : (ssize_t)size + error;
}

static const struct file_ops ops = { .contained = true, .read = kernel_read, .write = kernel_write, .stores_anywhere = true };

/* The machine as it was described; from here on the processes share what changes. */
static void start_sim(struct kernel *kernel, const struct machine *machine)
{
	struct sim *sim = &kernel->sim;
	FILE *file = fmemopen((void *)machine->text, strlen(machine->text), "re");

	ck_assert_ptr_nonnull(file);
	memcpy(kernel->dir, machine->dir, sizeof(kernel->dir));
	sim_init(sim, kernel->dir);
	if (sim_read_machine(sim, file) < 0 || sim_add_blocks(sim) < 0)
		ck_abort_msg("%s", sim->error);
	fclose(file);
	ck_assert_uint_le(sim->num_blocks, KERNEL_BLOCKS);
	for (size_t i = 0; i < sim->num_blocks; i++) {
		ck_assert_uint_lt(sim->blocks[i]->id, KERNEL_BLOCKS);
		kernel->memory[i] = *sim->blocks[i];
		free(sim->blocks[i]);
		sim->blocks[i] = &kernel->memory[i];
	}
}

struct kernel *kernel_start(struct machine *machine, const struct rule *rules)
{
	struct kernel *kernel = mmap(NULL, sizeof(*kernel), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(kernel, MAP_FAILED);
	start_sim(kernel, machine);
	kernel->rules = rules;
	machine->ctx->ops = &ops;
	current = kernel;
	return kernel;
}

void kernel_change(struct kernel *kernel, uint64_t id, enum memhp_state state, enum memhp_zone zone)
{
	struct sim_block *block = sim_find(&kernel->sim, id);

	block->present = state != MEMHP_STATE_UNKNOWN;
	if (state == MEMHP_STATE_ONLINE)
		sim_set_online(&kernel->sim, block, zone_of(zone));
	else if (state == MEMHP_STATE_OFFLINE)
		sim_set_offline(&kernel->sim, block);
	else if (state == MEMHP_STATE_GOING_OFFLINE)
		block->state = SIM_GOING_OFFLINE;
}

void kernel_adopt(struct kernel *kernel)
{
	current = kernel;
}

void kernel_stop(struct kernel *kernel)
{
	current = NULL;
	own_clock_stop();
	kernel->sim.num_blocks = 0; /* they are not its own */
	sim_free(&kernel->sim);
	munmap(kernel, sizeof(*kernel));
}

void kernel_await_returned(struct kernel *kernel, uint32_t returned)
{
	wait_for(&kernel->returned, returned);
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
