/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How an assessment comes about: evidence.c reads what the machine says as a whole, pageflags.c counts what the pages of a block
 * are used for, judge.c makes findings and a verdict of it all, assess.c puts the blocks in order. pageflags.c and judge.c are
 * pure.
 */
#ifndef MEMHP_ASSESS_H
#define MEMHP_ASSESS_H

#include "private.h"

#define MAX_FINDINGS 12
#define MAX_SLICES   4096

/* Bits of /proc/kpageflags, which are part of the kernel's interface; those from 32 on are meant for its developers. */
enum {
	KPF_LRU = 5,
	KPF_SLAB = 7,
	KPF_BUDDY = 10,
	KPF_ANON = 12,
	KPF_COMPOUND_HEAD = 15,
	KPF_HUGE = 17,
	KPF_HWPOISON = 19,
	KPF_NOPAGE = 20,
	KPF_THP = 22,
	KPF_OFFLINE = 23,
	KPF_PGTABLE = 26,
	KPF_RESERVED = 32,
	KPF_OWNER_PRIVATE = 37,
};
#define KPF(bit) (UINT64_C(1) << KPF_##bit)

struct page_usage {
	uint32_t pages[MEMHP_NUM_PAGE_KINDS];
	uint32_t gigantic; /* so many of the huge ones */
};

/* The pages of one block, on their way into a usage */
struct page_scan {
	struct page_usage *usage;
	uint8_t *slices; /* heaviest kind of each; none when there are no slices */
	size_t num_slices;
	uint64_t num_pages, page_size;

	/* The rest is the scan's own. */
	uint64_t at;
	uint64_t huge;        /* pages of the huge page under way */
	bool huge_is_cut;     /* which began before the block */
	uint64_t lead, first; /* how many pages at the beginning are like the first one, and the flags of that */
};

void page_scan_add(struct page_scan *scan, const uint64_t *flags, size_t num);

/*
 * `memmap` says whether the blocks of this machine may hold their own memory map at their beginning, which is marked as reserved
 * but goes with the block; `rounded` whether it may be longer than it has to be.
 */
void page_scan_end(struct page_scan *scan, bool memmap, bool rounded);

enum arch { ARCH_OTHER, ARCH_ARM64, ARCH_S390 };

/* What the machine says as a whole. Runs are of page frames. */
struct evidence {
	int error[MEMHP_NUM_EVIDENCES]; /* as memhp_assessment_get_evidence_error() */
	uint64_t page_size;
	enum arch arch;
	struct spans ram;         /* where memory is, as far as ram_evidence says */
	struct spans virtual_ram; /* what virtio-mem and dax devices have of it */
	enum memhp_evidence ram_evidence;
	uint64_t available, swap_free; /* bytes; available UINT64_MAX: not known */
	uint64_t cma_size;             /* bytes of all areas; UINT64_MAX: not known */
	uint64_t hugetlb_size;         /* bytes of all huge pages; UINT64_MAX: not known */
	struct spans cma;
	struct spans boot; /* arm64: what the machine booted with */
	uint64_t crash_size;
	bool memmap_on_memory, memmap_rounded;
	int pages_fd; /* negative: not readable */
};

int evidence_read(struct evidence *evidence, struct memhp_ctx *ctx);
void evidence_release(struct evidence *evidence);

/* causes.c: whether an errno is all that explains a step, and what it can mean: bit N for enum memhp_reason N */
bool causes_are_open(const struct memhp_step *step);
uint32_t causes_of(const struct memhp_step *step, enum memhp_action action, const struct evidence *evidence);

struct found {
	uint64_t bytes;
	uint8_t finding, weight, evidence;
};

struct memhp_candidate {
	uint64_t block_id, first_page, num_pages, page_size;
	uint8_t state, zone, source, verdict, certainty, score, num_found;
	bool has_zone, has_usage;
	uint64_t room;
	struct page_usage usage;
	const uint8_t *slices;
	struct found found[MAX_FINDINGS];
};

/* Fills in findings, verdict, score, certainty and room from the rest. */
void judge(struct memhp_candidate *candidate, const struct evidence *evidence);

#endif
