/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A value that memctl policy is to set or unset */
#ifndef MEMCTL_POLICY_SETTING_H
#define MEMCTL_POLICY_SETTING_H

#include <stdbool.h>

#include "policy/policy.h"
#include "ui/exit.h"

/* What only the kernel's command line sets */
struct boot_key {
	const char *name, *argument, *values;
};

struct setting {
	const struct policy *policy;
	enum memhp_policy_key key;   /* MEMHP_POLICY_KEY_NONE for what only boot has */
	const struct boot_key *boot; /* NULL: sysfs sets it, and tmpfiles.d at boot */
	const char *name, *value, *before, *outcome;
	int persist;    /* enum persist_result, or a negative errno */
	char *line;     /* of the file that makes it last */
	char *argument; /* for the kernel's command line */
	struct boot_way way;
	enum exit_status status;
};

/* policy/set-boot.c: of what only boot sets whether it is as asked, or the argument that makes it so */
void setting_find_argument(struct setting *setting);
void setting_print_boot(const struct setting *setting);

/* policy/set-words.c: what became of the file that makes it last, in a word */
const char *setting_persist_word(const struct setting *setting);
void setting_print(const struct setting *setting);
void setting_write(const struct setting *setting);

#endif
