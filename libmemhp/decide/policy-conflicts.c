/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where two of those who decide about new memory want different things, and who wins. Pure. */
#include "decide/policy-judge.h"
#include "util.h"

static enum memhp_policy_code compare_rule(const struct judge *judge, const struct memhp_agent *agent)
{
	enum memhp_transition effect = memhp_agent_get_effect(agent);

	if (!judge_onlines(judge->kernel))
		return judge_onlines(effect) ? MEMHP_POLICY_CODE_UDEV_ONLINES : MEMHP_POLICY_CODE_NONE;
	if (effect == MEMHP_TRANSITION_OFFLINE)
		return memhp__judge_is_timing(judge, agent) ? MEMHP_POLICY_CODE_TIMING : MEMHP_POLICY_CODE_UDEV_OFFLINES;
	return judge_onlines(effect) && effect != judge->kernel ? MEMHP_POLICY_CODE_UDEV_ZONE : MEMHP_POLICY_CODE_NONE;
}

static void compare_rules(struct judge *judge)
{
	const struct memhp_agent *agent;

	for (size_t i = 0; (agent = memhp_agents_get(judge->agents, i)); i++) {
		enum memhp_policy_code code;
		enum memhp_transition effect = memhp_agent_get_effect(agent);

		if (!memhp__judge_is_rule(judge, agent))
			continue;
		code = compare_rule(judge, agent);
		if (code == MEMHP_POLICY_CODE_TIMING)
			judge_add(judge, code, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, MEMHP_TRANSITION_UNKNOWN, agent,
				  .is_timing = true);
		else if (code)
			judge_add(judge, code, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS,
				  code == MEMHP_POLICY_CODE_UDEV_ZONE ? judge->kernel : effect, agent);
		if (judge->movable_node && !judge_onlines(judge->kernel) && effect == MEMHP_TRANSITION_ONLINE_KERNEL)
			judge_add(judge, MEMHP_POLICY_CODE_MOVABLE_NODE, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, effect, agent,
				  judge->movable_node);
	}
}

static void compare_sections(struct judge *judge)
{
	const struct memhp_agent *agent;

	for (size_t i = 0; (agent = memhp_agents_get(judge->agents, i)); i++)
		if (memhp_agent_get_kind(agent) == MEMHP_AGENT_KIND_DAXCTL && memhp__judge_is_refused(judge, agent))
			judge_add(judge, MEMHP_POLICY_CODE_DAXCTL_REFUSES, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS,
				  MEMHP_TRANSITION_NONE, agent);
}

static void compare_drivers(struct judge *judge)
{
	const struct memhp_agent *agent;

	for (size_t i = 0; !judge_onlines(judge->kernel) && (agent = memhp_agents_get(judge->agents, i)); i++) {
		if (memhp_agent_get_kind(agent) != MEMHP_AGENT_KIND_DRIVER)
			continue;
		if (memhp__judge_is_driver(agent, "dlpar"))
			judge_add(judge, MEMHP_POLICY_CODE_DLPAR, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, MEMHP_TRANSITION_ONLINE,
				  agent);
		else if (!judge->winner)
			judge_add(judge, MEMHP_POLICY_CODE_DRIVER_NEEDS_ONLINE, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS,
				  MEMHP_TRANSITION_OFFLINE, agent);
	}
}

static void compare_zone_choice(struct judge *judge)
{
	bool is_open = memhp__judge_is_zone_open(judge);
	bool auto_movable = memhp__judge_is(judge, MEMHP_POLICY_KEY_ONLINE_POLICY, "auto-movable");

	if (auto_movable && judge->word && !judge->has_unread && !is_open)
		judge_add(judge, MEMHP_POLICY_CODE_ONLINE_POLICY_UNUSED, MEMHP_POLICY_KEY_ONLINE_POLICY);
	if (judge->movable_node && judge->kernel == MEMHP_TRANSITION_ONLINE_KERNEL)
		judge_add(judge, MEMHP_POLICY_CODE_MOVABLE_NODE, MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, judge->kernel,
			  .other_agent = judge->movable_node);
	if (judge->movable_node && auto_movable && is_open)
		judge_add(judge, MEMHP_POLICY_CODE_MOVABLE_NODE, MEMHP_POLICY_KEY_ONLINE_POLICY, MEMHP_TRANSITION_ONLINE,
			  .other_agent = judge->movable_node);
}

/* The line of tmpfiles.d that sets a key: the first one wins. */
static const struct memhp_agent *find_tmpfile(const struct judge *judge, enum memhp_policy_key key)
{
	const struct memhp_agent *agent;

	for (size_t i = 0; (agent = memhp_agents_get(judge->agents, i)); i++)
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

static void compare_boot(struct judge *judge, enum memhp_policy_key key, const struct memhp_agent *param)
{
	const char *value = memhp_policy_get_value(judge->policy, key);
	const struct memhp_agent *tmpfile = find_tmpfile(judge, key), *agent = tmpfile ? tmpfile : param;
	const char *wanted = tmpfile ? memhp_agent_get_value(tmpfile) : param ? read_param(param, key) : NULL;
	enum memhp_transition effect = MEMHP_TRANSITION_NONE;

	if (!value || !agent || strcmp(wanted, value) == 0)
		return;
	if (key == MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS)
		(void)memhp_transition_from_name(wanted, &effect);
	judge_add(judge, tmpfile ? MEMHP_POLICY_CODE_TMPFILES_DIFFERS : MEMHP_POLICY_CODE_BOOT_DIFFERS, key, effect, agent);
}

/* The kernel takes it from the command line alone, where it can. */
static void compare_memmap(struct judge *judge, const struct memhp_agent *param)
{
	int error = memhp_policy_get_error(judge->policy, MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY);
	bool is_off = memhp__judge_is(judge, MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY, "N") || error == -EOPNOTSUPP;

	if (param && is_off && strcmp(read_param(param, MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY), "N") != 0)
		judge_add(judge, MEMHP_POLICY_CODE_MEMMAP_NOT_EFFECTIVE, MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY, MEMHP_TRANSITION_NONE,
			  param);
}

static void compare_boots(struct judge *judge)
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
		const struct memhp_agent *param = memhp_agents_find_param(judge->agents, params[key]);

		if (key == MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY)
			compare_memmap(judge, param);
		else
			compare_boot(judge, key, param);
	}
}

void memhp__judge_conflicts(struct judge *judge)
{
	if (judge->word) {
		compare_rules(judge);
		compare_sections(judge);
		compare_drivers(judge);
	}
	compare_zone_choice(judge);
	/* What sets a value at boot is not known where not all could be read. */
	if (!judge->has_unread)
		compare_boots(judge);
}
