/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that decides about new memory: what was read, and where it stands */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/policy.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/parse-args.h"
#include "ui/session.h"
#include "ui/xalloc.h"

struct policy policy_look(const struct options *options)
{
	struct policy policy = { .options = options, .ctx = open_ctx(options) };
	const char *online_policy;
	uint64_t block_size;
	int rc = memhp_ctx_read_block_size(policy.ctx, &block_size);

	if (rc == -ENODEV)
		fail_scan(policy.ctx, rc);
	if (memhp_policy_new(&policy.kernel, policy.ctx) < 0 || memhp_agents_new(&policy.agents, policy.ctx) < 0)
		out_of_memory();
	policy.balance_error = memhp_balance_new(&policy.balance, policy.ctx);
	if (policy.balance_error == -ENOMEM)
		out_of_memory();
	/* A tree need not have it where nothing goes by it. */
	online_policy = memhp_policy_get_value(policy.kernel, MEMHP_POLICY_KEY_ONLINE_POLICY);
	if (policy.balance_error == -ENOENT && !(online_policy && strcmp(online_policy, "auto-movable") == 0))
		policy.balance_error = 0;
	return policy;
}

void policy_release(struct policy *policy)
{
	memhp_balance_free(policy->balance);
	memhp_agents_free(policy->agents);
	memhp_policy_free(policy->kernel);
	memhp_ctx_unref(policy->ctx);
}

/* Why the value of a key is not known; 0 also for a kernel that has no such file */
static int key_error(const struct policy *policy, int key)
{
	int error = memhp_policy_get_error(policy->kernel, (enum memhp_policy_key)key);

	return error == -EOPNOTSUPP ? 0 : error;
}

/* The file of what is only shown, where that counts; NULL at the end */
static const char *get_other(const struct policy *policy, size_t i, int *error)
{
	const char *value;

	return policy->shows_others ? memhp_policy_get_other(policy->kernel, i, &value, error) : NULL;
}

bool policy_is_partial(const struct policy *policy)
{
	bool partial = policy->balance_error < 0;
	int error;

	for (int key = MEMHP_POLICY_KEY_NONE + 1; memhp_policy_key_name(key); key++)
		partial |= key_error(policy, key) < 0;
	for (size_t i = 0; get_other(policy, i, &error); i++)
		partial |= error < 0;
	return partial || memhp_agents_get_unread(policy->agents, 0, &error);
}

static void warn_of_file(const char *file, int error)
{
	if (error < 0)
		warn("%s cannot be read or understood: %s", file, strerror(-error));
}

void policy_warn_of_unread(const struct policy *policy)
{
	const char *file;
	int error;

	for (int key = MEMHP_POLICY_KEY_NONE + 1; memhp_policy_key_name(key); key++)
		warn_of_file(policy_path((enum memhp_policy_key)key), key_error(policy, key));
	for (size_t i = 0; (file = get_other(policy, i, &error)); i++)
		warn_of_file(file, error);
	if (policy->balance_error < 0)
		warn_of_file(balance_file(policy->balance_error), policy->balance_error);
}

static void write_unread(struct json_doc *doc, const char *file, int error)
{
	struct json_object *object = json_new();

	json_set_string(object, "file", file);
	json_set_string(object, "errno", errno_name(error));
	json_doc_item(doc, object);
}

void policy_write_unread(const struct policy *policy, struct json_doc *doc)
{
	const char *file;
	int error;

	json_doc_begin_array(doc, "unread");
	for (int key = MEMHP_POLICY_KEY_NONE + 1; memhp_policy_key_name(key); key++)
		if (key_error(policy, key) < 0)
			write_unread(doc, policy_path((enum memhp_policy_key)key), key_error(policy, key));
	for (size_t i = 0; (file = get_other(policy, i, &error)); i++)
		if (error < 0)
			write_unread(doc, file, error);
	if (policy->balance_error < 0)
		write_unread(doc, balance_file(policy->balance_error), policy->balance_error);
	for (size_t i = 0; (file = memhp_agents_get_unread(policy->agents, i, &error)); i++)
		write_unread(doc, file, error);
	json_doc_end_array(doc);
}

const char *policy_path(enum memhp_policy_key key)
{
	static char path[128];

	snprintf(path, sizeof(path), "/sys/%s/%s",
		 key == MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS ? "devices/system/memory" : "module/memory_hotplug/parameters",
		 memhp_policy_key_name(key));
	return path;
}

char *policy_source(const struct memhp_agent *agent)
{
	unsigned int line = memhp_agent_get_line(agent);

	return line ? xasprintf("%s:%u", memhp_agent_get_file(agent), line) : xstrdup(memhp_agent_get_file(agent));
}

const char *policy_find_param(const struct policy *policy, const char *key)
{
	const struct memhp_agent *agent = memhp_agents_find_param(policy->agents, key);
	const char *value = agent ? memhp_agent_get_value(agent) : NULL;

	return agent && !value ? "" : value;
}

const char *policy_plain_flag(const char *text)
{
	static const char *const yes[] = { "y", "yes", "1", "on", "true", "t" }, *const no[] = {
		"n", "no", "0", "off", "false", "f"
	};

	for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
		if (parse_is_word(text, yes[i]))
			return "Y";
		if (parse_is_word(text, no[i]))
			return "N";
	}
	return text;
}
