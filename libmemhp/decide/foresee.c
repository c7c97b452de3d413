/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the snapshot tells of a step. Pure. */
#include "decide/foresee.h"

#include "decide/outcome.h"
#include "read/block.h"
#include "read/snapshot.h"
#include "util.h"

static void set(struct memhp_step *step, enum memhp_outcome outcome, enum memhp_reason reason)
{
	step->outcome = outcome;
	step->reason = reason;
}

static void set_unreadable(struct memhp_step *step, int error)
{
	set(step, MEMHP_OUTCOME_FAILED, MEMHP_REASON_UNREADABLE);
	step->error = error;
}

/* Where an offline block is expected to go; the default may still change as its neighbours go online. */
static enum memhp_zone expected_zone(const struct memhp_block *block, enum memhp_transition action)
{
	if (action == MEMHP_TRANSITION_ONLINE_MOVABLE)
		return MEMHP_ZONE_MOVABLE;
	for (size_t i = 0; i < block->num_zones; i++)
		if (action == MEMHP_TRANSITION_ONLINE || block->zones[i] != MEMHP_ZONE_MOVABLE)
			return block->zones[i];
	return memhp_block_get_error(block, MEMHP_ATTR_ZONES) < 0 ? MEMHP_ZONE_UNKNOWN : MEMHP_ZONE_NONE;
}

/* Whether the kernel says that an offline block cannot go to the zone asked for: it lists others, and not that one. */
static bool lacks_zone(const struct memhp_block *block, enum memhp_transition action)
{
	bool listed = false;

	for (size_t i = 0; i < block->num_zones; i++)
		listed |= memhp__outcome_zone_fits(action, block->zones[i]);
	return block->state == MEMHP_STATE_OFFLINE && block->num_zones > 0 && !listed;
}

/* To which of the kernel's zones it comes, only an offline block tells. */
static void foresee_move(struct memhp_step *step, const struct memhp_block *block)
{
	if (step->zone == MEMHP_ZONE_NONE || block->num_nodes > 1) {
		set(step, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_SEVERAL_ZONES);
		return;
	}
	step->is_moved = true;
	step->zone_before = step->zone;
	step->zone = action_zone(step->action);
}

static void foresee_state(struct memhp_step *step, const struct memhp_block *block, bool may_move)
{
	enum memhp_transition action = step->action;

	if (step->before == MEMHP_STATE_STANDBY) {
		set(step, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_STANDBY);
	} else if (step->before == action_goal(action)) {
		if (memhp__outcome_zone_fits(action, step->zone))
			set(step, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE);
		else if (may_move)
			foresee_move(step, block);
		else
			set(step, MEMHP_OUTCOME_WRONG_ZONE, MEMHP_REASON_OTHER_ZONE);
	} else if (action == MEMHP_TRANSITION_OFFLINE && step->before == MEMHP_STATE_ONLINE &&
		   (step->zone == MEMHP_ZONE_NONE || block->num_nodes > 1)) {
		set(step, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_SEVERAL_ZONES);
	} else if (step->before == MEMHP_STATE_UNKNOWN) {
		set_unreadable(step, memhp_block_get_error(block, MEMHP_ATTR_STATE));
	} else if (lacks_zone(block, action)) {
		set(step, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_OTHER_ZONE);
		step->zone = MEMHP_ZONE_NONE;
	} else if (action != MEMHP_TRANSITION_OFFLINE) {
		step->zone = expected_zone(block, action);
	}
}

/*
 * False where it is said of the step why memmap_on_memory cannot be as wanted; `error` is that of reading it. Without that setting
 * memory has its memory map elsewhere, and nothing needs to change for it.
 */
static bool foresee_memmap(struct memhp_step *step, enum memhp_memmap wanted, int error, bool is_fixed)
{
	step->memmap_wanted = error == -EOPNOTSUPP && wanted == MEMHP_MEMMAP_ELSEWHERE ? MEMHP_MEMMAP_KEEP : wanted;
	if (step->memmap_wanted == MEMHP_MEMMAP_KEEP || step->memmap_wanted == step->memmap)
		return true;
	if (error == -EOPNOTSUPP)
		set(step, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_NO_MEMMAP);
	else if (error)
		set_unreadable(step, error);
	else if (is_fixed)
		set(step, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_MEMMAP_FIXED);
	return step->outcome == MEMHP_OUTCOME_PLANNED;
}

/* What cannot be read of a block is no reason to change it. */
static void foresee_config(struct memhp_step *step, const struct memhp_block *block, const struct memhp_request *request)
{
	bool wanted = request->action == MEMHP_TRANSITION_CONFIGURE;
	int error = memhp_block_get_error(block, MEMHP_ATTR_CONFIGURED);
	int state_error = memhp_block_get_error(block, MEMHP_ATTR_STATE);
	int memmap_error = memhp_block_get_error(block, MEMHP_ATTR_MEMMAP_ON_MEMORY);

	if (memmap_error == 0)
		step->memmap = block->memmap_on_memory ? MEMHP_MEMMAP_ON_MEMORY : MEMHP_MEMMAP_ELSEWHERE;
	step->memmap_before = step->memmap;
	if (!error && !block->configured)
		step->before = step->after = MEMHP_STATE_STANDBY;
	if (error == -EOPNOTSUPP)
		set(step, MEMHP_OUTCOME_IMPOSSIBLE, MEMHP_REASON_NO_CONFIG);
	else if (error)
		set_unreadable(step, error);
	else if (wanted && !foresee_memmap(step, request->memmap, memmap_error, block->configured))
		return;
	else if (block->configured == wanted)
		set(step, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE);
	else if (!wanted && state_error)
		set_unreadable(step, state_error);
	else if (!wanted && block->state != MEMHP_STATE_OFFLINE)
		set(step, MEMHP_OUTCOME_BUSY, MEMHP_REASON_NOT_OFFLINE);
}

struct memhp_step memhp__foresee_block(const struct memhp_block *block, const struct memhp_request *request,
				       enum memhp_transition action)
{
	uint64_t start = memhp_block_get_start_addr(block);
	struct memhp_step step = {
		.block_id = block->id,
		.start_addr = start,
		.last_addr = start + (block->snapshot->block_size - 1),
		.action = action,
		.before = block->state,
		.after = block->state,
		.zone = memhp_block_get_zone(block),
	};

	if (action_is_of_state(action))
		foresee_state(&step, block, request->action == MEMHP_TRANSITION_NONE);
	else
		foresee_config(&step, block, request);
	return step;
}

/* A zone that is not known is not the one that was asked for. */
static bool is_as_asked(const struct memhp_block *block, enum memhp_transition action)
{
	enum memhp_zone zone = memhp_block_get_zone(block);

	return memhp__outcome_zone_fits(action, zone) && (zone != MEMHP_ZONE_UNKNOWN || action == MEMHP_TRANSITION_ONLINE);
}

/* A device that is not unplugged is what its blocks are: its state does not follow what becomes of single ones. */
static void foresee_plugged(struct memhp_step *step, const struct memhp_snapshot *snapshot, const struct memhp_request *request)
{
	bool is_found = false, in_doubt = false, is_online = true, is_offline = true, fits = true;
	enum memhp_zone zone = MEMHP_ZONE_UNKNOWN;

	for (size_t i = 0; i < snapshot->num_blocks; i++) {
		const struct memhp_block *block = &snapshot->blocks[i];
		const struct memhp_source *source = memhp_block_get_source(block);

		in_doubt |= !source && block->state != MEMHP_STATE_STANDBY;
		if (!source || strcmp(memhp_source_get_name(source), request->device) != 0)
			continue;
		if (!is_found)
			zone = memhp_block_get_zone(block);
		else if (zone != memhp_block_get_zone(block))
			zone = MEMHP_ZONE_UNKNOWN;
		is_found = true;
		is_online &= block->state == MEMHP_STATE_ONLINE;
		is_offline &= block->state == MEMHP_STATE_OFFLINE;
		fits &= is_as_asked(block, request->action);
	}
	if (is_found) {
		step->before = is_online ? MEMHP_STATE_ONLINE : is_offline ? MEMHP_STATE_OFFLINE : MEMHP_STATE_UNKNOWN;
		step->zone = zone;
	} else if (in_doubt) {
		step->before = MEMHP_STATE_UNKNOWN;
	}
	step->after = step->before;
	if (!is_found && !in_doubt)
		set(step, MEMHP_OUTCOME_BUSY, MEMHP_REASON_NO_BLOCKS);
	else if (!is_found || !is_online)
		set(step, MEMHP_OUTCOME_BUSY, MEMHP_REASON_NOT_UNPLUGGED);
	else if (!fits)
		set(step, MEMHP_OUTCOME_WRONG_ZONE, MEMHP_REASON_OTHER_ZONE);
	else
		set(step, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE);
}

struct memhp_step memhp__foresee_device(const struct memhp_snapshot *snapshot, const struct memhp_request *request)
{
	/* Of a size that is not known the last address wraps, so that the size is 0 again. */
	struct memhp_step step = {
		.block_id = UINT64_MAX, .device = request->device, .last_addr = request->device_size - 1, .action = request->action
	};

	step.before = action_goal(request->device_state);
	step.zone = action_zone(request->device_state);
	step.after = step.before;
	step.memmap_before = step.memmap = request->device_memmap;
	if (request->device_state != MEMHP_TRANSITION_UNPLUG)
		foresee_plugged(&step, snapshot, request);
	/* To be set it has to leave its driver, which only a device without memory blocks may do. */
	foresee_memmap(&step, request->memmap, request->device_memmap == MEMHP_MEMMAP_KEEP ? -EOPNOTSUPP : 0,
		       request->device_state != MEMHP_TRANSITION_UNPLUG);
	return step;
}

struct memhp_step memhp__foresee_addition(const struct addition *addition)
{
	struct memhp_step step = {
		.block_id = addition->block_id,
		.start_addr = addition->start_addr,
		.last_addr = addition->last_addr,
		.action = MEMHP_TRANSITION_ADD,
		.zone = MEMHP_ZONE_NONE,
	};

	if (addition->outcome != MEMHP_OUTCOME_PLANNED)
		set(&step, addition->outcome, MEMHP_REASON_OBSTACLE);
	return step;
}
