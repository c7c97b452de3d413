/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's debug messages about memory blocks */
#ifndef MEMHP_DYNDBG_H
#define MEMHP_DYNDBG_H

#include "libmemhp.h"

/* Reads a line of a dynamic_debug/control: whether it is a message of mm/memory_hotplug.c that is off, and its line number. */
bool memhp__dyndbg_parse_control(const char *line, unsigned long *number);

/* Which messages were off before: line numbers of mm/memory_hotplug.c */
struct dyndbg {
	struct memhp_ctx *ctx;
	int dirfd; /* -1: there is nothing to restore */
	unsigned long *lines;
	size_t num, allocated;
};

/* Switches the debug messages on; returns 0 or a negative errno. In any case memhp__dyndbg_restore() is to be called. */
int memhp__dyndbg_enable(struct dyndbg *dyndbg, struct memhp_ctx *ctx);
void memhp__dyndbg_restore(struct dyndbg *dyndbg);

#endif
