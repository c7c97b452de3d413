/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --who: the processes that map pages of memory blocks, for people and for programs */
#ifndef MEMCTL_PROCESSES_H
#define MEMCTL_PROCESSES_H

#include "ui/opts.h"

struct json_object;

struct who {
	bool asked;
	int error; /* a negative errno: nothing is known */
	struct memhp_mappers *mappers;
	pid_t self; /* 0: another machine, where memctl is not running */

	/* The ranges, as who_add() was given them */
	uint64_t *start_addrs, *last_addrs;
	size_t num;
};

void who_begin(struct who *who, const struct options *options);

/* Adds a range; ranges are numbered in this order. */
void who_add(struct who *who, uint64_t start_addr, uint64_t last_addr);

/* Looks at all processes. */
void who_look(struct who *who, struct memhp_ctx *ctx);

void who_release(struct who *who);

/* "postgres (pid 1234, 34M), sh (pid 7, 64K) and 3 more", `max` by name with `separator` between; NULL for nobody. From malloc() */
char *who_text(const struct who *who, size_t range, size_t max, const char *separator, bool bytes);

/* Why nothing is known, or less than there is; NULL when all is known. From malloc() */
char *who_trouble(const struct who *who);

/* The processes of a range as an array, NULL when they are not known; and whether they are. */
struct json_object *who_processes(const struct who *who, size_t range);
struct json_object *who_state(const struct who *who);

#endif
