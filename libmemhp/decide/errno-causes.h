/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an errno can mean for a block on this machine. Pure. */
#ifndef MEMHP_ERRNO_CAUSES_H
#define MEMHP_ERRNO_CAUSES_H

#include "decide/step.h"
#include "read/facts.h"

/* Whether an errno is all that explains a step, and what it can mean: bit N for enum memhp_reason N */
bool memhp__errno_causes_are_open(const struct memhp_step *step);
uint32_t memhp__errno_causes(const struct memhp_step *step, const struct facts *facts);

#endif
