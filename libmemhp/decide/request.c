/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decide/request.h"

#include "decide/selection.h"
#include "object.h"
#include "util.h"

#define BLOCK_TIMEOUT_MS    120000
#define GRACE_MS            5000
#define ROLLBACK_TIMEOUT_MS 300000

MEMHP_EXPORT int memhp_request_new(struct memhp_request **request, enum memhp_transition action)
{
	struct memhp_request *new;

	if (action < MEMHP_TRANSITION_OFFLINE || action > MEMHP_TRANSITION_ONLINE_MOVABLE)
		return -EINVAL;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	*new = (struct memhp_request){
		.refs = 1,
		.action = action,
		.max_kernel_loss = UINT64_MAX,
		.timeout_ms = MEMHP_NO_TIMEOUT,
		.block_timeout_ms = BLOCK_TIMEOUT_MS,
		.grace_ms = GRACE_MS,
		.rollback_timeout_ms = ROLLBACK_TIMEOUT_MS,
		.cancel_fd = -1,
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
	free(request);
}

MEMHP_EXPORT void memhp_request_set_selection(struct memhp_request *request, struct memhp_selection *selection)
{
	if (selection)
		memhp_selection_ref(selection);
	memhp_selection_unref(request->selection);
	request->selection = selection;
}

MEMHP_EXPORT void memhp_request_set_only_pending(struct memhp_request *request, bool enable)
{
	request->only_pending = enable;
}

MEMHP_EXPORT void memhp_request_set_num_blocks(struct memhp_request *request, uint64_t num_blocks)
{
	request->num_blocks = num_blocks;
}

MEMHP_EXPORT void memhp_request_set_max_kernel_loss_bytes(struct memhp_request *request, uint64_t size_bytes)
{
	request->max_kernel_loss = size_bytes;
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

MEMHP_EXPORT void memhp_request_set_retries(struct memhp_request *request, unsigned int retries)
{
	request->num_retries = retries;
}

MEMHP_EXPORT void memhp_request_set_rollback(struct memhp_request *request, bool enable)
{
	request->rollback = enable;
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

MEMHP_EXPORT void memhp_request_set_rollback_timeout_ms(struct memhp_request *request, uint64_t timeout_ms)
{
	request->rollback_timeout_ms = timeout_ms;
}

MEMHP_EXPORT void memhp_request_set_progress(struct memhp_request *request, memhp_progress_fn progress, void *userdata)
{
	request->progress = progress;
	request->progress_data = userdata;
}

MEMHP_EXPORT void memhp_request_set_timeout_ms(struct memhp_request *request, uint64_t timeout_ms)
{
	request->timeout_ms = timeout_ms;
}

MEMHP_EXPORT void memhp_request_set_block_timeout_ms(struct memhp_request *request, uint64_t timeout_ms)
{
	request->block_timeout_ms = timeout_ms;
}

MEMHP_EXPORT uint64_t memhp_request_get_timeout_ms(const struct memhp_request *request)
{
	return request->timeout_ms;
}

MEMHP_EXPORT uint64_t memhp_request_get_block_timeout_ms(const struct memhp_request *request)
{
	return request->block_timeout_ms;
}

MEMHP_EXPORT void memhp_request_set_grace_ms(struct memhp_request *request, uint64_t grace_ms)
{
	request->grace_ms = grace_ms;
}

MEMHP_EXPORT void memhp_request_set_cancel_fd(struct memhp_request *request, int fd)
{
	request->cancel_fd = fd;
}

MEMHP_EXPORT void memhp_request_set_kernel_log(struct memhp_request *request, bool enable)
{
	request->kernel_log = enable;
}

MEMHP_EXPORT void memhp_request_set_kernel_debug(struct memhp_request *request, bool enable)
{
	request->kernel_debug = enable;
}

MEMHP_EXPORT unsigned int memhp_request_get_attrs(const struct memhp_request *request)
{
	/* A block of several nodes never goes offline. */
	return MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | (request->action == MEMHP_TRANSITION_OFFLINE ? MEMHP_ATTR_NODES : 0) |
	       (request->selection ? memhp_selection_get_attrs(request->selection) : 0);
}
