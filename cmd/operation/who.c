/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl offline --who: which processes map what was in the way of a block */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "operation/operation.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

/* So many processes of a block, and so many blocks, are named for people. */
#define MAX_NAMED  3
#define MAX_BLOCKS 8

/* Whether pages were in the way, or may have been */
static bool is_stuck(const struct memhp_step *step)
{
	switch (memhp_step_get_outcome(step)) {
	case MEMHP_OUTCOME_BUSY:
	case MEMHP_OUTCOME_TIMEOUT:
	case MEMHP_OUTCOME_IN_PROGRESS:
		return true;
	default:
		return false;
	}
}

/* The page that the kernel's log names; false where it names none of this block. */
static bool get_page(const struct memhp_step *step, uint64_t *pfn, uint64_t *addr)
{
	const struct memhp_page *page = memhp_step_get_page(step);
	uint64_t page_size = (uint64_t)sysconf(_SC_PAGESIZE);

	*pfn = page ? memhp_page_get_pfn(page) : UINT64_MAX;
	if (*pfn > (UINT64_MAX - page_size) / page_size)
		return false;
	*addr = *pfn * page_size;
	return *addr >= memhp_step_get_start_addr(step) && *addr <= memhp_step_get_last_addr(step);
}

void operation_find_processes(struct operation *op)
{
	const struct memhp_step *step;

	who_begin(&op->who, op->options);
	/* Who interrupts a request does not want to wait for more. */
	if (!op->who.asked || !op->result || op->session.signal)
		return;
	op->who_ranges = xcalloc(memhp_result_get_num_steps(op->result) + 1, sizeof(*op->who_ranges));
	for (size_t i = 0; (step = memhp_result_get_step(op->result, i)); i++) {
		uint64_t pfn, addr;

		if (!is_stuck(step))
			continue;
		if (get_page(step, &pfn, &addr))
			who_add(&op->who, addr, addr + (uint64_t)sysconf(_SC_PAGESIZE) - 1);
		else
			who_add(&op->who, memhp_step_get_start_addr(step), memhp_step_get_last_addr(step));
		op->who_ranges[i] = op->who.num;
	}
	who_look(&op->who, op->session.ctx);
	if (op->who.error == -ECANCELED)
		session_take_signal(&op->session);
}

void operation_forget_processes(struct operation *op)
{
	who_release(&op->who);
	free(op->who_ranges);
}

bool operation_get_who_range(const struct operation *op, size_t index, size_t *range)
{
	if (!op->who_ranges || !op->who_ranges[index])
		return false;
	*range = op->who_ranges[index] - 1;
	return true;
}

/* "block 33: page 0x108000 is mapped by: postgres (pid 1234, 4K)" */
static void tell_block(const struct operation *op, const struct memhp_step *step, size_t range)
{
	_cleanup_free_ char *processes = who_text(&op->who, range, MAX_NAMED, ", ", has_option(op->options, OPT_BYTES));
	uint64_t id = memhp_step_get_block_id(step), pfn, addr;
	bool has_page = get_page(step, &pfn, &addr);

	if (!processes && has_page)
		warn("block %" PRIu64 ": no process maps page 0x%" PRIx64 ": the kernel, a device, a pipe or the page cache has it",
		     id, pfn);
	else if (!processes)
		warn("block %" PRIu64 ": no process maps pages of it: the kernel, a device, a pipe or the page cache has them", id);
	else if (has_page)
		warn("block %" PRIu64 ": page 0x%" PRIx64 " is mapped by: %s; a candidate for who holds it", id, pfn, processes);
	else
		warn("block %" PRIu64 ": mapped by: %s; candidates for who holds a page", id, processes);
}

void operation_tell_processes(const struct operation *op)
{
	_cleanup_free_ char *trouble = who_trouble(&op->who);
	struct report_row row;
	size_t num = 0, range;

	for (size_t i = 0; op->who.mappers && op->kind->get_row(op, i, &row); i++)
		if (operation_get_who_range(op, i, &range) && !row_is_passed_over(op, &row) && num++ < MAX_BLOCKS)
			tell_block(op, row.step, range);
	if (num > MAX_BLOCKS)
		warn("--who: %zu more blocks are in --json and in memctl explain --who", num - MAX_BLOCKS);
	if (trouble)
		warn("--who: not known: %s", trouble);
}
