/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/findings.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ui/xalloc.h"

_printf_(4, 5) void check_add(struct check *check, enum severity severity, const char *code, const char *format, ...)
{
	va_list args;

	if (check->num_lines == check->allocated_lines) {
		check->allocated_lines = check->allocated_lines ? 2 * check->allocated_lines : 16;
		check->lines = xreallocarray(check->lines, check->allocated_lines, sizeof(*check->lines));
	}
	va_start(args, format);
	check->lines[check->num_lines++] = (struct line){ severity, code, xvasprintf(format, args) };
	va_end(args);
}

bool check_has_unread_agents(const struct check *check)
{
	int error;

	return memhp_agents_get_unread(check->policy->agents, 0, &error);
}

const struct memhp_agent *check_agent(const struct check *check, size_t i)
{
	return memhp_agents_get(check->policy->agents, i);
}

const char *check_value(const struct check *check, enum memhp_policy_key key)
{
	return memhp_policy_get_value(check->policy->kernel, key);
}

bool check_is(const struct check *check, enum memhp_policy_key key, const char *word)
{
	const char *value = check_value(check, key);

	return value && strcmp(value, word) == 0;
}

bool check_onlines(enum memhp_effect effect)
{
	return effect >= MEMHP_EFFECT_ONLINE;
}

enum memhp_effect check_effect(const char *word)
{
	enum memhp_effect effect = MEMHP_EFFECT_UNKNOWN;

	(void)memhp_effect_from_name(word, &effect);
	return effect;
}

/* ", if CONST{virt}==..."; from malloc() */
char *check_condition(const struct memhp_agent *agent)
{
	const char *condition = memhp_agent_get_condition(agent);
	return xasprintf("%s%s", condition ? ", " : "", condition ? condition : "");
}

bool check_is_rule(const struct check *check, const struct memhp_agent *agent)
{
	unsigned int moments = MEMHP_MOMENT_ADD_OFFLINE | MEMHP_MOMENT_ONLINE;

	if (!check->word || check_onlines(check->kernel))
		moments |= MEMHP_MOMENT_ADD_ONLINE;
	return memhp_agent_get_kind(agent) == MEMHP_AGENT_UDEV && memhp_agent_get_moments(agent) & moments;
}

/* To online what the kernel onlines comes to the same, whoever is first. */
bool check_depends_on_timing(const struct check *check, const struct memhp_agent *agent)
{
	unsigned int moments = memhp_agent_get_moments(agent) & ~(unsigned int)MEMHP_MOMENT_OFFLINE;

	return check_onlines(check->kernel) && !check_onlines(memhp_agent_get_effect(agent)) &&
	       (moments == MEMHP_MOMENT_ADD_OFFLINE || moments == MEMHP_MOMENT_ADD_ONLINE);
}

bool check_is_driver(const struct memhp_agent *agent, const char *name)
{
	return memhp_agent_get_kind(agent) == MEMHP_AGENT_DRIVER && strcmp(memhp_agent_get_key(agent), name) == 0;
}

/* What plain "online" comes to, if anything does that */
bool check_plain_used(const struct check *check)
{
	const struct memhp_agent *agent;

	if (check_onlines(check->kernel))
		return check->kernel == MEMHP_EFFECT_ONLINE;
	for (size_t i = 0; (agent = check_agent(check, i)); i++)
		if ((check_is_rule(check, agent) || check_is_driver(agent, "dlpar")) &&
		    memhp_agent_get_effect(agent) == MEMHP_EFFECT_ONLINE)
			return true;
	return false;
}

void check_release(struct check *check)
{
	for (size_t i = 0; i < check->num_lines; i++)
		free(check->lines[i].text);
	free(check->lines);
}
