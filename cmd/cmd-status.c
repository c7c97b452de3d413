/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl status: the machine's memory at a glance, and what looks wrong */
#include <stdlib.h>

#include "commands.h"
#include "exit.h"
#include "format.h"
#include "session.h"
#include "status.h"
#include "xalloc.h"

/* Past this much movable memory for one part of kernel memory the kernel may run out of its own. */
#define MAX_RATIO 3

/* clang-format off */
static struct poptOption opts_status[] = {
	{ "bytes", 'b', POPT_ARG_NONE, NULL, OPT_BYTES, "sizes in bytes", NULL },
	{ "json", 'J', POPT_ARG_NONE, NULL, OPT_JSON, "a JSON document", NULL },
	POPT_TABLEEND
};

static const struct poptOption option_table[] = {
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, opts_status, 0, "Output:", NULL },
	OPTIONS_GLOBAL,
	POPT_TABLEEND
};
/* clang-format on */

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

_printf_(4, 5) static void add_finding(struct status *status, const char *code, bool warning, const char *format, ...)
{
	struct finding *finding = &status->findings[status->num_findings++];
	va_list args;

	finding->code = code;
	finding->warning = warning;
	va_start(args, format);
	finding->text = xvasprintf(format, args);
	va_end(args);
}

/* "3 blocks (384M) are"; from malloc() */
static char *describe_blocks(const struct status *status, size_t blocks)
{
	char size[SIZE_TEXT_MAX];

	return xasprintf("%zu block%s (%s) %s", blocks, blocks == 1 ? "" : "s",
			 format_size(size_of_blocks(blocks, status->block_size), size), blocks == 1 ? "is" : "are");
}

static void find_odd_states(struct status *status)
{
	size_t offline = status->totals.blocks[MEMHP_STATE_OFFLINE], leaving = status->totals.blocks[MEMHP_STATE_GOING_OFFLINE];
	size_t unknown = status->totals.blocks[MEMHP_STATE_UNKNOWN], skipped = memhp_snapshot_get_num_skipped(status->snapshot);
	char *text;

	if (offline && memhp_policy_is_auto_online(status->policy)) {
		text = describe_blocks(status, offline);
		add_finding(status, "offline-despite-policy", true,
			    "%s offline, though new memory is to come online by itself (%s=%s)", text,
			    memhp_policy_key_name(MEMHP_POLICY_AUTO_ONLINE_BLOCKS),
			    memhp_policy_get_value(status->policy, MEMHP_POLICY_AUTO_ONLINE_BLOCKS));
		free(text);
	}
	if (leaving) {
		text = describe_blocks(status, leaving);
		add_finding(status, "going-offline", false, "%s going offline: a request is under way", text);
		free(text);
	}
	if (unknown) {
		text = describe_blocks(status, unknown);
		add_finding(status, "unreadable", true, "%s in a state that cannot be read or understood (memctl list shows which)",
			    text);
		free(text);
	}
	if (totals_blocks(&status->totals) == 0)
		add_finding(status, "no-blocks", true, "there is no memory block at all");
	if (skipped)
		add_finding(status, "impossible-names", true, "%zu directories named like memory blocks that cannot be any",
			    skipped);
}

static void find_imbalance(struct status *status)
{
	if (!status->balance || memhp_balance_get_movable_bytes(status->balance) == 0)
		return;
	if (memhp_balance_get_kernel_bytes(status->balance) == 0 || status_ratio(status->balance) > MAX_RATIO)
		add_finding(
			status, "imbalance", true,
			"more than %d times as much movable as kernel memory: the kernel may run out while movable memory is free",
			MAX_RATIO);
}

static void look(struct status *status, struct memhp_ctx *ctx)
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
	find_odd_states(status);
	find_imbalance(status);
}

static int run_status(struct options *options, const char **operands _unused_)
{
	struct status status = { .options = options };
	struct memhp_ctx *ctx;
	int result;

	status.bytes = has_option(options, OPT_BYTES);
	ctx = open_ctx(options);
	look(&status, ctx);
	if (has_option(options, OPT_JSON))
		status_write(&status);
	else
		status_print(&status);
	result = status.totals.blocks[MEMHP_STATE_UNKNOWN] || memhp_snapshot_get_num_skipped(status.snapshot) ? EXIT_PARTLY
													      : EXIT_DONE;
	for (size_t i = 0; i < status.num_findings; i++)
		free(status.findings[i].text);
	memhp_balance_unref(status.balance);
	memhp_policy_unref(status.policy);
	memhp_snapshot_unref(status.snapshot);
	memhp_ctx_unref(ctx);
	return result;
}

const struct command memctl_cmd_status = {
	.name = "status",
	.summary = "show the machine's memory at a glance",
	.options = option_table,
	.run = run_status,
};
