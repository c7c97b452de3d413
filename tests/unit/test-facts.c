// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is known of the machine as a whole, as an assessment tells it */
#include "unit.h"

static struct memhp_assessment *assess(const struct machine *machine)
{
	struct memhp_snapshot *snapshot = machine_scan(machine, MEMHP_ATTR_ZONES);
	struct memhp_assessment *assessment;

	ck_assert_int_eq(memhp_assessment_new(&assessment, snapshot, NULL, 0, 0, MEMHP_NO_TIMEOUT), 0);
	memhp_snapshot_unref(snapshot);
	return assessment;
}

START_TEST(errors)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_assessment_ struct memhp_assessment *assessment = NULL;

	machine_make(&machine, "blocks 2 zones Movable\n"
			       "file proc/iomem \"00000000-00000000 : System RAM\\n\"\n");
	assessment = assess(&machine);
	ck_assert_int_eq(memhp_assessment_get_evidence_error(assessment, MEMHP_EVIDENCE_BLOCK), 0);
	ck_assert_int_eq(memhp_assessment_get_evidence_error(assessment, MEMHP_EVIDENCE_IOMEM), -EACCES);
	ck_assert_int_eq(memhp_assessment_get_evidence_error(assessment, MEMHP_EVIDENCE_MEMMAP), -ENOENT);
	ck_assert_int_eq(memhp_assessment_get_evidence_error(assessment, MEMHP_EVIDENCE_PAGE_FLAGS), -ENOENT);
	ck_assert_int_eq(memhp_assessment_get_evidence_error(assessment, MEMHP_EVIDENCE_MEMINFO), 0);
	ck_assert_int_eq(memhp_assessment_get_evidence_error(assessment, MEMHP_EVIDENCE_CMA), -ENODATA);
	ck_assert_int_eq(memhp_assessment_get_evidence_error(assessment, MEMHP_EVIDENCE_DEVICE_TREE), -ENODATA);
}
END_TEST

static const struct {
	const char *iomem;
	int error;
} iomems[] = {
	{ "file proc/iomem \"10000000-17ffffff : System RAM\\n\"\n", 0 },
	{ "file proc/iomem \"00000000-00000000 : System RAM\\n\"\n", -EACCES },
	{ "file proc/iomem \"\"\n", -EBADMSG },
	{ "file proc/iomem \"10000000-17ffffff : Reserved\\n\"\n", -EBADMSG },
	{ "file proc/iomem \"10000000-17ffffff : System RAM\\n\\x00garbage\"\n", -EBADMSG },
	{ "remove proc/iomem\n", -ENOENT },
};

START_TEST(iomem_error)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_assessment_ struct memhp_assessment *assessment = NULL;

	machine_make(&machine, "blocks 2 zones Movable\n");
	machine_change(&machine, iomems[_i].iomem);
	assessment = assess(&machine);
	ck_assert_int_eq(memhp_assessment_get_evidence_error(assessment, MEMHP_EVIDENCE_IOMEM), iomems[_i].error);
}
END_TEST

static const struct {
	const char *machine;
	int error;
} crashes[] = {
	{ "file sys/kernel/kexec_crash_size \"0\\n\"\n", -ENODATA },
	{ "file proc/sys/kernel/arch \"s390x\\n\"\nfile sys/kernel/kexec_crash_size \"0\\n\"\n", 0 },
	{ "dir sys/bus/ccw\nfile sys/kernel/kexec_crash_size \"0\\n\"\n", 0 },
	{ "dir sys/bus/ccw\nfile sys/kernel/kexec_crash_size garbage\n", -EBADMSG },
	{ "dir sys/bus/ccw\ndir sys/kernel/kexec_crash_size\n", -EISDIR },
	/* a kernel that has no crash kernel */
	{ "dir sys/bus/ccw\n", -ENODATA },
};

START_TEST(crash_kernel_error)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_assessment_ struct memhp_assessment *assessment = NULL;

	machine_make(&machine, "blocks 2 zones Movable\n");
	machine_change(&machine, crashes[_i].machine);
	assessment = assess(&machine);
	ck_assert_int_eq(memhp_assessment_get_evidence_error(assessment, MEMHP_EVIDENCE_CRASH_KERNEL), crashes[_i].error);
}
END_TEST

/* What an arm64 booted with is not known, or what it was told is: neither is "does not matter". */
static const struct {
	const char *machine;
	int error;
} trees[] = {
	{ "file proc/sys/kernel/arch \"x86_64\\n\"\n", -ENODATA },
	{ "file proc/sys/kernel/arch \"aarch64\\n\"\n", -ENOENT },
	{ "file proc/sys/kernel/arch \"aarch64\\n\"\ncmdline \"mem=1G\"\n", -EOPNOTSUPP },
	{ "file proc/sys/kernel/arch \"aarch64\\n\"\ndir proc/cmdline\n", -EOPNOTSUPP },
	{ "dir proc/sys/kernel/arch\n", -EISDIR },
};

START_TEST(device_tree_error)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_assessment_ struct memhp_assessment *assessment = NULL;

	machine_make(&machine, "blocks 2 zones Movable\n");
	machine_change(&machine, trees[_i].machine);
	assessment = assess(&machine);
	ck_assert_int_eq(memhp_assessment_get_evidence_error(assessment, MEMHP_EVIDENCE_DEVICE_TREE), trees[_i].error);
}
END_TEST

/* An area of which one file cannot be read is somewhere. */
START_TEST(half_known_cma)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_assessment_ struct memhp_assessment *assessment = NULL;

	machine_make(&machine, "blocks 2 zones Normal\n"
			       "file proc/meminfo \"MemAvailable: 1 kB\\nCmaTotal: 16384 kB\\n\"\n"
			       "file sys/kernel/debug/cma/one/base_pfn 65536\nfile sys/kernel/debug/cma/one/count 16\n"
			       "file sys/kernel/debug/cma/two/base_pfn 131072\ndir sys/kernel/debug/cma/two/count\n");
	assessment = assess(&machine);
	ck_assert_int_eq(memhp_assessment_get_evidence_error(assessment, MEMHP_EVIDENCE_CMA), -EISDIR);
}
END_TEST

/* Pages of 64K: the first is free, and the second one the kernel's */
START_TEST(page_size)
{
	_cleanup_machine_ struct machine machine;
	_cleanup_assessment_ struct memhp_assessment *assessment = NULL;
	const struct memhp_candidate *candidate;

	machine_make(&machine, "page_size 65536\nblocks 0-2 zones Normal\nkpageflags 0x1000 400 80 400*2046\n"
			       "file proc/iomem \"00000000-17ffffff : System RAM\\n\"\n");
	assessment = assess(&machine);
	ck_assert_uint_eq(memhp_assessment_get_page_size_bytes(assessment), 65536);
	for (size_t i = 0; (candidate = memhp_assessment_get_candidate(assessment, i)); i++)
		if (memhp_block_get_id(memhp_candidate_get_block(candidate)) == 2)
			ck_assert_uint_eq(memhp_candidate_get_bytes(candidate, MEMHP_PAGE_KIND_SLAB), 65536);
}
END_TEST

UNIT("facts", tests)
{
	tcase_add_test(tests, errors);
	add_table(tests, iomem_error, iomems);
	add_table(tests, crash_kernel_error, crashes);
	add_table(tests, device_tree_error, trees);
	tcase_add_test(tests, half_known_cma);
	tcase_add_test(tests, page_size);
}
