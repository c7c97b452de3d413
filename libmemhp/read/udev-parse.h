/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of udev(7) rules to rules. Pure. */
#ifndef MEMHP_UDEV_PARSE_H
#define MEMHP_UDEV_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#define UDEV_LINE_MAX   16384               /* of a rule whose lines were joined; udevd has the same limit */
#define UDEV_TOKENS_MAX (UDEV_LINE_MAX / 4) /* matches and assignments in a rule, of which the shortest is A="" */
#define UDEV_TEXT_MAX   256                 /* of what is shown of a rule */

/* KEY{attr}=="value" */
struct udev_token {
	const char *key, *attr, *value; /* attr is "" where there is none */
	bool is_match;                  /* == or != */
	bool negated;                   /* != */
	bool ignores_case;              /* i"value" */
};

struct udev_rule {
	unsigned int line; /* the first one, from 1 */
	size_t num_tokens;
	struct udev_token tokens[UDEV_TOKENS_MAX];
	char text[UDEV_TEXT_MAX]; /* as it was written, lines joined */
	char buffer[UDEV_LINE_MAX];
};

/* Walks a file of rules. */
struct udev_reader {
	const char *text, *end;
	unsigned int line;
};

/* Takes the next rule that is well-formed; false at the end. */
bool memhp__udev_next_rule(struct udev_reader *reader, struct udev_rule *rule);

/* Shell patterns as udev has them: * ? [a-z] and alternatives separated by | */
bool memhp__udev_glob(const char *pattern, const char *text, bool ignores_case);

#endif
