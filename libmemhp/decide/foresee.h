/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be said of a step before anything is tried */
#ifndef MEMHP_FORESEE_H
#define MEMHP_FORESEE_H

#include "decide/request.h"
#include "decide/step.h"

/* The step of a block of which its state is asked, or whether it is configured */
struct memhp_step memhp__foresee_block(const struct memhp_block *block, const struct memhp_request *request,
				       enum memhp_transition action);

/* The step of the device that the request is for, as a whole */
struct memhp_step memhp__foresee_device(const struct memhp_snapshot *snapshot, const struct memhp_request *request);

/* The step of a block that is to be added */
struct memhp_step memhp__foresee_addition(const struct addition *addition);

#endif
