/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an errno can mean for a block on this machine. Pure. */
#ifndef MEMHP_CAUSES_H
#define MEMHP_CAUSES_H

#include "evidence.h"
#include "step.h"

/* Whether an errno is all that explains a step, and what it can mean: bit N for enum memhp_reason N */
bool causes_are_open(const struct memhp_step *step);
uint32_t causes_of(const struct memhp_step *step, enum memhp_action action, const struct evidence *evidence);

#endif
