/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is certain of a planned block before it is tried: that its range has a hole, say. The same evidence makes explain's verdict;
 * pages are not looked at, for that takes time and proves less.
 */
#include "decide/candidate.h"
#include "decide/plan.h"
#include "decide/request.h"
#include "decide/step.h"
#include "decide/verdict.h"
#include "object.h"
#include "read/facts.h"
#include "util.h"

static enum memhp_reason reason_of(enum memhp_finding finding)
{
	switch (finding) {
	case MEMHP_FINDING_HOLE:
		return MEMHP_REASON_MEMORY_HOLE;
	case MEMHP_FINDING_SEVERAL_ZONES:
		return MEMHP_REASON_SEVERAL_ZONES;
	case MEMHP_FINDING_BOOT_MEMORY:
		return MEMHP_REASON_BOOT_MEMORY;
	default:
		return MEMHP_REASON_NONE;
	}
}

static void foresee(struct memhp_step *step, const struct facts *facts)
{
	struct memhp_candidate candidate = {
		.page_size = facts->page_size,
		.first_page = step->start_addr / facts->page_size,
		.num_pages = (step->last_addr - step->start_addr) / facts->page_size + 1,
		.state = step->before,
		.zone = step->zone,
	};
	enum memhp_reason reason;

	memhp__verdict_judge(&candidate, facts);
	reason = candidate.verdict == MEMHP_VERDICT_WILL_NOT ? reason_of(candidate.found[0].finding) : MEMHP_REASON_NONE;
	if (reason == MEMHP_REASON_NONE)
		return;
	step->outcome = MEMHP_OUTCOME_IMPOSSIBLE;
	step->reason = reason;
}

MEMHP_EXPORT int memhp_plan_foresee(struct memhp_plan *plan, struct memhp_ctx *ctx)
{
	struct facts facts;
	int rc;

	if (plan->request->action != MEMHP_ACTION_OFFLINE || plan->request->num_blocks)
		return -EINVAL;
	rc = memhp__facts_read(&facts, ctx);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < plan->num_steps; i++)
		if (plan->steps[i].outcome == MEMHP_OUTCOME_PLANNED)
			foresee(&plan->steps[i], &facts);
	memhp__facts_release(&facts);
	return 0;
}
