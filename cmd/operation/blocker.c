/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Somebody else's change, for which the kernel's lock is held */
#include <inttypes.h>

#include "operation/operation.h"
#include "ui/message.h"
#include "ui/xalloc.h"

/* "block 9 is going offline by another program (process 801)"; from malloc() */
static char *name_blocker(const struct operation *op, uint64_t block_id)
{
	int pid = (int)memhp_ctx_find_writer(op->session.ctx, block_id);
	_cleanup_free_ char *process = pid ? xasprintf(" (process %d)", pid) : xstrdup("");

	return xasprintf("block %" PRIu64 " is going offline by another program%s", block_id, process);
}

char *operation_blocker_reason(const struct operation *op)
{
	_cleanup_free_ char *other = NULL;
	uint64_t blocker;

	if (!op->result || !memhp_result_get_blocker(op->result, &blocker))
		return NULL;
	other = name_blocker(op, blocker);
	return xasprintf("waited in vain: %s", other);
}

void operation_tell_blocker(const struct operation *op, const struct memhp_snapshot *snapshot)
{
	const struct memhp_block *block;

	for (size_t i = 0; (block = memhp_snapshot_get_block(snapshot, i)); i++) {
		_cleanup_free_ char *text = NULL;

		if (memhp_block_get_state(block) != MEMHP_STATE_GOING_OFFLINE)
			continue;
		text = name_blocker(op, memhp_block_get_id(block));
		warn("%s; the kernel makes one change at a time: this one waits", text);
		return;
	}
}
