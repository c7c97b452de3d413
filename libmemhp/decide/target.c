/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decide/target.h"

#include "decide/request.h"
#include "decide/step.h"
#include "read/block.h"
#include "read/snapshot.h"
#include "util.h"

static bool goes_offline(const struct memhp_request *request)
{
	return request->action == MEMHP_TRANSITION_OFFLINE;
}

/* 1, 0, or -1 where it is not known. What is on its way offline is not there yet, and may never be. */
static int is_online(const struct memhp_block *block, const struct memhp_request *request)
{
	switch (block->state) {
	case MEMHP_STATE_ONLINE:
		return 1;
	case MEMHP_STATE_GOING_OFFLINE:
		return goes_offline(request);
	case MEMHP_STATE_UNKNOWN:
		return -1;
	default:
		return 0;
	}
}

struct tally memhp__target_count(const struct memhp_snapshot *snapshot, const struct memhp_request *request)
{
	const struct memhp_selection *selection = request->selection;
	struct tally tally = { 0 };

	for (size_t i = 0; i < snapshot->num_blocks; i++) {
		const struct memhp_block *block = &snapshot->blocks[i];
		int online = is_online(block, request);
		int selected = online && selection ? memhp_selection_matches(selection, block) : 1;

		if (online == 0 || selected == 0)
			continue;
		if (online < 0 || selected < 0)
			tally.unknown++;
		else
			tally.online++;
	}
	return tally;
}

uint64_t memhp__target_missing(const struct memhp_request *request, const struct tally *tally)
{
	uint64_t from = goes_offline(request) ? request->num_online : tally->online;
	uint64_t to = goes_offline(request) ? tally->online : request->num_online;

	return to > from ? to - from : 0;
}

/* Of those more may be online than are known, never fewer; what is planned brings it down to the target at the most. */
int memhp__target_is_certain(const struct memhp_request *request, const struct tally *tally)
{
	uint64_t online = tally->online < request->num_online ? tally->online : request->num_online;

	return goes_offline(request) && tally->unknown > request->num_online - online ? -ENODATA : 1;
}
