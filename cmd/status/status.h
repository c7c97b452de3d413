/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of memctl status share. */
#ifndef MEMCTL_STATUS_H
#define MEMCTL_STATUS_H

#include "ui/opts.h"
#include "ui/totals.h"

/* Past this much movable memory for one part of kernel memory the kernel may run out of its own. */
#define STATUS_MAX_RATIO 3

/* The keys behind it are not about new memory. */
#define STATUS_LAST_KEY MEMHP_POLICY_MEMMAP_ON_MEMORY

enum finding {
	FINDING_OFFLINE_DESPITE_POLICY,
	FINDING_GOING_OFFLINE,
	FINDING_UNREADABLE,
	FINDING_UNREAD,
	FINDING_NO_BLOCKS,
	FINDING_IMPOSSIBLE_NAMES,
	FINDING_IMBALANCE,
	FINDING_NO_HOTREMOVE,
	NUM_FINDINGS,
};

/* The blocks of a node, of none, or of the machine: all, and the online ones by zone */
struct share {
	struct totals totals;
	size_t zones[MEMHP_NUM_ZONES];
};

struct status {
	const struct options *options;
	struct memhp_snapshot *snapshot;
	struct memhp_policy *policy;
	struct memhp_balance *balance; /* NULL: not known */
	int probe;                     /* 1, 0, or why it is not known */
	char *unread;                  /* what else could not be read, "node 1 (EIO), ..."; NULL: nothing */
	struct totals totals;
	struct share nodeless; /* blocks without a node, where the machine has nodes */
	uint64_t block_size;
	bool bytes, no_hotremove;
	enum finding findings[NUM_FINDINGS];
	size_t num_findings;
};

/* status/facts.c: collects what there is, and judges what looks wrong. */
void status_look(struct status *status, struct memhp_ctx *ctx);
void status_release(struct status *status);

/* Whether the kernel onlines new memory, as far as that is known */
bool status_is_auto_online(const struct status *status);

/* Whether something could not be read or understood */
bool status_is_partial(const struct status *status);

/* Movable to kernel memory, which must not be 0 */
double status_ratio(const struct memhp_balance *balance);

/* Zones in the order in which they are shown: the kernel's, then the blocks of several zones and of unknown ones */
enum memhp_zone status_zone(size_t i);

struct share status_share_of_node(const struct memhp_node *node);
struct share status_share_of_all(const struct status *status);

/* status/findings.c: a finding's name for programs, whether it is a warning or only a note, and its sentence, from malloc() */
const char *status_finding_name(enum finding finding);
bool status_finding_is_warning(enum finding finding);
char *status_finding_text(const struct status *status, enum finding finding);

void status_print(const struct status *status);
void status_write(const struct status *status);

#endif
