/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One thing that looks wrong with the memory of a machine, and its figures */
#ifndef MEMHP_STATUS_FINDING_H
#define MEMHP_STATUS_FINDING_H

#include <stdbool.h>

#include "libmemhp.h"

#define NUM_FIGURES (MEMHP_STATUS_FIGURE_TIME + 1)

struct memhp_status_finding {
	enum memhp_status_code code;
	enum memhp_status_level level;
	uint64_t figures[NUM_FIGURES];
	bool has_figure[NUM_FIGURES];
	size_t order;     /* in which it was found */
	const char *name; /* static, the snapshot's or the facts' */
	int error;
};

#define FIGURE(which, value) .figures[MEMHP_STATUS_FIGURE_##which] = (value), .has_figure[MEMHP_STATUS_FIGURE_##which] = true

static inline void status_finding_set(struct memhp_status_finding *finding, enum memhp_status_figure figure, uint64_t value)
{
	finding->figures[figure] = value;
	finding->has_figure[figure] = true;
}

#endif
