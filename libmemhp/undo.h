/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What brings blocks back that a request has changed. Pure. */
#ifndef MEMHP_UNDO_H
#define MEMHP_UNDO_H

#include "step.h"

/* The changed steps, last first, with what undoes them */
struct undo {
	struct memhp_step **changed, *steps, **pointers;
	enum memhp_action *actions;
	size_t num;
};

/* For those of the steps that are changed, by `action`. 0 or -ENOMEM; undo_free() in any case */
int undo_new(struct undo *undo, struct memhp_step **steps, size_t num_steps, enum memhp_action action);

/* Tells the changed steps what their undoing came to; `stop` is why some had no turn. */
void undo_settle(struct undo *undo, enum memhp_action action, enum memhp_reason stop);

void undo_free(struct undo *undo);

#endif
