/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What rules make of a new block. Where one may match or not, both ways are followed. */
#include "read/udev-rules.h"

#include "read/udev-match.h"
#include "read/udev-parse.h"
#include "util.h"

static size_t find_label(const struct udev_event *event, const char *name)
{
	size_t i = *name ? 0 : event->num_labels;

	while (i < event->num_labels && strcmp(event->labels[i].name, name) != 0)
		i++;
	return i;
}

/* At a label those who jumped here come back. When nobody is elsewhere, all are here. */
static void arrive(struct udev_event *event, const char *name)
{
	size_t label = find_label(event, name);
	bool all = true;

	if (strcmp(event->memory_label, name) == 0)
		event->memory_label[0] = '\0';
	if (label == event->num_labels)
		return;
	if (event->reached == NO)
		memhp__udev_copy(event->condition, sizeof(event->condition), event->labels[label].condition);
	if (event->labels[label].jumped > event->reached)
		event->reached = event->labels[label].jumped;
	event->labels[label].jumped = NO;
	event->labels[label].name[0] = '\0';
	for (size_t i = 0; i < event->num_labels; i++)
		all = all && event->labels[i].jumped == NO;
	if (event->reached == MAYBE && all)
		event->reached = YES;
	if (event->reached == YES)
		event->condition[0] = '\0';
}

/* udevd ignores a GOTO without a label further on. */
static void go_to(struct udev_event *event, const char *name, enum answer matched)
{
	size_t label = find_label(event, name);
	enum answer sure = matched < event->reached ? matched : event->reached;
	char *condition;

	if (label == event->num_labels)
		return;
	if (event->labels[label].jumped < sure)
		event->labels[label].jumped = sure;
	condition = event->labels[label].condition;
	if (*condition)
		memhp__udev_append(condition, UDEV_TEXT_MAX, " or ");
	memhp__udev_append(condition, UDEV_TEXT_MAX, *event->rule_condition ? "if " : event->condition);
	memhp__udev_append(condition, UDEV_TEXT_MAX, event->rule_condition);
	if (matched == YES) {
		event->reached = NO;
		return;
	}
	event->reached = MAYBE;
	memhp__udev_append_condition(event->condition, sizeof(event->condition), "unless ", event->rule_condition);
}

static enum memhp_transition effect_of_word(const char *word)
{
	enum memhp_transition effect = MEMHP_TRANSITION_NONE;

	(void)memhp_transition_from_name(word, &effect);
	return effect;
}

/* The zone that a command line names */
static enum memhp_transition effect_of_zone(const char *command, const char *movable, const char *kernel)
{
	if (strstr(command, movable))
		return MEMHP_TRANSITION_ONLINE_MOVABLE;
	return strstr(command, kernel) ? MEMHP_TRANSITION_ONLINE_KERNEL : MEMHP_TRANSITION_ONLINE;
}

static enum memhp_transition effect_of_command(const char *command)
{
	if (strstr(command, "memctl online") || strstr(command, "memctl-online"))
		return effect_of_zone(command, "--movable", "--kernel");
	if (strstr(command, "chmem -e") || strstr(command, "chmem --enable"))
		return MEMHP_TRANSITION_ONLINE;
	if (strstr(command, "/state") && strstr(command, "online"))
		return effect_of_zone(command, "online_movable", "online_kernel");
	if ((strstr(command, "/state") && strstr(command, "offline")) || strstr(command, "memctl offline"))
		return MEMHP_TRANSITION_OFFLINE;
	if (strstr(command, "/online") && strstr(command, "echo 1"))
		return MEMHP_TRANSITION_ONLINE;
	return MEMHP_TRANSITION_UNKNOWN;
}

struct doing {
	struct udev_event *event;
	enum answer matched, sure; /* the rule; that it is reached, too */
	udev_act_fn act;
	void *data;
};

/* Who onlines a block that came online changes nothing, unless a rule has taken it offline; likewise the other way round. */
static bool is_in_vain(struct udev_event *event, enum memhp_transition effect)
{
	const struct var *state = memhp__udev_find_var(event, "ATTR ", "state");
	bool onlines = event->moment == MEMHP_MOMENT_ONLINE && effect >= MEMHP_TRANSITION_ONLINE;
	bool offlines = event->moment == MEMHP_MOMENT_OFFLINE && effect == MEMHP_TRANSITION_OFFLINE;

	if ((!onlines && !offlines) || !state || state->is_open)
		return false;
	for (size_t i = 0; i < state->num; i++)
		if (strcmp(state->values[i].text, onlines ? "online" : "offline") != 0)
			return false;
	return true;
}

static int tell(const struct doing *doing, enum memhp_transition effect, const char *condition)
{
	struct udev_event *event = doing->event;
	char text[UDEV_TEXT_MAX] = "";
	struct udev_act act = {
		.moment = event->moment, .line = event->rule->line, .effect = effect, .text = event->rule->text, .condition = text
	};

	if (effect == MEMHP_TRANSITION_NONE || is_in_vain(event, effect))
		return 0;
	memhp__udev_append_condition(text, sizeof(text), "", event->condition);
	memhp__udev_append_condition(text, sizeof(text), "if ", event->rule_condition);
	memhp__udev_append_condition(text, sizeof(text), "", condition);
	return doing->act(doing->data, &act);
}

static void set_state(struct udev_event *event, bool is_online, enum answer sure)
{
	memhp__udev_set_var(event, "ATTR ", "state", is_online ? "online" : "offline", sure, "");
	memhp__udev_set_var(event, "ATTR ", "online", is_online ? "1" : "0", sure, "");
}

/* From here on rules find the block in another state. */
static void change_state(const struct doing *doing, enum memhp_transition effect, enum answer sure)
{
	if (effect > MEMHP_TRANSITION_UNKNOWN)
		set_state(doing->event, effect != MEMHP_TRANSITION_OFFLINE, sure);
}

/* $env{NAME} or %E{NAME}, alone */
static const struct var *find_substitution(struct udev_event *event, const char *value)
{
	size_t length = strlen(value), start;
	char name[64];

	if (strncmp(value, "$env{", 5) != 0 && strncmp(value, "%E{", 3) != 0)
		return NULL;
	start = strcspn(value, "{") + 1;
	if (value[length - 1] != '}' || length - start > sizeof(name))
		return NULL;
	memhp__udev_copy(name, length - start, value + start);
	return memhp__udev_find_var(event, "ENV ", name);
}

/* When a variable has this of its values; without a condition, when none of the others' conditions holds */
static void describe_value(char text[UDEV_TEXT_MAX], const struct var *var, size_t value)
{
	*text = '\0';
	memhp__udev_append_condition(text, UDEV_TEXT_MAX, "if ", var->values[value].condition);
	for (size_t i = 0; !*var->values[value].condition && i < var->num; i++)
		memhp__udev_append_condition(text, UDEV_TEXT_MAX, "unless ", var->values[i].condition);
}

static int write_state(const struct doing *doing, const char *value)
{
	const struct var *var = find_substitution(doing->event, value);
	enum memhp_transition effect = effect_of_word(value);
	int rc = 0;

	if (!var) {
		if (strchr(value, '$') || strchr(value, '%'))
			effect = MEMHP_TRANSITION_UNKNOWN;
		rc = tell(doing, effect, "");
		change_state(doing, effect, doing->sure);
		return rc;
	}
	for (size_t i = 0; rc == 0 && i < var->num; i++) {
		char condition[UDEV_TEXT_MAX];

		describe_value(condition, var, i);
		effect = effect_of_word(var->values[i].text);
		rc = tell(doing, effect, condition);
		change_state(doing, effect, var->num == 1 ? doing->sure : MAYBE);
	}
	if (rc == 0 && var->is_open)
		rc = tell(doing, MEMHP_TRANSITION_UNKNOWN, "");
	return rc;
}

static int run_command(const struct doing *doing, const struct udev_token *token, const char *command)
{
	enum memhp_transition effect = effect_of_command(command);

	if (strcmp(token->attr, "builtin") == 0 || (effect == MEMHP_TRANSITION_UNKNOWN && !doing->event->is_memory_rule))
		return 0;
	return tell(doing, effect, "");
}

static int assign(const struct doing *doing, const struct udev_token *token)
{
	struct udev_event *event = doing->event;

	if (strcmp(token->key, "ATTR") == 0 && strcmp(token->attr, "state") == 0)
		return write_state(doing, token->value);
	if (strcmp(token->key, "ATTR") == 0 && strcmp(token->attr, "online") == 0) {
		enum memhp_transition effect = strcmp(token->value, "0") == 0 ? MEMHP_TRANSITION_OFFLINE : MEMHP_TRANSITION_ONLINE;
		int rc = tell(doing, effect, "");

		change_state(doing, effect, doing->sure);
		return rc;
	}
	if (strcmp(token->key, "RUN") == 0)
		return run_command(doing, token, token->value);
	if (strcmp(token->key, "ENV") != 0)
		return 0;
	/* Who asks for the variable has most often come the same way. */
	memhp__udev_set_var(event, "ENV ", token->attr, token->value, doing->matched, event->rule_condition);
	return strcmp(token->attr, "SYSTEMD_WANTS") == 0 ? run_command(doing, token, token->value) : 0;
}

/* "SUBSYSTEM!=memory, GOTO=end": what follows is about memory. */
static void note_memory(struct udev_event *event)
{
	const struct udev_token *tokens = event->rule->tokens;

	if (event->rule->num_tokens != 2 || !tokens[0].negated || strcmp(tokens[0].key, "SUBSYSTEM") != 0 ||
	    strcmp(tokens[0].value, "memory") != 0 || strcmp(tokens[1].key, "GOTO") != 0)
		return;
	memhp__udev_copy(event->memory_label, sizeof(event->memory_label), tokens[1].value);
}

static int run_rule(struct udev_event *event, udev_act_fn act, void *data)
{
	struct doing doing = { event, NO, NO, act, data };
	enum answer matched;
	int rc = 0;

	for (size_t i = 0; i < event->rule->num_tokens; i++)
		if (strcmp(event->rule->tokens[i].key, "LABEL") == 0)
			arrive(event, event->rule->tokens[i].value);
	if (event->reached == NO)
		return 0;
	matched = memhp__udev_match_rule(event);
	if (matched == NO) {
		note_memory(event);
		return 0;
	}
	doing.matched = matched;
	doing.sure = matched < event->reached ? matched : event->reached;
	for (size_t i = 0; rc == 0 && i < event->rule->num_tokens; i++)
		if (!event->rule->tokens[i].is_match)
			rc = assign(&doing, &event->rule->tokens[i]);
	for (size_t i = 0; i < event->rule->num_tokens; i++)
		if (strcmp(event->rule->tokens[i].key, "GOTO") == 0)
			go_to(event, event->rule->tokens[i].value, matched);
	return rc;
}

/* Without one of its labels nobody knows where a file goes on, and what variables it sets. */
static int collect_labels(struct udev_event *event, struct udev_reader reader, struct udev_rule *rule)
{
	event->num_labels = 0;
	memset(event->labels, 0, sizeof(event->labels));
	while (memhp__udev_next_rule(&reader, rule)) {
		for (size_t i = 0; i < rule->num_tokens; i++) {
			const struct udev_token *token = &rule->tokens[i];

			if (strcmp(token->key, "LABEL") != 0)
				continue;
			if (event->num_labels == LABELS_MAX || strlen(token->value) >= NAME_LIMIT)
				return -EFBIG;
			memhp__udev_copy(event->labels[event->num_labels++].name, NAME_LIMIT, token->value);
		}
	}
	return 0;
}

static void begin_file(struct udev_event *event, const struct udev_event *first, const struct udev_rule *rule)
{
	event->rule = rule;
	event->reached = YES;
	event->condition[0] = event->memory_label[0] = '\0';
	if (event == first)
		return;
	event->num_labels = first->num_labels;
	memcpy(event->labels, first->labels, sizeof(event->labels));
}

struct udev_event *memhp__udev_event_new(const struct udev_facts *facts, enum memhp_moment moment)
{
	struct udev_event *event = calloc(1, sizeof(*event));

	if (!event)
		return NULL;
	event->facts = facts;
	event->moment = moment;
	event->action = moment == MEMHP_MOMENT_ONLINE ? "online" : moment == MEMHP_MOMENT_OFFLINE ? "offline" : "add";
	set_state(event, moment == MEMHP_MOMENT_ONLINE || moment == MEMHP_MOMENT_ADD_ONLINE, YES);
	return event;
}

void memhp__udev_event_free(struct udev_event *event)
{
	free(event);
}

int memhp__udev_run(struct udev_event *const events[], size_t num, const char *text, size_t length, udev_act_fn act, void *data)
{
	struct udev_reader reader = { text, text + length, 0 };
	struct udev_rule *rule = malloc(sizeof(*rule));
	int rc = rule ? collect_labels(events[0], reader, rule) : -ENOMEM;

	for (size_t i = 0; i < num; i++) {
		begin_file(events[i], events[0], rule);
		events[i]->has_unknown |= rc == -EFBIG;
	}
	while (rc == 0 && memhp__udev_next_rule(&reader, rule))
		for (size_t i = 0; rc == 0 && i < num; i++)
			rc = run_rule(events[i], act, data);
	free(rule);
	return rc;
}
