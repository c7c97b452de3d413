/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of memctl policy share. */
#ifndef MEMCTL_POLICY_H
#define MEMCTL_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "libmemhp.h"

struct options;
struct json_doc;

/* All that is known about what decides */
struct policy {
	const struct options *options;
	struct memhp_ctx *ctx;
	struct memhp_policy *kernel;
	struct memhp_agents *agents;
	struct memhp_balance *balance; /* NULL: not known */
	int balance_error;
	bool shows_others; /* what memctl only shows counts, too: memhp_policy_get_other() */
};

/* policy/facts.c */
struct policy policy_look(const struct options *options);
void policy_release(struct policy *policy);

/* Whether something that decides could not be read */
bool policy_is_partial(const struct policy *policy);

/* Names it: the kernel's values in a message each, for the library has told of the other files; or all as "unread" of a document */
void policy_warn_of_unread(const struct policy *policy);
void policy_write_unread(const struct policy *policy, struct json_doc *doc);

/* The file of a key, such as "/sys/devices/system/memory/auto_online_blocks"; static until the next call */
const char *policy_path(enum memhp_policy_key key);

/* "/usr/lib/udev/rules.d/40-redhat.rules:7"; from malloc() */
char *policy_source(const struct memhp_agent *agent);

/* The value that the last parameter of this name on the command line has; "" for one without, NULL when there is none. */
const char *policy_find_param(const struct policy *policy, const char *key);

/* Y and N for what people write for them, such as 1, on, y; other texts as they are. */
const char *policy_plain_flag(const char *text);

/* The verbs; what they return is the exit status, and to unset is to set with a NULL value. */
int policy_show(struct policy *policy);
int policy_check(const struct policy *policy);
int policy_set(const struct policy *policy, const char *key, const char *value);
void policy_print_keys(void); /* for the help */

/* Warns of what would contradict this value of a key, but for the next boot, which policy_persist() is about. */
void policy_warn_of_value(const struct policy *policy, enum memhp_policy_key key, const char *value);

/* policy/words.c: a finding about new memory in a sentence, from malloc() */
char *policy_finding_text(const struct policy *policy, const struct memhp_policy_finding *finding);
/* What to do about it, NULL for nothing; from malloc() */
char *policy_finding_hint(const struct policy *policy, const struct memhp_policy_finding *finding);

/* policy/persist.c: the one managed file, "/etc/tmpfiles.d/memctl.conf" */
#define POLICY_FILE "/etc/tmpfiles.d/memctl.conf"

enum persist_result { PERSIST_ALREADY, PERSIST_WRITTEN, PERSIST_REMOVED };

/*
 * Makes the file set the key at boot, or no longer for a NULL value; with `dry_run` it only says what that would come to. Returns
 * a result or a negative errno.
 */
int policy_persist(struct memhp_ctx *ctx, enum memhp_policy_key key, const char *value, bool dry_run);

/* The line that does so; from malloc() */
char *policy_persist_line(enum memhp_policy_key key, const char *value);

/* policy/boot.c: how this machine gets an argument onto the kernel's command line, or rid of it */
struct boot_way {
	const char *loader;       /* "grubby", "grub", "systemd-boot", "zipl" or NULL */
	const char *file, *place; /* what has to be edited first, and where in it; NULL: nothing */
	char *command;            /* from malloc(); NULL without a loader */
};

/* `argument` is KEY or KEY=VALUE; to remove it the key alone. */
struct boot_way policy_boot_way(struct memhp_ctx *ctx, const char *argument, bool remove);

#endif
