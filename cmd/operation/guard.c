/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operation/guard.h"

#include <stdlib.h>

#include "ui/format.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

/* MOVABLE:KERNEL up to 3:1 is fine, past 4:1 the kernel may run out of memory of its own. */
#define WARN_RATIO   3.0
#define REFUSE_RATIO 4.0

static struct guard check_memory_left(const struct memhp_balance *balance, uint64_t size, uint64_t keep)
{
	uint64_t available = memhp_balance_get_available_bytes(balance);
	char size_text[SIZE_TEXT_MAX], available_text[SIZE_TEXT_MAX], keep_text[SIZE_TEXT_MAX];
	const uint64_t mib = 1 << 20;

	if (size == 0 || available == UINT64_MAX || (size <= available && available - size >= keep))
		return (struct guard){ .code = NULL };
	return (struct guard){
		.code = "memory-left",
		.refused = true,
		.available = available,
		.keep_free = keep,
		.text = xasprintf("%s would go offline, with %s of memory available%s%s%s", format_size(size, size_text),
				  format_size(available / mib * mib, available_text), keep ? " and " : "",
				  keep ? format_size(keep, keep_text) : "", keep ? " of that to be kept" : ""),
	};
}

static struct guard check_imbalance(const struct memhp_balance *balance, uint64_t size)
{
	double movable = (double)(memhp_balance_get_movable_bytes(balance) + size);
	double kernel = (double)memhp_balance_get_kernel_bytes(balance);
	double ratio = kernel > 0 ? movable / kernel : 0;

	if (size == 0 || ratio <= WARN_RATIO)
		return (struct guard){ .code = NULL };
	return (struct guard){
		.code = "imbalance",
		.refused = ratio > REFUSE_RATIO,
		.ratio = ratio,
		.text = xasprintf(
			"there would be %.2f times as much movable as kernel memory, and the kernel may run out of its own", ratio),
	};
}

struct guard guard_check(struct memhp_ctx *ctx, const struct options *options, enum memhp_action action, uint64_t size)
{
	struct guard guard = { .code = NULL };
	struct memhp_balance *balance;

	/* What is not known cannot stand guard. */
	if (memhp_balance_new(&balance, ctx) < 0)
		return guard;
	if (action == MEMHP_ACTION_OFFLINE)
		guard = check_memory_left(balance, size, options->keep_free);
	else if (action == MEMHP_ACTION_ONLINE_MOVABLE)
		guard = check_imbalance(balance, size);
	if (has_option(options, OPT_FORCE))
		guard.refused = false;
	memhp_balance_unref(balance);
	return guard;
}

void guard_release(struct guard *guard)
{
	free(guard->text);
}

void guard_warn(const struct guard *guard)
{
	if (guard->code && !guard->refused)
		warn("careful: %s", guard->text);
}

struct json_object *guard_json(const struct guard *guard)
{
	struct json_object *object;

	if (!guard->code)
		return NULL;
	object = json_new();
	json_set_string(object, "code", guard->code);
	json_set_bool(object, "refused", guard->refused);
	json_set_string(object, "text", guard->text);
	if (guard->ratio > 0) {
		json_set_ratio(object, "ratio", guard->ratio);
	} else {
		json_set_uint(object, "available", guard->available);
		json_set_uint(object, "keep_free", guard->keep_free);
	}
	return object;
}
