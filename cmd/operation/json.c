/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan or a result for programs */
#include <stdio.h>

#include "command.h"
#include "operation/operation.h"
#include "ui/advice.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

static void set_words(struct json_object *object, const struct operation *op, const struct report_row *row)
{
	_cleanup_free_ char *text = op->kind->make_reason(op, row), *said = advice(text);
	_cleanup_free_ char *hint = op->kind->make_hint(op, row), *advised = advice(hint);
	_cleanup_free_ char *more = op->kind->make_more ? op->kind->make_more(op, row) : NULL;

	json_set_string(object, "text", said);
	json_set_string(object, "hint", advised);
	json_set_string(object, "more", more);
}

/* What an errno leaves open; empty where the reason says it all */
static struct json_object *make_causes(const struct memhp_step *step)
{
	struct json_object *array = json_array_new();

	for (size_t i = 0; i < memhp_step_get_num_causes(step); i++)
		json_append_string(array, memhp_reason_name(memhp_step_get_cause(step, i)));
	return array;
}

/* The page that the kernel named as being in the way */
static struct json_object *make_page(const struct memhp_page *page)
{
	struct json_object *object;

	if (!page)
		return NULL;
	object = json_new();
	if (memhp_page_get_pfn(page) == UINT64_MAX)
		json_set_null(object, "pfn");
	else
		json_set_uint(object, "pfn", memhp_page_get_pfn(page));
	json_set_string(object, "kind", memhp_page_kind_name(memhp_page_get_kind(page)));
	json_set_string(object, "owner", memhp_page_get_owner(page));
	if (memhp_page_get_owner_pid(page))
		json_set_uint(object, "owner_pid", (uint64_t)memhp_page_get_owner_pid(page));
	else
		json_set_null(object, "owner_pid");
	return object;
}

static void set_place(struct json_object *object, const struct report_row *row)
{
	if (row->block && memhp_block_get_num_nodes(row->block) == 1)
		json_set_uint(object, "node", memhp_node_get_id(memhp_block_get_node(row->block, 0)));
	else
		json_set_null(object, "node");
	json_set_string(object, "source", row->device ? row->device : row->block ? source_name(row->block) : NULL);
}

/* What is known of what the kernel had against it, where the library has asked for the block */
static void set_kernel(struct json_object *object, const struct operation *op, const struct report_row *row)
{
	json_set(object, "causes", row->step ? make_causes(row->step) : json_array_new());
	json_set_string(object, "kernel", row->step ? memhp_step_get_kernel_text(row->step) : NULL);
	json_set(object, "page", row->step ? make_page(memhp_step_get_page(row->step)) : NULL);
	if (row->step)
		operation_set_pages(object, op, row->step);
	if (row->step && memhp_step_get_score(row->step) >= 0)
		json_set_uint(object, "score", (uint64_t)memhp_step_get_score(row->step));
}

static struct json_object *make_block(const struct operation *op, const struct report_row *row)
{
	struct json_object *object = json_new();
	_cleanup_free_ char *range = row->device ? NULL : format_range(row->start_addr, row->last_addr);
	size_t who_range;

	if (row->device)
		json_set_null(object, "block_id");
	else
		json_set_uint(object, "block_id", row->block_id);
	json_set_string(object, "range", range);
	if (row->device)
		json_set_null(object, "start");
	else
		json_set_uint(object, "start", row->start_addr);
	if (row->size)
		json_set_uint(object, "size", row->size);
	else
		json_set_null(object, "size");
	set_place(object, row);
	json_set_string(object, "before", row->before);
	json_set_string(object, "after", row->after);
	json_set_string(object, "zone", row->zone);
	json_set_string(object, "outcome", memhp_outcome_name(row->outcome));
	json_set_string(object, "errno", errno_name(row->error));
	json_set_string(object, "reason", row->reason == MEMHP_REASON_NONE ? NULL : memhp_reason_name(row->reason));
	set_words(object, op, row);
	json_set_uint(object, "elapsed_ms", row->elapsed_ms);
	set_kernel(object, op, row);
	if (operation_get_who_range(op, row->index, &who_range))
		json_set(object, "processes", who_processes(&op->who, who_range));
	if (op->kind->write_row)
		op->kind->write_row(op, row, object);
	return object;
}

void operation_write(const struct operation *op)
{
	struct report_sums sums = operation_sum(op);
	struct report_row row;
	struct json_doc doc;

	json_doc_begin_whole(&doc, op->options->command->name, has_option(op->options, OPT_PROGRESS));
	json_doc_string(&doc, "action", op->goal);
	json_doc_bool(&doc, "dry_run", has_option(op->options, OPT_DRY_RUN));
	json_doc_deadline(&doc, "timeout_ms", op->options->timeout_ms);
	json_doc_deadline(&doc, "block_timeout_ms", op->block_timeout_ms);
	json_doc_string(&doc, "outcome", operation_outcome(op));
	json_doc_uint(&doc, "exit_status", operation_exit_status(op));
	json_doc_uint(&doc, "requested", sums.requested);
	json_doc_uint(&doc, "changed", op->has_acted ? sums.changed : 0);
	json_doc_uint(&doc, "elapsed_ms", op->has_acted ? op->elapsed_ms : 0);
	json_doc_member(&doc, "guard", guard_json(&op->guard));
	if (op->writer_pid)
		json_doc_uint(&doc, "writer_pid", (uint64_t)op->writer_pid);
	if (op->kind->write)
		op->kind->write(op, &doc);
	operation_write_crash_kernel(op, &doc);
	json_doc_begin_array(&doc, "blocks");
	/* A plan shows the further candidates, in the order in which they would be tried. */
	for (size_t i = 0; op->kind->get_row(op, i, &row); i++)
		if (!op->has_acted || !row_is_spare(&row))
			json_doc_item(&doc, make_block(op, &row));
	json_doc_end_array(&doc);
	json_doc_end(&doc);
}
