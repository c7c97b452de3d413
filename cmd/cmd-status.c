/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl status: the machine's memory at a glance, and what looks wrong */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "command.h"
#include "json.h"
#include "opts.h"
#include "report.h"
#include "totals.h"
#include "values.h"

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

struct finding {
	const char *code;
	bool warning; /* else a note */
	char *text;
};

struct status {
	const struct options *options;
	struct memhp_snapshot *snapshot;
	struct memhp_policy *policy;
	struct memhp_balance *balance; /* NULL: not known */
	struct totals totals;
	uint64_t block_size;
	bool bytes, probe;
	struct finding findings[8];
	size_t num_findings;
};

static double ratio_of(const struct memhp_balance *balance)
{
	return (double)memhp_balance_get_movable_bytes(balance) / (double)memhp_balance_get_kernel_bytes(balance);
}

__attribute__((format(printf, 4, 5))) static void add_finding(struct status *status, const char *code, bool warning,
							      const char *format, ...)
{
	struct finding *finding = &status->findings[status->num_findings++];
	va_list args;

	finding->code = code;
	finding->warning = warning;
	va_start(args, format);
	if (vasprintf(&finding->text, format, args) < 0)
		out_of_memory();
	va_end(args);
}

/* "3 blocks (384M) are"; from malloc() */
static char *describe_blocks(const struct status *status, size_t blocks)
{
	char size[SIZE_TEXT_MAX], *text;

	if (asprintf(&text, "%zu block%s (%s) %s", blocks, blocks == 1 ? "" : "s",
		     format_size(size_of_blocks(blocks, status->block_size), size), blocks == 1 ? "is" : "are") < 0)
		out_of_memory();
	return text;
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
	if (memhp_balance_get_kernel_bytes(status->balance) == 0 || ratio_of(status->balance) > MAX_RATIO)
		add_finding(
			status, "imbalance", true,
			"more than %d times as much movable as kernel memory: the kernel may run out while movable memory is free",
			MAX_RATIO);
}

static void look(struct status *status, struct memhp_ctx *ctx)
{
	int rc = memhp_snapshot_new(&status->snapshot, ctx, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES);

	if (rc < 0)
		fail_scan(ctx, rc);
	if (memhp_policy_new(&status->policy, ctx) < 0)
		out_of_memory();
	memhp_balance_new(&status->balance, ctx);
	status->probe = memhp_ctx_has_probe(ctx);
	status->block_size = memhp_snapshot_get_block_size_bytes(status->snapshot);
	for (int state = 0; state < MEMHP_NUM_STATES; state++)
		status->totals.blocks[state] = memhp_snapshot_count_state(status->snapshot, state);
	find_odd_states(status);
	find_imbalance(status);
}

/* Zones in the order in which they are shown: the kernel's, then the blocks of several zones and of unknown ones */
static enum memhp_zone nth_zone(size_t i)
{
	return i + MEMHP_ZONE_DMA < MEMHP_NUM_ZONES ? i + MEMHP_ZONE_DMA : MEMHP_NUM_ZONES - 1 - i;
}

static struct totals node_totals(const struct memhp_node *node)
{
	struct totals totals;

	for (int state = 0; state < MEMHP_NUM_STATES; state++)
		totals.blocks[state] = memhp_node_count_state(node, state);
	return totals;
}

/* A row of the matrix: totals, then the online blocks of each zone that the machine has; `node` NULL for all */
static void add_matrix_row(const struct status *status, struct table *matrix, const char *name, const struct memhp_node *node)
{
	struct table_row *row = table_add_row(matrix);
	struct totals totals = node ? node_totals(node) : status->totals;
	size_t column = 0;

	table_set_copy(row, column++, name);
	column = totals_set(row, column, &totals, &status->totals, status->block_size, status->bytes);
	for (size_t i = 0; i < MEMHP_NUM_ZONES; i++) {
		enum memhp_zone zone = nth_zone(i);
		size_t all = memhp_snapshot_count_zone(status->snapshot, zone);
		size_t blocks = node ? memhp_node_count_zone(node, zone) : all;

		if (!all)
			continue;
		if (blocks)
			table_set(row, column, format_bytes(size_of_blocks(blocks, status->block_size), status->bytes));
		else
			table_set_copy(row, column, "-");
		column++;
	}
}

static void print_matrix(const struct status *status)
{
	struct table *matrix = table_new(OUTPUT_TABLE, true, opts_use_color(status->options));
	size_t num_nodes = memhp_snapshot_get_num_nodes(status->snapshot);

	table_add_column(matrix, "NODE", ALIGN_RIGHT);
	totals_add_columns(matrix, &status->totals);
	for (size_t i = 0; i < MEMHP_NUM_ZONES; i++) {
		char heading[16];
		size_t n = 0;

		if (!memhp_snapshot_count_zone(status->snapshot, nth_zone(i)))
			continue;
		for (const char *p = memhp_zone_name(nth_zone(i)); *p; p++)
			heading[n++] = (char)toupper((unsigned char)*p);
		heading[n] = '\0';
		/* UNKNOWN would read as a state. */
		table_add_column(matrix, nth_zone(i) == MEMHP_ZONE_UNKNOWN ? "?" : heading, ALIGN_RIGHT);
	}
	for (size_t i = 0; i < num_nodes; i++) {
		const struct memhp_node *node = memhp_snapshot_get_node(status->snapshot, i);
		char name[16];

		snprintf(name, sizeof(name), "%u", memhp_node_get_id(node));
		add_matrix_row(status, matrix, name, node);
	}
	if (num_nodes != 1)
		add_matrix_row(status, matrix, "all", NULL);
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
	char *kernel, *movable;

	if (!status->balance ||
	    memhp_balance_get_kernel_bytes(status->balance) + memhp_balance_get_movable_bytes(status->balance) == 0) {
		puts("Balance:      not known");
		return;
	}
	kernel = format_pages(memhp_balance_get_kernel_bytes(status->balance), status->bytes);
	movable = format_pages(memhp_balance_get_movable_bytes(status->balance), status->bytes);
	printf("Balance:      %s movable, %s kernel memory", movable, kernel);
	if (memhp_balance_get_movable_bytes(status->balance) && memhp_balance_get_kernel_bytes(status->balance))
		printf(" (%.2f:1)", ratio_of(status->balance));
	putchar('\n');
	free(kernel);
	free(movable);
}

static void print_policy(const struct status *status)
{
	const char *word = memhp_policy_get_value(status->policy, MEMHP_POLICY_AUTO_ONLINE_BLOCKS);
	const char *separator = "              ";

	if (!word)
		puts("New memory:   what happens to it is not known");
	else if (!memhp_policy_is_auto_online(status->policy))
		printf("New memory:   stays offline until somebody onlines it (auto_online_blocks=%s)\n", word);
	else
		printf("New memory:   comes online by itself (auto_online_blocks=%s)\n", word);
	for (int key = MEMHP_POLICY_ONLINE_POLICY; key < MEMHP_NUM_POLICY_KEYS; key++) {
		const char *value = memhp_policy_get_value(status->policy, key);

		if (!value)
			continue;
		printf("%s%s=%s\n", separator, memhp_policy_key_name(key), value);
	}
}

static void print_findings(const struct status *status)
{
	const char *on = opts_use_color(status->options) ? "\033[33m" : "", *off = *on ? "\033[0m" : "";

	if (status->num_findings == 0)
		puts("Nothing looks wrong.");
	for (size_t i = 0; i < status->num_findings; i++) {
		const struct finding *finding = &status->findings[i];

		printf("%s%s%s: %s\n", on, finding->warning ? "Warning" : "Note", off, finding->text);
	}
}

static void print_text(const struct status *status)
{
	size_t blocks = totals_blocks(&status->totals);
	char *size = format_bytes(size_of_blocks(blocks, status->block_size), status->bytes),
	     *block = format_bytes(status->block_size, status->bytes);

	printf("Memory:       %s in %zu block%s of %s\n\n", size, blocks, blocks == 1 ? "" : "s", block);
	free(size);
	free(block);
	print_matrix(status);
	putchar('\n');
	print_balance(status);
	print_policy(status);
	printf("Probe:        %s\n\n", status->probe ? "blocks can be added by hand (there is a probe file)"
						     : "not available (this kernel has no probe file)");
	print_findings(status);
}

/* The number of blocks in each zone: of a node, or of the machine for NULL */
static struct json_object *make_zones(const struct status *status, const struct memhp_node *node)
{
	struct json_object *zones = json_array_new();

	for (size_t i = 0; i < MEMHP_NUM_ZONES; i++) {
		enum memhp_zone zone = nth_zone(i);
		size_t blocks = node ? memhp_node_count_zone(node, zone) : memhp_snapshot_count_zone(status->snapshot, zone);
		struct json_object *object;

		if (!blocks)
			continue;
		object = json_new();
		json_set_string(object, "zone", zone == MEMHP_ZONE_NONE ? NULL : memhp_zone_name(zone));
		json_set_uint(object, "blocks", blocks);
		json_set_uint(object, "size", size_of_blocks(blocks, status->block_size));
		json_append(zones, object);
	}
	return zones;
}

static struct json_object *make_totals(const struct totals *totals, uint64_t unit)
{
	struct json_object *object = json_new();

	json_set_uint(object, "total", size_of_blocks(totals_blocks(totals), unit));
	totals_json(object, totals, unit);
	return object;
}

static void write_nodes(const struct status *status, struct json_doc *doc)
{
	json_doc_begin_array(doc, "nodes");
	for (size_t i = 0; i < memhp_snapshot_get_num_nodes(status->snapshot); i++) {
		const struct memhp_node *node = memhp_snapshot_get_node(status->snapshot, i);
		struct totals totals = node_totals(node);
		struct json_object *object = json_new();

		json_set_uint(object, "node", memhp_node_get_id(node));
		json_set_uint(object, "blocks", totals_blocks(&totals));
		json_set_uint(object, "size", size_of_blocks(totals_blocks(&totals), status->block_size));
		totals_json(object, &totals, status->block_size);
		json_set(object, "zones", make_zones(status, node));
		json_doc_item(doc, object);
	}
	json_doc_end_array(doc);
}

static struct json_object *make_balance(const struct memhp_balance *balance)
{
	struct json_object *object;

	if (!balance)
		return NULL;
	object = json_new();
	json_set_uint(object, "movable", memhp_balance_get_movable_bytes(balance));
	json_set_uint(object, "kernel", memhp_balance_get_kernel_bytes(balance));
	if (memhp_balance_get_kernel_bytes(balance))
		json_set_ratio(object, "ratio", ratio_of(balance));
	else
		json_set_null(object, "ratio");
	return object;
}

/* Numbers and flags as such, words as the kernel's */
static struct json_object *make_policy(const struct memhp_policy *policy)
{
	struct json_object *object = json_new();

	for (int key = 0; key < MEMHP_NUM_POLICY_KEYS; key++) {
		const char *name = memhp_policy_key_name(key), *value = memhp_policy_get_value(policy, key);
		char *end;
		unsigned long number = value ? strtoul(value, &end, 10) : 0;

		if (value && key == MEMHP_POLICY_AUTO_MOVABLE_RATIO && isdigit((unsigned char)*value) && !*end)
			json_set_uint(object, name, number);
		else if (value && key == MEMHP_POLICY_AUTO_MOVABLE_NUMA_AWARE && (!strcmp(value, "Y") || !strcmp(value, "N")))
			json_set_bool(object, name, *value == 'Y');
		else if (key == MEMHP_POLICY_AUTO_MOVABLE_RATIO || key == MEMHP_POLICY_AUTO_MOVABLE_NUMA_AWARE)
			json_set_null(object, name);
		else
			json_set_string(object, name, value);
	}
	return object;
}

static void write_document(const struct status *status)
{
	struct json_doc doc;

	json_doc_begin(&doc, stdout, "status");
	json_doc_uint(&doc, "block_size", status->block_size);
	json_doc_member(&doc, "blocks", make_totals(&status->totals, 1));
	json_doc_member(&doc, "memory", make_totals(&status->totals, status->block_size));
	json_doc_member(&doc, "zones", make_zones(status, NULL));
	write_nodes(status, &doc);
	json_doc_member(&doc, "balance", make_balance(status->balance));
	json_doc_member(&doc, "policy", make_policy(status->policy));
	json_doc_bool(&doc, "probe", status->probe);
	json_doc_begin_array(&doc, "findings");
	for (size_t i = 0; i < status->num_findings; i++) {
		struct json_object *object = json_new();

		json_set_string(object, "code", status->findings[i].code);
		json_set_string(object, "severity", status->findings[i].warning ? "warning" : "note");
		json_set_string(object, "text", status->findings[i].text);
		json_doc_item(&doc, object);
	}
	json_doc_end_array(&doc);
	json_doc_end(&doc);
}

int cmd_status(struct options *options, int argc, const char **argv)
{
	struct status status = { .options = options };
	struct memhp_ctx *ctx;
	int result;

	opts_parse_command(options, argc, argv, option_table, NULL);
	status.bytes = has_option(options, OPT_BYTES);
	ctx = opts_open(options);
	look(&status, ctx);
	if (has_option(options, OPT_JSON))
		write_document(&status);
	else
		print_text(&status);
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
