/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's memory for people. */
#include <stdio.h>
#include <string.h>

#include "ui/nums.h"
#include "status/status.h"
#include "ui/advice.h"
#include "ui/columns.h"
#include "ui/format.h"
#include "ui/opts.h"
#include "ui/parse-args.h"
#include "ui/table.h"
#include "ui/wrap.h"
#include "ui/xalloc.h"

/* Blocks of a zone that has a column: not of "unknown", where the kernel names none at all. */
static size_t count_shown(const struct status *status, enum memhp_zone zone)
{
	return zone == MEMHP_ZONE_UNKNOWN && status->no_hotremove ? 0 : memhp_snapshot_count_zone(status->snapshot, zone);
}

/* What stands in a matrix: one of these, or both */
enum { SHOW_STATES = 1, SHOW_ZONES = 2 };

struct matrix {
	const struct status *status;
	struct table *table;
	unsigned int shown;
};

static void add_zone_cell(const struct matrix *matrix, struct table_row *row, size_t column, size_t blocks)
{
	if (blocks)
		table_set(row, column, format_bytes(size_of_blocks(blocks, matrix->status->block_size), matrix->status->bytes));
	else
		table_set_copy(row, column, "-");
}

/* Totals, then the online blocks of each zone that the machine has */
static void add_matrix_row(const struct matrix *matrix, const char *name, struct share share, bool is_known)
{
	const struct status *status = matrix->status;
	struct table_row *row = table_add_row(matrix->table);
	size_t column = 0;

	table_set_copy(row, column++, name);
	if (matrix->shown & SHOW_STATES)
		column = totals_set(row, column, &share.totals, &status->totals, status->block_size, status->bytes);
	for (size_t i = 0; matrix->shown & SHOW_ZONES && i < NUM_ZONES; i++)
		if (count_shown(status, status_zone(i)))
			add_zone_cell(matrix, row, column++, share.zones[status_zone(i)]);
	/* Some of its blocks may not be known. */
	while (!is_known && column > 1)
		table_set_copy(row, --column, "?");
}

static void add_zone_columns(const struct matrix *matrix)
{
	for (size_t i = 0; i < NUM_ZONES; i++) {
		char heading[16];
		size_t n = 0;

		if (!count_shown(matrix->status, status_zone(i)))
			continue;
		for (const char *p = memhp_zone_name(status_zone(i)); *p; p++)
			heading[n++] = ascii_upper(*p);
		heading[n] = '\0';
		/* UNKNOWN would read as a state. */
		table_add_column(matrix->table, status_zone(i) == MEMHP_ZONE_UNKNOWN ? "?" : heading, ALIGN_RIGHT);
	}
}

static void add_matrix_rows(const struct matrix *matrix)
{
	const struct status *status = matrix->status;
	size_t num_nodes = memhp_snapshot_get_num_nodes(status->snapshot), num_rows = num_nodes;
	const struct {
		const char *name;
		const struct share *share;
	} others[] = { { "several", &status->several }, { "-", &status->nodeless }, { "?", &status->lost } };

	for (size_t i = 0; i < num_nodes; i++) {
		const struct memhp_node *node = memhp_snapshot_get_node(status->snapshot, i);
		char name[16];

		snprintf(name, sizeof(name), "%u", memhp_node_get_id(node));
		add_matrix_row(matrix, name, status_share_of_node_alone(status, node), memhp_node_get_error(node) == 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (!totals_blocks(&others[i].share->totals))
			continue;
		add_matrix_row(matrix, others[i].name, *others[i].share, true);
		num_rows++;
	}
	if (num_rows != 1)
		add_matrix_row(matrix, "all", status_share_of_all(status), true);
}

static struct table *make_matrix(const struct status *status, unsigned int shown)
{
	struct matrix matrix = { status, table_new(OUTPUT_TABLE, true, opts_use_color(status->options)), shown };

	table_add_column(matrix.table, "NODE", ALIGN_RIGHT);
	if (shown & SHOW_STATES)
		totals_add_columns(matrix.table, &status->totals);
	if (shown & SHOW_ZONES)
		add_zone_columns(&matrix);
	add_matrix_rows(&matrix);
	return matrix.table;
}

/* Where it is too wide states and zones have one each. */
static void print_matrix(const struct status *status)
{
	struct table *matrix = make_matrix(status, SHOW_STATES | SHOW_ZONES);

	if (!table_fits(matrix)) {
		table_free(matrix);
		table_print(make_matrix(status, SHOW_STATES));
		putchar('\n');
		matrix = make_matrix(status, SHOW_ZONES);
	}
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
	_cleanup_free_ char *kernel = NULL, *movable = NULL, *ratio = NULL;

	if (!status->balance ||
	    (memhp_balance_get_kernel_bytes(status->balance) == 0 && memhp_balance_get_movable_bytes(status->balance) == 0)) {
		puts("Balance:      not known");
		return;
	}
	kernel = format_pages(memhp_balance_get_kernel_bytes(status->balance), status->bytes);
	movable = format_pages(memhp_balance_get_movable_bytes(status->balance), status->bytes);
	if (memhp_balance_get_movable_bytes(status->balance) && memhp_balance_get_kernel_bytes(status->balance))
		ratio = xasprintf(" (%.2f:1)", status_ratio(status->balance));
	/* A zone lets go of a block in the end. */
	print_sentence(STATUS_INDENT, "Balance:      %s movable, %s kernel memory%s%s", movable, kernel, ratio ? ratio : "",
		       status->totals.blocks[MEMHP_STATE_GOING_OFFLINE] ? ", with what is going offline" : "");
}

static void print_policy(const struct status *status)
{
	const char *word = memhp_policy_get_value(status->policy, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS);
	enum memhp_transition effect;

	if (!word || memhp_transition_from_name(word, &effect) < 0)
		puts("New memory:   what happens to it is not known");
	else if (effect == MEMHP_TRANSITION_OFFLINE)
		print_sentence(STATUS_INDENT, "New memory:   the kernel leaves it offline (auto_online_blocks=%s)", word);
	else
		print_sentence(STATUS_INDENT, "New memory:   the kernel brings it online (auto_online_blocks=%s)", word);
	for (int key = MEMHP_POLICY_KEY_ONLINE_POLICY; key <= STATUS_LAST_KEY; key++) {
		const char *value = memhp_policy_get_value(status->policy, key);

		if (!value)
			continue;
		printf("%*s%s=%s\n", STATUS_INDENT, "", memhp_policy_key_name(key), value);
	}
}

/* Behind the word; a command that has no room there has a line of its own, for it is to be pasted as a whole. */
static void print_finding(size_t column, const char *text, const char *command)
{
	_cleanup_free_ char *line = xasprintf(": %s%s%s", text, command ? ": " : "", command ? command : "");
	size_t width = wrap_width(stdout);
	bool is_long = command && width && column + wrap_length(line) > width;

	if (is_long)
		line[strlen(line) - strlen(command) - 1] = '\0';
	wrap_print(stdout, column, 2, line);
	if (is_long)
		printf("  %s\n", command);
}

static void print_findings(const struct status *status)
{
	const char *color = opts_use_color(status->options) ? COLOR_CARE : NULL;
	const struct memhp_status_finding *finding;

	if (!memhp_status_findings_get(status->findings, 0))
		puts("Nothing looks wrong.");
	for (size_t i = 0; (finding = memhp_status_findings_get(status->findings, i)); i++) {
		bool is_warning = memhp_status_finding_get_level(finding) == MEMHP_STATUS_LEVEL_WARNING;
		_cleanup_free_ char *text = status_finding_text(status, finding), *help = status_finding_command(status, finding);

		print_colored(is_warning ? color : NULL, is_warning ? "Warning" : "Note");
		print_finding(strlen(is_warning ? "Warning" : "Note"), text, help);
	}
}

static void print_standby(const struct status *status)
{
	size_t blocks = status->totals.blocks[MEMHP_STATE_STANDBY];
	_cleanup_free_ char *size = NULL, *command = advice("memctl configure --all");

	if (!blocks)
		return;
	size = format_bytes(size_of_blocks(blocks, status->block_size), status->bytes);
	print_sentence(STATUS_INDENT, "Standby:      %s more, once it is configured (%s)", size, command);
}

void status_print(const struct status *status)
{
	size_t blocks = totals_blocks(&status->totals);
	_cleanup_free_ char *size = format_bytes(size_of_blocks(blocks, status->block_size), status->bytes),
			    *block = format_bytes(status->block_size, status->bytes);

	printf("Memory:       %s in %zu block%s of %s\n", size, blocks, blocks == 1 ? "" : "s", block);
	status_print_bar(status);
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
