/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a rule is about a new block, and what variables it then sets. Pure. */
#ifndef MEMHP_UDEV_MATCH_H
#define MEMHP_UDEV_MATCH_H

#include "libmemhp.h"
#include "read/udev-parse.h"

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

#define VARS_MAX   32
#define VALUES_MAX 4
#define NAME_LIMIT 64 /* of names of variables and labels, with the NUL */
#define VALUE_MAX  128
#define LABELS_MAX 64

/* Any block will do, but no rule should mean just this one. */
#define BLOCK_NAME  "memory32"
#define PARENT_NAME "memory"
#define PARENT_PATH "/devices/system/" PARENT_NAME
#define BLOCK_PATH  PARENT_PATH "/" BLOCK_NAME

enum answer { NO, MAYBE, YES };

/* The values that a variable may have at this point */
struct var {
	char name[NAME_LIMIT];
	bool is_open;      /* or any other value */
	const char *never; /* except this one, or NULL */
	size_t num;
	struct {
		char text[VALUE_MAX];
		char condition[VALUE_MAX]; /* "": also without any */
	} values[VALUES_MAX];
};

struct udev_event {
	const struct udev_facts *facts;
	enum memhp_moment moment;
	const char *action; /* of that moment */
	struct var vars[VARS_MAX];
	size_t num_vars;
	bool has_unknown; /* variables of which nothing is known, not even their names: imported, or beyond the limits */

	/* Within a file */
	enum answer reached; /* this rule */
	struct {
		char name[NAME_LIMIT];         /* "" when it was passed */
		enum answer jumped;            /* whether a GOTO leads here */
		char condition[UDEV_TEXT_MAX]; /* of that */
	} labels[LABELS_MAX];
	size_t num_labels;
	char condition[UDEV_TEXT_MAX]; /* of reaching this rule */
	char memory_label[NAME_LIMIT]; /* up to here it is about memory alone */
	char rule_condition[UDEV_TEXT_MAX];
	bool is_memory_rule;
	const struct udev_rule *rule;
};

/* Text that is cut when it does not fit */
void memhp__udev_append(char *text, size_t size, const char *more);
void memhp__udev_copy(char *to, size_t size, const char *from);

/* Adds "HOW WHAT" to a list; no WHAT adds nothing. */
void memhp__udev_append_condition(char *text, size_t size, const char *how, const char *what);

/* Variables: kind is "ENV ", "ATTR " or "RESULT". */
struct var *memhp__udev_find_var(struct udev_event *event, const char *kind, const char *name);

/* What may have happened leaves what was as it is, and adds to it. */
void memhp__udev_set_var(struct udev_event *event, const char *kind, const char *name, const char *value, enum answer sure,
			 const char *condition);

/* All of the rule's matches; what could not be decided is rule_condition then, such as "A and B". */
enum answer memhp__udev_match_rule(struct udev_event *event);

#endif
