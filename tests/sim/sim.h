/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A simulated machine whose memory blocks change as the kernel's do. A file describes it by the lines of tests/tree/tree.h, and
 * these. A folder in its place is mounted as it is: nothing is simulated, a file takes any word. Lines:
 *
 *	profile 4.18                      an old kernel: auto_online_blocks knows two words, the first offline of a block in Movable
 *	                                  fails with EBUSY, zones do not shrink, a probe too far says EEXIST
 *	readonly                          below sys/ nothing can be written: EROFS
 *	holes LIST                        offline of these blocks fails with EINVAL
 *	unmovable LIST                    with EBUSY, unless they are in ZONE_MOVABLE
 *	pinned LIST                       never ends, until a signal, or release (see below)
 *	fault OP [block LIST] [nth N] [times N|always] EFFECT
 *	event after N stores|MS ms block LIST CHANGE
 *
 * OP is online, offline, probe, configure (of s390), device (eject of a DIMM, state of a dax device; they have no block), any (of
 * these), policy (auto_online_blocks and parameters of memory_hotplug), bind (bind and unbind of the driver kmem), or read FILE for
 * the reads of a block's attribute. It counts the requests that match, from 1, those alone that the state machine lets through (of
 * bind all). From the nth (1) on, so many times in a row (1), it has an effect; `always` is for ever. Several faults may have
 * theirs, in order, until one fails. EFFECT:
 *
 *	fails ERRNO, eio, vetoed          with that errno; EIO; EPERM
 *	takes MS                          so long; an offline ends early with EINTR when a signal comes
 *	hangs MS                          so long, whatever comes: the kernel does not look
 *	loops                             until a signal comes, for an online or a probe a fatal one; or until release
 *	vanishes                          the block goes away: ENODEV
 *	then-vanishes                     it goes away right after it was changed
 *	lies                              says that it is done, and does nothing
 *	wrong-zone ZONE                   another agent was first, to this zone: EINVAL, as the kernel says it
 *	short                             a read gives one byte at a time
 *
 * ERRNO is a name such as EBUSY, or a number. CHANGE is what another agent or the machine does, once that many stores have ended or
 * that much time has passed:
 *
 *	appears    vanishes    online [ZONE]    offline
 *
 * Below the mount there are also, as no kernel has them:
 *
 *	sim/log        a line for each store, in the order in which they ended: SEQ PID FILE WORD ERRNO-or-0 STATE
 *	               and for each read of `online` that has to wait: SEQ PID FILE (read) 0 STATE
 *	sim/truth      ID STATE ZONE for each block, ZONE is none where the block is in no single zone
 *	sim/writers    how many processes are inside a store now, and their ids
 *	sim/do         write a line: `block LIST CHANGE`, a fault, holes, unmovable or pinned line, or `release`: what loops or
 *	               hangs goes on, and what looped does so no more
 */
#ifndef SIM_H
#define SIM_H

#include <pthread.h>
#include <stdio.h>
#include <sys/types.h>

#include "../tree/tree.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Pairs of a node and a zone */
#define SIM_MAX_SPANS 1024

#define SIM_MEMORY "sys/devices/system/memory"
#define SIM_NODE   "sys/devices/system/node"
#define SIM_PARAMS "sys/module/memory_hotplug/parameters"
#define SIM_CONFIG "sys/firmware/memory"
#define SIM_DAX    "sys/bus/dax/devices"
#define SIM_KMEM   "sys/bus/dax/drivers/kmem"

enum sim_state { SIM_OFFLINE, SIM_ONLINE, SIM_GOING_OFFLINE, SIM_STRANGE };

/* The zone of a block: no single one, or nothing is known of zones since the kernel cannot remove memory. */
enum sim_zone { SIM_DMA, SIM_DMA32, SIM_NORMAL, SIM_HIGHMEM, SIM_MOVABLE, SIM_DEVICE, SIM_NUM_ZONES, SIM_NONE, SIM_UNKNOWN };

/* What can be asked of a block; SIM_AUTO is no wish at all. */
enum sim_action { SIM_AUTO, SIM_OFFLINE_IT, SIM_ONLINE_IT, SIM_ONLINE_KERNEL, SIM_ONLINE_MOVABLE };

enum sim_op {
	SIM_OP_ONLINE,
	SIM_OP_OFFLINE,
	SIM_OP_PROBE,
	SIM_OP_CONFIGURE,
	SIM_OP_DEVICE,
	SIM_OP_ANY,
	SIM_OP_READ,
	SIM_OP_POLICY,
	SIM_OP_BIND
};

struct sim_block {
	uint64_t id;
	struct tree_run run; /* as it was described */
	enum sim_state state;
	enum sim_zone zone;          /* while online */
	enum sim_zone kernel_zone;   /* which of them it would be in */
	bool movable_first;          /* by its description Movable is the default */
	bool present, busy, retried; /* busy: a store is changing it */
	bool early;                  /* the kernel has booted with it */
	enum sim_action wish;
	unsigned int generation; /* how often it has appeared */
};

/* From the first to the last block of a zone. */
struct sim_span {
	unsigned int node;
	enum sim_zone zone;
	uint64_t first, last;
	bool empty;
};

/* One process inside a store. */
struct sim_store {
	struct sim *sim;
	struct sim_store *next;
	pid_t pid;
	bool (*interrupted)(void); /* whether a signal came, as far as the caller knows */
	bool seen;                 /* one came during the wait for the lock, and ... */
	uint64_t seen_signals;     /* ... these are pending since then: they do not end what follows */
	const char *file, *word;
};

struct sim {
	pthread_mutex_t mutex;
	pthread_cond_t cond; /* something changed */
	struct tree *tree;
	const char *backing; /* the folder with the files as they were at first, and those that nobody simulates */
	int backing_fd;
	struct sim_file *open_files;
	struct sim_block **blocks;
	size_t num_blocks;
	struct sim_span spans[SIM_MAX_SPANS];
	size_t num_spans;
	struct sim_rule *rules;
	size_t num_rules;
	struct sim_event *events;
	size_t num_events;
	struct sim_store *stores;
	bool locked; /* device_hotplug_lock */
	bool old, readonly, movable_node, stopping;
	bool plain; /* the folder is somebody's, and nothing is simulated */
	char auto_online[32];
	bool auto_movable, numa_aware; /* online_policy is auto-movable; auto_movable_numa_aware */
	unsigned int ratio;            /* auto_movable_ratio */
	unsigned int strange_params;   /* bit N: enum sim_kind N has a text that is none of the kernel's, and is not simulated */
	unsigned long releases, num_stores, num_entries;
	int64_t started_ms;
	FILE *log;
	char *log_text;
	size_t log_length;
	char error[256];
};

/*
 * sim-model.c: blocks and zones, and no time. All of it is called with the mutex held. A machine that was read gets its blocks, and
 * what is to become of new ones, from the folder with its files. Negative errnos are explained by sim->error.
 */
void sim_init(struct sim *sim, const char *backing);
int sim_read_machine(struct sim *sim, FILE *file);
int sim_add_blocks(struct sim *sim);
void sim_free(struct sim *sim);
struct sim_block *sim_find(const struct sim *sim, uint64_t id);
unsigned int sim_node_of(const struct sim_block *block);
enum sim_zone sim_parse_zone(const char *name);
const char *sim_zone_name(enum sim_zone zone);
const char *sim_state_name(const struct sim_block *block);
enum sim_zone sim_zone_for(const struct sim *sim, const struct sim_block *block, enum sim_action action);
void sim_print_zones(const struct sim *sim, const struct sim_block *block, char *text, size_t size);
void sim_set_online(struct sim *sim, struct sim_block *block, enum sim_zone zone);
void sim_set_offline(struct sim *sim, struct sim_block *block);
int sim_appear(struct sim *sim, uint64_t id);
void sim_vanish(struct sim *sim, struct sim_block *block);

/* sim-rules.c: faults and events */
enum sim_effect {
	SIM_FAILS,
	SIM_TAKES,
	SIM_HANGS,
	SIM_LOOPS,
	SIM_VANISHES,
	SIM_THEN_VANISHES,
	SIM_LIES,
	SIM_WRONG_ZONE,
	SIM_SHORT,
};

struct sim_rule {
	enum sim_op op;
	char *file, *list; /* NULL: any block */
	uint64_t nth, times, count;
	bool kernel_only, ended;
	enum sim_effect effect;
	int64_t value; /* errno, milliseconds, zone */
};

bool sim_is_own_line(const char *line);
int sim_read_line(struct sim *sim, char *line);
int sim_do_line(struct sim *sim, char *line);
void sim_free_rules(struct sim *sim);
/* The next rule, from *at on, that has an effect on this request, or NULL. To be asked until then: it counts. */
struct sim_rule *sim_next_rule(struct sim *sim, size_t *at, enum sim_op op, const char *file, const struct sim_block *block,
			       uint64_t id);
void sim_run_events(struct sim *sim);

/* sim-words.c: words and numbers. Negative is wrong, and so is SIM_AUTO. */
const char *sim_errno_name(int error);
int64_t sim_parse_errno(const char *text);
int64_t sim_parse_number(const char *text);
enum sim_action sim_parse_action(const char *word);
int sim_parse_bool(const char *word);
int sim_parse_address(const char *word, unsigned long long *address);

/* sim-store.c: what a write does, and how long it takes. 0 or a negative errno. What takes a word takes the mutex itself. */
int64_t sim_now_ms(void);
int sim_change(struct sim_store *store, struct sim_block *block, unsigned int generation, enum sim_action action);
int sim_store_state(struct sim_store *store, struct sim_block *block, unsigned int generation, const char *word);
int sim_store_online(struct sim_store *store, struct sim_block *block, unsigned int generation, const char *word);
void sim_wait(struct sim *sim, int64_t ms);
void sim_print_log(struct sim *sim, pid_t pid, const char *file, const char *word, int error, const struct sim_block *block);

/* What the faults make of a store: how it ended (0: it may go on), and what they want afterwards. */
struct sim_fate {
	int rc;
	bool lies, vanishes;
	enum sim_zone zone; /* SIM_UNKNOWN: as asked */
};

/* What every store begins and ends with; between the two the mutex is held. sim_lock() is what the kernel waits for. */
void sim_begin(struct sim_store *store, const char *word);
int sim_end(struct sim_store *store, const struct sim_block *block, int rc);
int sim_lock(struct sim_store *store);
void sim_unlock(struct sim *sim);
struct sim_fate sim_suffer(struct sim_store *store, enum sim_op op, struct sim_block *block, uint64_t id);

/* sim-files.c: which file is simulated, and its text */
enum sim_kind {
	SIM_PLAIN,
	SIM_FILE_STATE,
	SIM_FILE_ONLINE,
	SIM_FILE_ZONES,
	SIM_FILE_AUTO_ONLINE,
	SIM_FILE_PROBE,
	SIM_FILE_ONLINE_POLICY,
	SIM_FILE_RATIO,
	SIM_FILE_NUMA_AWARE,
	SIM_FILE_CONFIG,
	SIM_FILE_MEMMAP,
	SIM_FILE_DEVICE,
	SIM_FILE_DAX_MEMMAP,
	SIM_FILE_DAX_BIND,
	SIM_FILE_DAX_UNBIND,
	SIM_FILE_ZONEINFO,
	SIM_FILE_MEMINFO,
	SIM_FILE_NODE_MEMINFO,
	SIM_FILE_LOG,
	SIM_FILE_TRUTH,
	SIM_FILE_WRITERS,
	SIM_FILE_DO,
};

/* An open file */
struct sim_file {
	enum sim_kind kind;
	char *path;              /* relative to the root */
	const char *name;        /* relative to the memory folder, where it is there */
	struct sim_block *block; /* that it belongs to, or NULL */
	unsigned int generation, node;
	uint64_t id; /* of the block whose configuration it is */
	int fd;      /* of the file behind it */
	struct sim_file *next;
	char *text;
	size_t length;
};

/* sim-add.c: likewise */
int sim_store_probe(struct sim_store *store, const char *word);
int sim_store_config(struct sim_store *store, const struct sim_file *file, const char *word);
int sim_store_memmap(struct sim_store *store, const struct sim_file *file, const char *word);
int sim_store_dax_memmap(struct sim_store *store, const struct sim_file *file, const char *word);
int sim_store_device(struct sim_store *store, const struct sim_file *file, const char *word);
int sim_store_bind(struct sim_store *store, const struct sim_file *file, const char *word);

/* sim-policy.c: likewise; and, with the mutex held, whether the policy auto-movable puts a block into ZONE_MOVABLE */
int sim_store_auto_online(struct sim_store *store, const char *word);
int sim_store_param(struct sim_store *store, enum sim_kind kind, const char *word);
void sim_print_param(const struct sim *sim, enum sim_kind kind, FILE *out);
void sim_init_params(struct sim *sim, const char *online_policy, const char *ratio, const char *numa_aware);
bool sim_is_auto_movable(const struct sim *sim, const struct sim_block *block);

void sim_identify(struct sim *sim, const char *path, struct sim_file *file);
int sim_file_read(struct sim *sim, struct sim_file *file, pid_t pid, char *buf, size_t size, off_t offset);
int sim_file_write(struct sim *sim, struct sim_file *file, pid_t pid, bool (*interrupted)(void), const char *buf, size_t size,
		   off_t offset);

/* sim-fuse.c: the mount */
extern const struct fuse_operations sim_operations;

void sim_close_file(struct sim *sim, struct sim_file *file);

#endif
