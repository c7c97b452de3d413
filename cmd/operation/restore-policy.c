/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl restore --policy: the kernel's settings for new memory, as the layout has them */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operation/restore.h"
#include "ui/format.h"
#include "ui/journal.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/opts.h"
#include "ui/xalloc.h"

/* What only the kernel's command line can set */
static void leave_to_boot(struct restoring *restoring, enum memhp_policy_key key)
{
	const char *name = memhp_policy_key_name(key);

	if (key != MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY || !restoring->settings[key].differs)
		return;
	restoring->settings[key].differs = false;
	restoring->op.is_incomplete = true;
	warn("only boot can set %s: memctl policy set %s %s --persist tells how", name, name, restoring->saved.policy[key]);
}

static void look_at_setting(struct restoring *restoring, enum memhp_policy_key key)
{
	const char *saved = restoring->saved.policy[key], *now = restoring->now.policy[key];

	restoring->settings[key].differs = saved && (!now || strcmp(saved, now) != 0);
	leave_to_boot(restoring, key);
	if (saved || !layout_policy_in_doubt(&restoring->saved, &restoring->now, key))
		return;
	warn("%s has no value for %s, which stays %s", restoring->path, memhp_policy_key_name(key), now ? now : "as it is");
	restoring->op.is_incomplete = true;
}

void restore_policy_look(struct restoring *restoring)
{
	for (enum memhp_policy_key key = 1; has_option(restoring->op.options, OPT_POLICY) && key < NUM_POLICY_KEYS; key++)
		look_at_setting(restoring, key);
}

void restore_policy_check(const struct restoring *restoring)
{
	for (enum memhp_policy_key key = 1; has_option(restoring->op.options, OPT_POLICY) && key < NUM_POLICY_KEYS; key++)
		if (restoring->saved.has_odd_policy[key])
			usage_error("--policy", "the value that %s has for %s is none that this memctl knows", restoring->path,
				    memhp_policy_key_name(key));
}

static const char *setting_outcome(const struct operation *op, const struct setting *setting)
{
	if (!op->has_acted && !op->guard.refused)
		return memhp_outcome_name(MEMHP_OUTCOME_PLANNED);
	if (!setting->is_tried)
		return memhp_outcome_name(MEMHP_OUTCOME_NOT_TRIED);
	if (setting->back_error < 0)
		return memhp_outcome_name(MEMHP_OUTCOME_ROLLBACK_FAILED);
	if (setting->error < 0)
		return memhp_outcome_name(MEMHP_OUTCOME_FAILED);
	return memhp_outcome_name(setting->is_taken_back ? MEMHP_OUTCOME_ROLLED_BACK : MEMHP_OUTCOME_CHANGED);
}

/* Each store leaves a line in the journal as memctl policy set does. */
static void tell_setting(const struct restoring *restoring, enum memhp_policy_key key, int error, uint64_t started_ms)
{
	const struct operation *op = &restoring->op;
	const char *before = restoring->now.policy[key], *value = restoring->saved.policy[key];
	_cleanup_free_ char *amounts =
		xasprintf("key=%s before=%s value=%s", memhp_policy_key_name(key), before ? before : "unknown", value);

	journal_tell(op->options, setting_outcome(op, &restoring->settings[key]), amounts, error < 0 ? EXIT_FAILED : EXIT_DONE,
		     now_ms() - started_ms);
}

static void set_policy(struct restoring *restoring, enum memhp_policy_key key)
{
	struct setting *setting = &restoring->settings[key];
	uint64_t started_ms = now_ms();

	setting->error = memhp_policy_set(restoring->op.session.ctx, key, restoring->saved.policy[key]);
	setting->is_tried = true;
	restoring->op.is_incomplete |= setting->error < 0;
	tell_setting(restoring, key, setting->error, started_ms);
}

/* One that failed may be written all the same. */
static void take_back(struct restoring *restoring, enum memhp_policy_key key)
{
	const char *before = restoring->now.policy[key];
	struct setting *setting = &restoring->settings[key];
	uint64_t started_ms = now_ms();

	setting->back_error = before ? memhp_policy_set(restoring->op.session.ctx, key, before) : -ENODATA;
	setting->is_taken_back = true;
	if (setting->error == 0 || setting->back_error < 0)
		tell_setting(restoring, key, setting->back_error, started_ms);
}

bool restore_policy_set(struct restoring *restoring)
{
	bool is_done = true;

	for (enum memhp_policy_key key = 1; key < NUM_POLICY_KEYS; key++) {
		if (!restoring->settings[key].differs)
			continue;
		set_policy(restoring, key);
		is_done &= restoring->settings[key].error == 0;
		if (!is_done && has_option(restoring->op.options, OPT_ROLLBACK))
			return false;
	}
	return is_done;
}

/* What cannot be set back is a change that stays. */
void restore_policy_take_back(struct restoring *restoring)
{
	struct operation *op = &restoring->op;
	bool was_set = false, is_back = true;

	for (enum memhp_policy_key key = NUM_POLICY_KEYS; --key > 0;) {
		const struct setting *setting = &restoring->settings[key];

		if (!setting->is_tried)
			continue;
		take_back(restoring, key);
		was_set |= setting->error == 0;
		is_back &= setting->back_error == 0;
	}
	if (op->completion != MEMHP_COMPLETION_FAILED || !was_set)
		return;
	op->is_rolled_back = is_back;
	if (!is_back)
		op->completion = MEMHP_COMPLETION_PARTIAL;
}

void restore_policy_tell(const struct restoring *restoring)
{
	const struct operation *op = &restoring->op;

	for (enum memhp_policy_key key = 1; key < NUM_POLICY_KEYS; key++) {
		const struct setting *setting = &restoring->settings[key];
		const char *now = restoring->now.policy[key], *saved = restoring->saved.policy[key];

		if (!setting->differs)
			continue;
		if (setting->back_error < 0)
			warn("%s was %s, and cannot be set back: %s (%s)", memhp_policy_key_name(key), now ? now : "unknown",
			     strerror(-setting->back_error), errno_name(setting->back_error));
		else if (setting->error < 0)
			warn("%s stays %s, and is not set to %s: %s (%s)", memhp_policy_key_name(key), now ? now : "unknown", saved,
			     strerror(-setting->error), errno_name(setting->error));
		else if (!has_option(op->options, OPT_QUIET))
			printf("%s: %s -> %s (%s)\n", memhp_policy_key_name(key), now ? now : "?", saved,
			       setting_outcome(op, setting));
	}
}

void restore_policy_write(const struct restoring *restoring, struct json_doc *doc)
{
	struct json_object *policy = json_array_new();

	for (enum memhp_policy_key key = 1; key < NUM_POLICY_KEYS; key++) {
		const struct setting *setting = &restoring->settings[key];
		struct json_object *object = setting->differs ? json_new() : NULL;

		if (!object)
			continue;
		json_set_string(object, "key", memhp_policy_key_name(key));
		json_set_string(object, "before", restoring->now.policy[key]);
		json_set_string(object, "value", restoring->saved.policy[key]);
		json_set_string(object, "outcome", setting_outcome(&restoring->op, setting));
		json_set_string(object, "errno", errno_name(setting->back_error < 0 ? setting->back_error : setting->error));
		json_append(policy, object);
	}
	json_doc_member(doc, "policy", policy);
}
