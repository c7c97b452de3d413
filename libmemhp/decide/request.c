/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decide/request.h"

#include <stddef.h>

#include "decide/selection.h"
#include "decide/step.h"
#include "object.h"
#include "read/parse.h"
#include "util.h"

#define BLOCK_TIMEOUT_MS    120000
#define GRACE_MS            5000
#define ROLLBACK_TIMEOUT_MS 300000

static bool can_be_asked(enum memhp_transition action)
{
	return action == MEMHP_TRANSITION_NONE ||
	       (action >= MEMHP_TRANSITION_OFFLINE && action <= MEMHP_TRANSITION_ONLINE_MOVABLE) ||
	       (action >= MEMHP_TRANSITION_ADD && action <= MEMHP_TRANSITION_DECONFIGURE);
}

MEMHP_EXPORT int memhp_request_new(struct memhp_request **request, enum memhp_transition action)
{
	struct memhp_request *new;

	if (!can_be_asked(action))
		return -EINVAL;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	*new = (struct memhp_request){
		.refs = 1,
		.action = action,
		.num_online = UINT64_MAX,
		.max_kernel_loss = UINT64_MAX,
		.timeout_ms = MEMHP_NO_TIMEOUT,
		/* The kernel adds a block all the same when it is told that nobody waits any more. */
		.block_timeout_ms = action == MEMHP_TRANSITION_ADD ? MEMHP_NO_TIMEOUT : BLOCK_TIMEOUT_MS,
		.grace_ms = GRACE_MS,
		.rollback_timeout_ms = ROLLBACK_TIMEOUT_MS,
		.kernel_log = true,
	};
	*request = new;
	return 0;
}

/* A plan needs its request to the end, whoever releases what first. */
struct memhp_request *memhp__request_ref(struct memhp_request *request)
{
	request->refs++;
	return request;
}

MEMHP_EXPORT void memhp_request_free(struct memhp_request *request)
{
	if (!request || --request->refs > 0)
		return;
	memhp_selection_unref(request->selection);
	free(request->goals);
	free(request->additions);
	free(request);
}

MEMHP_EXPORT void memhp_request_set_selection(struct memhp_request *request, struct memhp_selection *selection)
{
	if (selection)
		memhp_selection_ref(selection);
	memhp_selection_unref(request->selection);
	request->selection = selection;
}

MEMHP_EXPORT const struct memhp_selection *memhp_request_get_selection(const struct memhp_request *request)
{
	return request->selection;
}

MEMHP_EXPORT enum memhp_transition memhp_request_get_action(const struct memhp_request *request)
{
	return request->action;
}

/* Where a setting is in a request, and the largest value that it takes; 0 for what is none */
static const struct {
	size_t offset;
	uint64_t max;
} settings[] = {
	[MEMHP_SETTING_ONLY_PENDING] = { offsetof(struct memhp_request, only_pending), true },
	[MEMHP_SETTING_NUM_BLOCKS] = { offsetof(struct memhp_request, num_blocks), UINT64_MAX },
	[MEMHP_SETTING_MAX_KERNEL_LOSS_BYTES] = { offsetof(struct memhp_request, max_kernel_loss), UINT64_MAX },
	[MEMHP_SETTING_NUM_RETRIES] = { offsetof(struct memhp_request, num_retries), UINT64_MAX },
	[MEMHP_SETTING_ROLLBACK] = { offsetof(struct memhp_request, rollback), true },
	[MEMHP_SETTING_ROLLBACK_TIMEOUT_MS] = { offsetof(struct memhp_request, rollback_timeout_ms), UINT64_MAX },
	[MEMHP_SETTING_TIMEOUT_MS] = { offsetof(struct memhp_request, timeout_ms), UINT64_MAX },
	[MEMHP_SETTING_BLOCK_TIMEOUT_MS] = { offsetof(struct memhp_request, block_timeout_ms), UINT64_MAX },
	[MEMHP_SETTING_GRACE_MS] = { offsetof(struct memhp_request, grace_ms), UINT64_MAX },
	[MEMHP_SETTING_KERNEL_LOG] = { offsetof(struct memhp_request, kernel_log), true },
	[MEMHP_SETTING_KERNEL_DEBUG] = { offsetof(struct memhp_request, kernel_debug), true },
	[MEMHP_SETTING_NUM_ONLINE] = { offsetof(struct memhp_request, num_online), UINT64_MAX },
};

MEMHP_EXPORT int memhp_request_set(struct memhp_request *request, enum memhp_setting setting, uint64_t value)
{
	if ((size_t)setting >= ARRAY_SIZE(settings) || !settings[setting].max || value > settings[setting].max)
		return -EINVAL;
	/* How much is online is a question about blocks, and among goals of their own there is nothing to choose. */
	if (setting == MEMHP_SETTING_NUM_ONLINE && value != UINT64_MAX && !action_is_of_state(request->action))
		return -EINVAL;
	if (setting == MEMHP_SETTING_NUM_BLOCKS && value && request->action == MEMHP_TRANSITION_NONE)
		return -EINVAL;
	memcpy((char *)request + settings[setting].offset, &value, sizeof(value));
	return 0;
}

MEMHP_EXPORT uint64_t memhp_request_get(const struct memhp_request *request, enum memhp_setting setting)
{
	uint64_t value = 0;

	if ((size_t)setting < ARRAY_SIZE(settings) && settings[setting].max)
		memcpy(&value, (const char *)request + settings[setting].offset, sizeof(value));
	return value;
}

MEMHP_EXPORT int memhp_size_to_blocks(uint64_t size_bytes, uint64_t block_size_bytes, uint64_t *num_blocks, uint64_t *less_bytes,
				      uint64_t *more_bytes)
{
	uint64_t rest;

	if (block_size_bytes == 0 || (block_size_bytes & (block_size_bytes - 1)))
		return -EINVAL;
	rest = size_bytes % block_size_bytes;
	if (size_bytes && rest == 0) {
		*num_blocks = size_bytes / block_size_bytes;
		return 0;
	}
	*less_bytes = size_bytes - rest;
	if (__builtin_add_overflow(*less_bytes, block_size_bytes, more_bytes))
		*more_bytes = UINT64_MAX;
	return -ERANGE;
}

MEMHP_EXPORT int memhp_request_set_eject(struct memhp_request *request, const char *source)
{
	if (source && (request->action != MEMHP_TRANSITION_OFFLINE || strlen(source) >= sizeof(request->eject)))
		return -EINVAL;
	memset(request->eject, 0, sizeof(request->eject));
	if (source)
		stpcpy(request->eject, source);
	return 0;
}

MEMHP_EXPORT const char *memhp_request_get_eject(const struct memhp_request *request)
{
	return *request->eject ? request->eject : NULL;
}

MEMHP_EXPORT int memhp_request_set_device(struct memhp_request *request, const char *device, enum memhp_transition state,
					  enum memhp_memmap memmap, uint64_t size_bytes)
{
	if (action_goal(request->action) != MEMHP_STATE_ONLINE || !memhp__parse_dax_device(device) ||
	    strlen(device) >= sizeof(request->device) || state < MEMHP_TRANSITION_OFFLINE || state > MEMHP_TRANSITION_UNPLUG ||
	    (unsigned int)memmap > MEMHP_MEMMAP_ON_MEMORY)
		return -EINVAL;
	stpcpy(request->device, device);
	request->device_state = state;
	request->device_memmap = memmap;
	request->device_size = size_bytes;
	request->block_timeout_ms = MEMHP_NO_TIMEOUT;
	return 0;
}

MEMHP_EXPORT int memhp_request_set_memmap(struct memhp_request *request, enum memhp_memmap memmap)
{
	if ((request->action != MEMHP_TRANSITION_CONFIGURE && !*request->device) || (unsigned int)memmap > MEMHP_MEMMAP_ON_MEMORY)
		return -EINVAL;
	request->memmap = memmap;
	return 0;
}

MEMHP_EXPORT int memhp_request_add_goal(struct memhp_request *request, uint64_t start_addr, uint64_t last_addr,
					enum memhp_transition goal)
{
	const struct range_goal *before = request->num_goals ? &request->goals[request->num_goals - 1] : NULL;

	if (request->action != MEMHP_TRANSITION_NONE || !action_is_of_state(goal) || last_addr < start_addr ||
	    (before && start_addr <= before->last_addr))
		return -EINVAL;
	if (!ARRAY_RESERVE(request->goals, request->num_goals, request->allocated_goals))
		return -ENOMEM;
	request->goals[request->num_goals++] = (struct range_goal){ start_addr, last_addr, goal };
	return 0;
}

MEMHP_EXPORT int memhp_request_add_probe(struct memhp_request *request, const struct memhp_probe *probe, unsigned int flags)
{
	if (request->action != MEMHP_TRANSITION_ADD || flags & ~(unsigned int)MEMHP_PROBE_UNBACKED)
		return -EINVAL;
	if (!ARRAY_RESERVE(request->additions, request->num_additions, request->allocated_additions))
		return -ENOMEM;
	request->additions[request->num_additions++] = memhp__probe_addition(probe, flags);
	return 0;
}

MEMHP_EXPORT void memhp_request_set_progress(struct memhp_request *request, memhp_progress_fn progress, void *userdata)
{
	request->progress = progress;
	request->progress_data = userdata;
}

MEMHP_EXPORT unsigned int memhp_request_get_attrs(const struct memhp_request *request)
{
	if (request->action == MEMHP_TRANSITION_ADD)
		return 0;
	if (request->action != MEMHP_TRANSITION_NONE && !action_is_of_state(request->action))
		return MEMHP_ATTR_STATE | MEMHP_ATTR_CONFIGURED | MEMHP_ATTR_MEMMAP_ON_MEMORY |
		       (request->selection ? memhp_selection_get_attrs(request->selection) : 0);
	/* A block of several nodes never goes offline. */
	return MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | (*request->device ? MEMHP_ATTR_SOURCE : 0) |
	       (request->action == MEMHP_TRANSITION_OFFLINE || request->action == MEMHP_TRANSITION_NONE ? MEMHP_ATTR_NODES : 0) |
	       (request->selection ? memhp_selection_get_attrs(request->selection) : 0);
}
