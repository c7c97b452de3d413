/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What went wrong, in sentences */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operation/operation.h"
#include "ui/advice.h"
#include "ui/format.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

/* Runs of blocks that have the same trouble are named in one sentence, until their names are so long. */
#define MAX_BLOCKS_NAMED 40

struct trouble {
	struct report_row example; /* the first one, and of several the first whose page is known */
	char *text, *hint, *more;  /* what is said of all of them, NULL for nothing special */
	size_t num_blocks;
	char *blocks;     /* "32-39, 45" */
	bool has_unnamed; /* blocks beside those */
};

struct troubles {
	struct trouble *items;
	size_t num;
};

static bool is_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static const struct memhp_page *page_of(const struct report_row *row)
{
	return row->step ? memhp_step_get_page(row->step) : NULL;
}

static bool is_same(const struct trouble *a, const struct trouble *b)
{
	return a->example.outcome == b->example.outcome && a->example.reason == b->example.reason &&
	       a->example.error == b->example.error && is_same_text(a->text, b->text) && is_same_text(a->hint, b->hint) &&
	       is_same_text(a->more, b->more);
}

static struct trouble *find_trouble(struct troubles *troubles, const struct operation *op, const struct report_row *row)
{
	_cleanup_free_ char *text = op->kind->make_reason(op, row), *hint = op->kind->make_hint(op, row);
	_cleanup_free_ char *more = op->kind->make_more ? op->kind->make_more(op, row) : NULL;
	struct trouble new = {
		.text = advice(text),
		.hint = advice(hint),
		.more = advice(more),
		.example = *row,
	};

	for (size_t i = 0; i < troubles->num; i++) {
		struct trouble *trouble = &troubles->items[i];

		if (!is_same(trouble, &new))
			continue;
		free(new.text);
		free(new.hint);
		free(new.more);
		if (!page_of(&trouble->example))
			trouble->example = *row;
		return trouble;
	}
	troubles->items = xreallocarray(troubles->items, troubles->num + 1, sizeof(new));
	troubles->items[troubles->num] = new;
	return &troubles->items[troubles->num++];
}

static void add_trouble(struct troubles *troubles, const struct operation *op, const struct row_run *run)
{
	struct trouble *trouble = find_trouble(troubles, op, &run->first);
	char *blocks = row_run_blocks(op, run), *longer;

	trouble->num_blocks += (run->high.last_addr - run->low.start_addr) / op->block_size + 1;
	if (trouble->blocks && strlen(trouble->blocks) + strlen(blocks) > MAX_BLOCKS_NAMED) {
		trouble->has_unnamed = true;
		free(blocks);
		return;
	}
	longer = xasprintf("%s%s%s", trouble->blocks ? trouble->blocks : "", trouble->blocks ? ", " : "", blocks);
	free(trouble->blocks);
	free(blocks);
	trouble->blocks = longer;
}

/* How the sentence goes on with the page: the trouble is one, or ended with something else while that was in the way. */
static const char *lead_to_page(const struct trouble *trouble)
{
	enum memhp_reason reason = trouble->example.reason;

	if (reason != MEMHP_REASON_UNMOVABLE_PAGE && reason != MEMHP_REASON_MIGRATION_FAILURE)
		return trouble->num_blocks == 1 ? "; in the way: " : "; in the way, for example: ";
	return trouble->num_blocks == 1 ? ": " : ", such as ";
}

/* ": memory of the kernel's own or of a driver, page 0x100000, taken by sshd (process 801)"; "" where no page is known. */
static char *describe_page(const struct trouble *trouble)
{
	const struct memhp_page *page = page_of(&trouble->example);
	char number[48] = "", owner[96] = "";

	if (!page)
		return xstrdup("");
	if (memhp_page_get_pfn(page) != UINT64_MAX)
		snprintf(number, sizeof(number), ", page 0x%" PRIx64, memhp_page_get_pfn(page));
	if (memhp_page_get_owner(page))
		snprintf(owner, sizeof(owner), ", taken by %s (process %d)", memhp_page_get_owner(page),
			 (int)memhp_page_get_owner_pid(page));
	else if (memhp_page_get_owner_pid(page))
		snprintf(owner, sizeof(owner), ", taken by process %d", (int)memhp_page_get_owner_pid(page));
	return xasprintf("%s%s%s%s", lead_to_page(trouble), operation_page_text(trouble->example.step), number, owner);
}

static void tell_trouble(const struct trouble *trouble)
{
	const char *text = trouble->text;
	const char *error = errno_name(trouble->example.error), *what = "";
	bool is_device = trouble->example.device, is_one = trouble->num_blocks == 1;
	_cleanup_free_ char *page = describe_page(trouble);

	if (row_had_no_turn(&trouble->example))
		text = "not tried any more";
	else if (trouble->example.outcome == MEMHP_OUTCOME_ROLLBACK_FAILED)
		what = "not brought back: ";
	warn("%s%s%s: %s%s%s%s%s%s",
	     is_device ? ""
	     : is_one  ? "block "
		       : "blocks ",
	     trouble->blocks, trouble->has_unnamed ? " and more" : "", what, text ? text : "failed", page, error ? " (" : "",
	     error ? error : "", error ? ")" : "");
	if (row_had_no_turn(&trouble->example))
		return;
	message_add("try", trouble->hint);
	message_add("more", trouble->more);
}

/* A process that was killed, and that the kernel has not let go */
static void tell_writer(const struct operation *op)
{
	_cleanup_free_ char *look = advice("memctl list, to look again");

	if (!op->writer_pid)
		return;
	warn("process %d, which writes, was killed and is still in the kernel; it ends there, and changes nothing else",
	     (int)op->writer_pid);
	message_add("try", look);
}

void operation_tell_troubles(const struct operation *op)
{
	struct troubles troubles = { 0 };
	struct row_run run;
	size_t index = 0;

	while (operation_next_run(op, &index, &run))
		if (!row_is_done(&run.first) && run.first.outcome != MEMHP_OUTCOME_PLANNED &&
		    run.first.outcome != MEMHP_OUTCOME_ROLLED_BACK && !row_is_spare(&run.first) &&
		    !row_is_passed_over(op, &run.first))
			add_trouble(&troubles, op, &run);
	for (size_t i = 0; i < troubles.num; i++) {
		tell_trouble(&troubles.items[i]);
		free(troubles.items[i].blocks);
		free(troubles.items[i].text);
		free(troubles.items[i].hint);
		free(troubles.items[i].more);
	}
	free(troubles.items);
	if (op->kind->tell)
		op->kind->tell(op);
	if (op->num_short)
		warn("too few blocks to choose from: %" PRIu64 " fewer than asked for", op->num_short);
	tell_writer(op);
	operation_tell_crash_kernel(op);
}
