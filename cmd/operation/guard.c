/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the library's guards say, in words, and what memctl makes of it */
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

/* What is not known cannot stand guard, which is said. */
static void tell_unread(const char *file, int error, const char *unknown)
{
	warn("careful: %s cannot be read (%s): not known whether %s", file, errno_name(error), unknown);
}

static char *memory_left_text(const struct memhp_guards *guards, int error)
{
	uint64_t available = memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_AVAILABLE_BEFORE);
	uint64_t keep = memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_KEEP_FREE);
	char size_text[SIZE_TEXT_MAX], available_text[SIZE_TEXT_MAX], keep_text[SIZE_TEXT_MAX];
	/* To be read at a glance, and never more than there is */
	const uint64_t step = available < 4ULL << 30 ? 1 << 20 : 128 << 20;

	format_size(keep, keep_text);
	if (error < 0)
		return xasprintf("how much memory is available is not known (/proc/meminfo: %s), nor whether %s would stay free",
				 errno_name(error), keep_text);
	format_size(memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_CHANGED), size_text);
	format_size(available / step * step, available_text);
	if (keep)
		return xasprintf("%s would go offline and leave less than %s of the %s that is available", size_text, keep_text,
				 available_text);
	return xasprintf("%s would go offline, and only %s of memory is available", size_text, available_text);
}

static struct guard check_memory_left(struct memhp_ctx *ctx, const struct options *options, struct memhp_guards *guards)
{
	uint64_t available = UINT64_MAX;
	enum memhp_guard_level level;
	int rc;

	memhp_guards_set_available_bytes(guards, available, options->keep_free);
	if (memhp_guards_get_level(guards, MEMHP_GUARD_MEMORY_LEFT) == MEMHP_GUARD_LEVEL_FINE)
		return (struct guard){ .code = NULL };
	rc = memhp_ctx_read_available(ctx, &available);
	if (rc == -ENOMEM)
		out_of_memory();
	memhp_guards_set_available_bytes(guards, available, options->keep_free);
	level = memhp_guards_get_level(guards, MEMHP_GUARD_MEMORY_LEFT);
	if (level == MEMHP_GUARD_LEVEL_UNKNOWN)
		tell_unread("/proc/meminfo", rc, "enough memory is left");
	if (level != MEMHP_GUARD_LEVEL_REFUSE)
		return (struct guard){ .code = NULL };
	return (struct guard){
		.code = memhp_guard_name(MEMHP_GUARD_MEMORY_LEFT),
		.refused = !(options->forced & FORCE_MEMORY),
		.available = available,
		.keep_free = options->keep_free,
		.text = memory_left_text(guards, rc),
	};
}

/* MOVABLE:KERNEL afterwards; infinite where nothing is left to the kernel */
static double ratio_after(const struct memhp_guards *guards)
{
	uint64_t kernel = memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_KERNEL_AFTER);

	return kernel ? (double)memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_MOVABLE_AFTER) / (double)kernel : INFINITY;
}

static int read_balance(struct memhp_guards *guards, struct memhp_ctx *ctx)
{
	struct memhp_balance *balance = NULL;
	int rc = memhp_balance_new(&balance, ctx);

	if (rc == -ENOMEM)
		out_of_memory();
	memhp_guards_set_balance(guards, balance);
	memhp_balance_free(balance);
	return rc;
}

static struct guard check_imbalance(struct memhp_ctx *ctx, const struct options *options, struct memhp_guards *guards)
{
	enum memhp_guard_level level;
	double ratio;
	int rc;

	if (memhp_guards_get_level(guards, MEMHP_GUARD_IMBALANCE) == MEMHP_GUARD_LEVEL_FINE)
		return (struct guard){ .code = NULL };
	rc = read_balance(guards, ctx);
	level = memhp_guards_get_level(guards, MEMHP_GUARD_IMBALANCE);
	if (rc < 0)
		tell_unread(balance_file(rc), rc, "the kernel keeps enough memory");
	else if (level == MEMHP_GUARD_LEVEL_UNKNOWN)
		warn("careful: some blocks have no known zone: not known whether the kernel keeps enough memory");
	if (level != MEMHP_GUARD_LEVEL_WARN && level != MEMHP_GUARD_LEVEL_REFUSE)
		return (struct guard){ .code = NULL };
	ratio = ratio_after(guards);
	return (struct guard){
		.code = memhp_guard_name(MEMHP_GUARD_IMBALANCE),
		.refused = level == MEMHP_GUARD_LEVEL_REFUSE && !(options->forced & FORCE_RATIO),
		.ratio = ratio,
		.text = isinf(ratio) ? xstrdup("all memory would be movable, and none be left for the kernel")
				     : xasprintf("there would be %.2f times as much movable as kernel memory, and "
						 "kernel memory may run out",
						 ratio),
	};
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

/* Releases the guards. */
static struct guard check(struct memhp_ctx *ctx, const struct options *options, struct memhp_guards *guards)
{
	struct guard memory = check_memory_left(ctx, options, guards);
	struct guard guard = choose(memory, check_imbalance(ctx, options, guards));

	guard.max_kernel_loss = options->forced & FORCE_RATIO ? UINT64_MAX
							      : memhp_guards_get_figure(guards, MEMHP_GUARD_FIGURE_MAX_KERNEL_LOSS);
	memhp_guards_free(guards);
	return guard;
}

static struct memhp_guards *new_guards(enum memhp_transition action)
{
	struct memhp_guards *guards;

	if (memhp_guards_new(&guards, action) < 0)
		out_of_memory();
	return guards;
}

struct guard guard_check_plan(struct memhp_ctx *ctx, const struct options *options, enum memhp_transition action,
			      const struct memhp_plan *plan)
{
	struct memhp_guards *guards = new_guards(action);

	if (memhp_guards_add_plan(guards, plan) < 0)
		out_of_memory();
	return check(ctx, options, guards);
}

struct guard guard_check_size(struct memhp_ctx *ctx, const struct options *options, enum memhp_transition action, uint64_t size)
{
	struct memhp_guards *guards = new_guards(action);

	memhp_guards_add_bytes(guards, MEMHP_ZONE_MOVABLE, size);
	return check(ctx, options, guards);
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
