/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's memory as a document. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/nums.h"
#include "status/status.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/xalloc.h"

/* The number of blocks in each zone */
static struct json_object *make_zones(const struct status *status, const struct share *share)
{
	struct json_object *zones = json_array_new();

	for (size_t i = 0; i < NUM_ZONES; i++) {
		enum memhp_zone zone = status_zone(i);
		size_t blocks = share->zones[zone];
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

static void set_share(struct json_object *object, const struct status *status, struct share share)
{
	json_set_uint(object, "blocks", totals_blocks(&share.totals));
	json_set_uint(object, "size", size_of_blocks(totals_blocks(&share.totals), status->block_size));
	totals_json(object, &share.totals, status->block_size);
	json_set(object, "zones", make_zones(status, &share));
}

static void write_nodeless(const struct status *status, struct json_doc *doc, const char *why, const struct share *share)
{
	struct json_object *object;

	if (!totals_blocks(&share->totals))
		return;
	object = json_new();
	json_set_null(object, "node");
	json_set_string(object, "no_node", why);
	set_share(object, status, *share);
	json_doc_item(doc, object);
}

static void write_nodes(const struct status *status, struct json_doc *doc)
{
	const struct memhp_node *node;

	json_doc_begin_array(doc, "nodes");
	for (size_t i = 0; (node = memhp_snapshot_get_node(status->snapshot, i)); i++) {
		struct json_object *object = json_new();

		json_set_uint(object, "node", memhp_node_get_id(node));
		json_set_null(object, "no_node");
		if (memhp_node_get_error(node) < 0)
			json_set_string(object, "errno", errno_name(memhp_node_get_error(node)));
		else
			set_share(object, status, status_share_of_node(node));
		json_doc_item(doc, object);
	}
	write_nodeless(status, doc, "none", &status->nodeless);
	write_nodeless(status, doc, "unknown", &status->lost);
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
		json_set_ratio(object, "ratio", status_ratio(balance));
	else
		json_set_null(object, "ratio");
	return object;
}

/* Numbers and flags as such, words as the kernel's */
static struct json_object *make_policy(const struct memhp_policy *policy)
{
	struct json_object *object = json_new();

	for (int key = MEMHP_POLICY_KEY_NONE + 1; key <= STATUS_LAST_KEY; key++) {
		const char *name = memhp_policy_key_name(key), *value = memhp_policy_get_value(policy, key);
		char *end;
		unsigned long number = value ? strtoul(value, &end, 10) : 0;

		if (value && key == MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO && isdigit((unsigned char)*value) && !*end)
			json_set_uint(object, name, number);
		else if (value && key == MEMHP_POLICY_KEY_AUTO_MOVABLE_NUMA_AWARE && (!strcmp(value, "Y") || !strcmp(value, "N")))
			json_set_bool(object, name, *value == 'Y');
		else if (key == MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO || key == MEMHP_POLICY_KEY_AUTO_MOVABLE_NUMA_AWARE)
			json_set_null(object, name);
		else
			json_set_string(object, name, value);
	}
	return object;
}

static struct json_object *make_figures(const struct memhp_status_finding *finding)
{
	struct json_object *object = json_new();
	const char *name;

	for (int figure = MEMHP_STATUS_FIGURE_NONE + 1; (name = memhp_status_figure_name(figure)); figure++) {
		uint64_t value;

		if (memhp_status_finding_get_figure(finding, figure, &value) == 0)
			json_set_uint(object, name, value);
	}
	return object;
}

static void write_findings(const struct status *status, struct json_doc *doc)
{
	const struct memhp_status_finding *finding;

	json_doc_begin_array(doc, "findings");
	for (size_t i = 0; (finding = memhp_status_findings_get(status->findings, i)); i++) {
		_cleanup_free_ char *text = status_finding_text(status, finding), *help = status_finding_command(status, finding);
		bool is_warning = memhp_status_finding_get_level(finding) == MEMHP_STATUS_LEVEL_WARNING;
		struct json_object *object = json_new();

		json_set_string(object, "code", memhp_status_code_name(memhp_status_finding_get_code(finding)));
		json_set_string(object, "severity", is_warning ? "warning" : "note");
		json_set(object, "figures", make_figures(finding));
		json_set_string(object, "name", memhp_status_finding_get_name(finding));
		json_set_string(object, "errno", errno_name(memhp_status_finding_get_error(finding)));
		json_set_string(object, "text", text);
		json_set_string(object, "command", help);
		json_doc_item(doc, object);
	}
	json_doc_end_array(doc);
}

void status_write(const struct status *status)
{
	struct share all = status_share_of_all(status);
	struct json_doc doc;

	json_doc_begin_whole(&doc, "status", false);
	json_doc_uint(&doc, "exit_status", (uint64_t)status->exit_status);
	json_doc_uint(&doc, "block_size", status->block_size);
	json_doc_member(&doc, "blocks", make_totals(&status->totals, 1));
	json_doc_member(&doc, "memory", make_totals(&status->totals, status->block_size));
	json_doc_member(&doc, "zones", make_zones(status, &all));
	write_nodes(status, &doc);
	json_doc_member(&doc, "balance", make_balance(status->balance));
	json_doc_member(&doc, "policy", make_policy(status->policy));
	if (status->probe < 0)
		json_doc_null(&doc, "probe");
	else
		json_doc_bool(&doc, "probe", status->probe);
	write_findings(status, &doc);
	json_doc_end(&doc);
}
