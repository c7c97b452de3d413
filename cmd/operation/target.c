/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --to: how much of what is selected is to be online, and is */
#include <errno.h>

#include "operation/operation.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/wrap.h"
#include "ui/xalloc.h"

static uint64_t bytes(const struct operation *op, uint64_t blocks)
{
	return blocks == UINT64_MAX ? UINT64_MAX : size_of_blocks(blocks, op->block_size);
}

struct online_target operation_get_target(const struct operation *op)
{
	uint64_t before = 0, now = UINT64_MAX, unknown = 0;
	int met = op->plan ? memhp_plan_count_online(op->plan, &before, &unknown) : -EINVAL;

	if (op->result)
		met = memhp_result_count_online(op->result, &now, &unknown);
	return (struct online_target){ met, bytes(op, before), bytes(op, now), bytes(op, unknown) };
}

/* "at least 4G" */
static char *format_bound(const struct operation *op)
{
	char size[SIZE_TEXT_MAX];

	format_size(op->options->target, size);
	return xasprintf("%s %s", op->action == MEMHP_TRANSITION_OFFLINE ? "at most" : "at least", size);
}

void operation_print_target(const struct operation *op)
{
	struct online_target target = operation_get_target(op);
	_cleanup_free_ char *bound = NULL;
	char size[SIZE_TEXT_MAX];
	uint64_t online = op->result ? target.now : target.before;

	if (target.met == -EINVAL || online == UINT64_MAX)
		return;
	bound = format_bound(op);
	print_sentence(2, "Of the selected blocks %s is online now; asked for: %s.", format_size(online, size), bound);
}

void operation_say_target_is_met(const struct operation *op)
{
	_cleanup_free_ char *bound = format_bound(op);
	struct online_target target = operation_get_target(op);
	char size[SIZE_TEXT_MAX];

	warn("nothing to do: %s of the selected blocks is online, and %s was asked for",
	     format_size(op->result && target.now != UINT64_MAX ? target.now : target.before, size), bound);
}

void operation_say_target_is_missed(const struct operation *op)
{
	_cleanup_free_ char *bound = format_bound(op);
	char size[SIZE_TEXT_MAX];

	warn("%s of the selected blocks is online, and %s was asked for: other blocks were changed meanwhile",
	     format_size(operation_get_target(op).now, size), bound);
}

void operation_tell_target(const struct operation *op)
{
	struct online_target target = operation_get_target(op);
	char size[SIZE_TEXT_MAX];

	if (target.met == -EINVAL || target.unknown == 0)
		return;
	if (target.unknown == UINT64_MAX)
		warn("how much is online now cannot be told: the memory blocks cannot be read (%s); look again with memctl list",
		     errno_name(target.met));
	else
		warn("%s: of %s of memory it cannot be told whether it is online, or selected; it counts neither way",
		     target.met < 0 ? "whether that is as asked is not known" : "careful", format_size(target.unknown, size));
}

static void write_size(struct json_doc *doc, const char *key, uint64_t size)
{
	if (size == UINT64_MAX)
		json_doc_null(doc, key);
	else
		json_doc_uint(doc, key, size);
}

void operation_write_target(const struct operation *op, struct json_doc *doc)
{
	struct online_target target = operation_get_target(op);

	if (target.met == -EINVAL)
		return;
	json_doc_begin_object(doc, "target");
	json_doc_uint(doc, "size", op->options->target);
	write_size(doc, "online_before", target.before);
	write_size(doc, "online_after", target.now);
	write_size(doc, "unknown", target.unknown);
	if (target.met < 0)
		json_doc_null(doc, "met");
	else
		json_doc_bool(doc, "met", target.met);
	json_doc_end_object(doc);
}
