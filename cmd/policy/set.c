/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memctl policy set and unset: now, and at later boots */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/setting.h"
#include "ui/exit.h"
#include "ui/journal.h"
#include "ui/last-report.h"
#include "ui/message.h"
#include "ui/mounts.h"
#include "ui/nearest.h"
#include "ui/opts.h"
#include "ui/session.h"
#include "ui/xalloc.h"

/* With the values that they take, for the message */
static const struct boot_key boot_keys[] = {
	{ "memhp_default_state", "memhp_default_state", "offline, online, online_kernel, online_movable" },
	{ "movable_node", "movable_node", "Y (to have it; unset takes it away)" },
	{ "kernelcore", "kernelcore", "a size such as 4G, a percentage such as 30%, mirror" },
	{ "movablecore", "movablecore", "a size such as 4G, a percentage such as 30%" },
	{ "memmap_on_memory", "memory_hotplug.memmap_on_memory", "Y, N, force" },
};

void policy_print_keys(void)
{
	puts("\nKeys that can be set:");
	for (int key = MEMHP_POLICY_KEY_NONE + 1; memhp_policy_key_name(key); key++)
		if (key != MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY)
			printf("  %s\n", memhp_policy_key_name(key));
	puts("\nKeys that only boot can set; --persist tells how:");
	for (size_t i = 0; i < ARRAY_SIZE(boot_keys); i++)
		printf("  %s\n", boot_keys[i].name);
}

static void find_key(struct setting *setting, const char *name)
{
	const char *keys[MEMHP_POLICY_KEY_OFFLINE_MIGRATE_MAX_PASSES + ARRAY_SIZE(boot_keys) + 1] = { NULL };
	size_t num = 0;
	char hint[NEAREST_MAX];

	(void)memhp_policy_key_from_name(name, &setting->key);
	for (enum memhp_policy_key key = 1; key <= MEMHP_POLICY_KEY_OFFLINE_MIGRATE_MAX_PASSES; key++)
		keys[num++] = memhp_policy_key_name(key);
	for (size_t i = 0; i < ARRAY_SIZE(boot_keys); i++) {
		keys[num++] = boot_keys[i].name;
		if (strcmp(name, boot_keys[i].name) == 0)
			setting->boot = &boot_keys[i];
	}
	if (!setting->key && !setting->boot)
		usage_error(NULL, "there is no key \"%s\"; memctl policy --help lists them%s", name,
			    nearest_hint(name, keys, hint));
	setting->name = name;
}

static const char *known_values(const struct setting *setting)
{
	static const char *const values[] = {
		[MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS] = "offline, online, online_kernel, online_movable",
		[MEMHP_POLICY_KEY_ONLINE_POLICY] = "contig-zones, auto-movable",
		[MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO] = "percent, a number from 0 to 4294967295 such as 301",
		[MEMHP_POLICY_KEY_AUTO_MOVABLE_NUMA_AWARE] = "Y, N",
		[MEMHP_POLICY_KEY_OFFLINE_MIGRATE_MAX_PASSES] = "a number from 0, for no limit, to 4294967295 such as 10",
	};

	return setting->boot ? setting->boot->values : values[setting->key];
}

/* 4G, 30%: digits and one letter or sign, as the kernel's memparse() has them */
static bool is_amount(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits && digits < 19 && text[0] != '0' && text[digits] && strchr("KMGTPkmgtp%", text[digits]) &&
	       !text[digits + 1] && (text[digits] != '%' || digits < 3);
}

static bool is_boot_value(const char *name, const char *value)
{
	if (strcmp(name, "memhp_default_state") == 0)
		return memhp_policy_check_value(MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS, value) == 0;
	if (strcmp(name, "movable_node") == 0)
		return strcmp(value, "Y") == 0;
	return is_amount(value) || (strcmp(name, "kernelcore") == 0 && strcmp(value, "mirror") == 0);
}

static _Noreturn void refuse_value(const struct setting *setting, const char *value)
{
	static const char *const states[] = { "offline", "online", "online_kernel", "online_movable", NULL };
	static const char *const policies[] = { "contig-zones", "auto-movable", NULL }, *const none[] = { NULL };
	bool is_state = setting->key == MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS || strcmp(setting->name, "memhp_default_state") == 0;
	bool is_policy = setting->key == MEMHP_POLICY_KEY_ONLINE_POLICY;
	char hint[NEAREST_MAX];

	usage_error(NULL, "%s does not take \"%s\"; it takes: %s%s", setting->name, value, known_values(setting),
		    nearest_hint(value,
				 is_state    ? states
				 : is_policy ? policies
					     : none,
				 hint));
}

static void take_value(struct setting *setting, const char *value)
{
	bool is_flag = setting->key == MEMHP_POLICY_KEY_AUTO_MOVABLE_NUMA_AWARE ||
		       setting->key == MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY || strcmp(setting->name, "movable_node") == 0;
	bool is_good;

	setting->value = is_flag ? policy_plain_flag(value) : value;
	is_good = setting->key ? memhp_policy_check_value(setting->key, setting->value) == 0
			       : is_boot_value(setting->name, setting->value);
	if (!is_good)
		refuse_value(setting, value);
}

/* Which kernels have the file */
static _Noreturn void fail_absent(const struct setting *setting)
{
	static const char *const kernels[] = {
		[MEMHP_POLICY_KEY_AUTO_ONLINE_BLOCKS] = "Linux 4.7 or later with CONFIG_MEMORY_HOTPLUG",
		[MEMHP_POLICY_KEY_ONLINE_POLICY] = "Linux 5.15 or later",
		[MEMHP_POLICY_KEY_AUTO_MOVABLE_RATIO] = "Linux 5.15 or later",
		[MEMHP_POLICY_KEY_AUTO_MOVABLE_NUMA_AWARE] = "Linux 5.15 or later with CONFIG_NUMA",
		[MEMHP_POLICY_KEY_MEMMAP_ON_MEMORY] = "Linux 5.13 or later with CONFIG_MHP_MEMMAP_ON_MEMORY",
		[MEMHP_POLICY_KEY_OFFLINE_MIGRATE_MAX_PASSES] = "a kernel that can give up an offline, as development kernels do",
	};

	if (memhp_policy_get_error(setting->policy->kernel, setting->key) != -EOPNOTSUPP)
		fail(EXIT_FAILED, "nothing was changed: %s cannot be read or understood: %s", policy_path(setting->key),
		     strerror(-memhp_policy_get_error(setting->policy->kernel, setting->key)));
	fail_with(EXIT_UNSUPPORTED, NULL, kernels[setting->key], "this kernel has no %s, or an unknown value in it",
		  policy_path(setting->key));
}

static _Noreturn void fail_set(const struct setting *setting, int error)
{
	const char *path = policy_path(setting->key);
	bool read_only = false;

	switch (error) {
	case -EOPNOTSUPP:
		fail_absent(setting);
	case -EMEDIUMTYPE:
		fail_copy(setting->policy->ctx);
	case -EPERM:
	case -EACCES:
		if (geteuid())
			fail_with(EXIT_FAILED, "access", "run memctl as root", "nothing was changed: no permission to write %s",
				  path);
		fail(EXIT_UNSUPPORTED, "nothing was changed: this kernel lets nobody write %s", path);
	case -EROFS:
		free(setting->policy->options->sysroot ? NULL : mounts_find_sysfs(&read_only));
		fail_with(EXIT_FAILED, "read-only", read_only ? "run memctl on the host" : "run memctl where it can be written",
			  "nothing was changed: %s is read-only%s", path,
			  read_only ? ": so is sysfs, as in most containers" : " here");
	case -EINVAL:
		fail(EXIT_FAILED, "nothing was changed: the kernel does not take \"%s\" for %s", setting->value, setting->name);
	case -EIO:
		fail_with(EXIT_PARTLY, NULL, "look with memctl policy show", "%s was written, but does not read \"%s\"", path,
			  setting->value);
	default:
		fail(EXIT_FAILED, "cannot set %s: %s", path, strerror(-error));
	}
}

static int say_what_became(const void *data, bool as_text)
{
	const struct setting *setting = data;
	struct last_report report = last_report_begin(setting->policy->options, as_text);

	/* Of a copy only what is for its next boot was written. */
	last_report_add(&report, setting->name, setting->outcome,
			strcmp(setting->outcome, "boot") == 0 ? setting->before : setting->value);
	return last_report_end(&report);
}

/* The value until the next boot */
static void set_now(struct setting *setting)
{
	const struct policy *policy = setting->policy;
	bool dry_run = has_option(policy->options, OPT_DRY_RUN);
	int rc;

	setting->before = memhp_policy_get_value(policy->kernel, setting->key);
	if (!setting->before)
		fail_absent(setting);
	if (strcmp(setting->before, setting->value) == 0) {
		setting->outcome = "already";
		return;
	}
	setting->outcome = dry_run ? "planned" : "changed";
	rc = dry_run ? 0 : memhp_policy_set(policy->ctx, setting->key, setting->value);
	/* A copy can be prepared for its next boot. */
	if (rc == -EMEDIUMTYPE && has_option(policy->options, OPT_PERSIST))
		setting->outcome = "boot";
	else if (rc < 0)
		fail_set(setting, rc);
	if (!dry_run)
		set_last_words(say_what_became, setting);
}

/* tmpfiles.d for what sysfs sets */
static void persist(struct setting *setting)
{
	const struct options *options = setting->policy->options;

	if (setting->value)
		setting->line = policy_persist_line(setting->key, setting->value);
	setting->persist = policy_persist(setting->policy->ctx, setting->key, setting->value, has_option(options, OPT_DRY_RUN));
	if (setting->persist < 0)
		setting->status = setting->outcome && strcmp(setting->outcome, "changed") == 0 ? EXIT_PARTLY : EXIT_FAILED;
}

static void set_at_boot(struct setting *setting)
{
	const struct policy *policy = setting->policy;

	if (setting->key && !memhp_policy_get_value(policy->kernel, setting->key))
		fail_absent(setting);
	setting_find_argument(setting);
	if (!has_option(policy->options, OPT_PERSIST) && setting->argument)
		fail_with(EXIT_UNSUPPORTED, NULL, "--persist, which tells how", "only boot can set %s", setting->name);
}

static void warn_of_change(const struct setting *setting)
{
	if (setting->key == MEMHP_POLICY_KEY_ONLINE_POLICY && strcmp(setting->outcome, "already") != 0)
		warn("careful: the kernel's documentation wants online_policy unchanged once memory was onlined");
	policy_warn_of_value(setting->policy, setting->key, setting->value);
}

/* What the next boot is told, memctl does not do. */
static void tell_journal(const struct setting *setting, uint64_t started_ms)
{
	_cleanup_free_ char *amounts = NULL;

	if (setting->boot || has_option(setting->policy->options, OPT_DRY_RUN))
		return;
	amounts = setting->before ? xasprintf("before=%s", setting->before) : xstrdup("");
	journal_tell(setting->policy->options, setting->outcome, amounts, (int)setting->status, now_ms() - started_ms);
}

int policy_set(const struct policy *policy, const char *key, const char *value)
{
	struct setting setting = { .policy = policy };
	uint64_t started_ms = now_ms();

	find_key(&setting, key);
	if (value)
		take_value(&setting, value);
	else if (!has_option(policy->options, OPT_PERSIST))
		usage_error(NULL,
			    "unset needs --persist, whose values it removes; for the running kernel: memctl policy set %s VALUE",
			    key);
	if (setting.boot && value)
		set_at_boot(&setting);
	else if (setting.boot)
		setting_find_argument(&setting);
	else if (value)
		set_now(&setting);
	if (!setting.boot && has_option(policy->options, OPT_PERSIST))
		persist(&setting);
	if (!value && !setting.boot)
		setting.outcome = setting_persist_word(&setting);
	if (value && !setting.boot)
		warn_of_change(&setting);
	tell_journal(&setting, started_ms);
	if (has_option(policy->options, OPT_JSON))
		setting_write(&setting);
	else
		setting_print(&setting);
	setting.status = finish_report(setting.status);
	free(setting.line);
	free(setting.argument);
	free(setting.way.command);
	return setting.status;
}
