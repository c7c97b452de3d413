/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the machine says as a whole, for the assessment of blocks */
#ifndef MEMHP_FACTS_H
#define MEMHP_FACTS_H

#include "nums.h"
#include "libmemhp.h"
#include "read/machine.h"
#include "spans.h"

/* What the machine says as a whole. Runs are of page frames. */
struct facts {
	int error[NUM_EVIDENCES]; /* as memhp_assessment_get_evidence_error() */
	uint64_t page_size;
	enum arch arch;
	struct spans ram;         /* where memory is, as far as ram_evidence says */
	struct spans virtual_ram; /* what virtio-mem and dax devices have of it */
	enum memhp_evidence ram_evidence;
	uint64_t available, swap_free; /* bytes; available UINT64_MAX: not known */
	uint64_t cma_size;             /* bytes of all areas; UINT64_MAX: not known */
	uint64_t hugetlb_size;         /* bytes of all huge pages; UINT64_MAX: not known */
	struct memhp_huge_pools *huge_pools;
	struct spans cma;
	struct spans boot, not_boot; /* arm64: what the machine booted with, and certainly without */
	uint64_t crash_size;
	bool no_hotremove; /* this kernel takes no block offline */
	bool memmap_on_memory, memmap_rounded;
	int pages_fd; /* negative: not readable */
};

int memhp__facts_read(struct facts *facts, struct memhp_ctx *ctx);
void memhp__facts_release(struct facts *facts);

#endif
