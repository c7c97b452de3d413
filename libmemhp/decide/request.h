/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is to become of blocks, and within which time */
#ifndef MEMHP_REQUEST_H
#define MEMHP_REQUEST_H

#include "libmemhp.h"
#include "read/source.h"

struct memhp_request {
	unsigned int refs;
	enum memhp_transition action;
	struct memhp_selection *selection; /* NULL: every block */
	bool only_pending;
	uint64_t num_blocks;      /* how many of the selected to change; 0: all of them */
	uint64_t max_kernel_loss; /* bytes of kernel zones that further candidates may bring offline */
	unsigned int num_retries;
	bool rollback;
	char eject[SOURCE_NAME_MAX]; /* the device to eject when all its blocks are offline; "" for none */
	uint64_t timeout_ms, block_timeout_ms, grace_ms, rollback_timeout_ms;
	int cancel_fd;
	bool kernel_log, kernel_debug;
	memhp_progress_fn progress;
	void *progress_data;
};

struct memhp_request *memhp__request_ref(struct memhp_request *request);

#endif
