/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl remove: take all blocks of a device offline, and have it ejected */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "operation/remove.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

static const struct memhp_source *find_source(const struct memhp_snapshot *snapshot, const char *name)
{
	const struct memhp_source *source;

	for (size_t i = 0; (source = memhp_snapshot_get_source(snapshot, i)); i++)
		if (strcmp(memhp_source_get_name(source), name) == 0)
			return source;
	return NULL;
}

/* The source of the one block that --address chose */
static const char *source_at_address(const struct options *options, const struct memhp_snapshot *snapshot)
{
	const struct memhp_block *block;

	for (size_t i = 0; (block = memhp_snapshot_get_block(snapshot, i)); i++)
		if (memhp_selection_matches(options->selection, block) > 0)
			break;
	if (!block || !source_name(block))
		remove_refuse(NULL, MEMHP_SOURCE_KIND_UNKNOWN);
	return source_name(block);
}

/* From malloc(); ends the program unless it is one device, whose name is known. */
static char *choose_device(const struct options *options, const struct memhp_snapshot *snapshot)
{
	const struct memhp_source *source;
	enum memhp_source_kind kind;
	char *name;

	if (!has_option(options, OPT_ADDRESS)) {
		opts_check_sources(options, snapshot);
		name = xstrdup(options->source);
	} else {
		name = xstrdup(source_at_address(options, snapshot));
	}
	source = find_source(snapshot, name);
	if (!source && memhp_source_kind_from_name(name, &kind) == 0)
		usage_error("--source", "\"%s\" is a kind of source; name one device (memctl list --by source)", name);
	return name;
}

/* What keeps the device from being ejected is said before anything is touched. */
static void check_device(const struct operation *op, const struct memhp_snapshot *snapshot)
{
	const struct memhp_source *source = find_source(snapshot, op->device);
	enum memhp_source_kind kind = source ? memhp_source_get_kind(source) : MEMHP_SOURCE_KIND_UNKNOWN;
	int rc = memhp_ctx_check_eject(op->session.ctx, op->device);

	if (rc == -EOPNOTSUPP)
		remove_refuse(op->device, kind);
	/* One that nobody has seen has its kind by its name. */
	if (rc == -ENOENT && strncmp(op->device, "dimm:", strlen("dimm:")) != 0)
		remove_refuse_dax(op->device);
	if (rc == -ENOENT)
		remove_refuse_dimm(op->session.ctx, op->device);
	if ((rc == -EMEDIUMTYPE || rc == -EACCES || rc == -EROFS) && !has_option(op->options, OPT_DRY_RUN))
		fail_apply(op->session.ctx, rc);
}

static bool is_unplugged(struct operation *op)
{
	enum memhp_transition state;

	return op->options->source && memhp_ctx_read_dax_state(op->session.ctx, op->options->source, &state) == 0 &&
	       state == MEMHP_TRANSITION_UNPLUG;
}

/* The request is for all blocks of the device, whichever way it was chosen. */
static void select_device(struct options *options, const char *device)
{
	memhp_selection_unref(options->selection);
	if (memhp_selection_new(&options->selection) < 0 || memhp_selection_add_source(options->selection, device) < 0)
		out_of_memory();
	options->seen |= UINT64_C(1) << OPT_SOURCE;
}

static int run_remove(struct options *options, const char **operands _unused_)
{
	struct operation op = {
		.options = options, .kind = &operation_remove, .action = MEMHP_TRANSITION_OFFLINE, .is_removal = true
	};
	struct memhp_snapshot *snapshot;
	char *device = NULL;
	int rc, status;

	if (options->num_sources > 1 || options->num_addresses > 1)
		usage_error(has_option(options, OPT_SOURCE) ? "--source" : "--address", "one device at a time");
	op.session = session_begin(options);
	rc = memhp_snapshot_new(&snapshot, op.session.ctx, MEMHP_ATTR_SOURCE | MEMHP_ATTR_STATE);
	if (rc < 0)
		fail_scan(op.session.ctx, rc);
	if (!is_unplugged(&op)) {
		opts_check_selection(options, op.session.ctx, snapshot);
		device = choose_device(options, snapshot);
		op.device = device;
		check_device(&op, snapshot);
		select_device(options, device);
	}
	memhp_snapshot_unref(snapshot);
	status = operation_change(&op);
	free(device);
	return status;
}

const struct command memctl_cmd_remove = {
	.name = "remove",
	.summary = "take a DIMM or dax device offline and have it ejected",
	.bit = CMD_REMOVE,
	.help = operation_help_columns,
	.run = run_remove,
};
