/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What brings blocks back that a request has changed. Pure. */
#ifndef MEMHP_ROLLBACK_H
#define MEMHP_ROLLBACK_H

#include "decide/step.h"

/* The changed steps, last first, with what undoes them */
struct rollback {
	struct memhp_step **changed, *steps, **pointers;
	enum memhp_transition *actions;
	size_t num;
};

/* Room for so many steps. 0 or -ENOMEM; memhp__rollback_free() in any case */
int memhp__rollback_new(struct rollback *rollback, size_t max_steps);

/* Takes those of the steps that are changed, by `action`. */
void memhp__rollback_fill(struct rollback *rollback, struct memhp_step **steps, size_t num_steps, enum memhp_transition action);

/* Tells the changed steps what their undoing came to; `stop` or `error` is why some had no turn. */
void memhp__rollback_settle(struct rollback *rollback, enum memhp_transition action, enum memhp_reason stop, int error);

void memhp__rollback_free(struct rollback *rollback);

#endif
