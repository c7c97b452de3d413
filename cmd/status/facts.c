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

static void add_block(struct share *share, const struct memhp_block *block)
{
	totals_add(&share->totals, block);
	if (memhp_block_get_state(block) == MEMHP_STATE_ONLINE)
		share->zones[memhp_block_get_zone(block)]++;
}

/* Without them the rows of single nodes do not add up. */
static void count_others(struct status *status)
{
	bool has_nodes = memhp_snapshot_get_num_nodes(status->snapshot);
	const struct memhp_block *block;

	for (size_t i = 0; has_nodes && (block = memhp_snapshot_get_block(status->snapshot, i)); i++) {
		if (memhp_block_get_num_nodes(block) > 1)
			add_block(&status->several, block);
		else if (memhp_block_get_num_nodes(block) == 0 && memhp_block_get_state(block) != MEMHP_STATE_STANDBY)
			add_block(memhp_block_get_error(block, MEMHP_ATTR_NODES) < 0 ? &status->lost : &status->nodeless, block);
	}
}

struct share status_share_of_node_alone(const struct status *status, const struct memhp_node *node)
{
	struct share share = status_share_of_node(node), shared = { 0 };
	const struct memhp_block *block;

	for (size_t i = 0; totals_blocks(&status->several.totals) && (block = memhp_snapshot_get_block(status->snapshot, i)); i++)
		if (memhp_block_get_num_nodes(block) > 1 && status_is_of_node(block, memhp_node_get_id(node)))
			add_block(&shared, block);
	for (int state = 0; state < NUM_STATES; state++)
		share.totals.blocks[state] -= shared.totals.blocks[state];
	for (int zone = 0; zone < NUM_ZONES; zone++)
		share.zones[zone] -= shared.zones[zone];
	return share;
}

void status_look(struct status *status, struct memhp_ctx *ctx)
{
	int rc = memhp_snapshot_new(&status->snapshot, ctx,
				    MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES | MEMHP_ATTR_CONFIGURED |
					    MEMHP_ATTR_SOURCE);

	if (rc < 0)
		fail_scan(ctx, rc);
	/* What cannot be read is among the findings then, and told there. */
	if (!has_option(status->options, OPT_VERBOSE))
		memhp_ctx_set_log(ctx, NULL, NULL, 0);
	if (memhp_status_findings_new(&status->findings, status->snapshot) < 0)
		out_of_memory();
	status->policy = memhp_status_findings_get_policy(status->findings);
	status->balance = memhp_status_findings_get_balance(status->findings);
	status->probe = memhp_ctx_has(ctx, MEMHP_FEATURE_PROBE);
	status->no_hotremove = status_find(status, MEMHP_STATUS_CODE_NO_HOTREMOVE);
	status->block_size = memhp_snapshot_get_block_size_bytes(status->snapshot);
	for (int state = 0; state < NUM_STATES; state++)
		status->totals.blocks[state] = memhp_snapshot_count_state(status->snapshot, state);
	count_others(status);
	status_look_for_cut_off(status, ctx);
}

void status_release(struct status *status)
{
	memhp_status_findings_free(status->findings);
	memhp_snapshot_unref(status->snapshot);
}
