/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far a request is */
#ifndef MEMHP_PROGRESS_H
#define MEMHP_PROGRESS_H

#include "libmemhp.h"

struct memhp_progress {
	const struct memhp_step *current, *ended; /* under way; through since the last call: NULL for none */
	size_t num_goal, num_done;
	uint64_t elapsed_ms, current_elapsed_ms;
	bool is_rolling_back, is_ejecting;
};

#endif
