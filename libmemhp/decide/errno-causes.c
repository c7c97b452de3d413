/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an errno can mean for this block on this machine, where nothing says what it does mean. Pure. */
#include "decide/errno-causes.h"

#include "decide/step.h"
#include "object.h"
#include "read/facts.h"
#include "read/machine.h"
#include "spans.h"
#include "util.h"

#define BIT(reason) (UINT32_C(1) << MEMHP_REASON_##reason)

static bool covers(const struct spans *spans, const struct memhp_step *step, const struct facts *facts, uint64_t *missing)
{
	uint64_t first = step->start_addr / facts->page_size, last = step->last_addr / facts->page_size;
	uint64_t covered = memhp__spans_cover(spans, first, last);

	*missing = last - first + 1 - covered;
	return covered > 0;
}

/* EINVAL: the kernel looks for holes first, by what /proc/iomem shows, and then for several zones. */
static uint32_t range_causes(const struct memhp_step *step, const struct facts *facts)
{
	bool is_known = facts->error[MEMHP_EVIDENCE_IOMEM] == 0;
	uint32_t causes = BIT(VETO) | BIT(RACE);
	uint64_t missing;

	(void)covers(&facts->ram, step, facts, &missing);
	if (is_known && missing)
		return BIT(MEMORY_HOLE);
	if (!is_known)
		causes |= BIT(MEMORY_HOLE);
	/* A block that has one zone was not refused for having several. */
	if (step->zone == MEMHP_ZONE_UNKNOWN)
		causes |= BIT(SEVERAL_ZONES);
	return causes;
}

/* Who may have vetoed, beside drivers: parts of the kernel that only some architectures have */
static uint32_t veto_causes(const struct memhp_step *step, const struct facts *facts)
{
	uint32_t causes = 0;
	uint64_t missing;

	if (facts->arch == ARCH_ARM64 && covers(&facts->boot, step, facts, &missing))
		return BIT(BOOT_MEMORY);
	if (facts->arch == ARCH_ARM64 && facts->error[MEMHP_EVIDENCE_DEVICE_TREE] < 0 &&
	    !covers(&facts->virtual_ram, step, facts, &missing) && !covers(&facts->not_boot, step, facts, &missing))
		causes |= BIT(BOOT_MEMORY);
	if (step->start_addr < facts->crash_size)
		causes |= BIT(CRASH_KERNEL);
	return causes;
}

static uint32_t offline_causes(const struct memhp_step *step, const struct facts *facts)
{
	uint32_t huge_pages = facts->hugetlb_size ? BIT(HUGE_PAGES) : 0;

	switch (step->reason) {
	case MEMHP_REASON_BUSY:
		/* The kernel's log names most pages, but none before 5.0, and none that a balloon has taken. */
		return BIT(UNMOVABLE_PAGE) | BIT(ISOLATION) | BIT(VETO) | huge_pages;
	case MEMHP_REASON_INVALID_RANGE:
		return range_causes(step, facts);
	case MEMHP_REASON_VETO:
		return veto_causes(step, facts);
	case MEMHP_REASON_NO_MEMORY:
		return BIT(NO_MEMORY) | BIT(VETO) | huge_pages;
	default:
		return BIT(VETO);
	}
}

static uint32_t online_causes(const struct memhp_step *step)
{
	if (step->reason == MEMHP_REASON_VETO)
		return 0;
	if (step->reason == MEMHP_REASON_NO_MEMORY)
		return BIT(NO_MEMORY) | BIT(VETO);
	return step->error == -EINVAL ? BIT(VETO) | BIT(RACE) : BIT(VETO);
}

bool memhp__errno_causes_are_open(const struct memhp_step *step)
{
	if (step->error == 0 || step->outcome == MEMHP_OUTCOME_NOT_TRIED)
		return false;
	switch (step->reason) {
	case MEMHP_REASON_BUSY:
	case MEMHP_REASON_INVALID_RANGE:
	case MEMHP_REASON_VETO:
	case MEMHP_REASON_NO_MEMORY:
	case MEMHP_REASON_OTHER:
		return true;
	default:
		return false;
	}
}

uint32_t memhp__errno_causes(const struct memhp_step *step, const struct facts *facts)
{
	/* What could not be brought back failed in the other direction. */
	bool offline = (memhp_step_get_last_action(step) == MEMHP_TRANSITION_OFFLINE) !=
		       (step->outcome == MEMHP_OUTCOME_ROLLBACK_FAILED);

	return offline ? offline_causes(step, facts) : online_causes(step);
}

/* The likeliest first */
static const uint8_t order[] = {
	MEMHP_REASON_MEMORY_HOLE, MEMHP_REASON_SEVERAL_ZONES,  MEMHP_REASON_BOOT_MEMORY, MEMHP_REASON_CRASH_KERNEL,
	MEMHP_REASON_NO_MEMORY,   MEMHP_REASON_UNMOVABLE_PAGE, MEMHP_REASON_ISOLATION,   MEMHP_REASON_HUGE_PAGES,
	MEMHP_REASON_VETO,        MEMHP_REASON_RACE,
};

MEMHP_EXPORT size_t memhp_step_get_num_causes(const struct memhp_step *step)
{
	return (size_t)__builtin_popcount(step->causes);
}

MEMHP_EXPORT enum memhp_reason memhp_step_get_cause(const struct memhp_step *step, size_t index)
{
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (step->causes >> order[i] & 1 && index-- == 0)
			return order[i];
	return MEMHP_REASON_NONE;
}
