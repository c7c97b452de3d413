/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the search for the sources of blocks knows: sources that there may be, and addresses for which they account. */
#ifndef MEMHP_SOURCE_CANDIDATES_H
#define MEMHP_SOURCE_CANDIDATES_H

#include "read/parse.h"
#include "read/source.h"
#include "spans.h"

/* A source that blocks may have; it enters the snapshot with the first of them, or as a device without blocks. */
struct candidate {
	enum memhp_source_kind kind;
	char name[SOURCE_NAME_MAX];
	uint32_t source; /* in the snapshot, from 1; 0: no block has it so far */
	bool is_noted;   /* among the snapshot's possible sources */
};

/* More devices that have added memory, or could, than this are no machine's. */
#define SOURCE_MAX_CANDIDATES 4096

/* Those that are always there. PLAIN: RAM that nobody has put a name to. */
enum { UNKNOWN, PLAIN, BOOT, STANDBY };

/* Addresses for which a candidate accounts */
struct source_range {
	uint64_t start, last;
	uint32_t candidate;
};

struct source_ranges {
	struct source_range *items;
	size_t num, allocated;
};

struct finder {
	struct memhp_ctx *ctx;
	struct memhp_snapshot *snapshot;
	struct candidate *candidates;
	size_t num_candidates, allocated_candidates;
	struct source_ranges iomem;
	struct spans boot;  /* what the boot loader said was RAM; none: not known */
	bool has_addresses; /* iomem has them */
	bool has_names;     /* iomem could be read: all that it names is a candidate */
	int links_error;    /* why it is not known of some block whether it is a DIMM's */
	bool has_standby;   /* what is offline is standby memory */
	int error;          /* why not all that tells could be read; 0 also for what is kept from others than root */
	size_t num_possible;
	uint32_t rest;                      /* the candidate for what no address tells */
	uint32_t dimms[ACPI_MAX_INSTANCES]; /* candidates by the number of their ACPI device; 0: none yet */
};

/* A candidate, made when there is none of that name (PREFIX and then `length` bytes of DEVICE) */
int memhp__source_candidate(struct finder *finder, enum memhp_source_kind kind, const char *prefix, const char *device,
			    size_t length, uint32_t *number);

/* The candidate of a kind that has no device, or none that is known: its name is the kind's word */
int memhp__source_kind_candidate(struct finder *finder, enum memhp_source_kind kind, uint32_t *number);

/* The candidate of an ACPI memory device, by its number */
int memhp__source_dimm(struct finder *finder, uint16_t number, uint32_t *candidate);

/* Puts a candidate into the snapshot, where it is a source. */
int memhp__source_enter(struct finder *finder, struct candidate *candidate);

/* One that may have added what no address tells. Two of a kind leave the kind known, two kinds nothing. */
int memhp__source_add_possible(struct finder *finder, uint32_t number);

/* Only tells the snapshot of it. */
int memhp__source_note_possible(struct finder *finder, uint32_t number);

#endif
