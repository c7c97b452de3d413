/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what is known of a block to findings, a score and a verdict. Pure. */
#ifndef MEMHP_JUDGE_H
#define MEMHP_JUDGE_H

#include "candidate.h"
#include "evidence.h"

/* Fills in findings, verdict, score, certainty and room from the rest. */
void judge(struct memhp_candidate *candidate, const struct evidence *evidence);

#endif
