/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a rule is about a new block. Where it asks what cannot be known here, the answer is MAYBE. */
#include "read/udev-match.h"

#include "read/udev-parse.h"
#include "util.h"

void memhp__udev_append(char *text, size_t size, const char *more)
{
	size_t used = strlen(text), length = strnlen(more, size - used - 1);

	memcpy(text + used, more, length);
	text[used + length] = '\0';
}

void memhp__udev_append_condition(char *text, size_t size, const char *how, const char *what)
{
	if (!*what)
		return;
	if (*text)
		memhp__udev_append(text, size, ", ");
	memhp__udev_append(text, size, how);
	memhp__udev_append(text, size, what);
}

void memhp__udev_copy(char *to, size_t size, const char *from)
{
	*to = '\0';
	memhp__udev_append(to, size, from);
}

/* Adds KEY{attr}=="value" to what the rule depends on. */
static void add_token(struct udev_event *event, const struct udev_token *token)
{
	char *text = event->rule_condition;
	const char *const parts[] = { *text ? " and " : "",
				      token->key,
				      *token->attr ? "{" : "",
				      token->attr,
				      *token->attr ? "}" : "",
				      token->negated ? "!=" : "==",
				      token->ignores_case ? "i\"" : "\"",
				      token->value,
				      "\"" };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		memhp__udev_append(text, UDEV_TEXT_MAX, parts[i]);
}

struct var *memhp__udev_find_var(struct udev_event *event, const char *kind, const char *name)
{
	char full[NAME_LIMIT];

	if (strlen(kind) + strlen(name) >= sizeof(full))
		return NULL;
	memhp__udev_copy(full, sizeof(full), kind);
	memhp__udev_append(full, sizeof(full), name);
	for (size_t i = 0; i < event->num_vars; i++)
		if (strcmp(event->vars[i].name, full) == 0)
			return &event->vars[i];
	return NULL;
}

static struct var *add_var(struct udev_event *event, const char *kind, const char *name)
{
	struct var *var = memhp__udev_find_var(event, kind, name);

	if (var)
		return var;
	if (event->num_vars == VARS_MAX || strlen(kind) + strlen(name) >= sizeof(var->name)) {
		event->has_unknown = true;
		return NULL;
	}
	var = &event->vars[event->num_vars++];
	memset(var, 0, sizeof(*var));
	memhp__udev_copy(var->name, sizeof(var->name), kind);
	memhp__udev_append(var->name, sizeof(var->name), name);
	return var;
}

void memhp__udev_set_var(struct udev_event *event, const char *kind, const char *name, const char *value, enum answer sure,
			 const char *condition)
{
	bool is_new = !memhp__udev_find_var(event, kind, name);
	struct var *var = add_var(event, kind, name);

	if (!var)
		return;
	if (sure == YES) {
		var->num = 0;
		var->is_open = false;
	} else if (is_new) {
		var->is_open = true;
	}
	if (var->num == VALUES_MAX || strlen(value) >= VALUE_MAX) {
		var->is_open = true;
		return;
	}
	memhp__udev_copy(var->values[var->num].text, VALUE_MAX, value);
	memhp__udev_copy(var->values[var->num++].condition, VALUE_MAX, sure == YES ? "" : condition);
}

static enum answer match_one(const struct udev_token *token, const char *value)
{
	return memhp__udev_glob(token->value, value, token->ignores_case) ? YES : NO;
}

static enum answer match_var(const struct udev_token *token, const struct var *var)
{
	size_t matching = 0;

	for (size_t i = 0; i < var->num; i++)
		matching += match_one(token, var->values[i].text) == YES;
	if (var->is_open)
		return var->never && strcmp(token->value, var->never) == 0 ? NO : MAYBE;
	return matching == 0 ? NO : matching == var->num ? YES : MAYBE;
}

/* memory[0-9]* is any block, and memory32 is one that may come. */
static enum answer match_name(const struct udev_token *token, const char *name)
{
	if (match_one(token, name) == YES)
		return strpbrk(token->value, "*?[") ? YES : MAYBE;
	return strstr(token->value, "memory") ? MAYBE : NO;
}

static enum answer match_const(const struct udev_event *event, const struct udev_token *token)
{
	const struct udev_facts *facts = event->facts;

	if (strcmp(token->attr, "arch") == 0)
		return facts->arch ? match_one(token, facts->arch) : MAYBE;
	if (strcmp(token->attr, "virt") != 0 || facts->virt == UDEV_VIRT_UNKNOWN)
		return MAYBE;
	if (facts->virt == UDEV_VIRT_NONE)
		return match_one(token, "none");
	return strcmp(token->value, "none") == 0 ? NO : MAYBE;
}

/* An attribute of another device than the block */
static enum answer match_other(const struct udev_event *event, const struct udev_token *token, const char *device, const char *name,
			       bool *absent)
{
	char value[VALUE_MAX];
	int rc = event->facts->look_up(event->facts->data, device, name, value, sizeof(value));

	*absent = rc == -ENOENT;
	if (*absent)
		return NO;
	return rc < 0 ? MAYBE : match_one(token, value);
}

/* The result, and *absent for a file that is not there: then neither == nor != matches. */
static enum answer match_attr(struct udev_event *event, const struct udev_token *token, bool *absent)
{
	static const char *const others[] = { "valid_zones", "removable", "phys_device", "phys_index" };
	const struct var *var = memhp__udev_find_var(event, "ATTR ", token->attr);
	char device[64];
	const char *close = strchr(token->attr, ']');

	if (var)
		return match_var(token, var);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strcmp(token->attr, others[i]) == 0)
			return MAYBE;
	*absent = true;
	if (token->attr[0] != '[' || !close)
		return NO;
	memhp__udev_copy(device, (size_t)(close - token->attr) < sizeof(device) ? (size_t)(close - token->attr) : sizeof(device),
			 token->attr + 1);
	return match_other(event, token, device, close + 1 + (close[1] == '/'), absent);
}

static enum answer match_env(struct udev_event *event, const struct udev_token *token)
{
	const struct {
		const char *name, *value;
	} given[] = { { "ACTION", event->action }, { "SUBSYSTEM", "memory" }, { "DEVPATH", BLOCK_PATH } };
	const struct var *var = memhp__udev_find_var(event, "ENV ", token->attr);

	if (var)
		return match_var(token, var);
	for (size_t i = 0; i < ARRAY_SIZE(given); i++)
		if (strcmp(token->attr, given[i].name) == 0)
			return i == 2 ? match_name(token, given[i].value) : match_one(token, given[i].value);
	return event->has_unknown || strcmp(token->attr, "SEQNUM") == 0 ? MAYBE : match_one(token, "");
}

static enum answer match_test(const struct udev_token *token)
{
	static const char *const files[] = { "state",       "online",     "valid_zones", "removable",
					     "phys_device", "phys_index", "power",       "uevent" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (strcmp(token->value, files[i]) == 0)
			return *token->attr ? MAYBE : YES;
	return token->value[0] == '/' || strpbrk(token->value, "$%*") ? MAYBE : NO;
}

static enum answer match_token(struct udev_event *event, const struct udev_token *token, bool *absent)
{
	const struct {
		const char *key, *value;
	} fixed[] = { { "ACTION", event->action }, { "SUBSYSTEM", "memory" }, { "DRIVER", "" }, { "NAME", "" }, { "SYMLINK", "" } };

	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		if (strcmp(token->key, fixed[i].key) == 0)
			return match_one(token, fixed[i].value);
	if (strcmp(token->key, "KERNEL") == 0)
		return match_name(token, BLOCK_NAME);
	if (strcmp(token->key, "DEVPATH") == 0)
		return match_name(token, BLOCK_PATH);
	if (strcmp(token->key, "ATTR") == 0)
		return match_attr(event, token, absent);
	if (strcmp(token->key, "ENV") == 0)
		return match_env(event, token);
	if (strcmp(token->key, "CONST") == 0)
		return match_const(event, token);
	if (strcmp(token->key, "TEST") == 0)
		return match_test(token);
	if (strcmp(token->key, "RESULT") == 0 && memhp__udev_find_var(event, "RESULT", ""))
		return match_var(token, memhp__udev_find_var(event, "RESULT", ""));
	return MAYBE;
}

/* Programs are not run; what two of them say is known all the same. */
static enum answer run_program(struct udev_event *event, const struct udev_token *token)
{
	const struct udev_facts *facts = event->facts;
	bool always = strstr(token->value, "||"), tells_virt = strstr(token->value, "systemd-detect-virt");
	const char *result = NULL;
	struct var *var;

	if (facts->machine && (strstr(token->value, "uname -p") || strstr(token->value, "uname -m"))) {
		always = true;
		result = facts->machine;
	} else if (tells_virt && facts->virt == UDEV_VIRT_NONE) {
		result = "none";
		if (!always)
			return NO; /* it ends with a failure then */
	}
	memhp__udev_set_var(event, "RESULT", "", result ? result : "", YES, "");
	var = memhp__udev_find_var(event, "RESULT", "");
	if (var) {
		var->is_open = !result;
		var->never = tells_virt && facts->virt == UDEV_VIRT_SOME ? "none" : NULL;
	}
	return always ? YES : MAYBE;
}

static bool is_for_chain(const struct udev_token *token)
{
	static const char *const keys[] = { "KERNELS", "SUBSYSTEMS", "DRIVERS", "ATTRS" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(token->key, keys[i]) == 0)
			return token->is_match;
	return false;
}

/* The devices of which a rule's KERNELS, SUBSYSTEMS, DRIVERS and ATTRS may be true */
enum device { BLOCK, PARENT };

static enum answer match_device(struct udev_event *event, const struct udev_token *token, enum device device, bool *absent)
{
	if (strcmp(token->key, "ATTRS") == 0)
		return device == BLOCK ? match_attr(event, token, absent)
				       : match_other(event, token, PARENT_PATH, token->attr, absent);
	if (strcmp(token->key, "KERNELS") == 0)
		return device == BLOCK ? match_name(token, BLOCK_NAME) : match_one(token, PARENT_NAME);
	/* The parent is of no subsystem, and neither has a driver. */
	return match_one(token, device == BLOCK && strcmp(token->key, "SUBSYSTEMS") == 0 ? "memory" : "");
}

static enum answer finish(const struct udev_token *token, enum answer answer, bool absent)
{
	if (absent)
		return NO;
	if (token->negated)
		answer = YES - answer;
	/* An older udevd does not know i"..." and passes over the rule. */
	return token->ignores_case && answer == YES ? MAYBE : answer;
}

static enum answer answer_device(struct udev_event *event, const struct udev_token *token, enum device device)
{
	bool absent = false;
	enum answer answer = match_device(event, token, device, &absent);

	return finish(token, answer, absent);
}

/* All of them must be true of one device. */
static enum answer match_whole_device(struct udev_event *event, enum device device)
{
	enum answer result = YES;

	for (size_t i = 0; i < event->rule->num_tokens; i++) {
		const struct udev_token *token = &event->rule->tokens[i];
		enum answer answer = is_for_chain(token) ? answer_device(event, token, device) : YES;

		result = answer < result ? answer : result;
	}
	return result;
}

static enum answer match_chain(struct udev_event *event)
{
	enum answer block = match_whole_device(event, BLOCK), parent = match_whole_device(event, PARENT);
	enum device device = parent > block ? PARENT : BLOCK;
	enum answer result = device == PARENT ? parent : block;

	for (size_t i = 0; result == MAYBE && i < event->rule->num_tokens; i++)
		if (is_for_chain(&event->rule->tokens[i]) && answer_device(event, &event->rule->tokens[i], device) == MAYBE)
			add_token(event, &event->rule->tokens[i]);
	return result;
}

/* Matches may be written as assignments: PROGRAM="..." and IMPORT{...}="..." */
static enum answer answer_token(struct udev_event *event, const struct udev_token *token)
{
	bool absent = false;
	enum answer answer;

	if (strcmp(token->key, "PROGRAM") == 0) {
		answer = run_program(event, token);
	} else if (strcmp(token->key, "IMPORT") == 0) {
		event->has_unknown = true;
		answer = MAYBE;
	} else if (!token->is_match) {
		return YES;
	} else {
		answer = match_token(event, token, &absent);
	}
	return finish(token, answer, absent);
}

enum answer memhp__udev_match_rule(struct udev_event *event)
{
	enum answer result;

	event->rule_condition[0] = '\0';
	event->is_memory_rule = *event->memory_label;
	result = match_chain(event);
	for (size_t i = 0; result != NO && i < event->rule->num_tokens; i++) {
		const struct udev_token *token = &event->rule->tokens[i];
		enum answer answer = is_for_chain(token) ? YES : answer_token(event, token);

		if (answer == NO)
			return NO;
		if (token->is_match && !token->negated && (strcmp(token->key, "SUBSYSTEM") == 0))
			event->is_memory_rule = strcmp(token->value, "memory") == 0;
		if (answer == YES)
			continue;
		add_token(event, token);
		result = MAYBE;
	}
	return result;
}
