/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What looks wrong, in words */
#include "status/status.h"
#include "ui/format.h"
#include "ui/xalloc.h"

static const struct {
	const char *name;
	bool is_warning;
} findings[NUM_FINDINGS] = {
	[FINDING_OFFLINE_DESPITE_POLICY] = { "offline-despite-policy", true },
	[FINDING_GOING_OFFLINE] = { "going-offline", false },
	[FINDING_UNREADABLE] = { "unreadable", true },
	[FINDING_UNREAD] = { "unreadable", true },
	[FINDING_NO_BLOCKS] = { "no-blocks", true },
	[FINDING_IMPOSSIBLE_NAMES] = { "impossible-names", true },
	[FINDING_IMBALANCE] = { "imbalance", true },
	[FINDING_NO_HOTREMOVE] = { "no-hotremove", false },
};

const char *status_finding_name(enum finding finding)
{
	return findings[finding].name;
}

bool status_finding_is_warning(enum finding finding)
{
	return findings[finding].is_warning;
}

/* "3 blocks (384M) are"; from malloc() */
static char *describe_blocks(const struct status *status, enum memhp_state state)
{
	size_t blocks = status->totals.blocks[state];
	char size[SIZE_TEXT_MAX];

	return xasprintf("%zu block%s (%s) %s", blocks, blocks == 1 ? "" : "s",
			 format_size(size_of_blocks(blocks, status->block_size), size), blocks == 1 ? "is" : "are");
}

char *status_finding_text(const struct status *status, enum finding finding)
{
	_cleanup_free_ char *blocks = NULL;

	switch (finding) {
	case FINDING_OFFLINE_DESPITE_POLICY:
		blocks = describe_blocks(status, MEMHP_STATE_OFFLINE);
		return xasprintf("%s offline, though new memory is to come online by itself (%s=%s)", blocks,
				 memhp_policy_key_name(MEMHP_POLICY_AUTO_ONLINE_BLOCKS),
				 memhp_policy_get_value(status->policy, MEMHP_POLICY_AUTO_ONLINE_BLOCKS));
	case FINDING_GOING_OFFLINE:
		blocks = describe_blocks(status, MEMHP_STATE_GOING_OFFLINE);
		return xasprintf("%s going offline: a request is under way", blocks);
	case FINDING_UNREADABLE:
		blocks = describe_blocks(status, MEMHP_STATE_UNKNOWN);
		return xasprintf("%s in a state that cannot be read or understood (memctl list shows which)", blocks);
	case FINDING_UNREAD:
		return xasprintf("not all could be read, so more may look wrong: %s", status->unread);
	case FINDING_NO_BLOCKS:
		return xstrdup("there is no memory block at all");
	case FINDING_IMPOSSIBLE_NAMES:
		return xasprintf("%zu directories named like memory blocks that cannot be any",
				 memhp_snapshot_get_num_skipped(status->snapshot));
	case FINDING_NO_HOTREMOVE:
		return xstrdup("no memory block can go offline: this kernel was built without CONFIG_MEMORY_HOTREMOVE");
	case FINDING_IMBALANCE:
	case NUM_FINDINGS:
		break;
	}
	return xasprintf("more than %d times as much movable as kernel memory: the kernel may run out while movable memory is free",
			 STATUS_MAX_RATIO);
}
