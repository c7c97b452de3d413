/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A door to the simulator's kernel (tests/sim) without a mount: what stands behind memoryN/state and memoryN/valid_zones of a
 * machine. The simulator knows words, states and zones; where a test says so, something else is done with a store. The writer is a
 * process of its own, so everything lives in shared memory; the files of the tree only say which blocks there are.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <pthread.h>
#include <stdatomic.h>

#include "../sim/sim.h"
#include "../unit/unit.h"

/* Ids below this are looked after. */
#define KERNEL_BLOCKS 64

struct kernel;

/* A store under way */
struct store {
	struct kernel *kernel;
	uint64_t id;
	enum sim_action action;
	int arg; /* of the rule */
};

/* What becomes of a store: 0 or an errno; -1 when the kernel took only a part of the word */
typedef int (*store_fn)(const struct store *store);

/* For the Nth store (0: every store) to a block */
struct rule {
	uint64_t id;
	unsigned int nth;
	store_fn does;
	int arg;
};

int store_does(const struct store *store);           /* what the kernel does */
int store_fails(const struct store *store);          /* with errno `arg`, without doing anything */
int store_lies(const struct store *store);           /* says that it was done, and it was not */
int store_picks_zone(const struct store *store);     /* comes online, in zone `arg` */
int store_is_late(const struct store *store);        /* another agent does the same meanwhile, a zone `arg` unless 0 */
int store_takes(const struct store *store);          /* is done after `arg` milliseconds */
int store_loops(const struct store *store);          /* going offline for ever; a kill ends it and the block is as before */
int store_waits(const struct store *store);          /* for a lock, for ever; the block stays as it is */
int store_waits_once(const struct store *store);     /* for kernel_release(), then does it */
int store_never_returns(const struct store *store);  /* done, and yet the writer does not come back */
int store_sticks(const struct store *store);         /* likewise, but going offline whatever becomes of the writer */
int store_vanishes(const struct store *store);       /* the block went away: ENODEV */
int store_then_vanishes(const struct store *store);  /* done, and then the block went away */
int store_is_killed(const struct store *store);      /* somebody sends signal `arg` to the writer before anything is done */
int store_done_is_killed(const struct store *store); /* likewise, when it is done */

/* The stores to a block */
struct kernel_block {
	_Atomic pid_t looping; /* whose going offline ends with it */
	_Atomic unsigned int stores;
	_Atomic pid_t writer;      /* of the last store */
	_Atomic unsigned int last; /* which store of all that was, from 1 */
};

/* Called before a file is read: 0 or an errno */
typedef int (*read_fn)(const struct store *store, const char *file);

struct kernel {
	struct sim sim;
	struct sim_block memory[KERNEL_BLOCKS]; /* what sim.blocks lead to */
	struct kernel_block blocks[KERNEL_BLOCKS];
	char dir[256]; /* the machine's */
	const struct rule *rules;
	read_fn reads;               /* NULL: nothing special */
	_Atomic unsigned int stores; /* of all blocks */
	_Atomic uint32_t returned;   /* those of them that are over, done or not */
	_Atomic uint32_t hanging;    /* how many stores have begun to wait, loop or hang */
	_Atomic uint32_t released;
	_Atomic pid_t writer;  /* of the last store */
	_Atomic uint32_t note; /* what a test's own rule found out */
};

/* Stands behind the machine of this thread from now on. `rules` end with one that does nothing; NULL: none. */
struct kernel *kernel_start(struct machine *machine, const struct rule *rules);
void kernel_stop(struct kernel *kernel);

/* The same for another thread */
void kernel_adopt(struct kernel *kernel);

/* Another agent changes a block. MEMHP_STATE_UNKNOWN: it is gone, and its files are still there. */
void kernel_change(struct kernel *kernel, uint64_t id, enum memhp_state state, enum memhp_zone zone);

/* Waits until `returned` stores are over. */
void kernel_await_returned(struct kernel *kernel, uint32_t returned);

/* Waits until `hanging` stores hang. */
void kernel_await(struct kernel *kernel, uint32_t hanging);
void kernel_release(struct kernel *kernel);
void kernel_await_release(struct kernel *kernel);

/* Makes `fd` readable as soon as a store hangs, and again for so many further ones. */
struct canceller {
	struct kernel *kernel;
	uint32_t times;
	int fd;
	pthread_t thread;
};

void canceller_start(struct canceller *canceller, struct kernel *kernel, uint32_t times);
void canceller_end(struct canceller *canceller);

/* For stores of a test's own: counts one that waits for something. */
void kernel_note_hanging(struct kernel *kernel);

/* Likewise, and never returns: only SIGKILL ends it. */
_Noreturn void store_hangs(const struct store *store);

#endif
