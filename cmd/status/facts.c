/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is of the machine's memory */
#include "ui/nums.h"
#include "status/status.h"
#include "ui/session.h"
#include "ui/xalloc.h"

double status_ratio(const struct memhp_balance *balance)
{
	return (double)memhp_balance_get_movable_bytes(balance) / (double)memhp_balance_get_kernel_bytes(balance);
}

enum memhp_zone status_zone(size_t i)
{
	return i + MEMHP_ZONE_DMA < NUM_ZONES ? i + MEMHP_ZONE_DMA : NUM_ZONES - 1 - i;
}

struct share status_share_of_node(const struct memhp_node *node)
{
	struct share share = { 0 };

	for (int state = 0; state < NUM_STATES; state++)
		share.totals.blocks[state] = memhp_node_count_state(node, state);
	for (int zone = 0; zone < NUM_ZONES; zone++)
		share.zones[zone] = memhp_node_count_zone(node, zone);
	return share;
}

struct share status_share_of_all(const struct status *status)
{
	struct share share = { .totals = status->totals };

	for (int zone = 0; zone < NUM_ZONES; zone++)
		share.zones[zone] = memhp_snapshot_count_zone(status->snapshot, zone);
	return share;
}

/* Without them the nodes' rows do not add up. */
static struct share count_nodeless(const struct memhp_snapshot *snapshot)
{
	bool has_nodes = memhp_snapshot_get_num_nodes(snapshot);
	const struct memhp_block *block;
	struct share share = { 0 };

	for (size_t i = 0; has_nodes && (block = memhp_snapshot_get_block(snapshot, i)); i++) {
		if (memhp_block_get_num_nodes(block) || memhp_block_get_error(block, MEMHP_ATTR_NODES) < 0)
			continue;
		totals_add(&share.totals, block);
		if (memhp_block_get_state(block) == MEMHP_STATE_ONLINE)
			share.zones[memhp_block_get_zone(block)]++;
	}
	return share;
}

void status_look(struct status *status, struct memhp_ctx *ctx)
{
	int rc = memhp_snapshot_new(&status->snapshot, ctx,
				    MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES | MEMHP_ATTR_CONFIGURED |
					    MEMHP_ATTR_SOURCE);

	if (rc < 0)
		fail_scan(ctx, rc);
	if (memhp_status_findings_new(&status->findings, ctx, status->snapshot) < 0)
		out_of_memory();
	status->policy = memhp_status_findings_get_policy(status->findings);
	status->balance = memhp_status_findings_get_balance(status->findings);
	status->probe = memhp_ctx_has_probe(ctx);
	status->no_hotremove = status_find(status, MEMHP_STATUS_CODE_NO_HOTREMOVE);
	status->block_size = memhp_snapshot_get_block_size_bytes(status->snapshot);
	for (int state = 0; state < NUM_STATES; state++)
		status->totals.blocks[state] = memhp_snapshot_count_state(status->snapshot, state);
	status->nodeless = count_nodeless(status->snapshot);
	status->totals.standby = memhp_snapshot_get_num_standby(status->snapshot);
}

void status_release(struct status *status)
{
	memhp_status_findings_free(status->findings);
	memhp_snapshot_unref(status->snapshot);
}
