/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is of the machine's memory, and what looks wrong */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "status/status.h"
#include "ui/format.h"
#include "ui/session.h"
#include "ui/walk.h"
#include "ui/xalloc.h"

double status_ratio(const struct memhp_balance *balance)
{
	return (double)memhp_balance_get_movable_bytes(balance) / (double)memhp_balance_get_kernel_bytes(balance);
}

enum memhp_zone status_zone(size_t i)
{
	return i + MEMHP_ZONE_DMA < MEMHP_NUM_ZONES ? i + MEMHP_ZONE_DMA : MEMHP_NUM_ZONES - 1 - i;
}

struct share status_share_of_node(const struct memhp_node *node)
{
	struct share share = { 0 };

	for (int state = 0; state < MEMHP_NUM_STATES; state++)
		share.totals.blocks[state] = memhp_node_count_state(node, state);
	for (int zone = 0; zone < MEMHP_NUM_ZONES; zone++)
		share.zones[zone] = memhp_node_count_zone(node, zone);
	return share;
}

struct share status_share_of_all(const struct status *status)
{
	struct share share = { .totals = status->totals };

	for (int zone = 0; zone < MEMHP_NUM_ZONES; zone++)
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

bool status_is_auto_online(const struct status *status)
{
	const char *word = memhp_policy_get_value(status->policy, MEMHP_POLICY_AUTO_ONLINE_BLOCKS);
	enum memhp_effect effect;

	return word && memhp_effect_from_name(word, &effect) == 0 && effect != MEMHP_EFFECT_OFFLINE;
}

bool status_is_partial(const struct status *status)
{
	return status->totals.blocks[MEMHP_STATE_UNKNOWN] || status->unread || memhp_snapshot_get_num_skipped(status->snapshot);
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
		return blocks[MEMHP_STATE_OFFLINE] && status_is_auto_online(status);
	case FINDING_GOING_OFFLINE:
		return blocks[MEMHP_STATE_GOING_OFFLINE];
	case FINDING_UNREADABLE:
		return blocks[MEMHP_STATE_UNKNOWN];
	case FINDING_UNREAD:
		return status->unread;
	case FINDING_NO_BLOCKS:
		return totals_blocks(&status->totals) == 0;
	case FINDING_IMPOSSIBLE_NAMES:
		return memhp_snapshot_get_num_skipped(status->snapshot);
	case FINDING_IMBALANCE:
		return is_imbalanced(status->balance);
	case FINDING_NO_HOTREMOVE:
		return status->no_hotremove;
	case NUM_FINDINGS:
		break;
	}
	return false;
}

/* Blocks of which an attribute could not be read; what this kernel does not have is no fault. */
static void list_blocks(FILE *out, const struct status *status, enum memhp_attr attr, const char *what)
{
	const struct memhp_block *block;
	struct walk walk = { 0 };
	size_t num = 0;
	int error = 0;

	for (; (block = walk_get(status->snapshot, &walk)); walk_step(status->snapshot, &walk)) {
		int rc = memhp_block_get_error(block, attr);

		if (rc == 0 || rc == -EOPNOTSUPP)
			continue;
		num++;
		error = rc;
	}
	if (num)
		fprintf(out, "the %s of %zu block%s (%s), ", what, num, num == 1 ? "" : "s", errno_name(error));
}

static void list_error(FILE *out, const char *what, int error)
{
	if (error < 0 && error != -ENOENT && error != -EOPNOTSUPP)
		fprintf(out, "%s (%s), ", what, errno_name(error));
}

/* What could not be read, beside states; from malloc(), NULL where there is nothing */
static char *list_unread(const struct status *status, int balance_error)
{
	const struct memhp_node *node;
	char *text = NULL;
	size_t size;
	FILE *out = xopen_memstream(&text, &size);

	list_blocks(out, status, MEMHP_ATTR_ZONES, "zones");
	list_blocks(out, status, MEMHP_ATTR_NODES, "nodes");
	list_blocks(out, status, MEMHP_ATTR_CONFIGURED, "configuration");
	for (size_t i = 0; (node = memhp_snapshot_get_node(status->snapshot, i)); i++) {
		char name[32];

		snprintf(name, sizeof(name), "node %u", memhp_node_get_id(node));
		list_error(out, name, memhp_node_get_error(node));
	}
	list_error(out, balance_file(balance_error), balance_error);
	list_error(out, "/sys/devices/system/memory/probe", status->probe);
	for (int key = MEMHP_POLICY_NONE + 1; key <= STATUS_LAST_KEY; key++)
		list_error(out, memhp_policy_key_name(key), memhp_policy_get_error(status->policy, key));
	xclose_memstream(out);
	if (size == 0) {
		free(text);
		return NULL;
	}
	text[size - strlen(", ")] = '\0';
	return text;
}

void status_look(struct status *status, struct memhp_ctx *ctx)
{
	int balance_error, rc = memhp_snapshot_new(&status->snapshot, ctx,
						   MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES | MEMHP_ATTR_CONFIGURED);

	if (rc < 0)
		fail_scan(ctx, rc);
	if (memhp_policy_new(&status->policy, ctx) < 0)
		out_of_memory();
	balance_error = memhp_balance_new(&status->balance, ctx);
	if (balance_error == -ENOMEM)
		out_of_memory();
	status->probe = memhp_ctx_has_probe(ctx);
	status->no_hotremove = memhp_ctx_has_hotremove(ctx) == 0;
	status->block_size = memhp_snapshot_get_block_size_bytes(status->snapshot);
	for (int state = 0; state < MEMHP_NUM_STATES; state++)
		status->totals.blocks[state] = memhp_snapshot_count_state(status->snapshot, state);
	status->nodeless = count_nodeless(status->snapshot);
	status->totals.standby = memhp_snapshot_get_num_standby(status->snapshot);
	status->unread = list_unread(status, balance_error);
	for (enum finding finding = 0; finding < NUM_FINDINGS; finding++)
		if (is_found(status, finding))
			status->findings[status->num_findings++] = finding;
}

void status_release(struct status *status)
{
	free(status->unread);
	memhp_balance_free(status->balance);
	memhp_policy_free(status->policy);
	memhp_snapshot_unref(status->snapshot);
}
