/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may have changed a block back: what policy check knows of the rules of this machine */
#include <stdio.h>
#include <stdlib.h>

#include "operation/operation.h"
#include "ui/message.h"
#include "ui/xalloc.h"

/* So many rules are named. */
#define MAX_NAMED 3

/* Whether a block that was asked to go that way has another program brought back */
static bool has_opponent(const struct operation *op, bool offline)
{
	const struct memhp_step *step;

	for (size_t i = 0; op->result && (step = operation_get_step(op, i)); i++)
		if (memhp_step_get_outcome(step) == MEMHP_OUTCOME_REVERTED &&
		    (memhp_step_get_action(step) == MEMHP_TRANSITION_OFFLINE) == offline)
			return true;
	return false;
}

static bool is_against(const struct operation *op, const struct memhp_agent *agent)
{
	switch (memhp_agent_get_effect(agent)) {
	case MEMHP_TRANSITION_ONLINE:
	case MEMHP_TRANSITION_ONLINE_KERNEL:
	case MEMHP_TRANSITION_ONLINE_MOVABLE:
		return has_opponent(op, true) && memhp_agent_get_moments(agent) & MEMHP_MOMENT_OFFLINE;
	case MEMHP_TRANSITION_OFFLINE:
		return has_opponent(op, false) && memhp_agent_get_moments(agent) & MEMHP_MOMENT_ONLINE;
	default:
		return false;
	}
}

/* "/etc/udev/rules.d/60-x.rules:3, ..."; NULL when there is none. From malloc() */
static char *name_rules(const struct operation *op, const struct memhp_agents *agents)
{
	const struct memhp_agent *agent;
	char *names = NULL;
	size_t num = 0;

	for (size_t i = 0; num < MAX_NAMED && (agent = memhp_agents_get(agents, i)); i++) {
		char *longer;

		if (memhp_agent_get_kind(agent) != MEMHP_AGENT_KIND_UDEV || !is_against(op, agent))
			continue;
		longer = xasprintf("%s%s%s:%u", names ? names : "", names ? ", " : "", memhp_agent_get_file(agent),
				   memhp_agent_get_line(agent));
		free(names);
		names = longer;
		num++;
	}
	return names;
}

void operation_tell_agents(const struct operation *op)
{
	_cleanup_free_ char *rules = NULL;
	struct memhp_agents *agents;

	if (!has_opponent(op, true) && !has_opponent(op, false))
		return;
	if (memhp_agents_new(&agents, op->session.ctx) < 0)
		out_of_memory();
	rules = name_rules(op, agents);
	memhp_agents_free(agents);
	if (rules)
		warn("it may have been the udev rule %s; see memctl policy check", rules);
}
