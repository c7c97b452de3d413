/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operation/guard.h"

#include <errno.h>
#include <stdlib.h>

#include "ui/format.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

/* MOVABLE:KERNEL up to 3:1 is fine, past 4:1 the kernel may run out of memory of its own. */
#define WARN_RATIO   3.0
#define REFUSE_RATIO 4.0

/* What was not asked for by name and is not known cannot stand guard, which is said. */
static struct guard cannot_check(const char *file, int error, uint64_t keep)
{
	char keep_text[SIZE_TEXT_MAX];

	if (error == -ENOMEM)
		out_of_memory();
	if (!keep) {
		if (error != -ENOENT)
			warn("careful: %s cannot be read (%s): whether too little memory is left for the kernel is not known", file,
			     errno_name(error));
		return (struct guard){ .code = NULL };
	}
	return (struct guard){
		.code = "memory-left",
		.refused = true,
		.available = UINT64_MAX,
		.keep_free = keep,
		.text = xasprintf("how much memory is available is not known (%s: %s), so %s of it cannot be kept for certain",
				  file, errno_name(error), format_size(keep, keep_text)),
	};
}

static struct guard check_memory_left(struct memhp_ctx *ctx, uint64_t size, uint64_t keep)
{
	uint64_t available;
	int rc = memhp_ctx_read_available(ctx, &available);
	char size_text[SIZE_TEXT_MAX], available_text[SIZE_TEXT_MAX], keep_text[SIZE_TEXT_MAX];
	const uint64_t mib = 1 << 20;

	if (size == 0)
		return (struct guard){ .code = NULL };
	if (rc < 0)
		return cannot_check("/proc/meminfo", rc, keep);
	if (size <= available && available - size >= keep)
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

static struct guard check_balance(const struct memhp_balance *balance, uint64_t size)
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

static struct guard check_imbalance(struct memhp_ctx *ctx, uint64_t size)
{
	struct memhp_balance *balance;
	int rc = memhp_balance_new(&balance, ctx);
	struct guard guard;

	if (rc < 0)
		return size ? cannot_check("/proc/zoneinfo", rc, 0) : (struct guard){ .code = NULL };
	guard = check_balance(balance, size);
	memhp_balance_unref(balance);
	return guard;
}

struct guard guard_check(struct memhp_ctx *ctx, const struct options *options, enum memhp_action action, uint64_t size)
{
	struct guard guard = { .code = NULL };

	if (action == MEMHP_ACTION_OFFLINE)
		guard = check_memory_left(ctx, size, options->keep_free);
	else if (action == MEMHP_ACTION_ONLINE_MOVABLE)
		guard = check_imbalance(ctx, size);
	if (has_option(options, OPT_FORCE))
		guard.refused = false;
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
		if (guard->available == UINT64_MAX)
			json_set_null(object, "available");
		else
			json_set_uint(object, "available", guard->available);
		json_set_uint(object, "keep_free", guard->keep_free);
	}
	return object;
}
