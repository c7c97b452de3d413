/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who else decides about new memory: a list, which policy-agents-find.c fills. */
#include "read/policy-agents.h"

#include <stdio.h>

#include "ctx.h"
#include "object.h"
#include "util.h"

struct memhp_agent {
	enum memhp_agent_kind kind;
	enum memhp_transition effect;
	unsigned int line, moments;
	char *file, *key, *value, *text, *condition;
};

/* What may have told of more of them */
struct unread {
	char *file;
	int error;
};

struct memhp_agents {
	struct memhp_agent *items;
	size_t num, allocated;
	struct unread *unread;
	size_t num_unread, allocated_unread;
};

struct memhp_agents *memhp__agents_new(void)
{
	return calloc(1, sizeof(struct memhp_agents));
}

MEMHP_EXPORT void memhp_agents_free(struct memhp_agents *agents)
{
	if (!agents)
		return;
	for (size_t i = 0; i < agents->num; i++) {
		free(agents->items[i].file);
		free(agents->items[i].key);
		free(agents->items[i].value);
		free(agents->items[i].text);
		free(agents->items[i].condition);
	}
	for (size_t i = 0; i < agents->num_unread; i++)
		free(agents->unread[i].file);
	free(agents->unread);
	free(agents->items);
	free(agents);
}

/* Printable ASCII, for terminals and JSON alike; NULL for NULL. */
static bool copy_text(char **copy, const char *text)
{
	*copy = text ? strdup(text) : NULL;
	for (char *p = *copy; p && *p; p++)
		if (*p < ' ' || *p > '~')
			*p = *p == '\t' ? ' ' : '?';
	return *copy || !text;
}

static bool is_same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* What a rule was found to do at one moment it mostly does at others, too. */
static bool add_moment(struct memhp_agents *agents, const struct found_agent *agent)
{
	for (size_t i = agents->num; i-- > 0;) {
		struct memhp_agent *last = &agents->items[i];

		if (last->line != agent->line || strcmp(last->file + 1, agent->file) != 0)
			return false;
		if (last->effect != agent->effect || last->moments & agent->moments ||
		    !is_same_text(last->condition, agent->condition))
			continue;
		last->moments |= agent->moments;
		return true;
	}
	return false;
}

int memhp__agents_add(struct memhp_agents *agents, struct found_agent agent)
{
	struct memhp_agent *new;
	char *file;

	if (agent.moments && add_moment(agents, &agent))
		return 0;
	if (asprintf(&file, "/%s", agent.file) < 0)
		return -ENOMEM;
	if (!ARRAY_RESERVE(agents->items, agents->num, agents->allocated)) {
		free(file);
		return -ENOMEM;
	}
	new = &agents->items[agents->num++];
	*new = (struct memhp_agent){ .kind = agent.kind, .effect = agent.effect, .line = agent.line, .moments = agent.moments };
	if (copy_text(&new->file, file) && copy_text(&new->key, agent.key) && copy_text(&new->value, agent.value) &&
	    copy_text(&new->text, agent.text) &&
	    copy_text(&new->condition, agent.condition && *agent.condition ? agent.condition : NULL)) {
		free(file);
		return 0;
	}
	free(file);
	return -ENOMEM;
}

int memhp__agents_add_unread(struct memhp_agents *agents, struct memhp_ctx *ctx, const char *path, int error)
{
	_cleanup_free_ char *file = NULL;
	struct unread new = { .error = error };

	if (error == -ENOMEM)
		return error;
	/* Of what is too long it was said, with the limit. */
	if (error != -EFBIG)
		log_warning(ctx, "/%s cannot be read, so what is in it is not known: %s", path, strerror(-error));
	if (asprintf(&file, "/%s", path) < 0)
		return file = NULL, -ENOMEM;
	if (!copy_text(&new.file, file) || !ARRAY_RESERVE(agents->unread, agents->num_unread, agents->allocated_unread)) {
		free(new.file);
		return -ENOMEM;
	}
	agents->unread[agents->num_unread++] = new;
	return 0;
}

MEMHP_EXPORT const char *memhp_agents_get_unread(const struct memhp_agents *agents, size_t index, int *error)
{
	if (index >= agents->num_unread)
		return NULL;
	*error = agents->unread[index].error;
	return agents->unread[index].file;
}

MEMHP_EXPORT const struct memhp_agent *memhp_agents_get(const struct memhp_agents *agents, size_t index)
{
	return index < agents->num ? &agents->items[index] : NULL;
}

MEMHP_EXPORT const struct memhp_agent *memhp_agents_find_param(const struct memhp_agents *agents, const char *name)
{
	bool has_words = strcmp(name, "memhp_default_state") == 0;

	for (size_t i = agents->num; i-- > 0;) {
		const struct memhp_agent *agent = &agents->items[i];

		/* The kernel passes over a state that it does not know, and takes the last of the others. */
		if (agent->kind == MEMHP_AGENT_KIND_CMDLINE && strcmp(agent->key, name) == 0 &&
		    (!has_words || agent->effect >= MEMHP_TRANSITION_OFFLINE))
			return agent;
	}
	return NULL;
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

MEMHP_EXPORT unsigned int memhp_agent_get_moments(const struct memhp_agent *agent)
{
	return agent->moments;
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

MEMHP_EXPORT enum memhp_transition memhp_agent_get_effect(const struct memhp_agent *agent)
{
	return agent->effect;
}

MEMHP_EXPORT const char *memhp_agent_get_condition(const struct memhp_agent *agent)
{
	return agent->condition;
}
