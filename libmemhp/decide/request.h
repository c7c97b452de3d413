/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is to become of blocks, and within which time */
#ifndef MEMHP_REQUEST_H
#define MEMHP_REQUEST_H

#include "libmemhp.h"
#include "read/probe.h"
#include "read/source.h"

/* What is to become of the blocks in a range of addresses */
struct range_goal {
	uint64_t start_addr, last_addr;
	enum memhp_transition action;
};

struct memhp_request {
	unsigned int refs;
	enum memhp_transition action;
	struct memhp_selection *selection; /* NULL: every block */
	uint64_t num_blocks;               /* how many of the selected to change; 0: all of them */
	uint64_t num_online;               /* how many of them are to be online, at least or at most; UINT64_MAX: no target */
	uint64_t max_kernel_loss;          /* bytes of kernel zones that further candidates may bring offline */
	uint64_t num_retries;
	char eject[SOURCE_NAME_MAX];  /* the device to eject when all its blocks are offline; "" for none */
	char device[SOURCE_NAME_MAX]; /* the dax device that goes as a whole; "" for none */
	enum memhp_transition device_state;
	uint64_t device_size;            /* 0: it is not known */
	enum memhp_memmap device_memmap; /* MEMHP_MEMMAP_KEEP: it has no such setting */
	enum memhp_memmap memmap;
	struct range_goal *goals; /* ascending */
	size_t num_goals, allocated_goals;
	struct addition *additions;
	size_t num_additions, allocated_additions;
	uint64_t timeout_ms, block_timeout_ms, grace_ms, rollback_timeout_ms;
	uint64_t only_pending, rollback, kernel_log, kernel_debug; /* true or false */
	memhp_progress_fn progress;
	void *progress_data;
};

/* Whether it says how much of what is selected is to be online */
static inline bool request_has_target(const struct memhp_request *request)
{
	return request->num_online != UINT64_MAX;
}

/* Whether the library chooses among the selected blocks */
static inline bool request_has_goal(const struct memhp_request *request)
{
	return request->num_blocks || request_has_target(request);
}

struct memhp_request *memhp__request_ref(struct memhp_request *request);

#endif
