/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What memctl probe reports, as a table with sentences, or as JSON */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "operation/probe.h"
#include "ui/columns.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/last-report.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/table.h"
#include "ui/xalloc.h"

/* What the block is now, as far as was read back */
static const char *state_of(const struct target *target)
{
	enum memhp_state state = target->step ? memhp_step_get_after(target->step) : memhp_probe_get_state(target->probe);

	return state_word(state);
}

static const char *zone_of(const struct target *target)
{
	return zone_word(target->step ? memhp_step_get_zone(target->step) : memhp_probe_get_zone(target->probe));
}

static uint64_t elapsed_of(const struct target *target)
{
	return memhp_probe_get_elapsed_ms(target->probe) + (target->step ? memhp_step_get_elapsed_ms(target->step) : 0);
}

/* A block that was online as soon as it was there: not memctl's doing */
static bool is_onlined_by_others(const struct target *target)
{
	return probe_is_added(target) && memhp_probe_get_state(target->probe) == MEMHP_STATE_ONLINE;
}

static uint64_t added_size(const struct probing *probing)
{
	uint64_t size = 0;

	for (size_t i = 0; i < probing->num; i++)
		if (probe_is_added(&probing->targets[i]))
			size += probing->op.block_size;
	return size;
}

static const char *whole_outcome(const struct probing *probing)
{
	/* A signal that came when all was done has interrupted nothing, though it ends the program. */
	if (probing->op.session.signal && !probe_is_complete(probing))
		return memhp_completion_name(MEMHP_INTERRUPTED);
	if (probe_is_refused(probing))
		return "refused";
	if (has_option(probing->op.options, OPT_DRY_RUN))
		return memhp_outcome_name(MEMHP_OUTCOME_PLANNED);
	if (probe_is_complete(probing))
		return memhp_completion_name(MEMHP_COMPLETE);
	switch (probe_exit_status(probing)) {
	case EXIT_PARTLY:
		return memhp_completion_name(MEMHP_PARTIAL);
	case EXIT_TIMED_OUT:
		return memhp_completion_name(MEMHP_TIMEOUT);
	default:
		return memhp_completion_name(MEMHP_FAILED);
	}
}

static struct json_object *make_claim(const struct target *target)
{
	uint64_t start, last;
	const char *name = memhp_probe_get_claim(target->probe, &start, &last);
	struct json_object *object;
	_cleanup_free_ char *range = NULL;

	if (!name)
		return NULL;
	object = json_new();
	range = format_range(start, last);
	json_set_string(object, "name", name);
	json_set_string(object, "range", range);
	return object;
}

/* What the request to bring it online came to */
static struct json_object *make_online(const struct probing *probing, const struct memhp_step *step)
{
	struct json_object *object;
	enum memhp_reason reason;
	_cleanup_free_ char *hint = NULL;

	if (!step)
		return NULL;
	object = json_new();
	reason = memhp_step_get_reason(step);
	json_set_string(object, "outcome", memhp_outcome_name(memhp_step_get_outcome(step)));
	json_set_string(object, "errno", errno_name(memhp_step_get_error(step)));
	json_set_string(object, "reason", reason == MEMHP_REASON_NONE ? NULL : memhp_reason_name(reason));
	hint = operation_make_hint(&probing->op, step);
	json_set_string(object, "hint", hint);
	json_set_uint(object, "elapsed_ms", memhp_step_get_elapsed_ms(step));
	return object;
}

static struct json_object *make_block(const struct probing *probing, const struct target *target)
{
	uint64_t start = memhp_probe_get_start_addr(target->probe), last = memhp_probe_get_last_addr(target->probe);
	enum memhp_proof proof = memhp_probe_get_proof(target->probe);
	struct json_object *object = json_new(), *obstacles = json_array_new();
	_cleanup_free_ char *range = format_range(start, last), *text = probe_target_text(probing, target);

	for (enum memhp_obstacle obstacle = 0; obstacle < MEMHP_NUM_OBSTACLES; obstacle++)
		if (memhp_probe_has_obstacle(target->probe, obstacle))
			json_append_string(obstacles, memhp_obstacle_name(obstacle));
	json_set_uint(object, "block_id", memhp_probe_get_block_id(target->probe));
	json_set_string(object, "range", range);
	json_set_uint(object, "start", start);
	json_set_uint(object, "size", size_of_span(start, last));
	json_set(object, "obstacles", obstacles);
	json_set(object, "claim", make_claim(target));
	json_set_string(object, "proof", proof == MEMHP_PROOF_NONE ? NULL : memhp_proof_name(proof));
	json_set_string(object, "outcome", probe_outcome(probing, target));
	json_set_string(object, "errno", target->tried ? errno_name(target->error) : NULL);
	json_set_string(object, "text", text);
	json_set_string(object, "after", state_of(target));
	json_set_string(object, "zone", zone_of(target));
	json_set_bool(object, "onlined_by_others", is_onlined_by_others(target));
	json_set(object, "online", make_online(probing, target->step));
	json_set_uint(object, "elapsed_ms", elapsed_of(target));
	return object;
}

static pid_t stuck_writer(const struct probing *probing)
{
	for (size_t i = 0; i < probing->num; i++)
		if (memhp_probe_get_writer_pid(probing->targets[i].probe))
			return memhp_probe_get_writer_pid(probing->targets[i].probe);
	return probing->op.result ? memhp_result_get_writer_pid(probing->op.result) : 0;
}

static void write_document(const struct probing *probing)
{
	const struct operation *op = &probing->op;
	struct json_doc doc;

	json_doc_begin_whole(&doc, "probe", false);
	json_doc_bool(&doc, "dry_run", has_option(op->options, OPT_DRY_RUN));
	json_doc_string(&doc, "action", has_option(op->options, OPT_ONLINE) ? memhp_action_name(op->action) : NULL);
	json_doc_deadline(&doc, "timeout_ms", op->options->timeout_ms);
	json_doc_deadline(&doc, "block_timeout_ms", memhp_request_get_block_timeout_ms(op->request));
	json_doc_string(&doc, "outcome", whole_outcome(probing));
	json_doc_uint(&doc, "exit_status", probe_exit_status(probing));
	json_doc_uint(&doc, "requested", size_of_blocks(probing->num, op->block_size));
	json_doc_uint(&doc, "added", added_size(probing));
	json_doc_uint(&doc, "elapsed_ms", probing->elapsed_ms);
	json_doc_member(&doc, "guard", guard_json(&op->guard));
	if (stuck_writer(probing))
		json_doc_uint(&doc, "writer_pid", (uint64_t)stuck_writer(probing));
	operation_write_crash_kernel(op, &doc);
	json_doc_begin_array(&doc, "blocks");
	for (size_t i = 0; i < probing->num; i++)
		json_doc_item(&doc, make_block(probing, &probing->targets[i]));
	json_doc_end_array(&doc);
	json_doc_end(&doc);
}

int probe_say_what_became(const void *data, bool as_text)
{
	const struct probing *probing = data;
	struct last_report report = last_report_begin(probing->op.options, as_text);

	for (size_t i = 0; i < probing->num; i++) {
		const struct target *target = &probing->targets[i];

		last_report_block(&report, memhp_probe_get_block_id(target->probe), probe_outcome(probing, target),
				  state_of(target));
	}
	return last_report_end(&report);
}

enum { COL_BLOCK, COL_RANGE, COL_SIZE, COL_PROOF, COL_OUTCOME, COL_STATE, COL_ZONE, COL_TIME };

/* Whether there is a result to show, and not only what would be done */
static bool has_acted(const struct probing *probing)
{
	return !has_option(probing->op.options, OPT_DRY_RUN) && !probe_is_refused(probing);
}

static void print_target(const struct probing *probing, const struct target *target, struct table *rows)
{
	uint64_t start = memhp_probe_get_start_addr(target->probe), last = memhp_probe_get_last_addr(target->probe);
	enum memhp_proof proof = memhp_probe_get_proof(target->probe);
	struct table_row *row = table_add_row(rows);
	char *id;

	id = xasprintf("%" PRIu64, memhp_probe_get_block_id(target->probe));
	table_set(row, COL_BLOCK, id);
	table_set(row, COL_RANGE, format_range(start, last));
	table_set(row, COL_SIZE, format_bytes(size_of_span(start, last), has_option(probing->op.options, OPT_BYTES)));
	table_set_copy(row, COL_PROOF, proof == MEMHP_PROOF_NONE ? NULL : memhp_proof_name(proof));
	table_set_copy(row, COL_OUTCOME, probe_outcome(probing, target));
	if (probe_is_added(target))
		table_color(row, COL_OUTCOME, "green");
	else if (target->tried || probe_is_stopped(probing, target))
		table_color(row, COL_OUTCOME, "red");
	if (!has_acted(probing))
		return;
	table_set_copy(row, COL_STATE, state_of(target));
	table_set_copy(row, COL_ZONE, zone_of(target));
	table_set(row, COL_TIME, format_elapsed(elapsed_of(target)));
}

static void print_table(const struct probing *probing)
{
	const struct options *options = probing->op.options;
	struct table *rows = table_new(OUTPUT_TABLE, !has_option(options, OPT_NOHEADINGS), opts_use_color(options));

	table_add_column(rows, "BLOCK", ALIGN_RIGHT);
	table_add_column(rows, "RANGE", ALIGN_LEFT);
	table_add_column(rows, "SIZE", ALIGN_RIGHT);
	table_add_column(rows, "PROOF", ALIGN_LEFT);
	table_add_column(rows, has_acted(probing) ? "OUTCOME" : "PLAN", ALIGN_LEFT);
	if (has_acted(probing)) {
		table_add_column(rows, "STATE", ALIGN_LEFT);
		table_add_column(rows, "ZONE", ALIGN_LEFT);
		table_add_column(rows, "TIME", ALIGN_RIGHT);
	}
	for (size_t i = 0; i < probing->num; i++)
		print_target(probing, &probing->targets[i], rows);
	table_print(rows);
}

static void print_conclusion(const struct probing *probing)
{
	char added[SIZE_TEXT_MAX], requested[SIZE_TEXT_MAX];
	_cleanup_free_ char *elapsed = NULL;

	format_size(size_of_blocks(probing->num, probing->op.block_size), requested);
	if (probe_is_refused(probing)) {
		puts("\nRefused: nothing was added.");
		return;
	}
	if (has_option(probing->op.options, OPT_DRY_RUN)) {
		printf("\nA dry run: %s would be added. Nothing was changed.\n", requested);
		return;
	}
	elapsed = format_elapsed(probing->elapsed_ms);
	printf("\nAdded %s of %s in %s.\n", format_size(added_size(probing), added), requested, elapsed);
}

/* The addresses of which nothing proves that there is RAM; whether there are any */
static bool tell_unproven(const struct probing *probing, const char *prefix)
{
	bool any = false;

	for (size_t i = 0; i < probing->num; i++) {
		const struct target *target = &probing->targets[i];
		_cleanup_free_ char *text = NULL;

		if (!memhp_probe_has_obstacle(target->probe, MEMHP_OBSTACLE_UNPROVEN))
			continue;
		text = probe_obstacle_text(probing, target, MEMHP_OBSTACLE_UNPROVEN);
		warn("%s%s", prefix, text);
		any = true;
	}
	return any;
}

/* What the kernel does where there is no RAM */
#define DANGER                                                                                                              \
	"the kernel does not look whether there is RAM; when memory that is not there goes online, the machine crashes or " \
	"corrupts data, and only a reboot takes the block away"

void probe_tell_dangers(const struct probing *probing)
{
	if (probing->unbacked && tell_unproven(probing, "careful: "))
		warn("careful: " DANGER);
	guard_warn(&probing->op.guard);
}

/* Each failed check names itself. */
static void tell_obstacles(const struct probing *probing)
{
	for (size_t i = 0; i < probing->num; i++) {
		for (enum memhp_obstacle obstacle = 0; obstacle < MEMHP_OBSTACLE_UNPROVEN; obstacle++) {
			_cleanup_free_ char *text = NULL;

			if (!memhp_probe_has_obstacle(probing->targets[i].probe, obstacle))
				continue;
			text = probe_obstacle_text(probing, &probing->targets[i], obstacle);
			warn("%s", text);
		}
	}
	if (!probing->unbacked && tell_unproven(probing, ""))
		warn("refused: " DANGER "%s",
		     probe_exit_status(probing) == EXIT_REFUSED ? "; --force --unbacked adds it nevertheless" : "");
}

/* No trouble, and yet not what memctl did */
static void tell_note(const struct target *target)
{
	if (is_onlined_by_others(target))
		warn("block %" PRIu64
		     " came online by itself: by the kernel's policy (auto_online_blocks, see memctl status), or by "
		     "another agent such as a udev rule",
		     memhp_probe_get_block_id(target->probe));
}

static void tell_target(const struct probing *probing, const struct target *target)
{
	_cleanup_free_ char *text = target->tried && target->error ? probe_error_text(target) : NULL;

	if (text)
		warn("0x%" PRIx64 ": %s (%s)", target->addr, text, errno_name(target->error));
	else if (probe_had_no_turn(probing, target))
		warn("0x%" PRIx64 ": not tried any more", target->addr);
}

static void tell_online_error(const struct probing *probing)
{
	if (probing->online_error)
		warn("the new blocks could not be brought online: %s; try memctl online", strerror(-probing->online_error));
}

static void tell_troubles(const struct probing *probing)
{
	const struct operation *op = &probing->op;
	char size[SIZE_TEXT_MAX];

	for (size_t i = 0; i < probing->num; i++)
		tell_note(&probing->targets[i]);
	message_set_quiet(false); /* failures are told whatever was asked */
	tell_obstacles(probing);
	for (size_t i = 0; i < probing->num; i++)
		tell_target(probing, &probing->targets[i]);
	if (op->result)
		operation_tell_troubles(op);
	tell_online_error(probing);
	if (added_size(probing) && probe_exit_status(probing) != EXIT_DONE)
		warn("%s was added and stays: only a reboot takes probed memory away; memctl offline keeps it from being used",
		     format_size(added_size(probing), size));
	if (!op->result && stuck_writer(probing))
		warn("the kernel still holds the writer, process %d, which was killed; it ends as soon as the kernel lets go",
		     (int)stuck_writer(probing));
	if (op->guard.refused)
		warn("refused: %s; use --kernel, or %s", op->guard.text, guard_force_option(&op->guard));
}

void probe_report(const struct probing *probing)
{
	bool quiet = has_option(probing->op.options, OPT_QUIET);

	if (has_option(probing->op.options, OPT_JSON)) {
		write_document(probing);
		tell_online_error(probing);
		return;
	}
	if (!quiet) {
		print_table(probing);
		if (!has_option(probing->op.options, OPT_NOHEADINGS))
			print_conclusion(probing);
		fflush(stdout);
	}
	tell_troubles(probing);
}
