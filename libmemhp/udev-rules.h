/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the rules of udev(7) do to a new memory block. Pure and bounded: rules of any length take time in proportion, and what is
 * longer than the limits below is passed over or cut, never followed.
 */
#ifndef MEMHP_UDEV_RULES_H
#define MEMHP_UDEV_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "libmemhp.h"

#define UDEV_LINE_MAX   16384 /* of a rule whose lines were joined; udevd has the same limit */
#define UDEV_TOKENS_MAX 64    /* matches and assignments in a rule */
#define UDEV_TEXT_MAX   256   /* of what is shown of a rule */

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
bool udev_read_rule(struct udev_reader *reader, struct udev_rule *rule);

/* Shell patterns as udev has them: * ? [a-z] and alternatives separated by | */
bool udev_glob(const char *pattern, const char *text, bool ignores_case);

enum udev_virt { UDEV_VIRT_UNKNOWN, UDEV_VIRT_NONE, UDEV_VIRT_SOME };

/* What is known about the machine */
struct udev_facts {
	const char *machine; /* as `uname -m` says, such as "x86_64"; NULL: not known */
	const char *arch;    /* the same as CONST{arch} has it, such as "x86-64" */
	enum udev_virt virt;
	/* An attribute of another device, such as "dmi/id" and "sys_vendor": 0, -ENOENT, or another errno when it is not known */
	int (*look_up)(void *data, const char *device, const char *name, char *value, size_t size);
	void *data;
};

/* A rule that does something to a new block */
struct udev_act {
	unsigned int line;
	enum memhp_effect effect; /* MEMHP_EFFECT_UNKNOWN: it runs a program about memory blocks */
	const char *text;         /* the rule */
	const char *condition;    /* what could not be decided; "" when it is sure to happen */
};

/* Returns 0, or an errno that ends the walk. */
typedef int (*udev_act_fn)(void *data, const struct udev_act *act);

/* What the rules so far have made of the event "add" of a new block */
struct udev_event;

struct udev_event *udev_event_new(const struct udev_facts *facts);
void udev_event_free(struct udev_event *event);

/* Goes through a file of rules; the files come in the order of their names. Returns 0, -ENOMEM, or what `act` returned. */
int udev_event_run(struct udev_event *event, const char *text, size_t length, udev_act_fn act, void *data);

#endif
