/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What brings blocks back that a request has changed. Pure. */
#ifndef MEMHP_ROLLBACK_H
#define MEMHP_ROLLBACK_H

#include "decide/step.h"

/* The changed steps, last first, with what undoes them */
struct rollback {
	struct memhp_step **changed, *steps, **pointers;
	size_t num;
};

/* Room for so many steps. 0 or -ENOMEM; memhp__rollback_free() in any case */
int memhp__rollback_new(struct rollback *rollback, size_t max_steps);

/* The transition that brings a step back to where it was before its own */
enum memhp_transition memhp__rollback_action(const struct memhp_step *step);

/* Takes those of the steps that are changed. */
void memhp__rollback_fill(struct rollback *rollback, struct memhp_step **steps, size_t num_steps);

/* Takes instead the steps down of blocks that did not come online after them. */
void memhp__rollback_fill_half_way(struct rollback *rollback, struct memhp_step **steps, size_t num_steps);

/* Tells the changed steps what their undoing came to; `stop` or `error` is why some had no turn. */
void memhp__rollback_settle(struct rollback *rollback, enum memhp_reason stop, int error);

void memhp__rollback_free(struct rollback *rollback);

#endif
