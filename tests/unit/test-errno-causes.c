// SPDX-License-Identifier: LGPL-2.1-or-later
#include "decide/errno-causes.h"
#include "unit.h"

#define PAGE 4096
#define HUGE (UINT64_C(2) << 20)

/* One block, of pages 0x100-0x1ff. What is known of the machine: */
struct known {
	struct span ram;  /* by /proc/iomem; {0}: it cannot be read */
	struct span boot; /* by arm64's device tree */
	struct span not_boot, virtual_ram;
	enum arch arch;
	bool no_device_tree;
	uint64_t hugetlb, crash;
};

#define WHOLE                \
	{                    \
		0x100, 0x1ff \
	}
#define NONE MEMHP_REASON_NONE

static const struct {
	enum memhp_transition action;
	int error;
	enum memhp_reason reason;
	enum memhp_zone zone;
	struct known known;
	enum memhp_reason causes[6];
	enum memhp_outcome outcome;
} cases[] = {
	/* EBUSY: what the machine has none of is left out */
	{ MEMHP_TRANSITION_OFFLINE, -EBUSY, MEMHP_REASON_BUSY, MEMHP_ZONE_NORMAL, .known = { .hugetlb = HUGE },
	  .causes = { MEMHP_REASON_UNMOVABLE_PAGE, MEMHP_REASON_ISOLATION, MEMHP_REASON_HUGE_PAGES, MEMHP_REASON_VETO } },
	{ MEMHP_TRANSITION_OFFLINE, -EBUSY, MEMHP_REASON_BUSY, MEMHP_ZONE_NORMAL, .known = { .hugetlb = 0 },
	  .causes = { MEMHP_REASON_UNMOVABLE_PAGE, MEMHP_REASON_ISOLATION, MEMHP_REASON_VETO } },
	{ MEMHP_TRANSITION_OFFLINE, -EBUSY, MEMHP_REASON_BUSY, MEMHP_ZONE_MOVABLE, .known = { .hugetlb = UINT64_MAX },
	  .causes = { MEMHP_REASON_UNMOVABLE_PAGE, MEMHP_REASON_ISOLATION, MEMHP_REASON_HUGE_PAGES, MEMHP_REASON_VETO } },
	{ MEMHP_TRANSITION_ONLINE, -EBUSY, MEMHP_REASON_BUSY, MEMHP_ZONE_NONE, .known = { .hugetlb = HUGE },
	  .causes = { MEMHP_REASON_VETO } },
	/* EINVAL: a hole is certain or out of the question where /proc/iomem can be read, several zones where the zone is known */
	{ MEMHP_TRANSITION_OFFLINE, -EINVAL, MEMHP_REASON_INVALID_RANGE, MEMHP_ZONE_NORMAL, .known = { .ram = { 0x100, 0x1fe } },
	  .causes = { MEMHP_REASON_MEMORY_HOLE } },
	{ MEMHP_TRANSITION_OFFLINE, -EINVAL, MEMHP_REASON_INVALID_RANGE, MEMHP_ZONE_NORMAL, .known = { .ram = WHOLE },
	  .causes = { MEMHP_REASON_VETO, MEMHP_REASON_RACE } },
	{ MEMHP_TRANSITION_OFFLINE, -EINVAL, MEMHP_REASON_INVALID_RANGE, MEMHP_ZONE_NORMAL, .known = { .crash = 0 },
	  .causes = { MEMHP_REASON_MEMORY_HOLE, MEMHP_REASON_VETO, MEMHP_REASON_RACE } },
	{ MEMHP_TRANSITION_OFFLINE, -EINVAL, MEMHP_REASON_INVALID_RANGE, MEMHP_ZONE_UNKNOWN, .known = { .ram = WHOLE },
	  .causes = { MEMHP_REASON_SEVERAL_ZONES, MEMHP_REASON_VETO, MEMHP_REASON_RACE } },
	{ MEMHP_TRANSITION_ONLINE, -EINVAL, MEMHP_REASON_OTHER, MEMHP_ZONE_NONE, .known = { .ram = WHOLE },
	  .causes = { MEMHP_REASON_VETO, MEMHP_REASON_RACE } },
	/* EPERM: arm64 and s390 have reasons of their own, and nobody else */
	{ MEMHP_TRANSITION_OFFLINE, -EPERM, MEMHP_REASON_VETO, MEMHP_ZONE_NORMAL, .known = { .ram = WHOLE }, .causes = { NONE } },
	{ MEMHP_TRANSITION_OFFLINE, -EPERM, MEMHP_REASON_VETO, MEMHP_ZONE_NORMAL,
	  .known = { .arch = ARCH_ARM64, .boot = { 0, 0x150 } }, .causes = { MEMHP_REASON_BOOT_MEMORY } },
	{ MEMHP_TRANSITION_OFFLINE, -EPERM, MEMHP_REASON_VETO, MEMHP_ZONE_NORMAL,
	  .known = { .arch = ARCH_ARM64, .boot = { 0, 0xff } }, .causes = { NONE } },
	{ MEMHP_TRANSITION_OFFLINE, -EPERM, MEMHP_REASON_VETO, MEMHP_ZONE_NORMAL,
	  .known = { .arch = ARCH_ARM64, .no_device_tree = true }, .causes = { MEMHP_REASON_BOOT_MEMORY } },
	{ MEMHP_TRANSITION_OFFLINE, -EPERM, MEMHP_REASON_VETO, MEMHP_ZONE_NORMAL,
	  .known = { .arch = ARCH_ARM64, .no_device_tree = true, .virtual_ram = WHOLE }, .causes = { NONE } },
	{ MEMHP_TRANSITION_OFFLINE, -EPERM, MEMHP_REASON_VETO, MEMHP_ZONE_NORMAL,
	  .known = { .arch = ARCH_ARM64, .no_device_tree = true, .not_boot = WHOLE }, .causes = { NONE } },
	{ MEMHP_TRANSITION_OFFLINE, -EPERM, MEMHP_REASON_VETO, MEMHP_ZONE_NORMAL,
	  .known = { .arch = ARCH_S390, .crash = 0x101 * PAGE }, .causes = { MEMHP_REASON_CRASH_KERNEL } },
	{ MEMHP_TRANSITION_OFFLINE, -EPERM, MEMHP_REASON_VETO, MEMHP_ZONE_NORMAL,
	  .known = { .arch = ARCH_S390, .crash = 0x100 * PAGE }, .causes = { NONE } },
	{ MEMHP_TRANSITION_ONLINE, -EPERM, MEMHP_REASON_VETO, MEMHP_ZONE_NONE, .known = { .arch = ARCH_ARM64, .boot = WHOLE },
	  .causes = { NONE } },
	/* ENOMEM, and errnos that only drivers give */
	{ MEMHP_TRANSITION_OFFLINE, -ENOMEM, MEMHP_REASON_NO_MEMORY, MEMHP_ZONE_NORMAL, .known = { .hugetlb = HUGE },
	  .causes = { MEMHP_REASON_NO_MEMORY, MEMHP_REASON_HUGE_PAGES, MEMHP_REASON_VETO } },
	{ MEMHP_TRANSITION_ONLINE, -ENOMEM, MEMHP_REASON_NO_MEMORY, MEMHP_ZONE_NONE, .known = { .hugetlb = HUGE },
	  .causes = { MEMHP_REASON_NO_MEMORY, MEMHP_REASON_VETO } },
	{ MEMHP_TRANSITION_OFFLINE, -EIO, MEMHP_REASON_OTHER, MEMHP_ZONE_NORMAL, .known = { .hugetlb = HUGE },
	  .causes = { MEMHP_REASON_VETO } },
	{ MEMHP_TRANSITION_ONLINE, -EXDEV, MEMHP_REASON_OTHER, MEMHP_ZONE_NONE, .known = { .hugetlb = HUGE },
	  .causes = { MEMHP_REASON_VETO } },
	/* what could not be brought back failed the other way round */
	{ MEMHP_TRANSITION_OFFLINE, -EBUSY, MEMHP_REASON_BUSY, MEMHP_ZONE_NORMAL, .known = { .hugetlb = HUGE },
	  .causes = { MEMHP_REASON_VETO }, .outcome = MEMHP_OUTCOME_ROLLBACK_FAILED },
	/* nothing is open */
	{ MEMHP_TRANSITION_OFFLINE, -EINTR, MEMHP_REASON_SIGNAL, MEMHP_ZONE_NORMAL, .known = { .hugetlb = HUGE },
	  .causes = { NONE } },
	{ MEMHP_TRANSITION_ONLINE, -133, MEMHP_REASON_HWPOISON, MEMHP_ZONE_NONE, .known = { .hugetlb = HUGE }, .causes = { NONE } },
	{ MEMHP_TRANSITION_ONLINE, -ENODEV, MEMHP_REASON_GONE, MEMHP_ZONE_NONE, .known = { .hugetlb = HUGE }, .causes = { NONE } },
	{ MEMHP_TRANSITION_OFFLINE, 0, MEMHP_REASON_DEADLINE, MEMHP_ZONE_NORMAL, .known = { .hugetlb = HUGE }, .causes = { NONE } },
	{ MEMHP_TRANSITION_OFFLINE, -EAGAIN, MEMHP_REASON_OTHER, MEMHP_ZONE_NORMAL, .known = { .hugetlb = HUGE },
	  .causes = { NONE }, .outcome = MEMHP_OUTCOME_NOT_TRIED },
};

static void add_span(struct spans *spans, const struct span *span)
{
	if (span->last)
		ck_assert_int_eq(memhp__spans_add(spans, *span), 0);
}

START_TEST(open_causes)
{
	const struct known *known = &cases[_i].known;
	struct memhp_step step = {
		.start_addr = 0x100 * PAGE,
		.last_addr = 0x200 * PAGE - 1,
		.error = cases[_i].error,
		.reason = cases[_i].reason,
		.zone = cases[_i].zone,
		.outcome = cases[_i].outcome,
	};
	struct facts facts = {
		.page_size = PAGE,
		.arch = known->arch,
		.hugetlb_size = known->hugetlb,
		.crash_size = known->crash,
		.pages_fd = -1,
		.error[MEMHP_EVIDENCE_IOMEM] = known->ram.last ? 0 : -EACCES,
		.error[MEMHP_EVIDENCE_DEVICE_TREE] = known->no_device_tree ? -ENOENT : 0,
	};
	size_t num = 0;

	add_span(&facts.ram, &known->ram);
	add_span(&facts.boot, &known->boot);
	add_span(&facts.not_boot, &known->not_boot);
	add_span(&facts.virtual_ram, &known->virtual_ram);
	step.action = (uint8_t)cases[_i].action;
	if (memhp__errno_causes_are_open(&step))
		step.causes = memhp__errno_causes(&step, &facts);
	while (num < ARRAY_SIZE(cases[_i].causes) && cases[_i].causes[num] != NONE) {
		ck_assert_str_eq(memhp_reason_name(memhp_step_get_cause(&step, num)), memhp_reason_name(cases[_i].causes[num]));
		num++;
	}
	ck_assert_uint_eq(memhp_step_get_num_causes(&step), num);
	ck_assert_int_eq(memhp_step_get_cause(&step, num), NONE);
	memhp__facts_release(&facts);
}
END_TEST

UNIT("causes", tests)
{
	add_table(tests, open_causes, cases);
}
