/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a step came to. Pure. */
#ifndef MEMHP_OUTCOME_H
#define MEMHP_OUTCOME_H

#include "decide/step.h"

bool memhp__outcome_zone_fits(enum memhp_transition action, enum memhp_zone zone);
void memhp__outcome_judge(struct memhp_step *step, enum memhp_transition action);
void memhp__outcome_unasked(struct memhp_step *step);
void memhp__outcome_stopped(struct memhp_step *step, enum memhp_transition action, enum memhp_reason why);
void memhp__outcome_not_rebound(struct memhp_step *step, enum memhp_reason why, bool is_lost);
void memhp__outcome_take_look(struct memhp_step *step, enum memhp_transition action, const struct look *look);
void memhp__outcome_look_again(struct memhp_step *step, enum memhp_transition action, const struct look *look);
void memhp__outcome_take_note(struct memhp_step *step, struct kernel_note *note);
enum memhp_completion memhp__outcome_complete(const struct memhp_step *steps, size_t num_steps, uint64_t num_missing,
					      bool has_goal);
enum memhp_completion memhp__outcome_doubt(const struct memhp_step *steps, size_t num_steps, enum memhp_completion completion);

#endif
