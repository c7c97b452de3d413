/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl policy show: a row for each thing that decides */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"
#include "ui/exit.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/opts.h"
#include "ui/table.h"
#include "ui/value.h"
#include "ui/xalloc.h"

/* When a value can change */
enum change { CHANGE_NOW, CHANGE_BOOT, CHANGE_FILE, CHANGE_ELSEWHERE, CHANGE_NO };

static const struct {
	const char *name, *text;
} changes[] = {
	[CHANGE_NOW] = { "now", "now" },
	[CHANGE_BOOT] = { "boot", "at boot" },
	[CHANGE_FILE] = { "file", "in the file" },
	[CHANGE_ELSEWHERE] = { "elsewhere", "elsewhere" },
	[CHANGE_NO] = { "no", "no" },
};

struct row {
	const char *kind, *key, *value;
	char *file; /* from malloc() */
	unsigned int line;
	enum change change;
	const char *why; /* it can change no sooner, or where */
	int error;       /* why the value is not known */
	const struct memhp_agent *agent;
};

static struct row key_row(const struct policy *policy, enum memhp_policy_key key)
{
	struct row row = { .kind = "kernel",
			   .key = memhp_policy_key_name(key),
			   .value = memhp_policy_get_value(policy->kernel, key),
			   .file = xstrdup(policy_path(key)) };

	row.error = memhp_policy_get_error(policy->kernel, key);
	if (row.error == -EOPNOTSUPP) {
		row.change = CHANGE_NO;
		row.why = "this kernel has no such file";
		row.error = 0;
	} else if (key == MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY) {
		row.change = CHANGE_BOOT;
		row.why = "the kernel reads it once, from its command line";
	}
	return row;
}

/* "crash_hotplug", "dax0.0/memmap_on_memory": of a device its name is part of the key. */
static const char *other_key(const char *file)
{
	static const char devices[] = "/sys/bus/dax/devices/";

	return strncmp(file, devices, strlen(devices)) == 0 ? file + strlen(devices) : strrchr(file, '/') + 1;
}

/* What memctl only shows */
static bool get_other_row(const struct policy *policy, size_t i, struct row *row)
{
	const char *value, *file;
	int error;

	file = memhp_policy_get_other(policy->kernel, i, &value, &error);
	if (file)
		*row = (struct row){ .kind = "kernel",
				     .key = other_key(file),
				     .value = value,
				     .file = xstrdup(file),
				     .change = CHANGE_ELSEWHERE,
				     .why = "memctl only shows it",
				     .error = error };
	return file;
}

/* No kernel that is released has it, so that its absence tells nothing. */
static bool is_worth_a_row(const struct policy *policy, enum memhp_policy_key key)
{
	return key != MEMHP_POLICY_KEY_OFFLINE_MIGRATE_MAX_PASSES || memhp_policy_get_error(policy->kernel, key) != -EOPNOTSUPP;
}

static struct row agent_row(const struct memhp_agent *agent)
{
	static const struct {
		enum change change;
		const char *why;
	} ways[] = {
		[MEMHP_AGENT_KIND_CMDLINE] = { CHANGE_BOOT, "it is on the kernel's command line" },
		[MEMHP_AGENT_KIND_UDEV] = { CHANGE_FILE, "a file of the same name in /etc/udev/rules.d takes its place" },
		[MEMHP_AGENT_KIND_TMPFILES] = { CHANGE_FILE, "it is written at boot" },
		[MEMHP_AGENT_KIND_DAXCTL] = { CHANGE_FILE, "daxctl reads it when a device appears" },
		[MEMHP_AGENT_KIND_DRIVER] = { CHANGE_NO, "it is how the driver works" },
	};
	enum memhp_agent_kind kind = memhp_agent_get_kind(agent);
	bool is_known = kind < ARRAY_SIZE(ways); /* the library may be newer */
	struct row row = { .kind = memhp_agent_kind_name(kind),
			   .key = memhp_agent_get_key(agent),
			   .value = memhp_agent_get_value(agent),
			   .file = xstrdup(memhp_agent_get_file(agent)),
			   .line = memhp_agent_get_line(agent),
			   .change = is_known ? ways[kind].change : CHANGE_ELSEWHERE,
			   .why = is_known ? ways[kind].why : "memctl only shows it",
			   .agent = agent };

	/* A rule that is there already is the administrator's own. */
	if (kind == MEMHP_AGENT_KIND_UDEV && strncmp(row.file, "/etc/", strlen("/etc/")) == 0)
		row.why = "edit it there";
	return row;
}

static size_t count_others(const struct policy *policy)
{
	const char *value;
	size_t num = 0;
	int error;

	while (memhp_policy_get_other(policy->kernel, num, &value, &error))
		num++;
	return num;
}

/* Row by row; false at the end. The row's file is the caller's to free. */
static bool get_row(const struct policy *policy, size_t i, struct row *row)
{
	const struct memhp_agent *agent;

	enum memhp_policy_key key = MEMHP_POLICY_KEY_NONE + 1;

	for (; memhp_policy_key_name(key); key++) {
		if (is_worth_a_row(policy, key) && i-- == 0) {
			*row = key_row(policy, key);
			return true;
		}
	}
	if (get_other_row(policy, i, row))
		return true;
	i -= count_others(policy);
	agent = memhp_agents_get(policy->agents, i);
	if (agent)
		*row = agent_row(agent);
	return agent;
}

/* Rules, sections and drivers are shown by what they do. */
static struct value shown_value(const struct row *row)
{
	enum memhp_agent_kind kind = row->agent ? memhp_agent_get_kind(row->agent) : MEMHP_AGENT_KIND_CMDLINE;

	if (row->error < 0)
		return value_unknown(row->error);
	if (!row->agent || kind == MEMHP_AGENT_KIND_CMDLINE || kind == MEMHP_AGENT_KIND_TMPFILES)
		return value_word(row->value);
	if (memhp_agent_get_effect(row->agent) == MEMHP_TRANSITION_NONE)
		return value_none(NULL);
	if (memhp_agent_get_effect(row->agent) == MEMHP_TRANSITION_UNKNOWN)
		return value_unknown(0);
	return value_word(memhp_transition_name(memhp_agent_get_effect(row->agent)));
}

static char *shown_key(const struct row *row)
{
	bool is_named = !row->agent || memhp_agent_get_kind(row->agent) == MEMHP_AGENT_KIND_CMDLINE ||
			memhp_agent_get_kind(row->agent) == MEMHP_AGENT_KIND_TMPFILES;
	const char *kind = row->agent && memhp_agent_get_kind(row->agent) == MEMHP_AGENT_KIND_UDEV ? "udev rule" : row->kind;
	return xasprintf("%s%s%s", is_named ? "" : kind, is_named || !row->key ? "" : " ", row->key ? row->key : "");
}

static void print_table(const struct policy *policy)
{
	struct table *table = table_new(OUTPUT_TABLE, !has_option(policy->options, OPT_NOHEADINGS), false);
	struct row row;

	table_add_column(table, "KEY", ALIGN_LEFT);
	table_add_column(table, "VALUE", ALIGN_LEFT);
	table_add_column(table, "SOURCE", ALIGN_PATH);
	table_add_column(table, "CHANGE", ALIGN_LEFT);
	for (size_t i = 0; get_row(policy, i, &row); i++) {
		struct table_row *line = table_add_row(table);

		table_set(line, 0, shown_key(&row));
		value_show(shown_value(&row), line, 1, false);
		table_set(line, 2, row.agent ? policy_source(row.agent) : xstrdup(row.file));
		table_set_copy(line, 3, changes[row.change].text);
		free(row.file);
	}
	table_print(table);
}

/* What has no room in the table: conditions, and with --verbose what an agent says and why a value cannot change sooner */
static void print_details(const struct policy *policy)
{
	bool verbose = has_option(policy->options, OPT_VERBOSE), is_first = true;
	struct row row;

	for (size_t i = 0; get_row(policy, i, &row); i++) {
		const char *condition = row.agent ? memhp_agent_get_condition(row.agent) : NULL;
		_cleanup_free_ char *source = row.agent ? policy_source(row.agent) : xstrdup(row.file);

		if (condition || (verbose && (row.agent || row.why))) {
			printf("%s%s:\n", is_first ? "\n" : "", source);
			is_first = false;
		}
		if (verbose && row.agent)
			print_sentence(4, "  %s", memhp_agent_get_text(row.agent));
		if (condition)
			print_sentence(4, "  depends: %s", condition);
		if (verbose && row.why)
			print_sentence(4, "  change: %s, %s", changes[row.change].text, row.why);
		free(row.file);
	}
}

static void write_document(const struct policy *policy, int status)
{
	struct json_doc doc;
	struct row row;

	json_doc_begin_whole(&doc, "policy", false);
	json_doc_string(&doc, "verb", "show");
	json_doc_uint(&doc, "exit_status", (uint64_t)status);
	json_doc_begin_array(&doc, "entries");
	for (size_t i = 0; get_row(policy, i, &row); i++) {
		struct json_object *object = json_new();

		json_set_string(object, "kind", row.kind);
		json_set_string(object, "key", row.key);
		json_set_string(object, "value", row.value);
		json_set_string(object, "file", row.file);
		if (row.line)
			json_set_uint(object, "line", row.line);
		else
			json_set_null(object, "line");
		json_set_string(object, "change", changes[row.change].name);
		json_set_string(object, "why", row.why);
		if (row.error < 0)
			json_set_string(object, "errno", errno_name(row.error));
		if (row.agent) {
			json_set_string(object, "effect", memhp_transition_name(memhp_agent_get_effect(row.agent)));
			json_set_string(object, "condition", memhp_agent_get_condition(row.agent));
			json_set_string(object, "text", memhp_agent_get_text(row.agent));
		}
		json_doc_item(&doc, object);
		free(row.file);
	}
	json_doc_end_array(&doc);
	policy_write_unread(policy, &doc);
	json_doc_end(&doc);
}

int policy_show(struct policy *policy)
{
	int status;

	policy->shows_others = true;
	status = policy_is_partial(policy) ? EXIT_PARTLY : EXIT_DONE;
	policy_warn_of_unread(policy);
	if (has_option(policy->options, OPT_JSON)) {
		write_document(policy, status);
	} else {
		print_table(policy);
		print_details(policy);
	}
	return status;
}
