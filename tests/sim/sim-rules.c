// SPDX-License-Identifier: GPL-2.0-or-later
/* The simulator's own lines: faults, and what others do to the machine. sim.h describes them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

#define MAX_WORDS 24

enum change { CHANGE_APPEARS, CHANGE_VANISHES, CHANGE_ONLINE, CHANGE_OFFLINE };

struct sim_event {
	uint64_t after;
	bool after_stores; /* else milliseconds */
	char *list;
	enum change change;
	enum sim_zone zone; /* SIM_UNKNOWN: the default */
};

static const char *const op_names[] = { "online", "offline", "probe", "configure", "device", "any", "read", "policy", "bind" };
static const char *const change_names[] = { "appears", "vanishes", "online", "offline" };

/* A word, as far as the words of a line have been taken. */
struct words {
	char *word[MAX_WORDS + 1];
	size_t at;
};

static char *take(struct words *words)
{
	char *word = words->word[words->at];

	words->at += word != NULL;
	return word;
}

static bool take_word(struct words *words, const char *word)
{
	if (!words->word[words->at] || strcmp(words->word[words->at], word) != 0)
		return false;
	words->at++;
	return true;
}

/* Take one of some names: its place, or negative. */
static int take_name(struct words *words, const char *const *names, size_t num)
{
	for (size_t i = 0; i < num; i++)
		if (take_word(words, names[i]))
			return (int)i;
	return -1;
}

static int split(char *line, struct words *words)
{
	char *save = NULL;
	size_t num = 0;

	line[strcspn(line, "#\n")] = '\0';
	for (char *word = strtok_r(line, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		if (num == MAX_WORDS)
			return -EINVAL;
		words->word[num++] = word;
	}
	words->word[num] = NULL;
	words->at = 0;
	return 0;
}

static int64_t parse_zone(const char *text)
{
	enum sim_zone zone = sim_parse_zone(text);

	return zone < SIM_NUM_ZONES ? (int64_t)zone : -EINVAL;
}

static const struct {
	const char *name;
	enum sim_effect effect;
	int64_t (*parse)(const char *text); /* of its argument, negative when it is wrong; NULL: it has none, but ... */
	int64_t value;                      /* ... this value */
} effects[] = {
	{ "fails", SIM_FAILS, sim_parse_errno, 0 },
	{ "eio", SIM_FAILS, NULL, EIO },
	{ "vetoed", SIM_FAILS, NULL, EPERM },
	{ "takes", SIM_TAKES, sim_parse_number, 0 },
	{ "hangs", SIM_HANGS, sim_parse_number, 0 },
	{ "loops", SIM_LOOPS, NULL, 0 },
	{ "vanishes", SIM_VANISHES, NULL, 0 },
	{ "then-vanishes", SIM_THEN_VANISHES, NULL, 0 },
	{ "lies", SIM_LIES, NULL, 0 },
	{ "wrong-zone", SIM_WRONG_ZONE, parse_zone, 0 },
	{ "short", SIM_SHORT, NULL, 0 },
};

/* Whether a text is ids and ranges of ids. */
static bool is_list(struct sim *sim, const char *list)
{
	uint64_t first, last;
	int rc = list && *list ? 1 : -EINVAL;

	while (rc > 0)
		rc = tree_take_range(sim->tree, &list, &first, &last);
	return rc == 0;
}

static bool is_in_list(struct sim *sim, const char *list, uint64_t id)
{
	uint64_t first, last;

	while (tree_take_range(sim->tree, &list, &first, &last) > 0)
		if (id >= first && id <= last)
			return true;
	return false;
}

static char *copy(const char *text)
{
	char *new = text ? strdup(text) : NULL;

	if (text && !new)
		abort();
	return new;
}

static void add_rule(struct sim *sim, struct sim_rule rule)
{
	sim->rules = realloc(sim->rules, (sim->num_rules + 1) * sizeof(rule));
	if (!sim->rules)
		abort();
	rule.file = copy(rule.file);
	rule.list = copy(rule.list);
	sim->rules[sim->num_rules++] = rule;
}

static int read_effect(struct words *words, struct sim_rule *rule)
{
	for (size_t i = 0; i < ARRAY_SIZE(effects); i++) {
		if (!take_word(words, effects[i].name))
			continue;
		rule->effect = effects[i].effect;
		rule->value = effects[i].value;
		if (effects[i].parse) {
			char *text = take(words);

			rule->value = text ? effects[i].parse(text) : -EINVAL;
		}
		return rule->value < 0 ? -EINVAL : 0;
	}
	return -EINVAL;
}

static int read_fault(struct sim *sim, struct words *words)
{
	struct sim_rule rule = { .nth = 1, .times = 1 };
	int op = take_name(words, op_names, ARRAY_SIZE(op_names));
	int64_t number = 0;

	if (op < 0)
		return -EINVAL;
	rule.op = (enum sim_op)op;
	if (rule.op == SIM_OP_READ)
		rule.file = take(words);
	if (take_word(words, "block")) {
		rule.list = take(words);
		if (!is_list(sim, rule.list))
			return -EINVAL;
	}
	if (take_word(words, "nth"))
		rule.nth = (uint64_t)(number = sim_parse_number(take(words)));
	if (number >= 0 && take_word(words, "times")) {
		bool always = take_word(words, "always");

		rule.times = always ? UINT64_MAX / 2 : (uint64_t)(number = sim_parse_number(take(words)));
	}
	if (number < 0 || rule.nth == 0 || read_effect(words, &rule) < 0 || take(words))
		return -EINVAL;
	if (rule.effect == SIM_SHORT && rule.op != SIM_OP_READ)
		return -EINVAL;
	add_rule(sim, rule);
	return 0;
}

/* holes LIST, unmovable LIST, pinned LIST: faults that never end. */
static int read_always(struct sim *sim, struct words *words, struct sim_rule rule)
{
	rule.op = SIM_OP_OFFLINE;
	rule.list = take(words);
	rule.nth = 1;
	rule.times = UINT64_MAX / 2;
	if (!is_list(sim, rule.list) || take(words))
		return -EINVAL;
	add_rule(sim, rule);
	return 0;
}

/* block LIST CHANGE: the list stays in the line. */
static int read_change(struct sim *sim, struct words *words, struct sim_event *event)
{
	int change;

	if (!take_word(words, "block"))
		return -EINVAL;
	event->list = take(words);
	change = take_name(words, change_names, ARRAY_SIZE(change_names));
	event->zone = SIM_UNKNOWN;
	if (!is_list(sim, event->list) || change < 0)
		return -EINVAL;
	event->change = (enum change)change;
	if (event->change == CHANGE_ONLINE && words->word[words->at]) {
		event->zone = sim_parse_zone(take(words));
		if (event->zone >= SIM_NUM_ZONES)
			return -EINVAL;
	}
	return take(words) ? -EINVAL : 0;
}

static int read_event(struct sim *sim, struct words *words)
{
	struct sim_event event = { .after = 0 };
	int64_t number = take_word(words, "after") ? sim_parse_number(take(words)) : -EINVAL;

	if (number < 0)
		return -EINVAL;
	event.after = (uint64_t)number;
	event.after_stores = take_word(words, "stores");
	if ((!event.after_stores && !take_word(words, "ms")) || read_change(sim, words, &event) < 0)
		return -EINVAL;
	event.list = copy(event.list);
	sim->events = realloc(sim->events, (sim->num_events + 1) * sizeof(event));
	if (!sim->events)
		abort();
	sim->events[sim->num_events++] = event;
	return 0;
}

static int read_words(struct sim *sim, struct words *words)
{
	if (take_word(words, "fault"))
		return read_fault(sim, words);
	if (take_word(words, "holes"))
		return read_always(sim, words, (struct sim_rule){ .effect = SIM_FAILS, .value = EINVAL });
	if (take_word(words, "unmovable"))
		return read_always(sim, words, (struct sim_rule){ .effect = SIM_FAILS, .value = EBUSY, .kernel_only = true });
	if (take_word(words, "pinned"))
		return read_always(sim, words, (struct sim_rule){ .effect = SIM_LOOPS });
	return -EINVAL;
}

bool sim_is_own_line(const char *line)
{
	static const char *const names[] = { "profile", "readonly", "fault", "holes", "unmovable", "pinned", "event" };

	line += strspn(line, " \t");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcspn(line, " \t") == strlen(names[i]) && strncmp(line, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

int sim_read_line(struct sim *sim, char *line)
{
	struct words words;
	int rc = split(line, &words);

	if (rc < 0)
		return rc;
	if (take_word(&words, "profile")) {
		sim->old = take_word(&words, "4.18");
		return sim->old && !take(&words) ? 0 : -EINVAL;
	}
	if (take_word(&words, "readonly")) {
		sim->readonly = true;
		return take(&words) ? -EINVAL : 0;
	}
	return take_word(&words, "event") ? read_event(sim, &words) : read_words(sim, &words);
}

/* What happens to one block. One that is not in the way of it is left as it is; a busy one can only vanish. */
static void change_block(struct sim *sim, const struct sim_event *event, uint64_t id)
{
	struct sim_block *block = sim_find(sim, id);

	if (event->change == CHANGE_APPEARS) {
		sim_appear(sim, id);
	} else if (block && block->present && event->change == CHANGE_VANISHES) {
		sim_vanish(sim, block);
	} else if (block && block->present && !block->busy) {
		if (event->change == CHANGE_ONLINE && block->state == SIM_OFFLINE)
			sim_set_online(sim, block,
				       event->zone < SIM_NUM_ZONES ? event->zone : sim_zone_for(sim, block, SIM_ONLINE_IT));
		else if (event->change == CHANGE_OFFLINE && block->state == SIM_ONLINE)
			sim_set_offline(sim, block);
	}
}

static void do_change(struct sim *sim, const struct sim_event *event)
{
	const char *list = event->list;
	uint64_t first, last;

	while (tree_take_range(sim->tree, &list, &first, &last) > 0)
		for (uint64_t id = first; id <= last && id - first < 1 << 20; id++)
			change_block(sim, event, id);
	pthread_cond_broadcast(&sim->cond);
}

void sim_run_events(struct sim *sim)
{
	for (size_t i = 0; i < sim->num_events; i++) {
		struct sim_event *event = &sim->events[i];
		uint64_t now = event->after_stores ? sim->num_stores : (uint64_t)(sim_now_ms() - sim->started_ms);

		if (!event->list || now < event->after)
			continue;
		do_change(sim, event);
		free(event->list);
		event->list = NULL;
	}
}

int sim_do_line(struct sim *sim, char *line)
{
	struct sim_event event;
	struct words words;
	int rc = split(line, &words);

	if (rc < 0)
		return rc;
	if (words.word[0] && strcmp(words.word[0], "block") == 0) {
		rc = read_change(sim, &words, &event);
		if (rc == 0)
			do_change(sim, &event);
		return rc;
	}
	if (!take_word(&words, "release"))
		return read_words(sim, &words);
	if (take(&words))
		return -EINVAL;
	sim->releases++;
	for (size_t i = 0; i < sim->num_rules; i++)
		sim->rules[i].ended |= sim->rules[i].effect == SIM_LOOPS;
	pthread_cond_broadcast(&sim->cond);
	return 0;
}

struct sim_rule *sim_next_rule(struct sim *sim, size_t *at, enum sim_op op, const char *file, const struct sim_block *block,
			       uint64_t id)
{
	while (*at < sim->num_rules) {
		struct sim_rule *rule = &sim->rules[(*at)++];

		if (rule->op != op && (rule->op != SIM_OP_ANY || op >= SIM_OP_READ))
			continue;
		if ((rule->file && strcmp(rule->file, file) != 0) || (rule->list && !is_in_list(sim, rule->list, id)))
			continue;
		if (rule->ended || (rule->kernel_only && block && block->zone == SIM_MOVABLE))
			continue;
		rule->count++;
		if (rule->count >= rule->nth && rule->count - rule->nth < rule->times)
			return rule;
	}
	return NULL;
}

void sim_free_rules(struct sim *sim)
{
	for (size_t i = 0; i < sim->num_rules; i++) {
		free(sim->rules[i].file);
		free(sim->rules[i].list);
	}
	for (size_t i = 0; i < sim->num_events; i++)
		free(sim->events[i].list);
	free(sim->rules);
	free(sim->events);
}
