/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What memctl policy set and unset say of a setting: sentences, and a document */
#include <stdio.h>
#include <string.h>

#include "policy/setting.h"
#include "ui/format.h"
#include "ui/json.h"
#include "ui/message.h"
#include "ui/opts.h"

const char *setting_persist_word(const struct setting *setting)
{
	bool dry_run = has_option(setting->policy->options, OPT_DRY_RUN);

	if (setting->persist < 0)
		return "failed";
	if (setting->persist == PERSIST_ALREADY)
		return setting->value ? "already" : "absent";
	if (dry_run)
		return "planned";
	return setting->persist == PERSIST_REMOVED ? "removed" : "written";
}

static void print_persist(const struct setting *setting)
{
	bool dry_run = has_option(setting->policy->options, OPT_DRY_RUN);
	const char *root = setting->policy->options->sysroot ? setting->policy->options->sysroot : "";

	if (setting->persist < 0)
		warn("%s%s cannot be changed, so this does not last: %s", root, POLICY_FILE, strerror(-setting->persist));
	else if (setting->persist == PERSIST_ALREADY && !setting->value)
		print_sentence(2, "Nothing to take back: %s%s does not set %s.", root, POLICY_FILE, setting->name);
	else if (!setting->value)
		printf("%s%s %s %s.\n", root, POLICY_FILE, dry_run ? "would no longer set" : "no longer sets", setting->name);
	else
		printf("%s%s %s:\n  %s\n", root, POLICY_FILE,
		       setting->persist == PERSIST_ALREADY ? "has already"
		       : dry_run                           ? "would have"
							   : "has now",
		       setting->line);
}

void setting_print(const struct setting *setting)
{
	bool persists = has_option(setting->policy->options, OPT_PERSIST);
	bool is_planned = setting->outcome && strcmp(setting->outcome, "planned") == 0;

	if (has_option(setting->policy->options, OPT_QUIET) && !setting->argument) {
		message_set_quiet(false); /* failures are told whatever was asked */
		if (persists && setting->persist < 0)
			print_persist(setting);
		return;
	}
	if (setting->boot) {
		setting_print_boot(setting);
		return;
	}
	if (setting->outcome && strcmp(setting->outcome, "already") == 0)
		printf("%s: %s already\n", setting->name, setting->value);
	else if (setting->value && strcmp(setting->outcome, "boot") == 0)
		print_sentence(2, "%s: %s stays until the next boot: this is a copy of a machine", setting->name, setting->before);
	else if (setting->value)
		printf("%s: %s -> %s%s\n", setting->name, setting->before, setting->value,
		       is_planned ? " (a dry run: nothing was changed)" : "");
	if (persists)
		print_persist(setting);
}

void setting_write(const struct setting *setting)
{
	struct json_object *object;
	struct json_doc doc;

	json_doc_begin_whole(&doc, "policy", false);
	json_doc_string(&doc, "verb", setting->value ? "set" : "unset");
	json_doc_bool(&doc, "dry_run", has_option(setting->policy->options, OPT_DRY_RUN));
	json_doc_uint(&doc, "exit_status", setting->status);
	json_doc_string(&doc, "key", setting->name);
	json_doc_string(&doc, "value", setting->value);
	json_doc_string(&doc, "before", setting->before);
	json_doc_string(&doc, "outcome", setting->outcome);
	object = setting->boot || !has_option(setting->policy->options, OPT_PERSIST) ? NULL : json_new();
	if (object) {
		json_set_string(object, "file", POLICY_FILE);
		json_set_string(object, "line", setting->line);
		json_set_string(object, "outcome", setting_persist_word(setting));
		json_set_string(object, "errno", setting->persist < 0 ? errno_name(setting->persist) : NULL);
	}
	json_doc_member(&doc, "persist", object);
	object = setting->argument ? json_new() : NULL;
	if (object) {
		json_set_string(object, "argument", setting->argument);
		json_set_string(object, "loader", setting->way.loader);
		json_set_string(object, "file", setting->way.file);
		json_set_string(object, "command", setting->way.command);
	}
	json_doc_member(&doc, "boot", object);
	json_doc_end(&doc);
}
