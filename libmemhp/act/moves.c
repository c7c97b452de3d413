/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/moves.h"

#include "util.h"

int memhp__moves_new(struct moves *moves, const struct memhp_step *steps, size_t num_steps)
{
	for (size_t i = 0; i < num_steps; i++)
		moves->max += steps[i].is_moved;
	moves->items = calloc(moves->max + 1, sizeof(*moves->items));
	return moves->items ? 0 : -ENOMEM;
}

struct memhp_step *memhp__moves_add(struct moves *moves, struct memhp_step *up)
{
	struct move *move = &moves->items[moves->num++];

	move->up = up;
	move->down = *up;
	move->down.action = MEMHP_TRANSITION_OFFLINE;
	move->down.zone = up->zone_before;
	move->down.leads_on = true;
	return &move->down;
}

void memhp__moves_pass_on(struct memhp_step *down, struct memhp_step *up)
{
	up->after = down->after;
	up->elapsed_ms = down->elapsed_ms;
}

bool memhp__moves_is_half_way(const struct memhp_step *down, const struct memhp_step *up)
{
	if (!memhp_step_may_be_changed(down) || memhp_step_is_done(up) || memhp_step_may_be_changed(up))
		return false;
	/* In whichever zone it is online, and where a writer is still at it, there is nothing to bring back. */
	return down->outcome == MEMHP_OUTCOME_UNVERIFIED ||
	       (up->after != MEMHP_STATE_ONLINE && up->outcome != MEMHP_OUTCOME_VANISHED &&
		up->outcome != MEMHP_OUTCOME_IN_PROGRESS);
}

static void take_over(struct memhp_step *up, struct memhp_step *down)
{
	up->outcome = down->outcome;
	up->reason = down->reason;
	up->error = down->error;
	up->after = down->after;
	up->zone = down->zone;
	up->elapsed_ms = down->elapsed_ms;
	up->is_of_way_down = true;
	if (down->note) {
		free(up->note);
		up->note = take_ptr(down->note);
	}
	if (down->left_bytes) {
		free(up->left_bytes);
		up->left_bytes = take_ptr(down->left_bytes);
	}
}

/* The block is online where it was: what was not known of it by then is known now. */
static void take_home(struct memhp_step *up, const struct memhp_step *down)
{
	up->after = down->after;
	up->zone = down->zone;
	if (up->outcome != MEMHP_OUTCOME_NOT_TRIED || up->reason != MEMHP_REASON_NONE)
		return;
	up->outcome = MEMHP_OUTCOME_FAILED;
	up->reason = MEMHP_REASON_UNREADABLE;
}

void memhp__moves_settle(struct moves *moves)
{
	for (size_t i = 0; i < moves->num; i++) {
		struct memhp_step *up = moves->items[i].up, *down = &moves->items[i].down;

		if (down->outcome == MEMHP_OUTCOME_ROLLED_BACK)
			take_home(up, down);
		else if (down->outcome == MEMHP_OUTCOME_ROLLBACK_FAILED ? up->outcome != MEMHP_OUTCOME_ROLLBACK_FAILED
									: !memhp_step_is_done(down))
			take_over(up, down);
	}
}

void memhp__moves_free(struct moves *moves)
{
	for (size_t i = 0; i < moves->num; i++) {
		free(moves->items[i].down.note);
		free(moves->items[i].down.left_bytes);
	}
	free(moves->items);
}
