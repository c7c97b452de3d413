/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request of memctl configure or deconfigure, and its report */
#ifndef MEMCTL_CONFIGURE_H
#define MEMCTL_CONFIGURE_H

#include "change.h"

/* One block's worth of memory */
struct item {
	const struct memhp_block *block; /* in the snapshot from before */
	enum memhp_outcome outcome;
	int error;
	bool is_known;             /* the firmware says of it what can be understood */
	bool is_configured, after; /* before and afterwards */
	int memmap;                /* memmap_on_memory afterwards: 0, 1, or -1 when it is not known */
	const char *why, *hint;    /* static, or NULL */
};

struct configure {
	struct change change; /* what it has of a change: options, context, lock, signals */
	bool goal;            /* configured or not */
	enum memhp_memmap memmap;
	struct memhp_snapshot *snapshot;
	struct item *items;
	size_t num_items;
	uint64_t num_short; /* so many are missing from --size or --count */
	uint64_t elapsed_ms;
	pid_t writer_pid;
	/* For a dax device, which has no items */
	enum memhp_dax_state dax_before, dax_goal, dax_after;
	enum memhp_outcome dax_outcome;
	int dax_error;
};

/* What memctl ends with */
enum exit_status configure_exit_status(const struct configure *configure);

/* configure-report.c: writes the report, or with --dry-run the plan. */
void configure_report(const struct configure *configure);

#endif
