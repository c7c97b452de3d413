/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of memctl status share. */
#ifndef MEMCTL_STATUS_H
#define MEMCTL_STATUS_H

#include "opts.h"
#include "totals.h"

struct finding {
	const char *code;
	bool warning; /* else a note */
	char *text;
};

struct status {
	const struct options *options;
	struct memhp_snapshot *snapshot;
	struct memhp_policy *policy;
	struct memhp_balance *balance; /* NULL: not known */
	struct totals totals;
	uint64_t block_size;
	bool bytes, probe;
	struct finding findings[8];
	size_t num_findings;
};

/* Movable to kernel memory, which must not be 0 */
double status_ratio(const struct memhp_balance *balance);

/* Zones in the order in which they are shown: the kernel's, then the blocks of several zones and of unknown ones */
enum memhp_zone status_zone(size_t i);

struct totals status_node_totals(const struct memhp_node *node);

void status_print(const struct status *status);
void status_write(const struct status *status);

#endif
