/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request of memctl configure or deconfigure, and its report */
#ifndef MEMCTL_OPERATION_CONFIGURE_H
#define MEMCTL_OPERATION_CONFIGURE_H

#include "operation/guard.h"
#include "ui/exit.h"
#include "ui/session.h"

/* One block's worth of memory, or a dax device */
struct item {
	const struct memhp_block *block; /* in the snapshot from before; NULL for a device */
	enum memhp_outcome outcome;
	int error;
	/* 0, 1, or -1 when it is not known */
	int before, after;      /* configured */
	int memmap;             /* memmap_on_memory afterwards */
	const char *why, *hint; /* static, or NULL */
};

struct configure {
	const struct options *options;
	struct session session;
	struct guard guard;
	uint64_t block_size;
	bool goal; /* configured or not */
	enum memhp_memmap memmap;
	struct memhp_snapshot *snapshot;
	struct item *items;
	size_t num_items;
	uint64_t num_short; /* so many are missing from --size or --count */
	uint64_t elapsed_ms;
	pid_t writer_pid;
	struct item dax; /* a device, where there are no items */
	enum memhp_dax_state dax_before, dax_goal, dax_after;
};

/* operation/configure-blocks.c: the request for standby memory; ends the program where there is none of its kind. */
void configure_blocks(struct configure *configure);

/* operation/configure-dax.c: the request for a device; ends the program when there is no such device, or it has no such file. */
void configure_dax(struct configure *configure);

/* operation/configure-outcome.c: notes what a write came to, with words for what went wrong. */
void configure_settle(struct item *item, int error);

/* How much of it has that outcome */
size_t configure_count(const struct configure *configure, enum memhp_outcome outcome);

/* The word for the whole, as for online and offline */
const char *configure_request_outcome(const struct configure *configure);

/* What memctl ends with */
enum exit_status configure_exit_status(const struct configure *configure);

/* operation/configure-report.c: writes the report, or with --dry-run the plan. */
void configure_report(const struct configure *configure);

/* The same in few words, for set_last_words() */
int configure_say_what_became(const void *configure, bool as_text);

#endif
