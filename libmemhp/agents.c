/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who else decides about new memory. Here: the command line and drivers. */
#include <stdio.h>

#include "agents.h"
#include "conf-dirs.h"
#include "parse.h"

struct memhp_agent {
	enum memhp_agent_kind kind;
	enum memhp_effect effect;
	unsigned int line;
	char *file, *key, *value, *text, *condition;
};

struct memhp_agents {
	unsigned int refs;
	struct memhp_agent *items;
	size_t num, allocated;
};

static void agents_free(struct memhp_agents *agents)
{
	for (size_t i = 0; i < agents->num; i++) {
		free(agents->items[i].file);
		free(agents->items[i].key);
		free(agents->items[i].value);
		free(agents->items[i].text);
		free(agents->items[i].condition);
	}
	free(agents->items);
	free(agents);
}

DEFINE_REF_UNREF(agents)

/* Printable ASCII, for terminals and JSON alike; NULL for NULL. */
static bool copy_text(char **copy, const char *text)
{
	*copy = text ? strdup(text) : NULL;
	for (char *p = *copy; p && *p; p++)
		if (*p < ' ' || *p > '~')
			*p = *p == '\t' ? ' ' : '?';
	return *copy || !text;
}

int agents_add(struct memhp_agents *agents, struct found_agent agent)
{
	struct memhp_agent *new;
	char *file;

	if (asprintf(&file, "/%s", agent.file) < 0)
		return -ENOMEM;
	if (!ARRAY_RESERVE(agents->items, agents->num, agents->allocated)) {
		free(file);
		return -ENOMEM;
	}
	new = &agents->items[agents->num++];
	*new = (struct memhp_agent){ .kind = agent.kind, .effect = agent.effect, .line = agent.line };
	if (copy_text(&new->file, file) && copy_text(&new->key, agent.key) && copy_text(&new->value, agent.value) &&
	    copy_text(&new->text, agent.text) &&
	    copy_text(&new->condition, agent.condition && *agent.condition ? agent.condition : NULL)) {
		free(file);
		return 0;
	}
	free(file);
	return -ENOMEM;
}

static enum memhp_effect effect_from_word(const char *word)
{
	for (enum memhp_effect effect = MEMHP_EFFECT_OFFLINE; effect < MEMHP_NUM_EFFECTS; effect++)
		if (strcmp(word, memhp_effect_name(effect)) == 0)
			return effect;
	return MEMHP_EFFECT_UNKNOWN;
}

/* The command line */

static bool is_memory_param(const struct cmdline_param *param)
{
	static const char *const keys[] = { "memhp_default_state", "movable_node", "kernelcore", "movablecore" };
	static const char module[] = "memory_hotplug.";

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (param->key_length == strlen(keys[i]) && cmdline_is(param, keys[i], param->key_length))
			return true;
	return cmdline_is(param, module, strlen(module));
}

static int add_param(struct memhp_agents *agents, const struct cmdline_param *param)
{
	_cleanup_free_ char *key = strndup(param->key, param->key_length);
	_cleanup_free_ char *value = param->value ? strndup(param->value, param->value_length) : NULL;
	_cleanup_free_ char *text = NULL;
	struct found_agent agent = { .kind = MEMHP_AGENT_CMDLINE, .file = "proc/cmdline" };

	if (!key || (param->value && !value) || asprintf(&text, "%s%s%s", key, value ? "=" : "", value ? value : "") < 0)
		return -ENOMEM;
	for (char *p = key; *p; p++)
		if (*p == '-')
			*p = '_';
	agent.key = key;
	agent.value = value;
	agent.text = text;
	if (value && strcmp(key, "memhp_default_state") == 0)
		agent.effect = effect_from_word(value);
	return agents_add(agents, agent);
}

static int find_params(struct memhp_agents *agents, struct memhp_ctx *ctx)
{
	_cleanup_free_ char *text = NULL;
	struct cmdline_param param;
	size_t length;
	int rc = conf_file_read(ctx, "proc/cmdline", &text, &length);

	for (const char *p = text; rc == 0 && parse_cmdline(&p, &param);)
		if (is_memory_param(&param))
			rc = add_param(agents, &param);
	return rc == -ENODATA ? 0 : rc;
}

/* Drivers */

/* Whether a driver has a device: the name of that begins so. */
static bool has_device(struct memhp_ctx *ctx, const char *path, const char *prefix)
{
	_cleanup_close_ int dirfd = sysfs_open_dir(ctx, path);
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	bool found = !*prefix;

	if (dirfd < 0 || sysfs_list(dirfd, ".", &dir) < 0)
		return false;
	while (!found && (entry = readdir(dir)))
		found = strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
	return found;
}

static int find_drivers(struct memhp_agents *agents, struct memhp_ctx *ctx)
{
	static const struct {
		const char *path, *device, *name;
		enum memhp_effect effect;
	} drivers[] = {
		{ "sys/bus/virtio/drivers/virtio_mem", "virtio", "virtio_mem", MEMHP_EFFECT_NONE },
		{ "sys/bus/vmbus/drivers/hv_balloon", "", "hv_balloon", MEMHP_EFFECT_NONE },
		{ "sys/devices/system/xen_memory", "", "xen_memory", MEMHP_EFFECT_NONE },
		{ "sys/kernel", "dlpar", "dlpar", MEMHP_EFFECT_ONLINE },
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(drivers); i++) {
		if (has_device(ctx, drivers[i].path, drivers[i].device))
			rc = agents_add(agents, (struct found_agent){ .kind = MEMHP_AGENT_DRIVER,
								      .effect = drivers[i].effect,
								      .file = drivers[i].path,
								      .key = drivers[i].name,
								      .text = drivers[i].name });
	}
	return rc;
}

MEMHP_EXPORT int memhp_agents_new(struct memhp_agents **agents, struct memhp_ctx *ctx)
{
	static int (*const find[])(struct memhp_agents *, struct memhp_ctx *) = { find_params, agents_find_rules,
										  agents_find_tmpfiles, agents_find_daxctl,
										  find_drivers };
	struct memhp_agents *new = calloc(1, sizeof(*new));
	int rc = new ? 0 : -ENOMEM;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(find); i++)
		rc = find[i](new, ctx);
	if (rc < 0) {
		if (new)
			agents_free(new);
		return rc;
	}
	new->refs = 1;
	*agents = new;
	return 0;
}

MEMHP_EXPORT const struct memhp_agent *memhp_agents_get(const struct memhp_agents *agents, size_t index)
{
	return index < agents->num ? &agents->items[index] : NULL;
}

MEMHP_EXPORT enum memhp_agent_kind memhp_agent_get_kind(const struct memhp_agent *agent)
{
	return agent->kind;
}

MEMHP_EXPORT const char *memhp_agent_get_file(const struct memhp_agent *agent)
{
	return agent->file;
}

MEMHP_EXPORT unsigned int memhp_agent_get_line(const struct memhp_agent *agent)
{
	return agent->line;
}

MEMHP_EXPORT const char *memhp_agent_get_key(const struct memhp_agent *agent)
{
	return agent->key;
}

MEMHP_EXPORT const char *memhp_agent_get_value(const struct memhp_agent *agent)
{
	return agent->value;
}

MEMHP_EXPORT const char *memhp_agent_get_text(const struct memhp_agent *agent)
{
	return agent->text;
}

MEMHP_EXPORT enum memhp_effect memhp_agent_get_effect(const struct memhp_agent *agent)
{
	return agent->effect;
}

MEMHP_EXPORT const char *memhp_agent_get_condition(const struct memhp_agent *agent)
{
	return agent->condition;
}
