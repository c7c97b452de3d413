/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl configure, memctl deconfigure: standby memory of s390; dax devices as a whole */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "configure.h"
#include "exit.h"
#include "opts.h"
#include "walk.h"
#include "xalloc.h"

/* clang-format off */
static struct poptOption opts_memory[] = {
	{ "range", 0, POPT_ARG_STRING, NULL, OPT_RANGE, "memory in START-END (inclusive) or START+SIZE", "RANGE,..." },
	{ "block", 0, POPT_ARG_STRING, NULL, OPT_BLOCK, "memory by the number of its block, such as 32-39,45", "LIST" },
	{ "address", 0, POPT_ARG_STRING, NULL, OPT_ADDRESS, "what holds this physical address", "ADDR" },
	{ "size", 0, POPT_ARG_STRING, NULL, OPT_SIZE, "so much of that, or of all; memctl chooses", "SIZE" },
	{ "count", 0, POPT_ARG_STRING, NULL, OPT_COUNT, "so many blocks of that, or of all; memctl chooses", "N" },
	{ "all", 0, POPT_ARG_NONE, NULL, OPT_ALL, "all that is not yet so", NULL },
	POPT_TABLEEND
};

static struct poptOption opts_memmap[] = {
	{ "memmap-on-memory", 0, POPT_ARG_STRING, NULL, OPT_MEMMAP, "yes (also without a value): its memory map goes into itself",
	  "yes|no" },
	POPT_TABLEEND
};

static struct poptOption opts_dax[] = {
	{ "source", 0, POPT_ARG_STRING, NULL, OPT_SOURCE, "a dax device as a whole, such as dax0.0 (Linux 7.3)", "NAME" },
	{ "movable", 0, POPT_ARG_NONE, NULL, OPT_MOVABLE, "to zone Movable", NULL },
	{ "kernel", 0, POPT_ARG_NONE, NULL, OPT_KERNEL, "to a kernel zone; neither: the kernel chooses", NULL },
	{ "force", 0, POPT_ARG_NONE, NULL, OPT_FORCE, "go on where a guard would refuse", NULL },
	POPT_TABLEEND
};

static struct poptOption opts_do[] = {
	{ "timeout", 0, POPT_ARG_STRING, NULL, OPT_TIMEOUT, "for the whole request, such as 90s, 1.5m; default infinity",
	  "DURATION" },
	{ "dry-run", 0, POPT_ARG_NONE, NULL, OPT_DRY_RUN, "show the plan and change nothing", NULL },
	POPT_TABLEEND
};

static struct poptOption opts_show[] = {
	{ "bytes", 'b', POPT_ARG_NONE, NULL, OPT_BYTES, "sizes in bytes", NULL },
	{ "json", 'J', POPT_ARG_NONE, NULL, OPT_JSON, "a JSON document", NULL },
	{ "noheadings", 'n', POPT_ARG_NONE, NULL, OPT_NOHEADINGS, "no headings", NULL },
	POPT_TABLEEND
};

#define OPTIONS_MEMORY { NULL, 0, POPT_ARG_INCLUDE_TABLE, opts_memory, 0, "Which memory:", NULL }
#define OPTIONS_DO     { NULL, 0, POPT_ARG_INCLUDE_TABLE, opts_do, 0, "What to do:", NULL }
#define OPTIONS_SHOW   { NULL, 0, POPT_ARG_INCLUDE_TABLE, opts_show, 0, "Output:", NULL }

static const struct poptOption table_configure[] = {
	OPTIONS_MEMORY,
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, opts_dax, 0, "Or which device, and to which zone:", NULL },
	OPTIONS_DO,
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, opts_memmap, 0, NULL, NULL },
	OPTIONS_SHOW,
	OPTIONS_GLOBAL,
	POPT_TABLEEND
};

static const struct poptOption table_deconfigure[] = {
	OPTIONS_MEMORY,
	OPTIONS_DO,
	OPTIONS_SHOW,
	OPTIONS_GLOBAL,
	POPT_TABLEEND
};
/* clang-format on */

static void check_options(const struct options *options)
{
	bool is_named = has_option(options, OPT_RANGE) || has_option(options, OPT_BLOCK) || has_option(options, OPT_ADDRESS);
	bool is_goal = has_option(options, OPT_SIZE) || has_option(options, OPT_COUNT);

	if (has_option(options, OPT_SOURCE) &&
	    (is_named || is_goal || has_option(options, OPT_ALL) || has_option(options, OPT_MEMMAP)))
		usage_error("--source", "means a whole dax device, and goes together with --movable, --kernel and --force only");
	if (has_option(options, OPT_FORCE) && !has_option(options, OPT_MOVABLE))
		usage_error("--force", "goes together with --source and --movable");
	if (!has_option(options, OPT_SOURCE) && (has_option(options, OPT_MOVABLE) || has_option(options, OPT_KERNEL)))
		usage_error(has_option(options, OPT_MOVABLE) ? "--movable" : "--kernel",
			    "goes together with --source; what is configured is brought online by memctl online");
	if (has_option(options, OPT_ALL) && is_named)
		usage_error("--all", "means every block; leave it out to change only those that are named");
	if (has_option(options, OPT_SIZE) && has_option(options, OPT_COUNT))
		usage_error("--count", "does not go together with --size");
	if (!is_named && !is_goal && !has_option(options, OPT_ALL) && !has_option(options, OPT_SOURCE))
		usage_error(NULL, "no memory selected; use --range, --block, --address, --size, --count or --all");
}

/* 0, 1, or -1 for what the firmware does not say, or says in a way that cannot be understood */
static int configured_of(const struct memhp_block *block)
{
	return memhp_block_get_error(block, MEMHP_ATTR_CONFIGURED) < 0 ? -1 : memhp_block_is_configured(block);
}

static int memmap_of(const struct memhp_block *block)
{
	return memhp_block_get_error(block, MEMHP_ATTR_MEMMAP_ON_MEMORY) < 0 ? -1 : memhp_block_has_memmap_on_memory(block);
}

/* What to ask for: where there is no such setting memory has its memory map elsewhere, and nothing needs to change for that. */
static enum memhp_memmap wanted_memmap(const struct configure *configure, const struct item *item)
{
	return item->memmap < 0 && configure->memmap == MEMHP_MEMMAP_ELSEWHERE ? MEMHP_MEMMAP_KEEP : configure->memmap;
}

/* Whether memmap_on_memory would have to be another one */
static bool is_memmap_wrong(const struct configure *configure, const struct item *item)
{
	enum memhp_memmap wanted = wanted_memmap(configure, item);

	return configure->goal && wanted != MEMHP_MEMMAP_KEEP && item->memmap != (wanted == MEMHP_MEMMAP_ON_MEMORY);
}

static void set_impossible(struct item *item, const char *why, const char *hint)
{
	item->outcome = MEMHP_OUTCOME_IMPOSSIBLE;
	item->why = why;
	item->hint = hint;
}

/* Where the item stands, and what is to become of it */
static void plan_item(const struct configure *configure, struct item *item)
{
	enum memhp_state state = memhp_block_get_state(item->block);

	item->before = item->after = configured_of(item->block);
	item->memmap = memmap_of(item->block);
	if (item->before < 0) {
		set_impossible(item, "the firmware says nothing of it that can be understood", NULL);
	} else if (is_memmap_wrong(configure, item) && item->memmap < 0) {
		set_impossible(item, "this kernel cannot put its memory map into it, or does not say: there is no memmap_on_memory",
			       "leave out --memmap-on-memory");
	} else if (is_memmap_wrong(configure, item) && item->before) {
		set_impossible(item, "configured already, and its memmap_on_memory can change only while it is not",
			       "take it offline and deconfigure it first (memctl offline, memctl deconfigure)");
	} else if (item->before == configure->goal) {
		item->outcome = MEMHP_OUTCOME_ALREADY;
	} else if (!configure->goal && (state == MEMHP_STATE_ONLINE || state == MEMHP_STATE_GOING_OFFLINE)) {
		item->outcome = MEMHP_OUTCOME_BUSY;
		item->why = "not offline";
		item->hint = "take it offline first (memctl offline)";
	}
}

static void add_item(struct configure *configure, const struct memhp_block *block)
{
	struct item *item;

	configure->items = xreallocarray(configure->items, configure->num_items + 1, sizeof(*item));
	item = &configure->items[configure->num_items++];
	*item = (struct item){ .block = block };
	plan_item(configure, item);
}

/* With --all, --size and --count only what can be changed is of interest. */
static void choose_items(struct configure *configure)
{
	const struct options *options = configure->change.options;
	bool has_goal = has_option(options, OPT_SIZE) || has_option(options, OPT_COUNT);
	uint64_t goal = change_goal(&configure->change), found = 0, skip = 0;
	size_t kept = 0;

	if (!has_goal && !has_option(options, OPT_ALL))
		return;
	for (size_t i = 0; i < configure->num_items; i++)
		if (configure->items[i].outcome == MEMHP_OUTCOME_PLANNED)
			configure->items[found++] = configure->items[i];
	/* As online and offline do: from the lowest address up, or from the highest down. */
	if (has_goal && goal < found && !configure->goal)
		skip = found - goal;
	for (size_t i = skip; i < found && (!has_goal || kept < goal); i++)
		configure->items[kept++] = configure->items[i];
	configure->num_items = kept;
	configure->num_short = has_goal && goal > kept ? goal - kept : 0;
}

static void make_plan(struct configure *configure)
{
	const struct options *options = configure->change.options;
	const struct memhp_block *block;
	struct walk walk = { 0 };
	int rc = memhp_snapshot_new(&configure->snapshot, configure->change.ctx,
				    MEMHP_ATTR_STATE | MEMHP_ATTR_CONFIGURED | MEMHP_ATTR_MEMMAP_ON_MEMORY);

	if (rc < 0)
		fail_scan(configure->change.ctx, rc);
	opts_check_selection(options, configure->change.ctx, configure->snapshot);
	for (; (block = walk_get(configure->snapshot, &walk)); walk_step(configure->snapshot, &walk))
		if (!options->selection || memhp_selection_matches(options->selection, block))
			add_item(configure, block);
	choose_items(configure);
}

/* clang-format off */
static const struct errno_meaning {
	int error;
	enum memhp_outcome outcome;
	const char *why, *hint;
} meanings[] = {
	{ 0, MEMHP_OUTCOME_CHANGED, NULL, NULL },
	{ -EBUSY, MEMHP_OUTCOME_BUSY, "busy: in use, or being changed by another agent", NULL },
	{ -ETIMEDOUT, MEMHP_OUTCOME_TIMEOUT, "not done when the deadline passed",
	  "another change may hold the kernel's lock; try with more time" },
	{ -ECANCELED, MEMHP_OUTCOME_FAILED, "not done when the request was cancelled", NULL },
	{ -EINTR, MEMHP_OUTCOME_FAILED, "not done: the process that writes was killed by somebody else", NULL },
	{ -ENOMEM, MEMHP_OUTCOME_FAILED, "the kernel lacks memory for its memory map",
	  "with --memmap-on-memory the memory map goes into the memory itself" },
	{ -EIO, MEMHP_OUTCOME_FAILED, "refused by the firmware or hypervisor, or nothing came of it", NULL },
};
/* clang-format on */

void configure_settle(struct item *item, int error)
{
	item->error = error;
	item->outcome = MEMHP_OUTCOME_FAILED;
	item->why = "refused by the kernel";
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
		if (meanings[i].error != error)
			continue;
		item->outcome = meanings[i].outcome;
		item->why = meanings[i].why;
		item->hint = meanings[i].hint;
	}
}

struct memhp_writer *configure_make_writer(const struct change *change)
{
	struct memhp_writer *writer;

	if (memhp_writer_new(&writer, change->ctx, change->timeout_ms, change->signal_fd) < 0)
		out_of_memory();
	return writer;
}

static void carry_out(struct configure *configure)
{
	struct memhp_writer *writer = configure_make_writer(&configure->change);
	bool has_changed = false, is_over = false;

	for (size_t i = 0; i < configure->num_items; i++) {
		struct item *item = &configure->items[i];
		uint64_t id = memhp_block_get_id(item->block);
		int rc;

		if (item->outcome != MEMHP_OUTCOME_PLANNED)
			continue;
		if (is_over) {
			item->outcome = MEMHP_OUTCOME_NOT_TRIED;
			continue;
		}
		rc = configure->goal ? memhp_writer_configure_block(writer, id, wanted_memmap(configure, item))
				     : memhp_writer_deconfigure_block(writer, id);
		if ((rc == -EACCES || rc == -EROFS) && !has_changed)
			fail_apply(configure->change.ctx, rc);
		configure_settle(item, rc);
		has_changed |= rc == 0;
		is_over = rc == -ETIMEDOUT || rc == -ECANCELED;
	}
	configure->writer_pid = memhp_writer_get_pid(writer);
	memhp_writer_unref(writer);
}

/* What is said of afterwards is what was read afterwards; what cannot be read then is not known. */
static void read_back(struct configure *configure)
{
	struct item *item = configure->items, *end = item + configure->num_items;
	const struct memhp_block *block;
	struct memhp_snapshot *snapshot;
	struct walk walk = { 0 };

	for (struct item *each = item; each < end; each++)
		each->after = each->memmap = -1;
	if (memhp_snapshot_new(&snapshot, configure->change.ctx, MEMHP_ATTR_CONFIGURED | MEMHP_ATTR_MEMMAP_ON_MEMORY) < 0)
		return;
	for (; (block = walk_get(snapshot, &walk)); walk_step(snapshot, &walk)) {
		while (item < end && memhp_block_get_id(item->block) < memhp_block_get_id(block))
			item++;
		if (item == end || memhp_block_get_id(item->block) != memhp_block_get_id(block))
			continue;
		item->after = configured_of(block);
		item->memmap = memmap_of(block);
	}
	memhp_snapshot_unref(snapshot);
}

static void change_memory(struct configure *configure)
{
	struct change *change = &configure->change;
	bool dry_run = has_option(change->options, OPT_DRY_RUN);
	struct memhp_lock *lock = NULL;
	uint64_t started;

	if (!memhp_ctx_has_firmware_memory(change->ctx))
		fail(EXIT_UNSUPPORTED,
		     "there is no /sys/firmware/memory: only s390 has memory to configure, with Linux 6.19 or later; on "
		     "older ones standby memory is offline blocks, for memctl online and offline");
	if (!dry_run)
		lock = change_take_lock(change);
	make_plan(configure);
	started = change_now_ms();
	if (!dry_run) {
		carry_out(configure);
		read_back(configure);
	}
	configure->elapsed_ms = change_now_ms() - started;
	memhp_lock_unref(lock);
}

static int run(struct configure *configure)
{
	struct change *change = &configure->change;
	int status;

	check_options(change->options);
	change->ctx = opts_open(change->options);
	change->block_size = opts_check_ranges(change->options, change->ctx);
	change->signal_fd = -1;
	if (!has_option(change->options, OPT_DRY_RUN))
		change_watch_signals(change);
	if (has_option(change->options, OPT_SOURCE))
		configure_dax(configure);
	else
		change_memory(configure);
	if (change->signal_fd >= 0)
		change_take_signal(change);
	configure_report(configure);
	if (change->signal)
		end_by_signal(change->signal);
	status = configure_exit_status(configure);
	memhp_snapshot_unref(configure->snapshot);
	free(configure->items);
	free(change->guard.text);
	memhp_ctx_unref(change->ctx);
	return status;
}

static int run_configure(struct options *options, const char **operands _unused_)
{
	struct configure configure = { .change = { .options = options, .command = "configure" }, .goal = true };

	opts_refuse_together(options, OPT_MOVABLE, OPT_KERNEL, 0);
	if (options->num_sources > 1)
		usage_error("--source", "one device at a time");
	if (has_option(options, OPT_MEMMAP))
		configure.memmap = options->memmap ? MEMHP_MEMMAP_ON_MEMORY : MEMHP_MEMMAP_ELSEWHERE;
	configure.dax_goal = has_option(options, OPT_MOVABLE)  ? MEMHP_DAX_ONLINE_MOVABLE
			     : has_option(options, OPT_KERNEL) ? MEMHP_DAX_ONLINE_KERNEL
							       : MEMHP_DAX_ONLINE;
	return run(&configure);
}

static int run_deconfigure(struct options *options, const char **operands _unused_)
{
	struct configure configure = { .change = { .options = options, .command = "deconfigure" } };

	return run(&configure);
}

const struct command memctl_cmd_configure = {
	.name = "configure",
	.summary = "configure standby memory (s390), or bring in a dax device",
	.options = table_configure,
	.run = run_configure,
};

const struct command memctl_cmd_deconfigure = {
	.name = "deconfigure",
	.summary = "deconfigure standby memory that is offline (s390)",
	.options = table_deconfigure,
	.run = run_deconfigure,
};
