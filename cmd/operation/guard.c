/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operation/guard.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "ui/format.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/session.h"
#include "ui/xalloc.h"

/* MOVABLE:KERNEL up to 3:1 is fine, past 4:1 the kernel may run out of memory of its own. */
#define WARN_RATIO   3.0
#define REFUSE_RATIO 4.0

/* What was not asked for by name and is not known cannot stand guard, which is said, but for what a tree need not have. */
static struct guard cannot_check(struct memhp_ctx *ctx, const char *file, int error, uint64_t keep, const char *unknown)
{
	char keep_text[SIZE_TEXT_MAX];

	if (error == -ENOMEM)
		out_of_memory();
	if (!keep) {
		if (error != -ENOENT || !memhp_ctx_get_sysroot(ctx))
			warn("careful: %s cannot be read (%s): whether %s is not known", file, errno_name(error), unknown);
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
		return cannot_check(ctx, "/proc/meminfo", rc, keep, "too little memory is left");
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

/* A block may count more than the pages that are present in it. */
static double at_least_0(double bytes)
{
	return bytes > 0 ? bytes : 0;
}

/* MOVABLE:KERNEL afterwards; 0 where it is no worse than before, infinite where nothing is left to the kernel. */
static double ratio_after(const struct memhp_balance *balance, enum memhp_action action, uint64_t kernel, uint64_t movable)
{
	double kernel_before = (double)memhp_balance_get_kernel_bytes(balance);
	double movable_before = (double)memhp_balance_get_movable_bytes(balance);
	bool offline = action == MEMHP_ACTION_OFFLINE;
	double kernel_after = offline ? at_least_0(kernel_before - (double)kernel) : kernel_before;
	double movable_after = offline ? at_least_0(movable_before - (double)movable) : movable_before + (double)movable;

	if (movable_after * kernel_before <= movable_before * kernel_after)
		return 0;
	return kernel_after > 0 ? movable_after / kernel_after : INFINITY;
}

static struct guard check_balance(const struct memhp_balance *balance, enum memhp_action action, const struct zone_bytes *bytes)
{
	double ratio = ratio_after(balance, action, bytes->kernel, bytes->movable);

	if (ratio > WARN_RATIO)
		return (struct guard){
			.code = "imbalance",
			.refused = ratio > REFUSE_RATIO,
			.ratio = ratio,
			.text = isinf(ratio) ? xstrdup("there would be no kernel memory left beside the movable")
					     : xasprintf("there would be %.2f times as much movable as kernel memory, and the "
							 "kernel may run out of its own",
							 ratio),
		};
	if (ratio_after(balance, action, bytes->kernel + bytes->unknown, bytes->movable) > WARN_RATIO)
		warn("careful: the zones of some blocks are not known: whether the kernel keeps its share of memory is not known");
	return (struct guard){ .code = NULL };
}

static struct guard check_imbalance(struct memhp_ctx *ctx, enum memhp_action action, const struct zone_bytes *bytes)
{
	struct memhp_balance *balance;
	struct guard guard;
	int rc;

	/* Then it can only become better. */
	if (action == MEMHP_ACTION_OFFLINE ? !bytes->kernel && !bytes->unknown : !bytes->movable)
		return (struct guard){ .code = NULL };
	rc = memhp_balance_new(&balance, ctx);
	if (rc < 0)
		return cannot_check(ctx, balance_file(rc), rc, 0, "the kernel keeps its share of memory");
	guard = check_balance(balance, action, bytes);
	memhp_balance_free(balance);
	return guard;
}

/* The report has room for one: that which refuses, or the first. The other one is only said. */
static struct guard choose(struct guard first, struct guard second)
{
	bool takes_second = !first.code || (second.refused && !first.refused);
	struct guard *other = takes_second ? &first : &second;

	if (other->code)
		warn("%s: %s", other->refused ? "refused" : "careful", other->text);
	first.both = first.refused && second.refused;
	guard_release(other);
	return takes_second ? second : first;
}

struct guard guard_check(struct memhp_ctx *ctx, const struct options *options, enum memhp_action action, struct zone_bytes bytes)
{
	struct guard memory = { .code = NULL }, ratio = { .code = NULL };

	if (action == MEMHP_ACTION_OFFLINE)
		memory = check_memory_left(ctx, bytes.kernel + bytes.movable + bytes.unknown, options->keep_free);
	if (action == MEMHP_ACTION_OFFLINE || action == MEMHP_ACTION_ONLINE_MOVABLE)
		ratio = check_imbalance(ctx, action, &bytes);
	memory.refused &= !(options->forced & FORCE_MEMORY);
	ratio.refused &= !(options->forced & FORCE_RATIO);
	return choose(memory, ratio);
}

const char *guard_force_option(const struct guard *guard)
{
	if (guard->both)
		return "--force";
	return guard->ratio > 0 ? "--force=ratio" : "--force=memory";
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
		if (isinf(guard->ratio))
			json_set_null(object, "ratio");
		else
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
