/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl policy set and unset of what only boot sets */
#include <stdio.h>
#include <string.h>

#include "policy/setting.h"
#include "ui/advice.h"
#include "ui/format.h"
#include "ui/xalloc.h"

static bool knows_command_line(const struct policy *policy)
{
	const char *file;
	int error;

	for (size_t i = 0; (file = memhp_agents_get_unread(policy->agents, i, &error)); i++)
		if (strcmp(file, "/proc/cmdline") == 0)
			return false;
	return true;
}

/* Of what only boot sets: whether it is as asked. What cannot be read may be otherwise. */
static bool is_set_at_boot(const struct setting *setting)
{
	if (setting->value)
		return setting->before && strcmp(setting->before, setting->value) == 0;
	return !policy_find_param(setting->policy, setting->boot->argument) && knows_command_line(setting->policy);
}

/* The kernel's command line for what only boot sets. Telling how is not doing it: what is not so yet was not set. */
void setting_find_argument(struct setting *setting)
{
	const char *key = setting->boot->argument;
	bool is_word = !setting->value || strcmp(setting->name, "movable_node") == 0;

	setting->before = setting->key ? memhp_policy_get_value(setting->policy->kernel, setting->key)
				       : policy_find_param(setting->policy, key);
	if (setting->before && !*setting->before)
		setting->before = "Y";
	if (is_set_at_boot(setting)) {
		setting->outcome = setting->value ? "already" : "absent";
		return;
	}
	setting->outcome = "boot";
	setting->status = EXIT_UNSUPPORTED;
	setting->argument = xasprintf("%s%s%s", key, is_word ? "" : "=", is_word ? "" : setting->value);
	setting->way = policy_boot_way(setting->policy->ctx, setting->argument, !setting->value);
}

static void print_way(const struct setting *setting)
{
	const char *with = advice_is_local() ? "With" : "On that machine, with";

	print_sentence(2, "Only boot can set %s, by the kernel's command line, which memctl does not change. The argument%s: %s",
		       setting->name, setting->value ? "" : " to take away", setting->argument);
	if (setting->way.file)
		print_sentence(2, "%s %s: %s %s in %s, then run:", with, setting->way.loader,
			       setting->value ? "put it at the end of" : "take it out of", setting->way.place, setting->way.file);
	else if (setting->way.command)
		print_sentence(2, "%s %s run:", with, setting->way.loader);
	else
		puts("memctl found no boot loader that it knows; see the manual of yours.");
	if (setting->way.command)
		printf("  %s\n", setting->way.command);
	puts("Then boot again.");
}

void setting_print_boot(const struct setting *setting)
{
	if (setting->argument)
		print_way(setting);
	else if (setting->value)
		printf("%s: %s already\n", setting->name, setting->value);
	else
		print_sentence(2, "Nothing to take back: the kernel's command line does not set %s.", setting->name);
}
