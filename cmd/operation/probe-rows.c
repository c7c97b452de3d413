/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the addresses of memctl probe stand */
#include "operation/probe.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

bool probe_is_stopped_by(const struct probing *probing, const struct target *target, enum memhp_obstacle obstacle)
{
	return memhp_probe_has_obstacle(target->probe, obstacle) && !(obstacle == MEMHP_OBSTACLE_UNPROVEN && probing->unbacked);
}

bool probe_is_added(const struct target *target)
{
	return target->add && memhp_step_is_done(target->add);
}

/* Only a missing proof is for --force to overcome. */
enum exit_status probe_refusal(const struct probing *probing)
{
	enum exit_status status = EXIT_DONE;

	for (size_t i = 0; i < probing->num; i++)
		for (enum memhp_obstacle obstacle = 0; obstacle < NUM_OBSTACLES; obstacle++)
			if (status != EXIT_FAILED && probe_is_stopped_by(probing, &probing->targets[i], obstacle))
				status = obstacle == MEMHP_OBSTACLE_UNPROVEN ? EXIT_REFUSED : EXIT_FAILED;
	return status;
}

bool probe_is_onlined_by_others(const struct target *target)
{
	return probe_is_added(target) && memhp_step_get_state_after(target->add) == MEMHP_STATE_ONLINE;
}

const struct target *probe_target(const struct operation *op, const struct report_row *row)
{
	return &((const struct probing *)op)->targets[row->index];
}

/* A block that is there now, and was to come online */
static void take_online(const struct probing *probing, const struct target *target, struct report_row *row)
{
	const struct operation *op = &probing->op;
	uint64_t add_ms = row->elapsed_ms;

	if (target->online) {
		operation_fill_row(op, target->online, row);
		if (row->outcome == MEMHP_OUTCOME_ALREADY && memhp_step_is_changed(target->add))
			row->outcome = MEMHP_OUTCOME_CHANGED;
		row->elapsed_ms += add_ms;
	} else if (has_option(op->options, OPT_ONLINE)) {
		row->outcome = MEMHP_OUTCOME_NOT_TRIED;
		row->reason = op->session.signal ? MEMHP_REASON_CANCELLED : MEMHP_REASON_OTHER;
		row->error = probing->online_error;
	}
	/* What was added stays, whatever became of it then; what another agent has added is none of memctl's. */
	row->is_changed |= memhp_step_is_changed(target->add);
	row->may_be_changed |= row->is_changed;
}

bool probe_get_row(const struct operation *op, size_t index, struct report_row *row)
{
	const struct probing *probing = (const struct probing *)op;
	const struct target *target = &probing->targets[index];
	enum memhp_proof proof;

	if (index >= probing->num)
		return false;
	proof = memhp_probe_get_proof(target->probe);
	operation_fill_row(op, target->add, row);
	if (op->has_acted && probe_is_added(target))
		take_online(probing, target, row);
	row->index = index;
	row->before = NULL;
	row->extra = proof == MEMHP_PROOF_NONE ? NULL : memhp_proof_name(proof);
	return true;
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

void probe_write_row(const struct operation *op, const struct report_row *row, struct json_object *object)
{
	const struct target *target = probe_target(op, row);
	struct json_object *obstacles = json_array_new();

	for (enum memhp_obstacle obstacle = 0; obstacle < NUM_OBSTACLES; obstacle++)
		if (memhp_probe_has_obstacle(target->probe, obstacle))
			json_append_string(obstacles, memhp_obstacle_name(obstacle));
	json_set_bool(object, "added", memhp_step_is_changed(target->add));
	json_set_bool(object, "onlined_by_others", probe_is_onlined_by_others(target));
	json_set(object, "obstacles", obstacles);
	json_set(object, "claim", make_claim(target));
	json_set_string(object, "proof", row->extra);
}
