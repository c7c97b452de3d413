/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the library's files share. */
#ifndef MEMHP_PRIVATE_H
#define MEMHP_PRIVATE_H

#include <syslog.h>

#include "libmemhp.h"
#include "spans.h"
#include "sysfs.h"
#include "util.h"

#define MEMHP_EXPORT __attribute__((visibility("default")))

/* memhp_NAME_ref() and memhp_NAME_unref() of an object that counts its references in `refs` and is released by NAME_free() */
#define DEFINE_REF_UNREF(name)                                                            \
	MEMHP_EXPORT struct memhp_##name *memhp_##name##_ref(struct memhp_##name *object) \
	{                                                                                 \
		object->refs++;                                                           \
		return object;                                                            \
	}                                                                                 \
	MEMHP_EXPORT void memhp_##name##_unref(struct memhp_##name *object)               \
	{                                                                                 \
		if (object && --object->refs == 0)                                        \
			name##_free(object);                                              \
	}

struct memhp_ctx {
	unsigned int refs;
	char *sysroot; /* NULL: the running machine */
	char *sysfs;   /* where sysfs is mounted on the running machine */
	memhp_log_fn log;
	void *log_userdata;
	int log_level;
	const struct sysfs_ops *ops;
	pid_t *stuck; /* writers that SIGKILL had not ended when their request had to return */
	size_t num_stuck;
};

__attribute__((format(printf, 3, 4))) void ctx_log(const struct memhp_ctx *ctx, int level, const char *format, ...);

/* Evaluates nothing when nobody listens at that level. */
#define log_at(ctx, priority, ...)                                \
	do {                                                      \
		if ((ctx)->log && (priority) <= (ctx)->log_level) \
			ctx_log(ctx, priority, __VA_ARGS__);      \
	} while (0)
#define log_warning(ctx, ...) log_at(ctx, LOG_WARNING, __VA_ARGS__)
#define log_debug(ctx, ...)   log_at(ctx, LOG_DEBUG, __VA_ARGS__)

/* Reaps a process without waiting for it; false when it is still there. */
bool ctx_reap(pid_t pid);

/* A writer that SIGKILL has not ended is the context's, which reaps it, without waiting, when it can. */
void ctx_keep_stuck(struct memhp_ctx *ctx, pid_t pid);
void ctx_reap_stuck(struct memhp_ctx *ctx);

/* The architecture as `uname -m` has it, such as "x86_64"; false when it is not known. */
bool ctx_read_machine(struct memhp_ctx *ctx, char text[SYSFS_ATTR_MAX]);

/* No kernel names more zones for a block: one kernel zone and Movable. */
#define MAX_VALID_ZONES 4

struct memhp_block {
	const struct memhp_snapshot *snapshot;
	uint64_t id;
	char *state_word;    /* a state that the library does not know, as the kernel wrote it; otherwise NULL */
	uint32_t first_node; /* index into the snapshot's block_nodes */
	uint16_t num_nodes;
	uint8_t state;
	uint8_t num_zones;
	uint8_t zones[MAX_VALID_ZONES];
	uint8_t error[MEMHP_NUM_ATTRS]; /* positive errno of each attribute, see memhp_block_get_error() */
	bool removable : 1;
	bool configured : 1;
	bool memmap_on_memory : 1;
	bool is_standby : 1; /* in the snapshot's `standby` */
	bool is_gone : 1;    /* during the scan only */
	uint16_t dimm;       /* during the scan only: the number of its ACPI device and 1, 0 for none */
	uint16_t source;     /* place in the snapshot's sources and 1, 0 when it is not known */
	int phys_device;
};

struct memhp_node {
	unsigned int id;
	size_t num_state[MEMHP_NUM_STATES];
	size_t num_zone[MEMHP_NUM_ZONES];
};

/* The longest is "virtio-mem:virtio4294967295". */
#define SOURCE_NAME_MAX 32

struct memhp_source {
	enum memhp_source_kind kind;
	char name[SOURCE_NAME_MAX];
	size_t num_state[MEMHP_NUM_STATES];
};

struct memhp_snapshot {
	unsigned int refs;
	unsigned int attrs;
	uint64_t block_size;
	struct memhp_block *blocks;
	size_t num_blocks, allocated_blocks;
	struct memhp_block *standby; /* known to the firmware alone: no memory block so far */
	size_t num_standby, allocated_standby;
	size_t num_skipped;
	size_t num_state[MEMHP_NUM_STATES];
	size_t num_zone[MEMHP_NUM_ZONES];
	struct memhp_node *nodes;
	size_t num_nodes, allocated_nodes;
	struct memhp_source *sources;
	size_t num_sources, allocated_sources;
	unsigned int *block_nodes; /* node ids of all blocks, one run a block */
};

/* Index of the first block whose id is at least `id`; num_blocks when there is none. The second: of the snapshot's blocks. */
size_t blocks_lower_bound(const struct memhp_block *blocks, size_t num_blocks, uint64_t id);
size_t snapshot_lower_bound(const struct memhp_snapshot *snapshot, uint64_t id);

/* A name in a selection: a range of addresses (gaps allowed) or of blocks (each expected to be there) or one address. */
struct selected_name {
	enum { NAME_RANGE, NAME_BLOCKS, NAME_ADDRESS } kind;
	uint64_t first, last; /* inclusive; block ids for NAME_BLOCKS, else addresses */
};

struct memhp_selection {
	unsigned int refs;
	struct selected_name *names; /* as they were given */
	size_t num_names, allocated_names;
	struct spans ids, addrs; /* the same, to be searched quickly */
	unsigned int *nodes;
	size_t num_nodes, allocated_nodes;
	char **sources;
	size_t num_sources, allocated_sources;
	unsigned int zones;  /* bit N: enum memhp_zone N */
	unsigned int states; /* bit N: enum memhp_state N */
};

/* First and last block id that a name means. */
void selected_name_get_ids(const struct selected_name *name, uint64_t block_size, uint64_t *first, uint64_t *last);

struct memhp_request {
	unsigned int refs;
	enum memhp_action action;
	struct memhp_selection *selection; /* NULL: every block */
	bool only_pending;
	uint64_t num_blocks; /* how many of the selected to change; 0: all of them */
	unsigned int num_retries;
	bool rollback;
	char eject[SOURCE_NAME_MAX]; /* the device to eject when all its blocks are offline; "" for none */
	uint64_t timeout_ms, block_timeout_ms, grace_ms, rollback_timeout_ms;
	int cancel_fd;
	bool kernel_log, kernel_debug;
	memhp_progress_fn progress;
	void *progress_data;
};

#define PAGE_OWNER_MAX 32

struct memhp_page {
	uint64_t pfn; /* UINT64_MAX: not known */
	enum memhp_page_use kind;
	char owner[PAGE_OWNER_MAX]; /* "" : not known */
	pid_t owner_pid;
};

/* What the kernel's log has about a block */
struct kernel_note {
	enum memhp_reason reason; /* MEMHP_REASON_NONE: the text does not say */
	bool has_page;
	struct memhp_page page;
	char text[];
};

struct memhp_step {
	uint64_t block_id;
	uint64_t start_addr, last_addr;
	uint64_t elapsed_ms;
	int error;
	uint8_t before, after, zone, outcome, reason;
	uint8_t rank;             /* score of an assessment and 1; 0: not assessed */
	bool written;             /* and the kernel said that it was done */
	uint32_t causes;          /* bit N: enum memhp_reason N may be the cause */
	struct kernel_note *note; /* the result's; NULL: the kernel said nothing */
};

struct memhp_plan {
	unsigned int refs;
	struct memhp_request *request;
	struct memhp_step *steps;
	size_t num_steps, allocated_steps;
	uint64_t num_short; /* so many candidates are missing from the goal */
};

struct memhp_progress {
	const struct memhp_step *current;
	size_t num_goal, num_done;
	uint64_t elapsed_ms, current_elapsed_ms;
	bool is_rolling_back, is_ejecting;
};

struct memhp_result {
	unsigned int refs;
	struct memhp_step *steps;
	size_t num_steps;
	enum memhp_completion completion;
	bool is_rolled_back, is_ejected;
	int eject_error;
	uint64_t elapsed_ms;
	pid_t writer_pid;
	int kernel_log_error, kernel_debug_error;
};

static inline enum memhp_state action_goal(enum memhp_action action)
{
	return action == MEMHP_ACTION_OFFLINE ? MEMHP_STATE_OFFLINE : MEMHP_STATE_ONLINE;
}

/* The result of a plan before anything was done */
int result_new(struct memhp_result **result, const struct memhp_plan *plan);

/* Where an errno is all that explains a step: what else is known of the machine leaves these causes open. */
void result_find_causes(struct memhp_result *result, struct memhp_ctx *ctx, const struct memhp_request *request);

/* outcome.c: pure */
bool outcome_zone_fits(enum memhp_action action, enum memhp_zone zone);
void outcome_judge(struct memhp_step *step, enum memhp_action action);
void outcome_stopped(struct memhp_step *step, enum memhp_action action, enum memhp_reason why);
void outcome_take_note(struct memhp_step *step, struct kernel_note *note);
enum memhp_completion outcome_complete(const struct memhp_step *steps, size_t num_steps, uint64_t num_missing, bool has_goal);

#endif
