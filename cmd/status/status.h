/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of memctl status share. */
#ifndef MEMCTL_STATUS_H
#define MEMCTL_STATUS_H

#include "ui/nums.h"
#include "ui/opts.h"
#include "ui/totals.h"

/* The keys behind it are not about new memory. */
#define STATUS_LAST_KEY MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY

/* The blocks of a node, of none, or of the machine: all, and the online ones by zone */
struct share {
	struct totals totals;
	size_t zones[NUM_ZONES];
};

struct status {
	const struct options *options;
	struct memhp_snapshot *snapshot;
	struct memhp_status_findings *findings;
	const struct memhp_policy *policy;   /* the findings' */
	const struct memhp_balance *balance; /* likewise; NULL: not known */
	int probe;                           /* 1, 0, or why it is not known */
	struct totals totals;
	struct share nodeless; /* blocks without a node, where the machine has nodes */
	struct share several;  /* blocks of several nodes */
	struct share lost;     /* blocks of which the node cannot be read */
	uint64_t block_size;
	bool bytes, no_hotremove, has_odd_notes;
	int exit_status;
};

/* status/facts.c: collects what there is. */
void status_look(struct status *status, struct memhp_ctx *ctx);
void status_release(struct status *status);

/* status/cut-off.c: adds to the findings that the last request was cut off, where it was. */
void status_look_for_cut_off(struct status *status, struct memhp_ctx *ctx);

/* Movable to kernel memory, which must not be 0 */
double status_ratio(const struct memhp_balance *balance);

/* Zones in the order in which they are shown: the kernel's, then the blocks of several zones and of unknown ones */
enum memhp_zone status_zone(size_t i);

struct share status_share_of_node(const struct memhp_node *node);

/* The same without blocks of several nodes, so that nothing counts twice */
struct share status_share_of_node_alone(const struct status *status, const struct memhp_node *node);
struct share status_share_of_all(const struct status *status);

/* status/findings.c: what looks wrong; NULL when there is no such finding */
const struct memhp_status_finding *status_find(const struct status *status, enum memhp_status_code code);
bool status_has_warnings(const struct status *status);

bool status_is_of_node(const struct memhp_block *block, uint64_t id);

/* Whether something could not be read or understood */
bool status_is_partial(const struct status *status);

/* A finding in words, and the command that helps, NULL when none does; from malloc() */
char *status_finding_text(const struct status *status, const struct memhp_status_finding *finding);
char *status_finding_command(const struct status *status, const struct memhp_status_finding *finding);

/* Where the texts behind the first words of a line begin */
#define STATUS_INDENT 14

/* status/bar.c: how much is the kernel's, movable and offline, to scale */
void status_print_bar(const struct status *status);

void status_print(const struct status *status);
void status_write(const struct status *status);

#endif
