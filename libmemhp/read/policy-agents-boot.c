/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What decides about new memory since boot: the command line and drivers. */
#include "read/policy-agents-boot.h"

#include <stdio.h>

#include "ctx.h"
#include "read/cmdline.h"
#include "read/files.h"
#include "read/parse.h"
#include "read/policy-agents.h"
#include "util.h"

/* The command line */

static bool is_memory_param(const struct cmdline_param *param)
{
	static const char *const keys[] = { "memhp_default_state", "movable_node", "kernelcore", "movablecore" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (memhp__cmdline_is(param, keys[i]))
			return true;
	return memhp__cmdline_has_prefix(param, "memory_hotplug.");
}

/* What the parameter does to new memory: MEMHP_TRANSITION_NONE for another one, _UNKNOWN for a word that is not known */
static enum memhp_transition effect_of(const struct cmdline_param *param)
{
	enum memhp_transition effect = MEMHP_TRANSITION_UNKNOWN;
	char word[sizeof("online_movable")];

	if (!param->value || !memhp__cmdline_is(param, "memhp_default_state"))
		return MEMHP_TRANSITION_NONE;
	if (param->value_length >= sizeof(word))
		return effect;
	memcpy(word, param->value, param->value_length);
	word[param->value_length] = '\0';
	(void)memhp_transition_from_name(word, &effect);
	return effect;
}

/* Of several words the last one counts that is known: where it is in the text, NULL for none. */
static const char *find_last_word(const char *text)
{
	struct cmdline_param param;
	const char *last = NULL;

	while (memhp__parse_cmdline(&text, &param))
		if (effect_of(&param) != MEMHP_TRANSITION_NONE && effect_of(&param) != MEMHP_TRANSITION_UNKNOWN)
			last = param.value;
	return last;
}

static int add_param(struct memhp_agents *agents, const struct cmdline_param *param, enum memhp_transition effect)
{
	_cleanup_free_ char *key = strndup(param->key, param->key_length);
	_cleanup_free_ char *value = param->value ? strndup(param->value, param->value_length) : NULL;
	_cleanup_free_ char *text = NULL;
	struct found_agent agent = { .kind = MEMHP_AGENT_KIND_CMDLINE, .effect = effect, .file = "proc/cmdline" };

	if (!key || (param->value && !value) || asprintf(&text, "%s%s%s", key, value ? "=" : "", value ? value : "") < 0)
		return -ENOMEM;
	for (char *p = key; *p; p++)
		if (*p == '-')
			*p = '_';
	agent.key = key;
	agent.value = value;
	agent.text = text;
	return memhp__agents_add(agents, agent);
}

int memhp__agents_find_params(struct memhp_agents *agents, struct memhp_ctx *ctx)
{
	_cleanup_free_ char *text = NULL;
	struct cmdline_param param;
	const char *last;
	int rc = memhp__cmdline_read(ctx, &text);

	if (rc == -ENOENT)
		return 0;
	if (rc < 0)
		return memhp__agents_add_unread(agents, ctx, "proc/cmdline", rc);
	last = find_last_word(text);
	for (const char *p = text; rc == 0 && memhp__parse_cmdline(&p, &param);)
		if (is_memory_param(&param))
			rc = add_param(agents, &param,
				       last && param.value && param.value < last ? MEMHP_TRANSITION_NONE : effect_of(&param));
	return rc;
}

/* Drivers */

/* Whether a driver has a device: the name of that begins so. 1, 0, or why it is not known */
static int has_device(struct memhp_ctx *ctx, const char *path, const char *prefix)
{
	_cleanup_close_ int dirfd = memhp__file_open_dir(ctx, path);
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	int rc = dirfd < 0 ? dirfd : memhp__file_list(dirfd, ".", &dir);

	if (rc == -ENOENT)
		return 0;
	if (rc == 0 && !*prefix)
		return 1;
	while (rc == 0 && (entry = memhp__file_next(dir, &rc)))
		if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
			return 1;
	return rc;
}

int memhp__agents_find_drivers(struct memhp_agents *agents, struct memhp_ctx *ctx)
{
	static const struct {
		const char *path, *device, *name;
		enum memhp_transition effect;
	} drivers[] = {
		{ "sys/bus/virtio/drivers/virtio_mem", "virtio", "virtio_mem", MEMHP_TRANSITION_NONE },
		{ "sys/bus/vmbus/drivers/hv_balloon", "", "hv_balloon", MEMHP_TRANSITION_NONE },
		{ "sys/devices/system/xen_memory", "", "xen_memory", MEMHP_TRANSITION_NONE },
		{ "sys/kernel", "dlpar", "dlpar", MEMHP_TRANSITION_ONLINE },
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(drivers); i++) {
		int has = has_device(ctx, drivers[i].path, drivers[i].device);

		if (has < 0)
			rc = memhp__agents_add_unread(agents, ctx, drivers[i].path, has);
		if (has > 0)
			rc = memhp__agents_add(agents, (struct found_agent){ .kind = MEMHP_AGENT_KIND_DRIVER,
									     .effect = drivers[i].effect,
									     .file = drivers[i].path,
									     .key = drivers[i].name,
									     .text = drivers[i].name });
	}
	return rc;
}
