/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was found about new memory, and the questions that are asked of an agent. Pure. */
#include "decide/policy-findings.h"

#include "object.h"
#include "util.h"

void memhp__policy_add_finding(struct policy_check *check, struct memhp_policy_finding finding)
{
	struct memhp_policy_findings *findings = check->findings;

	if (check->rc < 0)
		return;
	if (ARRAY_RESERVE(findings->items, findings->num, findings->allocated))
		findings->items[findings->num++] = finding;
	else
		check->rc = -ENOMEM;
}

bool memhp__policy_is_rule(const struct policy_check *check, const struct memhp_agent *agent)
{
	unsigned int moments = MEMHP_MOMENT_ADD_OFFLINE | MEMHP_MOMENT_ONLINE;

	if (!check->word || onlines_memory(check->kernel))
		moments |= MEMHP_MOMENT_ADD_ONLINE;
	return memhp_agent_get_kind(agent) == MEMHP_AGENT_KIND_UDEV && memhp_agent_get_moments(agent) & moments;
}

/* To online what the kernel onlines comes to the same, whoever is first. */
bool memhp__policy_is_timing(const struct policy_check *check, const struct memhp_agent *agent)
{
	unsigned int moments = memhp_agent_get_moments(agent) & ~(unsigned int)MEMHP_MOMENT_OFFLINE;

	return onlines_memory(check->kernel) && !onlines_memory(memhp_agent_get_effect(agent)) &&
	       (moments == MEMHP_MOMENT_ADD_OFFLINE || moments == MEMHP_MOMENT_ADD_ONLINE);
}

bool memhp__policy_is_driver(const struct memhp_agent *agent, const char *name)
{
	return memhp_agent_get_kind(agent) == MEMHP_AGENT_KIND_DRIVER && strcmp(memhp_agent_get_key(agent), name) == 0;
}

bool memhp__policy_is(const struct policy_check *check, enum memhp_policy_key key, const char *word)
{
	const char *value = memhp_policy_get_value(check->policy, key);

	return value && strcmp(value, word) == 0;
}

bool memhp__policy_is_zone_open(const struct policy_check *check)
{
	const struct memhp_agent *agent;

	if (onlines_memory(check->kernel))
		return check->kernel == MEMHP_TRANSITION_ONLINE;
	for (size_t i = 0; (agent = memhp_agents_get(check->agents, i)); i++)
		if (memhp_agent_get_effect(agent) == MEMHP_TRANSITION_ONLINE &&
		    (memhp__policy_is_rule(check, agent) || memhp__policy_is_driver(agent, "dlpar")))
			return true;
	return false;
}

bool memhp__policy_is_refused(const struct policy_check *check, const struct memhp_agent *section)
{
	return onlines_memory(check->kernel) && memhp_agent_get_effect(section) != MEMHP_TRANSITION_ONLINE_KERNEL;
}

MEMHP_EXPORT void memhp_policy_findings_free(struct memhp_policy_findings *findings)
{
	if (!findings)
		return;
	free(findings->items);
	free(findings);
}

MEMHP_EXPORT const struct memhp_policy_finding *memhp_policy_findings_get(const struct memhp_policy_findings *findings,
									  size_t index)
{
	return index < findings->num ? &findings->items[index] : NULL;
}

MEMHP_EXPORT enum memhp_transition memhp_policy_findings_get_effect(const struct memhp_policy_findings *findings)
{
	return findings->effect;
}

MEMHP_EXPORT enum memhp_policy_code memhp_policy_finding_get_code(const struct memhp_policy_finding *finding)
{
	return finding->code;
}

MEMHP_EXPORT enum memhp_policy_level memhp_policy_finding_get_level(const struct memhp_policy_finding *finding)
{
	if (finding->code >= MEMHP_POLICY_CODE_UDEV_ONLINES)
		return MEMHP_POLICY_LEVEL_CONTRADICTION;
	return finding->code >= MEMHP_POLICY_CODE_UNREADABLE ? MEMHP_POLICY_LEVEL_NOTE : MEMHP_POLICY_LEVEL_STATEMENT;
}

MEMHP_EXPORT enum memhp_policy_key memhp_policy_finding_get_key(const struct memhp_policy_finding *finding)
{
	return finding->key;
}

MEMHP_EXPORT const struct memhp_agent *memhp_policy_finding_get_agent(const struct memhp_policy_finding *finding)
{
	return finding->agent;
}

MEMHP_EXPORT const struct memhp_agent *memhp_policy_finding_get_other_agent(const struct memhp_policy_finding *finding)
{
	return finding->other_agent;
}

MEMHP_EXPORT enum memhp_transition memhp_policy_finding_get_effect(const struct memhp_policy_finding *finding)
{
	return finding->effect;
}

MEMHP_EXPORT bool memhp_policy_finding_is_timing(const struct memhp_policy_finding *finding)
{
	return finding->is_timing;
}

MEMHP_EXPORT uint64_t memhp_policy_finding_get_percent(const struct memhp_policy_finding *finding)
{
	return finding->percent;
}
