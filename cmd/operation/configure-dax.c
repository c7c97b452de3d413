/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl configure --source: a dax device as a whole, which comes in all of it or not at all */
#include <errno.h>
#include <string.h>

#include "operation/configure.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

/*
 * Ends the program when there is no such device, or it has no such file; one that no driver has is brought in where it is to be set
 * before.
 */
static enum memhp_transition read_state(const struct operation *op, const char *device, bool *is_bound)
{
	enum memhp_transition state = MEMHP_TRANSITION_UNPLUG;
	int rc = memhp_ctx_read_dax_state(op->session.ctx, device, &state);

	*is_bound = rc != -ENODEV;
	if (rc == -ENODEV && has_option(op->options, OPT_MEMMAP))
		return state;
	if (rc == -EINVAL)
		usage_error("--source", "\"%s\" is no dax device such as dax0.0; for standby memory use --block or --range",
			    device);
	if (rc == -ENOENT)
		usage_error("--source", "there is no dax device %s", device);
	if (rc == -EOPNOTSUPP || rc == -ENODEV)
		fail_with(
			EXIT_UNSUPPORTED, NULL,
			xasprintf("daxctl reconfigure-device --mode=system-ram %s, then memctl online --source %s", device, device),
			"there is no file /sys/bus/dax/devices/%s/state: it takes Linux 7.3 and the driver kmem", device);
	if (rc < 0)
		fail(EXIT_FAILED, "cannot read /sys/bus/dax/devices/%s/state: %s", device, strerror(-rc));
	return state;
}

/* What it is only matters where it is to be something; a kernel without it has none. */
static enum memhp_memmap read_memmap(const struct operation *op, const char *device)
{
	enum memhp_memmap memmap = MEMHP_MEMMAP_KEEP;
	int rc = memhp_ctx_read_dax_memmap(op->session.ctx, device, &memmap);

	if (rc < 0 && rc != -EOPNOTSUPP && has_option(op->options, OPT_MEMMAP))
		fail(EXIT_FAILED, "cannot read /sys/bus/dax/devices/%s/memmap_on_memory: %s", device, strerror(-rc));
	return memmap;
}

/* Ends the program when the driver cannot let go of the device, and take it as it is to be: before anything is tried. */
static void check_memmap(const struct operation *op, const char *device, enum memhp_memmap memmap)
{
	int rc = memhp_ctx_check_dax_memmap(op->session.ctx, device, memmap);

	if (rc == -EOPNOTSUPP)
		fail_with(EXIT_UNSUPPORTED, NULL, "memctl policy set memmap_on_memory Y --persist, and reboot",
			  "%s cannot hold its memory map: memory_hotplug.memmap_on_memory is not on", device);
	if (rc == -ENODEV)
		fail_with(EXIT_UNSUPPORTED, NULL, "modprobe kmem", "there is no /sys/bus/dax/drivers/kmem, which would take %s",
			  device);
	if (rc < 0)
		fail(EXIT_FAILED, "cannot tell whether memmap_on_memory of %s can be set: %s", device, strerror(-rc));
}

/* What a table does not show of a plan */
static void tell_rebind(const struct operation *op, bool is_bound)
{
	const struct memhp_step *step = memhp_plan_get_step(op->plan, 0);

	if (has_option(op->options, OPT_DRY_RUN) && memhp_step_get_outcome(step) == MEMHP_OUTCOME_PLANNED)
		warn(is_bound ? "%s would leave the driver kmem for a moment, for its memmap_on_memory to change"
			      : "%s would be given to the driver kmem",
		     op->options->source);
}

static void plan_device(struct operation *op, enum memhp_transition state, enum memhp_memmap memmap, enum memhp_memmap wanted)
{
	const char *device = op->options->source;
	uint64_t size;
	int rc;

	/* Its size is of interest, and nothing depends on it. */
	if (memhp_ctx_read_dax_size(op->session.ctx, device, &size) < 0)
		size = 0;
	if (memhp_request_set_device(op->request, device, state, memmap, size) < 0 ||
	    memhp_request_set_memmap(op->request, wanted) < 0)
		out_of_memory();
	if (has_option(op->options, OPT_BLOCK_TIMEOUT))
		memhp_request_set(op->request, MEMHP_SETTING_BLOCK_TIMEOUT_MS, op->options->block_timeout_ms);
	op->block_timeout_ms = memhp_request_get(op->request, MEMHP_SETTING_BLOCK_TIMEOUT_MS);
	rc = memhp_snapshot_new(&op->snapshot, op->session.ctx, memhp_request_get_attrs(op->request) | op->attrs);
	if (rc < 0)
		fail_scan(op->session.ctx, rc);
	if (memhp_plan_new(&op->plan, op->snapshot, op->request) < 0)
		out_of_memory();
	/* What the device would do to the machine's balance; what is not known cannot stand guard. */
	if (state == MEMHP_TRANSITION_UNPLUG && op->action == MEMHP_TRANSITION_ONLINE_MOVABLE && size)
		op->guard = guard_check_size(op->session.ctx, op->options, op->action, size);
}

static void make_plan(struct operation *op)
{
	const char *device = op->options->source;
	bool is_bound = true, is_rebound;
	enum memhp_transition state = read_state(op, device, &is_bound);
	enum memhp_memmap memmap = read_memmap(op, device), wanted = configure_wanted_memmap(op->options);

	/* Without such a file there is nothing to set, and the plan tells. */
	is_rebound = state == MEMHP_TRANSITION_UNPLUG && (!is_bound || (memmap && wanted && memmap != wanted));
	if (is_rebound)
		check_memmap(op, device, memmap ? wanted : MEMHP_MEMMAP_KEEP);
	plan_device(op, state, memmap, wanted);
	if (is_rebound)
		tell_rebind(op, is_bound);
}

static void write_more(const struct operation *op, struct json_doc *doc)
{
	json_doc_string(doc, "source", op->options->source);
}

/* clang-format off */
#define CONFIGURES_DAX \
	.words = { .did = "configured", .done = "", .would = "be configured", .already = "online as asked", \
		   .advice = "leave out --movable, or " }, \
	.extra = "MEMMAP-ON-MEMORY", .plan = make_plan, .act = operation_carry_out, .get_row = operation_get_row, \
	.make_reason = configure_make_reason, .make_hint = configure_make_hint, .write_row = configure_write_row, \
	.write = write_more
/* clang-format on */

const struct operation_kind configure_dax = {
	.columns = "BLOCK,SIZE,BEFORE,AFTER,ZONE,OUTCOME,TIME",
	.plan_columns = "BLOCK,SIZE,BEFORE,GOAL,PLAN",
	CONFIGURES_DAX,
};

/* Where the setting is asked for, it is shown. */
const struct operation_kind configure_dax_memmap = {
	.columns = "BLOCK,SIZE,BEFORE,AFTER,ZONE,MEMMAP-ON-MEMORY,OUTCOME,TIME",
	.plan_columns = "BLOCK,SIZE,BEFORE,GOAL,MEMMAP-ON-MEMORY,PLAN",
	CONFIGURES_DAX,
};
