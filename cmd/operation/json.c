/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan or a result for programs */
#include <stdio.h>

#include "command.h"
#include "operation/operation.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

static void set_words(struct json_object *object, const struct operation *op, const struct memhp_step *step)
{
	_cleanup_free_ char *text = operation_make_reason(op, step);
	_cleanup_free_ char *hint = operation_make_hint(op, step);

	json_set_string(object, "text", text);
	json_set_string(object, "hint", hint);
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
	json_set_string(object, "kind", memhp_page_use_name(memhp_page_get_use(page)));
	json_set_string(object, "owner", memhp_page_get_owner(page));
	if (memhp_page_get_owner_pid(page))
		json_set_uint(object, "owner_pid", (uint64_t)memhp_page_get_owner_pid(page));
	else
		json_set_null(object, "owner_pid");
	return object;
}

static struct json_object *make_block(const struct operation *op, size_t index)
{
	const struct memhp_step *step = operation_get_step(op, index);
	enum memhp_reason reason = memhp_step_get_reason(step);
	struct json_object *object = json_new();
	_cleanup_free_ char *range = format_range(memhp_step_get_start_addr(step), memhp_step_get_last_addr(step));
	size_t who_range;

	json_set_uint(object, "block_id", memhp_step_get_block_id(step));
	json_set_string(object, "range", range);
	json_set_uint(object, "start", memhp_step_get_start_addr(step));
	json_set_uint(object, "size", operation_step_size(step));
	json_set_string(object, "before", state_word(memhp_step_get_before(step)));
	json_set_string(object, "after", state_word(memhp_step_get_after(step)));
	json_set_string(object, "zone", zone_word(memhp_step_get_zone(step)));
	json_set_string(object, "outcome", memhp_outcome_name(memhp_step_get_outcome(step)));
	json_set_string(object, "errno", errno_name(memhp_step_get_error(step)));
	json_set_string(object, "reason", reason == MEMHP_REASON_NONE ? NULL : memhp_reason_name(reason));
	json_set(object, "causes", make_causes(step));
	set_words(object, op, step);
	json_set_string(object, "kernel", memhp_step_get_kernel_text(step));
	json_set(object, "page", make_page(memhp_step_get_page(step)));
	operation_set_pages(object, op, step);
	json_set_uint(object, "elapsed_ms", memhp_step_get_elapsed_ms(step));
	if (memhp_step_get_score(step) >= 0)
		json_set_uint(object, "score", (uint64_t)memhp_step_get_score(step));
	if (operation_get_who_range(op, index, &who_range))
		json_set(object, "processes", who_processes(&op->who, who_range));
	return object;
}

static const char *request_outcome(const struct operation *op)
{
	if (op->guard.refused)
		return "refused";
	if (!op->result)
		return operation_exit_status(op) == EXIT_FAILED ? memhp_completion_name(MEMHP_FAILED)
								: memhp_outcome_name(MEMHP_OUTCOME_PLANNED);
	if (memhp_result_is_rolled_back(op->result))
		return memhp_outcome_name(MEMHP_OUTCOME_ROLLED_BACK);
	return memhp_completion_name(memhp_result_get_completion(op->result));
}

/* Of memctl remove */
static void write_device(const struct operation *op, struct json_doc *doc)
{
	json_doc_string(doc, "source", op->device);
	json_doc_bool(doc, "ejected", op->result && memhp_result_is_ejected(op->result));
	json_doc_string(doc, "eject_errno", op->result ? errno_name(memhp_result_get_eject_error(op->result)) : NULL);
}

void operation_write(const struct operation *op)
{
	const struct memhp_step *step;
	uint64_t requested, changed;
	struct json_doc doc;

	operation_sum_sizes(op, &requested, &changed);
	json_doc_begin_whole(&doc, op->options->command->name, has_option(op->options, OPT_PROGRESS));
	json_doc_string(&doc, "action", memhp_action_name(op->action));
	json_doc_bool(&doc, "dry_run", has_option(op->options, OPT_DRY_RUN));
	json_doc_deadline(&doc, "timeout_ms", op->options->timeout_ms);
	json_doc_deadline(&doc, "block_timeout_ms", memhp_request_get_block_timeout_ms(op->request));
	if (op->device)
		write_device(op, &doc);
	json_doc_string(&doc, "outcome", request_outcome(op));
	json_doc_uint(&doc, "exit_status", operation_exit_status(op));
	json_doc_uint(&doc, "requested", requested);
	json_doc_uint(&doc, "changed", op->result ? changed : 0);
	json_doc_uint(&doc, "elapsed_ms", op->result ? session_elapsed_ms(&op->session) : 0);
	json_doc_member(&doc, "guard", guard_json(&op->guard));
	if (op->result && memhp_result_get_writer_pid(op->result))
		json_doc_uint(&doc, "writer_pid", (uint64_t)memhp_result_get_writer_pid(op->result));
	operation_write_huge_pages(op, &doc);
	operation_write_crash_kernel(op, &doc);
	if (op->who_ranges)
		json_doc_member(&doc, "who", who_state(&op->who));
	json_doc_begin_array(&doc, "blocks");
	/* A plan shows the further candidates, in the order in which they would be tried. */
	for (size_t i = 0; (step = operation_get_step(op, i)); i++)
		if (!op->result || !operation_is_spare(step))
			json_doc_item(&doc, make_block(op, i));
	json_doc_end_array(&doc);
	json_doc_end(&doc);
}
