/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Blocks that go to another zone: each has a step down before its own, and the result has one for both. Pure. */
#ifndef MEMHP_MOVES_H
#define MEMHP_MOVES_H

#include "decide/step.h"

struct moves {
	struct move {
		struct memhp_step down, *up; /* the result's */
	} * items;
	size_t num, max;
};

/* Room for those of the steps that may be moved. 0 or -ENOMEM; memhp__moves_free() in any case */
int memhp__moves_new(struct moves *moves, const struct memhp_step *steps, size_t num_steps);

/* The step down before that one */
struct memhp_step *memhp__moves_add(struct moves *moves, struct memhp_step *up);

/* A step down is done: its block is offline, and the next step has its turn. */
void memhp__moves_pass_on(struct memhp_step *down, struct memhp_step *up);

/* Whether a block is, or may be, left offline between its two steps */
bool memhp__moves_is_half_way(const struct memhp_step *down, const struct memhp_step *up);

/* What became of the steps down, once it is over or they were brought back, is told of the blocks. */
void memhp__moves_settle(struct moves *moves);

void memhp__moves_free(struct moves *moves);

#endif
