/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what is known of a block to findings, a score and a verdict. Pure. */
#ifndef MEMHP_VERDICT_H
#define MEMHP_VERDICT_H

#include "decide/candidate.h"
#include "read/facts.h"

/* Fills in findings, verdict, score, certainty and room from the rest. */
void memhp__verdict_judge(struct memhp_candidate *candidate, const struct facts *facts);

#endif
