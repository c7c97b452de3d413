/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is of the machine's memory, and what looks wrong */
#include "status/status.h"
#include "ui/session.h"
#include "ui/xalloc.h"

double status_ratio(const struct memhp_balance *balance)
{
	return (double)memhp_balance_get_movable_bytes(balance) / (double)memhp_balance_get_kernel_bytes(balance);
}

enum memhp_zone status_zone(size_t i)
{
	return i + MEMHP_ZONE_DMA < MEMHP_NUM_ZONES ? i + MEMHP_ZONE_DMA : MEMHP_NUM_ZONES - 1 - i;
}

struct totals status_node_totals(const struct memhp_node *node)
{
	struct totals totals = { 0 };

	for (int state = 0; state < MEMHP_NUM_STATES; state++)
		totals.blocks[state] = memhp_node_count_state(node, state);
	return totals;
}

bool status_is_partial(const struct status *status)
{
	return status->totals.blocks[MEMHP_STATE_UNKNOWN] || memhp_snapshot_get_num_skipped(status->snapshot);
}

static bool is_imbalanced(const struct memhp_balance *balance)
{
	if (!balance || memhp_balance_get_movable_bytes(balance) == 0)
		return false;
	return memhp_balance_get_kernel_bytes(balance) == 0 || status_ratio(balance) > STATUS_MAX_RATIO;
}

static bool is_found(const struct status *status, enum finding finding)
{
	const size_t *blocks = status->totals.blocks;

	switch (finding) {
	case FINDING_OFFLINE_DESPITE_POLICY:
		return blocks[MEMHP_STATE_OFFLINE] && memhp_policy_is_auto_online(status->policy);
	case FINDING_GOING_OFFLINE:
		return blocks[MEMHP_STATE_GOING_OFFLINE];
	case FINDING_UNREADABLE:
		return blocks[MEMHP_STATE_UNKNOWN];
	case FINDING_NO_BLOCKS:
		return totals_blocks(&status->totals) == 0;
	case FINDING_IMPOSSIBLE_NAMES:
		return memhp_snapshot_get_num_skipped(status->snapshot);
	case FINDING_IMBALANCE:
		return is_imbalanced(status->balance);
	case NUM_FINDINGS:
		break;
	}
	return false;
}

void status_look(struct status *status, struct memhp_ctx *ctx)
{
	int rc = memhp_snapshot_new(&status->snapshot, ctx,
				    MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES | MEMHP_ATTR_CONFIGURED);

	if (rc < 0)
		fail_scan(ctx, rc);
	if (memhp_policy_new(&status->policy, ctx) < 0)
		out_of_memory();
	memhp_balance_new(&status->balance, ctx);
	status->probe = memhp_ctx_has_probe(ctx);
	status->block_size = memhp_snapshot_get_block_size_bytes(status->snapshot);
	for (int state = 0; state < MEMHP_NUM_STATES; state++)
		status->totals.blocks[state] = memhp_snapshot_count_state(status->snapshot, state);
	status->totals.standby = memhp_snapshot_get_num_standby(status->snapshot);
	for (enum finding finding = 0; finding < NUM_FINDINGS; finding++)
		if (is_found(status, finding))
			status->findings[status->num_findings++] = finding;
}

void status_release(struct status *status)
{
	memhp_balance_unref(status->balance);
	memhp_policy_unref(status->policy);
	memhp_snapshot_unref(status->snapshot);
}
