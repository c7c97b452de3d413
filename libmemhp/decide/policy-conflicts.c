/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where two of those who decide about new memory want different things, and who wins. Pure. */
#include "decide/policy-findings.h"
#include "util.h"

static enum memhp_policy_code compare_rule(const struct policy_check *check, const struct memhp_agent *agent)
{
	enum memhp_transition effect = memhp_agent_get_effect(agent);

	if (!onlines_memory(check->kernel))
		return onlines_memory(effect) ? MEMHP_POLICY_CODE_UDEV_ONLINES : MEMHP_POLICY_CODE_NONE;
	if (effect == MEMHP_TRANSITION_OFFLINE)
		return memhp__policy_is_timing(check, agent) ? MEMHP_POLICY_CODE_TIMING : MEMHP_POLICY_CODE_UDEV_OFFLINES;
	return onlines_memory(effect) && effect != check->kernel ? MEMHP_POLICY_CODE_UDEV_ZONE : MEMHP_POLICY_CODE_NONE;
}

static void compare_rules(struct policy_check *check)
{
	const struct memhp_agent *agent;

	for (size_t i = 0; (agent = memhp_agents_get(check->agents, i)); i++) {
		enum memhp_policy_code code;
		enum memhp_transition effect = memhp_agent_get_effect(agent);

		if (!memhp__policy_is_rule(check, agent))
			continue;
		code = compare_rule(check, agent);
		if (code == MEMHP_POLICY_CODE_TIMING)
			add_finding(check, code, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, MEMHP_TRANSITION_UNKNOWN, agent,
				    .is_timing = true);
		else if (code)
			add_finding(check, code, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS,
				    code == MEMHP_POLICY_CODE_UDEV_ZONE ? check->kernel : effect, agent);
		if (check->movable_node && !onlines_memory(check->kernel) && effect == MEMHP_TRANSITION_ONLINE_KERNEL)
			add_finding(check, MEMHP_POLICY_CODE_MOVABLE_NODE, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, effect, agent,
				    check->movable_node);
	}
}

static void compare_sections(struct policy_check *check)
{
	const struct memhp_agent *agent;

	for (size_t i = 0; (agent = memhp_agents_get(check->agents, i)); i++)
		if (memhp_agent_get_kind(agent) == MEMHP_AGENT_KIND_DAXCTL && memhp__policy_is_refused(check, agent))
			add_finding(check, MEMHP_POLICY_CODE_DAXCTL_REFUSES, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS,
				    MEMHP_TRANSITION_NONE, agent);
}

static void compare_drivers(struct policy_check *check)
{
	const struct memhp_agent *agent;

	for (size_t i = 0; !onlines_memory(check->kernel) && (agent = memhp_agents_get(check->agents, i)); i++) {
		if (memhp_agent_get_kind(agent) != MEMHP_AGENT_KIND_DRIVER)
			continue;
		if (memhp__policy_is_driver(agent, "dlpar"))
			add_finding(check, MEMHP_POLICY_CODE_DLPAR, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, MEMHP_TRANSITION_ONLINE,
				    agent);
		else if (!check->winner)
			add_finding(check, MEMHP_POLICY_CODE_DRIVER_NEEDS_ONLINE, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS,
				    MEMHP_TRANSITION_OFFLINE, agent);
	}
}

static void compare_zone_choice(struct policy_check *check)
{
	bool is_open = memhp__policy_is_zone_open(check);
	bool auto_movable = memhp__policy_is(check, MEMHP_POLICY_KEY_ONLINE_POLICY, "auto-movable");

	if (auto_movable && check->word && !check->has_unread && !is_open)
		add_finding(check, MEMHP_POLICY_CODE_ONLINE_POLICY_UNUSED, MEMHP_POLICY_KEY_ONLINE_POLICY);
	if (check->movable_node && check->kernel == MEMHP_TRANSITION_ONLINE_KERNEL)
		add_finding(check, MEMHP_POLICY_CODE_MOVABLE_NODE, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, check->kernel,
			    .other_agent = check->movable_node);
	if (check->movable_node && auto_movable && is_open)
		add_finding(check, MEMHP_POLICY_CODE_MOVABLE_NODE, MEMHP_POLICY_KEY_ONLINE_POLICY, MEMHP_TRANSITION_ONLINE,
			    .other_agent = check->movable_node);
}

/* The line of tmpfiles.d that sets a key: the first one wins. */
static const struct memhp_agent *find_tmpfile(const struct policy_check *check, enum memhp_policy_key key)
{
	const struct memhp_agent *agent;

	for (size_t i = 0; (agent = memhp_agents_get(check->agents, i)); i++)
		if (memhp_agent_get_kind(agent) == MEMHP_AGENT_KIND_TMPFILES &&
		    strcmp(memhp_agent_get_key(agent), memhp_policy_key_name(key)) == 0)
			return agent;
	return NULL;
}

/* A flag of the command line as its file shows it: the kernel looks at the first letter, of "on" and "off" at the second. */
static const char *read_flag(const char *text)
{
	char c = ascii_lower(text[0]);

	if (c == 'o')
		c = ascii_lower(text[1]) == 'n' ? 'y' : 'n';
	if (strchr("yt1", c))
		return "Y";
	return strchr("nf0", c) ? "N" : text;
}

/* What a parameter sets its key to, as the file of the key shows it */
static const char *read_param(const struct memhp_agent *param, enum memhp_policy_key key)
{
	const char *value = memhp_agent_get_value(param);

	if (!value || !*value)
		return "Y";
	if (key == MEMHP_POLICY_KEY_AUTO_MOVABLE_NUMA_AWARE ||
	    (key == MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY && strcmp(value, "force") != 0))
		return read_flag(value);
	return value;
}

static void compare_boot(struct policy_check *check, enum memhp_policy_key key, const struct memhp_agent *param)
{
	const char *value = memhp_policy_get_value(check->policy, key);
	const struct memhp_agent *tmpfile = find_tmpfile(check, key), *agent = tmpfile ? tmpfile : param;
	const char *wanted = tmpfile ? memhp_agent_get_value(tmpfile) : param ? read_param(param, key) : NULL;
	enum memhp_transition effect = MEMHP_TRANSITION_NONE;

	if (!value || !agent || strcmp(wanted, value) == 0)
		return;
	if (key == MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS)
		(void)memhp_transition_from_name(wanted, &effect);
	add_finding(check, tmpfile ? MEMHP_POLICY_CODE_TMPFILES_DIFFERS : MEMHP_POLICY_CODE_BOOT_DIFFERS, key, effect, agent);
}

/* The kernel takes it from the command line alone, where it can. */
static void compare_memmap(struct policy_check *check, const struct memhp_agent *param)
{
	int error = memhp_policy_get_error(check->policy, MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY);
	bool is_off = memhp__policy_is(check, MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY, "N") || error == -EOPNOTSUPP;

	if (param && is_off && strcmp(read_param(param, MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY), "N") != 0)
		add_finding(check, MEMHP_POLICY_CODE_MEMMAP_NOT_EFFECTIVE, MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY, MEMHP_TRANSITION_NONE,
			    param);
}

static void compare_boots(struct policy_check *check)
{
	static const char *const params[] = {
		[MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS] = "memhp_default_state",
		[MEMHP_POLICY_KEY_ONLINE_POLICY] = "memory_hotplug.online_policy",
		[MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO] = "memory_hotplug.auto_movable_ratio",
		[MEMHP_POLICY_KEY_AUTO_MOVABLE_NUMA_AWARE] = "memory_hotplug.auto_movable_numa_aware",
		[MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY] = "memory_hotplug.memmap_on_memory",
		[MEMHP_POLICY_KEY_OFFLINE_MIGRATE_MAX_PASSES] = "memory_hotplug.offline_migrate_max_passes",
	};

	for (enum memhp_policy_key key = MEMHP_POLICY_KEY_NONE + 1; key < ARRAY_SIZE(params); key++) {
		const struct memhp_agent *param = memhp_agents_find_param(check->agents, params[key]);

		if (key == MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY)
			compare_memmap(check, param);
		else
			compare_boot(check, key, param);
	}
}

void memhp__policy_find_conflicts(struct policy_check *check)
{
	if (check->word) {
		compare_rules(check);
		compare_sections(check);
		compare_drivers(check);
	}
	compare_zone_choice(check);
	/* What sets a value at boot is not known where not all could be read. */
	if (!check->has_unread)
		compare_boots(check);
}
