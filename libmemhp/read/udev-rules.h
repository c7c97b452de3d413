/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the rules of udev(7) do to a new memory block. Pure and bounded: rules of any length take time in proportion, and what is
 * beyond the limits of udev-match.h is not known then.
 */
#ifndef MEMHP_UDEV_RULES_H
#define MEMHP_UDEV_RULES_H

#include "libmemhp.h"
#include "read/udev-match.h"

/* A rule that does something to a new block */
struct udev_act {
	enum memhp_moment moment;
	unsigned int line;
	enum memhp_transition effect; /* MEMHP_TRANSITION_UNKNOWN: it runs a program about memory blocks */
	const char *text;             /* the rule */
	const char *condition;        /* what could not be decided; "" when it is sure to happen */
};

/* Returns 0, or an errno that ends the walk. */
typedef int (*udev_act_fn)(void *data, const struct udev_act *act);

/* What the rules so far have made of a new block at a moment */
struct udev_event *memhp__udev_event_new(const struct udev_facts *facts, enum memhp_moment moment);
void memhp__udev_event_free(struct udev_event *event);

/*
 * Goes through a file of rules, each for all events in turn; the files come in the order of their names. Returns 0, what `act`
 * returned, -ENOMEM, or -EFBIG for a file with more labels, or longer ones, than there is room for, of which nothing is known then.
 */
int memhp__udev_run(struct udev_event *const events[], size_t num, const char *text, size_t length, udev_act_fn act, void *data);

#endif
