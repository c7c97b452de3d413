/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's memory for people. */
#include <stdio.h>

#include "ui/nums.h"
#include "status/status.h"
#include "ui/columns.h"
#include "ui/format.h"
#include "ui/opts.h"
#include "ui/parse-args.h"
#include "ui/table.h"
#include "ui/xalloc.h"

/* Blocks of a zone that has a column: not of "unknown", where the kernel names none at all. */
static size_t count_shown(const struct status *status, enum memhp_zone zone)
{
	return zone == MEMHP_ZONE_UNKNOWN && status->no_hotremove ? 0 : memhp_snapshot_count_zone(status->snapshot, zone);
}

/* A row of the matrix: totals, then the online blocks of each zone that the machine has */
static void add_matrix_row(const struct status *status, struct table *matrix, const char *name, struct share share, bool is_known)
{
	struct table_row *row = table_add_row(matrix);
	size_t column = 0;

	table_set_copy(row, column++, name);
	column = totals_set(row, column, &share.totals, &status->totals, status->block_size, status->bytes);
	for (size_t i = 0; i < NUM_ZONES; i++) {
		enum memhp_zone zone = status_zone(i);
		size_t blocks = share.zones[zone];

		if (!count_shown(status, zone))
			continue;
		if (blocks)
			table_set(row, column, format_bytes(size_of_blocks(blocks, status->block_size), status->bytes));
		else
			table_set_copy(row, column, "-");
		column++;
	}
	/* Some of its blocks may not be known. */
	while (!is_known && column > 1)
		table_set_copy(row, --column, "?");
}

static void print_matrix(const struct status *status)
{
	struct table *matrix = table_new(OUTPUT_TABLE, true, opts_use_color(status->options));
	size_t num_nodes = memhp_snapshot_get_num_nodes(status->snapshot);
	bool has_nodeless = totals_blocks(&status->nodeless.totals);

	table_add_column(matrix, "NODE", ALIGN_RIGHT);
	totals_add_columns(matrix, &status->totals);
	for (size_t i = 0; i < NUM_ZONES; i++) {
		char heading[16];
		size_t n = 0;

		if (!count_shown(status, status_zone(i)))
			continue;
		for (const char *p = memhp_zone_name(status_zone(i)); *p; p++)
			heading[n++] = ascii_upper(*p);
		heading[n] = '\0';
		/* UNKNOWN would read as a state. */
		table_add_column(matrix, status_zone(i) == MEMHP_ZONE_UNKNOWN ? "?" : heading, ALIGN_RIGHT);
	}
	for (size_t i = 0; i < num_nodes; i++) {
		const struct memhp_node *node = memhp_snapshot_get_node(status->snapshot, i);
		char name[16];

		snprintf(name, sizeof(name), "%u", memhp_node_get_id(node));
		add_matrix_row(status, matrix, name, status_share_of_node(node), memhp_node_get_error(node) == 0);
	}
	if (has_nodeless)
		add_matrix_row(status, matrix, "-", status->nodeless, true);
	if (num_nodes + has_nodeless != 1)
		add_matrix_row(status, matrix, "all", status_share_of_all(status), true);
	table_print(matrix);
}

/* These are no multiples of blocks: people get whole MiB. */
static char *format_pages(uint64_t size, bool bytes)
{
	const uint64_t mib = 1 << 20;

	return format_bytes(bytes ? size : (size + mib / 2) / mib * mib, bytes);
}

static void print_balance(const struct status *status)
{
	_cleanup_free_ char *kernel = NULL, *movable = NULL;

	if (!status->balance ||
	    memhp_balance_get_kernel_bytes(status->balance) + memhp_balance_get_movable_bytes(status->balance) == 0) {
		puts("Balance:      not known");
		return;
	}
	kernel = format_pages(memhp_balance_get_kernel_bytes(status->balance), status->bytes);
	movable = format_pages(memhp_balance_get_movable_bytes(status->balance), status->bytes);
	printf("Balance:      %s movable, %s kernel memory", movable, kernel);
	if (memhp_balance_get_movable_bytes(status->balance) && memhp_balance_get_kernel_bytes(status->balance))
		printf(" (%.2f:1)", status_ratio(status->balance));
	putchar('\n');
}

static void print_policy(const struct status *status)
{
	const char *word = memhp_policy_get_value(status->policy, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS);
	const char *separator = "              ";
	enum memhp_transition effect;

	if (!word || memhp_transition_from_name(word, &effect) < 0)
		puts("New memory:   what happens to it is not known");
	else if (effect == MEMHP_TRANSITION_OFFLINE)
		printf("New memory:   stays offline until somebody onlines it (auto_online_blocks=%s)\n", word);
	else
		printf("New memory:   comes online by itself (auto_online_blocks=%s)\n", word);
	for (int key = MEMHP_POLICY_KEY_ONLINE_POLICY; key <= STATUS_LAST_KEY; key++) {
		const char *value = memhp_policy_get_value(status->policy, key);

		if (!value)
			continue;
		printf("%s%s=%s\n", separator, memhp_policy_key_name(key), value);
	}
}

static void print_findings(const struct status *status)
{
	const char *color = opts_use_color(status->options) ? "brown" : NULL;
	const struct memhp_status_finding *finding;

	if (!memhp_status_findings_get(status->findings, 0))
		puts("Nothing looks wrong.");
	for (size_t i = 0; (finding = memhp_status_findings_get(status->findings, i)); i++) {
		bool is_warning = memhp_status_finding_get_level(finding) == MEMHP_STATUS_LEVEL_WARNING;
		_cleanup_free_ char *text = status_finding_text(status, finding), *help = status_finding_command(status, finding);

		print_colored(is_warning ? color : NULL, is_warning ? "Warning" : "Note");
		printf(": %s%s%s\n", text, help ? ": " : "", help ? help : "");
	}
}

static void print_standby(const struct status *status)
{
	_cleanup_free_ char *size = NULL;

	if (!status->totals.standby)
		return;
	size = format_bytes(size_of_blocks(status->totals.standby, status->block_size), status->bytes);
	printf("Standby:      %s more, once it is configured (memctl configure)\n", size);
}

void status_print(const struct status *status)
{
	size_t blocks = totals_blocks(&status->totals);
	_cleanup_free_ char *size = format_bytes(size_of_blocks(blocks, status->block_size), status->bytes),
			    *block = format_bytes(status->block_size, status->bytes);

	printf("Memory:       %s in %zu block%s of %s\n", size, blocks, blocks == 1 ? "" : "s", block);
	print_standby(status);
	putchar('\n');
	print_matrix(status);
	putchar('\n');
	print_balance(status);
	print_policy(status);
	printf("Probe:        %s\n\n", status->probe < 0 ? "not known"
				       : status->probe   ? "blocks can be added by hand (there is a probe file)"
							 : "not available (this kernel has no probe file)");
	print_findings(status);
}
