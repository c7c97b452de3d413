// SPDX-License-Identifier: GPL-2.0-or-later
/* One of the files of a machine that are read whole: the first byte of an input chooses it (see files), the others are in it. */
#include "ctx.h"
#include "fuzz.h"
#include "libmemhp.h"
#include "read/whole-files.h"

static const char *const files[] = {
	"proc/iomem",  "proc/zoneinfo", "proc/meminfo",   "proc/cmdline",    "proc/sys/kernel/arch",
	"proc/1/maps", "proc/1/status", "proc/1/pagemap", "proc/kpageflags", "sys/kernel/boot_params/data",
};

/* The blocks are small, for all of their pages are looked at. */
static const char lines[] = "block_size 0x100000\nnode 0\nblocks 0-7 node 0 zones Normal\nblocks 8 state offline\nboot_map 0-3\n"
			    "kpageflags 0 400*100\nfile proc/iomem \"00000000-0fffffff : System RAM\\n\"\n"
			    "file proc/cmdline \"quiet\\n\"\nfile proc/sys/kernel/arch \"x86_64\\n\"\n"
			    "file proc/1/maps \"10000-20000 rw-p 0 0 0 0\\n\"\nfile proc/1/status \"Name:\\tinit\\n\"\n"
			    "file proc/1/pagemap \"\"\n";

static void check_sources(const struct memhp_snapshot *snapshot)
{
	const struct memhp_source *source;

	for (size_t i = 0; (source = memhp_snapshot_get_source(snapshot, i)); i++) {
		const char *name = memhp_source_get_name(source);

		fuzz_check(*name && fuzz_is_printable(name, false));
		fuzz_check(memhp_source_kind_name(memhp_source_get_kind(source)));
	}
}

/* What memctl explain says of each block */
static void check_assessment(struct memhp_snapshot *snapshot)
{
	uint64_t block_size = memhp_snapshot_get_block_size_bytes(snapshot);
	struct memhp_assessment *assessment;
	size_t num;

	fuzz_check(memhp_assessment_new(&assessment, snapshot, NULL, 0, 16, MEMHP_NO_TIMEOUT) == 0);
	num = memhp_assessment_get_num_candidates(assessment);
	for (size_t i = 0; i < num; i++) {
		const struct memhp_candidate *candidate = memhp_assessment_get_candidate(assessment, i);

		uint64_t move = memhp_candidate_get_figure(candidate, MEMHP_CANDIDATE_FIGURE_MOVE);

		fuzz_check(memhp_verdict_name(memhp_candidate_get_verdict(candidate)) && memhp_candidate_get_finding(candidate, 0));
		if (move != UINT64_MAX)
			fuzz_check(move + memhp_candidate_get_figure(candidate, MEMHP_CANDIDATE_FIGURE_FIXED) <= block_size);
	}
	memhp_assessment_free(assessment);
}

static void check_mappers(struct memhp_ctx *ctx)
{
	static const uint64_t starts[] = { 0, 0x200000 }, lasts[] = { 0xfffff, 0x2fffff };
	struct memhp_mappers *mappers;

	if (memhp_mappers_new(&mappers, ctx, starts, lasts, ARRAY_SIZE(starts), MEMHP_NO_TIMEOUT) < 0)
		return;
	for (size_t range = 0; range < ARRAY_SIZE(starts); range++) {
		const struct memhp_process *process;

		for (size_t i = 0; (process = memhp_mappers_get_process(mappers, range, i)); i++) {
			fuzz_check(memhp_process_get_pid(process) == 1 &&
				   memhp_process_get_figure(process, MEMHP_PROCESS_FIGURE_MAPPED));
			fuzz_check(fuzz_is_printable(memhp_process_get_name(process), false));
		}
	}
	memhp_mappers_free(mappers);
}

/* What the machine has in a file, from malloc() */
static char *read_file(const struct memhp_ctx *ctx, const char *file, size_t *length)
{
	char *bytes;

	fuzz_check(memhp__file_read_all(ctx->root_fd, file, &bytes, length) == 0);
	return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct memhp_ctx *ctx;
	_cleanup_free_ char *usual = NULL;
	struct memhp_snapshot *snapshot;
	struct memhp_balance *balance;
	size_t usual_length;
	const char *file;

	if (size == 0)
		return 0;
	if (!ctx)
		ctx = fuzz_machine(lines);
	file = files[data[0] % ARRAY_SIZE(files)];
	usual = read_file(ctx, file, &usual_length);
	fuzz_write(file, (const char *)data + 1, size - 1);
	if (memhp_snapshot_new(&snapshot, ctx, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_SOURCE) == 0) {
		check_sources(snapshot);
		check_assessment(snapshot);
		memhp_snapshot_unref(snapshot);
	}
	if (memhp_balance_new(&balance, ctx) == 0)
		memhp_balance_free(balance);
	check_mappers(ctx);
	fuzz_write(file, usual, usual_length);
	return 0;
}
