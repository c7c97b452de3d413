/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl online, memctl offline: plan, carry out, report */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "change.h"
#include "commands.h"
#include "exit.h"
#include "format.h"
#include "message.h"
#include "opts.h"
#include "xalloc.h"

/* clang-format off */
static struct poptOption opts_zone[] = {
	{ "movable", 0, POPT_ARG_NONE, NULL, OPT_MOVABLE, "to zone Movable, from where memory can usually go offline again", NULL },
	{ "kernel", 0, POPT_ARG_NONE, NULL, OPT_KERNEL, "to a kernel zone; neither: the kernel chooses", NULL },
	/* Known only to be refused in words */
	{ "zone", 0, POPT_ARG_STRING | POPT_ARGFLAG_DOC_HIDDEN, NULL, OPT_ZONE, NULL, NULL },
	POPT_TABLEEND
};

struct poptOption opts_keep_free[] = {
	{ "keep-free", 0, POPT_ARG_STRING, NULL, OPT_KEEP_FREE, "refuse to leave less available memory than this", "SIZE" },
	POPT_TABLEEND
};

static struct poptOption opts_offline[] = {
	{ "who", 0, POPT_ARG_NONE, NULL, OPT_WHO, "name the processes that map what was in the way", NULL },
	POPT_TABLEEND
};

static struct poptOption opts_goal[] = {
	{ "size", 0, POPT_ARG_STRING, NULL, OPT_SIZE, "so much of the selected blocks, or of all; memctl chooses", "SIZE" },
	{ "count", 0, POPT_ARG_STRING, NULL, OPT_COUNT, "so many of the selected blocks, or of all; memctl chooses", "N" },
	{ "all", 0, POPT_ARG_NONE, NULL, OPT_ALL, "every block that is not yet there", NULL },
	POPT_TABLEEND
};

struct poptOption opts_change[] = {
	{ "timeout", 0, POPT_ARG_STRING, NULL, OPT_TIMEOUT, "for the whole request, such as 90s, 1.5m; default infinity",
	  "DURATION" },
	{ "block-timeout", 0, POPT_ARG_STRING, NULL, OPT_BLOCK_TIMEOUT, "for each block; default 2m for offline, else infinity",
	  "DURATION" },
	{ "retry", 0, POPT_ARG_STRING, NULL, OPT_RETRY, "come back N times to blocks that were busy", "N" },
	{ "rollback", 0, POPT_ARG_NONE, NULL, OPT_ROLLBACK,
	  "all or nothing: when not all can be changed, bring back what was", NULL },
	{ "kernel-debug", 0, POPT_ARG_NONE, NULL, OPT_KERNEL_DEBUG, "have the kernel log why it refuses, while this lasts", NULL },
	{ "dry-run", 0, POPT_ARG_NONE, NULL, OPT_DRY_RUN, "show the plan and change nothing", NULL },
	{ "force", 0, POPT_ARG_NONE, NULL, OPT_FORCE, "go on where a guard would refuse", NULL },
	POPT_TABLEEND
};

struct poptOption opts_report[] = {
	{ "bytes", 'b', POPT_ARG_NONE, NULL, OPT_BYTES, "sizes in bytes", NULL },
	{ "json", 'J', POPT_ARG_NONE, NULL, OPT_JSON, "a JSON document", NULL },
	{ "noheadings", 'n', POPT_ARG_NONE, NULL, OPT_NOHEADINGS, "no headings", NULL },
	{ "progress", 0, POPT_ARG_NONE, NULL, OPT_PROGRESS, "with --json: a document a line, the result last", NULL },
	POPT_TABLEEND
};

#define OPTIONS_GOAL   { NULL, 0, POPT_ARG_INCLUDE_TABLE, opts_goal, 0, "How much:", NULL }

static const struct poptOption table_online[] = {
	OPTIONS_SELECTION,
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, opts_zone, 0, "Which zone:", NULL },
	OPTIONS_GOAL,
	OPTIONS_CHANGE,
	OPTIONS_REPORT,
	OPTIONS_GLOBAL,
	POPT_TABLEEND
};

static const struct poptOption table_offline[] = {
	OPTIONS_SELECTION,
	OPTIONS_ZONE_FILTER,
	OPTIONS_GOAL,
	OPTIONS_CHANGE,
	OPTIONS_KEEP_FREE,
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, opts_offline, 0, NULL, NULL },
	OPTIONS_REPORT,
	OPTIONS_GLOBAL,
	POPT_TABLEEND
};
/* clang-format on */

static bool is_selecting(const struct options *options)
{
	static const enum option_id ids[] = { OPT_RANGE,  OPT_BLOCK, OPT_ADDRESS, OPT_NODE, OPT_ZONE,
					      OPT_SOURCE, OPT_ALL,   OPT_SIZE,    OPT_COUNT };

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (has_option(options, ids[i]))
			return true;
	return false;
}

static void check_options(const struct change *change)
{
	const struct options *options = change->options;

	if (change->action != MEMHP_ACTION_OFFLINE && has_option(options, OPT_ZONE))
		usage_error("--zone", "an offline block is in no zone yet; to say where it shall go use --movable or --kernel");
	if (has_option(options, OPT_ALL) &&
	    (has_option(options, OPT_RANGE) || has_option(options, OPT_BLOCK) || has_option(options, OPT_ADDRESS)))
		usage_error("--all", "means every block; leave it out to change only the blocks that are named");
	if (has_option(options, OPT_SIZE) && has_option(options, OPT_COUNT))
		usage_error("--count", "does not go together with --size");
	if (has_option(options, OPT_PROGRESS) && !has_option(options, OPT_JSON))
		usage_error("--progress", "goes together with --json; a terminal shows progress by itself");
	if (!is_selecting(options))
		usage_error(NULL,
			    "no block selected; use --range, --block, --address, --node, --source%s, --size, --count or --all%s",
			    change->action == MEMHP_ACTION_OFFLINE ? ", --zone" : "",
			    has_option(options, OPT_STATE) ? " (--state only narrows these down)" : "");
}

/* --size in blocks; one that is no multiple of them is a slip. */
uint64_t change_goal(const struct change *change)
{
	const struct options *options = change->options;
	uint64_t blocks = options->size / change->block_size;
	char less[SIZE_TEXT_MAX], more[SIZE_TEXT_MAX], block[SIZE_TEXT_MAX];

	if (!has_option(options, OPT_SIZE))
		return options->count;
	if (options->size % change->block_size == 0)
		return blocks;
	format_size(change->block_size, block);
	format_size(size_of_blocks(blocks + 1, change->block_size), more);
	if (blocks == 0)
		usage_error("--size", "less than a memory block of %s; the smallest is %s", block, more);
	usage_error("--size", "no multiple of the block size, %s; the nearest are %s and %s", block,
		    format_size(blocks * change->block_size, less), more);
}

static void make_request(struct change *change)
{
	const struct options *options = change->options;

	if (memhp_request_new(&change->request, change->action) < 0)
		out_of_memory();
	memhp_request_set_selection(change->request, options->selection);
	memhp_request_set_only_pending(change->request, has_option(options, OPT_ALL));
	memhp_request_set_num_blocks(change->request, change_goal(change));
	memhp_request_set_retries(change->request, (unsigned int)options->retries);
	memhp_request_set_rollback(change->request, has_option(options, OPT_ROLLBACK));
	memhp_request_set_kernel_debug(change->request, has_option(options, OPT_KERNEL_DEBUG));
	memhp_request_set_progress(change->request, change_show_progress, change);
	memhp_request_set_timeout_ms(change->request, options->timeout_ms);
	if (memhp_request_set_eject(change->request, change->device) < 0)
		out_of_memory();
	if (has_option(options, OPT_BLOCK_TIMEOUT))
		memhp_request_set_block_timeout_ms(change->request, options->block_timeout_ms);
}

/* So many candidates are looked at before memctl chooses among them, or so many times the goal: each costs milliseconds. */
#define MIN_ASSESSED   256
#define GOALS_ASSESSED 4

/* The blocks that the plan would try first */
static struct memhp_selection *select_candidates(const struct memhp_plan *plan, uint64_t goal)
{
	uint64_t left = goal < UINT64_MAX / GOALS_ASSESSED ? goal * GOALS_ASSESSED : UINT64_MAX;
	struct memhp_selection *selection;
	const struct memhp_step *step;
	int rc = memhp_selection_new(&selection);

	if (left < MIN_ASSESSED)
		left = MIN_ASSESSED;
	for (size_t i = 0; rc == 0 && left && (step = memhp_plan_get_step(plan, i)); i++) {
		if (memhp_step_get_outcome(step) != MEMHP_OUTCOME_PLANNED && !change_is_spare(step))
			continue;
		rc = memhp_selection_add_blocks(selection, memhp_step_get_block_id(step), memhp_step_get_block_id(step));
		left--;
	}
	if (rc < 0)
		out_of_memory();
	return selection;
}

/* Where memctl chooses what goes offline, it first looks at the pages of the candidates; only root may. */
static void rank_candidates(struct change *change, const struct memhp_snapshot *snapshot)
{
	struct memhp_assessment *assessment;
	struct memhp_selection *selection;

	if (change->action != MEMHP_ACTION_OFFLINE || !change_has_goal(change) || memhp_plan_get_num_steps(change->plan) == 0)
		return;
	selection = select_candidates(change->plan, change_goal(change));
	if (memhp_assessment_new(&assessment, change->ctx, snapshot, selection, 0) < 0)
		out_of_memory();
	if (memhp_assessment_get_evidence_error(assessment, MEMHP_EVIDENCE_PAGE_FLAGS) == 0)
		memhp_plan_rank(change->plan, assessment);
	memhp_assessment_unref(assessment);
	memhp_selection_unref(selection);
}

static void make_plan(struct change *change)
{
	struct memhp_snapshot *snapshot;
	int rc = memhp_snapshot_new(&snapshot, change->ctx, memhp_request_get_attrs(change->request));

	if (rc < 0)
		fail_scan(change->ctx, rc);
	opts_check_selection(change->options, change->ctx, snapshot);
	/* memctl remove has looked, and its device may have no block any more. */
	if (strcmp(change->command, "remove") != 0)
		opts_check_sources(change->options, snapshot);
	change->num_present = memhp_snapshot_get_num_blocks(snapshot);
	if (memhp_plan_new(&change->plan, snapshot, change->request) < 0)
		out_of_memory();
	rank_candidates(change, snapshot);
	memhp_snapshot_unref(snapshot);
}

/* Those that end a program, except what this one was told to ignore: nohup and background jobs of a shell */
static void get_end_signals(sigset_t *signals)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action;

	sigemptyset(signals);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (sigaction(ends[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(signals, ends[i]);
}

/*
 * They are blocked rather than handled, so that none is lost, wake the library through a descriptor, and end the program after the
 * report.
 */
void change_watch_signals(struct change *change)
{
	sigset_t signals;

	/* A reader that goes away is no reason to leave a request half done: what cannot be written is reported at the end. */
	signal(SIGPIPE, SIG_IGN);
	get_end_signals(&signals);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	change->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (change->signal_fd < 0)
		fail(EXIT_FAILED, "nothing was changed: cannot watch for signals: %s", strerror(errno));
}

void change_take_signal(struct change *change)
{
	struct signalfd_siginfo info;

	if (read(change->signal_fd, &info, sizeof(info)) == sizeof(info) && !change->signal)
		change->signal = (int)info.ssi_signo;
}

/* Another memctl at work is waited for within the deadline, but not silently. */
static int wait_for_lock(struct change *change, struct memhp_lock **lock)
{
	const char *root = change->options->sysroot ? change->options->sysroot : "";
	int holder = (int)memhp_ctx_get_lock_holder(change->ctx), rc;
	char name[32] = "another process";

	if (holder > 0)
		snprintf(name, sizeof(name), "process %d", holder);

	warn("%s is changing memory blocks; waiting for its lock, %s/run/memctl.lock", name, root);
	rc = memhp_lock_new(lock, change->ctx, change->options->timeout_ms, change->signal_fd);
	if (rc == -ETIMEDOUT)
		fail(EXIT_TIMED_OUT, "nothing was changed: process %d still held the lock /run/memctl.lock at the deadline",
		     holder);
	if (rc == -ECANCELED) {
		change_take_signal(change);
		fail_by_signal(change->signal, "nothing was changed: interrupted while %s held the lock %s/run/memctl.lock", name,
			       root);
	}
	return rc;
}

/* There is nobody to share with for those who are not root, and where there is no /run. */
struct memhp_lock *change_take_lock(struct change *change)
{
	struct memhp_lock *lock = NULL;
	uint64_t started = change_now_ms(), waited;
	int rc = memhp_lock_new(&lock, change->ctx, 0, -1);

	if (rc == -ETIMEDOUT)
		rc = wait_for_lock(change, &lock);
	if (rc < 0 && rc != -ENOENT && rc != -EACCES && rc != -EPERM && rc != -EROFS)
		fail(EXIT_FAILED, "nothing was changed: cannot take the lock /run/memctl.lock: %s", strerror(-rc));
	waited = change_now_ms() - started;
	change->timeout_ms = change->options->timeout_ms;
	if (change->timeout_ms != MEMHP_NO_TIMEOUT)
		change->timeout_ms = change->timeout_ms > waited ? change->timeout_ms - waited : 1;
	return lock;
}

static void apply_plan(struct change *change)
{
	int rc = memhp_plan_apply(change->plan, change->ctx, &change->result);

	change_end_progress(change);
	change_take_signal(change);
	if (rc < 0)
		fail_apply(change->ctx, rc);
}

int change_run(struct change *change)
{
	bool dry_run = has_option(change->options, OPT_DRY_RUN);
	struct memhp_lock *lock = NULL;
	enum exit_status status;

	check_options(change);
	if (!change->ctx)
		change->ctx = opts_open(change->options);
	change->block_size = opts_check_ranges(change->options, change->ctx);
	make_request(change);
	change_prepare_progress(change);
	/* The plan is made under the lock, so that it is still true when it is carried out. */
	if (!dry_run) {
		change_watch_signals(change);
		memhp_request_set_cancel_fd(change->request, change->signal_fd);
		lock = change_take_lock(change);
		memhp_request_set_timeout_ms(change->request, change->timeout_ms);
	}
	make_plan(change);
	change_check_guards(change);
	if (change->guard.code && !change->guard.refused)
		warn("careful: %s", change->guard.text);
	if (!dry_run && !change->guard.refused)
		apply_plan(change);
	memhp_lock_unref(lock);
	change_find_processes(change);
	change_report(change);
	if (change->signal)
		end_by_signal(change->signal);
	status = change_exit_status(change);
	change_forget_processes(change);
	free(change->guard.text);
	memhp_result_unref(change->result);
	memhp_plan_unref(change->plan);
	memhp_request_unref(change->request);
	memhp_ctx_unref(change->ctx);
	return status;
}

static int run_online(struct options *options, const char **operands _unused_)
{
	struct change change = { .options = options, .command = "online", .action = MEMHP_ACTION_ONLINE };

	opts_refuse_together(options, OPT_MOVABLE, OPT_KERNEL, 0);
	if (has_option(options, OPT_MOVABLE))
		change.action = MEMHP_ACTION_ONLINE_MOVABLE;
	else if (has_option(options, OPT_KERNEL))
		change.action = MEMHP_ACTION_ONLINE_KERNEL;
	return change_run(&change);
}

static int run_offline(struct options *options, const char **operands _unused_)
{
	struct change change = { .options = options, .command = "offline", .action = MEMHP_ACTION_OFFLINE };

	return change_run(&change);
}

const struct command memctl_cmd_online = {
	.name = "online",
	.summary = "bring memory blocks online",
	.options = table_online,
	.run = run_online,
};

const struct command memctl_cmd_offline = {
	.name = "offline",
	.summary = "take memory blocks offline",
	.options = table_offline,
	.run = run_offline,
};
