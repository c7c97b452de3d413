/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where two of those who decide about new memory want different things, and who wins */
#include <stdio.h>
#include <string.h>

#include "policy/findings.h"
#include "ui/message.h"
#include "ui/xalloc.h"

static void compare_rule(struct check *check, const struct memhp_agent *agent, bool is_for_movable)
{
	enum memhp_effect effect = memhp_agent_get_effect(agent);
	_cleanup_free_ char *source = policy_source(agent), *condition = check_condition(agent);

	if (!check_onlines(check->kernel) && check_onlines(effect))
		check_add(check, CONTRADICTION, "udev-onlines",
			  "auto_online_blocks=%s leaves new memory offline, but the udev rule %s onlines it (%s%s): the rule wins",
			  check->word, source, memhp_effect_name(effect), condition);
	else if (effect == MEMHP_EFFECT_OFFLINE && check_depends_on_timing(check, agent))
		check_add(check, CONTRADICTION, "timing",
			  "auto_online_blocks=%s onlines new memory, but the udev rule %s takes it offline when it finds it %s%s: "
			  "udevd looks while the kernel onlines it, so that depends on timing",
			  check->word, source,
			  memhp_agent_get_moments(agent) == MEMHP_MOMENT_ADD_ONLINE ? "online already" : "still offline",
			  condition);
	else if (check_onlines(check->kernel) && effect == MEMHP_EFFECT_OFFLINE)
		check_add(check, CONTRADICTION, "udev-offlines",
			  "auto_online_blocks=%s onlines new memory, but the udev rule %s takes it offline%s: the rule "
			  "comes later and wins",
			  check->word, source, condition);
	else if (check_onlines(check->kernel) && check_onlines(effect) && effect != check->kernel)
		check_add(check, CONTRADICTION, "udev-zone",
			  "auto_online_blocks=%s and the udev rule %s (%s%s) want different zones: the kernel is there "
			  "first and wins, "
			  "the rule acts only where the kernel fails",
			  check->word, source, memhp_effect_name(effect), condition);
	if (is_for_movable && effect == MEMHP_EFFECT_ONLINE_KERNEL)
		check_add(check, CONTRADICTION, "movable-node",
			  "movable_node is to keep added memory movable, but the udev rule %s brings it to a kernel "
			  "zone%s: the rule wins",
			  source, condition);
}

/* It looks before it begins; only a section that takes any outcome for good is carried out then. */
static void compare_section(struct check *check, const struct memhp_agent *agent)
{
	enum memhp_effect effect = memhp_agent_get_effect(agent);
	_cleanup_free_ char *source = policy_source(agent);

	if (check_onlines(check->kernel) && effect != MEMHP_EFFECT_ONLINE_KERNEL)
		check_add(check, CONTRADICTION, "daxctl-refuses",
			  "auto_online_blocks=%s onlines new memory, but daxctl's section \"%s\" (%s) wants %s: daxctl refuses, "
			  "and the device does not become memory",
			  check->word, memhp_agent_get_key(agent), source,
			  effect == MEMHP_EFFECT_OFFLINE ? "it offline" : "to bring it to ZONE_MOVABLE itself");
}

static void compare_agents(struct check *check)
{
	bool is_for_movable = policy_find_param(check->policy, "movable_node") && !check_onlines(check->kernel);
	const struct memhp_agent *agent;

	for (size_t i = 0; check->word && (agent = check_agent(check, i)); i++) {
		if (check_is_rule(check, agent))
			compare_rule(check, agent, is_for_movable);
		else if (memhp_agent_get_kind(agent) == MEMHP_AGENT_DAXCTL)
			compare_section(check, agent);
	}
}

static void compare_drivers(struct check *check)
{
	static const struct {
		const char *name, *text;
	} needy[] = {
		{ "virtio_mem", "virtio-mem stops adding memory when too much of it is offline" },
		{ "hv_balloon", "the Hyper-V balloon waits for each part to come online before it adds the next" },
		{ "xen_memory", "the Xen balloon can use new memory only when it is online" },
	};
	const struct memhp_agent *agent;

	if (!check->word || check_onlines(check->kernel))
		return;
	for (size_t i = 0; (agent = check_agent(check, i)); i++) {
		if (check_is_driver(agent, "dlpar"))
			check_add(check, CONTRADICTION, "dlpar",
				  "auto_online_blocks=%s leaves new memory offline, but DLPAR onlines what it adds: DLPAR wins",
				  check->word);
		for (size_t j = 0; !check->winner && j < ARRAY_SIZE(needy); j++)
			if (check_is_driver(agent, needy[j].name))
				check_add(check, CONTRADICTION, "driver-needs-online",
					  "auto_online_blocks=%s leaves new memory offline, but %s", check->word, needy[j].text);
	}
}

static void compare_zone_choice(struct check *check)
{
	bool auto_movable = check_is(check, MEMHP_POLICY_ONLINE_POLICY, "auto-movable");
	bool movable_node = policy_find_param(check->policy, "movable_node");

	if (auto_movable && check->word && !check_has_unread_agents(check) && !check_plain_used(check))
		check_add(check, CONTRADICTION, "online-policy-unused",
			  "online_policy=auto-movable has no effect on new memory: %s; it matters only to those who "
			  "online memory without "
			  "naming a zone",
			  check_onlines(check->kernel) ? "auto_online_blocks names a zone itself"
						       : "nothing onlines it without naming a zone");
	if (movable_node && check->kernel == MEMHP_EFFECT_ONLINE_KERNEL)
		check_add(check, CONTRADICTION, "movable-node",
			  "movable_node is to keep added memory movable, but auto_online_blocks=%s brings it to a kernel "
			  "zone: the latter wins",
			  check->word);
	if (movable_node && auto_movable && check_plain_used(check))
		check_add(check, CONTRADICTION, "movable-node",
			  "movable_node is to keep added memory movable, but online_policy=auto-movable goes by its ratio alone: "
			  "the latter wins");
}

/* The line of tmpfiles.d that sets a key: the first one wins. */
static const struct memhp_agent *find_tmpfile(const struct check *check, enum memhp_policy_key key)
{
	const struct memhp_agent *agent;

	for (size_t i = 0; (agent = check_agent(check, i)); i++)
		if (memhp_agent_get_kind(agent) == MEMHP_AGENT_TMPFILES &&
		    strcmp(memhp_agent_get_key(agent), memhp_policy_key_name(key)) == 0)
			return agent;
	return NULL;
}

static void compare_boot(struct check *check, enum memhp_policy_key key)
{
	const char *value = check_value(check, key), *name = memhp_policy_key_name(key), *given;
	const struct memhp_agent *tmpfile = find_tmpfile(check, key);
	char param[64];

	snprintf(param, sizeof(param), "%s%s", key == MEMHP_POLICY_AUTO_ONLINE_BLOCKS ? "" : "memory_hotplug.",
		 key == MEMHP_POLICY_AUTO_ONLINE_BLOCKS ? "memhp_default_state" : name);
	given = policy_find_param(check->policy, param);
	if (given && !*given)
		given = "Y";
	if (given && (key == MEMHP_POLICY_AUTO_MOVABLE_NUMA_AWARE || key == MEMHP_POLICY_MEMMAP_ON_MEMORY))
		given = policy_plain_flag(given);
	if (key == MEMHP_POLICY_MEMMAP_ON_MEMORY) {
		if (given && strcmp(given, "N") != 0 && (!value || strcmp(value, "N") == 0))
			check_add(check, CONTRADICTION, "memmap-not-effective",
				  "%s=%s is on the kernel's command line, but %s: this kernel or machine cannot do it", param,
				  given, value ? "memmap_on_memory is N" : "there is no memmap_on_memory");
		return;
	}
	if (!value)
		return;
	if (tmpfile && strcmp(memhp_agent_get_value(tmpfile), value) != 0) {
		_cleanup_free_ char *source = policy_source(tmpfile);

		check_add(check, CONTRADICTION, "tmpfiles-differs", "%s is %s now, but %s makes it %s at the next boot", name,
			  value, source, memhp_agent_get_value(tmpfile));
	} else if (!tmpfile && given && strcmp(given, value) != 0) {
		check_add(check, CONTRADICTION, "boot-differs",
			  "%s is %s now, but %s=%s is on the kernel's command line: the next boot brings that back", name, value,
			  param, given);
	}
}

void check_contradictions(struct check *check)
{
	compare_agents(check);
	compare_drivers(check);
	compare_zone_choice(check);
	/* What sets a value at boot is not known where not all could be read. */
	for (int key = MEMHP_POLICY_NONE + 1; memhp_policy_key_name(key) && !policy_is_partial(check->policy); key++)
		compare_boot(check, key);
}

void policy_warn_of_agents(const struct policy *policy, const char *value)
{
	struct check check = { .policy = policy, .word = value, .kernel = check_effect(value) };

	compare_agents(&check);
	compare_drivers(&check);
	for (size_t i = 0; i < check.num_lines; i++)
		warn("careful: %s", check.lines[i].text);
	check_release(&check);
}
